# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of atlas_integration from options to result, against the emulated Atlas with each of its switches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._integration import (
    empty_failure,
    empty_result,
    problems,
    run,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Mask, Service
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    ROWS,
    another,
    row_id,
    samples,
)

every_row = pytest.mark.parametrize(("service", "version"), ROWS, ids=row_id)
OPSGENIE = {"type": "OPS_GENIE", "api_key": "00000000-aaaa-bbbb-cccc-000000003311", "region": "US"}
NEW_KEY = "00000000-aaaa-bbbb-cccc-000000004422"
# What was never established about Atlas, and the services to which it matters.
UNKNOWN: list[tuple[dict[str, Any], list[str]]] = [
    ({"put_mode": "replace", "put_missing": "404", "ids": "stay"}, list(SERVICES.types)),
    ({"put_mode": "replace", "order": "reversed"}, ["DATADOG", "WEBHOOK"]),
    ({"webhook_url_mask": "none", "teams_url_mask": "eight"}, ["WEBHOOK", "MICROSOFT_TEAMS"]),
    ({"webhook_url_mask": "eight", "teams_url_mask": "none"}, ["WEBHOOK", "MICROSOFT_TEAMS"]),
    ({"new_relic": "clear"}, ["NEW_RELIC"]),
    ({"templates": "stars"}, ["WEBHOOK"]),
    ({"templates": "tail"}, ["WEBHOOK"]),
    ({"unset_fields": "null", "default_fields": "null"}, ["DATADOG", "SLACK", "VICTOR_OPS", "WEBHOOK", "PROMETHEUS"]),
    ({"unset_fields": "left_out", "default_fields": "left_out"}, ["DATADOG", "SLACK", "VICTOR_OPS", "WEBHOOK"]),
    ({"custom_endpoint": "https://eu.example.com", "mask_echo": "refused"}, ["DATADOG", "WEBHOOK"]),
]
UNSEEN = ("body_template", "headers_template")
FORMS = ("url", "microsoft_teams_webhook_url", "custom_endpoint")


class Task:
    """One project of the emulator, as a task sees it."""

    def __init__(self, emulator: Any, version: str = "v2", **options: Any) -> None:
        self.emulator = emulator
        self.options = {
            "public_key": emulator.public_key, "private_key": emulator.private_key, "base_url": emulator.base_url,
            "project_id": emulator.project_id, "api_version": version, **options,
        }  # fmt: skip

    def run(self, wishes: dict[str, Any], check_mode: bool = False, env: Any = None) -> dict[str, Any]:
        """Run the task; its requests must be those that it says."""
        self.emulator.control.clear_journal()
        result = run({**self.options, **wishes}, env or {}, check_mode, diff_mode=True, sleep=lambda seconds: None)
        assert result["api_calls"] == len(self.emulator.control.journal())
        assert set(empty_result()) <= set(result)
        json.dumps(result)
        return result

    def methods(self) -> list[str]:
        """Return the requests of the last run that were answered, challenges apart."""
        return [e["method"] for e in self.emulator.control.journal() if e["status"] != 401]


def without_what_cannot_be_foreseen(result: dict[str, Any], forms: bool = True) -> dict[str, Any]:
    """Return a result without ids, the answers' own facts, and how many requests it took.

    forms: False where Atlas shows URLs in a form that was never recorded, or has fields of its own.
    """
    kept = json.loads(json.dumps(result))
    for integration in [kept["integration"] or {}, *kept["integrations"]]:
        integration.pop("id", None)
    for name in ("verified", "previous_id", "api_calls"):
        del kept[name]
    # Of a set template no form was ever recorded, so only that it is set is foreseen.
    for shown in [kept["integration"] or {}, *kept["integrations"], kept["diff"]["before"], kept["diff"]["after"]]:
        for name in UNSEEN if forms else UNSEEN + FORMS:
            shown[name] = name in FORMS or shown.get(name) is not None
    return dict(kept)


def check_then_real(task: Task, wishes: dict[str, Any], forms: bool = True) -> dict[str, Any]:
    """Run in check mode, then for real: the first only reads, and foresees the second."""
    foreseen = task.run(wishes, check_mode=True)
    assert set(task.methods()) == {"GET"}
    real = task.run(wishes)
    assert without_what_cannot_be_foreseen(foreseen, forms) == without_what_cannot_be_foreseen(real, forms)
    assert "failed" not in real
    assert len(task.methods()) == (2 if real["changed"] else 1)
    return real


@every_row
def test_the_life_of_each_service(emulator: Any, service: Service, version: str) -> None:
    task = Task(emulator, version)
    wishes = samples(service)
    made = check_then_real(task, wishes)
    assert (made["action"], made["verified"], made["total_count"]) == ("create", True, 1)
    assert made["integration"]["id"]
    assert made["integrations"][0]["id"] == made["integration"]["id"]
    again = check_then_real(task, wishes)
    assert (again["changed"], again["action"], again["verified"]) == (False, "none", None)
    field = next((f for f in service.writable if f.mask is not Mask.HIDDEN and not f.secret), service.secrets[0])
    updated = check_then_real(task, {**wishes, field.option: another(field)})
    assert (updated["action"], updated["differences"]) == ("update", [field.option])
    assert updated["previous_id"] == made["integration"]["id"]
    gone = check_then_real(task, {"type": service.type, "state": "absent"})
    assert (gone["action"], gone["integration"], gone["integrations"], gone["total_count"]) == ("delete", None, [], 0)
    assert check_then_real(task, {"type": service.type, "state": "absent"})["changed"] is False


@pytest.mark.parametrize(("switches", "kind"), [(s, kind) for s, kinds in UNKNOWN for kind in kinds], ids=str)
def test_whatever_atlas_is_like(emulator: Any, kind: str, switches: dict[str, Any]) -> None:
    emulator.switch(**switches)
    service = SERVICES.get(kind)
    assert service is not None
    version = sorted(service.versions)[-1]
    task = Task(emulator, version)
    forms = not any("url" in name or "custom" in name for name in switches)
    wishes = samples(service)
    check_then_real(task, wishes, forms)
    for field in service.writable:
        wishes = {**wishes, field.option: another(field)}
        result = check_then_real(task, wishes, forms)
        seen = result["secrets"].get(field.option) != "unreadable"
        assert (result["changed"], result["differences"]) == (seen, [field.option] if seen else [])
        assert result["not_applied"] == []
        assert check_then_real(task, wishes, forms)["changed"] is False
    clear = [f for f in service.writable if f.clearable(version)]
    kept = {name: value for name, value in wishes.items() if name not in {f.option for f in clear}}
    kept["clear"] = [f.option for f in clear]
    emptied = check_then_real(task, kept, forms)
    assert emptied["changed"] == any(wishes[f.option] != f.default for f in clear)
    assert [f.option for f in clear if emptied["integration"][f.option] not in (f.default, "")] == []
    assert check_then_real(task, kept, forms)["changed"] is False


@pytest.mark.parametrize("form", ["length", "eight", "tail"])
@pytest.mark.parametrize("secret", ["abc", "abcd", "abcde", "abc2101", "abcd2101", "abcdef2101", "abcdefg2101"])
def test_short_secrets_are_written_once(emulator: Any, secret: str, form: str) -> None:
    emulator.switch(short_secret=form)
    task = Task(emulator)
    wishes = {"type": "WEBHOOK", "url": "https://example.com/hook/0001", "secret": secret}
    assert check_then_real(task, wishes)["action"] == "create"
    assert check_then_real(task, wishes)["action"] == "none"
    genie = {"type": "OPS_GENIE", "api_key": secret}
    assert check_then_real(task, genie)["action"] == "create"
    assert check_then_real(task, genie)["action"] == "none"


@pytest.mark.parametrize(
    ("switches", "wishes", "option", "verdict"),
    [
        ({"slack_mask": "fixed"}, samples(SERVICES.get("SLACK")), "api_token", "different"),  # type: ignore[arg-type]
        ({"templates": "null"}, samples(SERVICES.get("WEBHOOK")), "body_template", "not_set"),  # type: ignore[arg-type]
    ],
)
def test_forms_that_hide_that_it_was_written_are_told_and_left_alone_on_request(
    emulator: Any, switches: dict[str, Any], wishes: dict[str, Any], option: str, verdict: str
) -> None:
    emulator.switch(**switches)
    task = Task(emulator)
    made = task.run(wishes)
    assert option in made["not_applied"]
    assert task.run(wishes, check_mode=True)["secrets"][option] == verdict
    assert task.run({**wishes, "update_secrets": "on_create"})["changed"] is False


LOST: list[dict[str, Any]] = [
    {"fault": "reset_before"}, {"fault": "reset_after"}, {"fault": "truncated"}, {"fault": "text"}, {"fault": "empty"},
    {"fault": "text", "status": 502}, {"fault": "status", "status": 500},
    {"fault": "status", "status": 504, "work": True},
    {"fault": "status", "status": 503, "retry_after": 1}, {"fault": "patch", "patch": {"results": {}}},
    {"fault": "patch", "patch": {"results": [5]}}, {"fault": "json", "json": [1]},
]  # fmt: skip


@pytest.mark.parametrize("ids", ["change", "stay"])
@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_lost_answer_is_looked_into_and_written_once_more_at_most(
    emulator: Any, fault: dict[str, Any], ids: str
) -> None:
    emulator.switch(ids=ids)
    task = Task(emulator)
    arrives = fault["fault"] not in ("reset_before", "status") or fault.get("work", False)
    changed = {**OPSGENIE, "api_key": NEW_KEY}
    cases = [(OPSGENIE, "POST", "create"), (changed, "PUT", "update")]
    if fault["fault"] in ("reset_before", "reset_after", "status") or "status" in fault:
        # The answer to a DELETE has no body that could be broken.
        cases.append(({"type": "OPS_GENIE", "state": "absent"}, "DELETE", "delete"))
    for wishes, verb, action in cases:
        emulator.control.faults([{**fault, "method": verb}])
        result = task.run(wishes)
        assert ("failed" not in result, result["changed"], result["action"]) == (True, True, action)
        assert [m for m in task.methods() if m != "GET"] == [verb] * (1 if arrives else 2)
        assert (result["verified"], result["not_applied"]) == (True, [])
        emulator.control.faults([])
        assert task.run(wishes)["changed"] is False


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_two_lost_answers_fail_and_do_not_deny_a_change(emulator: Any, verb: str) -> None:
    task = Task(emulator)
    if verb != "POST":
        task.run(OPSGENIE)
    emulator.control.faults([{"fault": "reset_before", "method": verb, "times": 0}])
    wishes = {**OPSGENIE, "api_key": NEW_KEY, "state": "absent" if verb == "DELETE" else "present"}
    result = task.run(wishes)
    assert (result["failed"], result["changed"], result["verified"]) == (True, True, False)
    assert result["error"]["method"] == verb
    assert [m for m in task.methods() if m != "GET"] == [verb, verb]
    assert NEW_KEY not in json.dumps(result)


@pytest.mark.parametrize("patch", [{"results": {}}, {"results": [5]}, {"results": None}], ids=str)
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_list_that_is_none_is_never_an_empty_project(emulator: Any, patch: Any, state: str, check_mode: bool) -> None:
    emulator.control.faults([{"fault": "patch", "method": "GET", "times": 0, "patch": patch}])
    task = Task(emulator)
    result = task.run({**OPSGENIE, "state": state}, check_mode=check_mode)
    assert (result["failed"], result["changed"]) == (True, False)
    assert set(task.methods()) == {"GET"}


@pytest.mark.parametrize("status", [404, 401, 403, 500, 503])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_list_that_fails_never_means_absent(emulator: Any, status: int, check_mode: bool) -> None:
    fault = {"fault": "status", "status": status, "method": "GET", "times": 0, "retry_after": 1}
    emulator.control.faults([fault])
    task = Task(emulator, rate_limit_retry_timeout=2)
    result = task.run({"type": "OPS_GENIE", "state": "absent"}, check_mode=check_mode)
    assert (result["failed"], result["changed"], result["error"]["status"]) == (True, False, status)
    assert set(result["error"]) == {"status", "code", "detail", "reason", "parameters", "method", "url"}


def test_a_rotation_there_again_and_back(emulator: Any) -> None:
    task = Task(emulator)
    there = {"type": "OPS_GENIE", "api_key": NEW_KEY, "replaces": {"api_key": OPSGENIE["api_key"]}}
    back = {"type": "OPS_GENIE", "api_key": OPSGENIE["api_key"], "replaces": {"api_key": NEW_KEY}}
    assert check_then_real(task, there)["secrets"] == {"api_key": "not_set"}
    check_then_real(task, {**OPSGENIE, "region": "EU"})
    assert check_then_real(task, there)["action"] == "update"
    assert check_then_real(task, there)["action"] == "none"
    result = check_then_real(task, back)
    assert (result["action"], result["integration"]["region"]) == ("update", "EU")
    stranger = {"type": "OPS_GENIE", "api_key": NEW_KEY, "replaces": {"api_key": NEW_KEY[:-4] + "9999"}}
    assert check_then_real(task, stranger)["secrets"] == {"api_key": "other"}


def test_what_atlas_takes_back_or_not(emulator: Any) -> None:
    emulator.switch(custom_endpoint="https://eu.example.com", custom_endpoint_echo="refused")
    service = SERVICES.get("DATADOG")
    assert service is not None
    task = Task(emulator)
    task.run(samples(service))
    result = task.run({**samples(service), "region": "AP1"})
    assert (result["changed"], result["warnings"]) == (True, [])
    assert task.methods() == ["GET", "PUT", "PUT"]


def test_the_project_by_name_and_credentials_from_the_environment(emulator: Any) -> None:
    task = Task(emulator)
    project = emulator.control.state()["projects"][0]
    env = {"MONGODB_ATLAS_PUBLIC_API_KEY": emulator.public_key, "MONGODB_ATLAS_PRIVATE_API_KEY": emulator.private_key}
    task.options = {"base_url": emulator.base_url, "project_name": project["name"]}
    result = task.run(OPSGENIE, env=env)
    assert (result["changed"], result["project_id"], result["api_calls"]) == (True, project["id"], 4)
    task.options = {"base_url": emulator.base_url}
    assert task.run(OPSGENIE, env={**env, "MONGODB_ATLAS_PROJECT_ID": project["id"]})["api_calls"] == 2


def test_envelope_and_pretty_change_nothing(emulator: Any) -> None:
    plain = [Task(emulator).run(OPSGENIE, check_mode=True), Task(emulator).run(OPSGENIE)]
    emulator.control.reset()
    wrapped = Task(emulator, envelope=True, pretty=True)
    again = [wrapped.run(OPSGENIE, check_mode=True), wrapped.run(OPSGENIE)]
    assert [without_what_cannot_be_foreseen(r) for r in plain] == [without_what_cannot_be_foreseen(r) for r in again]


def test_everything_wrong_is_told_before_any_request() -> None:
    options = {
        "type": "DATADOG", "api_key": "not-hexadecimal", "region": "MARS", "url": "x", "project_id": "5",
        "public_key": "only", "api_version": "v3",
    }  # fmt: skip
    told = "; ".join(problems(options, {}))
    for word in (
        "api_key must be 32",
        "region must be",
        "url does not belong",
        "project_id",
        "private_key",
        "api_version",
    ):
        assert word in told
    result = run(options, {}, False)
    assert (result["failed"], result["msg"], result["api_calls"]) == (True, told, 0)
    assert set(empty_failure()) <= set(result)
    assert "not-hexadecimal" not in json.dumps(result)


def test_a_deprecated_service_is_noted(emulator: Any) -> None:
    service = SERVICES.get("NEW_RELIC")
    assert service is not None
    (note,) = Task(emulator).run(samples(service))["deprecations"]
    assert "NEW_RELIC" in note["msg"]
