# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judges a run of the module over all types: results against expectations, and against the emulator's journal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES

KEYS = {
    "action", "api_calls", "changed", "differences", "integration", "integrations", "missing", "not_applied",
    "previous_id", "project_id", "secrets", "total_count", "verified",
}  # fmt: skip
ERROR = {"status", "code", "detail", "reason", "parameters", "method", "url"}
STATUSES = {"400", "401", "403", "404", "429", "None"}
SECRETS = {*SERVICES.secret_options, "private_key", "client_secret", "access_token"}


def told(run: Mapping[str, Any], key: str) -> set[str]:
    """Return all warnings, or all deprecations, of a loop; old cores keep them at the task, new ones at each result."""
    places = [run, *run["results"]]
    return {e["msg"] if isinstance(e, Mapping) else str(e) for place in places for e in place.get(key) or []}


def wrong_in_pass(run: Mapping[str, Any], journal: Sequence[Mapping[str, Any]], expected: Any) -> list[str]:
    """Return what is wrong with a run over all types, [] where nothing is.

    run: of the module in a loop over types. journal: all requests that it made.
    expected: action, writes (methods, for each type), check, and secrets (names of options by type).
    """
    results = run["results"]
    found = [f"{r['item']}: {words}" for r in results for words in _wrong(r, expected)]
    due = [s.type for s in SERVICES if s.deprecated and s.type in [r["item"] for r in results]]
    notes = told(run, "deprecations")
    if len(notes) != len(due) or not all(any(name in note for note in notes) for name in due):
        found.append(f"deprecations {notes}")
    return found + list(_wrong_requests(results, journal, expected["writes"]))


def _wrong(result: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    action, integration = expected["action"], result["integration"]
    if result["action"] != action or result["changed"] != (action != "none"):
        yield f"action {result['action']}, changed {result['changed']}, differences {result['differences']}"
    if lacking := KEYS - set(result):
        yield f"without {lacking}"
    if (integration is None) != (action == "delete") or (integration and integration["type"] != result["item"]):
        yield f"integration is {integration}"
    if integration and bool(integration.get("id")) == (expected["check"] and action != "none"):
        yield f"integration has id {integration.get('id')}"
    if sorted(result["secrets"]) != (expected["secrets"][result["item"]] if action != "delete" else []):
        yield f"verdicts on {sorted(result['secrets'])}"
    if action == "none" and not set(result["secrets"].values()) <= {"consistent", "unreadable"}:
        yield f"verdicts {result['secrets']}"
    if result["missing"] or result["not_applied"]:
        yield f"missing {result['missing']}, not applied {result['not_applied']}"
    if (result["verified"] is None) != (not expected["writes"]) or result["verified"] is False:
        yield f"verified is {result['verified']}"
    if bool(result["previous_id"]) != (expected["writes"] in (["PUT"], ["DELETE"])):
        yield f"previous id is {result['previous_id']}"
    if len(result["integrations"]) != result["total_count"]:
        yield f"{result['total_count']} integrations, but {len(result['integrations'])} are listed"


def _wrong_requests(
    results: Sequence[Mapping[str, Any]], journal: Sequence[Mapping[str, Any]], writes: list[str]
) -> Iterator[str]:
    calls = sum(r["api_calls"] for r in results)
    if calls != len(journal):
        yield f"the results say {calls} requests, but there were {len(journal)}"
    logins = [e for e in journal if "/oauth/" in e["path"] or e["status"] == 401]
    asked = Counter(e["method"] for e in journal if e not in logins)
    wanted = Counter({"GET": len(results), **{method: len(results) for method in writes}})
    if asked != wanted:
        yield f"requests were {dict(asked)}, but {dict(wanted)} are needed"
    each = 2 if any("/oauth/" in e["path"] for e in logins) else 1
    if len(logins) != each * len(results):
        yield f"{len(logins)} requests for {len(results)} logins"
    if refused := [e for e in journal if e not in logins and e["status"] not in (200, 204)]:
        yield f"refused: {refused}"


def mispredicted(real: Sequence[Mapping[str, Any]], predicted: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the types for which check mode foresaw another result than that of the real run, ids apart."""
    foreseen = {r["item"]: _comparable(r) for r in predicted}
    return [
        f"{r['item']}: {foreseen[r['item']]}, but {_comparable(r)}"
        for r in real
        if _comparable(r) != foreseen[r["item"]]
    ]


def _comparable(result: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: result[key] for key in ("action", "changed", "differences", "secrets", "missing", "diff")}
    return {**kept, "integration": {k: v for k, v in (result["integration"] or {}).items() if k != "id"}}


def wrong_in_cases(
    run: Mapping[str, Any], cases: Mapping[str, Mapping[str, Any]], journal: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Return what is wrong with the cases, as sentences.

    run: of the module in a loop over the names of cases. cases: see vars/main.yml. journal: all requests of all cases.
    """
    found, at = [], 0
    for result in run["results"]:
        case = cases[result["item"]]
        calls = 0 if case.get("unseen") else result.get("api_calls", 0)
        found += [f"{result['item']}: {words}" for words in _wrong_in_case(result, case, journal[at : at + calls])]
        at += calls
    found += [f"not in any result: {_request(entry)}" for entry in journal[at:]]
    warnings, wanted = told(run, "warnings"), [case["warns"] for case in cases.values() if "warns" in case]
    if len(warnings) != len(wanted) or not all(any(re.search(w, text) for text in warnings) for w in wanted):
        found.append(f"warnings {warnings}")
    return found


def _wrong_in_case(
    result: Mapping[str, Any], case: Mapping[str, Any], seen: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    for key, value in case.get("expect", {}).items():
        if key not in result or result[key] != value:
            yield f"{key} is {result.get(key)}"
    requests = [_request(entry) for entry in seen]
    if len(requests) != len(case["requests"]) or not all(map(_is_meant, requests, case["requests"])):
        yield f"requests were {requests}"
    message = result.get("msg", "")
    if bool(message) != ("fails" in case) or not re.search(case.get("fails", ""), message):
        yield f"fails with {message!r}"
    if "\n" in message or "Traceback" in str(result):
        yield "not one sentence"
    if message and any(entry["status"] in (400, 403, 404) for entry in seen) and set(result["error"]) != ERROR:
        yield f"error is {result['error']}"


def _request(entry: Mapping[str, Any]) -> str:
    return f"{entry['method']} {entry['path']} {entry['status']}"


def _is_meant(request: str, words: str) -> bool:
    """Tell whether a request is what a case calls, for example, GET, GET 401 or POST token."""
    method, path, status = request.split()
    wanted, *more = words.split()
    fits = wanted == method and all(w == status if w in STATUSES else path.endswith(w) for w in more)
    return fits and (status in ("200", "204") or status in more)


def secrets_of_cases(cases: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return every secret in the options and environments of cases; what is only masked is none."""
    found = []
    for case in cases.values():
        given = {**case["options"], **(case["options"].get("replaces") or {}), **case.get("environment", {})}
        found += [str(v) for k, v in given.items() if k in SECRETS or "PRIVATE" in k or "SECRET" in k or "TOKEN" in k]
    return [value for value in found if value and not value.startswith("*")]


class FilterModule:
    """Filters of this target."""

    def filters(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "wrong_in_pass": wrong_in_pass,
            "mispredicted": mispredicted,
            "wrong_in_cases": wrong_in_cases,
            "secrets_of_cases": secrets_of_cases,
        }
