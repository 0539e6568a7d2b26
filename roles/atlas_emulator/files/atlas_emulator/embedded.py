# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator inside another Python program: a thread with an event loop of its own. Unit tests use it so."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Mapping
from typing import Any, Callable, Optional

from .control import TOKEN_HEADER, Control
from .emulator import Emulator
from .facts import load_table
from .server import Server
from .world import DEFAULT_ORG, DEFAULT_PROJECT, Credential


def new_credentials() -> tuple[Credential, Credential]:
    """Return a fresh key pair and a fresh service account, both project owners."""
    public = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for unused in range(8))
    pair = Credential("key_pair", public, secrets.token_hex(18))
    return pair, Credential(
        "service_account", f"mdb_sa_id_{secrets.token_hex(12)}", f"mdb_sa_sk_{secrets.token_urlsafe(32)}"
    )


class InLoop:
    """The methods of the control plane, callable from any thread: each runs in the emulator's loop."""

    def __init__(self, control: Control, run: Callable[[Callable[[], Any]], Any]) -> None:
        self._control = control
        self._run = run

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._control, name)
        return lambda *args, **options: self._run(lambda: method(*args, **options))


class Embedded:
    """A running emulator. Attributes: base_url, public_key, private_key, client_id, client_secret, project_id, org_id,
    control (reset, seed, state, change, journal, clear_journal, counts, faults, switches, switch, expire)."""

    project_id = DEFAULT_PROJECT
    org_id = DEFAULT_ORG

    def __init__(
        self,
        table: Any = None,
        switches: Optional[Mapping[str, Any]] = None,
        seed: Optional[Mapping[str, Any]] = None,
        port: int = 0,
    ) -> None:
        pair, account = new_credentials()
        self.public_key, self.private_key = pair.id, pair.secret
        self.client_id, self.client_secret = account.id, account.secret
        self.control_token = secrets.token_urlsafe(24)
        self._emulator = Emulator(table if table is not None else load_table(), switches, seed)
        self._emulator.begin([pair, account])
        self._plane = Control(self._emulator, self.control_token)
        self._server = Server(self._emulator, self._plane)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="atlas-emulator", daemon=True)
        self._thread.start()
        self.base_url: str = asyncio.run_coroutine_threadsafe(self._server.listen(port), self._loop).result(10)
        self.control: Any = InLoop(self._plane, self._run)

    @property
    def control_url(self) -> str:
        """URL of the control plane, for the same over HTTP with the token as header."""
        return f"{self.base_url}/_emulator"

    @property
    def control_headers(self) -> dict[str, str]:
        """The header that the control plane wants."""
        return {TOKEN_HEADER: self.control_token}

    def switch(self, **values: Any) -> Any:
        """Set some switches."""
        return self.control.switch(**values)

    def stop(self) -> None:
        """End it; twice is fine."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._server.close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, work: Callable[[], Any]) -> Any:
        async def call() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(60)


def start(
    table: Any = None,
    switches: Optional[Mapping[str, Any]] = None,
    seed: Optional[Mapping[str, Any]] = None,
    port: int = 0,
) -> Embedded:
    """Start an emulator in a thread of this process and return it once it listens."""
    return Embedded(table, switches, seed, port)
