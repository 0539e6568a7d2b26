# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: atlas_projects
short_description: MongoDB Atlas projects as inventory hosts
version_added: 0.1.0
author:
  - atlasops maintainers (@atlasops)
description:
  - Makes a host of each project of MongoDB Atlas that the credentials see, so that C(forks), C(serial), C(--limit) and
    the job slices of AWX spread the work over many projects, and so that group variables hold what they have in common.
  - The name of a host is the name of its project, made safe for C(--limit) and other patterns. Each run of characters
    other than letters and digits (of any script), dashes, points and underscores becomes one underscore. Projects
    whose names are the same then, in two organizations for example, get the end of their ID as well, and so does a
    project that is called C(localhost), C(all) or C(ungrouped).
  - Every host has the variables C(atlas_project_id), C(atlas_project_name), C(atlas_org_id), C(atlas_tags) (a
    dictionary), C(atlas_cluster_count) and C(atlas_created), and with O(integrations=true) also
    C(atlas_integration_types), a sorted list. C(ansible_connection) is V(local) and C(ansible_python_interpreter) is
    that of C(ansible-playbook) itself, so that modules find the C(requests) library that the controller has.
  - The project list is all that is asked for, 500 projects with each request, and one request for each project more
    with O(integrations=true). A token of a service account is revoked at the end.
  - The name of the file must end with C(.atlas_projects.yml) or C(.atlas.yml), or with C(.yaml) in place of C(.yml).
  - An empty text or null counts as not given, for every option.
requirements:
  - requests
notes:
  - The cache is kept apart by address, credentials and selection. A token has no ID of its own, so a cache that was
    filled with one token is not found with the next; use an API key or a service account together with a cache.
extends_documentation_fragment:
  - atlasops.integrations.connection
  - atlasops.integrations.selection
  - constructed
  - inventory_cache
options:
  plugin:
    description: The name of this plugin, V(atlasops.integrations.atlas_projects).
    type: str
    required: true
    choices:
      - atlasops.integrations.atlas_projects
  integrations:
    description:
      - Whether to read which integrations each project has, for the variable C(atlas_integration_types).
      - A project whose integrations cannot be read is reported in a warning and has no such variable.
    type: bool
    default: false
  concurrency:
    description: How many projects are read at the same time with O(integrations=true), from 1 to 64.
    type: int
    default: 8
  allow_empty:
    description:
      - Whether it is fine that no project matches. It is an error otherwise, because a mistyped tag would make a play
        do nothing, and succeed.
    type: bool
    default: false
  hostname:
    description:
      - A template over the variables of the host, or an expression as in O(compose), that gives its name in place of
        C(atlas_project_name). The result is made safe and unique in the same way.
      - Where it fails or is empty the name of the project is taken, or with O(strict=true) an error is raised.
    type: str
"""

EXAMPLES = r"""
# production.atlas.yml
#
# The plugin's name alone makes a host of everything that the credentials in the environment see. The rest is for
# projects of production only, grouped by the tag "team" and by integrations, with a cache.
plugin: atlasops.integrations.atlas_projects

public_key: "{{ lookup('ansible.builtin.env', 'ATLAS_AUDIT_PUBLIC_KEY') }}"
private_key: "{{ lookup('ansible.builtin.env', 'ATLAS_AUDIT_PRIVATE_KEY') }}"

project_tags:
  environment: production
exclude_projects:
  - sandbox

# For atlas_integration_types: one more request for each project.
integrations: true
keyed_groups:
  - prefix: team
    key: atlas_tags.team | default('')
  - prefix: has
    key: atlas_integration_types
groups:
  unmonitored: atlas_integration_types | length == 0
compose:
  owner: atlas_tags.owner | default('nobody')

# Names from tags, and the project's name where one of them is missing.
hostname: "{{ atlas_tags.team }}-{{ atlas_tags.environment }}"

cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/atlas-inventory
cache_timeout: 600
"""

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import SELECTION_OPTIONS
from ansible_collections.atlasops.integrations.plugins.module_utils._arguments import HAS_REQUESTS, internal_error
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import AtlasOpsError
from ansible_collections.atlasops.integrations.plugins.module_utils._options import CONNECTION_SETTINGS, blank
from ansible_collections.atlasops.integrations.plugins.module_utils._redaction import find_option
from ansible_collections.atlasops.integrations.plugins.module_utils._validation import unknown_options
from ansible_collections.atlasops.integrations.plugins.plugin_utils._host_names import host_names
from ansible_collections.atlasops.integrations.plugins.plugin_utils._project_hosts import (
    Record,
    Source,
    cache_mark,
    fetch,
    from_cache,
    host_variables,
    read_source,
    to_cache,
)
from ansible_collections.atlasops.integrations.plugins.plugin_utils._trust import trusted, untrusted

ENDINGS = tuple(f"{name}.{end}" for name in ("atlas_projects", "atlas") for end in ("yml", "yaml"))
# Expressions over variables of hosts; everything else may be a template of its own.
EXPRESSIONS = ("plugin", "compose", "groups", "keyed_groups", "hostname")
OWN_OPTIONS = ("integrations", "concurrency", "allow_empty")
INTERPRETER = "{{ ansible_playbook_python }}"


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Projects of MongoDB Atlas as hosts."""

    NAME = "atlasops.integrations.atlas_projects"

    def verify_file(self, path: str) -> bool:
        """Tell whether a file is meant for this plugin: it is there, and its name says so."""
        name = os.path.basename(path)
        ours = name in ENDINGS or name.endswith(tuple(f".{ending}" for ending in ENDINGS))
        return bool(ours and super().verify_file(path))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add hosts and groups to the inventory. Raises AnsibleParserError with one sentence."""
        super().parse(inventory, loader, path, cache)
        self._refuse_unknown(self._read_config_data(path))
        problem = ""
        try:
            self._add_hosts(self._records(path, cache))
        except AtlasOpsError as exc:
            problem = exc.message
        except AnsibleError:
            raise
        except Exception as exc:
            problem = internal_error(exc)
        if problem:
            raise AnsibleParserError(problem)

    def _refuse_unknown(self, given: Mapping[str, Any]) -> None:
        """Raise AnsibleParserError for what ansible-core ignores: a mistyped option would leave all projects chosen."""
        known = {"plugin": {}, **self.option_definitions}
        unknown = sorted(str(name) for name in given if find_option(known, name) is None)
        if unknown:
            raise AnsibleParserError(f"unknown options: {unknown_options(unknown, known)}")

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Take the options from the file, with their templates evaluated and blanks left out, before any is cast."""
        self.templar.available_variables = self._vars
        given = {}
        for name, value in (direct or {}).items():
            if name not in EXPRESSIONS:
                value = self._templated(name, value)
            if not blank(value):
                given[name] = value
        super().set_options(task_keys=task_keys, var_options=var_options, direct=given)

    def _templated(self, name: str, value: Any) -> Any:
        problem = ""
        try:
            return self.templar.template(value)
        except AnsibleError as exc:
            problem = str(exc)
        raise AnsibleParserError(f"the template in the option {name} cannot be evaluated: {problem}")

    def _records(self, path: str, cache: bool) -> list[Record]:
        """Return the records of all chosen projects, from the cache where that is wished and possible."""
        names = (*(setting.name for setting in CONNECTION_SETTINGS), *SELECTION_OPTIONS, *OWN_OPTIONS)
        source = read_source({name: self.get_option(name) for name in names}, dict(os.environ))
        cached = bool(self.get_option("cache"))
        key = f"{self.get_cache_key(path)}_{cache_mark(source)}"
        if cached and cache:
            try:
                records = from_cache(self._cache[key])
            except KeyError:
                records = None
            # None at all is an error without allow_empty, whatever it was when they were kept.
            if records or (records is not None and source.allow_empty):
                return records
        return self._fetched(source, key if cached else None)

    def _fetched(self, source: Source, key: str | None) -> list[Record]:
        if not HAS_REQUESTS:
            raise AnsibleParserError(missing_required_lib("requests"))
        fetched = fetch(source)
        for text in fetched.warnings:
            self.display.warning(text)
        # What is incomplete is asked for again the next time.
        if key is not None and fetched.complete:
            self._cache[key] = to_cache(fetched.records)
        return fetched.records

    def _add_hosts(self, records: list[Record]) -> None:
        strict = self.get_option("strict")
        local = {"ansible_connection": trusted("local"), "ansible_python_interpreter": trusted(INTERPRETER)}
        variables = {record["id"]: {**untrusted(host_variables(record)), **local} for record in records}
        wished = {
            record["id"]: self._wished_name(record["name"], variables[record["id"]], strict) for record in records
        }
        for ident, host in host_names(wished).items():
            self._add_host(host, variables[ident], strict)

    def _wished_name(self, name: str, variables: Mapping[str, Any], strict: bool) -> str:
        template = self.get_option("hostname")
        if not template:
            return name
        found, problem = None, ""
        try:
            if "{{" in template or "{%" in template:
                self.templar.available_variables = variables
                found = self.templar.template(template)
            else:
                found = self._compose(template, variables)
        except Exception as exc:
            problem = str(exc)
        if strict and (problem or blank(found)):
            raise AnsibleParserError(f"hostname gives no name for project {name}: {problem or 'its result is empty'}")
        return name if problem or blank(found) else str(found)

    def _add_host(self, host: str, variables: Mapping[str, Any], strict: bool) -> None:
        self.inventory.add_host(host)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        # The variables are all here: fetching them back from the inventory would cost most of the time.
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)
