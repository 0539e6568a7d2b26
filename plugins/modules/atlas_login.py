#!/usr/bin/python
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_login
short_description: Log a service account of MongoDB Atlas in, once for a whole play
version_added: 0.1.0
description:
  - Obtains one access token of a service account, to be given to the other modules of this collection, and revokes it
    at the end.
  - Atlas limits how often a service account may log in (10 to 50 times a minute) and how many tokens it may have at a
    time (100). Each run of another module logs in by itself when given a service account, so a loop over many projects
    or a play with many hosts runs into these limits.
  - Put the token into C(module_defaults) of the group C(group/atlasops.integrations.atlas), with
    C(default(omit)), since the variable does not exist before the login. See the examples.
  - The token is shown nowhere, at no verbosity, whether or not the task says C(no_log), as long as nothing prints the
    variable that it was registered in. In return the whole result of a login is hidden; failures are shown.
  - API key pairs need no login. Only service accounts can log in.
  - A task of this module cannot be asynchronous, because that would show the token.
extends_documentation_fragment:
  - atlasops.integrations.attributes
  - atlasops.integrations.connection
attributes:
  check_mode:
    support: full
    details:
      - Logs in and revokes in check mode as well, since all other tasks need the token.
  diff_mode:
    support: N/A
    details:
      - Nothing in Atlas is changed.
  idempotent:
    support: N/A
    details:
      - Each login obtains another token. Nothing in Atlas is changed, so RV(ignore:changed) is always V(false).
  action_group:
    version_added: 0.1.0
options:
  state:
    description:
      - V(present) obtains a token.
      - V(absent) revokes the token in O(access_token). Without a token there is nothing to do, which is no failure, so
        that it can be in C(always) where the login may have failed.
    type: str
    choices: [present, absent]
    default: present
  access_token:
    description:
      - The token to revoke with O(state=absent), given together with the service account that it belongs to.
      - It is ignored with O(state=present), so that a token of an earlier login in C(module_defaults) does not stand
        in the way of the next.
      - The environment variable E(MONGODB_ATLAS_ACCESS_TOKEN) is not looked at.
  client_id:
    description:
      - Client ID of the service account that logs in, or to which the token belongs.
  public_key:
    description:
      - An API key cannot log in, so this is an error. It is here because every module of the action group takes
        every connection option.
  private_key:
    description:
      - As O(public_key).
seealso:
  - module: atlasops.integrations.atlas_integration
  - name: Service accounts in Atlas
    description: What a service account is, and how long its tokens live.
    link: https://www.mongodb.com/docs/atlas/api/service-accounts-overview/
author:
  - atlasops maintainers (@atlasops)
"""

EXAMPLES = r"""
- name: Configure many projects with one login
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/atlasops.integrations.atlas:
      # Without default(omit) the play fails before the login.
      access_token: "{{ login.access_token | default(omit) }}"
  tasks:
    - name: Work between login and logout
      block:
        - name: Log in
          atlasops.integrations.atlas_login:
            client_id: "{{ atlas_client_id }}"
            client_secret: "{{ atlas_client_secret }}"
          register: login

        - name: Send alerts of each project to Opsgenie
          atlasops.integrations.atlas_integration:
            project_id: "{{ item }}"
            type: OPS_GENIE
            api_key: "{{ opsgenie_api_key }}"
          loop: "{{ atlas_project_ids }}"

      always:
        - name: Log out, whatever happened
          atlasops.integrations.atlas_login:
            client_id: "{{ atlas_client_id }}"
            client_secret: "{{ atlas_client_secret }}"
            state: absent
"""

RETURN = r"""
access_token:
  description: The token. It is not there where there was no login.
  returned: success and state is present
  type: str
expires_at:
  description: When the token ends by itself, in ISO 8601 and UTC.
  returned: success and state is present
  type: str
  sample: "2026-08-21T12:34:56Z"
revoked:
  description: Whether a token was given and revoked.
  returned: state is absent
  type: bool
  sample: true
api_calls:
  description: The number of HTTP requests sent.
  returned: always
  type: int
  sample: 1
error:
  description: What Atlas said; null where it said nothing.
  returned: failure
  type: dict
  contains:
    status:
      description: HTTP status, null without an answer.
      type: int
      returned: always
    code:
      description: Error code of Atlas.
      type: str
      returned: always
    detail:
      description: Explanation of Atlas.
      type: str
      returned: always
    reason:
      description: Name of the HTTP status.
      type: str
      returned: always
    parameters:
      description: What the error code speaks about.
      type: list
      elements: raw
      returned: always
    method:
      description: HTTP method of the request.
      type: str
      returned: always
    url:
      description: URL of the request, without credentials.
      type: str
      returned: always
"""

import os

from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import login_spec
from ansible_collections.atlasops.integrations.plugins.module_utils._arguments import run_module
from ansible_collections.atlasops.integrations.plugins.module_utils._login import problems, run


def main():
    run_module(login_spec(), run, checks=lambda options: problems(options, os.environ))


if __name__ == "__main__":
    main()
