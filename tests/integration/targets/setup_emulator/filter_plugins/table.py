# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the targets take from the table of services, so that a new service is tested without a word here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Field, Kind


def options(version: str, which: str) -> dict[str, dict[str, Any]]:
    """Return options by type, for the types that an API version knows.

    which: wished (a value for each option), changed (another value for each) or nothing.
    """
    value = {"wished": lambda field: field.sample, "changed": _other}.get(which)
    known = [s for s in SERVICES if version in s.versions]
    return {s.type: {f.option: value(f) for f in s.writable} if value else {} for s in known}


def _other(field: Field) -> Any:
    if field.kind is Kind.FLAG:
        return not field.sample
    if field.kind is Kind.TEMPLATE:
        return {"template": f"another {field.option}"}
    if field.choices:
        return next(choice for choice in field.choices if choice != field.sample)
    return f"{str(field.sample)[:-4]}cafe"


def secret_options(types: Iterable[str]) -> dict[str, list[str]]:
    """Return by type the names of the options that hold secrets, sorted."""
    return {s.type: sorted(f.option for f in s.secrets) for s in SERVICES if s.type in types}


def leaks(data: Any, *secrets: Any) -> list[str]:
    """Return which secrets occur in any text of data. secrets: texts, or anything with texts in it."""
    text = json.dumps(data, ensure_ascii=False, default=str)
    return sorted({s for s in _texts(secrets) if len(s) > 3 and (s in text or json.dumps(s)[1:-1] in text)})


def secrets_of(version: str) -> list[str]:
    """Return every secret in what atlas_options gives for an API version."""
    names = secret_options(SERVICES.types)
    given = [(t, o) for which in ("wished", "changed") for t, o in options(version, which).items()]
    return list(_texts([o[name] for t, o in given for name in names[t]]))


def _texts(data: Any) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _texts(value)


class FilterModule:
    """Filters of the test targets."""

    def filters(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "atlas_options": options,
            "atlas_secret_options": secret_options,
            "atlas_secrets_of": secrets_of,
            "atlas_leaks": leaks,
        }
