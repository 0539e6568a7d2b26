# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory: its requests and its time for many projects, cold and from a warm cache."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from harness import Ansible, Emulator, table


def inventory(ansible: Ansible, target: Emulator, projects: int) -> str:
    """List all projects as hosts, twice with a cache, and count the requests of each time."""
    target.seed(projects)
    source = ansible.folder / "bench.atlas_projects.yml"
    # Without the empty project that the emulator brings along.
    options = {"plugin": "atlasops.integrations.atlas_projects", "project_pattern": "project-*", **target.connection}
    cache = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(ansible.folder / "cache"),
    }
    source.write_text(json.dumps({**options, **cache}))
    empty = ansible.folder / "empty.yml"
    empty.write_text("{}")
    start, unused, unused2 = listed(ansible, target, empty)
    rows = []
    for words in ("cold", "from a warm cache"):
        seconds, hosts, calls = listed(ansible, target, source)
        rows.append([words, hosts, calls, f"{seconds:.2f}", f"{(seconds - start) * 1000 / projects:.2f}"])
    head = ["", "hosts", "requests", "seconds", "seconds per 1,000 hosts, less the start"]
    return table(f"Inventory over {projects} projects", head, rows)


def listed(ansible: Ansible, target: Emulator, source: Path) -> tuple[float, int, int]:
    """Run ansible-inventory --list; return its seconds, its hosts, and the requests that it made."""
    target.control("DELETE", "journal")
    began = time.perf_counter()
    done = subprocess.run(
        [ansible.program / "ansible-inventory", "-i", source, "--list"],
        env={**ansible.environment, "ANSIBLE_INVENTORY_ENABLED": "atlasops.integrations.atlas_projects,yaml"},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - began
    hosts = json.loads(done.stdout).get("_meta", {}).get("hostvars", {})
    return seconds, len(hosts), target.control("GET", "counts")["all"]
