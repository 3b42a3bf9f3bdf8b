"""For each source, the outcomes that it reports, with an answer that leads to each.

``test_outcomes`` gives the answers to the source; docs/sources/ lists the other outcomes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests_mock
from requests_mock import ANY as ANY_METHOD

from reconciler.core.model import Outcome, Snapshot
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import NO_PATIENCE, FakeBrowser, FakePage, title

KEY = "a-made-up-key-of-0123456789"
SITE = "http://site.test"


@dataclass(frozen=True)
class Shown:
    """A site's answer to every call, its page at every address, or a file's content."""

    source: str
    status: int = 200
    json: object = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    page: FakePage | None = None
    calls: int | None = None  # that get this answer; later ones fail. None: all get it


def read(shown: Shown, folder: Path, mock: requests_mock.Mocker) -> Snapshot:
    """The snapshot of a list that is shown this way."""
    ref = recognize_list(shown.source)
    if ref.provider == "file" and shown.text is not None:
        (folder / ref.id).write_text(shown.text, encoding="utf-8")
    answer = {"json": shown.json} if shown.text is None else {"text": shown.text}
    first: dict[str, Any] = {"status_code": shown.status, "headers": dict(shown.headers), **answer}
    answers = [first] * (shown.calls or 1) + [{"status_code": 500}] * bool(shown.calls)
    mock.register_uri(ANY_METHOD, re.compile("^http://"), answers)
    pages = {f"{SITE}/{ref.id}/{part}": shown.page for part in ("", "page/2/") if shown.page}
    via = {"imdb": "api", "letterboxd": "browser"}.get(ref.provider)
    provider = Provider(SITE, SITE, via, key=KEY, token=KEY)
    sources = SiteSources(FakeBrowser(pages), {ref.provider: provider}, folder, NO_PATIENCE)
    return sources.fetch(ref)


def failing(source: str, **others: int) -> dict[Outcome, Shown]:
    """What statuses mean, wherever they come from."""
    statuses = {"missing": 404, "blocked": 403, "rate_limited": 429, "unreachable": 500} | others
    return {Outcome[name.upper()]: Shown(source, status) for name, status in statuses.items()} | {
        Outcome.CHANGED_LAYOUT: Shown(source, text="<html>something else</html>")
    }


def imdb(total: int, *numbers: int, key: str = "list", **more: object) -> Mapping[str, object]:
    edges = [
        {"node": {"absolutePosition": place}, "listItem": title(f"tt{number:07}")}
        for place, number in enumerate(numbers, start=1)
    ]
    search = {"total": total, "pageInfo": {"hasNextPage": False}, "edges": edges}
    about = {"id": "ls004610270", "listType": {"id": "TITLES"}, "visibility": {"id": "PUBLIC"}}
    return {"data": {key: about | {"titleListItemSearch": search} | more}}


def refused(code: str) -> Mapping[str, object]:
    return {"data": {"list": None}, "errors": [{"message": code, "extensions": {"code": code}}]}


LS = "imdb:ls004610270"
IMDB = failing(LS, blocked=202) | {
    Outcome.COMPLETE: Shown(LS, json=imdb(1, 7)),
    Outcome.UNVERIFIED: Shown(
        "imdb:boxoffice",
        json={"data": {"boxOfficeWeekendChart": {"entries": [{"title": title("tt0000007")}]}}},
    ),
    Outcome.INCOMPLETE: Shown(LS, json=imdb(2, 7)),
    Outcome.EMPTY: Shown(LS, json=imdb(0)),
    Outcome.PRIVATE: Shown(LS, json=refused("FORBIDDEN")),
    Outcome.MISSING: Shown(LS, json=refused("RESOURCE_NOT_FOUND")),
    Outcome.CHANGED_LAYOUT: Shown(LS, json=imdb(1, 7, listType={"id": "PEOPLE"})),
}

TRAKT_ROW = {"type": "movie", "movie": {"title": "A", "year": 2001, "ids": {"imdb": "tt0000007"}}}
NIGHT = "trakt:anna/night"


def trakt(items: int) -> Mapping[str, str]:
    names = {"Page": 1, "Limit": 100, "Page-Count": 1, "Item-Count": items}
    return {f"X-Pagination-{name}": str(value) for name, value in names.items()}


TRAKT = failing(NIGHT) | {
    Outcome.COMPLETE: Shown(NIGHT, json=[TRAKT_ROW], headers=trakt(1)),
    Outcome.UNVERIFIED: Shown(
        "trakt:movies/trending", json=[{"movie": TRAKT_ROW["movie"]}], headers=trakt(1)
    ),
    Outcome.INCOMPLETE: Shown(NIGHT, json=[TRAKT_ROW], headers=trakt(2)),
    Outcome.EMPTY: Shown(NIGHT, json=[], headers=trakt(0)),
    Outcome.PRIVATE: Shown(NIGHT, 401),
}

ANNA = "mdblist:anna/night"
FILM = {"id": 7, "title": "A", "mediatype": "movie", "media_type": "movie", "rank": 1}
MDBLIST = failing(ANNA) | {
    Outcome.COMPLETE: Shown(
        ANNA, json={"movies": [FILM], "shows": []}, headers={"X-Has-More": "false"}
    ),
    Outcome.UNVERIFIED: Shown(ANNA, json={"movies": [FILM], "shows": []}),
    Outcome.INCOMPLETE: Shown(
        ANNA, json={"movies": [FILM], "shows": []}, headers={"X-Total-Items": "2"}
    ),
    Outcome.EMPTY: Shown(ANNA, json={"movies": [], "shows": []}),
    Outcome.PRIVATE: Shown(ANNA, json={"error": "List is private"}),
}

BOXD = "letterboxd:anna/watchlist"


def shelf(total: str, *names: str) -> FakePage:
    return FakePage({"names": list(names), "total": total})


LETTERBOXD = {
    Outcome.COMPLETE: Shown(BOXD, page=shelf("1", "A (2001)")),
    Outcome.INCOMPLETE: Shown(BOXD, page=shelf("2", "A (2001)")),
    Outcome.EMPTY: Shown(BOXD, page=shelf("0")),
    Outcome.PRIVATE: Shown(BOXD, page=FakePage(None, url=f"{SITE}/sign-in/")),
    Outcome.MISSING: Shown(BOXD, page=FakePage(None, 404)),
    Outcome.BLOCKED: Shown(BOXD, page=FakePage(None, 403, checking=True)),
    Outcome.CHANGED_LAYOUT: Shown(BOXD, page=FakePage()),
    Outcome.RATE_LIMITED: Shown(BOXD, page=FakePage(None, 429)),
    Outcome.UNREACHABLE: Shown(BOXD, page=FakePage(None, 500)),
}

LIST = "tmdb:list/7"


def tmdb(total: int, *rows: object) -> Mapping[str, object]:
    return {"items": list(rows), "page": 1, "total_pages": 1, "total_results": total}


TMDB = failing(LIST) | {
    Outcome.COMPLETE: Shown(LIST, json=tmdb(1, FILM)),
    Outcome.UNVERIFIED: Shown("tmdb:movie/popular", json=tmdb(1, FILM)),
    Outcome.INCOMPLETE: Shown(LIST, json=tmdb(2, FILM)),
    Outcome.EMPTY: Shown(LIST, json=tmdb(0)),
}

PLANS = "anilist:anna/planning"


def anilist(*rows: object, **more: object) -> Mapping[str, object]:
    lists = [{"entries": [{"media": row} for row in rows]}]
    return {"data": {"MediaListCollection": {"hasNextChunk": False, "lists": lists}}, **more}


ANIME = {"id": 7, "title": {"romaji": "A"}, "format": "TV"}
ANILIST = failing(PLANS) | {
    Outcome.COMPLETE: Shown(PLANS, json=anilist(ANIME)),
    Outcome.INCOMPLETE: Shown(PLANS, json=anilist(ANIME, errors=[{"message": "trouble"}])),
    Outcome.EMPTY: Shown(PLANS, json=anilist()),
    Outcome.PRIVATE: Shown(PLANS, 404, json={"errors": [{"message": "Private User"}]}),
    Outcome.MISSING: Shown(PLANS, 404, json={"errors": [{"message": "User not found"}]}),
}

PLAN = "simkl:movies/plantowatch"
SIMKL = failing(PLAN) | {
    Outcome.COMPLETE: Shown(PLAN, json={"movies": [{"movie": {"title": "A"}}]}),
    Outcome.INCOMPLETE: Shown(
        "simkl:plantowatch", json={"movies": [{"movie": {"title": "A"}}]}, calls=1
    ),
    Outcome.EMPTY: Shown(PLAN, text="null"),
    Outcome.PRIVATE: Shown(PLAN, 401),
}
del SIMKL[Outcome.MISSING]

TV = "tvdb:lists/7"


def tvdb(*entities: object, **more: object) -> Mapping[str, object]:
    return {"data": {"token": "signed-in", "entities": list(entities), **more}}


TVDB = failing(TV) | {
    Outcome.COMPLETE: Shown(TV, json=tvdb({"seriesId": 9})),
    Outcome.INCOMPLETE: Shown(TV, json=tvdb({"seriesId": 9}, {"movieId": 5}), calls=2),
    Outcome.EMPTY: Shown(TV, json=tvdb()),
    Outcome.PRIVATE: Shown("tvdb:user/42/favorites", json=tvdb(id=43)),
}

POPULAR = "stevenlu:movies"
STEVENLU = failing(POPULAR) | {
    Outcome.COMPLETE: Shown(POPULAR, json=[{"title": "A", "imdb_id": "tt0000007"}]),
    Outcome.INCOMPLETE: Shown(POPULAR, json=[{"title": "A"}, {}]),
    Outcome.EMPTY: Shown(POPULAR, json=[]),
}

ANY = f"json:{SITE}/a"
JSON = failing(ANY, private=401) | {
    Outcome.COMPLETE: Shown(ANY, json=[{"title": "A"}]),
    Outcome.UNVERIFIED: Shown(
        ANY, json={"links": {}, "items": [{"title": "A (2001)", "guids": []}]}
    ),
    Outcome.INCOMPLETE: Shown(ANY, json={"items": [{"title": "A"}], "total": 2}),
    Outcome.EMPTY: Shown(ANY, json=[]),
}

FEED = f"rss:{SITE}/a"


def feed(*titles: str, onward: str = "") -> str:
    link = f'<a:link xmlns:a="http://a.test" rel="next" href="{onward}"/>' if onward else ""
    items = "".join(f"<item><title>{title}</title></item>" for title in titles)
    return f"<rss><channel>{link}{items}</channel></rss>"


RSS = failing(FEED, private=401) | {
    Outcome.UNVERIFIED: Shown(FEED, text=feed("A (2001)")),
    Outcome.INCOMPLETE: Shown(FEED, text=feed("A (2001)", onward="/a")),
    Outcome.EMPTY: Shown(FEED, text=feed()),
}

FILE = {
    Outcome.COMPLETE: Shown("file:a.txt", text="A (2001)\n"),
    Outcome.INCOMPLETE: Shown("file:a.txt", text="A (2001)\n???\n"),
    Outcome.EMPTY: Shown("file:a.txt", text="# nothing yet\n"),
    Outcome.MISSING: Shown("file:none.txt"),
    Outcome.UNREACHABLE: Shown("file:a.csv", text="colour,price\nred,2\n"),
}

TELLS: Mapping[str, Mapping[Outcome, Shown]] = {
    "imdb": IMDB,
    "trakt": TRAKT,
    "mdblist": MDBLIST,
    "letterboxd": LETTERBOXD,
    "tmdb": TMDB,
    "anilist": ANILIST,
    "simkl": SIMKL,
    "tvdb": TVDB,
    "stevenlu": STEVENLU,
    "json": JSON,
    "rss": RSS,
    "file": FILE,
}
"""By source, in the order of ``SOURCES``."""
