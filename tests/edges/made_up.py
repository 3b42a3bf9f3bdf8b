"""Made-up answers of a media server, and what is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.core.model import (
    Action,
    Expected,
    Item,
    Kind,
    MediaKey,
    Op,
    Requester,
    Route,
    Target,
    User,
    Why,
)

if TYPE_CHECKING:
    import requests_mock

URL = "http://seerr.test:5055"
API = f"{URL}/api/v1"
KEY = "key-0123456789abcdef"
GUARD = {"status": 403, "error": "You do not have permission to access this endpoint"}
DUNE = MediaKey(Kind.MOVIE, 438631)
BREAKING_BAD = MediaKey(Kind.TV, 1396)


def request_of(
    media: MediaKey = DUNE,
    *,
    is_4k: bool = False,
    user: int | None = None,
    seasons: tuple[int, ...] | None = None,
) -> Action:
    """A request as that user, or as the key's owner."""
    return Action(
        op=Op.REQUEST,
        why=Why.MISSING,
        target=Target(media, is_4k=is_4k),
        item=Item(1, "A title"),
        lists=("list",),
        matched_by=Route.TMDB,
        requester=Requester(User(user or 1, "somebody", 32), is_owner=user is None),
        expected=Expected.PENDING,
        seasons=seasons,
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
