# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tests/generate_docs.py from the argument specs and the table of services; change those instead.

"""How Atlas is reached."""

from __future__ import annotations


class ModuleDocFragment:
    """How Atlas is reached."""

    DOCUMENTATION = r"""
options:
  public_key:
    description:
      - Public part of a programmatic API key. Atlas checks it with HTTP digest authentication.
      - Credentials come whole from one source. Where any of O(public_key), O(private_key), O(client_id),
        O(client_secret) and O(access_token) is given, for a module also by C(module_defaults), the
        environment is not looked at for the others.
      - To give two kinds of credentials is an error. Where the environment holds several kinds, a token is
        taken before a service account, and a service account before an API key, with a warning.
      - Where no credentials are given at all, the value comes from the environment variable
        E(MONGODB_ATLAS_PUBLIC_API_KEY) or E(MONGODB_ATLAS_PUBLIC_KEY), the first of them that is not empty.
    type: str
    aliases:
      - api_username
      - apiUsername
  private_key:
    description:
      - Private part of the programmatic API key in O(public_key).
      - Where no credentials are given at all, the value comes from the environment variable
        E(MONGODB_ATLAS_PRIVATE_API_KEY) or E(MONGODB_ATLAS_PRIVATE_KEY), the first of them that is not empty.
    type: str
    aliases:
      - api_password
      - apiPassword
  client_id:
    description:
      - Client ID of a service account, which logs in with OAuth 2.0 client credentials.
      - Each run obtains one token and revokes it at its end.
      - Where no credentials are given at all, the value comes from the environment variable
        E(MONGODB_ATLAS_CLIENT_ID).
    type: str
    aliases:
      - service_account_id
  client_secret:
    description:
      - Secret of the service account in O(client_id).
      - Where no credentials are given at all, the value comes from the environment variable
        E(MONGODB_ATLAS_CLIENT_SECRET).
    type: str
    aliases:
      - service_account_secret
  access_token:
    description:
      - A bearer token that was obtained elsewhere. It is used as it is, and neither renewed nor revoked.
      - Where no credentials are given at all, the value comes from the environment variable
        E(MONGODB_ATLAS_ACCESS_TOKEN).
    type: str
  base_url:
    description:
      - Address of Atlas. The default is V(https://cloud.mongodb.com); MongoDB Atlas for Government is
        V(https://cloud.mongodbgov.com).
      - An address with V(http://) is refused, unless its host is a loopback address. Redirects are not
        followed.
      - Where the environment variable E(MONGODB_ATLAS_SERVICE) is V(cloudgov), an address must be given, so
        that credentials for the Government service never reach the commercial one.
      - Where it is not set, the value comes from the environment variable E(MONGODB_ATLAS_BASE_URL).
    type: str
    aliases:
      - api_url
  api_version:
    description:
      - Version of the Atlas Administration API. The default is V(v2).
      - Both do everything that Atlas offers in them.
      - Where it is not set, the value comes from the environment variable E(MONGODB_ATLAS_API_VERSION).
    type: str
    choices:
      - v2
      - v1.0
  validate_certs:
    description:
      - Whether to check the TLS certificate of Atlas. Set it to V(false) for tests with a certificate of your
        own only; O(ca_path) is the better way.
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificates of the authorities to trust, in PEM format.
      - Without it, those that the system trusts count.
    type: path
  use_proxy:
    description:
      - Whether to use the proxy that the usual environment variables name. It is never used for a loopback
        address.
    type: bool
    default: true
  timeout:
    description:
      - Longest time to wait for the answer to one request, in seconds. It must be more than 0.
    type: float
    default: 30.0
  rate_limit_retry_timeout:
    description:
      - Longest time to wait, in seconds and for one project, when Atlas answers that there were too many
        requests (429) or that it is not available (503).
      - V(0) means not to wait at all.
    type: float
    default: 120.0
"""
