"""Media rows changed by hand, and the blocklist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .answers import RefusedError
from .numbers import MediaStatus, RequestStatus
from .state import Blocked, Media, Season

if TYPE_CHECKING:
    from .dialect import Dialect
    from .state import Request, State

Json = dict[str, Any]

MARKS = {
    "available": MediaStatus.AVAILABLE,
    "partial": MediaStatus.PARTIALLY_AVAILABLE,
    "processing": MediaStatus.PROCESSING,
    "pending": MediaStatus.PENDING,
    "unknown": MediaStatus.UNKNOWN,
    "deleted": MediaStatus.DELETED,
}


@dataclass(frozen=True, slots=True)
class Library:
    """What the server says of titles, whoever requested them."""

    state: State
    dialect: Dialect

    def mark(self, media: Media, mark: str, body: Json) -> None:
        """Set the status of a media row, and of the seasons named when it is available.

        Raises:
            RefusedError: a film can't be partly available.

        """
        if mark == "partial" and media.kind == "movie":
            raise RefusedError(400, "Only series can be set to be partially available")
        is4k = bool(body.get("is4k"))
        with self.state.lock:
            media.mark(MARKS[mark], is4k=is4k)
            media.updated = self.state.now()
            if mark == "available" and media.kind == "tv" and self.dialect.marks_seasons:
                for season in body.get("seasons") or ():
                    self._mark_season(media, season["seasonNumber"], is4k=is4k)
            if self.dialect.completes and mark == "available":
                for request in self.state.requests_of(media):
                    self._complete(request, is4k=is4k)

    def _mark_season(self, media: Media, number: int, *, is4k: bool) -> None:
        season = next((row for row in media.seasons if row.number == number), None)
        if season is None:
            season = Season(self.state.next_id("season"), number, self.state.now())
            media.seasons.append(season)
        if is4k:
            season.status4k = MediaStatus.AVAILABLE
        else:
            season.status = MediaStatus.AVAILABLE

    @staticmethod
    def _complete(request: Request, *, is4k: bool) -> None:
        """An approved request is completed once its film, or each of its seasons, is there."""
        if request.is4k is not is4k or request.status != RequestStatus.APPROVED:
            return
        there = {
            season.number
            for season in request.media.seasons
            if (season.status4k if is4k else season.status) == MediaStatus.AVAILABLE
        }
        for season in request.seasons:
            if season.number in there:
                season.status = RequestStatus.COMPLETED
        if all(season.number in there for season in request.seasons):
            request.status = RequestStatus.COMPLETED

    def delete(self, media: Media) -> None:
        """Remove a media row with its requests; newer servers keep a blocklisted row."""
        with self.state.lock:
            blocked = media.status == MediaStatus.BLOCKLISTED
            if not (blocked and self.dialect.keeps_blocklisted):
                self.state.remove_media(media)

    def block(self, body: Json) -> None:
        """Put a title on the blocklist; any media row with its number turns to BLOCKLISTED.

        Raises:
            RefusedError: it is on the list already, or nobody is named who put it there.

        """
        with self.state.lock:
            user = self.state.users.get(body.get("user", 0))
            if user is None or not {"tmdbId", "mediaType"} <= body.keys():
                raise RefusedError(500, "Something went wrong")
            if body["tmdbId"] in self.state.blocklist:
                raise RefusedError(412, "Item already blocklisted")
            media = self.state.media_numbered(body["tmdbId"])
            if media is None:
                media = self.state.add_media(body["mediaType"], body["tmdbId"], None)
            media.status = media.status4k = MediaStatus.BLOCKLISTED
            self.state.blocklist[body["tmdbId"]] = Blocked(
                self.state.next_id("blocklist"),
                body["mediaType"],
                body["tmdbId"],
                body.get("title"),
                user,
                self.state.now(),
            )

    def blocked(self, tmdb: str) -> Blocked:
        """Find an entry by its TMDB number.

        Raises:
            RefusedError: there is none.

        """
        entry = self.state.blocklist.get(int(tmdb)) if tmdb.isdecimal() else None
        if entry is None:
            raise RefusedError(401, "Blocklisted item not found")
        return entry

    def unblock(self, tmdb: str) -> None:
        """Take a title off the blocklist, with the first media row of its number, requests too.

        Raises:
            RefusedError: it is not on the list.

        """
        with self.state.lock:
            entry = self.blocked(tmdb)
            del self.state.blocklist[entry.tmdb]
            if media := self.state.media_numbered(entry.tmdb):
                self.state.remove_media(media)
