# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reading of HTTP, byte by byte, and the connections as a raw socket sees them."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from atlas_emulator.wire import BadRequest, Parser, Request

CHUNKED = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\nA\r\n0123456789\r\n0\r\n\r\n"


def all_of(parser: Parser) -> list[Request]:
    found = []
    request = parser.next()
    while request is not None:
        found.append(request)
        request = parser.next()
    return found


class TestParser:
    """Bytes in, requests out."""

    def test_simple(self) -> None:
        parser = Parser()
        parser.feed(b"GET /a/b?c=d&e HTTP/1.1\r\nHost: x\r\nX-Two:  spaced \r\nx-two: again\r\n\r\n")
        request = parser.next()
        assert request is not None
        assert (request.method, request.path, request.query) == ("GET", "/a/b", "c=d&e")
        assert request.headers == {"host": "x", "x-two": "spaced, again"}
        assert (request.body, request.keep_alive) == (b"", True)
        assert parser.next() is None

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
    def test_cut_anywhere(self, size: int) -> None:
        data = b"\r\nPOST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello" + CHUNKED + b"GET / HTTP/1.0\r\n\r\n"
        parser = Parser()
        found = []
        for begin in range(0, len(data), size):
            parser.feed(data[begin : begin + size])
            found += all_of(parser)
        assert [(r.method, r.body, r.keep_alive) for r in found] == [
            ("POST", b"hello", True),
            ("POST", b"wiki0123456789", True),
            ("GET", b"", False),
        ]

    def test_trailers_are_skipped(self) -> None:
        parser = Parser()
        parser.feed(CHUNKED[:-2] + b"X-Sum: 1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        assert [r.method for r in all_of(parser)] == ["POST", "GET"]

    def test_absolute_form(self) -> None:
        parser = Parser()
        parser.feed(b"GET http://example.com/a?b HTTP/1.1\r\n\r\n")
        request = parser.next()
        assert request is not None
        assert (request.path, request.query) == ("/a", "b")

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            (b"GET /\r\n\r\n", 400),
            (b"GET  / HTTP/1.1\r\n\r\n", 400),
            (b"G T / HTTP/1.1\r\n\r\n", 400),
            (b"GET a HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/2.0\r\n\r\n", 505),
            (b"GET / FTP/1.0\r\n\r\n", 400),
            (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
            (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
            (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
            (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
            (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n", 413),
            (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 2000, 400),
            (b"GET / HTTP/1.1\r\nExpect: cake\r\n\r\n", 417),
            (b"GET /" + b"a" * 70000, 431),
            (b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n", 431),
        ],
    )
    def test_bad_requests(self, data: bytes, status: int) -> None:
        parser = Parser()
        parser.feed(data)
        with pytest.raises(BadRequest) as caught:
            parser.next()
        assert caught.value.status == status


@pytest.fixture
def line(emulator: Any) -> Iterator[Any]:
    """Return a connected socket with `ask(bytes) -> everything that comes within a moment`."""
    with socket.create_connection(("127.0.0.1", int(emulator.base_url.rpartition(":")[2])), 5) as raw:
        raw.settimeout(0.3)

        def ask(data: bytes) -> bytes:
            raw.sendall(data)
            found = b""
            try:
                while True:
                    more = raw.recv(1 << 20)
                    if not more:
                        return found
                    found += more
            except TimeoutError:
                return found
            except OSError:
                return found

        yield ask


def statuses(answer: bytes) -> list[int]:
    return [int(s) for s in re.findall(rb"HTTP/1\.1 (\d{3})", answer)]


class TestConnections:
    """What a socket sees."""

    def test_pipelined(self, line: Any) -> None:
        one = b"GET /api/atlas/v2/groups HTTP/1.1\r\nHost: x\r\n\r\n"
        assert statuses(line(one * 500)) == [401] * 500

    def test_pipelined_behind_a_slow_one(self, emulator: Any, line: Any) -> None:
        emulator.switch(latency_ms=20)
        one = b"GET /api/atlas/v2/groups HTTP/1.1\r\n\r\n"
        assert statuses(line(one + b"GET /x HTTP/1.1\r\n\r\n" + one)) == [401, 404, 401]

    def test_expect(self, line: Any) -> None:
        head = b"POST /api/oauth/token HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        assert line(head) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert statuses(line(b"ab")) == [400]
        assert statuses(line(head + b"ab")) == [400], "nobody waits, so nothing is continued"

    def test_close(self, line: Any) -> None:
        answer = line(b"GET /x HTTP/1.1\r\nConnection: close\r\n\r\nGET /y HTTP/1.1\r\n\r\n")
        assert statuses(answer) == [404]
        assert b"Connection: close\r\n" in answer

    def test_bad_request_is_told_and_ends(self, line: Any) -> None:
        answer = line(b"hello\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        assert statuses(answer) == [400]
        assert b"Connection: close\r\n" in answer

    @pytest.mark.parametrize("target", [b"*", b"/", b"/api/atlas/v3/groups", b"/%00%ff", b"//"])
    def test_strange_targets(self, line: Any, target: bytes) -> None:
        assert statuses(line(b"OPTIONS " + target + b" HTTP/1.1\r\n\r\n"))[0] in (401, 404)

    def test_a_client_that_does_not_read(self, emulator: Any, line: Any) -> None:
        emulator.control.reset({"generate": {"projects": 500}})
        token = emulator.control_token.encode()
        one = b"GET /_emulator/state HTTP/1.1\r\nX-Emulator-Token: " + token + b"\r\n\r\n"
        assert len(statuses(line(one * 60))) == 60
