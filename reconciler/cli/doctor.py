"""Checks of everything a run needs, each with a fix if it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from reconciler.config import Config, ListConfig
from reconciler.controller.endpoint import is_public
from reconciler.core.model import (
    READ,
    Approval,
    Expected,
    Kind,
    ListProblem,
    MediaKey,
    Outcome,
    ProblemReason,
    Role,
    ServiceSelection,
    Target,
    User,
)
from reconciler.core.rights import find_requester, outlook, unplannable
from reconciler.core.services import (
    all_of,
    find_delivery,
    how_to_reach,
    is_passing,
    undeliverable_4k,
)
from reconciler.errors import ListsyncError, LockHeldError, MissingRightError
from reconciler.ports import Browser, Ledger, MediaServer, Notifier, Sources
from reconciler.render.layout import Cell, Line
from reconciler.render.words import counted
from reconciler.sync.service_options import load_service_options

_GIVE_RIGHT = "grant this user the permission on the server: Users → Edit → Permissions"
_PLURAL = {Kind.MOVIE: "films", Kind.TV: "shows"}


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was checked, whether it is fine, the finding, and what to do if not."""

    name: str
    ok: bool
    finding: str
    todo: str = ""


def check_lines(check: Check) -> Iterator[Line]:
    """``ok   server: …``, and below it what to do; a note is fine, but worth knowing."""
    mark = Cell("BAD  ", "failed")
    if check.ok:
        mark = Cell("note ", "changed") if check.todo else Cell("ok   ", "added")
    yield Line((Cell(f"{check.name}: {check.finding}"),), mark)
    if check.todo:
        yield Line((Cell(check.todo, "detail"),), Cell("     → "))


def run_checks(  # noqa: PLR0913 - everything that a run needs
    config: Config,
    server: MediaServer,
    open_ledger: Callable[[], AbstractContextManager[Ledger]],
    browser: Browser | None,
    sources: Sources,
    *,
    sandbox_obstacle: Callable[[], str | None],
    notifier: Notifier,
    sign_in: Callable[[], str] | None = None,
) -> Iterator[Check]:
    """The checks, one by one.

    ``browser``: None where no list is read in one. ``sandbox_obstacle``: why the local browser
    has no sandbox; None: it has one. ``sign_in``: who has signed in to Trakt; None where no list
    is read as a user.
    """
    for lst in config.lists:
        if lst.source.is_local:  # a check of a site would be a fetch
            yield _check(f"file of {lst.name}", partial(_file, lst, sources))
    server_check = _check("server", partial(_server, server))
    yield server_check
    owners: list[User] = []
    key_check = _check("key", partial(_key, server, owners))
    is_same = not server_check.ok and key_check.finding == server_check.finding
    yield Check("key", ok=False, finding="not checked, see server") if is_same else key_check
    if owners and server_check.ok:
        yield _check("rights", partial(_rights, server, owners[0]))
    if owners:
        requesting = [lst for lst in config.lists if lst.role is Role.REQUEST]
        yield from _requesters(requesting, server, owners[0])
        for lst in requesting:
            yield from _services(lst, server)
    yield _check("ledger", partial(_ledger, open_ledger))
    if is_public(listen := config.controller.listen):  # a container has to, so it is not a failure
        finding = f"run listens on {listen}, where other machines can read list names and titles"
        todo = "to prevent that, set controller.listen: 127.0.0.1:8099"
        yield Check("listen", ok=True, finding=finding, todo=todo)
    if sign_in:
        yield _check("sign-in to Trakt", sign_in)
    if browser:
        yield from _browser(config, browser, sandbox_obstacle)
    if config.notify.urls:
        yield _check("notify", partial(_notify, config, notifier))


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, finding=look())
    except ListsyncError as error:
        where = f"{error.where}: " if error.where else ""
        return Check(name, ok=False, finding=f"{where}{error.message}", todo=error.hint)


def _file(lst: ListConfig, sources: Sources) -> str:
    snapshot = sources.fetch(lst.source)
    if snapshot.outcome not in READ:
        message, todo = snapshot.error or f"the file is {snapshot.outcome}", ""
        if snapshot.outcome is not Outcome.INCOMPLETE:  # its error lists the entries
            message, _, todo = message.partition("; ")
        raise ListsyncError(message, hint=todo or f"fix {lst.source.id}, or export the list again")
    return f"{lst.source.id} has {counted(len(snapshot.items), 'title')}"


def _server(server: MediaServer) -> str:
    info = server.identify()
    return f"{server.url} is {info.flavour.capitalize()} {info.version}"


def _key(server: MediaServer, owners: list[User]) -> str:
    owners.append(server.whoami())
    return f"belongs to {owners[0].name} (user {owners[0].id})"


def _rights(server: MediaServer, owner: User) -> str:
    if lacking := unplannable(owner, server.identify().flavour):
        raise MissingRightError(lacking, where=server.url)
    return f"{owner.name} can read all requests, and the blocklist if there is one"


def _requesters(lists: Sequence[ListConfig], server: MediaServer, owner: User) -> Iterator[Check]:
    """One check per requester and approval, with what the requests of its lists will become."""
    groups: dict[tuple[int | str | None, Approval], list[ListConfig]] = {}
    for lst in lists:
        groups.setdefault((lst.requester, lst.approval), []).append(lst)
    for (requester, approval), group in groups.items():
        name = f"requester {owner.name if requester is None else requester}"
        name += ", approval: auto" if approval is Approval.AUTO else ""
        yield _check(name, partial(_requester, group, server, owner))


def _requester(lists: Sequence[ListConfig], server: MediaServer, owner: User) -> str:
    """Fine where the requester may request at least one kind of title for each of its lists."""
    name, approval = lists[0].requester, lists[0].approval
    users = server.users() if name is not None else ()
    requester = find_requester(name, users, owner, approval)
    if isinstance(requester, ListProblem):
        lacks_rights = requester.reason is ProblemReason.KEY_LACKS_RIGHTS
        hint = _GIVE_RIGHT if lacks_rights else "use a server user's name, e-mail address or id"
        raise ListsyncError(f"{requester.message} ({_names(lists)})", hint=hint)
    lists_by_outlook: dict[str, list[ListConfig]] = {}
    refused = []
    for lst in lists:
        outlooks = {
            kind: outlook(requester, Target(MediaKey(kind, 0), lst.is_4k)) for kind in _kinds(lst)
        }
        text = ", ".join(f"{_PLURAL[kind]} {expected}" for kind, expected in outlooks.items())
        lists_by_outlook.setdefault(text + " in 4K" * lst.is_4k, []).append(lst)
        if set(outlooks.values()) == {Expected.REFUSED}:
            refused.append(lst)
    user = requester.user
    expectations = "; ".join(f"{key} ({_names(group)})" for key, group in lists_by_outlook.items())
    if refused:
        message = f"{user.name} is not allowed to request titles from {_names(refused)}"
        raise ListsyncError(f"{message}: {expectations}", hint=_GIVE_RIGHT)
    return f"{user.name} (user {user.id}); requests: {expectations}"


def _kinds(lst: ListConfig) -> tuple[Kind, ...]:
    """The kinds of title that a list may request; which ones it contains is not known here."""
    return lst.filter.types or tuple(Kind)


def _names(lists: Sequence[ListConfig]) -> str:
    return ", ".join(lst.name for lst in lists)


def _services(lst: ListConfig, server: MediaServer) -> Iterator[Check]:
    """Where the server sends a list's titles.

    Titles in 4K without a default server are information, not a failure: the server accepts such
    requests, and a person can handle them.
    """
    if selection := lst.rules.delivery:
        yield _check(f"downloader of {lst.name}", partial(_delivery, lst, selection, server))
    elif lst.is_4k:
        finding, todo = "the server has a default 4K Radarr and Sonarr", ""
        if stray := undeliverable_4k(server.identify().lacks_4k):
            finding = stray
            todo = "set a default 4K Radarr and Sonarr on the server, or remove 4k from the list"
        yield Check(f"4K of {lst.name}", ok=True, finding=finding, todo=todo)


def _delivery(lst: ListConfig, selection: ServiceSelection, server: MediaServer) -> str:
    """Fine where at least one kind of title can be delivered."""
    outcomes = {
        kind: find_delivery(
            selection,
            kind,
            load_service_options([(selection, lst.is_4k)], kind, server),
            is_4k=lst.is_4k,
        )
        for kind in _kinds(lst)
    }
    problems = [delivery for delivery in outcomes.values() if isinstance(delivery, ListProblem)]
    if len(problems) == len(outcomes) and (problem := all_of(problems)):
        unreachable = [kind for kind, delivery in outcomes.items() if is_passing(delivery)]
        hints = [how_to_reach(unreachable)] if unreachable else []
        if len(unreachable) < len(outcomes):
            hints.append("use a name or id that the server has, or null for the server's default")
        raise ListsyncError(problem.message, hint="; ".join(hints))
    return "; ".join(
        f"{kind}: {where.message if isinstance(where, ListProblem) else where.server.name}"
        for kind, where in outcomes.items()
    )


def _ledger(open_ledger: Callable[[], AbstractContextManager[Ledger]]) -> str:
    try:
        with open_ledger() as ledger, ledger.lock():
            return "can be read, written and locked"
    except LockHeldError as error:
        return f"can be read; {error.message}"


def _start(config: Config, browser: Browser) -> str:
    browser.open("data:text/html,<title>listsync</title>")
    grid = config.browser.remote_url
    where = f", on the Selenium Grid at {urlsplit(grid).netloc}" if grid else ""
    return f"starts and shows a page{where}"


def _browser(
    config: Config, browser: Browser, obstacle: Callable[[], str | None]
) -> Iterator[Check]:
    """A missing sandbox is not a failure: root and most containers cannot have one."""
    start_check = _check("browser", partial(_start, config, browser))
    yield start_check
    if not start_check.ok:
        return
    finding, todo = "on", ""
    if config.browser.remote_url:
        finding = "unknown: the Selenium Grid starts the browser"
    elif why := obstacle():
        finding = f"off: {why}"
        todo = 'see "Sandbox" in docs/internals/browser.md for how to turn it on'
    yield Check("browser sandbox", ok=True, finding=finding, todo=todo)


def _notify(config: Config, notifier: Notifier) -> str:
    urls = config.notify.urls
    if invalid := [str(place + 1) for place in notifier.invalid_addresses(urls)]:
        message = f"apprise does not recognize entry {', '.join(invalid)} of notify.urls"
        raise ListsyncError(message, hint="see the service's page in apprise's documentation")
    return f"{counted(len(urls), 'URL')} that apprise recognizes; nothing was sent"
