# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""From options and environment to a connection and a project: one resolver for modules and plugins.

Pure: it reads nothing but its arguments and sends nothing, so a wrong setting is known before any
request. Values never appear in its messages, because some of them are secrets.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional
from urllib.parse import SplitResult, urlsplit

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._options import (
    API_VERSION,
    BASE_URL,
    CA_PATH,
    KINDS,
    ORG_ID,
    PROJECT_ID,
    PROJECT_NAME,
    RATE_LIMIT_RETRY_TIMEOUT,
    TIMEOUT,
    USE_PROXY,
    VALIDATE_CERTS,
    Kind,
    Setting,
    misplaced_secret,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import API_VERSIONS

DEFAULT_BASE_URL = "https://cloud.mongodb.com"
GOVERNMENT_BASE_URL = "https://cloud.mongodbgov.com"
SERVICE_VARIABLE = "MONGODB_ATLAS_SERVICE"


@dataclass(frozen=True)
class Credentials:
    """What Atlas is asked with. kind: key_pair, service_account or token (identifier is then empty).

    source: task or environment.
    """

    kind: str
    identifier: str
    secret: str = field(repr=False)
    source: str = "task"


@dataclass(frozen=True)
class Connection:
    """Everything that a client needs. base_url: without a slash at its end. Both time-outs: seconds."""

    credentials: Credentials
    base_url: str = DEFAULT_BASE_URL
    api_version: str = "v2"
    validate_certs: bool = True
    ca_path: Optional[str] = None
    use_proxy: bool = True
    timeout: float = 30.0
    rate_limit_retry_timeout: float = 120.0


@dataclass(frozen=True)
class Resolved:
    """A connection, and what the user should know about how it was chosen."""

    connection: Connection
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProjectRef:
    """The project that a task names: by id, or by a name that org_id may narrow."""

    id: Optional[str] = None
    name: Optional[str] = None
    org_id: Optional[str] = None


def resolve_connection(
    options: Mapping[str, Any], env: Mapping[str, str], *, token_with_account: bool = False
) -> Resolved:
    """Choose credentials and address from options, then environment (product rules: credentials whole from one source).

    token_with_account: for logging in and out, so only a service account will do; access_token is not a way to log
    in but the token to revoke, so it is left aside.
    Raises OptionError with all that is wrong.
    """
    return _Resolver(options, env, token_with_account).resolve()


def connection_problems(
    options: Mapping[str, Any], env: Mapping[str, str], *, token_with_account: bool = False
) -> list[str]:
    """Return what resolve_connection would complain about, [] where it would not."""
    try:
        resolve_connection(options, env, token_with_account=token_with_account)
    except OptionError as exc:
        return list(exc.problems)
    return []


def resolve_api_version(options: Mapping[str, Any], env: Mapping[str, str]) -> str:
    """Return the API version that options or environment choose, the default where that choice is wrong.

    For checks that depend on the version and run whether or not the connection is right.
    """
    return _Resolver(options, env, False).api_version()


def resolve_project(options: Mapping[str, Any], env: Mapping[str, str], *, from_environment: bool) -> ProjectRef:
    """Return the one project that options name, else that of the environment where from_environment allows it.

    Raises OptionError with all that is wrong.
    """
    problems: list[str] = []
    project_id, name = PROJECT_ID.given(options), PROJECT_NAME.given(options)
    spoken = "project_id"
    if from_environment and project_id is None and name is None:
        project_id = PROJECT_ID.from_environment(env)
        spoken = f"the environment variable {PROJECT_ID.variables[0]}"
    if project_id is not None and name is not None:
        problems.append("project_id and project_name are both given; name the project with one of them")
    elif project_id is None and name is None:
        variable = f" (or the environment variable {PROJECT_ID.variables[0]})" if from_environment else ""
        problems.append(f"no project is named; set project_id{variable} or project_name")
    if project_id is not None:
        problems += id_problems(project_id, spoken)
    org_id = None
    try:
        # It narrows a name; with an id the environment's, which other tools use too, is no reason to fail.
        org_id = resolve_org_id(options, {} if name is None else env)
    except OptionError as exc:
        problems += exc.problems
    if problems:
        raise OptionError(problems)
    return ProjectRef(
        id=None if project_id is None else str(project_id), name=None if name is None else str(name), org_id=org_id
    )


def project_problems(options: Mapping[str, Any], env: Mapping[str, str], *, from_environment: bool) -> list[str]:
    """Return what resolve_project would complain about, [] where it would not."""
    try:
        resolve_project(options, env, from_environment=from_environment)
    except OptionError as exc:
        return list(exc.problems)
    return []


def resolve_org_id(options: Mapping[str, Any], env: Mapping[str, str]) -> Optional[str]:
    """Return the organization's id from org_id or its variable, None where neither is set. Raises OptionError."""
    given = ORG_ID.given(options)
    value = given if given is not None else ORG_ID.from_environment(env)
    if value is None:
        return None
    problems = id_problems(value, "org_id" if given is not None else f"the environment variable {ORG_ID.variables[0]}")
    if problems:
        raise OptionError(problems)
    return str(value)


def id_problems(value: Any, spoken: str) -> list[str]:
    """Return [] for an id as Atlas makes them (24 lower-case hexadecimal digits), else one sentence about spoken."""
    text = str(value)
    if re.fullmatch(r"[0-9a-f]{24}", text):
        return []
    if re.fullmatch(r"[0-9A-Fa-f]{24}", text):
        return [f"{spoken} must be written in lower case; Atlas takes 24 hexadecimal digits from 0 to 9 and a to f"]
    named = "; a name belongs into project_name" if spoken == "project_id" else ""
    return [f"{spoken} must be 24 lower-case hexadecimal digits, as its URL in Atlas shows them{named}"]


def is_loopback(host: Optional[str]) -> bool:
    """Tell whether a host (as urlsplit gives it, in lower case) never leaves this machine."""
    if host == "localhost":
        return True
    try:
        return host is not None and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Resolver:
    """One resolution; collects problems and warnings on its way."""

    def __init__(self, options: Mapping[str, Any], env: Mapping[str, str], token_with_account: bool) -> None:
        self.options = options
        self.env = env
        self.kinds = KINDS[1:] if token_with_account else KINDS
        self.account_only = token_with_account
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def resolve(self) -> Resolved:
        credentials = self._credentials()
        api_version = self.api_version()
        base_url = self._base_url(api_version)
        timeout = self._seconds(TIMEOUT, zero=False)
        patience = self._seconds(RATE_LIMIT_RETRY_TIMEOUT, zero=True)
        if self.problems or credentials is None:
            raise OptionError(self.problems)
        connection = Connection(
            credentials=credentials,
            base_url=base_url,
            api_version=api_version,
            validate_certs=self._flag(VALIDATE_CERTS),
            ca_path=CA_PATH.given(self.options),
            use_proxy=self._flag(USE_PROXY),
            timeout=timeout,
            rate_limit_retry_timeout=patience,
        )
        return Resolved(connection, tuple(self.warnings))

    def _credentials(self) -> Optional[Credentials]:
        task = [kind for kind in self.kinds if any(p.given(self.options) is not None for p in kind.parts)]
        if len(task) > 1:
            self.problems.append(
                f"the task gives credentials of two kinds, {self._found(task, self.options)}; keep one of them"
                " (what module_defaults set counts as given by the task; an empty text in the task undoes it)"
            )
            return None
        if task:
            return self._chosen(task[0], "task")
        found = [kind for kind in self.kinds if any(p.from_environment(self.env) for p in kind.parts)]
        if not found and self.account_only:
            self.problems.append(f"no service account is given; set {_way(self.kinds[0])}")
            return None
        if not found:
            ways = ", or ".join(_way(kind) for kind in reversed(self.kinds))
            self.problems.append(f"no credentials are given; set {ways}")
            return None
        if len(found) > 1 and not self.account_only:
            self.warnings.append(
                f"the environment holds credentials of more than one kind, {self._found(found, None)};"
                f" the first of these is used"
            )
        return self._chosen(found[0], "environment")

    def _chosen(self, kind: Kind, source: str) -> Optional[Credentials]:
        """Return credentials of a kind, unless only a service account will do and they are of another."""
        if self.account_only and kind is not self.kinds[0]:
            given = self._found([kind], self.options if source == "task" else None)
            self.problems.append(
                f"the {source} gives {given}, which needs no login; set {_way(self.kinds[0])}, or leave the login out"
            )
            return None
        return self._whole(kind, source)

    def _found(self, kinds: list[Kind], options: Optional[Mapping[str, Any]]) -> str:
        """Name kinds and the options (or, without options, the variables) that give them."""
        said = []
        for kind in kinds:
            if options is not None:
                names = [p.name for p in kind.parts if p.given(options) is not None]
            else:
                names = [v for p in kind.parts for v in p.variables if self.env.get(v)]
            said.append(f"{kind.words} ({', '.join(names)})")
        return " and ".join(said)

    def _whole(self, kind: Kind, source: str) -> Optional[Credentials]:
        """Return credentials of a kind, all of it from source; note what is missing or malformed."""
        values: list[str] = []
        before = len(self.problems)
        for part in kind.parts:
            value = part.given(self.options) if source == "task" else part.from_environment(self.env)
            name = part.name if source == "task" else " or ".join(part.variables)
            if value is None:
                self.problems.append(self._half(kind, part, source))
                continue
            text = str(value)
            values.append(text)
            if re.fullmatch(r"[!-~]+", text) is None:
                self.problems.append(
                    f"{name} holds a blank, a line break or another character that no credential has;"
                    " check where its value comes from"
                )
            if kind.name == "key_pair" and text.startswith("mdb_sa_"):
                self.problems.append(
                    f"{name} belongs to a service account (it begins with mdb_sa_);"
                    " use client_id and client_secret for it instead of public_key and private_key"
                )
            elif misplaced_secret(part.name, text):
                self.problems.append(f"{name} holds the secret that belongs to it; {_exchange(kind, source)}")
        if len(self.problems) > before:
            return None
        return Credentials(kind.name, values[0] if len(values) > 1 else "", values[-1], source)

    @staticmethod
    def _half(kind: Kind, missing: Setting, source: str) -> str:
        other = next(part for part in kind.parts if part is not missing)
        if source == "task":
            return (
                f"{other.name} is given without {missing.name}; give both in the task, or neither and set"
                f" {' or '.join(other.variables)} and {' or '.join(missing.variables)} in the environment"
            )
        return (
            f"the environment sets {' or '.join(other.variables)} without {' or '.join(missing.variables)};"
            f" set both, or give {other.name} and {missing.name} in the task"
        )

    def api_version(self) -> str:
        given = API_VERSION.given(self.options)
        value = given if given is not None else API_VERSION.from_environment(self.env)
        if value is None:
            return API_VERSIONS[0]
        if value not in API_VERSIONS:
            name = API_VERSION.name if given is not None else API_VERSION.variables[0]
            self.problems.append(f"{name} must be one of {', '.join(API_VERSIONS)}")
            return API_VERSIONS[0]
        return str(value)

    def _base_url(self, api_version: str) -> str:
        given = BASE_URL.given(self.options)
        value = given if given is not None else BASE_URL.from_environment(self.env)
        name = BASE_URL.name if given is not None else BASE_URL.variables[0]
        if value is None:
            if self.env.get(SERVICE_VARIABLE, "").strip().lower() == "cloudgov":
                self.problems.append(
                    f"{SERVICE_VARIABLE} is cloudgov but no base_url is given;"
                    f" set base_url (or {BASE_URL.variables[0]}) to {GOVERNMENT_BASE_URL},"
                    " so that credentials do not go to the commercial cloud"
                )
            return DEFAULT_BASE_URL
        wrong = _url_problem(str(value))
        if wrong:
            self.problems.append(f"{name} {wrong}")
            return DEFAULT_BASE_URL
        address, version = _without_api_path(str(value))
        if version and version != api_version:
            self.warnings.append(
                f"the path /api/atlas/{version} in {name} is ignored, because api_version is {api_version};"
                f" set api_version to choose, and leave the path out"
            )
        return address

    def _seconds(self, setting: Setting, *, zero: bool) -> float:
        value = setting.given(self.options)
        if value is None:
            return float(setting.default)
        try:
            seconds = float(value)
        except (TypeError, ValueError):
            seconds = math.nan
        if not math.isfinite(seconds) or seconds < 0 or (seconds == 0 and not zero):
            least = "0 or more" if zero else "more than 0"
            self.problems.append(f"{setting.name} must be a number of seconds, {least}")
            return float(setting.default)
        return seconds

    def _flag(self, setting: Setting) -> bool:
        value = setting.given(self.options)
        return bool(setting.default if value is None else value)


def _exchange(kind: Kind, source: str) -> str:
    names = (part.name if source == "task" else part.variables[0] for part in kind.parts)
    return f"exchange the values of {' and '.join(names)}"


def _way(kind: Kind) -> str:
    """Name the options of a kind and the variables that stand for them."""
    options, variables = [p.name for p in kind.parts], [p.variables[0] for p in kind.parts]
    return f"{' and '.join(options)} (or {' and '.join(variables)} in the environment)"


def _url_problem(value: str) -> Optional[str]:
    """Return why a text is no address that credentials may be sent to, as the rest of a sentence, else None."""
    if re.search(r"[^!-~]|\\", value):
        return "must not contain blanks, backslashes or characters outside ASCII"
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        return f"is not a valid URL; write it like {DEFAULT_BASE_URL}"
    form = r"[a-z0-9._-]+|[0-9a-f:.]+"
    if parts.scheme not in ("https", "http") or port == 0 or not re.fullmatch(form, host or ""):
        return f"is not a valid URL; write it like {DEFAULT_BASE_URL}"
    if "@" in parts.netloc:
        return "must not contain a user or a password; use the credential options for them"
    if "?" in value or "#" in value:
        return f"must not contain a query or a fragment; write it like {DEFAULT_BASE_URL}"
    if parts.scheme == "http" and not is_loopback(host):
        return "begins with http://, which is allowed for a loopback address only; use https://"
    return None


def _without_api_path(value: str) -> tuple[str, Optional[str]]:
    """Return an address without what this collection appends itself, and the API version that stood in it."""
    parts: SplitResult = urlsplit(value)
    path = parts.path.rstrip("/")
    found = re.search(r"/api/atlas(?:/(v\d+(?:\.\d+)?))?$", path)
    if found:
        path = path[: found.start()].rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}", found.group(1) if found else None
