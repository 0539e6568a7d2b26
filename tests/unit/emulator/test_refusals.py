# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Atlas refuses, with its codes; and what an update does."""

from __future__ import annotations

from typing import Any

import pytest

KEY = "0123456789abcdef0123456789abcdef"


def test_already_configured(api: Any, refused: Any) -> None:
    api.post("DATADOG")
    answer = api.post("DATADOG")
    refused(answer, 409, "INTEGRATION_ALREADY_CONFIGURED", ["DATADOG"])
    assert answer.json()["detail"] == "The integration of type 'DATADOG' is already configured for this group."
    assert answer.json()["reason"] == "Conflict"
    assert list(answer.json()) == ["detail", "error", "errorCode", "parameters", "reason"]
    assert "Ratelimit-Limit" in answer.headers


@pytest.mark.parametrize("method", ["get", "delete"])
def test_not_configured(api: Any, refused: Any, method: str) -> None:
    answer = getattr(api, method)("WEBHOOK")
    refused(answer, 404, "INTEGRATION_NOT_CONFIGURED", ["WEBHOOK"])
    assert answer.json()["detail"] == "The integration of type 'WEBHOOK' is not configured for this group."


@pytest.mark.parametrize(
    ("kind", "body", "code", "parameters"),
    [
        ("PROMETHEUS", {"sendCollectionLatencyMetrics": False}, "INVALID_ATTRIBUTE", ["sendCollectionLatencyMetrics"]),
        ("DATADOG", {"apiKey": KEY, "regoin": "US"}, "INVALID_ATTRIBUTE", ["regoin"]),
        ("DATADOG", {"region": "US"}, "MISSING_ATTRIBUTE", ["apiKey"]),
        ("DATADOG", {"apiKey": None}, "MISSING_ATTRIBUTE", ["apiKey"]),
        ("DATADOG", {"apiKey": ""}, "MISSING_ATTRIBUTE", ["apiKey"]),
        ("DATADOG", {"apiKey": KEY, "region": "MARS"}, "INVALID_ENUM_VALUE", ["region"]),
        ("DATADOG", {"apiKey": 5}, "INVALID_JSON_ATTRIBUTE", ["apiKey"]),
        ("DATADOG", {"apiKey": KEY, "sendDatabaseMetrics": "true"}, "INVALID_JSON_ATTRIBUTE", ["sendDatabaseMetrics"]),
        ("DATADOG", {"apiKey": KEY, "id": 7}, "INVALID_JSON_ATTRIBUTE", ["id"]),
        ("DATADOG", {"apiKey": KEY, "type": None}, "MISSING_ATTRIBUTE", ["type"]),
        ("DATADOG", {"apiKey": KEY, "type": "WEBHOOK"}, "INVALID_ATTRIBUTE", ["type"]),
        ("SLACK", {"apiToken": "made-up"}, "MISSING_ATTRIBUTE", ["channelName"]),
        ("SLACK", {"apiToken": "made-up", "channelName": "x" * 81}, "VALIDATION_ERROR", ["channelName"]),
        ("WEBHOOK", {"url": "no url"}, "VALIDATION_ERROR", ["url"]),
        ("WEBHOOK", {"url": "https://e.example/x", "bodyTemplate": "ä" * 8193}, "VALIDATION_ERROR", ["bodyTemplate"]),
        ("NEW_RELIC", {"accountId": "1", "licenseKey": "2"}, "MISSING_ATTRIBUTE", ["readToken"]),
        (
            "PROMETHEUS",
            {"username": "u", "serviceDiscovery": "http", "enabled": True},
            "MISSING_ATTRIBUTE",
            ["password"],
        ),
    ],
)
def test_wrong_bodies(api: Any, refused: Any, kind: str, body: Any, code: str, parameters: Any) -> None:
    answer = api.post(kind, body)
    refused(answer, 400, code, parameters)
    assert answer.json()["reason"] == "Bad Request"
    assert api.list().json()["results"] == []


def test_validation_names_its_fields(api: Any) -> None:
    fields = api.post("WEBHOOK", {"url": "ftp://x"}).json()["badRequestDetail"]["fields"]
    assert fields[0]["field"] == "url"
    assert fields[0]["description"]


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"a": NaN}', b"[" * 100000, b'{"apiKey": "\\ud800"}', b""])
def test_malformed_json(api: Any, refused: Any, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    refused(api.call("POST", api.url("DATADOG"), data=raw, headers=headers), 400, "MALFORMED_JSON")


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"5"])
def test_json_but_no_object(api: Any, refused: Any, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    refused(api.call("PUT", api.url("DATADOG"), data=raw, headers=headers), 400, "INVALID_JSON")


def test_region_can_have_another_code(api: Any, refused: Any) -> None:
    api.emulator.switch(choice_code="INTEGRATION_FIELDS_INVALID")
    refused(api.post("OPS_GENIE", {"apiKey": "k", "region": "US3"}), 400, "INTEGRATION_FIELDS_INVALID")


@pytest.mark.parametrize(
    ("kind", "body", "code", "named"),
    [
        ("DATADOG", {"apiKey": "not-hex"}, "INVALID_INTEGRATION_SETTINGS", "INVALID_DATADOG_API_KEY"),
        ("PAGER_DUTY", {"serviceKey": "0" * 31}, "INTEGRATION_FIELDS_INVALID", "INVALID_PAGER_DUTY_SERVICE_KEY"),
    ],
)
def test_keys_of_the_wrong_form(api: Any, refused: Any, kind: str, body: Any, code: str, named: str) -> None:
    refused(api.post(kind, body), 400, code)
    api.emulator.switch(key_code="named")
    refused(api.post(kind, body), 400, named)


def test_hip_chat(api: Any, refused: Any) -> None:
    for method in ("get", "delete"):
        refused(getattr(api, method)("HIP_CHAT"), 400, "HIPCHAT_NOT_SUPPORTED")
    refused(api.post("HIP_CHAT", {}), 400, "HIPCHAT_NOT_SUPPORTED")


@pytest.mark.parametrize(
    ("code", "status"), [("INVALID_ENUM_VALUE", 400), ("INVALID_PATH_PARAMETER", 400), ("RESOURCE_NOT_FOUND", 404)]
)
def test_unknown_type(api: Any, refused: Any, code: str, status: int) -> None:
    api.emulator.switch(unknown_type_code=code)
    refused(api.get("datadog"), status, code)
    refused(api.get("FLOWDOCK"), status, code)


def test_unknown_project(api: Any, refused: Any) -> None:
    ident = "1" * 24
    answer = api.call("GET", f"/groups/{ident}/integrations")
    refused(answer, 404, "GROUP_NOT_FOUND", [ident])
    assert answer.json()["detail"] == f"No group with ID {ident} exists."
    assert "Ratelimit-Limit" not in answer.headers
    assert answer.headers["X-Java-Method"]


@pytest.mark.parametrize("ident", ["xyz", "5F00000000000000000000D0", "1" * 23, ""])
def test_no_project_id(api: Any, refused: Any, ident: str) -> None:
    refused(api.call("GET", f"/groups/{ident}/integrations"), 404, "INVALID_GROUP_ID")


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/DATADOG"), ("POST", ""), ("PUT", ""), ("BREW", "/DATADOG")])
def test_methods_that_nobody_offers(api: Any, refused: Any, method: str, path: str) -> None:
    answer = api.call(method, api.url() + path)
    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/groups/x/clusters", "/nothing", "/groups/a/integrations/b/c", ""])
def test_paths_that_lead_nowhere(api: Any, refused: Any, path: str) -> None:
    refused(api.call("GET", path), 404, "RESOURCE_NOT_FOUND")


def test_webhook_that_alerts_use(api: Any, refused: Any) -> None:
    api.post("WEBHOOK")
    api.emulator.control.change({"project": api.project, "flags": {"webhook_used": True}})
    refused(api.delete("WEBHOOK"), 400, "WEBHOOK_NOTIFICATIONS_PRESENT")
    assert api.get("WEBHOOK").status_code == 200


@pytest.mark.parametrize(
    ("flag", "kind", "status", "code"),
    [
        ("suspended", "DATADOG", 402, "ACCOUNT_SUSPENDED"),
        ("unsupported_plan", "DATADOG", 403, "UNSUPPORTED_FOR_CURRENT_PLAN"),
        ("open_access_list", "PROMETHEUS", 400, "INVALID_INTEGRATION_SETTINGS"),
    ],
)
def test_flags_of_a_project(api: Any, refused: Any, flag: str, kind: str, status: int, code: str) -> None:
    api.emulator.control.change({"project": api.project, "flags": {flag: True}})
    refused(api.post(kind), status, code)


def test_slack_only_by_oauth(api: Any, refused: Any, sent: Any) -> None:
    api.emulator.switch(slack_create="refused")
    refused(api.post("SLACK"), 400, "LEGACY_SLACK_CONFIGURATION_UNSUPPORTED")
    refused(api.put("SLACK", sent["SLACK"]), 400, "LEGACY_SLACK_CONFIGURATION_UNSUPPORTED")
    api.emulator.control.change({"project": api.project, "set": {"SLACK": sent["SLACK"]}})
    assert api.put("SLACK", {**sent["SLACK"], "channelName": "other"}).status_code == 200


def test_government_has_no_prometheus(api: Any, refused: Any) -> None:
    api.emulator.switch(government=True)
    refused(api.post("PROMETHEUS"), 403, "FEATURE_UNSUPPORTED")


@pytest.mark.parametrize(
    ("kind", "body", "switch"),
    [
        ("VICTOR_OPS", {"apiKey": "made-up"}, "victor_ops_without_routing_key"),
        ("WEBHOOK", {"url": "https://example.com/x"}, "webhook_without_secret"),
    ],
)
def test_stored_but_not_listed(api: Any, refused: Any, kind: str, body: Any, switch: str) -> None:
    api.emulator.switch(**{switch: "hidden"})
    assert api.post(kind, body).json()["results"] == []
    assert api.list().json()["totalCount"] == 0
    refused(api.get(kind), 404, "INTEGRATION_NOT_CONFIGURED")
    refused(api.post(kind, body), 409, "INTEGRATION_ALREADY_CONFIGURED")
    api.emulator.switch(**{switch: "listed"})
    assert api.list().json()["totalCount"] == 1


class TestUpdates:
    """PUT: what is left out, what is null, what is not there."""

    def test_merge_keeps_what_is_left_out(self, api: Any, sent: Any) -> None:
        api.post("WEBHOOK")
        assert api.put("WEBHOOK", {"bodyTemplate": "{}"}).status_code == 200
        assert api.held("WEBHOOK") == {"type": "WEBHOOK", **sent["WEBHOOK"], "bodyTemplate": "{}"}

    def test_replace_loses_what_is_left_out(self, api: Any, refused: Any) -> None:
        api.emulator.switch(put_mode="replace")
        api.post("WEBHOOK")
        refused(api.put("WEBHOOK", {"secret": "made-up-secret"}), 400, "MISSING_ATTRIBUTE", ["url"])
        assert api.put("WEBHOOK", {"url": "https://example.com/other"}).status_code == 200
        assert api.held("WEBHOOK") == {"type": "WEBHOOK", "url": "https://example.com/other"}

    def test_replace_sets_defaults_back(self, api: Any) -> None:
        api.emulator.switch(put_mode="replace")
        api.post("DATADOG", {"apiKey": KEY, "region": "EU", "sendDatabaseMetrics": True})
        shown = api.put("DATADOG", {"apiKey": KEY}).json()["results"][0]
        assert (shown["region"], shown["sendDatabaseMetrics"]) == ("US", False)

    @pytest.mark.parametrize("mode", ["merge", "replace"])
    def test_null_empties(self, api: Any, refused: Any, sent: Any, mode: str) -> None:
        api.emulator.switch(put_mode=mode)
        api.post("VICTOR_OPS")
        key = sent["VICTOR_OPS"]["apiKey"]
        assert api.put("VICTOR_OPS", {"apiKey": key, "routingKey": None}).status_code == 200
        assert api.held("VICTOR_OPS") == {"type": "VICTOR_OPS", "apiKey": key}
        refused(api.put("VICTOR_OPS", {"apiKey": None}), 400, "MISSING_ATTRIBUTE", ["apiKey"])

    @pytest.mark.parametrize("mode", ["merge", "replace"])
    def test_prometheus_password_survives(self, api: Any, sent: Any, mode: str) -> None:
        api.emulator.switch(put_mode=mode)
        api.post("PROMETHEUS")
        body = {"username": "other", "serviceDiscovery": "file", "enabled": False}
        assert api.put("PROMETHEUS", body).status_code == 200
        assert api.held("PROMETHEUS") == {"type": "PROMETHEUS", "password": sent["PROMETHEUS"]["password"], **body}

    def test_missing_is_created_or_refused(self, api: Any, refused: Any, sent: Any) -> None:
        assert api.put("DATADOG", sent["DATADOG"]).json()["totalCount"] == 1
        api.emulator.switch(put_missing="404")
        refused(api.put("OPS_GENIE", sent["OPS_GENIE"]), 404, "INTEGRATION_NOT_CONFIGURED", ["OPS_GENIE"])

    def test_missing_must_be_complete(self, api: Any, refused: Any) -> None:
        refused(api.put("DATADOG", {"region": "EU"}), 400, "MISSING_ATTRIBUTE", ["apiKey"])

    def test_ids(self, api: Any, sent: Any) -> None:
        def ident(answer: Any) -> str:
            return str(answer.json()["results"][0]["id"])

        first = ident(api.post("DATADOG"))
        second = ident(api.put("DATADOG", {**sent["DATADOG"], "id": first}))
        assert second != first
        api.emulator.switch(ids="stay")
        assert ident(api.put("DATADOG", sent["DATADOG"])) == second

    def test_a_refused_update_changes_nothing(self, api: Any, sent: Any) -> None:
        api.post("DATADOG")
        before = api.list().json()
        api.put("DATADOG", {"region": "MARS"})
        api.put("DATADOG", {"apiKey": "not-hex"})
        assert api.list().json() == before
