# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token of a service account: one for all threads, renewed in time, revoked at the end."""

from __future__ import annotations

import base64
import threading
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _errors as errors
from ansible_collections.atlasops.integrations.plugins.module_utils._auth import login_words
from ansible_collections.atlasops.integrations.plugins.module_utils._client import AtlasClient
from ansible_collections.atlasops.integrations.plugins.module_utils._http import Answer, Request, TransportFailure
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import Credentials
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.http_helpers import (
    ACCOUNT,
    EMPTY_LIST,
    PROJECT,
    answer,
    connection,
    error,
)


class FakeAtlas:
    """Logs in, revokes and lists; good: the tokens that it takes. Counts every request."""

    def __init__(self, lifetime: Any = 3600) -> None:
        self.lifetime = lifetime
        self.good: set[str] = set()
        self.log: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.basic: set[str] = set()
        self.instead: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        return len(self.log)

    def send(self, request: Request) -> Answer:
        what = request.url.rpartition("/")[2]
        with self._lock:
            self.log.append(what)
            reply = self.instead.get(what)
            if isinstance(reply, list):
                reply = reply.pop(0) if reply else None
            if isinstance(reply, TransportFailure):
                raise reply
            if reply is not None:
                return reply
            return getattr(self, what)(request)

    def token(self, request: Request) -> Answer:
        self._remember(request)
        value = f"example-token-{len(self.log)}"
        self.good.add(value)
        body = {"access_token": value, "token_type": "Bearer", "expires_in": self.lifetime}
        return answer(200, {k: v for k, v in body.items() if v is not None})

    def revoke(self, request: Request) -> Answer:
        self._remember(request)
        self.good.discard(self.forms[-1]["token"])
        return answer(200, b"")

    def integrations(self, request: Request) -> Answer:
        kind, unused, token = request.headers["Authorization"].partition(" ")
        return answer(200, EMPTY_LIST) if kind == "Bearer" and token in self.good else error(401, "UNEXPECTED_ERROR")

    def _remember(self, request: Request) -> None:
        self.forms.append(dict(parse_qsl((request.body or b"").decode())))
        self.basic.add(request.headers["Authorization"])
        assert request.method == "POST" and request.url.startswith("https://atlas.example.com/api/oauth/")
        assert request.headers["Accept"] == "application/json"
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"

    def close(self) -> None:
        self.log.append("close")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def make(atlas: FakeAtlas, **more: Any) -> tuple[AtlasClient, Clock, list[float]]:
    clock, slept = Clock(), []
    more.setdefault("credentials", ACCOUNT)
    client = AtlasClient(
        connection("https://atlas.example.com", **more), transport=atlas, clock=clock, sleep=slept.append
    )
    return client, clock, slept


def test_one_token_a_client_and_its_end() -> None:
    atlas = FakeAtlas()
    client, clock, slept = make(atlas)
    with client:
        for _unused in range(3):
            client.list_integrations(PROJECT)
        clock.now += 2900
        client.list_integrations(PROJECT)
        assert client.live_secrets() == (
            "example-token-1",
            base64.b64encode(b"example-client:example-client-secret-0002").decode(),
        )
    assert atlas.log == ["token", *["integrations"] * 4, "revoke", "close"]
    assert atlas.forms == [
        {"grant_type": "client_credentials"},
        {"token": "example-token-1", "token_type_hint": "access_token"},
    ]
    assert [base64.b64decode(b.partition(" ")[2]) for b in atlas.basic] == [
        b"example-client:example-client-secret-0002"
    ]
    assert atlas.good == set() and client.warnings == []


@pytest.mark.parametrize("kind, swapped", [("key_pair", True), ("service_account", False), ("token", False)])
def test_only_a_key_pair_can_be_a_service_account_by_mistake(kind: str, swapped: bool) -> None:
    assert login_words(Credentials(kind, "mdb_sa_id_0001", "secret")).swapped is swapped


def test_nothing_done_is_nothing_asked() -> None:
    atlas = FakeAtlas()
    with make(atlas)[0]:
        pass
    assert atlas.log == ["close"]


@pytest.mark.parametrize(
    "lifetime, fresh, old",
    [
        (3600, 2990, 3010),
        (100, 75, 85),
        *((odd, 2990, 3010) for odd in (None, "x", 0, -5, True, 1e300)),
    ],
)
def test_a_token_is_renewed_before_its_end(lifetime: Any, fresh: float, old: float) -> None:
    atlas = FakeAtlas(lifetime)
    client, clock, slept = make(atlas)
    with client:
        for later in (0, fresh, old):
            clock.now = 1000 + later
            client.list_integrations(PROJECT)
    tokens = ["token", "integrations", "integrations", "token", "integrations"]
    # Both live still, so both are ended.
    assert atlas.log == [*tokens, "revoke", "revoke", "close"] and atlas.good == set()


def test_secrets_are_known_after_the_end_too() -> None:
    atlas = FakeAtlas()
    with make(atlas)[0] as client:
        client.list_integrations(PROJECT)
    assert "example-token-1" in client.live_secrets()
    client.close()
    assert atlas.log.count("revoke") == 1


def test_what_is_dead_is_not_revoked() -> None:
    atlas = FakeAtlas(100)
    client, clock, slept = make(atlas)
    with client:
        client.list_integrations(PROJECT)
        clock.now += 101
    assert atlas.log == ["token", "integrations", "close"]


def test_threads_share_one_login() -> None:
    atlas = FakeAtlas()
    client, clock, slept = make(atlas)
    threads = [threading.Thread(target=client.list_integrations, args=(PROJECT,)) for _unused in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert atlas.log.count("token") == 1 and atlas.log.count("integrations") == 16 and atlas.log.count("revoke") == 1


def test_a_token_that_died_early_is_replaced_once_for_all_threads() -> None:
    atlas = FakeAtlas()
    client, clock, slept = make(atlas)
    client.list_integrations(PROJECT)
    atlas.good.clear()
    threads = [threading.Thread(target=client.list_integrations, args=(PROJECT,)) for _unused in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert atlas.log.count("token") == 2


def test_a_new_token_that_is_refused_too_is_the_end() -> None:
    atlas = FakeAtlas()
    client, clock, slept = make(atlas)
    atlas.instead["integrations"] = error(401, "UNEXPECTED_ERROR")
    for _unused in range(3):
        with pytest.raises(errors.ApiError) as caught:
            client.list_integrations(PROJECT)
        assert "client_id" in caught.value.message and caught.value.status == 401
    assert atlas.log.count("token") == 2 and atlas.log.count("integrations") == 4


@pytest.mark.parametrize("code", ["USER_CANNOT_ACCESS_GROUP", "NOT_IN_GROUP", "USER_UNAUTHORIZED"])
def test_a_401_about_membership_is_no_reason_to_log_in_again(code: str) -> None:
    atlas = FakeAtlas()
    atlas.instead["integrations"] = error(401, code)
    client, clock, slept = make(atlas)
    with pytest.raises(errors.ApiError):
        client.list_integrations(PROJECT)
    assert atlas.log == ["token", "integrations"]


def test_tokens_are_revoked_after_a_failure() -> None:
    atlas = FakeAtlas()
    client, clock, slept = make(atlas)
    with pytest.raises(RuntimeError), client:
        client.list_integrations(PROJECT)
        raise RuntimeError
    assert atlas.good == set()


@pytest.mark.parametrize(
    "reply",
    [
        error(500, "X"),
        error(429, "RATE_LIMITED", retry_after="5"),
        error(401, "X"),
        TransportFailure("gone"),
        answer(302, b""),
    ],
)
def test_a_revocation_that_fails_is_a_warning_and_no_delay(reply: Any) -> None:
    atlas = FakeAtlas()
    atlas.instead["revoke"] = reply
    client, clock, slept = make(atlas)
    with client:
        client.list_integrations(PROJECT)
    assert atlas.log == ["token", "integrations", "revoke", "close"] and slept == []
    assert len(client.warnings) == 1 and "revoked" in client.warnings[0]


@pytest.mark.parametrize(
    "status, body, words",
    [
        (401, {"error": "invalid_client", "error_description": "Bad."}, "check client_id and client_secret"),
        (403, {"error": "access_denied", "error_description": "Reuse tokens."}, "atlas_login"),
        (400, {"error": "unsupported_grant_type"}, "base_url"),
        (404, b"<html>", "base_url"),
    ],
)
def test_a_refused_login_says_why(status: int, body: Any, words: str) -> None:
    atlas = FakeAtlas()
    atlas.instead["token"] = answer(status, body)
    client, clock, slept = make(atlas)
    with client, pytest.raises(errors.ApiError) as caught:
        client.list_integrations(PROJECT)
    assert words in caught.value.message and "Logging in the service account failed" in caught.value.message
    assert atlas.log == ["token", "close"] and ACCOUNT.secret not in str(vars(caught.value))


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"access_token": 7},
        {"access_token": "a b"},
        {"access_token": ""},
        {"access_token": "x", "token_type": "mac"},
    ],
)
def test_a_login_without_a_token_is_tried_again_and_fails(body: Any) -> None:
    atlas = FakeAtlas()
    atlas.instead["token"] = answer(200, body)
    client, clock, slept = make(atlas)
    with pytest.raises(errors.UnusableAnswer, match="no JSON object" if body == [] else "token"):
        client.list_integrations(PROJECT)
    assert atlas.log == ["token"] * 4


def test_a_limited_login_is_waited_for_from_a_budget_of_its_own() -> None:
    atlas = FakeAtlas()
    atlas.instead["token"] = [error(429, "RATE_LIMITED", retry_after="50")] * 2
    client, clock, slept = make(atlas)
    client.list_integrations(PROJECT)
    assert len(slept) == 2 and sum(slept) > 100
    atlas.instead["integrations"] = [error(429, "RATE_LIMITED", retry_after="100")]
    client.list_integrations(PROJECT)
    assert len(slept) == 3


def test_while_the_old_token_lives_a_failed_renewal_is_no_failure() -> None:
    atlas = FakeAtlas()
    client, clock, slept = make(atlas)
    client.list_integrations(PROJECT)
    atlas.instead["token"] = error(403, "access_denied")
    clock.now += 3100
    client.list_integrations(PROJECT)
    client.list_integrations(PROJECT)
    assert atlas.log.count("token") == 2
    clock.now += 31
    client.list_integrations(PROJECT)
    assert atlas.log.count("token") == 3
    clock.now += 3600
    with pytest.raises(errors.ApiError):
        client.list_integrations(PROJECT)


def test_logins_for_others_are_left_alone() -> None:
    atlas = FakeAtlas(1800)
    client, clock, slept = make(atlas)
    with client:
        token = client.login()
    assert (token.value, token.lifetime) == ("example-token-1", 1800.0)
    assert "example" not in repr(token) and atlas.log == ["token", "close"]
    with make(atlas)[0] as client:
        client.logout(token.value)
    assert atlas.good == set()
    atlas.instead["revoke"] = error(401, "invalid_client")
    with pytest.raises(errors.ApiError, match="Revoking"), make(atlas)[0] as client:
        client.logout(token.value)
