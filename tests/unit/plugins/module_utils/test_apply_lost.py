# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes whose answer is lost: look first, believe what proves it, write once more at most, and report what is true."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._apply import Outcome
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import (
    ApiError,
    LostAnswer,
    UnusableAnswer,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import Mask, Service
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    ROWS,
    FakeClient,
    Model,
    Step,
    another,
    apply,
    lost,
    row_id,
    samples,
)

every_row = pytest.mark.parametrize(("service", "version"), ROWS, ids=row_id)
ARRIVED, VANISHED = lost(True), lost(False)
URL = "https://hooks.example.com/" + "u" * 26 + "2101"
WEBHOOK: dict[str, Any] = {"type": "WEBHOOK", "url": URL, "secret": "s" * 26 + "2101"}
CHANGED = {**WEBHOOK, "secret": "s" * 26 + "2102"}
UNREADABLE = {**WEBHOOK, "secret": "short"}
PROMETHEUS: dict[str, Any] = {
    "type": "PROMETHEUS", "username": "user", "password": "pass", "service_discovery": "http", "enabled": True,
}  # fmt: skip


def client_with(*held: dict[str, Any], steps: tuple[Step, ...] = (), reads: Any = (), **model: Any) -> FakeClient:
    made = Model(**model)
    for options in held:
        made.put(options)
    return FakeClient(made, *steps, reads=(None, *reads))


def readable(service: Service) -> bool:
    return all(f.mask is not Mask.HIDDEN for f in service.secrets)


def check(outcome: Outcome, client: FakeClient, action: str, writes: list[str], previous: Optional[int] = None) -> None:
    """Check a success, and that what it reports is what is there."""
    assert outcome.error is None
    assert (outcome.changed, outcome.action, outcome.verified) == (True, action, True)
    assert (outcome.not_applied, outcome.warnings) == ((), [])
    assert client.writes == writes
    assert outcome.previous_id == (None if previous is None else f"{previous:024x}")
    assert outcome.project == client.model.listing().results
    assert outcome.total_count == len(outcome.project)


def check_failed(outcome: Outcome, client: FakeClient, action: str, writes: list[str]) -> ApiError:
    """Check a failure that does not deny that something may have changed."""
    assert isinstance(outcome.error, ApiError)
    assert (outcome.changed, outcome.action, outcome.verified) == (True, action, False)
    assert client.writes == writes
    return outcome.error


@every_row
def test_a_create_that_arrived_stands(service: Service, version: str) -> None:
    if readable(service):
        client = client_with(steps=(ARRIVED,))
        check(apply(client, samples(service), version), client, "create", ["POST"])
        assert client.journal == ["GET", "POST", "GET"]


def test_a_create_that_arrived_with_a_secret_that_cannot_be_read_is_written_once_more() -> None:
    client = client_with(steps=(ARRIVED,))
    check(apply(client, PROMETHEUS), client, "create", ["POST", "PUT"])
    assert client.journal == ["GET", "POST", "GET", "PUT"]


@every_row
def test_a_create_that_did_not_arrive_is_sent_once_more(service: Service, version: str) -> None:
    client = client_with(steps=(VANISHED,))
    check(apply(client, samples(service), version), client, "create", ["POST", "POST"])
    assert client.journal == ["GET", "POST", "GET", "POST"]


@every_row
@pytest.mark.parametrize("second", [ARRIVED, VANISHED], ids=["arrived", "vanished"])
def test_two_lost_creates(service: Service, version: str, second: Step) -> None:
    client = client_with(steps=(VANISHED, second))
    outcome = apply(client, samples(service), version)
    if second is ARRIVED and readable(service):
        check(outcome, client, "create", ["POST", "POST"])
    else:
        error = check_failed(outcome, client, "create", ["POST", "POST"])
        assert isinstance(error, LostAnswer)
        assert "written twice" in error.message
    assert client.journal == ["GET", "POST", "GET", "POST", "GET"]


@every_row
@pytest.mark.parametrize("new_ids", [True, False], ids=["new id", "same id"])
def test_an_update_that_arrived_stands(service: Service, version: str, new_ids: bool) -> None:
    plain = next((f for f in service.writable if f.mask is not Mask.HIDDEN), None)
    assert plain is not None
    client = client_with(samples(service), steps=(ARRIVED,), new_ids=new_ids)
    outcome = apply(client, {**samples(service), plain.option: another(plain)}, version)
    # With the same id an unreadable password cannot be told, so it is written once more.
    once = new_ids or readable(service)
    check(outcome, client, "update", ["PUT"] if once else ["PUT", "PUT"], 1 if new_ids else None)
    assert outcome.plan.differences == (plain.option,)


@every_row
@pytest.mark.parametrize("new_ids", [True, False], ids=["new id", "same id"])
def test_an_update_that_did_not_arrive_is_sent_once_more(service: Service, version: str, new_ids: bool) -> None:
    field = service.writable[0]
    client = client_with(samples(service), steps=(VANISHED,), new_ids=new_ids)
    outcome = apply(client, {**samples(service), field.option: another(field)}, version)
    check(outcome, client, "update", ["PUT", "PUT"], 1 if new_ids else None)


@pytest.mark.parametrize("new_ids", [True, False], ids=["new id", "same id"])
@pytest.mark.parametrize("step", [ARRIVED, VANISHED], ids=["arrived", "vanished"])
@pytest.mark.parametrize("wished", [WEBHOOK, UNREADABLE, PROMETHEUS], ids=["readable", "short", "hidden"])
def test_an_update_that_changes_nothing_visible_is_proved_by_a_new_id_alone(
    wished: dict[str, Any], step: Step, new_ids: bool
) -> None:
    client = client_with(wished, steps=(step,), new_ids=new_ids)
    outcome = apply(client, {**wished, "update_secrets": "always"})
    once = step is ARRIVED and new_ids
    check(outcome, client, "update", ["PUT"] if once else ["PUT", "PUT"], 1 if new_ids else None)


@pytest.mark.parametrize("wished", [WEBHOOK, UNREADABLE, PROMETHEUS], ids=["readable", "short", "hidden"])
def test_two_lost_updates_that_prove_nothing_fail(wished: dict[str, Any]) -> None:
    client = client_with(wished, steps=(ARRIVED, ARRIVED), new_ids=False)
    error = check_failed(apply(client, {**wished, "update_secrets": "always"}), client, "update", ["PUT", "PUT"])
    assert "does not prove" in error.message
    assert error.code is None
    assert client.journal == ["GET", "PUT", "GET", "PUT", "GET"]


def test_two_lost_updates_of_which_the_second_has_a_new_id_succeed() -> None:
    client = client_with(PROMETHEUS, steps=(VANISHED, ARRIVED))
    outcome = apply(client, {**PROMETHEUS, "update_secrets": "always"})
    check(outcome, client, "update", ["PUT", "PUT"], 1)


def test_a_secret_that_cannot_be_read_beside_a_visible_change_is_written_once_more_with_the_same_id() -> None:
    client = client_with(UNREADABLE, steps=(ARRIVED,), new_ids=False)
    outcome = apply(client, {**UNREADABLE, "url": URL[:-1] + "9"})
    check(outcome, client, "update", ["PUT", "PUT"])
    assert client.bodies[0] == client.bodies[1]
    assert outcome.plan.differences == ("url",)


@pytest.mark.parametrize("step", [ARRIVED, VANISHED], ids=["arrived", "vanished"])
def test_a_lost_delete(step: Step) -> None:
    client = client_with(WEBHOOK, PROMETHEUS, steps=(step,))
    outcome = apply(client, {"type": "WEBHOOK", "state": "absent"})
    check(outcome, client, "delete", ["DELETE"] if step is ARRIVED else ["DELETE", "DELETE"], 1)
    assert outcome.after is None


def test_two_lost_deletes() -> None:
    client = client_with(WEBHOOK, steps=(VANISHED, ARRIVED))
    check(apply(client, {"type": "WEBHOOK", "state": "absent"}), client, "delete", ["DELETE", "DELETE"], 1)
    client = client_with(WEBHOOK, steps=(VANISHED, VANISHED))
    outcome = apply(client, {"type": "WEBHOOK", "state": "absent"})
    check_failed(outcome, client, "delete", ["DELETE", "DELETE"])
    assert outcome.after == client.model.show("WEBHOOK")


def test_a_lost_delete_done_late_is_found_gone_by_the_second() -> None:
    late = Step(before=lambda model: model.held.pop("WEBHOOK"))
    client = client_with(WEBHOOK, steps=(VANISHED, late))
    check(apply(client, {"type": "WEBHOOK", "state": "absent"}), client, "delete", ["DELETE", "DELETE"], 1)


def test_a_lost_create_done_late_is_found_configured_by_the_second() -> None:
    late = Step(before=lambda model: model.put(WEBHOOK))
    client = client_with(steps=(VANISHED, late))
    check(apply(client, WEBHOOK), client, "create", ["POST", "POST"])
    assert client.journal == ["GET", "POST", "GET", "POST", "GET"]


def test_a_lost_create_after_which_somebody_else_changed_it_is_updated() -> None:
    step = Step(raises=ARRIVED.raises, after=lambda model: model.put(CHANGED))
    client = client_with(steps=(step,))
    outcome = apply(client, WEBHOOK)
    # What was created is not what was found, so that is what was replaced, and its id what alerts may point to.
    check(outcome, client, "update", ["POST", "PUT"], previous=2)
    assert client.model.held["WEBHOOK"]["secret"] == WEBHOOK["secret"]


def test_a_lost_update_after_which_it_was_removed_is_created() -> None:
    step = Step(raises=ARRIVED.raises, after=lambda model: model.held.pop("WEBHOOK"))
    client = client_with(WEBHOOK, steps=(step,))
    outcome = apply(client, CHANGED)
    assert (outcome.error, outcome.changed, outcome.verified) == (None, True, True)
    assert client.writes == ["PUT", "POST"]
    assert outcome.after == client.model.show("WEBHOOK")


NEW, OLD, THIRD = "n" * 32 + "0002", "o" * 32 + "0001", "x" * 32 + "0003"
ROTATION = {"type": "OPS_GENIE", "api_key": NEW, "replaces": {"api_key": OLD}}


def genie(secret: str) -> dict[str, Any]:
    return {"type": "OPS_GENIE", "api_key": secret, "region": "US"}


@pytest.mark.parametrize("new_ids", [True, False], ids=["new id", "same id"])
@pytest.mark.parametrize("step", [ARRIVED, VANISHED], ids=["arrived", "vanished"])
def test_a_lost_rotation(step: Step, new_ids: bool) -> None:
    client = client_with(genie(OLD), steps=(step,), new_ids=new_ids)
    outcome = apply(client, ROTATION)
    check(outcome, client, "update", ["PUT"] if step is ARRIVED else ["PUT", "PUT"], 1 if new_ids else None)
    assert outcome.plan.secrets == {"api_key": "different"}
    assert client.model.held["OPS_GENIE"]["apiKey"] == NEW


@pytest.mark.parametrize("new_ids", [True, False], ids=["new id", "same id"])
def test_a_lost_rotation_of_a_hidden_password(new_ids: bool) -> None:
    client = client_with(PROMETHEUS, steps=(ARRIVED,), new_ids=new_ids)
    rotation = {"type": "PROMETHEUS", "password": "new", "replaces": {"password": "pass"}, "update_secrets": "always"}
    outcome = apply(client, rotation)
    check(outcome, client, "update", ["PUT"] if new_ids else ["PUT", "PUT"], 1 if new_ids else None)


def test_a_lost_rotation_after_which_somebody_else_set_a_key_of_their_own_is_left_alone() -> None:
    step = Step(raises=ARRIVED.raises, after=lambda model: model.put(genie(THIRD)))
    client = client_with(genie(OLD), steps=(step,))
    outcome = apply(client, ROTATION)
    assert (outcome.changed, outcome.error, client.writes) == (True, None, ["PUT"])
    assert outcome.not_applied == ("api_key",)
    assert client.model.held["OPS_GENIE"]["apiKey"] == THIRD


def test_a_lost_rotation_after_which_it_was_removed_fails_and_creates_nothing() -> None:
    step = Step(raises=ARRIVED.raises, after=lambda model: model.held.pop("OPS_GENIE"))
    client = client_with(genie(OLD), steps=(step,))
    outcome = apply(client, ROTATION)
    error = check_failed(outcome, client, "update", ["PUT"])
    assert "not configured in project" in error.message
    assert outcome.after is None


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_a_look_that_fails_is_reported_with_what_may_have_happened(verb: str) -> None:
    held = () if verb == "POST" else (WEBHOOK,)
    client = client_with(*held, steps=(ARRIVED,), reads=(UnusableAnswer("no answer", status=502),))
    outcome = apply(client, {**CHANGED, "state": "absent" if verb == "DELETE" else "present"})
    action = {"POST": "create", "PUT": "update", "DELETE": "delete"}[verb]
    error = check_failed(outcome, client, action, [verb])
    assert error.status == 502
    assert "may have arrived" in outcome.warnings[-1]


def test_a_second_write_that_is_refused_says_that_the_first_may_have_arrived() -> None:
    refused = Step(False, ApiError("no", status=403, code="ACCESS_FORBIDDEN"))
    client = client_with(WEBHOOK, steps=(VANISHED, refused))
    outcome = apply(client, CHANGED)
    error = check_failed(outcome, client, "update", ["PUT", "PUT"])
    assert error.code == "ACCESS_FORBIDDEN"
    assert "may have arrived" in outcome.warnings[-1]
    assert outcome.plan.differences == ("secret",)


def test_a_lost_answer_keeps_its_facts_and_gains_a_sentence() -> None:
    client = client_with(WEBHOOK, steps=(VANISHED, VANISHED))
    outcome = apply(client, CHANGED)
    assert isinstance(outcome.error, LostAnswer)
    assert (outcome.error.method, outcome.error.url) == ("PUT", "https://atlas.example/x")
    assert "the answer was lost" in outcome.error.message
    assert outcome.warnings == []


@pytest.mark.parametrize("step", [ARRIVED, VANISHED], ids=["arrived", "vanished"])
def test_a_lost_update_that_did_not_take_a_value_is_written_again_and_told(step: Step) -> None:
    stubborn = Step(step.arrives, step.raises, after=lambda model: model.held["WEBHOOK"].update(secret=None))
    again = Step(after=lambda model: model.held["WEBHOOK"].update(secret=None))
    client = client_with(WEBHOOK, steps=(stubborn, again))
    outcome = apply(client, CHANGED)
    assert (outcome.changed, outcome.not_applied, client.writes) == (True, ("secret",), ["PUT", "PUT"])


def test_a_lost_answer_in_on_create_mode_does_not_write_secrets_of_others() -> None:
    wishes = {**WEBHOOK, "body_template": "x", "clear": ["headers_template"], "update_secrets": "on_create"}
    step = Step(raises=ARRIVED.raises, after=lambda model: model.put(CHANGED, headersTemplate="y"))
    client = client_with({**WEBHOOK, "headers_template": "z"}, steps=(step,))
    outcome = apply(client, wishes)
    assert outcome.error is not None
    assert client.writes == ["PUT"]
    assert client.model.held["WEBHOOK"]["secret"] == CHANGED["secret"]
