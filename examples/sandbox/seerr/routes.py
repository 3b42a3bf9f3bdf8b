"""The paths of a server, with their methods, parameters and permissions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import catalogue_calls, request_calls, user_calls
from .answers import Answer
from .backend import Arguments, Backend
from .dialect import Dialect
from .numbers import Permission
from .validation import BOOLEAN, NUMBER, SEASONS, STRING, Field

PAGING = {"take": NUMBER, "skip": NUMBER}
_KIND = Field(enum=("movie", "tv"), required=True)
_REQUEST_OPTIONS = {
    "is4k": BOOLEAN,
    "serverId": NUMBER,
    "profileId": NUMBER,
    "rootFolder": STRING,
    "languageProfileId": NUMBER,
    "userId": Field("number", nullable=True),
}
_NEW_REQUEST = {
    "mediaType": _KIND,
    "mediaId": Field("number", required=True),
    "tvdbId": NUMBER,
    "seasons": SEASONS,
    **_REQUEST_OPTIONS,
}
_CHANGED_REQUEST = {"mediaType": _KIND, **_REQUEST_OPTIONS}
_BLOCKED = {"tmdbId": NUMBER, "title": STRING, "mediaType": Field(enum=("movie", "tv"))}
_MANAGER = (Permission.MANAGE_REQUESTS,)
_BLOCKER = (Permission.MANAGE_BLOCKLIST,)
_BLOCKLIST_READER = (Permission.MANAGE_BLOCKLIST, Permission.VIEW_BLOCKLIST)


@dataclass(frozen=True, slots=True)
class MatchMethod:
    """One method of one path, and the function that answers it."""

    method: str
    template: str
    handler: Callable[[Backend, Arguments], Answer]
    query: Mapping[str, Field] = field(default_factory=dict)
    params: Mapping[str, Field] = field(default_factory=dict)
    body: Mapping[str, Field] | None = None
    body_required: bool = True
    rights: tuple[Permission, ...] = ()
    """One of these is needed; none are named: any user will do."""
    public: bool = False
    """No key is needed."""
    deprecated: bool = False
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Turn the template into a pattern."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template)
        object.__setattr__(self, "pattern", re.compile(pattern))


def routes_of(dialect: Dialect) -> tuple[MatchMethod, ...]:
    """All routes of a dialect; the first match counts."""
    return (
        *_account_routes(dialect),
        *_catalogue_routes(dialect),
        *_request_routes(dialect),
        *_media_routes(dialect),
        *(route for path in dialect.blocklist_paths for route in _blocklist_routes(dialect, path)),
    )


def _account_routes(dialect: Dialect) -> tuple[MatchMethod, ...]:
    users: dict[str, Any] = PAGING | {
        "sort": Field(enum=("created", "updated", "requests", "displayname"))
    }
    if dialect.flavour == "seerr":
        users |= {"q": STRING, "includeIds": STRING}
    user_id = {"userId": NUMBER}
    service = {"kind": Field(enum=("radarr", "sonarr")), "serviceId": NUMBER}
    return (
        MatchMethod("GET", "/status", user_calls.status, public=True),
        MatchMethod("GET", "/settings/public", user_calls.public_settings, public=True),
        MatchMethod("GET", "/auth/me", user_calls.me),
        MatchMethod("GET", "/user", user_calls.list_users, users),
        MatchMethod("GET", "/user/{userId}", user_calls.show_user, params=user_id),
        MatchMethod("GET", "/user/{userId}/quota", user_calls.show_quota, params=user_id),
        MatchMethod(
            "GET", "/user/{userId}/requests", user_calls.list_user_requests, PAGING, user_id
        ),
        MatchMethod(
            "GET", "/user/{userId}/watchlist", user_calls.watchlist, {"page": NUMBER}, user_id
        ),
        MatchMethod("GET", "/discover/watchlist", user_calls.watchlist, {"page": NUMBER}),
        MatchMethod("GET", "/service/(?P<kind>radarr|sonarr)", user_calls.list_services),
        MatchMethod(
            "GET",
            "/service/(?P<kind>radarr|sonarr)/{serviceId}",
            user_calls.show_service,
            {},
            service,
        ),
    )


def _catalogue_routes(dialect: Dialect) -> tuple[MatchMethod, ...]:
    language = {"language": STRING}
    search = {"query": Field(required=True), "page": NUMBER, **language}
    season = {"tvId": NUMBER, "seasonNumber": NUMBER}
    return (
        MatchMethod("GET", "/search", catalogue_calls.search, search),
        MatchMethod(
            "GET", "/movie/{movieId}", catalogue_calls.show_movie, language, {"movieId": NUMBER}
        ),
        MatchMethod("GET", "/tv/{tvId}", catalogue_calls.show_tv, language, {"tvId": NUMBER}),
        MatchMethod(
            "GET", "/tv/{tvId}/season/{seasonNumber}", catalogue_calls.show_season, language, season
        ),
        *(_metadata_routes() if dialect.flavour == "seerr" else ()),
    )


def _metadata_routes() -> tuple[MatchMethod, ...]:
    path, provider = "/settings/metadatas", Field(enum=("tvdb", "tmdb"))
    body = {"tv": provider, "anime": provider}
    admin = (Permission.ADMIN,)
    return (
        MatchMethod("GET", path, catalogue_calls.show_metadata, rights=admin),
        MatchMethod("PUT", path, catalogue_calls.choose_metadata, body=body, rights=admin),
    )


def _request_routes(dialect: Dialect) -> tuple[MatchMethod, ...]:
    listed: dict[str, Field] = PAGING | {
        "filter": Field(enum=dialect.request_filters),
        "sort": Field(enum=("added", "modified")),
        "requestedBy": NUMBER,
    }
    if dialect.sorts_both_ways:
        listed["sortDirection"] = Field(enum=("asc", "desc"))
    if dialect.completes:
        listed["mediaType"] = Field(enum=("movie", "tv", "all"))
    new = _NEW_REQUEST | ({"ignoreQuota": BOOLEAN} if dialect.ignores_quota else {})
    decision = {"status": Field(enum=("approve", "decline"))}
    one = "/request/{requestId}"
    return (
        MatchMethod("GET", "/request", request_calls.list_requests, listed),
        MatchMethod("POST", "/request", request_calls.create_request, body=new),
        MatchMethod("GET", "/request/count", request_calls.count_all),
        MatchMethod("GET", one, request_calls.show_request),
        MatchMethod("PUT", one, request_calls.edit_request, body=_CHANGED_REQUEST),
        MatchMethod("DELETE", one, request_calls.delete_request),
        MatchMethod("POST", f"{one}/retry", request_calls.retry_request, rights=_MANAGER),
        MatchMethod(
            "POST", f"{one}/{{status}}", request_calls.decide_request, {}, decision, rights=_MANAGER
        ),
    )


def _media_routes(dialect: Dialect) -> tuple[MatchMethod, ...]:
    listed = PAGING | {
        "filter": Field(enum=dialect.media_filters),
        "sort": Field(enum=("added", "modified", "mediaAdded")),
    }
    mark = {"status": Field(enum=dialect.media_marks)}
    return (
        MatchMethod("GET", "/media", request_calls.list_media, listed),
        MatchMethod("DELETE", "/media/{mediaId}", request_calls.delete_media, rights=_MANAGER),
        MatchMethod(
            "POST",
            "/media/{mediaId}/{status}",
            request_calls.mark_media,
            params=mark,
            body={"is4k": BOOLEAN},
            body_required=False,
            rights=_MANAGER,
        ),
    )


def _blocklist_routes(dialect: Dialect, path: str) -> tuple[MatchMethod, ...]:
    tags = "blocklistedTags" if dialect.flavour == "seerr" else "blacklistedTags"
    listed = PAGING | {"search": STRING, "filter": Field(enum=("all", "manual", tags))}
    old = path == "blacklist" and dialect.flavour == "seerr"
    every, one = f"/{path}", f"/{path}/{{tmdbId}}"
    by = {"mediaType": _KIND} if dialect.blocks_by_kind else {}
    return (
        MatchMethod(
            "GET",
            every,
            request_calls.list_blocked,
            listed,
            rights=_BLOCKLIST_READER,
            deprecated=old,
        ),
        MatchMethod(
            "POST", every, request_calls.block, body=_BLOCKED, rights=_BLOCKER, deprecated=old
        ),
        MatchMethod(
            "GET", one, request_calls.show_blocked, by, rights=_BLOCKLIST_READER, deprecated=old
        ),
        MatchMethod("DELETE", one, request_calls.unblock, by, rights=_BLOCKER, deprecated=old),
    )
