# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy of waiting and repeating, as properties of a pure function."""

from __future__ import annotations

import threading
from email.utils import formatdate
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.atlasops.integrations.plugins.module_utils import _retry as retry

ACTION, OUTCOME = retry.Action, retry.Outcome
FAILURES = [o for o in OUTCOME if o is not OUTCOME.DONE]
WAITING = st.one_of(st.none(), st.floats(0, 1e9), st.just(float("inf")))
JITTER = st.floats(0, 0.999)


def play(write: bool, outcomes: list[tuple[retry.Outcome, Optional[float]]], budget: float, jitter: float):
    """Run the policy over outcomes, the last again and again; return the last step, attempts, waited, paused."""
    history, left, paused, number = retry.History(), budget, 0.0, 0
    while True:
        outcome, retry_after = outcomes[min(number, len(outcomes) - 1)]
        number += 1
        history = history.after(outcome)
        step = retry.decide(
            write=write, outcome=outcome, history=history, retry_after=retry_after, left=left, jitter=jitter
        )
        if step.counts:
            left -= step.pause
        else:
            paused += step.pause if step.action is ACTION.RESEND else 0
        if step.action is not ACTION.RESEND:
            return step, history.attempts, budget - left, paused
        history = history.waited() if step.counts else history
        assert number < 10_000, "the policy does not end"


@given(
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(FAILURES), WAITING), min_size=1, max_size=12),
    st.floats(0, 100),
    JITTER,
)
def test_every_failure_comes_to_an_end_within_its_limits(
    write: bool, outcomes: list, budget: float, jitter: float
) -> None:
    step, unused, waited, paused = play(write, outcomes, budget, jitter)
    assert step.action in (ACTION.FAIL, ACTION.OVER_BUDGET, ACTION.LOST)
    assert waited <= budget + 1e-6
    assert paused <= 5.0
    assert step.action is not ACTION.LOST or write


@given(st.floats(0, 100), JITTER)
def test_a_read_is_tried_four_times(budget: float, jitter: float) -> None:
    for outcome in (OUTCOME.BROKEN, OUTCOME.UNSENT):
        step, attempts, waited, paused = play(False, [(outcome, None)], budget, jitter)
        assert (step.action, attempts, waited) == (ACTION.FAIL, 4, 0)
        assert 2 < paused <= 5


@given(st.sampled_from(FAILURES), WAITING, st.integers(0, 5), st.floats(0, 1e6), JITTER)
def test_a_write_is_never_repeated_where_it_may_have_been_done(outcome, retry_after, waits, left, jitter) -> None:
    history = retry.History(1 + waits, 1, waits)
    step = retry.decide(write=True, outcome=outcome, history=history, retry_after=retry_after, left=left, jitter=jitter)
    if outcome in (OUTCOME.BROKEN, OUTCOME.UNAVAILABLE):
        assert step.action is ACTION.LOST
    else:
        assert step.action in (ACTION.RESEND, ACTION.OVER_BUDGET)


@given(st.floats(0, 100), st.integers(0, 2000), JITTER)
def test_waits_are_at_least_what_was_asked(asked: float, waits: int, jitter: float) -> None:
    for write in (False, True):
        step = retry.decide(
            write=write, outcome=OUTCOME.LIMITED, history=retry.History(waits + 1, 0, waits), retry_after=asked,
            left=1e9, jitter=jitter,
        )  # fmt: skip
        assert step.action is ACTION.RESEND and step.counts and asked < step.pause <= asked + retry.LONGEST_BACKOFF


@given(WAITING, JITTER)
def test_no_patience_means_no_waiting(retry_after: Optional[float], jitter: float) -> None:
    for outcome in (OUTCOME.LIMITED, OUTCOME.UNAVAILABLE):
        step, attempts, waited, paused = play(False, [(outcome, retry_after)], 0.0, jitter)
        assert (step.action, attempts, waited, paused) == (ACTION.OVER_BUDGET, 1, 0, 0)


def test_after_503_a_write_is_waited_for_and_then_looked_at() -> None:
    step = retry.decide(
        write=True, outcome=OUTCOME.UNAVAILABLE, history=retry.History(1), retry_after=7, left=60, jitter=0.5
    )
    assert step.action is ACTION.LOST and 7 < step.pause < 8 and step.counts
    step = retry.decide(
        write=True, outcome=OUTCOME.UNAVAILABLE, history=retry.History(1), retry_after=70, left=60, jitter=0.5
    )
    assert step == retry.Step(ACTION.LOST)


def test_done_is_returned_at_once() -> None:
    for write in (False, True):
        step = retry.decide(
            write=write, outcome=OUTCOME.DONE, history=retry.History(1), retry_after=None, left=0, jitter=0
        )
        assert step == retry.Step(ACTION.RETURN)


@pytest.mark.parametrize(
    "value, seconds",
    [
        (None, None), ("", None), ("0", 0), ("7", 7), (" 12 ", 12), ("1.5", 1.5), ("-3", None), ("soon", None),
        ("nan", None), ("1e9", None), ("\u0663", None), ("9" * 400, float("inf")), ("x" * 10_000, None),
        (formatdate(1_000_060, usegmt=True), 60), (formatdate(900_000, usegmt=True), 0),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None), ("Mon, 01 Jan 9999999 00:00:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_in_every_form(value: Optional[str], seconds: Optional[float]) -> None:
    assert retry.parse_retry_after(value, 1_000_000.0) == seconds


@given(st.text(max_size=80))
def test_no_retry_after_is_a_surprise(value: str) -> None:
    seconds = retry.parse_retry_after(value, 0.0)
    assert seconds is None or seconds >= 0


def test_a_budget_is_never_overspent_by_threads() -> None:
    budget, taken = retry.Budget(100.0), []

    def work() -> None:
        for _unused in range(100):
            if budget.spend(1.0):
                taken.append(1)

    threads = [threading.Thread(target=work) for unused in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 100 and budget.left == 0 and not budget.spend(0.1)


@given(st.floats(1, 1e6), JITTER)
def test_a_wait_that_the_patience_just_allows_is_waited_for(asked: float, jitter: float) -> None:
    step = retry.decide(
        write=False,
        outcome=OUTCOME.LIMITED,
        history=retry.History(1),
        retry_after=asked,
        left=asked,
        jitter=jitter,
    )
    assert (step.action, step.pause) == (ACTION.RESEND, asked)
