"""Checks of everything a pass needs, each with what to do where it fails."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.controller.endpoint import is_public
from reconciler.core.delivery import all_of, astray, find_delivery, how_to_reach, is_passing
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
    Target,
)
from reconciler.core.requesters import find_requester
from reconciler.core.rights import outlook, unplannable
from reconciler.errors import ListsyncError, LockHeldError, MissingRightError
from reconciler.sync.service_options import load_service_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from reconciler.config import Config, ListConfig
    from reconciler.core.model import ServerInfo, ServiceSelection, User
    from reconciler.ports import Browser, Ledger, MediaServer, Notifier, Sources

_GIVE_RIGHT = "give this user the right on the server: Users → Edit → Permissions"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, whether it is well, and what to do if not."""

    name: str
    ok: bool
    found: str
    todo: str = ""


def examine(  # noqa: PLR0913 - all that a pass needs, and who is told of it
    config: Config,
    server: MediaServer,
    ledger: Callable[[], AbstractContextManager[Ledger]],
    browser: Browser | None,
    sources: Sources,
    *,
    sandbox_obstacle: Callable[[], str | None],
    notifier: Notifier,
    sign_in: Callable[[], str] | None = None,
) -> Iterator[Check]:
    """The checks, one by one. ``ledger`` opens it, since that may fail.

    ``browser``: None where no list is read in one. ``sandbox_obstacle``: why the local browser
    has no sandbox, if it has none. ``sign_in``: a look at who has signed in to Trakt; None where
    no list is read in somebody's name.
    """
    for lst in config.lists:
        if lst.source.is_local:  # a site is not asked: that would be a fetch
            yield _checked(f"file of {lst.name}", partial(_file, lst, sources))
    answering = _checked("server", partial(_server, server))
    yield answering
    owner: list[User] = []
    yield _unlike(answering, _checked("key", partial(_key, server, owner)))
    if owner and answering.ok:
        yield _checked("rights", partial(_rights, server, owner[0]))
    if owner:
        asking = [lst for lst in config.lists if lst.role is Role.REQUEST]
        yield from _requesters(asking, server, owner[0])
        for lst in asking:
            yield from _services(lst, server)
    yield _checked("ledger", partial(_ledger, ledger))
    if is_public(config.controller.listen):
        yield _listening(config.controller.listen)
    if sign_in:
        yield _checked("sign-in to Trakt", sign_in)
    if browser:
        yield from _browser(config, browser, sandbox_obstacle)
    if config.notify.urls:
        yield _checked("notify", partial(_notify, config, notifier))


def _services(lst: ListConfig, server: MediaServer) -> Iterator[Check]:
    """Where a list's titles go behind the server."""
    if wish := lst.rules.delivery:
        yield _checked(f"downloader of {lst.name}", partial(_delivery, lst, wish, server))
    elif lst.is_4k:
        yield _in_4k(lst, server.identify())


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, found=look())
    except ListsyncError as error:
        where = f"{error.where}: " if error.where else ""
        return Check(name, ok=False, found=f"{where}{error.message}", todo=error.hint)


def _unlike(first: Check, second: Check) -> Check:
    """The second check, without the trouble that the first one has told already."""
    if first.ok or second.found != first.found:
        return second
    return Check(second.name, ok=False, found=f"not checked, see {first.name}")


def _file(lst: ListConfig, sources: Sources) -> str:
    snapshot = sources.fetch(lst.source)
    if snapshot.outcome not in READ:
        what, todo = snapshot.error or f"it is {snapshot.outcome}", ""
        if snapshot.outcome is not Outcome.INCOMPLETE:  # whose error lists the entries
            what, _, todo = what.partition("; ")
        raise ListsyncError(what, hint=todo or f"correct {lst.source.id}, or export the list again")
    return f"{lst.source.id} holds {len(snapshot.items):,} title{'s' * (len(snapshot.items) != 1)}"


def _server(server: MediaServer) -> str:
    info = server.identify()
    return f"{server.url} is {info.flavour.capitalize()} {info.version}"


def _key(server: MediaServer, owner: list[User]) -> str:
    owner.append(server.whoami())
    return f"is that of {owner[0].name} (user {owner[0].id})"


def _rights(server: MediaServer, owner: User) -> str:
    if lacking := unplannable(owner, server.identify().flavour):
        raise MissingRightError(lacking, where=server.url)
    return (
        f"{owner.name} may see what a plan needs: all requests, and the blocklist if there is one"
    )


def _kinds(lst: ListConfig) -> tuple[Kind, ...]:
    """The kinds of title a list may ask for; which of them it holds is not known here."""
    return lst.filter.types or tuple(Kind)


def _requesters(lists: Sequence[ListConfig], server: MediaServer, owner: User) -> Iterator[Check]:
    """One check per requester, with what becomes of the requests of each of its lists."""
    groups: dict[tuple[int | str | None, Approval], list[ListConfig]] = {}
    for lst in lists:
        groups.setdefault((lst.requester, lst.approval), []).append(lst)
    for (wanted, approval), group in groups.items():
        name = f"requester {owner.name if wanted is None else wanted}"
        name += ", approval: auto" if approval is Approval.AUTO else ""
        yield _checked(name, partial(_requester, group, server, owner))


def _requester(lists: Sequence[ListConfig], server: MediaServer, owner: User) -> str:
    """OK where the requester may request at least one kind of title for each of its lists."""
    wanted, approval = lists[0].requester, lists[0].approval
    users = server.users() if wanted is not None else ()
    requester = find_requester(wanted, users, owner, approval)
    if isinstance(requester, ListProblem):
        named = _names(lists)
        lacks_rights = requester.reason is ProblemReason.KEY_LACKS_RIGHTS
        hint = _GIVE_RIGHT if lacks_rights else "name a user of the server: its name, e-mail or id"
        raise ListsyncError(f"{requester.message} ({named})", hint=hint)
    lists_by_outlook: dict[str, list[ListConfig]] = {}
    refused = []
    for lst in lists:
        outlooks = {
            kind: outlook(requester, Target(MediaKey(kind, 0), lst.is_4k)) for kind in _kinds(lst)
        }
        told = ", ".join(f"{kind}: {expected}" for kind, expected in outlooks.items())
        lists_by_outlook.setdefault(told + " in 4K" * lst.is_4k, []).append(lst)
        if set(outlooks.values()) == {Expected.REFUSED}:
            refused.append(lst)
    name = requester.user.name
    told = "; ".join(f"{told} ({_names(held)})" for told, held in lists_by_outlook.items())
    if refused:
        what = f"{name} may not request any title of {_names(refused)}: {told}"
        raise ListsyncError(what, hint=_GIVE_RIGHT)
    return f"{name} (user {requester.user.id}), requests come out as {told}"


def _names(lists: Sequence[ListConfig]) -> str:
    return ", ".join(lst.name for lst in lists)


def _in_4k(lst: ListConfig, info: ServerInfo) -> Check:
    """A word, and no failure: the server takes such requests, and somebody may see to them."""
    name = f"4K of {lst.name}"
    if stray := astray(info.lacks_4k):
        todo = "give the server a default Radarr and Sonarr for 4K, or take 4k out of the list"
        return Check(name, ok=True, found=stray, todo=todo)
    return Check(name, ok=True, found="the server has a default Radarr and Sonarr for it")


def _delivery(lst: ListConfig, wish: ServiceSelection, server: MediaServer) -> str:
    """Well where one kind of title can go there."""
    found = {
        kind: find_delivery(
            wish, kind, load_service_options([(wish, lst.is_4k)], kind, server), is_4k=lst.is_4k
        )
        for kind in _kinds(lst)
    }
    problems = [what for what in found.values() if isinstance(what, ListProblem)]
    if len(problems) == len(found) and (problem := all_of(problems)):
        away = [kind for kind, where in found.items() if is_passing(where)]
        hints = [how_to_reach(away)] if away else []
        if len(away) < len(found):
            hints.append(
                "write a name or an id that is offered, or null for the server's own choice"
            )
        raise ListsyncError(problem.message, hint="; ".join(hints))
    return "; ".join(
        f"{kind}: {where.message if isinstance(where, ListProblem) else where.server.name}"
        for kind, where in found.items()
    )


def _ledger(open_ledger: Callable[[], AbstractContextManager[Ledger]]) -> str:
    try:
        with open_ledger() as ledger, ledger.lock():
            return "can be read, written and locked"
    except LockHeldError as held:
        return f"can be read; {held.message}"


def _listening(listen: str) -> Check:
    """Information, not a failure: a container has to listen for other machines."""
    found = f"run answers other machines on {listen}: they can read list names and titles"
    todo = "if you did not intend that, write controller.listen: 127.0.0.1:8099"
    return Check("listen", ok=True, found=found, todo=todo)


def _browser(
    config: Config, browser: Browser, sandbox_obstacle: Callable[[], str | None]
) -> Iterator[Check]:
    starting = _checked("browser", partial(_starting, config, browser))
    yield starting
    if starting.ok:
        yield _sandbox(config, sandbox_obstacle)


def _starting(config: Config, browser: Browser) -> str:
    browser.open("data:text/html,<title>listsync</title>")
    grid = config.browser.remote_url
    where = f", in the Selenium Grid at {urlsplit(grid).netloc}" if grid else ""
    return f"starts and shows a page{where}"


def _sandbox(config: Config, obstacle: Callable[[], str | None]) -> Check:
    """Information, not a failure: as root and in most containers it cannot be had."""
    name = "browser sandbox"
    if config.browser.remote_url:
        return Check(name, ok=True, found="not known: the Selenium Grid starts the browser")
    if why := obstacle():
        todo = 'see "Sandbox" in docs/internals/browser.md for how to turn it on'
        return Check(name, ok=True, found=f"off: {why}", todo=todo)
    return Check(name, ok=True, found="on")


def _notify(config: Config, notifier: Notifier) -> str:
    urls = config.notify.urls
    unknown = [str(place + 1) for place in notifier.invalid_addresses(urls)]
    if unknown:
        what = f"of notify.urls, apprise does not understand number {', '.join(unknown)}"
        raise ListsyncError(what, hint="write it as apprise's documentation of the service says")
    return f"{len(urls)} in a form that apprise understands; nothing was sent"
