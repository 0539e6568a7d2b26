# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane under /_emulator/: for tests and demos, with a token of its own, never part of Atlas."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, Callable, Optional
from urllib.parse import parse_qsl

from .answers import Answer, plain
from .emulator import Emulator
from .faults import KINDS, FaultError
from .seed import SeedError
from .switches import ALL, SwitchError
from .wire import Request
from .world import Project

PREFIX = "/_emulator/"
TOKEN_HEADER = "X-Emulator-Token"  # nosec - the name of a header


class ControlError(ValueError):
    """A request to the control plane that cannot be carried out. status: what to answer."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


class Control:
    """What the control plane can do; its methods serve both its HTTP requests and tests in process."""

    def __init__(self, emulator: Emulator, token: str, stop: Optional[Callable[[], None]] = None) -> None:
        self._emulator = emulator
        self._token = token
        self._stop = stop

    def answer(self, request: Request) -> Answer:
        """Answer a request under /_emulator/."""
        given = request.headers.get(TOKEN_HEADER.lower(), "")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return plain(401, {"message": f"the control plane wants its token in the header {TOKEN_HEADER}"})
        name = request.path[len(PREFIX) :].strip("/")
        try:
            body = json.loads(request.body) if request.body else None
            data = self._dispatch(request.method, name, dict(parse_qsl(request.query)), body)
        except (ControlError, SeedError, SwitchError, FaultError) as error:
            return plain(getattr(error, "status", 400), {"message": str(error)})
        except (ValueError, TypeError, re.error) as error:
            return plain(400, {"message": f"the request cannot be understood: {error}"})
        self._emulator.journal.resize(self._emulator.switches.journal_size)
        return plain(200, data)

    def _dispatch(self, method: str, name: str, query: dict[str, str], body: Any) -> Any:
        calls: dict[tuple[str, str], Callable[[], Any]] = {
            ("GET", ""): self.info,
            ("POST", "reset"): lambda: self.reset(body),
            ("POST", "seed"): lambda: self.seed(body),
            ("GET", "state"): lambda: self.state(query.get("project")),
            ("POST", "change"): lambda: self.change(body),
            ("GET", "journal"): lambda: self.journal(**query),
            ("DELETE", "journal"): self.clear_journal,
            ("GET", "counts"): self.counts,
            ("GET", "faults"): self.faults,
            ("PUT", "faults"): lambda: self.faults(body),
            ("POST", "faults"): lambda: self.faults(body, add=True),
            ("DELETE", "faults"): lambda: self.faults([]),
            ("GET", "switches"): self.switches,
            ("PATCH", "switches"): lambda: self.switch(**_object(body)),
            ("POST", "switches"): lambda: self.switch(**_object(body)),
            ("POST", "expire"): lambda: self.expire(**_object(body)),
            ("POST", "stop"): self.stop,
        }
        found = calls.get((method, name))
        if found is None:
            known = ", ".join(f"{m} {PREFIX}{n}" for m, n in calls)
            raise ControlError(f"there is no {method} {PREFIX}{name}; there are {known}", 404)
        return found()

    def info(self) -> dict[str, Any]:
        """Tell what runs here, with the words of every switch and fault."""
        return {
            "base_url": self._emulator.base_url,
            "projects": len(self._emulator.world.projects),
            "types": list(self._emulator.table.types),
            "switches": {s.name: {"words": s.words, "default": s.default, "choices": s.choices} for s in ALL},
            "faults": KINDS,
        }

    def reset(self, seed: Optional[Mapping[str, Any]] = None) -> dict[str, Any]:
        """Go back to the start, or begin with another seed."""
        self._emulator.reset(seed)
        return self._counted()

    def seed(self, seed: Any) -> dict[str, Any]:
        """Add a seed to what is there."""
        self._emulator.seeder.sow(seed)
        return self._counted()

    def state(self, project: Optional[str] = None) -> dict[str, Any]:
        """Return what is held, secrets in clear; of one project where its id or name is given."""
        world = self._emulator.world
        chosen = world.projects.values() if project is None else [self._project(project)]
        return {
            "organisations": [{"id": i, "name": n} for i, n in world.organisations.items()],
            "projects": [_project_state(p) for p in chosen],
            "live_tokens": self._emulator.oauth.live(),
        }

    def change(self, change: Any) -> dict[str, Any]:
        """Change a project as somebody else would, past the API and the journal.

        project: id or name. set: fields by type; they are merged into what is there, null removes one.
        remove: types. flags: of the project. Returns the project's new state.
        """
        change = _object(change)
        unknown = set(change) - {"project", "set", "remove", "flags"}
        if unknown:
            raise ControlError(f"a change has no {', '.join(sorted(unknown))}")
        project = self._project(str(change.get("project")))
        for kind, fields in _object(change.get("set")).items():
            held = project.integrations.get(kind)
            values = {**(held.values if held else {}), **_object(fields)}
            self._emulator.seeder.set_integration(project, kind, values)
        for kind in change.get("remove") or []:
            if kind in project.integrations:
                self._emulator.world.drop(project, kind)
        project.flags.update(_object(change.get("flags")))
        return _project_state(project)

    def journal(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return the journal; filters as Journal.entries has them."""
        return self._emulator.journal.entries({k: str(v) for k, v in wanted.items() if v is not None})

    def clear_journal(self) -> dict[str, int]:
        """Empty the journal and its counts."""
        self._emulator.journal.clear()
        return self.counts()

    def counts(self) -> dict[str, int]:
        """Return how many requests there were: all, by method, by status."""
        return {"all": 0, **self._emulator.journal.counts}

    def faults(self, rules: Any = None, add: bool = False) -> list[dict[str, Any]]:
        """Set rules, add some, or (without any) only return those in force, with how often each was met."""
        if rules is not None and add:
            self._emulator.faults.add(rules)
        elif rules is not None:
            self._emulator.faults.set(rules)
        return [fault.as_dict() for fault in self._emulator.faults.rules]

    def switches(self) -> dict[str, Any]:
        """Return all switches with their present values."""
        return self._emulator.switches.as_dict()

    def switch(self, **values: Any) -> dict[str, Any]:
        """Set some switches; return all."""
        self._emulator.switches.update(values)
        return self.switches()

    def expire(self, nonces: bool = False, tokens: bool = False, limits: bool = False) -> dict[str, bool]:
        """End all nonces or tokens at once, or fill all rate-limit buckets again."""
        if nonces:
            self._emulator.digest.expire()
        if tokens:
            self._emulator.oauth.expire()
        if limits:
            self._emulator.buckets.clear()
        return {"nonces": nonces, "tokens": tokens, "limits": limits}

    def stop(self) -> dict[str, bool]:
        """End the emulator shortly after this answer."""
        if self._stop is None:
            raise ControlError("this emulator is stopped by the program that it runs in", 409)
        self._stop()
        return {"stopping": True}

    def _counted(self) -> dict[str, Any]:
        world = self._emulator.world
        return {"organisations": len(world.organisations), "projects": len(world.projects)}

    def _project(self, wanted: str) -> Project:
        project = self._emulator.world.find_project(wanted)
        if project is None:
            raise ControlError(f"there is no project {wanted!r}, or its name is not unique", 404)
        return project


def _object(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ControlError("an object was expected")
    return value


def _project_state(project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "organisation": project.org_id,
        "created": project.created,
        "cluster_count": project.cluster_count,
        "tags": project.tags,
        "flags": project.flags,
        "integrations": [{"type": i.type, "id": i.id, **i.values} for i in project.integrations.values()],
    }
