# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a wish: how often Atlas is asked and written to, what is reported, what somebody else does meanwhile."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import ApiError, UnusableAnswer
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Field, Service
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    FIELDS,
    ROWS,
    FakeClient,
    Listed,
    Model,
    Step,
    another,
    apply,
    row_id,
    samples,
)

every_row = pytest.mark.parametrize(("service", "version"), ROWS, ids=row_id)
PLAIN = [row for row in FIELDS if not row[2].secret]
URL = "https://hooks.example.com/" + "u" * 26 + "2101"
WEBHOOK: dict[str, Any] = {"type": "WEBHOOK", "url": URL, "secret": "s" * 26 + "2101"}
CHANGED = {**WEBHOOK, "secret": "s" * 26 + "2102"}
OPSGENIE: dict[str, Any] = {"type": "OPS_GENIE", "api_key": "o" * 32 + "0001", "region": "US"}
DATADOG: dict[str, Any] = {"type": "DATADOG", "api_key": "d" * 32, "region": "EU"}


def client_with(*held: dict[str, Any], steps: tuple[Step, ...] = (), reads: Any = (), **model: Any) -> FakeClient:
    made = Model(**model)
    for options in held:
        made.put(options)
    return FakeClient(made, *steps, reads=(None, *reads))


def refusing(status: int, code: Optional[str] = None, *parameters: Any) -> Step:
    return Step(False, ApiError(f"refused {code}", status=status, code=code, parameters=parameters))


@every_row
@pytest.mark.parametrize("merges", [True, False])
def test_there_and_back_again_with_exact_numbers(service: Service, version: str, merges: bool) -> None:
    client = FakeClient(Model(merges=merges))
    wishes = samples(service)
    created = apply(client, wishes, version)
    assert (created.changed, created.action, created.verified, created.error) == (True, "create", True, None)
    assert (created.previous_id, created.not_applied, created.warnings) == (None, (), [])
    assert created.after == client.model.show(service.type)
    assert client.journal == ["GET", "POST"]

    again = apply(client, wishes, version)
    assert (again.changed, again.action, again.verified, again.previous_id) == (False, "none", None, None)
    assert client.journal == ["GET", "POST", "GET"]

    before = client.model.held[service.type]["id"]
    written = apply(client, {**wishes, "update_secrets": "always"}, version)
    assert (written.changed, written.action, written.verified) == (True, "update", True)
    assert (written.previous_id, written.after) == (before, client.model.show(service.type))
    assert client.journal == ["GET", "POST", "GET", "GET", "PUT"]

    deleted = apply(client, {"type": service.type, "state": "absent"}, version)
    assert (deleted.changed, deleted.action, deleted.after, deleted.total_count) == (True, "delete", None, 0)
    assert deleted.previous_id == written.after["id"]  # type: ignore[index]
    assert client.journal[5:] == ["GET", "DELETE"]

    gone = apply(client, {"type": service.type, "state": "absent"}, version)
    assert (gone.changed, gone.action, gone.after) == (False, "none", None)
    assert client.journal[7:] == ["GET"]


@pytest.mark.parametrize(("service", "version", "field"), PLAIN, ids=row_id)
@pytest.mark.parametrize("merges", [True, False])
def test_a_changed_field_is_one_put_and_then_nothing(
    service: Service, version: str, field: Field, merges: bool
) -> None:
    client = client_with(samples(service), merges=merges)
    wishes = {**samples(service), field.option: another(field)}
    outcome = apply(client, wishes, version)
    assert (outcome.action, outcome.plan.differences, outcome.not_applied) == ("update", (field.option,), ())
    assert not apply(client, wishes, version).changed
    assert client.journal == ["GET", "PUT", "GET"]
    assert client.model.held[service.type][field.api] == another(field)


@every_row
@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode_only_reads(service: Service, version: str, state: str) -> None:
    for held in ((), (samples(service),)):
        client = client_with(*held)
        outcome = apply(
            client, {**samples(service), "state": state, "update_secrets": "always"}, version, check_mode=True
        )
        assert client.journal == ["GET"]
        assert (outcome.previous_id, outcome.verified, outcome.error) == (None, None, None)
        assert outcome.changed == (bool(held) or state == "present")
        assert len(outcome.project) == outcome.total_count == (state == "present")


def test_check_mode_warns_of_what_a_real_run_refuses() -> None:
    client = client_with(WEBHOOK)
    options = {"type": "WEBHOOK", "url": URL, "update_secrets": "on_create", "body_template": "x"}
    client.model.held["WEBHOOK"]["bodyTemplate"] = None
    predicted = apply(client, {**options, "update_secrets": "auto"}, check_mode=True)
    assert (predicted.changed, predicted.action, predicted.plan.missing) == (True, "update", ("secret",))
    assert len(predicted.warnings) == 1
    assert "secret" in predicted.warnings[0]
    real = apply(client, {**options, "update_secrets": "auto"})
    assert (real.changed, real.error is None) == (False, False)
    assert real.error is not None
    assert real.error.message in predicted.warnings[0]
    assert client.writes == []
    absent = apply(client_with(), {"type": "OPS_GENIE", "update_secrets": "on_create"}, check_mode=True)
    assert (absent.changed, absent.action, absent.plan.missing) == (True, "create", ("api_key",))
    assert "api_key" in absent.warnings[0]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"type": "WEBHOOK", "update_secrets": "on_create", "clear": ["secret"]}, "url"),
        ({**CHANGED, "update_secrets": "on_create", "clear": ["body_template"]}, "update_secrets"),
    ],
)
def test_a_refused_write_is_none(options: dict[str, Any], word: str) -> None:
    client = client_with({**WEBHOOK, "body_template": "x"})
    outcome = apply(client, options)
    assert outcome.error is not None
    assert word in outcome.error.message
    assert "s" * 26 not in outcome.error.message
    assert (outcome.changed, outcome.verified, client.writes) == (False, None, [])
    assert outcome.after == client.model.show("WEBHOOK")


def test_answers_are_searched_by_type_in_any_order() -> None:
    client = client_with(DATADOG, OPSGENIE, steps=(Step(answer=lambda a: Listed(a.results[::-1])),))
    outcome = apply(client, WEBHOOK)
    assert outcome.after == client.model.show("WEBHOOK")
    assert [raw["type"] for raw in outcome.project] == ["WEBHOOK", "OPS_GENIE", "DATADOG"]
    assert outcome.total_count == 3


def created_meanwhile(options: dict[str, Any]) -> Step:
    return Step(before=lambda model: model.put(options))


def test_configured_meanwhile_as_wished_is_nothing_more_to_do() -> None:
    client = client_with(steps=(created_meanwhile(WEBHOOK),))
    outcome = apply(client, WEBHOOK)
    assert (outcome.changed, outcome.action, outcome.error) == (False, "none", None)
    assert outcome.after == client.model.show("WEBHOOK")
    assert client.journal == ["GET", "POST", "GET"]


def test_configured_meanwhile_differently_is_updated() -> None:
    client = client_with(steps=(created_meanwhile(CHANGED),))
    outcome = apply(client, WEBHOOK)
    assert (outcome.changed, outcome.action, outcome.error) == (True, "update", None)
    assert outcome.previous_id == f"{1:024x}"
    assert outcome.plan.secrets == {"url": "consistent", "secret": "different"}
    assert client.journal == ["GET", "POST", "GET", "PUT"]


def test_configured_meanwhile_with_a_secret_that_cannot_be_read_is_left_with_a_warning() -> None:
    service = SERVICES.get("PROMETHEUS")
    assert service is not None
    client = client_with(steps=(created_meanwhile(samples(service)),))
    outcome = apply(client, samples(service))
    assert (outcome.changed, len(outcome.warnings)) == (False, 1)
    assert client.journal == ["GET", "POST", "GET"]


def test_configured_but_not_listed_is_explained() -> None:
    client = client_with(steps=(created_meanwhile({"type": "VICTOR_OPS", "api_key": "v" * 36}),))
    listing = client.model.listing
    client.model.listing = lambda: Listed([])  # type: ignore[method-assign]
    outcome = apply(client, {"type": "VICTOR_OPS", "api_key": "v" * 36})
    assert listing().results != []
    assert isinstance(outcome.error, ApiError)
    assert outcome.error.code == "INTEGRATION_ALREADY_CONFIGURED"
    assert "does not list it" in outcome.error.message
    assert (outcome.changed, client.journal) == (False, ["GET", "POST", "GET"])


def removed_meanwhile(kind: str) -> Step:
    return Step(before=lambda model: model.held.pop(kind))


def test_removed_before_the_put_is_created() -> None:
    client = client_with(WEBHOOK, steps=(removed_meanwhile("WEBHOOK"),))
    outcome = apply(client, CHANGED)
    assert (outcome.changed, outcome.action, outcome.error) == (True, "create", None)
    assert client.journal == ["GET", "PUT", "GET", "POST"]
    assert client.bodies[-1] == {"type": "WEBHOOK", "url": URL, "secret": CHANGED["secret"]}


def test_removed_before_a_put_that_creates_is_fine() -> None:
    client = client_with(WEBHOOK, steps=(removed_meanwhile("WEBHOOK"),), upserts=True)
    outcome = apply(client, CHANGED)
    assert (outcome.changed, outcome.error, client.journal) == (True, None, ["GET", "PUT"])


def test_a_rotation_creates_nothing_even_when_it_was_removed_meanwhile() -> None:
    client = client_with(OPSGENIE, steps=(removed_meanwhile("OPS_GENIE"),))
    new = {"type": "OPS_GENIE", "api_key": "n" * 32 + "0002", "replaces": {"api_key": OPSGENIE["api_key"]}}
    outcome = apply(client, new)
    assert (outcome.changed, outcome.action, outcome.plan.secrets) == (False, "none", {"api_key": "not_set"})
    assert client.journal == ["GET", "PUT", "GET"]


def test_removed_before_the_delete_is_nothing_that_this_run_changed() -> None:
    client = client_with(WEBHOOK, steps=(removed_meanwhile("WEBHOOK"),))
    outcome = apply(client, {"type": "WEBHOOK", "state": "absent"})
    assert (outcome.changed, outcome.action, outcome.after, outcome.error) == (False, "none", None, None)
    assert client.writes == ["DELETE"]


def test_it_gives_up_when_somebody_else_keeps_changing_it() -> None:
    gone, back = Step(before=lambda m: m.held.pop("WEBHOOK", 0)), Step(before=lambda m: m.put(WEBHOOK))
    again = Step(before=lambda m: m.held.pop("WEBHOOK"), after=bool)
    client = client_with(WEBHOOK, steps=(gone, back, again, back, again, back, again))
    outcome = apply(client, CHANGED)
    assert outcome.error is not None
    assert "keeps being changed" in outcome.error.message
    assert outcome.changed is False
    assert client.writes == ["PUT", "POST", "PUT", "POST"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "GROUP_NOT_FOUND"), (404, "INVALID_GROUP_ID"), (404, None), (401, "UNEXPECTED_ERROR"),
        (403, "ACCESS_FORBIDDEN"), (400, "WEBHOOK_NOTIFICATIONS_PRESENT"), (400, "INVALID_ATTRIBUTE"),
        (402, "ACCOUNT_SUSPENDED"), (409, "OTHER"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_any_other_refusal_fails_at_once(status: int, code: Optional[str], verb: str) -> None:
    held = () if verb == "POST" else (WEBHOOK,)
    client = client_with(*held, steps=(refusing(status, code, {"a": ["dictionary"]}, None, 5),))
    outcome = apply(client, {**CHANGED, "state": "absent" if verb == "DELETE" else "present"})
    assert outcome.error is client_error(outcome.error, code)
    assert (outcome.changed, outcome.verified, outcome.previous_id) == (False, None, None)
    assert client.journal == ["GET", verb]
    assert outcome.after == (client.model.show("WEBHOOK") if held else None)


def client_error(error: Optional[Exception], code: Optional[str]) -> Optional[Exception]:
    assert isinstance(error, ApiError)
    assert error.code == code
    return error


@pytest.mark.parametrize("parameters", [("customEndpoint",), ({"x": 1}, "customEndpoint")])
def test_an_echoed_field_that_atlas_refuses_is_left_out_once(parameters: tuple[Any, ...]) -> None:
    client = client_with(DATADOG, steps=(refusing(400, "INVALID_ATTRIBUTE", *parameters),), merges=True)
    client.model.held["DATADOG"].update(customEndpoint="https://eu.example.com", newThing=5)
    outcome = apply(client, {**DATADOG, "region": "AP1"})
    assert (outcome.changed, outcome.error, outcome.warnings) == (True, None, [])
    assert client.journal == ["GET", "PUT", "PUT"]
    assert client.bodies[0]["customEndpoint"] == "https://eu.example.com"
    assert set(client.bodies[1]) == {"type"} | {f.api for f in SERVICES.get("DATADOG").writable}  # type: ignore[union-attr]


def test_it_is_left_out_for_that_reason_alone() -> None:
    client = client_with(DATADOG, steps=(refusing(400, "INVALID_ENUM_VALUE", "newThing"),))
    client.model.held["DATADOG"].update(newThing=5)
    outcome = apply(client, {**DATADOG, "region": "AP1"})
    assert client_error(outcome.error, "INVALID_ENUM_VALUE")
    assert client.writes == ["PUT"]


def test_what_the_update_lost_of_such_fields_is_said() -> None:
    client = client_with(DATADOG, steps=(refusing(400, "INVALID_ATTRIBUTE", "newThing"),))
    client.model.held["DATADOG"].update(newThing=5, newToken="hidden")
    outcome = apply(client, {**DATADOG, "region": "AP1"})
    (warning,) = outcome.warnings
    assert "newThing, newToken" in warning
    assert "hidden" not in warning


@pytest.mark.parametrize("second", ["newThing", "region"])
def test_it_is_left_out_once_only(second: str) -> None:
    steps = (refusing(400, "INVALID_ATTRIBUTE", "newThing"), refusing(400, "INVALID_ATTRIBUTE", second))
    client = client_with(DATADOG, steps=steps)
    client.model.held["DATADOG"].update(newThing=5)
    outcome = apply(client, {**DATADOG, "region": "AP1"})
    assert client_error(outcome.error, "INVALID_ATTRIBUTE")
    assert (outcome.changed, client.writes) == (False, ["PUT", "PUT"])


def hiding(answer: Listed) -> Listed:
    return Listed([raw for raw in answer.results if raw["type"] != "WEBHOOK"])


def test_written_but_not_in_the_answer_is_looked_up_once() -> None:
    client = client_with(steps=(Step(answer=hiding),))
    outcome = apply(client, WEBHOOK)
    assert (outcome.verified, outcome.warnings, outcome.after) == (True, [], client.model.show("WEBHOOK"))
    assert client.journal == ["GET", "POST", "GET"]


@pytest.mark.parametrize("held", [(), (CHANGED,)])
def test_written_but_not_listed_is_a_warning(held: tuple[Any, ...]) -> None:
    client = client_with(*held, DATADOG, steps=(Step(after=lambda model: model.held.pop("WEBHOOK")),))
    outcome = apply(client, WEBHOOK)
    assert (outcome.changed, outcome.verified, outcome.error, outcome.not_applied) == (True, False, None, ())
    assert "does not list" in outcome.warnings[0]
    assert [raw["type"] for raw in outcome.project] == ["DATADOG"]
    assert outcome.total_count == 1
    assert client.journal[1:] == ["PUT" if held else "POST", "GET"]


def test_a_look_that_fails_after_an_accepted_write_does_not_deny_it() -> None:
    client = client_with(steps=(Step(answer=hiding),), reads=(UnusableAnswer("no answer"),))
    outcome = apply(client, WEBHOOK)
    assert outcome.error is not None
    assert (outcome.changed, outcome.action, outcome.verified) == (True, "create", False)
    assert (outcome.after, outcome.total_count) == (outcome.plan.after, 1)
    assert [raw["type"] for raw in outcome.project] == ["WEBHOOK"]


@pytest.mark.parametrize(
    ("stored", "names"),
    [
        ({"secret": "z" * 26 + "9999"}, ("secret",)),
        ({"secret": None}, ("secret",)),
        ({"url": URL[:-1] + "9"}, ("url",)),
        ({"bodyTemplate": "other", "secret": None}, ("body_template", "secret")),
        ({"headersTemplate": "still there"}, ("headers_template",)),
        ({}, ()),
    ],
)
def test_what_did_not_take_the_value_sent_is_named(stored: dict[str, Any], names: tuple[str, ...]) -> None:
    step = Step(after=lambda model: model.held["WEBHOOK"].update(stored))
    client = client_with({**CHANGED, "headers_template": "x"}, steps=(step,))
    outcome = apply(client, {**WEBHOOK, "body_template": "mine", "clear": ["headers_template"]})
    assert (outcome.changed, outcome.verified, outcome.not_applied) == (True, True, names)
    assert len(outcome.warnings) == bool(names)
    assert all(name in outcome.warnings[0] for name in names)
    assert client.writes == ["PUT"]


def test_what_was_carried_over_and_did_not_stay_is_named_too() -> None:
    step = Step(after=lambda model: model.held["DATADOG"].update(region="US", sendDatabaseMetrics=False))
    client = client_with({**DATADOG, "send_database_metrics": True}, steps=(step,))
    outcome = apply(client, {"type": "DATADOG", "api_key": "e" * 32})
    assert outcome.not_applied == ("region", "send_database_metrics")


@pytest.mark.parametrize("new_ids", [True, False])
def test_the_previous_id_is_returned_when_it_changed(new_ids: bool) -> None:
    client = client_with(WEBHOOK, new_ids=new_ids)
    outcome = apply(client, CHANGED)
    assert outcome.previous_id == (f"{1:024x}" if new_ids else None)


def test_an_outcome_prints_no_secret() -> None:
    client = client_with(OPSGENIE)
    client.model.show = lambda kind: {"type": kind, **client.model.held[kind]}  # type: ignore[method-assign]
    for options in (OPSGENIE, {**OPSGENIE, "api_key": "n" * 36}, {"type": "OPS_GENIE", "state": "absent"}):
        printed = repr(apply(client, options))
        assert OPSGENIE["api_key"] not in printed
        assert "n" * 36 not in printed
