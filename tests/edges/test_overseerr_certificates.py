"""Certificates: a private CA is trusted for the media server alone; trouble is called by name."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import trustme

from reconciler.config.file import ConfigFile
from reconciler.errors import AnswerLostError, ConfigError, ServerError, TransientError
from reconciler.overseerr import OverseerrServer
from reconciler.wiring import config_file, open_server
from tests.edges.made_up import KEY, request_of
from tests.edges.scripted import Scripted, says

ME = {"id": 1, "displayName": "admin", "permissions": 2}
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(name="ca", scope="module")
def _ca() -> trustme.CA:
    return trustme.CA()


def served(certificate: trustme.LeafCert) -> Scripted:
    """A server that shows this certificate, and knows everybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return Scripted(says(ME), tls=context)


def pem(ca: trustme.CA) -> str:
    return ca.cert_pem.bytes().decode()


def test_a_private_ca_is_trusted_for_the_media_server_alone(ca: trustme.CA) -> None:
    with served(ca.issue_cert("127.0.0.1")) as script:
        with OverseerrServer(script.url, KEY, ca_certificates=pem(ca)) as server:
            assert server.whoami().name == "admin"
        with OverseerrServer(script.url, KEY) as other, pytest.raises(ServerError):
            other.whoami()
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(script.url, timeout=5)


@pytest.mark.parametrize(
    ("issue", "host", "sentence", "hint"),
    [
        pytest.param(
            lambda _: trustme.CA().issue_cert("127.0.0.1"),
            "127.0.0.1",
            "is not trusted",
            "the file in server.ca_file does not contain the CA that signed it",
            id="another CA",
        ),
        pytest.param(
            lambda ca: ca.issue_cert("seerr.home.test"),
            "127.0.0.1",
            "is for another host name (IP address mismatch",
            "set server.url to a host in the certificate",
            id="another address",
        ),
        pytest.param(
            lambda ca: ca.issue_cert("seerr.home.test"),
            "localhost",
            "is for another host name (Hostname mismatch",
            "set server.url to a host in the certificate",
            id="another name",
        ),
        pytest.param(
            lambda ca: ca.issue_cert(
                "127.0.0.1", not_before=YESTERDAY - timedelta(days=9), not_after=YESTERDAY
            ),
            "127.0.0.1",
            "has expired",
            "renew the certificate",
            id="expired",
        ),
        pytest.param(
            lambda ca: ca.issue_cert("127.0.0.1", not_before=TOMORROW),
            "127.0.0.1",
            "is not valid yet",
            "clocks",
            id="not valid yet",
        ),
    ],
)
def test_a_certificate_that_is_not_accepted_is_called_what_it_is(
    ca: trustme.CA,
    issue: Callable[[trustme.CA], trustme.LeafCert],
    host: str,
    sentence: str,
    hint: str,
) -> None:
    with served(issue(ca)) as script:
        url = script.url.replace("127.0.0.1", host)
        with OverseerrServer(url, KEY, ca_certificates=pem(ca)) as server:
            for call in (server.whoami, lambda: server.request(request_of())):
                with pytest.raises(ServerError) as raised:
                    call()
                assert sentence in raised.value.message
                assert hint in raised.value.hint
                assert ("server.ca_file" in raised.value.hint) is (sentence == "is not trusted")
                assert "REQUESTS_CA_BUNDLE" not in str(raised.value)
                assert not isinstance(raised.value, (TransientError, AnswerLostError))
        assert script.calls == []


def test_without_a_ca_file_the_error_says_how_to_trust_a_private_ca(ca: trustme.CA) -> None:
    with (
        served(ca.issue_cert("127.0.0.1")) as script,
        OverseerrServer(script.url, KEY) as server,
        pytest.raises(ServerError) as raised,
    ):
        server.whoami()
    assert raised.value.hint.startswith("set server.ca_file")


def test_http_to_a_port_that_speaks_tls_suggests_https(ca: trustme.CA) -> None:
    with served(ca.issue_cert("127.0.0.1")) as script:
        url = script.url.replace("https:", "http:")
        with OverseerrServer(url, KEY) as server, pytest.raises(ServerError) as raised:
            server.whoami()
    assert "use https:// in server.url" in raised.value.hint


def test_a_server_without_tls_is_not_called_untrusted() -> None:
    with Scripted(says(ME)) as script:
        url = script.url.replace("http:", "https:")
        with OverseerrServer(url, KEY) as server, pytest.raises(ServerError) as raised:
            server.whoami()
    assert "certificate" not in str(raised.value)
    assert "use http:// in server.url" in raised.value.hint


# ----------------------------------------------------------------------------------------- the file


def file_with_ca(folder: Path, url: str, ca_file: str) -> ConfigFile:
    path = folder / "listsync.yaml"
    path.write_text(
        f"server:\n  url: {url}\n  api_key: {KEY}\n  ca_file: {ca_file}\n"
        "lists: {a: {source: 'imdb:top'}}\n",
        encoding="utf-8",
    )
    return config_file(path)


def test_ca_file_is_relative_to_the_file_and_watched_with_it(
    ca: trustme.CA, tmp_path: Path
) -> None:
    (tmp_path / "certs").mkdir()
    ca.cert_pem.write_to_path(tmp_path / "certs" / "ca.pem")
    with served(ca.issue_cert("127.0.0.1")) as script:
        file = file_with_ca(tmp_path, script.url, "certs/ca.pem")
        with open_server(file.read()) as server:
            assert server.whoami().name == "admin"
    assert file.parts() == {tmp_path / "listsync.yaml", tmp_path / "certs" / "ca.pem"}


def test_another_ca_is_another_generation_of_the_file(ca: trustme.CA, tmp_path: Path) -> None:
    file = file_with_ca(tmp_path, "https://seerr.test", "ca.pem")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    before = file.read().generation
    assert file.read().generation == before
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    assert file.read().generation != before


def test_a_key_beside_the_certificate_is_not_read(ca: trustme.CA, tmp_path: Path) -> None:
    both = ca.private_key_pem.bytes() + ca.cert_pem.bytes()
    (tmp_path / "ca.pem").write_bytes(both)
    config = file_with_ca(tmp_path, "https://seerr.test", "ca.pem").read()
    assert config.server.ca_certificates == pem(ca).strip()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(None, "no such file", id="missing"),
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"hello", "only other text; use the PEM file with", id="something else"),
        pytest.param(b"-----BEGIN HUNTER2-----", "only other text; use", id="an unknown label"),
        pytest.param(b"\x30\x82\xff", "openssl x509 -inform der", id="DER"),
        pytest.param(
            b"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n",
            "contains a damaged certificate",
            id="damaged",
        ),
        pytest.param(
            b"-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n",
            "no certificate, only: private key; use the PEM file with the CA's",
            id="a key alone",
        ),
        pytest.param(
            b"-----BEGIN CERTIFICATE REQUEST-----\nQUJD\n-----END CERTIFICATE REQUEST-----\n",
            "no certificate, only: certificate request",
            id="a signing request",
        ),
        pytest.param(
            b"-----BEGIN PKCS7-----\nQUJD\n-----END PKCS7-----\n",
            "openssl pkcs7 -print_certs",
            id="PKCS #7",
        ),
        pytest.param(
            b"-----BEGIN TRUSTED CERTIFICATE-----\nQUJD\n-----END TRUSTED CERTIFICATE-----\n",
            "openssl x509 -in FILE",
            id="OpenSSL's own form",
        ),
        pytest.param(
            b"-----BEGIN CERTIFICATE-----\nQUJD\n", "a certificate that is cut off", id="cut off"
        ),
    ],
)
def test_a_ca_file_that_is_none_is_a_problem_at_its_line(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        file_with_ca(tmp_path, "https://seerr.test", "ca.pem").read()
    (problem,) = raised.value.problems
    assert problem.startswith(f"{tmp_path}/listsync.yaml:4:12 server.ca_file: ")
    assert sentence in problem
    assert "QUJD" not in problem


@pytest.mark.parametrize("written", ["", "null", "'${SEERR_CA:-}'"])
def test_no_ca_file_is_none(tmp_path: Path, written: str) -> None:
    assert (
        file_with_ca(tmp_path, "https://seerr.test", written).read().server.ca_certificates is None
    )
