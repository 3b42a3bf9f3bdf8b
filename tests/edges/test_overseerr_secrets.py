"""The key goes to the media server and nowhere else: no error, log line, repr, proxy or page."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from reconciler.errors import ListsyncError, ServerError, TransientError
from reconciler.http.client import Response, Session, send
from reconciler.http.limits import Limits
from reconciler.http.transport import Adapter
from reconciler.overseerr import OverseerrServer, connection
from tests.edges.made_up import GUARD, KEY, request_of
from tests.edges.scripted import Scripted, resets, says, stops_short

ME = {"id": 1, "displayName": "admin", "permissions": 2}
ECHO = {"message": f"who is {KEY}?", "error": KEY, "status": KEY, "id": KEY}


def everything_said_of(error: BaseException) -> str:
    """The error with its causes, and every local variable on the way to it."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(lines) + repr(error) + repr(vars(error))


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(resets, id="reset"),
        pytest.param(stops_short, id="half an answer"),
        pytest.param(says(GUARD, 403), id="key refused"),
        pytest.param(says(ECHO, 403), id="403 that echoes the key"),
        pytest.param(says(ECHO, 404), id="404 that echoes the key"),
        pytest.param(says(ECHO, 500), id="500 that echoes the key"),
        pytest.param(says(f"<title>{KEY}</title>", 200), id="a page that echoes the key"),
        pytest.param(says(status=503), id="503"),
        pytest.param(says(status=301, Location=f"/{KEY}"), id="redirect that echoes the key"),
        pytest.param(says(status=401, WWW_Authenticate=KEY), id="a log-in that echoes the key"),
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        pytest.param(OverseerrServer.whoami, id="read"),
        pytest.param(OverseerrServer.identify, id="identify"),
        pytest.param(OverseerrServer.users, id="table"),
        pytest.param(lambda server: server.search("Dune", 1984), id="search"),
        pytest.param(lambda server: server.request(request_of(user=4)), id="send"),
        pytest.param(lambda server: server.retry(7), id="retry"),
    ],
)
def test_no_error_log_or_value_tells_the_key(
    call: Callable[[OverseerrServer], object],
    reply: Callable[[BaseHTTPRequestHandler], None],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "_PAUSES", (0, 0))  # so many cases, the same two pauses
    caplog.set_level(logging.DEBUG)
    output = ""
    with (
        capture_logs() as logs,
        Scripted(reply) as script,
        OverseerrServer(script.url, KEY, rate=10_000) as server,
    ):
        try:
            output += repr(call(server))
        except ListsyncError as error:
            output += everything_said_of(error)
        output += repr(server) + repr(vars(server)) + repr(vars(vars(server)["_connection"]))
        assert script.calls
    assert logs
    assert KEY not in output + repr(logs) + caplog.text


def test_no_header_or_content_of_a_response_repeats_the_key() -> None:
    reply = says({"error": KEY}, 200, Location=f"/{KEY}?{KEY}", X_Echo=KEY, Set_Cookie=f"a={KEY}")
    timeout = (5.0, 5.0)
    with Scripted(reply) as script, Session(Adapter()) as session, Limits(5) as limits:
        url, response_class = script.url, Response
        response = send(
            session, "GET", url, response_class, limits=limits, timeout=timeout, secret=KEY
        )
    assert isinstance(response, Response)
    assert response.headers["X-Echo"] == "…"
    assert KEY not in f"{dict(response.headers)} {response.body}"


def test_a_debug_line_tells_each_call_without_its_headers() -> None:
    with (
        Scripted(says(ME)) as script,
        OverseerrServer(script.url, KEY) as server,
        capture_logs() as logs,
    ):
        server.whoami()
    (line,) = logs
    assert line.pop("ms") >= 0
    assert line == {
        "event": "server call",
        "log_level": "debug",
        "method": "GET",
        "path": "/api/v1/auth/me",
        "status": 200,
    }


@pytest.mark.parametrize("key", ["", "two\nlines", "tab\tkey", "a key", "schlüssel", "\r", "k3y "])
def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(ServerError, match="not one line of text") as raised:
        OverseerrServer("http://seerr:5055", key)
    assert not key.strip() or key not in str(raised.value)
    assert raised.value.__context__ is None


def test_netrc_and_cookies_add_nothing_to_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login anna password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    answer = {**ME, "version": "1.34.0", "initialized": True}
    cookie = says(answer, Set_Cookie="connect.sid=somebody; Path=/")
    with Scripted(cookie) as script, OverseerrServer(script.url, KEY) as server:
        server.identify()
        server.whoami()
        server.whoami()
    for call in script.calls:
        assert {"Authorization", "Cookie"}.isdisjoint(call.headers)
    assert [call.headers.get("X-Api-Key") for call in script.calls] == [None, None, KEY, KEY]


def test_no_proxy_of_the_environment_reads_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(says(ME)) as proxy, Scripted(says(ME)) as script:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        with OverseerrServer(script.url, KEY) as server:
            server.whoami()
        assert (len(script.calls), proxy.calls) == (1, [])


def test_a_proxy_for_https_sees_the_hosts_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(says(status=403)) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        with (
            OverseerrServer("https://seerr.test", KEY) as server,
            pytest.raises(TransientError, match="proxy") as raised,
        ):
            server.request(request_of())
        assert type(raised.value) is TransientError
        (call,) = proxy.calls
    assert (call.method, call.path) == ("CONNECT", "seerr.test:443")
    assert KEY not in repr(call)
