"""CSRF protection: a call without the cookies of a GET is refused, even with an API key."""

from __future__ import annotations

from dataclasses import replace
from http.cookies import SimpleCookie

from .answers import Answer, Call

_SECRET, _TOKEN = "sandbox-csrf-secret", "sandbox-csrf-token"
_SECRET_COOKIE = f"_csrf={_SECRET}; Path=/; HttpOnly; Secure; SameSite=Strict"
_TOKEN_COOKIE = f"XSRF-TOKEN={_TOKEN}; Path=/; Secure; SameSite=Strict"

REFUSAL = Answer(403, {"message": "invalid csrf token"}, cookies=(_SECRET_COOKIE,))


def with_cookies(answer: Answer) -> Answer:
    """The answer, with the cookies that the client must send back."""
    return replace(answer, cookies=(_SECRET_COOKIE, _TOKEN_COOKIE))


def is_token_sent(call: Call) -> bool:
    """Whether a call has the secret as a cookie and the token as a header."""
    cookies = SimpleCookie(call.headers.get("Cookie", ""))
    secret = cookies["_csrf"].value if "_csrf" in cookies else None
    return (secret, call.headers.get("X-XSRF-TOKEN")) == (_SECRET, _TOKEN)
