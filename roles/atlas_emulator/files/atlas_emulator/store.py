# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file: state survives a restart. Written whole, to a new file that then takes the old one's place."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

from .world import Credential, Integration, Project, World

FORMAT = 1


class StateFileError(ValueError):
    """The file is no state file of this emulator; the text says why."""


def write_private(path: Path, data: Any) -> None:
    """Write JSON that only its owner may read; a reader sees the old file or the new one, never a part."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(data, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


class StateFile:
    """Loads and saves a world. Saving is cheap to ask for: the caller does it once in a while, not for each write."""

    def __init__(self, path: Path, world: World) -> None:
        self.path = path
        self._world = world

    def load(self) -> bool:
        """Fill the world from the file; False where there is none. Raises StateFileError."""
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            raise StateFileError(f"{self.path} cannot be read as a state file: {error}") from None
        if not isinstance(data, Mapping) or data.get("format") != FORMAT:
            raise StateFileError(f"{self.path} is no state file of this emulator")
        try:
            self._fill(data)
        except (KeyError, TypeError, ValueError) as error:
            raise StateFileError(f"{self.path} is damaged: {error!r}") from None
        self._world.dirty = False
        return True

    def save(self) -> None:
        """Write the world, where it changed."""
        if self._world.dirty:
            self._world.dirty = False
            write_private(self.path, self._data())

    def credentials(self) -> tuple[Optional[Credential], Optional[Credential]]:
        """Return the first key pair and the first service account of the world."""
        pairs, accounts = self._world.key_pairs, self._world.accounts
        return next(iter(pairs.values()), None), next(iter(accounts.values()), None)

    def _fill(self, data: Mapping[str, Any]) -> None:
        world = self._world
        world.clear()
        world.key_pairs.clear()
        world.accounts.clear()
        world.organisations.update(data["organisations"])
        for given in data["projects"]:
            project = Project(
                given["id"],
                given["name"],
                given["org_id"],
                created=given["created"],
                cluster_count=given["cluster_count"],
                tags=given["tags"],
                flags=given["flags"],
            )
            world.add_project(project)
            for key, kind, ident, values, raw in given["integrations"]:
                world.put(project, Integration(kind, ident, values, raw), key)
        for given in data["credentials"]:
            world.add_credential(Credential(**given))

    def _data(self) -> dict[str, Any]:
        world = self._world
        return {
            "format": FORMAT,
            "organisations": world.organisations,
            "projects": [
                {
                    "id": p.id,
                    "name": p.name,
                    "org_id": p.org_id,
                    "created": p.created,
                    "cluster_count": p.cluster_count,
                    "tags": p.tags,
                    "flags": p.flags,
                    "integrations": [[k, i.type, i.id, i.values, i.raw] for k, i in p.integrations.items()],
                }
                for p in world.projects.values()
            ],
            "credentials": [
                {
                    "kind": c.kind,
                    "id": c.id,
                    "secret": c.secret,
                    "role": c.role,
                    "organisations": c.organisations,
                    "projects": c.projects,
                    "access_list": c.access_list,
                }
                for c in [*world.key_pairs.values(), *world.accounts.values()]
            ],
        }


def read_seed(path: Path) -> Any:
    """Return the seed in a JSON file. Raises StateFileError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateFileError(f"{path} cannot be read as a seed: {error}") from None
