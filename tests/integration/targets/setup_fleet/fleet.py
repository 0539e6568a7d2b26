# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the targets share that run Ansible's commands against an emulator of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

COLLECTION = "atlasops.integrations"


def program() -> Path:
    """Return the emulator of the collection under test: targets are run from a copy that has nothing else in it."""
    names = ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_COLLECTIONS_PATHS")
    places = [place for name in names for place in os.environ.get(name, "").split(os.pathsep)]
    for place in places:
        path = Path(place, "ansible_collections", *COLLECTION.split("."), "roles/atlas_emulator/files/atlas_emulator")
        if path.is_dir():
            return path
    raise SystemExit("the collection is not in ANSIBLE_COLLECTIONS_PATH")


class Fleet:
    """An emulated Atlas, and Ansible's commands with its key pair in their environment; a context manager.

    seed: what Atlas holds. switches: how the emulator behaves.
    """

    def __init__(self, seed: Mapping[str, Any], **switches: Any) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fleet.", dir=os.environ.get("OUTPUT_DIR")))
        ready = self.folder / "ready.json"
        chosen = [f"--switch={name}={value}" for name, value in switches.items()]
        command = [
            sys.executable,
            str(program()),
            "--quiet",
            "--ready-file",
            str(ready),
            "--owner-pid",
            str(os.getpid()),
        ]
        command += ["--seed", str(self.write("seed.json", seed)), *chosen]
        self.process = subprocess.Popen(command)
        give_up = time.monotonic() + 30
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise SystemExit("the emulator does not start")
            time.sleep(0.05)
        self.facts: dict[str, Any] = json.loads(ready.read_text())
        self.key_pair = {
            "MONGODB_ATLAS_PUBLIC_API_KEY": self.facts["public_key"],
            "MONGODB_ATLAS_PRIVATE_API_KEY": self.facts["private_key"],
        }
        self.account = {
            "MONGODB_ATLAS_CLIENT_ID": self.facts["client_id"],
            "MONGODB_ATLAS_CLIENT_SECRET": self.facts["client_secret"],
        }
        # Where that folder is in a collection, some commands warn of it. What is covered here, unit tests cover as
        # well, and measuring takes as long as the work.
        foreign = ("MONGODB_ATLAS_", "ANSIBLE_PLAYBOOK_DIR", "COVERAGE_", "_ANSIBLE_COVERAGE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        kept.update(ANSIBLE_LOCALHOST_WARNING="0", ANSIBLE_INVENTORY_UNPARSED_WARNING="0")
        kept.update(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="1", ANSIBLE_RETRY_FILES_ENABLED="0")
        self.environment = {**kept, "MONGODB_ATLAS_BASE_URL": self.facts["base_url"]}

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *unused: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def write(self, name: str, content: Any) -> Path:
        """Write a file, JSON unless it is a text already, and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def control(self, method: str, call: str, body: Any = None) -> Any:
        """Use the emulator's control plane."""
        headers = {"X-Emulator-Token": self.facts["control_token"], "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.facts['control_url']}/{call}", data, headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def journal(self) -> list[dict[str, Any]]:
        """Return all requests since the last time."""
        entries: list[dict[str, Any]] = self.control("GET", "journal")
        self.control("DELETE", "journal")
        return entries

    def writes(self) -> Counter[str]:
        """Return how many writes there were since the last time, by method."""
        return Counter(e["method"] for e in self.journal() if e["type"] and e["method"] != "GET" and e["status"] < 300)

    def integrations(self) -> dict[str, dict[str, Any]]:
        """Return what each project holds, by its id: fields by type, without ids."""
        return {
            project["id"]: {i["type"]: {k: v for k, v in i.items() if k != "id"} for i in project["integrations"]}
            for project in self.control("GET", "state")["projects"]
        }

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a command. env: credentials, the key pair where it is left out."""
        return subprocess.Popen(
            words,
            cwd=self.folder,
            env={**self.environment, **(self.key_pair if env is None else env)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str, env: Mapping[str, str] | None = None, fails: bool = False, warns: bool = False) -> str:
        """Run a command to its end and return what it printed; the test ends where that is not as expected.

        fails: it must fail. warns: it may warn.
        """
        process = self.start(*words, env=env)
        output = process.communicate(timeout=300)[0]
        check((process.returncode != 0) == fails, f"exit code {process.returncode} of {words}", output)
        check("DEPRECATION" not in output and (warns or "[WARNING]" not in output), f"warnings of {words}", output)
        return output

    def play(self, playbook: str, *words: str, variables: Mapping[str, Any] | None = None, **how: Any) -> str:
        """Run a playbook of the collection by its name, or a file; how as for run."""
        name = playbook if "/" in playbook else f"{COLLECTION}.{playbook}"
        extra = ["-e", json.dumps(variables)] if variables else []
        return self.run("ansible-playbook", name, *words, *extra, **how)


def check(holds: bool, words: str, output: str = "") -> None:
    """End the test with these words, and with what a command printed, where something does not hold."""
    if not holds:
        print(output)
        raise SystemExit(f"FAILED: {words}")


def main(seed: Mapping[str, Any], *tests: Callable[[Fleet], None], **switches: Any) -> None:
    """Run tests one after the other, each against Atlas as it was seeded."""
    with Fleet(seed, **switches) as fleet:
        for test in tests:
            begin = time.monotonic()
            fleet.control("POST", "reset")
            test(fleet)
            print(f"{test.__name__}: {time.monotonic() - begin:.1f} s", flush=True)


def tags(**given: str) -> Sequence[Mapping[str, str]]:
    """Return tags as a seed has them."""
    return [{"key": key, "value": value} for key, value in given.items()]
