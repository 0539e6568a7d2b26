#!/usr/bin/python
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_integration
short_description: Manage one third-party service integration of a MongoDB Atlas project
version_added: 0.1.0
description:
  - Creates, updates and deletes the configuration of a third-party service in a MongoDB Atlas project, such as
    PagerDuty, Datadog or a webhook.
  - Only what you say is compared. An optional option that is left out keeps its current value. Those that are
    required to create an integration are always required, so that a task means the same whether it exists or not.
  - Atlas never shows a secret again. Secrets that you give are compared with what its mask shows, and a mask is
    never sent back. Where an update needs a secret that Atlas holds and you did not give, the task fails before
    anything is written.
  - The environment variable E(MONGODB_ATLAS_PROJECT_ID) names the project where the task does not.
  - An update gives the integration a new id, which alert configurations may point to, so nothing is written
    where nothing differs.
  - For many integrations or many projects use M(atlasops.integrations.atlas_integrations).
extends_documentation_fragment:
  - atlasops.integrations.attributes
  - atlasops.integrations.connection
  - atlasops.integrations.project
  - atlasops.integrations.services
  - atlasops.integrations.wish
  - atlasops.integrations.answers
attributes:
  check_mode:
    support: full
    details:
      - Nothing is written. Secrets that a real run would need are listed in RV(missing) and warned of.
  diff_mode:
    support: full
    details:
      - A secret that is sent although it looks as before is marked as written.
  idempotent:
    support: partial
    details:
      - A run that finds nothing to do writes nothing, and a second run finds nothing to do.
      - With O(update_secrets=always) every run writes.
  action_group:
    version_added: 0.1.0
seealso:
  - name: Third-party integrations in the Atlas Administration API
    description: The resource that this module manages.
    link: https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/group/endpoint-third-party-integrations
author:
  - atlasops maintainers (@atlasops)
"""

EXAMPLES = r"""
- name: Send alerts to PagerDuty
  atlasops.integrations.atlas_integration:
    project_id: "{{ atlas_project_id }}"
    type: PAGER_DUTY
    service_key: "{{ pager_duty_service_key }}"

- name: Send metrics to Datadog in the European Union, with metrics of databases
  atlasops.integrations.atlas_integration:
    project_id: "{{ atlas_project_id }}"
    type: DATADOG
    api_key: "{{ datadog_api_key }}"
    region: EU
    send_database_metrics: true

- name: Configure Prometheus in a project known by its name
  atlasops.integrations.atlas_integration:
    project_name: demo
    type: PROMETHEUS
    username: prom_user_example
    password: "{{ prometheus_password }}"
    service_discovery: http
    enabled: true

- name: See whether the webhook is as declared, without knowing its secrets
  atlasops.integrations.atlas_integration:
    project_id: "{{ atlas_project_id }}"
    type: WEBHOOK
    update_secrets: on_create
  check_mode: true

- name: Rotate the key of Opsgenie, and only where the old one is still in use
  atlasops.integrations.atlas_integration:
    project_id: "{{ atlas_project_id }}"
    type: OPS_GENIE
    api_key: "{{ opsgenie_new_key }}"
    replaces:
      api_key: "{{ opsgenie_old_key }}"

- name: Empty the routing key of VictorOps
  atlasops.integrations.atlas_integration:
    project_id: "{{ atlas_project_id }}"
    type: VICTOR_OPS
    api_key: "{{ victor_ops_api_key }}"
    clear:
      - routing_key

- name: Remove Microsoft Teams
  atlasops.integrations.atlas_integration:
    project_id: "{{ atlas_project_id }}"
    type: MICROSOFT_TEAMS
    state: absent
"""

RETURN = r"""
action:
  description: What was done, or would be done in check mode. After a failure, what was to be done.
  returned: always
  type: str
  choices: [none, create, update, delete]
  sample: update
integration:
  description:
    - The integration afterwards, with its id, its type and the options of its service. Secrets are masked.
    - Null where there is none, and after O(state=absent). In check mode a predicted integration has no id.
  returned: always
  type: dict
  contains:
    # generated: integration-fields
    id:
      description: ID of the integration. An update gives it a new one.
      type: str
      returned: success
    type:
      description: Type of the service, in upper case.
      type: str
      returned: success
    service_key:
      description:
        - Integration key of the PagerDuty service.
        - Masked.
      type: str
      returned: for type PAGER_DUTY
    region:
      description:
        - PagerDuty region that the key belongs to.
        - Datadog site that the key belongs to.
        - Opsgenie region that the key belongs to.
      type: str
      returned: for type PAGER_DUTY, DATADOG or OPS_GENIE
    api_token:
      description:
        - Token of the Slack application or legacy integration.
        - Token of the Flowdock user.
        - Masked.
      type: str
      returned: for type SLACK or FLOWDOCK
    channel_name:
      description:
        - Slack channel that Atlas posts to.
      type: str
      returned: for type SLACK
    team_name:
      description:
        - Name of the Slack team, for setups made with a legacy token.
      type: str
      returned: for type SLACK
    api_key:
      description:
        - API key of the Datadog organization.
        - API key of the Opsgenie integration.
        - API key of the VictorOps integration.
        - Masked.
      type: str
      returned: for type DATADOG, OPS_GENIE or VICTOR_OPS
    send_collection_latency_metrics:
      description:
        - Whether Atlas sends latency metrics of collections.
      type: bool
      returned: for type DATADOG
    send_database_metrics:
      description:
        - Whether Atlas sends metrics of databases.
      type: bool
      returned: for type DATADOG
    send_user_provided_resource_tags:
      description:
        - Whether Atlas attaches the resource tags that users gave to projects and clusters.
      type: bool
      returned: for type DATADOG or PROMETHEUS
    send_query_stats_metrics:
      description:
        - Whether Atlas sends statistics of query shapes.
      type: bool
      returned: for type DATADOG
    custom_endpoint:
      description:
        - An endpoint that Atlas reports and nobody can set.
      type: str
      returned: for type DATADOG
    account_id:
      description:
        - Identifier of the New Relic account.
      type: str
      returned: for type NEW_RELIC
    license_key:
      description:
        - License key of the New Relic account.
        - Masked.
      type: str
      returned: for type NEW_RELIC
    read_token:
      description:
        - Query key of the New Relic account.
        - Masked.
      type: str
      returned: for type NEW_RELIC
    write_token:
      description:
        - Insert key of the New Relic account.
        - Masked.
      type: str
      returned: for type NEW_RELIC
    routing_key:
      description:
        - Routing key that chooses the team to alert.
      type: str
      returned: for type VICTOR_OPS
    flow_name:
      description:
        - Flow as it stands in its URL, in lower case.
      type: str
      returned: for type FLOWDOCK
    org_name:
      description:
        - Organization as it stands in the URL of the flow, in lower case.
      type: str
      returned: for type FLOWDOCK
    url:
      description:
        - URL that Atlas sends alerts to.
        - Masked.
      type: str
      returned: for type WEBHOOK
    secret:
      description:
        - Secret that Atlas signs its requests with.
        - Masked.
      type: str
      returned: for type WEBHOOK
    body_template:
      description:
        - Template of the request body that renders to JSON.
        - Masked.
      type: str
      returned: for type WEBHOOK
    headers_template:
      description:
        - Template of the request headers that renders to a JSON object of names and values.
        - Masked.
      type: str
      returned: for type WEBHOOK
    microsoft_teams_webhook_url:
      description:
        - Incoming webhook URL of the Microsoft Teams channel.
        - Masked.
      type: str
      returned: for type MICROSOFT_TEAMS
    username:
      description:
        - User that Prometheus reads the discovery endpoint and the metrics with.
      type: str
      returned: for type PROMETHEUS
    password:
      description:
        - Password of that user.
        - Masked.
      type: str
      returned: for type PROMETHEUS
    service_discovery:
      description:
        - How Prometheus finds the targets.
      type: str
      returned: for type PROMETHEUS
    enabled:
      description:
        - Whether Prometheus may read the metrics.
      type: bool
      returned: for type PROMETHEUS
    # end of generated: integration-fields
  sample:
    # generated: integration-sample
    id: 64b1f0a2c3d4e5f60718293a
    type: PAGER_DUTY
    service_key: '****************************0022'
    region: EU
    # end of generated: integration-sample
integrations:
  description: All integrations of the project afterwards, in the same form. Unknown types are as Atlas sent them.
  returned: always
  type: list
  elements: dict
total_count:
  description: The number of integrations of the project afterwards.
  returned: always
  type: int
  sample: 3
project_id:
  description: The id of the project.
  returned: always
  type: str
  sample: 5d791c84ff7a2522cc4f9aa1
secrets:
  description:
    - The verdict on each secret that was given, by option, as it was before anything was written.
    - V(consistent) fits what Atlas shows, V(different) does not, V(unreadable) cannot be told, V(not_set) means that
      Atlas holds none, V(other) that it is neither the new value nor the one in O(replaces).
  returned: always
  type: dict
  sample:
    api_key: consistent
differences:
  description: Names of the options that differ from what Atlas holds, sorted.
  returned: always
  type: list
  elements: str
  sample:
    - region
missing:
  description: Secrets that the write needs and that were not given.
  returned: always
  type: list
  elements: str
  sample: []
not_applied:
  description: Options that did not take the value that was sent.
  returned: always
  type: list
  elements: str
  sample: []
previous_id:
  description: The id before an update changed it, or the id of the deleted integration; null otherwise.
  returned: always
  type: str
  sample: 6a794055c0eb9e7a1771aad2
verified:
  description: Whether Atlas showed what was written; null where nothing was written.
  returned: always
  type: bool
  sample: true
api_calls:
  description: The number of HTTP requests sent, with those of the login, challenges and repeats.
  returned: always
  type: int
  sample: 3
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

from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import integration_spec
from ansible_collections.atlasops.integrations.plugins.module_utils._arguments import run_module
from ansible_collections.atlasops.integrations.plugins.module_utils._integration import (
    empty_failure,
    problems,
    run,
)


def main():
    run_module(integration_spec(), run, checks=lambda options: problems(options, os.environ), unknown=empty_failure())


if __name__ == "__main__":
    main()
