# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name and keeps its token out of everything that Ansible shows.

A module cannot do that: its _ansible_no_log is dropped, and what is among its no_log values is
replaced in its result as well, where the token is needed.
"""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

MODULE = "atlasops.integrations.atlas_login"


class ActionModule(ActionBase):  # type: ignore[misc]
    """The controller's part of atlas_login."""

    _supports_check_mode = True
    # The file with the result of an async task, and what polls it, would show the token.
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module's result, hidden unless it is a failure that holds no token."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        result.update(self._execute_module(module_name=MODULE, task_vars=task_vars))
        if not result.get("failed") or holds_token(result):
            result["_ansible_no_log"] = True
            # Before ansible-core 2.19 the result of a whole loop, which callbacks get too, is hidden by its task alone.
            self._task.no_log = True
        return result


def holds_token(result: dict[str, Any]) -> bool:
    """Tell whether a failed result may hold a token: its own, or in the output of a module that broke off."""
    output = "".join(str(result.get(name, "")) for name in ("module_stdout", "module_stderr"))
    return "access_token" in result or "access_token" in output
