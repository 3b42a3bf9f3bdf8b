"""The answers about the server, its users and its services."""

from __future__ import annotations

from typing import Any

from .answers import Answer, RefusedError, SilenceError
from .backend import Arguments, Backend
from .dialect import Dialect
from .listing import page_of
from .numbers import Permission
from .quota import quota_of
from .requesting import no_such_user
from .state import User

Json = dict[str, Any]


def _number(arguments: Arguments, name: str) -> int:
    return int(float(arguments.params[name]))


def status(backend: Backend, _: Arguments) -> Answer:
    """Show the version; needs no key, so it does not prove that a key is valid."""
    return Answer(
        200,
        {
            "version": backend.dialect.version,
            "commitTag": "local",
            "updateAvailable": False,
            "commitsBehind": 0,
            "restartRequired": False,
        },
    )


def public_settings(backend: Backend, _: Arguments) -> Answer:
    """Show the settings for the log-in page; Overseerr has no ``mediaServerType``."""
    shared = {
        "initialized": True,
        "applicationTitle": backend.dialect.flavour.capitalize(),
        "applicationUrl": "",
        "hideAvailable": False,
        "localLogin": True,
        "movie4kEnabled": backend.services.has_4k("radarr"),
        "series4kEnabled": backend.services.has_4k("sonarr"),
        "originalLanguage": "",
        "partialRequestsEnabled": True,
        "cacheImages": False,
        "vapidPublic": "sandbox",
        "enablePushRegistration": False,
        "locale": backend.locale,
        "emailEnabled": False,
        "newPlexLogin": True,
    }
    return Answer(200, shared | _flavoured_settings(backend.dialect))


def _flavoured_settings(dialect: Dialect) -> Json:
    if not dialect.has_media_server_type:
        return {"region": ""}
    regions = {"discoverRegion": "", "streamingRegion": ""}
    return {
        f"hide{dialect.blocklist_word.capitalize()}": False,
        "mediaServerLogin": True,
        "jellyfinExternalHost": "",
        "jellyfinForgotPasswordUrl": "",
        **(regions if dialect.sorts_both_ways else {"region": ""}),
        "mediaServerType": 4,
        "enableSpecialEpisodes": False,
        "userEmailRequired": False,
        "youtubeUrl": "",
    }


def me(backend: Backend, arguments: Arguments) -> Answer:
    """Show the acting user."""
    return Answer(200, backend.views.user(arguments.user, settings=True))


def list_users(backend: Backend, arguments: Arguments) -> Answer:
    """List the users, for everybody, but without email addresses."""
    private = arguments.user.may(Permission.MANAGE_USERS)

    def view(user: User) -> Json:
        return backend.views.user(user, private=private)

    return Answer(200, page_of(list(backend.state.users.values()), arguments.query, 10, view))


def show_user(backend: Backend, arguments: Arguments) -> Answer:
    """Show a user."""
    user = backend.state.users.get(_number(arguments, "userId"))
    if user is None:
        raise RefusedError(404, "User not found.")
    private = arguments.user.may(Permission.MANAGE_USERS)
    return Answer(200, backend.views.user(user, settings=True, private=private))


def show_quota(backend: Backend, arguments: Arguments) -> Answer:
    """Show what a user may still request."""
    number = _number(arguments, "userId")
    if number != arguments.user.id and not arguments.user.may(Permission.MANAGE_USERS):
        raise RefusedError(403, "You do not have permission to view this user's request limits.")
    user = backend.state.users.get(number)
    if user is None:
        raise RefusedError(404, no_such_user(number))
    with backend.state.lock:
        movie = quota_of(backend.state, user, "movie").as_json()
        tv = quota_of(backend.state, user, "tv").as_json()
    return Answer(200, {"movie": movie, "tv": tv})


def list_user_requests(backend: Backend, arguments: Arguments) -> Answer:
    """List the requests of one user."""
    number = _number(arguments, "userId")
    with backend.state.lock:
        rows = [row for row in backend.state.listed_requests() if row.requested_by.id == number]
        rows.reverse()
        return Answer(200, page_of(rows, arguments.query, 20, backend.views.nested_request))


def watchlist(_: Backend, __: Arguments) -> Answer:
    """Show a watchlist, which is always empty in the sandbox."""
    return Answer(200, {"page": 1, "totalPages": 1, "totalResults": 0, "results": []})


def list_services(backend: Backend, arguments: Arguments) -> Answer:
    """List the configured Radarr or Sonarr servers."""
    servers = backend.services.of(arguments.params["kind"])
    return Answer(200, [server.as_json() for server in servers])


def show_service(backend: Backend, arguments: Arguments) -> Answer:
    """Show a Radarr or Sonarr server, asking it for its profiles.

    Raises:
        SilenceError: a Radarr can't be reached; the media server then never answers.
        RefusedError: a Sonarr can't.

    """
    kind, number = arguments.params["kind"], _number(arguments, "serviceId")
    server = next((row for row in backend.services.of(kind) if row.id == number), None)
    if server is None:
        message = f"{kind.capitalize()} server with provided ID does not exist."
        raise RefusedError(404, message)
    if backend.services.is_down(kind):
        if kind == "sonarr":
            raise RefusedError(500, "connect ECONNREFUSED")
        raise SilenceError
    return Answer(200, server.offers())
