"""HTML of the sandbox's IMDb, with the test ids and class names that a reader may use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

from examples.sandbox.imdb_next_data import TYPE_TEXT, Sheet, shown_title
from examples.sandbox.sites_lists import Row

ROWS_IN_RAW_PAGE = 25
"""Rows in the HTML as sent; a script attaches the rest."""

CHALLENGE_COOKIE = "aws-waf-token"

_LATE_ROWS = Path(__file__).with_name("imdb_site.js").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Layout:
    """The differences between the page of a chart and of a list."""

    prefix: Literal["cli", "dli"]
    """Beginning of the rows' class names."""
    column: str
    """Test id of the element the rows stand in."""
    total: str
    """Test id of the element with the total."""
    late: Literal["delayed", "scrolled"]
    """When the rows after the first 25 come."""


CHART = Layout("cli", "chart-layout-main-column", "chart-layout-total-items", "delayed")
LIST = Layout("dli", "list-page-mc-list-content", "list-page-mc-total-items", "scrolled")


def document(title: str, body: str, *, locale: str = "en-US", head: str = "") -> str:
    """Wrap a body into a page, with a side column of links to titles that are not on the list."""
    return (
        f'<!DOCTYPE html><html lang="{locale}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head><body>"
        f'<header><h1 class="ipc-title__text">{escape(title)}</h1></header><main>{body}</main>'
        '<aside data-testid="sidebar"><a href="/title/tt99999998/">More to explore</a>'
        '<a href="/title/tt99999999/">Recently viewed</a></aside></body></html>'
    )


def rows_block(sheet: Sheet, layout: Layout) -> str:
    """Render the first rows as HTML, and the others as data for the script."""
    rows = [
        _row(row, place, sheet.locale, layout.prefix)
        for place, row in enumerate(sheet.rows, start=sheet.first)
    ]
    late = data_script("sandbox-late-rows", rows[ROWS_IN_RAW_PAGE:])
    return (
        f'<div data-testid="{layout.column}">'
        f'<span data-testid="{layout.total}">{sheet.total} titles</span>'
        f'<ul class="ipc-metadata-list" role="presentation" data-late="{layout.late}">'
        f"{''.join(rows[:ROWS_IN_RAW_PAGE])}</ul></div>{late}<script>{_LATE_ROWS}</script>"
    )


def paging(path: str, page: int, pages: int) -> str:
    """Render the links to the previous and the next page."""
    links = [("prv", page - 1)] * (page > 1) + [("nxt", page + 1)] * (page < pages)
    buttons = "".join(
        f'<a data-testid="index-pagination-{name}" href="{escape(path)}/?page={other}">{other}</a>'
        for name, other in links
    )
    return f'<div data-testid="index-pagination">{buttons}</div>'


def other_layout(sheet: Sheet) -> str:
    """Render rows in a layout that a reader of today's pages does not know."""
    cards = (
        f'<section class="tile"><a href="/title/{row.imdb}/">{escape(row.text)}</a></section>'
        for row in sheet.rows
    )
    return f'<div data-testid="tile-wall">{"".join(cards)}</div>'


def data_script(element_id: str, content: Any) -> str:  # noqa: ANN401 - any JSON
    """Render JSON as an inert script element."""
    text = json.dumps(content).replace("<", "\\u003c")
    return f'<script id="{element_id}" type="application/json">{text}</script>'


def json_ld(name: str, sheet: Sheet) -> str:
    """Render a chart's JSON-LD: original names, HTML-escaped; no year and no position."""
    items = [{"@type": "ListItem", "item": _thing(row)} for row in sheet.rows]
    content = {
        "@type": "ItemList",
        "itemListElement": items,
        "@context": "https://schema.org",
        "name": name,
    }
    text = json.dumps(content).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def consent_layer() -> str:
    """Render a dialog over the whole page, which a click on one of its buttons closes."""
    button = "onclick=\"this.closest('[role=dialog]').remove()\""
    return (
        '<div role="dialog" style="position:fixed;inset:0;z-index:9;background:#fff">'
        f'<p>Cookies?</p><button data-testid="reject-button" {button}>Decline</button>'
        f'<button data-testid="accept-button" {button}>Accept</button></div>'
    )


def challenge(*, passes: bool) -> str:
    """Render a bot check. One that can be passed sets a cookie after a moment and reloads."""
    script = (
        f"setTimeout(() => {{ document.cookie = '{CHALLENGE_COOKIE}=sandbox;path=/';"
        " location.reload(); }, 1200);"
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><title></title></head><body>'
        '<script src="/token.awswaf.com/sandbox/challenge.js"></script>'
        f"<script>{script if passes else ''}</script>"
        "<noscript>Before the page opens, verify that you're not a robot.</noscript></body></html>"
    )


def _thing(row: Row) -> dict[str, str]:
    kind = "Movie" if row.title_type == "movie" else "TVSeries"
    names = {"name": _entities(row.original)}
    if row.text != row.original:
        names["alternateName"] = _entities(row.text)
    return {"@type": kind, "url": f"https://www.imdb.com/title/{row.imdb}/", **names}


def _entities(text: str) -> str:
    return escape(text).replace("&#x27;", "&apos;")


def _row(row: Row, place: int, locale: str, prefix: str) -> str:
    link = f"/title/{row.imdb}/?ref_={'chttp' if prefix == 'cli' else 'ls'}"
    title = escape(shown_title(row, locale))
    # On lists, the number of a row is part of the text; on charts, it is in an element beside it.
    text = title if prefix == "cli" else f"{place}. {title}"
    rank = (
        '<div class="ipc-signpost" data-testid="title-list-item-ranking">'
        f'<div class="ipc-signpost__text">#{place}</div></div>'
    )
    return (
        '<li class="ipc-metadata-list-summary-item"><div class="ipc-metadata-list-summary-item__c">'
        f'<div class="{prefix}-parent">'
        f'<a class="ipc-lockup-overlay ipc-focusable" aria-label="{title}" href="{link}_i_{place}">'
        f"</a>{rank if prefix == 'cli' else ''}"
        f'<div class="ipc-title {prefix}-title">'
        f'<a class="ipc-title-link-wrapper" href="{link}_t_{place}">'
        f'<h3 class="ipc-title__text">{text}</h3></a></div>'
        f'<div class="{prefix}-title-metadata">{_metadata(row, locale, prefix)}</div>'
        f'<button data-testid="inline-watched-button-{row.imdb}">Watched</button>'
        "</div></div></li>"
    )


def _metadata(row: Row, locale: str, prefix: str) -> str:
    shows = row.title_type in {"tvSeries", "tvMiniSeries"}
    year = "" if row.year is None else f"{row.year}\u2013 " if shows else str(row.year)
    cell = f'<span class="{prefix}-title-metadata-item">{year}</span>' if year else ""
    if prefix == "cli" or row.title_type == "movie":
        return cell
    kind = TYPE_TEXT["en" if locale.startswith("en") else "de"][row.title_type]
    return f'{cell}<span class="{prefix}-title-type-data">{kind}</span>'
