"""IMDb's API, GraphQL over HTTP: the second route to its lists and charts.

Query texts, headers and answers are those of the site's own pages in September 2026. Since 30 July
2026 IMDb refuses calls that do not look like those of its pages (403, ``server: awselb/2.0``). A
field that the server has taken away since is dropped from the query, as far as a list can be read
without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import requests

from reconciler.core.completeness import TRY_LATER, Page
from reconciler.core.model import ListRef, Outcome, Snapshot
from reconciler.http.client import Response
from reconciler.http.foreign import dig, valid_text
from reconciler.sources import fields
from reconciler.sources.failure import FetchFailure, changed_layout, failure_of
from reconciler.sources.http import SiteClient
from reconciler.sources.pages import read_pages
from reconciler.sources.sites.imdb import titles
from reconciler.sources.sites.imdb.address import is_ratings, user_of
from reconciler.sources.sites.imdb.page import (
    PAGE_SIZE,
    another_list,
    charted,
    missing,
    not_titles,
    private,
)

API_URL = "https://api.graphql.imdb.com/"
ROUTE = "api"

_SITE = "https://www.imdb.com"  # whose pages ask the interface, wherever this client finds them
_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Origin": _SITE,
    "Referer": f"{_SITE}/",
    "x-imdb-client-name": "imdb-web-next",
    "x-imdb-user-country": "US",
    "x-imdb-user-language": "en-US",
}
_TITLE = (
    "id titleText{text} originalTitleText{text} titleType{id canHaveEpisodes}"
    " releaseYear{year endYear} series{series{id titleText{text}}}"
    " ratingsSummary{aggregateRating voteCount} titleGenres{genres{genre{text}}}"
)
_ABOUT = "id name{originalText} lastModifiedDate listType{id} visibility{id}"
_SEARCH = (
    "titleListItemSearch(first:$n,after:$after){total pageInfo{hasNextPage endCursor}"
    " edges{node{absolutePosition} listItem:title{" + _TITLE + "}}}"
)
_LIST = "query($id:ID!,$n:Int!,$after:String){list(id:$id){" + _ABOUT + " " + _SEARCH + "}}"
_WATCHLIST = (
    "query($id:ID!,$n:Int!,$after:String){predefinedList(classType:WATCH_LIST,userId:$id){"
    + (_ABOUT + " " + _SEARCH)
    + "}}"
)
_RATINGS = (
    "query($id:ID!,$n:Int!,$after:String){advancedTitleSearch(first:$n,after:$after,"
    "constraints:{explicitContentConstraint:{explicitContentFilter:INCLUDE_ADULT},"
    "singleUserRatingConstraint:{filterType:INCLUDE,userId:$id}},"
    "sort:{sortBy:SINGLE_USER_RATING_DATE,sortOrder:DESC}){total pageInfo{hasNextPage endCursor}"
    " edges{node{title{" + _TITLE + "}}}}}"
)
_PROFILE = "query($id:ID!){userProfile(input:{profileId:$id}){userId}}"
_CHART = "query{chartTitles(chart:{chartType:%s},first:250){total edges{currentRank node{%s}}}}"
_BOX_OFFICE = (
    "query{boxOfficeWeekendChart(limit:10){weekendStartDate weekendEndDate"
    " entries{title{" + _TITLE + "}}}}"
)
_TRENDING = (
    "query{topTrendingSetsPredefined(first:200,input:{topTrendingSetPredefined:%s})"
    "{edges{node{rank item{... on Title{%s}}}}}}"
)
_CHART_TYPES = {
    "top": "TOP_RATED_MOVIES",
    "toptv": "TOP_RATED_TV_SHOWS",
    "moviemeter": "MOST_POPULAR_MOVIES",
    "tvmeter": "MOST_POPULAR_TV_SHOWS",
    "bottom": "LOWEST_RATED_MOVIES",
    "top-english-movies": "TOP_RATED_ENGLISH_MOVIES",
    "india/top-rated-indian-movies": "TOP_RATED_INDIAN_MOVIES",
    "india/top-rated-tamil-movies": "TOP_RATED_TAMIL_MOVIES",
    "india/top-rated-telugu-movies": "TOP_RATED_TELUGU_MOVIES",
    "india/top-rated-malayalam-movies": "TOP_RATED_MALAYALAM_MOVIES",
}
_TRENDING_SETS = {
    "india/upcoming": "INDIA_TITLE_TRENDS_UPCOMING",
    "india/tamil": "INDIA_TITLE_TRENDS_RELEASED_TAMIL",
    "india/telugu": "INDIA_TITLE_TRENDS_RELEASED_TELUGU",
}
# What a list can be read without, as it stands in the queries. Ids, totals and ranks are not here.
_SPARE = (
    "series{series{id titleText{text}}}",
    "ratingsSummary{aggregateRating voteCount}",
    "titleGenres{genres{genre{text}}}",
    "originalTitleText{text}",
    "name{originalText}",
    "lastModifiedDate",
    "listType{id}",
    "visibility{id}",
    "weekendStartDate",
    "weekendEndDate",
    "canHaveEpisodes",
    "endYear",
    "rank ",
)
_LONGEST_ERROR = 1_000  # characters
_REJECTED = re.compile(r"Cannot query field ['\"](\w+)['\"]|[Ff]ield ['\"](\w+)['\"] .*undefined")


def fetch(ref: ListRef, api_url: str) -> Snapshot:
    """Read a list to its declared total, or a chart whole."""
    url = api_url or API_URL
    with SiteClient() as web:
        reading = _Reading(ref, url, web)
        if not ref.chart:
            return read_pages(reading.page, ROUTE)
        page = reading.page(1)
    return page.snapshot(ROUTE) if isinstance(page, FetchFailure) else charted(page, ref, ROUTE)


class _Reading:
    """The pages of one list, in order: each answer names where the next one begins."""

    def __init__(self, ref: ListRef, url: str, web: SiteClient) -> None:
        self._ref = ref
        self._url = url
        self._web = web
        self._query = _query(ref)
        self._id = user_of(ref) or ref.id
        self._after: str | None = None
        self._more = True
        self._total: int | None = 0

    def page(self, number: int) -> Page | FetchFailure:  # noqa: ARG002 - the cursor says which
        if not self._more:
            return Page(total=self._total)
        if unknown := self._identify():
            return unknown
        answer = self._ask()
        if isinstance(answer, FetchFailure):
            return answer
        page = self._page_of(answer)
        if isinstance(page, Page):
            self._total = page.total
            info = next(titles.found_at(answer, "pageInfo"), {})
            self._after = valid_text(info.get("endCursor")) or None
            self._more = page.more and self._after is not None
            if page.more and not self._more:
                return replace(page, cut_off=TRY_LATER)
        return page

    def _identify(self) -> FetchFailure | None:
        """Find the user behind a profile's id: the lists go by users."""
        if not self._id.startswith("p."):
            return None
        body = {"query": _PROFILE, "variables": {"id": self._id}}
        answer = self._web.ask("POST", self._url, headers=_HEADERS, body=body)
        if isinstance(answer, FetchFailure):
            return answer
        if not answer.ok:
            return _trouble(answer, self._ref)
        user = valid_text(dig(answer.body, "data", "userProfile", "userId"))
        codes = {code for _, code in _errors(answer.body)}
        if not user and codes <= {"RESOURCE_NOT_FOUND"}:
            return missing(f"{self._url}: {self._ref}")
        if not user:
            return self._refused(answer.body) or changed_layout(self._url)
        self._id = user
        return None

    def _ask(self) -> object | FetchFailure:
        """The answer's JSON to a query without the fields that the server rejects."""
        while True:
            answer = self._web.ask("POST", self._url, headers=_HEADERS, body=self._body())
            if isinstance(answer, FetchFailure):
                return answer
            without = _without_rejected(self._query, answer.body)
            if without == self._query:
                return answer.body if answer.ok else _trouble(answer, self._ref)
            self._query = without

    def _body(self) -> dict[str, object]:
        if self._ref.chart:
            return {"query": self._query}
        variables = {"id": self._id, "n": PAGE_SIZE, "after": self._after}
        return {"query": self._query, "variables": variables}

    def _page_of(self, body: object) -> Page | FetchFailure:
        codes = {code for _, code in _errors(body)}
        content = titles.content_of(body) or next(
            titles.found_at(body, "advancedTitleSearch"), None
        )
        where = f"{self._url}: {self._ref}"
        if content is None and "FORBIDDEN" in codes:
            return private(where)
        if content is None and "RESOURCE_NOT_FOUND" in codes:
            return missing(where)
        if not self._ref.chart and content is None and not codes and dig(body, "data"):
            return missing(where)  # a user that does not exist is null, without an error
        if other := titles.other_list(body):
            return not_titles(where, other)
        if codes <= {"FORBIDDEN"} and titles.is_private(body):
            return private(where)
        page = titles.parse(body, self._ref)
        name = titles.own_name(body, self._ref) or self._ref.id
        if page and name != self._ref.id:
            return another_list(where, name)
        if page:
            return replace(page, unreadable_hint=TRY_LATER) if codes else page
        return self._refused(body) or changed_layout(where)

    def _refused(self, body: object) -> FetchFailure | None:
        """An answer that holds nothing but an error of the interface's own."""
        for message, _ in _errors(body):
            problem = f"IMDb's API refused the call: {message[:200]}; try again later"
            return FetchFailure(Outcome.UNREACHABLE, f"{self._url}: {self._ref}: {problem}")
        return None


def _query(ref: ListRef) -> str:
    if ref.id == "boxoffice":
        return _BOX_OFFICE
    if ref.id in _TRENDING_SETS:
        return _TRENDING % (_TRENDING_SETS[ref.id], _TITLE)
    if ref.chart:
        return _CHART % (_CHART_TYPES[ref.id], _TITLE)
    if is_ratings(ref):
        return _RATINGS
    return _WATCHLIST if user_of(ref) else _LIST


def _without_rejected(query: str, body: object) -> str:
    for message, _ in _errors(body):
        if rejected := _REJECTED.search(message[:_LONGEST_ERROR]):
            name = rejected[1] or rejected[2]
            for piece in _SPARE:
                if re.search(rf"\b{name}\b", piece):
                    query = query.replace(f" {piece}", "").replace(piece, "")
    return query


def _errors(body: object) -> Iterator[tuple[str, str]]:
    """Message and code of each error in an answer."""
    for error in fields.rows(dig(body, "errors")) or ():
        yield valid_text(error.get("message")), valid_text(dig(error, "extensions", "code"))


def _trouble(answer: Response, ref: ListRef) -> FetchFailure:
    """An answer that holds no data."""
    if answer.status == requests.codes.forbidden:
        problem = f"IMDb refuses calls from listsync (HTTP {answer.status})"
    elif answer.status in {202, 405}:
        problem = f"a bot check (HTTP {answer.status}) did not let listsync in"
    else:
        return failure_of(answer)
    return FetchFailure(Outcome.BLOCKED, f"{answer.url}: {problem}; {_instead(ref)}")


def _instead(ref: ListRef) -> str:
    """What a person can do where IMDb refuses the program; a chart cannot be exported."""
    if ref.chart:
        return "try again later"
    name = f"{ref.id.replace('/', '-')}.csv"
    return (
        "try again later, or export the list as CSV on IMDb, save it beside listsync.yaml,"
        f" and write source: file:{name}"
    )
