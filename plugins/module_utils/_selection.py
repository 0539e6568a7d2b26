# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Which projects are meant: named one by one or all, narrowed by organization, name, tags and exceptions.

What can be checked without Atlas is checked while a selection is read; names are looked up in the
project list, which is read only where a name, a pattern or a tag needs it.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Optional, Protocol

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import AtlasOpsError, OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._options import ORG_ID
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import id_problems, resolve_org_id

_ANY_ID = re.compile(r"[0-9A-Fa-f]{24}")


class NothingSelected(AtlasOpsError):
    """No project is left after narrowing, which is an error unless the user allows it."""


class ProjectSource(Protocol):
    """What can list projects: the client."""

    def projects(self, org_id: Optional[str] = None) -> Iterator[dict[str, Any]]:
        """Yield the projects that the credentials see, of one organization where org_id is given."""


@dataclass(frozen=True)
class Named:
    """One project as the user named it, and what only this one gets. where: for messages.

    Where both are given the id counts, and the name is what the project is called in messages and results.
    """

    id: Optional[str]
    name: Optional[str]
    where: str
    extra: Any = None


@dataclass(frozen=True)
class Target:
    """One project to work on; name is None where only the id is known. extras: from the elements that named it."""

    id: str
    name: Optional[str] = None
    org_id: Optional[str] = None
    extras: tuple[Any, ...] = ()

    @property
    def label(self) -> str:
        """What a message calls it: its name, else its id."""
        return self.name or self.id


@dataclass(frozen=True)
class Selection:
    """A user's choice of projects, checked as far as that is possible without Atlas.

    named: the projects named one by one, None for all. tags: values that are allowed, by tag key.
    narrows_ids: the task itself chose the organization, so that ids are looked up in it too; one from
    the environment, which other tools use as well, tells names apart and leaves ids alone.
    """

    named: Optional[tuple[Named, ...]] = None
    org_id: Optional[str] = None
    pattern: Optional[str] = None
    tags: Mapping[str, tuple[str, ...]] = dataclass_field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    narrows_ids: bool = False

    @property
    def needs_list(self) -> bool:
        """True where the project list must be read: ids alone are enough otherwise."""
        if self.named is None or self.narrowing:
            return True
        return any(n.id is None for n in self.named) or not all(_ANY_ID.fullmatch(e) for e in self.excluded)

    @property
    def narrowing(self) -> bool:
        """True where something is asked of projects that are named by their ids, too."""
        return self.pattern is not None or bool(self.tags) or self.narrows_ids


def read_selection(options: Mapping[str, Any], env: Mapping[str, str], *, everything: bool = False) -> Selection:
    """Read a selection from options: projects, all_projects, and the four that narrow them.

    projects: dictionaries with id or name, and integrations that become a target's extras.
    everything: all projects are meant where the caller has no option all_projects (the inventory).
    Raises OptionError with all that is wrong.
    """
    problems: list[str] = []
    named = options.get("projects")
    all_projects = everything or bool(options.get("all_projects"))
    if named is None and not all_projects:
        problems.append("no projects are chosen; name them in projects, or set all_projects to true")
    if named is not None and all_projects:
        problems.append("projects and all_projects are both given; keep one of the two")
    elements = tuple(_read_named(named or (), problems))
    excluded = tuple(str(e) for e in options.get("exclude_projects") or ())
    for text in excluded:
        if _ANY_ID.fullmatch(text):
            problems += id_problems(text, f"exclude_projects element {text}")
    tags = _read_tags(options.get("project_tags"), problems)
    org_id = None
    try:
        org_id = resolve_org_id(options, env)
    except OptionError as exc:
        problems += exc.problems
    if problems:
        raise OptionError(problems)
    pattern = options.get("project_pattern") or None
    narrows_ids = ORG_ID.given(options) is not None
    return Selection(None if all_projects else elements, org_id, pattern, tags, excluded, narrows_ids)


def selection_problems(options: Mapping[str, Any], env: Mapping[str, str]) -> list[str]:
    """Return what read_selection would complain about, [] where it would not."""
    try:
        read_selection(options, env)
    except OptionError as exc:
        return list(exc.problems)
    return []


def _read_named(elements: Iterable[Any], problems: list[str]) -> Iterator[Named]:
    for index, element in enumerate(elements):
        where = f"projects[{index}]"
        project_id, name = element.get("id"), element.get("name")
        if project_id is None and name is None:
            problems.append(f"{where} needs an id or a name")
            continue
        if project_id is not None:
            problems += id_problems(project_id, where)
        yield Named(project_id, name, where, element.get("integrations"))


def _read_tags(given: Any, problems: list[str]) -> dict[str, tuple[str, ...]]:
    tags = {}
    for key, value in (given or {}).items():
        values = value if isinstance(value, (list, tuple)) else (value,)
        wanted = tuple(_tag_text(v) for v in values if v is not None and v != "")
        if not wanted or any(isinstance(v, (Mapping, list, tuple)) for v in values):
            problems.append(f"project_tags.{key} needs a text or a list of texts; give the values that are allowed")
        tags[str(key)] = wanted
    return tags


def _tag_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def tags_of(project: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a project, which Atlas sends as a list of keys and values, as a dictionary."""
    tags = project.get("tags")
    if not isinstance(tags, list):
        return {}
    return {str(t.get("key")): str(t.get("value")) for t in tags if isinstance(t, Mapping)}


def select(selection: Selection, source: ProjectSource) -> list[Target]:
    """Resolve a selection to projects, each once, in the order of the user or of Atlas.

    Raises OptionError for unknown and ambiguous names, NothingSelected where nothing is left, and
    what reading the project list raises.
    """
    if not selection.needs_list:
        targets = [t for t in _merged(_by_id(selection.named or ())) if t.id not in selection.excluded]
        if not targets:
            raise NothingSelected(_nothing(selection, []))
        return targets
    listed = list(source.projects(selection.org_id))
    return narrow(selection, listed)


def narrow(selection: Selection, listed: Sequence[Mapping[str, Any]]) -> list[Target]:
    """Choose from a project list, as Atlas sends it. Raises like select."""
    problems: list[str] = []
    excluded = set(_ids(selection, listed, problems))
    if selection.named is None:
        targets = [_target(project) for project in listed]
    else:
        targets = list(_merged(_looked_up(selection, listed, problems)))
    if problems:
        raise OptionError(problems)
    projects = {str(p.get("id")): p for p in listed}
    kept = [t for t in targets if t.id not in excluded and _fits(selection, projects.get(t.id))]
    if not kept:
        raise NothingSelected(_nothing(selection, listed))
    return kept


def _fits(selection: Selection, project: Optional[Mapping[str, Any]]) -> bool:
    """Tell whether pattern and tags hold; a project that the list lacks fits only where nothing is asked."""
    if project is None:
        return selection.pattern is None and not selection.tags
    if selection.pattern is not None and not fnmatch.fnmatchcase(str(project.get("name")), selection.pattern):
        return False
    tags = tags_of(project)
    return all(tags.get(key) in values for key, values in selection.tags.items())


def _target(project: Mapping[str, Any], extras: tuple[Any, ...] = ()) -> Target:
    return Target(str(project.get("id")), project.get("name"), project.get("orgId"), extras)


def _by_id(named: Iterable[Named]) -> Iterator[Target]:
    for element in named:
        yield Target(str(element.id), element.name, extras=_extras(element))


def _extras(element: Named) -> tuple[Any, ...]:
    return () if element.extra is None else ((element.where, element.extra),)


def _looked_up(selection: Selection, listed: Sequence[Mapping[str, Any]], problems: list[str]) -> Iterator[Target]:
    by_id = {str(p.get("id")): p for p in listed}
    for element in selection.named or ():
        if element.id is not None:
            project = by_id.get(element.id)
            if project is not None:
                yield _target(project, _extras(element))
            elif selection.narrowing:
                problems.append(_unseen(element.where, element.id, selection))
            else:
                yield Target(element.id, element.name, extras=_extras(element))
            continue
        found = _named(str(element.name), listed, element.where, problems)
        if found is not None:
            yield _target(found, _extras(element))


def _ids(selection: Selection, listed: Sequence[Mapping[str, Any]], problems: list[str]) -> Iterator[str]:
    """Yield the ids of excluded projects: a mistyped exception would be a project written by mistake."""
    seen = {str(p.get("id")) for p in listed}
    for text in selection.excluded:
        if _ANY_ID.fullmatch(text):
            if text not in seen:
                problems.append(_unseen("exclude_projects", text, selection))
            yield text
            continue
        found = _named(text, listed, "exclude_projects", problems)
        if found is not None:
            yield str(found.get("id"))


def _unseen(where: str, project_id: str, selection: Selection) -> str:
    place = f" in organization {selection.org_id}" if selection.org_id else ""
    return f"{where}: the credentials see no project with the id {project_id}{place}; correct it, or leave it out"


def _named(
    name: str, listed: Sequence[Mapping[str, Any]], where: str, problems: list[str]
) -> Optional[Mapping[str, Any]]:
    found = [p for p in listed if p.get("name") == name]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(sorted(str(p.get("id")) for p in found))
        problems.append(f"{where}: {len(found)} projects are called {name!r}; name one by its id ({ids}) or set org_id")
        return None
    near = difflib.get_close_matches(name, [str(p.get("name")) for p in listed], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    problems.append(f"{where}: the credentials see no project called {name!r}; check the name{hint}")
    return None


def _merged(targets: Iterable[Target]) -> Iterator[Target]:
    """Yield each project once, with everything that the elements naming it bring."""
    found: dict[str, Target] = {}
    for target in targets:
        before = found.get(target.id)
        extras = (before.extras if before else ()) + target.extras
        name = target.name or (before.name if before else None)
        found[target.id] = Target(target.id, name, target.org_id, extras)
    yield from found.values()


def _nothing(selection: Selection, listed: Sequence[Mapping[str, Any]]) -> str:
    """Say why nothing is left, with what was seen, since a mistyped tag is the usual reason."""
    reasons = []
    if selection.pattern is not None:
        reasons.append(f"project_pattern {selection.pattern!r}")
    seen = [tags_of(p) for p in listed]
    for key, values in selection.tags.items():
        known = sorted({t[key] for t in seen if key in t})
        if not known:
            keys = sorted({k for t in seen for k in t})
            reasons.append(f"project_tags.{key} (no project has this tag; tags are {_some(keys)})")
        elif not set(values) & set(known):
            reasons.append(f"project_tags.{key} = {' or '.join(values)} (values are {_some(known)})")
        else:
            reasons.append(f"project_tags.{key} = {' or '.join(values)}")
    if selection.excluded:
        reasons.append("exclude_projects")
    why = f" after narrowing {len(listed)} by {' and '.join(reasons)}" if reasons else ""
    return f"no project matched{why}; correct the selection, or set allow_empty to true where that is expected"


def _some(texts: Sequence[str], most: int = 8) -> str:
    if not texts:
        return "none"
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")
