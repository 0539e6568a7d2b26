# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator's own reading of HTTP/1.1: bytes in, requests out. No I/O, so that it can be tested byte by byte."""

from __future__ import annotations

import re
from typing import Optional

MAX_HEAD = 65536
MAX_BODY = 64 * 1024 * 1024
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_VERSION = re.compile(r"HTTP/1\.[01]\Z")


class BadRequest(Exception):
    """The bytes are no request that this server takes. status: what to answer before closing."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class Request:
    """One request. path is the raw path, query the raw text after the question mark; header names in lower case."""

    __slots__ = ("body", "headers", "keep_alive", "method", "path", "peer", "query", "target")

    def __init__(self, method: str, target: str, headers: dict[str, str], body: bytes, keep_alive: bool) -> None:
        self.method = method
        self.target = target
        if not target.startswith("/"):  # absolute form, as a proxy gets it
            target = "/" + target.partition("://")[2].partition("/")[2]
        self.path, unused, self.query = target.partition("?")
        self.headers = headers
        self.body = body
        self.keep_alive = keep_alive
        self.peer = "127.0.0.1"


class Parser:
    """Turns what a connection sends into requests; several in one read and one in many reads are fine."""

    def __init__(self, max_head: int = MAX_HEAD, max_body: int = MAX_BODY) -> None:
        self._buffer = bytearray()
        self._head: Optional[tuple[str, str, dict[str, str], bool]] = None
        self._length = 0
        self._chunks: Optional[list[bytes]] = None
        self._chunk_total = 0
        self._max_head = max_head
        self._max_body = max_body
        self.wants_continue = False

    def feed(self, data: bytes) -> None:
        """Take what was read."""
        self._buffer += data

    def next(self) -> Optional[Request]:
        """Return the next complete request, None while more bytes are needed. Raises BadRequest."""
        if self._head is None and not self._read_head():
            return None
        body = self._read_plain() if self._chunks is None else self._read_chunks()
        if body is None or self._head is None:
            return None
        method, target, headers, keep_alive = self._head
        self._head, self._chunks, self.wants_continue = None, None, False
        return Request(method, target, headers, body, keep_alive)

    def _read_head(self) -> bool:
        buffer = self._buffer
        while buffer[:2] == b"\r\n":  # some clients send an empty line after a body
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(buffer) > self._max_head:
                raise BadRequest(431, "the head of the request is too long")
            return False
        if end > self._max_head:
            raise BadRequest(431, "the head of the request is too long")
        lines = buffer[:end].decode("latin-1").split("\r\n")
        del buffer[: end + 4]
        method, target, version = _request_line(lines[0])
        headers = _headers(lines)
        keep_alive = _keep_alive(headers, version)
        self._length, chunked = _framing(headers, self._max_body)
        self._chunks = [] if chunked else None
        self._chunk_total = 0
        self._head = (method, target, headers, keep_alive)
        expect = headers.get("expect")
        if expect is not None:
            if expect.lower() != "100-continue":
                raise BadRequest(417, "only 100-continue can be expected")
            self.wants_continue = version == "HTTP/1.1" and (chunked or self._length > 0)
        return True

    def _read_plain(self) -> Optional[bytes]:
        length = self._length
        if not length:
            return b""
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _read_chunks(self) -> Optional[bytes]:
        chunks = self._chunks
        buffer = self._buffer
        while chunks is not None:
            end = buffer.find(b"\r\n", 0, 1024)
            if end < 0:
                if len(buffer) >= 1024:
                    raise BadRequest(400, "a chunk begins with a line that is too long")
                return None
            size_text = bytes(buffer[:end]).partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size_text):
                raise BadRequest(400, "the size of a chunk is no hexadecimal number")
            size = int(size_text, 16)
            if not size:
                return self._read_trailer(end)
            if self._chunk_total + size > self._max_body:
                raise BadRequest(413, "the body is too long")
            if len(buffer) < end + 2 + size + 2:
                return None
            if buffer[end + 2 + size : end + 4 + size] != b"\r\n":
                raise BadRequest(400, "a chunk does not end where its size says")
            chunks.append(bytes(buffer[end + 2 : end + 2 + size]))
            self._chunk_total += size
            del buffer[: end + 4 + size]
        return None

    def _read_trailer(self, end: int) -> Optional[bytes]:
        buffer = self._buffer
        if buffer[end : end + 4] == b"\r\n\r\n":
            del buffer[: end + 4]
        else:
            stop = buffer.find(b"\r\n\r\n", end)
            if stop < 0:
                if len(buffer) > self._max_head:
                    raise BadRequest(431, "the trailer of the request is too long")
                return None
            del buffer[: stop + 4]
        return b"".join(self._chunks or [])


def _request_line(line: str) -> tuple[str, str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or not _TOKEN.match(parts[0]):
        raise BadRequest(400, "the first line is no request line")
    method, target, version = parts
    if not _VERSION.match(version):
        raise BadRequest(505 if version.startswith("HTTP/") else 400, "only HTTP/1.0 and HTTP/1.1 are spoken here")
    if not (target.startswith("/") or target.startswith(("http://", "https://")) or target == "*"):
        raise BadRequest(400, "the target of the request is no path")
    return method, target, version


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.match(name):
            raise BadRequest(400, "a header line is malformed")
        name = name.lower()
        value = value.strip(" \t")
        if name in headers:
            if name in ("content-length", "host", "transfer-encoding") and headers[name] != value:
                raise BadRequest(400, f"header {name} stands twice")
            if name not in ("content-length", "host", "transfer-encoding"):
                value = f"{headers[name]}, {value}"
        headers[name] = value
    return headers


def _keep_alive(headers: dict[str, str], version: str) -> bool:
    connection = headers.get("connection", "").lower()
    if version == "HTTP/1.0":
        return "keep-alive" in connection
    return "close" not in connection


def _framing(headers: dict[str, str], max_body: int) -> tuple[int, bool]:
    encoding = headers.get("transfer-encoding")
    length = headers.get("content-length")
    if encoding is not None:
        if length is not None:
            raise BadRequest(400, "Content-Length and Transfer-Encoding exclude each other")
        if encoding.lower() != "chunked":
            raise BadRequest(501, "chunked is the only transfer encoding spoken here")
        return 0, True
    if length is None:
        return 0, False
    if not re.fullmatch(r"[0-9]{1,18}", length):
        raise BadRequest(400, "Content-Length is no number")
    if int(length) > max_body:
        raise BadRequest(413, "the body is too long")
    return int(length), False
