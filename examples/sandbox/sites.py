"""The sandbox's list sites over real HTTP on 127.0.0.1: IMDb, Trakt, and the others on one port."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from types import MappingProxyType
from typing import Self

from examples.sandbox import imdb_graphql, trakt_api
from examples.sandbox.catalogue import CATALOGUE, Title
from examples.sandbox.imdb_site import ImdbSite
from examples.sandbox.interfaces import KEY, TOKEN, InterfaceSite, interface_lists
from examples.sandbox.sites_desk import SiteDesk
from examples.sandbox.sites_http import SiteServer
from examples.sandbox.sites_lists import SiteList, imdb_lists, trakt_lists
from examples.sandbox.trakt_accounts import CLIENT_ID
from examples.sandbox.trakt_site import TraktSite


@cache
def _lists() -> tuple[dict[str, SiteList], dict[str, SiteList], dict[str, SiteList]]:
    """The lists of IMDb, Trakt and the other sites, created once per process."""
    return imdb_lists(CATALOGUE), trakt_lists(CATALOGUE), interface_lists(CATALOGUE)


class SandboxSites:
    """Serves all sites during a `with` block.

    `imdb`, `trakt` and `others` hold what a test may change while they run: `imdb.lists[KEY]`,
    `imdb.faults.set(PATH, Fault(…))`, and what it may look at: `imdb.visits`.
    """

    def __init__(self, *, imdb_port: int = 0, trakt_port: int = 0) -> None:
        """Bind the ports, by default free ones; requests are not answered yet."""
        imdb, trakt, others = map(dict, _lists())
        self.imdb = ImdbSite(imdb)
        self.trakt = TraktSite(trakt, CATALOGUE)
        self.others = InterfaceSite(others)
        self._imdb_server = SiteServer(self.imdb, SiteDesk(self.imdb, CATALOGUE), imdb_port)
        self._trakt_server = SiteServer(self.trakt, SiteDesk(self.trakt, CATALOGUE), trakt_port)
        self._others_server = SiteServer(self.others, SiteDesk(self.others, CATALOGUE))
        self._running = ExitStack()

    @property
    def imdb_url(self) -> str:
        """The address of the sandbox's IMDb, without a trailing slash."""
        return self._imdb_server.url

    @property
    def imdb_api_url(self) -> str:
        """The address of IMDb's GraphQL."""
        return f"{self.imdb_url}{imdb_graphql.PATH}"

    @property
    def trakt_url(self) -> str:
        """The address of the sandbox's Trakt, without a trailing slash."""
        return self._trakt_server.url

    @property
    def trakt_api_url(self) -> str:
        """The address of Trakt's API."""
        return f"{self.trakt_url}{trakt_api.PREFIX}"

    @property
    def others_url(self) -> str:
        """The address of the other sites, each under its own name."""
        return self._others_server.url

    @property
    def providers(self) -> dict[str, dict[str, str]]:
        """The config's section `providers` for these sites, with valid keys."""
        url = self.others_url
        return {
            "imdb": {"base_url": self.imdb_url, "api_url": self.imdb_api_url},
            "trakt": {
                "base_url": self.trakt_url,
                "api_url": self.trakt_api_url,
                "client_id": CLIENT_ID,
            },
            "mdblist": {"base_url": f"{url}/mdblist", "api_url": f"{url}/mdblist/api"},
            "letterboxd": {"base_url": f"{url}/letterboxd"},
            "tmdb": {"api_url": f"{url}/tmdb", "api_key": KEY},
            "anilist": {"api_url": f"{url}/anilist"},
            "simkl": {"api_url": f"{url}/simkl", "client_id": KEY, "access_token": TOKEN},
            "tvdb": {"api_url": f"{url}/tvdb", "api_key": KEY, "pin": "sandbox-pin"},
            "stevenlu": {"base_url": f"{url}/stevenlu"},
        }

    @property
    def lists(self) -> Mapping[str, tuple[Title, ...]]:
        """The films and shows on every list of all sites, in order, by key."""
        every = self.imdb.lists | self.trakt.lists | self.others.lists
        return MappingProxyType({key: content.titles for key, content in every.items()})

    def __enter__(self) -> Self:
        """Start answering."""
        for server in (self._imdb_server, self._trakt_server, self._others_server):
            self._running.enter_context(server)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all sites and close what is still open."""
        self._running.close()
