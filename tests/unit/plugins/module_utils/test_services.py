# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of services against the facts, written down here a second time, and against answers of Atlas."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _services
from ansible_collections.atlasops.integrations.plugins.module_utils._masking import CONSISTENT, DIFFERENT, verdict
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import make_plan
from ansible_collections.atlasops.integrations.plugins.module_utils._render import render
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (
    ATLAS_SERVICES,
    BOTH,
    HEX_32,
    SERVICES,
    Field,
    Kind,
    Mask,
    Option,
    Service,
    Table,
    TableError,
)
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import wish_of

V1 = frozenset({"v1.0"})
V2 = frozenset({"v2"})
NO: frozenset[str] = frozenset()
US_EU = ("US", "EU")
DATADOG_SITES = ("US", "EU", "US3", "US5", "AP1", "US1_FED")
PLAIN = None
OFF = {"default": False}

# type, API name, option, JSON type, required in, mask (None: no secret), and what else the API says of it
FACTS: list[tuple[Any, ...]] = [
    ("PAGER_DUTY", "serviceKey", "service_key", "str", BOTH, Mask.TAIL, {"form": HEX_32}),
    ("PAGER_DUTY", "region", "region", "str", NO, PLAIN, {"choices": US_EU, "default": "US"}),
    ("SLACK", "apiToken", "api_token", "str", BOTH, Mask.TAIL, {}),
    ("SLACK", "channelName", "channel_name", "str", V2, PLAIN, {"max_chars": 80}),
    ("SLACK", "teamName", "team_name", "str", V1, PLAIN, {}),
    ("DATADOG", "apiKey", "api_key", "str", BOTH, Mask.TAIL, {"form": HEX_32}),
    ("DATADOG", "region", "region", "str", NO, PLAIN, {"choices": DATADOG_SITES, "default": "US"}),
    ("DATADOG", "sendCollectionLatencyMetrics", "send_collection_latency_metrics", "bool", NO, PLAIN, OFF),
    ("DATADOG", "sendDatabaseMetrics", "send_database_metrics", "bool", NO, PLAIN, OFF),
    ("DATADOG", "sendUserProvidedResourceTags", "send_user_provided_resource_tags", "bool", NO, PLAIN, OFF),
    ("DATADOG", "sendQueryStatsMetrics", "send_query_stats_metrics", "bool", NO, PLAIN, OFF),
    ("DATADOG", "customEndpoint", "custom_endpoint", "str", NO, PLAIN, {"answer_only": True}),
    ("NEW_RELIC", "accountId", "account_id", "str", BOTH, PLAIN, {}),
    ("NEW_RELIC", "licenseKey", "license_key", "str", BOTH, Mask.TAIL, {}),
    ("NEW_RELIC", "readToken", "read_token", "str", BOTH, Mask.TAIL, {}),
    ("NEW_RELIC", "writeToken", "write_token", "str", BOTH, Mask.TAIL, {}),
    ("OPS_GENIE", "apiKey", "api_key", "str", BOTH, Mask.TAIL, {}),
    ("OPS_GENIE", "region", "region", "str", NO, PLAIN, {"choices": US_EU, "default": "US"}),
    ("VICTOR_OPS", "apiKey", "api_key", "str", BOTH, Mask.TAIL, {}),
    ("VICTOR_OPS", "routingKey", "routing_key", "str", NO, PLAIN, {}),
    ("FLOWDOCK", "flowName", "flow_name", "str", V1, PLAIN, {}),
    ("FLOWDOCK", "apiToken", "api_token", "str", V1, Mask.TAIL, {}),
    ("FLOWDOCK", "orgName", "org_name", "str", V1, PLAIN, {}),
    ("WEBHOOK", "url", "url", "str", BOTH, Mask.URL, {"url": True}),
    ("WEBHOOK", "secret", "secret", "str", NO, Mask.TAIL, {}),
    ("WEBHOOK", "bodyTemplate", "body_template", "json", NO, Mask.TEXT, {"max_bytes": 16384}),
    ("WEBHOOK", "headersTemplate", "headers_template", "json", NO, Mask.TEXT, {"max_bytes": 4096}),
    (
        "MICROSOFT_TEAMS",
        "microsoftTeamsWebhookUrl",
        "microsoft_teams_webhook_url",
        "str",
        BOTH,
        Mask.URL,
        {"url": True},
    ),
    ("PROMETHEUS", "username", "username", "str", BOTH, PLAIN, {"aliases": ("user_name",)}),
    ("PROMETHEUS", "password", "password", "str", BOTH, Mask.HIDDEN, {}),
    ("PROMETHEUS", "serviceDiscovery", "service_discovery", "str", BOTH, PLAIN, {"choices": ("http", "file")}),
    ("PROMETHEUS", "enabled", "enabled", "bool", BOTH, PLAIN, {}),
    (
        "PROMETHEUS",
        "sendUserProvidedResourceTagsEnabled",
        "send_user_provided_resource_tags",
        "bool",
        NO,
        PLAIN,
        OFF,
    ),
]  # fmt: skip
# What a field is unless the facts say otherwise.
USUAL = {
    "choices": (), "default": None, "form": None, "max_chars": 0, "max_bytes": 0,
    "url": False, "aliases": (), "answer_only": False,
}  # fmt: skip

# Bodies as Atlas answers them; the secrets behind them, which were sent before.
ID = "6a70000000000000000000a1"
ANSWERS: list[tuple[dict[str, Any], dict[str, str]]] = [
    (
        {"id": ID, "region": "US", "serviceKey": "*" * 28 + "0022", "type": "PAGER_DUTY"},
        {"service_key": "ab" * 14 + "0022"},
    ),
    (
        {
            "apiKey": "*" * 28 + "0000", "customEndpoint": None, "id": ID, "region": "US",
            "sendCollectionLatencyMetrics": False, "sendDatabaseMetrics": False,
            "sendQueryStatsMetrics": False, "sendUserProvidedResourceTags": False, "type": "DATADOG",
        },
        {"api_key": "0" * 32},
    ),
    ({"apiKey": "*" * 32 + "3311", "id": ID, "region": "US", "type": "OPS_GENIE"}, {"api_key": "a" * 32 + "3311"}),
    (
        {"apiKey": "*" * 32 + "1c11", "id": ID, "routingKey": "test", "type": "VICTOR_OPS"},
        {"api_key": "b" * 32 + "1c11"},
    ),
    (
        {
            "bodyTemplate": None, "headersTemplate": None, "id": ID, "secret": "*" * 26 + "2101",
            "url": "https://example.com/****2101", "type": "WEBHOOK",
        },
        {"secret": "c" * 26 + "2101", "url": "https://example.com/" + "c" * 26 + "2101"},
    ),
]  # fmt: skip
ANSWER_IDS = [answer["type"] for answer, unused in ANSWERS]


def test_the_table_has_exactly_the_fields_of_the_facts() -> None:
    assert [(s.type, f.api) for s in SERVICES for f in s.fields] == [fact[:2] for fact in FACTS]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact[0]}-{fact[1]}")
def test_a_field_is_what_the_facts_say(fact: tuple[Any, ...]) -> None:
    kind, api, option, json_type, required, mask, more = fact
    service = SERVICES.get(kind)
    assert service is not None
    field = service.by_api(api)
    assert field is not None
    assert (field.option, field.kind.value, field.required, field.mask) == (option, json_type, required, mask)
    assert field.secret == (mask is not None)
    assert {name: getattr(field, name) for name in USUAL} == {**USUAL, **more}


@pytest.mark.parametrize("service", list(SERVICES), ids=lambda s: s.type)
def test_versions_and_deprecations(service: Service) -> None:
    assert service.versions == (V1 if service.type == "FLOWDOCK" else BOTH)
    assert bool(service.deprecated) == (service.type in ("FLOWDOCK", "NEW_RELIC"))


@pytest.mark.parametrize(("answer", "sent"), ANSWERS, ids=ANSWER_IDS)
def test_an_answer_of_atlas_has_exactly_the_fields_of_the_table(answer: dict[str, Any], sent: dict[str, str]) -> None:
    service = SERVICES.get(answer["type"])
    assert service is not None
    assert set(answer) == {f.api for f in service.fields} | {"id", "type"}
    assert set(sent) == {f.option for f in service.secrets if answer[f.api] is not None}


@pytest.mark.parametrize(("answer", "sent"), ANSWERS, ids=ANSWER_IDS)
def test_an_answer_of_atlas_is_consistent_with_what_was_sent(answer: dict[str, Any], sent: dict[str, str]) -> None:
    service = SERVICES.get(answer["type"])
    assert service is not None
    for option, secret in sent.items():
        field = service.by_option(option)
        assert field is not None
        assert verdict(field, secret, answer[field.api]) == CONSISTENT
        assert verdict(field, secret[:-1] + "9", answer[field.api]) == DIFFERENT
        assert secret not in str(render(answer))


@pytest.mark.parametrize(("answer", "sent"), ANSWERS, ids=ANSWER_IDS)
def test_an_answer_of_atlas_declared_once_more_is_a_no_op(answer: dict[str, Any], sent: dict[str, str]) -> None:
    shown = render(answer)
    assert list(shown) == ["id", "type"] + [f.option for f in SERVICES.get(answer["type"]).fields]  # type: ignore[union-attr]
    masked = {f.option for f in SERVICES.get(answer["type"]).secrets}  # type: ignore[union-attr]
    told = {n: v for n, v in shown.items() if n not in masked | {"id", "custom_endpoint"}}
    plan = make_plan(wish_of({**told, **sent}), [answer])
    assert (plan.action, plan.differences, plan.warnings) == ("none", (), ())
    assert set(plan.secrets.values()) == {CONSISTENT}


def test_options_are_merged_over_services() -> None:
    assert {name: o.choices for name, o in SERVICES.options.items() if o.choices} == {
        "region": DATADOG_SITES,
        "service_discovery": ("http", "file"),
    }
    assert [s.type for s, unused in SERVICES.options["api_token"].fields] == ["SLACK", "FLOWDOCK"]
    assert "custom_endpoint" not in SERVICES.options
    assert "routing_key" not in SERVICES.secret_options
    assert SERVICES.secret_options == {fact[2] for fact in FACTS if fact[5] is not PLAIN}


def test_only_optional_texts_can_be_emptied() -> None:
    clearable = {v: {(s.type, f.option) for s in SERVICES for f in s.fields if f.clearable(v)} for v in BOTH}
    common = {
        ("PAGER_DUTY", "region"), ("DATADOG", "region"), ("OPS_GENIE", "region"), ("VICTOR_OPS", "routing_key"),
        ("WEBHOOK", "secret"), ("WEBHOOK", "body_template"), ("WEBHOOK", "headers_template"),
    }  # fmt: skip
    without_flowdock = {v: {pair for pair in found if pair[0] != "FLOWDOCK"} for v, found in clearable.items()}
    assert without_flowdock["v2"] == common | {("SLACK", "team_name")}
    assert without_flowdock["v1.0"] == common | {("SLACK", "channel_name")}


@pytest.mark.parametrize(
    ("kind", "version", "words"),
    [
        ("FLOWDOCK", "v2", ("v1.0", "SLACK", "api_version")),
        ("HIP_CHAT", "v2", ("Ops Manager", "WEBHOOK")),
        ("HIP_CHAT", "v1.0", ("Ops Manager",)),
        ("S3_LOG_EXPORT", "v2", ("logIntegrations",)),
        ("OTEL_LOG_EXPORT", "v2", ("logIntegrations",)),
        ("OTEL", "v2", ("metricIntegrations",)),
        ("datadog", "v2", ("unknown", "DATADOG")),
    ],
)
def test_a_type_that_is_not_here_says_where_to_go(kind: str, version: str, words: tuple[str, ...]) -> None:
    told = SERVICES.why_not(kind, version)
    assert told is not None
    assert kind in told
    for word in words:
        assert word in told


def test_the_types_of_a_version_are_fine() -> None:
    for service in SERVICES:
        for version in service.versions:
            assert SERVICES.why_not(service.type, version) is None


@pytest.mark.parametrize("unknown", [None, 5, "", "X", ["DATADOG"], {}])
def test_an_unknown_type_has_no_service_and_the_last_rank(unknown: Any) -> None:
    assert SERVICES.get(unknown) is None
    assert SERVICES.rank(unknown) == len(list(SERVICES))


FLAWS: list[dict[str, Any]] = [
    {"api": "Api_Key"}, {"option": "apiKey"}, {"words": "no sentence"}, {"secret": True}, {"mask": Mask.TAIL},
    {"kind": Kind.FLAG, "choices": ("a",)}, {"choices": ("a",), "default": "b"}, {"kind": Kind.FLAG, "default": "x"},
    {"required": frozenset({"v3"})}, {"answer_only": True}, {"sample": None},
]  # fmt: skip


@pytest.mark.parametrize("flaw", FLAWS, ids=str)
def test_a_field_that_contradicts_itself_is_refused(flaw: dict[str, Any]) -> None:
    right = Field("someName", "some_name", "Some words.", sample="x")
    with pytest.raises(TableError):
        dataclasses.replace(right, **flaw)


@pytest.mark.parametrize(
    "build",
    [
        lambda f, s: Service("lower", "T", (f,)),
        lambda f, s: Service("X", "T", (f, f)),
        lambda f, s: Service("X", "T", (f,), versions=NO),
        lambda f, s: Service("X", "T", (f,), versions=frozenset({"v3"})),
        lambda f, s: Service("X", "T", (dataclasses.replace(f, api="id", option="other"),)),
        lambda f, s: Service("X", "T", (dataclasses.replace(f, required=BOTH),), versions=V1),
        lambda f, s: Table((s, s)),
        lambda f, s: Table((s, Service("Y", "T", (dataclasses.replace(f, option="y", aliases=("some_name",)),)))),
        lambda f, s: Option("x", ((s, f), (s, dataclasses.replace(f, url=True)))),
        lambda f, s: Table((s, Service("Y", "T", (dataclasses.replace(f, secret=True, mask=Mask.TAIL),)))),
    ],
)
def test_a_service_or_table_that_contradicts_itself_is_refused(build: Any) -> None:
    field = Field("someName", "some_name", "Some words.", sample="x")
    with pytest.raises(TableError):
        build(field, Service("X", "Title", (field,)))


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ATLAS_SERVICES[0].title = "other"  # type: ignore[misc]
    assert SERVICES.types == tuple(s.type for s in _services.ATLAS_SERVICES)
