# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane: seeds, state, changes behind everybody's back, journal, switches; in process and over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from atlas_emulator.faults import FaultError
from atlas_emulator.seed import SeedError
from atlas_emulator.switches import SwitchError, parse_assignments


def plane(emulator: Any, method: str, path: str, **options: Any) -> requests.Response:
    """Call the control plane over HTTP."""
    options.setdefault("headers", emulator.control_headers)
    return requests.request(method, f"{emulator.control_url}/{path}", timeout=10, **options)


class TestHttp:
    """What users reach with curl."""

    def test_its_token_is_needed(self, emulator: Any) -> None:
        for headers in ({}, {"X-Emulator-Token": "wrong"}, {"X-Emulator-Token": "ä".encode()}):
            assert plane(emulator, "GET", "state", headers=headers).status_code == 401

    def test_it_tells_what_it_can_do(self, emulator: Any) -> None:
        body = plane(emulator, "GET", "").json()
        assert body["base_url"] == emulator.base_url
        assert body["switches"]["put_mode"]["choices"] == ["merge", "replace"]
        assert "reset_after" in body["faults"]
        assert "POST /_emulator/reset" in plane(emulator, "GET", "nothing").json()["message"]
        assert plane(emulator, "GET", "nothing").status_code == 404

    def test_everything_once(self, emulator: Any) -> None:
        assert plane(emulator, "PATCH", "switches", json={"put_mode": "replace"}).json()["put_mode"] == "replace"
        assert plane(emulator, "GET", "switches").json()["put_mode"] == "replace"
        assert plane(emulator, "POST", "seed", json={"projects": [{"name": "more"}]}).json()["projects"] == 2
        rules = [{"fault": "status", "status": 503}]
        assert plane(emulator, "PUT", "faults", json=rules).json()[0]["met"] == 0
        assert len(plane(emulator, "POST", "faults", json=rules[0]).json()) == 2
        assert len(plane(emulator, "GET", "faults").json()) == 2
        assert plane(emulator, "DELETE", "faults").json() == []
        change = {"project": "more", "set": {"DATADOG": {"apiKey": "x"}}}
        assert plane(emulator, "POST", "change", json=change).json()["integrations"][0]["apiKey"] == "x"
        assert plane(emulator, "GET", "state?project=more").json()["projects"][0]["name"] == "more"
        assert plane(emulator, "POST", "expire", json={"tokens": True}).json()["tokens"] is True
        assert plane(emulator, "GET", "counts").json() == {"all": 0}
        assert plane(emulator, "GET", "journal?limit=5").json() == []
        assert plane(emulator, "DELETE", "journal").json() == {"all": 0}
        assert plane(emulator, "POST", "reset").json() == {"organisations": 1, "projects": 1}
        assert plane(emulator, "GET", "switches").json()["put_mode"] == "merge"

    @pytest.mark.parametrize(
        ("method", "path", "data"),
        [
            ("POST", "reset", b"{"),
            ("POST", "seed", b"[]"),
            ("POST", "seed", b'{"nothing": 1}'),
            ("PATCH", "switches", b'{"no_switch": 1}'),
            ("PATCH", "switches", b"[]"),
            ("PUT", "faults", b'[{"fault": "unknown"}]'),
            ("POST", "change", b'{"else": 1}'),
            ("POST", "expire", b'{"else": true}'),
            ("GET", "journal?path=(", None),
            ("GET", "journal?since=x", None),
            ("GET", "journal?color=x", None),
        ],
    )
    def test_what_cannot_be_understood(self, emulator: Any, method: str, path: str, data: Any) -> None:
        answer = plane(emulator, method, path, data=data)
        assert answer.status_code == 400
        assert answer.json()["message"]

    def test_it_is_not_in_the_journal(self, emulator: Any) -> None:
        plane(emulator, "GET", "state")
        assert emulator.control.journal() == []

    def test_in_process_it_is_not_stopped_from_outside(self, emulator: Any) -> None:
        assert plane(emulator, "POST", "stop").status_code == 409


class TestSeeds:
    """Organisations, projects and integrations as a description."""

    def test_many_at_once(self, emulator: Any, make_api: Any) -> None:
        seed = {
            "generate": {
                "organisations": 2,
                "projects": 1000,
                "name": "shop-{n:04d}",
                "tags": {"env": "prod", "org": "o{org}"},
                "cluster_count": 1,
                "integrations": [
                    {"type": "DATADOG", "apiKey": "{n:032x}"},
                    {"type": "WEBHOOK", "url": "https://example.com/{n:08d}", "bodyTemplate": '{"n": "${id}"}'},
                ],
            }
        }
        assert emulator.control.reset(seed) == {"organisations": 2, "projects": 1000}
        project = emulator.control.state("shop-0007")["projects"][0]
        assert project["tags"] == [{"key": "env", "value": "prod"}, {"key": "org", "value": "o1"}]
        values = {i["type"]: i for i in project["integrations"]}
        assert values["DATADOG"]["apiKey"] == f"{7:032x}"
        assert values["WEBHOOK"]["bodyTemplate"] == '{"n": "${id}"}'
        api = make_api(project=project["id"])
        assert api.list().json()["totalCount"] == 2
        listed = api.call("GET", "/groups", params={"itemsPerPage": 1}).json()
        assert listed["totalCount"] == 1000

    def test_types_of_the_future(self, emulator: Any, make_api: Any) -> None:
        future = [
            {"type": "FUTURE_THING", "id": "f" * 24, "apiToken": "shown-as-it-is", "nested": {"a": [1, None]}},
            {"color": "no type at all"},
            {"type": "DATADOG", "apiKey": "0" * 32},
        ]
        emulator.control.seed({"projects": [{"id": "a" * 24, "name": "x", "integrations": future}]})
        results = make_api(project="a" * 24).list().json()["results"]
        assert [r.get("type") for r in results] == ["DATADOG", "FUTURE_THING", None]
        assert results[1] == future[0]
        assert results[2]["color"] == "no type at all"

    def test_seeds_add_up(self, emulator: Any) -> None:
        ident = emulator.project_id
        emulator.control.seed({"projects": [{"id": ident, "integrations": {"DATADOG": {"apiKey": "1"}}}]})
        emulator.control.seed({"projects": [{"id": ident, "tags": {"a": "b"}, "flags": {"suspended": True}}]})
        project = emulator.control.state(ident)["projects"][0]
        assert project["name"] == "demo"
        assert project["tags"] == [{"key": "a", "value": "b"}]
        assert [i["type"] for i in project["integrations"]] == ["DATADOG"]
        emulator.control.seed({"projects": [{"id": ident, "name": "renamed"}]})
        assert [p["name"] for p in emulator.control.state()["projects"]] == ["renamed"]

    def test_ids_of_projects_are_made(self, emulator: Any) -> None:
        emulator.control.seed({"projects": [{"name": "x"}, {"name": "y", "organisation": "c" * 24}]})
        state = emulator.control.state()
        assert len({p["id"] for p in state["projects"]}) == 3
        assert state["projects"][1]["organisation"] == emulator.org_id
        assert {o["id"] for o in state["organisations"]} == {emulator.org_id, "c" * 24}

    @pytest.mark.parametrize(
        "seed",
        [
            [],
            {"else": 1},
            {"organisations": {}},
            {"organisations": ["x"]},
            {"organisations": [{"id": "X"}]},
            {"projects": [{}]},
            {"projects": ["x"]},
            {"projects": [{"name": "x", "colour": "red"}]},
            {"projects": [{"name": "x", "tags": ["y"]}]},
            {"projects": [{"name": "x", "integrations": ["y"]}]},
            {"projects": [{"name": "x", "integrations": [{"type": "DATADOG", "api_key": "y"}]}]},
            {"generate": ["x"]},
            {"key_pairs": [{"public_key": "x"}]},
            {"key_pairs": [{"public_key": "x", "private_key": "y", "role": "king"}]},
            {"service_accounts": [{"client_id": "x", "client_secret": "y", "colour": "red"}]},
        ],
    )
    def test_what_is_no_seed(self, emulator: Any, seed: Any) -> None:
        with pytest.raises(SeedError):
            emulator.control.seed(seed)


class TestChanges:
    """Somebody changes something past the API."""

    def test_set_and_remove(self, api: Any) -> None:
        api.post("DATADOG")
        api.post("WEBHOOK")
        before = api.get("DATADOG").json()
        change = {"project": "demo", "set": {"DATADOG": {"region": "EU"}}, "remove": ["WEBHOOK", "SLACK"]}
        api.emulator.control.change(change)
        after = api.get("DATADOG").json()
        assert after.pop("id") != before.pop("id")
        assert after == {**before, "region": "EU"}
        assert api.list().json()["totalCount"] == 1

    def test_an_unknown_project(self, emulator: Any) -> None:
        answer = plane(emulator, "POST", "change", json={"project": "nobody"})
        assert answer.status_code == 404
        emulator.control.seed({"projects": [{"name": "demo"}]})
        assert plane(emulator, "GET", "state?project=demo").status_code == 404


class TestJournal:
    """What was asked."""

    def test_entries(self, api: Any) -> None:
        api.post("DATADOG", pretty="true")
        entry = api.emulator.control.journal()[-1]
        assert entry["method"] == "POST"
        assert entry["path"].endswith("/integrations/DATADOG")
        assert entry["query"] == "pretty=true"
        assert (entry["version"], entry["project_id"], entry["type"]) == ("v2", api.project, "DATADOG")
        assert (entry["status"], entry["code"], entry["fault"]) == (200, None, None)
        assert (entry["credential"], entry["credential_id"]) == ("digest", api.emulator.public_key)
        assert entry["fields"] == ["apiKey", "region", "type"]
        assert entry["milliseconds"] >= 0
        assert entry["user_agent"].startswith("python-requests/")
        assert (entry["accept"], entry["content_type"]) == (api.session.headers["Accept"], "application/json")

    def test_filters(self, api: Any) -> None:
        api.post("DATADOG")
        api.post("WEBHOOK")
        api.get("SLACK")
        api.list()
        journal = api.emulator.control.journal
        assert len(journal()) == 5
        assert len(journal(method="POST")) == 3
        assert len(journal(method="POST", status=200)) == 2
        assert [e["type"] for e in journal(path="/integrations/[A-Z_]+$", method="GET")] == ["SLACK"]
        assert journal(type="SLACK")[0]["code"] == "INTEGRATION_NOT_CONFIGURED"
        last = journal(limit=2)
        assert len(last) == 2
        assert journal(since=last[0]["number"]) == last[1:]
        assert len({e["connection"] for e in journal()}) == 1

    def test_it_is_bounded(self, api: Any) -> None:
        api.emulator.switch(journal_size=2)
        plane(api.emulator, "GET", "switches")
        for _unused in range(4):
            api.list()
        assert len(api.emulator.control.journal()) == 2
        assert api.emulator.control.counts()["all"] == 5

    def test_cleared(self, api: Any) -> None:
        api.list()
        assert api.emulator.control.clear_journal() == {"all": 0}
        assert api.emulator.control.journal() == []


class TestSwitches:
    """Their values."""

    @pytest.mark.parametrize(
        "wrong",
        [
            {"nothing": 1},
            {"put_mode": "x"},
            {"project_capacity": "x"},
            {"latency_ms": -1},
            {"latency_ms": float("nan")},
        ],
    )
    def test_wrong_ones_change_nothing(self, emulator: Any, wrong: dict[str, Any]) -> None:
        before = emulator.control.switches()
        with pytest.raises(SwitchError):
            emulator.switch(ids="stay", **wrong)
        assert emulator.control.switches() == before

    def test_assignments(self) -> None:
        texts = ["put_mode=replace", "role_refusal=401", "rate_limits=false", "custom_endpoint=a=b"]
        assert parse_assignments(texts) == {
            "put_mode": "replace",
            "role_refusal": 401,
            "rate_limits": False,
            "custom_endpoint": "a=b",
        }
        with pytest.raises(SwitchError):
            parse_assignments(["put_mode"])

    def test_types(self, emulator: Any) -> None:
        values = emulator.switch(role_refusal="401", rate_limits="False", project_capacity="7", put_missing=404)
        assert values["role_refusal"] == 401
        assert values["rate_limits"] is False
        assert values["project_capacity"] == 7
        assert values["put_missing"] == "404"

    def test_those_of_the_start_come_back(self, emulator_factory: Any) -> None:
        emulator = emulator_factory(switches={"ids": "stay"})
        emulator.switch(ids="change", put_mode="replace")
        emulator.control.reset()
        assert (emulator.control.switches()["ids"], emulator.control.switches()["put_mode"]) == ("stay", "merge")


@pytest.mark.parametrize(
    "rules",
    [
        5,
        ["x"],
        [{"fault": "status", "else": 1}],
        [{}],
        [{"fault": "slow", "path": "("}],
        [{"fault": "status", "nth": "x"}],
    ],
)
def test_what_is_no_fault(emulator: Any, rules: Any) -> None:
    with pytest.raises(FaultError):
        emulator.control.faults(rules)
