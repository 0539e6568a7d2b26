# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking after the owner: the emulator ends when the process that started it has ended."""

from __future__ import annotations

import os
import subprocess
from typing import Callable, Optional

PAUSE = 0.5  # seconds between two looks


def started_at(pid: int) -> str:
    """Return what tells a process from a later one with the same id, empty where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as stream:
            return stream.read().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def parent_of(pid: int) -> Optional[int]:
    """Return the process that started another one, None where that is not known."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as stream:
            return int(stream.read().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        pass
    try:  # no /proc here, as on macOS
        told = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True)
        return int(told.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def alive(pid: int) -> bool:
    """Tell whether a process runs. A zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


class Owner:
    """Watches one process by its id and its start, so that a reused id is not taken for it."""

    def __init__(self, pid: int, gone: Callable[[], None]) -> None:
        self._pid = pid
        self._gone = gone
        self._started = started_at(pid)

    def look(self) -> bool:
        """Call `gone` where the owner has ended; tell whether it is still there."""
        if alive(self._pid) and started_at(self._pid) == self._started:
            return True
        self._gone()
        return False
