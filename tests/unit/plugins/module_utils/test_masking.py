# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What masks reveal, in every form that was recorded, documented or never seen, and what we show of a secret."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.atlasops.integrations.plugins.module_utils._masking import (
    CONSISTENT,
    DIFFERENT,
    HELD,
    NOT_SET,
    UNREADABLE,
    conceals,
    foreseen,
    is_mask,
    looks_secret,
    masked,
    masked_text,
    masked_unknown,
    masked_url,
    verdict,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Field
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    shown_tail,
    shown_url,
)

HOST = "https://example.com/"
URL = HOST + "abcdefghijklmnopqrstuvwxyz2101"


def the(kind: str, option: str) -> Field:
    service = SERVICES.get(kind)
    field = None if service is None else service.by_option(option)
    assert field is not None
    return field


KEY = the("OPS_GENIE", "api_key")
SECRET = the("WEBHOOK", "secret")
WEBHOOK = the("WEBHOOK", "url")
TEAMS = the("MICROSOFT_TEAMS", "microsoft_teams_webhook_url")
TEMPLATE = the("WEBHOOK", "body_template")
PASSWORD = the("PROMETHEUS", "password")
OPTIONAL_PASSWORD = replace(PASSWORD, required=frozenset())

VERDICTS = [
    # recorded: the same length, the last four characters
    (KEY, "a" * 32 + "3311", "*" * 32 + "3311", CONSISTENT),
    (KEY, "b" * 32 + "3312", "*" * 32 + "3311", DIFFERENT),
    (KEY, "a" * 31 + "3311", "*" * 32 + "3311", DIFFERENT),
    (KEY, "a" * 33 + "3311", "*" * 32 + "3311", DIFFERENT),
    (SECRET, "s" * 26 + "2101", "*" * 26 + "2101", CONSISTENT),
    # up to twelve characters the length says nothing
    (SECRET, "s" * 26 + "2101", "*" * 8 + "2101", CONSISTENT),
    (SECRET, "s" * 26 + "2101", "*" * 9 + "2101", DIFFERENT),
    (SECRET, "s" * 9 + "2101", "*" * 9 + "2101", CONSISTENT),
    (SECRET, "s" * 26 + "2101", "****2101", CONSISTENT),
    (SECRET, "s" * 26 + "2102", "****2101", DIFFERENT),
    # no tail: it can't be read, unless the length tells
    (SECRET, "short", "*" * 8, UNREADABLE),
    (SECRET, "short", "*" * 5, UNREADABLE),
    (SECRET, "s" * 30, "*" * 12, UNREADABLE),
    (SECRET, "s" * 30, "*" * 13, DIFFERENT),
    (SECRET, "s" * 13, "*" * 13, UNREADABLE),
    (SECRET, "abc", "***", UNREADABLE),
    # fewer stars than a mask has at least: of a short key, by the recorded rule
    (KEY, "abc2101", "***2101", CONSISTENT),
    (KEY, "abc2102", "***2101", DIFFERENT),
    (KEY, "abcd2101", "***2101", DIFFERENT),
    # the visible end of a secret may hold stars itself
    (KEY, "a" * 32 + "b*c*", "*" * 32 + "b*c*", CONSISTENT),
    (KEY, "a" * 32 + "ab**", "*" * 32 + "ab**", CONSISTENT),
    (KEY, "a" * 32 + "ac**", "*" * 32 + "ab**", DIFFERENT),
    (KEY, "a" * 32 + "***c", "*" * 35 + "c", CONSISTENT),
    # a visible start, never recorded
    (KEY, "NRAL" + "x" * 28 + "0001", "NRAL" + "*" * 28 + "0001", CONSISTENT),
    (KEY, "NRAK" + "x" * 28 + "0001", "NRAL" + "*" * 28 + "0001", DIFFERENT),
    # shown in clear: compared whole
    (KEY, "in-clear-secret", "in-clear-secret", CONSISTENT),
    (KEY, "in-clear-secret", "In-clear-secret", DIFFERENT),
    (KEY, "a**b", "a**b", CONSISTENT),
    (KEY, "axxb", "a**b", DIFFERENT),
    (KEY, "12345678", 12345678, CONSISTENT),
    (KEY, "12345678", 12345679, DIFFERENT),
    # nothing shown
    (KEY, "any", None, UNREADABLE),
    (KEY, "any", "", UNREADABLE),
    (SECRET, "any", None, NOT_SET),
    (SECRET, "any", "", NOT_SET),
    (PASSWORD, "any", None, UNREADABLE),
    (OPTIONAL_PASSWORD, "any", None, UNREADABLE),
    # a given text of nothing but stars proves nothing
    (PASSWORD, "***", "***", UNREADABLE),
    (TEMPLATE, "{}", None, NOT_SET),
    # recorded: scheme, host, four stars and the last four characters, whatever the length
    (WEBHOOK, URL, HOST + "****2101", CONSISTENT),
    (WEBHOOK, HOST + "other2101", HOST + "****2101", CONSISTENT),
    (WEBHOOK, URL[:-1] + "2", HOST + "****2101", DIFFERENT),
    (WEBHOOK, URL.replace("https", "http"), HOST + "****2101", DIFFERENT),
    (WEBHOOK, URL.replace(".com", ".org"), HOST + "****2101", DIFFERENT),
    (WEBHOOK, URL.replace("example", "EXAMPLE"), HOST + "****2101", CONSISTENT),
    (WEBHOOK, URL.replace("example.com", "sub.example.com"), HOST + "****2101", DIFFERENT),
    # documented elsewhere: eight stars and no tail; an example of the specification: four
    (WEBHOOK, URL, HOST + "********", UNREADABLE),
    (WEBHOOK, URL.replace(".com", ".org"), HOST + "********", DIFFERENT),
    (TEAMS, URL, HOST + "****", UNREADABLE),
    (TEAMS, URL, HOST + "*" * 30, UNREADABLE),
    # ports and queries, never recorded
    (WEBHOOK, "https://example.com:8443/x2101", "https://example.com:8443/****2101", CONSISTENT),
    (WEBHOOK, "https://example.com:8443/x2101", "https://example.com:9443/****2101", DIFFERENT),
    (WEBHOOK, "https://example.com:443/x2101", HOST + "****2101", CONSISTENT),
    (WEBHOOK, "https://example.com:8443/x2101", HOST + "****2101", CONSISTENT),
    (WEBHOOK, HOST + "hook?token=abcd2101", HOST + "****2101", CONSISTENT),
    (WEBHOOK, HOST + "hook?a=b&c=2101", HOST + "****2102", DIFFERENT),
    (WEBHOOK, "https://user:pass@example.com/x2101", HOST + "****2101", CONSISTENT),
    (WEBHOOK, HOST + "team/abc2101", HOST + "team/****2101", CONSISTENT),
    (WEBHOOK, HOST + "other/abc2101", HOST + "team/****2101", DIFFERENT),
    # the tail of a short path reaches back into the host
    (WEBHOOK, "https://example.com/", "https://example.com/****com/", CONSISTENT),
    (WEBHOOK, "https://example.com", "https://example.com/****.com", CONSISTENT),
    (WEBHOOK, HOST + "ab*c", HOST + "****ab*c", CONSISTENT),
    # a URL shown in clear, or masked like a key
    (TEAMS, URL, URL, CONSISTENT),
    (TEAMS, URL, URL[:-1] + "9", DIFFERENT),
    (TEAMS, "https://example.com:443/a", "https://example.com/a", CONSISTENT),
    (TEAMS, URL, "*" * (len(URL) - 4) + "2101", CONSISTENT),
    (TEAMS, URL, "*" * (len(URL) - 3) + "2101", DIFFERENT),
    (TEAMS, URL, "*" * 8, UNREADABLE),
    (TEAMS, URL, "what is this", DIFFERENT),
    (TEAMS, URL, "http://[broken", DIFFERENT),
    # templates: any text; only a value of nothing but stars and a tail is a mask
    (TEMPLATE, '{"a": 1}', '{"a": 1}', CONSISTENT),
    (TEMPLATE, '{"a": 1}', '{"a":1}', CONSISTENT),
    (TEMPLATE, '{"a": 1}', '{"a":2}', DIFFERENT),
    (TEMPLATE, '{"a": 1}', {"a": 1}, CONSISTENT),
    (TEMPLATE, '{"a": 1, "b": [true]}', '{"b":[true],"a":1}', CONSISTENT),
    (TEMPLATE, '{"a": 1}', '{"a": true}', DIFFERENT),
    (TEMPLATE, "${text}", "${text}", CONSISTENT),
    (TEMPLATE, "${text}", "${other}", DIFFERENT),
    (TEMPLATE, '{"a": "****"}', '{"a": "**** and more"}', DIFFERENT),
    (TEMPLATE, '{"a": 1}', "********", UNREADABLE),
    (TEMPLATE, '{"a": 1}', "********: 1}", CONSISTENT),
    (TEMPLATE, '{"a": 1}', "********: 2}", DIFFERENT),
    (TEMPLATE, "[" * 100_000, "[" * 99_999, DIFFERENT),
]


@pytest.mark.parametrize(("field", "wished", "shown", "expected"), VERDICTS)
def test_verdict(field: Field, wished: str, shown: Any, expected: str) -> None:
    assert verdict(field, wished, shown) == expected


MASKS = [
    (KEY, "*" * 28 + "0000", True),
    (KEY, "****", True),
    (KEY, "****12345678", True),
    (KEY, "****123456789", False),
    (KEY, "***1234", False),
    (KEY, "a****", False),
    (KEY, "a**b", False),
    (KEY, "*" * 32 + "ab**", True),
    (KEY, "https://example.com/****2101", False),
    (WEBHOOK, HOST + "****2101", True),
    (WEBHOOK, HOST + "********", True),
    (WEBHOOK, "https://example.com:8443/****2101", True),
    (WEBHOOK, "****2101", True),
    (WEBHOOK, HOST + "****123456789", False),
    (WEBHOOK, HOST + "hook/****2101", False),
    (WEBHOOK, HOST + "***2101", False),
    (WEBHOOK, HOST + "hook?x=****", False),
    (WEBHOOK, "http://[broken/****2101", False),
    (TEAMS, "https://webhook.com/****", True),
    (TEMPLATE, "****", True),
    (TEMPLATE, '*****"a"}', True),
    (TEMPLATE, '{"stars": "****"}', False),
    (TEMPLATE, "**** text of more than eight characters", False),
    (TEMPLATE, "https://example.com/****2101", False),
    (PASSWORD, "a**b", False),
    (PASSWORD, "********", True),
]


@pytest.mark.parametrize(("field", "value", "expected"), MASKS)
def test_what_counts_as_a_mask_read_back(field: Field, value: str, expected: bool) -> None:
    assert is_mask(field, value) is expected


DISPLAYS = [
    (masked_text, "0" * 28 + "a1b2", "*" * 28 + "a1b2"),
    (masked_text, "12345678901", "*******8901"),
    (masked_text, "1234567890", HELD),
    (masked_text, "x", HELD),
    (masked_text, "*" * 20, HELD),
    (masked_text, "ends-in-stars-****", HELD),
    (masked_text, "*" * 28 + "a1b2", "*" * 28 + "a1b2"),
    (masked_text, "*" * 26 + "ab**", "*" * 26 + "ab**"),
    (masked_url, URL, HOST + "****2101"),
    (masked_url, HOST + "****2101", HOST + "****2101"),
    (masked_url, HOST + "********", HOST + "********"),
    (masked_url, "https://u:pw@example.com:8443/abcdefghi2101", "https://example.com:8443/****2101"),
    (masked_url, HOST + "hook?token=abcd1234", HOST + "****1234"),
    (masked_url, HOST + "#fragment-of-secret", HOST + "****cret"),
    (masked_url, HOST + "abc", HOST + "****"),
    (masked_url, "https://example.com", HOST + "****"),
    (masked_url, "no url at all, but long", "*" * 19 + "long"),
    (masked_url, "http://[broken-secret", "*" * 17 + "cret"),
]


@pytest.mark.parametrize(("mask", "value", "expected"), DISPLAYS)
def test_what_is_shown_of_a_secret(mask: Any, value: str, expected: str) -> None:
    assert mask(value) == expected


@pytest.mark.parametrize("field", [KEY, SECRET, WEBHOOK, TEAMS, TEMPLATE, PASSWORD], ids=lambda f: f.option)
def test_nothing_held_is_nothing_shown(field: Field) -> None:
    assert masked(field, None) is None
    assert masked(field, "") is None


def test_templates_show_nothing() -> None:
    assert masked(TEMPLATE, '{"token": "secret-in-a-template"}') == HELD
    assert masked(TEMPLATE, {"token": "secret-in-a-template"}) == HELD


@pytest.mark.parametrize("value", [123456789012, ["secret-in-a-list"], {"a": "secret-in-a-dict"}, True], ids=str)
def test_what_should_be_a_text_and_is_none_is_masked_all_the_same(value: Any) -> None:
    shown = masked(KEY, value)
    assert shown is not None
    assert "secret" not in shown
    assert "1234" not in shown


@given(st.text(min_size=1, max_size=60))
def test_at_most_four_characters_of_any_secret_are_shown(value: str) -> None:
    shown = masked_text(value)
    assert len(shown.lstrip("*")) <= 4 or is_mask(KEY, value)
    assert len(value) > 10 or set(shown) == {"*"}
    assert masked_text(shown) == shown


@given(st.from_regex(r"[A-Za-z0-9_/?=&.-]{0,40}", fullmatch=True))
def test_at_most_four_characters_of_any_url_are_shown_behind_its_host(rest: str) -> None:
    shown = masked_url(HOST + rest)
    assert shown.startswith(HOST + "****")
    assert len(shown) <= len(HOST) + 8
    assert masked_url(shown) == shown


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=5, max_size=80))
def test_a_secret_is_never_different_from_its_own_mask(value: str) -> None:
    assert verdict(KEY, value, shown_tail(value)) in (CONSISTENT, UNREADABLE)
    assert verdict(KEY, value, "*" * (len(value) - 4) + value[-4:]) in (CONSISTENT, UNREADABLE)
    assert verdict(WEBHOOK, HOST + value, shown_url(HOST + value)) in (CONSISTENT, UNREADABLE)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_verdict_never_raises(wished: str, shown: str) -> None:
    for field in (KEY, WEBHOOK, TEMPLATE, PASSWORD):
        assert verdict(field, wished, shown) in (CONSISTENT, DIFFERENT, UNREADABLE, NOT_SET)


def test_unknown_fields_are_masked_by_their_names_at_any_depth() -> None:
    raw = {
        "type": "NEW_THING", "id": "5", "hookUrl": URL, "count": 3, "on": True, "none": None, "empty_token": "",
        "apiKey": "0123456789abcdef", "nested": {"Password": "p" * 20, "deep": [{"secretPart": ["one-secret-text"]}]},
        "tokens": {"inner": "inner-token-text", "n": 5}, "name": "kept", "list": ["kept", 1],
    }  # fmt: skip
    assert masked_unknown(raw) == {
        "type": "NEW_THING", "id": "5", "hookUrl": HOST + "****2101", "count": 3, "on": True, "none": None,
        "empty_token": "", "apiKey": "************cdef",
        "nested": {"Password": "*" * 16 + "pppp", "deep": [{"secretPart": ["***********text"]}]},
        "tokens": {"inner": "************text", "n": 5}, "name": "kept", "list": ["kept", 1],
    }  # fmt: skip


FORESEEN = [
    (KEY, "0" * 28 + "a1b2", "*" * 28 + "a1b2"),
    (KEY, "a1b2", HELD),
    (WEBHOOK, URL, HOST + "****2101"),
    (WEBHOOK, HOST + "a1b2c3", HOST + "****b2c3"),
    (WEBHOOK, "https://user:pass@example.com:8443/abcdef", "https://example.com:8443/****cdef"),
    (WEBHOOK, "https://example.com", HOST + "****.com"),
    (TEMPLATE, '{"a": 1}', HELD),
]


@pytest.mark.parametrize(("field", "value", "expected"), FORESEEN)
def test_what_atlas_will_show_is_foreseen_by_the_recorded_forms(field: Field, value: str, expected: str) -> None:
    assert foreseen(field, value) == expected
    assert masked(field, expected) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", False), (5, False), (None, False), ("", False), ("a****b", False), ("****abcd", True),
        (HOST + "****abcd", True), ({"apiKey": "x"}, True), ({"apiKey": {"inner": ["x"]}}, True),
        ({"apiKey": ""}, False), ({"apiKey": 5}, False), ({"a": [{"b": {"c": "****"}}]}, True), ({"a": ["b"]}, False),
    ],
)  # fmt: skip
def test_what_conceals_a_secret(value: Any, expected: bool) -> None:
    assert conceals(value) is expected


@pytest.mark.parametrize("name", ["apiKey", "TOKEN", "clientSecret", "tlsPemPassword", "discoveryURL", "keyring"])
def test_names_that_look_like_secrets(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["region", "id", "type", "endpoint", "username"])
def test_names_that_do_not(name: str) -> None:
    assert not looks_secret(name)
