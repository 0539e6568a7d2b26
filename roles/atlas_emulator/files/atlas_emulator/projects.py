# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects (groups) and organisations, as far as the integrations need them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from .answers import Answer, Refusal
from .call import Call
from .paging import wrapper
from .switches import Switches
from .world import Project, World

_GROUPS = "ApiGroupsResource::"
_ORGS = "ApiOrganizationsResource::"


class Projects:
    """Answers lists of projects and organisations, and single ones by id and by name."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._switches = switches

    def groups(self, call: Call) -> Answer:
        """Answer GET /groups: every project that the credential sees."""
        call.java = _GROUPS + "getAllGroups"
        call.take("user", call.credential.id)
        return self._list(call, self._world.visible(call.credential, self._world.projects.values()))

    def by_name(self, call: Call, name: str) -> Answer:
        """Answer GET /groups/byName/{groupName}; the name must be exact."""
        call.java = _GROUPS + "getGroupByName"
        call.take("user", call.credential.id)
        name = unquote(name)
        found = self._world.visible(call.credential, self._world.by_name.get(name, ()))
        if not found:
            raise Refusal(404, "GROUP_NAME_NOT_FOUND", f"No group with name {name} exists.", [name])
        if len(found) > 1:
            raise Refusal(409, "MULTIPLE_GROUPS", f"Multiple groups exist with the name {name}.", [name])
        return call.answer(self._group(call, found[0]))

    def group(self, call: Call, project: Project) -> Answer:
        """Answer GET /groups/{groupId}."""
        call.java = _GROUPS + "getGroup"
        return call.answer(self._group(call, project))

    def orgs(self, call: Call) -> Answer:
        """Answer GET /orgs."""
        call.java = _ORGS + "getAllOrgs"
        call.take("user", call.credential.id)
        prefix = call.query.extra.get("name", "").casefold()
        found = [
            (ident, name)
            for ident, name in self._world.organisations.items()
            if self._member(call, ident) and name.casefold().startswith(prefix)
        ]
        return call.answer(wrapper(call.url, call.query, found, lambda o: self._org(call, *o)), enveloped=True)

    def org(self, call: Call, ident: str) -> Answer:
        """Answer GET /orgs/{orgId}."""
        call.java = _ORGS + "getOrg"
        call.take("user", call.credential.id)
        return call.answer(self._org(call, ident, self._known(call, ident)))

    def org_groups(self, call: Call, ident: str) -> Answer:
        """Answer GET /orgs/{orgId}/groups, with its prefix filter that knows no case."""
        call.java = _ORGS + "getGroups"
        self._known(call, ident)
        call.take("org", ident)
        found = self._world.visible(call.credential, self._world.by_org.get(ident, ()))
        prefix = call.query.extra.get("name", "").casefold()
        if prefix:
            found = [p for p in found if p.name.casefold().startswith(prefix)]
        return self._list(call, found)

    def _list(self, call: Call, found: list[Project]) -> Answer:
        return call.answer(wrapper(call.url, call.query, found, lambda p: self._group(call, p)), enveloped=True)

    def _known(self, call: Call, ident: str) -> str:
        name = self._world.organisations.get(ident)
        if name is None:
            raise Refusal(404, "ORG_NOT_FOUND", f"No organization with ID {ident} exists.", [ident], rated=False)
        if not self._member(call, ident):
            detail = "The current user is not a member of the organization."
            raise Refusal(401, "NOT_ORG_MEMBER", detail, [ident], rated=False)
        return name

    def _member(self, call: Call, ident: str) -> bool:
        credential = call.credential
        if credential.sees_org(ident):
            return True
        return any(credential.sees(p) for p in self._world.by_org.get(ident, ()))

    def _group(self, call: Call, project: Project) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "clusterCount": project.cluster_count,
            "created": project.created,
            "id": project.id,
            "links": [{"href": f"{call.root}/groups/{project.id}", "rel": "self"}],
            "name": project.name,
            "orgId": project.org_id,
        }
        if self._switches.government:
            answer["regionUsageRestrictions"] = "COMMERCIAL_FEDRAMP_REGIONS_ONLY"
        answer["tags"] = project.tags
        answer["withDefaultAlertsSettings"] = True
        return answer

    @staticmethod
    def _org(call: Call, ident: str, name: str) -> dict[str, Any]:
        links = [{"href": f"{call.root}/orgs/{ident}", "rel": "self"}]
        return {"id": ident, "isDeleted": False, "links": links, "name": name}
