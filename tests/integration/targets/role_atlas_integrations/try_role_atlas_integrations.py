# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role in both its uses: named projects on localhost, and hosts that are projects; and its rails."""

from __future__ import annotations

from typing import Any

from fleet import Fleet, check, main, tags

OLD, NEW = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
DATADOG = {"type": "DATADOG", "api_key": NEW, "region": "EU"}
SEED = {
    "generate": {
        "projects": 4,
        "name": "shop-{n}",
        "tags": tags(environment="production"),
        "integrations": {"DATADOG": {"apiKey": OLD, "region": "US"}, "VICTOR_OPS": {"apiKey": "made-up-key-0001"}},
    },
    "projects": [{"id": "5d9900000000000000000001", "name": "sandbox"}],
}
PLAY = """- hosts: "{{ chosen | default('localhost') }}"
  gather_facts: false
  roles:
    - atlasops.integrations.atlas_integrations
"""
INVENTORY = "plugin: atlasops.integrations.atlas_projects\nproject_pattern: shop-*\n"


def apply(fleet: Fleet, *words: str, fails: bool = False, **variables: Any) -> str:
    """Run the role, on localhost or, with chosen, on hosts; variables without the name of the role."""
    named = {(name if name == "chosen" else f"atlas_integrations_{name}"): v for name, v in variables.items()}
    play = str(fleet.write("play.yml", PLAY))
    inventory = ["-i", str(fleet.write("shop.atlas.yml", INVENTORY))] if "chosen" in variables else []
    return fleet.play(play, *inventory, *words, variables=named, fails=fails)


def named(fleet: Fleet) -> None:
    """One task for all; an addition for one; a second run writes nothing; a mistyped tag is refused."""
    everything = {"all_projects": True, "project_tags": {"environment": "production"}, "list": [DATADOG]}
    predicted = apply(fleet, "--check", "--diff", **everything)
    check(
        "4 projects, 4 would change; integrations: 0 to create, 4 to update" in predicted, "the prediction", predicted
    )
    check(not fleet.writes(), "check mode has written")
    output = apply(fleet, "-vvv", "--diff", **everything)
    check("4 projects, 4 changed; integrations: 0 created, 4 updated" in output, "the summary", output)
    check(OLD not in output and NEW not in output, "a secret shows", output)
    check(fleet.writes() == {"PUT": 4}, "the wrong writes")
    apply(fleet, **everything)
    own = {"name": "sandbox", "integrations": [{"type": "OPS_GENIE", "api_key": "made-up-key-0002", "region": "EU"}]}
    apply(fleet, projects=["shop-1", own], list=[DATADOG])
    check(fleet.writes() == {"POST": 2}, "the wrong writes of an addition")
    output = apply(fleet, **{**everything, "project_tags": {"environment": "prodution"}}, fails=True)
    check("no project matched" in output, "no word of the mistyped tag", output)


def mistyped(fleet: Fleet) -> None:
    """Variables that the role does not have are refused, on named projects and on hosts."""
    for wrong in ("atlas_integrations_project_tag", "atlas_integration_purge"):
        for chosen in ({"all_projects": True}, {"chosen": "all"}):
            output = apply(fleet, "-e", f"{wrong}=true", list=[DATADOG], **chosen, fails=True)
            check(f"{wrong}: no variable of this role" in output, "no word of the mistyped name", output)
    check(not fleet.writes(), "a write")
    apply(fleet, "-e", "atlas_integration_result=mine", projects=["shop-1"], list=[DATADOG])


def blanks(fleet: Fleet) -> None:
    """AWX sends empty texts for blank fields of a survey; they count as not given."""
    names = ("state", "update_secrets", "purge", "max_deletions", "allow_empty", "concurrency", "on_error", "report")
    blank = dict.fromkeys((*names, "all_projects", "project_tags", "project_pattern", "org_id"), "")
    apply(fleet, projects=["shop-1"], list=[DATADOG], **blank)
    check(fleet.writes() == {"PUT": 1}, "the wrong writes with blanks")
    hosts = {name: "" for name in names if name not in ("on_error", "concurrency")}
    apply(fleet, "--limit", "shop-2", chosen="all", list=[{"type": "VICTOR_OPS", "state": "absent"}], **hosts)
    check(fleet.writes() == {"DELETE": 1}, "the wrong writes of a host with blanks")


def failures(fleet: Fleet) -> None:
    """A few lines for any number of failures, and the others are done."""
    fleet.control("PUT", "faults", [{"fault": "status", "status": 403, "times": 0, "path": "000[23]/integrations"}])
    output = apply(fleet, projects=["shop-1", "shop-2", "shop-3"], list=[DATADOG], fails=True)
    fleet.control("DELETE", "faults")
    check("2 of 3 projects failed" in output and "5d0000000000000000000003 shop-3" in output, "the message", output)
    check('"integrations"' not in output, "the whole result is printed", output)
    check(fleet.writes() == {"PUT": 1}, "the wrong writes")


def hosts(fleet: Fleet) -> None:
    """Each host is its project; hosts that are none, and what narrows nothing, are refused."""
    apply(fleet, "--limit", "shop-1,shop-2", chosen="all", list=[DATADOG])
    changed = [e["project_id"][-1] for e in fleet.journal() if e["method"] == "PUT"]
    check(sorted(changed) == ["1", "2"], f"changed projects {changed}")
    output = apply(fleet, list=[DATADOG], fails=True)
    check("it has no atlas_project_id" in output, "no word of the host that is no project", output)
    output = apply(fleet, chosen="all", list=[DATADOG], project_tags={"environment": "production"}, fails=True)
    check("narrow named ones only" in output, "no word of the narrowing", output)


def deletions(fleet: Fleet) -> None:
    """The limit is for all hosts of a run, and for all named projects; then they go."""
    absent = {"list": [{"type": "VICTOR_OPS", "state": "absent"}], "max_deletions": 3}
    for use in ({"chosen": "all"}, {"all_projects": True}):
        output = apply(fleet, **absent, **use, fails=True)
        check("so nothing was written" in output and not fleet.writes(), "too many deletions", output)
        check("000001 shop-1 " not in output, "what holds for all is said for each", output)
    # What only updates comes first, and is not written either where others would delete too much.
    own = fleet.write("host_vars/shop-1", {"atlas_integrations_list": [DATADOG]})
    others = {name: value for name, value in absent.items() if name != "list"}
    group = fleet.write("group_vars/all", {"atlas_integrations_list": absent["list"]})
    output = apply(fleet, chosen="all", fails=True, **{**others, "max_deletions": 1})
    check("so nothing was written" in output and not fleet.writes(), "a write before the count", output)
    own.unlink()
    group.unlink()
    apply(fleet, "--limit", "shop-1:shop-2:shop-3", chosen="all", **absent)
    check(fleet.writes() == {"DELETE": 3}, "the wrong deletions")
    apply(fleet, "--limit", "shop-4", chosen="all", list=[DATADOG], purge=True)
    check(fleet.writes() == {"DELETE": 1, "PUT": 1}, "the wrong purge")


main(SEED, named, mistyped, blanks, failures, hosts, deletions)
