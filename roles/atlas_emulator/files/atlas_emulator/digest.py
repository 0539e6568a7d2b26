# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP digest as Atlas asks for it: MD5, qop=auth, nonces that expire by time and by use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import time
from typing import Optional

from .switches import Switches
from .wire import Request
from .world import Credential, World

REALM = "MMS Public API"
_FIELDS = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_WINDOW = 256
_KNOWN_NONCES = 100000


def md5(text: str) -> str:
    """Return the MD5 of a text as digest wants it."""
    return hashlib.md5(text.encode("utf-8")).hexdigest()  # nosec - the protocol asks for it


class Nonce:
    """How often one nonce was used. seen: a bit for each of the last counts, the lowest for the highest count."""

    __slots__ = ("highest", "seen", "uses")

    def __init__(self) -> None:
        self.highest = 0
        self.seen = 0
        self.uses = 0

    def take(self, count: int) -> bool:
        """Note a nonce count; False where it was used before. Counts may overtake each other within a window."""
        if count > self.highest:
            ahead = count - self.highest
            self.seen = ((self.seen << ahead) | 1) & ((1 << _WINDOW) - 1) if ahead < _WINDOW else 1
            self.highest = count
            return True
        bit = self.highest - count
        if bit >= _WINDOW or self.seen >> bit & 1:
            return False
        self.seen |= 1 << bit
        return True


class Digest:
    """Challenges and verifies. Nonces carry their time and a signature, so a forged one is never stale."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._switches = switches
        self._key = os.urandom(16)
        self._nonces: dict[str, Nonce] = {}
        self._generation = 0
        self._count = 0

    def expire(self) -> None:
        """Make every nonce handed out so far stale."""
        self._generation = (self._generation + 1) & 0xFFFF
        self._nonces.clear()

    def challenge(self, stale: bool = False) -> str:
        """Return the value of a Www-Authenticate header."""
        return (
            f'Digest realm="{REALM}", domain="", nonce="{self._new_nonce()}", algorithm=MD5, qop="auth",'
            f" stale={'true' if stale else 'false'}"
        )

    def verify(self, request: Request, value: str) -> tuple[Optional[Credential], bool]:
        """Return the key pair behind an Authorization header, or None and whether only its nonce is stale."""
        given = {name.lower(): quoted or bare for name, quoted, bare in _FIELDS.findall(value)}
        credential = self._world.key_pairs.get(given.get("username", ""))
        if credential is None or given.get("realm") != REALM or given.get("qop") != "auth":
            return None, False
        uri, nonce, count = given.get("uri", ""), given.get("nonce", ""), given.get("nc", "")
        if uri != request.target or not re.fullmatch(r"[0-9a-fA-F]{8}", count) or not given.get("cnonce"):
            return None, False
        if given.get("algorithm", "MD5").upper() != "MD5":
            return None, False
        made = self._signed_at(nonce)
        expected = md5(
            f"{self._ha1(credential)}:{nonce}:{count}:{given['cnonce']}:auth:{md5(f'{request.method}:{uri}')}"
        )
        if made is None or not hmac.compare_digest(expected.encode(), given.get("response", "").lower().encode()):
            return None, False
        return (credential, False) if self._fresh(nonce, made, int(count, 16)) else (None, True)

    def _ha1(self, credential: Credential) -> str:
        known = credential.hashes.get("ha1")
        if known is None:
            known = credential.hashes["ha1"] = md5(f"{credential.id}:{REALM}:{credential.secret}")
        return known

    def _fresh(self, nonce: str, made: int, count: int) -> bool:
        switches = self._switches
        if not made or _now() - made > switches.nonce_seconds * 1000:
            self._nonces.pop(nonce, None)
            return False
        held = self._nonces.get(nonce)
        if held is None:
            if len(self._nonces) >= _KNOWN_NONCES:
                self._nonces.clear()
            held = self._nonces[nonce] = Nonce()
        held.uses += 1
        if switches.nonce_uses and held.uses > switches.nonce_uses:
            return False
        return not switches.nonce_count or (count > 0 and held.take(count))

    def _new_nonce(self) -> str:
        self._count = (self._count + 1) & 0xFFFF
        parts = ((_now(), 6), (self._generation, 2), (self._count, 2))
        stamp = b"".join(number.to_bytes(size, "big") for number, size in parts)
        return base64.b64encode(stamp + self._sign(stamp)).decode("ascii")

    def _sign(self, stamp: bytes) -> bytes:
        return hmac.new(self._key, stamp, hashlib.sha256).digest()[:14]

    def _signed_at(self, nonce: str) -> Optional[int]:
        """Return when a nonce was made, 0 where it was ended since, None where it was not made here. Milliseconds."""
        try:
            raw = base64.b64decode(nonce, validate=True)
        except ValueError:
            return None
        if len(raw) != 24 or not hmac.compare_digest(raw[10:], self._sign(raw[:10])):
            return None
        return int.from_bytes(raw[:6], "big") if int.from_bytes(raw[6:8], "big") == self._generation else 0


def _now() -> int:
    return int(time.monotonic() * 1000)
