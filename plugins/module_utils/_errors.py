# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Expected failures, each with one sentence for the user, and the advice for what Atlas refuses.

The codes are those of the table "Atlas Administration API Error Codes" and of recorded answers.
Nothing here knows a credential; what a server echoes is scrubbed where a result leaves the module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

# Longer texts are a server's mistake; an error message is no place for a page of HTML.
MAX_DETAIL = 600
# Stands where the rest of a text was cut off.
CUT = "..."


class AtlasOpsError(Exception):
    """Base of all failures that are expected; message is one sentence for the user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotBegun(AtlasOpsError):
    """Work on one of many projects was not begun, for a reason that is not its own."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not begun, because {why}")


class OptionError(AtlasOpsError):
    """Options, or the environment variables behind them, are wrong.

    problems: every one of them, each a clause without a full stop; message joins them.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__("; ".join(self.problems))


class ApiError(AtlasOpsError):
    """Atlas refused, or did not answer.

    status: the HTTP status, None where there was no answer. code: Atlas's errorCode, or the error of
    an OAuth answer. detail, reason, parameters: as Atlas sent them. method, url: of the request; the
    URL never holds credentials.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        detail: str | None = None,
        reason: str | None = None,
        parameters: Sequence[Any] = (),
        method: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.detail = detail
        self.reason = reason
        self.parameters: list[Any] = list(parameters)
        self.method = method
        self.url = url

    def as_dict(self) -> dict[str, Any]:
        """Return the result key error: always these seven keys."""
        return {
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "reason": self.reason,
            "parameters": list(self.parameters),
            "method": self.method,
            "url": self.url,
        }


class NotConfigured(ApiError):
    """404 INTEGRATION_NOT_CONFIGURED: the one answer that means absent."""


class AlreadyConfigured(ApiError):
    """409 INTEGRATION_ALREADY_CONFIGURED: somebody else created it first."""


class UnusableAnswer(ApiError):
    """No answer, or none that can be used, and nothing was changed: a read, or a request never sent."""


class LostAnswer(ApiError):
    """A write whose outcome is unknown: it may have been done or not, so the caller looks."""


@dataclass(frozen=True)
class Fault:
    """What an error answer says; every part may be missing."""

    code: str | None = None
    detail: str | None = None
    reason: str | None = None
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Login:
    """How the request was authenticated, in words that help and betray nothing.

    kind: key_pair, service_account or token. source: task or environment. swapped: the public key
    looks like the id of a service account.
    """

    kind: str = "key_pair"
    source: str = "task"
    swapped: bool = False

    @property
    def names(self) -> str:
        """The options, or the variables, that the credentials came from."""
        return _LOGIN_NAMES[self.kind][1 if self.source == "environment" else 0]


_LOGIN_NAMES = {
    "key_pair": ("public_key and private_key", "MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY"),
    "service_account": ("client_id and client_secret", "MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET"),
    "token": ("access_token", "MONGODB_ATLAS_ACCESS_TOKEN"),
}
_CREDENTIAL = {"key_pair": "API key", "service_account": "service account", "token": "access token"}

_ACCESS_LIST = (
    "add the address of this machine to the API access list of the {credential} itself"
    " (in the organization's settings), which is not the IP access list of the project"
)
_MEMBER = (
    "check project_id, and invite the {credential} to the project (Project Read Only to read, Project Owner to change)"
)
_ROLE = "give the {credential} the role Project Owner in the project (Project Read Only is enough to read)"
_NO_PROJECT = "check project_id, and that the {credential} belongs to the organization of the project"
_FIELDS = "check the options of this integration; keys must be whole, never the masked form that Atlas shows"
_SLACK = "set up Slack once in the Atlas user interface, where it asks for consent; afterwards it can be changed here"
_VERSION = "update this collection, or choose the other api_version"
_BUG = "check the options; if they are right, please report this to the collection with the code"
_PLAN = "the plan of the organization or the tier of the cluster does not offer this"

# Advice by code: what to do next, written for somebody who reads nothing else.
ADVICE = {
    "IP_ADDRESS_NOT_ON_ACCESS_LIST": _ACCESS_LIST,
    "IP_ADDRESS_NOT_ON_WHITELIST": _ACCESS_LIST,
    "ORG_REQUIRES_WHITELIST": _ACCESS_LIST,
    "ORG_REQUIRES_ACCESS_LIST": _ACCESS_LIST,
    "USER_CANNOT_ACCESS_GROUP": _MEMBER,
    "NOT_IN_GROUP": _MEMBER,
    "USER_CANNOT_ACCESS_ORG": "check org_id, and that the {credential} belongs to this organization",
    "NOT_IN_ORG": "check org_id, and that the {credential} belongs to this organization",
    "USER_UNAUTHORIZED": _ROLE,
    "ACCESS_FORBIDDEN": _ROLE,
    "GROUP_NOT_FOUND": _NO_PROJECT,
    "INVALID_GROUP_ID": "check project_id: it is the 24 hexadecimal digits in the address of the project's page",
    "GROUP_NAME_NOT_FOUND": "check project_name, upper and lower case included, and that the {credential} sees it",
    "MULTIPLE_GROUPS": "set org_id to say which organization is meant, or set project_id",
    "ORG_NOT_FOUND": "check org_id",
    "INVALID_ORG_ID": "check org_id: it is 24 hexadecimal digits",
    "INTEGRATION_ALREADY_CONFIGURED": "run the task again, it will then update the integration",
    "INTEGRATION_NOT_CONFIGURED": "nothing is configured for this type",
    "WEBHOOK_NOTIFICATIONS_PRESENT": "remove the webhook from the alert configurations of the project first",
    "INVALID_INTEGRATION_SETTINGS": _FIELDS,
    "INTEGRATION_FIELDS_INVALID": _FIELDS,
    "INVALID_DATADOG_API_KEY": "api_key must be the 32 hexadecimal digits of a Datadog API key, of the region given",
    "INVALID_PAGER_DUTY_SERVICE_KEY": "service_key must be the 32 hexadecimal digits of a PagerDuty integration key",
    "LEGACY_SLACK_CONFIGURATION_UNSUPPORTED": _SLACK,
    "MUST_RECONFIGURE_SLACK_OAUTH2": _SLACK,
    "SLACK_OAUTH2_NOT_CONFIGURED": _SLACK,
    "HIPCHAT_NOT_SUPPORTED": "use SLACK, MICROSOFT_TEAMS or WEBHOOK instead",
    "FEATURE_UNSUPPORTED": _PLAN,
    "UNSUPPORTED_FOR_CURRENT_PLAN": _PLAN,
    "ACCOUNT_SUSPENDED": "the organization is suspended for an unpaid invoice: settle it in its billing settings",
    "VERSION_GONE": _VERSION,
    "INVALID_VERSION_DATE": _VERSION,
    "MISSING_ATTRIBUTE": "give the option for this attribute",
    "MISSING_ATTRIBUTES": "give the options for these attributes",
    "INVALID_ATTRIBUTE": _BUG,
    "INVALID_ENUM_VALUE": "check the options with fixed choices, region for example",
    "MALFORMED_JSON": _BUG,
    "INVALID_JSON": _BUG,
    "INVALID_JSON_ATTRIBUTE": _BUG,
    "INVALID_QUERY_PARAMETER": "check page_num (from 1 on) and items_per_page (1 to 500)",
    "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES": "Atlas is being upgraded: run the task again later",
    # OAuth answers of the login
    "invalid_client": "check {names}; a secret expires and can be renewed in the organization's settings",
    "access_denied": (
        "the service account may be at its limit of live tokens (100): wait until old ones expire (an hour),"
        " or log in once a play with atlas_login and pass its access_token on"
    ),
    "invalid_request": _BUG,
    "invalid_grant": "check {names}",
    "unsupported_grant_type": "check base_url: this server does not offer service accounts",
}

_BY_STATUS = {
    402: "settle the invoices of the organization",
    403: _ROLE,
    404: "check base_url and api_version: this server does not know the address",
    405: "check base_url: this server does not take such requests",
    406: _VERSION,
    407: "the proxy wants credentials: put them into the address of the proxy, or set use_proxy to false",
    410: _VERSION,
    413: "something between here and Atlas refuses requests of this size",
}


def advice(status: int | None, code: str | None, login: Login) -> str:
    """Return what to do about an error answer, as a clause; "" where nothing is known.

    A 401 with the general code is what Atlas says to a wrong key and to a bare challenge alike.
    """
    known = ADVICE.get(code or "")
    if known is None and status == 401:
        known = _unauthorized(login)
    if known is None and (code is None or code == "UNEXPECTED_ERROR"):
        known = _BY_STATUS.get(status or 0)
    if known is None and status is not None and status >= 500:
        known = "try again later; status.mongodb.com tells whether Atlas has a problem"
    return (known or "").format(credential=_CREDENTIAL[login.kind], names=login.names)


def _unauthorized(login: Login) -> str:
    if login.swapped:
        return "the public key looks like the id of a service account: use client_id and client_secret instead"
    if login.kind == "token":
        return "{names} is wrong, expired or revoked: obtain a new token"
    if login.kind == "service_account":
        return "check {names}, and base_url (Atlas for Government has its own)"
    return (
        "check {names}: they do not belong together, or the key is deleted or disabled,"
        " or base_url is wrong (Atlas for Government has its own)"
    )


def tidy(text: str, limit: int = MAX_DETAIL) -> str:
    """Return text on one line without control characters, cut at a number of characters."""
    start = text[: limit * 4]
    flat = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", start).strip()
    return flat if len(flat) <= limit and start == text else flat[: limit - len(CUT)] + CUT


def refusal(what: str, status: int, fault: Fault, *, login: Login, method: str, url: str) -> ApiError:
    """Return the exception for an error answer that Atlas meant so.

    what: what was tried, such as "Listing the integrations of project X".
    """
    kind = ApiError
    if status == 404 and fault.code == "INTEGRATION_NOT_CONFIGURED":
        kind = NotConfigured
    elif status == 409 and fault.code == "INTEGRATION_ALREADY_CONFIGURED":
        kind = AlreadyConfigured
    return build(kind, f"{what} failed", status, fault, login=login, method=method, url=url)


def build(
    kind: type[ApiError], start: str, status: int | None, fault: Fault, *, login: Login, method: str, url: str
) -> ApiError:
    """Return an exception of a kind whose message is start, what Atlas said, and the advice for it."""
    said = " ".join(p for p in (f"HTTP {status}" if status else "", fault.code or "") if p)
    detail = tidy(fault.detail) if fault.detail else ""
    if detail and fault.code in ("INVALID_INTEGRATION_SETTINGS", "INTEGRATION_FIELDS_INVALID"):
        told = [tidy(str(p)) for p in fault.parameters if isinstance(p, str) and p not in detail]
        detail = " ".join([detail, f"({', '.join(told)})"]) if told else detail
    if not detail.endswith(CUT):
        detail = detail.rstrip(".")
    parts = [": ".join(p for p in (start, said, detail) if p), advice(status, fault.code, login)]
    return kind(
        "; ".join(p for p in parts if p),
        status=status,
        code=fault.code,
        detail=fault.detail and tidy(fault.detail),
        reason=fault.reason and tidy(fault.reason),
        parameters=fault.parameters,
        method=method,
        url=url,
    )
