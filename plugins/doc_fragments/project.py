# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tests/generate_docs.py from the argument specs and the table of services; change those instead.

"""Which project is meant."""

from __future__ import annotations


class ModuleDocFragment:
    """Which project is meant."""

    DOCUMENTATION = r"""
options:
  project_id:
    description:
      - ID of the project, 24 lower-case hexadecimal digits. Atlas calls projects groups as well.
      - Exactly one of O(project_id) and O(project_name) names the project.
      - The environment variable E(MONGODB_ATLAS_PROJECT_ID) is used where the task sets neither O(project_id)
        nor O(project_name).
    type: str
    aliases:
      - group_id
      - groupId
  project_name:
    description:
      - Name of the project. It takes one more request than O(project_id).
      - Exactly one of O(project_id) and O(project_name) names the project.
    type: str
  org_id:
    description:
      - ID of the organization, 24 lower-case hexadecimal digits.
      - It tells projects apart where the name in O(project_name) exists in more than one organization.
      - Where it is not set, the value comes from the environment variable E(MONGODB_ATLAS_ORG_ID).
    type: str
"""
