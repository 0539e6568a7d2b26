# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Keep secrets out of what a user sees: arguments by option name, free text by value.

By name wherever the name is known, because replacing values spoils honest results as soon as a
secret is short or common.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Optional
from urllib.parse import quote, quote_plus

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import CUT, MAX_DETAIL, tidy
from ansible_collections.atlasops.integrations.plugins.module_utils._options import BASE_URL, misplaced_secret

MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
STARS = "********"

# Shorter secrets are found in ordinary words, so they are masked by option name alone.
SHORTEST_IN_TEXT = 4
# From this length on a secret is replaced inside of words as well, and anywhere in a result.
SHORTEST_ANYWHERE = 8

# Nobody should write a user and a password into an address, and some do, or a token behind it.
_ADDRESS = re.compile(r"(?P<scheme>https?://)?(?P<user>.*@)?(?P<place>[^?#]*)(?P<rest>.*)", re.DOTALL)

# The parts of a secret that are secret by themselves.
_TELLING = re.compile(r"(?:https?://[^/?#\s]+/|\S+ )(\S{8,})")
_USER_AND_PASSWORD = re.compile(r"https?://([^/?#\s]+)@")
_QUERY = re.compile(r"https?://[^?#\s]*[?#](\S+)")

Spec = Mapping[str, Mapping[str, Any]]


def find_option(spec: Spec, name: str) -> Optional[Mapping[str, Any]]:
    """Return the entry of an argument spec for a name or an alias, None where there is none."""
    if name in spec:
        return spec[name]
    return next((entry for entry in spec.values() if name in (entry.get("aliases") or ())), None)


def mask_arguments(params: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return arguments as they may be shown: each secret, and each value of an unknown option, replaced by MASK.

    An unknown option may be a mistyped secret, so it keeps its name alone.
    """
    return {
        name: _masked_option(name, value, find_option(spec, name))
        for name, value in params.items()
        if not name.startswith("_ansible_")
    }


def _masked_option(name: str, value: Any, entry: Optional[Mapping[str, Any]]) -> Any:
    if entry is not None and isinstance(value, str):
        if name in BASE_URL.names:
            return _masked_address(value)
        if misplaced_secret(name, value):
            return MASK
    return _masked(value, entry)


def _masked_address(text: str) -> str:
    parts = _ADDRESS.fullmatch(text)
    if parts is None:
        return MASK
    user, rest = (STARS if parts[name] else "" for name in ("user", "rest"))
    return f"{parts['scheme'] or ''}{user and user + '@'}{parts['place']}{rest and parts['rest'][0] + rest}"


def _masked(value: Any, entry: Optional[Mapping[str, Any]]) -> Any:
    if value is None:
        return None
    if entry is None or entry.get("no_log"):
        readable = entry is not None and entry.get("type") == "dict" and isinstance(value, Mapping)
        return dict.fromkeys(value, MASK) if readable else MASK
    if not entry.get("options"):
        return value
    if isinstance(value, Mapping):
        return mask_arguments(value, entry["options"])
    if isinstance(value, (list, tuple)):
        return [mask_arguments(v, entry["options"]) if isinstance(v, Mapping) else MASK for v in value]
    return MASK


def secret_values(params: Mapping[str, Any], spec: Spec) -> Iterator[Any]:
    """Yield the value of each secret option that is given, at any depth, as it was given."""
    for name, value in params.items():
        entry = find_option(spec, name)
        if entry is None or value is None:
            continue
        if entry.get("no_log") or misplaced_secret(name, value):
            if entry.get("type") == "dict" and isinstance(value, Mapping):
                yield from value.values()
            else:
                yield value
        elif entry.get("options"):
            for element in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(element, Mapping):
                    yield from secret_values(element, entry["options"])


def texts(values: Iterable[Any]) -> Iterator[str]:
    """Yield the texts in values, those inside lists, dictionaries and JSON texts included.

    Of a URL also user, password, what is behind its host and what is in its query, and of "Bearer X"
    also X: these may be quoted alone. Values of a template count from eight characters on, because
    most of them are ordinary words.
    """
    for value in values:
        if isinstance(value, Mapping):
            yield json.dumps(value)
            yield from long_enough(texts(value.values()))
        elif isinstance(value, (list, tuple)):
            yield from texts(value)
        elif isinstance(value, str):
            yield value
            yield from _telling_parts(value)
            yield from long_enough(texts(_parsed(value)))
        elif value is not None and not isinstance(value, bool):
            yield str(value)


def _telling_parts(text: str) -> Iterator[str]:
    whole = _TELLING.fullmatch(text)
    if whole:
        yield whole.group(1)
    user, query = _USER_AND_PASSWORD.match(text), _QUERY.fullmatch(text)
    if user:
        yield user.group(1)
        yield from long_enough(user.group(1).split(":"))
    if query:
        yield query.group(1)
        yield from long_enough(re.split("[&=#;]", query.group(1)))


def _parsed(text: str) -> Iterable[Any]:
    if text.lstrip()[:1] not in ("{", "["):
        return ()
    try:
        return (json.loads(text),)
    except (ValueError, RecursionError):
        return ()


def long_enough(secrets: Iterable[str]) -> set[str]:
    """Return the secrets that may be replaced anywhere without spoiling honest results."""
    return {secret for secret in secrets if len(secret) >= SHORTEST_ANYWHERE}


def scrub(data: Any, secrets: Iterable[str]) -> Any:
    """Return data with every known secret replaced by stars in all of its texts, keys included.

    Secrets under four characters are left alone, those under eight are replaced as whole words. The
    beginning of a secret goes too where a text was cut in the middle of it.
    """
    spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
    usable = sorted((s for s in spellings if len(s) >= SHORTEST_IN_TEXT), key=lambda s: (-len(s), s))
    if not usable:
        return data
    return _scrubbed(data, re.compile("|".join(_pattern(s) for s in usable)), usable)


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as servers quote it: plain, inside of JSON, of a URL or of HTML; and each of them on one line."""
    written = [json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)]
    again = [json.dumps(text)[1:-1] for text in written]
    urls = [coded(secret, safe="", errors="surrogatepass") for coded in (quote, quote_plus)]
    # Hexadecimal digits are the same key in either case.
    cases = (secret.lower(), secret.upper()) if re.fullmatch("[0-9A-Fa-f-]{8,}", secret) else ()
    for spelling in (secret, *cases, *written, *again, *urls, html.escape(secret)):
        yield spelling
        # As error messages show it.
        yield tidy(spelling, len(spelling) + len(CUT))


def _pattern(secret: str) -> str:
    if len(secret) >= SHORTEST_ANYWHERE:
        return re.escape(secret)
    return rf"(?<!\w){re.escape(secret)}(?!\w)"


def _scrubbed(data: Any, pattern: re.Pattern[str], secrets: Sequence[str]) -> Any:
    if isinstance(data, str):
        pieces = pattern.sub(STARS, data).split(CUT)
        return CUT.join([*(_without_beginning(piece, secrets) for piece in pieces[:-1]), pieces[-1]])
    if isinstance(data, Mapping):
        return {_scrubbed(k, pattern, secrets): _scrubbed(v, pattern, secrets) for k, v in data.items()}
    if isinstance(data, (list, tuple)):
        return [_scrubbed(value, pattern, secrets) for value in data]
    return data


def _without_beginning(text: str, secrets: Sequence[str]) -> str:
    """Return a text that ends with the beginning of a secret without it."""
    for secret in secrets:
        for size in range(min(len(secret), len(text), MAX_DETAIL), SHORTEST_IN_TEXT - 1, -1):
            if text.endswith(secret[:size]):
                return text[:-size] + STARS
    return text
