"""The only place that builds real things: server, ledger, browser and clock."""

from __future__ import annotations

import random
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import platformdirs

from reconciler import logs
from reconciler.browser.pool import Sessions
from reconciler.config import UNRESTRICTED
from reconciler.config.file import ConfigFile, ListSites, beside
from reconciler.errors import LedgerError
from reconciler.ledger import CachedRoutes, LockedLedger, SqliteLedger
from reconciler.overseerr import OverseerrServer
from reconciler.render.progress import Silence
from reconciler.sources import plugins
from reconciler.sources.context import ALL_OPEN
from reconciler.sources.debug.folder import DebugFolder
from reconciler.sources.exports.reading import local_path
from reconciler.sources.registry import SiteSources, needs_browser, objection, recognize_list
from reconciler.sources.site_settings import providers_of, sign_in_of
from reconciler.sync.clock import SystemClock
from reconciler.sync.reconcile import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from reconciler.config import Config, Restrictions
    from reconciler.controller.metrics import Metrics
    from reconciler.controller.service import Service
    from reconciler.core.model import ListRef
    from reconciler.notify.apprise import AppriseNotifier
    from reconciler.notify.dispatcher import NotificationDispatcher
    from reconciler.ports import BlockedRoutes, Browser, Ledger, Progress, Session, Sources


def config_file(path: Path, restrictions: Restrictions = UNRESTRICTED) -> ConfigFile:
    """The file at ``path``. ``restrictions``: what it may use, whenever it is read."""
    sites = ListSites(
        recognize_list, lambda ref, said: objection(ref, providers_of(said)), local_path
    )
    return ConfigFile(path, sites, restrictions)


def read_config(path: Path, restrictions: Restrictions = UNRESTRICTED) -> Config:
    """What the file at ``path`` says. Raises ConfigError with every problem in it."""
    return config_file(path, restrictions).read()


def ledger_path(written: str | None, config_path: Path, chosen: Path | None) -> Path:
    """Where the ledger is: as chosen on the command line, else in the file, else the default.

    The default's folder is made where it is missing; a folder that somebody chose is theirs.
    """
    if chosen is not None:
        return chosen
    if written is not None:
        return beside(config_path, written)
    try:
        folder = platformdirs.user_state_path("listsync")
    except RuntimeError as error:
        what = "no place for the ledger: this user has no home directory"
        hint = "set HOME, or name a file with --ledger FILE or LISTSYNC_LEDGER=FILE"
        raise LedgerError(what, hint=hint) from error
    with suppress(OSError):  # the ledger says what it lacks
        folder.mkdir(parents=True, exist_ok=True)
    return folder / "listsync.db"


@contextmanager
def open_ledger(config: Config, path: Path) -> Iterator[SqliteLedger]:
    """The ledger at ``path``, for this spec's server."""
    with SqliteLedger(path, config.server.url) as ledger:
        yield ledger


def _uncounted(endpoint: str, status: str) -> None:
    """Nobody counts the calls."""


@contextmanager
def open_server(
    config: Config, called: Callable[[str, str], None] = _uncounted
) -> Iterator[OverseerrServer]:
    """A client of this spec's server. ``called``: told of each call."""
    with OverseerrServer(
        config.server.url,
        config.server.api_key.get_secret_value(),
        rate=config.server.rate,
        concurrency=config.server.concurrency,
        ca_certificates=config.server.ca_certificates,
        called=called,
    ) as server:
        yield server


def open_service(  # noqa: PLR0913 - what a command chooses about its run
    file: ConfigFile,
    chosen: Path | None,
    held: LockedLedger,
    metrics: Metrics,
    *,
    level: int,
    debug_dir: Path | None = None,
) -> Service:
    """What ``run`` runs: everything is opened anew for each turn. Raises ConfigError.

    ``level``: what is logged, from logging's levels. ``debug_dir``: as ``open_sources``.
    """
    from reconciler.controller.list_reconciler import Factories  # noqa: PLC0415 - only for run: start-up time
    from reconciler.controller.service import Service  # noqa: PLC0415 - only for run: start-up time

    config = file.read()
    configure_logs(config, level)
    clock = SystemClock()

    def ledger(config: Config) -> Ledger:
        return held.at(ledger_path(config.ledger, file.path, chosen), config.server.url)

    def sources(config: Config) -> AbstractContextManager[Sources]:
        path = ledger_path(config.ledger, file.path, chosen)
        routes = CachedRoutes(ledger(config), clock)
        return open_sources(config, file.path, path, routes, debug_dir)

    factories = Factories(
        server=partial(open_server, called=metrics.count_call),
        sources=sources,
        ledger=ledger,
        needs_browser=may_need_browser,
        clock=clock,
        progress=Silence(),
        meter=metrics,
        chance=random.random,
        dispatcher=dispatcher(),
    )
    return Service(config, file, factories, lambda config: configure_logs(config, level))


def notifier() -> AppriseNotifier:
    """What sends notifications."""
    from reconciler.notify.apprise import AppriseNotifier  # noqa: PLC0415 - not for plan: start-up time

    return AppriseNotifier()


def dispatcher() -> NotificationDispatcher:
    """Who decides on notifications, and hands them over."""
    from reconciler.notify.dispatcher import NotificationDispatcher  # noqa: PLC0415 - not for plan: start-up time

    return NotificationDispatcher(notifier())


def may_need_browser(config: Config, ref: ListRef) -> bool:
    """Whether reading a list may take a browser, as the file has it."""
    return needs_browser(ref, providers_of(config.providers))


def sign_in(config: Config, ledger: Path) -> Callable[[], str] | None:
    """A look at who has signed in to Trakt; None where no list is read in somebody's name."""
    return sign_in_of(config.providers, (lst.source for lst in config.lists), ledger)


@contextmanager
def open_browser(config: Config) -> Iterator[Browser | None]:
    """One that starts when needed, gone at the end; None where no list may be read in one."""
    needed = any(may_need_browser(config, lst.source) for lst in config.lists)
    with closing(_browser_session(config)) as session:
        yield session if needed else None


def sandbox_obstacle() -> str | None:
    """Why the local browser has to run without its sandbox; None: it has it."""
    from reconciler.browser import driver  # noqa: PLC0415 - only for doctor: start-up time

    return driver.sandbox_obstacle(driver.find_chromium())


@contextmanager
def open_routes(config: Config, ledger: Path) -> Iterator[BlockedRoutes]:
    """What the ledger at this path knows of blocked routes; nothing where it cannot be used."""
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(open_ledger(config, ledger))
        except LedgerError:
            yield ALL_OPEN
        else:
            yield CachedRoutes(opened, SystemClock())


@contextmanager
def open_sources(
    config: Config,
    config_path: Path,
    ledger: Path,
    routes: BlockedRoutes = ALL_OPEN,
    debug_dir: Path | None = None,
) -> Iterator[SiteSources]:
    """The lists' sites, for one pass: at its end every browser is gone.

    ``ledger``: where it is, since who has signed in to a site is kept beside it.
    ``debug_dir``: where pages are kept that were not read as lists.
    """
    debug = DebugFolder(debug_dir) if debug_dir else None
    with Sessions(partial(_browser_session, config), config.browser.sessions) as sessions:
        sites = providers_of(config.providers, ledger)
        yield SiteSources(
            sessions,
            sites,
            config_path.parent,
            routes=routes,
            is_confined=config.is_confined,
            debug=debug,
        )


@contextmanager
def open_context(  # noqa: PLR0913 - what a command chooses about its pass
    config: Config,
    config_path: Path,
    ledger: Path,
    progress: Progress,
    *,
    lists: Sources | None = None,
    debug_dir: Path | None = None,
) -> Iterator[Context]:
    """Everything a pass needs. ``lists``: where lists come from, if not from their sites.

    ``debug_dir``: as ``open_sources``.
    """
    clock = SystemClock()
    with ExitStack() as stack:
        server = stack.enter_context(open_server(config))
        opened = stack.enter_context(open_ledger(config, ledger))
        routes = CachedRoutes(opened, clock)
        yield Context(
            server=server,
            ledger=opened,
            sources=lists
            or stack.enter_context(open_sources(config, config_path, ledger, routes, debug_dir)),
            clock=clock,
            progress=progress,
        )


def configure_logs(config: Config, level: int) -> None:
    """Logs that hide this spec's secrets."""
    sites = providers_of(config.providers).values()
    secrets = [
        config.server.api_key.get_secret_value(),
        *(lst.source.address for lst in config.lists),
    ]
    secrets += [secret for lst in config.lists for secret in lst.source.secrets]
    secrets += [secret for site in sites for secret in (site.key, site.secret, site.token)]
    secrets += [plugins.said_of(name).key for name in plugins.names()]
    secrets += [url.get_secret_value() for url in config.notify.urls]
    logs.configure(level=level, secrets=secrets)


def _browser_session(config: Config) -> Session:
    from reconciler.browser.chromium import ChromiumBrowser  # noqa: PLC0415 - Selenium is heavy

    return ChromiumBrowser(config.browser.remote_url)
