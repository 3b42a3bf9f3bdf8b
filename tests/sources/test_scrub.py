"""Data about the visitor is removed from a page, wherever it is and however it is written."""

from __future__ import annotations

import html
import json

import pytest

from reconciler.sources.debug.scrub import scrub

SECRETS = {
    "address": "203.0.113.77",
    "address6": "2001:db8::77:1",
    "cookie": "Zk3-made-up-cookie",
    "session": "000-1111111-2222222",
    "latitude": "12.3456",
    "longitude": "-65.4321",
    "token": "made-up-sign-in-token",
}
CONTEXT = {
    "requestContext": {
        "ipAddress": SECRETS["address"],
        "headers": {"cookie": f"session-id={SECRETS['session']}; at={SECRETS['cookie']}"},
        "sidecar": {"latitude": SECRETS["latitude"], "longitude": SECRETS["longitude"]},
    }
}
SCRIPT = f'<script id="__NEXT_DATA__">{json.dumps(CONTEXT)}</script>'


@pytest.mark.parametrize(
    "page",
    [
        SCRIPT,
        SCRIPT + f"<p data-seen='{SECRETS['cookie']}'>{SECRETS['latitude']}</p>",
        f"<div data-props='{html.escape(json.dumps(CONTEXT))}'></div>",
        f"<script>window.state = JSON.parse({json.dumps(json.dumps(CONTEXT))});</script>",
        SCRIPT[:180],
        f"<meta name='geo.position' content='{SECRETS['latitude']};{SECRETS['longitude']}'>",
        f'<meta content="x"><input type="hidden" name="csrfToken" value="{SECRETS["token"]}">',
        f'<div data-lat="{SECRETS["latitude"]}" data-lng="{SECRETS["longitude"]}"></div>',
        (
            f"<script>var ip = '{SECRETS['address']}', geo=[{SECRETS['latitude']}, "
            f"{SECRETS['longitude']}];</script>"
        ),
        f"<p>You come from {SECRETS['address6']}.</p>",
        (
            f"<script>document.cookie = 'at-main={SECRETS['cookie']}'; x={{sessionId: "
            f"'{SECRETS['session']}'}}</script>"
        ),
        f'{"İ" * 60}<div data-X-CSRF-Token="{SECRETS["token"]}"></div>',
        f"https://example.org/?token={SECRETS['token']}&ip={SECRETS['address']}",
    ],
    ids=[
        "the context",
        "elsewhere in the page, too",
        "JSON in an attribute",
        "JSON in a script's text",
        "a context that was cut off",
        "a place in a meta element",
        "a hidden field",
        "a place in attributes",
        "an inline script",
        "an IPv6 address",
        "a cookie that is set",
        "capital letters, after one that grows when made small",
        "an address's query",
    ],
)
def test_nothing_of_the_visitor_stays(page: str) -> None:
    scrubbed = scrub(page)
    assert [name for name, secret in SECRETS.items() if secret in scrubbed] == []


@pytest.mark.parametrize(
    "page",
    [
        '<li data-testid="row"><a href="/title/tt0111161/">1. The Shawshank Redemption</a></li>',
        '{"edges": [{"currentRank": 1, "node": {"id": "tt0111161", "rating": 9.3}}]}',
        "<title>Just a moment...</title><p>12:30:15</p>",
    ],
    ids=["rows", "JSON", "a wait page"],
)
def test_what_a_bug_report_needs_stays(page: str) -> None:
    assert scrub(page) == page
