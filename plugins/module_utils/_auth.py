# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""How a client proves who it is: a key pair (the transport's digest), a given token, a service account.

Sources: Atlas docs, "Service Accounts" and "Rate Limits" (token requests and live tokens are limited,
so there is one token a client, and it is revoked at the end); RFC 6749 (client credentials), RFC 7009
(revocation).
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ansible_collections.atlasops.integrations.plugins.module_utils._answers import Parsed, Unreadable
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import ApiError, Fault, Login
from ansible_collections.atlasops.integrations.plugins.module_utils._exchange import Call, Exchange, NoAuthorization
from ansible_collections.atlasops.integrations.plugins.module_utils._http import Answer

if TYPE_CHECKING:
    from ansible_collections.atlasops.integrations.plugins.module_utils._settings import Connection, Credentials

# What Atlas documents; used where an answer does not say.
USUAL_LIFETIME = 3600.0
# Renew this long before the end, or at four fifths of a short life.
RENEW_BEFORE = 600.0
# With a renewal refused and a token still alive, how long to go on before the next try.
RENEW_AGAIN = 30.0
# 401 with these codes is about roles and membership: no new token changes that.
_ABOUT_LOGIN = frozenset({None, "UNEXPECTED_ERROR", "UNAUTHORIZED", "INVALID_TOKEN", "invalid_token", "TOKEN_EXPIRED"})


@dataclass(frozen=True)
class Token:
    """A bearer token. lifetime: seconds that it lives from when it was asked for."""

    value: str = field(repr=False)
    lifetime: float = USUAL_LIFETIME


def login_words(credentials: Credentials) -> Login:
    """Return what error messages may know of credentials."""
    swapped = credentials.kind == "key_pair" and credentials.identifier.startswith("mdb_sa_")
    return Login(credentials.kind, credentials.source, swapped)


class GivenToken:
    """A bearer token that somebody else obtained, and ends."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def header(self) -> str | None:
        """Return the header's value."""
        return self._header

    def refused(self, header: str | None, answer: Answer, fault: Fault) -> bool:
        """Return False: there is nothing to log in with."""
        return False


class ServiceAccount:
    """One token for all threads of a client: obtained at the first need, renewed in time, revoked at the end."""

    def __init__(self, connection: Connection, exchange: Exchange, clock: Callable[[], float]) -> None:
        pair = f"{connection.credentials.identifier}:{connection.credentials.secret}"
        self._basic = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        self._base = f"{connection.base_url}/api/oauth/"
        self._exchange = exchange
        self._clock = clock
        self._lock = threading.Lock()
        self._header: str | None = None
        self._renew_at = self._dies_at = 0.0
        self._obtained: list[tuple[str, float]] = []
        # The header that a new login brought after a 401: refused as well, the token's age is not the reason.
        self._replacement: str | None = None

    def header(self) -> str | None:
        """Return the header's value, after a login where the token is missing or about to end. Raises ApiError."""
        header = self._header
        if header is not None and self._clock() < self._renew_at:
            return header
        with self._lock:
            if self._header is None or self._clock() >= self._renew_at:
                self._renew()
            return self._header

    def _renew(self) -> None:
        try:
            started = self._clock()
            token = self.obtain()
        except ApiError:
            if self._header is None or self._clock() >= self._dies_at:
                raise
            self._renew_at = self._clock() + RENEW_AGAIN
            return
        self._header = f"Bearer {token.value}"
        self._dies_at = started + token.lifetime
        self._renew_at = self._dies_at - min(RENEW_BEFORE, token.lifetime / 5)
        self._obtained.append((token.value, self._dies_at))

    def refused(self, header: str | None, answer: Answer, fault: Fault) -> bool:
        """Log in again after a 401, once for all threads that got one; False where that is no help."""
        if fault.code not in _ABOUT_LOGIN and "invalid_token" not in (answer.header("www-authenticate") or ""):
            return False
        with self._lock:
            if self._header != header:
                return self._header is not None
            if header is None or header == self._replacement:
                return False
            self._header = None
            self._renew()
            self._replacement = self._header
            return True

    def obtain(self) -> Token:
        """Log in and return a new token, which the caller looks after. Raises ApiError."""
        form = {"grant_type": "client_credentials"}
        return self._exchange.run(self._call("Logging in the service account", "token", form), _token, _NOBODY)

    def revoke(self, token: str, *, once: bool = False) -> None:
        """End a token. once: one failure is enough. Raises ApiError."""
        form = {"token": token, "token_type_hint": "access_token"}
        call = self._call("Revoking the access token", "revoke", form, once)
        self._exchange.run(call, lambda parsed: None, _NOBODY)

    def end(self) -> bool:
        """Revoke every token obtained here that still lives; False where that failed. Never raises ApiError."""
        with self._lock:
            tokens, self._header = list(self._obtained), None
        fine = True
        for value, dies_at in tokens:
            if self._clock() < dies_at:
                try:
                    self.revoke(value, once=True)
                except ApiError:
                    fine = False
        return fine

    def secrets(self) -> tuple[str, ...]:
        """Return what must show nowhere: tokens, and the pair as it goes over the wire."""
        return (*(value for value, unused in self._obtained), self._basic[len("Basic ") :])

    def _call(self, what: str, path: str, form: dict[str, str], once: bool = False) -> Call:
        headers = {
            "Authorization": self._basic,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        # A lost answer may leave a token behind for an hour, which is better than a failed play.
        body = urlencode(form).encode("ascii")
        return Call(what, "POST", self._base + path, "login", headers=headers, body=body, once=once)


_NOBODY = NoAuthorization()


def _token(parsed: Parsed) -> Token:
    """Take a token from the answer to a login. Raises Unreadable."""
    value, kind, lifetime = (parsed.member(k) for k in ("access_token", "token_type", "expires_in"))
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
        raise Unreadable("the answer to the login holds no token")
    if isinstance(kind, str) and kind.lower() != "bearer":
        raise Unreadable("the answer to the login holds a token of another type")
    if isinstance(lifetime, bool) or not isinstance(lifetime, (int, float)) or not 0 < lifetime < 1e9:
        lifetime = USUAL_LIFETIME
    return Token(value, float(lifetime))
