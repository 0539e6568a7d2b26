# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Carrying out one wish in one project: plan, write, look, and report what is true.

A write whose answer is lost may have been done, so nothing is ever repeated blindly: the project is
read again and decided again, and one repetition is all that there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Optional, Protocol

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import (
    AlreadyConfigured,
    ApiError,
    AtlasOpsError,
    LostAnswer,
    NotConfigured,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._masking import (
    DIFFERENT,
    NOT_SET,
    OTHER,
    UNREADABLE,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import (
    CREATE,
    DELETE,
    NONE,
    UPDATE,
    Plan,
    Raw,
    differing,
    find,
    judge,
    make_plan,
    value_of,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._render import project_after
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import ABSENT, Wish

# How often a decision is taken anew because somebody else changed the project in between.
MAX_DECISIONS = 4


class ListingLike(Protocol):
    """All integrations of a project, and Atlas's own count of them (None where it sent none)."""

    @property
    def results(self) -> Sequence[Raw]:
        """The integrations as Atlas lists them."""

    @property
    def total_count(self) -> Optional[int]:
        """The count as Atlas gives it."""


class ClientLike(Protocol):
    """The five calls of Atlas that carrying out a wish needs."""

    def list_integrations(self, project_id: str) -> ListingLike:
        """List all integrations of a project."""

    def create_integration(self, project_id: str, integration_type: str, body: Mapping[str, Any]) -> ListingLike:
        """Create one; raises AlreadyConfigured, LostAnswer or another ApiError."""

    def update_integration(self, project_id: str, integration_type: str, body: Mapping[str, Any]) -> ListingLike:
        """Update one; raises NotConfigured, LostAnswer or another ApiError."""

    def delete_integration(self, project_id: str, integration_type: str) -> None:
        """Delete one; raises NotConfigured, LostAnswer or another ApiError."""


@dataclass
class Outcome:
    """What was done, or would be, with one wish in one project.

    plan: the decision that counts. project: all integrations afterwards, as Atlas lists them (or as
    predicted). after: the integration itself, None where there is none. verified: whether Atlas
    listed what was written, None where nothing was written. error: what ended it, None after success.
    """

    plan: Plan
    changed: bool = False
    action: str = NONE
    project: Sequence[Raw] = dataclass_field(default=(), repr=False)
    total_count: Optional[int] = None
    after: Optional[Raw] = dataclass_field(default=None, repr=False)
    previous_id: Optional[str] = None
    verified: Optional[bool] = None
    not_applied: tuple[str, ...] = ()
    warnings: list[str] = dataclass_field(default_factory=list)
    error: Optional[AtlasOpsError] = None


class Refused(AtlasOpsError):
    """A plan that must not be carried out: a secret that it needs was not given."""


def settle(
    client: ClientLike, project_id: str, wish: Wish, seen: ListingLike, *, check_mode: bool, plan: Optional[Plan] = None
) -> Outcome:
    """Bring one integration to the wished state, or predict that in check mode.

    seen: the project's integrations as last read. plan: the decision made from it, where it was made
    already. Never raises for a failure of Atlas or of the network: it is the outcome's error.
    """
    plan = plan or make_plan(wish, seen.results)
    if check_mode:
        return _predicted(plan, seen)
    return _Settlement(client, project_id, plan, seen).run()


def _count_after(plan: Plan, seen: ListingLike) -> int:
    count = len(seen.results) if seen.total_count is None else seen.total_count
    return count + {CREATE: 1, DELETE: -1}.get(plan.action, 0)


def _predicted(plan: Plan, seen: ListingLike) -> Outcome:
    outcome = Outcome(
        plan,
        changed=plan.action != NONE,
        action=plan.action,
        project=project_after(plan, seen.results),
        total_count=_count_after(plan, seen),
        after=plan.after,
        warnings=list(plan.warnings),
    )
    if plan.refusal:
        outcome.warnings.append(f"a real run would fail: {plan.refusal}")
    return outcome


class _Settlement:
    """One wish on its way; holds what was seen first, so that the report speaks of the whole run."""

    def __init__(self, client: ClientLike, project_id: str, plan: Plan, seen: ListingLike) -> None:
        self.client = client
        self.project_id = project_id
        self.wish = plan.wish
        self.type = plan.wish.service.type
        self.first = plan
        self.plan = plan
        self.seen = seen
        self.lost: Optional[LostAnswer] = None
        self.accepted = False
        self.dropped: tuple[str, ...] = ()

    def run(self) -> Outcome:
        """Decide and write until the wished state stands, somebody says no, or patience ends."""
        try:
            for _decision in range(MAX_DECISIONS):
                if self.plan.action == NONE:
                    return self._done_without_write()
                if self.plan.refusal:
                    raise Refused(self.plan.refusal)
                outcome = self._write()
                if outcome is not None:
                    return outcome
            raise AtlasOpsError(
                f"{self.type} keeps being changed by somebody else in project {self.project_id};"
                " make sure that one job at a time manages it, then run the task again"
            )
        except AtlasOpsError as exc:
            return self._failed(exc)

    def _write(self) -> Optional[Outcome]:
        """Write once. Return the outcome, or None where a new decision is needed."""
        try:
            return self._confirmed(self._send())
        except AlreadyConfigured as exc:
            self._look_again()
            if self.plan.action == CREATE:
                raise _again(
                    exc,
                    f"{self.type} is configured in project {self.project_id}, says Atlas, but it does not list it, so"
                    " nothing can be compared; remove it in the user interface of Atlas, then run the task again (a"
                    " VictorOps integration without routing_key is known for this)",
                ) from exc
        except NotConfigured:
            if self.plan.action == DELETE and self.lost is not None:
                return self._deleted()
            # Somebody else was faster: what is wished now is decided from what is there now.
            self._look_again()
        except LostAnswer as exc:
            return self._after_lost(exc)
        return None

    def _send(self) -> Optional[ListingLike]:
        """Send the write of the plan; the answer lists the project, None after a delete."""
        if self.plan.action == DELETE:
            self.client.delete_integration(self.project_id, self.type)
            return None
        send = self.client.create_integration if self.plan.action == CREATE else self.client.update_integration
        body = {api: value for api, value in (self.plan.body or {}).items() if api not in self.dropped}
        try:
            answer = send(self.project_id, self.type, body)
            self.accepted = True
            return answer
        except ApiError as exc:
            # Whether Atlas takes back what only it can set was never recorded: try with, then without.
            echoed = any(api in exc.parameters for api in self.plan.echoed)
            if exc.code != "INVALID_ATTRIBUTE" or self.dropped or not echoed:
                raise
            self.dropped = self.plan.echoed
            return self._send()

    def _look_again(self) -> None:
        self.seen = self.client.list_integrations(self.project_id)
        self.plan = make_plan(self.wish, self.seen.results)

    def _after_lost(self, exc: LostAnswer) -> Optional[Outcome]:
        """Read what became of a lost write: return the outcome where it stands, None to write once more."""
        second, plan = self.lost is not None, self.plan
        self.lost = exc
        self._look_again()
        if self._stands(plan):
            return self._deleted() if plan.action == DELETE else self._confirmed(self.seen)
        if plan.action == CREATE and self.plan.action == UPDATE and self.plan.differences:
            # What Atlas lists is not what was sent, so it is somebody else's, and is what the next write replaces.
            self.first = self.plan
        if second:
            raise _again(
                exc,
                f"{self.type} was written twice and each answer was lost ({exc.message});"
                " what Atlas shows does not prove that it arrived, so run the task again when Atlas answers",
            ) from exc
        if self.plan.action == NONE and OTHER not in self.plan.secrets.values():
            # Nothing differs as far as Atlas shows it, but what it hides may not have arrived.
            self.plan = make_plan(self.wish, self.seen.results, force=True)
        return None

    def _stands(self, plan: Plan) -> bool:
        """Tell whether a project read after a lost write proves that the wished state stands."""
        current = find(self.seen.results, self.type)
        if plan.action == DELETE or current is None:
            return current is None and plan.action == DELETE
        verdicts = judge(self.wish, current).values()
        if differing(self.wish, current) or DIFFERENT in verdicts or NOT_SET in verdicts:
            return False
        if _new_id(plan.before, current) and plan.action == UPDATE:
            return True
        # Without a new id only what can be read proves anything, and only where it differed before.
        return UNREADABLE not in verdicts and bool(plan.action == CREATE or plan.differences)

    def _confirmed(self, answer: Optional[ListingLike]) -> Outcome:
        """Report from the answer of a write, which lists the whole project."""
        if answer is None:
            return self._deleted()
        current = find(answer.results, self.type)
        if current is None:
            answer = self.client.list_integrations(self.project_id)
            current = find(answer.results, self.type)
        self.seen = answer
        if current is None:
            return self._unlisted(answer)
        not_applied = self._not_applied(current)
        outcome = self._outcome(answer.results, current, verified=True)
        outcome.total_count = _counted(answer)
        if not_applied:
            outcome.not_applied = not_applied
            outcome.warnings.append(
                f"{self.type}: Atlas accepted the write, but {', '.join(not_applied)} did not take the value sent;"
                " check it in Atlas"
            )
        before = outcome.plan.before or {}
        uncarried = {*self.dropped, *outcome.plan.uncarried}
        lost = sorted(api for api in uncarried if current.get(api) != before.get(api))
        if lost:
            outcome.warnings.append(
                f"{self.type}: Atlas held {', '.join(lost)}, which nobody can set, and changed it with this update;"
                " check it in Atlas"
            )
        return outcome

    def _not_applied(self, current: Raw) -> tuple[str, ...]:
        wrong = {name for name, v in judge(self.wish, current).items() if v in (DIFFERENT, NOT_SET)}
        wrong.update(differing(self.wish, current))
        # What was left out of the task went along as it was, and must have stayed so.
        body = self.plan.body or {}
        for f in self.wish.service.writable:
            carried = f.api in body and f.option not in self.wish.values and f.option not in self.wish.clear
            if carried and value_of(f, current) != body[f.api]:
                wrong.add(f.option)
        return tuple(sorted(wrong))

    def _unlisted(self, answer: ListingLike) -> Outcome:
        after = self.plan.after
        outcome = self._outcome(answer.results, after, verified=False)
        outcome.total_count = _counted(answer)
        outcome.warnings.append(
            f"{self.type}: Atlas accepted the write but does not list the integration; check it in Atlas"
        )
        return outcome

    def _deleted(self) -> Outcome:
        before = self.first.before or self.plan.before
        gone = [raw for raw in self.seen.results if raw.get("type") != self.type]
        removed = len(self.seen.results) - len(gone)
        outcome = self._outcome(gone, None, verified=True)
        outcome.total_count = _counted(self.seen) - removed
        outcome.previous_id = None if before is None else before.get("id")
        return outcome

    def _done_without_write(self) -> Outcome:
        """Nothing is left to do: either it never was, or a lost write, or somebody else, has done it."""
        current = find(self.seen.results, self.type)
        if self.lost is not None and current is not None:
            return self._confirmed(self.seen)
        if self.lost is not None:
            if self.wish.state == ABSENT:
                return self._deleted()
            raise _again(
                self.lost,
                f"{self.type} is not configured in project {self.project_id} any more, after a write whose answer was"
                " lost; find out who removed it, then run the task again",
            )
        return Outcome(
            self.plan,
            project=self.seen.results,
            total_count=_counted(self.seen),
            after=current,
            warnings=list(self.plan.warnings),
        )

    def _told(self) -> Plan:
        """Return the decision to report: after a lost write that one, since the next sees its effect already."""
        return self.plan if self.lost is None else self.first

    def _outcome(self, project: Sequence[Raw], after: Optional[Raw], *, verified: bool) -> Outcome:
        plan = self._told()
        outcome = Outcome(
            plan,
            changed=True,
            action=plan.action,
            project=project,
            after=after,
            verified=verified,
            warnings=list(plan.warnings),
        )
        if after is not None and _new_id(plan.before, after):
            outcome.previous_id = (plan.before or {}).get("id")
        return outcome

    def _failed(self, exc: AtlasOpsError) -> Outcome:
        plan = self._told()
        warnings = list(plan.warnings)
        if self.lost is not None and not isinstance(exc, LostAnswer):
            warnings.append(f"{self.type}: an earlier write may have arrived ({self.lost.message})")
        # After a lost write nobody can deny that something changed.
        written = self.accepted or self.lost is not None
        # What was accepted and could not be read again is best told by its plan.
        return Outcome(
            plan,
            changed=written,
            action=plan.action,
            project=project_after(plan, self.seen.results) if self.accepted else self.seen.results,
            total_count=_count_after(plan, self.seen) if self.accepted else _counted(self.seen),
            after=plan.after if self.accepted else find(self.seen.results, self.type),
            verified=False if written else None,
            warnings=warnings,
            error=exc,
        )


def _again(exc: ApiError, message: str) -> ApiError:
    """Return the same failure with a sentence that says more of what led to it."""
    facts = exc.as_dict()
    return type(exc)(message, **facts)


def _counted(answer: ListingLike) -> int:
    return len(answer.results) if answer.total_count is None else answer.total_count


def _new_id(before: Optional[Raw], after: Raw) -> bool:
    old, new = (before or {}).get("id"), after.get("id")
    return bool(old and new and old != new)
