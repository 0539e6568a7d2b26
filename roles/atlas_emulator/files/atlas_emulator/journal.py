# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal: which requests arrived and what became of them. Never a secret: of bodies it keeps field names alone."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, Optional

from .wire import Request

_STORED = (
    "number", "time", "method", "path", "query", "status", "code", "credential", "credential_id", "fields", "fault",
    "connection", "milliseconds", "user_agent", "accept", "content_type",
)  # fmt: skip
_FILTERS = (
    "method", "query", "status", "code", "credential", "credential_id", "fault", "connection", "version",
    "project_id", "type",
)  # fmt: skip
_PATH = re.compile(r"/api/atlas/(v2|v1\.0)(?:/groups/([0-9a-f]{24})(?:/integrations(?:/([^/]+))?)?)?")


class Journal:
    """The last requests, and counts of all since they were cleared."""

    def __init__(self, size: int) -> None:
        self._entries: deque[tuple[Any, ...]] = deque(maxlen=size)
        self._number = 0
        self.counts: Counter[str] = Counter()

    def resize(self, size: int) -> None:
        """Keep another number of entries."""
        if size != self._entries.maxlen:
            self._entries = deque(self._entries, maxlen=size)

    def clear(self) -> None:
        """Forget entries and counts; numbers go on, so that `since` keeps its meaning."""
        self._entries.clear()
        self.counts.clear()

    def add(
        self,
        request: Request,
        when: float,
        seconds: float,
        status: Optional[int],
        code: Optional[str],
        credential: tuple[Optional[str], Optional[str]],
        fault: Optional[str],
        connection: int,
    ) -> None:
        """Note one request. status: None where no answer went out."""
        self._number += 1
        counts = self.counts
        counts["all"] += 1
        counts[request.method] += 1
        counts[str(status)] += 1
        headers = request.headers
        # Not the request itself: it holds secrets, and a hundred thousand of them would be heavy.
        self._entries.append(
            (
                self._number, when, request.method, request.path, request.query, status, code, credential[0],
                credential[1], field_names(request), fault, connection, round(seconds * 1000, 3),
                headers.get("user-agent"), headers.get("accept"), headers.get("content-type"),
            )
        )  # fmt: skip

    def entries(self, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return entries as dictionaries, oldest first.

        wanted: the filters of _FILTERS (equal), path (a regular expression), since (a number: only later
        ones), limit (the last so many). Raises ValueError.
        """
        pattern = re.compile(wanted["path"]) if wanted.get("path") else None
        since = int(wanted.get("since") or 0)
        unknown = set(wanted) - {*_FILTERS, "path", "since", "limit"}
        if unknown:
            raise ValueError(f"the journal has no filter {', '.join(sorted(unknown))}")
        equal = {k: wanted[k] for k in _FILTERS if k in wanted}
        found = []
        for raw in self._entries:
            if raw[0] <= since or (pattern is not None and not pattern.search(raw[3])):
                continue
            entry = _readable(raw)
            if all(str(entry[k]) == v for k, v in equal.items()):
                found.append(entry)
        limit = int(wanted.get("limit") or 0)
        return found[-limit:] if limit else found


def _readable(raw: tuple[Any, ...]) -> dict[str, Any]:
    entry = dict(zip(_STORED, raw))
    place = _PATH.match(entry["path"])
    entry["version"], entry["project_id"], entry["type"] = place.groups() if place else (None, None, None)
    return entry


def field_names(request: Request) -> list[str]:
    """Return the names of the fields in a body, sorted; of a form too; never a value."""
    if not request.body:
        return []
    if "x-www-form-urlencoded" in request.headers.get("content-type", ""):
        return sorted(part.partition(b"=")[0].decode("latin-1") for part in request.body.split(b"&"))[:50]
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        return []
    return sorted(str(name)[:80] for name in data)[:50] if isinstance(data, dict) else []
