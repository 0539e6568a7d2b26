# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Argument specs from the table of services and the declared settings, and what is done to arguments first.

The specs have no relation keywords and no fallbacks, because ansible-core takes empty texts for
values there and reports one error only.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Optional

from ansible.module_utils.common.validation import check_type_dict
from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE

from ansible_collections.atlasops.integrations.plugins.module_utils._options import (
    CONNECTION_SETTINGS,
    PROJECT_SETTINGS,
    Setting,
    blank,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._redaction import Spec, find_option
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Kind, Option, Table

ArgumentSpec = dict[str, dict[str, Any]]

STATES = ["present", "absent"]
UPDATE_SECRETS = ["auto", "always", "on_create"]

_TYPES = {Kind.TEXT: "str", Kind.FLAG: "bool", Kind.TEMPLATE: "json"}


def _setting_spec(setting: Setting) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": setting.type, "no_log": setting.secret}
    if setting.aliases:
        spec["aliases"] = list(setting.aliases)
    if setting.default is not None:
        spec["default"] = setting.default
    if setting.choices:
        spec["choices"] = list(setting.choices)
    return spec


def _option_spec(option: Option) -> dict[str, Any]:
    # Always explicit: validate-modules takes routing_key for a secret otherwise.
    spec: dict[str, Any] = {"type": _TYPES[option.field.kind], "no_log": option.field.secret}
    if option.field.aliases:
        spec["aliases"] = list(option.field.aliases)
    if option.choices:
        spec["choices"] = list(option.choices)
    return spec


CONNECTION_OPTIONS: ArgumentSpec = {s.name: _setting_spec(s) for s in CONNECTION_SETTINGS}
PROJECT_OPTIONS: ArgumentSpec = {s.name: _setting_spec(s) for s in PROJECT_SETTINGS}
ANSWER_OPTIONS: ArgumentSpec = {
    "envelope": {"type": "bool", "default": False},
    "pretty": {"type": "bool", "default": False},
}


def connection_options() -> ArgumentSpec:
    """Return a copy of the connection options that a module may merge into its own spec."""
    return _copy(CONNECTION_OPTIONS)


def project_options() -> ArgumentSpec:
    """Return a copy of the options that name one project."""
    return _copy(PROJECT_OPTIONS)


def service_options(table: Table = SERVICES) -> ArgumentSpec:
    """Return one option for each field of the services, in the order of the table."""
    return {name: _option_spec(option) for name, option in table.options.items()}


def wish_options(table: Table = SERVICES, *, defaults: bool = True) -> ArgumentSpec:
    """Return the options that declare one integration: type, state, how secrets are treated, and the services' own.

    defaults: False for an element of a list, where the task's own state and update_secrets hold instead.
    """
    spec: ArgumentSpec = {
        "type": {"type": "str", "required": True, "choices": list(table.types)},
        "state": {"type": "str", "choices": list(STATES)},
        "update_secrets": {"type": "str", "choices": list(UPDATE_SECRETS), "no_log": False},
        "clear": {"type": "list", "elements": "str"},
        "replaces": {"type": "dict", "no_log": True},
    }
    if defaults:
        spec["state"]["default"] = "present"
        spec["update_secrets"]["default"] = "auto"
    return {**spec, **service_options(table)}


def integration_spec(table: Table = SERVICES) -> ArgumentSpec:
    """Return the whole argument spec of atlas_integration."""
    return {**wish_options(table), **project_options(), **connection_options(), **_copy(ANSWER_OPTIONS)}


SELECTION_OPTIONS: ArgumentSpec = {
    "org_id": PROJECT_OPTIONS["org_id"],
    "project_pattern": {"type": "str"},
    "project_tags": {"type": "dict"},
    "exclude_projects": {"type": "list", "elements": "str"},
}


def many_projects_options(own: Optional[ArgumentSpec] = None) -> ArgumentSpec:
    """Return the options that choose any number of projects.

    own: further options that an element of projects may have.
    """
    return {
        "projects": {
            "type": "list",
            "elements": "dict",
            "options": {"id": {"type": "str"}, "name": {"type": "str"}, **(own or {})},
        },
        "all_projects": {"type": "bool", "default": False},
        **_copy(SELECTION_OPTIONS),
        "allow_empty": {"type": "bool", "default": False},
        "concurrency": {"type": "int", "default": 8},
    }


def info_spec() -> ArgumentSpec:
    """Return the whole argument spec of atlas_integration_info."""
    return {
        **project_options(),
        **many_projects_options(),
        "types": {"type": "list", "elements": "str"},
        "page_num": {"type": "int"},
        "items_per_page": {"type": "int"},
        "include_count": {"type": "bool"},
        **connection_options(),
        **_copy(ANSWER_OPTIONS),
    }


def login_spec() -> ArgumentSpec:
    """Return the whole argument spec of atlas_login."""
    return {"state": {"type": "str", "choices": list(STATES), "default": "present"}, **connection_options()}


def fleet_spec(table: Table = SERVICES) -> ArgumentSpec:
    """Return the whole argument spec of atlas_integrations."""
    elements = {"type": "list", "elements": "dict", "options": wish_options(table, defaults=False)}
    return {
        **many_projects_options({"integrations": dict(elements)}),
        "integrations": elements,
        "state": {"type": "str", "choices": list(STATES), "default": "present"},
        "update_secrets": {"type": "str", "choices": list(UPDATE_SECRETS), "default": "auto", "no_log": False},
        "purge": {"type": "bool", "default": False},
        "purge_types": {"type": "list", "elements": "str", "choices": list(table.types)},
        "max_deletions": {"type": "int", "default": 10},
        "on_error": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
        "report": {"type": "str", "choices": ["changed", "all"], "default": "changed"},
        **connection_options(),
    }


def _copy(spec: ArgumentSpec) -> ArgumentSpec:
    return {name: dict(entry) for name, entry in spec.items()}


def read_texts(params: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return params with lists of dictionaries that are given as texts read as what they mean, at any depth.

    Ad-hoc commands give texts: JSON, or for projects names and ids with commas between them. What
    can't be read stays, for ansible-core to refuse.
    """
    result = {}
    for name, value in params.items():
        entry = find_option(spec, name) or {}
        options = entry.get("options")
        if options and entry.get("type") == "list" and not blank(value):
            value = _read_list(value, commas=name == "projects")
            if isinstance(value, (list, tuple)):
                elements = [_read_element(v, bare=name == "projects") for v in value]
                value = [read_texts(v, options) if isinstance(v, Mapping) else v for v in elements]
        result[name] = value
    return result


def _read_list(value: Any, *, commas: bool) -> Any:
    if commas and isinstance(value, (int, float)) and not isinstance(value, bool):
        return [value]
    if not isinstance(value, str):
        return value
    if value.lstrip()[:1] in ("[", "{"):
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return read if isinstance(read, list) else [read]
    return [part.strip() for part in value.split(",")] if commas else value


def _read_element(value: Any, *, bare: bool) -> Any:
    """Read a text as ansible-core would; where a bare text has a meaning of its own, only JSON."""
    if not isinstance(value, str) or (bare and value.lstrip()[:1] != "{"):
        return value
    try:
        return check_type_dict(value.strip())
    except Exception:
        return value


def strip_blanks(params: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return params without the options, and the list elements, that are null or an empty text.

    Nested options by their own spec. Options that the spec does not know are kept, so that they are
    reported; dictionaries without a spec of their own are kept as they are. A list of dictionaries
    that holds nothing but blanks is not given either: an empty one would mean "none of them".
    """
    kept = {}
    for name, value in params.items():
        entry = find_option(spec, name)
        if entry is None:
            kept[name] = value
            continue
        if entry.get("options") and isinstance(value, (list, tuple)) and value and all(map(blank, value)):
            continue
        if not blank(value):
            kept[name] = _stripped(value, entry)
    return kept


def _stripped(value: Any, entry: Mapping[str, Any]) -> Any:
    options = entry.get("options")
    if entry.get("type") == "list" and isinstance(value, (list, tuple)):
        elements = [v for v in value if not blank(v)]
        return [strip_blanks(v, options) if options and isinstance(v, Mapping) else v for v in elements]
    if options and isinstance(value, Mapping):
        return strip_blanks(value, options)
    return value


def normalise(params: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return params with values in the form that ansible-core and Atlas take, at any depth.

    Booleans given for update_secrets become its words, dictionaries given for a template its text, and
    numbers that are too large for ansible-core infinite, which our own checks refuse.
    """
    result = {}
    for name, value in params.items():
        entry = find_option(spec, name)
        if name == "update_secrets" and entry is not None:
            value = _update_secrets(value)
        elif entry is not None and entry.get("type") == "float" and isinstance(value, int):
            value = _as_float(value)
        elif entry is not None and entry.get("type") == "json" and isinstance(value, (Mapping, list)):
            # ansible-core would write every character outside ASCII as six.
            value = json.dumps(value, ensure_ascii=False)
        elif entry is not None and entry.get("options"):
            if isinstance(value, Mapping):
                value = normalise(value, entry["options"])
            elif isinstance(value, list):
                value = [normalise(v, entry["options"]) if isinstance(v, Mapping) else v for v in value]
        result[name] = value
    return result


def _as_float(value: int) -> Any:
    try:
        float(value)
    except OverflowError:
        return math.inf
    return value


def _update_secrets(value: Any) -> Any:
    plain = value.strip().lower() if isinstance(value, str) else value
    if isinstance(plain, (bool, int, str)):
        if plain in BOOLEANS_TRUE:
            return "always"
        if plain in BOOLEANS_FALSE:
            return "on_create"
    return value


def without_ignored(params: Mapping[str, Any], spec: Spec, state: Any = None) -> dict[str, Any]:
    """Return params without the options of services where the state is absent, which nobody looks at then.

    They are taken out before validation, so that a wrong one is no reason to complain. state: what
    holds for an element of a list that has none of its own.
    """
    state = params.get("state", state)
    result = {}
    for name, value in params.items():
        entry = find_option(spec, name) or {}
        if state == "absent" and "replaces" in spec and any(spec.get(n) is entry for n in SERVICES.options):
            continue
        options = entry.get("options")
        if options and isinstance(value, list):
            value = [without_ignored(v, options, state) if isinstance(v, Mapping) else v for v in value]
        elif options and isinstance(value, Mapping):
            value = without_ignored(value, options, state)
        result[name] = value
    return result


def named_projects(params: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return params with each text in projects turned into the dictionary that it is short for: an id or a name.

    What a project is to get is left out where nothing is written, so that one list does for all modules.
    """
    result = dict(params)
    options = spec.get("projects", {}).get("options")
    if isinstance(result.get("projects"), list) and options:
        result["projects"] = [_named_project(element, options) for element in result["projects"]]
    return result


def _named_project(element: Any, options: Spec) -> Any:
    if isinstance(element, Mapping):
        ignored = () if "integrations" in options else ("integrations",)
        return {name: value for name, value in element.items() if name not in ignored}
    if isinstance(element, list):
        return element
    text = str(element)
    if text.lstrip()[:1] in ("{", "[") or "=" in text:
        # Meant to be more than a name, and not readable: it may hold secrets, so ansible-core must refuse it.
        return element
    return {"id" if re.fullmatch("[0-9A-Fa-f]{24}", text) else "name": text}


def prepare(params: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return arguments ready for ansible-core's validation."""
    given = strip_blanks(read_texts(params, spec), spec)
    return without_ignored(normalise(named_projects(given, spec), spec), spec)
