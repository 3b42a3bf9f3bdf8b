"""The answers about films and shows: search, details, seasons."""

from __future__ import annotations

from typing import Any

from examples.sandbox.titles import Kind, Title

from . import tvdb
from .answers import Answer, RefusedError
from .backend import Arguments, Backend
from .tmdb import details_view, episode_view, result_view, season_view

Json = dict[str, Any]


def search(backend: Backend, arguments: Arguments) -> Answer:
    """Search. A result has ``mediaInfo`` if the server has a row for it."""
    number = int(float(arguments.query.get("page", 1)))
    page = backend.tmdb.search(arguments.query["query"], number)
    language = _language(backend, arguments)
    return Answer(
        200,
        {
            "page": page.number,
            "totalPages": page.pages,
            "totalResults": page.total,
            "results": [_result(backend, title, language) for title in page.titles],
        },
    )


def _language(backend: Backend, arguments: Arguments) -> str:
    """The language in the call, otherwise that of the server."""
    return arguments.query.get("language", backend.locale)


def _result(backend: Backend, title: Title, language: str) -> Json:
    view = result_view(title, language)
    with backend.state.lock:
        media = backend.state.media_of(title.kind, title.tmdb)
        if media is None:
            return view
        if backend.dialect.has_media_server_type:
            return view | {"mediaInfo": backend.views.media(media) | {"watchlists": []}}
        return view | {"mediaInfo": backend.views.media(media, seasons=True)}


def show_movie(backend: Backend, arguments: Arguments) -> Answer:
    """Show a film; an unknown and an unavailable one get the same answer."""
    return _show(backend, "movie", arguments.params["movieId"], _language(backend, arguments))


def show_tv(backend: Backend, arguments: Arguments) -> Answer:
    """Show a show; an unknown and an unavailable one get the same answer."""
    return _show(backend, "tv", arguments.params["tvId"], _language(backend, arguments))


def _show(backend: Backend, kind: Kind, number: str, language: str) -> Answer:
    title = _title(backend, kind, number)
    view = details_view(title, f"{backend.state.now():%Y-%m-%d}", language)
    if kind == "tv" and _by_tvdb(backend, title) and not backend.faults.tvdb_down:
        view["seasons"] = tvdb.seasons_view(title)
    if backend.dialect.has_media_server_type:
        view["onUserWatchlist"] = False
    with backend.state.lock:
        if media := backend.state.media_of(kind, title.tmdb):
            view["mediaInfo"] = backend.views.media_info(media)
    return Answer(200, view)


def _title(backend: Backend, kind: Kind, number: str) -> Title:
    try:
        return backend.tmdb.details(kind, float(number))
    except RefusedError:
        what = "movie" if kind == "movie" else "series"
        raise RefusedError(500, f"Unable to retrieve {what}.") from None


def _by_tvdb(backend: Backend, title: Title) -> bool:
    return backend.state.metadata["tv"] == "tvdb" and title.tvdb is not None


def show_season(backend: Backend, arguments: Arguments) -> Answer:
    """Show a season with its episodes."""
    title = _title(backend, "tv", arguments.params["tvId"])
    number = float(arguments.params["seasonNumber"])
    season = next((row for row in title.seasons if row.number == number), None)
    by_tvdb = _by_tvdb(backend, title)
    if by_tvdb and not backend.faults.tvdb_down:
        return Answer(200, tvdb.season_view(title, season))
    if season is None or by_tvdb:
        raise RefusedError(500, "Unable to retrieve season.")
    ids: Json = {"freebaseId": None, "freebaseMid": None, "tvrageId": None}
    ids["tvdbId"] = title.tmdb * 100 + season.number
    episodes = [episode_view(title, season, episode + 1) for episode in range(season.episodes)]
    view = season_view(title, season) | {"externalIds": ids, "episodes": episodes}
    del view["episodeCount"]
    return Answer(200, view)


def show_metadata(backend: Backend, _: Arguments) -> Answer:
    """Show the metadata providers."""
    return Answer(200, dict(backend.state.metadata))


def choose_metadata(backend: Backend, arguments: Arguments) -> Answer:
    """Choose the metadata providers; the server logs in there first."""
    chosen = {name: arguments.body[name] for name in ("tv", "anime")}
    with backend.state.lock:
        backend.state.metadata |= chosen
    tests = {name: "ok" if name in chosen.values() else "not tested" for name in ("tvdb", "tmdb")}
    return Answer(200, {"success": True, **chosen, "tests": tests})
