# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The wire: an adapter of requests that counts, limits and times every single request.

requests and urllib3 time single reads of a socket; a server that sends a byte a second keeps them
waiting for ever. Here the socket's time-out shrinks with every read, so that a request, from the
connection to the last byte of its answer, ends within its time.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
import traceback
import types
from typing import Any

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import urllib3
    from requests.adapters import HTTPAdapter
    from requests.auth import HTTPDigestAuth
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
except ImportError:  # the classes below are then never used, but this file must still import
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
    HTTPAdapter = HTTPDigestAuth = object  # type: ignore[assignment,misc]
    HTTPConnection = HTTPSConnection = HTTPConnectionPool = HTTPSConnectionPool = object  # type: ignore[assignment,misc]

# The largest page that Atlas sends (500 projects) stays under one megabyte.
MAX_ANSWER = 32 * 1024 * 1024
_CHUNK = 64 * 1024
# Eleven days.
LONGEST = 1e6

_now = threading.local()  # .deadline: when the request of this thread must be over, by time.monotonic()


class TooLarge(Exception):
    """An answer of more than MAX_ANSWER bytes."""


class UnknownChallenge(Exception):
    """A digest challenge that can't be answered."""


class _TimedReader(io.RawIOBase):
    """Reads from a socket, each time with what is left of the request's time as its time-out."""

    def __init__(self, raw: Any, sock: Any) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        """Tell that this is for reading."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there. Raises socket.timeout where the time is over."""
        left: float = getattr(_now, "deadline", 0.0) - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._sock.settimeout(left)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        """Close the reader, and with it its hold on the socket."""
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        reader: Any = self.fp
        self.fp = io.BufferedReader(_TimedReader(reader.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class WireAdapter(HTTPAdapter):
    """Sends requests over a pool of connections, counts them all, and returns answers read whole.

    Used without a Session, so that nothing of the environment, no netrc file, no cookie and no redirect
    plays a part. calls: requests that were sent, digest challenges and repeats included.
    """

    def __init__(self, pool_size: int, seconds: float, context: ssl.SSLContext | None, proxies: dict[str, str]) -> None:
        self.calls = 0
        # Longer times are an OverflowError in the system.
        self._seconds = min(seconds, LONGEST)
        self._context = context
        self._proxies = proxies
        self._lock = threading.Lock()
        super().__init__(pool_connections=1, pool_maxsize=pool_size, max_retries=0, pool_block=True)
        if context is not None and str(getattr(urllib3, "__version__", "")).startswith("1."):
            # urllib3 1 can't have OpenSSL check an address that is a number; it checks names itself instead.
            context.check_hostname = False
        if context is not None and context.verify_mode is ssl.CERT_NONE:
            # The user has said so; a warning for each connection would only spoil the module's output.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def take_back(self) -> None:
        """Do not count the last request: it never left this machine."""
        with self._lock:
            self.calls -= 1

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        """Make the pool, with our TLS settings and our timed connections."""
        super().init_poolmanager(connections, maxsize, block=block, ssl_context=self._context, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        """Make the pool behind a proxy in the same way."""
        known = proxy in self.proxy_manager
        if not proxy.lower().startswith("socks"):
            more["proxy_ssl_context"] = self._context
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **more)
        if not known and not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """Keep requests (from 2.32 on) from choosing TLS settings of its own."""
        host, unused = super().build_connection_pool_key_attributes(request, True, None)
        return host, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Keep requests from adding certifi's authorities to each connection."""

    def send(
        self,
        request: Any,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Any:
        """Send one request and read its answer; the arguments after the first are those of this adapter.

        Raises what requests, urllib3 and the socket raise, and TooLarge.
        """
        with self._lock:
            self.calls += 1
        _now.deadline = time.monotonic() + self._seconds
        limits = (self._seconds, self._seconds)
        response: Any = super().send(request, stream=True, timeout=limits, verify=True, proxies=self._proxies)
        try:
            content = _read_all(response.raw)
        except BaseException:
            response.raw.close()
            raise
        finally:
            response.raw.release_conn()
        # What Response.content does itself, but within the limits above.
        response._content = content
        response._content_consumed = True
        return response


def _read_all(raw: Any) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        part = raw.read(_CHUNK, decode_content=True)
        if not part:
            break
        size += len(part)
        if size > MAX_ANSWER:
            raise TooLarge
        parts.append(part)
    # urllib3 1 does not mind an answer that is shorter than announced.
    if raw.length_remaining:
        raise http.client.IncompleteRead(b"", raw.length_remaining)
    return b"".join(parts)


class Digest(HTTPDigestAuth):
    """The digest login of requests, whose failures have one type; for one thread at a time."""

    def __init__(self, username: str, password: str) -> None:
        super().__init__(username, password)
        # What was answered belongs to this object, not to the thread that happened to use it.
        self._thread_local: Any = types.SimpleNamespace()

    def build_digest_header(self, method: str, url: str) -> str:
        """Return the header for a request. Raises UnknownChallenge."""
        stock: Any = super()
        try:
            header = stock.build_digest_header(method, url)
        except (KeyError, ValueError, AttributeError, TypeError):
            header = None
        if not header:
            raise UnknownChallenge
        return str(header)
