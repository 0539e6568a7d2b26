# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The discovery endpoint that Prometheus reads: a small, honest answer for projects that have the integration."""

from __future__ import annotations

import re
import secrets
from typing import Any

from .answers import Answer, Refusal, plain
from .oauth import basic_credentials
from .wire import Request
from .world import Project, World

_PATH = re.compile(r"/prometheus/v1\.0/groups/([0-9a-f]{24})/discovery\Z")
_NODES = 3
_CHALLENGE = [("Www-Authenticate", 'Basic realm="prometheus"')]


class Discovery:
    """Answers GET /prometheus/v1.0/groups/{id}/discovery with HTTP Basic."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: Request) -> Answer:
        """Return target groups for http_sd_configs, one for each cluster. Raises Refusal."""
        found = _PATH.match(request.path)
        project = self._world.projects.get(found.group(1)) if found else None
        if request.method not in ("GET", "HEAD"):
            raise Refusal(405, "METHOD_NOT_ALLOWED", "The method is not allowed here.", None, [("Allow", "GET, HEAD")])
        if found is None:
            raise Refusal(404, "RESOURCE_NOT_FOUND", f"Cannot find resource {request.path}.", [request.path])
        values = self._values(project)
        user, password = basic_credentials(request.headers.get("authorization", ""))
        right = secrets.compare_digest(
            f"{user}:{password}".encode(), f"{values.get('username')}:{values.get('password')}".encode()
        )
        if project is None or not values or not user or not right:
            return plain(401, {"error": 401, "reason": "Unauthorized"}, _CHALLENGE)
        if not values.get("enabled"):
            return plain(403, {"error": 403, "reason": "Forbidden"})
        private = "targetScheme=PRIVATE" in request.query.split("&")
        return plain(200, [self._cluster(project, n, private) for n in range(project.cluster_count)])

    @staticmethod
    def _values(project: Any) -> dict[str, Any]:
        held = project.integrations.get("PROMETHEUS") if project is not None else None
        return held.values if held is not None else {}

    @staticmethod
    def _cluster(project: Project, number: int, private: bool) -> dict[str, Any]:
        suffix = "-pl.emulated.example" if private else ".emulated.example"
        hosts = [f"cluster{number}-shard-00-0{node}{suffix}" for node in range(_NODES)]
        labels = {
            "cl_name": f"cluster{number}",
            "cl_role": "mongod",
            "group_id": project.id,
            "group_name": project.name,
            "org_id": project.org_id,
        }
        return {"targets": [f"{host}:27018" for host in hosts], "labels": labels}
