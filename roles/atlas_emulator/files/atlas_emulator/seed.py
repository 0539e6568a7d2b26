# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeds: a description of organisations, projects and integrations becomes the state of the emulator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Optional

from .world import DEFAULT_ORG, DEFAULT_PROJECT, Credential, Integration, Project, World

DEFAULT_SEED: Mapping[str, Any] = {
    "organisations": [{"id": DEFAULT_ORG, "name": "Emulated organisation"}],
    "projects": [{"id": DEFAULT_PROJECT, "name": "demo", "organisation": DEFAULT_ORG}],
}
_ID = re.compile(r"[0-9a-f]{24}\Z")
_PROJECT_KEYS = {
    "id", "name", "organisation", "created", "cluster_count", "clusterCount", "tags", "integrations", "flags",
}  # fmt: skip
_NO_TYPE = "__no_type_"
_TOP_KEYS = {"organisations", "projects", "generate", "key_pairs", "service_accounts"}


class SeedError(ValueError):
    """A seed that cannot be understood; the text says where and why."""


class Seeder:
    """Puts seeds into a world; several add up."""

    def __init__(self, world: World, table: Any) -> None:
        self._world = world
        self._table = table

    def sow(self, seed: Any) -> None:
        """Take a seed in. Raises SeedError.

        organisations: [{id, name}]; projects: [{id, name, organisation, tags, created, cluster_count,
        integrations, flags}]; generate: {organisations, projects, name, tags, integrations, ...} or a
        list of such; key_pairs, service_accounts: further credentials. All may be left out.
        """
        if not isinstance(seed, Mapping):
            raise SeedError("a seed is an object")
        unknown = set(seed) - _TOP_KEYS
        if unknown:
            raise SeedError(f"a seed has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(_TOP_KEYS))}")
        for org in _list(seed, "organisations"):
            self._organisation(org)
        for project in _list(seed, "projects"):
            self._project(project)
        plans = seed.get("generate") or []
        for plan in [plans] if isinstance(plans, Mapping) else plans:
            self._generate(plan)
        for kind, held in (("key_pair", "key_pairs"), ("service_account", "service_accounts")):
            for given in _list(seed, held):
                self._credential(kind, given)

    def set_integration(self, project: Project, kind: str, fields: Mapping[str, Any]) -> None:
        """Put one integration into a project as it is, without the checks of the API."""
        values = {str(k): v for k, v in fields.items() if k not in ("id", "type")}
        service = self._table.get(kind)
        ident = fields["id"] if "id" in fields else self._world.new_id()
        if service is not None:
            unknown = [name for name in values if service.by_api(name) is None]
            if unknown:
                raise SeedError(f"integration {kind} has no field {', '.join(unknown)}; use the names of the API")
            values = {name: value for name, value in values.items() if value is not None}
        known_as = None if kind.startswith(_NO_TYPE) else kind
        self._world.put(project, Integration(known_as, ident, values, raw=service is None), kind)

    def _organisation(self, given: Any) -> str:
        if not isinstance(given, Mapping):
            raise SeedError("organisations is a list of objects {id, name}")
        ident = self._id(given.get("id"), "organisation")
        self._world.organisations[ident] = str(given.get("name") or f"organisation {ident[-4:]}")
        self._world.dirty = True
        return ident

    def _project(self, given: Any) -> Project:
        if not isinstance(given, Mapping) or not (given.get("name") or given.get("id") in self._world.projects):
            raise SeedError("projects is a list of objects, each with a name at least")
        unknown = set(given) - _PROJECT_KEYS
        if unknown:
            raise SeedError(f"a project has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(_PROJECT_KEYS))}")
        project = self._world.projects.get(str(given.get("id")))
        if project is None or given.get("name") not in (None, project.name):
            project = Project(
                self._id(given.get("id"), "project"),
                str(given["name"]),
                self._organisation_of(given),
                created=str(given.get("created") or "2026-01-01T00:00:00Z"),
                cluster_count=int(given.get("cluster_count", given.get("clusterCount")) or 0),
            )
            self._world.add_project(project)
        if given.get("tags") is not None:
            project.tags = _tags(given["tags"])
        project.flags.update(given.get("flags") or {})
        for kind, fields in _integrations(given.get("integrations")):
            self.set_integration(project, kind, fields)
        self._world.touch(project)
        return project

    def _organisation_of(self, given: Mapping[str, Any]) -> str:
        wanted = given.get("organisation")
        if wanted is None:
            return next(iter(self._world.organisations), DEFAULT_ORG)
        for ident, name in self._world.organisations.items():
            if wanted in (ident, name):
                return ident
        return self._id(wanted, "organisation")

    def _generate(self, plan: Any) -> None:
        """Make many projects. In texts {n} stands for the number of the project, {org} for its organisation's."""
        if not isinstance(plan, Mapping):
            raise SeedError("generate is an object, or a list of objects")
        count, orgs = int(plan.get("projects", 1)), int(plan.get("organisations", 1))
        wanted = plan.get("organisation")
        if wanted is not None:
            idents = [self._organisation_of(plan)]
        else:
            idents = [
                self._organisation({"id": f"5e{n:022x}", "name": f"organisation-{n}"}) for n in range(1, orgs + 1)
            ]
        first = int(plan.get("first", 1))
        name, created = str(plan.get("name", "project-{n:05d}")), str(plan.get("created", "2026-01-01T00:00:00Z"))
        wished = list(_integrations(plan.get("integrations")))
        for n in range(first, first + count):
            org = idents[(n - first) % len(idents)]
            values = {"n": n, "org": idents.index(org) + 1}
            project = Project(
                f"5d{n:022x}",
                name.format(**values),
                org,
                created=created,
                cluster_count=int(plan.get("cluster_count", 0)),
                tags=[{k: v.format(**values) for k, v in tag.items()} for tag in _tags(plan.get("tags") or [])],
            )
            self._world.add_project(project)
            for kind, fields in wished:
                self.set_integration(project, kind, _filled(fields, values))

    def _credential(self, kind: str, given: Any) -> None:
        names = ("public_key", "private_key") if kind == "key_pair" else ("client_id", "client_secret")
        if not isinstance(given, Mapping) or not all(given.get(n) for n in names):
            raise SeedError(f"{kind}s is a list of objects with {names[0]} and {names[1]}")
        allowed = {*names, "role", "organisations", "projects", "access_list"}
        unknown = set(given) - allowed
        if unknown or given.get("role", "owner") not in ("owner", "read_only"):
            raise SeedError(f"a {kind} has {', '.join(sorted(allowed))}, and role is owner or read_only")
        self._world.add_credential(
            Credential(
                kind,
                str(given[names[0]]),
                str(given[names[1]]),
                str(given.get("role", "owner")),
                _texts(given.get("organisations")),
                _texts(given.get("projects")),
                _texts(given.get("access_list")),
            )
        )

    def _id(self, given: Any, what: str) -> str:
        if given is None:
            return self._world.new_id()
        if not isinstance(given, str) or not _ID.match(given):
            raise SeedError(f"the id of the {what} must be 24 lower-case hexadecimal digits, not {given!r}")
        return given


def _list(seed: Mapping[str, Any], name: str) -> list[Any]:
    value = seed.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise SeedError(f"{name} is a list")
    return value


def _texts(value: Any) -> Optional[list[str]]:
    return None if value is None else [str(v) for v in value]


def _tags(value: Any) -> list[dict[str, str]]:
    """Return tags as Atlas holds them; a dictionary of keys and values is taken too."""
    if isinstance(value, Mapping):
        return [{"key": str(k), "value": str(v)} for k, v in value.items()]
    if not isinstance(value, list) or not all(isinstance(t, Mapping) and {"key", "value"} <= set(t) for t in value):
        raise SeedError("tags is a dictionary, or a list of objects {key, value}")
    return [{"key": str(t["key"]), "value": str(t["value"])} for t in value]


def _integrations(value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (type, fields) pairs of a list of objects with a type, or of a dictionary by type."""
    if not value:
        return []
    if isinstance(value, Mapping):
        return [(str(k), v or {}) for k, v in value.items()]
    if not isinstance(value, list) or not all(isinstance(i, Mapping) for i in value):
        raise SeedError("integrations is a list of objects, or a dictionary by type")
    return [(str(i.get("type") or f"{_NO_TYPE}{n}"), i) for n, i in enumerate(value)]


def _filled(fields: Mapping[str, Any], values: Mapping[str, int]) -> dict[str, Any]:
    # Templates of webhooks hold braces of their own, so only the two known ones are replaced.
    filled = {}
    for name, value in fields.items():
        if isinstance(value, str) and "{" in value:
            value = re.sub(r"\{(n|org)(:[0-9a-zA-Z]+)?\}", lambda m: m.group(0).format(**values), value)
        filled[name] = value
    return filled
