# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the emulator holds: organisations, projects, their integrations, and credentials."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Optional

DEFAULT_ORG = "5f0000000000000000000001"
DEFAULT_PROJECT = "5f00000000000000000000d0"


class IdMaker:
    """Makes ids as Atlas does: 24 hex digits, the time first, never twice."""

    def __init__(self) -> None:
        self._middle = os.urandom(5).hex()
        self._count = int.from_bytes(os.urandom(2), "big")

    def __call__(self) -> str:
        self._count = (self._count + 1) & 0xFFFFFF
        return f"{int(time.time()) & 0xFFFFFFFF:08x}{self._middle}{self._count:06x}"


class Integration:
    """One integration: values by API name as they were written, secrets in clear; raw where the type is unknown."""

    __slots__ = ("id", "raw", "type", "values")

    def __init__(self, kind: Any, ident: Any, values: dict[str, Any], raw: bool = False) -> None:
        self.type = kind
        self.id = ident
        self.values = values
        self.raw = raw


class Project:
    """One project. flags: facts that make Atlas refuse something (webhook_used, open_access_list, suspended, ...)."""

    __slots__ = ("cache", "cluster_count", "created", "flags", "id", "integrations", "name", "org_id", "tags")

    def __init__(
        self,
        ident: str,
        name: str,
        org_id: str,
        *,
        created: str = "2026-01-01T00:00:00Z",
        cluster_count: int = 0,
        tags: Optional[list[dict[str, str]]] = None,
        flags: Optional[dict[str, Any]] = None,
    ) -> None:
        self.id = ident
        self.name = name
        self.org_id = org_id
        self.created = created
        self.cluster_count = cluster_count
        self.tags = tags or []
        self.flags = flags or {}
        self.integrations: dict[str, Integration] = {}
        self.cache: dict[Any, Any] = {}


@dataclass
class Credential:
    """A key pair or a service account.

    role: owner or read_only. organisations, projects: ids that it sees, None for all.
    access_list: addresses that it may be used from, None for any; an empty list refuses all.
    """

    kind: str
    id: str
    secret: str
    role: str = "owner"
    organisations: Optional[list[str]] = None
    projects: Optional[list[str]] = None
    access_list: Optional[list[str]] = None
    hashes: dict[str, str] = field(default_factory=dict, repr=False)

    def sees(self, project: Project) -> bool:
        """Tell whether this credential may know of a project."""
        if self.organisations is None and self.projects is None:
            return True
        return project.id in (self.projects or ()) or project.org_id in (self.organisations or ())

    def sees_org(self, org_id: str) -> bool:
        """Tell whether this credential is a member of an organisation."""
        if self.organisations is None:
            return self.projects is None
        return org_id in self.organisations


class World:
    """Everything that a test can see afterwards. dirty tells the state file that something was written."""

    def __init__(self) -> None:
        self.new_id = IdMaker()
        self.organisations: dict[str, str] = {}
        self.projects: dict[str, Project] = {}
        self.by_name: dict[str, list[Project]] = {}
        self.by_org: dict[str, list[Project]] = {}
        self.key_pairs: dict[str, Credential] = {}
        self.accounts: dict[str, Credential] = {}
        self.dirty = False

    def clear(self) -> None:
        """Forget organisations and projects; credentials stay."""
        for held in (self.organisations, self.projects, self.by_name, self.by_org):
            held.clear()
        self.dirty = True

    def add_project(self, project: Project) -> None:
        """Take a project in; one of the same id is replaced."""
        old = self.projects.get(project.id)
        if old is not None:
            self.by_name[old.name].remove(old)
            self.by_org[old.org_id].remove(old)
        self.projects[project.id] = project
        self.by_name.setdefault(project.name, []).append(project)
        self.by_org.setdefault(project.org_id, []).append(project)
        self.organisations.setdefault(project.org_id, f"organisation {project.org_id[-4:]}")
        self.dirty = True

    def find_project(self, wanted: str) -> Optional[Project]:
        """Return a project by its id, or by its name where only one has it."""
        named = self.by_name.get(wanted, ())
        return self.projects.get(wanted) or (named[0] if len(named) == 1 else None)

    def put(self, project: Project, integration: Integration, key: Optional[str] = None) -> None:
        """Store an integration; one of the same type (or key, where it has no type) is replaced where it stands."""
        project.integrations[key or integration.type] = integration
        self.touch(project)

    def drop(self, project: Project, kind: str) -> None:
        """Remove an integration."""
        del project.integrations[kind]
        self.touch(project)

    def touch(self, project: Project) -> None:
        """Note that a project changed."""
        project.cache.clear()
        self.dirty = True

    def visible(self, credential: Credential, projects: Iterable[Project]) -> list[Project]:
        """Return the projects that a credential sees, in their order."""
        if credential.organisations is None and credential.projects is None:
            return list(projects)
        return [p for p in projects if credential.sees(p)]

    def add_credential(self, credential: Credential) -> None:
        """Take a credential in; one of the same id is replaced."""
        held = self.key_pairs if credential.kind == "key_pair" else self.accounts
        held[credential.id] = credential
        self.dirty = True
