"""Rows as the JSON that the servers show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .dialect import Dialect
from .state import Blocked, Media, Request, State, User

Json = dict[str, Any]
OPTIONS = ("serverId", "profileId", "rootFolder", "languageProfileId", "tags")
_SEEN_SINCE = "2026-01-01T00:00:00.000Z"


def stamp(moment: datetime) -> str:
    """A time as the servers write it: UTC, milliseconds, Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass(frozen=True, slots=True)
class Views:
    """Rows to JSON in one dialect."""

    dialect: Dialect
    state: State

    def user(self, user: User, *, settings: bool = False, private: bool = True) -> Json:
        """An account; ``private`` adds the fields for users who manage users."""
        view: Json = {
            "permissions": int(user.permissions),
            "id": user.id,
            "plexUsername": None,
            "username": user.name,
            "recoveryLinkExpirationDate": None,
            "userType": 2,
            "avatar": "/os_avatar.png" if self.dialect.has_media_server_type else "/os.png",
            "movieQuotaLimit": user.movie_limit,
            "movieQuotaDays": user.movie_days,
            "tvQuotaLimit": user.tv_limit,
            "tvQuotaDays": user.tv_days,
            "createdAt": _SEEN_SINCE,
            "updatedAt": _SEEN_SINCE,
            "requestCount": self.state.request_counts[user.id],
            "displayName": user.name,
        }
        if self.dialect.has_media_server_type:
            view |= {
                "warnings": [],
                "jellyfinUsername": None,
                "jellyfinUserId": None,
                "avatarETag": None,
                "avatarVersion": None,
            }
        if private:
            view |= {"email": f"{user.name}@test.local", "plexId": None}
        if settings:
            view["settings"] = None
        return view

    def media(self, media: Media, *, seasons: bool = False) -> Json:
        """Show a media row."""
        created, updated = stamp(media.created), stamp(media.updated)
        view: Json = {
            "downloadStatus": [],
            "downloadStatus4k": [],
            "id": media.id,
            "mediaType": media.kind,
            "tmdbId": media.tmdb,
            "tvdbId": media.tvdb,
            "imdbId": None,
            "status": int(media.status),
            "status4k": int(media.status4k),
            "createdAt": created,
            "updatedAt": updated,
            "lastSeasonChange": created,
            "mediaAddedAt": created if self.dialect.has_media_server_type else None,
            "serviceId": media.service_id,
            "serviceId4k": None,
            "externalServiceId": None,
            "externalServiceId4k": None,
            "externalServiceSlug": None,
            "externalServiceSlug4k": None,
            "ratingKey": None,
            "ratingKey4k": None,
        }
        if self.dialect.has_media_server_type:
            view |= {"jellyfinMediaId": None, "jellyfinMediaId4k": None}
        if seasons:
            view["seasons"] = self._media_seasons(media)
        return view

    @staticmethod
    def _media_seasons(media: Media) -> list[Json]:
        return [
            {
                "id": season.id,
                "seasonNumber": season.number,
                "status": int(season.status),
                "status4k": int(season.status4k),
                "createdAt": stamp(season.created),
                "updatedAt": stamp(season.created),
            }
            for season in media.seasons
        ]

    def media_with_requests(self, media: Media) -> Json:
        """A media row with seasons and requests, as in the answer to a new request."""
        requests = [self.nested_request(row) for row in self.state.requests_of(media)]
        return {**self.media(media, seasons=True), "requests": requests}

    def media_info(self, media: Media) -> Json:
        """Show a media row as the details of a film or show carry it."""
        return {**self.media_with_requests(media), "issues": []}

    def request_seasons(self, request: Request) -> list[Json]:
        """Show the seasons of a request."""
        return [
            {
                "id": season.id,
                "seasonNumber": season.number,
                "status": int(season.status),
                "createdAt": stamp(season.created),
                "updatedAt": stamp(season.created),
            }
            for season in request.seasons
        ]

    def nested_request(self, request: Request) -> Json:
        """Show a request as it stands inside its media."""
        return self._request(request, settings=False, media_seasons=False)

    def request(self, request: Request) -> Json:
        """Show a request on its own."""
        return self._request(request, settings=True, media_seasons=True)

    def request_row(self, request: Request, *, manager: bool) -> Json:
        """A request as a row of the list; only managers see ``canRemove``."""
        view = self.nested_request(request)
        if self.dialect.has_media_server_type and manager:
            view["canRemove"] = request.media.service_id is not None
        return view

    def _request(self, request: Request, *, settings: bool, media_seasons: bool) -> Json:
        modified_by = request.modified_by
        return {
            "id": request.id,
            "status": int(request.status),
            "createdAt": stamp(request.created),
            "updatedAt": stamp(request.updated),
            "type": request.media.kind,
            "is4k": request.is4k,
            **{name: request.options.get(name) for name in OPTIONS},
            "isAutoRequest": request.is_auto,
            **({"ignoreQuota": request.ignores_quota} if self.dialect.ignores_quota else {}),
            "media": None if request.detached else self.media(request.media, seasons=media_seasons),
            "requestedBy": self.user(request.requested_by, settings=settings),
            "modifiedBy": modified_by and self.user(modified_by, settings=settings),
            "seasons": self.request_seasons(request),
            "seasonCount": len(request.seasons),
        }

    def blocked(self, entry: Blocked) -> Json:
        """Show a blocklist entry."""
        word = "blocklistedTags" if self.dialect.flavour == "seerr" else "blacklistedTags"
        return {
            "id": entry.id,
            "mediaType": entry.kind,
            "title": entry.title,
            "tmdbId": entry.tmdb,
            word: entry.tags,
            "createdAt": stamp(entry.created),
            "user": self.user(entry.user),
        }
