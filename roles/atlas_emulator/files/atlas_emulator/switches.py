# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switches: the facts about Atlas that nobody has established, and the limits that it may change.

Each can be set when the emulator starts (`--switch NAME=VALUE`) and through the control plane.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Union

Value = Union[str, int, float, bool]


class SwitchError(ValueError):
    """An unknown switch, or a value that it does not take; the text says what is allowed."""


@dataclass(frozen=True)
class Switch:
    """One switch: allowed values (or a kind of number), and what it decides."""

    name: str
    default: Value
    words: str
    choices: tuple[Value, ...] = ()

    def accept(self, value: Any) -> Value:
        """Return the value in its type. Raises SwitchError."""
        if self.choices:
            for choice in self.choices:
                if value == choice or str(value).lower() == str(choice).lower():
                    return choice
            raise SwitchError(f"switch {self.name}: {value!r} is none of {', '.join(map(str, self.choices))}")
        if isinstance(self.default, str):
            return str(value)
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise SwitchError(f"switch {self.name}: {value!r} is no number") from None
        if not 0 <= number < float("inf"):  # which no NaN is
            raise SwitchError(f"switch {self.name}: {value!r} is no number from 0 on")
        return int(number) if isinstance(self.default, int) else number


def _flag(name: str, default: bool, words: str) -> Switch:
    return Switch(name, default, words, (True, False))


_REFUSED = ("stored", "refused", "ignored")
ALL: tuple[Switch, ...] = (
    Switch("put_mode", "merge", "what a PUT does with fields that it leaves out", ("merge", "replace")),
    Switch("put_missing", "create", "what a PUT of an integration that is not there does", ("create", "404")),
    Switch("ids", "change", "whether an update gives the integration a new id", ("change", "stay")),
    Switch("order", "fixed", "the order of the integrations in a list", ("fixed", "reversed", "created")),
    Switch("mask_echo", "stored", "what happens to a secret that is a mask read back", _REFUSED),
    Switch("webhook_url_mask", "tail", "how the path of a webhook URL is shown", ("tail", "none", "eight")),
    Switch("teams_url_mask", "tail", "how the path of a Teams URL is shown", ("tail", "none", "eight")),
    Switch("url_port", "kept", "whether a masked URL keeps its port", ("kept", "dropped")),
    Switch("slack_mask", "length", "how long the mask of a Slack token is", ("length", "fixed")),
    Switch("new_relic", "masked", "how New Relic's keys are shown", ("masked", "clear")),
    Switch("short_secret", "length", "how a webhook secret of 10 or fewer characters is shown",
           ("length", "eight", "tail")),
    Switch("templates", "clear", "how a set template is shown", ("clear", "stars", "tail", "null")),
    Switch("unset_fields", "recorded", "how unset optional fields are shown", ("recorded", "null", "left_out")),
    Switch("default_fields", "shown", "how a field at its documented default is shown",
           ("shown", "null", "left_out")),
    Switch("custom_endpoint", "", "the value of Datadog's customEndpoint, empty for null"),
    Switch("custom_endpoint_echo", "accepted", "what a PUT that sends customEndpoint gets", ("accepted", "refused")),
    Switch("victor_ops_without_routing_key", "listed", "whether such an integration is listed", ("listed", "hidden")),
    Switch("webhook_without_secret", "listed", "whether such an integration is listed", ("listed", "hidden")),
    Switch("old_types_in_v2", "listed", "whether v2 lists types that only v1.0 knows", ("listed", "hidden")),
    Switch("slack_create", "allowed", "whether SLACK can be created through the API", ("allowed", "refused")),
    Switch("slack_code", "LEGACY_SLACK_CONFIGURATION_UNSUPPORTED", "the code of that refusal",
           ("LEGACY_SLACK_CONFIGURATION_UNSUPPORTED", "MUST_RECONFIGURE_SLACK_OAUTH2",
            "SLACK_OAUTH2_NOT_CONFIGURED")),
    Switch("government", False, "Atlas for Government: no Prometheus", (True, False)),
    Switch("role_refusal", 403, "the status of a refusal because of the role", (401, 403)),
    Switch("access_refusal", "USER_CANNOT_ACCESS_GROUP", "the code where a credential does not see a project",
           ("USER_CANNOT_ACCESS_GROUP", "NOT_IN_GROUP")),
    Switch("access_list_code", "IP_ADDRESS_NOT_ON_ACCESS_LIST", "the code of the access list's refusal",
           ("IP_ADDRESS_NOT_ON_ACCESS_LIST", "IP_ADDRESS_NOT_ON_WHITELIST")),
    Switch("choice_code", "INVALID_ENUM_VALUE", "the code for a value outside the allowed ones",
           ("INVALID_ENUM_VALUE", "INTEGRATION_FIELDS_INVALID")),
    Switch("unknown_type_code", "INVALID_ENUM_VALUE", "the code for an unknown type in the path",
           ("INVALID_ENUM_VALUE", "INVALID_PATH_PARAMETER", "RESOURCE_NOT_FOUND")),
    Switch("key_code", "recorded", "the code for a key of the wrong form: as reported, or named after the service",
           ("recorded", "named")),
    Switch("version_missing", 406, "the status of a v2 request that names no version", (406, 400)),
    Switch("paging_limits", "refused", "what page numbers and sizes out of range get", ("refused", "clamped")),
    Switch("envelope_errors", "content", "an error asked for with envelope=true", ("content", "flat", "plain")),
    Switch("bearer_challenge", "bearer", "the challenge of a 401 for a token", ("bearer", "digest", "none")),
    Switch("oauth_body_credentials", "refused", "client id and secret in the form instead of Basic",
           ("refused", "accepted")),
    Switch("nonce_seconds", 300.0, "how long a digest nonce lives"),
    Switch("nonce_uses", 0, "how many requests a digest nonce is good for, 0 for any number"),
    _flag("nonce_count", True, "whether a nonce count that was used before is answered with a stale challenge"),
    Switch("token_seconds", 3600, "how long an access token lives"),
    Switch("token_requests", 50, "token requests a minute for one service account, 0 for any number"),
    Switch("token_window", 60.0, "the length of that minute in seconds"),
    Switch("tokens_live", 100, "how many live tokens a service account may have, 0 for any number"),
    _flag("rate_limits", True, "whether token buckets are enforced"),
    Switch("project_capacity", 1200, "requests in the bucket of one project"),
    Switch("project_refill", 500, "requests that come back to it in a period"),
    Switch("user_capacity", 1200, "requests in the bucket of one credential, for projects"),
    Switch("user_refill", 500, "requests that come back to it in a period"),
    Switch("org_capacity", 500, "requests in the bucket of one organisation, for its projects"),
    Switch("org_refill", 250, "requests that come back to it in a period"),
    Switch("refill_seconds", 60.0, "the length of that period"),
    Switch("latency_ms", 0.0, "how long every answer is held back; many can wait at once"),
    Switch("journal_size", 100000, "how many requests the journal keeps"),
)  # fmt: skip
BY_NAME: Mapping[str, Switch] = {s.name: s for s in ALL}


class Switches:
    """The switches with their present values, as attributes; generation counts every change, for caches."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.generation = 0
        self._values: dict[str, Value] = {s.name: s.default for s in ALL}
        self.update(values or {})

    def __getattr__(self, name: str) -> Any:
        # Values are real attributes (see update), so this is met only by a name that is no switch.
        raise AttributeError(name)

    def update(self, values: Mapping[str, Any]) -> None:
        """Set some switches; all or none. Raises SwitchError."""
        accepted: dict[str, Value] = {}
        for name, value in values.items():
            if name not in BY_NAME:
                raise SwitchError(f"there is no switch {name!r}; there are {', '.join(sorted(BY_NAME))}")
            accepted[name] = BY_NAME[name].accept(value)
        self._values.update(accepted)
        self.__dict__.update(self._values)
        self.generation += 1

    def reset(self, values: Mapping[str, Any] | None = None) -> None:
        """Set all to their defaults, then some to other values."""
        self._values = {s.name: s.default for s in ALL}
        self.update(values or {})

    def as_dict(self) -> dict[str, Value]:
        """Return all present values by name."""
        return dict(self._values)


def parse_assignments(texts: Iterable[str]) -> dict[str, Any]:
    """Return switches from texts NAME=VALUE, or JSON objects, of a command line. Raises SwitchError."""
    values: dict[str, Any] = {}
    for text in texts:
        if text.startswith("{"):
            values.update(_object(text))
            continue
        name, equals, value = text.partition("=")
        if not equals:
            raise SwitchError(f"a switch is set as NAME=VALUE, not {text!r}")
        try:
            values[name.strip()] = json.loads(value)
        except ValueError:
            values[name.strip()] = value
    return values


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise SwitchError(f"switches are NAME=VALUE or a JSON object, not {text!r}") from None
    return dict(found)
