# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport against servers that behave badly."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _wire as wire
from ansible_collections.atlasops.integrations.plugins.module_utils._http import (
    Request,
    RequestsTransport,
    TransportFailure,
)
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.http_helpers import (
    ACCOUNT,
    CHALLENGE,
    KEY_PAIR,
    connection,
    drip,
    reply,
    serving,
)


def get(url: str, transport: Any, path: str = "/x", **more: Any) -> Any:
    return transport.send(Request("GET", url + path, {"Accept": "application/json"}, **more))


def failure(url: str, transport: Any) -> TransportFailure:
    with pytest.raises(TransportFailure) as caught:
        get(url, transport)
    return caught.value


def test_one_connection_for_many_requests_all_counted() -> None:
    with serving(reply(200, {"a": 1}, {"X-Error-Code": "Y"})) as server:
        transport = RequestsTransport(connection(server.url))
        answers = [get(server.url, transport) for unused in range(5)]
        transport.close()
    assert [a.status for a in answers] == [200] * 5 and answers[0].body == b'{"a": 1}'
    assert answers[0].header("x-error-code") == "Y" and answers[0].header("missing") is None
    assert server.links == 1 and transport.calls == 5


def test_nothing_is_added_that_nobody_asked_for() -> None:
    with serving(reply(200, {}, {"Set-Cookie": "a=b"})) as server:
        transport = RequestsTransport(connection(server.url))
        for _unused in range(2):
            transport.send(Request("PUT", f"{server.url}/a%2Fb/%2E%2E?x=1%202", {"Authorization": "Z"}, b'{"a":1}'))
    seen = server.seen[1]
    assert (seen.method, seen.path, seen.body) == ("PUT", "/a%2Fb/%2E%2E?x=1%202", b'{"a":1}')
    assert set(seen.headers) <= {"host", "authorization", "content-length", "accept-encoding", "user-agent"}
    assert seen.headers["authorization"] == "Z"


def test_no_environment_changes_who_is_asked_as_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(reply(200, {})) as server:
        assert get(server.url, RequestsTransport(connection(server.url))).status == 200
    assert "authorization" not in server.seen[0].headers


def test_a_challenge_a_connection_and_a_body_that_is_sent_again() -> None:
    challenge = {k: v.replace("%d", "1") for k, v in CHALLENGE.items()}
    with serving(reply(401, {}, challenge), reply(200, {})) as server:
        transport = RequestsTransport(connection(server.url, KEY_PAIR))
        for _unused in range(3):
            assert transport.send(Request("POST", server.url + "/x?a=b", {}, b"{}")).status == 200
    assert transport.calls == 4 and server.links == 1
    assert [s.body for s in server.seen] == [b"{}"] * 4
    headers = [s.headers.get("authorization", "") for s in server.seen]
    assert headers[0] == "" and all('uri="/x?a=b"' in h for h in headers[1:])
    assert [h.split("nc=")[1][:8] for h in headers[1:]] == ["00000001", "00000002", "00000003"]


def test_an_expired_nonce_costs_one_more_request() -> None:
    challenges = [reply(401, {}, {k: v.replace("%d", n) for k, v in CHALLENGE.items()}) for n in "12"]
    with serving(challenges[0], reply(200, {}), challenges[1], reply(200, {})) as server:
        transport = RequestsTransport(connection(server.url, KEY_PAIR))
        assert [get(server.url, transport).status for unused in range(3)] == [200] * 3
    assert transport.calls == 5
    assert 'nonce="n2"' in server.seen[3].headers["authorization"]


def test_a_nonce_that_ends_on_the_way_is_no_wrong_key() -> None:
    stale = reply(401, {}, {k: v.replace("stale=false", "Stale=TRUE") for k, v in CHALLENGE.items()})
    with serving(stale, stale, stale, reply(200, {})) as server:
        assert get(server.url, RequestsTransport(connection(server.url, KEY_PAIR))).status == 200
    with serving(stale) as server:
        transport = RequestsTransport(connection(server.url, KEY_PAIR))
        assert get(server.url, transport).status == 401
    assert transport.calls == 6


def test_a_wrong_key_costs_two_requests() -> None:
    challenge = {k: v.replace("%d", "1") for k, v in CHALLENGE.items()}
    with serving(reply(401, {"error": 401}, challenge)) as server:
        transport = RequestsTransport(connection(server.url, KEY_PAIR))
        assert get(server.url, transport).status == 401
    assert transport.calls == 2


@pytest.mark.parametrize(
    "challenge",
    [
        "Digest",
        "Digest realm=x",
        'Digest realm="x", nonce="y", algorithm=NEW',
        'Digest realm="x", nonce="y", qop=auth-int',
    ],
)
def test_a_challenge_that_cannot_be_answered(challenge: str) -> None:
    with serving(reply(401, {}, {"WWW-Authenticate": challenge})) as server:
        transport = RequestsTransport(connection(server.url, KEY_PAIR))
        broken = failure(server.url, transport)
    assert broken.final and not broken.sent and "login" in broken.text and "base_url" in broken.advice


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
CHALLENGED = (
    b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="x", nonce="y", qop="auth"\r\nContent-Length: 500\r\n\r\n'
)


@pytest.mark.parametrize(
    "script",
    [
        drip(b"", b"HTTP/1.1 200 OK\r\n" + b"X-Example: y\r\n" * 100),
        drip(HEAD, b"x" * 500),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 200),
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 500),
        drip(CHALLENGED, b"x" * 500),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
        lambda sock, seen: time.sleep(1.5),
    ],
    ids=["header", "body", "chunks", "endless", "challenge", "continue", "silence"],
)
def test_a_server_that_dawdles_is_left_in_time(script: Any) -> None:
    with serving(script) as server:
        transport = RequestsTransport(connection(server.url, KEY_PAIR, timeout=0.25))
        started = time.monotonic()
        slow = failure(server.url, transport)
        assert time.monotonic() - started < 1.0
    assert slow.sent and not slow.final
    assert "no complete answer within 0.25 s" in slow.text and "raise timeout" in slow.advice


def test_time_that_is_over_is_not_waited_for_again() -> None:
    wire._now.deadline = time.monotonic() - 1
    with socket.socket() as never, pytest.raises(socket.timeout):
        wire._TimedReader(None, never).readinto(bytearray(1))


def test_after_a_failure_the_next_request_is_served() -> None:
    with serving(drip(HEAD, b"x" * 500), reply(200, {"a": 1})) as server:
        transport = RequestsTransport(connection(server.url, timeout=0.2))
        failure(server.url, transport)
        assert get(server.url, transport).body == b'{"a": 1}'
    assert server.links == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 xyz OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
    ids=["nothing", "cut", "cut chunk", "bad chunk", "no http", "bad status", "headers", "long header", "bad gzip"],
)
def test_broken_answers_are_told_as_such(raw: bytes) -> None:
    with serving(lambda sock, seen: sock.sendall(raw)) as server:
        broken = failure(server.url, RequestsTransport(connection(server.url)))
    assert broken.sent and not broken.final and "broke before the answer was complete" in broken.text
    assert server.url.rpartition("/")[2] in broken.text and "0x" not in broken.text


def test_a_reset_is_told_as_such() -> None:
    def reset(sock: socket.socket, seen: Any) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    with serving(reset) as server:
        broken = failure(server.url, RequestsTransport(connection(server.url)))
    assert broken.sent and "reset by peer" in broken.text


def test_an_answer_of_absurd_size_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_ANSWER", 100_000)
    with serving(reply(200, b"x" * 100_001), reply(200, b"y" * 100_000)) as server:
        transport = RequestsTransport(connection(server.url))
        large = failure(server.url, transport)
        assert len(get(server.url, transport).body) == 100_000
    assert large.final and large.sent and "larger than" in large.text


def test_a_body_without_a_length_and_a_packed_one() -> None:
    packed = gzip.compress(b'{"a": 1}')
    with serving(
        lambda sock, seen: sock.sendall(b'HTTP/1.1 200 OK\r\n\r\n{"a": 1}'),
        reply(200, packed, {"Content-Encoding": "gzip"}),
    ) as server:
        transport = RequestsTransport(connection(server.url))
        assert [get(server.url, transport).body for unused in range(2)] == [b'{"a": 1}'] * 2


def test_a_redirect_is_an_answer_like_others() -> None:
    with serving(reply(302, None, {"Location": "http://127.0.0.1:1/elsewhere"})) as server:
        transport = RequestsTransport(connection(server.url))
        assert get(server.url, transport).status == 302
    assert transport.calls == 1


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    transport = RequestsTransport(connection(url))
    broken = failure(url, transport)
    assert not broken.sent and not broken.final and transport.calls == 0
    assert "Connection refused" in broken.text and "base_url" in broken.advice


def test_a_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*unused: Any, **more: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    broken = failure("https://atlas.invalid", RequestsTransport(connection("https://atlas.invalid", use_proxy=False)))
    assert not broken.sent and "atlas.invalid can't be resolved" in broken.text


def test_headers_that_cannot_be_sent() -> None:
    with serving(reply()) as server:
        transport = RequestsTransport(connection(server.url))
        with pytest.raises(TransportFailure) as caught:
            transport.send(Request("GET", server.url, {"Authorization": "a\nb"}))
    assert caught.value.final and not caught.value.sent and "a\nb" not in str(caught.value)


def test_threads_share_a_pool_and_every_request_counts() -> None:
    challenge = {k: v.replace("%d", "1") for k, v in CHALLENGE.items()}

    def serve(sock: socket.socket, seen: Any) -> bool:
        sock.sendall(reply(200, {}) if "authorization" in seen.headers else reply(401, {}, challenge))
        return True

    with serving(serve) as server:
        transport = RequestsTransport(connection(server.url, KEY_PAIR), pool_size=4)

        def work() -> None:
            for _unused in range(20):
                assert get(server.url, transport).status == 200

        threads = [threading.Thread(target=work) for unused in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.links <= 4
    assert sum("authorization" not in s.headers for s in server.seen) <= 4
    assert transport.calls == len(server.seen)


def test_threads_that_follow_each_other_share_a_challenge() -> None:
    challenge = {k: v.replace("%d", "1") for k, v in CHALLENGE.items()}
    with serving(reply(401, {}, challenge), reply(200, {})) as server:
        transport = RequestsTransport(connection(server.url, KEY_PAIR), pool_size=8)
        for _unused in range(5):
            thread = threading.Thread(target=get, args=(server.url, transport))
            thread.start()
            thread.join()
    assert transport.calls == 6 and server.links == 1


def test_a_very_long_time_is_no_surprise() -> None:
    with serving(reply(200, {})) as server:
        assert get(server.url, RequestsTransport(connection(server.url, timeout=1e300))).status == 200


def test_more_threads_than_connections_wait_their_turn() -> None:
    with serving(reply(200, {})) as server:
        transport = RequestsTransport(connection(server.url), pool_size=2)
        threads = [threading.Thread(target=get, args=(server.url, transport)) for unused in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.links <= 2 and transport.calls == 10


def test_nothing_shows_a_secret() -> None:
    request = Request("GET", "http://x", {"Authorization": "Bearer example-token"}, b"example-body")
    assert repr(request) == "Request(method='GET', url='http://x')"
    for credentials in (KEY_PAIR, ACCOUNT):
        assert credentials.secret not in repr(vars(RequestsTransport(connection(credentials=credentials))))
