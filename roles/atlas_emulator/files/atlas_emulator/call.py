# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of the Atlas API on its way through the emulator."""

from __future__ import annotations

from typing import Any, Optional

from .answers import JSON, VERSIONED, Answer, Refusal, dump
from .limits import Buckets
from .paging import Query
from .wire import Request
from .world import Credential


class Call:
    """A request that was let in: who asks, which version, what query; and the way to its answer.

    root: URL of the API, such as http://127.0.0.1:1234/api/atlas/v2. url: that of this resource.
    """

    __slots__ = ("_buckets", "credential", "java", "query", "rate", "request", "root", "version")

    def __init__(
        self, request: Request, version: str, root: str, query: Query, credential: Credential, buckets: Buckets
    ) -> None:
        self.request = request
        self.version = version
        self.root = root
        self.query = query
        self.credential = credential
        self.rate: Optional[tuple[int, int]] = None
        self.java: Optional[str] = None
        self._buckets = buckets

    @property
    def url(self) -> str:
        """The URL of this resource, without its query."""
        return self.root + self.request.path.partition(f"/api/atlas/{self.version}")[2]

    def take(self, scope: str, key: str) -> None:
        """Take a token out of a bucket. Raises Refusal."""
        self.rate = self._buckets.take(scope, key)

    @property
    def media(self) -> str:
        """The media type of a good answer."""
        return VERSIONED if self.version == "v2" else JSON

    def raw(self, body: bytes) -> Answer:
        """Return a good answer whose JSON is ready."""
        return Answer(200, body, self.media, rate=self.rate, java=self.java)

    def answer(self, data: Any, enveloped: bool = False) -> Answer:
        """Return a good answer; single objects go into an envelope where one was asked for (lists are one)."""
        if self.query.envelope and not enveloped:
            data = {"status": 200, "content": data}
        return self.raw(dump(data, self.query.pretty))

    def empty(self) -> Answer:
        """Return 204, or its envelope."""
        if self.query.envelope:
            return self.raw(dump({"status": 204, "content": {}}, self.query.pretty))
        return Answer(204, b"", self.media, rate=self.rate, java=self.java)

    def refused(self, refusal: Refusal, envelope_errors: str) -> Answer:
        """Return an error in Atlas's shape. envelope_errors: content, flat or plain."""
        body: Any = refusal.body()
        status = refusal.status
        if self.query.envelope and envelope_errors != "plain":
            body = {"status": status, "content": body} if envelope_errors == "content" else {**body, "status": status}
            status = 200
        rate = self.rate if refusal.rated and refusal.status != 429 else None
        headers = refusal.headers if status == 200 else [*refusal.headers, ("X-Error-Code", refusal.code)]
        return Answer(status, dump(body, self.query.pretty), JSON, refusal.code, rate, self.java, headers)
