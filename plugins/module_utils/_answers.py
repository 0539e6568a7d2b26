# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""From the bytes of an answer to data: JSON that may be broken, envelopes, error objects of two shapes.

Sources: Atlas Administration API, "Query Parameters" (envelope, pretty) and its error object; RFC 6749,
section 5.2, for errors of the login.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import Fault

_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
# What no answer of Atlas comes near; Ansible's own JSON writer would fail on thousands of levels.
MAX_DEPTH = 100


class Unreadable(ValueError):
    """An answer that can't be used; the text is a clause for the user."""


@dataclass(frozen=True)
class Parsed:
    """An answer with its envelope taken off. status: the one inside the envelope where there is one.

    value: the JSON value, None for an empty body. problem: why the body can't be read, "" where it can.
    """

    status: int
    value: Any = None
    problem: str = ""

    @property
    def fine(self) -> bool:
        """True for a status from 200 to 299."""
        return 200 <= self.status < 300

    def read(self) -> Any:
        """Return the value. Raises Unreadable where the body could not be read."""
        if self.problem:
            raise Unreadable(self.problem)
        return self.value

    def member(self, name: str) -> Any:
        """Return a member of the object that was sent, None for a missing one. Raises Unreadable."""
        value = self.read()
        if not isinstance(value, dict):
            raise Unreadable("the answer is no JSON object")
        return value.get(name)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def load(body: bytes) -> Any:
    """Return the JSON value in body. Raises Unreadable with a clause for the user, and nothing else."""
    if not body.strip():
        raise Unreadable("the answer is empty")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("the answer is no valid UTF-8") from None
    try:
        value = _DECODER.decode(text.strip())
    except RecursionError:
        raise Unreadable("the answer is nested too deeply") from None
    except ValueError:
        raise Unreadable(_no_json(text)) from None
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth_over(value, MAX_DEPTH):
        raise Unreadable("the answer is nested too deeply")
    # Half a character can't be written as UTF-8 later on, neither by Ansible nor into a report.
    return whole_characters(value) if "\\u" in text else value


def _no_json(text: str) -> str:
    start = text.lstrip()[:1]
    if start == "<":
        return "the answer is HTML or XML, not JSON: something else than Atlas answered"
    if start in ("{", "["):
        return "the answer is broken or cut-off JSON"
    return "the answer is not JSON"


def _depth_over(value: Any, limit: int) -> bool:
    level, depth = [value], 0
    while level and depth <= limit:
        children = (child for one in level for child in (one.values() if isinstance(one, dict) else one))
        level, depth = [child for child in children if isinstance(child, (dict, list))], depth + 1
    return depth > limit


def whole_characters(value: Any) -> Any:
    """Return a JSON value without halves of characters, which nothing can write as UTF-8."""
    if isinstance(value, str):
        return _SURROGATE.sub(_REPLACEMENT, value)
    if isinstance(value, list):
        return [whole_characters(v) for v in value]
    if isinstance(value, dict):
        return {whole_characters(k): whole_characters(v) for k, v in value.items()}
    return value


def parse(status: int, body: bytes) -> Parsed:
    """Return an answer with its envelope taken off, whether or not one was asked for. Never raises.

    Lists come as {status, results, ...}, single objects and errors as {status, content}; an error with
    HTTP status 200 is told by the status inside.
    """
    if not body and (status == 204 or not 200 <= status < 300):
        return Parsed(status)
    try:
        value = load(body)
    except Unreadable as exc:
        return Parsed(status, None, str(exc))
    if not isinstance(value, dict) or not ("status" in value or "errorCode" in value):
        return Parsed(status, value)
    inner = _status_in(value.get("status"), status)
    content: Any = value
    if "status" in value and value.keys() <= {"status", "content", "links"}:
        content = value.get("content")
    if isinstance(content, dict) and 200 <= inner < 300 and "errorCode" in content and "results" not in content:
        inner = _status_in(content.get("error"), inner)
    return Parsed(inner if 200 <= status < 300 else status, content)


def _status_in(value: Any, otherwise: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
        return value
    return otherwise


def read_fault(value: Any) -> Fault:
    """Return what an error answer says, from Atlas's error object or the OAuth one. Never raises."""
    if not isinstance(value, Mapping):
        return Fault()
    if isinstance(value.get("error"), str):
        return Fault(code=_text(value["error"]), detail=_text(value.get("error_description")))
    parameters = value.get("parameters")
    return Fault(
        code=_text(value.get("errorCode")),
        detail=_with_fields(_text(value.get("detail")), value.get("badRequestDetail")),
        reason=_text(value.get("reason")),
        parameters=tuple(parameters) if isinstance(parameters, list) else (),
    )


def _with_fields(detail: str | None, more: Any) -> str | None:
    """Add what newer answers tell of single fields: badRequestDetail.fields[{field, description}]."""
    fields = more.get("fields") if isinstance(more, Mapping) else None
    if not isinstance(fields, list):
        return detail
    told = [
        f"{f['field']}: {f['description']}"
        for f in fields
        if isinstance(f, Mapping) and isinstance(f.get("field"), str) and isinstance(f.get("description"), str)
    ]
    return " ".join(p for p in (detail, f"({'; '.join(told)})" if told else "") if p) or None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
