# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""One call until it is settled: send, read, wait or repeat as the policy says, raise what it came to.

The decisions are those of _retry; here are only the sending, the sleeping and the words.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

from ansible_collections.atlasops.integrations.plugins.module_utils._answers import (
    Parsed,
    Unreadable,
    parse,
    read_fault,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import (
    ApiError,
    Fault,
    Login,
    LostAnswer,
    UnusableAnswer,
    build,
    refusal,
    tidy,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._http import (
    Answer,
    Request,
    Transport,
    TransportFailure,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._retry import (
    Action,
    Budget,
    History,
    Outcome,
    Step,
    decide,
    parse_date,
    parse_retry_after,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._version import USER_AGENT

T = TypeVar("T")
_NOT_ATLAS = "check base_url, and any proxy on the way"
_UPGRADING = "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"


@dataclass(frozen=True)
class Call:
    """One call of the API.

    what: what is tried, the start of a sentence: "Listing the integrations of project X". url: encoded,
    without a query. budget: whose budget of waiting pays. write: it changes something, so a lost answer
    is ambiguous. body: bytes with their media type in headers. once: it is not worth a second try.
    """

    what: str
    method: str
    url: str
    budget: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    write: bool = False
    once: bool = False

    @property
    def full_url(self) -> str:
        """The URL with its query."""
        return f"{self.url}?{urlencode(self.query)}" if self.query else self.url


class Authorization(Protocol):
    """Who makes the Authorization header of a call."""

    def header(self) -> str | None:
        """Return the header's value, None where the transport logs in by itself. Raises ApiError."""

    def refused(self, header: str | None, answer: Answer, fault: Fault) -> bool:
        """Tell whether a call that got a 401 with this header is worth sending again, after a new login."""


class NoAuthorization:
    """For calls that carry their own header, or whose transport logs in."""

    def header(self) -> str | None:
        """Return None."""
        return None

    def refused(self, header: str | None, answer: Answer, fault: Fault) -> bool:
        """Return False."""
        return False


@dataclass
class _Attempt:
    """What one attempt came to: an outcome, and either a result or what is wrong."""

    outcome: Outcome
    status: int | None = None
    result: Any = None
    wrong: bool = False
    final: bool = False
    problem: str = ""
    advice: str = ""
    fault: Fault = field(default_factory=Fault)
    retry_after: float | None = None
    answer: Answer | None = None


def encode(body: Any) -> bytes:
    """Return a JSON value as the bytes of a request."""
    return json.dumps(body, separators=(",", ":")).encode("ascii")


class Exchange:
    """Settles calls; thread-safe. wall: seconds since the epoch; chance: a number from 0 up to 1."""

    def __init__(
        self,
        transport: Transport,
        login: Login,
        patience: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        wall: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._transport = transport
        self._login = login
        self._patience = patience
        self._sleep = sleep
        self._wall = wall
        self._chance = chance
        self._budgets: dict[str, Budget] = {}
        self._lock = threading.Lock()
        self.sunset: str | None = None

    def run(self, call: Call, take: Callable[[Parsed], T], authorization: Authorization) -> T:
        """Return what take makes of the answer to a call.

        take gets answers from 200 to 299 and raises Unreadable where one can't be used. Raises ApiError
        or one of its kinds: NotConfigured, AlreadyConfigured, UnusableAnswer, LostAnswer.
        """
        budget = self._budget(call.budget)
        history = History()
        renewed = False
        while True:
            header = authorization.header()
            attempt = self._attempt(call, header, take)
            if attempt.status == 401 and attempt.answer is not None and not renewed:
                renewed = authorization.refused(header, attempt.answer, attempt.fault)
                if renewed:
                    continue
            history = history.after(attempt.outcome)
            step = self._next(call, attempt, history, budget)
            if step.action is Action.RESEND:
                history = history.waited() if step.counts else history
                continue
            if step.action is Action.RETURN and not attempt.wrong:
                result: T = attempt.result
                return result
            raise self._error(call, attempt, step, history.attempts, budget)

    def _next(self, call: Call, attempt: _Attempt, history: History, budget: Budget) -> Step:
        """Ask the policy, pay for the pause out of the budget, and pause."""
        step = decide(
            write=call.write,
            outcome=attempt.outcome,
            history=history,
            retry_after=attempt.retry_after,
            left=budget.left,
            jitter=self._chance(),
        )
        if step.action is Action.RESEND and (attempt.final or call.once):
            return Step(Action.FAIL)
        if step.counts and not budget.spend(step.pause):
            # Another thread was quicker to take what was left.
            return Step(Action.OVER_BUDGET if step.action is Action.RESEND else step.action, step.pause)
        if step.pause and step.action in (Action.RESEND, Action.LOST):
            self._sleep(step.pause)
        return step

    def _budget(self, name: str) -> Budget:
        found = self._budgets.get(name)
        if found is None:
            with self._lock:
                found = self._budgets.setdefault(name, Budget(self._patience))
        return found

    def _attempt(self, call: Call, header: str | None, take: Callable[[Parsed], Any]) -> _Attempt:
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **call.headers}
        if header is not None:
            headers["Authorization"] = header
        try:
            answer = self._transport.send(Request(call.method, call.full_url, headers, call.body))
        except TransportFailure as exc:
            outcome = Outcome.BROKEN if exc.sent else Outcome.UNSENT
            return _Attempt(outcome, wrong=True, final=exc.final, problem=exc.text, advice=exc.advice)
        self.sunset = answer.header("sunset") or self.sunset
        parsed = parse(answer.status, answer.body)
        if not parsed.fine:
            return self._judge(parsed, answer)
        try:
            return _Attempt(Outcome.DONE, parsed.status, take(parsed), answer=answer)
        except Unreadable as exc:
            return _Attempt(Outcome.BROKEN, parsed.status, wrong=True, problem=str(exc), advice=_NOT_ATLAS)

    def _judge(self, parsed: Parsed, answer: Answer) -> _Attempt:
        """Say what an answer outside 200 to 299 means for the policy."""
        status = parsed.status
        fault = read_fault(parsed.value)
        attempt = _Attempt(Outcome.DONE, status, wrong=True, fault=fault, answer=answer, problem=parsed.problem)
        if status == 429 or (status == 405 and fault.code == _UPGRADING):
            attempt.outcome = Outcome.LIMITED
        elif status == 503:
            attempt.outcome = Outcome.UNAVAILABLE
        elif status >= 500 or status < 200 or status == 408:
            attempt.outcome = Outcome.BROKEN
        if attempt.outcome in (Outcome.LIMITED, Outcome.UNAVAILABLE):
            # A date is one of the server's clock, which its answer tells.
            now = parse_date(answer.header("date"))
            attempt.retry_after = parse_retry_after(answer.header("retry-after"), self._wall() if now is None else now)
        return attempt

    def _error(self, call: Call, attempt: _Attempt, step: Step, attempts: int, budget: Budget) -> ApiError:
        status, fault = attempt.status, self._explained(attempt)
        if step.action is Action.OVER_BUDGET:
            return self._over_budget(call, attempt, step.pause, budget)
        if status is not None and 300 <= status < 400:
            text = f"{call.what} failed: {_redirect(attempt)}"
            return UnusableAnswer(text, status=status, method=call.method, url=call.full_url)
        if step.action is Action.RETURN and status is not None:
            return refusal(call.what, status, fault, login=self._login, method=call.method, url=call.full_url)
        kind: type[ApiError] = UnusableAnswer
        start = f"{call.what} failed"
        if step.action is Action.LOST:
            kind, start = LostAnswer, f"{call.what}: whether it was done is not known"
        if attempts > 1:
            start += f" (tried {attempts} times)"
        if status is None or 200 <= status < 300:
            text = "; ".join(p for p in (f"{start}: {attempt.problem}", attempt.advice) if p)
            return kind(text, status=status, method=call.method, url=call.full_url)
        return build(kind, start, status, fault, login=self._login, method=call.method, url=call.full_url)

    def _over_budget(self, call: Call, attempt: _Attempt, pause: float, budget: Budget) -> ApiError:
        asked = f"{pause:.0f} s" if pause < 1e6 else "more than a million seconds"
        fault = attempt.fault
        said = " ".join(p for p in (f"HTTP {attempt.status}", fault.code or "") if p)
        text = (
            f"{call.what} failed: {said}: the next try would have to wait {asked}, and of the {self._patience:g} s of"
            f" rate_limit_retry_timeout {budget.left:.0f} s are left;"
            " raise rate_limit_retry_timeout, or lower concurrency and the number of runs at the same time"
        )
        return ApiError(
            text,
            status=attempt.status,
            code=fault.code,
            detail=fault.detail and tidy(fault.detail),
            reason=fault.reason and tidy(fault.reason),
            parameters=fault.parameters,
            method=call.method,
            url=call.full_url,
        )

    @staticmethod
    def _explained(attempt: _Attempt) -> Fault:
        """Return what Atlas said, or where it was not Atlas that spoke, what can be said of the answer."""
        if attempt.fault == Fault() and attempt.problem:
            return Fault(detail=attempt.problem)
        return attempt.fault


def _redirect(attempt: _Attempt) -> str:
    """Describe a redirect; of its target only scheme and host, because the rest may hold anything."""
    target = attempt.answer.header("location") if attempt.answer else None
    where = ""
    try:
        parts = urlsplit(target or "")
        if parts.hostname:
            where = " to " + tidy(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", 200)
    except ValueError:
        pass
    return (
        f"the server redirects (HTTP {attempt.status}{where}), and redirects are not followed;"
        " set base_url to the address of the API itself"
    )
