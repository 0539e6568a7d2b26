#!/usr/bin/python
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_integration_info
short_description: Read the third-party service integrations of MongoDB Atlas projects
version_added: 0.1.0
description:
  - Reads the integrations of one, several or all projects. Nothing is ever changed, and a read-only role is enough.
  - Each project costs one request. Many projects share connections and one login.
  - Secrets are masked, whatever Atlas sends.
  - A project that cannot be read does not hide the others. They are reported, then the task fails with a short
    message.
  - Besides the integrations it returns what M(atlasops.integrations.atlas_integrations) takes as a declaration, and
    what Prometheus needs to scrape the projects.
extends_documentation_fragment:
  - atlasops.integrations.attributes
  - atlasops.integrations.connection
  - atlasops.integrations.project
  - atlasops.integrations.selection
  - atlasops.integrations.answers
attributes:
  check_mode:
    support: full
    details:
      - This module changes nothing.
  diff_mode:
    support: N/A
    details:
      - This module changes nothing.
  idempotent:
    support: full
    details:
      - This module changes nothing.
  action_group:
    version_added: 0.1.0
options:
  project_id:
    description:
      - ID of a single project, 24 lower-case hexadecimal digits. Atlas calls projects groups as well.
      - The environment variable E(MONGODB_ATLAS_PROJECT_ID) is used where the task sets none of O(project_id),
        O(project_name), O(projects) and O(all_projects).
  project_name:
    description:
      - Name of a single project. It takes one more request than O(project_id).
  org_id:
    description:
      - ID of the organization, 24 lower-case hexadecimal digits.
      - Of many projects only those of this organization are meant. It also tells projects of the same name apart.
      - Where it is not set, the value comes from the environment variable E(MONGODB_ATLAS_ORG_ID).
  projects:
    description:
      - The projects to read, each once.
      - An element may be a text, which is an ID where it has 24 hexadecimal digits and a name otherwise.
      - Names are looked up in the list of projects that the credentials see. A project for which only the ID is known
        costs no such request.
      - A key C(integrations) in an element is ignored, so that the list in
        O(atlasops.integrations.atlas_integrations#module:projects) can be given as it is.
      - Cannot be used together with O(project_id) or O(project_name).
    type: list
    elements: dict
    suboptions:
      id:
        description: ID of the project. This or O(projects[].name) is required. Where both are given, the ID counts.
        type: str
      name:
        description: Name of the project.
        type: str
  all_projects:
    description:
      - Reads all projects that the credentials see.
    type: bool
    default: false
  allow_empty:
    description:
      - Whether it is fine that no project is left after narrowing. Otherwise it is an error, because a mistyped name
        or tag looks the same.
    type: bool
    default: false
  concurrency:
    description:
      - How many projects are read at a time, up to 64.
    type: int
    default: 8
  types:
    description:
      - Reports integrations of these types only, by the names that the API has for them, for example V(DATADOG).
      - A type that is not there, known or not, gives nothing. An empty list means all.
    type: list
    elements: str
  page_num:
    description:
      - Reads this page only, counted from V(1). For a single project only.
      - Without it all pages are read.
    type: int
  items_per_page:
    description:
      - How many integrations Atlas puts on a page, from V(1) to V(500). For a single project only.
    type: int
  include_count:
    description:
      - Whether Atlas tells RV(total_count), which it does where this is not set. For a single project only.
    type: bool
seealso:
  - module: atlasops.integrations.atlas_integration
  - module: atlasops.integrations.atlas_integrations
  - name: Third-party integrations in the Atlas Administration API
    description: The resource that this module reads.
    link: https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/group/endpoint-third-party-integrations
  - name: Integrate with Prometheus
    description: How Prometheus discovers the hosts of an Atlas project.
    link: https://www.mongodb.com/docs/atlas/tutorial/prometheus-integration/
author:
  - atlasops maintainers (@atlasops)
"""

EXAMPLES = r"""
- name: Read the integrations of one project
  atlasops.integrations.atlas_integration_info:
    project_id: "{{ atlas_project_id }}"
  register: one

- name: See which of all projects hold the key that ends in a1b2
  atlasops.integrations.atlas_integration_info:
    all_projects: true
    types:
      - DATADOG
  register: datadog

- name: Name them
  ansible.builtin.debug:
    msg: "{{ datadog.integrations | selectattr('api_key', 'search', 'a1b2$') | map(attribute='project_name') }}"

- name: Read the projects with a tag
  atlasops.integrations.atlas_integration_info:
    all_projects: true
    project_tags:
      environment: production
    allow_empty: true
  register: production

- name: Keep what two projects have now as a declaration
  atlasops.integrations.atlas_integration_info:
    projects:
      - "{{ atlas_project_id }}"
      - name: demo
  register: current

- name: See later, without any secret, whether they still have it
  atlasops.integrations.atlas_integrations:
    projects: "{{ current.declarations }}"
    update_secrets: on_create
  check_mode: true
  when: current.declarations | length > 0

- name: Read what Prometheus needs
  atlasops.integrations.atlas_integration_info:
    all_projects: true
    types:
      - PROMETHEUS
  register: scraped

- name: Write it for Prometheus, with the password, which Atlas never shows
  ansible.builtin.copy:
    dest: "{{ prometheus_file }}"
    mode: "0600"
    content: >-
      {{ {'scrape_configs': scraped.prometheus | map(attribute='scrape_config')}
      | to_json | replace('"PROMETHEUS_PASSWORD"', prometheus_password | to_json) }}
  no_log: true
"""

RETURN = r"""
integrations:
  description:
    - The integrations of all projects that could be read, in one flat list, with the options of their services.
      Secrets are masked.
    - An integration of a type that this collection does not know is as Atlas sent it. There any text whose name
      contains C(key), C(token), C(secret), C(password) or C(url) is masked, at any depth.
  returned: always
  type: list
  elements: dict
  contains:
    project_id:
      description: ID of the project.
      type: str
      returned: always
    project_name:
      description: Name of the project, null where only its ID is known.
      type: str
      returned: always
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
declarations:
  description:
    - What was read as a declaration, one element for each project that has something to declare, without IDs and
      secrets. It goes into O(atlasops.integrations.atlas_integrations#module:projects) as it is.
    - Types that this collection does not know are left out.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: ID of the project.
      type: str
      returned: always
    name:
      description: Name of the project, null where only its ID is known.
      type: str
      returned: always
    integrations:
      description: The options of each integration.
      type: list
      elements: dict
      returned: always
  sample:
    - id: 5d791c84ff7a2522cc4f9aa1
      name: demo
      integrations:
        - type: OPS_GENIE
          region: EU
prometheus:
  description: What Prometheus needs, for each project that has the integration.
  returned: always
  type: list
  elements: dict
  contains:
    project_id:
      description: ID of the project.
      type: str
      returned: always
    discovery_url:
      description: URL at which Atlas lists what to scrape, with the username and password of the integration.
      type: str
      returned: always
    scrape_config:
      description:
        - A job for C(scrape_configs) of Prometheus. It is valid once the password is put where V(PROMETHEUS_PASSWORD)
          stands.
        - The job is named after the ID of the project. With service discovery V(http) Prometheus asks the
          discovery URL itself. With V(file) something else must write its answer to the named file.
      type: dict
      returned: always
  sample:
    - project_id: 5d791c84ff7a2522cc4f9aa1
      discovery_url: https://cloud.mongodb.com/prometheus/v1.0/groups/5d791c84ff7a2522cc4f9aa1/discovery
      scrape_config:
        job_name: 5d791c84ff7a2522cc4f9aa1-mongo-metrics
        scrape_interval: 10s
        metrics_path: /metrics
        scheme: https
        basic_auth:
          username: prom_user_example
          password: PROMETHEUS_PASSWORD
        http_sd_configs:
          - url: https://cloud.mongodb.com/prometheus/v1.0/groups/5d791c84ff7a2522cc4f9aa1/discovery
            refresh_interval: 60s
            basic_auth:
              username: prom_user_example
              password: PROMETHEUS_PASSWORD
projects:
  description: Every project that was to be read.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: ID of the project.
      type: str
      returned: always
    name:
      description: Name of the project, null where only its ID is known.
      type: str
      returned: always
    types:
      description: Types of the integrations that are reported.
      type: list
      elements: str
      returned: always
    error:
      description: Why it could not be read, null where it could.
      type: dict
      returned: always
failed_projects:
  description: IDs of the projects that could not be read. They can be given to O(projects).
  returned: always
  type: list
  elements: str
  sample: []
total_count:
  description: The number of integrations that Atlas tells for a single project, null for many.
  returned: always
  type: int
  sample: 3
api_calls:
  description: The number of HTTP requests sent, with those of the login, challenges and repeats.
  returned: always
  type: int
  sample: 3
error:
  description: What Atlas said, where the whole run failed; null where it said nothing.
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

from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import info_spec
from ansible_collections.atlasops.integrations.plugins.module_utils._arguments import run_module
from ansible_collections.atlasops.integrations.plugins.module_utils._info import (
    empty_failure,
    problems,
    run,
)


def main():
    run_module(info_spec(), run, checks=lambda options: problems(options, os.environ), unknown=empty_failure())


if __name__ == "__main__":
    main()
