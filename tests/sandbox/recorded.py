"""Exchanges recorded with real servers, made with the sandbox, and how the two differ."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from examples.sandbox.media_server import SandboxServer
from examples.sandbox.titles import Season, Title, film, show

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
LATER = "2026-11"  # the folder of the second series

Json = dict[str, Any]

INCIDENTAL = {
    "createdAt", "updatedAt", "lastSeasonChange", "mediaAddedAt", "lastAirDate", "vapidPublic",
    "overview", "popularity", "voteAverage", "voteCount", "backdropPath", "posterPath",
    "genreIds", "genres", "originalLanguage", "originCountry", "relatedVideos", "runtime",
    "productionCompanies", "productionCountries", "releases", "contentRatings", "networks",
    "spokenLanguages", "credits", "watchProviders", "keywords", "lastEpisodeToAir",
    "inProduction", "episodes", "languages", "mediaServerType", "streamingRegion",
}  # fmt: skip

OF_AN_INSTALLATION = {  # where pictures are, and how Radarr and Sonarr number what they have
    "avatar", "externalServiceId", "externalServiceSlug", "serviceUrl",
}  # fmt: skip
SENT_AS_TEXT = {("seerr-3.1-errors", 48)}
HALF_KNOWN = {58834: 465000}
"""TVDB ids that no recorded answer shows, by TMDB id."""


@dataclass(frozen=True)
class Exchange:
    """One recorded call and its answer."""

    recording: str
    number: int
    call: Json

    @property
    def key(self) -> tuple[str, int]:
        return self.recording, self.number


@cache
def exchanges(recording: str) -> tuple[Exchange, ...]:
    calls = json.loads((RECORDINGS / f"{recording}.json").read_text(encoding="utf-8"))
    return tuple(Exchange(recording, number, call) for number, call in enumerate(calls))


def objects(value: object) -> Iterator[Json]:
    """All JSON objects inside a value, outermost first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from objects(member)


@cache
def titles_of(recordings: tuple[str, ...]) -> tuple[Title, ...]:
    """Every title of some recordings, as far as their answers show it."""
    titles: dict[tuple[str, int], Title] = {}
    for exchange in (each for recording in recordings for each in exchanges(recording)):
        for title in (*shown_titles(exchange), *requested(exchange)):
            previous = titles.get((title.kind, title.tmdb))
            titles[title.kind, title.tmdb] = merged(previous, title) if previous else title
    return tuple(titles.values())


def shown_titles(exchange: Exchange) -> Iterator[Title]:
    """The titles whose details, or search results, an answer holds."""
    id_in_path = re.search(r"imdb:(tt\d+)", unquote(exchange.call["path"]))
    for row in objects(exchange.call["response"]):
        imdb = row.get("externalIds", {}).get("imdbId") or (id_in_path and id_in_path[1])
        if "releaseDate" in row:
            name, original = row["title"], row["originalTitle"]
            if not is_french(exchange):
                yield film(row["id"], imdb, name, row["releaseDate"], original)
        elif "firstAirDate" in row:
            yield replace(
                show(row["id"], imdb, None, row["name"], row["firstAirDate"], ()),
                tvdb=row.get("externalIds", {}).get("tvdbId"),
                original_title=row["originalName"],
                status=row.get("status", ""),
                seasons=tuple(
                    Season(season["seasonNumber"], aired_on(season, row), season["episodeCount"])
                    for season in row.get("seasons", ())
                ),
            )


def is_french(exchange: Exchange) -> bool:
    """Whether an answer's titles are French, by its call or by the server's display language."""
    language = re.search("language=([a-z]+)", exchange.call["path"])
    return language[1] == "fr" if language else exchange.recording.endswith("-locale")


def aired_on(season: Json, of_show: Json) -> str | None:
    """The date of a season; where TheTVDB's seasons are shown without any, the show's first."""
    date: str | None = of_show["firstAirDate"] if season["airDate"] == "" else season["airDate"]
    return date


def requested(exchange: Exchange) -> Iterator[Title]:
    """The title a call requests; it exists unless the answer says that TMDB has none."""
    body, answer = exchange.call["body"], exchange.call["response"]
    if exchange.call["method"] != "POST" or not urlsplit(exchange.call["path"]).path.endswith(
        "/request"
    ):
        return
    if not isinstance(body, dict) or not isinstance(body.get("mediaId"), int):
        return
    tmdb = body["mediaId"]
    if body.get("mediaType") == "movie" and "status code 404" not in str(answer):
        yield film(tmdb, None, f"Film {tmdb}", None)
    if body.get("mediaType") == "tv":
        tvdb_in_answer = None if "tvdbId" in body else answer.get("media", {}).get("tvdbId")
        tvdb = HALF_KNOWN.get(tmdb) or tvdb_in_answer
        numbers = [season["seasonNumber"] for season in answer.get("seasons", ())]
        seasons = tuple(Season(number, None, 1) for number in numbers if number < 99)
        made = show(tmdb, None, tvdb, f"Show {tmdb}", None, (1,) if tmdb in HALF_KNOWN else ())
        yield replace(made, seasons=seasons or made.seasons)


def merged(previous: Title, new: Title) -> Title:
    """A title combined from two answers; the one with a date takes precedence."""
    best = (
        new
        if new.date and (not previous.date or len(new.seasons) > len(previous.seasons))
        else previous
    )
    return replace(
        best,
        imdb=previous.imdb or new.imdb,
        tvdb=previous.tvdb or new.tvdb,
        status=best.status or previous.status or new.status,
        seasons=max(
            previous.seasons, new.seasons, key=lambda all_: [s.air_date or "" for s in all_]
        ),
    )


def send(server: SandboxServer, exchange: Exchange) -> tuple[int, str | None, object]:
    """Make a recorded call, its path byte for byte."""
    call, headers = exchange.call, {}
    if call["key"] is not None:
        headers["X-Api-Key"] = server.api_key if call["key"] == "test-api-key" else call["key"]
    if call["user"] is not None:
        headers["X-Api-User"] = str(call["user"])
    body = call["body"]
    if body is not None:
        kind = "text/plain" if exchange.key in SENT_AS_TEXT else "application/json"
        headers["Content-Type"] = kind
        body = body if isinstance(body, str) else json.dumps(body)
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request(call["method"], call["path"], body, headers)
        answer = connection.getresponse()
        content = answer.read()
        content_type = answer.headers.get("Content-Type")
        try:
            return answer.status, content_type, json.loads(content) if content else None
        except ValueError:
            return answer.status, content_type, content.decode()
    finally:
        connection.close()


def protocol(value: object) -> object:
    """An answer without what is incidental in it, and without the order of search results."""
    if isinstance(value, list):
        return [protocol(member) for member in value]
    if not isinstance(value, dict):
        return value
    plain = {
        name: "incidental" if name in INCIDENTAL else protocol(member)
        for name, member in value.items()
        if name not in OF_AN_INSTALLATION
    }
    if "totalPages" in plain:
        plain["results"] = sorted(value["results"], key=lambda row: (row["id"], row["mediaType"]))
        plain["results"] = protocol(plain["results"])
    return plain


def incidental_types(value: object, path: str = "") -> dict[str, str]:
    """The JSON type of every incidental member that is not null, by its path."""
    if isinstance(value, list):
        return incidental_types(value[0], f"{path}[]") if value else {}
    if not isinstance(value, dict):
        return {}
    types: dict[str, str] = {}
    for name, member in value.items():
        if name not in INCIDENTAL:
            types |= incidental_types(member, f"{path}.{name}")
        elif member is not None:
            kind = "number" if isinstance(member, int | float) else type(member).__name__
            types[f"{path}.{name}"] = kind
    return types


def unequal(ours: object, theirs: object, path: str = "$") -> Iterator[str]:
    """Where two JSON values are not the same."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            missing = [name not in side for side in (ours, theirs)]
            if any(missing):
                yield f"{path}.{name} is {'missing' if missing[0] else 'too much'}"
            else:
                yield from unequal(ours[name], theirs[name], f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for position, (our_member, their_member) in enumerate(zip(ours, theirs, strict=True)):
            yield from unequal(our_member, their_member, f"{path}[{position}]")
    elif ours != theirs:
        yield f"{path} is {ours!r} instead of {theirs!r}"


def as_cut(answer: object, call: Json) -> object:
    """An answer of the sandbox without what its recording was shortened by, as its note says."""
    note = call.get("note", "")
    if not isinstance(answer, dict) or not note:
        return answer
    if cut := re.search(r"\(Cut from the answer here: (.*)\.\)", note):
        names = cut[1].split(", ")
        return {name: member for name, member in answer.items() if name not in names}
    rows = answer.get("results", [])
    if row_note := re.search(r"\(([0-9]+) rows came; all but the first cut", note):
        return answer | {"results": rows[:1]} if len(rows) == int(row_note[1]) else answer
    if others := re.search(r"\(([0-9]+) rows? of other titles cut", note):
        shown_ids = {row["id"] for row in call["response"]["results"]}
        remaining = [row for row in rows if row["id"] in shown_ids]
        return (
            answer | {"results": remaining}
            if len(rows) - len(remaining) == int(others[1])
            else answer
        )
    return answer


def difference(
    exchange: Exchange, status: int, content_type: str | None, answer: object
) -> str | None:
    """How the sandbox's answer differs from the recorded one; None when it does not."""
    call = exchange.call
    if status != call["status"]:
        return f"status {status} instead of {call['status']}: {answer}"
    if content_type != call["headers"].get("content-type"):
        return f"{content_type} instead of {call['headers'].get('content-type')}"
    if isinstance(call["response"], str) or isinstance(answer, str):
        same = isinstance(call["response"], str) and isinstance(answer, str)
        return None if same else f"{answer!r} instead of {call['response']!r}"
    answer = as_cut(answer, call)
    if places := list(unequal(protocol(answer), protocol(call["response"]))):
        return "\n    ".join(places)
    ours, theirs = incidental_types(answer), incidental_types(call["response"])
    differing = {place for place in ours.keys() & theirs.keys() if ours[place] != theirs[place]}
    return f"types differ at {sorted(differing)}" if differing else None
