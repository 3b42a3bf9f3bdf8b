"""What the server's answer to something sent means.

The rule: ``Done`` says what is known for certain; where it is not certain whether anything was
created, AnswerLostError has a look decide. Statuses and sentences: docs/media-servers.md,
"Requests". Refusals differ in nothing but their sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.model import Done, Result
from reconciler.errors import AnswerLostError, CsrfProtectionError, ServerError
from reconciler.overseerr.foreign import integer
from reconciler.overseerr.translate import request_status

if TYPE_CHECKING:
    from reconciler.overseerr.answer import Answer

# A word of the sentence → what it says. The order matters: "quota" is the surest sign.
_REFUSALS = (
    ("quota", Result.QUOTA),
    ("blocklisted", Result.BLOCKLISTED),
    ("blacklisted", Result.BLOCKLISTED),
    ("permission", Result.REFUSED),
)
# Parts of the sentences of those errors 500 that come before anything is stored.
_CERTAIN_FAILURES = (
    "[TMDB] Failed to fetch",
    'Could not find any entity of type "User"',
    "(reading 'filter')",
    "UNIQUE constraint failed: media.",
)


def requested(answer: Answer, url: str) -> Done:
    """What came of ``POST /request``."""
    match answer.status:
        case 201:
            return _stored(answer, Result.CREATED, url)
        case 202 | 409 if answer.message:
            return Done(Result.EXISTS, answer.status, message=answer.message)
        case _:
            return _refused(answer, url)


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


def _stored(answer: Answer, result: Result, url: str) -> Done:
    """A request the server shows as stored; one that cannot be read may be anybody's answer."""
    number, status = integer(answer.record.get("id")), integer(answer.record.get("status"))
    if number is None or status is None:
        raise _lost(answer, url)
    return Done(result, answer.status, number, str(request_status(status)))


def _refused(answer: Answer, url: str) -> Done:
    """The answers by which nothing was stored."""
    if answer.status in {401, 403}:
        return _forbidden(answer, url)
    certain = any(part in answer.message for part in _CERTAIN_FAILURES)
    if 400 <= answer.status < 500 or (answer.status == 500 and certain):  # noqa: PLR2004
        message = answer.message or f"HTTP {answer.status}"
        return Done(Result.FAILED, answer.status, message=message)
    raise _lost(answer, url)


def _forbidden(answer: Answer, url: str) -> Done:
    sentence = answer.message.casefold()
    if "csrf" in sentence:
        raise CsrfProtectionError(url)
    if not sentence:
        what = f"something before the server forbids requests (HTTP {answer.status})"
        raise ServerError(what, where=url, hint="let POST /api/v1/request through to the server")
    result = next((result for word, result in _REFUSALS if word in sentence), Result.REFUSED)
    return Done(result, answer.status, message=answer.message)


def _lost(answer: Answer, url: str) -> AnswerLostError:
    said = f": {answer.message}" if answer.message else ""
    what = f"sent, but HTTP {answer.status} does not say what came of it{said}"
    return AnswerLostError(what, where=url, hint="a look at the server decides")
