"""Laws 1 and 3 to 7 over any history: lists and the file change, persons act, passes go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from reconciler.core.model import (
    Action,
    Attempts,
    Budget,
    Item,
    Kind,
    MediaKey,
    MemoryKey,
    Op,
    Outcome,
    OwnRequest,
    Policy,
    Prune,
    Reason,
    RequestState,
    RequestStatus,
    Rerequest,
    Show,
    Snapshot,
    Why,
)
from reconciler.core.plan import calculate
from tests.core.account import Fetch, Turn
from tests.core.any_world import reordered
from tests.core.household import (
    ANY,
    LIVE,
    PAUSE,
    Household,
    Ledger,
    Reconciliation,
    Server,
    listed,
    snapshot,
)
from tests.core.persons import (
    DAY,
    FILMS,
    MEDIA,
    NEVER,
    RETRIES,
    SHOWS,
    SOURCES,
    Persons,
    any_lists,
    any_prune,
    any_title,
    slots_of,
)

RENAMED = "rename_the_second_with_its_history"
ACTS = [
    *["a_good_pass"] * 8,
    *["a_pass_in_which_all_waits", "a_half_pass", "a_pass_that_is_killed"],
    *["a_pass_that_reads_nothing", "a_pass_in_trouble"],
    *["put_on_the_first", "put_on_the_second", "take_off", "take_off_the_first"],
    *["lose_most", "find_all_again"],
    *["take_the_second_out_or_put_it_back", "rename_the_second"],
    *[RENAMED] * 2,
    *["ask", "ask_with_success", "ask_for_one_season", "take_over", "ask_for_more"],
    *["approve", "fail", "decline", "delete_the_request", "delete_the_file", "delete"],
    "mark_available",
    *["block_or_unblock", "lose_or_find_the_facts"],
    *["lose_what_was_made", "detach_what_was_made", "leave_an_orphan"],
    "take_away_and_leave_the_row",
    *["half_a_day", "more_than_a_day", "some_days"],
]
DAYS = "more_than_a_day"
IS_OUT = "take_off a_good_pass"
ON_THE_SECOND_ALONE = "decline a_good_pass take_off_the_first put_on_the_second a_good_pass"
PUT_BACK = f"decline a_good_pass {IS_OUT} put_on_the_second a_pass_in_which_all_waits"
REMADE = f"delete a_good_pass {IS_OUT} put_on_the_first a_good_pass"
OFTEN = [  # what takes several acts, and would seldom come about by chance
    f"{IS_OUT} half_a_day a_good_pass",
    f"{IS_OUT} more_than_a_day a_good_pass",
    f"{IS_OUT} more_than_a_day a_half_pass",
    f"{IS_OUT} more_than_a_day a_pass_that_reads_nothing",
    f"take_over {IS_OUT} more_than_a_day a_good_pass",
    f"{IS_OUT} half_a_day put_on_the_first a_half_pass {IS_OUT} half_a_day a_good_pass",
    f"take_off_the_first a_good_pass half_a_day {IS_OUT} half_a_day a_good_pass",
    f"a_good_pass put_on_the_second a_good_pass {IS_OUT} more_than_a_day a_good_pass",
    f"{IS_OUT} put_on_the_first",
    PUT_BACK,
    f"delete a_good_pass {IS_OUT} put_on_the_first a_pass_in_which_all_waits ask decline",
    f"decline a_good_pass {IS_OUT} put_on_the_first a_pass_in_which_all_waits ask decline",
    "decline a_good_pass some_days a_good_pass decline a_good_pass half_a_day a_good_pass",
    f"decline a_good_pass {DAYS} ask decline a_good_pass {DAYS} {DAYS} a_good_pass",
    "approve complete a_good_pass delete_the_file a_good_pass",
    f"{PUT_BACK} ask a_good_pass decline",
    f"delete {IS_OUT} lose_or_find_the_facts put_on_the_first a_good_pass lose_or_find_the_facts",
    "fail a_good_pass some_days",
    f"{REMADE} lose_what_was_made a_good_pass a_good_pass",
    f"{REMADE} lose_what_was_made a_good_pass lose_what_was_made a_good_pass lose_what_was_made",
    f"{REMADE} lose_what_was_made a_pass_in_which_all_waits a_half_pass a_good_pass",
    f"{REMADE} lose_what_was_made {IS_OUT} put_on_the_second a_good_pass",
    f"{REMADE} lose_what_was_made ask delete_the_request a_good_pass leave_an_orphan",
    f"{REMADE} lose_what_was_made ask decline a_good_pass",
    f"{REMADE} detach_what_was_made a_good_pass {IS_OUT} put_on_the_first a_good_pass",
    f"{REMADE} delete_the_request leave_an_orphan a_good_pass",
    f"{REMADE} delete_the_request a_good_pass leave_an_orphan a_good_pass",
    f"{REMADE} a_good_pass take_away_and_leave_the_row a_good_pass some_days a_good_pass",
    "delete a_good_pass leave_an_orphan a_good_pass",
    "decline mark_available a_good_pass delete a_good_pass",
    "take_off delete a_good_pass ask_for_one_season mark_available put_on_the_first a_good_pass",
    "put_on_the_second a_good_pass decline a_good_pass lose_most a_good_pass find_all_again",
    f"{ON_THE_SECOND_ALONE} take_the_second_out_or_put_it_back put_on_the_first",
    f"{ON_THE_SECOND_ALONE} take_the_second_out_or_put_it_back a_good_pass put_on_the_first",
    f"{ON_THE_SECOND_ALONE} rename_the_second a_pass_of_the_first put_on_the_first",
    f"{ON_THE_SECOND_ALONE} {RENAMED} a_half_pass put_on_the_first",
    f"{ON_THE_SECOND_ALONE} {RENAMED} {IS_OUT} more_than_a_day a_good_pass",
    f"decline a_good_pass {IS_OUT} {RENAMED} put_on_the_second a_good_pass",
]


any_act = st.tuples(st.sampled_from([FILMS[0], SHOWS[0]]), st.sampled_from(ACTS))
any_story = st.tuples(any_title, st.sampled_from(OFTEN))
any_events = st.lists(any_act | any_story | any_story, min_size=8, max_size=24)


class AnyHistory(Persons):
    """Compares every plan with the record of people's decisions."""

    @initialize(
        after=st.sampled_from([Rerequest.ON_READD, Rerequest.NEVER, 3 * DAY]),
        prune=any_prune,
        lists=any_lists,
        events=any_events,
    )
    def begin(
        self,
        after: Rerequest | timedelta,
        prune: tuple[Prune, ...],
        lists: tuple[list[MediaKey], ...],
        events: list[tuple[MediaKey, str]],
    ) -> None:
        self.write_the_first_file(after, prune, lists)
        self.live_through(events)

    @rule(events=any_events)
    def live_through(self, events: list[tuple[MediaKey, str]]) -> None:
        """What happens to titles, one thing after another."""
        for media, acts in events:
            for act in acts.split():
                getattr(self, act)(media)

    def a_good_pass(self, _media: MediaKey) -> None:
        self._pass(self._fetches())

    def a_pass_in_which_all_waits(self, _media: MediaKey) -> None:
        self._write_the_file(max_per_run=0)
        self._pass(self._fetches())
        self._write_the_file()

    def a_half_pass(self, _media: MediaKey) -> None:
        """The first list is read incompletely, the second completely."""
        outcomes = dict(zip(SOURCES, (Outcome.INCOMPLETE, Outcome.COMPLETE), strict=True))
        self._pass(self._fetches(outcomes, 1))

    def a_pass_of_the_first(self, _media: MediaKey) -> None:
        """Only the first list is read."""
        fetches = self._fetches()
        self._pass(
            {name: snapshot for name, snapshot in fetches.items() if name.startswith("first")}
        )

    def a_pass_that_reads_nothing(self, _media: MediaKey) -> None:
        self._pass({})

    def a_pass_in_trouble(self, _media: MediaKey) -> None:
        self._pass(self._fetches(), trouble=True)

    def a_pass_that_is_killed(self, media: MediaKey) -> None:
        """A pass that is killed before it records the outcome of the title's first action."""
        reconciliation = self._look(self._fetches(), ANY)
        targets = [action.target.media for action in reconciliation.plan.actions]
        settled = targets.index(media) if media in targets else len(targets)
        self._note(reconciliation, reconciliation.plan.actions[:settled])
        self.household.apply_until_killed(reconciliation, settled)
        self._note_what_was_done()

    @rule(
        outcomes=st.tuples(*[st.sampled_from([*Outcome, None])] * 2),
        part=st.integers(0, 6),
        trouble=st.booleans(),
    )
    def a_troubled_pass(
        self, outcomes: tuple[Outcome | None, Outcome | None], part: int, *, trouble: bool
    ) -> None:
        """``None``: the list is not read. ``trouble``: the exclusions cannot be looked up."""
        self._pass(self._fetches(dict(zip(SOURCES, outcomes, strict=True)), part), trouble=trouble)

    @rule(titles=st.integers(1, 4))
    def a_pass_on_a_budget(self, titles: int) -> None:
        before = self.household.ledger.memory.created
        window = timedelta(days=30)
        used = [at for at in before if at > self.household.now + PAUSE - window]
        self._pass(self._fetches(), Policy(budget=Budget(titles, window, "month")))
        made = len(self.household.ledger.memory.created) - len(before)
        assert made <= max(0, titles - len(used)), "the budget is kept"

    @rule()
    def lose_the_ledger(self) -> None:
        """Only the server's records remain; a waiting re-add is forgotten with everything else.

        Rows that wait without a request are removed, because their cause is unknown.
        """
        self.household.ledger = Ledger()
        requests = self.server.requests.values()
        requested = {r.target.media for r in requests if r.status in LIVE | {RequestStatus.FAILED}}
        for media in set(self.server.rows) - requested:
            if self._waits(media):
                self.server.remove(media)
        self.refused = dict.fromkeys(self._traces() - self._there())
        self._start_over()

    def _pass(
        self, snapshots: Mapping[str, Snapshot], policy: Policy = ANY, *, trouble: bool = False
    ) -> None:
        reconciliation = self._look(snapshots, policy, trouble=trouble)
        self._note(reconciliation, reconciliation.plan.actions)
        self.household.apply(reconciliation)
        self._note_what_was_done()
        if reconciliation.plan.actions or reconciliation.readded:
            again = self.household.look(snapshots, policy, pause=timedelta(0), trouble=trouble)
            assert again.plan.actions == (), "law 3"
            assert not again.readded or any(a.op is Op.CANCEL for a in reconciliation.plan.actions)

    def _fetches(
        self, outcomes: Mapping[str, Outcome | None] | None = None, part: int = 0
    ) -> dict[str, Snapshot]:
        """The fetches of the lists in the file: complete, unless ``outcomes`` says otherwise."""
        fetches: dict[str, Snapshot] = {}
        for source in SOURCES:
            outcome = outcomes[source] if outcomes else Outcome.COMPLETE
            if source in self.in_file and outcome is not None:
                whole = self.content[source]
                some = whole if outcome is Outcome.COMPLETE else whole[:part]
                shown = [] if outcome is Outcome.EMPTY else some
                fetches[self.names[source]] = snapshot(shown, outcome)
        return fetches

    def _look(
        self, snapshots: Mapping[str, Snapshot], policy: Policy, *, trouble: bool = False
    ) -> Reconciliation:
        """Plan a pass, and compare the plan with people's decisions."""
        self.household.ledger.rename(self.household.file)
        for old, new in self.account.rename(self.household.file):
            self.claims = {
                media: {new if name == old else name for name in names}
                for media, names in self.claims.items()
            }
        before = self.household.ledger.memberships
        reconciliation = self.household.look(snapshots, policy, trouble=trouble)
        if reconciliation.plan.actions:
            world = (
                reconciliation.lists,
                reconciliation.observed,
                reconciliation.decision.state.memory,
            )
            turned = reordered(world, len(reconciliation.plan.verdicts))
            assert calculate(*turned, policy, reconciliation.now) == reconciliation.plan, "law 1"
        fetches = {
            n: Fetch(s.outcome, frozenset(map(_media, s.items))) for n, s in snapshots.items()
        }
        turn = self.account.turn(self.household.file, fetches, reconciliation.now)
        # An excluded title that cannot be looked up has no key: its return goes unnoticed.
        assert reconciliation.readded == turn.back - ({NEVER} if trouble else set())
        cancels = [action for action in reconciliation.plan.actions if action.op is Op.CANCEL]
        cancelled = {action.target.media for action in cancels}
        for name in before.keys() & snapshots.keys() - turn.complete:
            here = {k: m.present for k, m in before[name].members.items()}
            now = {
                k: m.present
                for k, m in reconciliation.decision.state.memberships[name].members.items()
            }
            lost_members = {k for k in here if here[k] != now.get(k)}
            assert {_media(before[name].members[k].item) for k in lost_members} <= cancelled, (
                "law 7"
            )
        self._know(reconciliation, turn)
        assert not (trouble and reconciliation.plan.actions), "the gate is closed"
        self._hold_against(reconciliation)
        if not trouble:
            numbers = [number for action in cancels for number in action.request_ids]
            assert sorted(numbers) == self._to_cancel(turn, reconciliation), "law 6"
            self._expect_all_that_is_free(reconciliation, turn)
        for media in cancelled:
            for shelf in (self.account.lists[lst.name] for lst in self.household.file):
                shelf.give_up(media)
        return reconciliation

    # laws 4 and 5

    def _hold_against(self, reconciliation: Reconciliation) -> None:
        for action in reconciliation.plan.actions:
            media = action.target.media
            assert media != NEVER or action.op is Op.CANCEL
            assert media not in self.server.blocklist
            if action.op is Op.RETRY:
                requests = self.server.requests
                assert {requests[n].status for n in action.request_ids} == {RequestStatus.FAILED}
                assert self.retried.get(media, 0) < RETRIES
            elif action.op is not Op.CANCEL:
                slots = slots_of(media, action.seasons or ())
                assert media.kind is Kind.MOVIE or _has_facts(self.server, media), "seasons unknown"
                assert not slots & self._there(), ("law 4", action)
                assert not slots & self._out(reconciliation.now), ("law 5", action)
                assert slots & self.remembered or action.why is not Why.READDED
                owner = next(name for name, members in self.members.items() if media in members)
                assert action.requester == self.household.requesters[owner], "the first list asks"

    def _out(self, now: datetime) -> set[MemoryKey]:
        """What people's refusals keep out: forever, or until ``rerequest`` allows it."""
        after = self.rerequest
        if not isinstance(after, timedelta):
            return set(self.refused)
        return {s for s, since in self.refused.items() if since is None or now - since < after}

    def _expect_all_that_is_free(self, reconciliation: Reconciliation, turn: Turn) -> None:
        """What is new, was put back, or whose time is over, and is not there, is asked for."""
        slots_asked = {
            slot
            for action in reconciliation.plan.actions
            if action.op in {Op.REQUEST, Op.EXTEND}
            for slot in slots_of(action.target.media, action.seasons or ())
        }
        titles_given = {
            m for name in turn.members for m in self._titles_given(reconciliation, name)
        }
        waiting = {
            row.target.media
            for row in reconciliation.plan.verdicts
            if row.target and row.reason in {Reason.OVER_BUDGET, Reason.OVER_CAP}
        }
        unknown = {m for m in MEDIA if m.kind is Kind.TV and not _has_facts(self.server, m)}
        put_back = turn.back if self.rerequest is not Rerequest.NEVER else frozenset()
        lost = self._lost_slots()
        for media in titles_given - self.server.blocklist - {NEVER} - waiting - unknown:
            slots = slots_of(media)
            if media in put_back or not slots & (self.remembered | self.refused.keys()):
                assert slots - self._there() <= slots_asked, ("nothing is lost", media)
            over = {
                s for s in slots & self.refused.keys() & self.remembered if s not in self.doubtful
            }
            over -= self._out(reconciliation.now) | self._there()
            assert over <= slots_asked, ("its time is over", media)
            assert slots & lost <= slots_asked, ("lost", media)

    @staticmethod
    def _titles_given(reconciliation: Reconciliation, name: str) -> set[MediaKey]:
        (lst,) = (lst for lst in reconciliation.lists if lst.name == name)
        return {_media(e.item) for e in lst.entries if e.fresh}

    # law 6

    def _to_cancel(self, turn: Turn, reconciliation: Reconciliation) -> list[int]:
        """Our pending requests whose titles have been off every list for long enough."""
        return sorted(
            number
            for number, request in self.server.requests.items()
            if number in self.made and self._is_as_it_was_made(request)
            if request.target.media not in self.server.blocklist
            if not self._is_tried_later(request, reconciliation.now)
            if self._is_let_go(request.target.media, turn, reconciliation)
        )

    def _is_as_it_was_made(self, request: RequestState) -> bool:
        made = self.made[request.id]
        return (
            request.status is RequestStatus.PENDING
            and request.requester == made.requester
            and set(request.seasons) <= set(made.seasons or ())
        )

    def _is_tried_later(self, request: RequestState, now: datetime) -> bool:
        attempts = self.household.ledger.memory.attempts.get(request.target, Attempts())
        return attempts.not_before is not None and attempts.not_before > now

    def _is_let_go(self, media: MediaKey, turn: Turn, reconciliation: Reconciliation) -> bool:
        prune = {lst.name: lst.prune for lst in self.household.file}
        claims = self.claims.get(media, set())
        shown = {
            name
            for name, members in turn.members.items()
            if media in members and media not in turn.absent.get(name, {})
        }
        return (
            not shown
            and bool(claims & turn.confirming)
            and all(prune.get(name) is Prune.CANCEL_PENDING for name in claims)
            and all(media in turn.absent.get(name, {}) for name in claims)
            and all(reconciliation.now - turn.absent[name][media] >= DAY for name in claims)
        )

    # the machine's own account of the ledger

    def _know(self, reconciliation: Reconciliation, turn: Turn) -> None:
        """Record what this pass sees, or learns from the lists, before it decides."""
        listed = {media for members in turn.members.values() for media in members}
        looked_at = listed | {slot.target.media for slot in self.remembered}
        for slot, since in self.refused.items():
            if since is None and slot.target.media in looked_at - self.server.blocklist:
                self.refused[slot] = reconciliation.now
        if self.rerequest is not Rerequest.NEVER:
            back = {slot for media in turn.back for slot in slots_of(media)}
            self.refused = {s: since for s, since in self.refused.items() if s not in back}
            self.undone |= {
                number
                for number, request in self.server.requests.items()
                if request.target.media in turn.back and request.status not in LIVE
            }
        blocked = {slot for media in self.server.blocklist for slot in slots_of(media)}
        self.present = self._there() - blocked
        self.members = turn.members

    def _note(self, reconciliation: Reconciliation, settled: Iterable[Action]) -> None:
        """Record what a pass writes; ``settled``: the actions whose outcome it writes, too."""
        seeable = {m for members in self.members.values() for m in members} - self.server.blocklist
        slots_listed = {slot for media in seeable for slot in slots_of(media)}
        self.remembered |= set(reconciliation.decision.state.memory.slots) | (
            slots_listed & (self._there() | self._traces())
        )
        shown = {r.id for requests in reconciliation.observed.requests.values() for r in requests}
        deleted = {
            number
            for number, own in self.made.items()
            if own.target.media not in self.server.blocklist and not self._waits(own.target.media)
        }
        self.looked_at |= shown | deleted
        for number in deleted & self.server.detached.keys():  # it stands for its title no more
            del self.server.detached[number]
        ours = {own.target.media for own in self.made.values()}
        for media in ours | {action.target.media for action in reconciliation.plan.actions}:
            holding = {name for name, members in self.members.items() if media in members}
            self.claims.setdefault(media, set()).update(holding)
        number = self.server.last
        for action in settled:
            media, slots = action.target.media, slots_of(action.target.media, action.seasons or ())
            if action.op is Op.RETRY:
                self.retried[media] = self.retried.get(media, 0) + 1
            elif action.op is Op.CANCEL:
                self._refuse(slots, leaves_a_trace=True)
            else:
                number += 1
                asking = action.requester.user.id
                self.made[number] = OwnRequest(action.target, asking, (), action.seasons)
                self.present |= slots

    def _note_what_was_done(self) -> None:
        self.remembered |= set(self.household.ledger.memory.slots)


def _media(item: Item) -> MediaKey:
    return MediaKey(item.kind or Kind.MOVIE, item.ids.tmdb or 0)


def _has_facts(server: Server, media: MediaKey) -> bool:
    return isinstance(server.shows[media.tmdb], Show)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=180, stateful_step_count=5)


@given(st.integers(0, 14), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_with_a_cap_of_k_it_takes_n_over_k_passes(titles: int, cap: int) -> None:
    media = [MediaKey(Kind.MOVIE, n) for n in range(1, titles + 1)]
    household = Household(Server({}), file=[listed("first", max_per_run=cap), listed("second")])
    snapshots = {"first": snapshot(media), "second": snapshot([])}
    acted: list[list[Action]] = []
    while (reconciliation := household.look(snapshots)).plan.actions:
        household.apply(reconciliation)
        acted.append(list(reconciliation.plan.actions))

    assert len(acted) == -(-titles // cap)
    assert [action.target.media for made in acted for action in made] == media
