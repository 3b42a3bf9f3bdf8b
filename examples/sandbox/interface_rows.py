"""Titles in the formats of the list sites' APIs, one for each site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape
from zlib import crc32

from examples.sandbox.catalogue import Title
from examples.sandbox.sites_lists import row_of

Row = dict[str, Any]

_WORDS = {"movie": "movie", "tv": "show"}
_FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"
 version="2.0"><channel><title>Anna's Watchlist</title><link>https://watch.plex.tv</link>{}
{}</channel></rss>"""
_POSTER = (
    '<li class="posteritem"><div class="react-component" data-component-class="LazyPoster"'
    ' data-item-slug="{slug}" data-item-link="/film/{slug}/" data-item-name="{name}"></div></li>'
)
_POSTERS = (
    '<!doctype html><html lang="en"><head><title>A list</title><meta name="description"'
    ' content="A list of {total:,} films compiled on Letterboxd."></head><body><ul>{rows}</ul>'
    "</body></html>"
)


def mdblist(title: Title, rank: int) -> Row:
    """A row of MDBList, with the title's TMDB id as its number."""
    return {
        "id": title.tmdb,
        "rank": rank,
        "adult": 0,
        "title": title.title,
        "imdb_id": title.imdb,
        "tvdb_id": title.tvdb,
        "language": title.facts.language,
        "mediatype": _WORDS[title.kind],
        "release_year": row_of(title).year,
        "spoken_language": title.facts.language,
    }


def tmdb(title: Title) -> Row:
    """A row of TMDB; films and shows have different field names."""
    film = title.kind == "movie"
    names = ("title", "original_title", "release_date")
    name, original, date = names if film else ("name", "original_name", "first_air_date")
    return {
        "adult": False,
        "backdrop_path": f"/{crc32(title.title.encode()):08x}.jpg",
        "genre_ids": [number for number, _ in title.facts.genres],
        "id": title.tmdb,
        "media_type": title.kind,
        "original_language": title.facts.language,
        "overview": f"What happens in {title.title}.",
        "popularity": 12.5,
        "poster_path": f"/{crc32(title.original_title.encode()):08x}.jpg",
        "vote_average": title.facts.rating,
        "vote_count": title.facts.votes,
        name: title.title,
        original: title.original_title,
        date: title.date or "",
    } | ({"video": False} if film else {"origin_country": ["US"]})


def anilist(title: Title) -> Row:
    """A title of AniList, without ids of other sites, and with a score up to 100."""
    return {
        "id": 100_000 + title.tmdb,
        "format": "MOVIE" if title.kind == "movie" else "TV",
        "title": {"english": title.title, "romaji": title.original_title, "native": None},
        "startDate": {"year": row_of(title).year},
        "genres": [name for _, name in title.facts.genres],
        "averageScore": round(title.facts.rating * 10) or None,
    }


def simkl(title: Title) -> Row:
    """An entry of a user's list at Simkl, with ids as text."""
    word = _WORDS[title.kind]
    ids = {"simkl": 50_000 + title.tmdb, "slug": "a-title", "imdb": title.imdb}
    ids |= {"tmdb": str(title.tmdb)} | ({"tvdb": str(title.tvdb)} if title.tvdb else {})
    part = {"title": title.title, "poster": None, "year": row_of(title).year, "ids": ids}
    dates = {"added_to_watchlist_at": "2026-05-04T20:15:00Z", "last_watched_at": None}
    return {**dates, "user_rating": None, "status": "plantowatch", word: part}


def tvdb_entity(title: Title, order: int) -> Row:
    """An entry of a list at TVDB: a number without a title."""
    ids: Row = {"order": order, "seriesId": None, "movieId": None}
    return ids | ({"seriesId": title.tvdb} if title.kind == "tv" else {"movieId": tvdb_film(title)})


def tvdb_film(title: Title) -> int:
    """The number of a film at TVDB."""
    return 300_000 + title.tmdb


def tvdb_details(title: Title) -> Row:
    """The details of a film at TVDB."""
    remote = [
        {"id": title.imdb, "type": 2, "sourceName": "IMDB"},
        {"id": str(title.tmdb), "type": 12, "sourceName": "TheMovieDB.com"},
    ]
    about = {"id": tvdb_film(title), "name": title.title, "year": str(title.year or "")}
    return {**about, "remoteIds": remote}


def importable(title: Title) -> Row:
    """An object of a list that Radarr and Sonarr import."""
    ids = {"imdb_id": title.imdb, "tmdb_id": title.tmdb, "tvdb_id": title.tvdb}
    return {"title": title.title, "year": row_of(title).year, "type": _WORDS[title.kind], **ids}


def stevenlu(title: Title) -> Row:
    """A film of StevenLu's, without a year."""
    poster = f"https://image.tmdb.org/t/p/w500/{crc32(title.title.encode()):08x}.jpg"
    named = {"title": title.title, "imdb_id": title.imdb, "tmdb_id": title.tmdb}
    return {
        **named,
        "poster_url": poster,
        "genres": [name.lower() for _, name in title.facts.genres],
    }


def feed(titles: Iterable[Title], onward: str = "") -> str:
    """The feed of a watchlist, as at Plex. ``onward``: the address of the next page."""
    link = f'<atom:link rel="next" href="{escape(onward)}"/>' if onward else ""
    return _FEED.format(link, "".join(map(_entry, titles)))


def _entry(title: Title) -> str:
    kind, year = _WORDS[title.kind], row_of(title).year
    name = escape(f"{title.title} ({year})" if year else title.title)
    guid = f"imdb://{title.imdb}" if title.kind == "movie" else f"tvdb://{title.tvdb}"
    credits_ = "".join(f'<media:credit role="actor">Actor {n}</media:credit>' for n in range(4))
    return (
        f"<item><title>{name}</title><pubDate>Mon, 04 May 2026 20:15:00 GMT</pubDate>"
        f'<link>https://watch.plex.tv/{kind}/a-title</link><guid isPermaLink="false">{guid}</guid>'
        f"<description>What happens in {name}.</description><category>{kind}</category>{credits_}"
        '<media:rating scheme="urn:mpaa">R</media:rating></item>'
    )


def feed_as_json(titles: Iterable[Title], itself: str, onward: str = "") -> Row:
    """The same feed as JSON, in which each entry has all ids of its title."""
    links = {"self": itself} | ({"next": onward} if onward else {})
    return {"title": "Plex Watchlist", "links": links, "items": [*map(_json_entry, titles)]}


def _json_entry(title: Title) -> Row:
    year = row_of(title).year
    ids = {"imdb": title.imdb, "tmdb": title.tmdb, "tvdb": title.tvdb}
    return {
        "title": f"{title.title} ({year})" if year else title.title,
        "pubDate": "Mon, 04 May 2026 20:15:00 GMT",
        "guids": [f"{site}://{number}" for site, number in ids.items() if number],
        "category": _WORDS[title.kind],
    }


def posters(films: Iterable[Title], total: int) -> str:
    """A page of a list at Letterboxd."""
    quotes = {'"': "&quot;"}
    rows = (
        _POSTER.format(slug="a-film", name=escape(f"{film.title} ({film.year})", quotes))
        for film in films
    )
    return _POSTERS.format(total=total, rows="".join(rows))
