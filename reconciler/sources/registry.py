"""The list sites: recognizing a pasted list, and reading it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from threading import Semaphore

from reconciler.browser.pool import BrowserLease, Sessions
from reconciler.core.completeness import compared
from reconciler.core.model import ALL, FetchScope, ListRef, Outcome, Snapshot
from reconciler.core.privacy import without_secrets
from reconciler.errors import ListsyncError, trace_of
from reconciler.http.foreign import valid_text
from reconciler.http.limits import Limits
from reconciler.logs import Logger
from reconciler.ports import BlockedRoutes
from reconciler.sources import plugins
from reconciler.sources.addresses import is_at, redact, split, steps, unwrapped
from reconciler.sources.context import ALL_OPEN, PATIENCE, FetchContext, Patience, Provider, Site
from reconciler.sources.debug.folder import DebugFolder
from reconciler.sources.failure import FetchFailure
from reconciler.sources.sites import (
    anilist,
    file,
    imdb,
    json,
    letterboxd,
    mdblist,
    rss,
    simkl,
    stevenlu,
    tmdb,
    trakt,
    tvdb,
)

SOURCES: dict[str, Site] = {
    "imdb": imdb,
    "trakt": trakt,
    "mdblist": mdblist,
    "letterboxd": letterboxd,
    "tmdb": tmdb,
    "anilist": anilist,
    "simkl": simkl,
    "tvdb": tvdb,
    "stevenlu": stevenlu,
    "json": json,
    "rss": rss,
    "file": file,
}
# Addresses of no known site that say by their ending what is there.
_ENDINGS: dict[str, Site] = {".json": json, ".rss": rss, ".xml": rss}
_FEEDS = {"rss", "feed"}  # a last part of a path that says the same

_LONGEST_ADDRESS = 8_000  # characters: no browser and no server takes much more
_STOPS = ".,;"
_FILES = re.compile(r"\.(csv|tsv|txt|zip)\Z|\A[^/]+\.json\Z", re.IGNORECASE)
_CUT_SHORT = {Outcome.UNREACHABLE, Outcome.INCOMPLETE}

_log = Logger()


def recognize_list(text: str) -> ListRef:
    """The list a text means: a pasted address, ``provider:id``, or a bare ``ls…`` or ``ur…``.

    Raises ValueError, with a sentence that says what to paste instead.
    """
    if len(text) > _LONGEST_ADDRESS:
        problem = f"not a list: longer than {_LONGEST_ADDRESS:,} characters"
        raise ValueError(f"{problem}; paste one address, or write {_forms()}")
    text = unwrapped(text)
    if text != valid_text(text):  # no file, address or ledger can hold half a character
        raise ValueError(f"not a list: {text!r} contains an invalid character; retype it")
    provider, colon, rest = text.partition(":")
    has_provider = colon and provider.lower() not in {"http", "https"}
    if has_provider and (site := _site(provider.lower())):
        rest = rest.strip()
        url = split(rest) if "/" in rest else None  # an address behind its site's name
        return site.parse_url(url) if url and is_at(url, site.HOSTS) else site.parse_id(rest)
    text = text.rstrip(_STOPS)  # of the sentence that it was copied from
    for site in SOURCES.values():
        if site.BARE and site.BARE.fullmatch(text.rstrip("/")):
            return site.parse_id(text)
    if ref := _at_address(text):
        return ref
    if "://" not in text and (name := _FILES.search(text)):
        forms = f"file:{text}"
        if name[0].lower() == ".zip":
            forms = f"letterboxd:{text} for a Letterboxd export, file:{text} for a Trakt export"
        raise ValueError(f"a file name needs a prefix: write {forms}")
    if "/" in text:  # the address may hold a key
        raise ValueError(
            f"{redact(text)} is not a list on a known site; write rss:https://… for a feed,"
            f" json:https://… for JSON; otherwise paste a list's address, or write {_forms()}"
        )
    raise ValueError(f"{redact(text)} is not a list; paste a list's address, or write {_forms()}")


def objection(ref: ListRef, providers: Mapping[str, Provider]) -> str | None:
    """Why a list cannot be read with what the file says of its site, for people; None: it can."""
    site = _site(ref.provider)
    return site.objection(ref, _provider_of(ref, providers)) if site else None


def needs_browser(ref: ListRef, providers: Mapping[str, Provider]) -> bool:
    """Whether reading a list may take a browser, with what the file says of its site."""
    return _site_of(ref.provider).needs_browser(ref, _provider_of(ref, providers))


class SiteSources:
    """A ``ports.Sources`` over the sites: at each as many lists at once as there are sessions."""

    def __init__(  # noqa: PLR0913 - each is an edge of its own, given by wiring
        self,
        sessions: Sessions,
        providers: Mapping[str, Provider],
        folder: Path,
        patience: Patience = PATIENCE,
        routes: BlockedRoutes = ALL_OPEN,
        *,
        is_confined: bool = False,
        debug: DebugFolder | None = None,
    ) -> None:
        """``providers``: what the file says of the sites, by name.

        ``folder``: what the paths of ``file:`` sources are relative to.
        ``routes``: which routes to a site were blocked lately, and what its lists gave.
        ``is_confined``: whether files of lists must be in ``folder``.
        ``debug``: where pages are kept that were not read as lists.
        """
        self._sessions = sessions
        self._providers = providers
        self._folder = folder
        self._patience = patience
        self._routes = routes
        self._is_confined = is_confined
        self._debug = debug
        self._turns = {name: Semaphore(sessions.count) for name in (*SOURCES, *plugins.names())}

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:
        """Read one list now; every trouble with it is an outcome, also a mistake of listsync's own.

        One that loses its browser is read again from its start, once, in a fresh one. Raises the
        ListsyncErrors that concern all lists: no browser starts, for example.
        """
        try:
            return self._fetch(ref, need)
        except ListsyncError:
            raise
        except (Exception, SystemExit) as error:
            if self._sessions.closed:
                raise  # the fetch was canceled
            return self._surprise(ref, error)

    def _surprise(self, ref: ListRef, error: BaseException) -> Snapshot:
        """A list at which the program itself failed. Its message is hidden: it may have a key."""
        trace = trace_of(error)
        name = type(error).__name__
        _log.error("internal error", source=str(ref), error=name, trace=trace)
        if self._debug:
            self._debug.keep_trace("\n".join([*trace, name, ""]))
        problem = f"{ref}: the response cannot be read ({name} at {trace[-1]})"
        hint = "this is a bug in listsync; please report it with this line"
        return FetchFailure(Outcome.CHANGED_LAYOUT, f"{problem}; {hint}").snapshot("unknown")

    def _fetch(self, ref: ListRef, need: FetchScope) -> Snapshot:
        longest = Limits(self._patience.whole, noun="list")
        with self._turns[ref.provider], longest:
            snapshot, lost = self._read(ref, need)
            if lost and snapshot.outcome in _CUT_SHORT and not self._sessions.closed:
                snapshot, _ = self._read(ref, need)
        provider = _provider_of(ref, self._providers)
        snapshot = without_secrets(
            snapshot, (*ref.secrets, provider.key, provider.secret, provider.token)
        )
        if snapshot.delivered is None:
            return snapshot
        return compared(snapshot, self._routes.last_snapshot(ref), ref.site)

    def _read(self, ref: ListRef, need: FetchScope) -> tuple[Snapshot, bool]:
        """The snapshot of a fetch, and whether it lost its browser."""
        provider = _provider_of(ref, self._providers)
        with BrowserLease(self._sessions, self._patience.whole) as lease:
            context = FetchContext(
                lease,
                self._folder,
                provider,
                self._patience,
                self._routes,
                need,
                self._is_confined,
            )
            snapshot = _site_of(ref.provider).fetch(ref, context)
            if self._debug:
                self._debug.keep(ref, snapshot, lease)
            return snapshot, lease.lost


def _site(name: str) -> Site | None:
    """The site of this name: listsync's own, else a plugin's, which is loaded then."""
    if name in SOURCES:
        return SOURCES[name]
    return plugins.plugins().get(name) if name in plugins.names() else None


def _provider_of(ref: ListRef, providers: Mapping[str, Provider]) -> Provider:
    """The settings of a list's site, from the config or, for a plugin, the environment."""
    if ref.provider in SOURCES or ref.provider in providers:
        return providers.get(ref.provider, Provider())
    return plugins.settings_of(ref.provider)


def _site_of(name: str) -> Site:
    site = _site(name)
    if site is None:  # a list is recognised before it is read
        raise KeyError(name)
    return site


def _at_address(text: str) -> ListRef | None:
    """The list at an address of a known site, or of one that says what it is; None: of neither."""
    url = split(text)
    if url is None:
        return None
    for site in SOURCES.values():
        if is_at(url, site.HOSTS):
            return site.parse_url(url)
    if "/" in text:
        for plugin in plugins.plugins().values():
            if is_at(url, plugin.HOSTS):
                return plugin.parse_url(url)
    if "://" not in text:
        return None
    last = (steps(url) or [""])[-1].lower()
    sites = (site for ending, site in _ENDINGS.items() if last.endswith(ending))
    document_site = rss if last in _FEEDS else next(sites, None)
    return document_site.parse_url(url) if document_site else None


def _forms() -> str:
    strangers = plugins.plugins().values()
    forms = [site.FORMS for site in (*SOURCES.values(), *strangers)]
    broken = "".join(f"; {plugin.broken}" for plugin in strangers if plugin.broken)
    return ", ".join(forms) + broken
