"""The JSON in a sandbox IMDb page (`script#__NEXT_DATA__`), in today's field names and nesting."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from examples.sandbox.sites_lists import Row

MADE_UP_VISITOR = {
    "ip": "203.0.113.77",
    "cookie": "session-id=000-1111111-2222222; at-main=made-up-sign-in-token",
    "latitude": "12.34",
}
"""What a page tells about its visitor, made up. A tool that keeps pages must scrub it: the site
echoes address, place and cookies of whoever asked for the page."""

TYPE_TEXT = {
    "en": {
        "movie": "Movie",
        "tvMovie": "TV Movie",
        "short": "Short",
        "tvSeries": "TV Series",
        "tvMiniSeries": "TV Mini Series",
        "tvEpisode": "TV Episode",
        "videoGame": "Video Game",
    },
    "de": {
        "movie": "Film",
        "tvMovie": "Fernsehfilm",
        "short": "Kurzfilm",
        "tvSeries": "Fernsehserie",
        "tvMiniSeries": "Fernseh-Miniserie",
        "tvEpisode": "Fernsehfolge",
        "videoGame": "Videospiel",
    },
}

LOCALES = ("en-US", "de", "es", "es-ES", "fr", "fr-CA", "hi", "it", "pt")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list: its rows, and the total number."""

    rows: Sequence[Row]
    first: int
    """Position of the first row in the whole list, from 1."""
    total: int
    locale: str = "en-US"


def shown_title(row: Row, locale: str) -> str:
    """Return the title in this language; in any other than English, it is the original title."""
    return row.text if locale.startswith("en") else row.original


def list_search(sheet: Sheet) -> dict[str, Any]:
    """Build `titleListItemSearch` of a list or watchlist page."""
    last = sheet.first + len(sheet.rows) - 1
    return {
        "total": sheet.total,
        "pageInfo": {
            "hasNextPage": last < sheet.total,
            "hasPreviousPage": sheet.first > 1,
            "endCursor": base64.b64encode(f"position={last}".encode()).decode(),
            "__typename": "PageInfo",
        },
        "edges": [
            {
                "node": {"absolutePosition": position, "description": None},
                "listItem": _title_node(row, sheet.locale)
                | {"episodes": {"episodes": {"total": row.episodes}} if row.episodes else None},
            }
            for position, row in enumerate(sheet.rows, start=sheet.first)
        ],
        "__typename": "TitleListItemSearchConnection",
    }


def title_search(sheet: Sheet) -> dict[str, Any]:
    """Build `advancedTitleSearch` of a ratings page; its rows have no positions."""
    search = list_search(sheet)
    edges = [{"node": {"title": edge["listItem"]}} for edge in search["edges"]]
    return search | {"edges": edges, "__typename": "AdvancedTitleSearchConnection"}


def chart_titles(sheet: Sheet) -> dict[str, Any]:
    """Build `chartTitles` of a chart page; a chart has no total and no paging."""
    return {
        "edges": [
            {
                "currentRank": rank,
                "node": _title_node(row, sheet.locale),
                "__typename": "ChartTitleEdge",
            }
            for rank, row in enumerate(sheet.rows, start=1)
        ],
        "genres": [],
        "keywords": [],
        "watchOptions": [],
        "__typename": "ChartTitleSearchConnection",
    }


def box_office(sheet: Sheet) -> dict[str, Any]:
    """Build `topGrossingReleases`: no years, and one release without a title, as on real pages."""
    known = ("id", "titleText", "originalTitleText", "titleType")
    releases = [
        [{name: _title_node(row, sheet.locale)[name] for name in known}] for row in sheet.rows
    ]
    releases.insert(len(releases) // 2, [])
    return {
        "timeWindowStartDate": "2026-09-18",
        "timeWindowEndDate": "2026-09-20",
        "edges": [{"node": {"release": {"titles": titles}}} for titles in releases],
    }


def next_data(
    page: str, locale: str, props: dict[str, Any], headers: Mapping[str, str]
) -> dict[str, Any]:
    """Wrap a page's properties into the document of `__NEXT_DATA__`."""
    return {
        "props": {
            "pageProps": props | {"requestContext": _request_context(page, locale, headers)},
            "__N_SSP": True,
        },
        "page": page,
        "query": {},
        "buildId": "sandbox-build",
        "isFallback": False,
        "gssp": True,
        "locale": locale,
        "locales": list(LOCALES),
        "defaultLocale": "en-US",
        "scriptLoader": [],
    }


def _title_node(row: Row, locale: str) -> dict[str, Any]:
    texts = TYPE_TEXT["en" if locale.startswith("en") else "de"]
    episodic = row.title_type in {"tvSeries", "tvMiniSeries"}
    return {
        "id": row.imdb,
        "titleText": {"text": shown_title(row, locale), "__typename": "TitleText"},
        "titleType": {
            "id": row.title_type,
            "text": texts[row.title_type],
            "canHaveEpisodes": episodic,
            "displayableProperty": {
                "value": {"plainText": "" if row.title_type == "movie" else texts[row.title_type]}
            },
        },
        "originalTitleText": {"text": row.original, "__typename": "TitleText"},
        "primaryImage": None,
        "releaseYear": None
        if row.year is None
        else {"year": row.year, "endYear": None, "__typename": "YearRange"},
        "ratingsSummary": {"aggregateRating": 7.9, "voteCount": 1234},
        "runtime": {"seconds": 6840},
        "certificate": None,
        "canRate": {"isRatable": row.year is not None},
        "titleGenres": {"genres": []},
        "series": _series(row),
        "latestTrailer": None,
        "plot": None,
        "releaseDate": _release_date(row.date),
        "productionStatus": {
            "currentProductionStage": {
                "id": "released" if row.year else "in_production",
                "text": "Released" if row.year else "In Production",
            }
        },
        "__typename": "Title",
    }


def _series(row: Row) -> dict[str, Any] | None:
    if row.series is None:
        return None
    return {"series": {"id": row.series.imdb, "titleText": {"text": row.series.title}}}


def _release_date(date: str | None) -> dict[str, int] | None:
    if date is None:
        return None
    year, month, day = (int(part) for part in date.split("-"))
    return {"day": day, "month": month, "year": year}


def _request_context(page: str, locale: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "sidecar": {
            "account": {"userName": None, "userId": None, "isLoggedIn": False},
            "localizationResponse": {
                "userCountryCode": "US" if locale.startswith("en") else locale.upper(),
                "userLanguage": locale,
                "languageForTranslations": locale,
                "latitude": MADE_UP_VISITOR["latitude"],
                "browserAcceptLangHeaderLocale": headers.get("Accept-Language", "").split(",")[0],
            },
            "sessionId": "000-1111111-2222222",
        },
        "pageType": "chart" if "chart" in page else "list",
        "headers": {
            "host": "www.imdb.com",
            "user-agent": headers.get("User-Agent", ""),
            "x-forwarded-for": MADE_UP_VISITOR["ip"],
            "cookie": MADE_UP_VISITOR["cookie"],
        },
        "requestId": "SANDBOX0000000000000",
        "isInternal": False,
        "ipAddress": MADE_UP_VISITOR["ip"],
        "queryParams": {},
        "requestPath": page,
        "requestHost": "https://www.imdb.com",
        "routerPath": page,
    }
