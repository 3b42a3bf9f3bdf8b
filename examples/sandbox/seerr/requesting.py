"""What a server does when a title is requested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from examples.sandbox.titles import Kind, Title

from .answers import DisconnectError, RefusedError
from .deciding import Deciding
from .dialect import Dialect
from .faults import Faults
from .numbers import MediaStatus, Permission, RequestStatus
from .quota import Quota, quota_of
from .state import Media, Request, RequestSeason, State, UniqueViolationError, User
from .tmdb import Tmdb
from .views import OPTIONS, Views

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """A validated ``POST /request``: its body, the requester, and the sender."""

    body: Json
    user: User
    caller: User

    @property
    def kind(self) -> Kind:
        """Film or show."""
        kind: Kind = self.body["mediaType"]
        return kind

    @property
    def is4k(self) -> bool:
        """The stored value; False for a body without ``is4k``."""
        return bool(self.body.get("is4k"))

    @property
    def ignores_quota(self) -> bool:
        """Whether it counts for no quota, on servers that support that."""
        return bool(self.body.get("ignoreQuota"))

    @property
    def options(self) -> Json:
        """The Radarr or Sonarr options; a film has no language profile."""
        known = OPTIONS if self.kind == "tv" else [n for n in OPTIONS if n != "languageProfileId"]
        return {name: self.body[name] for name in known if name in self.body}


@dataclass(frozen=True, slots=True)
class Requesting:
    """The rules for new requests."""

    state: State
    dialect: Dialect
    tmdb: Tmdb
    faults: Faults
    deciding: Deciding
    views: Views

    def create(self, body: Json, caller: User) -> Json:
        """Make a request like the server: check, then insert, without a lock in between.

        Real servers have this gap: simultaneous requests for one new title are all stored.

        Raises:
            RefusedError: every outcome but 201, ``202 No seasons available`` included.

        """
        wish = Wish(body, self._on_behalf_of(body, caller), caller)
        with self.state.lock:
            _check_rights(wish)
            quota = self._quota_for(wish)
            if quota.restricted:
                raise _quota_exceeded(wish.kind)
        title = self.tmdb.details(wish.kind, body["mediaId"])
        with self.state.lock:
            media = self.state.media_of(wish.kind, title.tmdb)
            if media and media.status == MediaStatus.BLOCKLISTED:
                raise RefusedError(403, f"This media is {self.dialect.blocklist_word}.")
            seasons = self._check_duplicates(wish, title, media)
        if quota.limit and len(seasons) > quota.remaining:
            raise _quota_exceeded(wish.kind)
        self.faults.meet()
        with self.state.lock:
            return self._insert(wish, title, media, seasons)

    def _quota_for(self, wish: Wish) -> Quota:
        """The remaining quota; a manager may make a request that does not count."""
        if not (self.dialect.ignores_quota and wish.ignores_quota):
            return quota_of(self.state, wish.user, wish.kind)
        if not wish.caller.may(Permission.MANAGE_REQUESTS):
            raise RefusedError(403, "You do not have permission to bypass user quota limits.")
        return Quota(0, None, 0)

    def _on_behalf_of(self, body: Json, caller: User) -> User:
        if body.get("userId") is None:
            return caller
        managers = (Permission.MANAGE_USERS, Permission.MANAGE_REQUESTS)
        if not all(caller.may(right) for right in managers):
            raise RefusedError(403, "You do not have permission to modify the request user.")
        if body["userId"] not in self.state.users:
            raise RefusedError(500, no_such_user(body["userId"]))
        return self.state.users[body["userId"]]

    def _check_duplicates(self, wish: Wish, title: Title, media: Media | None) -> list[int]:
        """The seasons that can be requested; for a film, whether it can be requested.

        Without ``is4k`` in the body, no stored request matches, so nothing counts as requested.
        """
        alike = [
            request
            for request in self.state.requests_for(title.kind, title.tmdb)
            if request.is4k is wish.body.get("is4k")
        ]
        if title.kind == "movie" and alike and alike[0].status not in self._closed:
            raise RefusedError(409, "Request for this media already exists.")
        if any(request.is_auto and request.requested_by == wish.user for request in alike):
            raise RefusedError(409, "Auto-request for this media and user already exists.")
        if title.kind == "movie":
            return []
        left = self._wanted_seasons(wish, title) - self._covered_seasons(wish, media, alike)
        if not left:
            raise RefusedError(202, "No seasons available to request")
        return sorted(left)

    @property
    def _closed(self) -> set[int]:
        return {RequestStatus.DECLINED, RequestStatus.COMPLETED}

    def _wanted_seasons(self, wish: Wish, title: Title) -> set[int]:
        if "seasons" not in wish.body:
            raise RefusedError(500, "Cannot read properties of undefined (reading 'filter')")
        if wish.body["seasons"] == "all":
            first = 0 if self.dialect.specials_in_all else 1
            return {season.number for season in title.seasons if season.number >= first}
        first = 0 if self.dialect.specials_requestable else 1
        return {number for number in wish.body["seasons"] if number >= first}

    def _covered_seasons(
        self, wish: Wish, media: Media | None, alike: Sequence[Request]
    ) -> set[int]:
        asked = {
            season.number
            for request in alike
            if request.status not in self._closed
            for season in request.seasons
        }
        there = {
            season.number
            for season in (media.seasons if media else ())
            if (season.status4k if wish.is4k else season.status)
            not in {MediaStatus.UNKNOWN, MediaStatus.DELETED}
        }
        return asked | there

    def _insert(self, wish: Wish, title: Title, media: Media | None, seasons: list[int]) -> Json:
        if media is None:
            media = self._new_media(title, wish)
            media_view = self.views.media(media)
        else:
            media_view = self._known_media(media, is4k=wish.is4k)
        if self.faults.take("drop_between_saves"):
            raise DisconnectError
        request = self._new_request(wish, media, seasons)
        answer = self._created_view(request, media_view)
        self.state.add_request(request)
        if request.status == RequestStatus.APPROVED:
            self.deciding.send(request, answer)
        if self.faults.take("roll_back"):
            self.state.remove_request(request)
        elif self._is_approved_film(request) and self.faults.take("detach"):
            self.state.detach_request(request)
        return answer

    @staticmethod
    def _is_approved_film(request: Request) -> bool:
        return request.media.kind == "movie" and request.status == RequestStatus.APPROVED

    def _new_media(self, title: Title, wish: Wish) -> Media:
        try:
            media = self.state.add_media(
                title.kind, title.tmdb, title.tvdb or wish.body.get("tvdbId")
            )
        except UniqueViolationError:
            sqlite = "SQLITE_CONSTRAINT: UNIQUE constraint failed: media.tvdbId"
            constraint = "UQ_41a289eb1fa489c1bc6f38d9c3c"
            postgresql = f'duplicate key value violates unique constraint "{constraint}"'
            raise RefusedError(500, postgresql if self.faults.postgresql else sqlite) from None
        media.mark(MediaStatus.PENDING, is4k=wish.is4k)
        return media

    def _known_media(self, media: Media, *, is4k: bool) -> Json:
        """Mark a row as requested; its older requests are shown with the previous status."""
        before = self.views.media_with_requests(media)["requests"]
        if media.status_of(is4k=is4k) == MediaStatus.UNKNOWN:
            media.mark(MediaStatus.PENDING, is4k=is4k)
        return {**self.views.media(media, seasons=True), "requests": before}

    def _new_request(self, wish: Wish, media: Media, seasons: list[int]) -> Request:
        """Whether the caller may auto-approve; the requester does not matter."""
        approved = _auto_approves(wish.caller, wish.kind, is4k=wish.is4k)
        status = RequestStatus.APPROVED if approved else RequestStatus.PENDING
        now = self.state.now()
        return Request(
            id=self.state.next_id("request"),
            media=media,
            status=status,
            is4k=wish.is4k,
            requested_by=wish.user,
            modified_by=wish.caller if approved else None,
            created=now,
            updated=now,
            options=wish.options,
            seasons=[
                RequestSeason(self.state.next_id("request season"), number, status, now)
                for number in seasons
            ],
            ignores_quota=self.dialect.ignores_quota and wish.ignores_quota,
        )

    def _created_view(self, request: Request, media_view: Json) -> Json:
        """The request as it was saved, with the previous status of its media row."""
        view = self.views.request(request) | {"media": media_view}
        del view["seasonCount"]
        if request.media.kind == "movie":
            del view["seasons"]
        if request.modified_by is None:
            del view["modifiedBy"]
        return view


def _check_rights(wish: Wish) -> None:
    suffix = "MOVIE" if wish.kind == "movie" else "TV"
    base = "REQUEST_4K" if wish.is4k else "REQUEST"
    if not wish.user.may(Permission[base], Permission[f"{base}_{suffix}"]):
        what = ("4K " if wish.is4k else "") + ("movie" if wish.kind == "movie" else "series")
        raise RefusedError(403, f"You do not have permission to make {what} requests.")


def _auto_approves(user: User, kind: Kind, *, is4k: bool) -> bool:
    base = "AUTO_APPROVE_4K" if is4k else "AUTO_APPROVE"
    suffix = "MOVIE" if kind == "movie" else "TV"
    return user.may(Permission.MANAGE_REQUESTS, Permission[base], Permission[f"{base}_{suffix}"])


def no_such_user(user: int) -> str:
    """The database's message for a user id that does not exist."""
    where = f'{{\n    "where": {{\n        "id": {user}\n    }}\n}}'
    return f'Could not find any entity of type "User" matching: {where}'


def _quota_exceeded(kind: Kind) -> RefusedError:
    what = "Movie" if kind == "movie" else "Series"
    return RefusedError(403, f"{what} Quota exceeded.")
