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

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

API_VERSIONS = ("v2", "v1.0")
BOTH = frozenset(API_VERSIONS)
NEVER: frozenset[str] = frozenset()


class Kind(str, Enum):
    """What a field holds: the JSON type that Atlas takes."""

    TEXT = "str"
    FLAG = "bool"
    TEMPLATE = "json"


class Mask(str, Enum):
    """How Atlas shows a secret it holds."""

    TAIL = "tail"  # same length, all but the last four characters are stars
    URL = "url"  # scheme and host, then four stars and the last four characters
    HIDDEN = "hidden"  # never in an answer, so its absence says nothing
    TEXT = "text"  # templates: null while unset; what a set one looks like was never recorded


class TableError(ValueError):
    """An entry of the table contradicts itself; raised while it is built, so never at a user's."""


@dataclass(frozen=True)
class Form:
    """A form that Atlas insists on: a regular expression for the whole value, and its name in words."""

    pattern: str
    words: str

    def fits(self, value: str) -> bool:
        """Tell whether the whole value has this form."""
        return re.fullmatch(self.pattern, value) is not None


HEX_32 = Form(r"[0-9A-Fa-f]{32}", "32 hexadecimal digits")


@dataclass(frozen=True)
class Field:
    """One field of one service.

    api: its name in JSON. option: its name as a module option. kind: its JSON type.
    required: the API versions in which a create needs it. choices: allowed values, () for any.
    default: the documented value of a field that Atlas leaves out or sends as null.
    secret: True where the value must show nowhere. mask: how Atlas shows a secret.
    form, max_chars, max_bytes (of UTF-8): limits of Atlas, 0 for none. url: the value is a URL.
    aliases: other spellings of the option. sample: a value for documentation and tests.
    words: one sentence of documentation. answer_only: Atlas sends it, nobody may set it.
    """

    api: str
    option: str
    words: str
    kind: Kind = Kind.TEXT
    required: frozenset[str] = NEVER
    choices: tuple[str, ...] = ()
    default: str | bool | None = None
    secret: bool = False
    mask: Mask | None = None
    form: Form | None = None
    max_chars: int = 0
    max_bytes: int = 0
    url: bool = False
    aliases: tuple[str, ...] = ()
    sample: str | bool | None = None
    answer_only: bool = False

    def __post_init__(self) -> None:
        for wrong, why in (
            (not re.fullmatch(r"[a-z][A-Za-z0-9]*", self.api), "the API name is no camelCase name"),
            (not re.fullmatch(r"[a-z][a-z0-9_]*", self.option), "the option is no snake_case name"),
            (not self.words.endswith("."), "the description is no sentence"),
            (self.secret != (self.mask is not None), "a secret needs a mask, and nothing else has one"),
            (bool(self.choices) and self.kind is not Kind.TEXT, "only a text has choices"),
            (self.choices and self.default is not None and self.default not in self.choices, "default not allowed"),
            (self.kind is Kind.FLAG and self.default not in (None, False, True), "the default is no boolean"),
            (not self.required <= BOTH, "unknown API version"),
            (self.answer_only and (self.required or self.sample is not None), "an answer-only field is never sent"),
            (not self.answer_only and self.sample is None, "no sample"),
        ):
            if wrong:
                raise TableError(f"field {self.api}: {why}")

    def clearable(self, version: str) -> bool:
        """Tell whether this is an optional text in an API version, which a user may empty with clear."""
        return not (version in self.required or self.answer_only or self.kind is Kind.FLAG)


@dataclass(frozen=True)
class Service:
    """One third-party service: its type in the API, its name in words, and its fields.

    versions: the API versions that know it. order: fields in the order of documentation.
    deprecated: what a user should know who still uses it. advice: where to go instead, used when
    the type is asked of a version that does not have it.
    """

    type: str
    title: str
    fields: tuple[Field, ...]
    versions: frozenset[str] = BOTH
    deprecated: str = ""
    advice: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", self.type):
            raise TableError(f"service {self.type}: a type is written in upper case")
        if not self.versions or not self.versions <= BOTH:
            raise TableError(f"service {self.type}: unknown API version")
        for names in ([f.api for f in self.fields], [f.option for f in self.fields]):
            if len(names) != len(set(names)) or {"id", "type"} & set(names):
                raise TableError(f"service {self.type}: a field stands twice, or is called id or type")
        for f in self.fields:
            if not f.required <= self.versions:
                raise TableError(f"service {self.type}: {f.api} is required where the service does not exist")

    @property
    def writable(self) -> tuple[Field, ...]:
        """The fields that a user can set."""
        return tuple(f for f in self.fields if not f.answer_only)

    @property
    def secrets(self) -> tuple[Field, ...]:
        """The fields that must show nowhere."""
        return tuple(f for f in self.fields if f.secret)

    def by_option(self, option: str) -> Field | None:
        """Return the field behind an option name, None where this service has none."""
        return next((f for f in self.writable if f.option == option), None)

    def by_api(self, api: str) -> Field | None:
        """Return the field behind an API name, None where this service has none."""
        return next((f for f in self.fields if f.api == api), None)


@dataclass(frozen=True)
class Elsewhere:
    """A type that users ask for here although it lives elsewhere, and where that is."""

    pattern: str
    advice: str


@dataclass(frozen=True)
class Option:
    """One module option, merged over all services that have it.

    fields: pairs (service, field) in the order of the table.
    """

    name: str
    fields: tuple[tuple[Service, Field], ...]

    def __post_init__(self) -> None:
        for what in ("kind", "secret", "aliases", "url"):
            if len({getattr(f, what) for unused, f in self.fields}) != 1:
                raise TableError(f"option {self.name}: services disagree about its {what}")

    @property
    def field(self) -> Field:
        """A field that stands for all of them in what all share: kind, secret, aliases, url."""
        return self.fields[0][1]

    @property
    def choices(self) -> tuple[str, ...]:
        """All values that any service allows; () where one of them allows everything."""
        if not all(f.choices for unused, f in self.fields):
            return ()
        return tuple(dict.fromkeys(c for unused, f in self.fields for c in f.choices))


class Table:
    """Services by type, with the views that everything else derives from. Never changed once built."""

    def __init__(self, services: Iterable[Service], elsewhere: Iterable[Elsewhere] = ()) -> None:
        self._services: Mapping[str, Service] = {}
        ordered = tuple(services)
        self._services = {s.type: s for s in ordered}
        if len(self._services) != len(ordered):
            raise TableError("a type stands twice")
        self.elsewhere = tuple(elsewhere)
        names = dict.fromkeys(f.option for s in ordered for f in s.writable)
        self.options: Mapping[str, Option] = {
            name: Option(name, tuple((s, f) for s in ordered for f in s.writable if f.option == name)) for name in names
        }
        spellings = list(names) + [alias for o in self.options.values() for alias in o.field.aliases]
        if len(spellings) != len(set(spellings)):
            raise TableError("an alias is also the name or the alias of another option")

    def __iter__(self) -> Iterator[Service]:
        return iter(self._services.values())

    @property
    def types(self) -> tuple[str, ...]:
        """All types, in the order of the table."""
        return tuple(self._services)

    def get(self, service_type: Any) -> Service | None:
        """Return the service of a type; None for an unknown one, whatever it is."""
        return self._services.get(service_type) if isinstance(service_type, str) else None

    def rank(self, service_type: Any) -> int:
        """Return the place of a type in this table, unknown ones behind all others."""
        return self.types.index(service_type) if service_type in self.types else len(self.types)

    def why_not(self, service_type: str, version: str) -> str | None:
        """Return why a type can't be used in an API version and what to do instead; None where it can."""
        service = self.get(service_type)
        if service is None:
            for other in self.elsewhere:
                if re.fullmatch(other.pattern, service_type):
                    return f"type {service_type} is not managed here: {other.advice}"
            return f"type {service_type!r} is unknown; use one of {', '.join(self.types)}"
        if version in service.versions:
            return None
        known = ", ".join(sorted(service.versions))
        return f"type {service_type} does not exist in API {version}, only in {known}; {service.advice}"

    @property
    def secret_options(self) -> frozenset[str]:
        """Option names, and their aliases, whose values must show nowhere."""
        return frozenset(name for o in self.options.values() if o.field.secret for name in (o.name, *o.field.aliases))


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
    return _secret(
        api, option, words, kind=Kind.TEMPLATE, mask=Mask.TEXT, required=NEVER, max_bytes=limit, sample=sample
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
            ),
        ),
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
