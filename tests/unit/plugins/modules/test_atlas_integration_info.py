# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module atlas_integration_info from its arguments to its result, against the emulated Atlas."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.modules import atlas_integration_info

FIRST = "5d0000000000000000000001"
SECOND = "5d0000000000000000000002"
KEY = "0123456789abcdef0123456789ab0001"
Info = Callable[..., dict[str, Any]]


@pytest.fixture
def info(emulator: Any, main: Any) -> Info:
    """Return a function that runs the module as the emulator's key pair."""
    emulator.control.seed({"generate": {"projects": 2, "integrations": {"DATADOG": {"apiKey": KEY, "region": "EU"}}}})
    emulator.control.clear_journal()
    base = {name: getattr(emulator, name) for name in ("public_key", "private_key", "base_url")}
    return lambda **options: main(atlas_integration_info, **{**base, **options})


def test_one_project(info: Info) -> None:
    result = info(project_id=FIRST)
    (one,) = result["integrations"]
    assert (one["project_id"], one["project_name"], one["type"], one["region"]) == (FIRST, None, "DATADOG", "EU")
    assert (result["changed"], result["total_count"], result["failed_projects"]) == (False, 1, [])
    assert KEY not in json.dumps(result)


def test_the_environment_names_the_project_only_where_the_task_does_not(info: Info) -> None:
    env = {"MONGODB_ATLAS_PROJECT_ID": FIRST}
    assert [p["id"] for p in info(env=env)["projects"]] == [FIRST]
    assert [p["id"] for p in info(env=env, projects=[SECOND])["projects"]] == [SECOND]
    assert len(info(env=env, all_projects=True)["projects"]) == 3


def test_what_atlas_integrations_is_given_can_be_given_here_and_is_not_shown(info: Info) -> None:
    declared = [{"id": FIRST, "integrations": [{"type": "DATADOG", "api_key": KEY}]}, "project-00002"]
    result = info(projects=declared)
    assert [p["id"] for p in result["projects"]] == [FIRST, SECOND]
    assert KEY not in json.dumps(result)


def test_blanks_are_no_values(info: Info) -> None:
    result = info(project_id=FIRST, project_name="", org_id="", page_num="", items_per_page=None, types=[""])
    assert len(result["integrations"]) == 1


def test_everything_wrong_in_one_message(info: Info) -> None:
    result = info(project_id="x", all_projects=True, items_per_page=501, concurrency=65, private_key="")
    for words in ("project_id and all_projects", "items_per_page must", "concurrency must", "private_key"):
        assert words in result["msg"]
    assert set(info(project_id="a" * 24)) <= set(result), "a failure has the keys of every other failure"


def test_a_failure_keeps_what_is_known(info: Info) -> None:
    result = info(projects=[FIRST, "a" * 24])
    assert result["failed"] and result["msg"].startswith("1 of 2 projects failed")
    assert result["failed_projects"] == ["a" * 24]
    assert len(result["integrations"]) == 1
    assert result["projects"][1]["error"]["code"] == "GROUP_NOT_FOUND"
