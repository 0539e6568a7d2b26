# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pool: all work is done once, at most so much of it at a time, and pointless work is not begun."""

from __future__ import annotations

import threading
import time
from typing import Any, Optional

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import ApiError, AtlasOpsError
from ansible_collections.atlasops.integrations.plugins.module_utils._pool import (
    PROBES,
    Breaker,
    Pool,
    concurrency_of,
    concurrency_problems,
    hopeless,
)

NO_ANSWER = ApiError("no answer")
NOT_LET_IN = ApiError("no", status=401, code="UNEXPECTED_ERROR")
ONE_PROJECT = ApiError("no", status=401, code="NOT_IN_GROUP")


class Work:
    """Counts what is done, by which threads, and how much at a time."""

    def __init__(self, *failures: Optional[AtlasOpsError]) -> None:
        self.done: list[int] = []
        self.threads: set[str] = set()
        self.failures = list(failures)
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, item: int) -> Optional[AtlasOpsError]:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.threads.add(threading.current_thread().name)
            self.done.append(item)
        time.sleep(0.002)
        with self.lock:
            self.now -= 1
            return self.failures.pop(0) if self.failures else None


@pytest.mark.parametrize("size", [1, 2, 8, 64])
@pytest.mark.parametrize("items", [0, 1, 3, 40])
def test_all_once_and_not_more_at_a_time(size: int, items: int) -> None:
    work = Work()
    with Pool(size) as pool:
        pool.each(work, range(items))
    assert sorted(work.done) == list(range(items))
    assert work.most <= size


def test_threads_are_kept_between_uses() -> None:
    work = Work()
    with Pool(4) as pool:
        for _unused in range(5):
            pool.each(work, range(12))
    assert len(work.threads) <= 4


def test_a_mistake_of_ours_is_raised() -> None:
    def broken(item: int) -> None:
        raise KeyError(item)

    with Pool(4) as pool, pytest.raises(KeyError):
        pool.each(broken, range(8))


@pytest.mark.parametrize(
    ("failures", "asked", "raised"),
    [
        ((), 10, None),
        ((NOT_LET_IN,), 1, NOT_LET_IN),
        ((ONE_PROJECT,), 10, None),
        ((AtlasOpsError("a secret is missing"),), 10, None),
        ((NO_ANSWER,), 10, None),
        ((NO_ANSWER, NO_ANSWER), PROBES, NO_ANSWER),
        ((NO_ANSWER, NOT_LET_IN), 2, NOT_LET_IN),
    ],
)
def test_pointless_work_is_not_begun(failures: Any, asked: int, raised: Optional[ApiError]) -> None:
    work = Work(*failures)
    with Pool(1) as pool:
        if raised is None:
            pool.each_probed(work, range(10))
        else:
            with pytest.raises(ApiError) as caught:
                pool.each_probed(work, range(10))
            assert caught.value is raised
    assert len(work.done) == asked


def test_the_only_project_tells_enough() -> None:
    with Pool(1) as pool, pytest.raises(ApiError):
        pool.each_probed(Work(NO_ANSWER), [1])


@pytest.mark.parametrize(("given", "allowed"), [(1, True), (64, True), (0, False), (65, False), (None, True)])
def test_limits(given: Optional[int], allowed: bool) -> None:
    assert (concurrency_problems({"concurrency": given}) == []) is allowed
    assert concurrency_of({"concurrency": given or 1}) == (given or 1)


def test_hopeless() -> None:
    assert hopeless(NO_ANSWER) and hopeless(NOT_LET_IN)
    assert hopeless(ApiError("no", status=403, code="IP_ADDRESS_NOT_ON_ACCESS_LIST"))
    # A service account at its limit would ask for another token for each project.
    assert hopeless(ApiError("no", status=403, code="access_denied", url="https://cloud.mongodb.com/api/oauth/token"))
    assert not hopeless(ONE_PROJECT) and not hopeless(ApiError("no", status=500))


def test_an_interrupted_run_finishes_what_is_begun_and_begins_nothing_more() -> None:
    work = Work()

    def interrupted(item: int) -> None:
        work(item)
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt

    with Pool(4) as pool, pytest.raises(KeyboardInterrupt):
        pool.each(interrupted, range(400))
    assert len(work.done) < 400


def test_a_breaker_opens_after_failures_in_a_row_that_are_no_project_s_own() -> None:
    breaker = Breaker(1)
    for error in (NO_ANSWER, NOT_LET_IN, NO_ANSWER, None, NO_ANSWER, NO_ANSWER, NO_ANSWER, ONE_PROJECT, NO_ANSWER):
        breaker.note(error)
        assert breaker.reason is None
    for error in (NO_ANSWER, NO_ANSWER, NOT_LET_IN, None):
        breaker.note(error)
    assert breaker.reason is NOT_LET_IN
