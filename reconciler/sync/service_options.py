"""The Radarr and Sonarr options of lists: servers, profiles, folders and tags.

Options are cached for a day, so that a quiet run makes no call for them. A name that is not among
the cached options is looked up again where a title or the whole list waits for it: somebody may
just have created it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from reconciler.core.model.lists import ListProblem, Match
from reconciler.core.model.plan import DesiredList, View
from reconciler.core.model.rules import ServiceSelection
from reconciler.core.model.server import Delivery, Downloader
from reconciler.core.model.terms import Kind, Role
from reconciler.core.plan import requestable
from reconciler.core.services import (
    all_of,
    find_delivery,
    find_downloader,
    names_more,
    undeliverable_4k,
)
from reconciler.errors import ServerError
from reconciler.ports import Ledger, MediaServer


def with_service_options(
    lists: Sequence[DesiredList], view: View, server: MediaServer, ledger: Ledger
) -> list[DesiredList]:
    """The lists with the ids of the options they name, for each kind of title on them.

    A list whose names exist for no kind of its titles has a problem, and so has one whose Radarr or
    Sonarr cannot be reached. Raises ServerError where the media server itself cannot be reached,
    and LedgerError.
    """
    options = _Options(lists, server, ledger, view.now)
    missing = [
        (lst, kind)
        for lst in lists
        for kind, delivery in options.find_deliveries(lst).items()
        if isinstance(delivery, ListProblem)
    ]
    waiting = requestable(lists, view) if missing else frozenset()
    for kind in {kind for lst, kind in missing if options.is_due(lst, kind, waiting)}:
        options.refresh(lists, kind)
    return [options.apply(lst) for lst in lists]


class _Options:
    """The Radarrs and Sonarrs with their options, and what the lists' names mean there."""

    def __init__(
        self, lists: Sequence[DesiredList], server: MediaServer, ledger: Ledger, now: datetime
    ) -> None:
        self._server, self._ledger, self._now = server, ledger, now
        is_needed = any(lst.rules.delivery for lst in lists)
        self._downloaders = dict(ledger.cache.downloaders(now)) if is_needed else {}

    def is_due(self, lst: DesiredList, kind: Kind, waiting: Collection[tuple[str, Kind]]) -> bool:
        """Whether options are read again: the list or a title waits, or they are not cached."""
        downloaders = self._downloaders.get(kind)
        if downloaders is None or (lst.name, kind) in waiting:
            return True
        if all(
            isinstance(delivery, ListProblem) for delivery in self.find_deliveries(lst).values()
        ):
            return True
        selection = lst.rules.delivery or ServiceSelection()
        selected = find_downloader(selection, kind, downloaders, is_4k=lst.rules.is_4k)
        return isinstance(selected, Downloader) and selected.stock is None

    def refresh(self, lists: Sequence[DesiredList], kind: Kind) -> None:
        """Read the options for a kind; a downloader that cannot be reached keeps its options."""
        selections = [
            (lst.rules.delivery, lst.rules.is_4k)
            for lst in lists
            if lst.rules.delivery and kind in _kinds(lst)
        ]
        cached = {downloader.id: downloader.stock for downloader in self._downloaders.get(kind, ())}
        fresh = load_service_options(selections, kind, self._server)
        if not any(downloader.trouble for downloader in fresh):
            self._ledger.cache.keep_downloaders(kind, fresh, self._now)
        self._downloaders[kind] = tuple(
            replace(downloader, stock=cached.get(downloader.id))
            if downloader.trouble
            else downloader
            for downloader in fresh
        )

    def apply(self, lst: DesiredList) -> DesiredList:
        by_kind = self.find_deliveries(lst)
        problems = [d for d in by_kind.values() if isinstance(d, ListProblem)]
        problem = all_of(problems) if len(problems) == len(by_kind) else None
        notices = [lst.notice]
        if lst.rules.is_4k and lst.rules.role is Role.REQUEST:
            unnamed = _kinds(lst) - by_kind.keys()
            notices.append(undeliverable_4k(unnamed & self._server.identify().lacks_4k))
        return replace(
            lst,
            delivery_by_kind=by_kind,
            problem=lst.problem or problem,
            notice="; ".join(filter(None, notices)) or None,
        )

    def find_deliveries(self, lst: DesiredList) -> dict[Kind, Delivery | ListProblem]:
        """Where requests for each kind of title on a list go; empty: the list names nothing."""
        selection, is_4k = lst.rules.delivery, lst.rules.is_4k
        if selection is None:
            return {}
        return {
            kind: find_delivery(selection, kind, self._downloaders.get(kind, ()), is_4k=is_4k)
            for kind in sorted(_kinds(lst))
        }


def load_service_options(
    selections: Sequence[tuple[ServiceSelection, bool]], kind: Kind, server: MediaServer
) -> tuple[Downloader, ...]:
    """The downloaders of a kind, with the options of those that these selections need.

    Each selection comes with whether it is for 4K. Raises ServerError where the media server cannot
    be reached; a downloader that cannot be reached says so in ``trouble``.
    """
    downloaders = server.downloaders(kind)
    for selection, is_4k in selections:
        selected = find_downloader(selection, kind, downloaders, is_4k=is_4k)
        if isinstance(selected, ListProblem) or selected.stock or selected.trouble:
            continue
        if not names_more(selection):
            continue
        try:
            full = replace(selected, stock=server.service_options(kind, selected.id))
        except ServerError as error:
            full = replace(selected, trouble=error.message)
        downloaders = tuple(full if each.id == full.id else each for each in downloaders)
    return downloaders


def _kinds(lst: DesiredList) -> set[Kind]:
    return {entry.match.media.kind for entry in lst.entries if isinstance(entry.match, Match)}
