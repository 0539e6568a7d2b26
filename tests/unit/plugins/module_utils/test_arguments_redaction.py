# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets leave by no way: by name in arguments, by value in texts; and honest results stay readable."""

from __future__ import annotations

import html
import json
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.atlasops.integrations.plugins.module_utils import _argspec
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import tidy
from ansible_collections.atlasops.integrations.plugins.module_utils._redaction import (
    MASK,
    long_enough,
    mask_arguments,
    scrub,
    secret_values,
    texts,
)

SPEC = {
    **_argspec.integration_spec(),
    "integrations": {"type": "list", "elements": "dict", "options": _argspec.wish_options(defaults=False)},
}


def test_arguments_are_masked_by_name():
    params = {
        "_ansible_verbosity": 3,
        "type": "SLACK",
        "api_key": "US",
        "api_token": None,
        "routing_key": "team",
        "private_key": 5,
        "apiPassword": "one",
        "api_password": "other",
        "replaces": {"api_key": "old", "api_kee": None},
        "body_template": {"a": "b"},
        "api_kee": "typo",
        "unknown": ["typo"],
        "region": "US",
    }
    assert mask_arguments(params, SPEC) == {
        "type": "SLACK",
        "api_key": MASK,
        "api_token": None,
        "routing_key": "team",
        "private_key": MASK,
        "apiPassword": MASK,
        "api_password": MASK,
        "replaces": {"api_key": MASK, "api_kee": MASK},
        "body_template": MASK,
        "api_kee": MASK,
        "unknown": MASK,
        "region": "US",
    }


def test_lists_of_dictionaries_are_masked_too():
    params = {
        "integrations": [
            {"type": "SLACK", "api_token": "s", "api_tokn": "s", "replaces": {"api_token": "s"}},
            "api_token=s",
        ]
    }
    masked = {"type": "SLACK", "api_token": MASK, "api_tokn": MASK, "replaces": {"api_token": MASK}}
    assert mask_arguments(params, SPEC) == {"integrations": [masked, MASK]}
    assert mask_arguments({"integrations": "api_token=s"}, SPEC) == {"integrations": MASK}
    assert mask_arguments({"integrations": {"api_token": "s"}}, SPEC) == {"integrations": {"api_token": MASK}}
    assert mask_arguments({"replaces": "api_key=s"}, SPEC) == {"replaces": MASK}


def test_a_password_in_an_address_is_masked():
    masked = mask_arguments({"base_url": "https://me:p/w@host.example.com/x@y"}, SPEC)["base_url"]
    assert "p/w" not in masked and masked.startswith("https://")
    assert mask_arguments({"base_url": "https://host.example.com"}, SPEC) == {"base_url": "https://host.example.com"}


def test_secret_values_at_any_depth():
    params = {
        "type": "SLACK",
        "apiPassword": "a",
        "replaces": {"api_key": "b"},
        "integrations": [{"api_token": "c", "region": "US", "replaces": {"url": "d"}}, "x"],
        "body_template": {"e": "f"},
        "unknown": "g",
        "secret": None,
    }
    assert list(secret_values(params, SPEC)) == ["a", "b", "c", "d", {"e": "f"}]


def test_texts_inside_of_templates():
    template = '{"headers": ["the first", {"x": "the second"}], "event": "status", "n": 7, "flag": true}'
    found = set(texts([{"a": template}, ["three"], 8, True, None, "{broken"]))
    assert {template, "the first", "the second", "three", "8", "{broken"} <= found
    assert not {"True", "true", "None", "headers", "status", "7"} & found, "ordinary words of templates are no secrets"


def test_parts_of_urls():
    found = set(texts(["https://user:password1@hooks.example.com/way/in?token=0123456789&v=1#fragment"]))
    assert {"user:password1", "password1", "token=0123456789&v=1#fragment", "0123456789"} <= found
    assert scrub("token 0123456789 of password1", found) == "token ******** of ********"


def test_hexadecimal_keys_in_either_case():
    assert scrub("0123ABCDEF and 0123abcdef", ["0123AbCdEf"]) == "******** and ********"


def test_short_secrets_do_not_spoil_honest_results():
    assert long_enough(["US", "1", "1234567", "12345678"]) == {"12345678"}
    assert scrub({"msg": "STATUS 1 of US"}, ["US", "1", "", "ATU"]) == {"msg": "STATUS 1 of US"}
    assert scrub("NONE and NONESUCH", ["NONE"]) == "******** and NONESUCH"


def test_every_spelling_of_a_secret_goes():
    secret = 'pa"ss/wörd äöü'
    text = f"{secret} {json.dumps(secret)} pa%22ss%2Fw%C3%B6rd%20%C3%A4%C3%B6%C3%BC x{secret}x"
    cleaned = scrub([{"k": (text, 1, None)}, {secret: True}], [secret])
    assert "ss" not in json.dumps(cleaned)
    assert cleaned[0]["k"][1:] == [1, None]


TEMPLATE = '{\n  "text":  "TELLING one",\n\t"more": "TELLING \\"two\\" \u00fc & 3"\n}'


@pytest.mark.parametrize(
    "echo",
    [
        TEMPLATE,
        json.dumps(TEMPLATE),
        json.dumps(TEMPLATE, ensure_ascii=False),
        json.dumps(json.dumps(TEMPLATE)),
        quote_plus(TEMPLATE),
        html.escape(TEMPLATE),
    ],
)
def test_however_a_server_quotes_a_secret_it_goes_from_a_tidy_message(echo):
    for text in (echo, tidy(f"it said: {echo}")):
        assert "TELLING" not in scrub(text, [TEMPLATE])


@pytest.mark.parametrize("before", [0, 500, 560, 590])
def test_the_beginning_of_a_secret_goes_where_a_message_was_cut(before):
    secret = "https://example.com/" + "TELLING" * 200
    cut = tidy("x" * before + " " + secret)
    assert scrub(cut, [secret]) == ("x" * before + " ********...").strip()
    assert scrub({"error": cut + "; do this"}, [secret, TEMPLATE])["error"].endswith("...; do this")
    assert "TELLING" not in scrub(tidy(" " * 5000 + "x" * before + secret, 700), [secret])
    assert scrub("no secret, just cut...", [secret]) == "no secret, just cut..."


def test_half_characters_upset_nothing():
    secret = "pass\udcffword-1"
    assert scrub(f"a {secret} b", [secret]) == "a ******** b"


def test_the_longer_secret_goes_first():
    assert scrub("abcdefgh-ijklmnop", ["abcdefgh", "abcdefgh-ijklmnop"]) == "********"


@given(st.text(min_size=8, max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_no_long_secret_survives(secret, before, after):
    assert secret not in scrub(before + secret + after, [secret]) or secret in "*" * 60


@given(st.dictionaries(st.text(max_size=5), st.lists(st.integers() | st.text(max_size=5), max_size=3), max_size=3))
def test_nothing_else_is_touched(data):
    assert scrub(data, ["a-long-secret-that-is-nowhere", ""]) == data


@pytest.mark.parametrize(
    "address, shown",
    [
        ("me:pass@cloud.example.com", "********@cloud.example.com"),
        ("//me:pass@h", "********@h"),
        ("https:/me:pass@h/", "********@h/"),
        ("https://me:pass@h/x", "https://********@h/x"),
        ("https://h/?token=pass", "https://h/?********"),
        ("https://h/#pass", "https://h/#********"),
        ("https://h:8443/x", "https://h:8443/x"),
    ],
)
def test_nothing_secret_in_an_address(address, shown):
    assert mask_arguments({"base_url": address, "api_url": address}, SPEC) == {"base_url": shown, "api_url": shown}


def test_a_secret_in_the_place_of_an_identifier():
    swapped = {"client_id": "mdb_sa_sk_made-up", "api_username": "00000000-aaaa-bbbb-cccc-000000000000"}
    assert set(mask_arguments(swapped, SPEC).values()) == {MASK}
    assert list(secret_values(swapped, SPEC)) == list(swapped.values())
    plain = {"client_id": "mdb_sa_id_made-up", "public_key": "abcdefgh"}
    assert mask_arguments(plain, SPEC) == plain
