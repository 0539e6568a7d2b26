# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The driver behind the Makefile: python tests/driver COMMAND [STEP ...]; needs nothing but a Python from 3.10 on.

Commands: demo, test, fast, lint, docs, bench, changelog, lock, pythons. STEP narrows test to the steps named.
"""

from __future__ import annotations

import fcntl
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import TextIO

import environments
import pythons
import suite
from environments import BUILD, LOCKS, REAL_BUILD, ROOT
from runner import Step, run_all

HEADER = """\
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Made by `make lock` from the group {group} of pyproject.toml.
"""
# Each group with its oldest Python and its lock.
GROUPS = {
    "run": ("3.10", LOCKS / "run.txt"),
    "oldest": ("3.10", LOCKS / "oldest.txt"),
    "dev": ("3.10", LOCKS / "dev.txt"),
    "uv": ("3.10", LOCKS / "uv.txt"),
    "units": ("3.9", ROOT / "tests" / "unit" / "requirements.txt"),
}


def demo(_arguments: Sequence[str]) -> int:
    """Run the demo playbook by its name, from a copy of the checkout."""
    environments.prepare_home()
    venv = environments.run_environment(pythons.newest())
    tree, _count = environments.copy_checkout("demo")
    environment = environments.ansible_environment(venv, [], tree)
    environment["ANSIBLE_LOCALHOST_WARNING"] = environment["ANSIBLE_INVENTORY_UNPARSED_WARNING"] = "False"
    if sys.stdout.isatty() and "NO_COLOR" not in environment:
        environment["ANSIBLE_FORCE_COLOR"] = "True"
    command = [str(venv / "bin" / "ansible-playbook"), "atlasops.integrations.demo"]
    return subprocess.run(command, check=False, cwd=BUILD, env=environment).returncode


def several(kind: str, arguments: Sequence[str]) -> int:
    """Run the steps of a kind of run, or those of them that are named."""
    made = suite.Suite(measure=kind == "test")
    print(f"Python {made.python.name} at {made.python.path}", flush=True)
    chosen: list[list[Step]] = []
    for part in {"test": suite.full, "fast": suite.fast, "lint": suite.lint}[kind](made):
        chosen.append([step for step in part if not arguments or step.name in arguments])
    known = {step.name for part in chosen for step in part}
    if unknown := sorted(set(arguments) - known):
        raise pythons.Missing(f"There is no step {', '.join(unknown)} in {kind}.")
    return run_all(*chosen)


def in_checkout(program: str, *arguments: str) -> int:
    """Run a program of the environment with the tools in the checkout itself, with a fresh copy to look names up in."""
    environments.prepare_home()
    venv = environments.dev_environment(pythons.newest())
    tree, _count = environments.copy_checkout("work")
    environment = environments.ansible_environment(venv, [], tree)
    return subprocess.run([str(venv / "bin" / program), *arguments], check=False, cwd=ROOT, env=environment).returncode


def docs(_arguments: Sequence[str]) -> int:
    """Write the documentation that follows from the table of services."""
    return in_checkout("python", "tests/generate_docs.py")


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks."""
    return in_checkout("python", "tests/bench", *arguments)


def changelog(_arguments: Sequence[str]) -> int:
    """Put the fragments into the changelog, under the version of galaxy.yml."""
    return in_checkout("antsibull-changelog", "release", "--update-existing", "--reload-plugins")


def lock(arguments: Sequence[str]) -> int:
    """Choose versions anew (with --upgrade) or only where pyproject.toml asks for others."""
    uv = environments.uv()
    for group, (python, path) in GROUPS.items():
        command = [str(uv), "pip", "compile", "-q", "--universal", "--generate-hashes", "--no-strip-extras"]
        command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--python-version", python]
        command += ["--group", group, "-o", str(path), *arguments]
        environments.quiet(command, environments.installer_environment())
        path.write_text(HEADER.format(group=group) + path.read_text())
        print(f"{path.relative_to(ROOT)} is up to date.")
    return 0


def show_pythons(_arguments: Sequence[str]) -> int:
    """Print which interpreters the runs would use."""
    print(f"newest controller: {pythons.newest()}")
    print(f"controller of the oldest ansible-core: {pythons.oldest_controller()}")
    print(f"oldest target: {pythons.oldest_target()}")
    return 0


COMMANDS = {
    "demo": demo,
    "docs": docs,
    "bench": bench,
    "changelog": changelog,
    "lock": lock,
    "pythons": show_pythons,
}


def take_turn(stream: TextIO) -> None:
    """Wait until no other run holds this file: all runs of a checkout share one folder."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another run in this checkout is going on; waiting for its end ...", flush=True)
        fcntl.flock(stream, fcntl.LOCK_EX)


def main(arguments: Sequence[str]) -> int:
    """Run a command."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name not in COMMANDS and name not in ("test", "fast", "lint"):
        print(__doc__, file=sys.stderr)
        return 2
    if not shutil.which("git"):
        print("git was not found on PATH: install it and try again.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    REAL_BUILD.mkdir(exist_ok=True)
    try:
        with (REAL_BUILD / "lock").open("w") as stream:
            take_turn(stream)
            environments.make_plain_name()
            return COMMANDS[name](rest) if name in COMMANDS else several(name, rest)
    except pythons.Missing as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main(sys.argv[1:]))
