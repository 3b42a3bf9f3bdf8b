"""The sandbox's Trakt: lists and watchlists the way the web app of 2026 shows them.

The HTML contains no items. A script requests a hundred at a time, with a delay, and creates a card
only while its place is near the visible part of the page. The page shows no total. The address of
a card (`/movies/dune-2021`) is its only id; most addresses of shows have no year.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import ceil
from pathlib import Path
from typing import ClassVar

from examples.sandbox import trakt_api
from examples.sandbox.catalogue import Title
from examples.sandbox.sites_http import JSON, Page, Site, Visit
from examples.sandbox.sites_lists import Fault, SiteList, row_of

PAGE_SIZE = 100
"""Items the app asks for at a time."""

CHALLENGE_COOKIE = "cf_clearance"

_DATA = "/sandbox/app-data"
_LIST = re.compile(r"^/users/([^/]+)/(?:lists/([^/]+)|watchlist)$")
_KINDS = {"movie": ("movie",), "show": ("tv",)}
"""What the app shows with `?mode=…`; without it, everything."""

_SCRIPT = Path(__file__).with_name("trakt_site.js").read_text(encoding="utf-8")
_STYLE = (
    ".trakt-list-items{display:grid;grid-template-columns:repeat(5,1fr);gap:8px}"
    ".trakt-list-item{height:220px}.trakt-card{display:block;height:200px;background:#ddd}"
)


class TraktSite(Site):
    """Responds like app.trakt.tv."""

    name: ClassVar[str] = "trakt"

    def __init__(self, lists: dict[str, SiteList], catalogue: Sequence[Title]) -> None:
        """Hold these lists; which addresses carry a year depends on the whole catalogue."""
        super().__init__(lists)
        self._paths = _paths(catalogue)
        slugs = {title: path.rpartition("/")[2] for title, path in self._paths.items()}
        self._api = trakt_api.TraktApi(self.lists, catalogue, slugs)
        self.accounts = self._api.accounts

    def address(self, visit: Visit) -> str:
        """Return the list's path, and the page of items asked for if it is not the first.

        The API's addresses keep their prefix, so that app and API have separate faults.
        """
        page = visit.number("page", 1)
        return visit.path.removeprefix(_DATA) + (f"?page={page}" if page > 1 else "")

    def key(self, address: str) -> str | None:
        """Return the key of a list or watchlist."""
        if address.startswith(trakt_api.PREFIX):
            return self._api.key(address.removeprefix(trakt_api.PREFIX))
        found = _LIST.match(address)
        return f"trakt:{found[1]}/{found[2] or 'watchlist'}" if found else None

    def page(self, visit: Visit, wanted: SiteList | None, fault: Fault) -> Page:
        """Answer a visit to the API, to the app, or to the data the app asks for."""
        if visit.path.startswith(trakt_api.PREFIX):
            return self._api.page(visit, visit.path.removeprefix(trakt_api.PREFIX), wanted, fault)
        passed = fault.outcome == "challenge-passes" and visit.has_cookie(CHALLENGE_COOKIE)
        if fault.outcome.startswith("challenge") and not passed:
            return _just_a_moment(passes=fault.outcome == "challenge-passes")
        if visit.path.startswith(_DATA):
            return self._items(visit, wanted, fault)
        if self.key(visit.path) is None:
            return Page(_app("404", "<h1>404</h1>"), status=404)
        if fault.outcome == "changed-layout":
            return Page(_app("Trakt", '<div class="wall" data-tiles="0"></div>'))
        whole = _app("Trakt", f'<div id="app"></div><script>{_SCRIPT}</script>')
        if fault.outcome == "hangs":
            return Page(whole[: whole.index("<script>")], ends=False)
        return Page(whole)

    def _items(self, visit: Visit, wanted: SiteList | None, fault: Fault) -> Page:
        if fault.outcome == "private":
            return _json({"error": "private"}, status=403)
        if wanted is None or fault.outcome == "missing":
            return _json({"error": "not found"}, status=404)
        page = visit.number("page", 1)
        if page > 1 and fault.outcome == "half-loaded":
            return Page("", content_type=JSON, ends=False)
        before = (page - 1) * PAGE_SIZE
        kinds = _KINDS.get(visit.text("mode"), ("movie", "tv"))
        titles = [title for title in wanted.titles if title.kind in kinds]
        items = [
            {"rank": rank, "title": title.title, "path": self._paths[title]}
            for rank, title in enumerate(titles[before : before + PAGE_SIZE], start=before + 1)
        ]
        return _json({"name": wanted.name, "pages": ceil(len(titles) / PAGE_SIZE), "items": items})


def _paths(catalogue: Sequence[Title]) -> dict[Title, str]:
    """Give every title a unique address."""
    shows = Counter(_slug(title.title) for title in catalogue if title.kind == "tv")
    paths: dict[Title, str] = {}
    taken = Counter[str]()
    for title in catalogue:
        slug, year = _slug(title.title), row_of(title).year
        if year is not None and (title.kind == "movie" or shows[slug] > 1):
            slug = f"{slug}-{year}"
        path = f"/{'movies' if title.kind == 'movie' else 'shows'}/{slug}"
        taken[path] += 1
        paths[title] = path if taken[path] == 1 else f"{path}-{taken[path]}"
    return paths


@cache
def _slug(text: str) -> str:
    """Write a title as Trakt does in addresses: plain letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))


def _app(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def _just_a_moment(*, passes: bool) -> Page:
    script = (
        f"setTimeout(() => {{ document.cookie = '{CHALLENGE_COOKIE}=sandbox;path=/';"
        " location.reload(); }, 1200);"
    )
    body = (
        '<!DOCTYPE html><html lang="en"><head><title>Just a moment...</title></head><body>'
        f"<h1>trakt.tv</h1><script>{script if passes else ''}</script></body></html>"
    )
    return Page(body, status=403, headers=(("cf-mitigated", "challenge"),))


def _json(content: object, status: int = 200) -> Page:
    return Page(json.dumps(content), status=status, content_type=JSON)
