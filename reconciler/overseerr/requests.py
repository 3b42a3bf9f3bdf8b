"""Requests: the body that is sent, and what the server's answer means.

``MEANINGS`` is one table, status and text → result. A result says what is certain; where it is not
certain whether anything was stored, AnswerLostError has listsync look at the server. A refusal
(4xx) with an unknown text is certain, and is passed on in the server's words; a failure (5xx) with
an unknown text is not.

docs/internals/media-servers/requests.md has the same table; a test compares the two with each other
and with recordings of all three servers.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.model import Action, Done, Kind, RequestStatus, Result, Whereabouts
from reconciler.core.services import undelivered
from reconciler.errors import AnswerLostError, CsrfProtectionError, ServerError
from reconciler.http.foreign import integer, record
from reconciler.overseerr.answer import ServerResponse
from reconciler.overseerr.services import request_options
from reconciler.overseerr.tables import require_ok, unexpected_answer
from reconciler.overseerr.translate import request_status


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer with this status and with this text in its message means.

    ``reason``: what the message does not say; {who} is the requester, {item} the title as the
    command line takes it.
    """

    status: int
    text: str
    result: Result
    reason: str = ""


_SAME_TVDB_ID = "the server has another title with the same TVDB id and cannot store a second one"
_NO_TVDB_ID = "the show has no TVDB id, which Sonarr needs: add the id on TMDB"
_AUTO_REQUEST = (
    "{who} has an automatic request for this title, from a Plex watchlist, and the server accepts "
    "only one request from {who}: delete that request on the server as {who} or an administrator, "
    "then run `listsync forget {item}`; or set another `requester` for the list"
)
# The first match decides: a message about a right may contain the word quota as well.
MEANINGS = (
    Meaning(202, "No seasons available to request", Result.EXISTS),
    Meaning(403, "You do not have permission", Result.REFUSED),
    Meaning(403, "Quota exceeded", Result.QUOTA),
    Meaning(403, "blocklisted", Result.BLOCKLISTED),
    Meaning(403, "blacklisted", Result.BLOCKLISTED),
    Meaning(
        409, "Auto-request for this media and user already exists", Result.FAILED, _AUTO_REQUEST
    ),
    Meaning(409, "Request for this media already exists", Result.EXISTS),
    Meaning(500, "[TMDB] Failed to fetch", Result.FAILED),
    Meaning(500, 'Could not find any entity of type "User"', Result.FAILED),
    Meaning(500, 'Could not find any entity of type "Media"', Result.FAILED, _NO_TVDB_ID),
    Meaning(500, "(reading 'filter')", Result.FAILED),
    Meaning(500, "UNIQUE constraint failed", Result.FAILED, _SAME_TVDB_ID),
    Meaning(500, "duplicate key value violates unique constraint", Result.FAILED, _SAME_TVDB_ID),
)
_UNKNOWN_REFUSAL = {401: Result.REFUSED, 403: Result.REFUSED}  # other 4xx: FAILED


def request_body(action: Action) -> dict[str, object]:
    """The JSON of ``POST /request`` for a request or an extension."""
    target = action.target
    body: dict[str, object] = {
        "mediaType": str(target.media.kind),
        "mediaId": target.media.tmdb,
        "is4k": target.is_4k,  # without it the server does not look for duplicates
    }
    if target.media.kind is Kind.TV:
        body["seasons"] = list(action.seasons or ())
    if action.requester.approved:  # requested by the owner on the user's behalf, which approves it
        body["userId"] = action.requester.user.id
    return body | request_options(action.delivery)


def request_outcome(answer: ServerResponse, action: Action, url: str) -> Done:
    """The result of ``POST /request``."""
    if answer.status == 201:  # noqa: PLR2004 - HTTP's own numbers
        return _success(answer, Result.CREATED, url)
    media = action.target.media
    item = f"tmdb:{media.kind}:{media.tmdb}"
    return _refusal(answer, url, who=action.requester.user.name, item=item)


def retry_outcome(answer: ServerResponse, url: str) -> Done:
    """The result of ``POST /request/{id}/retry``."""
    if answer.status == 200:  # noqa: PLR2004 - HTTP's own numbers
        return _success(answer, Result.RETRIED, url)
    return _refusal(answer, url)


def cancel_outcome(answer: ServerResponse, request_id: int, url: str) -> Done:
    """The result of ``DELETE /request/{id}``."""
    match answer.status:
        case 204:
            return Done(Result.CANCELLED, answer.status, request_id)
        case 404 if answer.message:
            return Done(Result.MOOT, answer.status, request_id, answer.message)
        case _:
            return _refusal(answer, url)


def request_whereabouts(answer: ServerResponse, url: str) -> Whereabouts:
    """Where the request of ``GET /request/{id}`` is. Raises ServerError for other answers."""
    if answer.status == 404 and "request not found" in answer.message.casefold():  # noqa: PLR2004
        return Whereabouts.GONE
    request = require_ok(answer, "/request", url).record
    if integer(request.get("id")) is None or "media" not in request:
        raise unexpected_answer("/request", url)
    return Whereabouts.DETACHED if request["media"] is None else Whereabouts.FOUND


def _success(answer: ServerResponse, result: Result, url: str) -> Done:
    """The result for a request that the server stored.

    Raises AnswerLostError for a body that is not a request: another program may have answered.
    """
    request = answer.record
    request_id, status = integer(request.get("id")), integer(request.get("status"))
    media = record(request.get("media"))
    if request_id is None and media:
        message = "the server removed the request before it responded"
        if request.get("type") == Kind.TV and media.get("tvdbId") is None:
            message += f": {_NO_TVDB_ID}"
        return Done(Result.FAILED, answer.status, message=message)
    if request_id is None or status is None:
        raise _answer_lost(answer, url)
    if request_status(status) is RequestStatus.FAILED:
        kind = Kind.TV if request.get("type") == Kind.TV else Kind.MOVIE
        return Done(Result.UNDELIVERED, answer.status, request_id, undelivered(kind))
    return Done(result, answer.status, request_id, str(request_status(status)))


def _refusal(answer: ServerResponse, url: str, *, who: str = "", item: str = "") -> Done:
    """The result for an answer after which nothing is stored.

    Raises AnswerLostError where that is not certain, ServerError where no request can succeed.
    """
    if answer.status in {401, 403} and not answer.message:
        message = f"something in front of the server forbids requests (HTTP {answer.status})"
        raise ServerError(message, where=url, hint="let POST /api/v1/request through to the server")
    if answer.status == 403 and "csrf" in answer.message.casefold():  # noqa: PLR2004 - HTTP's own numbers
        raise CsrfProtectionError(url)
    meaning = _meaning(answer)
    if meaning is None and not 400 <= answer.status < 500:  # noqa: PLR2004
        raise _answer_lost(answer, url)
    if meaning is None:
        meaning = Meaning(answer.status, "", _UNKNOWN_REFUSAL.get(answer.status, Result.FAILED))
    message = answer.message or f"HTTP {answer.status}"
    if meaning.reason:
        message = f"{meaning.reason.format(who=who, item=item)} ({message})"
    return Done(meaning.result, answer.status, message=message)


def _meaning(answer: ServerResponse) -> Meaning | None:
    message = answer.message.casefold()
    of_status = (meaning for meaning in MEANINGS if meaning.status == answer.status)
    return next((each for each in of_status if each.text.casefold() in message), None)


def _answer_lost(answer: ServerResponse, url: str) -> AnswerLostError:
    reason = f": {answer.message}" if answer.message else ""
    message = f"sent, but HTTP {answer.status} does not say whether it succeeded{reason}"
    return AnswerLostError(message, where=url, hint="listsync checks the server to find out")
