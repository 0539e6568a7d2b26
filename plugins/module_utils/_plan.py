# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The decision: a wish and what Atlas lists in, an action and everything known about it out.

Pure: no request, no clock, no Ansible. Check mode is this plan without its execution.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Optional

from ansible_collections.atlasops.integrations.plugins.module_utils._masking import (
    CONSISTENT,
    DIFFERENT,
    NOT_SET,
    OTHER,
    UNREADABLE,
    conceals,
    foreseen,
    is_blank,
    shows_as_mask,
    verdict,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import Field, Mask, Service
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import ABSENT, ALWAYS, AUTO, ON_CREATE, Wish

NONE = "none"
CREATE = "create"
UPDATE = "update"
DELETE = "delete"

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is to be done with one integration of one project, and why.

    action: NONE, CREATE, UPDATE or DELETE. body: the JSON object to send, None where nothing is
    sent. before, after: the integration as Atlas lists it now and as it will list it, None where
    there is none; after has no id. secrets: verdict by option of each given secret. differences:
    options that differ, sorted. missing: secrets that the write needs and that were not given.
    contradicted: given secrets that differ although update_secrets=on_create wants them left alone.
    written_secrets: secrets that the body sets or empties. echoed: API names of fields of no known
    meaning in the body; uncarried: those left out of it because they hold a secret. warnings:
    sentences for the user.
    """

    wish: Wish
    action: str = NONE
    body: Optional[Mapping[str, Any]] = dataclass_field(default=None, repr=False)
    before: Optional[Raw] = dataclass_field(default=None, repr=False)
    after: Optional[Raw] = dataclass_field(default=None, repr=False)
    secrets: Mapping[str, str] = dataclass_field(default_factory=dict)
    differences: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()
    written_secrets: tuple[str, ...] = ()
    echoed: tuple[str, ...] = ()
    uncarried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def refusal(self) -> Optional[str]:
        """Return why this must not be executed and what to do, None where it may be."""
        kind = self.wish.service.type
        if self.missing:
            names = ", ".join(self.missing)
            if self.action == CREATE:
                return f"{kind} is not configured yet and creating it needs {names}; give it a value"
            optional = [n for n in self.missing if self._optional(n)]
            clear = f", or empty it with clear: [{', '.join(optional)}]" if optional else ""
            return (
                f"{kind} must be updated and Atlas never shows {names} again, so the update would lose it;"
                f" give {names} as well{clear}"
            )
        if self.contradicted:
            names = ", ".join(self.contradicted)
            return (
                f"{kind} must be updated and the given {names} is not the one that Atlas holds;"
                " set update_secrets to auto to write it, or give the one that Atlas holds"
            )
        return None

    def _optional(self, option: str) -> bool:
        found = self.wish.service.by_option(option)
        return found is not None and not found.required


def find(project: Iterable[Raw], service_type: str) -> Optional[Raw]:
    """Return the integration of a type from a list of Atlas, whatever its order; None without one."""
    return next((item for item in project if item.get("type") == service_type), None)


def make_plan(wish: Wish, project: Sequence[Raw], *, force: bool = False) -> Plan:
    """Decide what to do. project: all integrations of the project, as Atlas lists them.

    force: write even what looks fulfilled, for a write whose answer was lost and whose effect can't be seen.
    """
    current = find(project, wish.service.type)
    if wish.state == ABSENT:
        return Plan(wish, NONE if current is None else DELETE, before=current)
    if current is None:
        return _plan_create(wish)
    return _plan_present(wish, current, force)


def value_of(field: Field, current: Raw) -> Any:
    """Return what an integration holds in a field that is no secret: its documented default where blank."""
    shown = current.get(field.api)
    return field.default if is_blank(shown) else shown


def holds(field: Field, current: Raw) -> bool:
    """Tell whether Atlas holds a value in a secret field, seen or not."""
    return bool(field.mask is Mask.HIDDEN or field.required) or not is_blank(current.get(field.api))


def concealed(field: Field, current: Raw) -> bool:
    """Tell whether a field's value can't be sent back: a secret, or what Atlas masks although it is none."""
    return holds(field, current) if field.secret else shows_as_mask(field, current.get(field.api))


def judge(wish: Wish, current: Raw) -> dict[str, str]:
    """Return the verdict, by option, of each given secret."""
    return {
        f.option: verdict(f, wish.values[f.option], current.get(f.api))
        for f in wish.service.secrets
        if f.option in wish.values
    }


def differing(wish: Wish, current: Raw) -> list[str]:
    """Return the options, secrets apart, whose wished value is not the current one; clear included."""
    names = []
    for f in wish.service.writable:
        if f.option in wish.clear:
            changed = holds(f, current) if f.secret else value_of(f, current) != f.default
        else:
            changed = not f.secret and f.option in wish.values and _differs(f, wish.values[f.option], current)
        if changed:
            names.append(f.option)
    return names


def _differs(field: Field, wished: Any, current: Raw) -> bool:
    shown = value_of(field, current)
    if field.unshown and is_blank(current.get(field.api)):
        return False
    if concealed(field, current):
        return verdict(field, str(wished), shown) == DIFFERENT
    return bool(("" if shown is None else shown) != wished)


def _plan_create(wish: Wish) -> Plan:
    given = tuple(f.option for f in wish.service.secrets if f.option in wish.values)
    secrets = dict.fromkeys(given, NOT_SET)
    if wish.replaces:
        return Plan(wish, secrets=secrets)
    body = _body(wish, {})
    return Plan(
        wish,
        CREATE,
        body=body,
        after=_predict(wish.service, {}, body),
        secrets=secrets,
        differences=tuple(sorted(wish.values)),
        missing=tuple(f.option for f in wish.service.secrets if f.required and f.option not in wish.values),
        written_secrets=given,
    )


def _plan_present(wish: Wish, current: Raw, force: bool) -> Plan:
    verdicts = judge(wish, current)
    rotation = _Rotation(wish, current, verdicts)
    verdicts.update(rotation.verdicts)
    plain = differing(wish, current)
    differences = tuple(sorted(plain + [n for n, v in verdicts.items() if v in (DIFFERENT, NOT_SET, OTHER)]))
    wanted = bool(plain) or any(_writes(wish, found) for found in verdicts.values())
    if wish.replaces:
        # A rotation swaps secrets where it finds the old ones; it never writes for any other reason.
        wanted = rotation.writes and not rotation.left_alone
    if not (force or wanted):
        return Plan(
            wish,
            before=current,
            after=current,
            secrets=verdicts,
            differences=differences,
            warnings=rotation.warnings + _unseen(wish, verdicts, rotation),
        )
    body = _body(wish, current)
    service = wish.service
    return Plan(
        wish,
        UPDATE,
        body=body,
        before=current,
        after=_predict(service, current, body),
        secrets=verdicts,
        differences=differences,
        missing=tuple(f.option for f in service.writable if f.api not in body and concealed(f, current)),
        contradicted=tuple(n for n, v in verdicts.items() if wish.update_secrets == ON_CREATE and v == DIFFERENT),
        written_secrets=tuple(f.option for f in service.secrets if f.api in body),
        echoed=tuple(_unknown(service, current, concealing=False)),
        uncarried=tuple(_unknown(service, current, concealing=True)),
        warnings=rotation.warnings,
    )


def _writes(wish: Wish, found: str) -> bool:
    if wish.update_secrets == ALWAYS:
        return True
    return wish.update_secrets == AUTO and found in (DIFFERENT, NOT_SET)


class _Rotation:
    """What replaces decides: write the new secrets, do nothing, or leave the integration alone."""

    def __init__(self, wish: Wish, current: Raw, verdicts: Mapping[str, str]) -> None:
        self.verdicts: dict[str, str] = {}
        self.writes = False
        self.left_alone = False
        self.warnings: tuple[str, ...] = ()
        for name, old in wish.replaces.items():
            self._judge(wish, current, name, old, verdicts[name])

    def _judge(self, wish: Wish, current: Raw, name: str, old: str, found: str) -> None:
        field = wish.service.by_option(name)
        found_old = DIFFERENT if field is None else verdict(field, old, current.get(field.api))
        always = wish.update_secrets == ALWAYS
        if found == NOT_SET:
            self.left_alone = True
        elif found == CONSISTENT:
            if found_old == CONSISTENT and old != wish.values[name]:
                self._unclear(always, f"the old and the new {name} look alike in what Atlas shows")
        elif found_old == CONSISTENT:
            self.writes = True
        elif found_old == UNREADABLE:
            self.verdicts[name] = UNREADABLE
            self.left_alone = self.left_alone or not always
            self._unclear(always, f"Atlas does not show enough of {name} to tell which value it holds")
        else:
            # What Atlas holds is not the old value, so even an unreadable one is not ours to replace.
            self.verdicts[name] = UNREADABLE if found == UNREADABLE else OTHER
            self.left_alone = True

    def _unclear(self, always: bool, why: str) -> None:
        self.writes = self.writes or always
        if not always:
            self.warnings += (f"{why}, so it was not rotated; set update_secrets to always to write it all the same",)


def _unseen(wish: Wish, verdicts: Mapping[str, str], rotation: _Rotation) -> tuple[str, ...]:
    names = [n for n, v in verdicts.items() if v == UNREADABLE and n not in wish.replaces]
    if not names or wish.update_secrets != AUTO or rotation.left_alone:
        return ()
    return (
        f"{wish.service.type}: Atlas does not show enough of {', '.join(names)} to compare it, so a change of it"
        " goes unseen; set update_secrets to always for the run that changes it, or to on_create to leave it alone",
    )


def _body(wish: Wish, current: Raw) -> dict[str, Any]:
    """Build the whole object: right whether Atlas merges or replaces, and never with a mask in it."""
    body: dict[str, Any] = {"type": wish.service.type}
    for f in wish.service.writable:
        if f.option in wish.values:
            body[f.api] = wish.values[f.option]
        elif f.option in wish.clear:
            if current:
                body[f.api] = f.default
        elif not concealed(f, current) and not is_blank(current.get(f.api)):
            body[f.api] = current[f.api]
    for api in _unknown(wish.service, current, concealing=False):
        body[api] = current[api]
    return body


def _unknown(service: Service, current: Raw, *, concealing: bool) -> list[str]:
    """Return API names with a value that nobody here can set: those that conceal a secret, or those that don't."""
    names = []
    for api, value in current.items():
        known = service.by_api(api)
        if api in ("id", "type", "links") or (known is not None and not known.answer_only):
            continue
        if not is_blank(value) and conceals({api: value}) == concealing:
            names.append(api)
    return names


def _predict(service: Service, current: Raw, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object that Atlas will list after a write, without the id, which nobody can know."""
    after = {api: value for api, value in current.items() if api != "id"}
    after["type"] = service.type
    for f in service.writable:
        if f.api not in body:
            continue
        value = body[f.api]
        if not f.secret:
            after[f.api] = value
        elif f.mask is Mask.HIDDEN:
            after.pop(f.api, None)
        else:
            after[f.api] = None if value is None else foreseen(f, value)
    return after
