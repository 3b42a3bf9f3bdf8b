"""IMDb's two routes: which is taken when, and what its own interface answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests_mock

from examples.sandbox.sites import SandboxSites
from examples.sandbox.sites_lists import Fault
from reconciler.core.model import Outcome, Snapshot
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import NO_PATIENCE, FakeBrowser, FakePage, Notes, edge, listing, title

BASE = "http://imdb.test"
SHELF = "imdb:ls000000620"
PATH = "/graphql"


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxSites]:
    with SandboxSites() as sites:
        yield sites


@pytest.fixture
def sites(running: SandboxSites) -> SandboxSites:
    running.imdb.faults.clear()
    return running


def fetch(
    url: str,
    source: str,
    via: str | None = "api",
    pages: dict[str, FakePage] | None = None,
    notes: Notes | None = None,
) -> Snapshot:
    providers = {"imdb": Provider(BASE, url, via)}
    browser = FakeBrowser(pages or {})
    sources = SiteSources(browser, providers, Path(), NO_PATIENCE, notes or Notes())
    return sources.fetch(recognize_list(source))


@pytest.mark.parametrize(
    "source",
    [
        SHELF,
        "imdb:ls000000049",
        "imdb:ur000000143",
        "imdb:ur000000143/ratings",
        "imdb:top",
        "imdb:toptv",
        "imdb:moviemeter",
        "imdb:tvmeter",
        "imdb:bottom",
        "imdb:top-english-movies",
        "imdb:boxoffice",
        "imdb:india/top-rated-indian-movies",
        "imdb:india/top-rated-tamil-movies",
        "imdb:india/top-rated-telugu-movies",
        "imdb:india/top-rated-malayalam-movies",
    ],
)
def test_the_interface_gives_a_list_whole_and_in_order(sites: SandboxSites, source: str) -> None:
    snapshot = fetch(sites.imdb_api_url, source)
    assert (snapshot.outcome, snapshot.route) == (Outcome.COMPLETE, "api")
    listed = [title.imdb for title in sites.lists[source]]
    assert [item.ids.imdb for item in snapshot.items] == listed
    assert snapshot.declared_total == len(listed)


@pytest.mark.parametrize(
    ("source", "outcome", "says"),
    [
        ("imdb:ls000000001", Outcome.EMPTY, None),
        ("imdb:ls000000002", Outcome.PRIVATE, "private"),
        ("imdb:ur000000002", Outcome.PRIVATE, "private"),
        ("imdb:ls000000404", Outcome.MISSING, "list does not exist"),
        ("imdb:ur000000404", Outcome.MISSING, "list does not exist"),
        ("imdb:p.nobody", Outcome.MISSING, "list does not exist"),
        ("imdb:ls000000013", Outcome.CHANGED_LAYOUT, "a list of people, not of titles"),
        ("imdb:ls000000003", Outcome.INCOMPLETE, "130 titles but delivered 65"),
    ],
    ids=[
        "an empty list",
        "a private list",
        "a private watchlist",
        "list does not exist",
        "no such user",
        "no such profile",
        "a list of people",
        "fewer than declared",
    ],
)
def test_every_refusal_of_the_interface_has_its_outcome(
    sites: SandboxSites, source: str, outcome: Outcome, says: str | None
) -> None:
    snapshot = fetch(sites.imdb_api_url, source)
    assert (snapshot.outcome, snapshot.route) == (outcome, "api")
    assert (snapshot.error is None) if says is None else (says in (snapshot.error or ""))


def test_an_episode_brings_its_series_along_unless_the_interface_knows_none(
    sites: SandboxSites,
) -> None:
    def series_of(snapshot: Snapshot) -> list[str | None]:
        listed = [item for item in snapshot.items if item.unsupported == "tvEpisode"]
        return [item.series.imdb if item.series else None for item in listed]

    show = next(title for title in sites.lists["imdb:ls000000012"] if title.kind == "tv")
    assert series_of(fetch(sites.imdb_api_url, "imdb:ls000000012")) == [show.imdb]
    sites.imdb.faults.set(PATH, Fault("rejected-field"))
    assert series_of(fetch(sites.imdb_api_url, "imdb:ls000000012")) == [None]


@pytest.mark.parametrize("suffix", ["", "/ratings"])
def test_a_profile_is_read_as_the_user_behind_it(sites: SandboxSites, suffix: str) -> None:
    by_profile = fetch(sites.imdb_api_url, f"imdb:p.annasandbox{suffix}")
    assert by_profile.outcome is Outcome.COMPLETE
    assert by_profile == fetch(sites.imdb_api_url, f"imdb:ur000000143{suffix}")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"data": {"userProfile": None}}, Outcome.MISSING),
        (
            {"data": None, "errors": [{"extensions": {"code": "RESOURCE_NOT_FOUND"}}]},
            Outcome.MISSING,
        ),
        ({"errors": [{"message": "boom"}]}, Outcome.UNREACHABLE),
        ({"data": {"userProfile": {}}}, Outcome.MISSING),
    ],
    ids=["null", "not found", "an error", "without a user"],
)
def test_a_profile_that_leads_to_no_user_is_an_outcome(
    requests_mock: requests_mock.Mocker, body: object, outcome: Outcome
) -> None:
    snapshot = fetch(answers(requests_mock, body), "p.abcdef")
    assert (snapshot.outcome, requests_mock.call_count) == (outcome, 1)


def test_ratings_that_are_none_may_be_hidden_and_are_not_called_empty(sites: SandboxSites) -> None:
    snapshot = fetch(sites.imdb_api_url, "imdb:ur000000002/ratings")
    assert (snapshot.outcome, snapshot.items) == (Outcome.PRIVATE, ())
    assert "no ratings are visible" in str(snapshot.error)


@pytest.mark.parametrize("fault", ["rank-gap", "half-loaded"])
def test_a_chart_with_a_gap_in_its_ranks_is_incomplete(sites: SandboxSites, fault: str) -> None:
    sites.imdb.faults.set(PATH, Fault(fault))  # type: ignore[arg-type]
    snapshot = fetch(sites.imdb_api_url, "imdb:top")
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.INCOMPLETE, 250)


def answers(requests_mock: requests_mock.Mocker, *bodies: object) -> str:
    """The address of an interface that gives these bodies in turn."""
    url = "http://graphql.test/"
    requests_mock.post(url, [{"json": body} for body in bodies])
    return url


def page_of(after: str | None, *edges: object, **about: object) -> dict[str, object]:
    info = {"hasNextPage": after is not None, "endCursor": after}
    search = {"total": 4, "pageInfo": info, "edges": list(edges)}
    return {"data": {"list": {"titleListItemSearch": search, **about}}}


def film(place: int, number: int) -> dict[str, object]:
    return edge(place, f"tt{number:07}")


FIRST_HALF = (film(1, 1), film(2, 2))


@pytest.mark.parametrize(
    "second",
    [
        page_of(None, film(3, 2), film(4, 4)),
        page_of("a", *FIRST_HALF),
        page_of(None, film(3, 3), film(4, 4), lastModifiedDate="2026-09-21"),
    ],
    ids=["a title moves on", "the cursor repeats", "another version"],
)
def test_an_answer_that_does_not_fit_the_one_before_makes_a_list_incomplete(
    requests_mock: requests_mock.Mocker, second: dict[str, object]
) -> None:
    first = page_of("a", *FIRST_HALF, lastModifiedDate="2026-09-20")
    if "lastModifiedDate" not in str(second):
        first = page_of("a", *FIRST_HALF)
    assert fetch(answers(requests_mock, first, second), "ls000001").outcome is Outcome.INCOMPLETE


def test_the_interface_is_asked_for_a_lists_version(requests_mock: requests_mock.Mocker) -> None:
    fetch(answers(requests_mock, {"data": {"list": None}}), "ls000001")
    assert "lastModifiedDate" in requests_mock.request_history[0].text


def test_half_an_answer_for_the_box_office_is_incomplete(
    requests_mock: requests_mock.Mocker,
) -> None:
    with_titles = [{"title": title(f"tt{number:07}")} for number in range(1, 10)]
    entries = [*with_titles, {"title": None}]
    errors = [{"message": "timed out", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]
    body = {"data": {"boxOfficeWeekendChart": {"entries": entries}}}
    silent = fetch(answers(requests_mock, body), "imdb:boxoffice")
    half = fetch(answers(requests_mock, {**body, "errors": errors}), "imdb:boxoffice")
    assert (silent.outcome, half.outcome) == (Outcome.INCOMPLETE, Outcome.INCOMPLETE)
    assert "1 of 10 entries cannot be read: try again later" in str(half.error)


@pytest.mark.parametrize("source", ["imdb:boxoffice", "imdb:india/top-rated-tamil-movies"])
def test_a_chart_that_neither_declares_a_total_nor_always_has_one_is_unverified(
    requests_mock: requests_mock.Mocker, source: str
) -> None:
    edges = [{"currentRank": rank, "node": title(f"tt{rank:07}")} for rank in (1, 2)]
    weekend = {"entries": [{"title": edge["node"]} for edge in edges]}
    body = {"data": {"chartTitles": {"edges": edges}, "boxOfficeWeekendChart": weekend}}
    snapshot = fetch(answers(requests_mock, body), source)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.UNVERIFIED, 2)


def test_an_answer_about_another_list_is_not_the_list(requests_mock: requests_mock.Mocker) -> None:
    whole = [film(place, place) for place in range(1, 5)]
    same = fetch(answers(requests_mock, page_of(None, *whole, id="ls000001")), "ls000001")
    other = fetch(answers(requests_mock, page_of(None, *whole, id="ls000002")), "ls000001")
    assert (same.outcome, other.outcome) == (Outcome.COMPLETE, Outcome.CHANGED_LAYOUT)
    assert "IMDb returned ls000002" in (other.error or "")


def test_titles_that_could_not_be_fetched_do_not_make_a_list_private(
    requests_mock: requests_mock.Mocker,
) -> None:
    errors = [{"message": "timed out", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]
    body = {"data": {"list": {"id": "ls000001", "titleListItemSearch": None}}, "errors": errors}
    snapshot = fetch(answers(requests_mock, body), "ls000001")
    assert snapshot.outcome is Outcome.UNREACHABLE
    assert "timed out" in (snapshot.error or "")


def test_the_interface_is_asked_for_what_filters_ask(sites: SandboxSites) -> None:
    item = fetch(sites.imdb_api_url, "imdb:top").items[0]
    assert (item.facts.rating, item.facts.votes) == (7.9, 1234)


@pytest.mark.parametrize(
    "name", ["titleGenres", "genre", "ratingsSummary", "voteCount", "endYear", "lastModifiedDate"]
)
def test_every_field_that_a_list_can_do_without_is_dropped_where_it_is_rejected(
    requests_mock: requests_mock.Mocker, name: str
) -> None:
    rejected = {"errors": [{"message": f'Cannot query field "{name}" on type "Title".'}]}
    bodies = (rejected, page_of(None, *(film(place, place) for place in range(1, 5))))
    snapshot = fetch(answers(requests_mock, *bodies), "ls000001")
    assert snapshot.outcome is Outcome.COMPLETE
    first, second = (call.json()["query"] for call in requests_mock.request_history)
    assert name in first
    assert name not in second


@pytest.mark.parametrize("source", [SHELF, "imdb:top"])
def test_a_field_that_is_rejected_is_dropped_and_not_the_list(
    sites: SandboxSites, source: str
) -> None:
    sites.imdb.faults.set(PATH, Fault("rejected-field"))
    snapshot = fetch(sites.imdb_api_url, source)
    assert snapshot.outcome is Outcome.COMPLETE


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(status=429, retry_after=3600), Outcome.RATE_LIMITED),
        (Fault(status=403), Outcome.BLOCKED),
        (Fault(status=202), Outcome.BLOCKED),
        (Fault(status=415), Outcome.UNREACHABLE),
        (Fault(status=500), Outcome.UNREACHABLE),
    ],
    ids=["too many requests", "403", "a bot check", "415", "500"],
)
def test_trouble_of_the_interface_is_an_outcome(
    sites: SandboxSites, fault: Fault, outcome: Outcome
) -> None:
    sites.imdb.faults.set(PATH, fault)
    snapshot = fetch(sites.imdb_api_url, SHELF)
    assert (snapshot.outcome, snapshot.items) == (outcome, ())


BLOCKED = {f"{BASE}/list/ls000000620/": FakePage(None, 202)}


def test_a_blocked_browser_gives_way_to_the_interface_and_is_remembered(
    sites: SandboxSites,
) -> None:
    notes = Notes()
    snapshot = fetch(sites.imdb_api_url, SHELF, None, BLOCKED, notes)
    assert (snapshot.outcome, snapshot.route) == (Outcome.COMPLETE, "api")
    assert notes.blocked == {f"browser {BASE}"}
    again = fetch(sites.imdb_api_url, SHELF, None, {}, notes)  # no page could be opened
    assert (again.outcome, again.route) == (Outcome.COMPLETE, "api")


def test_a_browser_that_is_blocked_half_way_gives_way_too(sites: SandboxSites) -> None:
    first = [edge(place, f"tt{place:07}") for place in (1, 2)]
    page = f"{BASE}/list/ls000000620/"
    pages = {page: FakePage(listing(620, first)), f"{page}?page=2": FakePage(None, 405)}
    assert fetch(sites.imdb_api_url, SHELF, None, pages).declared_total == 620


def test_via_browser_never_asks_the_interface(sites: SandboxSites) -> None:
    sites.imdb.visits.clear()
    notes = Notes({f"browser {BASE}"})
    snapshot = fetch(sites.imdb_api_url, SHELF, "browser", BLOCKED, notes)
    assert (snapshot.outcome, snapshot.route) == (Outcome.BLOCKED, "browser")
    assert sites.imdb.visits == []


def test_a_browser_that_is_let_in_needs_no_interface(sites: SandboxSites) -> None:
    sites.imdb.visits.clear()
    pages = {f"{BASE}/list/ls000000620/": FakePage(listing(1, [edge(1, "tt0000001")]))}
    snapshot = fetch(sites.imdb_api_url, SHELF, None, pages)
    assert (snapshot.outcome, snapshot.route, sites.imdb.visits) == (
        Outcome.COMPLETE,
        "browser",
        [],
    )


def test_two_closed_doors_are_blocked_and_both_are_named(sites: SandboxSites) -> None:
    sites.imdb.faults.set(PATH, Fault(status=403))
    snapshot = fetch(sites.imdb_api_url, SHELF, None, BLOCKED)
    assert snapshot.outcome is Outcome.BLOCKED
    assert snapshot.error
    assert BASE in snapshot.error
    assert sites.imdb_api_url in snapshot.error


@pytest.mark.parametrize("other", ["imdb:top", SHELF], ids=["another list", "the same again"])
def test_a_plan_tells_of_lists_that_a_blocked_browser_leaves_to_the_interface(
    sites: SandboxSites, other: str
) -> None:
    notes = Notes()
    note = "read through IMDb's API, because a bot check blocks the browser"
    assert fetch(sites.imdb_api_url, SHELF, None, BLOCKED, notes).note == note
    assert fetch(sites.imdb_api_url, other, None, {}, notes).note == note
    assert fetch(sites.imdb_api_url, other, "api", {}, notes).note is None  # as the file has it


@pytest.mark.parametrize(
    "fault", [Fault(status=403), Fault(status=202), Fault(status=500)], ids=["403", "202", "500"]
)
def test_a_browser_that_was_blocked_is_tried_again_where_the_interface_gives_nothing(
    sites: SandboxSites, fault: Fault
) -> None:
    sites.imdb.faults.set(PATH, fault)
    remembered = Notes({f"browser {BASE}"})
    pages = {f"{BASE}/list/ls000000620/": FakePage(listing(1, [edge(1, "tt0000001")]))}
    snapshot = fetch(sites.imdb_api_url, SHELF, None, pages, remembered)
    assert (snapshot.outcome, snapshot.route, snapshot.note) == (Outcome.COMPLETE, "browser", None)
    assert snapshot.error is None

    sites.imdb.visits.clear()
    snapshot = fetch(sites.imdb_api_url, SHELF, None, BLOCKED, remembered)
    assert snapshot.outcome is Outcome.BLOCKED
    assert BASE in str(snapshot.error)
    assert sites.imdb_api_url in str(snapshot.error)
    assert sites.imdb.visits == [PATH]


def test_a_network_that_fails_is_no_block(sites: SandboxSites) -> None:
    sites.imdb.visits.clear()
    notes = Notes()
    snapshot = fetch(sites.imdb_api_url, SHELF, None, {}, notes)  # no page can be opened
    assert (snapshot.outcome, snapshot.route) == (Outcome.UNREACHABLE, "browser")
    assert (notes.blocked, sites.imdb.visits) == (set(), [])

    sites.imdb.faults.set(PATH, Fault(status=500))
    notes = Notes({f"browser {BASE}"})
    snapshot = fetch(sites.imdb_api_url, SHELF, None, {}, notes)
    assert snapshot.outcome is Outcome.UNREACHABLE
    assert "and through IMDb's API" in str(snapshot.error)


@pytest.mark.parametrize("source", ["imdb:india/upcoming", "imdb:india/tamil", "imdb:india/telugu"])
def test_what_india_watches_is_read_over_the_interface(sites: SandboxSites, source: str) -> None:
    snapshot = fetch(sites.imdb_api_url, source)
    assert (snapshot.outcome, snapshot.route) == (Outcome.UNVERIFIED, "api")
    listed = [(title.imdb, title.kind) for title in sites.lists[source]]
    assert [(item.ids.imdb, item.kind) for item in snapshot.items] == listed


def test_what_india_watches_stands_in_the_order_of_its_ranks(
    requests_mock: requests_mock.Mocker,
) -> None:
    edges = [{"node": {"rank": rank, "item": title(f"tt{rank:07}")}} for rank in (3, 1, 2)]
    edges.append({"node": {"rank": 4, "item": {}}})
    body = {"data": {"topTrendingSetsPredefined": {"edges": edges}}}
    snapshot = fetch(answers(requests_mock, body), "imdb:india/tamil")
    assert [item.ids.imdb for item in snapshot.items] == ["tt0000001", "tt0000002", "tt0000003"]


def ranked(*ranks: int, total: int | None = None) -> dict[str, object]:
    edges = [{"currentRank": rank, "node": title(f"tt{rank:07}")} for rank in ranks]
    return {"edges": edges} if total is None else {"edges": edges, "total": total}


@pytest.mark.parametrize(
    ("ranks", "outcome"),
    [((3, 1, 4, 2), Outcome.COMPLETE), ((4, 1, 2), Outcome.INCOMPLETE)],
    ids=["whole", "with a gap"],
)
def test_a_chart_stands_in_the_order_of_its_ranks_on_either_route(
    requests_mock: requests_mock.Mocker, ranks: tuple[int, ...], outcome: Outcome
) -> None:
    body = {"data": {"chartTitles": ranked(*ranks, total=4)}}
    over_interface = fetch(answers(requests_mock, body), "imdb:india/top-rated-tamil-movies")
    data = {"props": {"pageProps": {"pageData": {"chartTitles": ranked(*ranks)}}}}
    payload = {"data": json.dumps(data), "total": "4 titles"}
    page = f"{BASE}/india/top-rated-tamil-movies/"
    pages = {page: FakePage(payload)}
    in_browser = fetch("http://nobody.test/", "imdb:india/top-rated-tamil-movies", "browser", pages)
    for snapshot in (over_interface, in_browser):
        assert snapshot.outcome is outcome
        listed = [f"tt{rank:07}" for rank in sorted(ranks)]
        assert [item.ids.imdb for item in snapshot.items] == listed
        assert [item.position for item in snapshot.items] == list(range(1, len(ranks) + 1))


def test_every_call_carries_what_those_of_imdbs_own_pages_carry(
    requests_mock: requests_mock.Mocker,
) -> None:
    fetch(answers(requests_mock, {"data": {"userProfile": {"userId": "ur1"}}}), "p.abcdef")
    assert requests_mock.call_count == 2
    for call in requests_mock.request_history:
        assert call.headers["Referer"] == "https://www.imdb.com/"
        assert call.headers["Origin"] == "https://www.imdb.com"
        assert call.headers["Accept"] == "application/json"
        assert call.headers["x-imdb-client-name"] == "imdb-web-next"


EXPORT = "Const,Title,Year,Title Type\ntt0111161,The Shawshank Redemption,1994,Movie\n"


@pytest.mark.parametrize(
    "source", [SHELF, "imdb:ur000000143", "imdb:p.annasandbox", "imdb:ur000000143/ratings"]
)
def test_a_refusal_says_who_refuses_and_the_file_that_it_advises_can_be_read(
    sites: SandboxSites, source: str, tmp_path: Path
) -> None:
    sites.imdb.faults.set(PATH, Fault(status=403))
    error = str(fetch(sites.imdb_api_url, source).error)
    assert "IMDb refuses calls from listsync (HTTP 403)" in error
    assert "bot check" not in error

    (advised,) = re.findall(r"write source: (\S+)$", error)
    ref = recognize_list(advised)
    (tmp_path / ref.id).write_text(EXPORT)
    snapshot = SiteSources(FakeBrowser({}), {}, tmp_path, NO_PATIENCE).fetch(ref)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 1)


def test_of_a_chart_no_export_is_advised(sites: SandboxSites) -> None:
    sites.imdb.faults.set(PATH, Fault(status=403))
    error = str(fetch(sites.imdb_api_url, "imdb:top").error)
    assert "IMDb refuses calls from listsync" in error
    assert "file:" not in error
