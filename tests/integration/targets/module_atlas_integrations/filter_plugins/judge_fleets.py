# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judges runs over fleets: results against expectations, and against the emulator's journal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

KEYS = {"changed", "summary", "projects", "failed_projects", "api_calls"}
SUMMARY = {"projects", "changed", "failed", "create", "update", "delete", "none"}
PROJECT = {"id", "name", "changed", "integrations", "unmanaged", "error"}
INTEGRATION = {
    "type", "action", "id", "previous_id", "verified", "secrets", "differences", "missing", "not_applied",
}  # fmt: skip


def wrong_in_fleets(
    run: Mapping[str, Any], cases: Mapping[str, Mapping[str, Any]], journal: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Return what is wrong with the cases, as sentences.

    run: of the module in a loop over the names of cases. cases: see vars/main.yml. journal: all requests that it made.
    """
    found, at = [], 0
    for result in run["results"]:
        calls = result.get("api_calls", 0)
        seen = journal[at : at + calls]
        found += [f"{result['item']}: {words}" for words in _wrong(result, cases[result["item"]], seen)]
        at += calls
    found += [f"not in any result: {entry['method']} {entry['path']}" for entry in journal[at:]]
    return found + list(_wrong_warnings(run, [case["warns"] for case in cases.values() if "warns" in case]))


def _wrong_warnings(run: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[str]:
    """Old cores keep the warnings of a loop at the task, new ones at each result."""
    told = {str(text) for place in (run, *run["results"]) for text in place.get("warnings") or []}
    if not all(any(re.search(w, text) for text in told) for w in wanted) or bool(told) != bool(wanted):
        yield f"warnings are {sorted(told)}"


def _wrong(result: Mapping[str, Any], case: Mapping[str, Any], seen: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from _wrong_requests(case, seen)
    said = result.get("msg", "")
    if bool(said) != ("fails" in case) or not re.search(case.get("fails", ""), said):
        yield f"fails with {said!r}"
    if "\n" in said or "Traceback" in str(result):
        yield "not one sentence"
    if "summary" in case or "summary" in result:
        yield from _wrong_result(result, case)


def _wrong_requests(case: Mapping[str, Any], seen: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """All is read before anything is written; challenges are counted in api_calls, and vary with the threads."""
    methods = [e["method"] for e in seen if e["status"] != 401]
    if Counter(methods) != Counter(case["requests"]):
        yield f"requests were {dict(Counter(methods))}"
    writes = [n for n, e in enumerate(seen) if e["method"] != "GET" and "/oauth/" not in e["path"]]
    reads = [n for n, e in enumerate(seen) if e["method"] == "GET" and e["status"] != 401]
    if writes and not case.get("looks") and max(reads) > min(writes):
        yield "something was written before all was read"
    if case.get("check") and writes:
        yield "something was written in check mode"


def _wrong_result(result: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[str]:
    if lacking := KEYS - set(result):
        yield f"without {lacking}"
        return
    expected = {**dict.fromkeys(SUMMARY, 0), **case.get("summary", {})}
    if result["summary"] != expected:
        yield f"summary is {result['summary']}"
    if result["changed"] != bool(result["summary"]["changed"]):
        yield f"changed is {result['changed']}"
    if [p["name"] or p["id"] for p in result["projects"]] != case.get("projects", []):
        yield f"projects are {[p['name'] or p['id'] for p in result['projects']]}"
    if len(result["failed_projects"]) != result["summary"]["failed"]:
        yield f"failed_projects are {result['failed_projects']}"
    for project in result["projects"]:
        if set(project) != PROJECT or any(set(i) != INTEGRATION for i in project["integrations"]):
            yield f"shape of {project}"
    for path, value in case.get("expect", {}).items():
        if _at(result, path) != value:
            yield f"{path} is {_at(result, path)}"
    if case.get("diffs", 0) != len(result.get("diff", [])):
        yield f"{len(result.get('diff', []))} diffs"


def _at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[int(step)] if step.isdigit() else data[step]
    return data


class FilterModule:
    """Filters of this target."""

    def filters(self) -> dict[str, Any]:
        """Return them by name."""
        return {"wrong_in_fleets": wrong_in_fleets}
