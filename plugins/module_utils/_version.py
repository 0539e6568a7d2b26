# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The collection's version, for the User-Agent: galaxy.yml does not travel with a module, so it stands here too."""

from __future__ import annotations

VERSION = "0.1.0"
USER_AGENT = f"atlasops.integrations/{VERSION} (ansible)"
