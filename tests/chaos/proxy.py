"""A network that can be made bad: a TCP proxy on the loopback interface, on a thread of its own.

* `cut`: every connection is reset, nobody is accepted.
* `slow`: every byte takes half a second in each direction.
* `swallow`: connections stay open and are accepted, and what is said on them goes nowhere, as behind a middlebox that
  has forgotten them. TCP itself sees nothing; only who expects an answer can tell.
* `deaf`: connections stay open, and the packets on them are dropped without an acknowledgement, as on a radio link that
  is gone. The kernels at the ends go on sending them again.

`heal` lets new connections through. Those that were swallowed or deaf stay so for ever: nobody gets them back.
"""

import asyncio
import contextlib
import ctypes
import socket
import struct
import threading
from collections.abc import Coroutine
from enum import StrEnum
from typing import Self

from embedded.ports import LOOPBACK, free_port

DELAY_S = 0.5
READ_BYTES = 65_536
MOST_CHUNKS = 1_000

_SO_ATTACH_FILTER = 26


class Mode(StrEnum):
    """What the network does now."""

    PASS = "pass"
    CUT = "cut"
    SLOW = "slow"
    SWALLOW = "swallow"
    DEAF = "deaf"


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint))


# One instruction of the kernel's packet filter: return 0, accept no byte. The kernel copies it.
_NOTHING = (_Instruction * 1)(_Instruction(0x06, 0, 0, 0))
_DROP_ALL = struct.pack("HL", 1, ctypes.addressof(_NOTHING))


class _Pair:
    """One connection through the proxy: the client's end and the server's."""

    def __init__(self, mode: Mode, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.mode = mode
        self.ends = (client, server)

    def worsen(self, mode: Mode) -> None:
        # What is swallowed or deaf never gets better.
        if self.mode in (Mode.SWALLOW, Mode.DEAF):
            return
        self.mode = mode
        if mode is Mode.CUT:
            self.reset()
        elif mode is Mode.DEAF:
            for end in self.ends:
                # One that is closed at this very moment is deaf as it is.
                with contextlib.suppress(OSError):
                    end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, _DROP_ALL)

    def reset(self) -> None:
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()


class Proxy:
    """Passes connections to `port` on, as well or as badly as it is told; a context."""

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self._target = port
        self._mode = Mode.PASS
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy {port}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def become(self, mode: Mode) -> None:
        """Behave so from now on."""
        self._call(self._become(mode))

    def heal(self) -> None:
        """Let through whatever comes."""
        self.become(Mode.PASS)

    def _call(self, work: Coroutine[object, object, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, LOOPBACK, self.port, backlog=100)

    async def _become(self, mode: Mode) -> None:
        if mode is Mode.CUT and self._server is not None:
            self._server.close()
            self._server = None
        self._mode = mode
        for pair in list(self._pairs):
            pair.worsen(mode)
        if mode is not Mode.CUT and self._server is None:
            await self._listen()

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        for pair in list(self._pairs):
            pair.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A transport that was aborted closes its socket in the loop's next turn.
        await asyncio.sleep(0.01)

    async def _accept(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            server_reader, server = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            client.transport.abort()
            return
        pair = _Pair(Mode.PASS, client, server)
        pair.worsen(self._mode)
        self._pairs.add(pair)
        for source, target in ((reader, server), (server_reader, client)):
            task = self._loop.create_task(self._carry(pair, source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, pair: _Pair, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        # Not one after the other: a slow line carries as much as a fast one, only later, and in its order.
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MOST_CHUNKS)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._take(pair, source, line))
            both.create_task(self._give(pair, line, target))

    async def _take(self, pair: _Pair, source: asyncio.StreamReader, line: asyncio.Queue[tuple[float, bytes]]) -> None:
        data = b"something"
        while data:
            try:
                data = await source.read(READ_BYTES)
            except OSError:
                data = b""
            await line.put((self._loop.time() + (DELAY_S if pair.mode is Mode.SLOW else 0.0), data))

    async def _give(self, pair: _Pair, line: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter) -> None:
        while True:
            due, data = await line.get()
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            # Behind a middlebox that has forgotten the connection nobody hears of its end either.
            if pair.mode in (Mode.SWALLOW, Mode.DEAF):
                if not data:
                    return
                continue
            if not data:
                target.close()
                return
            with contextlib.suppress(OSError):
                target.write(data)
                await target.drain()
