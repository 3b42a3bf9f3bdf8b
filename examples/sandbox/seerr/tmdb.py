"""TMDB as the media servers show it: search results and the details of a film or show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from examples.sandbox.catalogue import Catalogue
from examples.sandbox.titles import Kind, Season, Title

from .answers import RefusedError
from .faults import Faults

Json = dict[str, Any]

PAGE_SIZE = 20
_LAST_PAGE = 500
_TMDB = re.compile(r"(?<=tmdb:)\d+")
_IMDB = re.compile(r"(?<=imdb:)(?:tt|nm)\d+")
_TVDB = re.compile(r"(?<=tvdb:)\d+")
_YEAR = re.compile(r"(?<=year:)\d{4}")
_UNAVAILABLE = "Unable to retrieve search results."


@dataclass(frozen=True, slots=True)
class Page:
    """A page of search results."""

    titles: Sequence[Title]
    number: int = 1
    pages: int = 1
    total: int = 0


_NOTHING_CAME = Page(())


@dataclass(frozen=True, slots=True)
class Tmdb:
    """The catalogue as TMDB, which may be down."""

    catalogue: Catalogue
    faults: Faults

    def details(self, kind: Kind, tmdb: float) -> Title:
        """Look a title up.

        Raises:
            RefusedError: TMDB has no such title or does not answer; its message is TMDB's.

        """
        title = self.catalogue.get(kind, int(tmdb)) if tmdb == int(tmdb) else None
        status = self.faults.tmdb_status if self.faults.tmdb_down else 404
        if self.faults.tmdb_down or title is None:
            what = "movie" if kind == "movie" else "TV show"
            reason = f"Request failed with status code {status}"
            raise RefusedError(500, f"[TMDB] Failed to fetch {what} details: {reason}")
        return title

    def search(self, query: str, page: int) -> Page:
        """Search by a prefix (``imdb:`` and others) or by words.

        With TMDB down, only the look-ups by ``imdb:`` and ``tvdb:`` say so; the others answer
        an empty page whose ``pages`` is 1, where a search that found nothing has 0.

        Raises:
            RefusedError: TMDB is down and the query is one of those that say so.

        """
        if match := _TMDB.search(query):
            return self._one_page(() if self._down else self.catalogue.by_tmdb(int(match[0])))
        if match := _IMDB.search(query):
            self._must_be_up()
            return self._one_page(self.catalogue.by_imdb(match[0]))
        if match := _TVDB.search(query):
            self._must_be_up()
            return self._one_page(self.catalogue.by_tvdb(int(match[0])))
        if match := _YEAR.search(query):
            words = query.replace(f"year:{match[0]}", "")
            found = () if self._down else self.catalogue.search(words, int(match[0]))
            return self._one_page(found[:PAGE_SIZE])
        return self._by_words(query, page)

    def _by_words(self, query: str, page: int) -> Page:
        if self._down or not 1 <= page <= _LAST_PAGE:
            return _NOTHING_CAME
        found = self.catalogue.search(query)
        first = (page - 1) * PAGE_SIZE
        pages = -(-len(found) // PAGE_SIZE)
        return Page(found[first : first + PAGE_SIZE], page, pages, len(found))

    @staticmethod
    def _one_page(titles: Sequence[Title]) -> Page:
        return Page(titles, total=len(titles))

    @property
    def _down(self) -> bool:
        return self.faults.tmdb_down

    def _must_be_up(self) -> None:
        if self._down:
            raise RefusedError(500, _UNAVAILABLE)


def _name(title: Title, language: str) -> str:
    """Any language but English gives the original title."""
    return title.title if language.startswith("en") else title.original_title


def result_view(title: Title, language: str) -> Json:
    """Show a search result."""
    name = _name(title, language)
    shared: Json = {
        "id": title.tmdb,
        "mediaType": title.kind,
        "genreIds": [number for number, _ in title.facts.genres],
        "originalLanguage": title.facts.language,
        "overview": f"About {title.title}.",
        "popularity": 10.5,
        "voteAverage": title.facts.rating,
        "voteCount": title.facts.votes,
        "backdropPath": None,
        "posterPath": None,
    }
    if title.kind == "movie":
        return shared | {
            "adult": False,
            "originalTitle": title.original_title,
            "releaseDate": title.date or "",
            "title": name,
            "video": False,
        }
    return shared | {
        "firstAirDate": title.date or "",
        "name": name,
        "originCountry": ["US"],
        "originalName": title.original_title,
    }


def details_view(title: Title, today: str, language: str) -> Json:
    """The details of a film or a show, as far as clients use them.

    ``today``: an ISO date; the last episode that aired is from a season begun until then.
    """
    shared: Json = {
        "id": title.tmdb,
        "genres": [{"id": number, "name": name} for number, name in title.facts.genres],
        "relatedVideos": [],
        "originalLanguage": title.facts.language,
        "popularity": 10.5,
        "productionCompanies": [],
        "productionCountries": [{"iso_3166_1": "US", "name": "United States of America"}],
        "status": title.status,
        "voteAverage": title.facts.rating,
        "voteCount": title.facts.votes,
        "backdropPath": None,
        "homepage": "",
        "overview": f"About {title.title}.",
        "posterPath": None,
        "tagline": "",
        "credits": {"cast": [], "crew": []},
        "keywords": [],
        "watchProviders": [],
    }
    name = _name(title, language)
    if title.kind == "movie":
        return shared | _film_details(title) | {"title": name}
    return shared | _show_details(title, today) | {"name": name}


def _film_details(title: Title) -> Json:
    social = {"facebookId": None, "instagramId": None, "twitterId": None}
    return {
        "adult": False,
        "budget": 0,
        "originalTitle": title.original_title,
        "releaseDate": title.date or "",
        "releases": {"results": []},
        "revenue": 0,
        "spokenLanguages": [{"english_name": "English", "iso_639_1": "en", "name": "English"}],
        "video": False,
        "imdbId": title.imdb,
        "runtime": 100,
        "externalIds": {**social, "imdbId": title.imdb},
    }


def _show_details(title: Title, today: str) -> Json:
    counted = [season for season in title.seasons if season.number > 0]
    begun = [one for one in counted if one.episodes and one.air_date and one.air_date <= today]
    nothing = ("facebookId", "freebaseId", "freebaseMid", "instagramId", "tvrageId", "twitterId")
    view: Json = {
        "createdBy": [],
        "episodeRunTime": [45],
        "firstAirDate": title.date or "",
        "inProduction": title.status != "Ended",
        "languages": ["en"],
        "lastAirDate": title.date or "",
        "networks": [],
        "numberOfEpisodes": sum(season.episodes for season in counted),
        "numberOfSeasons": len(counted),
        "originCountry": ["US"],
        "originalName": title.original_title,
        "contentRatings": {"results": []},
        "spokenLanguages": [{"englishName": "English", "iso_639_1": "en", "name": "English"}],
        "seasons": [season_view(title, season) for season in title.seasons],
        "type": "Scripted",
        "externalIds": dict.fromkeys(nothing) | {"imdbId": title.imdb, "tvdbId": title.tvdb},
    }
    if begun:
        view["lastEpisodeToAir"] = episode_view(title, begun[-1], begun[-1].episodes)
    return view


def season_view(title: Title, season: Season) -> Json:
    """Show a season as the details of its show list it."""
    return {
        "airDate": season.air_date,
        "episodeCount": season.episodes,
        "id": title.tmdb * 100 + season.number,
        "name": f"Season {season.number}" if season.number else "Specials",
        "overview": "",
        "seasonNumber": season.number,
        "posterPath": None,
    }


def episode_view(title: Title, season: Season, number: int) -> Json:
    """Show an episode."""
    return {
        "id": (title.tmdb * 100 + season.number) * 100 + number,
        "airDate": season.air_date,
        "episodeNumber": number,
        "name": f"Episode {number}",
        "overview": "",
        "productionCode": "",
        "seasonNumber": season.number,
        "showId": title.tmdb,
        "voteAverage": 7,
        "voteCount": 3,
        "stillPath": None,
    }
