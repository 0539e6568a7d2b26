# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Service accounts: access tokens by client credentials, their limits, and their end."""

from __future__ import annotations

import base64
import binascii
import math
import secrets
import time
from collections.abc import Sequence
from typing import Optional
from urllib.parse import parse_qs

from .answers import Answer, Refusal, plain
from .switches import Switches
from .wire import Request
from .world import Credential, World

TOKEN_PATH = "/api/oauth/token"
REVOKE_PATH = "/api/oauth/revoke"
_FORM = "application/x-www-form-urlencoded"


class OAuth:
    """Hands out, knows and revokes access tokens. Times are those of a monotonic clock, in seconds."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._switches = switches
        self._tokens: dict[str, tuple[str, float]] = {}
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def clear(self) -> None:
        """Forget tokens and counts."""
        self._tokens.clear()
        self._windows.clear()

    def expire(self) -> None:
        """End every token handed out so far."""
        self._tokens.clear()

    def live(self) -> dict[str, int]:
        """Return the number of live tokens by client id."""
        now = time.monotonic()
        counts: dict[str, int] = {}
        for client, expires in self._tokens.values():
            if expires > now:
                counts[client] = counts.get(client, 0) + 1
        return counts

    def credential(self, token: str) -> Optional[Credential]:
        """Return the service account behind a token, None where the token is unknown or has ended."""
        held = self._tokens.get(token)
        if held is None or held[1] <= time.monotonic():
            return None
        return self._world.accounts.get(held[0])

    def token(self, request: Request) -> Answer:
        """Answer a token request. Raises Refusal for too many of them, as the one error in Atlas's own shape."""
        form = _form(request)
        if form is None:
            return _error(400, "invalid_request", "The request must be a form.")
        account = self._account(request, form)
        client = account.id if account else _basic(request)[0]
        self._count(request.peer, client)
        if account is None:
            return _error(401, "invalid_client", "Client authentication failed.", [("Www-Authenticate", "Basic")])
        grant = form.get("grant_type")
        if not grant:
            return _error(400, "invalid_request", "The parameter grant_type is missing.")
        if grant != "client_credentials":
            return _error(400, "unsupported_grant_type", "Only client_credentials is supported.")
        limit = self._switches.tokens_live
        if limit and self.live().get(account.id, 0) >= limit:
            text = (
                f"The service account has reached its limit of {limit} active tokens; reuse tokens until they expire."
            )
            return _error(403, "access_denied", text)
        return self._issue(account)

    def revoke(self, request: Request) -> Answer:
        """Answer a revocation; a token that is not known counts as revoked (RFC 7009)."""
        form = _form(request)
        if form is None or not form.get("token"):
            return _error(400, "invalid_request", "The parameter token is missing.")
        account = self._account(request, form)
        if account is None:
            return _error(401, "invalid_client", "Client authentication failed.", [("Www-Authenticate", "Basic")])
        held = self._tokens.get(form["token"])
        if held is not None and held[0] == account.id:
            del self._tokens[form["token"]]
        return Answer(200)

    def _issue(self, account: Credential) -> Answer:
        seconds = self._switches.token_seconds
        now = time.monotonic()
        if len(self._tokens) > 10000:
            self._tokens = {t: held for t, held in self._tokens.items() if held[1] > now}
        token = secrets.token_urlsafe(48)
        self._tokens[token] = (account.id, now + seconds)
        body = {"access_token": token, "expires_in": seconds, "token_type": "Bearer"}
        return plain(200, body, [("Cache-Control", "no-store")])

    def _account(self, request: Request, form: dict[str, str]) -> Optional[Credential]:
        client, secret = _basic(request)
        if not client and self._switches.oauth_body_credentials == "accepted":
            client, secret = form.get("client_id", ""), form.get("client_secret", "")
        account = self._world.accounts.get(client)
        if account is None or not secrets.compare_digest(account.secret.encode(), secret.encode()):
            return None
        return account

    def _count(self, peer: str, client: str) -> None:
        """Count a token request of an address and client; refuse it where the minute is used up."""
        limit, window = self._switches.token_requests, self._switches.token_window
        if not limit:
            return
        now = time.monotonic()
        begun, used = self._windows.get((peer, client), (now, 0))
        if now - begun >= window:
            begun, used = now, 0
        if used >= limit:
            minutes = max(1, round(window / 60))
            raise Refusal(
                429,
                "RATE_LIMITED",
                f"Resource {TOKEN_PATH} is limited to {limit} requests every {minutes} minutes.",
                [TOKEN_PATH, limit, minutes],
                headers=[("Retry-After", str(max(1, math.ceil(window - (now - begun)))))],
                rated=False,
            )
        if len(self._windows) > 10000:
            self._windows.clear()
        self._windows[(peer, client)] = (begun, used + 1)


def _form(request: Request) -> Optional[dict[str, str]]:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _FORM:
        return None
    try:
        return {name: values[0] for name, values in parse_qs(request.body.decode("ascii"), max_num_fields=20).items()}
    except ValueError:
        return None


def _basic(request: Request) -> tuple[str, str]:
    return basic_credentials(request.headers.get("authorization", ""))


def basic_credentials(value: str) -> tuple[str, str]:
    """Return user and password of a Basic Authorization header, two empty texts where it is none."""
    scheme, unused, coded = value.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, unused, password = base64.b64decode(coded.strip(), validate=True).decode("utf-8").partition(":")
    except (ValueError, binascii.Error):
        return "", ""
    return user, password


def _error(status: int, code: str, text: str, headers: Sequence[tuple[str, str]] = ()) -> Answer:
    answer = plain(status, {"error": code, "error_description": text}, headers)
    answer.code = code
    return answer
