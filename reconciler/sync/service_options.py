"""Where the lists' requests go behind the server: read as rarely as may be.

What Radarr and Sonarr offer is believed for a day, so that a quiet pass asks nobody. A name that
is not among it is looked for anew where a title waits for it, or the whole list: somebody may have
just made it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from reconciler.core.model import (
    Delivery,
    DesiredList,
    Downloader,
    Kind,
    ListProblem,
    Match,
    Role,
    ServiceSelection,
    View,
)
from reconciler.core.plan import requestable
from reconciler.core.services import all_of, astray, find_delivery, find_downloader, names_more
from reconciler.errors import ServerError
from reconciler.ports import Ledger, MediaServer


def with_service_options(
    lists: Sequence[DesiredList], view: View, server: MediaServer, ledger: Ledger
) -> list[DesiredList]:
    """The lists with what their names mean, for the kinds of title that they hold.

    Where the names mean nothing for any kind a list holds, that is the list's problem. Trouble
    with Radarr or Sonarr is one, too. Raises ServerError where the media server itself is away,
    LedgerError where what is remembered cannot be read.
    """
    options = _ServiceOptions(lists, server, ledger, view.now)
    unmet = [(lst, kind) for lst in lists for kind in Kind if options.lacks(lst, kind)]
    waiting = requestable(lists, view) if unmet else frozenset()
    for kind in {kind for lst, kind in unmet if options.is_due(lst, kind, waiting)}:
        options.read(lists, kind)
    return [options.applied(lst) for lst in lists]


class _ServiceOptions:
    """What Radarr and Sonarr offer, and what the lists' names mean there."""

    def __init__(
        self, lists: Sequence[DesiredList], server: MediaServer, ledger: Ledger, now: datetime
    ) -> None:
        self._wishes = {lst.name: lst.rules.delivery for lst in lists if lst.rules.delivery}
        self._server, self._ledger, self._now = server, ledger, now
        self._offered = dict(ledger.cache.downloaders(now)) if self._wishes else {}

    def lacks(self, lst: DesiredList, kind: Kind) -> bool:
        """Whether a list names something that is not known to be there."""
        return isinstance(self._found(lst).get(kind), ListProblem)

    def is_due(self, lst: DesiredList, kind: Kind, waiting: Collection[tuple[str, Kind]]) -> bool:
        """Whether what a list lacks is looked for again: where the list or a title waits for it."""
        nowhere = all(isinstance(where, ListProblem) for where in self._found(lst).values())
        return nowhere or not self._is_known(lst, kind) or (lst.name, kind) in waiting

    def _is_known(self, lst: DesiredList, kind: Kind) -> bool:
        """Whether it is remembered what is offered where this list's titles would go."""
        wish, offered = self._wishes[lst.name], self._offered.get(kind)
        if offered is None:
            return False
        meant = find_downloader(wish, kind, offered, is_4k=lst.rules.is_4k)
        return isinstance(meant, ListProblem) or meant.stock is not None

    def read(self, lists: Sequence[DesiredList], kind: Kind) -> None:
        """Read what the programs for a kind offer; one that is away keeps what it offered."""
        asking = [
            (self._wishes[lst.name], lst.rules.is_4k)
            for lst in lists
            if lst.name in self._wishes and kind in _kinds(lst)
        ]
        remembered = {one.id: one.stock for one in self._offered.get(kind, ())}
        fresh = load_service_options(asking, kind, self._server)
        if not any(one.trouble for one in fresh):
            self._ledger.cache.keep_downloaders(kind, fresh, self._now)
        self._offered[kind] = tuple(
            replace(one, stock=remembered.get(one.id)) if one.trouble else one for one in fresh
        )

    def _found(self, lst: DesiredList) -> dict[Kind, Delivery | ListProblem]:
        wish = self._wishes.get(lst.name)
        if wish is None:
            return {}
        return {
            kind: find_delivery(wish, kind, self._offered.get(kind, ()), is_4k=lst.rules.is_4k)
            for kind in sorted(_kinds(lst))
        }

    def applied(self, lst: DesiredList) -> DesiredList:
        """The list with what its names mean."""
        found = self._found(lst)
        problems = [what for what in found.values() if isinstance(what, ListProblem)]
        nowhere = all_of(problems) if len(problems) == len(found) else None
        notices = "; ".join(filter(None, (lst.notice, self._astray(lst, found)))) or None
        return replace(lst, deliveries=found, problem=lst.problem or nowhere, notice=notices)

    def _astray(self, lst: DesiredList, found: Mapping[Kind, Delivery | ListProblem]) -> str | None:
        """What is to be told of a 4K list, of the kinds for which it names nothing itself."""
        if not lst.rules.is_4k or lst.rules.role is not Role.REQUEST:
            return None
        return astray((_kinds(lst) - found.keys()) & self._server.identify().lacks_4k)


def load_service_options(
    wishes: Sequence[tuple[ServiceSelection, bool]], kind: Kind, server: MediaServer
) -> tuple[Downloader, ...]:
    """The downloaders of a kind, with what those offer that these wishes (and 4K or not) mean."""
    listed = server.downloaders(kind)
    for wish, is_4k in wishes:
        meant = find_downloader(wish, kind, listed, is_4k=is_4k)
        if isinstance(meant, ListProblem) or meant.stock or meant.trouble or not names_more(wish):
            continue
        full = _asked(meant, kind, server)
        listed = tuple(full if one.id == full.id else one for one in listed)
    return listed


def _asked(downloader: Downloader, kind: Kind, server: MediaServer) -> Downloader:
    try:
        return replace(downloader, stock=server.service_options(kind, downloader.id))
    except ServerError as error:
        return replace(downloader, trouble=error.message)


def _kinds(lst: DesiredList) -> set[Kind]:
    return set(_held(lst))


def _held(lst: DesiredList) -> Iterator[Kind]:
    for entry in lst.entries:
        if isinstance(entry.match, Match):
            yield entry.match.media.kind
