# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What a fleet task declares: integrations for all chosen projects, and those that only some get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import Raw
from ansible_collections.atlasops.integrations.plugins.module_utils._selection import Target
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Table
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import ABSENT, Wish, read_wish

# Set up by hand in the user interface, so a purge must name it.
BY_HAND = "SLACK"


@dataclass(frozen=True)
class Declared:
    """Wishes for every project, and by the place in projects those of single ones; and everything wrong."""

    common: tuple[Wish, ...]
    extras: Mapping[str, tuple[Wish, ...]] = dataclass_field(default_factory=dict)
    problems: tuple[str, ...] = ()
    deprecations: tuple[str, ...] = ()

    def wishes(self, target: Target) -> tuple[Wish, ...]:
        """Return what is wished of one project. Raises OptionError where a type is declared twice for it."""
        wishes = self.common + tuple(w for where, unused in target.extras for w in self.extras.get(where, ()))
        types = [w.service.type for w in wishes]
        twice = sorted({t for t in types if types.count(t) > 1})
        if twice:
            raise OptionError(
                [f"project {target.label} gets {', '.join(twice)} more than once; declare each type once for a project"]
            )
        return wishes


def read_declared(options: Mapping[str, Any], version: str, table: Table = SERVICES) -> Declared:
    """Read integrations, and those inside of projects, from the options of a fleet task. Never raises."""
    reader = _Reader(options, version, table)
    given = options.get("integrations")
    common = reader.read(given or (), "integrations")
    extras = {}
    for index, element in enumerate(options.get("projects") or ()):
        where = f"projects[{index}]"
        own = reader.read(element.get("integrations") or (), f"{where}.integrations")
        extras[where] = own
        reader.problems += _declared_twice(common, own, where)
        if not (given or own or (options.get("purge") and given is not None)):
            reader.problems.append(f"{where} has no integrations; declare some for it, or for all in integrations")
    if options.get("all_projects") and not given and not (options.get("purge") and given is not None):
        reader.problems.append("integrations is empty; declare at least one")
    return Declared(common, extras, tuple(reader.problems), tuple(dict.fromkeys(reader.deprecations)))


class _Reader:
    """Reads lists of integrations; collects what is wrong and what is deprecated on its way."""

    def __init__(self, options: Mapping[str, Any], version: str, table: Table) -> None:
        self.defaults = {name: options.get(name) for name in ("state", "update_secrets")}
        self.version = version
        self.table = table
        self.problems: list[str] = []
        self.deprecations: list[str] = []

    def read(self, elements: Sequence[Mapping[str, Any]], where: str) -> tuple[Wish, ...]:
        """Return the wishes of one list; those with problems are left out."""
        wishes = []
        for index, element in enumerate(elements):
            given = {name: value for name, value in element.items() if value is not None}
            reading = read_wish({**self.defaults, **given}, self.version, self.table)
            # Each problem begins with the name of its option, so this is the option's full path.
            self.problems += [f"{where}[{index}].{problem}" for problem in reading.problems]
            self.deprecations += reading.deprecations
            if reading.wish is not None:
                wishes.append(reading.wish)
        types = [w.service.type for w in wishes]
        for twice in sorted({t for t in types if types.count(t) > 1}):
            self.problems.append(f"{where} names {twice} more than once; each project has one integration of a type")
        return tuple(wishes)


def _declared_twice(common: Sequence[Wish], own: Sequence[Wish], where: str) -> Iterator[str]:
    types = {w.service.type for w in common}
    for wish in own:
        if wish.service.type in types:
            yield (
                f"{where}.integrations names {wish.service.type}, which integrations declares for every project;"
                " keep it in one of the two"
            )


@dataclass(frozen=True)
class Purge:
    """Which undeclared types a task deletes: none, or the chosen ones, or all known but the one set up by hand."""

    types: frozenset[str] = frozenset()

    def wishes(self, declared: Sequence[Wish], project: Sequence[Raw], table: Table = SERVICES) -> list[Wish]:
        """Return wishes that delete what one project has and nobody declared, in the order of the table."""
        kept = {w.service.type for w in declared}
        there = {str(raw.get("type")) for raw in project}
        return [Wish(s, ABSENT) for s in table if s.type in self.types and s.type in there and s.type not in kept]


def read_purge(options: Mapping[str, Any], version: str, table: Table = SERVICES) -> Purge:
    """Read purge and purge_types. Raises OptionError for a type that the API version cannot delete."""
    named = options.get("purge_types")
    problems = []
    if named and not options.get("purge"):
        problems.append("purge_types is given without purge; set purge to true, or leave purge_types out")
    for service_type in named or ():
        why_not = table.why_not(str(service_type), version)
        if why_not:
            problems.append(f"purge_types: {why_not}")
    if problems:
        raise OptionError(problems)
    if not options.get("purge"):
        return Purge()
    known = {s.type for s in table if version in s.versions}
    return Purge(frozenset(named) if named else frozenset(known - {BY_HAND}))


def unmanaged(declared: Sequence[Wish], project: Sequence[Raw]) -> list[str]:
    """Return the types that a project has and nobody declared, unknown ones too, sorted."""
    kept = {w.service.type for w in declared}
    return sorted({str(raw.get("type")) for raw in project} - kept)
