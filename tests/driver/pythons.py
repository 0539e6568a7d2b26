# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Pythons this machine really has."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# What ansible-core supports: on the controller from 3.10 on, on target hosts (our modules) from 3.9 on.
CONTROLLERS = ((3, 14), (3, 13), (3, 12), (3, 11), (3, 10))
OLDEST_TARGET = (3, 9)
OLDEST_CORE_CONTROLLERS = ((3, 10), (3, 11), (3, 12))

PROBE = """
import sys
print(sys.implementation.name, *sys.version_info[:3])
import ensurepip, ssl, venv
print("whole")
"""


class Missing(Exception):
    """Something that this machine lacks, in one sentence that says what to do."""


@dataclass(frozen=True)
class Python:
    """An interpreter that starts: its path, its version, and whether it can make virtual environments."""

    path: str
    version: tuple[int, int, int]
    whole: bool

    @property
    def minor(self) -> tuple[int, int]:
        """Major and minor version, such as (3, 13)."""
        return self.version[:2]

    @property
    def name(self) -> str:
        """The version as ansible-test and people write it, such as 3.13."""
        return f"{self.version[0]}.{self.version[1]}"


def probe(path: str) -> Python | None:
    """Start an interpreter and ask it what it is; None when it does not start (a pyenv shim, say) or is no CPython."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", PROBE],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.split("\n")
    words = lines[0].split()
    if len(words) != 4 or words[0] != "cpython":
        return None
    return Python(path, (int(words[1]), int(words[2]), int(words[3])), "whole" in lines)


def folders() -> list[Path]:
    """Folders that may hold interpreters: PATH without pyenv's shims, and the versions that pyenv installed."""
    found = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    found = [folder for folder in found if folder.name != "shims"]
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return [Path(sys.executable).parent, *found, *sorted(root.glob("versions/3.*/bin"), reverse=True)]


@functools.cache
def find(minor: tuple[int, int]) -> Python | None:
    """The first interpreter of this version that can make virtual environments, else the first that starts."""
    lame = None
    for folder in folders():
        path = folder / f"python{minor[0]}.{minor[1]}"
        python = probe(str(path)) if path.exists() else None
        if python and python.minor == minor:
            if python.whole:
                return python
            lame = lame or python
    return lame


def newest() -> Python:
    """The newest interpreter that can run a controller; it decides which ansible-core is used."""
    found = [python for python in map(find, CONTROLLERS) if python]
    for python in found:
        if python.whole:
            return python
    if found:
        raise Missing(
            f"Python {found[0].name} at {found[0].path} has no venv or ensurepip: "
            f"install them (Debian: apt install python{found[0].name}-venv) and try again."
        )
    raise Missing("No Python 3.10 or newer was found on PATH: install one and try again.")


def every() -> list[Python]:
    """All interpreters here that ansible-test can use, the newest first."""
    return [python for python in map(find, (*CONTROLLERS, OLDEST_TARGET)) if python and python.whole]


def oldest_controller() -> Python | None:
    """The oldest interpreter here that can run the oldest supported ansible-core."""
    return next((python for python in map(find, OLDEST_CORE_CONTROLLERS) if python and python.whole), None)


def oldest_target() -> Python | None:
    """The oldest Python that the modules support, where this machine has it."""
    python = find(OLDEST_TARGET)
    return python if python and python.whole else None
