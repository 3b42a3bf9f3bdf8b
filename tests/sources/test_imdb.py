"""IMDb's pages as lists: every outcome, page after page, and what each title becomes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from reconciler.core.model import Facts, Ids, Item, Kind, Outcome, Snapshot, TitleRef
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from reconciler.sources.sites import imdb
from tests.sources.pages import (
    NO_PATIENCE,
    FakeBrowser,
    FakePage,
    edge,
    listing,
    next_data,
    title,
)

BASE = "http://imdb.test"
LIST = f"{BASE}/list/ls000001/"


def fetch(source: str, pages: dict[str, FakePage]) -> Snapshot:
    provider = Provider(BASE, via="browser")
    sources = SiteSources(FakeBrowser(pages), {"imdb": provider}, Path(), NO_PATIENCE)
    return sources.fetch(recognize_list(source))


def fetch_list(page: FakePage) -> Snapshot:
    return fetch("ls000001", {LIST: page})


def raw(data: str) -> dict[str, object]:
    """What the probe gives for a page with this text as its data."""
    return {"data": data, "hidden": False, "missing": False}


def edges(first: int, last: int) -> list[dict[str, object]]:
    return [edge(place, f"tt{place:07}") for place in range(first, last + 1)]


def imdb_ids(snapshot: Snapshot) -> list[str | None]:
    return [item.ids.imdb for item in snapshot.items]


def test_a_list_of_one_page_is_complete_in_its_order() -> None:
    snapshot = fetch_list(FakePage(listing(2, edges(1, 2))))
    assert snapshot == Snapshot(
        Outcome.COMPLETE,
        "browser",
        (
            Item(
                1,
                "Title tt0000001",
                2001,
                Kind.MOVIE,
                Ids(imdb="tt0000001"),
                "Original tt0000001",
            ),
            Item(
                2,
                "Title tt0000002",
                2001,
                Kind.MOVIE,
                Ids(imdb="tt0000002"),
                "Original tt0000002",
            ),
        ),
        2,
    )


def test_a_list_is_read_page_by_page_to_its_declared_total() -> None:
    pages = {
        LIST: FakePage(listing(5, edges(1, 2))),
        f"{LIST}?page=2": FakePage(listing(5, edges(3, 4))),
        f"{LIST}?page=3": FakePage(listing(5, edges(5, 5))),
    }
    snapshot = fetch("ls000001", pages)
    assert snapshot.outcome is Outcome.COMPLETE
    assert imdb_ids(snapshot) == [f"tt{place:07}" for place in range(1, 6)]


def test_a_watchlist_is_read_at_its_users_address() -> None:
    page = FakePage(listing(1, edges(1, 1), "predefinedList"))
    snapshot = fetch("ur42", {f"{BASE}/user/ur42/watchlist/": page})
    assert snapshot.outcome is Outcome.COMPLETE


def rated(total: int, *numbers: int, author: str = "ur42") -> FakePage:
    rows = [{"node": {"title": title(f"tt{number:07}")}} for number in numbers]
    search = {"total": total, "edges": rows}
    return FakePage(
        next_data({"advancedTitleSearch": search}, aboveTheFoldData={"authorId": author})
    )


def test_ratings_are_read_page_by_page_in_the_pages_order() -> None:
    pages = {
        f"{BASE}/user/ur42/ratings/": rated(3, 9, 4),
        f"{BASE}/user/ur42/ratings/?page=2": rated(3, 7),
    }
    snapshot = fetch("imdb:ur42/ratings", pages)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, 3)
    assert imdb_ids(snapshot) == ["tt0000009", "tt0000004", "tt0000007"]


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (rated(1, 9, author="ur43"), Outcome.CHANGED_LAYOUT),
        (rated(2, 9), Outcome.INCOMPLETE),
        (rated(0), Outcome.PRIVATE),
        (FakePage(next_data({"advancedTitleSearch": {"edges": []}})), Outcome.CHANGED_LAYOUT),
        (FakePage(listing(1, [edge(1, "tt0000001")])), Outcome.CHANGED_LAYOUT),
    ],
    ids=["somebody else's", "half of them", "none", "without a total", "a list instead"],
)
def test_a_page_that_is_not_all_of_a_users_ratings_is_not_complete(
    page: FakePage, outcome: Outcome
) -> None:
    address = f"{BASE}/user/ur42/ratings/"
    pages = {address: page, f"{address}?page=2": rated(2)}
    assert fetch("imdb:ur42/ratings", pages).outcome is outcome


def test_positions_put_a_page_that_is_sorted_otherwise_into_list_order() -> None:
    shuffled = [edge(3, "tt0000003"), edge(1, "tt0000001"), edge(2, "tt0000002")]
    snapshot = fetch_list(FakePage(listing(3, shuffled)))
    assert imdb_ids(snapshot) == ["tt0000001", "tt0000002", "tt0000003"]


@pytest.mark.parametrize("positions", [(None, None), (7, 4), (1, 1), (2, True)], ids=str)
def test_positions_with_gaps_give_way_to_the_pages_order(positions: tuple[int, int]) -> None:
    rows = [edge(positions[0], "tt0000009"), edge(positions[1], "tt0000002")]
    snapshot = fetch_list(FakePage(listing(2, rows)))
    assert [(item.position, item.ids.imdb) for item in snapshot.items] == [
        (1, "tt0000009"),
        (2, "tt0000002"),
    ]


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (FakePage(listing(5, [])), "reports 5 titles but delivered 2"),
        (FakePage(listing(5, edges(1, 2))), "only 2 of 5 entries"),
        (FakePage(None, 503), "2 titles were read, then this failed"),
        (FakePage(None, 429), "2 titles were read, then this failed"),
        (FakePage(None, 202), "2 titles were read, then this failed"),
        (FakePage(listing(6, edges(3, 6))), "changed while it was being read"),
        (None, "refused"),
    ],
    ids=[
        "the next page is empty",
        "the next page repeats the first",
        "the next page fails",
        "the site slows us down",
        "a bot check comes between",
        "the list grew meanwhile",
        "the connection is lost",
    ],
)
def test_half_a_list_is_incomplete_and_keeps_what_was_read(
    second: FakePage | None, says: str
) -> None:
    pages = {LIST: FakePage(listing(5, edges(1, 2)))}
    if second:
        pages[f"{LIST}?page=2"] = second
    snapshot = fetch("ls000001", pages)
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert imdb_ids(snapshot)[:2] == ["tt0000001", "tt0000002"]
    assert says in (snapshot.error or "")


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (FakePage(listing(0, [])), Outcome.EMPTY),
        (FakePage(listing(5, [])), Outcome.INCOMPLETE),
        (FakePage({"data": None, "hidden": True, "missing": False}), Outcome.PRIVATE),
        (FakePage({"data": None, "hidden": True, "missing": False}, 403), Outcome.PRIVATE),
        (FakePage(next_data({"predefinedList": {"id": "ls1"}})), Outcome.PRIVATE),
        (FakePage(next_data({"list": {"visibility": {"id": "PRIVATE"}}})), Outcome.PRIVATE),
        (FakePage(listing(1, edges(1, 1)), 200, f"{BASE}/ap/signin"), Outcome.PRIVATE),
        (FakePage(None, 401), Outcome.PRIVATE),
        (FakePage({"data": None, "hidden": False, "missing": True}), Outcome.MISSING),
        (FakePage(next_data(), 404), Outcome.MISSING),
        (FakePage(next_data({"list": None})), Outcome.MISSING),
        (FakePage(None, 202), Outcome.BLOCKED),
        (FakePage(None, 403), Outcome.BLOCKED),
        (FakePage(None, 405), Outcome.BLOCKED),
        (FakePage(None, 200, checking=True), Outcome.BLOCKED),
        (FakePage(None, 503, checking=True), Outcome.BLOCKED),
        (FakePage(None, 429), Outcome.RATE_LIMITED),
        (FakePage(None, 500), Outcome.UNREACHABLE),
        (FakePage(next_data(), 503), Outcome.UNREACHABLE),
        (FakePage(None, 200, unfinished=True), Outcome.UNREACHABLE),
        (FakePage(None, None), Outcome.UNREACHABLE),
        (FakePage(None), Outcome.CHANGED_LAYOUT),
        (FakePage(next_data({"other": {}})), Outcome.CHANGED_LAYOUT),
        (FakePage(raw("[" * 2_000 + "]" * 2_000)), Outcome.CHANGED_LAYOUT),
        (FakePage(raw("9" * 5_000)), Outcome.CHANGED_LAYOUT),
        (FakePage(raw("9" * 5_000), 404), Outcome.MISSING),
        (FakePage(listing(total=True, edges=edges(1, 1))), Outcome.CHANGED_LAYOUT),
    ],
    ids=[
        "total 0",
        "a total without rows",
        "the private notice",
        "the private notice with an error status",
        "a watchlist without its titles",
        "a list that says it is private",
        "a sign-in page instead",
        "401",
        "the error page",
        "404",
        "a list that is null",
        "202",
        "403",
        "405",
        "a bot check with status 200",
        "a bot check with status 503",
        "429",
        "500",
        "an error page of IMDb's own",
        "a page that was cut off",
        "no document at all",
        "no data in the page",
        "data without a list",
        "data nested too deep to be read",
        "a number too long to be read",
        "unreadable data on a page that is not there",
        "a total that is no number",
    ],
)
def test_every_page_has_its_outcome(page: FakePage, outcome: Outcome) -> None:
    snapshot = fetch_list(page)
    assert snapshot.outcome is outcome
    assert snapshot.items == ()
    assert bool(snapshot.error) == (outcome is not Outcome.EMPTY)


def test_a_site_that_cannot_be_reached_is_an_outcome() -> None:
    snapshot = fetch("ls000001", {})
    assert snapshot.outcome is Outcome.UNREACHABLE
    assert snapshot.error == f"{LIST}: the connection was refused; try again later"


def test_a_bot_check_that_passes_by_itself_gives_the_list() -> None:
    page = FakePage(None, 202, later=listing(1, edges(1, 1)))
    assert fetch_list(page).outcome is Outcome.COMPLETE


def test_a_list_is_found_where_its_path_has_moved() -> None:
    search = {"total": 1, "edges": edges(1, 1)}
    page = FakePage(next_data(elsewhere=[{"deeper": {"titleListItemSearch": search}}]))
    assert fetch_list(page).outcome is Outcome.COMPLETE


@pytest.mark.parametrize("shell", ["elsewhere", "top"])
def test_a_list_is_found_anywhere_in_the_data(shell: str) -> None:
    search = {"titleListItemSearch": {"total": 1, "edges": edges(1, 1)}}
    document = search if shell == "top" else {"deeper": [{"still": search}]}
    assert fetch_list(FakePage(raw(json.dumps(document)))).outcome is Outcome.COMPLETE


@pytest.mark.parametrize("kind", ["PEOPLE", "IMAGES", "VIDEOS"])
def test_a_list_of_anything_but_titles_says_so_and_is_not_empty(kind: str) -> None:
    content = {"listType": {"id": kind}, "titleListItemSearch": {"total": 0, "edges": []}}
    snapshot = fetch_list(FakePage(next_data({"list": content})))
    assert snapshot.outcome is Outcome.CHANGED_LAYOUT
    assert f"a list of {kind.lower()}, not of titles" in (snapshot.error or "")


def test_a_list_that_was_edited_between_two_pages_is_incomplete() -> None:
    def page(modified: str, first: int) -> FakePage:
        search = {"total": 2, "edges": edges(first, first)}
        content = {"titleListItemSearch": search, "lastModifiedDate": modified}
        return FakePage(next_data({"list": content}))

    pages = {LIST: page("2026-09-20", 1), f"{LIST}?page=2": page("2026-09-21", 2)}
    snapshot = fetch("ls000001", pages)
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert "changed while it was being read" in (snapshot.error or "")


def test_a_place_whose_title_was_deleted_is_named_and_the_list_is_not_whole() -> None:
    deleted_row = {"node": {"absolutePosition": 2}, "listItem": None}
    pages = {
        LIST: FakePage(listing(3, [*edges(1, 1), deleted_row, *edges(3, 3)])),
        f"{LIST}?page=2": FakePage(listing(3, [])),
    }
    snapshot = fetch("ls000001", pages)
    assert (snapshot.outcome, imdb_ids(snapshot)) == (
        Outcome.INCOMPLETE,
        ["tt0000001", "tt0000003"],
    )
    assert "1 of 3 entries cannot be read: remove deleted titles" in (snapshot.error or "")


def test_rows_that_come_again_on_the_next_page_are_no_second_half() -> None:
    payload = {
        "rows": [{"link": f"/title/tt{place:07}/", "text": "Heat"} for place in range(1, 251)],
        "total": "500 titles",
    }
    pages = {LIST: FakePage(payload), f"{LIST}?page=2": FakePage(payload)}
    snapshot = fetch("ls000001", pages)
    assert snapshot.outcome is Outcome.INCOMPLETE


def test_a_title_that_moves_on_while_a_list_without_a_version_is_read_makes_it_incomplete() -> None:
    pages = {
        LIST: FakePage(listing(4, edges(1, 2))),
        f"{LIST}?page=2": FakePage(listing(4, [edge(3, "tt0000002"), edge(4, "tt0000004")])),
    }
    assert fetch("ls000001", pages).outcome is Outcome.INCOMPLETE


def test_another_lists_titles_in_the_page_do_not_make_a_private_list_public() -> None:
    beside = {"titleListItemSearch": {"total": 1, "edges": edges(1, 1)}}
    page = FakePage(next_data({"list": {"visibility": {"id": "PRIVATE"}}}, beside=beside))
    assert fetch_list(page).outcome is Outcome.PRIVATE


def only_item(**changes: object) -> Item:
    return fetch_list(FakePage(listing(1, [edge(1, "tt0000001", **changes)]))).items[0]


@pytest.mark.parametrize(
    ("title_type", "kind", "unsupported"),
    [
        ("movie", Kind.MOVIE, None),
        ("tvMovie", Kind.MOVIE, None),
        ("short", Kind.MOVIE, None),
        ("tvShort", Kind.MOVIE, None),
        ("video", Kind.MOVIE, None),
        ("tvSpecial", Kind.MOVIE, None),
        ("tvSeries", Kind.TV, None),
        ("tvMiniSeries", Kind.TV, None),
        ("tvEpisode", None, "tvEpisode"),
        ("videoGame", None, "videoGame"),
        ("musicVideo", None, "musicVideo"),
        ("podcastSeries", None, "podcastSeries"),
        ("podcastEpisode", None, "podcastEpisode"),
        ("hologram", None, None),
    ],
)
def test_a_title_type_is_a_kind_or_named_as_unsupported(
    title_type: str, kind: Kind | None, unsupported: str | None
) -> None:
    item = only_item(titleType={"id": title_type})
    assert (item.kind, item.unsupported) == (kind, unsupported)


@pytest.mark.parametrize(
    ("series_field", "series"),
    [
        (
            {"series": {"id": "tt0944947", "titleText": {"text": "Thrones"}}},
            TitleRef("tt0944947", "Thrones"),
        ),
        ({"series": {"id": "tt0944947"}}, TitleRef("tt0944947")),
        ({"series": {"id": "nm0000001"}}, None),
        (None, None),
    ],
    ids=["named", "by its id alone", "no title's id", "none"],
)
def test_an_episode_says_which_series_it_belongs_to(
    series_field: object, series: TitleRef | None
) -> None:
    assert only_item(titleType={"id": "tvEpisode"}, series=series_field).series == series
    assert only_item(series=series_field).series is None


@pytest.mark.parametrize(
    ("rating", "genres", "facts"),
    [
        (
            {"aggregateRating": 8.3, "voteCount": 712345},
            {"genres": [{"genre": {"text": "Crime"}}, {"genre": {"text": "Drama"}}]},
            Facts(8.3, 712345, ("Crime", "Drama")),
        ),
        ({"aggregateRating": 8, "voteCount": 5}, {"genres": []}, Facts(8, 5)),
        ({"aggregateRating": None, "voteCount": 0}, None, Facts(None, 0)),
        ({"aggregateRating": 0, "voteCount": 0}, {"genres": None}, Facts(None, 0)),
        ({"aggregateRating": True}, {"genres": [None, {"genre": {"text": 3}}]}, Facts()),
        (None, None, Facts()),
    ],
    ids=["all", "a whole number", "nobody has voted", "rated 0", "other things", "nothing"],
)
def test_a_title_tells_what_filters_ask(rating: object, genres: object, facts: Facts) -> None:
    assert only_item(ratingsSummary=rating, titleGenres=genres).facts == facts


@pytest.mark.parametrize("year", [None, {}, {"year": None}, {"year": True}], ids=str)
def test_a_title_without_a_year_stays_on_the_list(year: object) -> None:
    assert only_item(releaseYear=year).year is None


@pytest.mark.parametrize(
    ("name", "original", "title", "original_title"),
    [
        ("half \ud83d", "\ude00 half", "half ?", "? half"),
        (300, "300", "300", "300"),
        (None, None, "tt0000001", None),
        (300, 300, "tt0000001", None),
        ("", "", "tt0000001", None),
    ],
    ids=["half a character", "one number", "nothing", "only numbers", "nothing in them"],
)
def test_a_title_is_valid_text_and_nothing_else(
    name: object, original: object, title: str, original_title: str | None
) -> None:
    item = only_item(titleText={"text": name}, originalTitleText={"text": original})
    assert (item.title, item.original_title) == (title, original_title)


def chart(source: str, path: str, page: FakePage) -> Snapshot:
    return fetch(source, {f"{BASE}{path}": page})


def ranked(*ranks: int) -> FakePage:
    rows = [{"currentRank": rank, "node": title(f"tt{rank:07}")} for rank in ranks]
    return FakePage(next_data(pageData={"chartTitles": {"edges": rows}}))


@pytest.mark.parametrize(
    ("name", "ranks", "shown", "outcome", "total"),
    [
        ("india/top-rated-tamil-movies", range(1, 4), "3 Titles", Outcome.COMPLETE, 3),
        ("top", range(1, 4), "250 Titles", Outcome.INCOMPLETE, 250),
        ("top", range(1, 26), "25 Titles", Outcome.INCOMPLETE, 250),
        ("top", range(1, 252), "251 Titles", Outcome.COMPLETE, 251),
        ("india/top-rated-tamil-movies", (1, 2, 4), "3 Titles", Outcome.INCOMPLETE, 3),
        ("top", range(1, 251), "", Outcome.COMPLETE, 250),
        ("top", range(1, 26), "", Outcome.INCOMPLETE, 250),
        ("top", (*range(1, 250), 251), "", Outcome.INCOMPLETE, 250),
        ("moviemeter", range(1, 101), "", Outcome.COMPLETE, 100),
        ("moviemeter", range(1, 121), "", Outcome.UNVERIFIED, None),
    ],
    ids=[
        "as many as the page shows",
        "fewer than the page shows",
        "a page's total that counts what it shows",
        "more than the chart has had so far, as the page says",
        "a rank too high",
        "all that the chart always has",
        "cut short, and no total on the page",
        "one left out, and no total on the page",
        "the hundred of a popular chart",
        "more than the chart has had so far",
    ],
)
def test_a_chart_is_whole_by_its_pages_total_or_else_by_its_known_size(
    name: str, ranks: Sequence[int], shown: str, outcome: Outcome, total: int | None
) -> None:
    page = ranked(*ranks)
    assert isinstance(page.payload, dict)
    page.payload["total"] = shown
    path = f"/{name}/" if "/" in name else f"/chart/{name}/"
    snapshot = chart(f"imdb:{name}", path, page)
    assert (snapshot.outcome, snapshot.declared_total) == (outcome, total)
    assert len(snapshot.items) == len(ranks)


@pytest.mark.parametrize(("name", "kind"), [("top", Kind.MOVIE), ("tvmeter", Kind.TV)])
def test_a_title_without_a_type_has_its_charts_kind(name: str, kind: Kind) -> None:
    untyped = {key: value for key, value in title("tt0000001").items() if key != "titleType"}
    odd = title("tt0000002", titleType={"id": "hologram"})
    edges = [{"currentRank": 1, "node": untyped}, {"currentRank": 2, "node": odd}]
    page = FakePage(next_data(pageData={"chartTitles": {"edges": edges}}))
    items = chart(f"imdb:{name}", f"/chart/{name}/", page).items
    assert [item.kind for item in items] == [kind, None]


@pytest.mark.parametrize(
    ("landed", "outcome"),
    [
        ("/chart/top/", Outcome.COMPLETE),
        ("/de/chart/top/?ref_=x", Outcome.COMPLETE),
        ("/chart/moviemeter/", Outcome.CHANGED_LAYOUT),
        ("/list/ls000001/", Outcome.CHANGED_LAYOUT),
        ("/what-to-watch/", Outcome.CHANGED_LAYOUT),
    ],
)
def test_a_redirect_to_another_chart_is_not_the_chart(landed: str, outcome: Outcome) -> None:
    page = ranked(*range(1, 251))
    page.url = BASE + landed
    snapshot = chart("imdb:top", "/chart/top/", page)
    assert (snapshot.outcome, bool(snapshot.items)) == (outcome, outcome is Outcome.COMPLETE)


@pytest.mark.parametrize(
    ("source", "landed", "about", "outcome"),
    [
        ("ls000001", "/list/ls000001/", {}, Outcome.COMPLETE),
        ("ls000001", "/list/ls000002/", {}, Outcome.CHANGED_LAYOUT),
        ("ls000001", "/list/ls000001/", {"id": "ls000002"}, Outcome.CHANGED_LAYOUT),
        ("ls000001", "/user/ur42/watchlist/", {"id": "ls000001"}, Outcome.COMPLETE),
        ("ur42", "/user/ur42/watchlist/", {"id": "ls000001"}, Outcome.COMPLETE),
        ("ur42", "/user/ur43/watchlist/", {"id": "ls000001"}, Outcome.CHANGED_LAYOUT),
        ("ur42", "/user/p.abc/watchlist/", {"author": {"userId": "ur42"}}, Outcome.COMPLETE),
        ("ur42", "/user/p.abc/watchlist/", {"author": {"userId": "ur43"}}, Outcome.CHANGED_LAYOUT),
        ("ur42", "/user/p.abc/watchlist/", {}, Outcome.CHANGED_LAYOUT),
        ("p.abc", "/user/p.abc/watchlist/", {"author": {"userId": "ur42"}}, Outcome.COMPLETE),
        ("p.abc", "/user/ur42/watchlist/", {"author": {"userId": "ur42"}}, Outcome.COMPLETE),
        ("p.abc", "/user/p.def/watchlist/", {}, Outcome.CHANGED_LAYOUT),
        ("p.abc", "/user/ur42/ratings/", {}, Outcome.CHANGED_LAYOUT),
        ("p.abc", "/list/ls000002/", {}, Outcome.CHANGED_LAYOUT),
    ],
    ids=[
        "the list itself",
        "another list's address",
        "another list's id",
        "a watchlist by its list's id",
        "a watchlist",
        "another user's address",
        "the user's other name",
        "another user",
        "some other name",
        "a profile's watchlist",
        "the user behind a profile",
        "another profile",
        "the user's ratings",
        "a list of the profile's",
    ],
)
def test_a_redirect_to_another_list_is_not_the_list(
    source: str, landed: str, about: dict[str, object], outcome: Outcome
) -> None:
    search = {"total": 1, "edges": edges(1, 1)}
    page = FakePage(next_data({"list": {"titleListItemSearch": search, **about}}))
    page.url = BASE + landed
    address = LIST if source == "ls000001" else f"{BASE}/user/{source}/watchlist/"
    snapshot = fetch(source, {address: page})
    assert (snapshot.outcome, bool(snapshot.items)) == (outcome, outcome is Outcome.COMPLETE)


def test_a_chart_without_titles_is_a_changed_page_not_an_empty_list() -> None:
    snapshot = chart("imdb:india/tamil", "/india/tamil/", ranked())
    assert snapshot.outcome is Outcome.CHANGED_LAYOUT


def test_a_release_without_titles_leaves_the_box_office_complete() -> None:
    fields = {name: title("tt0000007")[name] for name in ("id", "titleText", "titleType")}
    titles = [[], *([{**fields, "id": f"tt{number:07}"}] for number in range(1, 10))]
    rows = [{"node": {"release": {"titles": release_titles}}} for release_titles in titles]
    page = FakePage(next_data(pageData={"topGrossingReleases": {"edges": rows}}))
    snapshot = chart("imdb:boxoffice", "/chart/boxoffice/", page)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, 9)
    assert [item.position for item in snapshot.items] == list(range(1, 10))
    assert {item.year for item in snapshot.items} == {None}


@pytest.mark.parametrize(
    "document", [None, [], "x", {"props": {"pageProps": {"list": 3}}}], ids=str
)
@pytest.mark.parametrize("source", ["ls000001", "imdb:top", "imdb:boxoffice"])
def test_a_document_of_any_other_shape_is_no_list(source: str, document: object) -> None:
    assert imdb.parse(json.loads(json.dumps(document)), recognize_list(source)) is None
