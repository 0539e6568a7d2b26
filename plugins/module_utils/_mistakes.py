# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What a user is told of a mistake of this collection itself, in place of a traceback."""

from __future__ import annotations

import os
import traceback

from ansible_collections.atlasops.integrations.plugins.module_utils._version import VERSION


def internal_error(exc: BaseException) -> str:
    """Return a message for a mistake of this collection: where it happened, and no value, which may be secret."""
    places = [f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in traceback.extract_tb(exc.__traceback__)]
    return (
        f"internal error of atlasops.integrations {VERSION}: {type(exc).__name__} at {' > '.join(places[-4:])};"
        " please report this message, with your version of ansible-core, to the maintainers of the collection"
    )
