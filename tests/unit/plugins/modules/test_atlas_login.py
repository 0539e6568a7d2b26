# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module atlas_login from its arguments to its result, against the emulated Atlas."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.modules import atlas_login

Login = Callable[..., dict[str, Any]]


@pytest.fixture
def account(emulator: Any) -> dict[str, str]:
    return {"client_id": emulator.client_id, "client_secret": emulator.client_secret}


@pytest.fixture
def login(emulator: Any, main: Any) -> Login:
    """Return a function that runs the module at the emulator."""
    return lambda **options: main(atlas_login, **{"base_url": emulator.base_url, **options})


def live(emulator: Any) -> int:
    return sum(emulator.control.state()["live_tokens"].values())


@pytest.mark.parametrize("check_mode", [False, True])
def test_in_and_out(emulator: Any, account: dict[str, str], login: Login, check_mode: bool) -> None:
    result = login(**account, check_mode=check_mode)
    assert (result["changed"], result["api_calls"]) == (False, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["expires_at"])
    assert live(emulator) == 1
    assert account["client_secret"] not in json.dumps(result)
    gone = login(**account, state="absent", access_token=result["access_token"], check_mode=check_mode)
    assert (gone["changed"], gone["revoked"]) == (False, True)
    assert result["access_token"] not in json.dumps(gone)
    assert live(emulator) == 0


def test_a_token_from_the_environment_is_neither_used_nor_ended(emulator: Any, login: Login) -> None:
    env = {"MONGODB_ATLAS_CLIENT_ID": emulator.client_id, "MONGODB_ATLAS_CLIENT_SECRET": emulator.client_secret}
    result = login(env=env)
    again = login(env={**env, "MONGODB_ATLAS_ACCESS_TOKEN": result["access_token"]}, state="absent")
    assert again["revoked"] is False and live(emulator) == 1


@pytest.mark.parametrize("token", [{}, {"access_token": ""}, {"access_token": None}])
def test_nothing_to_end(emulator: Any, login: Login, token: dict[str, Any]) -> None:
    result = login(state="absent", **token)
    assert not result.get("failed") and result["revoked"] is False
    assert emulator.control.counts()["all"] == 0


def test_an_old_token_does_not_stand_in_the_way(emulator: Any, account: dict[str, str], login: Login) -> None:
    first = login(**account)["access_token"]
    second = login(**account, access_token=first)["access_token"]
    assert first != second and live(emulator) == 2


def test_only_service_accounts_log_in(login: Login) -> None:
    keys = {"public_key": "abcdefgh", "private_key": "long-enough-secret"}
    assert "(public_key, private_key), which needs no login; set client_id" in login(**keys)["msg"]
    assert "no service account is given; set client_id" in login(access_token="some-token")["msg"]


def test_a_refusal_says_what_to_do(emulator: Any, account: dict[str, str], login: Login) -> None:
    wrong = login(**{**account, "client_secret": "mdb_sa_sk_wrong-secret"})
    assert wrong["error"]["code"] == "invalid_client" and "client_secret" in wrong["msg"]
    assert "mdb_sa_sk_wrong-secret" not in json.dumps(wrong)
    emulator.switch(tokens_live=1)
    login(**account)
    assert "token" in login(**account)["msg"]
