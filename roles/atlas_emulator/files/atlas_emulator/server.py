# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets: connections that keep alive, latency that many can wait for at once, broken answers on demand."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import time
import traceback
from email.utils import formatdate
from typing import Any, Optional

from .answers import COMMON_HEADERS, Answer, dump, reason
from .control import Control
from .emulator import Emulator, Exchange
from .wire import BadRequest, Parser, Request

HOST = "127.0.0.1"
CONTROL_PREFIX = "/_emulator"
_RESET = struct.pack("ii", 1, 0)


class Connection(asyncio.Protocol):
    """One connection: its requests are answered one after the other, in order."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._parser = Parser()
        self._transport: Any = None
        self._busy = False
        self._paused = False
        self._closing = False
        self._peer = HOST
        self.number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note a new connection."""
        self._transport = transport
        peer = transport.get_extra_info("peername")
        if peer:
            self._peer = peer[0]
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = self._server.opened(self)

    def connection_lost(self, exc: Optional[Exception]) -> None:
        """Note that it is gone; work that was begun goes on."""
        self._closing = True
        self._server.closed(self)

    def pause_writing(self) -> None:
        """Stop answering a client that does not read."""
        self._paused = True

    def resume_writing(self) -> None:
        """Go on answering."""
        self._paused = False
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take bytes and answer what is complete."""
        self._parser.feed(data)
        self._next()

    def close(self) -> None:
        """Close now."""
        if self._transport is not None:
            self._transport.abort()

    def _next(self) -> None:
        while not (self._busy or self._paused or self._closing):
            try:
                request = self._parser.next()
            except BadRequest as error:
                self._refuse(error)
                return
            if request is None:
                if self._parser.wants_continue:
                    self._parser.wants_continue = False
                    self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            request.peer = self._peer
            self._begin(request)

    def _begin(self, request: Request) -> None:
        server = self._server
        if request.path.startswith(CONTROL_PREFIX):
            self._send(server.control.answer(request), request)
            server.written()
            return
        exchange = server.emulator.receive(request, self.number)
        fault = exchange.fault
        delay = server.emulator.switches.latency_ms / 1000
        if fault is not None and fault.kind == "slow":
            delay += fault.delays[0]
        if delay:
            self._busy = True
            server.loop.call_later(delay, self._late_work, exchange)
        else:
            self._work(exchange)

    def _late_work(self, exchange: Exchange) -> None:
        self._busy = False
        self._work(exchange)
        self._next()

    def _work(self, exchange: Exchange) -> None:
        emulator = self._server.emulator
        try:
            answer = emulator.work(exchange)
        except Exception:  # a fault of the emulator itself: say so plainly, and keep serving
            traceback.print_exc(file=sys.stderr)
            answer = Answer(500, dump({"emulator": "internal error, see its standard error"}), code="EMULATOR_ERROR")
        self._server.written()
        fault = exchange.fault
        if fault is not None and fault.kind == "slow" and fault.delays[1]:
            self._busy = True
            self._server.loop.call_later(fault.delays[1], self._late_finish, exchange, answer)
        else:
            self._finish(exchange, answer)

    def _late_finish(self, exchange: Exchange, answer: Answer) -> None:
        self._busy = False
        self._finish(exchange, answer)
        self._next()

    def _finish(self, exchange: Exchange, answer: Answer) -> None:
        fault = exchange.fault
        kind = fault.kind if fault is not None else ""
        broken = kind in ("reset_before", "reset_after")
        self._server.emulator.note(exchange, sent=not broken and not self._closing)
        if self._closing:
            return
        if broken:
            self._reset()
        elif fault is not None and kind == "truncated":
            self._cut(exchange.request, answer, fault.kept(len(answer.body)))
        else:
            self._send(answer, exchange.request)

    def _send(self, answer: Answer, request: Request) -> None:
        self._transport.write(self._server.serialised(answer, request))
        if not request.keep_alive:
            self._closing = True
            self._transport.close()

    def _cut(self, request: Request, answer: Answer, keep: int) -> None:
        whole = self._server.serialised(answer, request)
        self._closing = True
        self._transport.write(whole[: len(whole) - len(answer.body) + keep])
        self._transport.close()

    def _reset(self) -> None:
        self._closing = True
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    def _refuse(self, error: BadRequest) -> None:
        self._closing = True
        body = dump({"error": error.status, "reason": reason(error.status), "detail": error.words})
        head = (
            f"HTTP/1.1 {error.status} {reason(error.status)}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/json\r\nConnection: close\r\n\r\n"
        )
        self._transport.write(head.encode("latin-1") + body)
        self._transport.close()


class Server:
    """Listens on the loopback address and owns the connections. Everything of it runs in one event loop."""

    def __init__(self, emulator: Emulator, control: Control, written: Any = None) -> None:
        self.emulator = emulator
        self.control = control
        self.loop: asyncio.AbstractEventLoop = None  # type: ignore[assignment]
        self._written = written
        self._server: Optional[asyncio.AbstractServer] = None
        self._connections: set[Connection] = set()
        self._number = 0
        self._second = 0
        self._date = ""

    async def listen(self, port: int) -> str:
        """Begin to listen; return the base URL."""
        self.loop = asyncio.get_running_loop()
        self._server = await self.loop.create_server(lambda: Connection(self), HOST, port, backlog=1024)
        bound = self._server.sockets[0].getsockname()[1]
        self.emulator.base_url = f"http://{HOST}:{bound}"
        return self.emulator.base_url

    async def close(self) -> None:
        """Stop listening and break what is open."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.close()
        await asyncio.sleep(0)

    def opened(self, connection: Connection) -> int:
        """Take a connection in; return its number."""
        self._connections.add(connection)
        self._number += 1
        return self._number

    def closed(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def written(self) -> None:
        """Tell the state file where something changed."""
        if self._written is not None and self.emulator.world.dirty:
            self._written()

    def serialised(self, answer: Answer, request: Request) -> bytes:
        """Return an answer as bytes, with the headers that Atlas sends."""
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._date = formatdate(now, usegmt=True)
        status = answer.status
        lines = [f"HTTP/1.1 {status} {reason(status)}\r\n"]
        if status != 204:
            lines.append(f"Content-Length: {len(answer.body)}\r\n")
        lines.append(f"Content-Type: {answer.media}\r\nDate: {self._date}\r\n")
        if answer.rate is not None:
            lines.append(f"Ratelimit-Limit: {answer.rate[0]}\r\nRatelimit-Remaining: {answer.rate[1]}\r\n")
        lines.append(COMMON_HEADERS)
        lines.append("X-Envoy-Upstream-Service-Time: 1\r\n")
        if answer.java is not None:
            lines.append(f"X-Java-Method: {answer.java}\r\n")
        for name, value in answer.headers:
            lines.append(f"{name}: {value}\r\n")
        if not request.keep_alive:
            lines.append("Connection: close\r\n")
        lines.append("\r\n")
        head = "".join(lines).encode("latin-1", "replace")
        return head if request.method == "HEAD" or status == 204 else head + answer.body
