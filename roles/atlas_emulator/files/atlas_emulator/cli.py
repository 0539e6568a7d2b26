# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: starts the emulator, says how to use it, and ends it cleanly."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

from . import background
from .control import Control
from .embedded import new_credentials
from .emulator import Emulator
from .facts import load_table
from .owner import PAUSE, Owner, parent_of
from .seed import SeedError
from .server import HOST, Server
from .store import StateFile, StateFileError, read_seed, write_private
from .switches import ALL, SwitchError, parse_assignments
from .world import DEFAULT_PROJECT, Credential

_SAVE_PAUSE = 0.2
_READY_SECONDS = 30.0
_EPILOG = """\
switches (NAME=VALUE, several allowed, also settable while it runs):
{switches}

control plane, with the header X-Emulator-Token: GET /_emulator/ describes the rest
  POST reset, POST seed, GET state, POST change, GET or DELETE journal, GET counts,
  GET, PUT, POST or DELETE faults, GET or PATCH switches, POST expire, POST stop
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    lines = []
    for switch in ALL:
        allowed = " | ".join(str(c) for c in switch.choices) if switch.choices else "a value"
        lines.append(f"  {switch.name}: {switch.words}\n      {allowed} (default {switch.default!r})")
    made = argparse.ArgumentParser(
        prog="atlas_emulator",
        allow_abbrev=False,
        description="An emulated MongoDB Atlas on 127.0.0.1: projects and their integrations, API v1.0 and v2.",
        epilog=_EPILOG.format(switches="\n".join(lines)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--port", type=int, default=0, help="port to listen on; 0 (default) takes a free one")
    made.add_argument("--seed", type=_path, metavar="FILE", help="JSON file with organisations and projects")
    made.add_argument(
        "--state-file", type=_path, metavar="FILE", help="keep the state in this file; it wins over a seed"
    )
    made.add_argument("--latency-ms", type=float, metavar="N", help="hold every answer back for so long")
    made.add_argument(
        "--switch", action="append", default=[], metavar="NAME=VALUE", help="see below; a JSON object too"
    )
    made.add_argument(
        "--ready-file", type=_path, metavar="FILE", help="write URLs and credentials here once it listens"
    )
    made.add_argument("--owner-pid", type=int, metavar="PID", help="end when this process ends")
    made.add_argument("--owner-child", type=int, metavar="PID", help="end when the parent of this process ends")
    made.add_argument("--background", action="store_true", help="return once it listens; wants --ready-file")
    made.add_argument("--quiet", action="store_true", help="print nothing")
    return made


def _path(text: str) -> Optional[Path]:
    """Return a path; an empty text is none, as everywhere in this collection."""
    return Path(text).absolute() if text else None


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the emulator until it is told to end; return the exit code."""
    options = parser().parse_args(arguments)
    if options.owner_child is not None:
        options.owner_pid = parent_of(options.owner_child)
        if options.owner_pid is None:
            print(f"atlas_emulator: no parent of process {options.owner_child} found", file=sys.stderr)
            return 2
    if options.background:
        return _background(options, list(sys.argv[1:] if arguments is None else arguments))
    try:
        program = Program(options)
        asyncio.run(program.run())
    except (StateFileError, SeedError, SwitchError) as error:
        print(f"atlas_emulator: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"atlas_emulator: cannot listen on {HOST}, port {options.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _background(options: argparse.Namespace, arguments: list[str]) -> int:
    if options.ready_file is None:
        print("atlas_emulator: --background wants --ready-file, where URLs and credentials go", file=sys.stderr)
        return 2
    kept = [a for a in arguments if a != "--background"]
    for name in ("ready_file", "seed", "state_file"):  # the new process lives in another folder
        if getattr(options, name) is not None:
            option = f"--{name.replace('_', '-')}"
            kept = [*_without(kept, option), option, str(getattr(options, name))]
    if options.owner_child is not None:
        kept = [*_without(kept, "--owner-child"), "--owner-pid", str(options.owner_pid)]
    code = background.start([*kept, "--quiet"], options.ready_file, _READY_SECONDS)
    if code == 0 and not options.quiet:
        print(_welcome(json.loads(options.ready_file.read_text(encoding="utf-8")), "until it is stopped"), flush=True)
    return code


def _without(arguments: list[str], name: str) -> list[str]:
    """Return arguments without an option and its value, in both its forms."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if not skip and argument != name and not argument.startswith(f"{name}="):
            kept.append(argument)
        skip = argument == name
    return kept


class Program:
    """One run of the program."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        switches = parse_assignments(options.switch)
        if options.latency_ms is not None:
            switches["latency_ms"] = options.latency_ms
        self._emulator = Emulator(
            load_table(own=True), switches, (read_seed(options.seed) or None) if options.seed else None
        )
        self._file = StateFile(options.state_file, self._emulator.world) if options.state_file else None
        self._ended: asyncio.Event = None  # type: ignore[assignment]  # made inside the loop, as Python 3.9 wants it
        self._save_planned = False
        self._save_seconds = 0.0
        self._token = secrets.token_urlsafe(24)
        self._pair, self._account = new_credentials()
        self._prepare()

    def _prepare(self) -> None:
        self._emulator.begin([self._pair, self._account])
        if self._file is not None and self._file.load():
            pair, account = self._file.credentials()
            self._pair, self._account = pair or self._pair, account or self._account
            self._emulator.keep_credentials([self._pair, self._account])
        elif self._file is not None:
            self._file.save()

    async def run(self) -> None:
        """Listen, tell how to use it, and wait for the end."""
        loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        control = Control(self._emulator, self._token, self._end_soon)
        server = Server(self._emulator, control, self._plan_save)
        base_url = await server.listen(self._options.port)
        watching = loop.create_task(self._watch()) if self._options.owner_pid else None
        facts = self._facts(base_url)
        try:
            if self._options.ready_file is not None:
                write_private(self._options.ready_file, facts)
            if not self._options.quiet:
                print(_welcome(facts, "until Ctrl-C"), flush=True)
            await self._ended.wait()
        finally:
            if watching is not None:
                watching.cancel()
            await server.close()
            if self._file is not None:
                self._file.save()
            if self._options.ready_file is not None:
                self._options.ready_file.unlink(missing_ok=True)

    def _facts(self, base_url: str) -> dict[str, Any]:
        pair: Credential = self._pair
        account: Credential = self._account
        return {
            "base_url": base_url,
            "control_url": f"{base_url}/_emulator",
            "control_token": self._token,
            "public_key": pair.id,
            "private_key": pair.secret,
            "client_id": account.id,
            "client_secret": account.secret,
            "project_id": next(iter(self._emulator.world.projects), DEFAULT_PROJECT),
            "pid": os.getpid(),
        }

    def _end_soon(self) -> None:
        # The answer to the request that asked for the end goes out first.
        asyncio.get_running_loop().call_later(0.05, self._ended.set)

    async def _watch(self) -> None:
        owner = Owner(self._options.owner_pid, self._ended.set)
        while owner.look():
            await asyncio.sleep(PAUSE)

    def _plan_save(self) -> None:
        """Save soon: many writes in a row cost one save."""
        if self._file is None or self._save_planned:
            return
        self._save_planned = True
        # A large state takes long to write: most of the time belongs to the requests all the same.
        asyncio.get_running_loop().call_later(max(_SAVE_PAUSE, 10 * self._save_seconds), self._save)

    def _save(self) -> None:
        self._save_planned = False
        if self._file is not None:
            begun = time.monotonic()
            self._file.save()
            self._save_seconds = time.monotonic() - begun


def _welcome(facts: dict[str, Any], how_long: str) -> str:
    return f"""\
The Atlas emulator listens on {facts["base_url"]} {how_long}. In a shell, with a key pair:

  export MONGODB_ATLAS_BASE_URL={facts["base_url"]}
  export MONGODB_ATLAS_PUBLIC_API_KEY={facts["public_key"]}
  export MONGODB_ATLAS_PRIVATE_API_KEY={facts["private_key"]}
  export MONGODB_ATLAS_PROJECT_ID={facts["project_id"]}

or with a service account in place of the keys:

  export MONGODB_ATLAS_CLIENT_ID={facts["client_id"]}
  export MONGODB_ATLAS_CLIENT_SECRET={facts["client_secret"]}

The control plane (what it holds, what was asked, faults, switches), and its end:

  curl -H 'X-Emulator-Token: {facts["control_token"]}' {facts["control_url"]}/
  curl -H 'X-Emulator-Token: {facts["control_token"]}' -X POST {facts["control_url"]}/stop
"""
