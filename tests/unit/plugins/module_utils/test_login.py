# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logging in and out against the emulator: what is returned, what is counted, what is waited for."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._login import moment, problems, run

ABSENT = {"state": "absent"}


@pytest.fixture
def account(emulator: Any) -> dict[str, Any]:
    names = ("client_id", "client_secret", "base_url")
    return {"state": "present", **{name: getattr(emulator, name) for name in names}}


def test_the_end_of_a_token_is_what_atlas_says(emulator: Any, account: dict[str, Any]) -> None:
    emulator.switch(token_seconds=90)
    result = run(account, {}, False, now=lambda: 1.7e9)
    assert result["expires_at"] == moment(1.7e9 + 90)
    assert datetime.strptime(result["expires_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp() == (
        1.7e9 + 90
    )


def test_the_token_is_no_secret_that_would_be_replaced_in_the_result(account: dict[str, Any]) -> None:
    result = run(account, {}, False)
    assert result["access_token"] not in result["live_secrets"]
    assert account["client_secret"] not in json.dumps(result)


def test_a_token_limit_is_waited_for_as_told(emulator: Any, account: dict[str, Any]) -> None:
    emulator.control.faults([{"fault": "status", "status": 429, "retry_after": 17, "path": "/oauth/token"}])
    slept: list[float] = []
    result = run(account, {}, False, sleep=slept.append)
    assert not result.get("failed") and result["api_calls"] == 2
    assert 17 <= sum(slept) < 25
    emulator.control.faults([{"fault": "status", "status": 429, "retry_after": 17, "path": "/oauth/token"}])
    impatient = run({**account, "rate_limit_retry_timeout": 0}, {}, False, sleep=slept.append)
    assert impatient["failed"] and impatient["error"]["status"] == 429
    assert "access_token" not in impatient


def test_a_logout_that_fails_says_so(emulator: Any, account: dict[str, Any]) -> None:
    emulator.control.faults([{"fault": "status", "status": 500, "path": "/oauth/revoke", "times": 0}])
    result = run({**account, **ABSENT, "access_token": "token-to-revoke-0001"}, {}, False, sleep=lambda seconds: None)
    assert result["failed"] and result["revoked"] is False
    assert result["error"]["status"] == 500


def test_a_token_that_has_ended_is_no_failure(account: dict[str, Any]) -> None:
    result = run({**account, **ABSENT, "access_token": "token-that-was-never"}, {}, False)
    assert not result.get("failed") and result["revoked"] is True and result["api_calls"] == 1


def test_credentials(account: dict[str, Any]) -> None:
    keys = {"public_key": "abcdefgh", "private_key": "secret-enough"}
    env_keys = {"MONGODB_ATLAS_PUBLIC_KEY": "abcdefgh", "MONGODB_ATLAS_PRIVATE_KEY": "secret-enough"}
    env_account = {"MONGODB_ATLAS_CLIENT_ID": "id", "MONGODB_ATLAS_CLIENT_SECRET": "secret"}
    token = {"access_token": "some-token-0001"}
    (both,) = problems({**account, **keys}, {})
    assert "two kinds" in both and "client_id" in both and "public_key" in both
    (pair,) = problems(keys, {})
    assert "public_key, private_key" in pair and "needs no login" in pair
    (pair,) = problems({}, env_keys)
    assert "the environment gives" in pair and "MONGODB_ATLAS_PUBLIC_KEY" in pair
    (nothing,) = problems({}, {})
    assert "no service account is given" in nothing and "public_key" not in nothing
    (half,) = problems({"client_id": "mdb_sa_id_1"}, env_account)
    assert "client_id is given without client_secret" in half
    (alone,) = problems({**token, **ABSENT}, {})
    assert "no service account is given" in alone
    assert problems({}, {**env_keys, **env_account}) == []
    assert problems({**token, **ABSENT}, env_account) == []
    assert problems({**ABSENT, "base_url": "ftp://nowhere"}, {}) == []


def test_nothing_is_sent_where_something_is_wrong() -> None:
    result = run({"state": "present"}, {}, False)
    assert result["failed"] and result["api_calls"] == 0
