"""The answers about requests, media rows and the blocklist."""

from __future__ import annotations

from typing import Any

from examples.sandbox.titles import Kind

from .answers import Answer, RefusedError, SilenceError
from .backend import Arguments, Backend
from .listing import check_size, count_requests, filter_media, filter_requests, page_of
from .numbers import Permission, RequestStatus
from .state import Media, Request

Json = dict[str, Any]
_VIEWERS = (Permission.MANAGE_REQUESTS, Permission.REQUEST_VIEW)


def list_requests(backend: Backend, arguments: Arguments) -> Answer:
    """List requests; without the permission to see others, the user's own."""
    user, query, state = arguments.user, arguments.query, backend.state
    wanted = int(float(query["requestedBy"])) if "requestedBy" in query else None
    if not user.may(*_VIEWERS):
        if wanted not in {None, user.id}:
            raise RefusedError(403, "You do not have permission to view this user's requests.")
        wanted = user.id
    with state.lock:
        visible = [row for row in state.listed_requests() if wanted in {None, row.requested_by.id}]
        rows = filter_requests(visible, query, completes=backend.dialect.completes)
        check_size(rows, query)
        manager = user.may(Permission.MANAGE_REQUESTS)
        page = page_of(rows, query, 10, lambda row: backend.views.request_row(row, manager=manager))
    if backend.dialect.reports_services:
        page["serviceErrors"] = backend.services.errors()
    return Answer(200, page)


def create_request(backend: Backend, arguments: Arguments) -> Answer:
    """Request a title."""
    return Answer(201, backend.requesting.create(arguments.body, arguments.user))


def count_all(backend: Backend, _: Arguments) -> Answer:
    """Count requests."""
    with backend.state.lock:
        rows = backend.state.listed_requests()
        return Answer(200, count_requests(rows, completed=backend.dialect.counts_completed))


def show_request(backend: Backend, arguments: Arguments) -> Answer:
    """Show a request."""
    with backend.state.lock:
        request = _request(backend, arguments, detached=True)
        if request.requested_by != arguments.user and not arguments.user.may(*_VIEWERS):
            raise RefusedError(403, "You do not have permission to view this request.")
        return Answer(200, backend.views.request(request))


def edit_request(backend: Backend, arguments: Arguments) -> Answer:
    """Change a request: managers any, other users their own requests for shows."""
    request, user = _request(backend, arguments), arguments.user
    film = arguments.body["mediaType"] == "movie"
    own = request.requested_by == user and (not film or user.may(Permission.REQUEST_ADVANCED))
    if not own and not user.may(Permission.MANAGE_REQUESTS):
        raise RefusedError(403, "You do not have permission to modify this request.")
    return Answer(200, backend.deciding.edit(request, arguments.body))


def delete_request(backend: Backend, arguments: Arguments) -> Answer:
    """Delete a request: managers and its owner in any status, other users only a PENDING one."""
    request, user = _request(backend, arguments), arguments.user
    pending = request.status == RequestStatus.PENDING
    if request.requested_by != user and not pending and not user.may(Permission.MANAGE_REQUESTS):
        raise RefusedError(401, "You do not have permission to delete this request.")
    backend.deciding.delete(request)
    return Answer(204)


def decide_request(backend: Backend, arguments: Arguments) -> Answer:
    """Approve or decline a request."""
    approves = arguments.params["status"] == "approve"
    return _decided(
        backend, arguments, RequestStatus.APPROVED if approves else RequestStatus.DECLINED
    )


def retry_request(backend: Backend, arguments: Arguments) -> Answer:
    """Forward a failed request again; one that has not failed stays as it is."""
    return _decided(backend, arguments, RequestStatus.APPROVED)


def _decided(backend: Backend, arguments: Arguments, status: RequestStatus) -> Answer:
    request = _request(backend, arguments)
    return Answer(200, backend.deciding.decide(request, status, arguments.user))


def _request(backend: Backend, arguments: Arguments, *, detached: bool = False) -> Request:
    """The request of the call; ``detached``: also one that has lost its media row."""
    number = arguments.params["requestId"]
    request = backend.state.requests.get(int(number)) if number.isdecimal() else None
    if request is None or (request.detached and not detached):
        raise RefusedError(404, "Request not found.")
    return request


def list_media(backend: Backend, arguments: Arguments) -> Answer:
    """List every media row, whatever its status."""

    def view(media: Media) -> Json:
        return backend.views.media(media, seasons=True)

    with backend.state.lock:
        rows = filter_media(list(backend.state.media.values()), arguments.query)
        return Answer(200, page_of(rows, arguments.query, 20, view))


def delete_media(backend: Backend, arguments: Arguments) -> Answer:
    """Delete a media row by its own number."""
    media = _media(backend, arguments)
    if media is None:
        raise RefusedError(404, "Media not found")
    backend.library.delete(media)
    return Answer(204)


def mark_media(backend: Backend, arguments: Arguments) -> Answer:
    """Set the status of a media row.

    Raises:
        SilenceError: the id is not a number; the real server never answers then.

    """
    if not arguments.params["mediaId"].isdecimal():
        raise SilenceError
    media = _media(backend, arguments)
    if media is None:
        raise RefusedError(404, "Media does not exist.")
    backend.library.mark(media, arguments.params["status"], arguments.body)
    return Answer(200, backend.views.media(media, seasons=True))


def _media(backend: Backend, arguments: Arguments) -> Media | None:
    number = arguments.params["mediaId"]
    return backend.state.media.get(int(number)) if number.isdecimal() else None


def list_blocked(backend: Backend, arguments: Arguments) -> Answer:
    """List the blocklist, newest first.

    Raises:
        SilenceError: ``take`` is 0; the real server never answers then.

    """
    query = arguments.query
    if float(query.get("take", 1)) == 0:
        raise SilenceError
    text = query.get("search", "").casefold()
    with backend.state.lock:
        entries = [
            row for row in backend.state.blocklist.values() if text in (row.title or "").casefold()
        ]
        shown = query.get("filter", backend.dialect.lists_blocked)
        if shown != "all":
            entries = [row for row in entries if (row.tags is None) is (shown == "manual")]
        rows = entries[::-1]
        return Answer(200, page_of(rows, query, 25, backend.views.blocked))


def block(backend: Backend, arguments: Arguments) -> Answer:
    """Put a title on the blocklist."""
    backend.library.block(arguments.body)
    return Answer(201)


def _kind(arguments: Arguments) -> Kind | None:
    kinds: dict[str | None, Kind] = {"movie": "movie", "tv": "tv"}
    return kinds.get(arguments.query.get("mediaType"))


def show_blocked(backend: Backend, arguments: Arguments) -> Answer:
    """Show a blocklist entry."""
    entry = backend.library.blocked(arguments.params["tmdbId"], _kind(arguments))
    return Answer(200, backend.views.blocked(entry))


def unblock(backend: Backend, arguments: Arguments) -> Answer:
    """Take a title off the blocklist."""
    backend.library.unblock(arguments.params["tmdbId"], _kind(arguments))
    return Answer(204)
