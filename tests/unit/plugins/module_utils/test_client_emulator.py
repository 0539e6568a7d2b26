# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client against the emulated Atlas: exact numbers of requests, logins, pages, faults."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _errors as errors
from ansible_collections.atlasops.integrations.plugins.module_utils._client import AtlasClient
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import Connection, Credentials

KEY = "00000000-aaaa-bbbb-cccc-0000000%05d"
VERSIONS = ("v2", "v1.0")


def credentials(emulator: Any, kind: str, secret: str = "") -> Credentials:
    if kind == "key_pair":
        return Credentials(kind, emulator.public_key, secret or emulator.private_key)
    return Credentials(kind, emulator.client_id, secret or emulator.client_secret)


def client(emulator: Any, kind: str = "key_pair", secret: str = "", **options: Any) -> AtlasClient:
    own = {name: options.pop(name) for name in ("pool_size", "envelope", "pretty", "sleep") if name in options}
    own.setdefault("sleep", lambda seconds: None)
    login = options.pop("credentials", None) or credentials(emulator, kind, secret)
    return AtlasClient(Connection(login, base_url=emulator.base_url, **options), **own)


def create(c: AtlasClient, emulator: Any, number: int = 1) -> Any:
    return c.create_integration(emulator.project_id, "OPS_GENIE", {"apiKey": KEY % number, "region": "US"})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind, before, after", [("key_pair", 1, 0), ("service_account", 1, 1)])
@pytest.mark.parametrize("envelope", [False, True])
def test_a_life_in_exact_numbers(
    emulator: Any, version: str, kind: str, before: int, after: int, envelope: bool
) -> None:
    pid = emulator.project_id
    with client(emulator, kind, api_version=version, envelope=envelope, pretty=envelope) as c:
        assert c.list_integrations(pid).results == []
        assert c.api_calls == before + 1
        made = create(c, emulator)
        assert [r["type"] for r in made.results] == ["OPS_GENIE"] and made.total_count == 1
        with pytest.raises(errors.AlreadyConfigured):
            create(c, emulator)
        changed = c.update_integration(pid, "OPS_GENIE", {"apiKey": KEY % 2, "region": "EU"})
        assert changed.results[0]["region"] == "EU"
        c.delete_integration(pid, "OPS_GENIE")
        with pytest.raises(errors.NotConfigured):
            c.delete_integration(pid, "OPS_GENIE")
        assert c.api_calls == before + 7 - 1
    assert c.api_calls == before + 6 + after == len(emulator.control.journal())
    entries = [e for e in emulator.control.journal() if e["project_id"]]
    media = "application/vnd.atlas.2023-01-01+json" if version == "v2" else "application/json"
    assert {(e["version"], e["accept"]) for e in entries} == {(version, media)}
    assert {e["connection"] for e in emulator.control.journal()} == {entries[0]["connection"]}


@pytest.mark.parametrize(
    "kind, calls, words", [("key_pair", 2, "public_key and private_key"), ("service_account", 1, "client_secret")]
)
def test_a_wrong_key_is_told_at_once(emulator: Any, kind: str, calls: int, words: str) -> None:
    with client(emulator, kind, "example-wrong-secret") as c, pytest.raises(errors.ApiError) as caught:
        c.list_integrations(emulator.project_id)
    assert c.api_calls == calls == len(emulator.control.journal())
    assert words in caught.value.message and caught.value.status == 401
    assert "example-wrong-secret" not in str(vars(caught.value))


def test_the_first_write_of_a_client_survives_the_challenge(emulator: Any) -> None:
    with client(emulator) as c:
        assert create(c, emulator).total_count == 1
    assert c.api_calls == 2


def test_nonces_that_end_are_renewed(emulator: Any) -> None:
    emulator.switch(nonce_uses=2)
    with client(emulator) as c:
        for _unused in "123456":
            c.list_integrations(emulator.project_id)
    assert c.api_calls <= 10
    with client(emulator) as c:
        c.list_integrations(emulator.project_id)
        emulator.control.expire(nonces=True)
        time.sleep(0.005)
        assert create(c, emulator).total_count == 1
    assert c.api_calls == 4


@pytest.mark.parametrize("kind, extra", [("key_pair", 6), ("service_account", 2)])
def test_threads_share_connections_and_logins(emulator: Any, kind: str, extra: int) -> None:
    with client(emulator, kind, pool_size=6) as c:

        def work() -> None:
            for _unused in range(10):
                c.list_integrations(emulator.project_id)

        threads = [threading.Thread(target=work) for _unused in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    journal = emulator.control.journal()
    assert len({e["connection"] for e in journal}) <= 6
    assert 60 <= c.api_calls <= 60 + extra and c.api_calls == len(journal)


def test_a_token_that_ends_early_is_replaced(emulator: Any) -> None:
    with client(emulator, "service_account") as c:
        c.list_integrations(emulator.project_id)
        emulator.control.expire(tokens=True)
        assert create(c, emulator).total_count == 1
    assert [e["status"] for e in emulator.control.journal()] == [200, 200, 401, 200, 200, 200, 200]


def test_short_lives_are_renewed_in_time(emulator: Any) -> None:
    emulator.switch(token_seconds=1)
    with client(emulator, "service_account") as c:
        for _unused in range(12):
            c.list_integrations(emulator.project_id)
            time.sleep(0.1)
    assert 401 not in [e["status"] for e in emulator.control.journal()]


def test_limits_of_logins(emulator: Any) -> None:
    emulator.switch(tokens_live=0, token_requests=1)
    slept: list[float] = []
    with client(emulator, "service_account") as c:
        c.list_integrations(emulator.project_id)
    impatient = client(emulator, "service_account", sleep=slept.append, rate_limit_retry_timeout=90)
    with impatient as c, pytest.raises(errors.ApiError, match="rate_limit_retry_timeout"):
        c.list_integrations(emulator.project_id)
    assert slept and sum(slept) <= 90
    emulator.switch(tokens_live=1, token_requests=0)
    with client(emulator, "service_account") as c:
        c.list_integrations(emulator.project_id)
        with client(emulator, "service_account") as second, pytest.raises(errors.ApiError, match="atlas_login"):
            second.list_integrations(emulator.project_id)
    with client(emulator, "service_account") as c:
        c.list_integrations(emulator.project_id)


@pytest.mark.parametrize("challenge", ["bearer", "digest", "none"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_given_token_is_used_and_left_alone(emulator: Any, challenge: str, version: str) -> None:
    emulator.switch(bearer_challenge=challenge)
    with client(emulator, "service_account") as account:
        token = account.login()
    login = Credentials("token", "", token.value)
    with client(emulator, credentials=login, api_version=version) as c:
        c.list_integrations(emulator.project_id)
    assert c.api_calls == 1
    with client(emulator, "service_account") as account:
        account.logout(token.value)
    with client(emulator, credentials=login, api_version=version) as c, pytest.raises(errors.ApiError) as caught:
        c.list_integrations(emulator.project_id)
    assert c.api_calls == 1 and "access_token is wrong, expired or revoked" in caught.value.message


@pytest.mark.parametrize("version", VERSIONS)
def test_projects_by_page_and_by_name(emulator: Any, version: str) -> None:
    names = ["a b/c", "..", "%2e+'&@", "Prod", "prod"]
    one, two = "a" * 24, "b" * 24
    projects = [{"id": f"{n:024x}", "name": f"p{n}", "organisation": one} for n in range(1, 1202)]
    projects += [{"id": f"{n:024d}", "name": name, "organisation": two} for n, name in enumerate(names, 5000)]
    emulator.control.reset({"organisations": [{"id": one}, {"id": two}], "projects": projects})
    with client(emulator, api_version=version) as c:
        assert len({p["id"] for p in c.projects()}) == 1206
        assert c.api_calls == 1 + 3
        assert len(list(c.projects(two))) == 5
        for name in names:
            assert c.project_by_name(name)["name"] == name
            assert c.project_by_name(name, two)["name"] == name
        with pytest.raises(errors.ApiError, match="project_name"):
            c.project_by_name("PROD", two)
        assert c.project(f"{7:024x}")["name"] == "p7"


@pytest.mark.parametrize("errors_in", ["content", "flat", "plain"])
@pytest.mark.parametrize("version", VERSIONS)
def test_errors_in_envelopes(emulator: Any, errors_in: str, version: str) -> None:
    emulator.switch(envelope_errors=errors_in)
    with client(emulator, envelope=True, api_version=version) as c:
        with pytest.raises(errors.NotConfigured):
            c.delete_integration(emulator.project_id, "WEBHOOK")
        with pytest.raises(errors.ApiError, match="GROUP_NOT_FOUND"):
            c.list_integrations("f" * 24)
        create(c, emulator)
        with pytest.raises(errors.AlreadyConfigured):
            create(c, emulator)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "status", "status": 500}, {"fault": "status", "status": 502}, {"fault": "reset_before"},
        {"fault": "reset_after"}, {"fault": "truncated"}, {"fault": "text", "body": "<html>"}, {"fault": "empty"},
        {"fault": "json", "json": {"results": "x"}}, {"fault": "json", "json": [1]},
    ],
    ids=str,
)  # fmt: skip
def test_faults_of_reads_and_writes(emulator: Any, fault: dict[str, Any]) -> None:
    with client(emulator) as c:
        c.list_integrations(emulator.project_id)
        emulator.control.faults([{**fault, "method": "GET", "times": 3}])
        assert c.list_integrations(emulator.project_id).results == []
        emulator.control.faults([{**fault, "method": "GET", "times": 0}])
        before = c.api_calls
        with pytest.raises(errors.UnusableAnswer):
            c.list_integrations(emulator.project_id)
        assert c.api_calls == before + 4
        emulator.control.faults([{**fault, "method": "POST"}])
        with pytest.raises(errors.LostAnswer):
            create(c, emulator)
        assert len(emulator.control.journal(method="POST")) == 1


def test_a_slow_answer_ends_in_time(emulator: Any) -> None:
    emulator.control.faults([{"fault": "slow", "delay_ms": 2000, "times": 1}])
    with client(emulator, timeout=0.3) as c:
        assert c.list_integrations(emulator.project_id).results == []


def test_limits_of_a_project_are_waited_for(emulator: Any) -> None:
    emulator.switch(project_capacity=2)
    slept: list[float] = []
    with client(emulator, sleep=slept.append, rate_limit_retry_timeout=5) as c:
        for _unused in range(2):
            c.list_integrations(emulator.project_id)
        emulator.control.faults([{"fault": "status", "status": 503, "retry_after": 2}])
        with pytest.raises(errors.ApiError, match="rate_limit_retry_timeout") as caught:
            for _unused in range(50):
                c.list_integrations(emulator.project_id)
    assert caught.value.status == 429 and 2 < sum(slept) <= 5
