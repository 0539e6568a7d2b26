# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tests/generate_docs.py from the argument specs and the table of services; change those instead.

"""The services and their options."""

from __future__ import annotations


class ModuleDocFragment:
    """The services and their options."""

    DOCUMENTATION = r"""
options:
  type:
    description:
      - The third-party service, by the name that the API has for it.
      - It is V(PAGER_DUTY) for PagerDuty, V(SLACK) for Slack, V(DATADOG) for Datadog, V(NEW_RELIC) for New
        Relic, V(OPS_GENIE) for Opsgenie, V(VICTOR_OPS) for VictorOps (Splunk On-Call), V(FLOWDOCK) for
        Flowdock, V(WEBHOOK) for Webhook, V(MICROSOFT_TEAMS) for Microsoft Teams or V(PROMETHEUS) for
        Prometheus.
      - V(SLACK) must be set up in the user interface of Atlas first; Atlas may refuse to create it.
      - V(NEW_RELIC) is deprecated. New Relic ended its plugin-based integration with MongoDB in June 2021;
        use the OpenTelemetry metric integrations of Atlas with provider NEW_RELIC instead.
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
      - Integration key of the PagerDuty service, for O(type=PAGER_DUTY).
      - Required for O(type=PAGER_DUTY), unless O(update_secrets=on_create) and the integration exists.
      - Must be 32 hexadecimal digits for O(type=PAGER_DUTY).
      - This is a secret. It is masked in every result.
    type: str
  region:
    description:
      - PagerDuty region that the key belongs to, for O(type=PAGER_DUTY).
      - Datadog site that the key belongs to, for O(type=DATADOG).
      - Opsgenie region that the key belongs to, for O(type=OPS_GENIE).
      - Only V(US) and V(EU) for O(type=PAGER_DUTY) and O(type=OPS_GENIE).
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
      - Token of the Slack application or legacy integration, for O(type=SLACK).
      - Token of the Flowdock user, for O(type=FLOWDOCK).
      - Required for O(type=SLACK) and O(type=FLOWDOCK), unless O(update_secrets=on_create) and the
        integration exists.
      - This is a secret. It is masked in every result.
    type: str
  channel_name:
    description:
      - Slack channel that Atlas posts to, for O(type=SLACK).
      - Required for O(type=SLACK) with O(api_version=v2).
      - May have up to 80 characters for O(type=SLACK).
    type: str
  team_name:
    description:
      - Name of the Slack team, for setups made with a legacy token, for O(type=SLACK).
      - Required for O(type=SLACK) with O(api_version=v1.0).
    type: str
  api_key:
    description:
      - API key of the Datadog organization, for O(type=DATADOG).
      - API key of the Opsgenie integration, for O(type=OPS_GENIE).
      - API key of the VictorOps integration, for O(type=VICTOR_OPS).
      - Required for O(type=DATADOG), O(type=OPS_GENIE) and O(type=VICTOR_OPS), unless
        O(update_secrets=on_create) and the integration exists.
      - Must be 32 hexadecimal digits for O(type=DATADOG).
      - This is a secret. It is masked in every result.
    type: str
  send_collection_latency_metrics:
    description:
      - Whether Atlas sends latency metrics of collections, for O(type=DATADOG).
      - Atlas takes V(false) where it was never set.
    type: bool
  send_database_metrics:
    description:
      - Whether Atlas sends metrics of databases, for O(type=DATADOG).
      - Atlas takes V(false) where it was never set.
    type: bool
  send_user_provided_resource_tags:
    description:
      - Whether Atlas attaches the resource tags that users gave to projects and clusters, for O(type=DATADOG)
        and O(type=PROMETHEUS).
      - Atlas takes V(false) where it was never set.
    type: bool
  send_query_stats_metrics:
    description:
      - Whether Atlas sends statistics of query shapes, for O(type=DATADOG).
      - Atlas takes V(false) where it was never set.
    type: bool
  account_id:
    description:
      - Identifier of the New Relic account, for O(type=NEW_RELIC).
      - Required for O(type=NEW_RELIC).
    type: str
  license_key:
    description:
      - License key of the New Relic account, for O(type=NEW_RELIC).
      - Required for O(type=NEW_RELIC), unless O(update_secrets=on_create) and the integration exists.
      - This is a secret. It is masked in every result.
    type: str
  read_token:
    description:
      - Query key of the New Relic account, for O(type=NEW_RELIC).
      - Required for O(type=NEW_RELIC), unless O(update_secrets=on_create) and the integration exists.
      - This is a secret. It is masked in every result.
    type: str
  write_token:
    description:
      - Insert key of the New Relic account, for O(type=NEW_RELIC).
      - Required for O(type=NEW_RELIC), unless O(update_secrets=on_create) and the integration exists.
      - This is a secret. It is masked in every result.
    type: str
  routing_key:
    description:
      - Routing key that chooses the team to alert, for O(type=VICTOR_OPS).
    type: str
  flow_name:
    description:
      - Flow as it stands in its URL, in lower case, for O(type=FLOWDOCK).
      - Required for O(type=FLOWDOCK).
    type: str
  org_name:
    description:
      - Organization as it stands in the URL of the flow, in lower case, for O(type=FLOWDOCK).
      - Required for O(type=FLOWDOCK).
    type: str
  url:
    description:
      - URL that Atlas sends alerts to, for O(type=WEBHOOK).
      - Required for O(type=WEBHOOK), unless O(update_secrets=on_create) and the integration exists.
      - Must be a URL that begins with V(https://) or V(http://) for O(type=WEBHOOK).
      - This is a secret. It is masked in every result.
    type: str
  secret:
    description:
      - Secret that Atlas signs its requests with, for O(type=WEBHOOK).
      - This is a secret. It is masked in every result.
    type: str
  body_template:
    description:
      - Template of the request body that renders to JSON, for O(type=WEBHOOK).
      - May have up to 16,384 bytes of UTF-8 for O(type=WEBHOOK).
      - A text, or a YAML dictionary that is turned into JSON.
      - This is a secret. It is masked in every result.
    type: json
  headers_template:
    description:
      - Template of the request headers that renders to a JSON object of names and values, for
        O(type=WEBHOOK).
      - May have up to 4,096 bytes of UTF-8 for O(type=WEBHOOK).
      - A text, or a YAML dictionary that is turned into JSON.
      - This is a secret. It is masked in every result.
    type: json
  microsoft_teams_webhook_url:
    description:
      - Incoming webhook URL of the Microsoft Teams channel, for O(type=MICROSOFT_TEAMS).
      - Required for O(type=MICROSOFT_TEAMS), unless O(update_secrets=on_create) and the integration exists.
      - Must be a URL that begins with V(https://) or V(http://) for O(type=MICROSOFT_TEAMS).
      - This is a secret. It is masked in every result.
    type: str
  username:
    description:
      - User that Prometheus reads the discovery endpoint and the metrics with, for O(type=PROMETHEUS).
      - Required for O(type=PROMETHEUS).
    type: str
    aliases:
      - user_name
  password:
    description:
      - Password of that user, for O(type=PROMETHEUS).
      - Required for O(type=PROMETHEUS), unless O(update_secrets=on_create) and the integration exists.
      - This is a secret. It is masked in every result.
    type: str
  service_discovery:
    description:
      - How Prometheus finds the targets, for O(type=PROMETHEUS).
      - Required for O(type=PROMETHEUS).
    type: str
    choices:
      - http
      - file
  enabled:
    description:
      - Whether Prometheus may read the metrics, for O(type=PROMETHEUS).
      - Required for O(type=PROMETHEUS).
    type: bool
"""
