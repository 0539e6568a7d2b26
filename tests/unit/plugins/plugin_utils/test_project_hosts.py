# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory reads from Atlas and keeps, against the emulator."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import ApiError, OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._selection import NothingSelected
from ansible_collections.atlasops.integrations.plugins.plugin_utils._project_hosts import (
    cache_mark,
    fetch,
    from_cache,
    host_variables,
    read_source,
    to_cache,
)

ORG = "5e0000000000000000000001"
KEY = "0123456789abcdef0123456789abcdef"
TAGS = [{"key": "environment", "value": "production"}, {"key": "team", "value": "shop"}]
SEED: dict[str, Any] = {
    "organisations": [{"id": ORG, "name": "one"}, {"id": "5e0000000000000000000002", "name": "two"}],
    "projects": [
        {
            "id": "5d0000000000000000000001",
            "name": "shop",
            "organisation": ORG,
            "tags": TAGS,
            "cluster_count": 3,
            "created": "2026-03-01T10:00:00Z",
            "integrations": {"DATADOG": {"apiKey": KEY, "region": "US"}, "PAGER_DUTY": {"serviceKey": KEY}},
        },
        {"id": "5d0000000000000000000002", "name": "play", "organisation": "5e0000000000000000000002"},
    ],
}


def options(emulator: Any, **more: Any) -> dict[str, Any]:
    """Options of the inventory with the emulator's key pair."""
    keys = {"public_key": emulator.public_key, "private_key": emulator.private_key}
    return {"base_url": emulator.base_url, "concurrency": 2, **keys, **more}


@pytest.fixture
def seeded(emulator: Any) -> Any:
    """The emulator with two organizations."""
    emulator.control.reset(SEED)
    return emulator


def test_records_and_variables(seeded: Any) -> None:
    """One request (and its challenge) for all projects; every variable has its documented name."""
    fetched = fetch(read_source(options(seeded), {}))
    assert fetched.complete and fetched.warnings == []
    assert host_variables(fetched.records[0]) == {
        "atlas_project_id": "5d0000000000000000000001",
        "atlas_project_name": "shop",
        "atlas_org_id": ORG,
        "atlas_tags": {"environment": "production", "team": "shop"},
        "atlas_cluster_count": 3,
        "atlas_created": "2026-03-01T10:00:00Z",
    }
    assert seeded.control.counts()["200"] == 1
    assert seeded.control.counts()["all"] == 2


def test_integrations_cost_one_request_a_project(seeded: Any) -> None:
    """Types, sorted, and nothing else is kept of integrations."""
    fetched = fetch(read_source(options(seeded, integrations=True), {}))
    types = [host_variables(record)["atlas_integration_types"] for record in fetched.records]
    assert types == [["DATADOG", "PAGER_DUTY"], []]
    assert seeded.control.counts()["200"] == 3
    assert KEY[-4:] not in json.dumps(to_cache(fetched.records))


@pytest.mark.parametrize(
    "narrowing",
    [
        {"org_id": ORG},
        {"project_pattern": "sh*"},
        {"project_tags": {"environment": ["production", "staging"]}},
        {"exclude_projects": ["play"]},
    ],
)
def test_narrowing(seeded: Any, narrowing: dict[str, Any]) -> None:
    """Integrations of projects that are not chosen are not read."""
    fetched = fetch(read_source(options(seeded, integrations=True, **narrowing), {}))
    assert [record["name"] for record in fetched.records] == ["shop"]
    assert seeded.control.counts()["200"] == 2


def test_pages_and_nothing_more(emulator: Any) -> None:
    """1,001 projects are three pages."""
    emulator.control.reset({"generate": {"projects": 1001}})
    assert len(fetch(read_source(options(emulator), {})).records) == 1001
    assert emulator.control.counts()["200"] == 3


def test_token_is_revoked(seeded: Any) -> None:
    """A service account logs in once and leaves nothing behind, after a failure too."""
    account = {"client_id": seeded.client_id, "client_secret": seeded.client_secret, "base_url": seeded.base_url}
    assert len(fetch(read_source({**account, "integrations": True, "concurrency": 2}, {})).records) == 2
    with pytest.raises(NothingSelected):
        fetch(read_source({**account, "project_pattern": "none", "concurrency": 2}, {}))
    assert seeded.control.state()["live_tokens"] == {}
    assert len(seeded.control.journal(path="oauth/token$")) == 2


def test_nothing_matches(seeded: Any) -> None:
    """An error that says why, unless it is allowed."""
    mistyped = options(seeded, project_tags={"environment": "prodution"})
    with pytest.raises(NothingSelected, match="values are production"):
        fetch(read_source(mistyped, {}))
    assert fetch(read_source({**mistyped, "allow_empty": True}, {})).records == []


def test_a_project_that_cannot_be_read(seeded: Any) -> None:
    """The others are there, with a warning, and the result is not fit for a cache."""
    seeded.control.faults([{"fault": "status", "status": 403, "times": 0, "path": "0001/integrations"}])
    fetched = fetch(read_source(options(seeded, integrations=True), {}))
    assert [("integration_types" in record) for record in fetched.records] == [False, True]
    assert not fetched.complete
    assert "integrations of 1 of 2 projects could not be read" in fetched.warnings[0]
    assert "the first of them is shop: " in fetched.warnings[0]


def test_no_project_can_be_read(seeded: Any) -> None:
    """Then there is no inventory."""
    seeded.control.faults([{"fault": "status", "status": 403, "times": 0, "path": "/integrations"}])
    with pytest.raises(ApiError):
        fetch(read_source(options(seeded, integrations=True), {}))


def test_all_problems_at_once() -> None:
    """Connection, selection and own options in one message."""
    with pytest.raises(OptionError) as caught:
        read_source({"org_id": "x", "concurrency": 0, "timeout": -1}, {})
    text = caught.value.message
    assert all(name in text for name in ("public_key", "org_id", "concurrency", "timeout"))


def test_environment_of_the_organization(emulator: Any) -> None:
    """MONGODB_ATLAS_ORG_ID narrows; MONGODB_ATLAS_PROJECT_ID is never read."""
    env = {"MONGODB_ATLAS_ORG_ID": ORG, "MONGODB_ATLAS_PROJECT_ID": "5d0000000000000000000001"}
    selection = read_source(options(emulator), env).selection
    assert (selection.org_id, selection.named) == (ORG, None)


BASE = {"public_key": "one", "private_key": "secret-part", "concurrency": 8}
OTHERS = [
    {"base_url": "http://127.0.0.1:1"},
    {"public_key": "two"},
    {"org_id": ORG},
    {"api_version": "v1.0"},
    {"integrations": True},
    {"project_pattern": "x*"},
    {"project_tags": {"a": "b"}},
    {"exclude_projects": ["x"]},
]


def test_mark_of_the_cache() -> None:
    """All on which the records depend, and nothing else; not the secret, which may be rotated."""
    marks = [cache_mark(read_source({**BASE, **other}, {})) for other in [{}, *OTHERS]]
    assert len(set(marks)) == len(marks)
    for same in ({"private_key": "rotated"}, {"concurrency": 2}, {"timeout": 5.0}):
        assert cache_mark(read_source({**BASE, **same}, {})) == marks[0]
    tokens = [cache_mark(read_source({"access_token": t, "concurrency": 8}, {})) for t in ("token-one", "token-two")]
    assert len(set(tokens)) == 2


def test_cache_comes_back_as_it_went(seeded: Any) -> None:
    """Through JSON; anything else in a cache is no reason to fail."""
    records = fetch(read_source(options(seeded), {})).records
    assert from_cache(json.loads(json.dumps(to_cache(records)))) == records
    for strange in (None, [], {"projects": {}}, {"projects": [1]}, {"projects": [{"id": "x"}]}, "text"):
        assert from_cache(strange) is None
