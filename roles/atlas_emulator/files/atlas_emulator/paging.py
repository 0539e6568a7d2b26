# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The query parameters of the Atlas API, and lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Callable, Optional
from urllib.parse import parse_qsl

from .answers import Refusal

MAX_PAGE = 500


class Query:
    """Parsed query parameters. page counts from 1. extra: what a resource may look at itself (name, ...)."""

    __slots__ = ("count", "envelope", "extra", "page", "pretty", "size", "wrong")

    def __init__(self) -> None:
        self.page = 1
        self.size = 100
        self.count = True
        self.pretty = False
        self.envelope = False
        self.extra: dict[str, str] = {}
        self.wrong: Optional[str] = None

    @property
    def plain(self) -> bool:
        """True where nothing but the defaults was asked for."""
        return self.page == 1 and self.size == 100 and self.count and not self.pretty and not self.envelope

    def check(self) -> None:
        """Raise Refusal for the first parameter that cannot be understood."""
        if self.wrong:
            raise Refusal(
                400, "INVALID_QUERY_PARAMETER", f"Invalid query parameter {self.wrong} specified.", [self.wrong]
            )


@lru_cache(maxsize=4096)
def parse_query(text: str, clamp: bool) -> Query:
    """Return the parameters of a query text; what is wrong is kept for check(), so that envelope still counts."""
    query = Query()
    if not text:
        return query
    for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        if name in ("pageNum", "itemsPerPage"):
            number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
            top = MAX_PAGE if name == "itemsPerPage" else 10**9
            if not 1 <= number <= top:
                if not clamp:
                    query.wrong = query.wrong or name
                number = min(max(number, 1), top)
            if name == "pageNum":
                query.page = number
            else:
                query.size = number
        elif name in ("includeCount", "pretty", "envelope"):
            if value.lower() not in ("true", "false"):
                query.wrong = query.wrong or name
            setattr(query, "count" if name == "includeCount" else name, value.lower() == "true")
        else:
            query.extra[name] = value
    return query


def _url(base: str, query: Query, page: int, paging_first: bool) -> str:
    count = "true" if query.count else "false"
    first, second = f"pageNum={page}", f"itemsPerPage={query.size}"
    if not paging_first:  # as recorded: the self link names the page first, the others the size
        first, second = second, first
    more = "".join(f"&{name}=true" for name, asked in (("pretty", query.pretty), ("envelope", query.envelope)) if asked)
    return f"{base}?includeCount={count}&{first}&{second}{more}"


def links(base: str, query: Query, total: int) -> list[dict[str, str]]:
    """Return the links of a page: self, and next and previous where there are such pages."""
    found = [{"href": _url(base, query, query.page, True), "rel": "self"}]
    if query.page * query.size < total:
        found.append({"rel": "next", "href": _url(base, query, query.page + 1, False)})
    if query.page > 1:
        found.append({"rel": "previous", "href": _url(base, query, query.page - 1, False)})
    return found


def wrapper(base: str, query: Query, items: Sequence[Any], render: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a list answer: one page of the items. base: the URL of the list without its query."""
    begin = (query.page - 1) * query.size
    answer: dict[str, Any] = {
        "links": links(base, query, len(items)),
        "results": [render(item) for item in items[begin : begin + query.size]],
    }
    if query.envelope:
        answer["status"] = 200
    if query.count:
        answer["totalCount"] = len(items)
    return answer
