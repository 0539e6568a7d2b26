# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The work of the module atlas_integration_info: reads the integrations of one, several or all projects."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Optional

from ansible_collections.atlasops.integrations.plugins.module_utils._client import AtlasClient
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import AtlasOpsError, OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._fleet_report import (
    Warnings,
    error_dict,
    failure_message,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._http import Transport
from ansible_collections.atlasops.integrations.plugins.module_utils._integration import as_failure, fail
from ansible_collections.atlasops.integrations.plugins.module_utils._options import (
    PROJECT_ID,
    PROJECT_NAME,
    blank,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import Raw
from ansible_collections.atlasops.integrations.plugins.module_utils._pool import (
    Breaker,
    Pool,
    concurrency_of,
    concurrency_problems,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._prometheus import TYPE as PROMETHEUS
from ansible_collections.atlasops.integrations.plugins.module_utils._prometheus import scraping
from ansible_collections.atlasops.integrations.plugins.module_utils._render import declaration, render_all
from ansible_collections.atlasops.integrations.plugins.module_utils._selection import (
    NothingSelected,
    Target,
    read_selection,
    select,
    selection_problems,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import (
    connection_problems,
    project_problems,
    resolve_api_version,
    resolve_connection,
    resolve_project,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import ON_CREATE, read_wish

MOST_ITEMS = 500
_NARROWING = ("project_pattern", "project_tags", "exclude_projects")
_PAGING = ("page_num", "items_per_page", "include_count")


def problems(options: Mapping[str, Any], env: Mapping[str, str]) -> list[str]:
    """Return everything that is wrong with options and environment, as sentences, before any request."""
    one, many = _named_one(options), _named_many(options)
    if one and many:
        found = [f"{' and '.join((*one, *many))} do not go together; name one project, or choose among many"]
    elif many:
        found = selection_problems(options, env) + list(_single_only(options))
    elif not one and PROJECT_ID.from_environment(env) is None:
        found = [
            f"no project is named; set project_id (or the environment variable {PROJECT_ID.variables[0]}),"
            " project_name, projects or all_projects"
        ]
    else:
        found = project_problems(options, env, from_environment=True)
    return found + list(_ranges(options)) + concurrency_problems(options) + connection_problems(options, env)


def _named_one(options: Mapping[str, Any]) -> list[str]:
    return [s.name for s in (PROJECT_ID, PROJECT_NAME) if s.given(options) is not None]


def _named_many(options: Mapping[str, Any]) -> list[str]:
    chosen = ["projects"] if options.get("projects") is not None else []
    return chosen + [name for name in ("all_projects", *_NARROWING) if options.get(name)]


def _single_only(options: Mapping[str, Any]) -> Iterator[str]:
    given = [name for name in _PAGING if options.get(name) is not None]
    if given:
        yield f"{', '.join(given)} can be used for a single project only; leave it out to read many"


def _ranges(options: Mapping[str, Any]) -> Iterator[str]:
    page, items = options.get("page_num"), options.get("items_per_page")
    if page is not None and int(page) < 1:
        yield "page_num must be 1 or more"
    if items is not None and not 1 <= int(items) <= MOST_ITEMS:
        yield f"items_per_page must be a number from 1 to {MOST_ITEMS}"


@dataclass
class Reading:
    """What was read of one project. total_count: as Atlas told it; error: why there is nothing."""

    target: Target
    integrations: Sequence[Raw] = ()
    total_count: Optional[int] = None
    error: Optional[AtlasOpsError] = None
    shown: list[dict[str, Any]] = dataclass_field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the element of the result's projects."""
        return {
            "id": self.target.id,
            "name": self.target.name,
            "types": [one.get("type") for one in self.shown],
            "error": None if self.error is None else error_dict(self.error),
        }


def run(
    options: Mapping[str, Any],
    env: Mapping[str, str],
    check_mode: bool,
    *,
    diff_mode: bool = False,
    transport: Optional[Transport] = None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Read integrations; return the module's result. Nothing is ever written, so check mode is the same.

    The arguments are those of the function of the same name for one integration. The result has
    every documented key, and failed with msg after a failure; nothing of that kind is raised.
    """
    result = empty_result()
    found = problems(options, env)
    if found:
        return {**result, "failed": True, "msg": OptionError(found).message}
    resolved = resolve_connection(options, env)
    many = bool(_named_many(options))
    client = AtlasClient(
        resolved.connection,
        transport=transport,
        sleep=sleep,
        pool_size=concurrency_of(options) if many else 1,
        envelope=bool(options.get("envelope")),
        pretty=bool(options.get("pretty")),
    )
    readings: list[Reading] = []
    try:
        with client:
            (_read_many if many else _read_one)(client, options, env, readings)
    except AtlasOpsError as exc:
        fail(result, exc)
    _fill(result, readings, options, resolved.connection.base_url, resolve_api_version(options, env))
    if not many and readings and readings[0].error is None:
        result["total_count"] = readings[0].total_count
    result["warnings"] = [*resolved.warnings, *result["warnings"], *client.warnings]
    result["live_secrets"] = client.live_secrets()
    result["api_calls"] = client.api_calls
    return result


def empty_result() -> dict[str, Any]:
    """Return a result of which nothing is known yet: every key is there."""
    return {
        "changed": False,
        "integrations": [],
        "declarations": [],
        "prometheus": [],
        "projects": [],
        "failed_projects": [],
        "total_count": None,
        "api_calls": 0,
        "warnings": [],
        "deprecations": [],
    }


def empty_failure() -> dict[str, Any]:
    """Return the keys of a failure of which nothing is known."""
    return as_failure(empty_result())


def _read_one(client: AtlasClient, options: Mapping[str, Any], env: Mapping[str, str], readings: list[Reading]) -> None:
    """Read the one project that is named. Raises ApiError."""
    named = resolve_project(options, env, from_environment=True)
    if named.id is not None:
        target = Target(named.id)
    else:
        project = client.project_by_name(str(named.name), named.org_id)
        target = Target(str(project["id"]), project.get("name"), project.get("orgId"))
    readings.append(Reading(target))
    _read(client, readings[0], **{name: options.get(name) for name in _PAGING})
    if readings[0].error is not None:
        raise readings[0].error


def _read_many(
    client: AtlasClient, options: Mapping[str, Any], env: Mapping[str, str], readings: list[Reading]
) -> None:
    """Read all projects that are chosen. Raises what ends the run early; other failures are with their projects."""
    try:
        readings += map(Reading, select(read_selection(options, env), client))
    except NothingSelected:
        if not options.get("allow_empty"):
            raise
    breaker = Breaker(concurrency_of(options))

    def read(reading: Reading) -> Optional[AtlasOpsError]:
        reading.error = breaker.attempt(lambda: _read(client, reading))
        return reading.error

    with Pool(concurrency_of(options)) as pool:
        try:
            pool.each_probed(read, readings)
        except AtlasOpsError as exc:
            for reading in readings:
                reading.error = exc
            raise


def _read(client: AtlasClient, reading: Reading, **paging: Any) -> Optional[AtlasOpsError]:
    """Read one project; return its failure."""
    try:
        listing = client.list_integrations(reading.target.id, **paging)
        reading.integrations, reading.total_count = listing.results, listing.total_count
    except AtlasOpsError as exc:
        reading.error = exc
    return reading.error


def _fill(
    result: dict[str, Any], readings: Sequence[Reading], options: Mapping[str, Any], base_url: str, version: str
) -> None:
    """Write what was read into a result, in the order of the projects."""
    types = {str(one) for one in options.get("types") or () if not blank(one)}
    warnings = Warnings()
    for reading in readings:
        wanted = (raw for raw in reading.integrations if not types or str(raw.get("type")) in types)
        chosen = sorted(wanted, key=lambda raw: SERVICES.rank(raw.get("type")))
        target, reading.shown = reading.target, render_all(chosen)
        whose = {"project_id": target.id, "project_name": target.name}
        result["integrations"] += [{**whose, **one, **whose} for one in reading.shown]
        declared = _declared(chosen, version, target.label, warnings)
        if declared:
            result["declarations"].append({"id": target.id, "name": target.name, "integrations": declared})
        result["prometheus"] += [scraping(base_url, target.id, i) for i in reading.shown if i.get("type") == PROMETHEUS]
        result["projects"].append(reading.as_dict())
    result["failed_projects"] = [reading.target.id for reading in readings if reading.error is not None]
    result["warnings"] += warnings.texts()
    if result["failed_projects"] and not result.get("failed"):
        result.update(failed=True, msg=failure_message(readings), error=None)


def _declared(project: Iterable[Raw], version: str, label: str, warnings: Warnings) -> list[dict[str, Any]]:
    """Return what a user would declare, less what would be refused as a declaration, which is warned of."""
    kept = []
    for raw in project:
        declared = declaration(raw)
        if declared is None:
            continue
        wrong = read_wish({**declared, "update_secrets": ON_CREATE}, version).problems
        if wrong:
            why = f"because it would be refused as Atlas shows it: {'; '.join(wrong)}"
            warnings.add(label, [f"{declared['type']} is left out of declarations, {why}"])
        else:
            kept.append(declared)
    return kept
