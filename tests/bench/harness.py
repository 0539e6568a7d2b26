# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the benchmarks share: the emulator as a process, playbooks that are timed, the peak of memory."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EMULATOR = ROOT / "roles" / "atlas_emulator" / "files" / "atlas_emulator"
MODULES = "ansible_collections.atlasops.integrations.plugins.modules"
KEY = "0123456789abcdef0123456789ab0000"
FIVE = (
    {"type": "DATADOG", "api_key": KEY, "region": "EU"},
    {"type": "PAGER_DUTY", "service_key": KEY},
    {"type": "OPS_GENIE", "api_key": "00000000-aaaa-bbbb-cccc-000000003311"},
    {"type": "VICTOR_OPS", "api_key": "00000000-aaaa-bbbb-cccc-000000001c11", "routing_key": "database-team"},
    {"type": "MICROSOFT_TEAMS", "microsoft_teams_webhook_url": "https://teams.example.com/webhookb2/000000004401"},
)
FIVE_SEEDED = (
    {"type": "DATADOG", "apiKey": KEY, "region": "EU"},
    {"type": "PAGER_DUTY", "serviceKey": KEY},
    {"type": "OPS_GENIE", "apiKey": "00000000-aaaa-bbbb-cccc-000000003311"},
    {"type": "VICTOR_OPS", "apiKey": "00000000-aaaa-bbbb-cccc-000000001c11", "routingKey": "database-team"},
    {"type": "MICROSOFT_TEAMS", "microsoftTeamsWebhookUrl": "https://teams.example.com/webhookb2/000000004401"},
)


@dataclass(frozen=True)
class Emulator:
    """A running emulator. facts: what its ready file says."""

    facts: Mapping[str, Any]

    @property
    def connection(self) -> dict[str, str]:
        """Return the connection options that reach it."""
        return {name: self.facts[name] for name in ("base_url", "public_key", "private_key")}

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control plane."""
        request = urllib.request.Request(
            f"{self.facts['control_url'].rstrip('/')}/{path}",
            None if body is None else json.dumps(body).encode(),
            {"X-Emulator-Token": self.facts["control_token"], "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def seed(self, projects: int, integrations: Sequence[Mapping[str, Any]] = ()) -> None:
        """Hold so many projects, each with these integrations, and nothing else."""
        generate = {"organisations": 1, "projects": projects, "integrations": list(integrations)}
        self.control("POST", "reset")
        self.control("POST", "seed", {"generate": generate})
        self.control("DELETE", "journal")

    def ids(self) -> list[str]:
        """Return the ids of the projects that were seeded."""
        projects = self.control("GET", "state")["projects"]
        return [project["id"] for project in projects if project["name"].startswith("project-")]


@contextmanager
def emulator(latency_ms: float = 0) -> Iterator[Emulator]:
    """Start an emulator without rate limits, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        options = ["--ready-file", str(ready), "--owner-pid", str(os.getpid()), "--latency-ms", str(latency_ms)]
        switches = ["--switch", "rate_limits=False", "--switch", "journal_size=1000", "--quiet"]
        process = subprocess.Popen([sys.executable, str(EMULATOR), *options, *switches])
        try:
            deadline = time.monotonic() + 20
            while not ready.exists():
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit("the emulator did not start")
                time.sleep(0.02)
            yield Emulator(json.loads(ready.read_text()))
        finally:
            process.terminate()
            process.wait(20)


class Ansible:
    """Runs playbooks of one play on localhost, from a tree in which the collection has its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tree = folder / "ansible_collections" / "atlasops"
        tree.mkdir(parents=True)
        (tree / "integrations").symlink_to(ROOT)
        self.program = Path(sys.executable).parent
        self.environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_LIBRARY": str(HERE / "library"),
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
            "PYTHONPATH": str(folder),
        }

    def play(self, tasks: Sequence[Mapping[str, Any]], defaults: Mapping[str, Any]) -> float:
        """Run tasks and return the seconds of the whole process. Raises SystemExit where they fail."""
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/atlasops.integrations.atlas": dict(defaults)},
            "tasks": list(tasks),
        }
        path = self.folder / "play.yml"
        path.write_text(json.dumps([play]))
        began = time.perf_counter()
        done = subprocess.run(
            [self.program / "ansible-playbook", path], env=self.environment, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - began
        if done.returncode:
            raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
        return seconds

    def module(self, name: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], float, int]:
        """Run a module as a process of its own; return its result, the seconds, and its memory in MiB."""
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": dict(options)})
        code = (
            "import json, runpy, sys\n"
            "from ansible.module_utils import basic\n"
            "basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = sys.stdin.buffer.read(), 'legacy'\n"
            f"runpy.run_module('{MODULES}.{name}', run_name='__main__')\n"
        )
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment,
            cwd=self.folder,
        )
        if process.stdin is None or process.stdout is None:
            raise SystemExit("no pipes")
        process.stdin.write(arguments.encode())
        process.stdin.close()
        output = process.stdout.read()
        unused, unused2, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        return json.loads(output.splitlines()[-1]), seconds, mebibytes(used)


def mebibytes(used: resource.struct_rusage) -> int:
    """Return the peak of memory of a finished process."""
    return round(used.ru_maxrss / 1024)


def bare(target: Emulator, ids: Sequence[str], threads: int) -> float:
    """Return the seconds that a bare thread pool needs to list all projects."""
    connection = target.connection
    done = subprocess.run(
        [sys.executable, HERE / "bare.py", *connection.values(), str(threads)],
        input="\n".join(ids),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[0])


def median(measure: Callable[[], float], runs: int) -> float:
    """Return the median of several runs, after one that is not counted."""
    measure()
    return statistics.median(measure() for unused in range(runs))


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table in Markdown."""
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
