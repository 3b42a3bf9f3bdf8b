"""Which lists may be read in a browser: only for those does one have to be there."""

from __future__ import annotations

import pytest

from reconciler.sources.context import Provider
from reconciler.sources.registry import needs_browser, recognize_list


@pytest.mark.parametrize(
    ("source", "provider", "needed"),
    [
        ("file:wishes.txt", Provider(), False),
        ("imdb:top", Provider(), True),
        ("imdb:top", Provider(via="browser"), True),
        ("imdb:top", Provider(via="api"), False),
        ("trakt:anna/watchlist", Provider(), True),
        ("trakt:anna/watchlist", Provider(key="made-up-client-id"), False),
        ("letterboxd:export.zip", Provider(), False),
        ("letterboxd:anna/watchlist", Provider(via="browser"), True),
        ("mdblist:anna/night", Provider(), False),
        ("tmdb:list/7", Provider(key="made-up-key"), False),
        ("trakt:movies/trending", Provider(key="made-up-client-id"), False),
    ],
)
def test_a_list_needs_a_browser_unless_another_route_is_sure(
    source: str, provider: Provider, *, needed: bool
) -> None:
    ref = recognize_list(source)
    assert needs_browser(ref, {ref.provider: provider}) is needed
