# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: each kind, whom it meets, and whether the work was done."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests


def types(api: Any) -> list[str]:
    return [i["type"] for i in api.emulator.control.state(api.project)["projects"][0]["integrations"]]


def faults(api: Any, *rules: Any) -> None:
    api.emulator.control.faults(list(rules))


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "UNEXPECTED_ERROR"), (503, "SERVICE_UNAVAILABLE"), (405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES")],
)
def test_status(api: Any, refused: Any, status: int, code: str) -> None:
    faults(api, {"fault": "status", "status": status})
    refused(api.post("DATADOG"), status, code)
    assert types(api) == []
    assert api.post("DATADOG").status_code == 200
    assert api.emulator.control.journal(fault="status")[0]["status"] == status


def test_wait_as_told(api: Any) -> None:
    faults(api, {"fault": "status", "status": 429, "retry_after": 7, "code": "RATE_LIMITED", "detail": "Wait."})
    answer = api.list()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert (answer.json()["errorCode"], answer.json()["detail"]) == ("RATE_LIMITED", "Wait.")


def test_an_error_after_the_work(api: Any) -> None:
    faults(api, {"fault": "status", "status": 502, "work": True})
    assert api.post("DATADOG").status_code == 502
    assert types(api) == ["DATADOG"]


@pytest.mark.parametrize(("kind", "done"), [("reset_before", []), ("reset_after", ["DATADOG"])])
def test_broken_connections(api: Any, kind: str, done: list[str]) -> None:
    api.list()
    faults(api, {"fault": kind, "method": "POST"})
    with pytest.raises(requests.ConnectionError):
        api.post("DATADOG")
    assert types(api) == done
    assert api.emulator.control.journal(fault=kind)[0]["status"] is None
    assert api.list().status_code == 200


@pytest.mark.parametrize(("after", "done_at_once"), [(False, True), (True, False)])
def test_slow(api: Any, after: bool, done_at_once: bool) -> None:
    api.list()
    faults(api, {"fault": "slow", "delay_ms": 400, "work_after": after, "method": "POST"})
    with pytest.raises(requests.Timeout):
        api.session.post(api.root + api.url("DATADOG"), json={"type": "DATADOG", "apiKey": "0" * 32}, timeout=(5, 0.15))
    assert types(api) == (["DATADOG"] if done_at_once else [])
    time.sleep(0.5)
    assert types(api) == ["DATADOG"], "work that was begun is done although nobody waits any more"


@pytest.mark.parametrize("keep", [None, 0, 5])
def test_truncated(api: Any, keep: int | None) -> None:
    rule = {"fault": "truncated", "method": "POST"}
    faults(api, rule if keep is None else {**rule, "keep": keep})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        api.post("DATADOG")
    assert types(api) == ["DATADOG"]
    assert api.list().status_code == 200


def test_text(api: Any) -> None:
    faults(api, {"fault": "text"})
    answer = api.post("DATADOG")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    with pytest.raises(ValueError):
        answer.json()
    assert types(api) == ["DATADOG"]
    faults(api, {"fault": "text", "status": 502, "body": "bad gateway", "content_type": "text/plain", "work": False})
    answer = api.delete("DATADOG")
    assert (answer.status_code, answer.text) == (502, "bad gateway")
    assert types(api) == ["DATADOG"]


def test_empty(api: Any) -> None:
    faults(api, {"fault": "empty"})
    answer = api.post("DATADOG")
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "0")
    assert types(api) == ["DATADOG"]


@pytest.mark.parametrize("shape", [None, [], "text", {"results": {}}, {"results": ["x", 5, None]}, {}])
def test_other_shapes(api: Any, shape: Any) -> None:
    faults(api, {"fault": "json", "json": shape})
    answer = api.list()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/vnd.atlas")
    assert answer.json() == shape


def test_patch(api: Any) -> None:
    api.post("DATADOG")
    faults(api, {"fault": "patch", "patch": {"results": "x"}}, {"fault": "patch", "patch": {"more": 1}})
    assert api.list().json()["results"] == "x"
    body = api.list().json()
    assert body["more"] == 1
    assert body["totalCount"] == 1
    faults(api, {"fault": "patch", "patch": {"more": 1}})
    assert api.delete("DATADOG").status_code == 204


def test_redirect(api: Any) -> None:
    faults(api, {"fault": "status", "status": 302, "headers": {"Location": "http://127.0.0.1:1/"}})
    answer = api.call("GET", api.url(), allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:1/")


class TestMatching:
    """Which requests meet a rule."""

    def test_nth_and_times(self, api: Any) -> None:
        faults(api, {"fault": "status", "nth": 2, "times": 2})
        assert [api.list().status_code for unused in range(4)] == [200, 500, 500, 200]
        rule = api.emulator.control.faults()[0]
        assert (rule["seen"], rule["met"]) == (4, 2)

    def test_for_ever(self, api: Any) -> None:
        faults(api, {"fault": "status", "times": 0})
        assert [api.list().status_code for unused in range(3)] == [500] * 3

    def test_method_and_path(self, api: Any) -> None:
        faults(api, {"fault": "status", "method": "get,put", "path": "/DATADOG$", "times": 0})
        assert api.list().status_code == 200
        assert api.post("DATADOG").status_code == 200
        assert api.get("DATADOG").status_code == 500

    def test_the_first_rule_counts(self, api: Any) -> None:
        faults(api, {"fault": "status", "status": 503}, {"fault": "status", "status": 500})
        assert [api.list().status_code for unused in range(3)] == [503, 500, 200]

    def test_a_challenge_is_passed_over(self, api: Any) -> None:
        faults(api, {"fault": "status"})
        assert api.list().status_code == 500
        assert [e["status"] for e in api.emulator.control.journal()] == [401, 500]

    def test_unless_it_is_meant(self, api: Any) -> None:
        faults(api, {"fault": "status", "unauthenticated": True})
        assert api.list().status_code == 500
        assert [e["status"] for e in api.emulator.control.journal()] == [500]

    def test_token_requests(self, emulator: Any) -> None:
        emulator.control.faults([{"fault": "status", "path": "^/api/oauth/token"}])
        url, form = f"{emulator.base_url}/api/oauth/token", {"grant_type": "client_credentials"}
        auth = (emulator.client_id, emulator.client_secret)
        assert [requests.post(url, data=form, auth=auth, timeout=10).status_code for unused in range(2)] == [500, 200]


def test_latency_does_not_limit_concurrency(emulator: Any, make_api: Any) -> None:
    emulator.switch(latency_ms=200)
    clients = [make_api() for unused in range(8)]
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda c: c.list().status_code, clients))
    spent = time.monotonic() - begun
    assert answers == [200] * 8
    assert 0.4 <= spent < 1.5, "a challenge and an answer for each, all at the same time"


def test_a_fault_of_its_own_is_said_plainly(emulator: Any, make_api: Any, monkeypatch: Any, capfd: Any) -> None:
    emulator.control.faults([{"fault": "patch", "patch": {}}])
    monkeypatch.setattr(json, "loads", lambda *unused, **options: 1 / 0)
    answer = make_api().call("GET", "/groups")
    monkeypatch.undo()
    assert (answer.status_code, "internal error" in answer.text) == (500, True)
    assert "ZeroDivisionError" in capfd.readouterr().err
