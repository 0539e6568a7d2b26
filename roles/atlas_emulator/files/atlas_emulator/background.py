# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting the emulator in the background: returns once it listens, or says why it does not."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

_PROGRAM = Path(__file__).resolve().parent
_PAUSE = 0.02


def start(arguments: Sequence[str], ready_file: Path, wait: float) -> int:
    """Start the program with these arguments, apart from its starter; return the exit code of the starter.

    ready_file: appears once it listens. wait: seconds. The new process keeps no stream, no terminal
    and no session of the starter, so that nothing waits for it.
    """
    ready_file.unlink(missing_ok=True)
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, str(_PROGRAM), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
            cwd="/",
        )
        end = time.monotonic() + wait
        while time.monotonic() < end and process.poll() is None:
            if ready_file.exists():
                return 0
            time.sleep(_PAUSE)
        if process.poll() is None:
            process.kill()
            print(f"atlas_emulator: it did not listen within {wait:g} seconds", file=sys.stderr)
            return 1
        errors.seek(0)
        print(errors.read().strip(), file=sys.stderr)
        return process.returncode or 1
