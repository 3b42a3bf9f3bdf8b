"""Answers that never end, and answers that are too long, at the media server and at the sites."""

from __future__ import annotations

import gzip
import ssl
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import trustme

from reconciler.core.model import Outcome
from reconciler.errors import AnswerLostError, TransientError
from reconciler.overseerr import OverseerrServer
from reconciler.sources.failure import FetchFailure
from reconciler.sources.http import SiteClient
from tests.edges.dripping import ANSWERS, dripping
from tests.edges.made_up import KEY, request_of
from tests.edges.scripted import Reply, Scripted, says

LONGEST = 0.5  # seconds for a call: more than a busy machine takes to connect
BY_THEN = 3.0  # seconds on a busy machine; without a deadline it would be for ever
MEGABYTE = bytes(1 << 20)

OVER_TLS = ("a header", "chunks", "the body")
every_part = pytest.mark.parametrize(
    ("start", "drip", "tls"),
    [pytest.param(*answer, False, id=name) for name, answer in ANSWERS.items()]
    + [pytest.param(*ANSWERS[name], True, id=f"{name}, over TLS") for name in OVER_TLS],
)


@pytest.fixture(name="ca", scope="module")
def _ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(name="trusting")
def _trusting(ca: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))


@pytest.fixture(name="context")
def _context(ca: trustme.CA, tls: bool) -> ssl.SSLContext | None:  # noqa: FBT001 - a parameter
    if not tls:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    return context


def client(url: str, ca: trustme.CA) -> OverseerrServer:
    trusted = ca.cert_pem.bytes().decode()
    return OverseerrServer(url, KEY, rate=10_000, longest=LONGEST, ca_certificates=trusted)


@every_part
def test_a_read_of_the_server_ends_whatever_drips(
    start: bytes, drip: bytes, context: ssl.SSLContext | None, ca: trustme.CA
) -> None:
    began = time.monotonic()
    with dripping(start, drip, tls=context) as (url, calls), client(url, ca) as server:
        with pytest.raises(TransientError, match=f"not complete after {LONGEST} s"):
            server.whoami()
        assert calls == [b"GET /api/v1/auth/me HTTP/1.1"]
    assert time.monotonic() - began < BY_THEN


@every_part
def test_a_request_whose_answer_drips_is_a_lost_one_and_is_sent_once(
    start: bytes, drip: bytes, context: ssl.SSLContext | None, ca: trustme.CA
) -> None:
    began = time.monotonic()
    with dripping(start, drip, tls=context) as (url, calls), client(url, ca) as server:
        with pytest.raises(AnswerLostError, match=f"not complete after {LONGEST} s"):
            server.request(request_of())
        assert calls == [b"POST /api/v1/request HTTP/1.1"]
    assert time.monotonic() - began < BY_THEN


@every_part
@pytest.mark.usefixtures("trusting")
def test_a_call_to_a_site_ends_whatever_drips(
    start: bytes, drip: bytes, context: ssl.SSLContext | None
) -> None:
    began = time.monotonic()
    with dripping(start, drip, tls=context) as (url, _), SiteClient(longest=LONGEST) as web:
        answer = web.ask("GET", url)
    assert time.monotonic() - began < BY_THEN
    assert isinstance(answer, FetchFailure)
    message = f"{url}: the response was not complete after {LONGEST} s; try again later"
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, message)


def test_a_handshake_that_drips_ends() -> None:
    began = time.monotonic()
    with dripping(b"\x16\x03\x03\x40\x00", b"\x02") as (url, _), SiteClient(longest=LONGEST) as web:
        answer = web.ask("GET", url.replace("http:", "https:"))
    assert time.monotonic() - began < BY_THEN
    assert isinstance(answer, FetchFailure)


def test_a_proxy_whose_answer_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    with dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: a\r\n") as (url, calls):
        monkeypatch.setenv("HTTPS_PROXY", url)
        server = OverseerrServer("https://seerr.test", KEY, longest=LONGEST)
        with server, pytest.raises(TransientError):
            server.whoami()
    assert time.monotonic() - began < BY_THEN
    assert calls
    assert all(call.startswith(b"CONNECT ") for call in calls)


def test_a_request_after_its_deadline_is_not_sent_and_counts_as_lost() -> None:
    with Scripted(says({})) as script, OverseerrServer(script.url, KEY, longest=0) as server:
        with pytest.raises(AnswerLostError, match="not complete after 0 s"):
            server.request(request_of())
        assert script.calls == []


def test_the_deadline_is_that_of_all_tries_together() -> None:
    slow = [says(status=503, Retry_After="0")]
    began = time.monotonic()
    with Scripted(*slow) as script:
        script.then(*slow, *slow, script.hangs)
        server = OverseerrServer(script.url, KEY, longest=LONGEST)
        with server, pytest.raises(TransientError, match="not complete after"):
            server.whoami()
        assert len(script.calls) == 3
    assert time.monotonic() - began < BY_THEN


# ------------------------------------------------------------------------------------------ size


def packed(size: int) -> bytes:
    """Zeros, compressed to a thousandth."""
    member = gzip.compress(MEGABYTE)
    return member * (size // len(MEGABYTE))


def sends(content: bytes, *, encoding: str = "", times: int = 1, location: str = "") -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302 if location else 200)
        if location:
            handler.send_header("Location", location)
        handler.send_header("Content-Length", str(len(content) * times))
        if encoding:
            handler.send_header("Content-Encoding", encoding)
        handler.end_headers()
        try:
            for _ in range(times):
                handler.wfile.write(content)
        except OSError:  # the client has hung up
            handler.close_connection = True

    return reply


too_long = pytest.mark.parametrize(
    "reply",
    [
        pytest.param(lambda: sends(packed(100 << 20), encoding="gzip"), id="packed"),
        pytest.param(
            lambda: sends(gzip.compress(packed(200 << 20)), encoding="gzip, gzip"), id="twice"
        ),
        pytest.param(lambda: sends(b" " * (1 << 20), times=65), id="plain"),
    ],
)


@too_long
def test_an_answer_of_the_server_that_is_too_long_is_given_up(reply: Callable[[], Reply]) -> None:
    with (
        Scripted(reply()) as script,
        OverseerrServer(script.url, KEY) as server,
        pytest.raises(TransientError, match="the response is longer than 64 MB"),
    ):
        server.whoami()


@too_long
def test_a_request_whose_answer_is_too_long_is_a_lost_one(reply: Callable[[], Reply]) -> None:
    with Scripted(reply()) as script, OverseerrServer(script.url, KEY) as server:
        with pytest.raises(AnswerLostError, match="the response is longer than 64 MB"):
            server.request(request_of())
        assert [call.method for call in script.calls] == ["POST"]


@too_long
def test_an_answer_of_a_site_that_is_too_long_is_given_up(reply: Callable[[], Reply]) -> None:
    with Scripted(reply()) as script, SiteClient() as web:
        answer = web.ask("GET", script.url)
    assert isinstance(answer, FetchFailure)
    assert answer.error == f"{script.url}: the response is longer than 20 MB; try again later"


def test_a_redirect_that_is_too_long_is_given_up_and_not_followed() -> None:
    reply = sends(b" " * (1 << 20), times=65, location="https://lists.example.com/")
    with Scripted(reply) as script, SiteClient(follows=True) as web:
        answer = web.ask("GET", script.url)
    assert isinstance(answer, FetchFailure)
    assert answer.error == f"{script.url}: the response is longer than 20 MB; try again later"
    assert len(script.calls) == 1


def test_json_of_too_many_entries_is_an_error_of_the_call() -> None:
    reply = sends(b"[" + b"[]," * 500_000 + b"[]]")
    with Scripted(reply) as script, OverseerrServer(script.url, KEY) as server:
        with pytest.raises(TransientError, match="it has more than 500,000 entries"):
            server.whoami()
        with pytest.raises(AnswerLostError, match="it has more than 500,000 entries"):
            server.request(request_of())
        with SiteClient() as web:
            answer = web.ask("GET", script.url)
    assert isinstance(answer, FetchFailure)
    assert "it has more than 500,000 entries" in answer.error
