# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The work of the module atlas_integration: one integration of one project, present or absent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Optional

from ansible_collections.atlasops.integrations.plugins.module_utils._apply import Outcome, settle
from ansible_collections.atlasops.integrations.plugins.module_utils._client import AtlasClient
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import ApiError, AtlasOpsError, OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._http import Transport
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import NONE
from ansible_collections.atlasops.integrations.plugins.module_utils._render import plan_diff, render, render_all
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import (
    ProjectRef,
    Resolved,
    connection_problems,
    project_problems,
    resolve_api_version,
    resolve_connection,
    resolve_project,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import (
    Reading,
    Wish,
    deprecations,
    read_wish,
)


def problems(options: Mapping[str, Any], env: Mapping[str, str]) -> list[str]:
    """Return everything that is wrong with options and environment, as sentences, before any request."""
    return (
        list(_reading(options, env).problems)
        + project_problems(options, env, from_environment=True)
        + connection_problems(options, env)
    )


def _reading(options: Mapping[str, Any], env: Mapping[str, str]) -> Reading:
    return read_wish(options, resolve_api_version(options, env))


def run(
    options: Mapping[str, Any],
    env: Mapping[str, str],
    check_mode: bool,
    *,
    diff_mode: bool = False,
    transport: Optional[Transport] = None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Bring one integration to its wished state, or predict that; return the module's result.

    options: module options with blanks left out. env: the environment. transport: how requests are
    sent, None for the network. The result has every documented key, and failed with msg after a
    failure of the user's, of Atlas or of the network; nothing of that kind is raised.
    """
    result = empty_result()
    found = problems(options, env)
    if found:
        fail(result, OptionError(found))
        return result
    resolved = resolve_connection(options, env)
    reading = _reading(options, env)
    result["warnings"] += resolved.warnings
    result["deprecations"] += deprecations(reading.deprecations)
    project = resolve_project(options, env, from_environment=True)
    result["project_id"] = project.id
    if reading.wish is not None:
        _work(result, resolved, project, reading.wish, options, check_mode, diff_mode, transport, sleep)
    return result


def empty_result() -> dict[str, Any]:
    """Return a result of which nothing is known yet: every key is there."""
    return {
        "changed": False,
        "action": NONE,
        "integration": None,
        "integrations": [],
        "total_count": None,
        "project_id": None,
        "secrets": {},
        "differences": [],
        "missing": [],
        "not_applied": [],
        "previous_id": None,
        "verified": None,
        "api_calls": 0,
        "warnings": [],
        "deprecations": [],
    }


def as_failure(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a failure of which no more is known than this result, those for Ansible itself apart."""
    return {**{k: v for k, v in result.items() if k not in ("warnings", "deprecations")}, "error": None}


def empty_failure() -> dict[str, Any]:
    """Return the keys of a failure of which nothing is known."""
    return as_failure(empty_result())


def _work(
    result: dict[str, Any],
    resolved: Resolved,
    project: ProjectRef,
    wish: Wish,
    options: Mapping[str, Any],
    check_mode: bool,
    diff_mode: bool,
    transport: Optional[Transport],
    sleep: Callable[[float], None],
) -> None:
    client = AtlasClient(
        resolved.connection,
        transport=transport,
        sleep=sleep,
        envelope=bool(options.get("envelope")),
        pretty=bool(options.get("pretty")),
    )
    try:
        with client:
            project_id = project.id or str(client.project_by_name(str(project.name), project.org_id)["id"])
            result["project_id"] = project_id
            outcome = settle(client, project_id, wish, client.list_integrations(project_id), check_mode=check_mode)
            report(result, outcome, diff_mode)
    except AtlasOpsError as exc:
        fail(result, exc)
    result["warnings"] += client.warnings
    result["live_secrets"] = client.live_secrets()
    result["api_calls"] = client.api_calls


def report(result: dict[str, Any], outcome: Outcome, diff_mode: bool) -> None:
    """Write what came of a wish into a result."""
    plan = outcome.plan
    result.update(
        changed=outcome.changed,
        action=outcome.action,
        integration=None if outcome.after is None else render(outcome.after),
        integrations=render_all(outcome.project),
        total_count=outcome.total_count,
        secrets=dict(plan.secrets),
        differences=list(plan.differences),
        missing=list(plan.missing),
        not_applied=list(outcome.not_applied),
        previous_id=outcome.previous_id,
        verified=outcome.verified,
    )
    result["warnings"] += outcome.warnings
    if diff_mode:
        result["diff"] = plan_diff(plan, outcome.after, done=outcome.error is None or outcome.changed)
    if outcome.error is not None:
        fail(result, outcome.error)


def fail(result: dict[str, Any], exc: AtlasOpsError) -> None:
    """Turn a result into that of a failure; what is known already stays."""
    result["failed"] = True
    result["msg"] = exc.message
    result["error"] = exc.as_dict() if isinstance(exc, ApiError) else None
