# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options by type, as setup_emulator has them, to a list as the modules take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def listed(options: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each type with its options in one dictionary."""
    return [{"type": name, **given} for name, given in options.items()]


class FilterModule:
    """The filter of this target."""

    def filters(self) -> dict[str, Any]:
        """Return it by name."""
        return {"atlas_listed": listed}
