"""Why a list does not request a title that is on it."""

from __future__ import annotations

from reconciler.core.filters import Rejection, TitleFacts, objection
from reconciler.core.model import (
    DesiredList,
    Entry,
    Film,
    Kind,
    MediaKey,
    Observed,
    Reason,
    Show,
    Unmatched,
)


def skip_reason(lst: DesiredList, entry: Entry, observed: Observed) -> tuple[Reason, str] | None:
    """Why a list does not ask for an item it has; None: it does.

    First what the list's own facts decide, last what the server had to be asked for: of a title
    that is not asked for anyway, nothing is.
    """
    if lst.rules.filter is None:
        return _standing(lst, entry)
    own = objection(lst.rules.filter, TitleFacts.of(entry.item, entry.match))
    if own and own.sure:
        return Reason.FILTERED, own.detail
    if standing := _standing(lst, entry):
        return standing
    if own is None or isinstance(entry.match, Unmatched):
        return None
    details = _details(entry.match.media, observed)
    rejection = objection(lst.rules.filter, TitleFacts.of(entry.item, entry.match, details))
    if rejection is None:
        return None
    trouble = details.detail if isinstance(details, Unmatched) and not rejection.sure else ""
    return Reason.FILTERED, f"{rejection.detail} ({trouble})" if trouble else rejection.detail


def dropped(lst: DesiredList, entry: Entry) -> bool:
    """Whether the list's own facts are enough for its filter to drop an item."""
    own = _by_own_facts(lst, entry)
    return own is not None and own.sure


def in_doubt(lst: DesiredList, entry: Entry) -> bool:
    """Whether the list's filter needs to know more of a title than the list tells."""
    own = _by_own_facts(lst, entry)
    return own is not None and not own.sure and _standing(lst, entry) is None


def known(entry: Entry, observed: Observed) -> TitleFacts:
    """All that is known of an item: what its list tells, and what the server was asked for."""
    if isinstance(entry.match, Unmatched):
        return TitleFacts.of(entry.item)
    details = _details(entry.match.media, observed)
    return TitleFacts.of(entry.item, entry.match, details)


def _by_own_facts(lst: DesiredList, entry: Entry) -> Rejection | None:
    if lst.rules.filter is None:
        return None
    return objection(lst.rules.filter, TitleFacts.of(entry.item, entry.match))


def _standing(lst: DesiredList, entry: Entry) -> tuple[Reason, str] | None:
    """What holds for the item whatever it is."""
    if lst.rules.suspended:
        return Reason.SUSPENDED, f"{lst.name} is suspended"
    if lst.expectant:
        return Reason.ADOPTED, f"{lst.name} adds nothing before it was read completely once"
    if entry.item.key in lst.adopted:
        return Reason.ADOPTED, f"it was on {lst.name} before"
    return None


def _details(media: MediaKey, observed: Observed) -> Film | Show | Unmatched | None:
    if media.kind is Kind.MOVIE:
        return observed.films.get(media.tmdb)
    return observed.shows.get(media.tmdb)
