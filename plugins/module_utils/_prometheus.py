# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""What Prometheus needs to know to scrape an Atlas project: the discovery URL and a job of scrape_configs.

Sources: Atlas docs, "Integrate with Prometheus" (discovery, basic authentication); Prometheus docs,
"Configuration" (scrape_config, http_sd_config, file_sd_config).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TYPE = "PROMETHEUS"

# Stands where the password goes, which Atlas never shows.
PASSWORD = "PROMETHEUS_PASSWORD"


def discovery_url(base_url: str, project_id: str) -> str:
    """Return the address at which Atlas lists the targets of a project."""
    return f"{base_url}/prometheus/v1.0/groups/{project_id}/discovery"


def scraping(base_url: str, project_id: str, integration: Mapping[str, Any]) -> dict[str, Any]:
    """Return how Prometheus scrapes one project.

    integration: the Prometheus integration under option names. The job is named after the project's
    id, because names of projects are not unique and not always known.
    """
    url = discovery_url(base_url, project_id)
    account = {"username": str(integration.get("username") or ""), "password": PASSWORD}
    job: dict[str, Any] = {
        "job_name": f"{project_id}-mongo-metrics",
        "scrape_interval": "10s",
        "metrics_path": "/metrics",
        "scheme": "https",
        "basic_auth": account,
    }
    if integration.get("service_discovery") == "file":
        job["file_sd_configs"] = [{"files": [f"{project_id}-mongo-targets.json"], "refresh_interval": "60s"}]
    else:
        job["http_sd_configs"] = [{"url": url, "refresh_interval": "60s", "basic_auth": dict(account)}]
    return {"project_id": project_id, "discovery_url": url, "scrape_config": job}
