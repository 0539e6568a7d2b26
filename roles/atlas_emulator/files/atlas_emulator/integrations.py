# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The five calls of the resource Third-Party Integrations."""

from __future__ import annotations

from typing import Any, Optional

from . import masks
from .answers import Answer, Refusal, dump
from .call import Call
from .checks import BodyCheck, read_object
from .paging import wrapper
from .switches import Switches
from .world import Integration, Project, World

_JAVA = "ApiGroupIntegrationsResource::"
JAVA_LIST = _JAVA + "getIntegrations"
JAVA = {
    "GET": _JAVA + "getIntegration",
    "POST": _JAVA + "createIntegration",
    "PUT": _JAVA + "updateIntegration",
    "DELETE": _JAVA + "deleteIntegration",
}


class Integrations:
    """Lists, reads, creates, updates and deletes integrations of a project."""

    def __init__(self, world: World, table: Any, switches: Switches) -> None:
        self._world = world
        self._table = table
        self._switches = switches

    def listed(self, project: Project, version: str) -> list[Integration]:
        """Return what a list of a project shows, in Atlas's order."""
        found = [i for i in project.integrations.values() if not self._hidden(i, version)]
        if self._switches.order != "created":
            found.sort(key=lambda i: self._table.rank(i.type))
        if self._switches.order == "reversed":
            found.reverse()
        return found

    def list(self, call: Call, project: Project) -> Answer:
        """Answer GET .../integrations, and give every write its answer: all integrations of the project."""
        url = call.url
        if not call.query.plain:
            data = wrapper(url, call.query, self.listed(project, call.version), self._render)
            return call.answer(data, enveloped=True)
        key = (call.version, self._switches.generation)
        cached = project.cache.get(key)
        if cached is None:
            items = self.listed(project, call.version)
            cached = project.cache[key] = (dump([self._render(i) for i in items[:100]]), len(items))
        results, total = cached
        if total > 100:
            return call.answer(wrapper(url, call.query, self.listed(project, call.version), self._render))
        head = f'{{"links":[{{"href":"{url}?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}}],"results":'
        return call.raw(head.encode() + results + b',"totalCount":%d}' % total)

    def one(self, call: Call, project: Project, kind: str) -> Answer:
        """Answer GET .../integrations/{type}: the bare object."""
        self._service(kind, call.version)
        held = project.integrations.get(kind)
        if held is None or self._hidden(held, call.version):
            raise self._not_configured(kind)
        return call.answer(self._render(held))

    def create(self, call: Call, project: Project, kind: str) -> Answer:
        """Answer POST."""
        service = self._service(kind, call.version)
        values = BodyCheck(service, call.version, None, True, self._switches).run(read_object(call.request.body))
        self._allowed(project, kind)
        if kind in project.integrations:
            detail = f"The integration of type '{kind}' is already configured for this group."
            raise Refusal(409, "INTEGRATION_ALREADY_CONFIGURED", detail, [kind])
        self._world.put(project, Integration(kind, self._world.new_id(), values))
        return self.list(call, project)

    def update(self, call: Call, project: Project, kind: str) -> Answer:
        """Answer PUT; where nothing is configured it creates, or says so, by switch."""
        service = self._service(kind, call.version)
        held = project.integrations.get(kind)
        if held is None and self._switches.put_missing == "404":
            raise self._not_configured(kind)
        current = None if held is None else held.values
        replacing = self._switches.put_mode == "replace"
        check = BodyCheck(service, call.version, current, replacing, self._switches)
        values = check.run(read_object(call.request.body))
        self._allowed(project, kind, creating=held is None)
        stays = held is not None and self._switches.ids == "stay"
        ident = held.id if held is not None and stays else self._world.new_id()
        self._world.put(project, Integration(kind, ident, values))
        return self.list(call, project)

    def delete(self, call: Call, project: Project, kind: str) -> Answer:
        """Answer DELETE."""
        self._service(kind, call.version)
        if kind not in project.integrations:
            raise self._not_configured(kind)
        if kind == "WEBHOOK" and project.flags.get("webhook_used"):
            detail = "Cannot delete the webhook integration while alert notifications use it."
            raise Refusal(400, "WEBHOOK_NOTIFICATIONS_PRESENT", detail, [])
        self._world.drop(project, kind)
        return call.empty()

    def _render(self, integration: Integration) -> dict[str, Any]:
        return masks.rendered(self._table.get(integration.type), integration, self._switches)

    def _hidden(self, integration: Integration, version: str) -> bool:
        switches, kind = self._switches, integration.type
        if kind == "VICTOR_OPS" and switches.victor_ops_without_routing_key == "hidden":
            return not integration.values.get("routingKey")
        if kind == "WEBHOOK" and switches.webhook_without_secret == "hidden":
            return not integration.values.get("secret")
        service: Optional[Any] = self._table.get(kind)
        return service is not None and version not in service.versions and switches.old_types_in_v2 == "hidden"

    def _service(self, kind: str, version: str) -> Any:
        """Return the table's entry of the type in the path. Raises Refusal."""
        if kind == "HIP_CHAT":
            raise Refusal(400, "HIPCHAT_NOT_SUPPORTED", "HipChat is supported for Ops Manager projects only.", [])
        service = self._table.get(kind)
        if service is not None and version in service.versions:
            return service
        code = self._switches.unknown_type_code
        if code == "RESOURCE_NOT_FOUND":
            raise Refusal(404, code, f"Cannot find resource integration type {kind}.", [f"integration type {kind}"])
        detail = f"An invalid value {kind} was specified for integrationType."
        raise Refusal(400, code, detail, ["integrationType"])

    def _allowed(self, project: Project, kind: str, creating: bool = True) -> None:
        """Refuse what a project or the plan does not allow. Raises Refusal."""
        switches = self._switches
        if kind == "SLACK" and creating and switches.slack_create == "refused":
            raise Refusal(400, switches.slack_code, "Slack must be set up with OAuth2 on the integrations page.", [])
        if kind != "PROMETHEUS":
            return
        if switches.government:
            raise Refusal(403, "FEATURE_UNSUPPORTED", "The feature is not supported here.", [])
        if project.flags.get("open_access_list"):
            why = "the IP access list of the project is open to every address"
            detail = f"The settings of integration {kind} are invalid: {why}."
            raise Refusal(400, "INVALID_INTEGRATION_SETTINGS", detail, [kind, why])

    @staticmethod
    def _not_configured(kind: str) -> Refusal:
        detail = f"The integration of type '{kind}' is not configured for this group."
        return Refusal(404, "INTEGRATION_NOT_CONFIGURED", detail, [kind])
