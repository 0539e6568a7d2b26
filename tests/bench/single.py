# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task: its requests, its time against a module that does nothing, and a loop against raw uri calls."""

from __future__ import annotations

from typing import Any

from harness import FIVE, FIVE_SEEDED, Ansible, Emulator, median, table

FQCN = "atlasops.integrations.atlas_integration"
LOGIN = "atlasops.integrations.atlas_login"
URI = "ansible.builtin.uri"
FURTHER = 20


def requests_of_one_task(ansible: Ansible, target: Emulator) -> str:
    """Count the requests of each action, with a key pair and with a service account."""
    service_account = {name: target.facts[name] for name in ("base_url", "client_id", "client_secret")}
    rows = []
    for words, options, seeded in (
        ("nothing to do", {}, True),
        ("create", {}, False),
        ("update", {"region": "US"}, True),
        ("delete", {"state": "absent"}, True),
    ):
        counts = []
        for connection in (target.connection, service_account):
            target.seed(1, FIVE_SEEDED if seeded else ())
            project = {"project_id": target.ids()[0]}
            result, unused, unused2 = ansible.module(
                "atlas_integration", {**connection, **project, **FIVE[0], **options}
            )
            counts.append(result["api_calls"])
        rows.append([words, f"{counts[0]} (one is the challenge)", f"{counts[1]} (two are login and logout)"])
    return table("Requests of one task", ["", "API key", "service account"], rows)


def one_task(ansible: Ansible, target: Emulator, runs: int) -> str:
    """Compare one task, and each further one, with a module that takes the same arguments and does nothing."""
    target.seed(1, FIVE_SEEDED)
    options = {**target.connection, "project_id": target.ids()[0], **FIVE[0]}

    def seconds(module: str, tasks: int) -> float:
        return median(lambda: ansible.play([{module: options, "loop": list(range(tasks))}], {}), runs)

    single = [seconds(module, 1) for module in ("bench_noop", FQCN)]
    many = [seconds(module, 1 + FURTHER) for module in ("bench_noop", FQCN)]
    further = [(all_of_them - first) / FURTHER for first, all_of_them in zip(single, many)]
    memory = max(ansible.module("atlas_integration", options)[2] for unused in range(3))
    rows = [
        [words, f"{idle:.2f}", f"{busy:.2f}", f"{busy / idle:.2f}"]
        for words, (idle, busy) in (
            ("a playbook with one task, seconds (goal: a ratio of at most 1.4)", single),
            ("each further task, seconds", further),
        )
    ]
    rows.append(["memory of the module (goal: under 60 MiB)", "", f"{memory} MiB", ""])
    return table("One task", ["", "a module that does nothing", "nothing to do in Atlas", "ratio"], rows)


def against_uri(ansible: Ansible, target: Emulator, items: int) -> tuple[str, float]:
    """Compare loops: uri with GET and PUT, and one task an item. Return the seconds an item of uri, too."""
    target.seed(items, FIVE_SEEDED)
    ids = target.ids()
    put: dict[str, Any] = {"type": "DATADOG", "apiKey": FIVE[0]["api_key"], "region": "EU"}
    connection = target.connection
    common = {
        "url": connection["base_url"] + "/api/atlas/v2/groups/{{ item }}/integrations/DATADOG",
        "url_username": connection["public_key"],
        "url_password": connection["private_key"],
        "headers": {"Accept": "application/vnd.atlas.2023-01-01+json"},
    }
    write = {**common, "method": "PUT", "body_format": "json", "body": put}
    raw = ansible.play([{URI: common, "loop": ids}, {URI: write, "loop": ids}], {})
    module = ansible.play([{FQCN: {**connection, "project_id": "{{ item }}", **FIVE[0]}, "loop": ids}], {})
    rows = [
        ["uri, GET and PUT", f"{raw:.1f}", f"{raw / items:.3f}", items],
        ["atlas_integration", f"{module:.1f}", f"{module / items:.3f}", 0],
    ]
    return table(f"A loop over {items} projects", ["", "seconds", "per item", "writes"], rows), raw / items


def one_login(ansible: Ansible, target: Emulator, items: int) -> str:
    """Time a loop with one login of a service account, where Atlas allows ten logins a minute."""
    target.seed(items, FIVE_SEEDED)
    target.control("PATCH", "switches", {"rate_limits": True, "token_requests": 10})
    account = {name: target.facts[name] for name in ("base_url", "client_id", "client_secret")}
    given = {"base_url": account["base_url"], "access_token": "{{ login.access_token }}", "project_id": "{{ item }}"}
    login = {LOGIN: account, "register": "login"}
    logout = {LOGIN: {**account, "state": "absent", "access_token": "{{ login.access_token }}"}}
    seconds = ansible.play([login, {FQCN: {**given, **FIVE[0]}, "loop": target.ids()}, logout], {})
    requests = target.control("GET", "journal")
    target.control("PATCH", "switches", {"rate_limits": False})
    rows = [[f"{items} projects, login and logout", f"{seconds:.1f}", len(requests)]]
    return table("A loop with one login, ten a minute allowed", ["", "seconds", "requests"], rows)
