# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What a service, a field and a table of them are; the table itself is in _services.py.

Everything is frozen and checks itself while it is built, so that a wrong entry can't reach a user.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

API_VERSIONS = ("v2", "v1.0")
BOTH = frozenset(API_VERSIONS)
NEVER: frozenset[str] = frozenset()


class Kind(str, Enum):
    """What a field holds: the JSON type that Atlas takes."""

    TEXT = "str"
    FLAG = "bool"
    TEMPLATE = "json"


class Mask(str, Enum):
    """How Atlas shows a secret it holds."""

    TAIL = "tail"  # same length, all but the last four characters are stars
    URL = "url"  # scheme and host, then four stars and the last four characters
    HIDDEN = "hidden"  # never in an answer, so its absence says nothing
    TEXT = "text"  # templates: null while unset; what a set one looks like was never recorded


class TableError(ValueError):
    """An entry of the table contradicts itself; raised while it is built, so never at a user's."""


@dataclass(frozen=True)
class Form:
    """A form that Atlas insists on: a regular expression for the whole value, and its name in words."""

    pattern: str
    words: str

    def fits(self, value: str) -> bool:
        """Tell whether the whole value has this form."""
        return re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True)
class Field:
    """One field of one service.

    api: its name in JSON. option: its name as a module option. kind: its JSON type.
    required: the API versions in which a create needs it. choices: allowed values, () for any.
    default: the documented value of a field that Atlas leaves out or sends as null.
    secret: True where the value must show nowhere. mask: how Atlas shows a secret.
    form, max_chars, max_bytes (of UTF-8): limits of Atlas, 0 for none. url: the value is a URL.
    aliases: other spellings of the option. sample: a value for documentation and tests.
    words: one sentence of documentation. answer_only: Atlas sends it, nobody may set it.
    former: the name that older answers give it; read, never sent. unshown: True where Atlas may leave
    out a value that it has.
    """

    api: str
    option: str
    words: str
    kind: Kind = Kind.TEXT
    required: frozenset[str] = NEVER
    choices: tuple[str, ...] = ()
    default: str | bool | None = None
    secret: bool = False
    mask: Mask | None = None
    form: Form | None = None
    max_chars: int = 0
    max_bytes: int = 0
    url: bool = False
    aliases: tuple[str, ...] = ()
    sample: str | bool | None = None
    answer_only: bool = False
    former: str = ""
    unshown: bool = False

    def __post_init__(self) -> None:
        for wrong, why in (
            (not re.fullmatch(r"[a-z][A-Za-z0-9]*", self.api), "the API name is no camelCase name"),
            (not re.fullmatch(r"[a-z][a-z0-9_]*", self.option), "the option is no snake_case name"),
            (not self.words.endswith("."), "the description is no sentence"),
            (self.secret != (self.mask is not None), "a secret needs a mask, and nothing else has one"),
            (bool(self.choices) and self.kind is not Kind.TEXT, "only a text has choices"),
            (self.choices and self.default is not None and self.default not in self.choices, "default not allowed"),
            (self.kind is Kind.FLAG and self.default not in (None, False, True), "the default is no boolean"),
            (not self.required <= BOTH, "unknown API version"),
            (self.answer_only and (self.required or self.sample is not None), "an answer-only field is never sent"),
            (not self.answer_only and self.sample is None, "no sample"),
        ):
            if wrong:
                raise TableError(f"field {self.api}: {why}")

    def clearable(self, version: str) -> bool:
        """Tell whether this is an optional text in an API version, which a user may empty with clear."""
        return not (version in self.required or self.answer_only or self.kind is Kind.FLAG)


@dataclass(frozen=True)
class Service:
    """One third-party service: its type in the API, its name in words, and its fields.

    versions: the API versions that know it. order: fields in the order of documentation. remark: what a
    user should know who begins to use it. deprecated: what one should know who still uses it. advice:
    where to go instead, used when the type is asked of a version that does not have it.
    """

    type: str
    title: str
    fields: tuple[Field, ...]
    versions: frozenset[str] = BOTH
    remark: str = ""
    deprecated: str = ""
    advice: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", self.type):
            raise TableError(f"service {self.type}: a type is written in upper case")
        if not self.versions or not self.versions <= BOTH:
            raise TableError(f"service {self.type}: unknown API version")
        for names in ([f.api for f in self.fields], [f.option for f in self.fields]):
            if len(names) != len(set(names)) or {"id", "type"} & set(names):
                raise TableError(f"service {self.type}: a field stands twice, or is called id or type")
        for f in self.fields:
            if not f.required <= self.versions:
                raise TableError(f"service {self.type}: {f.api} is required where the service does not exist")

    @property
    def writable(self) -> tuple[Field, ...]:
        """The fields that a user can set."""
        return tuple(f for f in self.fields if not f.answer_only)

    @property
    def secrets(self) -> tuple[Field, ...]:
        """The fields that must show nowhere."""
        return tuple(f for f in self.fields if f.secret)

    def by_option(self, option: str) -> Field | None:
        """Return the field behind an option name, None where this service has none."""
        return next((f for f in self.writable if f.option == option), None)

    def by_api(self, api: str) -> Field | None:
        """Return the field behind an API name, None where this service has none."""
        return next((f for f in self.fields if f.api == api), None)


@dataclass(frozen=True)
class Elsewhere:
    """A type that users ask for here although it lives elsewhere, and where that is."""

    pattern: str
    advice: str


@dataclass(frozen=True)
class Option:
    """One module option, merged over all services that have it.

    fields: pairs (service, field) in the order of the table.
    """

    name: str
    fields: tuple[tuple[Service, Field], ...]

    def __post_init__(self) -> None:
        for what in ("kind", "secret", "aliases", "url"):
            if len({getattr(f, what) for unused, f in self.fields}) != 1:
                raise TableError(f"option {self.name}: services disagree about its {what}")

    @property
    def field(self) -> Field:
        """A field that stands for all of them in what all share: kind, secret, aliases, url."""
        return self.fields[0][1]

    @property
    def choices(self) -> tuple[str, ...]:
        """All values that any service allows; () where one of them allows everything."""
        if not all(f.choices for unused, f in self.fields):
            return ()
        return tuple(dict.fromkeys(c for unused, f in self.fields for c in f.choices))


class Table:
    """Services by type, with the views that everything else derives from. Never changed once built."""

    def __init__(self, services: Iterable[Service], elsewhere: Iterable[Elsewhere] = ()) -> None:
        self._services: Mapping[str, Service] = {}
        ordered = tuple(services)
        self._services = {s.type: s for s in ordered}
        if len(self._services) != len(ordered):
            raise TableError("a type stands twice")
        self.elsewhere = tuple(elsewhere)
        names = dict.fromkeys(f.option for s in ordered for f in s.writable)
        self.options: Mapping[str, Option] = {
            name: Option(name, tuple((s, f) for s in ordered for f in s.writable if f.option == name)) for name in names
        }
        spellings = list(names) + [alias for o in self.options.values() for alias in o.field.aliases]
        if len(spellings) != len(set(spellings)):
            raise TableError("an alias is also the name or the alias of another option")

    def __iter__(self) -> Iterator[Service]:
        return iter(self._services.values())

    @property
    def types(self) -> tuple[str, ...]:
        """All types, in the order of the table."""
        return tuple(self._services)

    def get(self, service_type: Any) -> Service | None:
        """Return the service of a type; None for an unknown one, whatever it is."""
        return self._services.get(service_type) if isinstance(service_type, str) else None

    def renamed(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an integration with the names that its fields have now, where the answer used former ones."""
        service = self.get(raw.get("type"))
        former = {f.former: f.api for f in service.fields if f.former and f.former in raw} if service else {}
        if not former:
            return raw
        result = {name: value for name, value in raw.items() if name not in former}
        for old, new in former.items():
            if result.get(new) is None:
                result[new] = raw[old]
        return result

    def rank(self, service_type: Any) -> int:
        """Return the place of a type in this table, unknown ones behind all others."""
        return self.types.index(service_type) if service_type in self.types else len(self.types)

    def why_not(self, service_type: str, version: str) -> str | None:
        """Return why a type can't be used in an API version and what to do instead; None where it can."""
        service = self.get(service_type)
        if service is None:
            for other in self.elsewhere:
                if re.fullmatch(other.pattern, service_type):
                    return f"type {service_type} is not managed here: {other.advice}"
            near = difflib.get_close_matches(service_type.upper(), self.types, n=1)
            hint = f"did you mean {near[0]}? Else " if near else ""
            return f"type {service_type!r} is unknown; {hint}use one of {', '.join(self.types)}"
        if version in service.versions:
            return None
        known = ", ".join(sorted(service.versions))
        return f"type {service_type} does not exist in API {version}, only in {known}; {service.advice}"

    @property
    def secret_options(self) -> frozenset[str]:
        """Option names, and their aliases, whose values must show nowhere."""
        return frozenset(name for o in self.options.values() if o.field.secret for name in (o.name, *o.field.aliases))
