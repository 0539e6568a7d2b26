# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets against the emulator: what is read, written, refused and reported, and with how many requests."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _fleet
from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import fleet_spec, prepare
from ansible_collections.atlasops.integrations.plugins.module_utils._validation import check_arguments

DATADOG = {"type": "DATADOG", "api_key": "0123456789abcdef0123456789ab0000", "region": "EU"}
PAGER_DUTY = {"type": "PAGER_DUTY", "service_key": "0123456789abcdef0123456789ab0022"}
PROMETHEUS = {
    "type": "PROMETHEUS",
    "username": "prom_user_example",
    "password": "example-password-5501",
    "service_discovery": "http",
    "enabled": True,
}
SECRETS = (DATADOG["api_key"], PAGER_DUTY["service_key"], PROMETHEUS["password"])


class Fleet:
    """Runs the module's work against an emulator with some projects."""

    def __init__(self, emulator: Any, projects: int) -> None:
        self.emulator = emulator
        emulator.control.seed({"generate": {"organisations": 1, "projects": projects}})
        emulator.control.clear_journal()
        listed = emulator.control.state()["projects"]
        self.ids = [p["id"] for p in listed if p["name"].startswith("project-")]
        self.keys = {name: getattr(emulator, name) for name in ("public_key", "private_key")}

    def run(self, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        """Run with these options, for all seeded projects unless some are named; no secret may show."""
        options = {"projects": self.ids, **self.keys, "base_url": self.emulator.base_url, **options}
        checked = check_arguments(prepare(options, fleet_spec()), fleet_spec(), lambda o: _fleet.problems(o, {}))
        if checked.problems:
            return {"failed": True, "msg": "; ".join(checked.problems)}
        self.emulator.control.clear_journal()
        result = _fleet.run(checked.options, {}, check_mode, diff_mode=True)
        text = json.dumps({name: value for name, value in result.items() if name != "live_secrets"})
        assert not any(str(secret) in text for secret in SECRETS)
        return result

    def counts(self) -> dict[str, int]:
        """Return the requests of the last run by method."""
        counts = self.emulator.control.counts()
        return {method: counts[method] for method in ("GET", "POST", "PUT", "DELETE") if counts.get(method)}

    def held(self, project_id: str) -> dict[str, Any]:
        """Return the integrations that the emulator holds for a project, by type."""
        found = next(p for p in self.emulator.control.state()["projects"] if p["id"] == project_id)
        return {one["type"]: one for one in found["integrations"]}


@pytest.fixture
def fleet(emulator: Any) -> Fleet:
    return Fleet(emulator, 12)


def test_create_check_and_again(fleet: Fleet) -> None:
    wished = [DATADOG, PAGER_DUTY]
    predicted = fleet.run(True, integrations=wished)
    assert set(fleet.counts()) == {"GET"}
    real = fleet.run(integrations=wished)
    assert predicted["summary"] == real["summary"]
    assert predicted["diff"] == real["diff"]
    assert real["summary"] == {
        "projects": 12, "changed": 12, "failed": 0, "create": 24, "update": 0, "delete": 0, "none": 0
    }  # fmt: skip
    assert all(entry["verified"] for p in real["projects"] for entry in p["integrations"])
    again = fleet.run(integrations=wished)
    assert (again["changed"], again["projects"], again["diff"]) == (False, [], [])
    assert again["summary"]["none"] == 24
    assert fleet.counts() == {"GET": again["api_calls"]}
    # One list request a project, and one challenge a connection.
    assert 12 < again["api_calls"] <= 12 + 8


def test_only_what_drifted_is_written_and_reported(fleet: Fleet) -> None:
    fleet.run(integrations=[DATADOG, PAGER_DUTY])
    drifted = fleet.ids[3]
    fleet.emulator.control.change({"project": drifted, "set": {"DATADOG": {"region": "US"}}, "remove": ["PAGER_DUTY"]})
    result = fleet.run(integrations=[DATADOG, PAGER_DUTY])
    assert [p["id"] for p in result["projects"]] == [drifted]
    assert [(e["type"], e["action"], e["differences"]) for e in result["projects"][0]["integrations"]] == [
        ("DATADOG", "update", ["region"]),
        ("PAGER_DUTY", "create", ["service_key"]),
    ]
    assert (fleet.counts()["PUT"], fleet.counts()["POST"]) == (1, 1)
    (diff,) = result["diff"]
    assert drifted in diff["before_header"]
    assert (diff["before"]["DATADOG"]["region"], diff["after"]["DATADOG"]["region"]) == ("US", "EU")


def test_projects_of_their_own_and_report_all(fleet: Fleet) -> None:
    special = {"id": fleet.ids[0], "integrations": [PAGER_DUTY]}
    result = fleet.run(projects=[special, fleet.ids[1], "project-00003"], integrations=[DATADOG], report="all")
    types = [[e["type"] for e in p["integrations"]] for p in result["projects"]]
    assert types == [["DATADOG", "PAGER_DUTY"], ["DATADOG"], ["DATADOG"]]
    assert [p["name"] for p in result["projects"]] == ["project-00001", "project-00002", "project-00003"]
    alone = fleet.run(projects=[{"id": fleet.ids[0], "integrations": [PAGER_DUTY]}], report="all")
    assert alone["projects"][0]["unmanaged"] == ["DATADOG"]
    assert alone["projects"][0]["name"] is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"integrations": [DATADOG, DATADOG]}, "names DATADOG more than once"),
        ({"integrations": []}, "has no integrations"),
        ({"projects": ["x"], "all_projects": True, "integrations": [DATADOG]}, "both given"),
        ({"integrations": [DATADOG], "purge_types": ["SLACK"]}, "without purge"),
        ({"integrations": [DATADOG], "purge": True, "purge_types": ["FLOWDOCK"]}, "FLOWDOCK does not exist in API v2"),
        ({"integrations": [""], "purge": True}, "has no integrations"),
        ({"projects": ["", None], "integrations": [DATADOG]}, "no projects are chosen"),
        ({"integrations": "[{", "purge": True}, "integrations must be a list"),
        ({"integrations": [DATADOG], "concurrency": 0}, "concurrency must be"),
        ({"integrations": [DATADOG], "concurrency": 65}, "concurrency must be"),
        ({"integrations": [DATADOG], "max_deletions": -1}, "max_deletions must be"),
        ({"integrations": [{**DATADOG, "region": "XX"}]}, r"integrations\[0\].region must be one of"),
        ({"integrations": [{"type": "DATADOG"}]}, r"integrations\[0\].api_key is required"),
    ],
)
def test_what_is_wrong_is_known_before_any_request(fleet: Fleet, options: dict[str, Any], words: str) -> None:
    result = fleet.run(**options)
    assert result["failed"]
    assert re.search(words, result["msg"])
    assert fleet.emulator.control.counts()["all"] == 0


def test_a_type_declared_for_all_and_for_one_is_an_error(fleet: Fleet) -> None:
    result = fleet.run(projects=[{"id": fleet.ids[0], "integrations": [DATADOG]}], integrations=[DATADOG])
    assert "projects[0].integrations names DATADOG, which integrations declares" in result["msg"]
    twice = [{"id": fleet.ids[0], "integrations": [DATADOG]}, {"name": "project-00001", "integrations": [DATADOG]}]
    result = fleet.run(projects=twice)
    assert "gets DATADOG more than once" in result["msg"]
    assert set(fleet.counts()) == {"GET"}


def test_purge_keeps_slack_and_unknown_types(fleet: Fleet) -> None:
    project_id = fleet.ids[0]
    extra = {"SLACK": {"apiToken": "example-slack-token-0001", "channelName": "a"}, "FUTURE_THING": {"some": "thing"}}
    fleet.emulator.control.change({"project": project_id, "set": extra})
    fleet.run(projects=[project_id], integrations=[DATADOG, PAGER_DUTY])
    result = fleet.run(projects=[project_id], integrations=[DATADOG], purge=True)
    assert result["summary"]["delete"] == 1
    assert set(fleet.held(project_id)) == {"DATADOG", "SLACK", "FUTURE_THING"}
    assert result["projects"][0]["unmanaged"] == ["FUTURE_THING", "PAGER_DUTY", "SLACK"]
    fleet.run(projects=[project_id], integrations=[], purge=True, purge_types=["SLACK"])
    assert set(fleet.held(project_id)) == {"DATADOG", "FUTURE_THING"}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("how", [{"state": "absent"}, {"purge": True}])
def test_more_deletions_than_allowed_are_refused_before_any_write(
    fleet: Fleet, how: dict[str, Any], check_mode: bool
) -> None:
    fleet.run(integrations=[DATADOG])
    declared = [{"type": "DATADOG"}] if "state" in how else [PAGER_DUTY]
    result = fleet.run(check_mode, integrations=declared, **how)
    assert result["failed"] and "12 integrations in 12 projects" in result["msg"] and "max_deletions" in result["msg"]
    assert (result["changed"], set(fleet.counts())) == (False, {"GET"})
    assert len(result["failed_projects"]) == 12
    assert fleet.run(integrations=declared, max_deletions=12, **how)["summary"]["delete"] == 12


def test_a_project_that_fails_does_not_hide_the_others(fleet: Fleet) -> None:
    broken = "5d00000000000000000000ff"
    result = fleet.run(projects=[fleet.ids[0], broken, fleet.ids[1]], integrations=[DATADOG])
    assert result["failed"] and result["msg"].startswith(f"1 of 3 projects failed, the first of them {broken}")
    assert result["failed_projects"] == [broken]
    assert result["summary"]["create"] == 2
    (failed,) = [p for p in result["projects"] if p["error"]]
    assert (failed["error"]["code"], failed["error"]["status"]) == ("GROUP_NOT_FOUND", 404)


def test_stop_writes_nothing_after_a_failed_read(fleet: Fleet) -> None:
    broken = "5d00000000000000000000ff"
    result = fleet.run(projects=[fleet.ids[0], broken], integrations=[DATADOG], on_error="stop")
    assert set(result["failed_projects"]) == {fleet.ids[0], broken}
    assert set(fleet.counts()) == {"GET"}
    assert "not begun" in result["projects"][0]["error"]["msg"]
    # The reason is that of the project that failed, although it is not the first one.
    assert result["msg"].startswith(f"1 of 2 projects failed (1 more not begun), the first of them {broken}: ")


def test_stop_begins_no_project_after_a_failed_write(fleet: Fleet) -> None:
    fleet.emulator.control.faults(
        [{"fault": "status", "method": "POST", "path": "/integrations/", "status": 400, "times": 1}]
    )
    result = fleet.run(integrations=[DATADOG], on_error="stop", concurrency=1)
    assert fleet.counts()["POST"] == 1
    assert result["summary"]["failed"] == 12
    assert fleet.run(integrations=[DATADOG], projects=result["failed_projects"])["summary"]["create"] == 12


def test_a_missing_secret_fails_its_project_before_anything_is_written_there(fleet: Fleet) -> None:
    fleet.run(projects=fleet.ids[:2], integrations=[DATADOG, PROMETHEUS])
    fleet.emulator.control.change({"project": fleet.ids[0], "set": {"DATADOG": {"region": "US"}}})
    fleet.emulator.control.change({"project": fleet.ids[1], "remove": ["PROMETHEUS"]})
    without = [{"type": "DATADOG", "region": "EU"}, {**PROMETHEUS}]
    audit = fleet.run(True, projects=fleet.ids[:3], integrations=without, update_secrets="on_create")
    assert [p["integrations"][0]["missing"] for p in audit["projects"]] == [["api_key"], [], ["api_key"]]
    assert not audit.get("failed")
    real = fleet.run(projects=fleet.ids[:3], integrations=without, update_secrets="on_create")
    assert real["failed_projects"] == [fleet.ids[0], fleet.ids[2]]
    assert real["summary"]["create"] == 1
    assert "PROMETHEUS" not in fleet.held(fleet.ids[2])


def test_wrong_credentials_cost_two_requests_for_any_number_of_projects(fleet: Fleet) -> None:
    result = fleet.run(integrations=[DATADOG], private_key="not-the-key")
    assert (result["failed"], result["api_calls"]) == (True, 2)
    assert result["error"]["status"] == 401
    assert result["failed_projects"] == fleet.ids


def test_a_service_account_logs_in_once_and_out(fleet: Fleet) -> None:
    account = {"public_key": "", "private_key": "", "client_id": fleet.emulator.client_id}
    account["client_secret"] = fleet.emulator.client_secret
    result = fleet.run(integrations=[DATADOG, PAGER_DUTY], **account)
    assert result["api_calls"] == 12 + 24 + 2
    assert fleet.run(integrations=[DATADOG, PAGER_DUTY], **account)["api_calls"] == 12 + 2
    assert not fleet.emulator.control.state().get("tokens")


def test_selection_by_tag_and_nothing_selected(fleet: Fleet) -> None:
    result = fleet.run(projects=None, all_projects=True, project_tags={"tem": "x"}, integrations=[DATADOG])
    assert result["failed"] and "project_tags.tem" in result["msg"]
    empty = fleet.run(
        projects=None, all_projects=True, project_pattern="nothing*", integrations=[DATADOG], allow_empty=True
    )
    assert (empty["changed"], empty["summary"]["projects"], empty.get("failed")) == (False, 0, None)


def test_warnings_are_told_once_for_all_projects(fleet: Fleet) -> None:
    fleet.run(integrations=[PROMETHEUS])
    (warning,) = fleet.run(integrations=[PROMETHEUS])["warnings"]
    assert "password" in warning and "(12 projects: " in warning and "and 9 more" in warning


def test_rotation_over_a_fleet(fleet: Fleet) -> None:
    new = "fedcba9876543210fedcba9876543333"
    fleet.run(projects=fleet.ids[:3], integrations=[DATADOG])
    own = {"DATADOG": {"apiKey": "a" * 28 + "7777"}}
    fleet.emulator.control.change({"project": fleet.ids[1], "set": own})
    entry = {"type": "DATADOG", "api_key": new, "replaces": {"api_key": DATADOG["api_key"]}}
    result = fleet.run(projects=fleet.ids[:4], integrations=[entry], report="all")
    verdicts = [p["integrations"][0]["secrets"]["api_key"] for p in result["projects"]]
    assert verdicts == ["different", "other", "different", "not_set"]
    assert result["summary"]["update"] == 2
    assert fleet.held(fleet.ids[0])["DATADOG"]["apiKey"] == new
    assert fleet.run(projects=fleet.ids[:4], integrations=[entry])["changed"] is False


def test_lost_answers_within_a_fleet_are_looked_into(fleet: Fleet) -> None:
    fleet.emulator.control.faults([{"fault": "reset_after", "method": "POST", "path": "/integrations/", "times": 2}])
    result = fleet.run(integrations=[DATADOG])
    assert (result["summary"]["create"], result["summary"]["failed"]) == (12, 0)
    posts = [one for one in fleet.emulator.control.journal() if one["method"] == "POST" and one["status"] != 401]
    assert len(posts) == 12


@pytest.mark.parametrize(
    "projects", ["project-00001, {1}", '["project-00001", {{"id": "{1}"}}]', ['{{"name": "project-00001"}}', "{1}"]]
)
def test_projects_and_integrations_as_an_ad_hoc_command_gives_them(fleet: Fleet, projects: Any) -> None:
    if isinstance(projects, str):
        projects = projects.format(*fleet.ids)
    else:
        projects = [one.format(*fleet.ids) for one in projects]
    wished = [{**DATADOG, "update_secrets": True, "routing_key": ""}]
    result = fleet.run(projects=projects, integrations=json.dumps(wished))
    assert [p["id"] for p in result["projects"]] == fleet.ids[:2]
    again = fleet.run(projects=projects, integrations=[json.dumps(one) for one in wished])
    assert again["summary"]["update"] == 2
    assert (
        fleet.run(projects=projects, integrations=["type=DATADOG state=absent region=MARS"])["summary"]["delete"] == 2
    )


def test_a_mistake_of_ours_in_one_project_hides_no_other(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    settle = _fleet.settle

    def broken(client: Any, project_id: str, wish: Any, *args: Any, **options: Any) -> Any:
        if project_id == fleet.ids[4] and wish.service.type == "PAGER_DUTY":
            raise KeyError(DATADOG["api_key"])
        return settle(client, project_id, wish, *args, **options)

    monkeypatch.setattr(_fleet, "settle", broken)
    result = fleet.run(integrations=[DATADOG, PAGER_DUTY])
    assert (result["failed_projects"], result["summary"]["create"]) == ([fleet.ids[4]], 23)
    failed = result["projects"][4]
    assert failed["changed"] and "internal error" in failed["error"]["msg"]
    assert [(e["type"], e["verified"]) for e in failed["integrations"]] == [("DATADOG", True), ("PAGER_DUTY", None)]


def test_a_plan_that_upsets_us_is_the_failure_of_its_project(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(wish: Any, listed: Any) -> Any:
        raise TypeError

    monkeypatch.setattr(_fleet, "make_plan", broken)
    result = fleet.run(integrations=[DATADOG])
    assert (result["failed_projects"], set(fleet.counts())) == (fleet.ids, {"GET"})


def test_credentials_that_end_in_the_middle_cost_few_requests(fleet: Fleet) -> None:
    refused = {"fault": "status", "status": 401, "path": "/integrations", "times": 0}
    fleet.emulator.control.faults([{**refused, "method": "GET", "nth": 3}])
    result = fleet.run(integrations=[DATADOG], concurrency=1)
    assert result["failed_projects"] == fleet.ids
    assert [p["error"]["status"] for p in result["projects"]] == [None, None, 401, 401, 401, 401] + 6 * [None]
    assert (
        "not begun" in result["projects"][11]["error"]["msg"] and "HTTP 401" in result["projects"][11]["error"]["msg"]
    )
    fleet.emulator.control.faults([{**refused, "method": "POST", "nth": 3}])
    result = fleet.run(integrations=[DATADOG, PAGER_DUTY], concurrency=1)
    assert result["failed_projects"] == fleet.ids[1:]
    # Each of the four projects tries both of its integrations.
    assert fleet.counts()["POST"] == 2 + 4 * 2


def test_stop_holds_from_the_failed_write_on_not_from_the_end_of_its_project(fleet: Fleet) -> None:
    faults = [
        {"fault": "status", "method": "POST", "path": "/integrations/DATADOG", "status": 400, "times": 1},
        {"fault": "slow", "method": "POST", "path": f"{fleet.ids[0]}/integrations/PAGER_DUTY", "delay_ms": 300},
    ]
    fleet.emulator.control.faults(faults)
    result = fleet.run(integrations=[DATADOG, PAGER_DUTY], on_error="stop", concurrency=2)
    assert fleet.counts()["POST"] <= 4
    assert result["summary"]["failed"] >= 11


def test_a_refused_purge_tells_of_projects_that_could_not_be_read_too(fleet: Fleet) -> None:
    broken = "5d00000000000000000000ff"
    fleet.run(integrations=[DATADOG])
    result = fleet.run(projects=[*fleet.ids, broken], integrations=[DATADOG], state="absent")
    assert "max_deletions" in result["msg"] and len(result["projects"]) == 13
    assert result["projects"][12]["error"]["code"] == "GROUP_NOT_FOUND"
    assert set(result["projects"][0]["error"]) == set(result["projects"][12]["error"])


def test_a_failure_has_every_key(fleet: Fleet) -> None:
    early = fleet.run(projects=["nobody"], integrations=[DATADOG])
    partial = fleet.run(projects=["0" * 24, fleet.ids[0]], integrations=[DATADOG])
    assert partial["error"] is None and early["error"] is None
    assert set(_fleet.empty_failure()) <= set(partial) & set(early)


def test_everything_declared_twice_is_told_at_once(fleet: Fleet) -> None:
    ids = [{"id": i, "integrations": [DATADOG]} for i in fleet.ids[:2]]
    names = [{"name": f"project-0000{n}", "integrations": [DATADOG]} for n in (1, 2)]
    result = fleet.run(projects=ids + names)
    assert "project-00001 gets" in result["msg"] and "project-00002 gets" in result["msg"]
    assert (result["failed_projects"], result["summary"]["projects"]) == ([], 0)


def test_warnings_come_in_the_order_of_the_projects(fleet: Fleet) -> None:
    fleet.run(integrations=[PROMETHEUS])
    slow = {"fault": "slow", "method": "GET", "path": f"{fleet.ids[0]}/integrations", "delay_ms": 50}
    fleet.emulator.control.faults([slow])
    (warning,) = fleet.run(projects=[fleet.ids[5], *fleet.ids], integrations=[PROMETHEUS])["warnings"]
    assert f"(12 projects: {fleet.ids[5]}, {fleet.ids[0]}, {fleet.ids[1]} and 9 more)" in warning
