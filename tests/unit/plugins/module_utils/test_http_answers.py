# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers read: broken JSON, envelopes, error objects of two shapes."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.atlasops.integrations.plugins.module_utils._answers import (
    Parsed,
    Unreadable,
    load,
    parse,
    read_fault,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import Fault

OBJECT = {"error": 404, "errorCode": "X", "detail": "Y.", "reason": "Z", "parameters": ["a"]}


@pytest.mark.parametrize(
    "body, words",
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"\xef\xbb\xbf", "not JSON"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": NaN}', "broken"),
        (b'{"a": Infinity}', "broken"),
        (b'{"a": 1e999}', "broken"),
        (b'{"a": 1', "cut-off"),
        (b'{"a": 1} x', "broken"),
        (b"<html><body>502</body></html>", "HTML"),
        (b"Bad gateway", "not JSON"),
        (b"[" * 100_000, "deeply"),
        (b"[" * 5000 + b"]" * 5000, "deeply"),
        (b'{"a":' * 150 + b"1" + b"}" * 150, "deeply"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
    ],
)
def test_what_is_no_json_is_said_to_be_none(body: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        load(body)


def test_what_is_json_is_read() -> None:
    assert load(b'\xef\xbb\xbf{"a": [1.5, null, true]}\n') == {"a": [1.5, None, True]}
    assert load(b"[[]]" + b" " * 1000) == [[]]
    assert load(json.dumps([{"a": 1}] * 1000).encode()) == [{"a": 1}] * 1000


def test_half_characters_become_whole_ones() -> None:
    value = load(b'{"\\ud800": ["x\\udfff", {"y": "\\ud83d\\ude00"}], "n": 1}')
    assert value == {"\ufffd": ["x\ufffd", {"y": "\U0001f600"}], "n": 1}


@given(st.binary(max_size=200))
def test_bytes_never_surprise(body: bytes) -> None:
    for status in (200, 204, 404, 500):
        parsed = parse(status, body)
        read_fault(parsed.value)
        with contextlib.suppress(Unreadable):
            parsed.member("results")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["status", "content", "error", "errorCode", "results", "detail", "badRequestDetail"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_json_of_any_shape_never_surprises(value: object) -> None:
    for status in (200, 404, 503):
        parsed = parse(status, json.dumps(value).encode())
        assert 100 <= parsed.status <= 599
        fault = read_fault(parsed.value)
        assert all(part is None or isinstance(part, str) for part in (fault.code, fault.detail, fault.reason))


@pytest.mark.parametrize(
    "status, body, expected",
    [
        (200, {"results": []}, (200, {"results": []})),
        (200, {"results": [], "status": 200}, (200, {"results": [], "status": 200})),
        (200, {"status": 200, "content": {"id": "x"}}, (200, {"id": "x"})),
        (200, {"status": 204}, (204, None)),
        (200, {"status": 204, "content": None}, (204, None)),
        (200, {"status": 404, "content": OBJECT}, (404, OBJECT)),
        (200, {"status": 404, **OBJECT}, (404, {"status": 404, **OBJECT})),
        (200, OBJECT, (404, OBJECT)),
        (200, {"content": OBJECT, "status": "odd"}, (404, OBJECT)),
        (404, {"status": 404, "content": OBJECT}, (404, OBJECT)),
        (503, {"status": 200, "content": {}}, (503, {})),
        (200, {"status": True, "x": 1}, (200, {"status": True, "x": 1})),
        (200, {"status": 9999, "content": {"id": "x"}}, (200, {"id": "x"})),
        (200, [], (200, [])),
    ],
)
def test_envelopes_are_taken_off(status: int, body: object, expected: tuple) -> None:
    parsed = parse(status, json.dumps(body).encode())
    assert (parsed.status, parsed.value, parsed.problem) == (*expected, "")


def test_bodies_that_may_be_missing() -> None:
    assert parse(204, b"") == Parsed(204)
    assert parse(500, b"") == Parsed(500)
    assert parse(200, b"").problem == "the answer is empty"
    assert parse(200, b"[]").read() == []
    with pytest.raises(Unreadable, match="no JSON object"):
        parse(200, b"[]").member("results")
    with pytest.raises(Unreadable, match="empty"):
        parse(200, b"").member("results")


def test_error_objects_of_both_shapes() -> None:
    assert read_fault(OBJECT) == Fault("X", "Y.", "Z", ("a",))
    assert read_fault({"error": "invalid_client", "error_description": "No."}) == Fault("invalid_client", "No.")
    assert read_fault({"errorCode": 7, "detail": ["x"], "parameters": None}) == Fault()
    assert read_fault("text") == read_fault(None) == read_fault({}) == Fault()


def test_fields_of_newer_answers_are_told() -> None:
    more = {"fields": [{"field": "region", "description": "is bad"}, {"field": 1}, "x"]}
    assert read_fault({"errorCode": "V", "detail": "D.", "badRequestDetail": more}).detail == "D. (region: is bad)"
    assert read_fault({"errorCode": "V", "badRequestDetail": more}).detail == "(region: is bad)"
    assert read_fault({"errorCode": "V", "badRequestDetail": {"fields": []}}).detail is None
