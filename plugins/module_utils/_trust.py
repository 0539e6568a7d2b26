# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Whom to trust and which proxy to take: TLS contexts and proxies, decided once a connection.

The trust is that of ansible-core's URL modules (the system's store), not that of certifi alone; no
environment variable of requests changes it.
"""

from __future__ import annotations

import os
import re
import ssl
from urllib.parse import urlsplit

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import is_loopback

try:
    from requests.utils import get_environ_proxies, select_proxy
except ImportError:  # reported by whoever makes a transport
    get_environ_proxies = select_proxy = None  # type: ignore[assignment]

# Where systems keep their bundle; asked only where this Python's OpenSSL was built for other places.
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/opt/homebrew/etc/openssl@3/cert.pem",
    "/usr/local/etc/openssl@3/cert.pem",
)
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")


def tls_context(validate_certs: bool, ca_path: str | None) -> ssl.SSLContext:
    """Return the TLS settings for every connection of a transport.

    ca_path: a file, or a folder of files, with the only authorities to trust; None for the system's
    store. Raises OptionError that names ca_path.
    """
    if not validate_certs:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif ca_path is not None:
        context = _own_authorities(ca_path)
    else:
        context = ssl.create_default_context()
        _find_system_store(context)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _own_authorities(ca_path: str) -> ssl.SSLContext:
    path = os.path.expanduser(ca_path)
    if not os.path.exists(path):
        raise OptionError(["ca_path names a file or folder that does not exist on the host that runs the module"])
    try:
        if not os.path.isdir(path):
            return ssl.create_default_context(cafile=path)
        context = ssl.create_default_context(capath=path)
        names = sorted(os.listdir(path))
        if not any(_HASHED.fullmatch(name) for name in names) and not _load_each(context, path, names):
            raise OptionError(["ca_path names a folder without any certificate in PEM form"])
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        raise OptionError(["ca_path can't be read as certificates in PEM form"]) from None
    return context


def _load_each(context: ssl.SSLContext, path: str, names: list[str]) -> bool:
    """Load the certificates of a folder that was never hashed for OpenSSL; tell whether there were any."""
    found = False
    for name in names:
        if not name.endswith((".pem", ".crt", ".cer")):
            continue
        try:
            context.load_verify_locations(cafile=os.path.join(path, name))
            found = True
        except (OSError, ValueError):
            continue
    return found


def _find_system_store(context: ssl.SSLContext) -> None:
    """Make up for a Python whose OpenSSL looks for the system's store where this system has none."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or (paths.capath and os.listdir(paths.capath)) or context.cert_store_stats()["x509_ca"]:
        return
    for bundle in SYSTEM_BUNDLES:
        if os.path.isfile(bundle):
            context.load_verify_locations(cafile=bundle)
            return


def proxies_for(url: str, use_proxy: bool) -> dict[str, str]:
    """Return the proxies of the environment for a URL, as requests takes them; {} for none.

    NO_PROXY is honoured, and a loopback address is never asked through a proxy. Raises OptionError.
    """
    if not use_proxy or is_loopback(urlsplit(url).hostname):
        return {}
    proxies = dict(get_environ_proxies(url))
    chosen = select_proxy(url, proxies)
    if chosen and not _has_host(chosen):
        raise OptionError(
            ["the proxy that the environment names is no address; correct HTTPS_PROXY there, or set use_proxy to false"]
        )
    return proxies


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
