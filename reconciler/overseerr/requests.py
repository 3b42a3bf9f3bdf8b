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

from reconciler.core.delivery import undelivered
from reconciler.core.model import Action, Done, Kind, RequestStatus, Result, Whereabouts
from reconciler.errors import AnswerLostError, CsrfProtectionError, ServerError
from reconciler.overseerr.answer import Answer
from reconciler.overseerr.foreign import integer, record
from reconciler.overseerr.services import request_options
from reconciler.overseerr.tables import accepted, strange_answer
from reconciler.overseerr.translate import request_status


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer with this status and this part of a sentence means.

    ``reason``: what the sentence does not say, for people; {who} is the requester, {item} the title
    as the command line takes it.
    """

    status: int
    text: str
    result: Result
    reason: str = ""


_SAME_TVDB_ID = "the server has another title with the same TVDB id and cannot store a second one"
_NO_TVDB_ID = "the show has no TVDB id, which Sonarr needs: add the id on TMDB"
_AUTO_REQUEST = (
    "{who} has an automatic request for this title, from a Plex watchlist, and the server takes no "
    "second one by {who}: {who} or an administrator has to delete it on the server, and then run "
    "`listsync forget {item}`; or name another `requester` for the list"
)
# The first that fits decides: a sentence about a right may hold the word quota as well.
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


def requested(answer: Answer, action: Action, url: str) -> Done:
    """What came of ``POST /request``."""
    if answer.status == 201:  # noqa: PLR2004 - HTTP's own numbers
        return _stored(answer, Result.CREATED, url)
    media = action.target.media
    item = f"tmdb:{media.kind}:{media.tmdb}"
    return _refused(answer, url, who=action.requester.user.name, item=item)


def retried(answer: Answer, url: str) -> Done:
    """What came of ``POST /request/{id}/retry``."""
    if answer.status == 200:  # noqa: PLR2004 - HTTP's own numbers
        return _stored(answer, Result.RETRIED, url)
    return _refused(answer, url)


def cancelled(answer: Answer, request_id: int, url: str) -> Done:
    """What came of ``DELETE /request/{id}``."""
    match answer.status:
        case 204:
            return Done(Result.CANCELLED, answer.status, request_id)
        case 404 if answer.message:
            return Done(Result.MOOT, answer.status, request_id, answer.message)
        case _:
            return _refused(answer, url)


def traced(answer: Answer, url: str) -> Whereabouts:
    """Where the request of ``GET /request/{id}`` is. Raises ServerError where that is not said."""
    if answer.status == 404 and "request not found" in answer.message.casefold():  # noqa: PLR2004
        return Whereabouts.GONE
    shown = accepted(answer, "/request", url).record
    if integer(shown.get("id")) is None or "media" not in shown:
        raise strange_answer("/request", url)
    return Whereabouts.DETACHED if shown["media"] is None else Whereabouts.FOUND


def _stored(answer: Answer, result: Result, url: str) -> Done:
    """A request the server shows as stored; one that cannot be read may be anybody's answer."""
    shown = answer.record
    number, status = integer(shown.get("id")), integer(shown.get("status"))
    media = record(shown.get("media"))
    if number is None and media:
        why = "the server removed the request again before it answered"
        if shown.get("type") == Kind.TV and media.get("tvdbId") is None:
            why += f": {_NO_TVDB_ID}"
        return Done(Result.FAILED, answer.status, message=why)
    if number is None or status is None:
        raise _lost(answer, url)
    known = request_status(status)
    if known is RequestStatus.FAILED:
        kind = Kind.TV if shown.get("type") == Kind.TV else Kind.MOVIE
        return Done(Result.UNDELIVERED, answer.status, number, undelivered(kind))
    return Done(result, answer.status, number, str(known))


def _refused(answer: Answer, url: str, *, who: str = "", item: str = "") -> Done:
    """The answers by which nothing was stored."""
    sentence = answer.message
    if answer.status in {401, 403} and not sentence:
        what = f"something before the server forbids requests (HTTP {answer.status})"
        raise ServerError(what, where=url, hint="let POST /api/v1/request through to the server")
    if answer.status == 403 and "csrf" in sentence.casefold():  # noqa: PLR2004 - HTTP's own numbers
        raise CsrfProtectionError(url)
    meaning = _meaning(answer)
    if meaning is None and not 400 <= answer.status < 500:  # noqa: PLR2004
        raise _lost(answer, url)
    if meaning is None:
        meaning = Meaning(answer.status, "", _UNKNOWN_REFUSAL.get(answer.status, Result.FAILED))
    said = sentence or f"HTTP {answer.status}"
    reason = meaning.reason.format(who=who, item=item)
    return Done(meaning.result, answer.status, message=f"{reason} ({said})" if reason else said)


def _meaning(answer: Answer) -> Meaning | None:
    sentence = answer.message.casefold()
    fitting = (m for m in MEANINGS if m.status == answer.status)
    return next((m for m in fitting if m.text.casefold() in sentence), None)


def _lost(answer: Answer, url: str) -> AnswerLostError:
    said = f": {answer.message}" if answer.message else ""
    what = f"sent, but HTTP {answer.status} does not say what came of it{said}"
    return AnswerLostError(what, where=url, hint="a look at the server decides")
