# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Atlas emulator as a fixture: one server for the whole run, as new for each test.

`emulator` has base_url, public_key, private_key, client_id, client_secret, project_id, org_id,
switch(**switches), and control: reset, seed, state, change, journal, clear_journal, counts,
faults, switches, switch, expire. `emulator_factory` starts further ones, with a table of its own too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "roles" / "atlas_emulator" / "files"
if str(PROGRAM) not in sys.path:
    sys.path.insert(0, str(PROGRAM))


def _start(**options: Any) -> Any:
    from atlas_emulator.embedded import start

    return start(**options)


@pytest.fixture(scope="session")
def emulator_server() -> Iterator[Any]:
    """Return the one emulator of the run; tests want `emulator`."""
    server = _start()
    yield server
    server.stop()


@pytest.fixture
def emulator(emulator_server: Any) -> Any:
    """Return the emulator as it is just after its start."""
    emulator_server.control.reset()
    return emulator_server


@pytest.fixture
def emulator_factory() -> Iterator[Callable[..., Any]]:
    """Return a function that starts further emulators: table, switches, seed, port."""
    started = []

    def make(**options: Any) -> Any:
        started.append(_start(**options))
        return started[-1]

    yield make
    for server in started:
        server.stop()
