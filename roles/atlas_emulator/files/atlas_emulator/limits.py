# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Token buckets: how many requests Atlas takes from a project, a credential or an organisation."""

from __future__ import annotations

import math
import time
from typing import Optional

from .answers import Refusal
from .switches import Switches


class Buckets:
    """One bucket for each scope and key, full at first. Scopes: project, user, org."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._held: dict[tuple[str, str], tuple[float, float]] = {}

    def clear(self) -> None:
        """Fill every bucket."""
        self._held.clear()

    def take(self, scope: str, key: str) -> Optional[tuple[int, int]]:
        """Take one token; return (limit, remaining), None where limits are off. Raises Refusal 429."""
        switches = self._switches
        if not switches.rate_limits:
            return None
        if scope == "project":
            capacity, refill = switches.project_capacity, switches.project_refill
        elif scope == "user":
            capacity, refill = switches.user_capacity, switches.user_refill
        else:
            capacity, refill = switches.org_capacity, switches.org_refill
        now = time.monotonic()
        held = self._held.get((scope, key))
        rate = refill / (switches.refill_seconds or 1e-9)
        tokens = float(capacity) if held is None else min(float(capacity), held[0] + (now - held[1]) * rate)
        if tokens < 1:
            self._held[(scope, key)] = (tokens, now)
            wait = max(1, math.ceil((1 - tokens) / rate)) if rate else 3600
            self._refuse(wait, capacity, refill)
        self._held[(scope, key)] = (tokens - 1, now)
        return capacity, int(tokens - 1)

    def _refuse(self, wait: int, capacity: int, refill: int) -> None:
        seconds = int(self._switches.refill_seconds)
        raise Refusal(
            429,
            "RATE_LIMITED_TOKEN_BUCKET",
            f"Rate limit exceeded: retry in {wait} seconds."
            f" The bucket holds {capacity} requests and gets {refill} back every {seconds} seconds.",
            [wait, capacity, refill, seconds],
            headers=[("Retry-After", str(wait)), ("Ratelimit-Limit", str(capacity)), ("Ratelimit-Remaining", "0")],
        )
