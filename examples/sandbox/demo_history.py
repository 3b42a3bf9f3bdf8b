"""The history on the demo's server: titles that are available, requested or declined.

It is created through the server's HTTP API, as people in a household would have done it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from typing import Any, cast
from urllib.parse import urlsplit

from examples.sandbox.catalogue import Title

ALICE, BOB = 2, 3
"""Users of the sandbox's server: alice's requests wait for approval, bob's do not."""


class History:
    """Makes requests and completes or declines them, as people and their downloader would."""

    def __init__(self, url: str, api_key: str) -> None:
        """Call this server with its key."""
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._key = api_key

    def write(self, lists: Mapping[str, tuple[Title, ...]]) -> None:
        """Leave a few titles of every demo list missing, and create a history for the others."""
        top, night = lists["imdb:top"][:25], lists["trakt:anna/family-night"]
        shelf = lists["imdb:ls000000260"]
        shows = [title for title in shelf if title.kind == "tv"]
        films = [title for title in shelf if title.kind == "movie"]
        self._requested(top[6:8], BOB)
        self._available((*top[:6], *top[8:18]))
        self._declined(top[18])
        self._available(night[:9])
        self._requested(night[9:10], ALICE)
        self._available((*films[:9], *films[14:80], *films[83:]))
        self._requested(films[9:11], BOB)
        self._partly(shows[0])
        self._available(shows[2:])
        self._connection.close()

    def _requested(self, titles: Sequence[Title], user: int) -> None:
        for title in titles:
            self._post("request", _request(title), user)

    def _available(self, titles: Sequence[Title]) -> None:
        for title in titles:
            made = self._post("request", _request(title))
            seasons = [{"seasonNumber": number} for number in _aired(title)]
            content = {"is4k": False, "seasons": seasons}
            self._post(f"media/{made['media']['id']}/available", content)

    def _declined(self, title: Title) -> None:
        made = self._post("request", _request(title))
        self._post(f"request/{made['id']}/decline", {})

    def _partly(self, title: Title) -> None:
        self._post("request", _request(title) | {"seasons": _aired(title)[:-2]}, user=BOB)

    def _post(self, path: str, content: object, user: int | None = None) -> dict[str, Any]:
        headers = {"X-Api-Key": self._key, "Content-Type": "application/json"}
        if user is not None:
            headers["X-Api-User"] = str(user)
        self._connection.request("POST", f"/api/v1/{path}", json.dumps(content), headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status not in {200, 201}:
            message = f"The sandbox's server answered {answer.status} to POST /{path}: {body!r}"
            raise RuntimeError(message)
        return cast("dict[str, Any]", json.loads(body))


def _request(title: Title) -> dict[str, object]:
    wanted: dict[str, object] = {
        "mediaType": title.kind,
        "mediaId": title.tmdb,
        "is4k": False,
    }
    return wanted | ({"seasons": _aired(title)} if title.kind == "tv" else {})


def _aired(title: Title) -> list[int]:
    return [season.number for season in title.seasons if season.number > 0]
