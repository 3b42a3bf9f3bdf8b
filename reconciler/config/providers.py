"""The section ``providers``: the address and keys of each list site."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, WithJsonSchema

from reconciler.config import values
from reconciler.config.fields import TEXT, URL, Model, schema

Url = Annotated[str, values.written(values.url), schema(URL)]
Key = Annotated[SecretStr, values.written(values.optional_secret), WithJsonSchema(TEXT)]


def _place(site: str, default: str) -> str:
    help_text = f"Where {site} is; for proxies and tests."
    url: str = Field(default=default, description=help_text)
    return url


def _key(help_text: str) -> SecretStr:
    key: SecretStr = Field(
        default=SecretStr(""), description=help_text, json_schema_extra={"default": None}
    )
    return key


class ImdbConfig(Model):
    """IMDb's lists, watchlists and charts."""

    base_url: Url = Field(
        default="https://www.imdb.com", description="Where IMDb is read; for proxies and tests."
    )
    api_url: Url = Field(
        default="https://api.graphql.imdb.com",
        description="Where IMDb's own interface is asked; for proxies and tests.",
    )
    via: Annotated[
        Literal["browser", "api"] | None,
        values.written(values.via),
        schema({"enum": ["browser", "api"]}),
    ] = Field(
        default=None,
        description="The only route to take: browser or api. Without it the browser, "
        "and the interface where a bot check keeps the browser out.",
    )


class TraktConfig(Model):
    """Trakt's lists, watchlists and charts."""

    client_id: Key = _key(
        "Your own Trakt app's client id, best as ${TRAKT_CLIENT_ID:-}. With it Trakt's "
        "API is read; without it, empty, or refused by Trakt, the page of its app in the browser."
    )
    client_secret: Key = _key(
        "The same app's client secret, best as ${TRAKT_CLIENT_SECRET:-}: "
        "with it, `listsync login trakt` signs in, for private lists and one's own."
    )
    api_url: Url = Field(
        default="https://api.trakt.tv", description="Where Trakt's API is; for proxies and tests."
    )
    base_url: Url = Field(
        default="https://app.trakt.tv", description="Where Trakt is read; for proxies and tests."
    )


class MdblistConfig(Model):
    """MDBList's lists."""

    api_key: Key = _key(
        "Your MDBList key, best as ${MDBLIST_API_KEY:-}. With it MDBList's API is read; without it "
        "its public lists."
    )
    api_url: Url = _place("MDBList's API", "https://api.mdblist.com")
    base_url: Url = _place("MDBList", "https://mdblist.com")


class LetterboxdConfig(Model):
    """Letterboxd's site; its exports need nothing said."""

    via: Annotated[
        Literal["browser"] | None, values.written(values.via_browser), schema({"const": "browser"})
    ] = Field(
        default=None,
        description="browser: read the site, which its terms forbid without permission. Without it "
        "exports are read, and nothing else.",
    )
    base_url: Url = _place("Letterboxd", "https://letterboxd.com")


class TmdbConfig(Model):
    """TMDB's lists, collections and charts."""

    api_key: Key = _key("Your TMDB API key (v3) or access token (v4), best as ${TMDB_API_KEY}.")
    api_url: Url = _place("TMDB's API", "https://api.themoviedb.org")


class AnilistConfig(Model):
    """AniList's users."""

    api_url: Url = _place("AniList's interface", "https://graphql.anilist.co")


class SimklConfig(Model):
    """The lists of a user of Simkl."""

    client_id: Key = _key("Your own Simkl app's client id, best as ${SIMKL_CLIENT_ID}.")
    access_token: Key = _key("The access token of the user whose lists are read.")
    api_url: Url = _place("Simkl's API", "https://api.simkl.com")


class TvdbConfig(Model):
    """TVDB's lists and favourites."""

    api_key: Key = _key("Your TVDB API key (v4), best as ${TVDB_API_KEY}.")
    pin: Key = _key("Your subscriber PIN: whose favourites are read; some keys need it, too.")
    api_url: Url = _place("TVDB's API", "https://api4.thetvdb.com")


class StevenluConfig(Model):
    """StevenLu's lists of popular films."""

    base_url: Url = _place("his list", "https://movies.stevenlu.com")


class ProvidersConfig(Model):
    """The list sites."""

    imdb: ImdbConfig = Field(default=ImdbConfig(), description="Where IMDb is.")
    trakt: TraktConfig = Field(default=TraktConfig(), description="Where Trakt is.")
    mdblist: MdblistConfig = Field(default=MdblistConfig(), description="Where MDBList is.")
    letterboxd: LetterboxdConfig = Field(
        default=LetterboxdConfig(), description="Whether and where Letterboxd's site is read."
    )
    tmdb: TmdbConfig = Field(default=TmdbConfig(), description="Where TMDB is.")
    anilist: AnilistConfig = Field(default=AnilistConfig(), description="Where AniList is.")
    simkl: SimklConfig = Field(default=SimklConfig(), description="Where Simkl is.")
    tvdb: TvdbConfig = Field(default=TvdbConfig(), description="Where TVDB is.")
    stevenlu: StevenluConfig = Field(
        default=StevenluConfig(), description="Where StevenLu's list is."
    )
