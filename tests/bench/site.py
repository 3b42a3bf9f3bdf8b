"""A site with IMDb's addresses and pages of realistic weight, in a process of its own.

Real list pages carry about 2 KB of JSON a title and half a megabyte of translations.
"""

from __future__ import annotations

import json
import sys
from urllib.parse import urlsplit

from examples.sandbox import imdb_markup as markup
from examples.sandbox.imdb_next_data import Sheet, list_search, next_data
from examples.sandbox.imdb_site import ImdbSite
from examples.sandbox.sites_desk import SiteDesk
from examples.sandbox.sites_http import Page, SiteServer, Visit
from examples.sandbox.sites_lists import IMDB_PAGE_SIZE, Fault, SiteList, row_of
from examples.sandbox.titles import film

TITLE_WEIGHT = 2_000  # bytes of JSON
OTHER_WEIGHT = 500_000
SENTENCE = "In a town by the sea, somebody finds what nobody was meant to look for. "


class HeavySite(ImdbSite):
    """Lists whose pages weigh what real ones do. Pages are made once: both readers get the same."""

    def __init__(self, lists: dict[str, SiteList]) -> None:
        """Hold these lists."""
        super().__init__(lists)
        self._pages: dict[str, Page] = {}

    def page(self, visit: Visit, site_list: SiteList | None, fault: Fault) -> Page:
        """A page of a list."""
        if site_list is None:
            return super().page(visit, site_list, fault)
        if visit.target not in self._pages:
            self._pages[visit.target] = _heavy(visit, site_list)
        return self._pages[visit.target]


def _heavy(visit: Visit, site_list: SiteList) -> Page:
    number = visit.number("page", 1)
    before = (number - 1) * IMDB_PAGE_SIZE
    rows = site_list.rows[before : before + IMDB_PAGE_SIZE]
    sheet = Sheet(rows, before + 1, len(site_list.rows))
    search = list_search(sheet)
    for edge in search["edges"]:
        weight = TITLE_WEIGHT - len(json.dumps(edge))
        edge["listItem"]["plot"] = {"plotText": {"plainText": _text(weight)}}
    props = {
        "mainColumnData": {"list": {"visibility": {"id": "PUBLIC"}, "titleListItemSearch": search}},
        "translations": {f"key_{n}": SENTENCE for n in range(OTHER_WEIGHT // len(SENTENCE))},
    }
    body = markup.rows_block(sheet, markup.LIST)
    body += markup.data_script("__NEXT_DATA__", next_data(visit.path, "en-US", props, {}))
    return Page(markup.document(site_list.name, body))


def _text(length: int) -> str:
    return (SENTENCE * (length // len(SENTENCE) + 1))[: max(0, length)]


def path_of(titles: int) -> str:
    """The list with so many titles."""
    return f"/list/ls{titles:09}/"


def main(sizes: list[int]) -> None:
    """Serve lists of these sizes until stdin ends. Says where on stdout."""
    films = [film(n, f"tt{n:07}", f"Title {n}", "2001-05-04") for n in range(1, max(sizes) + 1)]
    rows = tuple(row_of(title) for title in films)
    lists = {
        f"imdb:{urlsplit(path_of(size)).path.split('/')[2]}": SiteList(f"{size}", rows[:size])
        for size in sizes
    }
    site = HeavySite(lists)
    with SiteServer(site, SiteDesk(site, films)) as server:
        sys.stdout.write(server.url + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
