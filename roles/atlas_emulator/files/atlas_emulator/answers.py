# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers: the bodies, media types and headers that Atlas gives, and its error object."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Optional

JSON = "application/json"
VERSIONED = "application/vnd.atlas.2023-01-01+json;charset=utf-8"

# As recorded; the values that name a build are made up, since nothing may depend on them.
_COMMON = (
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Server", "mdbws"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubdomains;"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("X-Java-Version", "17.0.19+10-LTS"),
    ("X-Mongodb-Service-Version", "gitHash=0000000000000000000000000000000000000000; versionString=emulator"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
)
COMMON_HEADERS = "".join(f"{name}: {value}\r\n" for name, value in _COMMON)

# The one body that Atlas prints with spaces; no code can tell a missing from a wrong credential by it.
UNAUTHORIZED_BODY = (
    b'{"error" : 401, "reason" : "Unauthorized", "detail" : "You are not authorized for this resource.",'
    b' "errorCode" : "UNEXPECTED_ERROR"}'
)


class Answer:
    """What goes back for one request.

    code: Atlas's error code, sent as X-Error-Code and kept in the journal. rate: (limit, remaining)
    of the token bucket, None where Atlas sends no rate headers. java: the X-Java-Method.
    headers: further header lines. payload: the object behind the body while a fault may change it.
    """

    __slots__ = ("body", "code", "headers", "java", "media", "rate", "status")

    def __init__(
        self,
        status: int,
        body: bytes = b"",
        media: str = JSON,
        code: Optional[str] = None,
        rate: Optional[tuple[int, int]] = None,
        java: Optional[str] = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.status = status
        self.body = body
        self.media = media
        self.code = code
        self.rate = rate
        self.java = java
        self.headers = list(headers)


class Refusal(Exception):
    """Atlas says no. Raised where it is found out, turned into an error object in one place."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        parameters: Optional[Sequence[Any]] = (),
        headers: Sequence[tuple[str, str]] = (),
        fields: Sequence[tuple[str, str]] = (),
        rated: bool = True,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.parameters = None if parameters is None else list(parameters)
        self.headers = list(headers)
        self.fields = list(fields)
        self.rated = rated

    def body(self) -> dict[str, Any]:
        """Return Atlas's error object."""
        body: dict[str, Any] = {}
        if self.fields:
            body["badRequestDetail"] = {"fields": [{"description": d, "field": f} for f, d in self.fields]}
        body["detail"] = self.detail
        body["error"] = self.status
        body["errorCode"] = self.code
        body["parameters"] = self.parameters
        body["reason"] = reason(self.status)
        return body


def reason(status: int) -> str:
    """Return the words that belong to a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def dump(data: Any, pretty: bool = False) -> bytes:
    """Return JSON as Atlas writes it: no blanks, or the indented form of `pretty=true`."""
    if pretty:
        text = json.dumps(data, ensure_ascii=False, indent=2, separators=(",", " : "))
    else:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def unauthorized(challenges: Sequence[str], java: Optional[str] = None) -> Answer:
    """Return the 401 that a missing and a wrong credential get alike; no rate headers, no X-Error-Code."""
    return Answer(401, UNAUTHORIZED_BODY, JSON, java=java, headers=[("Www-Authenticate", c) for c in challenges])


def plain(status: int, data: Any, headers: Sequence[tuple[str, str]] = ()) -> Answer:
    """Return JSON that is no Atlas resource: OAuth, discovery, the control plane."""
    return Answer(status, dump(data), JSON, headers=headers)


def merged(data: Any, changes: Mapping[str, Any]) -> Any:
    """Return an answer's object with some of its keys changed, for faults."""
    return {**data, **changes} if isinstance(data, dict) else dict(changes)
