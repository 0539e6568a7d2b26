# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is sent: an answer in Atlas's shapes, never an internal error, and a state that still can be shown."""

from __future__ import annotations

import json
from typing import Any

from atlas_emulator.control import Control
from atlas_emulator.embedded import new_credentials
from atlas_emulator.emulator import Emulator
from atlas_emulator.facts import load_table
from atlas_emulator.server import Connection, Server
from atlas_emulator.wire import Request
from atlas_emulator.world import DEFAULT_PROJECT
from hypothesis import given
from hypothesis import strategies as st

TABLE = load_table()
NAMES = sorted({f.api for s in TABLE for f in s.fields} | {"id", "type", "name", "ä"})
TYPES = [*TABLE.types, "HIP_CHAT", "UNKNOWN", "%2F", ""]
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["****", "*" * 28 + "0000", "https://example.com/****2101", "https://[", "http://a:b/", "US"]),
    st.from_regex(r"https?://[a-z*\[\]:@]{0,8}/[*a-z]{0,12}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
)
VALUES = st.one_of(
    TEXTS, st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.none()), st.dictionaries(TEXTS, st.none())
)
SWITCHES = st.fixed_dictionaries(
    {
        "put_mode": st.sampled_from(["merge", "replace"]),
        "mask_echo": st.sampled_from(["stored", "refused", "ignored"]),
        "templates": st.sampled_from(["clear", "stars", "tail", "null"]),
        "webhook_url_mask": st.sampled_from(["tail", "none", "eight"]),
        "unset_fields": st.sampled_from(["recorded", "null", "left_out"]),
        "default_fields": st.sampled_from(["shown", "null", "left_out"]),
    }
)


def ready() -> tuple[Emulator, Any]:
    emulator = Emulator(TABLE, {"rate_limits": False})
    pair, unused = new_credentials()
    emulator.begin([pair])
    return emulator, pair


def ask(emulator: Emulator, pair: Any, method: str, kind: str, body: bytes = b"", query: str = "") -> Any:
    """Send a request past the sockets and past authentication; return the answer."""
    path = f"/api/atlas/v1.0/groups/{DEFAULT_PROJECT}/integrations" + (f"/{kind}" if kind is not None else "")
    headers = {"accept": "application/json", "content-type": "application/json"}
    request = Request(method, f"{path}?{query}", headers, body, True)
    exchange = emulator.receive(request)
    exchange.credential, exchange.refusal = pair, None
    return emulator.work(exchange)


def check(answer: Any) -> None:
    assert answer.status in (200, 204, 400, 404, 405, 409, 415)
    if answer.status == 204:
        return
    body = json.loads(answer.body)
    if answer.status == 200:
        assert "results" in body or "id" in body or "content" in body
    else:
        assert body["error"] == answer.status
        assert body["errorCode"]


@given(
    kind=st.sampled_from(TYPES),
    bodies=st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6), min_size=1, max_size=4),
    whole=st.booleans(),
    switches=SWITCHES,
)
def test_any_body(kind: str, bodies: list[dict[str, Any]], whole: bool, switches: dict[str, Any]) -> None:
    emulator, pair = ready()
    emulator.switches.update(switches)
    service = TABLE.get(kind)
    sample = {f.api: f.sample for f in service.writable} if service and whole else {}
    for method, body in zip(("POST", "PUT", "POST", "PUT"), bodies):
        check(ask(emulator, pair, method, kind, json.dumps({"type": kind, **sample, **body}).encode()))
        check(ask(emulator, pair, "GET", kind))
        listed = ask(emulator, pair, "GET", "", query="pretty=true")
        assert listed.status in (200, 400)
    check(ask(emulator, pair, "DELETE", kind))


@given(method=st.sampled_from(["POST", "PUT", "GET", "DELETE", "PATCH"]), raw=st.binary(max_size=80), query=st.text())
def test_any_bytes(method: str, raw: bytes, query: str) -> None:
    emulator, pair = ready()
    check(ask(emulator, pair, method, "DATADOG", raw, query))


class Wire:
    """A transport that keeps what was written."""

    def __init__(self) -> None:
        self.written = b""
        self.open = True

    def get_extra_info(self, name: str) -> None:
        return None

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.open = False

    abort = close


@given(
    parts=st.lists(
        st.one_of(
            st.binary(max_size=30),
            st.sampled_from(
                [
                    b"GET /api/atlas/v2/groups HTTP/1.1\r\n\r\n",
                    b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
                    b"POST /_emulator/reset HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                    b"3\r\nabc\r\n0\r\n\r\n",
                    b"\r\n",
                    b"\r\n\r\n",
                    b"Expect: 100-continue\r\n",
                    b'Authorization: Digest x="\xff\r\n',
                ]
            ),
        ),
        max_size=8,
    )
)
def test_any_bytes_on_a_connection(parts: list[bytes]) -> None:
    emulator, pair = ready()
    connection, wire = Connection(Server(emulator, Control(emulator, "x"))), Wire()
    connection.connection_made(wire)  # type: ignore[arg-type]
    for part in parts:
        if wire.open:
            connection.data_received(part)
    for status in wire.written.split(b"HTTP/1.1 ")[1:]:
        assert status[:3] != b"500"
