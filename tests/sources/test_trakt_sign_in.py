"""Signing in to Trakt: codes, tokens that are kept, exchanged and lost, and what they open."""

from __future__ import annotations

import json
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import requests
import requests_mock

from reconciler.cli.commands.login import sign_in_instructions, wait_for_tokens
from reconciler.core.model import Outcome, Snapshot
from reconciler.errors import ListsyncError
from reconciler.sources.context import Provider
from reconciler.sources.failure import FetchFailure
from reconciler.sources.http import SiteClient
from reconciler.sources.registry import SiteSources, objection, recognize_list
from reconciler.sources.sites.trakt.login import Code, SignIn, TokenFile, Tokens
from tests.sources.pages import NO_PATIENCE, FakeBrowser

API = "http://api.test"
KEY, SECRET = "the-client-id", "the-client-secret"
CODE = Code("AB12", "https://trakt.tv/activate", 600, 1, "the-device-code")
NEW_TOKENS = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 86_400}
DAY, OVER, SOON = 86_400.0, -1.0, 60.0  # seconds until a token ends


@pytest.fixture
def app(tmp_path: Path) -> Provider:
    return Provider("", API, key=KEY, secret=SECRET, tokens=tmp_path / "listsync.db.trakt")


@pytest.fixture
def sign_in(app: Provider) -> Iterator[SignIn]:
    with SiteClient(patience=0) as web:
        yield SignIn(app, web)


def signed_in(app: Provider, lasts: float = DAY, issued: str = f"{API} {KEY}") -> None:
    assert app.tokens
    TokenFile(app.tokens, issued).write(Tokens("access-1", "refresh-1", time.time() + lasts))


def stored_token(app: Provider) -> str:
    assert app.tokens
    return str(json.loads(app.tokens.read_text())["access"])


def fetch(app: Provider, source: str) -> Snapshot:
    sources = SiteSources(FakeBrowser({}), {"trakt": app}, Path(), NO_PATIENCE)
    return sources.fetch(recognize_list(source))


def serve(mock: requests_mock.Mocker, path: str, status: int = 200) -> None:
    row = {"id": 1, "type": "movie", "movie": {"title": "Heat", "year": 1995, "ids": {"tmdb": 949}}}
    names = ("Page", "Limit", "Page-Count", "Item-Count")
    figures = {f"X-Pagination-{name}": "1" for name in names}
    mock.get(f"{API}{path}", json=[row], headers=figures, status_code=status)


def test_a_code_is_what_a_person_types(
    sign_in: SignIn, requests_mock: requests_mock.Mocker
) -> None:
    code = {"device_code": "the-device-code", "user_code": "AB12", "expires_in": 600, "interval": 1}
    address = {"verification_url": "https://trakt.tv/activate"}
    requests_mock.post(f"{API}/oauth/device/code", json=code | address)
    assert sign_in.begin() == CODE
    assert requests_mock.request_history[-1].json() == {"client_id": KEY}


@pytest.mark.parametrize(
    ("status", "outcome", "says"),
    [
        (404, Outcome.BLOCKED, "no longer knows the code"),
        (409, Outcome.BLOCKED, "used before"),
        (410, Outcome.BLOCKED, "expired"),
        (418, Outcome.BLOCKED, "refused on Trakt's page"),
        (401, Outcome.BLOCKED, "client_secret"),
        (500, Outcome.UNREACHABLE, "the site has a problem"),
        (200, Outcome.CHANGED_LAYOUT, "not a valid sign-in response"),
    ],
)
def test_a_code_that_leads_nowhere_says_why(
    sign_in: SignIn,
    requests_mock: requests_mock.Mocker,
    status: int,
    outcome: Outcome,
    says: str,
) -> None:
    requests_mock.post(f"{API}/oauth/device/token", json={}, status_code=status)
    failure = sign_in.ask(CODE)
    assert isinstance(failure, FetchFailure)
    assert (failure.outcome, says in failure.error) == (outcome, True)
    assert not any(secret in failure.error for secret in (KEY, SECRET, CODE.secret))


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"status_code": 400},
        {"status_code": 429},
        {"status_code": 500},
        {"exc": requests.ConnectTimeout()},
    ],
    ids=["nobody has typed it", "asked too often", "trouble", "no answer"],
)
def test_a_code_is_waited_for_through_what_passes(
    sign_in: SignIn, requests_mock: requests_mock.Mocker, meanwhile: dict[str, Any]
) -> None:
    answers = [meanwhile, meanwhile, {"json": NEW_TOKENS}]
    requests_mock.post(f"{API}/oauth/device/token", answers)
    assert wait_for_tokens(sign_in, replace(CODE, interval=0.0)).access == "access-2"


@pytest.mark.parametrize(
    ("status", "says"),
    [(400, "the code was not entered"), (500, "HTTP 500"), (410, "expired")],
)
def test_a_code_that_comes_to_nothing_says_why(
    sign_in: SignIn, requests_mock: requests_mock.Mocker, status: int, says: str
) -> None:
    requests_mock.post(f"{API}/oauth/device/token", status_code=status)
    with pytest.raises(ListsyncError, match=says):
        wait_for_tokens(sign_in, replace(CODE, interval=0.0, seconds=0.05))


def test_what_is_to_be_typed_is_only_text() -> None:
    hostile = replace(CODE, typed="A\x1b[2J\nB", address="https://trakt.tv\x07/activate\r\n$ rm")
    assert sign_in_instructions(hostile).splitlines() == [
        "open https://trakt.tv/activate  $ rm and enter the code A[2J B",
        "waiting for up to 10 minutes; press Ctrl-C to cancel",
    ]


def test_tokens_are_kept_for_their_owners_eyes_alone_and_shown_to_nobody(
    app: Provider, sign_in: SignIn, requests_mock: requests_mock.Mocker
) -> None:
    requests_mock.post(f"{API}/oauth/device/token", json=NEW_TOKENS)
    tokens = sign_in.ask(CODE)
    assert isinstance(tokens, Tokens)
    assert sign_in.keep(tokens) == app.tokens
    assert app.tokens
    modes = {stat.S_IMODE(file.stat().st_mode) for file in app.tokens.parent.iterdir()}
    assert modes == {0o600}
    assert sign_in.token() == "access-2"
    assert not any(
        secret in repr((tokens, CODE, app)) for secret in ("access-2", "refresh", SECRET)
    )


def test_what_there_is_no_place_for_is_said(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    nowhere = Provider("", API, key=KEY, secret=SECRET, tokens=tmp_path / "plain" / "tokens")
    with SiteClient() as web:
        sign_in = SignIn(nowhere, web)
        for failure in (sign_in.begin(), sign_in.keep(Tokens("a", "b", 0))):
            assert isinstance(failure, FetchFailure)
            assert "cannot be stored here" in failure.error


@pytest.mark.parametrize(
    ("lasts", "status", "token"),
    [
        (SOON, 200, "access-2"),
        (OVER, 200, "access-2"),
        (SOON, 503, "access-1"),
        (DAY, 0, "access-1"),
    ],
    ids=["it ends soon", "it has ended", "Trakt has trouble and it still holds", "it holds"],
)
def test_a_token_is_exchanged_before_it_ends(
    app: Provider,
    requests_mock: requests_mock.Mocker,
    lasts: float,
    status: int | None,
    token: str,
) -> None:
    requests_mock.post(f"{API}/oauth/token", json=NEW_TOKENS, status_code=status or 200)
    signed_in(app, lasts)
    with SiteClient() as web:
        assert SignIn(app, web).token() == token
    assert stored_token(app) == token
    sent = [call.json()["refresh_token"] for call in requests_mock.request_history]
    assert sent == (["refresh-1"] if status else [])


@pytest.mark.parametrize(
    ("status", "outcome", "says"),
    [
        (401, Outcome.BLOCKED, "run `listsync login trakt`"),
        (400, Outcome.BLOCKED, "run `listsync login trakt`"),
        (500, Outcome.UNREACHABLE, "try again later"),
    ],
)
def test_a_token_that_has_ended_and_cannot_be_exchanged_is_an_outcome(
    app: Provider,
    requests_mock: requests_mock.Mocker,
    status: int,
    outcome: Outcome,
    says: str,
) -> None:
    requests_mock.post(f"{API}/oauth/token", json={}, status_code=status)
    requests_mock.get(f"{API}/movies/boxoffice", json=[])
    signed_in(app, OVER)
    snapshot = fetch(app, "trakt:me/watchlist")
    assert (snapshot.outcome, says in (snapshot.error or "")) == (outcome, True)


def test_with_an_app_that_is_gone_nobody_is_sent_to_sign_in_again(
    app: Provider, requests_mock: requests_mock.Mocker, tmp_path: Path
) -> None:
    requests_mock.post(f"{API}/oauth/token", json={"error": "invalid_client"}, status_code=401)
    requests_mock.get(f"{API}/movies/boxoffice", status_code=403, text="Forbidden")
    signed_in(app, OVER)
    own = fetch(app, "trakt:me/watchlist")
    public = fetch(app, "trakt:anna/night")
    for snapshot in (own, public):
        assert snapshot.outcome is Outcome.BLOCKED
        assert "Trakt refuses providers.trakt.client_id" in str(snapshot.error)
        assert "listsync login" not in str(snapshot.error)
    assert "or make the list public and paste its address" in str(own.error)
    (advised,) = re.findall(r"write source: (\S+?),", str(own.error))
    row = {"type": "movie", "movie": {"title": "Dune", "year": 2021, "ids": {"imdb": "tt1160419"}}}
    with ZipFile(tmp_path / recognize_list(advised).id, "w") as export:
        export.writestr("lists-watchlist.json", json.dumps([row]))
    read = SiteSources(FakeBrowser({}), {}, tmp_path, NO_PATIENCE).fetch(recognize_list(advised))
    assert (read.outcome, len(read.items)) == (Outcome.COMPLETE, 1)
    assert "and in the browser" in str(public.error)


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("trakt:me/watchlist", "/users/me/watchlist"),
        ("trakt:me/favorites?mode=movie", "/users/me/favorites/movies"),
        ("trakt:me/secret-list", "/users/me/lists/secret-list/items"),
        ("trakt:anna/secret-list", "/users/anna/lists/secret-list/items"),
    ],
)
def test_lists_are_read_in_the_name_of_whoever_signed_in(
    app: Provider, requests_mock: requests_mock.Mocker, source: str, path: str
) -> None:
    serve(requests_mock, path)
    signed_in(app)
    assert fetch(app, source).outcome is Outcome.COMPLETE
    assert requests_mock.request_history[-1].headers["Authorization"] == "Bearer access-1"


def test_charts_are_read_in_nobodys_name(
    app: Provider, requests_mock: requests_mock.Mocker
) -> None:
    serve(requests_mock, "/movies/trending")
    signed_in(app)
    fetch(app, "trakt:movies/trending")
    assert "Authorization" not in requests_mock.request_history[-1].headers


@pytest.mark.parametrize(
    "issued", ["http://other.test the-client-id", f"{API} another-app"], ids=["address", "app"]
)
def test_a_token_goes_nowhere_but_where_it_came_from(
    app: Provider, requests_mock: requests_mock.Mocker, issued: str
) -> None:
    serve(requests_mock, "/users/anna/watchlist")
    signed_in(app, issued=issued)
    assert fetch(app, "trakt:anna/watchlist").outcome is Outcome.COMPLETE
    assert "Authorization" not in requests_mock.request_history[-1].headers


@pytest.mark.parametrize("content", ["", "{", "[]", '{"issued": 3}', "null"], ids=ascii)
def test_a_file_that_is_none_of_tokens_counts_as_none(
    app: Provider, sign_in: SignIn, content: str
) -> None:
    assert app.tokens
    app.tokens.write_text(content)
    assert sign_in.token() == ""


@pytest.mark.parametrize(
    ("of_settings", "outcome", "says"),
    [(401, Outcome.BLOCKED, "the sign-in to Trakt has expired"), (200, Outcome.PRIVATE, "private")],
    ids=["a token taken back", "somebody else's private list"],
)
def test_a_token_that_is_refused_everywhere_is_no_private_list(
    app: Provider,
    requests_mock: requests_mock.Mocker,
    of_settings: int,
    outcome: Outcome,
    says: str,
) -> None:
    serve(requests_mock, "/users/hidden/watchlist", 401)
    serve(requests_mock, "/users/settings", of_settings)
    signed_in(app)
    snapshot = fetch(app, "trakt:hidden/watchlist")
    assert (snapshot.outcome, says in (snapshot.error or "")) == (outcome, True)


def test_ones_own_list_without_a_sign_in_says_what_to_run(app: Provider) -> None:
    snapshot = fetch(app, "trakt:me/watchlist")
    assert snapshot.outcome is Outcome.PRIVATE
    assert "run `listsync login trakt`" in (snapshot.error or "")


@pytest.mark.parametrize(
    ("key", "secret", "fine"), [("", "", False), (KEY, "", False), (KEY, SECRET, True)]
)
def test_ones_own_list_needs_an_app_with_its_secret(key: str, secret: str, *, fine: bool) -> None:
    why = objection(
        recognize_list("trakt:me/watchlist"), {"trakt": Provider(key=key, secret=secret)}
    )
    assert (why is None) is fine
    assert fine or "client_secret" in str(why)
