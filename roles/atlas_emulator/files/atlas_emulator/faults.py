# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that tests ask for: which request meets one, and what it does to the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Optional

from .answers import JSON, VERSIONED, Answer, dump, merged, reason
from .wire import Request

KINDS = {
    "status": "an error status; status, retry_after, code, detail, work (default false: nothing is done)",
    "reset_before": "the connection breaks before anything is done",
    "reset_after": "the work is done, then the connection breaks",
    "slow": "the answer takes delay_ms; the work is done first, or with work_after at the end of it",
    "truncated": "the work is done, but only the first bytes of the answer arrive (keep: how many, default half)",
    "text": "an answer that is no JSON: body, content_type, status (default 200), work (default true)",
    "empty": "an answer without a body, status (default 200), work (default true)",
    "json": "any JSON in place of the answer: json, status (default 200), work (default true)",
    "patch": "the answer with some top-level keys replaced: patch (an object), work is done",
}
_KEYS = {
    "fault", "method", "path", "nth", "times", "unauthenticated", "status", "retry_after", "code", "detail",
    "work", "work_after", "delay_ms", "keep", "body", "content_type", "json", "patch", "headers",
}  # fmt: skip
_CODES = {
    402: "ACCOUNT_SUSPENDED",
    405: "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES",
    410: "VERSION_GONE",
    429: "RATE_LIMITED_TOKEN_BUCKET",
    503: "SERVICE_UNAVAILABLE",
}


class FaultError(ValueError):
    """A rule that cannot be understood; the text says why."""


class Fault:
    """One rule. nth: the first of the matching requests that meets it. times: how many do, 0 for all."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        unknown = set(rule) - _KEYS
        self.kind = str(rule.get("fault", ""))
        if unknown or self.kind not in KINDS:
            raise FaultError(
                f"unknown key {', '.join(sorted(unknown))}; known: {', '.join(sorted(_KEYS))}"
                if unknown
                else f"fault {self.kind!r} is none of {', '.join(KINDS)}"
            )
        self.rule = dict(rule)
        try:
            self.path: Optional[re.Pattern[str]] = re.compile(rule["path"]) if rule.get("path") else None
            self.nth = int(rule.get("nth", 1))
            self.times = int(rule.get("times", 1))
            self.delay = float(rule.get("delay_ms", 0)) / 1000
            self.status = int(rule.get("status", 500 if self.kind == "status" else 200))
        except (TypeError, ValueError, re.error) as error:
            raise FaultError(f"fault {self.kind}: {error}") from None
        self.methods = {m.upper() for m in str(rule.get("method", "")).split(",") if m}
        self.unauthenticated = bool(rule.get("unauthenticated", False))
        self.seen = 0
        self.met = 0
        done_by_default = self.kind not in ("status", "reset_before")
        self.work = bool(rule.get("work", done_by_default)) and self.kind != "reset_before"

    def meets(self, request: Request, authenticated: bool) -> bool:
        """Tell whether this request meets the rule, and count it."""
        if authenticated == self.unauthenticated:
            return False
        if self.methods and request.method not in self.methods:
            return False
        if self.path is not None and not self.path.search(request.target):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times and self.met >= self.times):
            return False
        self.met += 1
        return True

    @property
    def delays(self) -> tuple[float, float]:
        """Seconds to wait before the work and after it."""
        return (self.delay, 0.0) if self.rule.get("work_after") else (0.0, self.delay)

    def answer(self, answer: Answer) -> Answer:
        """Return what goes out in place of an answer."""
        kind = self.kind
        if kind == "status":
            answer = self._refusal()
        elif kind == "text":
            text = str(self.rule.get("body", "<html><body>upstream request timeout</body></html>"))
            answer = Answer(self.status, text.encode(), str(self.rule.get("content_type", "text/html")))
        elif kind == "empty":
            answer = Answer(self.status, b"", answer.media)
        elif kind == "json":
            answer = Answer(self.status, dump(self.rule.get("json")), _json_media(answer))
        elif kind == "patch" and answer.body:
            answer.body = dump(merged(json.loads(answer.body), self.rule.get("patch") or {}))
        answer.headers.extend((str(k), str(v)) for k, v in dict(self.rule.get("headers") or {}).items())
        return answer

    def _refusal(self) -> Answer:
        status = self.status
        code = str(self.rule.get("code") or _CODES.get(status, "UNEXPECTED_ERROR"))
        detail = str(self.rule.get("detail") or "Unexpected error.")
        body = {"detail": detail, "error": status, "errorCode": code, "parameters": [], "reason": reason(status)}
        answer = Answer(status, dump(body), JSON, code, headers=[("X-Error-Code", code)])
        if self.rule.get("retry_after") is not None:
            answer.headers.append(("Retry-After", str(self.rule["retry_after"])))
        return answer

    def kept(self, total: int) -> int:
        """Return how many bytes of a truncated body arrive."""
        keep = self.rule.get("keep")
        return total // 2 if keep is None else min(int(keep), max(0, total - 1))

    def as_dict(self) -> dict[str, Any]:
        """Return the rule and how often it was seen and met."""
        return {**self.rule, "seen": self.seen, "met": self.met}


class Faults:
    """The rules in force; the first one that a request meets is applied."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def set(self, rules: Any) -> None:
        """Replace all rules. Raises FaultError."""
        self.rules = self._parsed(rules)

    def add(self, rules: Any) -> None:
        """Add rules behind those in force. Raises FaultError."""
        self.rules = self.rules + self._parsed(rules)

    def find(self, request: Request, authenticated: bool) -> Optional[Fault]:
        """Return the rule that this request meets, None for none."""
        for fault in self.rules:
            if fault.meets(request, authenticated):
                return fault
        return None

    @staticmethod
    def _parsed(rules: Any) -> list[Fault]:
        if isinstance(rules, Mapping):
            rules = [rules]
        if not isinstance(rules, list) or not all(isinstance(r, Mapping) for r in rules):
            raise FaultError("faults are a list of objects")
        return [Fault(rule) for rule in rules]


def _json_media(answer: Answer) -> str:
    return answer.media if answer.media in (JSON, VERSIONED) else JSON
