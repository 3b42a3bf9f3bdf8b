"""The sandbox's IMDb interface answers as the real one is known to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from examples.sandbox.sites import SandboxSites

CAPTURES = Path(__file__).resolve().parents[2] / "../shared/captures/imdb"
needs_captures = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="no captured answers beside this checkout"
)

JSON = {"Content-Type": "application/json"}
SITES = {
    "x-imdb-client-name": "imdb-web-next",
    "Origin": "https://www.imdb.com",
    "Referer": "https://www.imdb.com/",
    "Accept": "application/json",
}
LIST = (
    "query($id:ID!,$n:Int!,$after:String){list(id:$id){titleListItemSearch(first:$n,after:$after)"
    "{total pageInfo{hasNextPage endCursor} edges{node{absolutePosition} listItem:title{id}}}}}"
)
WATCHLIST = LIST.replace("list(id:$id)", "predefinedList(classType:WATCH_LIST,userId:$id)")
CHART = (
    "query{chartTitles(chart:{chartType:TOP_RATED_TV_SHOWS},first:250)"
    "{total edges{currentRank node{id titleText{text} releaseYear{year}}}}}"
)


@pytest.fixture(scope="module")
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


def ask(sites: SandboxSites, query: str, **variables: object) -> Any:  # noqa: ANN401 - any JSON
    body = {"query": query, "variables": {"n": 250, **variables}}
    return requests.post(sites.imdb_api_url, json=body, headers=SITES, timeout=10).json()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (SITES, 415),
        *(
            (JSON | {key: value for key, value in SITES.items() if key != name}, 403)
            for name in SITES
        ),
        (JSON | SITES | {"Origin": "http://127.0.0.1"}, 403),
        (JSON | SITES | {"Referer": "http://127.0.0.1/"}, 403),
        (JSON | SITES, 200),
    ],
    ids=[
        "no content type",
        *(f"no {name}" for name in SITES),
        "another origin",
        "another referer",
        "all",
    ],
)
def test_a_query_needs_its_headers(
    sites: SandboxSites, headers: dict[str, str], status: int
) -> None:
    body = json.dumps({"query": CHART})
    answer = requests.post(sites.imdb_api_url, data=body, headers=headers, timeout=10)
    assert answer.status_code == status


def test_a_list_is_walked_with_its_cursor(sites: SandboxSites) -> None:
    ranks: list[int] = []
    after = None
    while True:
        answer = ask(sites, LIST, id="ls000000620", after=after)
        search = answer["data"]["list"]["titleListItemSearch"]
        ranks += [edge["node"]["absolutePosition"] for edge in search["edges"]]
        after = search["pageInfo"]["endCursor"]
        if not search["pageInfo"]["hasNextPage"]:
            break
    assert ranks == list(range(1, 621))


def test_more_than_the_interface_gives_at_once_is_refused(sites: SandboxSites) -> None:
    answer = ask(sites, LIST, id="ls000000620", n=1000)
    assert "Too much data requested" in answer["errors"][0]["message"]


@needs_captures
@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("ur000000404", "2026-07-15_graphql_no_such_user.json"),
        ("ur000000002", "2026-07-15_graphql_private_watchlist.json"),
    ],
)
def test_a_watchlist_that_cannot_be_shown_answers_as_the_real_one(
    sites: SandboxSites, user: str, name: str
) -> None:
    real = json.loads((CAPTURES / "transcribed" / name).read_text("utf-8"))
    ours = ask(sites, WATCHLIST, id=user)
    assert {key: ours.get(key) for key in real} == real


@needs_captures
def test_a_chart_has_the_fields_of_a_real_answer(sites: SandboxSites) -> None:
    body = CAPTURES / "graphql-charts/2026-09-24_TOP_RATED_TV_SHOWS_first2.json"
    real = json.loads(body.read_text("utf-8"))["data"]["chartTitles"]
    ours = ask(sites, CHART)["data"]["chartTitles"]
    assert ours["total"] == real["total"] == len(ours["edges"])
    assert real["edges"][0].keys() == ours["edges"][0].keys()
    assert real["edges"][0]["node"].keys() == ours["edges"][0]["node"].keys()


def test_an_answer_holds_what_was_asked_for_and_no_more(sites: SandboxSites) -> None:
    search = ask(sites, LIST, id="ls000000012")["data"]["list"]["titleListItemSearch"]
    first = sites.lists["imdb:ls000000012"][0].imdb
    assert search["edges"][0] == {"node": {"absolutePosition": 1}, "listItem": {"id": first}}
