# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down every event that callbacks get, as log shippers and AWX see it."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: record
type: notification
short_description: Writes events into a file
description: Writes every event into the file C(record.txt).
author: atlasops maintainers (@atlasops)
"""


class CallbackModule(CallbackBase):
    """Collects events."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, event: str, outcome: Any) -> None:
        # Its name changed in ansible-core 2.19.
        data = outcome.result if hasattr(type(outcome), "result") else outcome._result
        with open(os.path.join(os.environ["ATLAS_LOGIN_FOLDER"], "record.txt"), "a", encoding="utf-8") as stream:
            stream.write(json.dumps([event, outcome.task_name, data], default=repr) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record("runner_on_ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record("runner_on_failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._record("runner_on_skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record("runner_on_unreachable", result)

    def v2_runner_retry(self, result: Any) -> None:
        self._record("runner_retry", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._record("runner_item_on_ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._record("runner_item_on_failed", result)
