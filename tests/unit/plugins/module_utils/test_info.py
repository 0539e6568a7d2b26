# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading many projects against the emulator: what is reported, what goes back in, and with how many requests."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any, Optional

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _fleet, _info, _login
from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import fleet_spec, info_spec
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES
from ansible_collections.atlasops.integrations.plugins.module_utils._validation import check_arguments

FIRST = "5d0000000000000000000001"
DATADOG = {"apiKey": "0123456789abcdef0123456789ab{n:04d}", "region": "EU"}
PROMETHEUS = {
    "username": "prom_user_example", "password": "example-password-5501", "serviceDiscovery": "http", "enabled": True,
}  # fmt: skip
UNKNOWN = {"someKey": "unknown-secret-0001", "deep": [{"hookUrl": "https://hooks.example.com/unknown-secret-0002"}]}
SECRETS = ("0123456789abcdef0123456789ab", "example-password-5501", "unknown-secret")


class Reader:
    """Runs the module's work against an emulator; no secret may show."""

    def __init__(self, emulator: Any) -> None:
        self.emulator = emulator
        keys = ("public_key", "private_key", "base_url")
        self.options = {name: getattr(emulator, name) for name in keys}

    def seed(self, projects: int = 5, **integrations: Any) -> None:
        self.emulator.control.seed({"generate": {"projects": projects, "integrations": integrations}})

    def run(self, env: Optional[dict[str, str]] = None, **options: Any) -> dict[str, Any]:
        self.emulator.control.clear_journal()
        given = {**self.options, **options}
        checked = check_arguments(given, info_spec(), lambda o: _info.problems(o, env or {}))
        if checked.problems:
            return {"failed": True, "msg": "; ".join(checked.problems)}
        result = _info.run(checked.options, env or {}, False, sleep=lambda seconds: None)
        assert set(_info.empty_result()) <= set(result)
        assert result["api_calls"] == len(self.emulator.control.journal())
        assert not any(secret in json.dumps(result) for secret in SECRETS)
        return result

    def audit(self, result: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Give the declarations to the fleet module, in check mode and without secrets."""
        given = {**self.options, "projects": result["declarations"], "update_secrets": "on_create", **options}
        checked = check_arguments(given, fleet_spec(), lambda o: _fleet.problems(o, {}))
        assert not checked.problems
        return _fleet.run(checked.options, {}, True)


@pytest.fixture
def reader(emulator: Any) -> Reader:
    return Reader(emulator)


def types(result: dict[str, Any]) -> list[str]:
    return [one["type"] for one in result["integrations"]]


def test_many_projects_at_one_request_each(reader: Reader) -> None:
    reader.seed(20, DATADOG=DATADOG)
    result = reader.run(all_projects=True, concurrency=4)
    assert len(result["integrations"]) == 20 and len(result["projects"]) == 21
    assert result["api_calls"] <= 1 + 21 + 4
    assert result["total_count"] is None
    names = [one["project_name"] for one in result["integrations"]]
    assert names == sorted(names)
    holders = [one["project_name"] for one in result["integrations"] if one["api_key"].endswith("0007")]
    assert holders == ["project-00007"]


def test_ids_alone_cost_no_request_for_names(reader: Reader) -> None:
    reader.seed(2, DATADOG=DATADOG)
    result = reader.run(projects=[FIRST])
    assert result["api_calls"] == 2
    assert [p["name"] for p in result["projects"]] == [None]
    assert list(result["integrations"][0])[:2] == ["project_id", "project_name"]


def test_one_login_for_all(reader: Reader) -> None:
    reader.seed(6)
    emulator = reader.emulator
    reader.options = {"client_id": emulator.client_id, "client_secret": emulator.client_secret}
    result = reader.run(all_projects=True, base_url=emulator.base_url)
    assert result["api_calls"] == 1 + 1 + 7 + 1
    assert not emulator.control.state()["live_tokens"]


@pytest.mark.parametrize("version", ["v2", "v1.0"])
def test_declarations_go_back_in_and_differ_in_nothing(reader: Reader, version: str) -> None:
    samples = {s.type: {f.api: f.sample for f in s.writable} for s in SERVICES if version in s.versions}
    reader.seed(3, STRANGE=UNKNOWN, **samples)
    result = reader.run(all_projects=True, api_version=version)
    assert [one["type"] for one in result["declarations"][0]["integrations"]] == list(samples)
    assert not result["warnings"]
    secrets = {f.option for s in SERVICES for f in s.secrets} | {"id"}
    assert not any(secrets & set(one) for d in result["declarations"] for one in d["integrations"])
    audited = reader.audit(result, api_version=version)
    assert (audited["changed"], audited["summary"]["none"]) == (False, 3 * len(samples))
    assert not audited.get("failed")


@pytest.mark.parametrize("shown", ["null", "left_out"])
def test_declarations_of_what_was_never_set(reader: Reader, shown: str) -> None:
    required = {
        s.type: {f.api: f.sample for f in s.writable if "v2" in f.required} for s in SERVICES if "v2" in s.versions
    }
    reader.seed(1, **required)
    reader.emulator.switch(unset_fields=shown, default_fields=shown)
    result = reader.run(project_id=FIRST)
    audited = reader.audit(result)
    assert (audited["changed"], audited["summary"]["none"]) == (False, len(required))


def test_what_would_be_refused_is_left_out_of_declarations_with_a_warning(reader: Reader) -> None:
    reader.seed(2, SLACK={"apiToken": "example-token-0001"}, FLOWDOCK={"flowName": "a", "orgName": "b"})
    result = reader.run(projects=["project-00001", "project-00002"])
    assert result["declarations"] == []
    assert types(result)[:2] == ["SLACK", "FLOWDOCK"]
    assert len(result["warnings"]) == 2
    assert "SLACK is left out of declarations" in result["warnings"][0]
    assert "channel_name" in result["warnings"][0] and "2 projects" in result["warnings"][0]


def test_unknown_types_come_as_they_are_with_secrets_masked(reader: Reader) -> None:
    reader.seed(1, STRANGE={**UNKNOWN, "plain": "shown"})
    (one,) = reader.run(project_id=FIRST)["integrations"]
    assert (one["type"], one["plain"]) == ("STRANGE", "shown")
    assert one["someKey"].endswith("0001") and one["deep"][0]["hookUrl"].startswith("https://hooks.example.com/****")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["DATADOG"], ["DATADOG"]),
        (["NOPE"], []),
        (["SLACK", "PROMETHEUS"], ["PROMETHEUS"]),
        ([], ["DATADOG", "PROMETHEUS"]),
    ],
)
def test_types(reader: Reader, wanted: list[str], found: list[str]) -> None:
    reader.seed(1, DATADOG=DATADOG, PROMETHEUS=PROMETHEUS)
    result = reader.run(project_id=FIRST, types=wanted)
    assert types(result) == found
    assert result["projects"][0]["types"] == found
    assert len(result["prometheus"]) == ("PROMETHEUS" in found)


def test_prometheus(reader: Reader) -> None:
    reader.emulator.control.seed(
        {
            "projects": [
                {"name": "shop", "id": "5e" + "0" * 22, "clusterCount": 1, "integrations": {"PROMETHEUS": PROMETHEUS}}
            ]
        }
    )
    (one,) = reader.run(project_name="shop")["prometheus"]
    (discovery,) = one["scrape_config"]["http_sd_configs"]
    assert one["project_id"] == "5e" + "0" * 22
    assert discovery["url"] == one["discovery_url"] and one["discovery_url"].startswith(reader.emulator.base_url)
    user = f"{discovery['basic_auth']['username']}:{PROMETHEUS['password']}"
    header = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()}
    with urllib.request.urlopen(urllib.request.Request(one["discovery_url"], headers=header)) as answer:
        assert json.load(answer)[0]["labels"]["group_name"] == "shop"


def test_pages(reader: Reader) -> None:
    reader.seed(1, DATADOG=DATADOG, PROMETHEUS=PROMETHEUS, STRANGE=UNKNOWN)
    whole = reader.run(project_id=FIRST, items_per_page=1)
    assert len(whole["integrations"]) == whole["total_count"] == 3
    assert whole["api_calls"] == 3 + 1
    page = reader.run(project_id=FIRST, items_per_page=2, page_num=2)
    assert len(page["integrations"]) == 1 and page["total_count"] == 3
    assert reader.run(project_id=FIRST, include_count=False)["total_count"] is None
    wrapped = reader.run(project_id=FIRST, envelope=True, pretty=True)
    assert wrapped["integrations"] == reader.run(project_id=FIRST)["integrations"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no project is named; set project_id (or the environment variable MONGODB_ATLAS_PROJECT_ID)"),
        ({"project_id": FIRST, "projects": ["a"]}, "project_id and projects do not go together"),
        ({"project_name": "a", "project_pattern": "*"}, "project_name and project_pattern do not go together"),
        ({"project_id": FIRST, "project_name": "a"}, "project_id and project_name are both given"),
        ({"project_pattern": "*"}, "no projects are chosen; name them in projects, or set all_projects"),
        ({"all_projects": True, "projects": ["a"]}, "projects and all_projects are both given"),
        (
            {"all_projects": True, "page_num": 1, "include_count": False},
            "page_num, include_count can be used for a single",
        ),
        ({"project_id": FIRST, "page_num": 0}, "page_num must be 1 or more"),
        ({"project_id": FIRST, "items_per_page": 0}, "items_per_page must be a number from 1 to 500"),
        ({"project_id": FIRST, "concurrency": 0}, "concurrency must be a number from 1 to 64"),
        ({"project_id": FIRST.upper()}, "lower case"),
        ({"projects": [{"integrations": []}]}, "projects[0] needs an id or a name"),
    ],
)
def test_what_is_wrong_is_said_before_any_request(reader: Reader, options: dict[str, Any], words: str) -> None:
    result = reader.run(**options)
    assert result["failed"] and words in result["msg"]
    assert reader.emulator.control.counts()["all"] == 0
    assert (
        words
        in _info.run({**reader.options, **check_arguments(options, info_spec()).options, **reader.options}, {}, False)[
            "msg"
        ]
    )


def test_an_empty_match(reader: Reader) -> None:
    reader.seed(2)
    assert "no project matched" in reader.run(all_projects=True, project_pattern="none-*")["msg"]
    assert "no project matched" in reader.run(projects=[])["msg"]
    result = reader.run(all_projects=True, project_pattern="none-*", allow_empty=True)
    assert not result.get("failed") and result["projects"] == []


def test_a_project_that_fails_does_not_hide_the_others(reader: Reader) -> None:
    reader.seed(6, DATADOG=DATADOG)
    reader.emulator.control.faults([{"fault": "status", "status": 403, "path": f"{FIRST[:-1]}4/", "times": 0}])
    result = reader.run(all_projects=True)
    assert result["failed"] and result["msg"].startswith("1 of 7 projects failed, the first of them project-00004")
    assert result["failed_projects"] == [f"{FIRST[:-1]}4"]
    assert len(result["integrations"]) == 5
    (failed,) = [p for p in result["projects"] if p["error"]]
    assert failed["error"]["status"] == 403 and len(result["msg"]) < 600
    reader.emulator.control.faults([])
    assert len(reader.run(projects=result["failed_projects"])["integrations"]) == 1


def test_one_project_that_fails(reader: Reader) -> None:
    result = reader.run(project_id=FIRST)
    assert result["failed"] and result["error"]["code"] == "GROUP_NOT_FOUND"
    assert result["failed_projects"] == [FIRST] and result["total_count"] is None
    result = reader.run(project_name="nowhere")
    assert result["failed"] and result["failed_projects"] == [] and "nowhere" in result["msg"]


def test_where_nobody_is_let_in_only_one_project_is_asked(reader: Reader) -> None:
    reader.options["private_key"] = "wrong-private-key"
    result = reader.run(projects=[f"{n:024x}" for n in range(50)])
    assert result["failed"] and result["error"]["status"] == 401
    assert result["api_calls"] == 2
    assert len(result["failed_projects"]) == 50


def test_a_service_account_at_its_limit_asks_for_no_more_tokens(reader: Reader) -> None:
    emulator = reader.emulator
    emulator.switch(tokens_live=1)
    account = {"client_id": emulator.client_id, "client_secret": emulator.client_secret}
    reader.options = {"base_url": emulator.base_url}
    _login.run({**account, **reader.options}, {}, False)
    result = reader.run(projects=[f"{n:024x}" for n in range(50)], **account)
    assert result["failed"] and result["error"]["code"] == "access_denied"
    assert result["api_calls"] == 1


def test_names_are_looked_up_and_ids_count_where_both_are_given(reader: Reader) -> None:
    reader.seed(2, DATADOG=DATADOG)
    result = reader.run(projects=[{"id": FIRST, "name": "its old name"}])
    assert (result["api_calls"], result["projects"][0]["name"]) == (2, "its old name")
    result = reader.run(projects=[{"id": FIRST, "name": "its old name"}, "project-00002", "project-00001"])
    assert [p["name"] for p in result["projects"]] == ["project-00001", "project-00002"]
    result = reader.run(projects=["project-00001", "project-0000"])
    assert result["failed"] and "did you mean 'project-0000" in result["msg"] and result["integrations"] == []


def test_no_answer_of_a_server_breaks_it(reader: Reader) -> None:
    reader.seed(1, DATADOG=DATADOG)
    for body in ({"results": None}, {"results": [1]}, {}, []):
        reader.emulator.control.faults([{"fault": "json", "json": body, "times": 0}])
        result = reader.run(project_id=FIRST)
        assert result["failed"] and result["integrations"] == []


def test_types_that_are_no_texts_upset_nothing(reader: Reader) -> None:
    reader.seed(2, DATADOG=DATADOG)
    odd = {"results": [{"type": ["X"], "id": "1"}, {"id": "2"}, {"type": "DATADOG", "region": "EU"}]}
    reader.emulator.control.faults([{"fault": "json", "path": "/integrations", "times": 0, "json": odd}])
    assert [i["type"] for i in reader.run(all_projects=True, types=["DATADOG"])["integrations"]] == ["DATADOG"] * 3
    checked = check_arguments({**reader.options, "all_projects": True, "integrations": [], "purge": True}, fleet_spec())
    result = _fleet.run(checked.options, {}, True)
    assert (result.get("msg"), result["summary"]["delete"]) == (None, 3)


def test_an_atlas_that_goes_away_is_not_asked_for_every_project(reader: Reader) -> None:
    reader.seed(60)
    fault = {"fault": "reset_before", "path": "/integrations", "nth": 3, "times": 0}
    reader.emulator.control.faults([fault])
    result = _info.run(
        {**reader.options, "all_projects": True, "concurrency": 2}, {}, False, sleep=lambda seconds: None
    )
    assert len(result["failed_projects"]) >= 58 and result["api_calls"] < 60
    reasons = [p["error"]["msg"] for p in result["projects"] if p["error"]]
    assert sum("not begun, because one project after the other" in reason for reason in reasons) > 40
    assert "more not begun)" in result["msg"] and "not begun, because" not in result["msg"]
