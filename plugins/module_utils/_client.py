# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The calls of the Atlas Administration API that this collection makes, for v2 and v1.0.

Sources: Atlas Administration API, resources "Third-Party Integrations" and "Projects", and its pages
about versions (media types), query parameters, paging and errors.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ansible_collections.atlasops.integrations.plugins.module_utils._answers import Parsed, Unreadable
from ansible_collections.atlasops.integrations.plugins.module_utils._auth import (
    GivenToken,
    ServiceAccount,
    Token,
    login_words,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import (
    ApiError,
    Fault,
    UnusableAnswer,
    build,
    tidy,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._exchange import (
    Authorization,
    Call,
    Exchange,
    NoAuthorization,
    encode,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._http import RequestsTransport, Transport
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES
from ansible_collections.atlasops.integrations.plugins.module_utils._wire import LONGEST

if TYPE_CHECKING:
    from ansible_collections.atlasops.integrations.plugins.module_utils._settings import Connection

# The version of the integrations resource and of projects in v2; v1.0 has none.
MEDIA_TYPES = {"v2": "application/vnd.atlas.2023-01-01+json", "v1.0": "application/json"}
PROJECTS_PER_PAGE = 500
# A server that always names a next page must not keep us for ever: this many pages are a million projects.
MOST_PAGES = 2000
_PROJECTS = "projects"


@dataclass(frozen=True)
class Listing:
    """A list of Atlas's: its objects as they came, former names of fields apart; the count, None where none came."""

    results: list[dict[str, Any]] = field(default_factory=list)
    total_count: int | None = None


@dataclass(frozen=True)
class _Page:
    listing: Listing
    more: bool


class AtlasClient:
    """Talks to Atlas; a context manager, and thread-safe.

    connection: whom to ask, as whom, how patiently. transport: another way to send, for tests; it is
    closed with the client. pool_size: how many threads will use this client. envelope, pretty: query
    parameters of the integrations' calls. Every call raises ApiError or one of its kinds.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        transport: Transport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        pool_size: int = 1,
        envelope: bool = False,
        pretty: bool = False,
    ) -> None:
        self._connection = connection
        self._transport = transport if transport is not None else RequestsTransport(connection, max(1, pool_size))
        self._login = login_words(connection.credentials)
        patience = min(connection.rate_limit_retry_timeout, LONGEST)
        self._exchange = Exchange(self._transport, self._login, patience, sleep=sleep)
        self._account: ServiceAccount | None = None
        self._authorization: Authorization = NoAuthorization()
        if connection.credentials.kind == "token":
            self._authorization = GivenToken(connection.credentials.secret)
        elif connection.credentials.kind == "service_account":
            self._authorization = self._account = ServiceAccount(connection, self._exchange, clock)
        self._base = f"{connection.base_url}/api/atlas/{connection.api_version}"
        media_type = MEDIA_TYPES[connection.api_version]
        self._read_headers = {"Accept": media_type}
        self._write_headers = {"Accept": media_type, "Content-Type": media_type}
        chosen = (("envelope", envelope), ("pretty", pretty))
        self._query = tuple((name, "true") for name, wanted in chosen if wanted)
        self._unrevoked = self._closed = False

    def __enter__(self) -> AtlasClient:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Revoke the token that was obtained here, and close all connections. Never raises; twice is fine."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._account is not None:
                self._unrevoked = not self._account.end()
        finally:
            self._transport.close()

    @property
    def api_calls(self) -> int:
        """All requests on the wire so far: logins, challenges, repeats and revocations included."""
        return self._transport.calls

    @property
    def warnings(self) -> list[str]:
        """What the user should know; complete after close()."""
        told = []
        if self._exchange.sunset:
            told.append(
                f"Atlas will switch off the API version in use on {tidy(self._exchange.sunset, 60)};"
                " update this collection, or choose the other api_version"
            )
        if self._unrevoked:
            told.append("the access token of this run could not be revoked; it ends by itself within an hour")
        return told

    def live_secrets(self) -> tuple[str, ...]:
        """Return the secrets that came up while working and must show nowhere."""
        return self._account.secrets() if self._account is not None else ()

    # Logins that outlive a client

    def login(self) -> Token:
        """Obtain a token with the service account; whoever asks for it ends it. Raises ApiError."""
        return self._service_account().obtain()

    def logout(self, token: str) -> None:
        """Revoke a token of the service account. Raises ApiError."""
        self._service_account().revoke(token)

    def _service_account(self) -> ServiceAccount:
        if self._account is None:
            raise ApiError("tokens are for service accounts; give client_id and client_secret")
        return self._account

    # Integrations

    def list_integrations(
        self,
        project_id: str,
        *,
        page_num: int | None = None,
        items_per_page: int | None = None,
        include_count: bool | None = None,
    ) -> Listing:
        """Return the integrations of a project, of all pages unless page_num asks for one."""
        call = self._call(
            f"Listing the integrations of project {project_id}",
            "GET",
            f"/groups/{_segment(project_id)}/integrations",
            budget=project_id,
        )
        asked = {"itemsPerPage": items_per_page, "includeCount": include_count}
        if page_num is not None:
            return self._page(call, {"pageNum": page_num, **asked}, _take_integrations).listing
        first: Listing | None = None
        results: list[dict[str, Any]] = []
        for page in self._pages(call, asked, _take_integrations):
            first = first or page
            results += page.results
        return Listing(results, first.total_count if first else None)

    def create_integration(self, project_id: str, service_type: str, body: Mapping[str, Any]) -> Listing:
        """Create one with POST; return all integrations of the project. Raises AlreadyConfigured, LostAnswer."""
        return self._write("Creating", "POST", project_id, service_type, body)

    def update_integration(self, project_id: str, service_type: str, body: Mapping[str, Any]) -> Listing:
        """Update one with PUT; return all integrations of the project. Raises NotConfigured, LostAnswer."""
        return self._write("Updating", "PUT", project_id, service_type, body)

    def delete_integration(self, project_id: str, service_type: str) -> None:
        """Delete one. Raises NotConfigured where it is gone already, LostAnswer."""
        call = self._integration("Deleting", "DELETE", project_id, service_type)
        self._exchange.run(call, _deleted, self._authorization)

    def _write(self, doing: str, method: str, project_id: str, service_type: str, body: Mapping[str, Any]) -> Listing:
        call = self._integration(doing, method, project_id, service_type, {"type": service_type, **body})
        return self._exchange.run(call, _take_integrations, self._authorization).listing

    def _integration(
        self, doing: str, method: str, project_id: str, service_type: str, body: Mapping[str, Any] | None = None
    ) -> Call:
        return self._call(
            f"{doing} the {service_type} integration of project {project_id}",
            method,
            f"/groups/{_segment(project_id)}/integrations/{_segment(service_type)}",
            budget=project_id,
            body=body,
        )

    # Projects

    def project(self, project_id: str) -> dict[str, Any]:
        """Return a project by its id. Raises ApiError, code GROUP_NOT_FOUND, where it is unknown."""
        call = self._call(f"Reading project {project_id}", "GET", f"/groups/{_segment(project_id)}", budget=project_id)
        return self._exchange.run(call, _take_project, self._authorization)

    def project_by_name(self, name: str, org_id: str | None = None) -> dict[str, Any]:
        """Return the project that has exactly this name, in one organization or in all that are seen.

        Raises ApiError, code GROUP_NAME_NOT_FOUND or MULTIPLE_GROUPS, where it is not one.
        """
        what = f"Looking for the project named {tidy(name, 80)!r}"
        if org_id is None:
            call = self._call(what, "GET", f"/groups/byName/{_segment(name)}", budget=_PROJECTS)
            return self._exchange.run(call, _take_project, self._authorization)
        # The filter of this list knows only the start of a name, without regard to case.
        call = self._project_list(what, org_id)
        asked = {"itemsPerPage": PROJECTS_PER_PAGE, "name": name}
        found = {
            project["id"]: project
            for page in self._pages(call, asked, _take_projects)
            for project in page.results
            if project.get("name") == name
        }
        if len(found) == 1:
            return next(iter(found.values()))
        code = "MULTIPLE_GROUPS" if found else "GROUP_NAME_NOT_FOUND"
        seen = f"{len(found)} projects have this name" if found else "no project of this organization has this name"
        fault = Fault(code=code, detail=f"{seen} (org_id {org_id})")
        raise build(ApiError, f"{what} failed", None, fault, login=self._login, method=call.method, url=call.full_url)

    def projects(self, org_id: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the projects that the credentials see, each once; of one organization where org_id says so."""
        call = self._project_list("Listing the projects", org_id)
        seen: set[str] = set()
        for page in self._pages(call, {"itemsPerPage": PROJECTS_PER_PAGE}, _take_projects):
            for project in page.results:
                # Pages shift while projects come and go.
                if project["id"] not in seen:
                    seen.add(project["id"])
                    yield project

    def _project_list(self, what: str, org_id: str | None) -> Call:
        path = "/groups" if org_id is None else f"/orgs/{_segment(org_id)}/groups"
        return self._call(what, "GET", path, budget=_PROJECTS)

    # Parts of all of them

    def _call(self, what: str, method: str, path: str, *, budget: str, body: Mapping[str, Any] | None = None) -> Call:
        return Call(
            what=what,
            method=method,
            url=self._base + path,
            budget=budget,
            query=self._query if "/integrations" in path else (),
            headers=self._read_headers if body is None else self._write_headers,
            body=None if body is None else encode(body),
            write=method != "GET",
        )

    def _pages(self, call: Call, asked: Mapping[str, Any], take: Callable[[Parsed], _Page]) -> Iterator[Listing]:
        """Yield pages until none is announced. Addresses of next pages are never followed, only counted up."""
        for number in range(1, MOST_PAGES + 1):
            numbered = {"pageNum": number, **asked} if number > 1 else asked
            page = self._page(call, numbered, take)
            yield page.listing
            if not page.more:
                return
            if not page.listing.results:
                break
        raise UnusableAnswer(
            f"{call.what} failed: the server announces more pages than it has", method=call.method, url=call.url
        )

    def _page(self, call: Call, asked: Mapping[str, Any], take: Callable[[Parsed], _Page]) -> _Page:
        query = tuple((name, _query_value(value)) for name, value in asked.items() if value is not None)
        paged = Call(call.what, call.method, call.url, call.budget, (*query, *call.query), call.headers)
        return self._exchange.run(paged, take, self._authorization)


def _segment(text: str) -> str:
    """Return text as one segment of a URL's path, whatever it holds."""
    encoded = quote(text, safe="")
    # quote leaves dots alone, and "." and ".." would walk through the path.
    return encoded.replace(".", "%2E") if encoded.strip(".") == "" else encoded


def _query_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _take_page(parsed: Parsed) -> _Page:
    """Take a list from an answer; one that holds anything but objects is no list to decide on."""
    results, total, links = (parsed.member(name) for name in ("results", "totalCount", "links"))
    if not isinstance(results, list):
        raise Unreadable("the answer has no list of results")
    if not all(isinstance(one, dict) for one in results):
        raise Unreadable("the answer's results hold something that is no object")
    if isinstance(total, bool) or not isinstance(total, int):
        total = None
    more = isinstance(links, list) and any(isinstance(k, dict) and k.get("rel") == "next" for k in links)
    return _Page(Listing(results, total), more)


def _take_integrations(parsed: Parsed) -> _Page:
    page = _take_page(parsed)
    results = [dict(SERVICES.renamed(one)) for one in page.listing.results]
    return _Page(Listing(results, page.listing.total_count), page.more)


def _take_projects(parsed: Parsed) -> _Page:
    page = _take_page(parsed)
    for one in page.listing.results:
        _check_project(one)
    return page


def _take_project(parsed: Parsed) -> dict[str, Any]:
    project = parsed.read()
    _check_project(project)
    found: dict[str, Any] = project
    return found


def _check_project(project: Any) -> None:
    if not isinstance(project, dict) or not isinstance(project.get("id"), str) or not project["id"]:
        raise Unreadable("the answer holds a project without an id")


def _deleted(parsed: Parsed) -> None:
    """Accept 204, and what an envelope makes of it; anything else proves nothing, so the caller looks what is true."""
    if parsed.status != 204:
        parsed.read()
        raise Unreadable(f"the answer to a deletion has status {parsed.status} instead of 204")
