"""The only place that builds real things: server, ledger, sources, browser, notifier, clock.

Imports inside functions keep the start-up of other commands short.
"""

from __future__ import annotations

import random
import sys
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import platformdirs

from reconciler import logs
from reconciler.browser.pool import Sessions
from reconciler.config import UNRESTRICTED
from reconciler.config.file import ConfigFile, ListSites, beside
from reconciler.config.own_files import STDIN
from reconciler.errors import LedgerError
from reconciler.ledger import CachedRoutes, LockedLedger, SqliteLedger
from reconciler.overseerr import OverseerrServer
from reconciler.render.layout import look_of
from reconciler.render.progress import Silence
from reconciler.sources import plugins
from reconciler.sources.context import ALL_OPEN
from reconciler.sources.debug.folder import DebugFolder
from reconciler.sources.exports.reading import local_path
from reconciler.sources.registry import SiteSources, needs_browser, objection, recognize_list
from reconciler.sources.site_settings import providers_of, sign_in_of
from reconciler.sync.clock import SystemClock
from reconciler.sync.reconcile import Context

_log = logs.Logger()

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
        recognize_list, lambda ref, sites: objection(ref, providers_of(sites)), local_path
    )
    return ConfigFile(path, sites, restrictions)


def read_config(path: Path, restrictions: Restrictions = UNRESTRICTED) -> Config:
    """The config at ``path``. Raises ConfigError with every problem in it."""
    return config_file(path, restrictions).read()


def ledger_path(configured: str | None, config_path: Path, option: Path | None) -> Path:
    """The ledger's file: the command line's, else the config's, else the default.

    The default's folder is created; a folder that somebody chose has to exist.
    """
    if option is not None:
        return option
    if configured is not None:
        return beside(config_path, configured)
    try:
        folder = platformdirs.user_state_path("listsync")
    except RuntimeError as error:
        message = "no place for the ledger: this user has no home directory"
        hint = "set HOME, or choose a file with --ledger FILE or LISTSYNC_LEDGER=FILE"
        raise LedgerError(message, hint=hint) from error
    with suppress(OSError):  # opening the ledger reports it
        folder.mkdir(parents=True, exist_ok=True)
    return folder / "listsync.db"


def configure_logs(config: Config, level: int, color: str = "auto") -> None:
    """Log from ``level`` on, and hide this config's secrets. ``color``: as ``look_of``."""
    sites = providers_of(config.providers).values()
    logs.configure(
        level=level,
        is_colored=look_of(sys.stderr, color).is_colored,
        secrets=[
            config.server.api_key.get_secret_value(),
            *(lst.source.address for lst in config.lists),
            *(secret for lst in config.lists for secret in lst.source.secrets),
            *(secret for site in sites for secret in (site.key, site.secret, site.token)),
            *(plugins.settings_of(name).key for name in plugins.names()),
            *(url.get_secret_value() for url in (*config.notify.urls, config.notify.heartbeat)),
        ],
    )


def open_ledger(config: Config, path: Path) -> SqliteLedger:
    """The ledger at ``path``, for this config's server. Raises LedgerError."""
    return SqliteLedger(path, config.server.url, config.rules)


def open_server(
    config: Config, called: Callable[[str, str], None] = lambda _endpoint, _status: None
) -> OverseerrServer:
    """A client of this config's server. ``called``: called after each call."""
    return OverseerrServer(
        config.server.url,
        config.server.api_key.get_secret_value(),
        rate=config.server.rate,
        concurrency=config.server.concurrency,
        ca_certificates=config.server.ca_certificates,
        called=called,
    )


@contextmanager
def open_sources(
    config: Config,
    config_path: Path,
    ledger: Path,
    routes: BlockedRoutes = ALL_OPEN,
    debug_dir: Path | None = None,
) -> Iterator[SiteSources]:
    """The lists' sites; at the end every browser is closed.

    ``ledger``: its file, since sign-ins are kept beside it. ``debug_dir``: where pages are saved
    that could not be read as lists.
    """
    with Sessions(partial(_browser, config), config.browser.sessions) as sessions:
        yield SiteSources(
            sessions,
            providers_of(config.providers, ledger),
            config_path.parent,
            routes=routes,
            is_confined=config.is_confined,
            debug=DebugFolder(debug_dir) if debug_dir else None,
        )


@contextmanager
def open_routes(config: Config, ledger: Path) -> Iterator[BlockedRoutes]:
    """The blocked routes in the ledger at this path; none where it cannot be used."""
    with ExitStack() as stack:
        try:
            routes: BlockedRoutes = CachedRoutes(
                stack.enter_context(open_ledger(config, ledger)), SystemClock()
            )
        except LedgerError:
            routes = ALL_OPEN
        yield routes


@contextmanager
def open_browser(config: Config) -> Iterator[Browser | None]:
    """A browser that starts when it is needed; None where no list may need one."""
    needed = any(may_need_browser(config, lst.source) for lst in config.lists)
    with closing(_browser(config)) as session:
        yield session if needed else None


@contextmanager
def open_context(  # noqa: PLR0913 - what a command chooses about its run
    config: Config,
    config_path: Path,
    ledger: Path,
    progress: Progress,
    *,
    lists: Sources | None = None,
    debug_dir: Path | None = None,
) -> Iterator[Context]:
    """Everything that a run needs. ``lists``: the sources, if not the lists' sites.

    ``debug_dir``: as ``open_sources``.
    """
    clock = SystemClock()
    with ExitStack() as stack:
        server = stack.enter_context(open_server(config))
        opened = stack.enter_context(open_ledger(config, ledger))
        routes = CachedRoutes(opened, clock)
        sources = lists or stack.enter_context(
            open_sources(config, config_path, ledger, routes, debug_dir)
        )
        yield Context(server, sources, opened, clock, progress)


def open_service(  # noqa: PLR0913 - what a command chooses about its run
    file: ConfigFile,
    ledger_option: Path | None,
    ledgers: LockedLedger,
    metrics: Metrics,
    *,
    configure_logs: Callable[[Config], None],
    debug_dir: Path | None = None,
) -> Service:
    """The service that ``run`` runs. Raises ConfigError.

    ``configure_logs``: for each new config. ``debug_dir``: as ``open_sources``.
    """
    from reconciler.controller.list_reconciler import Factories  # noqa: PLC0415 - start-up time
    from reconciler.controller.service import Service  # noqa: PLC0415 - start-up time

    def adopt(config: Config) -> None:
        configure_logs(config)
        for note in config.written.notes:
            _log.warning("a note on the config", note=note)

    config = file.read()
    adopt(config)
    if file.path == STDIN:
        _log.info("the config was read from stdin; changes take effect at the next start")
    clock = SystemClock()

    def ledger(config: Config) -> Ledger:
        path = ledger_path(config.ledger, file.path, ledger_option)
        return ledgers.at(path, config.server.url)

    def sources(config: Config) -> AbstractContextManager[Sources]:
        path = ledger_path(config.ledger, file.path, ledger_option)
        routes = CachedRoutes(ledger(config), clock)
        return open_sources(config, file.path, path, routes, debug_dir)

    factories = Factories(
        server=partial(open_server, called=metrics.count_call),
        sources=sources,
        ledger=ledger,
        needs_browser=may_need_browser,
        clock=clock,
        progress=Silence(),
        metrics=metrics,
        chance=random.random,
        dispatcher=dispatcher(),
    )
    return Service(config, file, factories, adopt)


def notifier() -> AppriseNotifier:
    """What sends notifications."""
    from reconciler.notify.apprise import AppriseNotifier  # noqa: PLC0415 - start-up time

    return AppriseNotifier()


def dispatcher() -> NotificationDispatcher:
    """What decides on notifications."""
    from reconciler.notify.dispatcher import NotificationDispatcher  # noqa: PLC0415 - start-up time

    return NotificationDispatcher(notifier())


def may_need_browser(config: Config, ref: ListRef) -> bool:
    """Whether fetching a list may need a browser."""
    return needs_browser(ref, providers_of(config.providers))


def sign_in(config: Config, ledger: Path) -> Callable[[], str] | None:
    """Returns who is signed in to Trakt; None where no list is read as a user."""
    return sign_in_of(config.providers, (lst.source for lst in config.lists), ledger)


def sandbox_obstacle() -> str | None:
    """Why the local browser has to run without its sandbox, if it has to."""
    from reconciler.browser import driver  # noqa: PLC0415 - start-up time

    return driver.sandbox_obstacle(driver.find_chromium())


def _browser(config: Config) -> Session:
    from reconciler.browser.chromium import ChromiumBrowser  # noqa: PLC0415 - Selenium is heavy

    return ChromiumBrowser(config.browser.remote_url)
