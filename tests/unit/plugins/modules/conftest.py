# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module as a process would: arguments in, one JSON document and an exit status out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as core_warnings

# From 2.21 on the controller has to ask for invocation, and older cores do not know the question.
ASKS_FOR_INVOCATION = "_ansible_inject_invocation" in Path(basic.__file__).read_text("utf-8")


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Return a function that runs a module, imported, with arguments; env and check_mode are apart from them."""
    for name in list(os.environ):
        if name.startswith("MONGODB_ATLAS_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "argv", ["module"])

    def call(module: Any, env: Any = None, check_mode: bool = False, **params: Any) -> dict[str, Any]:
        for store in ("_global_warnings", "_global_deprecations"):
            monkeypatch.setattr(core_warnings, store, type(getattr(core_warnings, store))())
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        internals = {"_ansible_check_mode": check_mode}
        if ASKS_FOR_INVOCATION:
            internals["_ansible_inject_invocation"] = True
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**params, **internals}}).encode()
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", arguments)
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy")
        with pytest.raises(SystemExit) as ended:
            module.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        result: dict[str, Any] = json.loads(out)
        assert bool(ended.value.code) == bool(result.get("failed"))
        return result

    return call
