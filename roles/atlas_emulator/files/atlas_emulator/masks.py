# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Atlas shows what it holds: masks, unset fields, defaults, order.

Recorded forms are the defaults; forms that were never recorded are chosen by switches.
"""

from __future__ import annotations

import re
from typing import Any, Optional
from urllib.parse import SplitResult, urlsplit

from .switches import Switches
from .world import Integration

LEFT_OUT = object()
FIXED_STARS = 73  # of a Slack token, as once seen in the traffic of Atlas's own pages
_ORDERS: dict[int, tuple[Any, list[Any]]] = {}
_ECHO = re.compile(r"\*{4,}[^*]{0,8}\Z", re.DOTALL)


def tail_mask(value: str, stars: Optional[int] = None) -> str:
    """Return all but the last four characters as stars; of up to four characters nothing is shown."""
    if len(value) <= 4:
        return "*" * len(value)
    return "*" * (len(value) - 4 if stars is None else stars) + value[-4:]


def url_mask(value: str, path: str, port: str) -> str:
    """Return a URL as scheme, host and masked path. path: tail, none or eight. port: kept or dropped."""
    parts = split_url(value)
    if parts is None:  # only a seed can put such a thing here
        return tail_mask(value)
    host = parts.netloc.rpartition("@")[2]
    if port == "dropped":
        host = re.sub(r":\d+\Z", "", host)
    shown = {"tail": "****" + value[-4:], "none": "****", "eight": "********"}[path]
    return f"{parts.scheme}://{host}/{shown}"


def split_url(value: str) -> Optional[SplitResult]:
    """Return the parts of an absolute http or https URL, None where the text is none."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    good = parts.scheme in ("http", "https") and parts.hostname and port != 0
    return parts if good and not any(c.isspace() for c in value) else None


def shown(kind: str, field: Any, value: str, switches: Switches) -> Any:
    """Return a set secret as Atlas shows it, LEFT_OUT where it never does.

    kind: the type of the service. field: its entry in the table. value: the secret in clear.
    """
    mask = field.mask.value
    if mask == "hidden":
        return LEFT_OUT
    if mask == "url":
        teams = field.api == "microsoftTeamsWebhookUrl"
        form = switches.teams_url_mask if teams else switches.webhook_url_mask
        return url_mask(value, form, switches.url_port)
    if mask == "text":
        return {"clear": value, "stars": "****", "tail": tail_mask(value), "null": None}[switches.templates]
    if kind == "NEW_RELIC" and switches.new_relic == "clear":
        return value
    if kind == "SLACK" and switches.slack_mask == "fixed":
        return tail_mask(value, FIXED_STARS)
    if kind == "WEBHOOK" and len(value) <= 10 and switches.short_secret != "tail":
        return "*" * (len(value) if switches.short_secret == "length" else 8)
    return tail_mask(value)


def is_echo(kind: str, field: Any, value: str, current: Any, switches: Switches) -> bool:
    """Tell whether a secret that was sent is a mask read back: the one shown now, or what looks like one."""
    if isinstance(current, str) and value == shown(kind, field, current, switches) != current:
        return True
    if field.mask.value == "url":
        parts = split_url(value)
        return parts is not None and _ECHO.match(parts.path.lstrip("/")) is not None
    return _ECHO.match(value) is not None


def rendered(service: Any, integration: Integration, switches: Switches) -> dict[str, Any]:
    """Return an integration as an answer holds it: fields by name, type last, as recorded."""
    if integration.raw or service is None:
        answer = {**integration.values, "id": integration.id}
        if integration.type is not None:
            answer["type"] = integration.type
        return answer
    answer = {}
    for field in _in_order(service):
        if field is None:
            answer["id"] = integration.id
            continue
        value = _field(service, field, integration.values.get(field.api), switches)
        if value is not LEFT_OUT:
            answer[field.api] = value
    answer["type"] = integration.type
    return answer


def _in_order(service: Any) -> list[Any]:
    """Return the fields by name, None in the place of the id; remembered, since every answer asks."""
    known = _ORDERS.get(id(service))
    if known is None or known[0] is not service:
        order = sorted((*service.fields, None), key=lambda f: "id" if f is None else f.api)
        known = _ORDERS[id(service)] = (service, order)
    return known[1]


def _field(service: Any, field: Any, value: Any, switches: Switches) -> Any:
    if field.answer_only:
        value = switches.custom_endpoint or value or None
        return LEFT_OUT if value is None and switches.unset_fields == "left_out" else value
    if isinstance(value, str) and field.secret:
        return shown(service.type, field, value, switches)
    if value is None and field.secret and field.mask.value == "hidden":
        return LEFT_OUT
    if field.default is not None:
        value = field.default if value is None else value
        if value == field.default and switches.default_fields != "shown" and not field.required:
            return None if switches.default_fields == "null" else LEFT_OUT
        return value
    if value is not None:
        return value
    if switches.unset_fields == "recorded":
        return _unset(service, field)
    return None if switches.unset_fields == "null" else LEFT_OUT


def _unset(service: Any, field: Any) -> Any:
    # Templates were recorded as null; Slack's channel is documented to come back as an empty text.
    if field.kind.value == "json":
        return None
    if service.type == "SLACK" and field.api == "channelName":
        return ""
    return LEFT_OUT
