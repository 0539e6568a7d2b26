# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module atlas_integration from its arguments to its result, against the emulated Atlas."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.modules import atlas_integration

KEYS = {
    "changed", "action", "integration", "integrations", "total_count", "project_id", "secrets", "differences",
    "missing", "not_applied", "previous_id", "verified", "api_calls",
}  # fmt: skip
KEY = "0123456789abcdef0123456789ab0000"
DATADOG = {"type": "DATADOG", "api_key": KEY, "region": "EU"}


@pytest.fixture
def integration(emulator: Any, main: Any) -> Any:
    """Return a function that runs the module at the emulator; its result shows no secret."""
    connection = {name: getattr(emulator, name) for name in ("base_url", "public_key", "private_key", "project_id")}

    def run(**options: Any) -> dict[str, Any]:
        result: dict[str, Any] = main(atlas_integration, **{**connection, **options})
        assert not [secret for secret in (KEY, emulator.private_key) if secret in json.dumps(result)]
        assert set(result) >= KEYS | ({"msg", "error"} if result.get("failed") else set())
        return result

    return run


def test_there_again_and_gone(integration: Any) -> None:
    predicted = integration(check_mode=True, **DATADOG)
    created = integration(**DATADOG)
    assert (predicted["action"], created["action"], created["verified"]) == ("create", "create", True)
    assert {**created["integration"], "id": None} == predicted["integration"]
    again = integration(**DATADOG)
    assert (again["changed"], again["secrets"], again["api_calls"]) == (False, {"api_key": "consistent"}, 2)
    gone = integration(type="DATADOG", state="absent")
    assert (gone["action"], gone["integration"], gone["total_count"]) == ("delete", None, 0)


def test_the_environment_serves_where_options_are_blank(emulator: Any, integration: Any) -> None:
    env = {"MONGODB_ATLAS_CLIENT_ID": emulator.client_id, "MONGODB_ATLAS_CLIENT_SECRET": emulator.client_secret}
    env["MONGODB_ATLAS_PROJECT_ID"] = emulator.project_id
    blank = dict.fromkeys(("public_key", "private_key", "access_token", "project_id", "project_name", "clear"), "")
    assert integration(env=env, **DATADOG, **blank)["action"] == "create"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({**DATADOG, "region": "XX"}, "region must be one of"),
        ({**DATADOG, "api_key": "*" * 28 + "0000"}, "api_key is a mask"),
        ({**DATADOG, "api_key": ""}, "api_key is required"),
        ({**DATADOG, "apikey": KEY}, "apikey (did you mean api_key?)"),
        ({"type": "HIP_CHAT"}, "HipChat exists in Ops Manager only"),
        ({**DATADOG, "private_key": ""}, "public_key is given without private_key"),
        ({**DATADOG, "project_id": ""}, "no project is named"),
    ],
)
def test_what_is_wrong_is_known_before_any_request(
    emulator: Any, integration: Any, options: dict[str, Any], words: str
) -> None:
    emulator.control.clear_journal()
    assert words in integration(**options)["msg"]
    assert emulator.control.counts()["all"] == 0


def test_an_unknown_project_and_wrong_credentials_say_what_to_check(integration: Any) -> None:
    unknown = integration(**DATADOG, project_id="1" * 24)
    assert unknown["error"]["code"] == "GROUP_NOT_FOUND" and "check project_id" in unknown["msg"]
    wrong = integration(**DATADOG, private_key="not-the-private-key")
    assert (wrong["error"]["status"], wrong["api_calls"]) == (401, 2) and "private_key" in wrong["msg"]
