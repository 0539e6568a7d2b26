# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to the table of services: the emulator checks and masks by the table that the modules use."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[4]
TABLE = "ansible_collections.atlasops.integrations.plugins.module_utils._services"


def load_table(own: bool = False) -> Any:
    """Return SERVICES of this collection.

    own: insist on the table beside this file, whatever else is installed. Started from a shell,
    Python knows nothing of collections: then the namespace packages that lead to this file's own
    checkout are made here. Raises ImportError where the table is missing.
    """
    if not own:
        try:
            return importlib.import_module(TABLE).SERVICES
        except ImportError:
            pass
    for name, path in (
        ("ansible_collections", None),
        ("ansible_collections.atlasops", None),
        ("ansible_collections.atlasops.integrations", ROOT),
    ):
        if name not in sys.modules or path is not None:
            package = types.ModuleType(name)
            package.__path__ = [] if path is None else [str(path)]
            sys.modules[name] = package
    return importlib.import_module(TABLE).SERVICES
