"""The server's rows as the project's values; unknown numbers get the more careful meaning.

Status numbers: docs/internals/media-servers/README.md, "Numbers". 6 is *blocklisted* on
Jellyseerr 2 and Seerr; other builds of the family have used it for *deleted*. Both forbid a
request, but a re-add lifts only the latter, so that 6 and every unknown number are read as
*blocklisted*. An unknown number of a request is read as *approved*: covered, nothing to do.

Details of titles are TMDB's. Genres are read by number, because their names are in the language of
the server's owner; ratings go from 0 to 10, and are 0 where nobody has voted.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.model import (
    Allowance,
    Candidate,
    Facts,
    Film,
    Kind,
    MediaKey,
    MediaState,
    MediaStatus,
    Quota,
    RequestState,
    RequestStatus,
    Season,
    Show,
    Target,
    User,
)
from reconciler.http.foreign import (
    JsonObject,
    day,
    decimal,
    integer,
    line,
    moment,
    record,
    records,
    text,
    year,
)

_MEDIA_STATUS = {
    1: MediaStatus.UNKNOWN,
    2: MediaStatus.PENDING,
    3: MediaStatus.PROCESSING,
    4: MediaStatus.PARTIAL,
    5: MediaStatus.AVAILABLE,
    6: MediaStatus.BLOCKLISTED,
    7: MediaStatus.DELETED,
}
_REQUEST_STATUS = {
    1: RequestStatus.PENDING,
    2: RequestStatus.APPROVED,
    3: RequestStatus.DECLINED,
    4: RequestStatus.FAILED,
    5: RequestStatus.COMPLETED,
}
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
_ALIASES = ("email", "username", "plexUsername", "jellyfinUsername")


def media_status(number: object) -> MediaStatus:
    """The status of a media row or season; null in a row that nobody has touched."""
    if number is None:
        return MediaStatus.UNKNOWN
    return _MEDIA_STATUS.get(integer(number) or 0, MediaStatus.BLOCKLISTED)


def request_status(number: object) -> RequestStatus:
    """The status of a request or a requested season."""
    return _REQUEST_STATUS.get(integer(number) or 0, RequestStatus.APPROVED)


def media_key(kind: object, tmdb: object) -> MediaKey | None:
    """A media key; None if it is neither a film nor a show, or has no TMDB id."""
    number = integer(tmdb)
    if kind not in ("movie", "tv") or not number:
        return None
    return MediaKey(Kind(str(kind)), number)


def media_state(row: JsonObject) -> MediaState | None:
    """A row of ``/media``; None if it is not a film or show."""
    media = media_key(row.get("mediaType"), row.get("tmdbId"))
    if media is None:
        return None
    return MediaState(
        media=media,
        status=media_status(row.get("status")),
        status_4k=media_status(row.get("status4k")),
        seasons={
            number: (media_status(season.get("status")), media_status(season.get("status4k")))
            for number, season in _seasons(row)
        },
        imdb=text(row.get("imdbId")),
        tvdb=integer(row.get("tvdbId")),
    )


def _seasons(row: JsonObject) -> Iterator[tuple[int, JsonObject]]:
    """The seasons that have a number, by it."""
    for season in records(row.get("seasons")):
        if (number := integer(season.get("seasonNumber"))) is not None:
            yield number, season


def request_state(row: JsonObject, media: MediaKey | None) -> RequestState | None:
    """A request of ``media``; None if it has no media or no id."""
    number = integer(row.get("id"))
    if media is None or number is None:
        return None
    return RequestState(
        id=number,
        target=Target(media, is_4k=row.get("is4k") is True),
        status=request_status(row.get("status")),
        requester=integer(record(row.get("requestedBy")).get("id")),
        seasons={n: request_status(season.get("status")) for n, season in _seasons(row)},
        created=moment(row.get("createdAt")),
        ignores_quota=row.get("ignoreQuota") is True,
    )


def listed_request(row: JsonObject) -> RequestState | None:
    """A row of ``/request``; None if it is not of a film or show."""
    media = record(row.get("media"))
    return request_state(row, media_key(row.get("type"), media.get("tmdbId")))


def candidate(row: JsonObject) -> Candidate | None:
    """A search result; None for people, collections and results without a title."""
    media = media_key(row.get("mediaType"), row.get("id"))
    title = text(row.get("title")) or text(row.get("name"))
    if media is None or title is None:
        return None
    return Candidate(
        media=media,
        title=title,
        original_title=text(row.get("originalTitle")) or text(row.get("originalName")),
        year=year(row.get("releaseDate")) or year(row.get("firstAirDate")),
        countries=_countries(row.get("originCountry")),
    )


def _countries(value: object) -> tuple[str, ...]:
    codes = map(text, value) if isinstance(value, list) else ()
    return tuple(code for code in codes if code)


def user(row: JsonObject) -> User | None:
    """A row of ``/user`` or the answer of ``/auth/me``; None if it has no id."""
    number = integer(row.get("id"))
    if number is None:
        return None
    aliases = dict.fromkeys(name for key in _ALIASES if (name := text(row.get(key))))
    names = map(line, (row.get("displayName"), row.get("username"), *aliases))
    return User(
        id=number,
        name=next(filter(None, names), f"user {number}"),
        permissions=integer(row.get("permissions")) or 0,
        aliases=tuple(aliases),
    )


def quota(row: JsonObject) -> Quota:
    """The answer of ``/user/{id}/quota``."""
    return Quota(movies=_allowance(row.get("movie")), seasons=_allowance(row.get("tv")))


def _allowance(value: object) -> Allowance:
    """One quota; 0 means no limit, and without a limit ``days`` and ``remaining`` are missing."""
    row = record(value)
    limit = integer(row.get("limit"))
    if not limit:
        return Allowance()
    remaining = integer(row.get("remaining"))
    if remaining is None:
        remaining = limit - (integer(row.get("used")) or 0)
    return Allowance(remaining=max(0, remaining), limit=limit, days=integer(row.get("days")))


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
        for number, season in _seasons(row)
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
    """The facts that filters need; a rating without votes is unknown, as are empty genres."""
    votes = integer(row.get("voteCount"))
    genres = (  # an unknown number keeps the name that the server gives
        _GENRES.get(integer(genre.get("id")) or 0, text(genre.get("name")))
        for genre in records(row.get("genres"))
    )
    return Facts(
        rating=decimal(row.get("voteAverage")) if votes else None,
        votes=votes,
        genres=tuple(filter(None, genres)) or None,
        language=text(row.get("originalLanguage")),
    )
