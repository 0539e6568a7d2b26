# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tests/generate_docs.py from the argument specs and the table of services; change those instead.

"""How Atlas is asked to answer."""

from __future__ import annotations


class ModuleDocFragment:
    """How Atlas is asked to answer."""

    DOCUMENTATION = r"""
options:
  envelope:
    description:
      - Whether to ask Atlas to wrap its answer together with the HTTP status, which some proxies need.
      - The result of the module is the same.
    type: bool
    default: false
  pretty:
    description:
      - Whether to ask Atlas for indented JSON. The result of the module is the same.
    type: bool
    default: false
"""
