"""The sandbox's IMDb API: GraphQL over POST, in the format of September 2026."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from examples.sandbox.graphql import fields_of, only
from examples.sandbox.imdb_next_data import (
    Sheet,
    box_office,
    chart_titles,
    list_search,
    title_search,
)
from examples.sandbox.sites_http import JSON, Page, Visit
from examples.sandbox.sites_lists import PROFILES, Fault, SiteList

PATH = "/graphql"

_CHARTS = {
    "TOP_RATED_MOVIES": "top",
    "TOP_RATED_TV_SHOWS": "toptv",
    "MOST_POPULAR_MOVIES": "moviemeter",
    "MOST_POPULAR_TV_SHOWS": "tvmeter",
    "LOWEST_RATED_MOVIES": "bottom",
    "TOP_RATED_ENGLISH_MOVIES": "top-english-movies",
    "TOP_RATED_INDIAN_MOVIES": "india/top-rated-indian-movies",
    "TOP_RATED_TAMIL_MOVIES": "india/top-rated-tamil-movies",
    "TOP_RATED_TELUGU_MOVIES": "india/top-rated-telugu-movies",
    "TOP_RATED_MALAYALAM_MOVIES": "india/top-rated-malayalam-movies",
}
_TRENDING = {
    "INDIA_TITLE_TRENDS_UPCOMING": "india/upcoming",
    "INDIA_TITLE_TRENDS_RELEASED_TAMIL": "india/tamil",
    "INDIA_TITLE_TRENDS_RELEASED_TELUGU": "india/telugu",
}
_SITE = "https://www.imdb.com"
_REFUSED = (
    "<html>\r\n<head><title>403 Forbidden</title></head>\r\n"
    "<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n</body>\r\n</html>\r\n"
)
"""What stands before the interface says to calls that are not those of IMDb's pages."""
_MOST_ROWS = 300
_CAUGHT = "{} exception code while fetching data (/{})"
_DISCLAIMER = {"disclaimer": "Public, personal, non-commercial use only."}


def answer(visit: Visit, lists: Mapping[str, SiteList], fault: Fault) -> Page:
    """Answer a query. Bot checks of pages do not apply here."""
    headers = {name.lower(): value for name, value in visit.headers.items()}
    if not headers.get("content-type", "").startswith("application/json"):
        return Page("", status=415)
    if not _is_like_the_sites(headers):
        return Page(_REFUSED, status=403)
    asked = json.loads(visit.body)
    query, variables = asked["query"], asked.get("variables") or {}
    if fault.outcome == "rejected-field" and "series{" in query:
        message = 'Cannot query field "series" on type "Title".'
        return _page({"errors": [_error(message, "GRAPHQL_VALIDATION_FAILED")]}, 400)
    content = _content(query, variables, lists, fault)
    return _page(content | {"data": only(content.get("data"), fields_of(query))})


def _is_like_the_sites(headers: Mapping[str, str]) -> bool:
    """Whether a call has the headers that IMDb's own pages send.

    IMDb has required some of them since 30 July 2026, and different ones from different
    clients. The sandbox requires all of them.
    """
    return (
        headers.get("x-imdb-client-name") == "imdb-web-next"
        and headers.get("origin") == _SITE
        and headers.get("referer", "").startswith(f"{_SITE}/")
        and "application/json" in headers.get("accept", "")
    )


def _content(
    query: str, variables: dict[str, Any], lists: Mapping[str, SiteList], fault: Fault
) -> dict[str, Any]:
    """The complete response to a query."""
    if chart := re.search(r"chartType:(\w+)", query):
        return _chart(lists[f"imdb:{_CHARTS[chart[1]]}"], fault)
    if found := re.search(r"topTrendingSetPredefined:(\w+)", query):
        return _trending(lists[f"imdb:{_TRENDING[found[1]]}"])
    if "boxOfficeWeekendChart" in query:
        return _box_office(lists["imdb:boxoffice"])
    if "userProfile(" in query:
        user = PROFILES.get(variables["id"])
        return {"data": {"userProfile": {"userId": user} if user else None}}
    if variables["n"] > _MOST_ROWS:
        return {"errors": [_error("Too much data requested", "BAD_USER_INPUT")]}
    if "singleUserRatingConstraint" in query:
        return _rated(lists.get(f"imdb:{variables['id']}/ratings"), variables)
    root = "predefinedList" if "predefinedList(" in query else "list"
    return _list(root, lists.get(f"imdb:{variables['id']}"), variables, fault)


def _list(
    root: str, wanted: SiteList | None, variables: dict[str, Any], fault: Fault
) -> dict[str, Any]:
    by_nature = wanted.fault.outcome if wanted else "missing"
    outcome = by_nature if fault.outcome in {"ok", "rejected-field"} else fault.outcome
    if wanted is None or outcome == "missing":
        if root == "predefinedList":
            return {"data": {root: None}}
        missing = _error(_CAUGHT.format("RESOURCE_NOT_FOUND", root), "RESOURCE_NOT_FOUND")
        return {"errors": [missing], "data": {root: None}}
    if outcome == "private":
        forbidden = _error(f"{_CAUGHT.format('FORBIDDEN', root)} : Permission denied", "FORBIDDEN")
        return {"errors": [forbidden], "data": {root: None}}
    people = outcome == "people"
    rows = () if people else wanted.rows
    before = _position(variables.get("after"))
    here = rows[before : before + variables["n"]]
    if outcome == "half-loaded":
        here = here[: len(here) // 2]
    search = list_search(Sheet(here, before + 1, len(rows)))
    search["pageInfo"]["hasNextPage"] = before + variables["n"] < len(rows)
    about = {
        "id": variables["id"].replace("ur", "ls9"),
        "name": {"originalText": wanted.name},
        "listType": {"id": "PEOPLE" if people else "TITLES"},
        "visibility": {"id": "PUBLIC"},
    }
    return {"data": {root: about | {"titleListItemSearch": search}}}


def _rated(wanted: SiteList | None, variables: dict[str, Any]) -> dict[str, Any]:
    """The titles that a user has rated, as a search; empty for an unknown user."""
    rows = wanted.rows if wanted else ()
    before = _position(variables.get("after"))
    here = rows[before : before + variables["n"]]
    return {"data": {"advancedTitleSearch": title_search(Sheet(here, before + 1, len(rows)))}}


def _chart(wanted: SiteList, fault: Fault) -> dict[str, Any]:
    content = {"total": len(wanted.rows), **chart_titles(Sheet(wanted.rows, 1, len(wanted.rows)))}
    if fault.outcome == "rank-gap":
        del content["edges"][len(wanted.rows) // 2]
    if fault.outcome == "half-loaded":
        del content["edges"][len(wanted.rows) // 2 :]
    return {"data": {"chartTitles": content}}


def _trending(wanted: SiteList) -> dict[str, Any]:
    """The response for a trending chart, which has neither a total nor pages."""
    edges = chart_titles(Sheet(wanted.rows, 1, len(wanted.rows)))["edges"]
    nodes = [{"rank": edge["currentRank"], "item": edge["node"]} for edge in edges]
    return {"data": {"topTrendingSetsPredefined": {"edges": [{"node": node} for node in nodes]}}}


def _box_office(wanted: SiteList) -> dict[str, Any]:
    edges = box_office(Sheet(wanted.rows, 1, len(wanted.rows)))["edges"]
    found = [edge["node"]["release"]["titles"] for edge in edges]
    years = {row.imdb: {"year": row.year} for row in wanted.rows}
    entries = [
        {"title": titles[0] | {"releaseYear": years[titles[0]["id"]]}} for titles in found if titles
    ]
    dates = {"weekendStartDate": "2026-09-18", "weekendEndDate": "2026-09-20"}
    return {"data": {"boxOfficeWeekendChart": dates | {"entries": entries}}}


def _position(cursor: str | None) -> int:
    return int(base64.b64decode(cursor).decode().removeprefix("position=")) if cursor else 0


def _error(message: str, code: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}


def _page(content: dict[str, Any], status: int = 200) -> Page:
    body = json.dumps({**content, "extensions": _DISCLAIMER})
    return Page(body, status=status, content_type=JSON)
