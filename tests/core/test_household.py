"""Laws 3, 4, 5 and 7 over any history: lists change, persons act, passes go on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from reconciler.core.model import (
    Action,
    Budget,
    Kind,
    Match,
    MediaKey,
    MediaStatus,
    Op,
    Outcome,
    Policy,
    Reason,
    RequestStatus,
    Show,
    Slot,
    Target,
    Why,
)
from tests.core.household import ANY, LIVE, PAUSE, Household, Ledger, Pass, Server, snapshot
from tests.core.values import facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.model import Snapshot

FILMS = [MediaKey(Kind.MOVIE, n) for n in range(1, 6)]
SHOWS = [MediaKey(Kind.TV, n) for n in (1, 2)]
MEDIA = FILMS + SHOWS
NEVER = FILMS[4]
SEASONS = (1, 2)
FACTS: dict[int, Show] = {media.tmdb: facts(*SEASONS) for media in SHOWS}
LISTS = ("first", "second")


def slots_of(media: MediaKey, seasons: Iterable[int] = SEASONS) -> set[Slot]:
    """A film, or seasons of a show."""
    numbers = [None] if media.kind is Kind.MOVIE else seasons
    return {Slot(Target(media), number) for number in numbers}


class AnyHistory(RuleBasedStateMachine):
    """Keeps its own account of what persons said, and holds every plan against it.

    ``refused``: what a person declined or took away and has not put back on a list since.
    ``known``: what a pass or a request of ours has put into the ledger's memory.
    ``shelves``, ``left``: what each list held when last believed, and what has left it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.server = Server(dict(FACTS))
        self.house = Household(self.server, excluded=(NEVER,))
        self.lists: dict[str, list[MediaKey]] = {name: [] for name in LISTS}
        self.refused: set[Slot] = set()
        self.known: set[Slot] = set()
        self.shelves: dict[str, set[MediaKey]] = {name: set() for name in LISTS}
        self.left: dict[str, set[MediaKey]] = {name: set() for name in LISTS}

    # what persons do to their lists

    @rule(name=st.sampled_from(LISTS), media=st.sets(st.sampled_from(MEDIA), min_size=4))
    def write_list(self, name: str, media: set[MediaKey]) -> None:
        self.lists[name] = sorted(media)

    @rule(name=st.sampled_from(LISTS), media=st.sampled_from(MEDIA))
    def add_or_take_off(self, name: str, media: MediaKey) -> None:
        held = self.lists[name]
        self.lists[name] = [m for m in held if m != media] if media in held else [media, *held]

    @rule(name=st.sampled_from(LISTS), media=st.sampled_from(MEDIA))
    def take_off_and_put_back(self, name: str, media: MediaKey) -> None:
        held = self.lists[name]
        self.lists[name] = [m for m in held if m != media]
        self.a_good_pass()
        self.lists[name] = [*held, media]

    # what persons and time do to the server

    def _numbers(self, *statuses: RequestStatus) -> list[int]:
        return [n for n, r in self.server.requests.items() if r.status in statuses]

    @rule(media=st.sampled_from(MEDIA), status=st.sampled_from(sorted(LIVE)))
    def request_by_hand(self, media: MediaKey, status: RequestStatus) -> None:
        free = slots_of(media) - self._there()
        if free and media not in self.server.blocklist:
            self.server.ask(media, tuple(sorted(s.season for s in free if s.season)), status)

    @precondition(lambda self: self._numbers(*LIVE))
    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self._numbers(*LIVE)))
        self._refuse(number)
        self.server.judge(number, RequestStatus.DECLINED)

    @precondition(lambda self: self._numbers(RequestStatus.PENDING))
    @rule(data=st.data())
    def approve(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self._numbers(RequestStatus.PENDING)))
        self.server.judge(number, RequestStatus.APPROVED)

    @precondition(lambda self: self._numbers(RequestStatus.APPROVED))
    @rule(data=st.data(), well=st.booleans())
    def finish(self, data: st.DataObject, *, well: bool) -> None:
        number = data.draw(st.sampled_from(self._numbers(RequestStatus.APPROVED)))
        if well:
            self.server.complete(number)
        else:
            self.server.judge(number, RequestStatus.FAILED)

    @precondition(lambda self: self.server.requests)
    @rule(data=st.data())
    def delete_request(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.server.requests)))
        self._refuse(number)
        self.server.delete_request(number)
        self._forget_what_nobody_saw()

    @rule(media=st.sampled_from(MEDIA), leaves_a_row=st.booleans())
    def delete_title(self, media: MediaKey, *, leaves_a_row: bool) -> None:
        if media in self.server.blocklist:
            return
        there = self._there() & slots_of(media)
        self.refused |= there
        available = there & self._available()
        if leaves_a_row and available and there == available:
            self.server.mark_deleted(media)
        else:
            self.server.remove(media)
        self._forget_what_nobody_saw()

    @rule(media=st.sampled_from(MEDIA))
    def block_or_unblock(self, media: MediaKey) -> None:
        if media in self.server.blocklist:
            self.server.unblock(media)
            self._forget_what_nobody_saw()
        else:
            self.server.block(media)

    # what we do

    @rule(outcomes=st.tuples(*[st.sampled_from(Outcome)] * 2), part=st.integers(0, 6))
    def a_troubled_pass(self, outcomes: tuple[Outcome, Outcome], part: int) -> None:
        self._pass(dict(zip(LISTS, outcomes, strict=True)), part)

    @rule()
    def a_good_pass(self) -> None:
        self._pass(dict.fromkeys(LISTS, Outcome.COMPLETE), len(MEDIA))

    @rule(titles=st.integers(1, 4))
    def a_good_pass_on_a_budget(self, titles: int) -> None:
        before = self.house.ledger.memory.created
        window = timedelta(days=30)
        used = [at for at in before if at > self.house.now + PAUSE - window]
        policy = Policy(budget=Budget(titles, window, "month"))
        self._pass(dict.fromkeys(LISTS, Outcome.COMPLETE), len(MEDIA), policy)
        made = len(self.house.ledger.memory.created) - len(before)
        assert made <= max(0, titles - len(used)), "the budget is kept"

    @rule(settled=st.integers(0, 3))
    def a_good_pass_that_is_killed(self, settled: int) -> None:
        seen = self._look(dict.fromkeys(LISTS, Outcome.COMPLETE), len(MEDIA), ANY)
        self._note(seen)
        self.house.apply_until_killed(seen, settled)
        self.known |= set(self.house.ledger.memory.slots)

    @rule()
    def lose_the_ledger(self) -> None:
        """Then the server alone remembers; a re-add that waited is forgotten with the rest."""
        self.house.ledger = Ledger()
        self.known = set()
        self.refused = self._traces() - self._there()
        self.shelves = {name: set() for name in LISTS}
        self.left = {name: set() for name in LISTS}

    def _pass(self, outcomes: dict[str, Outcome], part: int, policy: Policy = ANY) -> None:
        seen = self._look(outcomes, part, policy)
        self.house.apply(seen)
        self._note(seen)
        again = self.house.look(self._held(outcomes, part), policy)
        assert again.plan.actions == (), "law 3"
        assert not again.readded

    def _held(self, outcomes: dict[str, Outcome], part: int) -> dict[str, Snapshot]:
        return {
            name: snapshot(
                self.lists[name] if outcome is Outcome.COMPLETE else self.lists[name][:part],
                outcome,
            )
            for name, outcome in outcomes.items()
        }

    def _look(self, outcomes: dict[str, Outcome], part: int, policy: Policy) -> Pass:
        """A pass up to its plan, which is held against what persons said."""
        held = self._held(outcomes, part)
        before = self.house.ledger.memberships
        seen = self.house.look(held, policy)
        back = self._back(outcomes)
        assert seen.readded == back
        self.refused -= {slot for media in back for slot in slots_of(media)}
        for name, outcome in outcomes.items():
            if outcome is not Outcome.COMPLETE and name in before:
                here = {k: m.present for k, m in before[name].members.items()}
                now = {k: m.present for k, m in seen.memberships[name].members.items()}
                assert now == here, "law 7"
        self._hold_against(seen)
        self._expect_all_that_is_free(seen)
        return seen

    def _hold_against(self, seen: Pass) -> None:
        for action in seen.plan.actions:
            media = action.target.media
            assert media != NEVER
            assert media not in self.server.blocklist
            if action.op is not Op.RETRY:
                slots = slots_of(media, action.seasons or ())
                assert not slots & self._there(), ("law 4", action)
                assert not slots & self.refused, ("law 5", action)
                assert slots & self.known or action.why is not Why.READDED

    def _expect_all_that_is_free(self, seen: Pass) -> None:
        """A title that is new or was put back, and of which nothing is there, is asked for."""
        asked = {
            slot
            for action in seen.plan.actions
            for slot in slots_of(action.target.media, action.seasons or ())
        }
        given = {
            e.match.media
            for lst in seen.lists
            for e in lst.entries
            if e.fresh and isinstance(e.match, Match)
        }
        waiting = {
            row.target.media
            for row in seen.plan.verdicts
            if row.target and row.reason is Reason.OVER_BUDGET
        }
        for media in given - self.server.blocklist - {NEVER} - waiting:
            slots = slots_of(media)
            if media in seen.readded or not slots & (self.known | self.refused):
                assert slots - self._there() <= asked, ("nothing is lost", media)

    # the machine's own account

    def _back(self, outcomes: dict[str, Outcome]) -> frozenset[MediaKey]:
        """What comes back to a list in a pass; moves the account of the lists on."""
        whole = {name for name in LISTS if self._is_whole(name, outcomes[name])}
        on_some = {m for name in LISTS for m in self.shelves[name]}
        back = {m for name in whole for m in self.lists[name] if m in self.left[name] - on_some}
        for name in whole:
            now = set(self.lists[name])
            self.left[name] = (self.left[name] | self.shelves[name]) - now
            self.shelves[name] = now
        return frozenset(back)

    def _is_whole(self, name: str, outcome: Outcome) -> bool:
        now, before = set(self.lists[name]), self.shelves[name]
        return (
            outcome is Outcome.COMPLETE
            and bool(now)
            and len(now & before) * 100 >= 70 * len(before)
        )

    def _note(self, seen: Pass) -> None:
        listed = [e.match for lst in seen.lists for e in lst.entries]
        seeable = {m.media for m in listed if isinstance(m, Match)} - self.server.blocklist
        wanted = {slot for media in seeable for slot in slots_of(media)}
        self.known |= set(seen.memory.slots) | set(self.house.ledger.memory.slots)
        self.known |= wanted & (self._there() | self._traces())

    def _refuse(self, number: int) -> None:
        request = self.server.requests[number]
        self.refused |= slots_of(request.target.media, request.seasons) - self._available()

    def _forget_what_nobody_saw(self) -> None:
        """Neither the server nor the ledger can tell of it any more."""
        self.refused &= self.known | self._traces()

    def _available(self) -> set[Slot]:
        found = set()
        for media, row in self.server.rows.items():
            if media.kind is Kind.MOVIE and row.status is MediaStatus.AVAILABLE:
                found.add(Slot(Target(media)))
            here = [n for n, (plain, _) in row.seasons.items() if plain is MediaStatus.AVAILABLE]
            found |= {Slot(Target(media), number) for number in here}
        return found

    def _there(self) -> set[Slot]:
        """What is in the library, asked for, or failed on its way."""
        live = [
            r for r in self.server.requests.values() if r.status in LIVE | {RequestStatus.FAILED}
        ]
        return self._available() | {s for r in live for s in slots_of(r.target.media, r.seasons)}

    def _traces(self) -> set[Slot]:
        """What the server says was declined or deleted."""
        dead = [
            r
            for r in self.server.requests.values()
            if r.status in {RequestStatus.DECLINED, RequestStatus.COMPLETED}
        ]
        deleted = [m for m, row in self.server.rows.items() if row.status is MediaStatus.DELETED]
        return {s for r in dead for s in slots_of(r.target.media, r.seasons)} | {
            slot for media in deleted for slot in slots_of(media)
        }


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(st.integers(0, 14), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_with_a_cap_of_k_it_takes_n_over_k_passes(titles: int, cap: int) -> None:
    media = [MediaKey(Kind.MOVIE, n) for n in range(1, titles + 1)]
    house = Household(Server({}), caps=(cap, None))
    held = {"first": snapshot(media), "second": snapshot([])}
    acted: list[list[Action]] = []
    while (seen := house.look(held)).plan.actions:
        house.apply(seen)
        acted.append(list(seen.plan.actions))

    assert len(acted) == -(-titles // cap)
    assert [action.target.media for made in acted for action in made] == media
