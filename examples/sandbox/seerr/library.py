"""Media rows changed by hand, and the blocklist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from examples.sandbox.titles import Kind

from .answers import RefusedError
from .dialect import Dialect
from .numbers import MediaStatus, RequestStatus
from .state import Blocked, Media, Request, Season, State

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
    """The status of titles, regardless of who requested them."""

    state: State
    dialect: Dialect

    def mark(self, media: Media, mark: str, body: Json) -> None:
        """Set the status of a media row and, if it is available, of the seasons in the call.

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
        """Complete approved requests whose film, or all of whose seasons, are available."""
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
        """Put a title on the blocklist; its media row becomes BLOCKLISTED.

        Up to Seerr 3.1, that is any row with this number, and there is one entry per number.

        Raises:
            RefusedError: it is on the list already, or the call names no user.

        """
        with self.state.lock:
            user = self.state.users.get(body.get("user", 0))
            if user is None or not {"tmdbId", "mediaType"} <= body.keys():
                raise RefusedError(500, "Something went wrong")
            kind, tmdb = body["mediaType"], body["tmdbId"]
            if self._entry(kind, tmdb):
                raise RefusedError(412, "Item already blocklisted")
            media = self._media(kind, tmdb) or self.state.add_media(kind, tmdb, None)
            media.status = media.status4k = MediaStatus.BLOCKLISTED
            self.state.blocklist[kind, tmdb] = Blocked(
                self.state.next_id("blocklist"),
                kind,
                tmdb,
                body.get("title"),
                user,
                self.state.now(),
            )

    def _entry(self, kind: Kind | None, tmdb: int) -> Blocked | None:
        kinds: tuple[Kind, ...] = ("movie", "tv")
        if kind and self.dialect.blocks_by_kind:
            kinds = (kind,)
        found = (self.state.blocklist.get((one, tmdb)) for one in kinds)
        return next((entry for entry in found if entry), None)

    def _media(self, kind: Kind, tmdb: int) -> Media | None:
        by_kind = self.dialect.blocks_by_kind
        return self.state.media_of(kind, tmdb) if by_kind else self.state.media_numbered(tmdb)

    def blocked(self, tmdb: str, kind: Kind | None) -> Blocked:
        """Find an entry by its TMDB number, and by its kind in versions that distinguish them.

        Raises:
            RefusedError: there is none.

        """
        entry = self._entry(kind, int(tmdb)) if tmdb.isdecimal() else None
        if entry is None:
            status = 404 if self.dialect.blocks_by_kind else 401
            raise RefusedError(status, "Blocklisted item not found")
        return entry

    def unblock(self, tmdb: str, kind: Kind | None) -> None:
        """Remove a title from the blocklist, with the first media row it blocked and its requests.

        Raises:
            RefusedError: it is not on the list.

        """
        with self.state.lock:
            entry = self.blocked(tmdb, kind)
            del self.state.blocklist[entry.kind, entry.tmdb]
            if media := self._media(entry.kind, entry.tmdb):
                self.state.remove_media(media)
