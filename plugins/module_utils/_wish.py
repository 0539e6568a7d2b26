# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What a user wishes of one integration: read from module options, checked whole before any request.

Limits and forms are those of the table of services; the sentences name options, never JSON fields,
and never hold the value of a secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Optional
from urllib.parse import urlsplit

from ansible_collections.atlasops.integrations.plugins.module_utils._masking import is_mask
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (
    SERVICES,
    Field,
    Kind,
    Service,
    Table,
)

PRESENT = "present"
ABSENT = "absent"
STATES = (PRESENT, ABSENT)

AUTO = "auto"
ALWAYS = "always"
ON_CREATE = "on_create"
UPDATE_SECRETS = (AUTO, ALWAYS, ON_CREATE)

_SECRET_HINT = " (a blank one counts as not given), or set update_secrets to on_create to leave an existing one alone"


@dataclass(frozen=True)
class Wish:
    """One integration as a user wants it.

    values: by option name, texts and booleans, only what was given. clear: option names to empty.
    replaces: by option name, the secrets that a rotation expects to find. update_secrets: one of
    UPDATE_SECRETS.
    """

    service: Service
    state: str = PRESENT
    values: Mapping[str, Any] = dataclass_field(default_factory=dict, repr=False)
    clear: tuple[str, ...] = ()
    replaces: Mapping[str, str] = dataclass_field(default_factory=dict, repr=False)
    update_secrets: str = AUTO


@dataclass(frozen=True)
class Reading:
    """What came of reading options: a wish, or every problem in them; and what to warn of."""

    wish: Optional[Wish]
    problems: tuple[str, ...] = ()
    deprecations: tuple[str, ...] = ()


def deprecations(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return deprecation notes as ansible-core takes them; no release of this collection ends them, Atlas does."""
    return [{"msg": text, "version": None, "collection_name": "atlasops.integrations"} for text in texts]


def read_wish(options: Mapping[str, Any], version: str, table: Table = SERVICES) -> Reading:
    """Turn module options (snake_case, blanks and nulls count as not given) into a wish.

    options: type, state, update_secrets, clear, replaces and the options of the services.
    version: API version, "v2" or "v1.0". Never raises; problems are sentences without a prefix.
    """
    service_type = options.get("type")
    if not service_type:
        return Reading(None, ("type is missing; name one of " + ", ".join(table.types),))
    why_not = table.why_not(str(service_type), version)
    service = table.get(service_type)
    if why_not or service is None:
        return Reading(None, (str(why_not),))
    deprecations = (f"type {service.type}: {service.deprecated}",) if service.deprecated else ()
    wish = _wish(options, service, table)
    if wish.state == ABSENT:
        return Reading(Wish(service, ABSENT), (), deprecations)
    problems = tuple(_problems(options, wish, version, table))
    return Reading(None if problems else wish, problems, deprecations)


def _wish(options: Mapping[str, Any], service: Service, table: Table) -> Wish:
    values = {name: _value(table.options[name].field, options[name]) for name in _given(options, table)}
    clear = options.get("clear") or ()
    replaces = options.get("replaces")
    if not isinstance(replaces, Mapping):
        replaces = {}
    return Wish(
        service,
        options.get("state") or PRESENT,
        values,
        tuple(dict.fromkeys(str(name) for name in clear)),
        {str(name): _text(old) for name, old in replaces.items() if not _is_blank(old)},
        options.get("update_secrets") or AUTO,
    )


def _given(options: Mapping[str, Any], table: Table) -> list[str]:
    return [name for name in table.options if not _is_blank(options.get(name))]


def _is_blank(value: Any) -> bool:
    return value is None or value == ""


def _value(field: Field, value: Any) -> Any:
    return bool(value) if field.kind is Kind.FLAG else _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _problems(options: Mapping[str, Any], wish: Wish, version: str, table: Table) -> Iterator[str]:
    service = wish.service
    for name in wish.values:
        field = service.by_option(name)
        if field is None:
            owners = ", ".join(s.type for s, unused in table.options[name].fields)
            yield f"{name} does not belong to type {service.type} but to {owners}; leave it out"
        else:
            yield from _value_problems(service, field, wish.values[name])
    yield from _missing_problems(wish, version)
    yield from _clear_problems(wish, version)
    yield from _replaces_problems(options, wish)


def _missing_problems(wish: Wish, version: str) -> Iterator[str]:
    if wish.replaces:
        # A rotation never creates, so it needs nothing but the secrets that it writes.
        return
    for field in wish.service.writable:
        apart = field.secret and wish.update_secrets == ON_CREATE
        if version in field.required and field.option not in wish.values and not apart:
            hint = _SECRET_HINT if field.secret else ""
            yield f"{field.option} is required for type {wish.service.type}; give it a value{hint}"


def _value_problems(service: Service, field: Field, value: Any) -> Iterator[str]:
    name = field.option
    if field.kind is Kind.FLAG:
        return
    if field.choices and value not in field.choices:
        yield f"{name} must be one of {', '.join(field.choices)} for type {service.type}, not {value!r}"
    if field.secret and is_mask(field, value):
        yield (
            f"{name} is a mask that was read back from Atlas, not the secret itself; give the secret,"
            f" or leave {name} out together with update_secrets=on_create"
        )
        return
    if not field.secret and is_mask(field, value):
        yield f"{name} is a mask that was read back from Atlas; give the value itself, or leave {name} out"
        return
    if field.form is not None and not field.form.fits(value):
        yield f"{name} must be {field.form.words} for type {service.type}; check that the whole key was copied"
    if field.url and not _is_url(value):
        yield f"{name} must be a URL that starts with http:// or https:// and has a host and no blanks"
    if field.max_chars and len(value) > field.max_chars:
        yield f"{name} has {len(value)} characters, and {field.max_chars} are allowed; shorten it"
    size = len(value.encode("utf-8", "surrogatepass"))
    if field.max_bytes and size > field.max_bytes:
        yield f"{name} has {size} bytes of UTF-8, and {field.max_bytes} are allowed; shorten it"


def _is_url(text: str) -> bool:
    if any(c.isspace() or not c.isprintable() for c in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _clear_problems(wish: Wish, version: str) -> Iterator[str]:
    for name in wish.clear:
        field = wish.service.by_option(name)
        clearable = sorted(f.option for f in wish.service.writable if f.clearable(version))
        if field is None or field.option not in clearable:
            allowed = f"only {', '.join(clearable)} can be emptied" if clearable else "nothing of it can be emptied"
            yield f"clear names {name}, but for type {wish.service.type} {allowed}; take it off the list"
        elif name in wish.values:
            yield f"{name} is given a value and named in clear as well; keep one of the two"


def _replaces_problems(options: Mapping[str, Any], wish: Wish) -> Iterator[str]:
    if options.get("replaces") is not None and not isinstance(options["replaces"], Mapping):
        yield "replaces must be a dictionary of secret options and the values that they replace"
        return
    secrets = [f.option for f in wish.service.secrets]
    for name in (str(n) for n, old in (options.get("replaces") or {}).items() if _is_blank(old)):
        # Taken for not given, it would turn a rotation into a plain update.
        yield f"replaces.{name} has no value (a blank one counts as not given); give the old secret"
    for name, old in wish.replaces.items():
        field = wish.service.by_option(name)
        if field is None or not field.secret:
            yield f"replaces names {name}, but for type {wish.service.type} it takes {_either(secrets)} only"
            continue
        if is_mask(field, old):
            yield f"replaces.{name} is a mask that was read back from Atlas; give the old secret itself"
        if name not in wish.values:
            yield f"{name} is missing: replaces names its old value, so give the new one as well"
    if wish.replaces and wish.update_secrets == ON_CREATE:
        yield ("replaces rotates secrets and update_secrets=on_create leaves them alone; keep one of the two")


def _either(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} or {names[-1]}"
