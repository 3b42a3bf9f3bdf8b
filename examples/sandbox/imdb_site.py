"""The sandbox's IMDb: lists, watchlists and charts in the format of 2026.

A page has its titles in `script#__NEXT_DATA__`, charts also in JSON-LD. The raw HTML contains 25
rows; a script adds the others: on charts after a moment, on lists when the page is scrolled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar
from urllib.parse import quote

from examples.sandbox import imdb_graphql
from examples.sandbox import imdb_markup as markup
from examples.sandbox.imdb_next_data import (
    LOCALES,
    Sheet,
    box_office,
    chart_titles,
    list_search,
    next_data,
    title_search,
)
from examples.sandbox.sites_http import Page, Site, Visit
from examples.sandbox.sites_lists import IMDB_PAGE_SIZE, PROFILES, Fault, Outcome, SiteList

CAPTCHA_STATUS = 405
"""The status that comes with a riddle instead of a silent check."""

_LOCALE = re.compile(rf"^/({'|'.join(LOCALES)})(?=/)")
_LIST = re.compile(r"^/list/(ls\d+|watchlist|ratings)$")
_USER = re.compile(r"^/user/(ur\d+|p\.[a-z0-9]+)/(watchlist|ratings)$")
_CHART = re.compile(r"^/chart/([a-z-]+)$")
_INDIA = re.compile(r"^/(india/top-rated-[a-z-]+)$")  # the others are known from the API only


class ImdbSite(Site):
    """Responds like www.imdb.com."""

    name: ClassVar[str] = "imdb"

    def address(self, visit: Visit) -> str:
        """Return the path without language, and the page if it is not the first."""
        page = visit.number("page", 1)
        return _LOCALE.sub("", visit.path) + (f"?page={page}" if page > 1 else "")

    def key(self, address: str) -> str | None:
        """Return the key of a list, watchlist or chart."""
        if found := _USER.match(address):
            tail = "/ratings" if found[2] == "ratings" else ""
            return f"imdb:{PROFILES.get(found[1], found[1])}{tail}"
        for pattern in (_LIST, _CHART, _INDIA):
            if found := pattern.match(address):
                return f"imdb:{found[1]}"
        return None

    def page(self, visit: Visit, wanted: SiteList | None, fault: Fault) -> Page:
        """Answer a request for a page, or a query to the API."""
        if visit.path == imdb_graphql.PATH:
            return imdb_graphql.answer(visit, self.lists, fault)
        if visit.path == "/sandbox/never.png":
            return Page("", content_type="image/png", ends=False)
        if visit.path == "/registration/signin":
            return Page(markup.document("Sign in", "<form><button>Sign in</button></form>"))
        if page := _gate(visit, fault):
            return page
        if wanted is None or fault.outcome == "missing":
            body = '<h1 data-testid="error-page-title">404: nothing at this address</h1>'
            return Page(markup.document("404", body), status=404)
        whole = _document(visit, wanted, fault.outcome)
        if fault.outcome == "hangs":
            return Page(whole[: whole.index("<main>")], ends=False)
        return Page(whole)


def _gate(visit: Visit, fault: Fault) -> Page | None:
    """Respond with what precedes a list: the bot check or the sign-in page."""
    if fault.outcome == "sign-in":
        target = f"/registration/signin?u={quote(visit.target, safe='')}"
        return Page("", status=302, headers=(("Location", target),))
    passes = fault.outcome == "challenge-passes"
    passed = passes and visit.has_cookie(markup.CHALLENGE_COOKIE)
    if fault.outcome != "challenge" and (not passes or passed):
        return None
    body = markup.challenge(passes=passes) if passes or fault.status else ""
    sign = ("x-amzn-waf-action", "captcha" if fault.status == CAPTCHA_STATUS else "challenge")
    return Page(body, status=fault.status or 202, headers=(sign,))


@dataclass(frozen=True, slots=True)
class _Content:
    sheet: Sheet
    layout: markup.Layout
    props: dict[str, Any]
    head: str = ""


def _document(visit: Visit, wanted: SiteList, outcome: Outcome) -> str:
    content = (_chart if _is_chart(visit) else _list)(visit, wanted, outcome)
    data = next_data(visit.path, content.sheet.locale, content.props, visit.headers)
    body = {
        "private": _PRIVATE,
        "changed-layout": markup.other_layout(content.sheet),
        "consent": markup.consent_layer() + _rows(visit, content),
        "load-never-ends": '<img src="/sandbox/never.png">' + _rows(visit, content),
        "people": "<p>People</p>",
    }.get(outcome) or _rows(visit, content)
    if outcome not in {"no-json", "json-ld-only"}:
        body += markup.data_script("__NEXT_DATA__", data)
    return markup.document(wanted.name, body, locale=content.sheet.locale, head=content.head)


_PRIVATE = '<section data-testid="list-page-mc-private-list-content">Private list</section>'


def _rows(visit: Visit, content: _Content) -> str:
    sheet = content.sheet
    if sheet.total == 0:
        return f'<div data-testid="{content.layout.column}">This list is empty.</div>'
    block = markup.rows_block(sheet, content.layout)
    pages = ceil(sheet.total / IMDB_PAGE_SIZE)
    return block + markup.paging(visit.path, visit.number("page", 1), pages)


def _chart(visit: Visit, wanted: SiteList, outcome: Outcome) -> _Content:
    rows = wanted.rows[: len(wanted.rows) // 2] if outcome == "half-loaded" else wanted.rows
    sheet = Sheet(rows, 1, len(wanted.rows), _locale(visit, wanted))
    if visit.path.endswith("/boxoffice"):
        titles = {"topGrossingReleases": box_office(sheet)}
    else:
        titles = {"chartTitles": chart_titles(sheet)}
    if outcome == "rank-gap":
        del titles["chartTitles"]["edges"][len(rows) // 2]
    bare = outcome in {"changed-layout", "no-json"}
    head = "" if bare else markup.json_ld(wanted.name, sheet)
    return _Content(sheet, markup.CHART, _placed({"pageData": titles}, titles, outcome), head)


def _list(visit: Visit, wanted: SiteList, outcome: Outcome) -> _Content:
    before = (visit.number("page", 1) - 1) * IMDB_PAGE_SIZE
    people = outcome == "people"
    listed = () if people else wanted.rows
    rows = listed[before : before + IMDB_PAGE_SIZE]
    if outcome == "half-loaded":
        rows = rows[: len(rows) // 2]
    sheet = Sheet(rows, before + 1, len(listed), _locale(visit, wanted))
    private = outcome == "private"
    search = {} if private else {"titleListItemSearch": list_search(sheet)}
    about = {"visibility": {"id": "PRIVATE" if private else "PUBLIC"}} | search
    if visit.path.endswith("/ratings") and "/user/" in visit.path:
        rated = {"advancedTitleSearch": title_search(sheet)}
        author = {"authorId": _user(visit)}
        usual = {"mainColumnData": rated, "aboveTheFoldData": author}
        return _Content(sheet, markup.LIST, _placed(usual, rated, outcome))
    if "/user/" in visit.path:
        column = {"predefinedList": _watchlist_facts(visit, wanted) | about}
    else:
        kind = {"listType": {"id": "PEOPLE"}} if people else {}
        column = {"list": _list_facts(visit, wanted) | about | kind}
    usual = {
        "mainColumnData": column,
        "totalItems": 0 if private else sheet.total,
        "totalPossibleItems": 0 if private else sheet.total,
        "aboveTheFoldData": {"listId": next(iter(column.values()))["id"]},
    }
    return _Content(sheet, markup.LIST, _placed(usual, search, outcome))


def _placed(usual: dict[str, Any], titles: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Put the titles into their usual place, into another one, or under other names."""
    if outcome == "moved":
        return {"contentData": {"section": {"results": titles}}}
    if outcome == "changed-layout":
        return {"contentData": {"tiles": []}}
    return usual


def _list_facts(visit: Visit, wanted: SiteList) -> dict[str, Any]:
    return {
        "id": visit.path.rpartition("/")[2],
        "name": {"originalText": wanted.name},
        "listType": {"id": "TITLES"},
        "author": {"userId": "ur000000143", "nickName": "anna"},
    }


def _watchlist_facts(visit: Visit, wanted: SiteList) -> dict[str, Any]:
    user = _user(visit)
    return {
        "id": user.replace("ur", "ls9"),
        "name": {"originalText": wanted.name},
        "listType": {"id": "TITLES"},
        "author": {"userId": user, "nickName": "anna"},
        "lastModifiedDate": "2026-09-20T12:00:00Z",
    }


def _user(visit: Visit) -> str:
    user = visit.path.split("/")[-2]
    return PROFILES.get(user, user)


def _is_chart(visit: Visit) -> bool:
    return "/chart/" in visit.path or "/india/" in visit.path


def _locale(visit: Visit, wanted: SiteList) -> str:
    prefix = _LOCALE.match(visit.path)
    return prefix[1] if prefix else wanted.locale
