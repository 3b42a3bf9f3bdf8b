"""The sites' title types, as a kind or as something that cannot be requested."""

from __future__ import annotations

import re
from functools import lru_cache

from reconciler.core.model import Kind

# IMDb's ids (titleType.id), the English words of its exports, and Trakt's types, all without
# case, spaces and hyphens: "tvMiniSeries", "TV Mini Series" and "TV Mini-Series" are one.
_MOVIES = {
    "movie",
    "featurefilm",
    "film",
    "tvmovie",
    "short",
    "shortfilm",
    "tvshort",
    "video",
    "tvspecial",
}
_SHOWS = {"tvseries", "tvminiseries", "miniseries", "series", "show", "tv"}
_UNSUPPORTED = {
    name.lower(): name
    for name in (
        "tvEpisode",
        "videoGame",
        "musicVideo",
        "podcastSeries",
        "podcastEpisode",
        "season",
        "episode",
        "person",
    )
}


@lru_cache(maxsize=64)  # called for every title of a list, with a dozen types
def classify(name: str) -> tuple[Kind | None, str | None]:
    """The kind, and the name of what cannot be requested; both None: the server may decide."""
    plain = re.sub(r"[\W_]", "", name).lower()
    if plain in _MOVIES:
        return Kind.MOVIE, None
    if plain in _SHOWS:
        return Kind.TV, None
    return None, _UNSUPPORTED.get(plain)
