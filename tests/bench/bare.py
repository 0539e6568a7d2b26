# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests of a bare thread pool: what the same work costs without Ansible and without a collection.

python bare.py BASE_URL PUBLIC_KEY PRIVATE_KEY THREADS < project ids; prints the seconds of the requests.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPDigestAuth


def main() -> None:
    """List the integrations of each project once."""
    base_url, public_key, private_key, threads = sys.argv[1:5]
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=int(threads)))
    session.auth = HTTPDigestAuth(public_key, private_key)
    session.headers["Accept"] = "application/vnd.atlas.2023-01-01+json"

    def fetch(project_id: str) -> int:
        answer = session.get(f"{base_url}/api/atlas/v2/groups/{project_id}/integrations", timeout=30)
        answer.raise_for_status()
        return len(answer.json()["results"])

    ids = sys.stdin.read().split()
    began = time.perf_counter()
    with ThreadPoolExecutor(int(threads)) as pool:
        found = sum(pool.map(fetch, ids))
    print(time.perf_counter() - began, found)


if __name__ == "__main__":
    main()
