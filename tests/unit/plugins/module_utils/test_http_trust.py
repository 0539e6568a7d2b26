# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom the transport trusts, and which proxy it takes."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _trust as trust
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._http import (
    Request,
    RequestsTransport,
    TransportFailure,
)
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.http_helpers import (
    KEY_PAIR,
    connection,
    reply,
    serving,
)

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a fresh self-signed certificate for 127.0.0.1: cert.pem and key.pem."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("atlas.invalid"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


@pytest.fixture
def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def ask(url: str, **options: Any) -> int:
    return RequestsTransport(connection(url, **options)).send(Request("GET", url + "/x")).status


def test_a_stranger_is_not_trusted(server_context: ssl.SSLContext) -> None:
    with serving(reply(200, {}), context=server_context) as server, pytest.raises(TransportFailure) as caught:
        ask(server.url)
    assert caught.value.final and not caught.value.sent
    assert "is not trusted (self" in caught.value.text and "ca_path" in caught.value.advice
    assert server.seen == []


def test_ca_path_may_be_a_file_or_a_folder(server_context: ssl.SSLContext, certificate: Path, tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    folder.mkdir()
    (folder / "own.crt").write_bytes((certificate / "cert.pem").read_bytes())
    (folder / "broken.pem").write_text("nothing\n", encoding="utf-8")
    with serving(reply(200, {}), context=server_context) as server:
        for path in (certificate / "cert.pem", folder):
            assert ask(server.url, ca_path=str(path)) == 200


def test_the_environment_of_requests_changes_nothing(
    server_context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving(reply(200, {}), context=server_context) as server:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, str(certificate / "cert.pem"))
        with pytest.raises(TransportFailure):
            ask(server.url)
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, str(tmp_path / "missing.pem"))
        assert ask(server.url, validate_certs=False) == 200
        assert ask(server.url, ca_path=str(certificate / "cert.pem")) == 200


def test_without_validation_nobody_is_warned_again_and_again(
    server_context: ssl.SSLContext, recwarn: pytest.WarningsRecorder
) -> None:
    with serving(reply(200, {}), context=server_context) as server:
        assert ask(server.url, validate_certs=False) == 200
    assert not [w for w in recwarn if "Unverified" in str(w.message)]


def test_tls_where_none_is_spoken() -> None:
    with serving(reply(200, {})) as server, pytest.raises(TransportFailure) as caught:
        ask(server.url.replace("http:", "https:"), validate_certs=False)
    assert "base_url" in caught.value.advice or "network" in caught.value.advice


def test_plain_text_where_tls_is_expected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def shout() -> None:
            sock, unused = plain.accept()
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            time.sleep(0.2)
            sock.close()

        threading.Thread(target=shout, daemon=True).start()
        with pytest.raises(TransportFailure, match="no secure connection") as caught:
            ask(f"https://127.0.0.1:{plain.getsockname()[1]}")
    assert "https must be spoken" in caught.value.advice and "wrong version number" in caught.value.text


def test_a_slow_handshake_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        with pytest.raises(TransportFailure, match="no"):
            ask(f"https://127.0.0.1:{silent.getsockname()[1]}", validate_certs=False, timeout=0.2)
        assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "content", [None, b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_ca_path_that_is_none(content: Any, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OptionError, match="ca_path"):
        RequestsTransport(connection("https://atlas.example.com", ca_path=str(path)))
    if content is not None:
        with pytest.raises(OptionError, match="ca_path names a folder without"):
            trust.tls_context(True, str(tmp_path))


def test_trust_is_the_systems() -> None:
    context = trust.tls_context(True, None)
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_python_that_looks_elsewhere_finds_the_systems_bundle(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nowhere = ssl.DefaultVerifyPaths(None, None, "", "", "", "")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    bundles = (str(tmp_path / "missing"), str(certificate / "cert.pem"))
    monkeypatch.setattr(trust, "SYSTEM_BUNDLES", bundles)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust._find_system_store(context)
    assert context.cert_store_stats()["x509_ca"] == 1


def test_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example.com")
    assert trust.proxies_for("https://cloud.example.com", True)["https"] == "http://proxy.example.com:3128"
    assert trust.proxies_for("https://cloud.example.com", False) == {}
    assert trust.proxies_for("https://inside.example.com", True) == {}
    for host in ("127.0.0.1", "localhost", "[::1]", "127.9.9.9"):
        assert trust.proxies_for(f"https://{host}:8080", True) == {}


def test_a_proxy_is_asked_and_gets_no_credentials_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(reply(407, b"no")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:example-proxy-secret@"))
        with pytest.raises(TransportFailure) as caught:
            ask("https://atlas.invalid", credentials=KEY_PAIR)
    assert [(s.method, s.path) for s in proxy.seen] == [("CONNECT", "atlas.invalid:443")]
    assert "authorization" not in proxy.seen[0].headers and "proxy-authorization" in proxy.seen[0].headers
    assert not caught.value.sent and "407" in caught.value.text and "use_proxy" in caught.value.advice
    assert "example-proxy-secret" not in str(vars(caught.value))


def test_a_certificate_for_another_name_is_not_trusted(server_context: ssl.SSLContext, certificate: Path) -> None:
    with serving(reply(200, {}), context=server_context) as server, pytest.raises(TransportFailure) as caught:
        ask(server.url.replace("127.0.0.1", "localhost"), ca_path=str(certificate / "cert.pem"))
    assert caught.value.final and "is not trusted" in caught.value.text and server.seen == []


def test_behind_a_proxy_trust_is_the_same(
    server_context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(reply(200, {}), context=server_context) as server:

        def tunnel(sock: socket.socket, seen: Any) -> None:
            with socket.create_connection(("127.0.0.1", server.port)) as inside:
                sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                threading.Thread(target=pump, args=(inside, sock), daemon=True).start()
                pump(sock, inside)

        with serving(tunnel) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            for options in ({"ca_path": str(certificate / "cert.pem")}, {"validate_certs": False}):
                assert ask("https://atlas.invalid", **options) == 200
            with pytest.raises(TransportFailure, match="not trusted"):
                ask("https://atlas.invalid")
    assert len(server.seen) == 2


@pytest.mark.parametrize("hangs_up", [True, False])
def test_behind_a_proxy_a_request_that_went_out_is_not_called_unsent(
    hangs_up: bool, server_context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reset(sock: socket.socket, seen: Any) -> None:
        if not hangs_up:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    with serving(reset, context=server_context) as server:

        def tunnel(sock: socket.socket, seen: Any) -> None:
            with socket.create_connection(("127.0.0.1", server.port)) as inside:
                sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                threading.Thread(target=pump, args=(sock, inside), daemon=True).start()
                pump(inside, sock)

        with serving(tunnel) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            with pytest.raises(TransportFailure) as caught:
                ask("https://atlas.invalid", validate_certs=False)
    assert len(server.seen) == 1 and caught.value.sent and not caught.value.final


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        for data in iter(lambda: source.recv(65536), b""):
            sink.sendall(data)
    except OSError:
        return


@pytest.mark.parametrize("address", ["http://", "http://[::", "http://x:y", "http://x:99999", "://"])
def test_a_proxy_without_an_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(OptionError, match="HTTPS_PROXY"):
        ask("https://atlas.invalid")
    with serving(reply(200, {})) as server:
        assert ask(server.url) == 200


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "127.0.0.1:1", "socks9://127.0.0.1:1"])
def test_a_proxy_that_is_none(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(TransportFailure) as caught:
        ask("https://atlas.invalid")
    assert "proxy" in caught.value.text and not caught.value.sent


def test_a_proxy_that_dawdles_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda sock, seen: time.sleep(3)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        started = time.monotonic()
        with pytest.raises(TransportFailure):
            ask("https://atlas.invalid", timeout=0.2)
        assert time.monotonic() - started < 2.5
