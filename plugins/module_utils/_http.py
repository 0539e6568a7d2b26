# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""One request, one answer: the transport, and the one kind of failure it has.

It knows nothing of AnsibleModule, of Atlas's resources, or of trying again.
"""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import tidy
from ansible_collections.atlasops.integrations.plugins.module_utils._trust import proxies_for, tls_context
from ansible_collections.atlasops.integrations.plugins.module_utils._wire import (
    MAX_ANSWER,
    Digest,
    TooLarge,
    UnknownChallenge,
    WireAdapter,
)

if TYPE_CHECKING:
    from ansible_collections.atlasops.integrations.plugins.module_utils._settings import Connection

try:
    import requests
    from requests.cookies import RequestsCookieJar
    from requests.hooks import default_hooks
    from requests.structures import CaseInsensitiveDict
    from urllib3 import exceptions as u3
except ImportError:  # reported by _wire.REQUESTS_IMPORT_ERROR
    pass

# How often in a row a nonce may end before it is used.
MOST_STALE = 3


@dataclass(frozen=True)
class Request:
    """One request. Its repr shows neither headers nor body, because both may hold secrets."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    """One answer. headers: looked up by lower-case names."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Return a header by its name in lower case, None where it is missing."""
        return self.headers.get(name)


class TransportFailure(Exception):
    """No answer came, or none that can be read.

    text: what happened, a clause without credentials. advice: what to do, "" where nothing is known.
    sent: the request may have reached the server. final: doing it again would change nothing.
    """

    def __init__(self, text: str, advice: str = "", *, sent: bool = True, final: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.advice = advice
        self.sent = sent
        self.final = final


class Transport(Protocol):
    """What the client sends with; tests bring their own. calls: all requests sent so far."""

    @property
    def calls(self) -> int:
        """The number of requests on the wire, challenges and repeats included."""

    def send(self, request: Request) -> Answer:
        """Return the answer to a request, whatever its status. Raises TransportFailure."""

    def close(self) -> None:
        """Close all connections."""


class RequestsTransport:
    """The transport on requests: pooled connections, digest login where the credentials are a key pair.

    pool_size: connections at most, and so threads that can be served at the same time. Thread-safe.
    Raises OptionError where ca_path is wrong.
    """

    def __init__(self, connection: Connection, pool_size: int = 1) -> None:
        parts = urlsplit(connection.base_url)
        self._host = parts.netloc.rpartition("@")[2]
        self._seconds = connection.timeout
        context = None
        if parts.scheme == "https":
            context = tls_context(connection.validate_certs, connection.ca_path)
        proxies = proxies_for(connection.base_url, connection.use_proxy)
        self._adapter = WireAdapter(pool_size, connection.timeout, context, proxies)
        self._cookies = RequestsCookieJar()
        self._seats: queue.LifoQueue[Any] | None = None
        if connection.credentials.kind == "key_pair":
            # As many answered challenges as connections, whichever threads use them; the last one first.
            self._seats = queue.LifoQueue()
            pair = connection.credentials.identifier, connection.credentials.secret
            for seat in [Digest(*pair) for unused in range(pool_size)]:
                self._seats.put(seat)

    @property
    def calls(self) -> int:
        """The number of requests on the wire, challenges and repeats included."""
        return self._adapter.calls

    def send(self, request: Request) -> Answer:
        """Return the answer to a request, whatever its status. Raises TransportFailure."""
        try:
            response = self._exchange(self._prepare(request))
        except (OSError, ValueError, http.client.HTTPException, u3.HTTPError, TooLarge, UnknownChallenge) as exc:
            failure = _failure(exc, self._host, self._seconds)
            if not failure.sent and not isinstance(exc, UnknownChallenge):
                self._adapter.take_back()
            raise failure from None
        return Answer(response.status_code, response.headers, response.content)

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def _prepare(self, request: Request) -> Any:
        """Fill in a prepared request by hand: its URL is encoded already, and the rest is known to be fine."""
        prepared: Any = requests.PreparedRequest()
        prepared.method = request.method
        prepared.url = request.url
        prepared.headers = CaseInsensitiveDict(request.headers)
        prepared.hooks = default_hooks()
        prepared.body = request.body
        prepared._cookies = self._cookies
        if request.body is not None:
            prepared.headers["Content-Length"] = str(len(request.body))
        return prepared

    def _exchange(self, prepared: Any) -> Any:
        if self._seats is None:
            return self._adapter.send(prepared)
        digest = self._seats.get()
        try:
            tries = 0
            while True:
                digest(prepared)
                response = digest.handle_401(self._adapter.send(prepared))
                tries += 1
                if tries == MOST_STALE or not _is_stale(response):
                    return response
        finally:
            self._seats.put(digest)


def _is_stale(response: Any) -> bool:
    """Tell whether only the nonce ended while the answer to a challenge was on its way: a wrong key is never stale."""
    challenge: str = response.headers.get("www-authenticate", "")
    return response.status_code == 401 and "stale=true" in challenge.lower()


def _chain(exc: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those inside it, outermost first: as cause, argument or reason."""
    todo: list[Any] = [exc]
    seen: set[int] = set()
    while todo and len(seen) < 20:
        one = todo.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [getattr(one, "reason", None), *one.args, one.__cause__, one.__context__]


def _failure(exc: BaseException, host: str, seconds: float) -> TransportFailure:
    """Translate whatever the layers below raise; the order of the questions matters."""
    chain = list(_chain(exc))

    def has(*kinds: type[BaseException]) -> BaseException | None:
        return next((one for one in chain if isinstance(one, kinds)), None)

    own = _own_failure(exc)
    if own:
        return own
    distrust = has(ssl.SSLCertVerificationError)
    if distrust:
        why = tidy(str(getattr(distrust, "verify_message", "") or "certificate verify failed"), 200)
        return TransportFailure(
            f"the certificate of {host} is not trusted ({why})",
            "set ca_path to the certificate of the authority that signed it",
            sent=False,
            final=True,
        )
    if has(requests.exceptions.ProxyError, u3.ProxyError, requests.exceptions.InvalidProxyURL):
        return _proxy_failure(chain, has, host)
    if has(socket.gaierror):
        return TransportFailure(
            f"the name of {host} can't be resolved", "check base_url and the network of this machine", sent=False
        )
    if has(u3.ConnectTimeoutError, u3.NewConnectionError, requests.exceptions.ConnectTimeout):
        return TransportFailure(
            f"no connection to {host} ({_why(chain)})",
            "check base_url, the network, and whether a proxy is needed",
            sent=False,
        )
    return _failure_on_the_way(chain, has, host, seconds)


def _own_failure(exc: BaseException) -> TransportFailure | None:
    if isinstance(exc, TooLarge):
        return TransportFailure(f"the answer is larger than {MAX_ANSWER // 2**20} MiB", "check base_url", final=True)
    if isinstance(exc, UnknownChallenge):
        return TransportFailure(
            "the server asks for a login that this machine can't answer",
            "check base_url; where cryptography is restricted (FIPS), use client_id and client_secret",
            sent=False,
            final=True,
        )
    # Our own address was checked long before, so it can only be that of the proxy.
    if isinstance(exc, (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL, u3.LocationValueError)):
        return TransportFailure(
            "the proxy of the environment can't be used",
            "use an http proxy, or install PySocks for a SOCKS proxy, or set use_proxy to false",
            sent=False,
            final=True,
        )
    return None


def _proxy_failure(chain: list[BaseException], has: Any, host: str) -> TransportFailure:
    # urllib3 also blames the proxy for a connection that broke while it waited for the answer.
    early = has(u3.NewConnectionError, u3.ConnectTimeoutError, requests.exceptions.InvalidProxyURL)
    return TransportFailure(
        f"the proxy made no lasting connection to {host} ({_why(chain)})",
        "check HTTPS_PROXY and NO_PROXY in the environment, or set use_proxy to false",
        sent=not (early or any(str(one).startswith("Tunnel connection failed") for one in chain)),
    )


def _failure_on_the_way(chain: list[BaseException], has: Any, host: str, seconds: float) -> TransportFailure:
    if has(socket.timeout, TimeoutError, requests.exceptions.Timeout, u3.TimeoutError):
        return TransportFailure(
            f"{host} gave no complete answer within {seconds:g} s", "check the network, or raise timeout"
        )
    if has(ssl.SSLError, u3.SSLError, requests.exceptions.SSLError):
        return TransportFailure(
            f"no secure connection to {host} ({_why(chain)})", "check base_url and proxies: https must be spoken there"
        )
    if has(OSError, u3.HTTPError, http.client.HTTPException):
        return TransportFailure(
            f"the connection to {host} broke before the answer was complete ({_why(chain)})", "check the network"
        )
    return TransportFailure(
        f"the request to {host} could not be sent ({type(chain[0]).__name__})",
        "check base_url and the credentials for characters that do not belong there",
        sent=False,
        final=True,
    )


def _why(chain: list[BaseException]) -> str:
    """Return the innermost reason that the system gave, in its words; addresses and objects left out."""
    for one in reversed(chain):
        if isinstance(one, ssl.SSLError) and one.reason:
            return tidy(str(one.reason).replace("_", " ").lower(), 120)
        if isinstance(one, OSError) and one.strerror and isinstance(one.strerror, str):
            return tidy(one.strerror, 120)
        # Those of requests are OSErrors too, with an address or an object as their text.
        own = isinstance(one, OSError) and not isinstance(one, requests.RequestException)
        if own and one.args and isinstance(one.args[0], str):
            return tidy(one.args[0], 120)
    if any("timed out" in str(one) or "Timeout" in type(one).__name__ for one in chain):
        return "timed out"
    return type(chain[-1]).__name__
