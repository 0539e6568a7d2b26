# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tests/generate_docs.py from the argument specs and the table of services; change those instead.

"""Which of many projects are meant."""

from __future__ import annotations


class ModuleDocFragment:
    """Which of many projects are meant."""

    DOCUMENTATION = r"""
options:
  org_id:
    description:
      - ID of the organization, 24 lower-case hexadecimal digits.
      - Only projects of this organization are meant, and one that is named and not among them is an error. It
        also tells projects of the same name apart.
      - From the environment it does the same, but projects that are named by their ID are taken as they are.
      - Where it is not set, the value comes from the environment variable E(MONGODB_ATLAS_ORG_ID).
    type: str
  project_pattern:
    description:
      - Narrows the projects to those whose name matches a shell pattern, for example V(prod-*). Upper and
        lower case differ.
    type: str
  project_tags:
    description:
      - Narrows the projects to those that have all of these tags, by key. A value may be a list of the values
        that are allowed.
    type: dict
  exclude_projects:
    description:
      - Projects to leave out, by ID or by name. One that does not exist is an error, because it may be
        mistyped; an ID is looked up where the list of projects is read, which is not done for projects named
        by ID alone.
    type: list
    elements: str
"""
