#!/usr/bin/python
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_integrations
short_description: Manage third-party service integrations of many MongoDB Atlas projects in one task
version_added: 0.1.0
description:
  - Keeps the integrations of any number of projects as declared. What each of them means is described with
    M(atlasops.integrations.atlas_integration).
  - All that can be checked without Atlas is checked before the first request. Then all projects are read, all is
    planned, and only then anything is written.
  - Each project costs one request, and one more for each integration that differs. Connections and one login are
    shared by the whole task.
  - A project that fails does not hide the others. They are done and reported, then the task fails with a short
    message.
  - Ansible shows nothing of a module before it ends, so there is no progress to watch. To see some, run the task in
    parts, for example with O(project_pattern) or over the inventory P(atlasops.integrations.atlas_projects#inventory).
extends_documentation_fragment:
  - atlasops.integrations.attributes
  - atlasops.integrations.connection
  - atlasops.integrations.selection
attributes:
  check_mode:
    support: full
    details:
      - Nothing is written. Secrets that a real run would need are listed as missing and warned of.
  diff_mode:
    support: full
    details:
      - A secret that is sent although it looks as before is marked as written.
      - The diff holds changed projects only, one part each.
  idempotent:
    support: partial
    details:
      - With O(update_secrets=always) every run writes.
  action_group:
    version_added: 0.1.0
options:
  projects:
    description:
      - The projects, each once. Either this or O(all_projects) is required.
      - An element may be a text, which is an ID where it has 24 hexadecimal digits and a name otherwise.
      - An ad-hoc command may give one text with commas between names and IDs, or all as JSON.
      - Names are looked up in the list of projects that the credentials see. A project for which only the ID is known
        costs no such request.
    type: list
    elements: dict
    suboptions:
      id:
        description: ID of the project. This or O(projects[].name) is required. Where both are given, the ID counts.
        type: str
      name:
        description: Name of the project.
        type: str
      integrations:
        description: Integrations that only this project gets, next to those in O(integrations).
        type: list
        elements: dict
        suboptions:
          # generated: wish-options projects[].integrations[].
          state:
            description:
              - Whether the integration exists.
              - V(absent) needs O(projects[].integrations[].type) alone. Other options of the service are then ignored.
              - Where it is left out, O(state) of the task counts.
            type: str
            choices:
              - present
              - absent
          update_secrets:
            description:
              - When secrets of an existing integration are written. Atlas never shows a secret again, only a mask of
                it.
              - V(auto) writes where the mask shows that Atlas holds another secret, or none. Where the mask shows too
                little to tell, nothing is written and a warning says so.
              - V(always), for which V(true) may be written, writes on every run.
              - V(on_create), for which V(false) may be written, leaves the secrets of an existing integration alone.
                They may then be left out of the task unless the integration has to be created.
              - Where it is left out, O(update_secrets) of the task counts.
            type: str
            choices:
              - auto
              - always
              - on_create
          clear:
            description:
              - Names of optional text options to empty, for example V(routing_key).
              - A required or boolean option cannot be emptied, nor can one that is given a value at the same time.
            type: list
            elements: str
          replaces:
            description:
              - The secrets that a rotation replaces, by option name, each with its old value. The new value is given in
                the option itself.
              - The new secret is written only where Atlas shows the old one. Where it shows the new one already, or
                another, or where nothing is configured, nothing is written at all.
            type: dict
          # end of generated: wish-options
          # generated: service-options projects[].integrations[].
          type:
            description:
              - The third-party service, by the name that the API has for it.
              - It is V(PAGER_DUTY) for PagerDuty, V(SLACK) for Slack, V(DATADOG) for Datadog, V(NEW_RELIC) for New
                Relic, V(OPS_GENIE) for Opsgenie, V(VICTOR_OPS) for VictorOps (Splunk On-Call), V(FLOWDOCK) for
                Flowdock, V(WEBHOOK) for Webhook, V(MICROSOFT_TEAMS) for Microsoft Teams or V(PROMETHEUS) for
                Prometheus.
              - V(SLACK) must be set up in the user interface of Atlas first; Atlas may refuse to create it.
              - V(NEW_RELIC) is deprecated. New Relic ended its plugin-based integration with MongoDB in June 2021; use
                the OpenTelemetry metric integrations of Atlas with provider NEW_RELIC instead.
              - V(FLOWDOCK) exists with O(api_version=v1.0) only.
              - V(FLOWDOCK) is deprecated. Flowdock has shut down; use SLACK, MICROSOFT_TEAMS or WEBHOOK instead.
            type: str
            required: true
            choices:
              - PAGER_DUTY
              - SLACK
              - DATADOG
              - NEW_RELIC
              - OPS_GENIE
              - VICTOR_OPS
              - FLOWDOCK
              - WEBHOOK
              - MICROSOFT_TEAMS
              - PROMETHEUS
          service_key:
            description:
              - Integration key of the PagerDuty service, for O(projects[].integrations[].type=PAGER_DUTY).
              - Required for O(projects[].integrations[].type=PAGER_DUTY), unless
                O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - Must be 32 hexadecimal digits for O(projects[].integrations[].type=PAGER_DUTY).
              - This is a secret. It is masked in every result.
            type: str
          region:
            description:
              - PagerDuty region that the key belongs to, for O(projects[].integrations[].type=PAGER_DUTY).
              - Datadog site that the key belongs to, for O(projects[].integrations[].type=DATADOG).
              - Opsgenie region that the key belongs to, for O(projects[].integrations[].type=OPS_GENIE).
              - Only V(US) and V(EU) for O(projects[].integrations[].type=PAGER_DUTY) and
                O(projects[].integrations[].type=OPS_GENIE).
              - Atlas takes V(US) where it was never set.
            type: str
            choices:
              - US
              - EU
              - US3
              - US5
              - AP1
              - US1_FED
          api_token:
            description:
              - Token of the Slack application or legacy integration, for O(projects[].integrations[].type=SLACK).
              - Token of the Flowdock user, for O(projects[].integrations[].type=FLOWDOCK).
              - Required for O(projects[].integrations[].type=SLACK) and O(projects[].integrations[].type=FLOWDOCK),
                unless O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - This is a secret. It is masked in every result.
            type: str
          channel_name:
            description:
              - Slack channel that Atlas posts to, for O(projects[].integrations[].type=SLACK).
              - Required for O(projects[].integrations[].type=SLACK) with O(api_version=v2).
              - May have up to 80 characters for O(projects[].integrations[].type=SLACK).
            type: str
          team_name:
            description:
              - Name of the Slack team, for setups made with a legacy token, for
                O(projects[].integrations[].type=SLACK).
              - Required for O(projects[].integrations[].type=SLACK) with O(api_version=v1.0).
            type: str
          api_key:
            description:
              - API key of the Datadog organization, for O(projects[].integrations[].type=DATADOG).
              - API key of the Opsgenie integration, for O(projects[].integrations[].type=OPS_GENIE).
              - API key of the VictorOps integration, for O(projects[].integrations[].type=VICTOR_OPS).
              - Required for O(projects[].integrations[].type=DATADOG), O(projects[].integrations[].type=OPS_GENIE) and
                O(projects[].integrations[].type=VICTOR_OPS), unless
                O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - Must be 32 hexadecimal digits for O(projects[].integrations[].type=DATADOG).
              - This is a secret. It is masked in every result.
            type: str
          send_collection_latency_metrics:
            description:
              - Whether Atlas sends latency metrics of collections, for O(projects[].integrations[].type=DATADOG).
              - Atlas takes V(false) where it was never set.
            type: bool
          send_database_metrics:
            description:
              - Whether Atlas sends metrics of databases, for O(projects[].integrations[].type=DATADOG).
              - Atlas takes V(false) where it was never set.
            type: bool
          send_user_provided_resource_tags:
            description:
              - Whether Atlas attaches the resource tags that users gave to projects and clusters, for
                O(projects[].integrations[].type=DATADOG) and O(projects[].integrations[].type=PROMETHEUS).
              - Atlas takes V(false) where it was never set.
            type: bool
          send_query_stats_metrics:
            description:
              - Whether Atlas sends statistics of query shapes, for O(projects[].integrations[].type=DATADOG).
              - Atlas takes V(false) where it was never set.
            type: bool
          account_id:
            description:
              - Identifier of the New Relic account, for O(projects[].integrations[].type=NEW_RELIC).
              - Required for O(projects[].integrations[].type=NEW_RELIC).
            type: str
          license_key:
            description:
              - License key of the New Relic account, for O(projects[].integrations[].type=NEW_RELIC).
              - Required for O(projects[].integrations[].type=NEW_RELIC), unless
                O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - This is a secret. It is masked in every result.
            type: str
          read_token:
            description:
              - Query key of the New Relic account, for O(projects[].integrations[].type=NEW_RELIC).
              - Required for O(projects[].integrations[].type=NEW_RELIC), unless
                O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - This is a secret. It is masked in every result.
            type: str
          write_token:
            description:
              - Insert key of the New Relic account, for O(projects[].integrations[].type=NEW_RELIC).
              - Required for O(projects[].integrations[].type=NEW_RELIC), unless
                O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - This is a secret. It is masked in every result.
            type: str
          routing_key:
            description:
              - Routing key that chooses the team to alert, for O(projects[].integrations[].type=VICTOR_OPS).
            type: str
          flow_name:
            description:
              - Flow as it stands in its URL, in lower case, for O(projects[].integrations[].type=FLOWDOCK).
              - Required for O(projects[].integrations[].type=FLOWDOCK).
            type: str
          org_name:
            description:
              - Organization as it stands in the URL of the flow, in lower case, for
                O(projects[].integrations[].type=FLOWDOCK).
              - Required for O(projects[].integrations[].type=FLOWDOCK).
            type: str
          url:
            description:
              - URL that Atlas sends alerts to, for O(projects[].integrations[].type=WEBHOOK).
              - Required for O(projects[].integrations[].type=WEBHOOK), unless
                O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - Must be a URL that begins with V(https://) or V(http://) for O(projects[].integrations[].type=WEBHOOK).
              - This is a secret. It is masked in every result.
            type: str
          secret:
            description:
              - Secret that Atlas signs its requests with, for O(projects[].integrations[].type=WEBHOOK).
              - This is a secret. It is masked in every result.
            type: str
          body_template:
            description:
              - Template of the request body that renders to JSON, for O(projects[].integrations[].type=WEBHOOK).
              - May have up to 16,384 bytes of UTF-8 for O(projects[].integrations[].type=WEBHOOK).
              - A text, or a YAML dictionary that is turned into JSON.
              - This is a secret. It is masked in every result.
            type: json
          headers_template:
            description:
              - Template of the request headers that renders to a JSON object of names and values, for
                O(projects[].integrations[].type=WEBHOOK).
              - May have up to 4,096 bytes of UTF-8 for O(projects[].integrations[].type=WEBHOOK).
              - A text, or a YAML dictionary that is turned into JSON.
              - This is a secret. It is masked in every result.
            type: json
          microsoft_teams_webhook_url:
            description:
              - Incoming webhook URL of the Microsoft Teams channel, for
                O(projects[].integrations[].type=MICROSOFT_TEAMS).
              - Required for O(projects[].integrations[].type=MICROSOFT_TEAMS), unless
                O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - Must be a URL that begins with V(https://) or V(http://) for
                O(projects[].integrations[].type=MICROSOFT_TEAMS).
              - This is a secret. It is masked in every result.
            type: str
          username:
            description:
              - User that Prometheus reads the discovery endpoint and the metrics with, for
                O(projects[].integrations[].type=PROMETHEUS).
              - Required for O(projects[].integrations[].type=PROMETHEUS).
            type: str
            aliases:
              - user_name
          password:
            description:
              - Password of that user, for O(projects[].integrations[].type=PROMETHEUS).
              - Required for O(projects[].integrations[].type=PROMETHEUS), unless
                O(projects[].integrations[].update_secrets=on_create) and the integration exists.
              - This is a secret. It is masked in every result.
            type: str
          service_discovery:
            description:
              - How Prometheus finds the targets, for O(projects[].integrations[].type=PROMETHEUS).
              - Required for O(projects[].integrations[].type=PROMETHEUS).
            type: str
            choices:
              - http
              - file
          enabled:
            description:
              - Whether Prometheus may read the metrics, for O(projects[].integrations[].type=PROMETHEUS).
              - Required for O(projects[].integrations[].type=PROMETHEUS).
            type: bool
          # end of generated: service-options
  all_projects:
    description: All projects that the credentials see.
    type: bool
    default: false
  integrations:
    description:
      - The integrations of each of the projects. Each type once.
      - It may be left out where each project brings its own.
    type: list
    elements: dict
    suboptions:
      # generated: wish-options integrations[].
      state:
        description:
          - Whether the integration exists.
          - V(absent) needs O(integrations[].type) alone. Other options of the service are then ignored.
          - Where it is left out, O(state) of the task counts.
        type: str
        choices:
          - present
          - absent
      update_secrets:
        description:
          - When secrets of an existing integration are written. Atlas never shows a secret again, only a mask of
            it.
          - V(auto) writes where the mask shows that Atlas holds another secret, or none. Where the mask shows too
            little to tell, nothing is written and a warning says so.
          - V(always), for which V(true) may be written, writes on every run.
          - V(on_create), for which V(false) may be written, leaves the secrets of an existing integration alone.
            They may then be left out of the task unless the integration has to be created.
          - Where it is left out, O(update_secrets) of the task counts.
        type: str
        choices:
          - auto
          - always
          - on_create
      clear:
        description:
          - Names of optional text options to empty, for example V(routing_key).
          - A required or boolean option cannot be emptied, nor can one that is given a value at the same time.
        type: list
        elements: str
      replaces:
        description:
          - The secrets that a rotation replaces, by option name, each with its old value. The new value is given in
            the option itself.
          - The new secret is written only where Atlas shows the old one. Where it shows the new one already, or
            another, or where nothing is configured, nothing is written at all.
        type: dict
      # end of generated: wish-options
      # generated: service-options integrations[].
      type:
        description:
          - The third-party service, by the name that the API has for it.
          - It is V(PAGER_DUTY) for PagerDuty, V(SLACK) for Slack, V(DATADOG) for Datadog, V(NEW_RELIC) for New
            Relic, V(OPS_GENIE) for Opsgenie, V(VICTOR_OPS) for VictorOps (Splunk On-Call), V(FLOWDOCK) for
            Flowdock, V(WEBHOOK) for Webhook, V(MICROSOFT_TEAMS) for Microsoft Teams or V(PROMETHEUS) for
            Prometheus.
          - V(SLACK) must be set up in the user interface of Atlas first; Atlas may refuse to create it.
          - V(NEW_RELIC) is deprecated. New Relic ended its plugin-based integration with MongoDB in June 2021; use
            the OpenTelemetry metric integrations of Atlas with provider NEW_RELIC instead.
          - V(FLOWDOCK) exists with O(api_version=v1.0) only.
          - V(FLOWDOCK) is deprecated. Flowdock has shut down; use SLACK, MICROSOFT_TEAMS or WEBHOOK instead.
        type: str
        required: true
        choices:
          - PAGER_DUTY
          - SLACK
          - DATADOG
          - NEW_RELIC
          - OPS_GENIE
          - VICTOR_OPS
          - FLOWDOCK
          - WEBHOOK
          - MICROSOFT_TEAMS
          - PROMETHEUS
      service_key:
        description:
          - Integration key of the PagerDuty service, for O(integrations[].type=PAGER_DUTY).
          - Required for O(integrations[].type=PAGER_DUTY), unless O(integrations[].update_secrets=on_create) and
            the integration exists.
          - Must be 32 hexadecimal digits for O(integrations[].type=PAGER_DUTY).
          - This is a secret. It is masked in every result.
        type: str
      region:
        description:
          - PagerDuty region that the key belongs to, for O(integrations[].type=PAGER_DUTY).
          - Datadog site that the key belongs to, for O(integrations[].type=DATADOG).
          - Opsgenie region that the key belongs to, for O(integrations[].type=OPS_GENIE).
          - Only V(US) and V(EU) for O(integrations[].type=PAGER_DUTY) and O(integrations[].type=OPS_GENIE).
          - Atlas takes V(US) where it was never set.
        type: str
        choices:
          - US
          - EU
          - US3
          - US5
          - AP1
          - US1_FED
      api_token:
        description:
          - Token of the Slack application or legacy integration, for O(integrations[].type=SLACK).
          - Token of the Flowdock user, for O(integrations[].type=FLOWDOCK).
          - Required for O(integrations[].type=SLACK) and O(integrations[].type=FLOWDOCK), unless
            O(integrations[].update_secrets=on_create) and the integration exists.
          - This is a secret. It is masked in every result.
        type: str
      channel_name:
        description:
          - Slack channel that Atlas posts to, for O(integrations[].type=SLACK).
          - Required for O(integrations[].type=SLACK) with O(api_version=v2).
          - May have up to 80 characters for O(integrations[].type=SLACK).
        type: str
      team_name:
        description:
          - Name of the Slack team, for setups made with a legacy token, for O(integrations[].type=SLACK).
          - Required for O(integrations[].type=SLACK) with O(api_version=v1.0).
        type: str
      api_key:
        description:
          - API key of the Datadog organization, for O(integrations[].type=DATADOG).
          - API key of the Opsgenie integration, for O(integrations[].type=OPS_GENIE).
          - API key of the VictorOps integration, for O(integrations[].type=VICTOR_OPS).
          - Required for O(integrations[].type=DATADOG), O(integrations[].type=OPS_GENIE) and
            O(integrations[].type=VICTOR_OPS), unless O(integrations[].update_secrets=on_create) and the integration
            exists.
          - Must be 32 hexadecimal digits for O(integrations[].type=DATADOG).
          - This is a secret. It is masked in every result.
        type: str
      send_collection_latency_metrics:
        description:
          - Whether Atlas sends latency metrics of collections, for O(integrations[].type=DATADOG).
          - Atlas takes V(false) where it was never set.
        type: bool
      send_database_metrics:
        description:
          - Whether Atlas sends metrics of databases, for O(integrations[].type=DATADOG).
          - Atlas takes V(false) where it was never set.
        type: bool
      send_user_provided_resource_tags:
        description:
          - Whether Atlas attaches the resource tags that users gave to projects and clusters, for
            O(integrations[].type=DATADOG) and O(integrations[].type=PROMETHEUS).
          - Atlas takes V(false) where it was never set.
        type: bool
      send_query_stats_metrics:
        description:
          - Whether Atlas sends statistics of query shapes, for O(integrations[].type=DATADOG).
          - Atlas takes V(false) where it was never set.
        type: bool
      account_id:
        description:
          - Identifier of the New Relic account, for O(integrations[].type=NEW_RELIC).
          - Required for O(integrations[].type=NEW_RELIC).
        type: str
      license_key:
        description:
          - License key of the New Relic account, for O(integrations[].type=NEW_RELIC).
          - Required for O(integrations[].type=NEW_RELIC), unless O(integrations[].update_secrets=on_create) and the
            integration exists.
          - This is a secret. It is masked in every result.
        type: str
      read_token:
        description:
          - Query key of the New Relic account, for O(integrations[].type=NEW_RELIC).
          - Required for O(integrations[].type=NEW_RELIC), unless O(integrations[].update_secrets=on_create) and the
            integration exists.
          - This is a secret. It is masked in every result.
        type: str
      write_token:
        description:
          - Insert key of the New Relic account, for O(integrations[].type=NEW_RELIC).
          - Required for O(integrations[].type=NEW_RELIC), unless O(integrations[].update_secrets=on_create) and the
            integration exists.
          - This is a secret. It is masked in every result.
        type: str
      routing_key:
        description:
          - Routing key that chooses the team to alert, for O(integrations[].type=VICTOR_OPS).
        type: str
      flow_name:
        description:
          - Flow as it stands in its URL, in lower case, for O(integrations[].type=FLOWDOCK).
          - Required for O(integrations[].type=FLOWDOCK).
        type: str
      org_name:
        description:
          - Organization as it stands in the URL of the flow, in lower case, for O(integrations[].type=FLOWDOCK).
          - Required for O(integrations[].type=FLOWDOCK).
        type: str
      url:
        description:
          - URL that Atlas sends alerts to, for O(integrations[].type=WEBHOOK).
          - Required for O(integrations[].type=WEBHOOK), unless O(integrations[].update_secrets=on_create) and the
            integration exists.
          - Must be a URL that begins with V(https://) or V(http://) for O(integrations[].type=WEBHOOK).
          - This is a secret. It is masked in every result.
        type: str
      secret:
        description:
          - Secret that Atlas signs its requests with, for O(integrations[].type=WEBHOOK).
          - This is a secret. It is masked in every result.
        type: str
      body_template:
        description:
          - Template of the request body that renders to JSON, for O(integrations[].type=WEBHOOK).
          - May have up to 16,384 bytes of UTF-8 for O(integrations[].type=WEBHOOK).
          - A text, or a YAML dictionary that is turned into JSON.
          - This is a secret. It is masked in every result.
        type: json
      headers_template:
        description:
          - Template of the request headers that renders to a JSON object of names and values, for
            O(integrations[].type=WEBHOOK).
          - May have up to 4,096 bytes of UTF-8 for O(integrations[].type=WEBHOOK).
          - A text, or a YAML dictionary that is turned into JSON.
          - This is a secret. It is masked in every result.
        type: json
      microsoft_teams_webhook_url:
        description:
          - Incoming webhook URL of the Microsoft Teams channel, for O(integrations[].type=MICROSOFT_TEAMS).
          - Required for O(integrations[].type=MICROSOFT_TEAMS), unless O(integrations[].update_secrets=on_create)
            and the integration exists.
          - Must be a URL that begins with V(https://) or V(http://) for O(integrations[].type=MICROSOFT_TEAMS).
          - This is a secret. It is masked in every result.
        type: str
      username:
        description:
          - User that Prometheus reads the discovery endpoint and the metrics with, for
            O(integrations[].type=PROMETHEUS).
          - Required for O(integrations[].type=PROMETHEUS).
        type: str
        aliases:
          - user_name
      password:
        description:
          - Password of that user, for O(integrations[].type=PROMETHEUS).
          - Required for O(integrations[].type=PROMETHEUS), unless O(integrations[].update_secrets=on_create) and
            the integration exists.
          - This is a secret. It is masked in every result.
        type: str
      service_discovery:
        description:
          - How Prometheus finds the targets, for O(integrations[].type=PROMETHEUS).
          - Required for O(integrations[].type=PROMETHEUS).
        type: str
        choices:
          - http
          - file
      enabled:
        description:
          - Whether Prometheus may read the metrics, for O(integrations[].type=PROMETHEUS).
          - Required for O(integrations[].type=PROMETHEUS).
        type: bool
      # end of generated: service-options
  state:
    description: What holds for integrations that have no state of their own.
    type: str
    choices: [present, absent]
    default: present
  update_secrets:
    description:
      - What holds for integrations that have no O(integrations[].update_secrets) of their own.
      - V(true) may be written for V(always), and V(false) for V(on_create).
    type: str
    choices: [auto, always, on_create]
    default: auto
  purge:
    description:
      - Whether to delete what is configured and not declared.
      - Types that this collection does not know are never deleted. V(SLACK), which has to be set up again by hand, is
        deleted only where O(purge_types) names it.
      - To delete all, give an empty list in O(integrations).
    type: bool
    default: false
  purge_types:
    description: The types that O(purge) may delete. Without it, or with an empty list, all known ones but V(SLACK).
    type: list
    elements: str
    choices:
      - PAGER_DUTY
      - SLACK
      - DATADOG
      - NEW_RELIC
      - OPS_GENIE
      - VICTOR_OPS
      - FLOWDOCK
      - WEBHOOK
      - MICROSOFT_TEAMS
      - PROMETHEUS
  max_deletions:
    description:
      - The most integrations that a run may delete, by O(purge) or by V(absent). More are refused before anything is
        written, in check mode too.
    type: int
    default: 10
  allow_empty:
    description: Whether it is fine that no project is left after narrowing. Otherwise the task fails.
    type: bool
    default: false
  concurrency:
    description: How many projects are worked on at the same time, from 1 to 64.
    type: int
    default: 8
  on_error:
    description:
      - V(continue) does all projects that can be done. Where one project after the other fails because nobody answers
        or the credentials are refused, the rest is not begun and counts as failed.
      - V(stop) writes nothing after a project could not be read or planned, and begins no further project after a
        write failed. Projects that were not begun count as failed.
    type: str
    choices: [continue, stop]
    default: continue
  report:
    description: Whether RV(projects) holds the projects that changed or failed, or V(all) of them.
    type: str
    choices: [changed, all]
    default: changed
seealso:
  - module: atlasops.integrations.atlas_integration
author:
  - atlasops maintainers (@atlasops)
"""

EXAMPLES = r"""
- name: Keep Datadog and PagerDuty the same in all production projects
  atlasops.integrations.atlas_integrations:
    all_projects: true
    project_tags:
      environment: production
    integrations:
      - type: DATADOG
        api_key: "{{ datadog_api_key }}"
        region: EU
      - type: PAGER_DUTY
        service_key: "{{ pager_duty_service_key }}"

- name: Configure two projects, one of which gets a webhook as well
  atlasops.integrations.atlas_integrations:
    projects:
      - demo
      - id: "{{ atlas_project_id }}"
        integrations:
          - type: WEBHOOK
            url: "{{ webhook_url }}"
    integrations:
      - type: OPS_GENIE
        api_key: "{{ opsgenie_new_key }}"

- name: See what differs anywhere, without knowing any secret
  atlasops.integrations.atlas_integrations:
    all_projects: true
    update_secrets: on_create
    integrations:
      - type: DATADOG
        region: EU
  check_mode: true

- name: Remove VictorOps from all projects, as long as there are not more than twenty
  atlasops.integrations.atlas_integrations:
    all_projects: true
    state: absent
    max_deletions: 20
    integrations:
      - type: VICTOR_OPS
"""

RETURN = r"""
summary:
  description:
    - How many projects there are, changed and failed, and how many integrations were created, updated, deleted or left
      as they are.
    - In templates write C(summary['update']), because C(summary.update) is the method of that name.
  returned: always
  type: dict
  sample:
    projects: 400
    changed: 12
    failed: 0
    create: 3
    update: 9
    delete: 0
    none: 788
projects:
  description: The projects that changed, would change or failed; all of them with O(report=all).
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: ID of the project.
      type: str
      returned: always
    name:
      description: Name of the project, null where only the ID is known.
      type: str
      returned: always
    changed:
      description: Whether anything changed in it.
      type: bool
      returned: always
    integrations:
      description:
        - What came of each integration, with the keys C(type), C(action), C(id), C(previous_id), C(verified),
          C(secrets), C(differences), C(missing) and C(not_applied) that M(atlasops.integrations.atlas_integration)
          returns.
      type: list
      elements: dict
      returned: always
    unmanaged:
      description: Types that are configured and not declared.
      type: list
      elements: str
      returned: always
    error:
      description:
        - What went wrong, null where nothing did. It has C(msg) and the keys of RV(error), which are null where Atlas
          said nothing.
      type: dict
      returned: always
failed_projects:
  description:
    - IDs of the projects that failed or were not begun. They can be given to O(projects) as they are.
    - Where projects bring integrations of their own, choose these elements of O(projects) again instead, for example by
      the filter C(selectattr). Without them O(purge) would delete what they had declared.
  returned: always
  type: list
  elements: str
  sample: []
api_calls:
  description: The number of HTTP requests sent, with those of the login, challenges and repeats.
  returned: always
  type: int
  sample: 413
error:
  description:
    - What Atlas said, where the whole task failed before anything was written. Null where it said nothing, and where
      single projects failed, each of which has an error of its own in RV(projects).
  returned: failure
  type: dict
"""

import os

from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import fleet_spec
from ansible_collections.atlasops.integrations.plugins.module_utils._arguments import run_module
from ansible_collections.atlasops.integrations.plugins.module_utils._fleet import empty_failure, problems, run


def main():
    run_module(fleet_spec(), run, checks=lambda options: problems(options, os.environ), unknown=empty_failure())


if __name__ == "__main__":
    main()
