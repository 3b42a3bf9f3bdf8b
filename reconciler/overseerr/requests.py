"""The body of a request, as the media server takes it."""

from __future__ import annotations

from reconciler.core.model import Action, Kind
from reconciler.overseerr import downloads


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
    return body | downloads.options(action.delivery)
