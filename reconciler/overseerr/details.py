"""The server's details of a film or show as the project's values.

They are TMDB's. Its genres come by number, since their names are in whatever language the server's
owner reads; its ratings go from 0 to 10, and are 0 where nobody has voted.
"""

from __future__ import annotations

from reconciler.core.model import Facts, Film, Season, Show
from reconciler.overseerr.foreign import (
    JsonObject,
    day,
    decimal,
    integer,
    record,
    records,
    text,
    year,
)

_OVER = frozenset({"Ended", "Canceled"})  # TMDB's words for shows that get no more seasons
_GENRES = {  # /genre/movie/list and /genre/tv/list of TMDB
    12: "Adventure",
    14: "Fantasy",
    16: "Animation",
    18: "Drama",
    27: "Horror",
    28: "Action",
    35: "Comedy",
    36: "History",
    37: "Western",
    53: "Thriller",
    80: "Crime",
    99: "Documentary",
    878: "Science Fiction",
    9648: "Mystery",
    10402: "Music",
    10749: "Romance",
    10751: "Family",
    10752: "War",
    10759: "Action & Adventure",
    10762: "Kids",
    10763: "News",
    10764: "Reality",
    10765: "Sci-Fi & Fantasy",
    10766: "Soap",
    10767: "Talk",
    10768: "War & Politics",
    10770: "TV Movie",
}


def film(row: JsonObject, tmdb: int) -> Film:
    """The answer of ``/movie/{id}``."""
    return Film(
        tmdb=tmdb,
        title=text(row.get("title")) or "",
        year=year(row.get("releaseDate")),
        facts=facts(row),
        original_title=text(row.get("originalTitle")),
    )


def show(row: JsonObject, tmdb: int) -> Show:
    """The answer of ``/tv/{id}``."""
    seasons = {
        number: Season(number, day(season.get("airDate")), integer(season.get("episodeCount")))
        for season in records(row.get("seasons"))
        if (number := integer(season.get("seasonNumber"))) is not None
    }
    return Show(
        tmdb=tmdb,
        title=text(row.get("name")) or "",
        year=year(row.get("firstAirDate")),
        ended=text(row.get("status")) in _OVER,
        seasons=tuple(seasons[number] for number in sorted(seasons)),
        last_aired_season=integer(record(row.get("lastEpisodeToAir")).get("seasonNumber")),
        facts=facts(row),
        original_title=text(row.get("originalName")),
    )


def facts(row: JsonObject) -> Facts:
    """What filters ask; a rating without a vote is none, and neither are no genres."""
    votes = integer(row.get("voteCount"))
    genres = tuple(name for genre in records(row.get("genres")) if (name := _genre(genre)))
    return Facts(
        rating=decimal(row.get("voteAverage")) if votes else None,
        votes=votes,
        genres=genres or None,
        language=text(row.get("originalLanguage")),
    )


def _genre(genre: JsonObject) -> str | None:
    """A number of which nothing is known keeps the name it comes with."""
    return _GENRES.get(integer(genre.get("id")) or 0, text(genre.get("name")))
