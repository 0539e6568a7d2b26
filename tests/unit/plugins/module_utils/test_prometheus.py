# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prometheus's side: a job for each way of discovery, with a name of its own and nothing secret."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._prometheus import PASSWORD, scraping

BASE = "https://cloud.mongodb.com"
PROJECT = "5d0000000000000000000001"
URL = f"{BASE}/prometheus/v1.0/groups/{PROJECT}/discovery"
# Keys that Prometheus knows (its documentation, "scrape_config", "http_sd_config", "file_sd_config").
SCRAPE = {"job_name", "scrape_interval", "metrics_path", "scheme", "basic_auth", "http_sd_configs", "file_sd_configs"}


def job(**integration: Any) -> dict[str, Any]:
    found: dict[str, Any] = scraping(BASE, PROJECT, {"username": "prom_user_example", **integration})["scrape_config"]
    assert set(found) <= SCRAPE
    assert found["basic_auth"] == {"username": "prom_user_example", "password": PASSWORD}
    return found


def test_http() -> None:
    found = job(service_discovery="http")
    assert "file_sd_configs" not in found
    assert found["http_sd_configs"] == [{"url": URL, "refresh_interval": "60s", "basic_auth": found["basic_auth"]}]


def test_file() -> None:
    found = job(service_discovery="file")
    assert "http_sd_configs" not in found
    (files,) = found["file_sd_configs"]
    # Prometheus takes only these endings, and a file name is relative to its configuration.
    assert files["files"][0].endswith((".json", ".yml", ".yaml")) and PROJECT in files["files"][0]
    assert set(files) == {"files", "refresh_interval"}
    assert scraping(BASE, PROJECT, {"service_discovery": "file"})["discovery_url"] == URL


@pytest.mark.parametrize("discovery", ["http", "file"])
def test_each_project_has_a_job_of_its_own(discovery: str) -> None:
    names = {
        scraping(BASE, f"{n:024x}", {"service_discovery": discovery})["scrape_config"]["job_name"] for n in range(20)
    }
    assert len(names) == 20
