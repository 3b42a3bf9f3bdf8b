"""Plex's feeds: the two addresses each has, the one redirect that is followed, and refusals."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import requests
import requests_mock

from reconciler.core.model import Outcome
from reconciler.http.public_addresses import public_target
from reconciler.sources.debug.folder import DebugFolder
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.asking import fetch
from tests.sources.pages import FakeBrowser

KEY = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
RSS = f"https://rss.plex.tv/{KEY}"
DISCOVER = f"https://discover.provider.plex.tv/rss/{KEY}"
TARGET = f"https://feeds.example.com/e/{KEY}.xml?signature=made-up-signature"
SECRETS = (KEY, "feeds.example.com", "made-up-signature", "made-up-token")
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel>'
    "<item><title>Dune (2021)</title><category>movie</category><guid>imdb://tt1160419</guid></item>"
    "</channel></rss>"
)
CAPTURE = (
    Path(__file__).resolve().parents[2].parent
    / "shared/captures/2026-11/plex/watchlist-rss_2023-11_format-json_7items.json"
)


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name is looked up outside: those that end in ``.example.com`` are public."""
    private = {"inside.example.com": "192.168.1.10", "both.example.com": "10.0.0.1"}

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host == "nowhere.example.com":
            raise socket.gaierror(-2, "Name or service not known")
        addresses = [private.get(host, host if host[0].isdigit() or ":" in host else "8.8.8.8")]
        if host == "both.example.com":
            addresses.append("8.8.8.8")
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def redirect(mock: requests_mock.Mocker, url: str, location: str) -> None:
    mock.get(url, status_code=302, headers={"Location": location, "Set-Cookie": "a=made-up-token"})


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (f"rss:{RSS}", RSS),
        (f"https://rss.plex.tv/{KEY}?X-Plex-Token=made-up-token", RSS),
        (f"https://discover.provider.plex.tv/rss/{KEY}", RSS),
        (f"rss:movies:{RSS}", RSS),
        (f"json:{RSS}?format=json", f"{RSS}?format=json"),
    ],
)
def test_each_way_to_write_a_feed_reads_it(
    requests_mock: requests_mock.Mocker, source: str, address: str
) -> None:
    requests_mock.get(address, text=FEED)
    snapshot = fetch(source)
    assert (snapshot.outcome, [item.title for item in snapshot.items]) == (
        Outcome.UNVERIFIED,
        ["Dune"],
    )
    assert requests_mock.call_count == 1


def test_one_redirect_is_followed_without_anything_beside_its_address(
    requests_mock: requests_mock.Mocker,
) -> None:
    redirect(requests_mock, f"{RSS}?X-Plex-Token=made-up-token", TARGET)
    requests_mock.get(TARGET, text=FEED)
    snapshot = fetch(f"json:{RSS}?X-Plex-Token=made-up-token")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.UNVERIFIED, 1)
    sent = requests_mock.request_history[-1]
    assert sent.url == TARGET
    assert "made-up-token" not in str(dict(sent.headers))
    assert not {"Authorization", "Cookie", "Referer"} & sent.headers.keys()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_where_one_address_is_refused_the_other_is_tried(
    requests_mock: requests_mock.Mocker, status: int
) -> None:
    requests_mock.get(RSS, status_code=status)
    redirect(requests_mock, DISCOVER, TARGET)
    requests_mock.get(TARGET, text=FEED)
    snapshot = fetch(f"rss:{RSS}")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.UNVERIFIED, 1)


@pytest.mark.parametrize(
    ("first", "second", "outcome", "says"),
    [
        (401, 401, Outcome.BLOCKED, "Plex refuses this feed (HTTP 401)"),
        (401, 404, Outcome.BLOCKED, "Plex refuses this feed (HTTP 401)"),
        (404, 403, Outcome.BLOCKED, "Plex refuses this feed (HTTP 403)"),
        (404, 404, Outcome.MISSING, "the Plex feed does not exist (HTTP 404)"),
        (401, 500, Outcome.UNREACHABLE, "Plex refuses this feed (HTTP 401)"),
        (401, 429, Outcome.RATE_LIMITED, "HTTP 429"),
    ],
)
def test_where_both_are_refused_the_error_says_that_plex_refuses(
    requests_mock: requests_mock.Mocker, first: int, second: int, outcome: Outcome, says: str
) -> None:
    requests_mock.get(RSS, status_code=first)
    requests_mock.get(DISCOVER, status_code=second)
    snapshot = fetch(f"rss:{RSS}")
    assert snapshot.outcome is outcome
    assert says in (snapshot.error or "")
    assert KEY not in repr(snapshot)


@pytest.mark.parametrize("status", [429, 500])
def test_a_site_in_trouble_refuses_nothing(
    requests_mock: requests_mock.Mocker, status: int
) -> None:
    requests_mock.get(RSS, status_code=status)
    fetch(f"rss:{RSS}")
    assert {request.hostname for request in requests_mock.request_history} == {"rss.plex.tv"}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"status_code": 302, "headers": {"Location": f"{TARGET}&again"}}, Outcome.UNREACHABLE),
        ({"status_code": 403, "text": "<Error>expired</Error>"}, Outcome.BLOCKED),
        ({"exc": requests.ConnectionError(TARGET)}, Outcome.UNREACHABLE),
        ({"text": FEED[:-20]}, Outcome.UNREACHABLE),
        ({"text": "<html/>"}, Outcome.CHANGED_LAYOUT),
    ],
    ids=["a second redirect", "an expired address", "no connection", "cut off", "a page"],
)
def test_where_a_redirect_leads_is_shown_nowhere(
    requests_mock: requests_mock.Mocker, tmp_path: Path, answer: dict[str, object], outcome: Outcome
) -> None:
    redirect(requests_mock, RSS, TARGET)
    redirect(requests_mock, DISCOVER, TARGET)
    requests_mock.get(TARGET, [answer])
    debug = DebugFolder(tmp_path)
    ref = recognize_list(f"rss:{RSS}")
    snapshot = SiteSources(FakeBrowser({}), {}, Path(), debug=debug).fetch(ref)
    assert snapshot.outcome is outcome
    written = [(file.name, file.read_text()) for file in tmp_path.iterdir()]
    assert written
    shown = f"{ref}{snapshot!r}{written}"
    assert not [secret for secret in SECRETS if secret in shown]


def test_no_other_site_is_followed(requests_mock: requests_mock.Mocker) -> None:
    redirect(requests_mock, "https://feeds.test/feed", TARGET)
    assert fetch("rss:https://feeds.test/feed").outcome is Outcome.UNREACHABLE
    redirect(requests_mock, "https://rss.plex.tv.feeds.test/feed", TARGET)
    assert fetch("rss:https://rss.plex.tv.feeds.test/feed").outcome is Outcome.UNREACHABLE
    assert requests_mock.call_count == 2


@pytest.mark.parametrize(
    "location",
    [
        "http://feeds.example.com/a.xml",
        "ftp://feeds.example.com/a.xml",
        "file:///etc/passwd",
        "https://127.0.0.1/a",
        "https://10.1.2.3/a",
        "https://172.16.0.1/a",
        "https://192.168.1.1:8443/a",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/a",
        "https://0.0.0.0/a",
        "https://224.0.0.1/a",
        "https://[::1]/a",
        "https://[fe80::1]/a",
        "https://[fd00::1]/a",
        "https://[::ffff:192.168.1.1]/a",
        "https://[::ffff:8.8.8.8]/a",
        "https://[64:ff9b::10.0.0.1]/a",
        "https://[2002:a00:1::]/a",
        "https://inside.example.com/a",
        "https://both.example.com/a",
        "https://localhost/a",
        "https://seerr/a",
        "https://user:pass@feeds.example.com/a",
        "https://[/a",
        "https://feeds.example.com:x/a",
        "",
    ],
)
def test_a_redirect_to_a_place_that_is_not_public_is_not_followed(
    requests_mock: requests_mock.Mocker, location: str
) -> None:
    assert public_target(f"http{RSS.removeprefix('https')}", location) is None
    redirect(requests_mock, RSS, location)
    if location:
        assert fetch(f"rss:{RSS}").outcome is Outcome.UNREACHABLE
        assert requests_mock.call_count == 1


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (TARGET, TARGET),
        ("/e/feed.xml", "https://rss.plex.tv/e/feed.xml"),
        ("//feeds.example.com/a", "https://feeds.example.com/a"),
        ("https://8.8.8.8/a", "https://8.8.8.8/a"),
        ("https://[2606:4700::1111]/a", "https://[2606:4700::1111]/a"),
        ("https://[64:ff9b::8.8.8.8]/a", "https://[64:ff9b::8.8.8.8]/a"),
        ("https://nowhere.example.com/a", "https://nowhere.example.com/a"),
    ],
    ids=["another site", "itself", "without a scheme", "IPv4", "IPv6", "NAT64", "an unknown name"],
)
def test_a_redirect_to_a_public_place_is_followed(location: str, target: str) -> None:
    assert public_target(RSS, location) == target


@pytest.mark.skipif(not CAPTURE.is_file(), reason="no captured feed here")
@pytest.mark.parametrize("source", [f"json:{RSS}?format=json", "json:https://mirror.test/a.json"])
def test_a_real_feed_as_json_gives_its_titles(
    requests_mock: requests_mock.Mocker, source: str
) -> None:
    body = json.loads(CAPTURE.read_text("utf-8"))
    requests_mock.get(source.removeprefix("json:"), json=body)
    snapshot = fetch(source)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.UNVERIFIED, 7)
    assert all(item.ids.imdb and item.ids.tmdb and item.kind for item in snapshot.items)
    assert (snapshot.items[0].title, snapshot.items[0].year) == ("Enola Holmes 2", 2022)
