# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tests/generate_docs.py from the argument specs and the table of services; change those instead.

"""What modules support."""

from __future__ import annotations


class ModuleDocFragment:
    """What modules support."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict what it would change without changing anything in Atlas.
  diff_mode:
    description: Returns details on what has changed, or would change in C(check_mode), when run in diff mode.
  idempotent:
    description: When run twice in a row with the same arguments, the second run changes nothing.
  action_group:
    description: Use C(group/atlasops.integrations.atlas) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - atlasops.integrations.atlas
"""
