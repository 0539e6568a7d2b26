# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Masks: those recorded, and every form that a switch offers for one that was not."""

from __future__ import annotations

from typing import Any

import pytest

TEAMS = {"microsoftTeamsWebhookUrl": "https://teams.example.com:8443/hook/made-up-4401"}


@pytest.mark.parametrize(
    ("secret", "mask"),
    [
        ("made-up-secret-of-thirty-12101", "*" * 26 + "2101"),
        ("made-up-secret-twenty-nine-12", "*" * 25 + "e-12"),
        ("just-eleven", "*******even"),
        ("ten-chars!", "**********"),
        ("four", "****"),
        ("a", "*"),
    ],
)
def test_webhook_secret(api: Any, secret: str, mask: str) -> None:
    api.post("WEBHOOK", {"url": "https://example.com/x", "secret": secret})
    assert api.get("WEBHOOK").json()["secret"] == mask


@pytest.mark.parametrize(("form", "mask"), [("length", "*" * 7), ("eight", "*" * 8), ("tail", "***cret")])
def test_short_webhook_secret(api: Any, form: str, mask: str) -> None:
    api.post("WEBHOOK", {"url": "https://example.com/x", "secret": "asecret"})
    api.emulator.switch(short_secret=form)
    assert api.get("WEBHOOK").json()["secret"] == mask


@pytest.mark.parametrize(
    ("url", "mask"),
    [
        ("https://example.com/made-up-2101", "https://example.com/****2101"),
        ("http://example.com:8080/a/b?c=d1234", "http://example.com:8080/****1234"),
        ("https://user:pass@example.com/long-path", "https://example.com/****path"),
    ],
)
def test_webhook_url(api: Any, url: str, mask: str) -> None:
    api.post("WEBHOOK", {"url": url})
    assert api.get("WEBHOOK").json()["url"] == mask


@pytest.mark.parametrize(
    ("form", "port", "mask"),
    [
        ("tail", "kept", "https://teams.example.com:8443/****4401"),
        ("none", "kept", "https://teams.example.com:8443/****"),
        ("eight", "dropped", "https://teams.example.com/********"),
    ],
)
def test_forms_of_urls(api: Any, form: str, port: str, mask: str) -> None:
    api.post("MICROSOFT_TEAMS", TEAMS)
    api.post("WEBHOOK", {"url": TEAMS["microsoftTeamsWebhookUrl"]})
    api.emulator.switch(teams_url_mask=form, url_port=port)
    assert api.get("MICROSOFT_TEAMS").json()["microsoftTeamsWebhookUrl"] == mask
    api.emulator.switch(webhook_url_mask=form)
    assert api.get("WEBHOOK").json()["url"] == mask


def test_slack_token(api: Any) -> None:
    api.post("SLACK")
    assert api.get("SLACK").json()["apiToken"] == "*" * 20 + "0001"
    api.emulator.switch(slack_mask="fixed")
    assert api.get("SLACK").json()["apiToken"] == "*" * 73 + "0001"


def test_new_relic(api: Any, sent: Any) -> None:
    api.post("NEW_RELIC")
    shown = api.get("NEW_RELIC").json()
    assert shown["accountId"] == "1234567"
    assert shown["licenseKey"] == "*" * 14 + "e-01"
    assert shown["readToken"].startswith("****")
    api.emulator.switch(new_relic="clear")
    shown = api.get("NEW_RELIC").json()
    assert {k: shown[k] for k in sent["NEW_RELIC"]} == sent["NEW_RELIC"]


def test_prometheus_password_never(api: Any) -> None:
    answers = [api.post("PROMETHEUS"), api.list(), api.get("PROMETHEUS")]
    for answer in answers:
        assert "password" not in answer.text


@pytest.mark.parametrize(
    ("form", "shown"),
    [("clear", '{"a": "${b}"}'), ("stars", "****"), ("tail", "*" * 9 + '{b}"}'[-4:]), ("null", None)],
)
def test_templates(api: Any, form: str, shown: Any) -> None:
    api.post("WEBHOOK", {"url": "https://example.com/x", "bodyTemplate": '{"a": "${b}"}'})
    api.emulator.switch(templates=form)
    assert api.get("WEBHOOK").json()["bodyTemplate"] == shown
    assert api.get("WEBHOOK").json()["headersTemplate"] is None


@pytest.mark.parametrize(
    ("form", "victor_ops", "slack", "webhook"),
    [
        ("recorded", {}, {"channelName": ""}, {"bodyTemplate": None, "headersTemplate": None}),
        (
            "null",
            {"routingKey": None},
            {"channelName": None},
            {"bodyTemplate": None, "headersTemplate": None, "secret": None},
        ),
        ("left_out", {}, {}, {}),
    ],
)
def test_unset_fields(v1: Any, form: str, victor_ops: Any, slack: Any, webhook: Any) -> None:
    v1.post("VICTOR_OPS", {"apiKey": "made-up-key"})
    v1.post("SLACK", {"apiToken": "made-up-token", "teamName": "team"})
    v1.post("WEBHOOK", {"url": "https://example.com/x"})
    v1.emulator.switch(unset_fields=form)
    assert rest(v1.get("VICTOR_OPS"), "apiKey") == victor_ops
    assert rest(v1.get("SLACK"), "apiToken", "teamName") == slack
    assert rest(v1.get("WEBHOOK"), "url") == webhook


def rest(answer: Any, *known: str) -> dict[str, Any]:
    return {k: v for k, v in answer.json().items() if k not in ("id", "type", *known)}


@pytest.mark.parametrize("form", ["null", "left_out"])
def test_fields_at_their_default(api: Any, form: str) -> None:
    api.post("OPS_GENIE")
    api.post("DATADOG", {"apiKey": "0" * 32, "region": "EU", "sendDatabaseMetrics": True})
    api.emulator.switch(default_fields=form)
    assert api.get("OPS_GENIE").json().get("region", "out") == (None if form == "null" else "out")
    shown = api.get("DATADOG").json()
    assert shown["region"] == "EU"
    assert shown["sendDatabaseMetrics"] is True
    assert ("sendQueryStatsMetrics" in shown) == (form == "null")


def test_custom_endpoint(api: Any, refused: Any, sent: Any) -> None:
    api.post("DATADOG")
    api.emulator.switch(custom_endpoint="https://intake.example.com")
    shown = api.get("DATADOG").json()
    assert shown["customEndpoint"] == "https://intake.example.com"
    echo = {**sent["DATADOG"], "customEndpoint": None}
    assert api.put("DATADOG", echo).status_code == 200
    api.emulator.switch(custom_endpoint_echo="refused")
    refused(api.put("DATADOG", echo), 400, "INVALID_ATTRIBUTE", ["customEndpoint"])


class TestEchoes:
    """A mask that is sent back."""

    @pytest.mark.parametrize("kind", ["OPS_GENIE", "VICTOR_OPS", "SLACK", "WEBHOOK", "MICROSOFT_TEAMS", "NEW_RELIC"])
    @pytest.mark.parametrize("answer", ["stored", "refused", "ignored"])
    def test_what_becomes_of_it(self, api: Any, refused: Any, sent: Any, kind: str, answer: str) -> None:
        api.emulator.switch(mask_echo=answer)
        api.post(kind)
        echo = {k: v for k, v in api.get(kind).json().items() if v is not None}
        result = api.put(kind, echo)
        if answer == "refused":
            refused(result, 400, "INTEGRATION_FIELDS_INVALID")
        else:
            assert result.status_code == 200
        held = api.held(kind)
        for name, value in sent[kind].items():
            assert held[name] == (echo[name] if answer == "stored" else value)

    def test_a_key_with_a_form_is_refused_anyhow(self, api: Any, refused: Any) -> None:
        api.post("DATADOG")
        api.post("PAGER_DUTY")
        refused(
            api.put("DATADOG", {"apiKey": "*" * 28 + "0000"}),
            400,
            "INVALID_INTEGRATION_SETTINGS",
            ["DATADOG", "apiKey must be a hexadecimal string"],
        )
        refused(api.put("PAGER_DUTY", {"serviceKey": "*" * 28 + "0022"}), 400, "INTEGRATION_FIELDS_INVALID")

    def test_stars_inside_are_no_mask(self, api: Any) -> None:
        api.emulator.switch(mask_echo="refused")
        assert api.post("OPS_GENIE", {"apiKey": "a**b****c"}).status_code == 200
