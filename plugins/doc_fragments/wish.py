# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tests/generate_docs.py from the argument specs and the table of services; change those instead.

"""What is wished of an integration."""

from __future__ import annotations


class ModuleDocFragment:
    """What is wished of an integration."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - Whether the integration exists.
      - V(absent) needs O(type) alone. Other options of the service are then ignored.
    type: str
    default: present
    choices:
      - present
      - absent
  update_secrets:
    description:
      - When secrets of an existing integration are written. Atlas never shows a secret again, only a mask of
        it.
      - V(auto) writes where the mask shows that Atlas holds another secret, or none. Where the mask shows too
        little to tell, nothing is written and a warning says so.
      - V(always), for which V(true) may be written, writes on every run.
      - V(on_create), for which V(false) may be written, leaves the secrets of an existing integration alone.
        They may then be left out of the task unless the integration has to be created.
    type: str
    default: auto
    choices:
      - auto
      - always
      - on_create
  clear:
    description:
      - Names of optional text options to empty, for example V(routing_key).
      - A required or boolean option cannot be emptied, nor can one that is given a value at the same time.
    type: list
    elements: str
  replaces:
    description:
      - The secrets that a rotation replaces, by option name, each with its old value. The new value is given
        in the option itself.
      - The new secret is written only where Atlas shows the old one. Where it shows the new one already, or
        another, or where nothing is configured, nothing is written at all.
    type: dict
"""
