"""The section ``providers``: the address and keys of each list site."""

from __future__ import annotations

from typing import Literal

from reconciler.config.keys import Choice, Model, key
from reconciler.config.values import OptionalSecret, Url


class ImdbConfig(Model):
    """IMDb's lists, watchlists and charts."""

    base_url: Url = key("https://www.imdb.com", help="IMDb's address; for proxies and tests.")
    api_url: Url = key(
        "https://api.graphql.imdb.com", help="The address of IMDb's API; for proxies and tests."
    )
    via: Choice[Literal["browser", "api"] | None] = key(
        None,
        help="The only route to use: browser or api. Without it the browser, "
        "and the API where a bot check blocks the browser.",
    )


class TraktConfig(Model):
    """Trakt's lists, watchlists and charts."""

    client_id: OptionalSecret = key(
        "",
        help="The client id of your own Trakt app, best as ${TRAKT_CLIENT_ID:-}. With it Trakt's "
        "API is read; without it, or if Trakt rejects it, Trakt's site in the browser.",
    )
    client_secret: OptionalSecret = key(
        "",
        help="The client secret of the same app, best as ${TRAKT_CLIENT_SECRET:-}. With it, "
        "`listsync login trakt` signs in, for private lists and your own.",
    )
    api_url: Url = key(
        "https://api.trakt.tv", help="The address of Trakt's API; for proxies and tests."
    )
    base_url: Url = key("https://app.trakt.tv", help="Trakt's address; for proxies and tests.")


class MdblistConfig(Model):
    """MDBList's lists."""

    api_key: OptionalSecret = key(
        "",
        help="Your MDBList key, best as ${MDBLIST_API_KEY:-}. With it MDBList's API is read; "
        "without it, public lists only.",
    )
    api_url: Url = key(
        "https://api.mdblist.com", help="The address of MDBList's API; for proxies and tests."
    )
    base_url: Url = key("https://mdblist.com", help="MDBList's address; for proxies and tests.")


class LetterboxdConfig(Model):
    """Letterboxd's site; its exports need no settings."""

    via: Choice[Literal["browser"] | None] = key(
        None,
        help="browser: read the site, which its terms forbid without permission. Without it, "
        "only exports are read.",
    )
    base_url: Url = key(
        "https://letterboxd.com", help="Letterboxd's address; for proxies and tests."
    )


class TmdbConfig(Model):
    """TMDB's lists, collections and charts."""

    api_key: OptionalSecret = key(
        "", help="Your TMDB API key (v3) or access token (v4), best as ${TMDB_API_KEY}."
    )
    api_url: Url = key(
        "https://api.themoviedb.org", help="The address of TMDB's API; for proxies and tests."
    )


class AnilistConfig(Model):
    """The lists of AniList's users."""

    api_url: Url = key(
        "https://graphql.anilist.co", help="The address of AniList's API; for proxies and tests."
    )


class SimklConfig(Model):
    """The lists of a Simkl user."""

    client_id: OptionalSecret = key(
        "", help="The client id of your own Simkl app, best as ${SIMKL_CLIENT_ID}."
    )
    access_token: OptionalSecret = key(
        "", help="The access token of the user whose lists are read."
    )
    api_url: Url = key(
        "https://api.simkl.com", help="The address of Simkl's API; for proxies and tests."
    )


class TvdbConfig(Model):
    """TVDB's lists and favorites."""

    api_key: OptionalSecret = key("", help="Your TVDB API key (v4), best as ${TVDB_API_KEY}.")
    pin: OptionalSecret = key(
        "", help="Your subscriber PIN, for your favorites; some keys always need it."
    )
    api_url: Url = key(
        "https://api4.thetvdb.com", help="The address of TVDB's API; for proxies and tests."
    )


class StevenluConfig(Model):
    """StevenLu's lists of popular films."""

    base_url: Url = key(
        "https://movies.stevenlu.com", help="The address of the lists; for proxies and tests."
    )


class ProvidersConfig(Model):
    """The list sites."""

    imdb: ImdbConfig = key(ImdbConfig(), help="Settings of IMDb.")
    trakt: TraktConfig = key(TraktConfig(), help="Settings of Trakt.")
    mdblist: MdblistConfig = key(MdblistConfig(), help="Settings of MDBList.")
    letterboxd: LetterboxdConfig = key(LetterboxdConfig(), help="Settings of Letterboxd.")
    tmdb: TmdbConfig = key(TmdbConfig(), help="Settings of TMDB.")
    anilist: AnilistConfig = key(AnilistConfig(), help="Settings of AniList.")
    simkl: SimklConfig = key(SimklConfig(), help="Settings of Simkl.")
    tvdb: TvdbConfig = key(TvdbConfig(), help="Settings of TVDB.")
    stevenlu: StevenluConfig = key(StevenluConfig(), help="Settings of StevenLu's lists.")
