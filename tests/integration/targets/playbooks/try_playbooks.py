# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks apply, audit and rotate_secret by their names, on named projects and on hosts."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from fleet import COLLECTION, Fleet, check, main

OLD, NEW, OWN = (digit * 32 for digit in "abc")
SHOP_2 = "5d0000000000000000000002"
READER = {"public_key": "reader", "private_key": "the-private-key-of-the-reader"}
SEED = {
    "generate": {
        "projects": 6,
        "name": "shop-{n}",
        "integrations": {"DATADOG": {"apiKey": OLD, "region": "EU"}},
    },
    "projects": [
        {"id": "5d9900000000000000000001", "name": "own", "integrations": {"DATADOG": {"apiKey": OWN, "region": "EU"}}},
        {"id": "5d9900000000000000000002", "name": "none"},
    ],
    "key_pairs": [{**READER, "role": "read_only"}],
}
# Each host takes a process of its own, so there are few of them.
FEW = ["shop-1", "shop-5", "shop-6"]
# What holds secrets is empty for whoever audits.
DECLARED: dict[str, Any] = {
    "atlas_integrations_list": [
        {
            "type": "DATADOG",
            "api_key": "{{ lookup('ansible.builtin.env', 'DATADOG_KEY') }}",
            "region": "EU",
            "update_secrets": True,
        }
    ]
}
ALL = {"atlas_integrations_all_projects": True}
MOST = {**ALL, "atlas_integrations_exclude_projects": FEW}
VERIFY = """- ansible.builtin.debug:
    msg: "verified {{ atlas_rotate_secret_phase }}: {{ atlas_rotate_secret_rotated | length }}"
- ansible.builtin.fail:
    msg: the dashboard is empty
  when: broken | default('') == atlas_rotate_secret_phase
"""


def inventory(fleet: Fleet, **options: Any) -> str:
    """Return the path of an inventory with all projects."""
    options = {"plugin": "atlasops.integrations.atlas_projects", **options}
    return str(fleet.write("fleet.atlas.yml", options))


def keys(fleet: Fleet) -> Counter[str]:
    """Return how many projects hold which key, by its first letter."""
    return Counter(held["DATADOG"]["apiKey"][0] for held in fleet.integrations().values() if "DATADOG" in held)


def logins(fleet: Fleet) -> list[str]:
    """Return the requests for tokens since the last time."""
    return [e["path"].rsplit("/")[-1] for e in fleet.journal() if "oauth" in e["path"]]


def applies(fleet: Fleet) -> None:
    """Named projects and hosts; a service account logs in once for all hosts, and out after a failure too."""
    key = {**fleet.key_pair, "DATADOG_KEY": NEW}
    output = fleet.play("apply", variables={**DECLARED, **ALL}, env=key)
    check("8 projects, 8 changed" in output and keys(fleet) == {"b": 8}, "apply on named projects", output)
    fleet.journal()
    account = {**fleet.account, "DATADOG_KEY": OLD}
    fleet.play("apply", "-i", inventory(fleet), "--limit", "shop-1:own", variables=DECLARED, env=account)
    check(keys(fleet) == {"a": 2, "b": 6}, "apply on hosts")
    # The inventory has a login of its own.
    check(logins(fleet) == ["token", "revoke"] * 2, "not one login for all hosts")
    fleet.control("PUT", "faults", [{"fault": "status", "status": 403, "times": 0, "path": "/integrations"}])
    for where in (["-i", inventory(fleet), "--limit", "shop-1:own"], ["-e", json.dumps(ALL)]):
        fleet.play("apply", *where, variables=DECLARED, env=account, fails=True)
    fleet.control("DELETE", "faults")
    check(fleet.control("GET", "state")["live_tokens"] == {}, "a token is alive")


def audits(fleet: Fleet) -> None:
    """Without a secret, with a read-only key; drift, errors, report, statistics; nothing is ever written."""
    reader = dict(zip(fleet.key_pair, READER.values(), strict=True))
    report = fleet.folder / "report.json"
    fleet.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "1"
    named, hosts = ["-e", json.dumps(MOST)], ["-i", inventory(fleet, exclude_projects=FEW)]
    wanted = {"projects": 5, "drifted": 1, "errors": 0}
    for where in (named, hosts):
        audit(fleet, where, reader, wanted, "DRIFT 1/5: ", "none: create DATADOG")
    fleet.control("POST", "change", {"project": "none", "set": {"DATADOG": {"apiKey": OWN, "region": "EU"}}})
    audit(fleet, hosts, reader, {**wanted, "drifted": 0}, "5 projects are as declared", fails=False)
    fleet.control("POST", "change", {"project": "shop-2", "set": {"DATADOG": {"region": "US"}}})
    fleet.control("PUT", "faults", [{"fault": "status", "status": 403, "times": 0, "path": "000[34]/integrations"}])
    for where in (named, hosts):
        audit(fleet, where, reader, {**wanted, "errors": 2}, "ERROR 2/5: ", "shop-2: update DATADOG (region)")
        details = json.loads(report.read_text())["details"]
        found = {d["name"]: (d["changed"], bool(d["error"])) for d in details}
        check(found == {"shop-2": (True, False), "shop-3": (False, True), "shop-4": (False, True)}, f"details {found}")
    fleet.control("DELETE", "faults")
    by_id = {
        "atlas_integrations_projects": [ident for ident, held in fleet.integrations().items() if "DATADOG" in held]
    }
    nowhere = ["-e", "atlas_audit_report=nowhere/report.json"]
    output = fleet.play("audit", *nowhere, variables={**DECLARED, **by_id}, env=reader, fails=True, warns=True)
    check("ERROR: the report could not be written: " in output, "no word of the report", output)
    check("; DRIFT 1/" in output and f"differ from what is declared in {SHOP_2}" in output, "the verdict", output)
    output = fleet.play("audit", "-e", "atlas_audit_reports=x", variables={**DECLARED, **ALL}, env=reader, fails=True)
    check("ERROR: atlas_audit_reports: no variable of this playbook" in output, "no word of the mistyped name", output)
    unknown = {"client_id": "mdb_sa_id_0123", "client_secret": "wrong-wrong-wrong"}
    words = ["-e", json.dumps({"atlas_connection": unknown})]
    for where, count in ((named, 0), (hosts, 5)):
        wanted = {"projects": count, "drifted": 0, "errors": count or 1}
        audit(fleet, [*where, *words], reader, wanted, "ERROR", "invalid_client")
    check(not [e for e in fleet.journal() if e["type"] and e["method"] != "GET"], "an audit has written")


def audit(
    fleet: Fleet, where: list[str], env: dict[str, str], counts: dict[str, int], *texts: str, fails: bool = True
) -> None:
    """Run one audit and look at its message, its statistics and its report."""
    report = fleet.folder / "report.json"
    report.unlink(missing_ok=True)
    # Commands run in the fleet's folder, and that is where the path begins.
    words = [*where, "-e", "atlas_audit_report=report.json"]
    output = fleet.play("audit", *words, variables=DECLARED, env=env, fails=fails, warns=True)
    message = f'"msg": "{texts[0]}'
    check(message in output and all(text in output for text in texts), f"no word of {texts}", output)
    told = {key: value for key, value in json.loads(report.read_text()).items() if isinstance(value, int)}
    check(told == counts, f"the report says {told}", output)
    stats = re.search(r"RUN: (\{.*\})", output)
    check(bool(stats) and json.loads(stats.group(1)) == counts, "the statistics", output)  # type: ignore[union-attr]
    check("Traceback" not in output, "a traceback", output)


def audits_without_updates(fleet: Fleet) -> None:
    """What projects declare of updates of secrets counts no more than what all of them do."""
    own = {"type": "DATADOG", "api_key": "{{ nothing | default(omit) }}", "region": "EU", "update_secrets": "always"}
    projects = [{"name": "shop-1", "integrations": [own]}, "none"]
    variables = {"atlas_integrations_projects": projects, "atlas_integrations_list": []}
    output = fleet.play("audit", variables={**variables, "atlas_integrations_projects": projects[:1]})
    check("1 projects are as declared" in output, "the audit", output)
    output = fleet.play("audit", variables=variables, fails=True)
    check("projects[1] has no integrations" in output, "no word of what is wrong", output)


def imports(fleet: Fleet) -> None:
    """A playbook of the user's own imports ours with variables."""
    # One file of variables may serve several playbooks.
    declared = {**DECLARED, "atlas_integrations_projects": ["shop-1", "own"], "atlas_rotate_secret_type": "DATADOG"}
    books = [
        {"ansible.builtin.import_playbook": f"{COLLECTION}.{name}", "vars": declared} for name in ("apply", "audit")
    ]
    output = fleet.play(str(fleet.write("site.yml", books)), env={**fleet.key_pair, "DATADOG_KEY": NEW})
    check("2 projects, 2 changed" in output and "2 projects are as declared" in output, "the imports", output)


def rotation(fleet: Fleet, old: str, new: str, *words: str, fails: bool = False, **variables: Any) -> str:
    """Rotate Datadog's key; variables without the name of the playbook."""
    given = {"type": "DATADOG", "values": {"api_key": new}, "replaces": {"api_key": old}, **variables}
    named = {f"atlas_rotate_secret_{name}": value for name, value in given.items()}
    words = ("-i", inventory(fleet), *words) if "projects" not in variables else words
    output = fleet.play("rotate_secret", "-vv", *words, variables=named, fails=fails)
    check(old not in output and new not in output, "a secret shows", output)
    return output


def rotates(fleet: Fleet) -> None:
    """A canary that fails once, a cut, the rest, and the way back."""
    for values, words in (({"api_key": OLD}, "old and new must differ"), ({"api_key": ""}, "values.api_key is empty")):
        output = rotation(fleet, OLD, NEW, values=values, fails=True)
        check(words in output, "what is wrong with the secrets", output)
    check(not fleet.writes(), "a write with wrong values")
    verify = str(fleet.write("verify.yml", VERIFY))
    output = rotation(fleet, OLD, NEW, "-e", "broken=canary", verify_tasks="verify.yml", fails=True)
    check("STOPPED after the canary (shop-1): the dashboard is empty" in output, "the canary", output)
    check(keys(fleet) == {"a": 5, "b": 1, "c": 1}, f"keys after the canary {keys(fleet)}")
    fleet.control("PUT", "faults", [{"fault": "status", "status": 400, "times": 1, "method": "PUT", "nth": 3}])
    output = rotation(fleet, OLD, NEW, verify_tasks=verify, concurrency=1, fails=True)
    check("STOPPED: 1 projects failed, 2 were rotated, 2 were not begun" in output, "the cut", output)
    check("failed: shop-4" in output and "a secret of its own, left alone: own" in output, "the list", output)
    output = rotation(fleet, OLD, NEW, verify_tasks=verify)
    check("3 projects rotated, 3 held the new secret already; left alone: 1" in output, "the rest", output)
    check("verified canary: 1" in output and "verified end: 3" in output, "the verification", output)
    fleet.journal()
    output = rotation(fleet, OLD, NEW)
    check(
        "0 projects rotated, 6 held the new secret already" in output and not fleet.writes(), "the repetition", output
    )
    fleet.control(
        "PUT", "faults", [{"fault": "status", "status": 400, "times": 0, "method": "PUT", "path": "000[46]/"}]
    )
    output = rotation(fleet, NEW, OLD, canary=0, max_failures=2)
    check("4 projects rotated, 0 held" in output and "failed: 2" in output, "two failures allowed", output)
    fleet.control("DELETE", "faults")
    output = rotation(fleet, NEW, OLD, projects=["shop-4", "shop-6"])
    check(keys(fleet) == {"a": 6, "c": 1}, f"keys at the end {keys(fleet)}", output)


def predicts_rotations(fleet: Fleet) -> None:
    """Check mode writes nothing; blank values are refused; no project may be unreadable."""
    output = rotation(fleet, OLD, NEW, "--check")
    check("6 projects would be rotated" in output and not fleet.writes(), "check mode", output)
    for wrong in ({"replaces": {}}, {"values": {"api_key": ""}}):
        rotation(fleet, OLD, NEW, **wrong, fails=True)
    fleet.control("PUT", "faults", [{"fault": "status", "status": 403, "times": 0, "path": "0003/integrations"}])
    output = rotation(fleet, OLD, NEW, fails=True)
    fleet.control("DELETE", "faults")
    check("STOPPED before the first change: 1 projects cannot be read" in output, "the message", output)
    check(not fleet.writes(), "something was written")


main(SEED, applies, audits, audits_without_updates, imports, rotates, predicts_rotations)
