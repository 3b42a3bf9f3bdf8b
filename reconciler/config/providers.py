"""The section ``providers``: the address and keys of each list site."""

from __future__ import annotations

from typing import Any, Literal

from reconciler.config.keys import Choice, Model, key
from reconciler.config.values import OptionalSecret, Url


def _address(url: str, site: str) -> Any:  # noqa: ANN401 - as key
    """The key of an address of a site."""
    return key(url, help=f"{site}; for proxies and tests.")


class ImdbConfig(Model):
    """IMDb's lists, watchlists and charts."""

    base_url: Url = _address("https://www.imdb.com", "IMDb's address")
    api_url: Url = _address("https://api.graphql.imdb.com", "The address of IMDb's API")
    via: Choice[Literal["browser", "api"] | None] = key(
        None,
        help="The only route to use: browser or api. By default "
        "the browser is used, and the API if a bot check blocks the browser.",
    )


class TraktConfig(Model):
    """Trakt's lists, watchlists and charts."""

    client_id: OptionalSecret = key(
        "",
        help="The client id of your own Trakt app, ideally ${TRAKT_CLIENT_ID:-}. With it, "
        "lists are read through Trakt's API; without it, or if Trakt rejects it, in the browser.",
    )
    client_secret: OptionalSecret = key(
        "",
        help="The client secret of the same app, ideally ${TRAKT_CLIENT_SECRET:-}. With it, "
        "`listsync login trakt` signs in, to read your own lists and private ones.",
    )
    api_url: Url = _address("https://api.trakt.tv", "The address of Trakt's API")
    base_url: Url = _address("https://app.trakt.tv", "Trakt's address")


class MdblistConfig(Model):
    """MDBList's lists."""

    api_key: OptionalSecret = key(
        "",
        help="Your MDBList key, ideally ${MDBLIST_API_KEY:-}. MDBList's API needs it; "
        "without it, only public lists are read.",
    )
    api_url: Url = _address("https://api.mdblist.com", "The address of MDBList's API")
    base_url: Url = _address("https://mdblist.com", "MDBList's address")


class LetterboxdConfig(Model):
    """Letterboxd's site; its exports need no settings."""

    via: Choice[Literal["browser"] | None] = key(
        None,
        help="browser: read the site, which its terms forbid without permission. By default, "
        "only exports are read.",
    )
    base_url: Url = _address("https://letterboxd.com", "Letterboxd's address")


class TmdbConfig(Model):
    """TMDB's lists, collections and charts."""

    api_key: OptionalSecret = key(
        "", help="Your TMDB API key (v3) or access token (v4), ideally ${TMDB_API_KEY}."
    )
    api_url: Url = _address("https://api.themoviedb.org", "The address of TMDB's API")


class AnilistConfig(Model):
    """The lists of AniList's users."""

    api_url: Url = _address("https://graphql.anilist.co", "The address of AniList's API")


class SimklConfig(Model):
    """The lists of a Simkl user."""

    client_id: OptionalSecret = key(
        "", help="The client id of your own Simkl app, ideally ${SIMKL_CLIENT_ID}."
    )
    access_token: OptionalSecret = key(
        "", help="The access token of the user whose lists are read."
    )
    api_url: Url = _address("https://api.simkl.com", "The address of Simkl's API")


class TvdbConfig(Model):
    """TVDB's lists and favorites."""

    api_key: OptionalSecret = key("", help="Your TVDB API key (v4), ideally ${TVDB_API_KEY}.")
    pin: OptionalSecret = key(
        "", help="Your subscriber PIN, for your favorites; some keys always need it."
    )
    api_url: Url = _address("https://api4.thetvdb.com", "The address of TVDB's API")


class StevenluConfig(Model):
    """StevenLu's lists of popular films."""

    base_url: Url = _address("https://movies.stevenlu.com", "The address of the lists")


class ProvidersConfig(Model):
    """The list sites."""

    imdb: ImdbConfig = key(ImdbConfig(), help="Settings for IMDb.")
    trakt: TraktConfig = key(TraktConfig(), help="Settings for Trakt.")
    mdblist: MdblistConfig = key(MdblistConfig(), help="Settings for MDBList.")
    letterboxd: LetterboxdConfig = key(LetterboxdConfig(), help="Settings for Letterboxd.")
    tmdb: TmdbConfig = key(TmdbConfig(), help="Settings for TMDB.")
    anilist: AnilistConfig = key(AnilistConfig(), help="Settings for AniList.")
    simkl: SimklConfig = key(SimklConfig(), help="Settings for Simkl.")
    tvdb: TvdbConfig = key(TvdbConfig(), help="Settings for TVDB.")
    stevenlu: StevenluConfig = key(StevenluConfig(), help="Settings for StevenLu's lists.")
