# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of atlas_login hides what holds a token, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.atlasops.integrations.plugins.action.atlas_login import MODULE, ActionModule

TOKEN = "token-that-shows-nowhere"


def result_of(monkeypatch: pytest.MonkeyPatch, module_result: dict[str, Any]) -> dict[str, Any]:
    """Run the plugin around a module that ends with this result."""
    asked: list[Any] = []

    def execute(self: Any, **options: Any) -> dict[str, Any]:
        asked.append(options)
        return module_result

    monkeypatch.setattr(ActionBase, "run", lambda self, tmp=None, task_vars=None: {})
    monkeypatch.setattr(ActionBase, "_execute_module", execute)
    plugin = object.__new__(ActionModule)
    plugin._task = SimpleNamespace(no_log=False)
    result: dict[str, Any] = plugin.run(task_vars={"a": 1})
    assert plugin._task.no_log == result.get("_ansible_no_log", False)
    assert asked == [{"module_name": MODULE, "task_vars": {"a": 1}}]
    assert {name: result[name] for name in module_result} == module_result
    return result


@pytest.mark.parametrize(
    ("module_result", "hidden"),
    [
        ({"changed": False, "access_token": TOKEN}, True),
        ({"changed": False, "revoked": True}, True),
        ({"failed": True, "msg": "client_secret is wrong"}, False),
        ({"failed": True, "msg": "something else", "access_token": TOKEN}, True),
        ({"failed": True, "msg": "MODULE FAILURE", "module_stdout": f'{{"access_token": "{TOKEN}"'}, True),
        ({"failed": True, "msg": "MODULE FAILURE", "module_stderr": f"access_token={TOKEN}"}, True),
        ({"failed": True, "msg": "MODULE FAILURE", "module_stdout": "no Python here"}, False),
        ({"skipped": True}, True),
    ],
)
def test_what_is_hidden(monkeypatch: pytest.MonkeyPatch, module_result: dict[str, Any], hidden: bool) -> None:
    assert bool(result_of(monkeypatch, module_result).get("_ansible_no_log")) is hidden


def test_what_it_supports() -> None:
    assert ActionModule._supports_async is False
    assert ActionModule._supports_check_mode is True
