# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What a mask reveals, and how a value is masked before anybody sees it.

Atlas never shows a secret again: a key comes back as stars and its last four characters, a URL as
scheme, host, stars and its last four, a password not at all. Some forms were never recorded, so
masks are read generically here and no form is taken for granted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Optional
from urllib.parse import SplitResult, urlsplit

from ansible_collections.atlasops.integrations.plugins.module_utils._services import Field, Kind, Mask

CONSISTENT = "consistent"
DIFFERENT = "different"
UNREADABLE = "unreadable"
NOT_SET = "not_set"
OTHER = "other"
VERDICTS = (CONSISTENT, DIFFERENT, UNREADABLE, NOT_SET, OTHER)

# Stands for a secret that Atlas holds and gives no sign of.
HELD = "*" * 8

# Up to this length a mask may be of a fixed size, so that its length says nothing.
_LONGEST_FIXED_MASK = 12
# Of a text up to this length the last four characters would show too much.
_TOO_SHORT_FOR_A_TAIL = 10

# The end of a secret, which a mask shows, may hold stars of its own.
_MASK = re.compile(r"\*{4,}(?P<tail>.{0,8})", re.DOTALL)
_SHORT_MASK = re.compile(r"\*{1,3}[^*]{4}", re.DOTALL)
_STARS = re.compile(r"(?P<head>[^*]*)\*{4,}(?P<tail>[^*]*|.{0,4})", re.DOTALL)
_UP_TO_PATH = re.compile(r"\A[^:]*://[^/?#]*/?")
_SECRET_NAME = re.compile(r"key|token|secret|password|url", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_blank(value: Any) -> bool:
    """Tell whether an answer holds nothing in a field: left out, null or an empty text."""
    return value is None or value == ""


def is_mask(field: Field, value: str) -> bool:
    """Tell whether a text is a mask that was read back, not a secret.

    A mask is four or more stars at the start, or for a URL at the start of its path, with at most
    eight other characters behind them.
    """
    return _MASK.fullmatch(value) is not None or (field.url and _is_url_mask(value))


def shows_as_mask(field: Field, shown: Any) -> bool:
    """Tell whether an answer shows a mask, that of a text of less than eight characters included."""
    return isinstance(shown, str) and (is_mask(field, shown) or _SHORT_MASK.fullmatch(shown) is not None)


def _is_url_mask(value: str) -> bool:
    return _split_url(value) is not None and _MASK.fullmatch(_behind_host(value)) is not None


def conceals(value: Any, secret: bool = False) -> bool:
    """Tell whether a value of no known meaning holds a mask, or by its name a secret, at any depth.

    value: any JSON value. secret: True below a name that looks like that of a secret.
    """
    if isinstance(value, Mapping):
        return any(conceals(item, secret or looks_secret(str(name))) for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return any(conceals(item, secret) for item in value)
    return isinstance(value, str) and bool(value) and (secret or bool(_MASK.fullmatch(value)) or _is_url_mask(value))


def verdict(field: Field, given: str, shown: Any) -> str:
    """Judge a given secret by what an answer shows of the one that Atlas holds.

    given: the secret as the user wrote it. shown: the value in Atlas's answer, None where the
    field is left out. Returns CONSISTENT, DIFFERENT, UNREADABLE or NOT_SET.
    """
    if is_blank(shown):
        # Atlas can't be without a field that a create needs, so silence about it is a mask too.
        return UNREADABLE if field.mask is Mask.HIDDEN or field.required else NOT_SET
    text = shown if isinstance(shown, str) else json.dumps(shown)
    if text == given:
        # A user's own text may hold stars; but a shown mask of nothing but stars proves nothing.
        return UNREADABLE if set(text) == {"*"} else CONSISTENT
    if field.url:
        return _url_verdict(given, text)
    if field.kind is Kind.TEMPLATE and not _MASK.fullmatch(text):
        return CONSISTENT if _same_json(given, text) else DIFFERENT
    return _text_verdict(given, text)


def _text_verdict(given: str, shown: str) -> str:
    mask = _STARS.fullmatch(shown)
    if mask is None:
        return _short_verdict(given, shown)
    if len(shown) > _LONGEST_FIXED_MASK and len(shown) != len(given):
        return DIFFERENT
    return _ends_verdict(given, mask.group("head"), mask.group("tail"))


def _short_verdict(given: str, shown: str) -> str:
    """Judge a text with less than four stars: in clear, or the mask of a key of less than eight characters."""
    if set(shown) == {"*"}:
        return UNREADABLE
    return CONSISTENT if shown == "*" * (len(given) - 4) + given[-4:] else DIFFERENT


def _ends_verdict(given: str, head: str, tail: str) -> str:
    if not given.startswith(head) or not given.endswith(tail) or len(given) < len(head) + len(tail):
        return DIFFERENT
    return CONSISTENT if tail else UNREADABLE


def _url_verdict(given: str, shown: str) -> str:
    wished, seen = _split_url(given), _split_url(shown)
    if wished is None or seen is None:
        return _text_verdict(given, shown)
    if (wished.scheme, wished.hostname) != (seen.scheme, seen.hostname):
        return DIFFERENT
    mask = _STARS.fullmatch(_behind_host(shown))
    if mask is None:
        same = _port(wished) == _port(seen) and _behind_host(given) == _behind_host(shown)
        return CONSISTENT if same else DIFFERENT
    # Whether a mask keeps a port was never recorded, so only a port that shows is compared.
    if seen.port is not None and _port(wished) != _port(seen):
        return DIFFERENT
    if not _behind_host(given).startswith(mask.group("head")):
        return DIFFERENT
    # The tail is that of the whole URL: it may reach back over a short path into the host.
    return _ends_verdict(given, "", mask.group("tail"))


def _split_url(text: str) -> Optional[SplitResult]:
    """Return the parts of a URL with a host and a readable port; None for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts if parts.scheme and parts.hostname and port != 0 else None


def _port(parts: SplitResult) -> Optional[int]:
    return parts.port if parts.port is not None else _DEFAULT_PORTS.get(parts.scheme)


def _behind_host(url: str) -> str:
    """Return what follows the host of a URL to its last character, without the slash that starts the path."""
    return _UP_TO_PATH.sub("", url, count=1)


def _same_json(one: str, other: str) -> bool:
    """Tell whether two texts are the same JSON: Atlas may store a template with other spacing.

    To Python true and 1 are equal; to whoever receives them they are not.
    """
    try:
        first, second = (json.dumps(json.loads(text), sort_keys=True) for text in (one, other))
        return first == second
    except (ValueError, RecursionError):
        return False


def masked_text(value: str) -> str:
    """Mask a text as Atlas does: stars and the last four characters, or stars alone where it is short.

    A mask stays as it is, unless it has no end or would be that of a short text.
    """
    if len(value) <= _TOO_SHORT_FOR_A_TAIL or set(value) == {"*"}:
        return HELD
    if _MASK.fullmatch(value):
        return value
    shown = "*" * (len(value) - 4) + value[-4:]
    return HELD if set(shown) == {"*"} else shown


def masked_url(value: str) -> str:
    """Mask a URL as Atlas does: scheme and host stay, then four stars and the last four characters."""
    parts = _split_url(value)
    if parts is None:
        return masked_text(value)
    rest = _behind_host(value)
    if not _MASK.fullmatch(rest):
        rest = "****" + (rest[-4:] if len(rest) > _TOO_SHORT_FOR_A_TAIL else "")
    # User and password of a URL are secrets of their own; what follows the @ is the host.
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{rest}"


def foreseen(field: Field, value: str) -> Optional[str]:
    """Return what Atlas will show of a secret that it is given, by the forms that were recorded."""
    parts = _split_url(value) if field.url else None
    if parts is None:
        return masked(field, value)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/****{value[-4:]}"


def masked(field: Field, value: Any) -> Optional[str]:
    """Mask the value of a secret field for display, whatever the server sent; None where it holds nothing."""
    if is_blank(value):
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    if field.url:
        return masked_url(text)
    if field.kind is Kind.TEMPLATE and not _MASK.fullmatch(text):
        return HELD
    return masked_text(text)


def looks_secret(name: str) -> bool:
    """Tell whether a field that this collection doesn't know must be masked, by its name."""
    return _SECRET_NAME.search(name) is not None


def masked_unknown(value: Any, secret: bool = False) -> Any:
    """Mask every text, at any depth, whose field name looks like that of a secret.

    value: any JSON value. secret: True below such a name. Returns a copy of the same shape.
    """
    if isinstance(value, Mapping):
        return {name: masked_unknown(item, secret or looks_secret(str(name))) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked_unknown(item, secret) for item in value]
    if secret and isinstance(value, str) and value:
        return masked_url(value)
    return value
