"""Where the lists' requests go behind the server: read as rarely as may be.

What Radarr and Sonarr offer is believed for a day, so that a quiet pass asks nobody. A name that
is not among it is looked for anew each time: somebody may have just made it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.delivery import find_delivery, find_downloader, names_more
from reconciler.core.model import DeliveryWish, Kind, Match, Role
from reconciler.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from reconciler.core.model import Delivery, Downloader, Wishlist
    from reconciler.ports import Ledger, MediaServer
    from reconciler.spec import ListSpec, Spec


def wish_of(lst: ListSpec) -> DeliveryWish | None:
    """What a list names of Radarr and Sonarr; None: nothing."""
    wish = DeliveryWish(lst.server_id, lst.profile_id, lst.root_folder, lst.tags)
    return None if wish == DeliveryWish() or lst.role is not Role.REQUEST else wish


def with_deliveries(
    spec: Spec, lists: Sequence[Wishlist], server: MediaServer, ledger: Ledger, now: datetime
) -> list[Wishlist]:
    """The lists with what their names mean, for the kinds of title that they hold.

    Where the names mean nothing for any kind a list holds, that is the list's problem. Trouble
    with Radarr or Sonarr is one, too; raises ServerError where the media server itself is away.
    """
    wishes = {lst.name: wish for lst in spec.lists if (wish := wish_of(lst))}
    if not wishes:
        return list(lists)
    offered = _offered(wishes, lists, server, ledger, now)
    return [
        _delivered(lst, wishes[lst.name], offered) if lst.name in wishes else lst for lst in lists
    ]


def stocked(
    wishes: Sequence[tuple[DeliveryWish, bool]], kind: Kind, server: MediaServer
) -> tuple[Downloader, ...]:
    """The downloaders of a kind, with what those offer that these wishes (and 4K or not) mean."""
    listed = server.downloaders(kind)
    for wish, is_4k in wishes:
        meant = find_downloader(wish, kind, listed, is_4k=is_4k)
        if isinstance(meant, str) or meant.stock or meant.trouble or not names_more(wish):
            continue
        full = _asked(meant, kind, server)
        listed = tuple(full if one.id == full.id else one for one in listed)
    return listed


def _asked(downloader: Downloader, kind: Kind, server: MediaServer) -> Downloader:
    try:
        return replace(downloader, stock=server.stock(kind, downloader.id))
    except ServerError as error:
        return replace(downloader, trouble=f"the server says: {error.what}")


def _offered(
    wishes: Mapping[str, DeliveryWish],
    lists: Sequence[Wishlist],
    server: MediaServer,
    ledger: Ledger,
    now: datetime,
) -> dict[Kind, tuple[Downloader, ...]]:
    """What is offered for each kind that these lists hold: as remembered where that will do."""
    offered = dict(ledger.downloaders(now))
    for kind in Kind:
        asking = [
            (wishes[lst.name], lst.is_4k)
            for lst in lists
            if lst.name in wishes and kind in _kinds(lst)
        ]
        known = offered.get(kind, ())
        if all(
            not isinstance(find_delivery(wish, kind, known, is_4k=is_4k), str)
            for wish, is_4k in asking
        ):
            continue
        offered[kind] = stocked(asking, kind, server)
        if not any(one.trouble for one in offered[kind]):
            ledger.keep_downloaders(kind, offered[kind], now)
    return offered


def _delivered(
    lst: Wishlist, wish: DeliveryWish, offered: Mapping[Kind, tuple[Downloader, ...]]
) -> Wishlist:
    found: dict[Kind, Delivery | str] = {
        kind: find_delivery(wish, kind, offered.get(kind, ()), is_4k=lst.is_4k)
        for kind in sorted(_kinds(lst))
    }
    problems = [what for what in found.values() if isinstance(what, str)]
    nowhere = "; ".join(problems) if problems and len(problems) == len(found) else None
    return replace(lst, deliveries=found, problem=lst.problem or nowhere)


def _kinds(lst: Wishlist) -> set[Kind]:
    return set(_held(lst))


def _held(lst: Wishlist) -> Iterator[Kind]:
    for entry in lst.entries:
        if isinstance(entry.match, Match):
            yield entry.match.media.kind
