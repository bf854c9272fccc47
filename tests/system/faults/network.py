"""The way from browser to server, which tests can break: a small TCP proxy in a thread of its own."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any

PIECE = 65536


class Way(Enum):
    OPEN = "open"
    REFUSED = "refused"  # every connection is broken off: the server is gone, or a cable was pulled
    SILENT = "silent"  # nothing arrives and nobody says so: a dead zone


class Network:
    """Passes everything on to `to_port`, as long as the way is open."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.way = Way.OPEN
        self.swallows_answers = False
        self.refuses_saves = False
        self.saves: list[bytes] = []  # that have arrived here
        self.save_begins = threading.Event()
        self.connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.held: asyncio.Event | None = None  # what the next save waits for
        self.is_holding = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="network", daemon=True)
        self.thread.start()
        self.listener = self._run(self._listen())
        self.port: int = self.listener.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def _run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._connect, "127.0.0.1", 0)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections[task] = writer
        try:
            if self.way is Way.REFUSED:
                return
            await self._pass_on(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            del self.connections[task]
            _reset(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there = await asyncio.open_connection("127.0.0.1", self.to_port)
        try:
            questions = asyncio.create_task(self._questions(reader, there))
            answers = asyncio.create_task(self._answers(there_reader, writer))
            _done, pending = await asyncio.wait({questions, answers}, return_when=asyncio.FIRST_COMPLETED)
            for task in (*_done, *pending):
                task.cancel()
            await asyncio.gather(questions, answers, return_exceptions=True)
        finally:
            there.close()
            with contextlib.suppress(OSError):
                await there.wait_closed()

    async def _questions(self, reader: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            if self.way is not Way.OPEN:
                continue
            if piece.startswith(b"POST /tonight/") and b"application/json" in piece:
                piece = await self._whole(piece, reader)
                if self.refuses_saves:
                    return
                self.saves.append(piece)
                self.save_begins.set()
                if self.held is not None:
                    gate, self.held = self.held, None
                    self.is_holding.set()
                    await gate.wait()
            there.write(piece)
            await there.drain()

    async def _whole(self, piece: bytes, reader: asyncio.StreamReader) -> bytes:
        """A save with all of its body, which a browser may send in pieces."""
        head, _, body = piece.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        missing = int(lengths[0]) - len(body)
        return piece + (await reader.readexactly(missing) if missing > 0 else b"")

    async def _answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await there.read(PIECE):
            if self.way is Way.OPEN and not self.swallows_answers:
                writer.write(piece)
                await writer.drain()

    async def _break_off(self) -> None:
        tasks = list(self.connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _end(self) -> None:
        self.listener.close()
        await self._break_off()
        await self.listener.wait_closed()

    def cut(self, way: Way = Way.REFUSED) -> None:
        self.way = way
        if way is Way.REFUSED:
            self._run(self._break_off())

    def mend(self) -> None:
        """Open again; what was on its way is lost."""
        self.swallows_answers = self.refuses_saves = False
        self.way = Way.REFUSED
        self._run(self._break_off())
        self.way = Way.OPEN

    def swallow_answers(self) -> None:
        """The server still hears, but nobody hears the server."""
        self.swallows_answers = True

    def refuse_saves(self) -> None:
        """Pages come, but what is written breaks off on its way."""
        self.refuses_saves = True

    def wait_for_a_save(self, seconds: float = 60) -> None:
        """Returns when the next save has arrived here, before it goes on."""
        self.save_begins.clear()
        assert self.save_begins.wait(seconds), "nothing was sent"

    def hold_next_save(self) -> asyncio.Event:
        """The next save stays on its way until what this gives is handed to `release`."""

        async def gate() -> asyncio.Event:
            return asyncio.Event()

        self.is_holding.clear()
        self.held = self._run(gate())
        return self.held

    def release(self, gate: asyncio.Event) -> None:
        self.held = None
        self.loop.call_soon_threadsafe(gate.set)

    def sends_again(self, saves: list[bytes]) -> list[int]:
        """Sends the very bytes of these saves, all at once. Gives the statuses."""

        def send(save: bytes) -> int:
            with socket.create_connection(("127.0.0.1", self.to_port), timeout=60) as connection:
                connection.sendall(save)
                return int(connection.recv(PIECE).split()[1])

        with ThreadPoolExecutor(len(saves)) as senders:
            return list(senders.map(send, saves))

    def close(self) -> None:
        self.way = Way.REFUSED
        self._run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)
        self.loop.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Broken off, not ended: RST instead of FIN."""
    peer = writer.get_extra_info("socket")
    if peer is not None and not writer.is_closing():
        with contextlib.suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
