# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects and organisations: lists in pages, by id, by name, by prefix."""

from __future__ import annotations

from typing import Any

import pytest

TWO = {
    "organisations": [{"id": "a" * 24, "name": "First"}, {"id": "b" * 24, "name": "second"}],
    "projects": [
        {"id": "1" * 24, "name": "Web shop", "organisation": "First", "tags": {"env": "prod"}, "cluster_count": 2},
        {"id": "2" * 24, "name": "web-api", "organisation": "b" * 24, "created": "2025-02-03T04:05:06Z"},
        {"id": "3" * 24, "name": "twin", "organisation": "First"},
        {"id": "4" * 24, "name": "twin", "organisation": "second"},
        {"id": "5" * 24, "name": "émile & söhne (eu)", "organisation": "First"},
    ],
}


@pytest.fixture
def seeded(api: Any) -> Any:
    api.emulator.control.reset(TWO)
    return api


@pytest.mark.parametrize("version", ["v2", "v1.0"])
def test_group_is_what_was_recorded(make_api: Any, version: str) -> None:
    api = make_api(version=version)
    api.emulator.control.reset(TWO)
    group = api.call("GET", "/groups/" + "1" * 24)
    assert group.status_code == 200
    assert list(group.json().items()) == [
        ("clusterCount", 2),
        ("created", "2026-01-01T00:00:00Z"),
        ("id", "1" * 24),
        ("links", [{"href": f"{api.root}/groups/{'1' * 24}", "rel": "self"}]),
        ("name", "Web shop"),
        ("orgId", "a" * 24),
        ("tags", [{"key": "env", "value": "prod"}]),
        ("withDefaultAlertsSettings", True),
    ]
    listed = api.call("GET", "/groups").json()
    assert listed["results"][0] == group.json()
    assert listed["results"][1]["tags"] == []
    assert listed["totalCount"] == 5


def test_by_name(seeded: Any, refused: Any) -> None:
    assert seeded.call("GET", "/groups/byName/Web%20shop").json()["id"] == "1" * 24
    assert seeded.call("GET", "/groups/byName/émile%20%26%20söhne%20(eu)").json()["id"] == "5" * 24
    refused(seeded.call("GET", "/groups/byName/web%20shop"), 404, "GROUP_NAME_NOT_FOUND", ["web shop"])
    refused(seeded.call("GET", "/groups/byName/twin"), 409, "MULTIPLE_GROUPS")


def test_unknown_group(seeded: Any, refused: Any) -> None:
    refused(seeded.call("GET", "/groups/" + "9" * 24), 404, "GROUP_NOT_FOUND", ["9" * 24])
    refused(seeded.call("GET", "/groups/x"), 404, "INVALID_GROUP_ID", ["x"])
    refused(seeded.call("POST", "/groups"), 405, "METHOD_NOT_ALLOWED")


def test_groups_of_an_organisation(seeded: Any, refused: Any) -> None:
    def names(**params: Any) -> list[str]:
        answer = seeded.call("GET", f"/orgs/{'a' * 24}/groups", params=params)
        assert answer.status_code == 200
        return [p["name"] for p in answer.json()["results"]]

    assert names() == ["Web shop", "twin", "émile & söhne (eu)"]
    assert names(name="WEB") == ["Web shop"]
    assert names(name="shop") == []
    assert names(name="ÉMILE & S") == ["émile & söhne (eu)"]
    refused(seeded.call("GET", f"/orgs/{'c' * 24}/groups"), 404, "ORG_NOT_FOUND")


def test_organisations(seeded: Any) -> None:
    body = seeded.call("GET", "/orgs").json()
    assert [(o["id"], o["name"], o["isDeleted"]) for o in body["results"]] == [
        ("a" * 24, "First", False),
        ("b" * 24, "second", False),
    ]
    assert seeded.call("GET", "/orgs", params={"name": "SEC"}).json()["totalCount"] == 1
    assert seeded.call("GET", "/orgs/" + "b" * 24).json()["name"] == "second"


def test_government(seeded: Any) -> None:
    seeded.emulator.switch(government=True)
    group = seeded.call("GET", "/groups/" + "1" * 24).json()
    assert group["regionUsageRestrictions"] == "COMMERCIAL_FEDRAMP_REGIONS_ONLY"


def test_pages_of_many(api: Any) -> None:
    api.emulator.control.reset({"generate": {"projects": 1201, "organisations": 2, "name": "p-{n}"}})
    seen: list[str] = []
    url: str | None = f"{api.root}/groups?itemsPerPage=500"
    pages = 0
    while url:
        body = api.session.get(url, timeout=10).json()
        seen += [p["name"] for p in body["results"]]
        pages += 1
        url = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
    assert (pages, seen) == (3, [f"p-{n}" for n in range(1, 1202)])
    assert body["totalCount"] == 1201


def test_the_links_name_the_host_that_was_asked(api: Any) -> None:
    body = api.call("GET", "/groups", headers={"Host": "localhost:1234"}).json()
    assert body["links"][0]["href"].startswith("http://localhost:1234/api/atlas/v2/groups?")
    body = api.call("GET", "/groups", headers={"Host": "bad host/"}).json()
    assert body["links"][0]["href"].startswith(api.emulator.base_url)
