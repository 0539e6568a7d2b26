# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""From Atlas's objects to results and diffs: option names instead of API names, and no secret anywhere.

Predicted objects go through the same functions as real ones, so that check mode can't look different.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Optional

from ansible_collections.atlasops.integrations.plugins.module_utils._masking import (
    HELD,
    masked,
    masked_unknown,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import NONE, Plan, concealed, value_of
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Field, Mask, Table

Raw = Mapping[str, Any]


def render(raw: Raw, table: Table = SERVICES) -> dict[str, Any]:
    """Return an integration with id, type and option names, secrets masked.

    A type that the table doesn't know, and a field of a known type that it doesn't know, stay as
    Atlas sent them, with every text masked whose name looks like that of a secret.
    """
    service = table.get(raw.get("type"))
    if service is None:
        return dict(masked_unknown(raw))
    shown: dict[str, Any] = {"id": masked_unknown(raw.get("id")), "type": service.type}
    for f in service.fields:
        shown[f.option] = _shown(f, raw)
    known = {f.api for f in service.fields} | {"id", "type", "links"}
    shown.update(masked_unknown({api: value for api, value in raw.items() if api not in known}))
    return shown


def _shown(field: Field, raw: Raw) -> Any:
    if not field.secret:
        # A plain value stays as it is; inside of anything else a secret may hide.
        return masked_unknown(value_of(field, raw))
    text = masked(field, raw.get(field.api))
    return HELD if text is None and field.mask is Mask.HIDDEN else text


def render_all(project: Iterable[Raw], table: Table = SERVICES) -> list[dict[str, Any]]:
    """Return all integrations of a project, in the order of the table, unknown types last."""
    ordered = sorted(project, key=lambda raw: table.rank(raw.get("type")))
    return [render(raw, table) for raw in ordered]


def declaration(raw: Raw, table: Table = SERVICES) -> Optional[dict[str, Any]]:
    """Return an integration as a user would declare it; None for an unknown type.

    It holds no id, no secret, nothing masked and nothing blank.
    """
    service = table.get(raw.get("type"))
    if service is None:
        return None
    declared: dict[str, Any] = {"type": service.type}
    for f in service.writable:
        value = None if f.secret or concealed(f, raw) else value_of(f, raw)
        if value is not None:
            declared[f.option] = value
    return declared


def project_after(plan: Plan, project: Sequence[Raw]) -> list[Raw]:
    """Return all integrations of a project as they will be once the plan is carried out."""
    if plan.action == NONE:
        return list(project)
    others = [raw for raw in project if raw.get("type") != plan.wish.service.type]
    return others + ([plan.after] if plan.after is not None else [])


def diff(
    before: Optional[Raw], after: Optional[Raw], written: Collection[str] = (), table: Table = SERVICES
) -> dict[str, dict[str, Any]]:
    """Return before and after as dictionaries for Ansible's diff, ids left out.

    written: secret options that a write sets; one that looks the same as before is marked, so that
    a change of it can be seen.
    """
    old, new = _without_id(before, table), _without_id(after, table)
    for option in written:
        if option in new and option in old and new[option] is not None and new[option] == old[option]:
            new[option] = f"{new[option]} (written)"
    return {"before": old, "after": new}


def _without_id(raw: Optional[Raw], table: Table) -> dict[str, Any]:
    return {} if raw is None else {name: value for name, value in render(raw, table).items() if name != "id"}


def plan_diff(
    plan: Plan, after: Optional[Raw], *, done: bool = True, table: Table = SERVICES
) -> dict[str, dict[str, Any]]:
    """Return the diff of a plan whose outcome, predicted or real, is the object after.

    done: False where it failed before anything was written, so that no secret is marked as written.
    """
    return diff(plan.before, after, plan.written_secrets if done else (), table)
