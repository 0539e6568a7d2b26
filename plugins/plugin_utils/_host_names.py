# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""From names of projects to names of hosts: unique, and usable in --limit, in patterns and as names of files."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

# Ansible gives these a meaning of their own.
RESERVED = frozenset(("all", "ungrouped", "localhost", "127.0.0.1"))
_SAFE = re.compile(r"\w[\w.-]*")
_UNSAFE = re.compile(r"[^\w.-]+")
# How much of its id a project shows when its name is not enough.
_ENDS = (6, 12, 24)


def safe_name(name: str) -> str:
    """Return a name with nothing in it that means something in a pattern of hosts; "" where nothing is left.

    Letters and digits of any script, points, dashes and underscores stay (composed, so that a name typed
    on another system is the same); each run of anything else becomes one underscore. A dash in front would
    be an option of a command, a point there a path.
    """
    composed = unicodedata.normalize("NFC", name)
    if _SAFE.fullmatch(composed):
        return composed
    return _UNSAFE.sub("_", composed).strip("_.-")


def host_names(wanted: Mapping[str, str]) -> dict[str, str]:
    """Return a host name for each project: its wished name made safe, and the end of its id where that is not unique.

    wanted: the wished names by project id. All projects of the same name get the end of their ids, so that
    a name never passes from one project to another when projects come and go.
    """
    safe = {ident: safe_name(name) for ident, name in wanted.items()}
    found = {ident: name for ident, name in safe.items() if name and name not in RESERVED}
    found.update({ident: _with_end(safe[ident], ident, _ENDS[0]) for ident in safe if ident not in found})
    length = dict.fromkeys(safe, 0)
    while True:
        counts = Counter(found.values())
        unclear = [ident for ident in safe if counts[found[ident]] > 1 and length[ident] < _ENDS[-1]]
        if not unclear:
            return {ident: found[ident] for ident in wanted}
        for ident in unclear:
            length[ident] = next(end for end in _ENDS if end > length[ident])
            found[ident] = _with_end(safe[ident], ident, length[ident])


def _with_end(name: str, ident: str, length: int) -> str:
    return f"{name or 'project'}_{ident[-length:]}"
