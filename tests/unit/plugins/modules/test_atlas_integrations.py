# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module atlas_integrations from its arguments to its result, against the emulated Atlas."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.modules import atlas_integrations

KEYS = {"changed", "summary", "projects", "failed_projects", "api_calls"}
OPSGENIE_KEY = "11111111-2222-3333-4444-555555555555"
SECRET = "seven-7"
WEBHOOK = {"type": "WEBHOOK", "url": "https://hooks.example.com/path-that-is-secret", "secret": SECRET}
SECRETS = (OPSGENIE_KEY, SECRET, "path-that-is-secret")


@pytest.fixture
def fleet(emulator: Any, main: Any) -> Any:
    """Return a function that runs the module at the emulator; its result shows no secret."""
    emulator.control.seed({"projects": [{"name": "one"}, {"name": "two"}]})
    connection = {name: getattr(emulator, name) for name in ("base_url", "public_key", "private_key")}

    def run(**options: Any) -> dict[str, Any]:
        result: dict[str, Any] = main(atlas_integrations, **{**connection, **options})
        assert not [secret for secret in (*SECRETS, emulator.private_key) if secret in json.dumps(result)]
        assert set(result) >= KEYS | ({"msg", "error"} if result.get("failed") else set())
        return result

    return run


def test_two_projects_and_an_addition(fleet: Any) -> None:
    projects = ["one", {"name": "two", "integrations": [WEBHOOK]}]
    wished = [{"type": "OPS_GENIE", "api_key": OPSGENIE_KEY}]
    predicted = fleet(projects=projects, integrations=wished, check_mode=True)
    created = fleet(projects=projects, integrations=wished)
    assert predicted["summary"] == created["summary"] and created["summary"]["create"] == 3
    assert fleet(projects="one, two", integrations=json.dumps(wished))["changed"] is False
    again = fleet(projects=projects, integrations=wished, env={"MONGODB_ATLAS_PROJECT_ID": "0" * 24})
    assert again["changed"] is False


@pytest.mark.parametrize(
    ("wished", "words"),
    [
        ([{"type": "OPS_GENIE", "apikey": OPSGENIE_KEY}], "integrations[0].apikey (did you mean api_key?)"),
        ([{**WEBHOOK, "url": "path-that-is-secret"}], "integrations[0].url must be a URL"),
        ({**WEBHOOK}, "integrations must be a list"),
        ([SECRET], "integrations must be a list in which"),
        (f'[{{"type": "WEBHOOK", "secret": "{SECRET}"', "integrations must be a list in which"),
    ],
)
def test_what_is_wrong_shows_no_secret_and_is_known_before_any_request(
    emulator: Any, fleet: Any, wished: Any, words: str
) -> None:
    emulator.control.clear_journal()
    result = fleet(projects=["one"], integrations=wished)
    assert words in result["msg"]
    assert emulator.control.counts()["all"] == 0


def test_a_short_secret_that_atlas_quotes_shows_nowhere(emulator: Any, fleet: Any) -> None:
    quoted = f"The secret {SECRET} of {WEBHOOK['url']} is refused."
    fault = {"fault": "status", "method": "POST", "path": "/integrations/", "status": 400, "times": 0, "detail": quoted}
    emulator.control.faults([fault])
    result = fleet(projects=["one", "two"], integrations=[WEBHOOK])
    assert [p["error"]["status"] for p in result["projects"]] == [400, 400]
    assert result["msg"].startswith("2 of 2 projects failed, the first of them one")


@pytest.mark.parametrize(
    "element",
    ['{"name": "one", "integrations": [{"type": "WEBHOOK", "secret": "' + SECRET + '"}', f"name=one api_key={SECRET}"],
)
def test_a_project_that_cannot_be_read_is_no_name(emulator: Any, fleet: Any, element: str) -> None:
    result = fleet(projects=[element], integrations=[WEBHOOK])
    assert result["failed"] and "projects" in result["msg"]
    assert SECRET not in json.dumps(result)
    assert emulator.control.journal() == []
