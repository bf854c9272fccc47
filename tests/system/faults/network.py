"""A network between browser and server that tests can break: a small TCP proxy in a thread of its own."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any

CHUNK_SIZE = 65536


class State(Enum):
    OPEN = "open"
    REFUSED = "refused"  # every connection is reset, as when the server is gone
    SILENT = "silent"  # nothing arrives and no connection is reset, as in a dead zone


class Network:
    """Forwards everything to the server's port while it is open."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.state = State.OPEN
        self.drops_responses = False
        self.refuses_saves = False
        self.saves: list[bytes] = []  # those that have arrived here
        self.save_arrived = threading.Event()
        self.connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.held: asyncio.Event | None = None  # what the next save waits for
        self.is_holding = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="network", daemon=True)
        self.thread.start()
        self.listener = self._run(self._listen())
        self.port: int = self.listener.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def _run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._connect, "127.0.0.1", 0)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections[task] = writer
        try:
            if self.state is State.REFUSED:
                return
            await self._forward(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            del self.connections[task]
            _reset(writer)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            requests = asyncio.create_task(self._forward_requests(reader, server))
            responses = asyncio.create_task(self._forward_responses(server_reader, writer))
            await asyncio.wait({requests, responses}, return_when=asyncio.FIRST_COMPLETED)
            for task in (requests, responses):
                task.cancel()
            await asyncio.gather(requests, responses, return_exceptions=True)
        finally:
            server.close()
            with contextlib.suppress(OSError):
                await server.wait_closed()

    async def _forward_requests(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_SIZE):
            if self.state is not State.OPEN:
                continue
            if chunk.startswith(b"POST /tonight/") and b"application/json" in chunk:
                chunk = await self._complete(chunk, reader)
                if self.refuses_saves:
                    return
                self.saves.append(chunk)
                self.save_arrived.set()
                if self.held is not None:
                    gate, self.held = self.held, None
                    self.is_holding.set()
                    await gate.wait()
            server.write(chunk)
            await server.drain()

    async def _complete(self, chunk: bytes, reader: asyncio.StreamReader) -> bytes:
        """A save with its whole body, which a browser may send in several chunks."""
        head, _, body = chunk.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        missing = int(lengths[0]) - len(body)
        return chunk + (await reader.readexactly(missing) if missing > 0 else b"")

    async def _forward_responses(self, server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await server.read(CHUNK_SIZE):
            if self.state is State.OPEN and not self.drops_responses:
                writer.write(chunk)
                await writer.drain()

    async def _reset_all(self) -> None:
        tasks = list(self.connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _end(self) -> None:
        self.listener.close()
        await self._reset_all()
        await self.listener.wait_closed()

    def cut(self, state: State = State.REFUSED) -> None:
        self.state = state
        if state is State.REFUSED:
            self._run(self._reset_all())

    def mend(self) -> None:
        """Open again; what was under way is lost."""
        self.drops_responses = self.refuses_saves = False
        self.state = State.REFUSED
        self._run(self._reset_all())
        self.state = State.OPEN

    def drop_responses(self) -> None:
        """Requests reach the server, but its responses do not reach the browser."""
        self.drops_responses = True

    def refuse_saves(self) -> None:
        """Pages load, but saves are reset before they reach the server."""
        self.refuses_saves = True

    def wait_for_a_save(self, seconds: float = 60) -> None:
        """Return when the next save has arrived here, before it is forwarded."""
        self.save_arrived.clear()
        assert self.save_arrived.wait(seconds), "nothing has been sent"

    def hold_next_save(self) -> asyncio.Event:
        """The next save is not forwarded until the returned gate is handed to `release`."""

        async def make_gate() -> asyncio.Event:
            return asyncio.Event()

        self.is_holding.clear()
        self.held = self._run(make_gate())
        return self.held

    def release(self, gate: asyncio.Event) -> None:
        self.held = None
        self.loop.call_soon_threadsafe(gate.set)

    def send_again(self, saves: list[bytes]) -> list[int]:
        """Send the very bytes of these saves to the server, all at once, and return the statuses."""

        def send(save: bytes) -> int:
            with socket.create_connection(("127.0.0.1", self.server_port), timeout=60) as connection:
                connection.sendall(save)
                return int(connection.recv(CHUNK_SIZE).split()[1])

        with ThreadPoolExecutor(len(saves)) as senders:
            return list(senders.map(send, saves))

    def close(self) -> None:
        self.state = State.REFUSED
        self._run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)
        self.loop.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Reset the connection, instead of closing it: RST, not FIN."""
    peer = writer.get_extra_info("socket")
    if peer is not None and not writer.is_closing():
        with contextlib.suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
