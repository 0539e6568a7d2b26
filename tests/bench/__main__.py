# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmarks: python tests/bench [--quick]; all on 127.0.0.1, and all figures of one run.

Ratios are what counts: a machine's speed is not this collection's. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from pathlib import Path

import fleet
import single
from harness import Ansible, emulator
from inventory import inventory


def main() -> None:
    """Run all benchmarks and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, one run each: to try the benchmarks")
    quick = parser.parse_args().quick
    runs, scale = (1, 10) if quick else (3, 1)
    print(f"Python {platform.python_version()}\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        ansible = Ansible(Path(folder))
        with emulator() as target:
            print(single.requests_of_one_task(ansible, target), flush=True)
            print(single.one_task(ansible, target, runs), flush=True)
            text, per_item = single.against_uri(ansible, target, 50 // scale)
            print(text, flush=True)
            print(single.one_login(ansible, target, 60 // scale), flush=True)
            print(fleet.nothing_to_do(ansible, target, 1000 // scale, 0, runs), flush=True)
            print(fleet.writes(ansible, target, 1000 // scale), flush=True)
            print(fleet.growth(ansible, target, [size // scale for size in (100, 1000, 5000)], per_item), flush=True)
            print(inventory(ansible, target, 5000 // scale), flush=True)
        with emulator(latency_ms=50) as target:
            print(fleet.nothing_to_do(ansible, target, 1000 // scale, 50, runs), flush=True)


if __name__ == "__main__":
    main()
