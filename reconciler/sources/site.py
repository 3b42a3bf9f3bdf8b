"""What a site's module offers."""

from __future__ import annotations

import re
from typing import Protocol
from urllib.parse import SplitResult

from reconciler.core.model import ListRef, Snapshot
from reconciler.sources.scrape import FetchContext, Provider


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

    def fetch(self, ref: ListRef, reach: FetchContext) -> Snapshot:
        """Read a list; trouble is an outcome."""
