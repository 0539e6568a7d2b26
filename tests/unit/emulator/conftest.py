# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small client of its own for the tests of the emulator: requests, nothing of the collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.auth import HTTPDigestAuth

V2 = "application/vnd.atlas.2023-01-01+json"

# What the recorded requests sent, restated: lengths and last characters are what the recorded masks show.
SENT: dict[str, dict[str, Any]] = {
    "PAGER_DUTY": {"serviceKey": "abcdefabcdefabcdefabcdefabcd0022"},
    "DATADOG": {"apiKey": "0123456789abcdef0123456789ab0000", "region": "US"},
    "OPS_GENIE": {"apiKey": "00000000-1111-2222-3333-444444443311", "region": "US"},
    "VICTOR_OPS": {"apiKey": "00000000-1111-2222-3333-444444441c11", "routingKey": "test"},
    "WEBHOOK": {
        "url": "https://example.com/made-up-secret-of-thirty-12101",
        "secret": "made-up-secret-of-thirty-12101",
    },
}
MORE: dict[str, dict[str, Any]] = {
    "SLACK": {"apiToken": "made-up-slack-token-0001", "channelName": "alerts", "teamName": "team"},
    "NEW_RELIC": {
        "accountId": "1234567",
        "licenseKey": "made-up-license-01",
        "readToken": "made-up-read-02",
        "writeToken": "made-up-write-03",
    },
    "FLOWDOCK": {"flowName": "flow", "apiToken": "made-up-token-04", "orgName": "org"},
    "MICROSOFT_TEAMS": {"microsoftTeamsWebhookUrl": "https://teams.example.com/hook/made-up-4401"},
    "PROMETHEUS": {
        "username": "prom_user_1",
        "password": "made-up-password",
        "serviceDiscovery": "http",
        "enabled": True,
    },
}


class Api:
    """Calls to one API version with one credential. Every call returns requests' own response."""

    def __init__(self, emulator: Any, version: str = "v2", auth: Any = None, project: str | None = None) -> None:
        self.emulator = emulator
        self.version = version
        self.project = project or emulator.project_id
        self.root = f"{emulator.base_url}/api/atlas/{version}"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = auth or HTTPDigestAuth(emulator.public_key, emulator.private_key)
        self.session.headers["Accept"] = V2 if version == "v2" else "application/json"

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, self.root + path, timeout=10, **options)

    def url(self, kind: str = "") -> str:
        return f"/groups/{self.project}/integrations" + (f"/{kind}" if kind else "")

    def list(self, **params: Any) -> requests.Response:
        return self.call("GET", self.url(), params=params)

    def get(self, kind: str, **params: Any) -> requests.Response:
        return self.call("GET", self.url(kind), params=params)

    def post(self, kind: str, body: Any = None, **params: Any) -> requests.Response:
        body = {**SENT, **MORE}[kind] if body is None else body
        return self.call("POST", self.url(kind), json={"type": kind, **body}, params=params)

    def put(self, kind: str, body: Any, **params: Any) -> requests.Response:
        return self.call("PUT", self.url(kind), json={"type": kind, **body}, params=params)

    def delete(self, kind: str, **params: Any) -> requests.Response:
        return self.call("DELETE", self.url(kind), params=params)

    def held(self, kind: str) -> dict[str, Any]:
        """Return what the emulator holds of one integration, in clear, without its id."""
        state = self.emulator.control.state(self.project)["projects"][0]["integrations"]
        return next({k: v for k, v in i.items() if k != "id"} for i in state if i["type"] == kind)


@pytest.fixture
def api(emulator: Any) -> Iterator[Api]:
    """API v2 with the key pair."""
    client = Api(emulator)
    yield client
    client.session.close()


@pytest.fixture
def v1(emulator: Any) -> Iterator[Api]:
    """API v1.0 with the key pair."""
    client = Api(emulator, "v1.0")
    yield client
    client.session.close()


@pytest.fixture
def make_api(emulator: Any) -> Iterator[Any]:
    """Return a function that makes further clients of the emulator."""
    made: list[Api] = []

    def make(**options: Any) -> Api:
        made.append(Api(options.pop("emulator", emulator), **options))
        return made[-1]

    yield make
    for client in made:
        client.session.close()


@pytest.fixture
def sent() -> dict[str, dict[str, Any]]:
    """Return a body for each type, without its type."""
    return {**SENT, **MORE}


def refused(answer: requests.Response, status: int, code: str, parameters: Any = ...) -> None:
    """Check that an answer is Atlas's error object with this status and code."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Error-Code"] == code
    assert (body["error"], body["errorCode"]) == (status, code)
    assert isinstance(body["detail"], str)
    assert body["detail"].endswith(".")
    assert set(body) <= {"badRequestDetail", "detail", "error", "errorCode", "parameters", "reason"}
    if parameters is not ...:
        assert body["parameters"] == parameters


@pytest.fixture(name="refused")
def refused_fixture() -> Any:
    """Return the check for Atlas's error object."""
    return refused
