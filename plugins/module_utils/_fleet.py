# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The work of the module atlas_integrations: many integrations of many projects in one task.

All is checked, then all is read, then all is planned, and only then anything is written. Of a
project in which nothing is to be done only counts are kept, so memory does not grow with answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Optional

from ansible_collections.atlasops.integrations.plugins.module_utils._apply import Outcome, Refused, settle
from ansible_collections.atlasops.integrations.plugins.module_utils._client import AtlasClient, Listing
from ansible_collections.atlasops.integrations.plugins.module_utils._declared import (
    Declared,
    Purge,
    read_declared,
    read_purge,
    unmanaged,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import (
    ApiError,
    AtlasOpsError,
    NotBegun,
    OptionError,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._fleet_report import (
    ProjectReport,
    Warnings,
    entry,
    failure_message,
    project_diff,
    summarize,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._http import Transport
from ansible_collections.atlasops.integrations.plugins.module_utils._mistakes import internal_error
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import DELETE, NONE, Plan, make_plan
from ansible_collections.atlasops.integrations.plugins.module_utils._pool import (
    Breaker,
    Pool,
    concurrency_of,
    concurrency_problems,
    given_up,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._selection import (
    NothingSelected,
    Target,
    read_selection,
    select,
    selection_problems,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import (
    connection_problems,
    resolve_api_version,
    resolve_connection,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import Wish, deprecations


def problems(options: Mapping[str, Any], env: Mapping[str, str]) -> list[str]:
    """Return everything that can be found wrong without Atlas, as sentences."""
    version = resolve_api_version(options, env)
    found = list(read_declared(options, version).problems)
    try:
        read_purge(options, version)
    except OptionError as exc:
        found += exc.problems
    found += concurrency_problems(options)
    if int(options.get("max_deletions") or 0) < 0:
        found.append("max_deletions must be 0 or more")
    return found + selection_problems(options, env) + connection_problems(options, env)


@dataclass
class Job:
    """One project on its way. place: from 0. plans, listing: kept only while something is to be written there."""

    place: int
    target: Target
    wishes: tuple[Wish, ...]
    report: ProjectReport
    plans: list[Plan] = dataclass_field(default_factory=list)
    listing: Optional[Listing] = None

    def fail(self, error: AtlasOpsError) -> None:
        """Give up on the project; what was planned and not done is reported as such."""
        self.report.error = self.report.error or error
        self.report.entries += [_planned(plan) for plan in self.plans[len(self.report.entries) :]]
        self.plans, self.listing = [], None

    @property
    def deletions(self) -> int:
        """How many integrations the plans delete."""
        return sum(plan.action == DELETE for plan in self.plans)


def run(
    options: Mapping[str, Any],
    env: Mapping[str, str],
    check_mode: bool,
    *,
    diff_mode: bool = False,
    transport: Optional[Transport] = None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Bring many projects to their declared state, or predict that; return the module's result.

    The arguments are those of the function of the same name for one integration. The result has
    every documented key, and failed with msg after a failure; nothing of that kind is raised.
    """
    found = problems(options, env)
    if found:
        return {**empty_failure(), "failed": True, "msg": OptionError(found).message}
    resolved = resolve_connection(options, env)
    size = concurrency_of(options)
    client = AtlasClient(resolved.connection, transport=transport, sleep=sleep, pool_size=size)
    fleet = _Fleet(client, options, env, check_mode, diff_mode)
    with client, fleet.pool:
        data = fleet.run()
    data["warnings"] = [*resolved.warnings, *fleet.warnings.texts(), *client.warnings]
    data["deprecations"] = deprecations(fleet.declared.deprecations)
    data["live_secrets"] = client.live_secrets()
    data["api_calls"] = client.api_calls
    return data


class _Fleet:
    """One run over many projects."""

    def __init__(
        self,
        client: AtlasClient,
        options: Mapping[str, Any],
        env: Mapping[str, str],
        check_mode: bool,
        diff_mode: bool,
    ) -> None:
        version = resolve_api_version(options, env)
        self.client = client
        self.check_mode = check_mode
        self.diff_mode = diff_mode
        self.selection = read_selection(options, env)
        self.declared: Declared = read_declared(options, version)
        self.purge: Purge = read_purge(options, version)
        self.max_deletions = int(options.get("max_deletions") or 0)
        self.allow_empty = bool(options.get("allow_empty"))
        self.stop_on_error = options.get("on_error") == "stop"
        self.report_all = options.get("report") == "all"
        self.warnings = Warnings()
        self.stop = threading.Event()
        self.pool = Pool(concurrency_of(options))
        self.breaker = Breaker(concurrency_of(options))
        self.lock = threading.Lock()

    def run(self) -> dict[str, Any]:
        """Select, read and plan, guard, write; return the result."""
        jobs: list[Job] = []
        try:
            jobs = self._jobs()
            self.pool.each_probed(self._read, jobs)
            self._guard(jobs)
        except AtlasOpsError as exc:
            return self._given_up(jobs, exc)
        if self.stop_on_error and any(job.report.error for job in jobs):
            self.stop.set()
        self.pool.each(self._write, [job for job in jobs if job.plans])
        reports = [job.report for job in jobs]
        data = self._finish(reports)
        if data["summary"]["failed"]:
            data.update(failed=True, msg=failure_message(reports), error=None)
        return data

    def _jobs(self) -> list[Job]:
        """Select projects and join what is wished of each. Raises OptionError with all that is wrong."""
        try:
            targets = select(self.selection, self.client)
        except NothingSelected:
            if self.allow_empty:
                return []
            raise
        jobs: list[Job] = []
        wrong: list[str] = []
        for place, target in enumerate(targets):
            try:
                jobs.append(Job(place, target, self.declared.wishes(target), ProjectReport(target)))
            except OptionError as exc:
                wrong += exc.problems
        if wrong:
            raise OptionError(wrong)
        return jobs

    def _read(self, job: Job) -> Optional[AtlasOpsError]:
        """Read one project and plan it, unless that is pointless by now; return its failure."""
        job.report.error = self.breaker.attempt(lambda: self._read_and_plan(job))
        return job.report.error

    def _read_and_plan(self, job: Job) -> Optional[AtlasOpsError]:
        try:
            self._plan(job, self.client.list_integrations(job.target.id))
        except AtlasOpsError as exc:
            job.report.error = exc
        except Exception as exc:
            # One project that upsets us must not hide what is done in the others.
            job.fail(AtlasOpsError(internal_error(exc)))
        return job.report.error

    def _plan(self, job: Job, listing: Listing) -> None:
        """Decide for one project what is to be done; where that is nothing, it is done with."""
        wishes = [*job.wishes, *self.purge.wishes(job.wishes, listing.results)]
        plans = [make_plan(wish, listing.results) for wish in wishes]
        job.report.unmanaged = unmanaged(job.wishes, listing.results)
        if any(plan.action != NONE for plan in plans):
            job.plans, job.listing = plans, listing
            self._refuse(job)
        else:
            outcomes = [settle(self.client, job.target.id, p.wish, listing, check_mode=True, plan=p) for p in plans]
            for outcome in outcomes:
                job.report.add(outcome)
            self._take(job, outcomes)

    def _refuse(self, job: Job) -> None:
        """Fail a project in which a write lacks a secret, before anything is written there."""
        refusals = [plan.refusal for plan in job.plans if plan.refusal]
        if refusals and not self.check_mode:
            job.fail(Refused("; ".join(refusals)))

    def _guard(self, jobs: Iterable[Job]) -> None:
        """Refuse more deletions than the user allows, before anything is written."""
        deleting = [job for job in jobs if job.deletions]
        count = sum(job.deletions for job in deleting)
        if count > self.max_deletions:
            names = ", ".join(job.target.label for job in deleting[:3])
            more = f" and {len(deleting) - 3} more" if len(deleting) > 3 else ""
            raise AtlasOpsError(
                f"{count} integrations in {len(deleting)} projects ({names}{more}) would be deleted and max_deletions"
                f" is {self.max_deletions}, so nothing was written; look at them in check mode with a higher"
                " max_deletions, and raise it if they are to go"
            )

    def _write(self, job: Job) -> None:
        """Carry out, or predict, the plans of one project."""
        if self.stop.is_set():
            job.fail(NotBegun("another project failed and on_error is stop; run the task again for failed_projects"))
            return
        if self.breaker.reason is not None:
            job.fail(given_up(self.breaker.reason))
            return
        try:
            self._carry_out(job)
        except Exception as exc:
            job.fail(AtlasOpsError(internal_error(exc)))
            self._after(job.report.error)
        job.plans, job.listing = [], None
        self.breaker.note(job.report.error)

    def _carry_out(self, job: Job) -> None:
        outcomes: list[Outcome] = []
        seen = job.listing or Listing()
        for plan in job.plans:
            outcome = settle(self.client, job.target.id, plan.wish, seen, check_mode=self.check_mode, plan=plan)
            outcomes.append(outcome)
            job.report.add(outcome)
            self._after(outcome.error)
            seen = Listing([dict(raw) for raw in outcome.project], outcome.total_count)
        self._take(job, outcomes)

    def _after(self, error: Optional[AtlasOpsError]) -> None:
        """Let no further project begin after a failure, where the user wants it so."""
        if error is not None and self.stop_on_error:
            self.stop.set()

    def _take(self, job: Job, outcomes: Sequence[Outcome]) -> None:
        if self.diff_mode:
            job.report.diff = project_diff(job.target, outcomes)
        if not (self.report_all or job.report.changed or job.report.error):
            job.report.entries, job.report.unmanaged = [], []
        with self.lock:
            for outcome in outcomes:
                self.warnings.add(job.target.label, outcome.warnings, job.place)

    def _given_up(self, jobs: Sequence[Job], exc: AtlasOpsError) -> dict[str, Any]:
        """Report a run that ended before anything was written."""
        # Those with something to say of their own: thousands of equal failures would only hide it.
        telling = [job for job in jobs if job.deletions or job.report.error not in (None, exc)]
        for job in jobs:
            job.fail(exc)
        data = _result([])
        data["failed_projects"] = [job.target.id for job in jobs]
        data["summary"].update(projects=len(jobs), failed=len(jobs))
        data.update(failed=True, msg=exc.message, error=exc.as_dict() if isinstance(exc, ApiError) else None)
        data["projects"] = [job.report.as_dict() for job in telling]
        return data

    def _finish(self, reports: Sequence[ProjectReport]) -> dict[str, Any]:
        data = _result([r for r in reports if self.report_all or r.changed or r.error is not None])
        data["summary"] = summarize(reports)
        if self.diff_mode:
            data["diff"] = [r.diff for r in reports if r.diff is not None]
        return data


def empty_failure() -> dict[str, Any]:
    """Return the result of a failure before anything is known: every key, and nothing in it."""
    return {**_result([]), "error": None}


def _planned(plan: Plan) -> dict[str, Any]:
    """Report an integration whose plan was not carried out."""
    return entry(Outcome(plan, action=plan.action, after=plan.before))


def _result(reports: Sequence[ProjectReport]) -> dict[str, Any]:
    return {
        "changed": any(r.changed for r in reports),
        "summary": summarize(reports),
        "projects": [r.as_dict() for r in reports],
        "failed_projects": [r.target.id for r in reports if r.error is not None],
        "api_calls": 0,
    }
