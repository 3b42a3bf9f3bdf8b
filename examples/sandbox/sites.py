"""The sandbox's list sites, IMDb and Trakt, over real HTTP on two ports of 127.0.0.1."""

from __future__ import annotations

from contextlib import ExitStack
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from examples.sandbox import imdb_graphql, trakt_api
from examples.sandbox.catalogue import CATALOGUE, Title
from examples.sandbox.imdb_site import ImdbSite
from examples.sandbox.sites_desk import SiteDesk
from examples.sandbox.sites_http import SiteServer
from examples.sandbox.sites_lists import imdb_lists, trakt_lists
from examples.sandbox.trakt_site import TraktSite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class SandboxSites:
    """Serves both sites while the `with` block lasts.

    `imdb` and `trakt` hold what a test may change while they run: `imdb.lists[KEY]`,
    `imdb.faults.set(PATH, Fault(…))`, and what it may look at: `imdb.visits`.
    """

    def __init__(
        self, *, imdb_port: int = 0, trakt_port: int = 0, catalogue: Sequence[Title] = CATALOGUE
    ) -> None:
        """Bind both ports, a free one where none is given; nothing is answered yet."""
        self.imdb = ImdbSite(imdb_lists(catalogue))
        self.trakt = TraktSite(trakt_lists(catalogue), catalogue)
        self._imdb_server = SiteServer(self.imdb, SiteDesk(self.imdb, catalogue), imdb_port)
        self._trakt_server = SiteServer(self.trakt, SiteDesk(self.trakt, catalogue), trakt_port)
        self._running = ExitStack()

    @property
    def imdb_url(self) -> str:
        """Where the sandbox's IMDb answers, without a trailing slash."""
        return self._imdb_server.url

    @property
    def imdb_api_url(self) -> str:
        """Where the sandbox's IMDb answers GraphQL."""
        return f"{self.imdb_url}{imdb_graphql.PATH}"

    @property
    def trakt_url(self) -> str:
        """Where the sandbox's Trakt answers, without a trailing slash."""
        return self._trakt_server.url

    @property
    def trakt_api_url(self) -> str:
        """Where the sandbox's Trakt answers as its API does."""
        return f"{self.trakt_url}{trakt_api.PREFIX}"

    @property
    def lists(self) -> Mapping[str, tuple[Title, ...]]:
        """The films and shows on every list of both sites, in order, by key."""
        both = self.imdb.lists | self.trakt.lists
        return MappingProxyType({key: content.titles for key, content in both.items()})

    def __enter__(self) -> Self:
        """Start to answer."""
        self._running.enter_context(self._imdb_server)
        self._running.enter_context(self._trakt_server)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop both sites and close what is still open."""
        self._running.close()
