"""A client id that Trakt refuses: not to be mistaken for a private list or a bot check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock

from reconciler.core.model import Outcome, Snapshot
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import NO_PATIENCE, FakeBrowser, FakePage, Notes

API = "http://api.test"
APP = "http://app.test"
KEY = "0123456789abcdef-a-client-id"
NIGHT = "trakt:anna/night"
IN_APP = f"{APP}/users/anna/lists/night"
PROBE = f"{API}/movies/boxoffice"
REFUSED: dict[str, Any] = {"status_code": 403, "text": "Forbidden"}
NOTE = (
    "read from Trakt's web app, since Trakt refuses providers.trakt.client_id"
    " (replace or remove it)"
)


@dataclass
class AppPage(FakePage):
    """A page of the app at its end: nothing further comes into view."""

    def wait_for(self, script: str, seconds: float) -> object:  # noqa: ARG002
        return None


def app_page(*slugs: str, **state: object) -> AppPage:
    cards = [{"path": f"/movies/{slug}", "title": slug, "note": ""} for slug in slugs]
    return AppPage({"cards": cards, "bottom": True, "says": "", **state})


def fetch(
    source: str = NIGHT,
    page: AppPage | None = None,
    notes: Notes | None = None,
    key: str = KEY,
) -> Snapshot:
    """``page``: what the app shows at each of its lists; None: there is no browser."""
    pages = dict.fromkeys((IN_APP, f"{APP}/users/anna/watchlist"), page) if page else {}
    provider = Provider(APP, API, key=key)
    sources = SiteSources(
        FakeBrowser({url: page for url, page in pages.items() if page}),
        {"trakt": provider},
        Path(),
        NO_PATIENCE,
        notes or Notes(),
    )
    return sources.fetch(recognize_list(source))


def rows(*numbers: int) -> list[dict[str, object]]:
    return [
        {
            "id": n,
            "type": "movie",
            "movie": {"title": f"Film {n}", "year": 2001, "ids": {"tmdb": n}},
        }
        for n in numbers
    ]


def test_a_list_is_read_from_the_app_in_place_of_a_refused_api(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(re.compile(API), **REFUSED)
    notes = Notes()

    snapshot = fetch(page=app_page("dune-2021", "heat-1995"), notes=notes)

    assert (snapshot.outcome, snapshot.route) == (Outcome.UNVERIFIED, "browser")
    assert (snapshot.note, snapshot.error) == (NOTE, None)
    assert [item.ids.trakt for item in snapshot.items] == ["dune-2021", "heat-1995"]
    addresses = [call.url.partition("?")[0] for call in requests_mock.request_history]
    assert addresses == [f"{API}/users/anna/lists/night/items", PROBE]
    assert KEY not in repr((snapshot, notes))


def test_a_refusal_is_remembered_for_every_list_but_not_for_another_client_id(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(re.compile(API), **REFUSED)
    notes = Notes()
    fetch(page=app_page("heat-1995"), notes=notes)
    requests_mock.reset_mock()

    other = fetch("trakt:anna/watchlist", app_page("heat-1995"), notes)
    assert (other.outcome, other.note, requests_mock.call_count) == (Outcome.UNVERIFIED, NOTE, 0)

    requests_mock.get(re.compile(API), json=rows(1), headers={"X-Pagination-Item-Count": "1"})
    renewed = fetch(page=app_page("heat-1995"), notes=notes, key="another-client-id")
    assert (renewed.outcome, renewed.route, renewed.note) == (Outcome.COMPLETE, "api", None)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, "<!DOCTYPE html><title>Attention Required! | Cloudflare</title>"),
        ({"Content-Type": "text/html; charset=UTF-8"}, ""),
        ({"cf-mitigated": "challenge"}, ""),
        ({"Content-Type": "text/plain"}, "error code: 1010"),
    ],
    ids=["a page", "a page's type", "a challenge", "an error code"],
)
@pytest.mark.parametrize("source", [NIGHT, "trakt:movies/trending", "trakt:boxoffice"])
def test_a_machine_that_cloudflare_keeps_out_has_no_refused_client_id(
    requests_mock: requests_mock.Mocker, headers: Mapping[str, str], body: str, source: str
) -> None:
    requests_mock.get(re.compile(API), status_code=403, text=body, headers=dict(headers))
    notes = Notes()

    snapshot = fetch(source, app_page("heat-1995"), notes)

    assert (snapshot.outcome, snapshot.route) == (Outcome.BLOCKED, "api")
    assert "Cloudflare, in front of Trakt, blocks this machine" in str(snapshot.error)
    assert "client_id" not in str(snapshot.error)
    assert (notes.blocked, requests_mock.call_count) == (set(), 1)


CLOUDFLARE: dict[str, Any] = {"headers": {"Server": "cloudflare", "CF-RAY": "a3aee3896ec4b801-RIX"}}


@pytest.mark.parametrize(
    ("probe", "outcome"),
    [
        pytest.param({"json": []}, Outcome.PRIVATE, id="it may read what others may"),
        pytest.param(REFUSED | CLOUDFLARE, Outcome.UNVERIFIED, id="refused, through Cloudflare"),
        pytest.param({"status_code": 403, "json": {}}, Outcome.UNVERIFIED, id="refused, in JSON"),
        pytest.param({"status_code": 403, "text": ""}, Outcome.UNVERIFIED, id="without a word"),
        pytest.param({"status_code": 403, "text": "<html>"}, Outcome.BLOCKED, id="kept out there"),
        pytest.param({"status_code": 503}, Outcome.BLOCKED, id="trouble"),
        pytest.param({"status_code": 429}, Outcome.BLOCKED, id="too many calls"),
        pytest.param({"exc": requests.ConnectTimeout}, Outcome.BLOCKED, id="no answer"),
    ],
)
def test_only_a_second_refusal_for_public_data_makes_it_the_client_ids(
    requests_mock: requests_mock.Mocker, probe: dict[str, Any], outcome: Outcome
) -> None:
    requests_mock.get(re.compile(API), **REFUSED)
    requests_mock.get(PROBE, **probe)
    notes = Notes()

    snapshot = fetch(page=app_page("heat-1995"), notes=notes)

    assert snapshot.outcome is outcome
    assert bool(notes.blocked) is (outcome is Outcome.UNVERIFIED)


def test_without_a_browser_the_list_stays_blocked_and_the_api_is_tried_the_next_time(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(re.compile(API), **REFUSED)
    notes = Notes()
    for _ in range(2):
        snapshot = fetch(notes=notes)
        assert (snapshot.outcome, snapshot.items) == (Outcome.BLOCKED, ())
        assert "Trakt refuses providers.trakt.client_id" in str(snapshot.error)
        assert f"and in the browser: {IN_APP}: the connection was refused" in str(snapshot.error)

    requests_mock.get(re.compile(API), json=rows(1), headers={"X-Pagination-Item-Count": "1"})
    assert fetch(notes=notes).outcome is Outcome.COMPLETE


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (app_page(failed=[403]), Outcome.PRIVATE),
        (app_page(failed=[404]), Outcome.MISSING),
        (app_page(failed=[429]), Outcome.BLOCKED),
        (app_page(failed=[500]), Outcome.BLOCKED),
        (app_page(says="Welcome"), Outcome.BLOCKED),
        (AppPage(None, 403, checking=True), Outcome.BLOCKED),
        (app_page(emptied=True), Outcome.UNVERIFIED),
        (app_page(says="Nothing here yet"), Outcome.UNVERIFIED),
    ],
    ids=["private", "missing", "busy", "trouble", "layout", "a bot check", "empty", "nothing here"],
)
def test_what_the_app_says_of_a_list_without_titles(
    requests_mock: requests_mock.Mocker, page: AppPage, outcome: Outcome
) -> None:
    """A page without titles does not prove an empty list: the list may have had titles before."""
    requests_mock.get(re.compile(API), **REFUSED)
    snapshot = fetch(page=page)
    assert (snapshot.outcome, snapshot.items) == (outcome, ())


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("trakt:movies/trending", "paste the address of a user's list"),
        ("trakt:boxoffice", "paste the address of a user's list"),
        ("trakt:lists/42", "paste the address that names its user"),
        ("trakt:anna/favorites", "paste the address of a list or watchlist"),
    ],
)
def test_what_only_the_api_has_stays_blocked_and_says_what_to_do(
    requests_mock: requests_mock.Mocker, source: str, says: str
) -> None:
    requests_mock.get(re.compile(API), **REFUSED)
    snapshot = fetch(source, app_page("heat-1995"))
    assert (snapshot.outcome, snapshot.route) == (Outcome.BLOCKED, "api")
    assert "Trakt refuses providers.trakt.client_id" in str(snapshot.error)
    assert says in str(snapshot.error)


def test_a_client_id_that_is_removed_in_the_middle_of_a_list_is_refused(
    requests_mock: requests_mock.Mocker,
) -> None:
    figures = {"Page": 1, "Limit": 2, "Page-Count": 2, "Item-Count": 4}
    headers = {f"X-Pagination-{name}": str(value) for name, value in figures.items()}
    first = {"json": rows(1, 2), "headers": headers}
    requests_mock.get(f"{API}/users/anna/lists/night/items", [first, REFUSED] * 2)
    requests_mock.get(PROBE, **REFUSED)

    assert fetch(page=app_page("heat-1995")).outcome is Outcome.UNVERIFIED
    half = fetch()
    assert (half.outcome, len(half.items)) == (Outcome.INCOMPLETE, 2)
