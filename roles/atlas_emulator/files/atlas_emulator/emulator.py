# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way of a request: who asks, does a fault wait for it, which resource answers."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, Optional

from .answers import Answer, Refusal, dump, plain, unauthorized
from .call import Call
from .digest import Digest
from .discovery import Discovery
from .faults import Fault, Faults
from .integrations import JAVA, JAVA_LIST, Integrations
from .journal import Journal
from .limits import Buckets
from .oauth import REVOKE_PATH, TOKEN_PATH, OAuth
from .paging import parse_query
from .projects import Projects
from .seed import DEFAULT_SEED, Seeder
from .switches import Switches
from .wire import Request
from .world import Credential, World

_ACCEPT = re.compile(r"application/vnd\.atlas\.(\d{4}-\d{2}-\d{2})\+json\Z")
_ID = re.compile(r"[0-9a-f]{24}\Z")
_FIRST_VERSION = "2023-01-01"
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?\Z|\[[0-9A-Fa-f:]+\](:\d+)?\Z")


class Exchange:
    """A request, what is known of it, and what becomes of it."""

    __slots__ = ("answer", "begun", "connection", "credential", "fault", "kind", "refusal", "request")

    def __init__(self, request: Request, connection: int) -> None:
        self.request = request
        self.connection = connection
        self.begun = time.monotonic()
        self.kind: Optional[str] = None
        self.credential: Optional[Credential] = None
        self.refusal: Optional[Answer] = None
        self.fault: Optional[Fault] = None
        self.answer: Optional[Answer] = None


class Emulator:
    """The emulated Atlas without its sockets: requests in, answers out. Not thread-safe: one event loop owns it."""

    def __init__(
        self, table: Any, switches: Optional[Mapping[str, Any]] = None, seed: Optional[Mapping[str, Any]] = None
    ) -> None:
        self.table = table
        self.switches = Switches(switches)
        self.world = World()
        self.journal = Journal(self.switches.journal_size)
        self.faults = Faults()
        self.buckets = Buckets(self.switches)
        self.digest = Digest(self.world, self.switches)
        self.oauth = OAuth(self.world, self.switches)
        self.seeder = Seeder(self.world, table)
        self.integrations = Integrations(self.world, table, self.switches)
        self.projects = Projects(self.world, self.switches)
        self.discovery = Discovery(self.world)
        self.base_url = ""
        self._first_switches = dict(switches or {})
        self._first_seed = seed if seed is not None else DEFAULT_SEED
        self._first_credentials: list[Credential] = []

    def begin(self, credentials: list[Credential]) -> None:
        """Take the first credentials and the first seed in."""
        self._first_credentials = credentials
        self.reset()

    def keep_credentials(self, credentials: list[Credential]) -> None:
        """Let a reset come back with these credentials, those of a state file."""
        self._first_credentials = credentials

    def reset(self, seed: Optional[Mapping[str, Any]] = None) -> None:
        """Go back to the state of the start, or to another seed: state, switches, limits, faults, tokens, journal."""
        self.switches.reset(self._first_switches)
        self.world.clear()
        self.world.key_pairs.clear()
        self.world.accounts.clear()
        for credential in self._first_credentials:
            self.world.add_credential(credential)
        self.faults.set([])
        self.buckets.clear()
        self.oauth.clear()
        self.journal.clear()
        self.journal.resize(self.switches.journal_size)
        self.seeder.sow(self._first_seed if seed is None else seed)

    def receive(self, request: Request, connection: int = 0) -> Exchange:
        """Let a request in: authenticate it and find the fault that waits for it. Nothing is done yet."""
        exchange = Exchange(request, connection)
        path = request.path
        if path.startswith("/api/atlas/"):
            self._authenticate(exchange)
        elif path in (TOKEN_PATH, REVOKE_PATH) or path.startswith("/prometheus/"):
            exchange.kind = "basic"
        if self.faults.rules:
            authenticated = exchange.credential is not None or exchange.kind == "basic"
            exchange.fault = self.faults.find(request, authenticated)
        return exchange

    def work(self, exchange: Exchange) -> Answer:
        """Do what was asked and return the answer that goes out, changed by a fault where one waits."""
        fault = exchange.fault
        answer = self._work(exchange) if fault is None or fault.work else Answer(200)
        exchange.answer = answer if fault is None else fault.answer(answer)
        return exchange.answer

    def note(self, exchange: Exchange, sent: bool) -> None:
        """Write a request into the journal."""
        answer, credential = exchange.answer, exchange.credential
        self.journal.add(
            exchange.request,
            time.time(),
            time.monotonic() - exchange.begun,
            answer.status if answer is not None and sent else None,
            answer.code if answer is not None else None,
            (exchange.kind, credential.id if credential else None),
            exchange.fault.kind if exchange.fault else None,
            exchange.connection,
        )

    def _authenticate(self, exchange: Exchange) -> None:
        request = exchange.request
        value = request.headers.get("authorization", "")
        scheme = value[:7].lower()
        if scheme == "digest ":
            exchange.kind = "digest"
            exchange.credential, stale = self.digest.verify(request, value)
            if exchange.credential is None:
                exchange.refusal = unauthorized([self.digest.challenge(stale)])
        elif scheme == "bearer ":
            exchange.kind = "bearer"
            exchange.credential = self.oauth.credential(value[7:].strip())
            if exchange.credential is None:
                exchange.refusal = unauthorized(self._bearer_challenges())
        else:
            exchange.refusal = unauthorized([self.digest.challenge()])

    def _bearer_challenges(self) -> list[str]:
        kind = self.switches.bearer_challenge
        if kind == "none":
            return []
        return [self.digest.challenge() if kind == "digest" else 'Bearer error="invalid_token"']

    def _work(self, exchange: Exchange) -> Answer:
        request = exchange.request
        if exchange.refusal is not None:
            return exchange.refusal
        if exchange.credential is not None:
            return self._api(request, exchange.credential)
        try:
            if request.path in (TOKEN_PATH, REVOKE_PATH):
                if request.method != "POST":
                    raise _wrong_method("POST")
                return self.oauth.token(request) if request.path == TOKEN_PATH else self.oauth.revoke(request)
            if request.path.startswith("/prometheus/"):
                return self.discovery.answer(request)
            raise _no_such_resource(request.path)
        except Refusal as refusal:
            return _plain_refusal(refusal)

    def _api(self, request: Request, credential: Credential) -> Answer:
        version, unused, rest = request.path[len("/api/atlas/") :].partition("/")
        if version not in ("v2", "v1.0"):
            return _plain_refusal(_no_such_resource(request.path))
        query = parse_query(request.query, self.switches.paging_limits == "clamped")
        root = f"{self._origin(request)}/api/atlas/{version}"
        call = Call(request, version, root, query, credential, self.buckets)
        try:
            self._address(credential, request.peer)
            self._media(call)
            query.check()
            return self._route(call, rest.split("/"))
        except Refusal as refusal:
            return call.refused(refusal, self.switches.envelope_errors)

    def _origin(self, request: Request) -> str:
        host = request.headers.get("host", "")
        return f"http://{host}" if _HOST.match(host) else self.base_url

    def _address(self, credential: Credential, peer: str) -> None:
        allowed = credential.access_list
        if allowed is None or peer in allowed:
            return
        if not allowed:
            detail = "The organization requires an access list for API requests, and this credential has none."
            raise Refusal(403, "ORG_REQUIRES_WHITELIST", detail, [])
        code = self.switches.access_list_code
        raise Refusal(403, code, f"IP address {peer} is not allowed to access this resource.", [peer])

    def _media(self, call: Call) -> None:
        """Check versions and media types. Raises Refusal."""
        request = call.request
        accept = request.headers.get("accept", "*/*")
        if call.version == "v1.0":
            if not any(m in accept for m in ("application/json", "*/*", "application/*")):
                raise Refusal(406, "UNEXPECTED_ERROR", "Not acceptable.", None)
        else:
            self._version(accept)
        if request.method in ("POST", "PUT", "PATCH") and request.body:
            media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media != "application/json" and not (call.version == "v2" and _ACCEPT.match(media)):
                raise Refusal(415, "UNEXPECTED_ERROR", "Unsupported media type.", None)

    def _version(self, accept: str) -> None:
        for part in accept.split(","):
            found = _ACCEPT.match(part.partition(";")[0].strip().lower())
            if found and found.group(1) >= _FIRST_VERSION:
                return
        if self.switches.version_missing == 400 and "vnd.atlas" not in accept:
            raise Refusal(400, "INVALID_VERSION_DATE", "The request names no API version.", [])
        raise Refusal(406, "UNEXPECTED_ERROR", "No version of the resource fits the Accept header.", None)

    def _route(self, call: Call, parts: list[str]) -> Answer:
        count, first = len(parts), parts[0]
        if first == "groups":
            if count >= 3 and parts[2] == "integrations" and count <= 4:
                return self._integration_call(call, parts)
            if count == 1 or count == 3 and parts[1] == "byName" or count == 2:
                _only_get(call)
                if count == 2:
                    return self.projects.group(call, self._project(call, parts[1]))
                return self.projects.groups(call) if count == 1 else self.projects.by_name(call, parts[2])
        elif first == "orgs" and (count <= 2 or count == 3 and parts[2] == "groups"):
            _only_get(call)
            if count == 1:
                return self.projects.orgs(call)
            return self.projects.org(call, parts[1]) if count == 2 else self.projects.org_groups(call, parts[1])
        raise _no_such_resource(call.request.path)

    def _integration_call(self, call: Call, parts: list[str]) -> Answer:
        method = call.request.method
        single = len(parts) == 4
        known = ("GET", "HEAD", "POST", "PUT", "DELETE") if single else ("GET", "HEAD")
        if method not in known:
            raise _wrong_method(", ".join(known))
        call.java = JAVA["GET" if method == "HEAD" else method] if single else JAVA_LIST
        project = self._project(call, parts[1])
        if method in ("GET", "HEAD"):
            return self.integrations.one(call, project, parts[3]) if single else self.integrations.list(call, project)
        self._may_write(call, project)
        if method == "POST":
            return self.integrations.create(call, project, parts[3])
        if method == "PUT":
            return self.integrations.update(call, project, parts[3])
        return self.integrations.delete(call, project, parts[3])

    def _project(self, call: Call, ident: str) -> Any:
        """Return the project of the path, after its access checks and its bucket. Raises Refusal."""
        if not _ID.match(ident):
            detail = f"An invalid group ID {ident} was specified."
            raise Refusal(404, "INVALID_GROUP_ID", detail, [ident], rated=False)
        project = self.world.projects.get(ident)
        if project is None:
            raise Refusal(404, "GROUP_NOT_FOUND", f"No group with ID {ident} exists.", [ident], rated=False)
        if not call.credential.sees(project):
            detail = f"The current user cannot access the group with ID {ident}."
            raise Refusal(401, self.switches.access_refusal, detail, [ident], rated=False)
        call.take("project", ident)
        if project.flags.get("suspended"):
            raise Refusal(402, "ACCOUNT_SUSPENDED", "The organization is suspended because of an unpaid invoice.", [])
        return project

    def _may_write(self, call: Call, project: Any) -> None:
        if call.credential.role == "read_only":
            status = self.switches.role_refusal
            code = "USER_UNAUTHORIZED" if status == 401 else "ACCESS_FORBIDDEN"
            raise Refusal(status, code, "The current user is not authorized to perform this action.", [])
        if project.flags.get("unsupported_plan"):
            raise Refusal(403, "UNSUPPORTED_FOR_CURRENT_PLAN", "The current plan does not offer this feature.", [])


def _only_get(call: Call) -> None:
    if call.request.method not in ("GET", "HEAD"):
        raise _wrong_method("GET, HEAD")


def _wrong_method(allowed: str) -> Refusal:
    return Refusal(405, "METHOD_NOT_ALLOWED", "The method is not allowed here.", None, headers=[("Allow", allowed)])


def _no_such_resource(path: str) -> Refusal:
    return Refusal(404, "RESOURCE_NOT_FOUND", f"Cannot find resource {path}.", [path], rated=False)


def _plain_refusal(refusal: Refusal) -> Answer:
    answer = plain(refusal.status, None, refusal.headers)
    answer.body = dump(refusal.body())
    answer.code = refusal.code
    return answer
