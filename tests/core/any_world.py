"""Strategies: any lists, any server, any memory, likely or not.

Parts are drawn from pools made beforehand: an example costs few draws, many fit in a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TypeVar

from hypothesis import strategies as st

from reconciler.core.model import (
    Allowance,
    Attempts,
    DesiredList,
    Entry,
    Facts,
    Film,
    Filter,
    Ids,
    Item,
    Kind,
    ListProblem,
    Match,
    MatchMethod,
    MediaKey,
    MediaState,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Observed,
    OwnRequest,
    ProblemReason,
    Quota,
    Reason,
    Requester,
    RequestState,
    RequestStatus,
    RequestTrace,
    Role,
    Season,
    SeasonRule,
    Show,
    Sighting,
    Target,
    Unmatched,
    Whereabouts,
    Years,
)
from tests.core.values import ADMIN, ANNA, CAROL, LONG_AGO, NEXT_YEAR, NOW, rules

K = TypeVar("K")
V = TypeVar("V")
World = tuple[tuple[DesiredList, ...], Observed, Memory]

FILMS = [MediaKey(Kind.MOVIE, n) for n in (1, 2, 3)]
SHOWS = [MediaKey(Kind.TV, n) for n in (1, 2)]  # whose numbers are those of films
TARGETS = [Target(media, is_4k) for media in FILMS + SHOWS for is_4k in (False, True)]
SEASONS = (1, 2, 3)
EIGHT = (8, 8, 8, 8)  # episodes, of the specials and of each season
SOME_SEASONS = [(1,), (2,), (1, 2), (2, 3), (1, 2, 3)]
BLOCKED = [FILMS[2], SHOWS[1]]
RULES = [
    *[SeasonRule()] * 4,
    SeasonRule(first=1),
    SeasonRule(last=1),
    SeasonRule(named=(0, 2)),
    SeasonRule(named=(3,)),
]
FILTERS = [
    *[None] * 5,
    Filter(types=(Kind.MOVIE,)),
    Filter(years=Years(2000)),
    Filter(min_rating=7.0),
]
FILM_FACTS: list[Film | Unmatched] = [
    Film(0, "A film", 2020, Facts(rating=8.0)),
    Film(0, "A film", 2020, Facts(rating=6.0)),
    Film(0, "A film", None),
    Unmatched(Reason.UNRESOLVED, "TMDB did not answer"),
]
UNLIKELY = 8  # one in so many


def _entry(media: MediaKey, ids: Ids, *, fresh: bool) -> Entry:
    return Entry(
        Item(0, "", None, media.kind, ids), Match(media, MatchMethod.TMDB, "A", 2021), fresh
    )


ENTRIES = [
    _entry(media, ids, fresh=fresh)
    for media in FILMS + SHOWS
    for ids in (Ids(tmdb=media.tmdb), Ids(imdb=f"tt{media.kind == Kind.TV:d}00000{media.tmdb}"))
    for fresh in (True, True, False)
] + [
    Entry(Item(0, "Dune", 2021), Unmatched(reason, "because"))
    for reason in (Reason.AMBIGUOUS, Reason.UNRESOLVED)
]
ROWS = [
    MediaState(media, status, status_4k)
    for media in FILMS
    for status, status_4k in product(MediaStatus, repeat=2)
] + [
    MediaState(
        media, whole, whole, dict(zip(SEASONS, zip(plain, plain[::-1], strict=True), strict=True))
    )
    for media in SHOWS
    for whole in (MediaStatus.PARTIAL, MediaStatus.PARTIAL, MediaStatus.DELETED)
    for plain in product(set(MediaStatus) - {MediaStatus.BLOCKLISTED}, repeat=3)
]
REQUESTS = [
    RequestState(0, target, status, 1, dict.fromkeys(seasons, status))
    for target in TARGETS + [target for target in TARGETS if not target.is_4k] * 2
    for status in RequestStatus
    for seasons in (SOME_SEASONS if target.media.kind is Kind.TV else [()])
]
FACTS = [
    Show(0, "A show", 2020, ended=False, seasons=tuple(map(Season, (0, *SEASONS), dates, EIGHT)))
    for dates in product(
        (LONG_AGO,), (LONG_AGO, NEXT_YEAR), (LONG_AGO, NEXT_YEAR), (LONG_AGO, None)
    )
] + [  # without air dates
    Show(0, "A show", 2020, has_ended, tuple(map(Season, (0, *SEASONS), [None] * 4, counts)), last)
    for has_ended, last in ((True, 3), (False, 2), (False, None))
    for counts in (EIGHT, (0, 8, 8, 0))
]
NO_FACTS = Unmatched(Reason.UNRESOLVED, "TMDB did not answer")
SOME_FACTS: list[Show | Unmatched] = [*FACTS, NO_FACTS]
SLOTS = [
    MemoryKey(target, season)
    for target in TARGETS
    for season in ((None, *SEASONS) if target.media.kind is Kind.TV else (None,))
]
MEMORY_ENTRIES = [
    MemoryEntry(present, readded) for present, readded in product((True, False), repeat=2)
]
ATTEMPTS = [
    Attempts(1, retries, due)
    for retries in (0, 1, 2)
    for due in (None, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
]


ASKING: list[tuple[Requester | None, bool]] = [
    *[(ADMIN, False)] * 4,
    *[(ANNA, False)] * 2,
    (ADMIN, True),
    (CAROL, False),
    (None, False),
]


# Made once: hypothesis looks at each element of a new strategy.
_askers = st.sampled_from(ASKING)
_entries = st.lists(st.sampled_from(ENTRIES), max_size=6)
_roles = st.sampled_from([Role.REQUEST] * 4 + [Role.EXCLUDE])
_season_rules = st.sampled_from(RULES)
_filters = st.sampled_from(FILTERS)
_caps = st.sampled_from([None, 1, 2])
_chances = st.integers(1, UNLIKELY)


@st.composite
def _desired_lists(draw: st.DrawFn, index: int) -> DesiredList:
    requester, is_4k = draw(_askers)
    entries = draw(_entries)
    return DesiredList(
        rules(
            f"list {index}",
            role=draw(_roles),
            is_4k=is_4k,
            seasons=draw(_season_rules),
            filter=draw(_filters),
            max_per_run=draw(_caps),
        ),
        index=index,
        entries=tuple(_at(position, e) for position, e in enumerate(entries, start=1)),
        requester=requester,
        problem=None if requester else ListProblem(ProblemReason.UNKNOWN_REQUESTER, "nobody"),
        unread_reason=None if draw(_chances) > 1 else "never read",
    )


def _at(position: int, entry: Entry) -> Entry:
    item = entry.item
    placed = Item(position, item.title, item.year, item.kind, item.ids)
    return Entry(placed, entry.match, entry.fresh)


def grouped(pairs: list[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """The values of each key, in order."""
    groups: dict[K, tuple[V, ...]] = {}
    for key, value in pairs:
        groups[key] = (*groups.get(key, ()), value)
    return groups


UNLISTED = range(7, 15)  # numbers of requests that are seldom, or never, in the server's table
TRACES = [RequestTrace(Whereabouts.FOUND), RequestTrace(Whereabouts.DETACHED)] + [
    RequestTrace(Whereabouts.GONE, row)
    for row in (None, *(row for row in ROWS if row.status is row.status_4k))
]

_rows = st.lists(st.sampled_from(ROWS), max_size=5)
_requests = st.lists(st.sampled_from(REQUESTS), max_size=8)
_remaining = st.sampled_from([(None, None), (0, 4), (1, 2), (2, 0)])
_blocklists = st.sampled_from([frozenset(), frozenset(), frozenset(BLOCKED)])
_shows = st.sampled_from(SOME_FACTS)
_films = st.sampled_from(FILM_FACTS)
_shows_all = st.sampled_from([True, True, True, False])
_traces = st.dictionaries(st.sampled_from(UNLISTED), st.sampled_from(TRACES), max_size=3)


@st.composite
def _observations(draw: st.DrawFn) -> Observed:
    rows = draw(_rows)
    requests = [
        RequestState(number, row.target, row.status, 1, row.seasons)
        for number, row in enumerate(draw(_requests), start=1)
    ]
    films, seasons = draw(_remaining)
    return Observed(
        media=grouped([(row.media, row) for row in rows]),
        requests=grouped([(row.target, row) for row in requests]),
        blocklist=draw(_blocklists),
        shows={media.tmdb: draw(_shows) for media in SHOWS},
        films={media.tmdb: draw(_films) for media in FILMS[:2]},
        quotas={4: Quota(Allowance(films, 5, 7), Allowance(seasons, 5, 7))},
        shows_all_requests=draw(_shows_all),
        traces=draw(_traces),
    )


OURS = [
    OwnRequest(target, requester, ("list 0",), seasons, sighting)
    for target in TARGETS
    for requester in (1, 4)
    for seasons in (SOME_SEASONS if target.media.kind is Kind.TV else [None])
    for sighting in (None, None, *Sighting)
]

_memories = st.builds(
    Memory,
    st.dictionaries(st.sampled_from(SLOTS), st.sampled_from(MEMORY_ENTRIES), max_size=8),
    st.dictionaries(st.sampled_from(TARGETS), st.sampled_from(ATTEMPTS), max_size=2),
    ours=st.dictionaries(st.sampled_from(UNLISTED), st.sampled_from(OURS), max_size=3),
)


_list_counts = st.integers(1, 4)
_lists_of_index = [_desired_lists(index) for index in range(4)]
_servers = _observations()


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to four lists, a server and a memory."""
    lists = tuple(draw(lists) for lists in _lists_of_index[: draw(_list_counts)])
    return lists, draw(_servers), draw(_memories)


def reordered(world: World, turn: int) -> World:
    """The same world, with every part of it in a different order."""
    lists, server, memory = world
    media = {
        key: _mixed(tuple(replace(row, seasons=_turned(row.seasons, turn)) for row in same), turn)
        for key, same in server.media.items()
    }
    requests = {
        key: _mixed(tuple(replace(row, seasons=_turned(row.seasons, turn)) for row in same), turn)
        for key, same in server.requests.items()
    }
    shows = {
        key: replace(show, seasons=_mixed(show.seasons, turn)) if isinstance(show, Show) else show
        for key, show in server.shows.items()
    }
    desired = tuple(
        replace(lst, entries=_mixed(lst.entries, turn), absent=_turned(lst.absent, turn))
        for lst in lists
    )
    observed = Observed(
        _turned(media, turn),
        _turned(requests, turn),
        server.blocklist,
        _turned(shows, turn),
        _turned(server.quotas, turn),
        _turned(server.films, turn),
        server.takes_specials,
        server.shows_all_requests,
        _turned(server.traces, turn),
    )
    reordered_memory = replace(
        memory,
        slots=_turned(memory.slots, turn),
        attempts=_turned(memory.attempts, turn),
        created=_mixed(memory.created, turn),
        ours=_turned(memory.ours, turn),
        claims=_turned(memory.claims, turn),
    )
    return _mixed(desired, turn), observed, reordered_memory


def _mixed(values: tuple[V, ...], turn: int) -> tuple[V, ...]:
    """Backwards, from somewhere in the middle."""
    cut = turn % len(values) if values else 0
    return (values[cut:] + values[:cut])[::-1]


def _turned(mapping: Mapping[K, V], turn: int) -> dict[K, V]:
    return dict(_mixed(tuple(mapping.items()), turn))
