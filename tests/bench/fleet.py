# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets: one task over many projects against a bare thread pool, its memory, and how it grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness import FIVE, FIVE_SEEDED, Ansible, Emulator, bare, median, table

FQCN = "atlasops.integrations.atlas_integrations"
THREADS = 8


def options(target: Emulator, **more: Any) -> dict[str, Any]:
    """Return the options of a task that declares five integrations for all projects."""
    declared = [dict(one) for one in FIVE]
    return {**target.connection, "projects": target.ids(), "integrations": declared, "concurrency": THREADS, **more}


def nothing_to_do(ansible: Ansible, target: Emulator, projects: int, latency_ms: int, runs: int) -> str:
    """Compare a task that finds nothing to do with a bare thread pool and the start of Ansible."""
    target.seed(projects, FIVE_SEEDED)
    ids = target.ids()
    start = median(lambda: ansible.play([{"bench_noop": {}}], {}), runs)
    pool = median(lambda: bare(target, ids, THREADS), runs)
    task = median(lambda: ansible.play([{FQCN: options(target)}], {}), runs)
    calls = ansible.module("atlas_integrations", options(target))[0]["api_calls"]
    rows = [
        ["start of Ansible", f"{start:.2f}", ""],
        [f"bare pool of {THREADS} threads", f"{pool:.2f}", ""],
        ["the task", f"{task:.2f}", f"{calls} = {projects} + {calls - projects} challenges"],
        ["(task - start) / pool (goal: at most 1.5)", f"{(task - start) / pool:.2f}", ""],
    ]
    title = f"{projects} projects x {len(FIVE)} integrations, nothing to do, {latency_ms} ms latency"
    return table(title, ["", "seconds", "requests"], rows)


def writes(ansible: Ansible, target: Emulator, projects: int) -> str:
    """Time a first run that creates everything, and one in which a tenth has drifted."""
    target.seed(projects)
    first, first_seconds, unused = ansible.module("atlas_integrations", options(target))
    target.seed(projects, FIVE_SEEDED)
    drift(target)
    second, second_seconds, unused = ansible.module("atlas_integrations", options(target))
    rows = [
        ["first run", f"{first_seconds:.1f}", first["summary"]["create"], first["api_calls"]],
        ["a tenth drifted", f"{second_seconds:.1f}", second["summary"]["update"], second["api_calls"]],
    ]
    return table(
        f"{projects} projects x {len(FIVE)} integrations, writing", ["", "seconds", "writes", "requests"], rows
    )


def drift(target: Emulator) -> None:
    """Change the region of Datadog in every tenth project."""
    for project_id in target.ids()[::10]:
        target.control("POST", "change", {"project": project_id, "set": {"DATADOG": {"region": "US"}}})


def growth(ansible: Ansible, target: Emulator, sizes: Sequence[int], per_item_of_uri: float) -> str:
    """Tell seconds, requests and memory for fleets of several sizes, and an item's seconds beside those of uri."""
    rows = []
    for projects in sizes:
        target.seed(projects, FIVE_SEEDED)
        result, seconds, memory = ansible.module("atlas_integrations", options(target))
        per_item = seconds / projects / len(FIVE)
        faster = f"{per_item_of_uri / per_item:.0f} x" if per_item_of_uri else ""
        rows.append(
            [projects, f"{seconds:.2f}", result["api_calls"], f"{memory} MiB", f"{per_item * 1000:.2f} ms", faster]
        )
    head = ["projects", "seconds", "requests", "memory", "per integration", "fewer seconds than uri"]
    return table("Growth, nothing to do", head, rows)
