# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The work of the module atlas_login: obtains one token of a service account for a whole play, and ends it.

Source: Atlas docs, "Service Accounts" and "Rate Limits" (token requests a minute, live tokens).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Optional

from ansible_collections.atlasops.integrations.plugins.module_utils._client import AtlasClient
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import AtlasOpsError, OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._http import Transport
from ansible_collections.atlasops.integrations.plugins.module_utils._integration import fail
from ansible_collections.atlasops.integrations.plugins.module_utils._options import ACCESS_TOKEN
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import (
    connection_problems,
    resolve_connection,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import ABSENT


def problems(options: Mapping[str, Any], env: Mapping[str, str]) -> list[str]:
    """Return everything that is wrong with options and environment, as sentences, before any request."""
    if _nothing_to_end(options):
        return []
    return connection_problems(options, env, token_with_account=True)


def _nothing_to_end(options: Mapping[str, Any]) -> bool:
    # A failed login leaves no token behind; ending that must not hide why it failed.
    return options.get("state") == ABSENT and ACCESS_TOKEN.given(options) is None


def run(
    options: Mapping[str, Any],
    env: Mapping[str, str],
    check_mode: bool,
    *,
    diff_mode: bool = False,
    transport: Optional[Transport] = None,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.time,
) -> dict[str, Any]:
    """Log in, or end the token of an earlier login; return the module's result.

    Check mode does the same, because all that follows needs the token. The arguments are those of the
    function of the same name for one integration; now: seconds since 1970. The result has failed with
    msg after a failure; nothing of that kind is raised. The token is in access_token, and must be hidden
    by whoever shows the result.
    """
    result: dict[str, Any] = {"changed": False, "api_calls": 0, "warnings": [], "deprecations": []}
    ending = options.get("state") == ABSENT
    if ending:
        result["revoked"] = False
    found = problems(options, env)
    if found:
        return {**result, "failed": True, "msg": OptionError(found).message}
    if _nothing_to_end(options):
        return result
    resolved = resolve_connection(options, env, token_with_account=True)
    client = AtlasClient(resolved.connection, transport=transport, sleep=sleep)
    try:
        with client:
            if ending:
                client.logout(str(ACCESS_TOKEN.given(options)))
                result["revoked"] = True
            else:
                asked = now()
                token = client.login()
                result.update(access_token=token.value, expires_at=moment(asked + token.lifetime))
    except AtlasOpsError as exc:
        fail(result, exc)
    result["warnings"] += [*resolved.warnings, *client.warnings]
    result["live_secrets"] = client.live_secrets()
    result["api_calls"] = client.api_calls
    return result


def moment(seconds: float) -> str:
    """Return a point in time, given in seconds since 1970, as ISO 8601 in UTC."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
