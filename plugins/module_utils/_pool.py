# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The same work for many projects, some at a time, given up early where it is pointless for all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Optional, TypeVar

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import (
    ApiError,
    AtlasOpsError,
    NotBegun,
)

MOST_CONCURRENCY = 64
# 401 answers that speak of one project; any other is about the credentials and so about all of them.
_ONE_PROJECT = ("USER_CANNOT_ACCESS_GROUP", "NOT_IN_GROUP", "USER_UNAUTHORIZED")
# The access list is that of the credentials.
_ALL_PROJECTS = ("IP_ADDRESS_NOT_ON_ACCESS_LIST", "IP_ADDRESS_NOT_ON_WHITELIST")
_LOGIN = "/api/oauth/token"

# Without any answer a second project is asked before the run is given up.
PROBES = 2

Item = TypeVar("Item")


def concurrency_of(options: Mapping[str, Any]) -> int:
    """Return how many projects are worked on at a time."""
    return int(options.get("concurrency") or 1)


def concurrency_problems(options: Mapping[str, Any]) -> list[str]:
    """Return [] for a number of threads that is allowed, else one sentence."""
    if 1 <= int(1 if options.get("concurrency") is None else options["concurrency"]) <= MOST_CONCURRENCY:
        return []
    return [f"concurrency must be a number from 1 to {MOST_CONCURRENCY}"]


class Pool:
    """Threads for one run; a context manager. Each keeps its connection, so answers one challenge."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._threads = ThreadPoolExecutor(max(1, size - 1))

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *unused: object) -> None:
        self._threads.shutdown()

    def each(self, work: Callable[[Item], object], items: Sequence[Item]) -> None:
        """Do the work for all items, as many at a time as the user allows; this thread is one of them."""
        queue = _Queue(items)

        def serve() -> None:
            for item in queue:
                work(item)

        helpers = min(self._size, len(items)) - 1
        futures = [self._threads.submit(serve) for unused in range(helpers)]
        try:
            serve()
        except BaseException:
            # Somebody pressed Ctrl-C, perhaps: what is begun is finished, and nothing more is begun.
            queue.end()
            raise
        for future in futures:
            future.result()

    def each_probed(self, work: Callable[[Item], Optional[AtlasOpsError]], items: Sequence[Item]) -> None:
        """Do the work for all items, the first of them alone; work returns the failure of its item.

        Raises the failure that makes it pointless to go on asking.
        """
        rest = list(items)
        for probe in range(1, PROBES + 1):
            if not rest:
                return
            error = work(rest.pop(0))
            if not isinstance(error, ApiError) or not hopeless(error):
                break
            if error.status is not None or probe == PROBES or not rest:
                raise error
        self.each(work, rest)


def hopeless(exc: ApiError) -> bool:
    """Tell whether a failure of one project will be that of all: nobody answers, or nobody is let in."""
    if exc.status is None or exc.code in _ALL_PROJECTS or (exc.url or "").endswith(_LOGIN):
        return True
    return exc.status == 401 and exc.code not in _ONE_PROJECT


def given_up(reason: AtlasOpsError) -> NotBegun:
    """Return the failure of a project that is not begun, once a breaker has a reason."""
    return NotBegun(f"one project after the other failed alike: {reason.message}")


class Breaker:
    """Notices that one project after the other fails for a reason that is not its own; thread-safe.

    size: how many are worked on at a time, all of which may fail before anybody notices.
    """

    def __init__(self, size: int) -> None:
        self._most = max(4, 2 * size)
        self._row = 0
        self._lock = threading.Lock()
        self.reason: Optional[AtlasOpsError] = None

    def attempt(self, work: Callable[[], Optional[AtlasOpsError]]) -> Optional[AtlasOpsError]:
        """Do the work of one project, unless that is pointless by now; return its failure, which work returns too."""
        if self.reason is not None:
            return given_up(self.reason)
        error = work()
        self.note(error)
        return error

    def note(self, error: Optional[AtlasOpsError]) -> None:
        """Take in how one project ended. From then on that it is pointless, reason is the last failure."""
        failed = isinstance(error, ApiError) and hopeless(error)
        with self._lock:
            self._row = self._row + 1 if failed else 0
            if self._row >= self._most and self.reason is None:
                self.reason = error


class _Queue(Iterator[Item]):
    """Hands out items to several threads, each once."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self._lock = threading.Lock()

    def __next__(self) -> Item:
        with self._lock:
            return next(self._items)

    def end(self) -> None:
        """Hand out nothing more."""
        with self._lock:
            self._items = iter(())
