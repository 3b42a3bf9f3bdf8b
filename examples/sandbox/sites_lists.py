"""The lists of the sandbox's sites: their content, and how their pages behave.

All titles come from the catalogue, in its order, so a list is the same in every run. A key is
written like a source in listsync's file: `imdb:ls000000620`, `imdb:top`,
`trakt:anna/family-night`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest
from typing import Literal, TypeAlias

from examples.sandbox.catalogue import Title

Outcome: TypeAlias = Literal[
    "ok",  # the whole list
    "private",  # a private list
    "missing",  # a missing list
    "half-loaded",  # the pages contain less than the total; Trakt: the second hundred never arrives
    "moved",  # IMDb's JSON is in another place
    "no-json",  # a page with rows but without JSON
    "json-ld-only",  # a chart with its titles in JSON-LD and rows only
    "total-of-list",  # MDBList: X-Total-Items counts the list, as documented, instead of the page
    "people",  # a list of people, without titles
    "rank-gap",  # a chart that lacks one of its ranks
    "rejected-field",  # IMDb's API does not know a field of the query any more
    "changed-layout",  # neither JSON nor rows in their usual places
    "challenge",  # a bot check that cannot be passed
    "challenge-passes",  # a bot check that a real browser passes after a moment
    "consent",  # a consent dialog over a normal page
    "sign-in",  # a redirect to the sign-in page
    "hangs",  # a document that never ends
    "load-never-ends",  # a complete document with an image that never arrives
]
"""How a page behaves when it does not answer with a plain error."""

TitleType: TypeAlias = Literal[
    "movie", "tvMovie", "short", "tvSeries", "tvMiniSeries", "tvEpisode", "videoGame"
]
"""IMDb's `titleType.id`, as far as the sandbox has lists with it."""

IMDB_PAGE_SIZE = 250
"""Titles on one page of an IMDb list."""


PROFILES = {"p.annasandbox": "ur000000143"}
"""IMDb's profile ids, as the address bar shows them to signed-in users, and the users behind."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a response; fields can be combined."""

    outcome: Outcome = "ok"
    status: int | None = None
    """Answer this HTTP status with a plain page (of a bot check, when `outcome` is one)."""
    retry_after: int | None = None
    """Seconds, sent as `Retry-After` together with `status`."""
    delay: float = 0.0
    """Seconds to wait before answering."""
    truncate: int | None = None
    """Bytes of the body that are sent before the connection is closed."""
    times: int | None = None
    """For how many answers the fault holds; None: until it is taken away."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list, as the site shows it."""

    imdb: str | None
    text: str
    original: str
    title_type: TitleType
    year: int | None
    date: str | None = None
    episodes: int | None = None
    title: Title | None = None
    """The film or show of the catalogue behind the row; None for what is neither."""
    series: Title | None = None
    """The show an episode belongs to."""


@dataclass(frozen=True, slots=True)
class SiteList:
    """A list of a site: its rows, and the permanent fault of its pages."""

    name: str
    rows: tuple[Row, ...] = ()
    fault: Fault = Fault()
    locale: str = "en-US"

    @property
    def titles(self) -> tuple[Title, ...]:
        """The films and shows on the list, in its order."""
        return tuple(row.title for row in self.rows if row.title is not None)


def row_of(title: Title, title_type: TitleType | None = None) -> Row:
    """A title of the catalogue as a row, with the year that sites show."""
    return Row(
        imdb=title.imdb,
        text=title.title,
        original=title.original_title,
        title_type=title_type or ("movie" if title.kind == "movie" else "tvSeries"),
        year=_YEAR_ON_SITES.get((title.kind, title.tmdb), title.year),
        date=title.date,
        episodes=sum(season.episodes for season in title.seasons) or None,
        title=title,
    )


def imdb_lists(catalogue: Sequence[Title]) -> dict[str, SiteList]:
    """Build every list, watchlist and chart of the sandbox's IMDb."""
    films, shows = _films_and_shows(_with_own_imdb_id(catalogue))
    mixed = tuple(_alternate(films, shows))
    return {
        **_charts(films, shows),
        "imdb:ls000000620": _plain("Six hundred and twenty", islice(mixed, 620)),
        "imdb:ls000000260": SiteList("A shelf of 260", _shelf(films, shows)),
        "imdb:ls000000012": SiteList("A bit of everything", _odd_rows(films, shows)),
        "imdb:ls000000049": SiteList("Eine deutsche Liste", _rows(mixed[:60]), locale="de"),
        "imdb:ur000000143": SiteList("Anna's Watchlist", _announced(_rows(mixed[100:243]))),
        "imdb:ur000000143/ratings": SiteList("Anna's ratings", _rows(mixed[300:580])),
        "imdb:ls000000001": SiteList("Nothing yet"),
        **{
            key: SiteList(key.removeprefix("imdb:"), _rows(mixed[:130]), fault)
            for key, fault in _IMDB_FAULTS.items()
        },
    }


def trakt_lists(catalogue: Sequence[Title]) -> dict[str, SiteList]:
    """Build every list and watchlist of the sandbox's Trakt."""
    films, shows = _films_and_shows(_with_own_imdb_id(catalogue))
    mixed = tuple(_alternate(films, shows))
    one_name = tuple(title for title in films if title.title == "Northern Line")
    night = (*films[25:42], shows[0], *one_name[:1], shows[8])
    return {
        "trakt:anna/family-night": _plain("Family Night", night),
        "trakt:anna/big-shelf": _plain("Big Shelf", mixed[200:630]),
        "trakt:anna/watchlist": _plain("Watchlist", mixed[40:100]),
        "trakt:anna/favorites": _plain("Favorites", films[60:72]),
        "trakt:anna/bits-and-pieces": _plain("Bits and Pieces", films[80:84]),
        "trakt:anna/nothing-yet": SiteList("Nothing Yet"),
        **{
            key: SiteList(key.rpartition("/")[2], _rows(mixed[:230]), fault)
            for key, fault in _TRAKT_FAULTS.items()
        },
    }


_YEAR_ON_SITES = {("movie", 9_100_016): 2013}
"""Titles to which list sites give another year than the catalogue does."""

_IMDB_FAULTS = {
    "imdb:ls000000002": Fault("private"),
    "imdb:ur000000002": Fault("private"),
    "imdb:ls000000003": Fault("half-loaded"),
    "imdb:ls000000004": Fault("moved"),
    "imdb:ls000000005": Fault("changed-layout"),
    "imdb:ls000000006": Fault("no-json"),
    "imdb:ls000000007": Fault("challenge-passes"),
    "imdb:ls000000008": Fault("consent"),
    "imdb:ls000000009": Fault("hangs"),
    "imdb:ls000000010": Fault("load-never-ends"),
    "imdb:ls000000011": Fault(delay=8.0),
    "imdb:ls000000013": Fault("people"),
    "imdb:ls000000202": Fault("challenge"),
    "imdb:ls000000403": Fault("challenge", status=403),
    "imdb:ls000000405": Fault("challenge", status=405),
    "imdb:ls000000404": Fault("missing"),
    "imdb:ls000000429": Fault(status=429, retry_after=30),
    "imdb:ls000000500": Fault(status=500),
    "imdb:ls000000503": Fault(status=503),
    "imdb:watchlist": Fault("sign-in"),
    "imdb:ratings": Fault("sign-in"),
}

_TRAKT_FAULTS = {
    "trakt:anna/private": Fault("private"),
    "trakt:hidden/watchlist": Fault("private"),
    "trakt:anna/missing": Fault("missing"),
    "trakt:anna/stops-half-way": Fault("half-loaded"),
    "trakt:anna/other-layout": Fault("changed-layout"),
    "trakt:anna/just-a-moment": Fault("challenge"),
    "trakt:anna/just-a-moment-passes": Fault("challenge-passes"),
    "trakt:anna/never-ends": Fault("hangs"),
    "trakt:anna/unavailable": Fault(status=503),
}


def _charts(films: Sequence[Title], shows: Sequence[Title]) -> dict[str, SiteList]:
    return {
        "imdb:top": _plain("IMDb Top 250 movies", films[:250]),
        "imdb:toptv": _plain("Top 250 TV shows", shows[:250]),
        "imdb:moviemeter": _plain("Most popular movies", films[100:200]),
        "imdb:tvmeter": _plain("Most popular TV shows", shows[60:160]),
        "imdb:bottom": _plain("Lowest rated movies", films[-100:]),
        "imdb:top-english-movies": _plain("Top rated English movies", films[0:500:2]),
        "imdb:boxoffice": _plain("Top box office (US)", films[40:50]),
        "imdb:india/top-rated-indian-movies": _plain("Top rated Indian movies", films[300:550]),
        "imdb:india/top-rated-tamil-movies": _plain("Top rated Tamil movies", films[350:600]),
        "imdb:india/top-rated-telugu-movies": _plain("Top rated Telugu movies", films[400:650]),
        "imdb:india/top-rated-malayalam-movies": _plain(
            "Top rated Malayalam movies", films[450:700]
        ),
        "imdb:india/upcoming": _plain("Upcoming Indian titles", films[20:50]),
        "imdb:india/tamil": _plain("Tamil titles", (*films[60:80], *shows[20:30])),
        "imdb:india/telugu": _plain("Telugu titles", films[80:110]),
    }


def _shelf(films: Sequence[Title], shows: Sequence[Title]) -> tuple[Row, ...]:
    """Two pages, with a film that no database knows and a game."""
    unknown = Row("tt90000003", "The Reel in the Attic", "The Reel in the Attic", "movie", 1997)
    return (*_rows(shows[2:12]), unknown, _GAME, *_rows(films[45:293]))


_GAME = Row("tt90000002", "A Game of Boxes", "A Game of Boxes", "videoGame", 2015)


def _odd_rows(films: Sequence[Title], shows: Sequence[Title]) -> tuple[Row, ...]:
    """Every kind of row: films, shows, and entries that a media server cannot request."""
    episode = Row("tt90000001", "The One in the Middle", "The One in the Middle", "tvEpisode", 2011)
    return (
        row_of(films[0]),
        row_of(shows[0]),
        replace(episode, series=shows[0]),
        row_of(shows[1], "tvMiniSeries"),
        _GAME,
        row_of(films[1], "tvMovie"),
        row_of(films[2], "short"),
        replace(row_of(films[3]), year=None, date=None),
        replace(row_of(shows[2]), year=None, date=None),
        row_of(films[4]),
        row_of(shows[3]),
        row_of(films[5]),
    )


def _announced(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Remove the year from every seventh row: real watchlists contain many unreleased titles."""
    return tuple(
        replace(row, year=None, date=None) if position % 7 == 0 else row
        for position, row in enumerate(rows, start=1)
    )


def _plain(name: str, titles: Iterable[Title]) -> SiteList:
    return SiteList(name, _rows(titles))


def _rows(titles: Iterable[Title]) -> tuple[Row, ...]:
    return tuple(row_of(title) for title in titles)


def _with_own_imdb_id(catalogue: Sequence[Title]) -> tuple[Title, ...]:
    """Titles with an IMDb id, each id once: real lists do not repeat a title."""
    first = {title.imdb: title for title in reversed(catalogue) if title.imdb is not None}
    return tuple(title for title in catalogue if title.imdb and first[title.imdb] is title)


def _films_and_shows(titles: Sequence[Title]) -> tuple[tuple[Title, ...], tuple[Title, ...]]:
    films = tuple(title for title in titles if title.kind == "movie")
    return films, tuple(title for title in titles if title.kind == "tv")


def _alternate(films: Sequence[Title], shows: Sequence[Title]) -> Iterable[Title]:
    """Two films, one show, and so on, until all are used."""
    pairs = zip_longest(films[0::2], films[1::2], shows)
    return (title for title in chain.from_iterable(pairs) if title is not None)
