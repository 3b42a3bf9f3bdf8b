"""What ``run`` answers over HTTP: which names it answers to, and to how many at once."""

from __future__ import annotations

import logging
import re
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from structlog.testing import capture_logs
from waitress.adjustments import Adjustments

from reconciler.controller.endpoint import (
    Endpoint,
    Request,
    RequestChannel,
    Response,
    ServedPages,
    has_token,
    is_known_host,
    is_public,
)
from reconciler.render.words import without_mail_addresses

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "pass phrase:ö"


def page(request: Request) -> Response:
    if request.path in {"/status", "/metrics"}:
        return Response(b"titles\n")
    if request.path == "/fails":
        raise ZeroDivisionError
    return Response(b"unknown\n", status=HTTPStatus.NOT_FOUND)


def serving(token: str = "") -> Endpoint:
    return Endpoint(
        "127.0.0.1:0",
        ServedPages(
            probes={"/healthz": lambda: Response(b"ok\n")},
            page=page,
            hosts=lambda: ("listsync.example.org",),
            token=lambda: token,
        ),
    )


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with serving() as opened:
        yield opened


def answer(
    endpoint: Endpoint, path: str, *headers: str, version: str = "1.1", method: str = "GET"
) -> str:
    """The whole answer to a request as it is written on the wire."""
    lines = (f"{method} {path} HTTP/{version}", *headers, "Connection: close", "", "")
    with closing(socket.create_connection(("127.0.0.1", endpoint.port), timeout=5)) as visitor:
        visitor.sendall("\r\n".join(lines).encode())
        return b"".join(iter(lambda: visitor.recv(4096), b"")).decode()


@pytest.mark.parametrize(
    ("header", "is_known"),
    [
        pytest.param("127.0.0.1:8099", True, id="loopback"),
        pytest.param("192.168.1.20:8099", True, id="an address in the home"),
        pytest.param("203.0.113.9", True, id="any IPv4 address"),
        pytest.param("[::1]:8099", True, id="IPv6"),
        pytest.param("[2001:db8::5]", True, id="IPv6 without a port"),
        pytest.param("localhost:8099", True, id="localhost"),
        pytest.param("LocalHost.", True, id="localhost with a final dot"),
        pytest.param("listsync:8099", True, id="a service of Compose or Kubernetes"),
        pytest.param("nas.lan", True, id="the host it listens on"),
        pytest.param("Media.Example.org:443", True, id="a name in the file, in any case"),
        pytest.param("example.org", False, id="the domain of a name in the file"),
        pytest.param("evil.example", False, id="a stranger's name"),
        pytest.param("127.0.0.1.evil.example", False, id="a name that begins with an address"),
        pytest.param("evil.example:8099", False, id="a stranger's name with the port"),
        pytest.param("listsync.evil.example.", False, id="a stranger's name with a final dot"),
        pytest.param("", False, id="empty"),
        pytest.param("[::1", False, id="an address without its bracket"),
        pytest.param("[::1].evil.example", False, id="a name behind an address in brackets"),
        pytest.param("evil\u3002example", False, id="a name with a dot of another script"),
        pytest.param("[evil.example]", False, id="a name in brackets"),
    ],
)
def test_a_host_is_known_where_no_stranger_can_point_its_name_here(
    header: str, *, is_known: bool
) -> None:
    assert is_known_host(header, "nas.lan", ("media.example.org",)) is is_known


@pytest.mark.parametrize(
    ("headers", "version", "status"),
    [
        pytest.param(("Host: 127.0.0.1",), "1.1", 200, id="an address"),
        pytest.param(("Host: listsync.example.org",), "1.1", 200, id="a name in the file"),
        pytest.param(("Host: evil.example",), "1.1", 421, id="a stranger's name"),
        pytest.param(("Host: evil.example",), "1.0", 421, id="a stranger's name in HTTP/1.0"),
        pytest.param((), "1.0", 200, id="no name in HTTP/1.0"),
        pytest.param((), "1.1", 421, id="no name in HTTP/1.1"),
        pytest.param(
            ("Host: 127.0.0.1", "Host: evil.example"), "1.1", 421, id="two names that differ"
        ),
    ],
)
def test_pages_are_shown_to_known_hosts_alone(
    endpoint: Endpoint, headers: tuple[str, ...], version: str, status: int
) -> None:
    response = answer(endpoint, "/status", *headers, version=version)
    assert int(response.split()[1]) == status
    assert ("titles" in response) is (status == 200)
    assert ("controller.hosts" in response) is (status == 421)


def test_an_unknown_path_says_as_little_to_a_stranger(endpoint: Endpoint) -> None:
    assert " 421 " in answer(endpoint, "/nothing", "Host: evil.example")
    assert " 404 " in answer(endpoint, "/nothing", "Host: localhost")


def test_probes_are_answered_under_any_name(endpoint: Endpoint) -> None:
    assert " 200 " in answer(endpoint, "/healthz", "Host: evil.example")
    assert " 200 " in answer(endpoint, "/healthz")


def test_a_hundred_visitors_may_knock_at_once(endpoint: Endpoint) -> None:
    visitors = [
        socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) for _ in range(100)
    ]
    for visitor in visitors:
        visitor.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
    answers = [visitor.recv(4096) for visitor in visitors]
    for visitor in visitors:
        visitor.close()
    assert all(response.startswith(b"HTTP/1.0 200") for response in answers)


@pytest.mark.parametrize(
    ("path", "host"), [("/status", "localhost"), ("/x", "localhost"), ("/x", "evil.example")]
)
def test_every_answer_forbids_foreign_content_frames_and_caches(
    endpoint: Endpoint, path: str, host: str
) -> None:
    head = answer(endpoint, path, f"Host: {host}").partition("\r\n\r\n")[0]
    assert "Content-Security-Policy: default-src 'none';" in head
    assert "unsafe" not in head
    assert "X-Frame-Options: DENY" in head
    assert "Referrer-Policy: no-referrer" in head
    assert "X-Content-Type-Options: nosniff" in head
    assert "Cache-Control: no-store" in head
    assert "Set-Cookie" not in head


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_methods_that_could_change_something_are_refused(endpoint: Endpoint, method: str) -> None:
    text = answer(endpoint, "/status", "Host: localhost", method=method)
    assert " 405 " in text
    assert "Allow: GET, HEAD" in text


def test_a_page_that_fails_shows_no_trace_and_leaves_the_others(endpoint: Endpoint) -> None:
    text = answer(endpoint, "/fails", "Host: localhost")
    assert " 500 " in text
    assert "ZeroDivisionError" not in text
    assert " 200 " in answer(endpoint, "/status", "Host: localhost")


def test_a_head_has_the_headers_alone(endpoint: Endpoint) -> None:
    text = answer(endpoint, "/status", "Host: localhost", method="HEAD")
    head, _, body = text.partition("\r\n\r\n")
    assert "Content-Length: 7" in head
    assert not body


def test_headers_are_bounded(endpoint: Endpoint) -> None:
    with suppress(ConnectionResetError):  # the rest of the headers is not read
        text = answer(endpoint, "/status", "Host: localhost", f"X: {'x' * 20_000}")
        assert " 431 " in text
    assert " 200 " in answer(endpoint, "/status", "Host: localhost", f"X: {'x' * 10_000}")


@pytest.mark.usefixtures("endpoint")
def test_messages_of_the_wsgi_server_are_lines_of_the_log(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with capture_logs() as logs:
        logging.getLogger("waitress").warning("total open connections reached %s", "the limit")
    assert [(line["event"], line["message"]) for line in logs] == [
        ("status page", "total open connections reached the limit")
    ]
    assert capfd.readouterr().err == ""


def test_a_client_that_sends_slowly_is_cut_off() -> None:
    """However often a byte arrives: the time is that of the whole request."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        server: Any = SimpleNamespace(active_channels={})
        channel = RequestChannel(server, ours, ("127.0.0.1", 1), Adjustments(), {})
        channel.last_activity = started = 1000.0
        theirs.sendall(b"GET / HT")
        channel.handle_read()
        assert channel.last_activity == started


@pytest.mark.parametrize(
    ("authorization", "is_right"),
    [
        pytest.param(f"Bearer {TOKEN}", True, id="bearer"),
        pytest.param(f"bearer  {TOKEN} ", True, id="bearer in small letters, with spaces"),
        pytest.param(f"Basic {b64encode(f'anna:{TOKEN}'.encode()).decode()}", True, id="password"),
        pytest.param(f"Basic {b64encode(f':{TOKEN}'.encode()).decode()}", True, id="no user"),
        pytest.param(f"Basic {b64encode(b'pass').decode()}", False, id="no password"),
        pytest.param("Basic %%%", False, id="not base64"),
        pytest.param(f"Digest {TOKEN}", False, id="another scheme"),
        pytest.param(f"Bearer {TOKEN}x", False, id="longer"),
        pytest.param(f"Bearer {TOKEN[:-1]}", False, id="shorter"),
        pytest.param("Bearer ", False, id="empty"),
        pytest.param("", False, id="missing"),
    ],
)
def test_a_token_is_a_bearer_or_a_password(authorization: str, *, is_right: bool) -> None:
    on_the_wire = authorization.encode().decode("latin-1")
    assert has_token(on_the_wire, TOKEN) is is_right


def test_with_a_token_only_probes_are_open() -> None:
    with serving("pass") as closed:
        assert " 401 " in answer(closed, "/status", "Host: localhost")
        assert " 401 " in answer(closed, "/nothing", "Host: localhost")
        text = answer(closed, "/status", "Host: localhost", "Authorization: Bearer pass")
        assert " 200 " in text
        assert " 200 " in answer(closed, "/healthz", "Host: localhost")


def test_prometheus_as_documented_may_read_the_metrics() -> None:
    """The type is Bearer and the path /metrics where Prometheus' config names none."""
    page = (ROOT / "docs/controller/status.md").read_text("utf-8")
    block = next(
        text for text in re.findall(r"```yml\n(.*?)```", page, re.DOTALL) if "scrape" in text
    )
    [job] = yaml.safe_load(block)["scrape_configs"]
    assert job["authorization"].keys() == {"credentials_file"}
    [target] = job["static_configs"][0]["targets"]
    with serving("pass") as closed:
        for token, status in (("pass", " 200 "), ("other", " 401 ")):
            headers = (f"Host: {target}", f"Authorization: Bearer {token}")
            assert status in answer(closed, "/metrics", *headers)


@pytest.mark.parametrize(
    ("listen", "public"),
    [
        ("127.0.0.1:8099", False),
        ("127.8.0.1:8099", False),
        ("[::1]:8099", False),
        ("localhost:8099", False),
        ("0.0.0.0:8099", True),
        ("[::]:8099", True),
        (":8099", True),
        ("192.168.1.20:8099", True),
        ("nas.lan:8099", True),
    ],
)
def test_other_machines_can_connect_unless_it_listens_on_loopback(
    listen: str, *, public: bool
) -> None:
    assert is_public(listen) is public


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no user is called ann@example.org", "no user is called (e-mail address)"),
        ("a.b+c@mail.example.co.uk, x", "(e-mail address), x"),
        ("@anna, 5 @ 6, a@b", "@anna, 5 @ 6, a@b"),
        ("http://seerr:5055/x", "http://seerr:5055/x"),
    ],
)
def test_mail_addresses_are_replaced(text: str, shown: str) -> None:
    assert without_mail_addresses(text) == shown


def test_a_megabyte_without_a_mail_address_is_read_in_linear_time() -> None:
    text = "a" * 1_000_000
    assert without_mail_addresses(text) == text
