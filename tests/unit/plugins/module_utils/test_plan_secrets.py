# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of an existing integration: verdicts, update_secrets, what is missing, what contradicts, warnings."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._plan import Plan, make_plan
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Field, Mask, Service
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    FIELDS,
    Model,
    another,
    decide,
    row_id,
    samples,
    wish_of,
)

SECRETS = [row for row in FIELDS if row[2].secret]
every_secret = pytest.mark.parametrize(("service", "version", "field"), SECRETS, ids=row_id)
MODES = ["auto", "always", "on_create"]

# A webhook is the one service with an optional secret, and shows its masks in many forms.
KEY = "w" * 26 + "2101"
OTHER = "w" * 26 + "2102"
SHORT = "w" * 9
URL = "https://hooks.example.com/" + "u" * 26 + "2101"
SHOWN: dict[str, tuple[Optional[str], str]] = {
    # verdict: what Atlas shows of the secret, what the task gives
    "consistent": ("*" * 26 + "2101", KEY),
    "different": ("*" * 26 + "2101", OTHER),
    "unreadable": ("*" * 9, SHORT),
    "not_set": (None, KEY),
}


def webhook(shown: Optional[str], **more: Any) -> list[dict[str, Any]]:
    return [{"type": "WEBHOOK", "id": "a" * 24, "url": "https://hooks.example.com/****2101", "secret": shown, **more}]


def plan_of(options: dict[str, Any], project: list[dict[str, Any]], version: str = "v2") -> Plan:
    return make_plan(wish_of({"type": "WEBHOOK", **options}, version), project)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("verdict", list(SHOWN))
def test_what_a_verdict_leads_to(mode: str, verdict: str) -> None:
    shown, given = SHOWN[verdict]
    plan = plan_of({"url": URL, "secret": given, "update_secrets": mode}, webhook(shown))
    assert plan.secrets == {"url": "consistent", "secret": verdict}
    writes = mode == "always" or (mode == "auto" and verdict in ("different", "not_set"))
    assert plan.action == ("update" if writes else "none")
    assert plan.differences == (("secret",) if verdict in ("different", "not_set") else ())
    assert plan.body == ({"type": "WEBHOOK", "url": URL, "secret": given} if writes else None)
    assert (plan.missing, plan.contradicted, plan.refusal) == ((), (), None)
    assert len(plan.warnings) == (mode == "auto" and verdict == "unreadable")
    assert all("secret" in warning and given not in warning for warning in plan.warnings)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("verdict", list(SHOWN))
def test_given_secrets_go_along_with_another_write_unless_they_contradict(mode: str, verdict: str) -> None:
    shown, given = SHOWN[verdict]
    options = {"url": URL, "secret": given, "update_secrets": mode, "clear": ["body_template"]}
    plan = plan_of(options, webhook(shown, bodyTemplate="x"))
    assert plan.action == "update"
    assert plan.body == {"type": "WEBHOOK", "url": URL, "secret": given, "bodyTemplate": None}
    assert plan.warnings == ()
    contradicts = mode == "on_create" and verdict == "different"
    assert plan.contradicted == (("secret",) if contradicts else ())
    assert bool(plan.refusal) == contradicts
    if plan.refusal:
        assert "secret" in plan.refusal
        assert "update_secrets" in plan.refusal
        assert given not in plan.refusal


@pytest.mark.parametrize("mode", MODES)
def test_a_held_secret_that_is_not_given_stops_a_write_and_nothing_else(mode: str) -> None:
    options = {"url": URL, "update_secrets": mode}
    quiet = plan_of(options, webhook("*" * 26 + "2101"))
    if mode != "always":
        assert (quiet.action, quiet.missing, quiet.refusal, quiet.warnings) == ("none", (), None, ())
    changes: list[dict[str, Any]] = [{"clear": ["body_template"]}]
    changes += [{"body_template": "new"}] if mode != "on_create" else []
    for more in changes:
        plan = plan_of({**options, **more}, webhook("*" * 26 + "2101", bodyTemplate="old"))
        assert (plan.action, plan.missing, plan.differences) == ("update", ("secret",), ("body_template",))
        assert plan.refusal == (
            "WEBHOOK must be updated and Atlas never shows secret again, so the update would lose it;"
            " give secret as well, or empty it with clear: [secret]"
        )
    assert plan_of(options, webhook(None)).missing == ()


def test_every_missing_secret_is_named() -> None:
    held = webhook("*" * 30, bodyTemplate="x", headersTemplate="********")
    plan = plan_of({"update_secrets": "on_create", "clear": ["body_template"]}, held)
    assert plan.missing == ("url", "secret", "headers_template")
    assert plan.refusal is not None
    assert "url, secret, headers_template" in plan.refusal
    assert "clear: [secret, headers_template]" in plan.refusal


@every_secret
def test_on_create_leaves_secrets_alone(service: Service, version: str, field: Field) -> None:
    model = Model()
    model.put(samples(service))
    changed = {**samples(service), field.option: another(field), "update_secrets": "on_create"}
    plan = decide(changed, model, version)
    expected = "unreadable" if field.mask is Mask.HIDDEN else "different"
    assert (plan.action, plan.secrets[field.option], plan.warnings, plan.refusal) == ("none", expected, (), None)
    assert plan.differences == ((field.option,) if expected == "different" else ())
    left_out = {n: v for n, v in changed.items() if n != field.option}
    plan = decide(left_out, model, version)
    assert (plan.action, field.option in plan.secrets) == ("none", False)


@every_secret
def test_on_create_needs_required_secrets_for_a_create_only(service: Service, version: str, field: Field) -> None:
    options = {n: v for n, v in samples(service).items() if n != field.option}
    plan = decide({**options, "update_secrets": "on_create"}, Model(), version)
    assert plan.action == "create"
    assert plan.missing == ((field.option,) if field.required else ())
    assert bool(plan.refusal) == bool(field.required)
    if plan.refusal:
        assert field.option in plan.refusal
        assert "not configured yet" in plan.refusal


@every_secret
def test_a_write_names_each_secret_that_it_would_lose(service: Service, version: str, field: Field) -> None:
    plain = next((f for f in service.writable if not f.secret), None)
    if plain is None:
        return
    model = Model()
    model.put({**samples(service), plain.option: another(plain)})
    options = {n: v for n, v in samples(service).items() if n != field.option}
    plan = decide({**options, "update_secrets": "on_create"}, model, version)
    assert (plan.action, plan.missing, plan.differences) == ("update", (field.option,), (plain.option,))
    assert plan.refusal is not None
    assert field.option in plan.refusal


@every_secret
def test_always_writes_on_every_run(service: Service, version: str, field: Field) -> None:
    model = Model()
    model.put(samples(service))
    plan = decide({**samples(service), "update_secrets": "always"}, model, version)
    assert (plan.action, plan.differences, plan.warnings) == ("update", (), ())
    assert plan.body == {"type": service.type, **{f.api: f.sample for f in service.writable}}
    assert set(plan.written_secrets) == {f.option for f in service.secrets}


def test_a_password_that_atlas_never_shows_is_warned_of_by_name() -> None:
    service = SERVICES.get("PROMETHEUS")
    assert service is not None
    model = Model()
    model.put(samples(service))
    plan = decide({**samples(service), "password": "another-one"}, model)
    assert plan.action == "none"
    (warning,) = plan.warnings
    assert warning.startswith("PROMETHEUS: Atlas does not show enough of password to compare it")
    assert "always" in warning
    assert "on_create" in warning


def test_secrets_are_the_given_ones_exactly() -> None:
    assert plan_of({"url": URL}, webhook("*" * 30)).secrets == {"url": "consistent"}
    assert plan_of({"url": URL}, []).secrets == {"url": "not_set"}
    cleared = plan_of({"url": URL, "clear": ["secret"]}, webhook("*" * 30))
    assert cleared.secrets == {"url": "consistent"}
    assert cleared.written_secrets == ("url", "secret")


@pytest.mark.parametrize("mode", MODES)
def test_clear_of_a_secret_writes_whatever_update_secrets_says(mode: str) -> None:
    plan = plan_of({"url": URL, "clear": ["secret"], "update_secrets": mode}, webhook("*" * 26 + "2101"))
    assert (plan.action, plan.differences, plan.refusal) == ("update", ("secret",), None)
    assert plan.body == {"type": "WEBHOOK", "url": URL, "secret": None}


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [(None, "not_set"), ("", "not_set"), ("********", "unreadable"), ('{"a":1}', "consistent"), ("{}", "different")],
)
def test_templates(shown: Optional[str], verdict: str) -> None:
    plan = plan_of({"url": URL, "body_template": '{"a": 1}'}, webhook(None, bodyTemplate=shown, headersTemplate=None))
    assert plan.secrets == {"url": "consistent", "body_template": verdict}
    assert plan.action == ("update" if verdict in ("not_set", "different") else "none")


def test_a_secret_shown_in_clear_is_compared_whole_and_masked_for_display() -> None:
    held = [{"type": "OPS_GENIE", "id": "1", "apiKey": "in-clear-key-0001", "region": "US"}]
    same = make_plan(wish_of({"type": "OPS_GENIE", "api_key": "in-clear-key-0001"}), held)
    assert (same.action, same.secrets) == ("none", {"api_key": "consistent"})
    other = make_plan(wish_of({"type": "OPS_GENIE", "api_key": "In-clear-key-0001"}), held)
    assert (other.action, other.secrets) == ("update", {"api_key": "different"})
    assert other.after is not None
    assert other.after["apiKey"] == "*" * 13 + "0001"


def test_forced_it_writes_what_looks_fulfilled() -> None:
    wish = wish_of({"type": "WEBHOOK", "url": URL})
    plan = make_plan(wish, webhook(None), force=True)
    assert (plan.action, plan.body) == ("update", {"type": "WEBHOOK", "url": URL})
