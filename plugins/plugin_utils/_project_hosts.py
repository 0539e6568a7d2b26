# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What the inventory of projects reads from Atlas, keeps in its cache, and makes of it; without anything of Ansible's.

A record is what is kept of one project, a dictionary that JSON can hold: id, name, org_id, tags,
cluster_count, created, and integration_types where those were asked for and could be read.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from ansible_collections.atlasops.integrations.plugins.module_utils._client import AtlasClient
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import AtlasOpsError, OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._http import Transport
from ansible_collections.atlasops.integrations.plugins.module_utils._pool import (
    Breaker,
    Pool,
    concurrency_of,
    concurrency_problems,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._selection import (
    NothingSelected,
    Selection,
    narrow,
    read_selection,
    tags_of,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import Connection, resolve_connection

Record = dict[str, Any]

# Changes with the form of records, so that a cache of another release is not misread.
_FORM = 1
_KEYS = frozenset(("id", "name", "org_id", "tags", "cluster_count", "created"))


@dataclass(frozen=True)
class Source:
    """What to read, from where, as whom. concurrency: threads. warnings: what the user should know of the choice."""

    connection: Connection
    selection: Selection
    integrations: bool = False
    concurrency: int = 8
    allow_empty: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fetched:
    """What was read. complete: False where the integrations of some projects could not be read."""

    records: list[Record]
    warnings: list[str] = dataclass_field(default_factory=list)
    complete: bool = True


def read_source(options: Mapping[str, Any], env: Mapping[str, str]) -> Source:
    """Read the options of the inventory: those of the connection, of the selection, and its own three.

    Raises OptionError with all that is wrong.
    """
    problems: list[str] = []
    resolved = selection = None
    try:
        resolved = resolve_connection(options, env)
    except OptionError as exc:
        problems += exc.problems
    try:
        selection = read_selection(options, env, everything=True)
    except OptionError as exc:
        problems += exc.problems
    problems += concurrency_problems(options)
    if problems or resolved is None or selection is None:
        raise OptionError(problems)
    return Source(
        resolved.connection,
        selection,
        bool(options.get("integrations")),
        concurrency_of(options),
        bool(options.get("allow_empty")),
        resolved.warnings,
    )


def cache_mark(source: Source) -> str:
    """Return a short text that differs where anything differs on which the records depend: who asks whom for what.

    A token has no id, so a part of its digest stands for it; no secret can be read back from the mark.
    """
    credentials, selection = source.connection.credentials, source.selection
    facts = [
        _FORM,
        source.connection.base_url,
        source.connection.api_version,
        credentials.kind,
        credentials.identifier or hashlib.sha256(credentials.secret.encode()).hexdigest(),
        [selection.org_id, selection.pattern, sorted(selection.tags.items()), sorted(selection.excluded)],
        source.integrations,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def from_cache(content: Any) -> list[Record] | None:
    """Return the records that a cache holds, None where it holds something else."""
    records = content.get("projects") if isinstance(content, Mapping) else None
    if not isinstance(records, list) or not all(isinstance(r, Mapping) and set(r) >= _KEYS for r in records):
        return None
    return [dict(record) for record in records]


def to_cache(records: Sequence[Record]) -> dict[str, Any]:
    """Return what a cache keeps."""
    return {"projects": [dict(record) for record in records]}


def fetch(
    source: Source, *, transport: Transport | None = None, sleep: Callable[[float], None] = time.sleep
) -> Fetched:
    """Read the chosen projects: the pages of the project list, and one request a project where integrations are wanted.

    A token that was obtained for it is revoked. Raises AtlasOpsError: Atlas said no, nothing was selected,
    or the integrations of no project at all could be read.
    """
    size = source.concurrency if source.integrations else 1
    client = AtlasClient(source.connection, transport=transport, sleep=sleep, pool_size=size)
    with client:
        records = _projects(source, client)
        failures = _add_types(records, client, size) if source.integrations else []
    warnings = [*source.warnings, *client.warnings]
    if failures:
        warnings.append(_unread(failures, len(records)))
    return Fetched(records, warnings, not failures)


def _projects(source: Source, client: AtlasClient) -> list[Record]:
    listed = list(client.projects(source.selection.org_id))
    try:
        targets = narrow(source.selection, listed)
    except NothingSelected:
        if not source.allow_empty:
            raise
        return []
    by_id = {str(project["id"]): project for project in listed}
    return [_record(by_id[target.id]) for target in targets]


def _record(project: Mapping[str, Any]) -> Record:
    return {
        "id": str(project["id"]),
        "name": str(project.get("name") or project["id"]),
        "org_id": project.get("orgId"),
        "tags": tags_of(project),
        "cluster_count": project.get("clusterCount"),
        "created": project.get("created"),
    }


def _add_types(records: Sequence[Record], client: AtlasClient, threads: int) -> list[tuple[str, AtlasOpsError]]:
    """Add integration_types to the records; return names of projects with what went wrong there.

    Raises AtlasOpsError where it went wrong in all of them.
    """
    failures: list[tuple[str, AtlasOpsError]] = []
    breaker = Breaker(threads)

    def read(record: Record) -> AtlasOpsError | None:
        error = breaker.attempt(lambda: _read_types(record, client))
        if error is not None:
            failures.append((record["name"], error))
        return error

    with Pool(threads) as pool:
        pool.each_probed(read, records)
    if records and len(failures) == len(records):
        raise failures[0][1]
    return failures


def _read_types(record: Record, client: AtlasClient) -> AtlasOpsError | None:
    """Add integration_types to one record; return what went wrong."""
    try:
        found = client.list_integrations(record["id"]).results
    except AtlasOpsError as exc:
        return exc
    record["integration_types"] = sorted({str(one.get("type")) for one in found if one.get("type")})
    return None


def _unread(failures: Sequence[tuple[str, AtlasOpsError]], count: int) -> str:
    name, first = failures[0]
    return (
        f"the integrations of {len(failures)} of {count} projects could not be read, so their hosts have no"
        f" atlas_integration_types; the first of them is {name}: {first.message}"
    )


def host_variables(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a host that come from Atlas."""
    variables = {
        "atlas_project_id": record["id"],
        "atlas_project_name": record["name"],
        "atlas_org_id": record["org_id"],
        "atlas_tags": dict(record["tags"]),
        "atlas_cluster_count": record["cluster_count"],
        "atlas_created": record["created"],
    }
    if "integration_types" in record:
        variables["atlas_integration_types"] = list(record["integration_types"])
    return variables
