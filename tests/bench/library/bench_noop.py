# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bench_noop
short_description: Take the arguments of atlas_integration and do nothing
description: What a task costs before it does any work.
options: {}
"""

from ansible.module_utils.basic import AnsibleModule

TEXTS = "type state update_secrets api_key region project_id base_url public_key private_key"


def main():
    module = AnsibleModule({name: {"type": "str", "no_log": name.endswith("key")} for name in TEXTS.split()})
    module.exit_json(changed=False)


if __name__ == "__main__":
    main()
