"""Approving, declining, forwarding, changing and deleting requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .answers import RefusedError
from .dialect import Dialect
from .faults import Faults
from .numbers import MediaStatus, RequestStatus
from .services import Services
from .state import Media, Request, RequestSeason, State, User
from .views import OPTIONS, Views

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deciding:
    """The rules for existing requests."""

    state: State
    dialect: Dialect
    faults: Faults
    services: Services
    views: Views

    def send(self, request: Request, answer: Json) -> None:
        """Forward an approved request; some servers show the result in the answer.

        Raises:
            RefusedError: the server removed the request again, and is in trouble over it.

        """
        if not self.services.lacks_tvdb_id(request):
            self._approved(request)
            if self.faults.tells_failures:
                answer["status"] = int(request.status)
            return
        media = request.media
        if self.dialect.flavour == "overseerr":
            self.state.remove_request(request)
            raise RefusedError(500, _no_such_media(media))
        self.state.remove_media(media)
        if self.dialect.flavour == "seerr":
            del answer["id"]

    def decide(self, request: Request, status: RequestStatus, caller: User) -> Json:
        """Approve, decline or retry. The media row in the answer has its previous status.

        A request that already has the status is not saved again, and no notification is sent.

        Raises:
            RefusedError: Overseerr, of a show that Sonarr cannot take: it keeps the request.

        """
        with self.state.lock:
            if request.status == status:
                return self.views.request(request)
            stuck = status == RequestStatus.APPROVED and self.services.lacks_tvdb_id(request)
            if stuck and self.dialect.flavour == "overseerr":
                raise RefusedError(404, "Request not found.")
            request.status = status
            request.modified_by = caller
            request.updated = self.state.now()
            before = self.views.request_seasons(request)
            if status == RequestStatus.APPROVED or self.dialect.declines_seasons:
                for season in request.seasons:
                    season.status = status
            view = self.views.request(request)
            if stuck or not self.dialect.shows_decided_seasons:
                view["seasons"] = before
            if status == RequestStatus.APPROVED:
                self.send(request, view)
            else:
                self._declined(request)
            return view

    def _approved(self, request: Request) -> None:
        media, is4k = request.media, request.is4k
        if not self.services.send(request):
            return
        there = {MediaStatus.PARTIALLY_AVAILABLE, MediaStatus.AVAILABLE}
        if media.status_of(is4k=is4k) not in there:
            media.mark(MediaStatus.PROCESSING, is4k=is4k)
        elif self.dialect.completes_at_once and media.kind == "movie":
            request.status = RequestStatus.COMPLETED

    def _declined(self, request: Request) -> None:
        """Reset a declined film to unknown, and a show if no request for it was approved."""
        media, is4k = request.media, request.is4k
        pending = any(
            other.status == RequestStatus.PENDING for other in self.state.requests_of(media)
        )
        waits = media.status_of(is4k=is4k) == MediaStatus.PENDING and not pending
        film = media.kind == "movie" and media.status_of(is4k=is4k) != MediaStatus.DELETED
        if film or waits:
            media.mark(MediaStatus.UNKNOWN, is4k=is4k)

    def delete(self, request: Request) -> None:
        """Remove a request; a row without requests becomes unknown, unless it is available."""
        with self.state.lock:
            self.state.remove_request(request)
            media = request.media
            left = self.state.requests_of(media)
            for is4k in (False, True):
                idle = not any(other.is4k is is4k for other in left)
                if idle and media.status_of(is4k=is4k) != MediaStatus.AVAILABLE:
                    media.mark(MediaStatus.UNKNOWN, is4k=is4k)

    def edit(self, request: Request, body: Json) -> Json:
        """Change a request; ``seasons`` is the whole new list, unsent fields keep their value.

        Raises:
            RefusedError: a show is left without seasons.

        """
        with self.state.lock:
            before = len(request.seasons)
            if body["mediaType"] == "tv":
                self._edit_seasons(request, body.get("seasons"))
            request.options |= {name: body[name] for name in OPTIONS if name in body}
            view = self.views.request(request) | {"seasonCount": before}
            if request.status == RequestStatus.PENDING:
                return view
            return {key: value for key, value in view.items() if key not in OPTIONS or key in body}

    def _edit_seasons(self, request: Request, numbers: list[int] | None) -> None:
        if not numbers:
            raise RefusedError(
                500,
                "Missing seasons. If you want to cancel a series request, use the DELETE method.",
            )
        kept = [season for season in request.seasons if season.number in numbers]
        known = {season.number for season in request.seasons}
        now = self.state.now()
        kept += [
            RequestSeason(self.state.next_id("request season"), number, RequestStatus.PENDING, now)
            for number in numbers
            if number not in known
        ]
        request.seasons = kept


def _no_such_media(media: Media) -> str:
    """The database's message for a media row that it does not find with its requests."""
    where = f'"where": {{\n        "id": {media.id}\n    }}'
    relations = '"relations": {\n        "requests": true\n    }'
    return (
        f'Could not find any entity of type "Media" matching: {{\n    {where},\n    {relations}\n}}'
    )
