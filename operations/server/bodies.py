"""The body of a request: held in memory until it is whole, within a deadline, a limit by who is asking and a budget for all.

Nothing of it is written to a file. What is refused raises `Refused`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from wsgiref.types import WSGIEnvironment

from granian.rsgi import HTTPProtocol  # type: ignore[attr-defined]  # not among what it exports

DEADLINE = 60.0  # seconds for a whole body, and one more for each `SLOWEST` bytes of it that have arrived
SLOWEST = 2_000  # bytes a second that the slowest mobile networks carry: a page at its limit takes some minutes over them
BUDGET = 64 * 1024 * 1024  # bytes of all bodies that a process holds, from their first byte until they are answered
# A browser shows an answer only once it has sent everything: so much beyond its limit is read, and thrown away.
THROWN_AWAY = 16 * 1024 * 1024


class Refused(Exception):
    """A body that is not taken. `status` says why: 413; 408 where it is late or broken off; 503 where others leave no room for it."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(eq=False, slots=True)
class _Arrival:
    """A body that is arriving. An evicted one gives way to others."""

    timeout: asyncio.Timeout
    data: bytearray = field(default_factory=bytearray)
    evicted: bool = False


class Bodies:
    """The bodies that one process is receiving or has received. `limit` tells from the environ how long one may be."""

    def __init__(
        self, limit: Callable[[WSGIEnvironment], int], *, deadline: float = DEADLINE, slowest: float = SLOWEST, budget: int = BUDGET
    ) -> None:
        self.limit, self.deadline, self.slowest, self.budget = limit, deadline, slowest, budget
        self.held = 0
        self._arrivals: set[_Arrival] = set()

    @asynccontextmanager
    async def received(self, environment: WSGIEnvironment, protocol: HTTPProtocol) -> AsyncIterator[bytes]:
        """The whole body, which counts against the budget for as long as the block runs. Raises `Refused`."""
        limit = self.limit(environment)
        declared: str = environment.get("CONTENT_LENGTH", "")
        if declared.isdigit() and int(declared) > limit and (int(declared) > limit + THROWN_AWAY or "HTTP_EXPECT" in environment):
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        arrival: _Arrival | None = None
        try:
            try:
                async with asyncio.timeout(self.deadline) as timeout:
                    arrival = _Arrival(timeout)
                    self._arrivals.add(arrival)
                    await self._receive(arrival, protocol, limit, int(declared) if declared.isdigit() else 0)
            except TimeoutError:
                was_evicted = arrival is not None and arrival.evicted
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE if was_evicted else HTTPStatus.REQUEST_TIMEOUT) from None
            self._arrivals.discard(arrival)
            yield bytes(arrival.data)
        finally:
            if arrival is not None:
                self._release(arrival)

    async def _receive(self, arrival: _Arrival, protocol: HTTPProtocol, limit: int, declared: int) -> None:
        size, began = 0, asyncio.get_running_loop().time()
        async for chunk in protocol:
            size += len(chunk)
            if not arrival.evicted:
                arrival.timeout.reschedule(began + self.deadline + size / self.slowest)
            if size > limit:
                self._release(arrival)
                if size > limit + THROWN_AWAY:
                    break
            else:
                self._make_room(arrival, len(chunk))
                arrival.data += chunk
                self.held += len(chunk)
        if size > limit:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if size != declared:  # broken off: half a text must not be taken for a whole one
            raise Refused(HTTPStatus.REQUEST_TIMEOUT)

    def _make_room(self, newcomer: _Arrival, size: int) -> None:
        """Evict the longest of the bodies that are still arriving until there is room: those of attackers, not a page of a journal."""
        while self.held + size > self.budget:
            longest = max(self._arrivals, key=lambda arrival: len(arrival.data), default=newcomer)
            if longest is newcomer or not longest.data:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            longest.evicted = True
            longest.timeout.reschedule(0)
            self._release(longest)

    def _release(self, arrival: _Arrival) -> None:
        """Forget what has arrived. Idempotent."""
        self._arrivals.discard(arrival)
        self.held -= len(arrival.data)
        arrival.data = bytearray()
