"""What answers in place of the server: log-in pages, Basic auth and Cloudflare are called so."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests_mock

from reconciler.errors import AnswerLostError, ServerError, TransientError
from reconciler.overseerr.walls import find_wall
from reconciler.ports import MediaServer
from tests.edges.made_up import GUARD, URL, introduce, request_of

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "walls-before-the-server.json"
HTML = {"Content-Type": "text/html"}
CLOUDFLARE = {**HTML, "Server": "cloudflare"}
FORM = '<form><input name="user"><input type="password" name="pw"></form>'


@dataclass(frozen=True)
class Page:
    """An answer of something that is not the server."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


BASIC = Page(401, {**HTML, "WWW-Authenticate": 'Basic realm="home"'}, "<title>401</title>")
LOG_IN = Page(302, {"Location": "https://auth.home.test/?rd=https%3A%2F%2Fseerr.home.test"})
CHALLENGE = Page(403, {**CLOUDFLARE, "cf-mitigated": "challenge"}, "<title>Just a moment...")
NO_ORIGIN = Page(530, CLOUDFLARE, "<title>error code: 1033</title>")

WALLS = [
    pytest.param(BASIC, "asks for a user name and password (Basic auth)", id="Basic auth"),
    pytest.param(
        Page(401, {"WWW-Authenticate": "Negotiate"}), "asks for a login (Negotiate auth)", id="SSO"
    ),
    pytest.param(LOG_IN, "asks for a login: it redirects to https://auth.home.test", id="redirect"),
    pytest.param(
        Page(302, {"Location": "/outpost.goauthentik.io/start?rd=x"}),
        f"asks for a login: it redirects to {URL}/outpost.goauthentik.io/start",
        id="a log-in below the server's own host",
    ),
    pytest.param(
        Page(303, {"Location": "https://sso.home.test/realms/home/protocol/openid-connect/auth"}),
        "asks for a login",
        id="single sign-on",
    ),
    pytest.param(
        Page(302, {"Location": "https://portal.home.test/?return_to=https://seerr.home.test"}),
        "asks for a login",
        id="a portal that will lead back",
    ),
    pytest.param(
        Page(401, HTML, "<a>401 Unauthorized</a>"), "asks for a login (HTTP 401)", id="401"
    ),
    pytest.param(Page(401), "asks for a login (HTTP 401)", id="401 without a word"),
    pytest.param(
        Page(200, HTML, "<title>Login - Authelia</title>"),
        'asks for a login (HTTP 200, "Login - Authelia")',
        id="a page by its title",
    ),
    pytest.param(Page(200, HTML, FORM), "asks for a login (HTTP 200)", id="a page by its form"),
    pytest.param(
        Page(403, HTML, "<title>Sign In</title>"), "asks for a login (HTTP 403", id="403, a form"
    ),
    pytest.param(
        Page(403, HTML, "<title>403 Forbidden</title>"),
        'refuses access (HTTP 403, "403 Forbidden")',
        id="a firewall",
    ),
    pytest.param(CHALLENGE, "Cloudflare, in front of the server, checks visitors", id="challenge"),
    pytest.param(
        Page(403, CLOUDFLARE, "<title>Attention Required! | Cloudflare</title>"),
        "Cloudflare, in front of the server, refuses access",
        id="Cloudflare's firewall",
    ),
    pytest.param(
        Page(302, {"Location": "https://home.cloudflareaccess.com/cdn-cgi/access/login/x?kid=1"}),
        "Cloudflare Access, in front of the server, asks for a login",
        id="Cloudflare Access",
    ),
    pytest.param(
        Page(401, {"WWW-Authenticate": 'Cloudflare-Access resource_metadata="x"'}, "{}"),
        "Cloudflare Access",
        id="Cloudflare Access, to a program",
    ),
    pytest.param(NO_ORIGIN, "Cloudflare cannot reach the server (HTTP 530", id="a tunnel's end"),
    pytest.param(Page(522, CLOUDFLARE, "x"), "Cloudflare cannot reach the server", id="time-out"),
]


def meet(mock: requests_mock.Mocker, page: Page) -> None:
    """Have the page answer every call."""
    mock.register_uri(
        requests_mock.ANY,
        requests_mock.ANY,
        status_code=page.status,
        headers=page.headers,
        text=page.body,
    )


@pytest.mark.parametrize(("page", "sentence"), WALLS)
def test_what_answers_in_place_of_the_server_is_called_what_it_is(
    mock: requests_mock.Mocker, server: MediaServer, page: Page, sentence: str
) -> None:
    meet(mock, page)
    with pytest.raises(ServerError) as raised:
        server.identify()
    assert sentence in raised.value.message
    assert "server.url" in raised.value.hint
    assert not any("X-Api-Key" in sent.headers for sent in mock.request_history)


@pytest.mark.parametrize(("page", "sentence"), WALLS)
def test_a_wall_that_comes_later_blames_neither_the_key_nor_the_server(
    mock: requests_mock.Mocker, server: MediaServer, page: Page, sentence: str
) -> None:
    introduce(mock, "3.1.0")
    server.identify()
    meet(mock, page)
    for call in (server.whoami, server.media, server.blocklist):
        with pytest.raises(ServerError) as raised:
            call()
        assert sentence in raised.value.message


@pytest.mark.parametrize(("page", "sentence"), WALLS)
def test_a_wall_took_no_request_unless_cloudflare_may_have_passed_it_on(
    mock: requests_mock.Mocker, server: MediaServer, page: Page, sentence: str
) -> None:
    meet(mock, page)
    with pytest.raises(ServerError) as raised:
        server.request(request_of())
    lost = isinstance(raised.value, AnswerLostError)
    assert lost is (page.status >= 500)
    assert lost or sentence in raised.value.message
    assert mock.call_count == 1


@pytest.mark.parametrize(
    ("page", "passing"),
    [
        pytest.param(NO_ORIGIN, True, id="a server that is away"),
        pytest.param(CHALLENGE, False, id="a challenge"),
        pytest.param(LOG_IN, False, id="a log-in"),
    ],
)
def test_only_a_server_that_cloudflare_does_not_reach_is_worth_waiting_for(
    mock: requests_mock.Mocker, server: MediaServer, page: Page, *, passing: bool
) -> None:
    meet(mock, page)
    with pytest.raises(ServerError) as raised:
        server.identify()
    assert isinstance(raised.value, TransientError) is passing


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        pytest.param(
            Page(301, {"Location": "https://auth.home.test/api/v1/auth/me"}),
            "set `url: https://auth.home.test",
            id="moved to a host called auth",
        ),
        pytest.param(
            Page(403, CLOUDFLARE, json.dumps(GUARD)), "API key is refused", id="wrong key"
        ),
        pytest.param(Page(503, {}, "<title>Sign in</title>"), "returned HTTP 503", id="down"),
    ],
)
def test_what_the_server_or_its_proxy_says_itself_is_no_wall(
    mock: requests_mock.Mocker, server: MediaServer, page: Page, sentence: str
) -> None:
    meet(mock, page)
    introduce(mock, "3.1.0")
    with pytest.raises(ServerError) as raised:
        server.whoami()
    assert sentence in str(raised.value)


@pytest.mark.skipif(not CASES.is_file(), reason="the cases are not beside this repository")
def test_each_collected_wall_is_named(mock: requests_mock.Mocker, server: MediaServer) -> None:
    wall_names = {
        "Basic auth of a reverse proxy": "user name and password",
        "a log-in page (Authelia-like)": "asks for a login",
        "Cloudflare's check": "Cloudflare",
        "Cloudflare tunnel without its origin": "Cloudflare cannot reach the server",
    }
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    assert {case["name"] for case in cases} == wall_names.keys()
    for case in cases:
        meet(mock, Page(case["status"], case["headers"], case["body"]))
        with pytest.raises(ServerError, match=wall_names[case["name"]]) as raised:
            server.whoami()
        assert "not an Overseerr" not in str(raised.value)


@pytest.mark.parametrize("part", ["<title>", "<title", "<title ", "<input ", "<input type", "<"])
def test_a_page_of_any_length_is_looked_at_in_no_time(part: str) -> None:
    before = time.process_time()
    find_wall(200, {}, part * (1_000_000 // len(part)))
    assert time.process_time() - before < 1.0
