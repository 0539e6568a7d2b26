# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entry point of `python3 .../files/atlas_emulator`: makes the folder importable as a package, then starts it."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python put this folder itself first; its parent is what `atlas_emulator.x` is found in.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from atlas_emulator.cli import main

    sys.exit(main())
