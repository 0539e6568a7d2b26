# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may ask: digest, service accounts, roles, access lists; and rate limits."""

from __future__ import annotations

import hashlib
import json
import re
import time
from typing import Any

import pytest
import requests
from requests.auth import AuthBase, HTTPDigestAuth

CHALLENGE = re.compile(
    r'Digest realm="MMS Public API", domain="", nonce="([A-Za-z0-9+/=]{32})", algorithm=MD5, qop="auth", stale=(\w+)'
)
UNAUTHORIZED = (
    '{"error" : 401, "reason" : "Unauthorized", "detail" : "You are not authorized for this resource.",'
    ' "errorCode" : "UNEXPECTED_ERROR"}'
)


class Bearer(AuthBase):
    """A token on every request."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Nobody(AuthBase):
    """No credential, and none from a netrc file."""

    def __call__(self, request: Any) -> Any:
        return request


def answer_digest(api: Any, nonce: str, count: int, key: str | None = None, **other: str) -> requests.Response:
    """Send one list request with a digest answer made here, and nothing else."""
    path = f"/api/atlas/{api.version}{api.url()}"

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    user = other.get("user", api.emulator.public_key)
    secret = md5(f"{user}:MMS Public API:{key or api.emulator.private_key}")
    nc = f"{count:08x}"
    response = md5(f"{secret}:{nonce}:{nc}:abc:auth:{md5(f'GET:{path}')}")
    value = (
        f'Digest username="{user}", realm="MMS Public API", nonce="{nonce}", uri="{other.get("uri", path)}",'
        f' response="{response}", algorithm=MD5, qop={other.get("qop", "auth")}, nc={nc}, cnonce="abc"'
    )
    return api.call("GET", api.url(), headers={"Authorization": value}, auth=Nobody())


def nonce_of(answer: requests.Response) -> str:
    found = CHALLENGE.match(answer.headers["Www-Authenticate"])
    assert found
    return found.group(1)


class TestDigest:
    """The challenge, its nonces, and wrong keys."""

    def test_challenge_is_what_was_recorded(self, api: Any) -> None:
        answer = api.call("POST", api.url("DATADOG"), json={}, auth=Nobody())
        assert answer.status_code == 401
        found = CHALLENGE.fullmatch(answer.headers["Www-Authenticate"])
        assert found
        assert found.group(2) == "false"
        assert answer.text == UNAUTHORIZED
        assert answer.headers["Content-Type"] == "application/json"
        assert not {"X-Error-Code", "Ratelimit-Limit"} & set(answer.headers)

    def test_wrong_keys_look_like_no_keys(self, make_api: Any, emulator: Any) -> None:
        for auth in (HTTPDigestAuth(emulator.public_key, "wrong"), HTTPDigestAuth("nobody", emulator.private_key)):
            api = make_api(auth=auth)
            answer = api.list()
            assert (answer.status_code, answer.text) == (401, UNAUTHORIZED)
            assert CHALLENGE.fullmatch(answer.headers["Www-Authenticate"])
        assert emulator.control.counts()["401"] == 4

    def test_one_challenge_for_many_requests(self, api: Any) -> None:
        for _unused in range(5):
            assert api.list().status_code == 200
        assert api.emulator.control.counts() == {"all": 6, "GET": 6, "401": 1, "200": 5}

    def test_a_count_is_good_once(self, api: Any) -> None:
        nonce = nonce_of(api.call("GET", api.url(), auth=Nobody()))
        assert answer_digest(api, nonce, 1).status_code == 200
        again = answer_digest(api, nonce, 1)
        assert again.status_code == 401
        assert "stale=true" in again.headers["Www-Authenticate"]
        assert answer_digest(api, nonce, 3).status_code == 200
        assert answer_digest(api, nonce, 2).status_code == 200, "counts may overtake each other"
        assert answer_digest(api, nonce, 5000).status_code == 200
        assert answer_digest(api, nonce, 4).status_code == 401, "far behind the window"
        assert answer_digest(api, nonce, 0).status_code == 401

    def test_counts_can_be_left_unchecked(self, api: Any) -> None:
        api.emulator.switch(nonce_count=False)
        nonce = nonce_of(api.call("GET", api.url(), auth=Nobody()))
        assert [answer_digest(api, nonce, 1).status_code for unused in range(3)] == [200] * 3

    def test_nonces_end_by_use(self, api: Any) -> None:
        api.emulator.switch(nonce_uses=2)
        nonce = nonce_of(api.call("GET", api.url(), auth=Nobody()))
        assert [answer_digest(api, nonce, n).status_code for n in (1, 2, 3)] == [200, 200, 401]
        assert api.list().status_code == 200

    def test_nonces_end_by_time(self, api: Any) -> None:
        api.emulator.switch(nonce_seconds=0.05)
        nonce = nonce_of(api.call("GET", api.url(), auth=Nobody()))
        time.sleep(0.1)
        late = answer_digest(api, nonce, 1)
        assert late.status_code == 401
        assert "stale=true" in late.headers["Www-Authenticate"]

    def test_nonces_end_on_demand(self, api: Any) -> None:
        assert api.list().status_code == 200
        api.emulator.control.expire(nonces=True)
        assert api.list().status_code == 200
        assert api.emulator.control.counts()["401"] == 2

    def test_stale_is_told_to_right_keys_alone(self, api: Any) -> None:
        nonce = nonce_of(api.call("GET", api.url(), auth=Nobody()))
        api.emulator.control.expire(nonces=True)
        assert "stale=false" in answer_digest(api, nonce, 1, key="wrong").headers["Www-Authenticate"]

    @pytest.mark.parametrize("other", [{"uri": "/elsewhere"}, {"qop": "auth-int"}, {"user": "nobody"}])
    def test_what_does_not_fit(self, api: Any, other: dict[str, str]) -> None:
        nonce = nonce_of(api.call("GET", api.url(), auth=Nobody()))
        assert answer_digest(api, nonce, 1, **other).status_code == 401

    @pytest.mark.parametrize("nonce", ["", "A" * 32, "not base64 at all!", "ä"])
    def test_a_nonce_of_somebody_else(self, api: Any, nonce: str) -> None:
        answer = answer_digest(api, nonce.encode("utf-8").decode("latin-1"), 1)
        assert answer.status_code == 401
        assert "stale=false" in answer.headers["Www-Authenticate"]

    def test_nothing_is_done_before_the_challenge(self, api: Any) -> None:
        api.post("DATADOG")
        api.delete("DATADOG")
        statuses = [(e["method"], e["status"]) for e in api.emulator.control.journal()]
        assert statuses == [("POST", 401), ("POST", 200), ("DELETE", 204)]


class TestTokens:
    """Service accounts."""

    def ask(self, emulator: Any, auth: Any = ..., **form: str) -> requests.Response:
        auth = (emulator.client_id, emulator.client_secret) if auth is ... else auth
        form = form or {"grant_type": "client_credentials"}
        return requests.post(f"{emulator.base_url}/api/oauth/token", data=form, auth=auth or Nobody(), timeout=10)

    def revoke(self, emulator: Any, token: str) -> requests.Response:
        auth = (emulator.client_id, emulator.client_secret)
        form = {"token": token, "token_type_hint": "access_token"}
        return requests.post(f"{emulator.base_url}/api/oauth/revoke", data=form, auth=auth, timeout=10)

    @pytest.mark.parametrize("version", ["v2", "v1.0"])
    def test_token_works_until_revoked(self, emulator: Any, make_api: Any, version: str) -> None:
        answer = self.ask(emulator)
        body = answer.json()
        assert answer.status_code == 200
        assert (body["expires_in"], body["token_type"]) == (3600, "Bearer")
        assert set(body) == {"access_token", "expires_in", "token_type"}
        api = make_api(version=version, auth=Bearer(body["access_token"]))
        assert api.post("DATADOG").status_code == 200
        ended = self.revoke(emulator, body["access_token"])
        assert (ended.status_code, ended.content) == (200, b"")
        refused = api.list()
        assert (refused.status_code, refused.text) == (401, UNAUTHORIZED)
        assert self.revoke(emulator, "unknown").status_code == 200

    def test_tokens_end_by_time(self, emulator: Any, make_api: Any) -> None:
        emulator.switch(token_seconds=1)
        body = self.ask(emulator).json()
        assert body["expires_in"] == 1
        api = make_api(auth=Bearer(body["access_token"]))
        assert api.list().status_code == 200
        time.sleep(1.05)
        assert api.list().status_code == 401

    def test_tokens_end_on_demand(self, emulator: Any, make_api: Any) -> None:
        api = make_api(auth=Bearer(self.ask(emulator).json()["access_token"]))
        emulator.control.expire(tokens=True)
        assert api.list().status_code == 401

    @pytest.mark.parametrize(("switch", "start"), [("bearer", "Bearer "), ("digest", "Digest "), ("none", None)])
    def test_challenge_of_a_wrong_token(self, emulator: Any, make_api: Any, switch: str, start: str | None) -> None:
        emulator.switch(bearer_challenge=switch)
        given = make_api(auth=Bearer("wrong")).list().headers.get("Www-Authenticate")
        assert given is None if start is None else given.startswith(start)

    @pytest.mark.parametrize(
        ("form", "status", "error"),
        [
            ({"grant_type": "password"}, 400, "unsupported_grant_type"),
            ({"scope": "x"}, 400, "invalid_request"),
        ],
    )
    def test_wrong_requests(self, emulator: Any, form: Any, status: int, error: str) -> None:
        answer = self.ask(emulator, **form)
        assert answer.status_code == status
        assert set(answer.json()) == {"error", "error_description"}
        assert answer.json()["error"] == error

    def test_no_form(self, emulator: Any) -> None:
        auth = (emulator.client_id, emulator.client_secret)
        answer = requests.post(f"{emulator.base_url}/api/oauth/token", json={}, auth=auth, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    @pytest.mark.parametrize("auth", [("nobody", "x"), None])
    def test_wrong_client(self, emulator: Any, auth: Any) -> None:
        answer = self.ask(emulator, auth)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    def test_wrong_secret_and_wrong_scheme(self, emulator: Any) -> None:
        assert self.ask(emulator, (emulator.client_id, "x")).status_code == 401
        url = f"{emulator.base_url}/api/oauth/token"
        for value in ("Basic !!!", "Bearer x", "Basic"):
            headers = {"Authorization": value}
            form = {"grant_type": "client_credentials"}
            assert requests.post(url, data=form, headers=headers, auth=Nobody(), timeout=10).status_code == 401

    def test_credentials_in_the_form_by_switch(self, emulator: Any) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": emulator.client_id,
            "client_secret": emulator.client_secret,
        }
        assert self.ask(emulator, None, **form).status_code == 401
        emulator.switch(oauth_body_credentials="accepted")
        assert self.ask(emulator, None, **form).status_code == 200

    @pytest.mark.parametrize("limit", [50, 10])
    def test_requests_a_minute(self, emulator: Any, limit: int) -> None:
        emulator.switch(token_requests=limit)
        assert [self.ask(emulator).status_code for unused in range(limit)] == [200] * limit
        answer = self.ask(emulator)
        assert answer.status_code == 429
        assert answer.json() == {
            "detail": f"Resource /api/oauth/token is limited to {limit} requests every 1 minutes.",
            "error": 429,
            "errorCode": "RATE_LIMITED",
            "parameters": ["/api/oauth/token", limit, 1],
            "reason": "Too Many Requests",
        }
        assert 1 <= int(answer.headers["Retry-After"]) <= 60

    def test_the_minute_ends(self, emulator: Any) -> None:
        emulator.switch(token_requests=1, token_window=0.2)
        assert [self.ask(emulator).status_code for unused in range(2)] == [200, 429]
        time.sleep(0.25)
        assert self.ask(emulator).status_code == 200

    def test_live_tokens_are_limited(self, emulator: Any) -> None:
        emulator.switch(token_requests=0)
        tokens = [self.ask(emulator).json()["access_token"] for unused in range(100)]
        assert emulator.control.state()["live_tokens"] == {emulator.client_id: 100}
        answer = self.ask(emulator)
        assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")
        self.revoke(emulator, tokens[0])
        assert self.ask(emulator).status_code == 200

    def test_a_token_has_another_method(self, emulator: Any) -> None:
        assert requests.get(f"{emulator.base_url}/api/oauth/token", timeout=10).status_code == 405


class TestRights:
    """Roles, membership, access lists."""

    def seed(self, emulator: Any, **more: Any) -> HTTPDigestAuth:
        emulator.control.seed({"key_pairs": [{"public_key": "other", "private_key": "made-up", **more}]})
        return HTTPDigestAuth("other", "made-up")

    @pytest.mark.parametrize(("status", "code"), [(403, "ACCESS_FORBIDDEN"), (401, "USER_UNAUTHORIZED")])
    def test_reading_alone(self, emulator: Any, make_api: Any, refused: Any, status: int, code: str) -> None:
        emulator.switch(role_refusal=status)
        api = make_api(auth=self.seed(emulator, role="read_only"))
        assert api.list().status_code == 200
        refused(api.post("DATADOG"), status, code)
        refused(api.delete("DATADOG"), status, code)

    @pytest.mark.parametrize("code", ["USER_CANNOT_ACCESS_GROUP", "NOT_IN_GROUP"])
    def test_a_project_of_somebody_else(self, emulator: Any, make_api: Any, refused: Any, code: str) -> None:
        emulator.switch(access_refusal=code)
        api = make_api(auth=self.seed(emulator, projects=["2" * 24]))
        refused(api.list(), 401, code)
        assert api.call("GET", "/groups").json()["results"] == []
        refused(api.call("GET", "/groups/byName/demo"), 404, "GROUP_NAME_NOT_FOUND")
        refused(api.call("GET", f"/orgs/{emulator.org_id}/groups"), 401, "NOT_ORG_MEMBER")

    def test_membership_by_organisation(self, emulator: Any, make_api: Any) -> None:
        api = make_api(auth=self.seed(emulator, organisations=[emulator.org_id]))
        assert api.list().status_code == 200
        assert api.call("GET", "/groups").json()["totalCount"] == 1

    @pytest.mark.parametrize("code", ["IP_ADDRESS_NOT_ON_ACCESS_LIST", "IP_ADDRESS_NOT_ON_WHITELIST"])
    def test_access_list(self, emulator: Any, make_api: Any, refused: Any, code: str) -> None:
        emulator.switch(access_list_code=code)
        api = make_api(auth=self.seed(emulator, access_list=["192.0.2.1"]))
        refused(api.list(), 403, code, ["127.0.0.1"])
        assert "127.0.0.1" in api.list().json()["detail"]

    def test_no_access_list_where_one_is_demanded(self, emulator: Any, make_api: Any, refused: Any) -> None:
        refused(make_api(auth=self.seed(emulator, access_list=[])).list(), 403, "ORG_REQUIRES_WHITELIST")

    def test_an_address_on_the_list(self, emulator: Any, make_api: Any) -> None:
        assert make_api(auth=self.seed(emulator, access_list=["127.0.0.1"])).list().status_code == 200

    def test_a_second_service_account(self, emulator: Any, make_api: Any, refused: Any) -> None:
        account = {"client_id": "mdb_sa_id_x", "client_secret": "made-up", "role": "read_only"}
        emulator.control.seed({"service_accounts": [account]})
        form = {"grant_type": "client_credentials"}
        auth = ("mdb_sa_id_x", "made-up")
        token = requests.post(f"{emulator.base_url}/api/oauth/token", data=form, auth=auth, timeout=10).json()
        refused(make_api(auth=Bearer(token["access_token"])).post("DATADOG"), 403, "ACCESS_FORBIDDEN")


class TestLimits:
    """Token buckets."""

    def test_a_project_runs_dry_and_fills_again(self, api: Any, refused: Any) -> None:
        api.emulator.switch(project_capacity=3, project_refill=10, refill_seconds=1)
        assert [api.list().headers["Ratelimit-Remaining"] for unused in range(3)] == ["2", "1", "0"]
        answer = api.list()
        refused(answer, 429, "RATE_LIMITED_TOKEN_BUCKET")
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Ratelimit-Remaining"] == "0"
        assert answer.json()["reason"] == "Too Many Requests"
        time.sleep(0.15)
        assert api.list().status_code == 200

    def test_documented_numbers(self, api: Any) -> None:
        switches = api.emulator.control.switches()
        assert (switches["project_capacity"], switches["project_refill"], switches["refill_seconds"]) == (1200, 500, 60)
        assert (switches["user_capacity"], switches["org_capacity"], switches["org_refill"]) == (1200, 500, 250)
        assert api.call("GET", f"/orgs/{api.emulator.org_id}/groups").headers["Ratelimit-Limit"] == "500"

    def test_retry_after_is_long_enough(self, api: Any) -> None:
        api.emulator.switch(project_capacity=1, project_refill=1, refill_seconds=7)
        api.list()
        assert api.list().headers["Retry-After"] == "7"

    def test_every_project_has_its_own(self, emulator: Any, make_api: Any) -> None:
        emulator.switch(project_capacity=1)
        emulator.control.seed({"projects": [{"id": "a" * 24, "name": "other"}]})
        assert make_api().list().status_code == 200
        assert make_api(project="a" * 24).list().status_code == 200
        assert make_api().list().status_code == 429
        emulator.control.expire(limits=True)
        assert make_api().list().status_code == 200

    def test_projects_are_limited_by_user(self, emulator: Any, make_api: Any) -> None:
        emulator.switch(user_capacity=1)
        api = make_api()
        assert [api.call("GET", "/groups").status_code for unused in range(2)] == [200, 429]
        assert api.list().status_code == 200

    def test_off(self, api: Any) -> None:
        api.emulator.switch(rate_limits=False, project_capacity=1)
        answers = [api.list() for unused in range(3)]
        assert [a.status_code for a in answers] == [200] * 3
        assert "Ratelimit-Limit" not in answers[0].headers

    def test_a_challenge_costs_nothing(self, api: Any) -> None:
        for _unused in range(3):
            api.call("GET", api.url(), auth=Nobody())
        assert api.list().headers["Ratelimit-Remaining"] == "1199"


def test_nothing_tells_a_secret(emulator: Any, make_api: Any) -> None:
    token = TestTokens().ask(emulator).json()["access_token"]
    api = make_api(auth=Bearer(token))
    api.post("WEBHOOK")
    api.put("OPS_GENIE", {"apiKey": "made-up-key-to-look-for"})
    text = json.dumps(emulator.control.journal()) + json.dumps(emulator.control.counts())
    secrets = (emulator.client_secret, emulator.private_key, token, "made-up-key-to-look-for", "made-up-secret")
    assert not [s for s in secrets if s in text]
