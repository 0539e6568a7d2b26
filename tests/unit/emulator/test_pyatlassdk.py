# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A witness: a client of the Atlas API that nobody here wrote, with strict models of every type."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

if "ansible_pytest_collections" in os.environ.get("PYTEST_PLUGINS", "") or sys.version_info < (3, 10):
    # ansible-test brings requirements of its own, and Python 3.9 is too old for it; else plain pytest must have it.
    pytest.importorskip("pyatlassdk")

from pyatlassdk.admin import client as sdk
from pyatlassdk.admin.models.datadog import Datadog
from pyatlassdk.admin.models.microsoft_teams import MicrosoftTeams
from pyatlassdk.admin.models.new_relic import NewRelic
from pyatlassdk.admin.models.ops_genie import OpsGenie
from pyatlassdk.admin.models.pager_duty import PagerDuty
from pyatlassdk.admin.models.prometheus import Prometheus
from pyatlassdk.admin.models.slack import Slack
from pyatlassdk.admin.models.victor_ops import VictorOps
from pyatlassdk.admin.models.webhook import Webhook

MODELS = {
    "PAGER_DUTY": PagerDuty,
    "SLACK": Slack,
    "DATADOG": Datadog,
    "NEW_RELIC": NewRelic,
    "OPS_GENIE": OpsGenie,
    "VICTOR_OPS": VictorOps,
    "WEBHOOK": Webhook,
    "MICROSOFT_TEAMS": MicrosoftTeams,
    "PROMETHEUS": Prometheus,
}
CHANGES = {
    "PAGER_DUTY": ("region", "EU"),
    "SLACK": ("channelName", "other"),
    "DATADOG": ("sendDatabaseMetrics", True),
    "NEW_RELIC": ("accountId", "7654321"),
    "OPS_GENIE": ("region", "EU"),
    "VICTOR_OPS": ("routingKey", "other"),
    "WEBHOOK": ("bodyTemplate", "{}"),
    "MICROSOFT_TEAMS": ("microsoftTeamsWebhookUrl", "https://teams.example.com/hook/made-up-4402"),
    "PROMETHEUS": ("enabled", False),
}


@pytest.fixture(params=["key pair", "service account"])
def witness(request: Any, emulator: Any) -> Any:
    """Return the client with each kind of credential; it sends a service account's in the form."""
    urls = {
        "base_url": f"{emulator.base_url}/api/atlas/v2",
        "oauth_token_url": f"{emulator.base_url}/api/oauth/token",
    }
    if request.param == "key pair":
        return sdk.AtlasAdminClient(public_key=emulator.public_key, private_key=emulator.private_key, **urls)
    emulator.switch(oauth_body_credentials="accepted")
    return sdk.AtlasAdminClient(client_id=emulator.client_id, client_secret=emulator.client_secret, **urls)


def delete(witness: Any, project: str, kind: str) -> None:
    # It wants JSON even where the answer is empty; with an envelope there is some.
    witness.third_party_integrations.delete_group_integration(project, kind, envelope=True)


@pytest.mark.parametrize("kind", sorted(MODELS))
@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_life(witness: Any, emulator: Any, sent: Any, kind: str, mode: str) -> None:
    emulator.switch(put_mode=mode)
    calls, project = witness.third_party_integrations, emulator.project_id
    wished = MODELS[kind](type=kind, **sent[kind])
    created = calls.create_group_integration(project, kind, wished)
    assert [type(r) for r in created.results] == [MODELS[kind]]
    assert created.total_count == 1
    one = calls.get_group_integration(project, kind)
    assert one == created.results[0]
    assert one.model_extra in ({}, {"customEndpoint": None}), "every field but one stands in the published models"
    name, value = CHANGES[kind]
    updated = calls.update_group_integration(project, kind, MODELS[kind](type=kind, **{**sent[kind], name: value}))
    if kind != "MICROSOFT_TEAMS":
        assert updated.results[0].model_dump(by_alias=True)[name] == value
    assert updated.results[0].id != one.id
    assert calls.list_group_integrations(project).results == updated.results
    delete(witness, project, kind)
    assert calls.list_group_integrations(project).results == []


def test_all_types_side_by_side(witness: Any, emulator: Any, sent: Any) -> None:
    calls, project = witness.third_party_integrations, emulator.project_id
    for kind, model in MODELS.items():
        calls.create_group_integration(project, kind, model(type=kind, **sent[kind]))
    listed = calls.list_group_integrations(project, include_count=True, items_per_page=500, page_num=1, pretty=True)
    assert [type(r) for r in listed.results] == list(MODELS.values())
    assert listed.total_count == len(MODELS)


def test_errors(witness: Any, emulator: Any, sent: Any) -> None:
    calls, project = witness.third_party_integrations, emulator.project_id
    wished = Datadog(type="DATADOG", **sent["DATADOG"])
    calls.create_group_integration(project, "DATADOG", wished)
    with pytest.raises(sdk.AtlasApiError) as caught:
        calls.create_group_integration(project, "DATADOG", wished)
    assert caught.value.status_code == 409
    with pytest.raises(sdk.AtlasApiError) as caught:
        calls.get_group_integration(project, "WEBHOOK")
    assert caught.value.status_code == 404


def test_projects(witness: Any, emulator: Any) -> None:
    emulator.control.seed({"projects": [{"id": "a" * 24, "name": "with tags", "tags": {"env": "prod"}}]})
    groups = witness.projects.list_groups()
    assert [g.name for g in groups.results] == ["demo", "with tags"]
    assert witness.projects.get_group("a" * 24).tags[0].key == "env"
    assert witness.projects.get_group_by_name("with tags").id == "a" * 24
