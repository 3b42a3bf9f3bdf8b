"""The laws of a single plan, for any lists, any server and any memory."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.model import (
    Action,
    Attempts,
    Kind,
    Match,
    MediaStatus,
    Memory,
    MemoryKey,
    Observed,
    Op,
    Plan,
    Policy,
    Reason,
    RequestStatus,
    Role,
    Target,
    Unmatched,
    Verdict,
)
from reconciler.core.plan import calculate
from reconciler.core.wants import skip_reason
from tests.core.any_world import World, reordered, worlds
from tests.core.values import ANNA, NOW

LIVE = {RequestStatus.PENDING, RequestStatus.APPROVED}
HERE = {MediaStatus.AVAILABLE, MediaStatus.PARTIAL}

any_world = given(worlds())
often = settings(max_examples=110)


def decide(world: World) -> Plan:
    lists, observed, memory = world
    return calculate(lists, observed, memory, Policy(), NOW)


def rows(made: Plan) -> list[Action | Verdict]:
    return [*made.actions, *made.verdicts]


# ----------------------------------------------------------------------------------------- law 1


@given(worlds(), st.integers(0, 5))
@often
def test_the_same_input_gives_the_same_plan_in_whatever_order_it_comes(
    world: World, turn: int
) -> None:
    assert decide(reordered(world, turn)) == decide(world)


@any_world
@often
def test_making_a_plan_changes_nothing(world: World) -> None:
    before = deepcopy(world)

    decide(world)

    assert world == before


# ---------------------------------------------------------------------------------- laws 4 and 5


def requested_slots(made: Plan) -> list[tuple[Action, MemoryKey]]:
    """Every film and season that is asked for, with its action."""
    return [
        (action, MemoryKey(action.target, season))
        for action in made.actions
        if action.op in {Op.REQUEST, Op.EXTEND}
        for season in (action.seasons or (None,))
    ]


def requests_of(slot: MemoryKey, observed: Observed) -> list[RequestStatus]:
    """The statuses of the requests that hold a film or a season."""
    return [
        request.status
        for request in observed.requests.get(slot.target, ())
        if slot.season is None or slot.season in request.seasons
    ]


def statuses_of(slot: MemoryKey, observed: Observed) -> set[MediaStatus]:
    """What the rows say of a film or a season."""
    statuses: set[MediaStatus] = set()
    for row in observed.media.get(slot.target.media, ()):
        pair = (
            (row.status, row.status_4k)
            if slot.season is None
            else row.seasons.get(slot.season, (MediaStatus.UNKNOWN, MediaStatus.UNKNOWN))
        )
        statuses.add(pair[slot.target.is_4k])
    return statuses


@any_world
@often
def test_nothing_is_asked_for_that_is_there_or_has_been_asked_for(world: World) -> None:
    _, observed, _ = world
    for action, slot in requested_slots(decide(world)):
        assert not LIVE & set(requests_of(slot, observed)), action
        assert not HERE & statuses_of(slot, observed), action


@any_world
@often
def test_nothing_is_asked_for_twice_in_one_plan(world: World) -> None:
    made = decide(world)
    slots = [slot for _, slot in requested_slots(made)]
    retried = [number for action in made.actions for number in action.request_ids]

    assert len(slots) == len(set(slots))
    assert len(retried) == len(set(retried))


@any_world
@often
def test_only_failed_requests_are_retried_and_no_more_than_allowed(world: World) -> None:
    _, observed, memory = world
    for action in decide(world).actions:
        if action.op is Op.RETRY:
            failed = {
                r.id for r in observed.requests[action.target] if r.status is RequestStatus.FAILED
            }
            assert action.request_ids
            assert set(action.request_ids) <= failed
            assert memory.attempts.get(action.target, Attempts()).retries < 2


@any_world
@often
def test_nothing_is_asked_for_against_a_persons_word(world: World) -> None:
    lists, observed, memory = world
    excluded = {
        e.match.media
        for lst in lists
        if lst.rules.role is Role.EXCLUDE
        for e in lst.entries
        if isinstance(e.match, Match)
    }
    made = decide(world)
    for action in made.actions:
        media = action.target.media
        here = observed.media.get(media, ())
        assert media not in excluded
        assert media not in observed.blocklist
        assert all(MediaStatus.BLOCKLISTED not in (r.status, r.status_4k) for r in here)
    for action, slot in requested_slots(made):
        whole = memory.slots.get(MemoryKey(action.target))
        mark = memory.slots.get(slot, whole)
        taken_away = RequestStatus.DECLINED in requests_of(slot, observed)
        taken_away |= MediaStatus.DELETED in statuses_of(slot, observed)
        if taken_away or slot in memory.slots:
            assert mark is not None, action
            assert mark.readded, action


@any_world
@often
def test_an_exclude_list_that_is_not_known_closes_the_gate(world: World) -> None:
    lists, _, _ = world
    unread = any(
        lst.unread_reason
        or any(
            isinstance(e.match, Unmatched) and e.match.reason is Reason.UNRESOLVED
            for e in lst.entries
        )
        for lst in lists
        if lst.rules.role is Role.EXCLUDE
    )
    made = decide(world)

    assert bool(made.stops) is unread
    assert not (made.stops and made.actions)


# --------------------------------------------------------------------------------------- law 10


@any_world
@often
def test_each_title_that_a_list_gave_is_in_one_row_or_is_retried_beside_it(world: World) -> None:
    lists, _, _ = world
    made = decide(world)
    words_by_title: dict[Target | str, list[str]] = {}
    for row in rows(made):
        words_by_title.setdefault(row.target or row.item.key, []).append(_word(row))

    expected = {
        Target(e.match.media, lst.rules.is_4k) if isinstance(e.match, Match) else e.item.key
        for lst in lists
        if lst.rules.role is Role.REQUEST
        for e in lst.entries
        if e.fresh
    }
    assert words_by_title.keys() == expected
    for identity, words in words_by_title.items():
        assert len(words) == 1 or _is_pair(identity, words), words


@any_world
@often
def test_each_row_names_the_lists_that_want_it_the_owner_first(world: World) -> None:
    lists, observed, _ = world
    made = decide(world)
    holding: dict[Target, dict[str, bool]] = {}  # with whether they ask for it
    fresh: set[Target] = set()  # what a list gave that asks for it
    for lst in lists:
        for e in lst.entries:
            if lst.rules.role is Role.REQUEST and isinstance(e.match, Match):
                target, asks = (
                    Target(e.match.media, lst.rules.is_4k),
                    skip_reason(lst, e, observed) is None,
                )
                names = holding.setdefault(target, {})
                names[lst.name] = asks or names.get(lst.name, False)
                fresh |= {target} if asks and e.fresh else set()
    requesters = {lst.name: lst.requester for lst in lists}

    for row in rows(made):
        if row.target:
            expected = [
                n for n, asks in holding[row.target].items() if asks or row.target not in fresh
            ]
            assert list(row.lists) == expected
    for action in made.actions:
        assert action.requester == requesters[action.lists[0]]


def _word(row: Action | Verdict) -> str:
    return row.op if isinstance(row, Action) else row.reason


def _is_pair(identity: Target | str, words: list[str]) -> bool:
    """A show with failed and with missing seasons, each decided on its own."""
    show = isinstance(identity, Target) and identity.media.kind is Kind.TV
    return show and len(words) == 2


# ------------------------------------------------------------------------------------ the limits


def with_much_to_request(world: World) -> World:
    """The same lists as anna, capped, for an empty server: the limits have much to hold back."""
    lists, observed, _ = world
    capped = tuple(
        replace(
            lst,
            rules=replace(lst.rules, max_per_run=lst.rules.max_per_run or 5),
            requester=ANNA,
            problem=None,
        )
        for lst in lists
    )
    empty = Observed(shows=observed.shows, films=observed.films, quotas=observed.quotas)
    return capped, empty, Memory()


@given(worlds().map(with_much_to_request) | worlds())
@often
def test_no_limit_is_overdrawn(world: World) -> None:
    lists, observed, _ = world
    caps = {lst.name: lst.rules.max_per_run for lst in lists}
    titles = dict.fromkeys(caps, 0)
    spent = {Kind.MOVIE: 0, Kind.TV: 0}
    for action in decide(world).actions:
        if action.op is not Op.RETRY:
            titles[action.lists[0]] += 1
            if action.requester == ANNA:
                spent[action.target.media.kind] += len(action.seasons or (0,))

    assert all(titles[name] <= cap for name, cap in caps.items() if cap is not None)
    for left in observed.quotas.values():
        for kind, allowance in ((Kind.MOVIE, left.movies), (Kind.TV, left.seasons)):
            assert allowance.remaining is None or spent[kind] <= allowance.remaining
