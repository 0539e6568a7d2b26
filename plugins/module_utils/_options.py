# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Connection and project options: names, aliases, environment variables, defaults.

Argument specs, documentation and the resolver all derive from these declarations. No default is
declared where the environment may give a value, because a default would hide it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from ansible_collections.atlasops.integrations.plugins.module_utils._services import API_VERSIONS


def blank(value: Any) -> bool:
    """Tell whether a value counts as not given: null, or an empty text (AWX sends one for a blank field)."""
    return value is None or (isinstance(value, (str, bytes)) and not value)


@dataclass(frozen=True)
class Setting:
    """One connection or project option. variables: the environment, in order of precedence."""

    name: str
    type: str = "str"
    aliases: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    default: Any = None
    choices: tuple[str, ...] = ()
    secret: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The option's name and its aliases."""
        return (self.name, *self.aliases)

    def given(self, options: Mapping[str, Any]) -> Any:
        """Return the value among options under this name or an alias; None where it is left out or empty."""
        values = (options.get(name) for name in self.names)
        return next((v for v in values if not blank(v)), None)

    def from_environment(self, env: Mapping[str, str]) -> Optional[str]:
        """Return the first variable that is set and not empty, else None."""
        return next((env[name] for name in self.variables if env.get(name)), None)


PUBLIC_KEY = Setting(
    "public_key",
    aliases=("api_username", "apiUsername"),
    variables=("MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PUBLIC_KEY"),
)
PRIVATE_KEY = Setting(
    "private_key",
    aliases=("api_password", "apiPassword"),
    variables=("MONGODB_ATLAS_PRIVATE_API_KEY", "MONGODB_ATLAS_PRIVATE_KEY"),
    secret=True,
)
CLIENT_ID = Setting("client_id", aliases=("service_account_id",), variables=("MONGODB_ATLAS_CLIENT_ID",))
CLIENT_SECRET = Setting(
    "client_secret", aliases=("service_account_secret",), variables=("MONGODB_ATLAS_CLIENT_SECRET",), secret=True
)
ACCESS_TOKEN = Setting("access_token", variables=("MONGODB_ATLAS_ACCESS_TOKEN",), secret=True)
BASE_URL = Setting("base_url", aliases=("api_url",), variables=("MONGODB_ATLAS_BASE_URL",))
API_VERSION = Setting("api_version", variables=("MONGODB_ATLAS_API_VERSION",), choices=API_VERSIONS)
VALIDATE_CERTS = Setting("validate_certs", "bool", default=True)
CA_PATH = Setting("ca_path", "path")
USE_PROXY = Setting("use_proxy", "bool", default=True)
TIMEOUT = Setting("timeout", "float", default=30.0)
RATE_LIMIT_RETRY_TIMEOUT = Setting("rate_limit_retry_timeout", "float", default=120.0)

CONNECTION_SETTINGS = (
    PUBLIC_KEY,
    PRIVATE_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    ACCESS_TOKEN,
    BASE_URL,
    API_VERSION,
    VALIDATE_CERTS,
    CA_PATH,
    USE_PROXY,
    TIMEOUT,
    RATE_LIMIT_RETRY_TIMEOUT,
)

# Identifiers are shown. Where somebody has exchanged the two halves of credentials they hold a secret.
_IDENTIFIERS = (*PUBLIC_KEY.names, *CLIENT_ID.names)
_SECRET_FORM = re.compile(r"\s*(mdb_sa_sk_.*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*", re.IGNORECASE | re.DOTALL)


def misplaced_secret(name: str, value: Any) -> bool:
    """Tell whether an option for an identifier holds what has the form of the secret that belongs to it."""
    return name in _IDENTIFIERS and isinstance(value, str) and _SECRET_FORM.fullmatch(value) is not None


PROJECT_ID = Setting("project_id", aliases=("group_id", "groupId"), variables=("MONGODB_ATLAS_PROJECT_ID",))
PROJECT_NAME = Setting("project_name")
ORG_ID = Setting("org_id", variables=("MONGODB_ATLAS_ORG_ID",))

PROJECT_SETTINGS = (PROJECT_ID, PROJECT_NAME, ORG_ID)


@dataclass(frozen=True)
class Kind:
    """One kind of credentials. parts: the identifier, where it has one, and then the secret."""

    name: str
    words: str
    parts: tuple[Setting, ...]


# In the order in which the environment is searched.
KINDS = (
    Kind("token", "an access token", (ACCESS_TOKEN,)),
    Kind("service_account", "a service account", (CLIENT_ID, CLIENT_SECRET)),
    Kind("key_pair", "an API key pair", (PUBLIC_KEY, PRIVATE_KEY)),
)
