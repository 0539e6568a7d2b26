# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs follow from the table and the settings; blanks and ignored options go before validation."""

from __future__ import annotations

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _argspec
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (
    ATLAS_SERVICES,
    BOTH,
    SERVICES,
    Field,
    Kind,
    Mask,
    Service,
    Table,
)

CLARION = Service(
    "CLARION",
    "Clarion",
    (
        Field("hornKey", "horn_key", "Key of the horn.", secret=True, mask=Mask.TAIL, required=BOTH, sample="horn-1"),
        Field("volume", "volume", "Volume.", choices=("soft", "loud"), aliases=("loudness",), sample="loud"),
        Field("mute", "mute", "Whether it is silent.", kind=Kind.FLAG, default=False, sample=True),
        Field("tune", "tune", "Tune.", kind=Kind.TEMPLATE, secret=True, mask=Mask.TEXT, sample="{}"),
    ),
)
ELEVEN = Table((*ATLAS_SERVICES, CLARION))


def test_service_options_of_the_table():
    spec = _argspec.service_options()
    assert list(spec) == list(SERVICES.options)
    assert spec["service_key"] == {"type": "str", "no_log": True}
    assert spec["routing_key"] == {"type": "str", "no_log": False}
    assert spec["enabled"] == {"type": "bool", "no_log": False}
    assert spec["body_template"] == {"type": "json", "no_log": True}
    assert spec["username"]["aliases"] == ["user_name"]
    assert spec["region"]["choices"] == ["US", "EU", "US3", "US5", "AP1", "US1_FED"]
    assert "choices" not in spec["api_key"]


@pytest.mark.parametrize("name", sorted(_argspec.integration_spec()))
def test_every_entry_decides_on_secrecy_and_has_no_relation(name):
    entry = _argspec.integration_spec()[name]
    assert set(entry) <= {"type", "elements", "choices", "default", "aliases", "no_log", "required"}
    secret = name in SERVICES.secret_options or name in {
        "private_key", "client_secret", "access_token", "replaces",
    }  # fmt: skip
    assert bool(entry.get("no_log")) is secret


def test_nothing_but_type_is_required():
    spec = _argspec.integration_spec()
    assert [name for name, entry in spec.items() if entry.get("required")] == ["type"]
    assert spec["type"]["choices"] == list(SERVICES.types)


def test_an_eleventh_service_is_one_entry():
    spec = _argspec.integration_spec(ELEVEN)
    assert spec["type"]["choices"][-1] == "CLARION"
    assert spec["horn_key"] == {"type": "str", "no_log": True}
    assert spec["volume"] == {"type": "str", "no_log": False, "aliases": ["loudness"], "choices": ["soft", "loud"]}
    assert spec["mute"]["type"] == "bool" and spec["tune"]["type"] == "json"


def test_specs_are_copies():
    _argspec.connection_options()["timeout"]["default"] = 1
    _argspec.integration_spec()["pretty"]["default"] = True
    _argspec.wish_options()["state"]["choices"].append("x")
    assert _argspec.connection_options()["timeout"]["default"] == 30.0
    assert _argspec.integration_spec()["pretty"]["default"] is False
    assert _argspec.wish_options()["state"]["choices"] == ["present", "absent"]


def test_elements_of_a_list_have_no_defaults_of_their_own():
    assert not [name for name, entry in _argspec.wish_options(defaults=False).items() if "default" in entry]


SPEC = {
    "name": {"type": "str", "aliases": ["label"]},
    "names": {"type": "list", "elements": "str"},
    "free": {"type": "dict"},
    "integrations": {"type": "list", "elements": "dict", "options": _argspec.wish_options(defaults=False)},
    "one": {"type": "dict", "options": {"name": {"type": "str"}, "update_secrets": {"type": "str"}}},
    "state": {"type": "str", "default": "present"},
    "update_secrets": {"type": "str"},
}


def test_blanks_are_not_given_at_any_depth():
    given = {
        "_ansible_check_mode": False,
        "name": "",
        "label": None,
        "names": ["a", "", None, "b"],
        "free": {"a": "", "b": None},
        "one": {"name": "", "unknown": ""},
        "integrations": [{"type": "SLACK", "api_token": "", "region": None, "user_name": ""}, None, "", "text"],
        "unknown": "",
    }
    assert _argspec.strip_blanks(given, SPEC) == {
        "_ansible_check_mode": False,
        "names": ["a", "b"],
        "free": {"a": "", "b": None},
        "one": {"unknown": ""},
        "integrations": [{"type": "SLACK"}, "text"],
        "unknown": "",
    }


@pytest.mark.parametrize("value", [0, False, " ", [], {}])
def test_other_values_are_given(value):
    assert _argspec.strip_blanks({"name": value}, SPEC) == {"name": value}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        *((value, "always") for value in (True, "true", "True", "yes", "on", "1", 1, "Y")),
        *((value, "on_create") for value in (False, "false", "no", "off", "0", 0)),
        *((value, value) for value in ("auto", "always", "on_create", "never", 2, [], {})),
    ],
)
def test_update_secrets_takes_booleans(given, expected):
    params = {"update_secrets": given, "integrations": [{"update_secrets": given}], "one": {"update_secrets": given}}
    found = _argspec.normalise(params, SPEC)
    assert [found["update_secrets"], found["integrations"][0]["update_secrets"], found["one"]["update_secrets"]] == [
        expected
    ] * 3


def test_absent_ignores_the_options_of_services_alone():
    given = {"type": "PROMETHEUS", "state": "absent", "enabled": "maybe", "user_name": "x", "clear": ["a"], "foo": 1}
    expected = {"type": "PROMETHEUS", "state": "absent", "clear": ["a"], "foo": 1}
    assert _argspec.prepare(given, _argspec.integration_spec()) == expected


def test_elements_take_the_state_of_the_task_unless_they_have_one():
    elements = [{"type": "SLACK", "region": "X"}, {"type": "SLACK", "region": "X", "state": "present"}]
    found = _argspec.prepare({"state": "absent", "integrations": elements}, SPEC)["integrations"]
    assert found == [{"type": "SLACK"}, elements[1]]
    assert _argspec.prepare({"integrations": elements}, SPEC)["integrations"] == elements


def test_prepare_changes_nothing_that_it_was_given():
    given = {"integrations": [{"type": "SLACK", "region": "", "update_secrets": True}], "state": "absent"}
    _argspec.prepare(given, SPEC)
    assert given == {"integrations": [{"type": "SLACK", "region": "", "update_secrets": True}], "state": "absent"}
