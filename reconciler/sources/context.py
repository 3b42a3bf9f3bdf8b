"""The protocol of a site's module, and the context for reading a list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult

from reconciler.core.model import ALL, FetchScope, ListRef, Snapshot
from reconciler.ports import BlockedRoutes, Browser


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, for what a page does by itself."""

    content: float = 20.0  # late rendering, until the first items
    check: float = 30.0  # a bot check that resolves itself in a real browser
    settle: float = 2.0  # silence at the bottom of an endless page before it counts as its end
    whole: float = 600.0  # all pages of a list together


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Provider:
    """What the file says of a site. Addresses: "" is the site's own."""

    base_url: str = ""
    api_url: str = ""
    via: str | None = None  # the only route to take; None: as the site thinks best
    key: str = field(default="", repr=False)  # its client id or API key; "" if not set
    secret: str = field(default="", repr=False)  # for signing in, beside the key; "" if not set
    tokens: Path | None = None  # the file that keeps who has signed in
    token: str = field(default="", repr=False)  # the token or PIN of an account; "" if not set


class AllOpen:
    """A ``ports.BlockedRoutes`` where nothing is remembered."""

    def is_blocked(self, route: str) -> bool:  # noqa: ARG002 - the protocol's
        return False

    def keep_blocked(self, route: str) -> None:
        """Nobody asks for it."""

    def last_snapshot(self, ref: ListRef) -> Snapshot | None:  # noqa: ARG002 - the protocol's
        return None


ALL_OPEN = AllOpen()


@dataclass(frozen=True, slots=True)
class FetchContext:
    """What a site may use to read a list."""

    browser: Browser
    folder: Path  # what relative paths start from
    provider: Provider = Provider()
    patience: Patience = PATIENCE
    routes: BlockedRoutes = ALL_OPEN
    need: FetchScope = ALL
    is_confined: bool = False  # to files in ``folder``


class Site(Protocol):
    """What a site's module offers."""

    HOSTS: frozenset[str]  # whose addresses are this site's: see ``addresses.is_at``
    BARE: re.Pattern[str] | None  # ids that say by themselves which site they belong to
    FORMS: str  # how its lists are written, for people

    def parse_id(self, text: str) -> ListRef:
        """The list that ``provider:TEXT`` means. Raises ValueError with a sentence."""

    def parse_url(self, url: SplitResult) -> ListRef:
        """The list at an address. Raises ValueError with a sentence."""

    def objection(self, ref: ListRef, provider: Provider) -> str | None:
        """Why a list cannot be read with what the file says of the site; None: it can."""

    def needs_browser(self, ref: ListRef, provider: Provider) -> bool:
        """Whether reading a list may take a browser, with what the file says of the site."""

    def fetch(self, ref: ListRef, context: FetchContext) -> Snapshot:
        """Read a list; trouble is an outcome."""
