"""Made-up answers of a media server, and what is asked of it."""

from __future__ import annotations

from typing import Any

import requests_mock

from reconciler.core.model import (
    Action,
    Delivery,
    Expected,
    Item,
    Kind,
    MatchMethod,
    MediaKey,
    Op,
    Requester,
    Target,
    User,
    Why,
)

URL = "http://seerr.test:5055"
API = f"{URL}/api/v1"
KEY = "key-0123456789abcdef"
GUARD = {"status": 403, "error": "You do not have permission to access this endpoint"}
DUNE = MediaKey(Kind.MOVIE, 438631)
BREAKING_BAD = MediaKey(Kind.TV, 1396)


def request_of(  # noqa: PLR0913 - all that a request may say
    media: MediaKey = DUNE,
    *,
    is_4k: bool = False,
    user: int | None = None,
    seasons: tuple[int, ...] | None = None,
    approved_for: int | None = None,
    delivery: Delivery | None = None,
) -> Action:
    """A request as that user, by the key's owner on another's behalf, or the owner's own."""
    who = User(approved_for or user or 1, "somebody", 32)
    own = user is None and approved_for is None
    return Action(
        op=Op.REQUEST,
        why=Why.MISSING,
        target=Target(media, is_4k=is_4k),
        item=Item(1, "A title"),
        lists=("list",),
        matched_by=MatchMethod.TMDB,
        requester=Requester(who, is_owner=own, approved=approved_for is not None),
        expected=Expected.PENDING,
        seasons=seasons,
        delivery=delivery,
    )


def page(*rows: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    """One page of a table of ``total`` rows."""
    results = len(rows) if total is None else total
    return {"pageInfo": {"results": results}, "results": list(rows)}


def films(first: int, last: int) -> list[dict[str, Any]]:
    """Media rows of available films, numbered."""
    numbers = range(first, last + 1)
    return [{"id": each, "mediaType": "movie", "tmdbId": each, "status": 5} for each in numbers]


def introduce(mock: requests_mock.Mocker, version: str, **settings: object) -> None:
    """Let the server say who it is."""
    mock.get(f"{API}/status", json={"version": version})
    mock.get(f"{API}/settings/public", json={"initialized": True, **settings})
