# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The five calls: bodies, headers and media types, against what was recorded."""

from __future__ import annotations

import json
import re
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

ID = re.compile(r"[0-9a-f]{24}\Z")
RECORDED_ORDER = ["PAGER_DUTY", "DATADOG", "OPS_GENIE", "VICTOR_OPS", "WEBHOOK"]
STARS_28, STARS_32, STARS_26 = "*" * 28, "*" * 32, "*" * 26
# The recorded list, restated key by key in the order of the answer; ids are made by the server.
RECORDED = [
    [("id", ...), ("region", "US"), ("serviceKey", STARS_28 + "0022"), ("type", "PAGER_DUTY")],
    [
        ("apiKey", STARS_28 + "0000"),
        ("customEndpoint", None),
        ("id", ...),
        ("region", "US"),
        ("sendCollectionLatencyMetrics", False),
        ("sendDatabaseMetrics", False),
        ("sendQueryStatsMetrics", False),
        ("sendUserProvidedResourceTags", False),
        ("type", "DATADOG"),
    ],
    [("apiKey", STARS_32 + "3311"), ("id", ...), ("region", "US"), ("type", "OPS_GENIE")],
    [("apiKey", STARS_32 + "1c11"), ("id", ...), ("routingKey", "test"), ("type", "VICTOR_OPS")],
    [
        ("bodyTemplate", None),
        ("headersTemplate", None),
        ("id", ...),
        ("secret", STARS_26 + "2101"),
        ("url", "https://example.com/****2101"),
        ("type", "WEBHOOK"),
    ],
]


def pairs(found: list[dict[str, Any]]) -> list[list[tuple[str, Any]]]:
    """Return objects as lists of pairs, so that the order of keys counts, with ids checked and hidden."""
    shown = []
    for entry in found:
        assert ID.match(entry["id"])
        shown.append([(k, ... if k == "id" else v) for k, v in entry.items()])
    return shown


def fill(api: Any) -> None:
    for kind in ("WEBHOOK", "DATADOG", "VICTOR_OPS", "OPS_GENIE", "PAGER_DUTY"):
        assert api.post(kind).status_code == 200


@pytest.mark.parametrize("version", ["v2", "v1.0"])
def test_list_is_what_was_recorded(make_api: Any, version: str) -> None:
    api = make_api(version=version)
    fill(api)
    body = api.list().json()
    assert list(body) == ["links", "results", "totalCount"]
    href = f"{api.root}{api.url()}?includeCount=true&pageNum=1&itemsPerPage=100"
    assert body["links"] == [{"href": href, "rel": "self"}]
    assert list(body["links"][0]) == ["href", "rel"]
    assert pairs(body["results"]) == RECORDED
    assert body["totalCount"] == 5


def test_body_has_no_blanks(api: Any) -> None:
    fill(api)
    text = api.list().text
    assert text == json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


def test_recorded_headers(api: Any) -> None:
    answer = api.list()
    headers = answer.headers
    assert answer.status_code == 200
    assert headers["Content-Type"] == "application/vnd.atlas.2023-01-01+json;charset=utf-8"
    assert headers["Content-Length"] == str(len(answer.content))
    assert headers["Ratelimit-Limit"] == "1200"
    assert headers["Ratelimit-Remaining"] == "1199"
    assert headers["X-Java-Method"] == "ApiGroupIntegrationsResource::getIntegrations"
    assert headers["Server"] == "mdbws"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubdomains;"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Permitted-Cross-Domain-Policies"] == "none"
    assert headers["X-Envoy-Upstream-Service-Time"].isdigit()
    assert headers["X-Mongodb-Service-Version"].startswith("gitHash=")
    assert parsedate_to_datetime(headers["Date"])
    assert "X-Error-Code" not in headers
    assert api.list().headers["Ratelimit-Remaining"] == "1198"


@pytest.mark.parametrize(
    ("method", "java"),
    [
        ("post", "createIntegration"),
        ("put", "updateIntegration"),
        ("get", "getIntegration"),
        ("delete", "deleteIntegration"),
    ],
)
def test_java_method_of_each_call(api: Any, sent: Any, method: str, java: str) -> None:
    if method != "post":
        api.post("DATADOG")
    body = {"post": (sent["DATADOG"],), "put": (sent["DATADOG"],)}.get(method, ())
    answer = getattr(api, method)("DATADOG", *body)
    assert answer.headers["X-Java-Method"] == f"ApiGroupIntegrationsResource::{java}"


def test_v1_media_type(v1: Any) -> None:
    assert v1.list().headers["Content-Type"] == "application/json"


def test_empty_project(api: Any) -> None:
    body = api.list().json()
    assert (body["results"], body["totalCount"]) == ([], 0)


@pytest.mark.parametrize("kind", ["SLACK", *RECORDED_ORDER, "NEW_RELIC", "MICROSOFT_TEAMS", "PROMETHEUS"])
def test_life_of_each_type_in_v2(api: Any, sent: Any, kind: str) -> None:
    life(api, sent, kind)


@pytest.mark.parametrize("kind", ["SLACK", "FLOWDOCK", "NEW_RELIC", "WEBHOOK"])
def test_life_in_v1(v1: Any, sent: Any, kind: str) -> None:
    life(v1, sent, kind)


def life(api: Any, sent: Any, kind: str) -> None:
    other = "OPS_GENIE" if kind != "OPS_GENIE" else "VICTOR_OPS"
    api.post(other)
    created = api.post(kind)
    assert created.status_code == 200
    assert {i["type"] for i in created.json()["results"]} == {kind, other}
    assert created.json()["totalCount"] == 2
    assert created.json()["links"][0]["href"].startswith(f"{api.root}{api.url(kind)}?includeCount=true")
    one = api.get(kind)
    assert one.status_code == 200
    assert one.json() in created.json()["results"]
    assert "links" not in one.json()
    updated = api.put(kind, sent[kind])
    assert updated.status_code == 200
    assert updated.json()["totalCount"] == 2
    gone = api.delete(kind)
    assert (gone.status_code, gone.content) == (204, b"")
    assert "Content-Length" not in gone.headers
    assert [i["type"] for i in api.list().json()["results"]] == [other]


def test_two_datadog_defaults_and_flags(api: Any, sent: Any) -> None:
    api.post("DATADOG", {"apiKey": sent["DATADOG"]["apiKey"], "sendDatabaseMetrics": True})
    shown = api.get("DATADOG").json()
    assert shown["region"] == "US"
    assert shown["sendDatabaseMetrics"] is True
    assert shown["sendQueryStatsMetrics"] is False


def test_head_is_get_without_body(api: Any) -> None:
    fill(api)
    answer = api.call("HEAD", api.url())
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(api.list().content)


@pytest.mark.parametrize(("order", "first"), [("reversed", "WEBHOOK"), ("created", "VICTOR_OPS")])
def test_order_can_be_another(api: Any, order: str, first: str) -> None:
    for kind in ("VICTOR_OPS", "WEBHOOK", "DATADOG"):
        api.post(kind)
    api.emulator.switch(order=order)
    assert api.list().json()["results"][0]["type"] == first


class TestQuery:
    """pageNum, itemsPerPage, includeCount, pretty, envelope."""

    def test_pages(self, api: Any) -> None:
        fill(api)
        first = api.list(itemsPerPage=2).json()
        assert [i["type"] for i in first["results"]] == ["PAGER_DUTY", "DATADOG"]
        assert first["totalCount"] == 5
        assert [link["rel"] for link in first["links"]] == ["self", "next"]
        following = first["links"][1]["href"]
        assert following.endswith("?includeCount=true&itemsPerPage=2&pageNum=2")
        second = api.session.get(following, timeout=10).json()
        assert [link["rel"] for link in second["links"]] == ["self", "next", "previous"]
        last = api.list(itemsPerPage=2, pageNum=3).json()
        assert [i["type"] for i in last["results"]] == ["WEBHOOK"]
        assert [link["rel"] for link in last["links"]] == ["self", "previous"]
        assert api.list(itemsPerPage=2, pageNum=9).json()["results"] == []

    def test_writes_take_pages_too(self, api: Any) -> None:
        api.post("WEBHOOK")
        assert len(api.post("DATADOG", itemsPerPage=1).json()["results"]) == 1

    def test_without_count(self, api: Any) -> None:
        body = api.list(includeCount="false").json()
        assert "totalCount" not in body
        assert "includeCount=false" in body["links"][0]["href"]

    def test_pretty_changes_blanks_alone(self, api: Any) -> None:
        fill(api)
        pretty = api.list(pretty="true")
        assert b"\n" in pretty.content
        assert pretty.json()["results"] == api.list().json()["results"]

    def test_envelopes(self, api: Any) -> None:
        fill(api)
        listed = api.list(envelope="true").json()
        assert listed["status"] == 200
        assert len(listed["results"]) == 5
        one = api.get("WEBHOOK", envelope="true").json()
        assert list(one) == ["status", "content"]
        assert one["content"] == api.get("WEBHOOK").json()
        gone = api.delete("WEBHOOK", envelope="true")
        assert (gone.status_code, gone.json()["status"]) == (200, 204)

    @pytest.mark.parametrize("switch", ["content", "flat", "plain"])
    def test_envelope_of_an_error(self, api: Any, switch: str) -> None:
        api.emulator.switch(envelope_errors=switch)
        answer = api.get("WEBHOOK", envelope="true")
        body = answer.json()
        assert answer.status_code == (404 if switch == "plain" else 200)
        assert body.get("status") == (None if switch == "plain" else 404)
        assert (body["content"] if switch == "content" else body)["errorCode"] == "INTEGRATION_NOT_CONFIGURED"

    @pytest.mark.parametrize(
        ("name", "value"),
        [("itemsPerPage", 501), ("itemsPerPage", 0), ("pageNum", 0), ("pageNum", "x"), ("includeCount", "maybe")],
    )
    def test_out_of_range(self, api: Any, refused: Any, name: str, value: Any) -> None:
        refused(api.list(**{name: value}), 400, "INVALID_QUERY_PARAMETER", [name])

    def test_clamped_by_switch(self, api: Any) -> None:
        api.emulator.switch(paging_limits="clamped")
        body = api.list(itemsPerPage=9999, pageNum=0).json()
        assert body["links"][0]["href"].endswith("pageNum=1&itemsPerPage=500")


class TestVersions:
    """Media types of v2."""

    @pytest.mark.parametrize("date", ["2023-01-01", "2025-03-12", "2099-12-31"])
    def test_later_dates_get_the_newest_version(self, api: Any, date: str) -> None:
        answer = api.call("GET", api.url(), headers={"Accept": f"application/vnd.atlas.{date}+json"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/vnd.atlas.2023-01-01+json;charset=utf-8"

    @pytest.mark.parametrize(
        "accept", ["application/json", "*/*", "application/vnd.atlas.2022-01-01+json", "application/vnd.atlas.x+json"]
    )
    def test_wrong_or_missing_version(self, api: Any, accept: str) -> None:
        answer = api.call("GET", api.url(), headers={"Accept": accept})
        assert answer.status_code == 406
        assert answer.json()["error"] == 406

    def test_missing_version_by_switch(self, api: Any, refused: Any) -> None:
        api.emulator.switch(version_missing=400)
        refused(api.call("GET", api.url(), headers={"Accept": "application/json"}), 400, "INVALID_VERSION_DATE")

    @pytest.mark.parametrize("media", ["application/json", "application/vnd.atlas.2025-03-12+json"])
    def test_media_types_of_bodies(self, api: Any, sent: Any, media: str) -> None:
        body = json.dumps({"type": "DATADOG", **sent["DATADOG"]})
        answer = api.call("POST", api.url("DATADOG"), data=body, headers={"Content-Type": media})
        assert answer.status_code == 200

    def test_another_media_type(self, api: Any) -> None:
        answer = api.call("POST", api.url("DATADOG"), data="x", headers={"Content-Type": "text/plain"})
        assert answer.status_code == 415

    def test_flowdock_is_listed_in_v2_or_not(self, api: Any, v1: Any) -> None:
        v1.post("FLOWDOCK")
        assert api.list().json()["totalCount"] == 1
        api.emulator.switch(old_types_in_v2="hidden")
        assert api.list().json()["totalCount"] == 0
        assert v1.list().json()["totalCount"] == 1
