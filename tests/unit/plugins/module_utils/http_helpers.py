# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that answers as a test says, badly above all, and a transport without any network."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Union

from ansible_collections.atlasops.integrations.plugins.module_utils._http import (
    Answer,
    Request,
    TransportFailure,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import Connection, Credentials

PROJECT = "0123456789abcdef01234567"
KEY_PAIR = Credentials("key_pair", "example-public", "example-private-0001")
ACCOUNT = Credentials("service_account", "example-client", "example-client-secret-0002")
TOKEN = Credentials("token", "", "example-token-0003")
CHALLENGE = {"WWW-Authenticate": 'Digest realm="Example", nonce="n%d", algorithm=MD5, qop="auth", stale=false'}
EMPTY_LIST = {"links": [], "results": [], "totalCount": 0}


def connection(base_url: str = "http://127.0.0.1:1", credentials: Credentials = TOKEN, **more: Any) -> Connection:
    """Return a connection for tests: impatient, with a token."""
    more.setdefault("timeout", 5.0)
    return Connection(credentials=credentials, base_url=base_url, **more)


@dataclass
class Seen:
    """A request as the server got it; link counts connections from 1 on."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    link: int


Reply = Union[bytes, Callable[[socket.socket, Seen], Any]]


def reply(status: int = 200, body: Any = None, headers: Optional[dict[str, str]] = None) -> bytes:
    """Return an answer as it goes over the wire; a body that is no bytes becomes JSON."""
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Example", f"Content-Length: {len(raw)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + raw


def drip(start: bytes, rest: bytes, pause: float = 0.05) -> Reply:
    """Return an answer whose rest comes a byte at a time."""

    def send(sock: socket.socket, seen: Seen) -> None:
        sock.sendall(start)
        for number in range(len(rest)):
            time.sleep(pause)
            sock.sendall(rest[number : number + 1])

    return send


class Server:
    """Answers requests from a list, the last entry again and again. url, seen, links."""

    def __init__(self, replies: list[Reply], context: Optional[ssl.SSLContext] = None) -> None:
        self.replies = list(replies)
        self.seen: list[Seen] = []
        self.links = 0
        self._lock = threading.Lock()
        self._context = context
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    outer._serve(self.request)

        class TCP(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            allow_reuse_address = True
            request_queue_size = 64

        self._tcp = TCP(("127.0.0.1", 0), Handler)
        scheme = "https" if context else "http"
        self.port = self._tcp.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        threading.Thread(target=self._tcp.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._tcp.shutdown()
        self._tcp.server_close()

    def _serve(self, sock: socket.socket) -> None:
        if self._context is not None:
            sock = self._context.wrap_socket(sock, server_side=True)
        with self._lock:
            self.links += 1
            link = self.links
        stream = sock.makefile("rb")
        while True:
            start = stream.readline().split()
            if len(start) != 3:
                return
            headers = {}
            for line in iter(stream.readline, b"\r\n"):
                name, unused, value = line.decode("latin-1").partition(":")
                headers[name.strip().lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", 0)))
            with self._lock:
                seen = Seen(start[0].decode(), start[1].decode(), headers, body, link)
                self.seen.append(seen)
                answer = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            if isinstance(answer, bytes):
                sock.sendall(answer)
            elif answer(sock, seen) is not True:
                sock.close()
                return


@contextmanager
def serving(*replies: Reply, context: Optional[ssl.SSLContext] = None) -> Iterator[Server]:
    """Run a server for a while."""
    server = Server(list(replies), context)
    try:
        yield server
    finally:
        server.stop()


@dataclass
class FakeTransport:
    """Answers from a list, the last entry again and again, without any network; a callable gets the request."""

    answers: list[Any]
    requests: list[Request] = field(default_factory=list)
    closed: int = 0

    @property
    def calls(self) -> int:
        return len(self.requests)

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, TransportFailure):
            raise answer
        return answer

    def close(self) -> None:
        self.closed += 1


def answer(status: int = 200, body: Any = ..., **headers: str) -> Answer:
    """Return an answer, an empty list unless told; header names in lower case, with underscores for dashes."""
    body = EMPTY_LIST if body is ... else body
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def error(status: int, code: str, detail: str = "Example detail.", parameters: Any = (), **headers: str) -> Answer:
    """Return an error answer as Atlas makes them."""
    body = {"error": status, "errorCode": code, "detail": detail, "reason": "Example", "parameters": list(parameters)}
    return answer(status, body, **headers)
