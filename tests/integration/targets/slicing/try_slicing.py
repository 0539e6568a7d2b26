# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX does with a sliced job: the inventory in parts, a run for each, together the work of one run."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from fleet import Fleet, check, main

SLICES = 4
OLD, NEW = "a" * 32, "b" * 32
DATADOG = {"apiKey": NEW, "region": "EU"}


def seed(fine: int, drifted: int, empty: int) -> dict[str, Any]:
    """Return projects of which some are as declared, some drifted and some have nothing."""
    parts = [
        {"projects": fine, "name": "fine-{n:03d}", "integrations": {"DATADOG": DATADOG}},
        {"projects": drifted, "name": "drifted-{n:03d}", "integrations": {"DATADOG": {"apiKey": OLD, "region": "US"}}},
        {"projects": empty, "name": "empty-{n:03d}"},
    ]
    firsts = (1, 1 + fine, 1 + fine + drifted)
    return {"generate": [{**part, "first": first} for part, first in zip(parts, firsts, strict=True)]}


DECLARED = {"atlas_integrations_list": [{"type": "DATADOG", "api_key": NEW, "region": "EU"}]}


def slices(exported: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Cut an inventory as AWX does: each slice has every count-th host, in the order of names."""
    variables = exported["_meta"]["hostvars"]
    parts = [sorted(variables)[number::count] for number in range(count)]
    return [{"all": {"hosts": part}, "_meta": {"hostvars": {h: variables[h] for h in part}}} for part in parts]


def script(fleet: Fleet, number: int, part: dict[str, Any]) -> Path:
    """Write a part as AWX gives it to ansible-playbook: a program that prints it."""
    data = fleet.write(f"slice-{number}.json", part)
    program = fleet.write(f"slice-{number}/hosts", f"#!{sys.executable}\nprint(open({str(data)!r}).read())\n")
    program.chmod(0o755)
    return program


def once(fleet: Fleet, fine: int, drifted: int, empty: int, *words: str) -> None:
    """Slices at the same time read each project once and write it at most once, and come to the end of one run.

    words: for each of the runs.
    """
    fleet.control("POST", "reset", seed(fine, drifted, empty))
    projects = fine + drifted + empty
    inventory = fleet.write("fleet.atlas.yml", "plugin: atlasops.integrations.atlas_projects\n")
    exported = json.loads(fleet.run("ansible-inventory", "-i", str(inventory), "--list", "--export"))
    parts = slices(exported, SLICES)
    check(sum(len(part["all"]["hosts"]) for part in parts) == projects, "the slices are not the inventory")
    fleet.journal()
    command = ["ansible-playbook", "atlasops.integrations.apply", "-e", json.dumps(DECLARED), *words]
    runs = [fleet.start(*command, "-i", str(script(fleet, n, part))) for n, part in enumerate(parts)]
    outputs = [run.communicate(timeout=600)[0] for run in runs]
    for run, output in zip(runs, outputs, strict=True):
        check(run.returncode == 0 and "[WARNING]" not in output, f"exit code {run.returncode}", output)
    done = [(e["method"], e["project_id"]) for e in fleet.journal() if e["status"] in (200, 201)]
    count = Counter(method for method, unused in done)
    check(count == {"GET": projects, "PUT": drifted, "POST": empty}, f"requests {dict(count)}")
    check(max(Counter(done).values()) == 1, "a project was read or written twice")
    sliced = fleet.integrations()
    fleet.control("POST", "reset", seed(fine, drifted, empty))
    fleet.play("apply", variables={**DECLARED, "atlas_integrations_all_projects": True})
    check(fleet.writes() == {"PUT": drifted, "POST": empty}, "one run writes something else")
    check(sliced == fleet.integrations(), "the slices came to another end than one run")


def each_slice_in_one_task(fleet: Fleet) -> None:
    """Two hundred projects: the hosts of a slice are the projects of its one task."""
    hosts = "{{ ansible_play_hosts_all | map('extract', hostvars, 'atlas_project_id') | list }}"
    chosen = {"atlas_hosts": "all", "atlas_integrations_projects": hosts}
    once(fleet, 60, 70, 70, "-e", json.dumps(chosen))


def each_host_in_a_task(fleet: Fleet) -> None:
    """A process for each host takes longer, so there are fewer of them."""
    once(fleet, 4, 6, 6, "--forks", "2")


main({}, each_slice_in_one_task, each_host_in_a_task)
