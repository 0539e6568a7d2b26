# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What a fleet task reports: counts, the projects that changed or failed, and a diff by project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Optional, Protocol

from ansible_collections.atlasops.integrations.plugins.module_utils._apply import Outcome
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import ApiError, AtlasOpsError, NotBegun
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import CREATE, DELETE, NONE, UPDATE
from ansible_collections.atlasops.integrations.plugins.module_utils._render import plan_diff
from ansible_collections.atlasops.integrations.plugins.module_utils._selection import Target

ACTIONS = (CREATE, UPDATE, DELETE, NONE)
_MOST_NAMES = 3


class Reported(Protocol):
    """What a failure message is made from: any report on one project."""

    target: Target
    error: Optional[AtlasOpsError]


@dataclass
class ProjectReport:
    """What became of one project; small, because thousands of them are kept.

    entries: one dictionary an integration. counts: integrations by action. diff: Ansible's diff of
    this project, None where nothing changed.
    """

    target: Target
    changed: bool = False
    entries: list[dict[str, Any]] = dataclass_field(default_factory=list)
    counts: dict[str, int] = dataclass_field(default_factory=dict)
    unmanaged: list[str] = dataclass_field(default_factory=list)
    diff: Optional[dict[str, Any]] = None
    error: Optional[AtlasOpsError] = None

    def add(self, outcome: Outcome) -> None:
        """Take in what came of one integration."""
        self.entries.append(entry(outcome))
        if outcome.error is not None:
            self.error = self.error or outcome.error
        else:
            self.counts[outcome.action] = self.counts.get(outcome.action, 0) + 1
        self.changed = self.changed or outcome.changed

    def as_dict(self) -> dict[str, Any]:
        """Return the element of the result's projects."""
        return {
            "id": self.target.id,
            "name": self.target.name,
            "changed": self.changed,
            "integrations": self.entries,
            "unmanaged": self.unmanaged,
            "error": None if self.error is None else error_dict(self.error),
        }


def entry(outcome: Outcome) -> dict[str, Any]:
    """Return what is reported of one integration."""
    plan = outcome.plan
    current = outcome.after or {}
    return {
        "type": plan.wish.service.type,
        "action": outcome.action,
        "id": current.get("id"),
        "previous_id": outcome.previous_id,
        "verified": outcome.verified,
        "secrets": dict(plan.secrets),
        "differences": list(plan.differences),
        "missing": list(plan.missing),
        "not_applied": list(outcome.not_applied),
    }


def error_dict(exc: AtlasOpsError) -> dict[str, Any]:
    """Return a failure as data: msg, and the keys of ApiError.as_dict(), null where Atlas said nothing."""
    said = exc if isinstance(exc, ApiError) else ApiError(exc.message)
    return {"msg": exc.message, **said.as_dict()}


def project_diff(target: Target, outcomes: Sequence[Outcome]) -> Optional[dict[str, Any]]:
    """Return the diff of one project: its changed integrations by type; None where nothing changed."""
    changed = [o for o in outcomes if o.changed and o.error is None]
    if not changed:
        return None
    parts = {o.plan.wish.service.type: plan_diff(o.plan, o.after) for o in changed}
    header = f"{target.name} ({target.id})" if target.name else target.id
    return {
        "before_header": header,
        "after_header": header,
        "before": {kind: part["before"] for kind, part in parts.items() if part["before"]},
        "after": {kind: part["after"] for kind, part in parts.items() if part["after"]},
    }


class Warnings:
    """Warnings of many projects: each sentence once, with the projects that it is about, in their order."""

    def __init__(self) -> None:
        self._told: dict[str, list[tuple[int, str]]] = {}

    def add(self, label: str, texts: Iterable[str], place: Optional[int] = None) -> None:
        """Note what a project is to be warned of. place: where it stands among all; None: behind those noted before."""
        for text in dict.fromkeys(texts):
            at = len(self._told) if place is None else place
            self._told.setdefault(text, []).append((at, label))

    def texts(self) -> list[str]:
        """Return the sentences."""
        for projects in self._told.values():
            projects.sort(key=lambda one: one[0])
        ordered = sorted(self._told.items(), key=lambda one: (one[1][0][0], one[0]))
        return [f"{text} ({_projects([label for unused, label in projects])})" for text, projects in ordered]


def _projects(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return f"project {labels[0]}"
    more = f" and {len(labels) - _MOST_NAMES} more" if len(labels) > _MOST_NAMES else ""
    return f"{len(labels)} projects: {', '.join(labels[:_MOST_NAMES])}{more}"


def summarize(reports: Sequence[ProjectReport]) -> dict[str, int]:
    """Return the counts over all projects."""
    summary = {
        "projects": len(reports),
        "changed": sum(r.changed for r in reports),
        "failed": sum(r.error is not None for r in reports),
    }
    for action in ACTIONS:
        summary[action] = sum(r.counts.get(action, 0) for r in reports)
    return summary


def failure_message(reports: Sequence[Reported]) -> str:
    """Return one short sentence for any number of failed projects, with the first reason of a project's own."""
    errors = [(r.target.label, r.error) for r in reports if r.error is not None]
    failed = [one for one in errors if not isinstance(one[1], NotBegun)] or errors
    others = f" ({len(errors) - len(failed)} more not begun)" if len(errors) > len(failed) else ""
    label, first = failed[0]
    return (
        f"{len(failed)} of {len(reports)} projects failed{others}, the first of them {label}: {first.message}"
        " (failed_projects lists them all, projects says why)"
    )
