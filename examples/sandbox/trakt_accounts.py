"""Signing in to the sandbox's Trakt with a code, and the user of a token.

The first poll finds that the code was not entered yet; the second finds that it was. An access
token is valid for a day, and a refresh token can be used once.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from examples.sandbox.sites_http import JSON, Page, Visit

CLIENT_ID = "sandbox-client-id-0123456789abcdef0123456789abcdef0123456789abcd"
"""The one app's client id."""

CLIENT_SECRET = "sandbox-client-secret-456789abcdef0123456789abcdef0123456789abcd"
"""And its secret."""

USER = "anna"
"""Who signs in."""

LASTS = 86_400
"""Seconds an access token is good for."""


class Accounts:
    """The codes and tokens that were issued."""

    def __init__(self) -> None:
        """Start without a sign-in."""
        self._numbers = count(1)
        self._asked: dict[str, int] = {}
        self._access: set[str] = set()
        self._refresh: set[str] = set()

    def user(self, authorization: str | None) -> str | None:
        """The user of a header; None without a token, or for an invalid or expired one."""
        word, _, token = (authorization or "").partition(" ")
        return USER if word == "Bearer" and token in self._access else None

    def forget(self) -> None:
        """Revoke all tokens, as a user can on Trakt's page."""
        self._access.clear()
        self._refresh.clear()

    def page(self, visit: Visit, path: str) -> Page | None:
        """Answer a POST of the sign-in; None for any other."""
        if visit.method != "POST" or not path.startswith("/oauth/"):
            return None
        sent = json.loads(visit.body or b"{}")
        if sent.get("client_id") != CLIENT_ID:
            return _answer(403, {})
        if path == "/oauth/device/code":
            return self._code()
        if sent.get("client_secret") != CLIENT_SECRET:
            return _answer(401, {"error": "invalid_client"})
        if path == "/oauth/device/token":
            return self._typed(sent.get("code", ""))
        if path == "/oauth/token" and sent.get("grant_type") == "refresh_token":
            return self._exchanged(sent.get("refresh_token", ""))
        return _answer(404, {})

    def _code(self) -> Page:
        number = next(self._numbers)
        code = f"device-code-{number:064}"
        self._asked[code] = 0
        told = {"device_code": code, "user_code": f"SAND{number:04}", "interval": 1}
        address = {"verification_url": "https://trakt.tv/activate", "expires_in": 600}
        return _answer(200, told | address)

    def _typed(self, code: str) -> Page:
        if code not in self._asked:
            return _answer(404, {})
        self._asked[code] += 1
        if self._asked[code] == 1:
            return _answer(400, {})
        return self._given() if self._asked[code] == 2 else _answer(409, {})

    def _exchanged(self, token: str) -> Page:
        if token not in self._refresh:
            return _answer(401, {"error": "invalid_grant"})
        self._refresh.remove(token)
        return self._given()

    def _given(self) -> Page:
        number = next(self._numbers)
        access, refresh = f"access-token-{number:051}", f"refresh-token-{number:050}"
        self._access.add(access)
        self._refresh.add(refresh)
        told = {"token_type": "bearer", "scope": "public", "created_at": 1_790_000_000}
        given = {"access_token": access, "refresh_token": refresh, "expires_in": LASTS}
        return _answer(200, told | given)


def _answer(status: int, content: dict[str, Any]) -> Page:
    return Page(json.dumps(content), status=status, content_type=JSON)
