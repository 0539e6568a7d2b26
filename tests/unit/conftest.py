# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every unit test shares; the same files run under plain pytest and under ansible-test units."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make_importable() -> None:
    """Let Python find the checkout as ansible_collections.atlasops.integrations, where nobody else sees to it.

    ansible-test brings a loader of its own; plain pytest gets a temporary tree with a symbolic link to the checkout.
    """
    try:
        if importlib.util.find_spec("ansible_collections.atlasops.integrations"):
            return
    except ModuleNotFoundError:
        pass
    # Kept for the life of the process: it is removed when the interpreter ends.
    make_importable.tree = tempfile.TemporaryDirectory(prefix="atlasops-")  # type: ignore[attr-defined]
    link = Path(make_importable.tree.name, "ansible_collections", "atlasops", "integrations")  # type: ignore[attr-defined]
    link.parent.mkdir(parents=True)
    link.symlink_to(ROOT)
    sys.path.insert(0, make_importable.tree.name)  # type: ignore[attr-defined]


make_importable()

try:
    from hypothesis import settings
except ImportError:
    pass
else:
    # The same examples on every machine: a failure that shows once shows again. Without CI they vary.
    settings.register_profile("local", deadline=None, database=None)
    settings.register_profile("ci", deadline=None, database=None, derandomize=True)
    settings.load_profile("ci" if os.environ.get("CI") else "local")

sys.path.insert(0, str(Path(__file__).parent))


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the fixtures that run the emulator."""
    config.pluginmanager.import_plugin("emulator_fixture")
