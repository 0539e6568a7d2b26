# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs steps two at a time, shows what matters of each, and adds everything up."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from environments import BUILD

AT_ONCE = 2
LINES_OF_A_FAILURE = 300
RUNNING: list[subprocess.Popen[bytes]] = []
PYTEST_END = re.compile(r"^=+ (.*\d+ (?:passed|failed|skipped|error).*) in [\d.]+s")
PYTEST_COUNT = re.compile(r"(\d+) (passed|failed|skipped|error)")


class Failed(Exception):
    """A step found something wrong."""


class Skipped(Exception):
    """A step cannot be done on this machine; the text says what is missing."""


@dataclass
class Step:
    """One part of the suite, its log, and how it ended."""

    name: str
    action: Callable[[Step], None]
    result: str = ""
    note: str = ""
    seconds: float = 0.0
    counts: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})

    @property
    def log(self) -> Path:
        """Where everything goes that the step's commands print."""
        return BUILD / "logs" / f"{self.name}.log"

    def write(self, text: str) -> None:
        """Add a line to the log."""
        with self.log.open("a", encoding="utf-8") as stream:
            stream.write(f"{text}\n")

    def run(self, command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]) -> str:
        """Run a command, its output into the log.

        Returns:
            What it printed.

        Raises:
            Failed: its exit code was not 0.
        """
        words = [str(word) for word in command]
        self.write(f"$ {' '.join(words)}")
        start = self.log.stat().st_size
        with self.log.open("ab") as stream:
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,  # so that an interruption reaches what it started, too
            )
            RUNNING.append(process)
            process.wait()
            RUNNING.remove(process)
        with self.log.open("rb") as stream:
            stream.seek(start)
            output = stream.read().decode(errors="replace")
        self.count(output)
        if process.returncode:
            raise Failed(f"exit code {process.returncode}: {Path(words[0]).name} {' '.join(words[1:4])}")
        return output

    def count(self, output: str) -> None:
        """Add the tests of pytest's closing lines to the step's counts."""
        for line in output.splitlines():
            if PYTEST_END.match(line):
                for number, word in PYTEST_COUNT.findall(line):
                    self.counts["failed" if word == "error" else word] += int(number)

    def execute(self) -> None:
        """Do the step; whatever happens is its result."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        start = time.monotonic()
        try:
            self.action(self)
            self.result = "passed"
        except Skipped as reason:
            self.result, self.note = "skipped", str(reason)
        except Exception as problem:  # noqa: BLE001 - the other steps go on, and this one is reported
            self.result, self.note = "failed", str(problem) if isinstance(problem, Failed) else repr(problem)
        self.seconds = time.monotonic() - start
        if self.result == "failed" and not self.counts["failed"] or not any(self.counts.values()):
            self.counts[self.result] += 1

    def show(self) -> None:
        """Print how the step ended: the end of its log on failure, else only pytest's closing lines and its note."""
        print(
            f"\n=== {self.name}: {self.result} in {self.seconds:.0f} s {'- ' + self.note if self.note else ''}".rstrip()
        )
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        if self.result == "failed":
            if len(lines) > LINES_OF_A_FAILURE:
                print(f"(the last {LINES_OF_A_FAILURE} of {len(lines)} lines; all are in {self.log})")
            lines = lines[-LINES_OF_A_FAILURE:]
        else:
            lines = [line for line in lines if PYTEST_END.match(line) or line.startswith("SKIPPED")]
        print("\n".join(lines), flush=True)


def run_all(steps: Sequence[Step], last: Sequence[Step]) -> int:
    """Run steps, two at a time in their order, then the last ones one by one; all of them, whatever fails.

    Returns:
        The exit code: 0 when nothing failed.
    """
    start = time.monotonic()
    printing = threading.Lock()

    def execute(step: Step) -> None:
        step.execute()
        with printing:
            step.show()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            list(pool.map(execute, steps))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in RUNNING:
                os.killpg(process.pid, signal.SIGTERM)
            raise
    for step in last:
        execute(step)
    return summarize([*steps, *last], time.monotonic() - start)


def summarize(steps: Sequence[Step], seconds: float) -> int:
    """Print the table of steps and the closing line; tests count one by one, a step without tests counts as one."""
    width = max(len(step.name) for step in steps)
    print(f"\n{'step':{width}}  result   seconds")
    for step in steps:
        print(f"{step.name:{width}}  {step.result:7}  {step.seconds:7.1f}  {step.note}".rstrip())
    print(f"{'all, two at a time':{width}}  {'':7}  {seconds:7.1f}\n")
    total = {word: sum(step.counts[word] for step in steps) for word in ("passed", "failed", "skipped")}
    print(", ".join(f"{number} {word}" for word, number in total.items()))
    sys.stdout.flush()
    return 1 if any(step.result == "failed" for step in steps) else 0
