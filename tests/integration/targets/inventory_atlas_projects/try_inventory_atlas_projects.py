# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory as its users meet it: through ansible-inventory, --limit, a play over all hosts, and from AWX."""

from __future__ import annotations

import json
from typing import Any

from fleet import Fleet, check, main, tags

NAMES = {
    "prod:eu": "prod_eu",
    "a,b": "a_b",
    "Atlas CLI E2E": "Atlas_CLI_E2E",
    "Z\u00fcrich": "Z\u00fcrich",
    "-dash": "dash",
    "!bang&and~t": "bang_and_t",
    "123": "123",
    "localhost": "localhost_000008",
    "{{ 1 + 1 }}": "1_1",
    "web[1:3]": "web_1_3",
}
ORGANISATIONS = [f"5e{n:022x}" for n in (1, 2)]
PROJECTS: list[dict[str, Any]] = [
    {"id": f"5d{n:022x}", "name": name, "organisation": ORGANISATIONS[n % 2]} for n, name in enumerate(NAMES, 1)
]
PROJECTS[0].update(
    tags=tags(environment="production", owner="{{ 7 * 7 }}"), integrations={"OPS_GENIE": {"apiKey": "x"}}
)
PROJECTS += [{"id": f"5d{n:022x}", "name": "same", "organisation": ORGANISATIONS[n % 2]} for n in (11, 12)]
SEED = {"organisations": [{"id": ident, "name": ident[-1]} for ident in ORGANISATIONS], "projects": PROJECTS}
HOSTS = sorted([*NAMES.values(), "same_00000b", "same_00000c"])
PLAY = """- hosts: all
  gather_facts: false
  tasks:
    - atlasops.integrations.atlas_integration:
        project_id: "{{ atlas_project_id }}"
        type: OPS_GENIE
        api_key: made-up-key-of-the-inventory
        region: EU
    - ansible.builtin.assert:
        that:
          - ansible_python_interpreter == ansible_playbook_python
          - atlas_project_id is match('5d[0-9a-f]{22}$')
          - "'49' not in atlas_tags | string"
          - atlas_project_name != '2'
"""


def inventory(fleet: Fleet, **options: Any) -> str:
    """Write a file for the plugin and return its path."""
    options = {"plugin": "atlasops.integrations.atlas_projects", **options}
    return str(fleet.write("fleet.atlas.yml", options))


def listed(output: str) -> dict[str, Any]:
    """Return the variables of all hosts from the output of ansible-inventory --list, in plain texts."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            inner = {key: plain(one) for key, one in value.items()}
            return inner.get("__ansible_unsafe", inner)
        return [plain(one) for one in value] if isinstance(value, list) else value

    return plain(json.loads(output)["_meta"]["hostvars"])


def lists_and_graphs(fleet: Fleet) -> None:
    """Names, variables, groups; pages and nothing more."""
    path = inventory(fleet)
    hosts = listed(fleet.run("ansible-inventory", "-i", path, "--list"))
    check(sorted(hosts) == HOSTS, f"hosts are {sorted(hosts)}")
    wanted = {
        "atlas_project_id": "5d0000000000000000000001",
        "atlas_project_name": "prod:eu",
        "atlas_org_id": ORGANISATIONS[1],
        "atlas_tags": {"environment": "production", "owner": "{{ 7 * 7 }}"},
        "atlas_cluster_count": 0,
        "atlas_created": "2026-01-01T00:00:00Z",
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    check(hosts["prod_eu"] == wanted, f"variables are {hosts['prod_eu']}")
    requests = [(e["method"], e["path"], e["status"]) for e in fleet.journal()]
    check(requests == [("GET", "/api/atlas/v2/groups", status) for status in (401, 200)], f"requests {requests}")
    keyed = [{"prefix": "uses", "key": "atlas_integration_types"}]
    path = inventory(
        fleet, integrations=True, keyed_groups=keyed, groups={"tagged": "atlas_tags.environment is defined"}
    )
    graph = fleet.run("ansible-inventory", "-i", path, "--graph")
    check(all(f"|--{name}\n" in graph for name in HOSTS), "a host is not in the graph", graph)
    check("@uses_OPS_GENIE:\n  |  |--prod_eu" in graph and "@tagged:" in graph, "a group is not in the graph", graph)


def limits(fleet: Fleet) -> None:
    """Each name chooses its host, alone and in a list."""
    path = inventory(fleet)
    for limit in ("a_b", "prod_eu,Z\u00fcrich,same_00000b,bang_and_t", "1_1:dash:123:web_1_3", "all:!localhost_000008"):
        chosen = fleet.run("ansible", "-i", path, "all", "--limit", limit, "--list-hosts").split()[2:]
        wanted = set(HOSTS) - {"localhost_000008"} if "!" in limit else set(limit.replace(":", ",").split(","))
        check(set(chosen) == wanted, f"--limit {limit} chooses {chosen}")


def plays(fleet: Fleet) -> None:
    """A play over all hosts finds requests, and takes nothing from Atlas for a template; as AWX passes it on, too."""
    path = inventory(fleet)
    play = str(fleet.write("play.yml", PLAY))
    fleet.play(play, "-i", path)
    check(fleet.writes() == {"POST": len(HOSTS) - 1, "PUT": 1}, "not each project got its integration")
    exported = fleet.write("exported.json", fleet.run("ansible-inventory", "-i", path, "--list", "--export"))
    script = fleet.write("exported.sh", f"#!/bin/sh\ncat '{exported}'\n")
    script.chmod(0o755)
    fleet.play(play, "-i", str(script), "--limit", "prod_eu,1_1")
    check(not fleet.writes(), "something was written again")


def caches(fleet: Fleet) -> None:
    """A warm cache needs no request, and is of one organization only."""
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(fleet.folder / "cache")}
    path = inventory(fleet, **cache)
    cold = listed(fleet.run("ansible-inventory", "-i", path, "--list"))
    fleet.journal()
    check(listed(fleet.run("ansible-inventory", "-i", path, "--list")) == cold, "the cache gives something else")
    check(fleet.journal() == [], "a request with a warm cache")
    inventory(fleet, org_id=ORGANISATIONS[0], **cache)
    check(len(listed(fleet.run("ansible-inventory", "-i", path, "--list"))) == 6, "the cache is of all organizations")


def logs_out(fleet: Fleet) -> None:
    """A service account, in templates, logs in once and out."""
    account = {
        "client_id": "{{ lookup('ansible.builtin.env', 'A_CLIENT_ID') }}",
        "client_secret": "{{ lookup('ansible.builtin.env', 'A_CLIENT_SECRET') }}",
    }
    path = inventory(fleet, integrations=True, **account)
    env = {"A_CLIENT_ID": fleet.facts["client_id"], "A_CLIENT_SECRET": fleet.facts["client_secret"]}
    fleet.run("ansible-inventory", "-i", path, "--list", env=env)
    logins = [e["path"].rsplit("/")[-1] for e in fleet.journal() if "oauth" in e["path"]]
    check(logins == ["token", "revoke"], f"logins {logins}")


def complains(fleet: Fleet) -> None:
    """One sentence each."""
    for options, sentence in (
        ({"project_tags": {"environment": "prodution"}}, "no project matched"),
        ({"org_id": "demo", "timeout": 0}, "timeout must be a number of seconds, more than 0"),
        ({"private_key": "half"}, "private_key is given without public_key"),
        ({"exclude_projects": ["prod:us"]}, "did you mean 'prod:eu'?"),
    ):
        output = fleet.run("ansible-inventory", "-i", inventory(fleet, **options), "--list", fails=True, warns=True)
        check(sentence in " ".join(output.split()), f"no word of {sentence}", output)
        check("Traceback" not in output, "a traceback", output)


main(SEED, lists_and_graphs, limits, plays, caches, logs_out, complains)
