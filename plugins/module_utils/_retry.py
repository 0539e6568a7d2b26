# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What to do after an attempt: a pure function of method, outcome and attempt, and its budget of waiting.

Sources: Atlas docs, "API Rate Limits" (wait as Retry-After says, then exponentially with jitter) and
the collection's own rule for reads: at most four attempts within five seconds of pauses.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum

MAX_ATTEMPTS = 4
# Full pauses before the second, third and fourth attempt; with jitter they only become shorter.
READ_PAUSES = (0.4, 1.2, 3.0)
# Without Retry-After the wait doubles from one second up to this many seconds.
LONGEST_BACKOFF = 30.0
# What is added to a Retry-After doubles too, so that even "Retry-After: 0" for ever comes to an end.
SHORTEST_EXTRA = 0.1


class Outcome(Enum):
    """How an attempt ended."""

    DONE = "done"  # a usable answer, or an error that Atlas means so
    LIMITED = "limited"  # 429, or 405 during an upgrade of Atlas: nothing was done
    UNAVAILABLE = "unavailable"  # 503: perhaps done
    BROKEN = "broken"  # other 5xx, time-out, connection cut, answer empty or unreadable: perhaps done
    UNSENT = "unsent"  # no connection came about, so nothing was done


class Action(Enum):
    """What to do next."""

    RETURN = "return"  # hand over the answer
    RESEND = "resend"  # pause, then send the same request again
    FAIL = "fail"  # give up; nothing was changed by this request
    OVER_BUDGET = "over budget"  # give up, because the wait asked for is longer than what is left
    LOST = "lost"  # pause, then let the caller look what is true


@dataclass(frozen=True)
class Step:
    """The next action, the pause before it in seconds, and whether that pause counts against the budget."""

    action: Action
    pause: float = 0.0
    counts: bool = False


@dataclass(frozen=True)
class History:
    """What happened to one request so far, the present attempt included.

    attempts: all of them. failed: those that ended BROKEN or UNSENT. waits: how often it was waited
    for LIMITED or UNAVAILABLE before now.
    """

    attempts: int = 0
    failed: int = 0
    waits: int = 0

    def after(self, outcome: Outcome) -> History:
        """Return this history with one more attempt."""
        failed = self.failed + (outcome in (Outcome.BROKEN, Outcome.UNSENT))
        return History(self.attempts + 1, failed, self.waits)

    def waited(self) -> History:
        """Return this history with one more wait."""
        return History(self.attempts, self.failed, self.waits + 1)


def decide(
    *, write: bool, outcome: Outcome, history: History, retry_after: float | None, left: float, jitter: float
) -> Step:
    """Return what to do after an attempt.

    write: the request changes something. retry_after: seconds that the answer asked to wait, None
    where it did not say. left: seconds left in the budget of waiting. jitter: 0 up to 1, random.
    """
    if outcome is Outcome.DONE:
        return Step(Action.RETURN)
    if outcome in (Outcome.LIMITED, Outcome.UNAVAILABLE):
        return _wait(write and outcome is Outcome.UNAVAILABLE, history.waits, retry_after, left, jitter)
    if write and outcome is Outcome.BROKEN:
        return Step(Action.LOST)
    if history.failed >= MAX_ATTEMPTS:
        return Step(Action.FAIL)
    return Step(Action.RESEND, READ_PAUSES[max(history.failed, 1) - 1] * (0.6 + 0.4 * jitter))


def _wait(lost: bool, waits: int, retry_after: float | None, left: float, jitter: float) -> Step:
    # The exponent is bounded because 2.0 ** 2000 is an OverflowError.
    growth = float(2 ** min(waits, 10))
    share = 0.5 + 0.5 * jitter
    if retry_after is None:
        pause = min(growth, LONGEST_BACKOFF) * share
    else:
        extra = min(SHORTEST_EXTRA * growth, LONGEST_BACKOFF) * share
        # A wait that the budget just allows is not refused for the extra. Short ones keep theirs, and so end.
        pause = max(retry_after, min(retry_after + extra, left)) if retry_after >= 1 else retry_after + extra
    if lost:
        # Looking is useless before the wait is over, but it must not be skipped either.
        return Step(Action.LOST, pause, True) if pause <= left else Step(Action.LOST)
    if pause > left:
        return Step(Action.OVER_BUDGET, pause)
    return Step(Action.RESEND, pause, True)


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or an HTTP date against now.

    now: seconds since the epoch. A date in the past is 0. None for a missing or unreadable value.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?", text, re.ASCII):
        return float(text)
    moment = parse_date(text)
    return None if moment is None else max(0.0, moment - now)


def parse_date(value: str | None) -> float | None:
    """Return an HTTP date as seconds since the epoch, None for a missing or unreadable one."""
    if not value or len(value) > 60:
        return None
    try:
        return parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


class Budget:
    """Seconds that may be spent waiting for one project, shared by all its requests and thread-safe."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self._left

    def spend(self, seconds: float) -> bool:
        """Take seconds out; False, and nothing taken, where they are not there."""
        with self._lock:
            if seconds > self._left:
                return False
            self._left -= seconds
            return True
