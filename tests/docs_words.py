# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the generated documentation says about options that are not in the table of services.

Names, types, aliases, choices, defaults and environment variables are not repeated here: they come
from the argument specs. {path} stands for the place of an option inside of a list, "" at the top.
"""

from __future__ import annotations

CONNECTION = {
    "public_key": (
        "Public part of a programmatic API key. Atlas checks it with HTTP digest authentication.",
        "Credentials come whole from one source. Where any of O(public_key), O(private_key), O(client_id),"
        " O(client_secret) and O(access_token) is given, for a module also by C(module_defaults), the environment is"
        " not looked at for the others.",
        "To give two kinds of credentials is an error. Where the environment holds several kinds, a token is"
        " taken before a service account, and a service account before an API key, with a warning.",
    ),
    "private_key": ("Private part of the programmatic API key in O(public_key).",),
    "client_id": (
        "Client ID of a service account, which logs in with OAuth 2.0 client credentials.",
        "Each run obtains one token and revokes it at its end.",
    ),
    "client_secret": ("Secret of the service account in O(client_id).",),
    "access_token": (
        "A bearer token that was obtained elsewhere. It is used as it is, and neither renewed nor revoked.",
    ),
    "base_url": (
        "Address of Atlas. The default is V(https://cloud.mongodb.com); MongoDB Atlas for Government is"
        " V(https://cloud.mongodbgov.com).",
        "An address with V(http://) is refused, unless its host is a loopback address. Redirects are not followed.",
        "Where the environment variable E(MONGODB_ATLAS_SERVICE) is V(cloudgov), an address must be given, so that"
        " credentials for the Government service never reach the commercial one.",
    ),
    "api_version": (
        "Version of the Atlas Administration API. The default is V(v2).",
        "Both do everything that Atlas offers in them.",
    ),
    "validate_certs": (
        "Whether to check the TLS certificate of Atlas. Set it to V(false) for tests with a certificate of your"
        " own only; O(ca_path) is the better way.",
    ),
    "ca_path": (
        "File with the certificates of the authorities to trust, in PEM format.",
        "Without it, those that the system trusts count.",
    ),
    "use_proxy": (
        "Whether to use the proxy that the usual environment variables name. It is never used for a loopback address.",
    ),
    "timeout": ("Longest time to wait for the answer to one request, in seconds. It must be more than 0.",),
    "rate_limit_retry_timeout": (
        "Longest time to wait, in seconds and for one project, when Atlas answers that there were too many requests"
        " (429) or that it is not available (503).",
        "V(0) means not to wait at all.",
    ),
}

PROJECT = {
    "project_id": (
        "ID of the project, 24 lower-case hexadecimal digits. Atlas calls projects groups as well.",
        "Exactly one of O(project_id) and O(project_name) names the project.",
    ),
    "project_name": (
        "Name of the project. It takes one more request than O(project_id).",
        "Exactly one of O(project_id) and O(project_name) names the project.",
    ),
    "org_id": (
        "ID of the organization, 24 lower-case hexadecimal digits.",
        "It tells projects apart where the name in O(project_name) exists in more than one organization.",
    ),
}

PROJECT_VARIABLE = (
    "The environment variable E(MONGODB_ATLAS_PROJECT_ID) is used where the task sets neither O(project_id) nor"
    " O(project_name)."
)

SELECTION = {
    "org_id": (
        "ID of the organization, 24 lower-case hexadecimal digits.",
        "Only projects of this organization are meant, and one that is named and not among them is an error. It also"
        " tells projects of the same name apart.",
        "From the environment it does the same, but projects that are named by their ID are taken as they are.",
    ),
    "project_pattern": (
        "Narrows the projects to those whose name matches a shell pattern, for example V(prod-*). Upper and lower"
        " case differ.",
    ),
    "project_tags": (
        "Narrows the projects to those that have all of these tags, by key. A value may be a list of the values that"
        " are allowed.",
    ),
    "exclude_projects": (
        "Projects to leave out, by ID or by name. One that does not exist is an error, because it may be mistyped; an"
        " ID is looked up where the list of projects is read, which is not done for projects named by ID alone.",
    ),
}

WISH = {
    "state": (
        "Whether the integration exists.",
        "V(absent) needs O({path}type) alone. Other options of the service are then ignored.",
    ),
    "update_secrets": (
        "When secrets of an existing integration are written. Atlas never shows a secret again, only a mask of it.",
        "V(auto) writes where the mask shows that Atlas holds another secret, or none. Where the mask shows too"
        " little to tell, nothing is written and a warning says so.",
        "V(always), for which V(true) may be written, writes on every run.",
        "V(on_create), for which V(false) may be written, leaves the secrets of an existing integration alone."
        " They may then be left out of the task unless the integration has to be created.",
    ),
    "clear": (
        "Names of optional text options to empty, for example V(routing_key).",
        "A required or boolean option cannot be emptied, nor can one that is given a value at the same time.",
    ),
    "replaces": (
        "The secrets that a rotation replaces, by option name, each with its old value. The new value is given in"
        " the option itself.",
        "The new secret is written only where Atlas shows the old one. Where it shows the new one already, or"
        " another, or where nothing is configured, nothing is written at all.",
    ),
}

# What a required secret need not be given for.
UNLESS_SECRET = ", unless O({path}update_secrets=on_create) and the integration exists"

ANSWERS = {
    "envelope": (
        "Whether to ask Atlas to wrap its answer together with the HTTP status, which some proxies need.",
        "The result of the module is the same.",
    ),
    "pretty": ("Whether to ask Atlas for indented JSON. The result of the module is the same.",),
}

ATTRIBUTES = {
    "check_mode": "Can run in C(check_mode) and predict what it would change without changing anything in Atlas.",
    "diff_mode": "Returns details on what has changed, or would change in C(check_mode), when run in diff mode.",
    "idempotent": "When run twice in a row with the same arguments, the second run changes nothing.",
}

ACTION_GROUP = "Use C(group/atlasops.integrations.atlas) in C(module_defaults) to set defaults for this module."
