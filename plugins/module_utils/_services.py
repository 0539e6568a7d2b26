# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The table of third-party services: the one place that knows what each of them takes.

Argument spec, checks, request bodies, comparison, masks, documentation and the emulator's own
checks all derive from SERVICES; a new service is one more entry there. The facts are those of the
Atlas Administration API, resource "Third-Party Integrations" (v1.0 page and v2 specification).
"""

from __future__ import annotations

from typing import Any

from ansible_collections.atlasops.integrations.plugins.module_utils._service_types import (
    API_VERSIONS,
    BOTH,
    NEVER,
    Elsewhere,
    Field,
    Form,
    Kind,
    Mask,
    Option,
    Service,
    Table,
    TableError,
)

# Whoever asks for the table needs the types of its entries as well.
__all__ = [
    "API_VERSIONS",
    "BOTH",
    "Elsewhere",
    "Field",
    "Form",
    "Kind",
    "Mask",
    "NEVER",
    "Option",
    "SERVICES",
    "Service",
    "Table",
    "TableError",
]

HEX_32 = Form(r"[0-9A-Fa-f]{32}", "32 hexadecimal digits")


def _secret(api: str, option: str, words: str, **more: Any) -> Field:
    more.setdefault("mask", Mask.TAIL)
    more.setdefault("required", BOTH)
    return Field(api, option, words, secret=True, **more)


def _flag(api: str, option: str, words: str, **more: Any) -> Field:
    more.setdefault("default", False)
    return Field(api, option, words, kind=Kind.FLAG, sample=True, **more)


def _region(words: str, *choices: str) -> Field:
    return Field("region", "region", words, choices=choices, default="US", sample="EU")


def _template(api: str, option: str, words: str, limit: int, sample: str) -> Field:
    # Answers recorded in June 2026 call them webhookBodyTemplate and webhookHeadersTemplate.
    former = "webhook" + api[0].upper() + api[1:]
    return _secret(
        api,
        option,
        words,
        kind=Kind.TEMPLATE,
        mask=Mask.TEXT,
        required=NEVER,
        max_bytes=limit,
        sample=sample,
        former=former,
    )


ATLAS_SERVICES = (
    Service(
        "PAGER_DUTY",
        "PagerDuty",
        (
            _secret(
                "serviceKey",
                "service_key",
                "Integration key of the PagerDuty service.",
                form=HEX_32,
                sample="0123456789abcdef0123456789ab0022",
            ),
            _region("PagerDuty region that the key belongs to.", "US", "EU"),
        ),
    ),
    Service(
        "SLACK",
        "Slack",
        (
            _secret(
                "apiToken",
                "api_token",
                "Token of the Slack application or legacy integration.",
                sample="example-slack-token-0001",
            ),
            Field(
                "channelName",
                "channel_name",
                "Slack channel that Atlas posts to.",
                required=frozenset({"v2"}),
                max_chars=80,
                sample="atlas-alerts",
            ),
            Field(
                "teamName",
                "team_name",
                "Name of the Slack team, for setups made with a legacy token.",
                required=frozenset({"v1.0"}),
                sample="example-team",
                unshown=True,
            ),
        ),
        remark="V(SLACK) must be set up in the user interface of Atlas first; Atlas may refuse to create it",
    ),
    Service(
        "DATADOG",
        "Datadog",
        (
            _secret(
                "apiKey",
                "api_key",
                "API key of the Datadog organization.",
                form=HEX_32,
                sample="0123456789abcdef0123456789ab0000",
            ),
            _region("Datadog site that the key belongs to.", "US", "EU", "US3", "US5", "AP1", "US1_FED"),
            _flag(
                "sendCollectionLatencyMetrics",
                "send_collection_latency_metrics",
                "Whether Atlas sends latency metrics of collections.",
            ),
            _flag("sendDatabaseMetrics", "send_database_metrics", "Whether Atlas sends metrics of databases."),
            _flag(
                "sendUserProvidedResourceTags",
                "send_user_provided_resource_tags",
                "Whether Atlas attaches the resource tags that users gave to projects and clusters.",
            ),
            _flag(
                "sendQueryStatsMetrics", "send_query_stats_metrics", "Whether Atlas sends statistics of query shapes."
            ),
            Field(
                "customEndpoint",
                "custom_endpoint",
                "An endpoint that Atlas reports and nobody can set.",
                answer_only=True,
            ),
        ),
    ),
    Service(
        "NEW_RELIC",
        "New Relic",
        (
            Field("accountId", "account_id", "Identifier of the New Relic account.", required=BOTH, sample="1234567"),
            _secret(
                "licenseKey", "license_key", "License key of the New Relic account.", sample="example-license-0000001"
            ),
            _secret("readToken", "read_token", "Query key of the New Relic account.", sample="example-query-key-0002"),
            _secret(
                "writeToken", "write_token", "Insert key of the New Relic account.", sample="example-insert-key-0003"
            ),
        ),
        deprecated="New Relic ended its plugin-based integration with MongoDB in June 2021;"
        " use the OpenTelemetry metric integrations of Atlas with provider NEW_RELIC instead",
    ),
    Service(
        "OPS_GENIE",
        "Opsgenie",
        (
            _secret(
                "apiKey",
                "api_key",
                "API key of the Opsgenie integration.",
                sample="00000000-aaaa-bbbb-cccc-000000003311",
            ),
            _region("Opsgenie region that the key belongs to.", "US", "EU"),
        ),
    ),
    Service(
        "VICTOR_OPS",
        "VictorOps (Splunk On-Call)",
        (
            _secret(
                "apiKey",
                "api_key",
                "API key of the VictorOps integration.",
                sample="00000000-aaaa-bbbb-cccc-000000001c11",
            ),
            Field("routingKey", "routing_key", "Routing key that chooses the team to alert.", sample="database-team"),
        ),
    ),
    Service(
        "FLOWDOCK",
        "Flowdock",
        (
            Field(
                "flowName",
                "flow_name",
                "Flow as it stands in its URL, in lower case.",
                required=frozenset({"v1.0"}),
                sample="my-flow",
            ),
            _secret(
                "apiToken",
                "api_token",
                "Token of the Flowdock user.",
                required=frozenset({"v1.0"}),
                sample="example-flowdock-token-0004",
            ),
            Field(
                "orgName",
                "org_name",
                "Organization as it stands in the URL of the flow, in lower case.",
                required=frozenset({"v1.0"}),
                sample="my-org",
            ),
        ),
        versions=frozenset({"v1.0"}),
        deprecated="Flowdock has shut down; use SLACK, MICROSOFT_TEAMS or WEBHOOK instead",
        advice="Flowdock has shut down, so use SLACK, MICROSOFT_TEAMS or WEBHOOK,"
        " or set api_version to v1.0 to remove what is left",
    ),
    Service(
        "WEBHOOK",
        "Webhook",
        (
            _secret(
                "url",
                "url",
                "URL that Atlas sends alerts to.",
                mask=Mask.URL,
                url=True,
                sample="https://hooks.example.com/atlas/000000002101",
            ),
            _secret(
                "secret",
                "secret",
                "Secret that Atlas signs its requests with.",
                required=NEVER,
                sample="example-webhook-secret-00002101",
            ),
            _template(
                "bodyTemplate",
                "body_template",
                "Template of the request body that renders to JSON.",
                16384,
                '{"text": "${humanReadable}"}',
            ),
            _template(
                "headersTemplate",
                "headers_template",
                "Template of the request headers that renders to a JSON object of names and values.",
                4096,
                '{"X-Event": "${eventType}"}',
            ),
        ),
    ),
    Service(
        "MICROSOFT_TEAMS",
        "Microsoft Teams",
        (
            _secret(
                "microsoftTeamsWebhookUrl",
                "microsoft_teams_webhook_url",
                "Incoming webhook URL of the Microsoft Teams channel.",
                mask=Mask.URL,
                url=True,
                sample="https://teams.example.com/webhookb2/000000004401",
            ),
        ),
    ),
    Service(
        "PROMETHEUS",
        "Prometheus",
        (
            Field(
                "username",
                "username",
                "User that Prometheus reads the discovery endpoint and the metrics with.",
                required=BOTH,
                aliases=("user_name",),
                sample="prom_user_example",
            ),
            _secret("password", "password", "Password of that user.", mask=Mask.HIDDEN, sample="example-password-5501"),
            Field(
                "serviceDiscovery",
                "service_discovery",
                "How Prometheus finds the targets.",
                required=BOTH,
                choices=("http", "file"),
                sample="http",
            ),
            Field(
                "enabled",
                "enabled",
                "Whether Prometheus may read the metrics.",
                kind=Kind.FLAG,
                required=BOTH,
                sample=True,
            ),
            _flag(
                "sendUserProvidedResourceTagsEnabled",
                "send_user_provided_resource_tags",
                "Whether Atlas attaches the resource tags that users gave to projects and clusters.",
            ),
        ),
    ),
)

ATLAS_ELSEWHERE = (
    Elsewhere("HIP_CHAT", "HipChat exists in Ops Manager only; in Atlas use SLACK, MICROSOFT_TEAMS or WEBHOOK"),
    Elsewhere(
        "(S3|GCS|AZURE|DATADOG|SPLUNK|OTEL)_LOG_EXPORT",
        "log exports are configured with the logIntegrations resource of API v2",
    ),
    Elsewhere("OTEL|DYNATRACE|CUSTOM", "metric exports are configured with the metricIntegrations resource of API v2"),
)

SERVICES = Table(ATLAS_SERVICES, ATLAS_ELSEWHERE)
