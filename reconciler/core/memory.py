"""What is remembered about titles (laws 4 and 5).

What a look at the server adds, what the outcome of an action adds, when a re-add or ``rerequest``
lifts *declined* and *handled*, and what ``forget`` drops. Nothing lifts *blocklisted*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from reconciler.core.model.lists import Item, Match, MediaKey, Target, Unmatched
from reconciler.core.model.memory import (
    Attempts,
    Baseline,
    Membership,
    Memory,
    MemoryEntry,
    MemoryKey,
)
from reconciler.core.model.plan import Action, Done, Result
from reconciler.core.model.server import Observed
from reconciler.core.model.terms import Kind, Op, Rerequest
from reconciler.core.own_requests import account_for_missing, with_sightings
from reconciler.core.seasons import span
from reconciler.core.state import COVERED, Presence, film, known_seasons, season, show
from reconciler.core.times import doubled_wait, format_time
from reconciler.core.wants import names_of, rule_names, with_server_title

ENOUGH = 10  # the least number of known titles for which "most of them vanished" is meaningful


def observe(
    memory: Memory,
    targets: Iterable[Target],
    observed: Observed,
    now: datetime,
    readded: frozenset[MediaKey] = frozenset(),
) -> Memory:
    """Memory after a look at the server: what is there now, what was and is not.

    ``readded``: what has just come back to a list. That lifts *declined* and *handled*, until the
    title is there again or a person says no once more.
    """
    memory = with_sightings(observed, memory)
    observed = account_for_missing(observed, memory)
    slots = dict(memory.slots)
    seasons: dict[Target, set[int]] = {target: set() for target in targets}
    targets_readded = {target for target in seasons if target.media in readded}
    for slot in memory.slots:
        season_numbers = seasons.setdefault(slot.target, set())
        if slot.season is not None:
            season_numbers.add(slot.season)
    for target, numbers in seasons.items():
        for slot, presence in _look(target, numbers, observed):
            remembered = _entry_after_look(
                slots.get(slot),
                presence,
                _last_requested(slot, observed),
                now,
                readded=target in targets_readded,
            )
            if remembered is not None:
                slots[slot] = remembered
    return replace(memory, slots=slots)


def vanished(memory: Memory, observed: Observed) -> tuple[int, int]:
    """How many titles of the last look have left no trace, and how many there were."""
    present = [s for s, entry in memory.slots.items() if s.season is None and entry.present]
    missing = [
        s
        for s in present
        if s.target.media not in observed.media and not observed.requests.get(s.target)
    ]
    return len(missing), len(present)


def looks_like_another_server(memory: Memory, observed: Observed) -> bool:
    """Whether most known titles vanished at once: too many for deletions by hand."""
    missing, present = vanished(memory, observed)
    return present >= ENOUGH and missing * 2 > present


def _look(
    target: Target, remembered: set[int], observed: Observed
) -> Iterator[tuple[MemoryKey, Presence]]:
    if target.media.kind is Kind.MOVIE:
        yield MemoryKey(target), film(target, observed).presence
        return
    yield MemoryKey(target), show(target, observed)
    for number in remembered | known_seasons(target, observed):
        yield MemoryKey(target, number), season(target, number, observed).presence


def _last_requested(slot: MemoryKey, observed: Observed) -> datetime | None:
    """When the slot's newest request was made."""
    made = (
        request.created
        for request in observed.requests.get(slot.target, ())
        if slot.season is None or slot.season in request.seasons
    )
    return max((at for at in made if at), default=None)


def _entry_after_look(
    before: MemoryEntry | None,
    presence: Presence,
    requested_at: datetime | None,
    now: datetime,
    *,
    readded: bool,
) -> MemoryEntry | None:
    """A slot's memory after a look; None: there is nothing to remember.

    ``requested_at``: when it was last asked for. ``readded``: whether it was just put back. A
    re-add that still waits is kept while nothing changes. What was declined or deleted since is the
    person's later word, and binds.
    """
    if presence is Presence.BLOCKLISTED:  # a person may lift that, and then the title is free again
        return before and replace(before, refused=None)  # a later decline starts its own wait
    if presence is Presence.LOST:  # not declined: the state is that of the request
        if before is None or not readded:
            return before
        return replace(before, readded=True, refused=before.refused or now)
    if presence in COVERED | {Presence.FAILED}:  # not declined or removed
        return MemoryEntry(present=True)
    present = presence not in {Presence.NOTHING, Presence.DELETED}
    if before is None:
        return None if presence is Presence.NOTHING else MemoryEntry(present, readded, now)
    requested_again = bool(  # since it was first seen refused
        before.refused and requested_at and requested_at > before.refused
    )
    changed = before.present != present and presence is not Presence.NOTHING
    still_readded = before.readded and not changed and not requested_again
    same_refusal = before.present == present and not requested_again
    since = before.refused if same_refusal else None
    return MemoryEntry(present, readded or still_readded, since or now)


SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(hours=24)


def gap(tries: int) -> timedelta:
    """How long to wait after this many tries (1, 2, …): 10 min, 20, 40, … up to 24 h."""
    return doubled_wait(tries, SHORTEST, LONGEST)


def attempts_after(before: Attempts, op: Op, result: Result, now: datetime) -> Attempts:
    """What is remembered of a target's attempts once an action came to ``result``.

    A new request is retried for itself: a show that is followed for years fails more than once. One
    that is there already, or was cancelled, clears the failures alone. A retry waits longer each
    time, also one whose answer was lost: it may be FAILED again at the next look. Results that say
    nothing about the target (quota, unknown, skipped) change nothing. A new request that the
    downloader did not take is retried, but not at once.
    """
    match result:
        case Result.CREATED:
            return Attempts()
        case Result.UNDELIVERED if op is not Op.RETRY:
            return Attempts(not_before=now + SHORTEST)
        case Result.EXISTS | Result.CANCELLED:
            return replace(before, failures=0, not_before=None)
        case Result.UNKNOWN if op is not Op.RETRY:
            return before
        case Result.RETRIED | Result.UNDELIVERED | Result.UNKNOWN:
            retries = before.retries + 1
            return Attempts(failures=0, retries=retries, not_before=now + gap(retries))
        case Result.FAILED | Result.REFUSED | Result.BLOCKLISTED:
            failures = before.failures + 1
            retries = before.retries + (op is Op.RETRY)
            return Attempts(failures, retries, now + gap(failures))
        case _:
            return before


def is_lifted(entry: MemoryEntry | None, rule: Rerequest | timedelta, now: datetime) -> bool:
    """Whether *declined* and *handled* are lifted: by a re-add, or since their time is over."""
    at = _due(entry, rule)
    return put_back(entry, rule) or (at is not None and at <= now)


def put_back(entry: MemoryEntry | None, rule: Rerequest | timedelta) -> bool:
    """Whether a re-add lifts them."""
    return entry is not None and entry.readded and rule is not Rerequest.NEVER


def rerequest_notes(
    marks: Mapping[int | None, MemoryEntry | None], rule: Rerequest | timedelta, now: datetime
) -> Iterator[str]:
    """``S1-2 requested again after …``, or since when they were out; by season, None: a film."""
    seasons_by_note: dict[str, list[int]] = {}
    for number, entry in marks.items():
        at = _due(entry, rule)
        if entry is None or entry.readded or entry.refused is None or at is None:
            continue
        text = (
            f"missing since {format_time(entry.refused)}"
            if at <= now
            else f"requested again after {format_time(at)}"
        )
        seasons_by_note.setdefault(text, []).extend(() if number is None else (number,))
    for text, numbers in seasons_by_note.items():
        yield f"{span(numbers)} {text}" if numbers else text


def _due(entry: MemoryEntry | None, rule: Rerequest | timedelta) -> datetime | None:
    """When it is requested again on its own; None: never, or the start of the wait is unknown."""
    if entry is None or entry.refused is None or not isinstance(rule, timedelta):
        return None
    return entry.refused + rule


_THERE = frozenset({Result.CREATED, Result.UNDELIVERED, Result.EXISTS})


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to remember after an action's result."""

    slots: Mapping[MemoryKey, MemoryEntry]
    attempts: Attempts
    canceled: bool  # lists that miss the title keep in mind that its request was canceled


def settle(action: Action, done: Done, attempts: Attempts, now: datetime) -> Settlement:
    """Decide what ``done`` means. ``attempts``: those at the target so far.

    A show whose seasons alone were canceled is still requested. To show a canceled title again is
    a re-add.
    """
    is_canceled = done.result is Result.CANCELLED
    numbers = action.seasons or () if action.target.media.kind is Kind.TV else ()
    slots = [MemoryKey(action.target, number) for number in (None, *numbers)]
    entries: dict[MemoryKey, MemoryEntry] = {}
    if done.result in _THERE:
        entries = dict.fromkeys(slots, MemoryEntry())
    elif is_canceled:
        canceled_slots = slots[1:] if action.seasons else slots
        entries = dict.fromkeys(canceled_slots, MemoryEntry(present=False))
    return Settlement(entries, attempts_after(attempts, action.op, done.result, now), is_canceled)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The titles that one item may mean, with their memory and the lists that have them."""

    media: frozenset[MediaKey]
    remembered: int  # films, seasons and shows that were seen there, or counted as refused
    still_there: bool  # the last look showed one of them: the server has a record, too
    lists: tuple[str, ...]
    adopted: Mapping[str, frozenset[str]]  # the adopted item keys, by list


def forgetting(  # noqa: PLR0913 - all that the ledger knows of a title
    item: Item,
    media: Collection[MediaKey],
    memory: Memory,
    *,
    memberships: Mapping[str, Membership],
    shown: Mapping[str, Iterable[Item]],
    baselines: Mapping[str, Baseline],
    matches: Mapping[str, Match | Unmatched],
) -> Forgetting:
    """What there is to forget. ``shown``: what each list of the file showed last.

    ``matches``: what look-ups of those items have found, by item key.

    ``media``: what the item is known to mean; a TMDB id means that very title, all else may mean
    what lists have under that name, too.
    """
    names, titles = set(rule_names(item)), set(media)
    members = [m for membership in memberships.values() for m in membership.members.values()]
    if not item.ids.tmdb:
        titles |= {  # by the server's name as well, for a list of bare ids
            m.match.media
            for m in members
            if m.match and names & (names_of(m.item) | names_of(with_server_title(m.item, m.match)))
        }
    items = {m.item for m in members if m.match and m.match.media in titles}
    items |= {
        item
        for item in chain.from_iterable(shown.values())
        if isinstance(match := matches.get(item.key), Match) and match.media in titles
    }
    names |= {name for membership in items for name in rule_names(membership)}
    lists = [name for name, of_it in shown.items() if any(names & names_of(i) for i in of_it)]
    keys = frozenset(membership.key for membership in items) | {item.key}
    slots = [entry for slot, entry in memory.slots.items() if slot.target.media in titles]
    attempted = [target for target in memory.attempts if target.media in titles]
    return Forgetting(
        frozenset(titles),
        len(slots) + len(attempted),
        any(entry.present for entry in slots),
        tuple(lists),
        {
            name: keys & membership.keys
            for name, membership in baselines.items()
            if keys & membership.keys
        },
    )
