"""Applying a plan: each action once, whatever fails on the way (law 4)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event, Lock

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import AnswerAfter
from examples.sandbox.titles import Title
from reconciler.core.model import Action, Done, ListRules, MediaKey, Result
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger
from reconciler.ledger.journal import SqliteJournal
from reconciler.ledger.memory import SqliteMemory
from reconciler.overseerr import OverseerrServer
from reconciler.render.rows import action_row
from reconciler.sync.apply import Applier, Outcomes
from reconciler.sync.plan_file import agree
from reconciler.sync.reconcile import reconcile_again, reconcile_lists
from tests.loop.world import ADMIN, ALICE, World, by_tmdb, decisions, posts

FIRST, SECOND = "imdb:ls000000001", "imdb:ls000000002"


def results(outcomes: Outcomes) -> list[Result]:
    return [done.result for _, done in outcomes]


def intents(world: World) -> list[tuple[int, str | None, bool]]:
    """Every intent: its title, its result, and whether it is settled."""
    with closing(sqlite3.connect(world.ledger)) as ledger:
        rows = ledger.execute("SELECT tmdb, result, settled_at FROM intents ORDER BY id").fetchall()
    return [(tmdb, result, settled is not None) for tmdb, result, settled in rows]


def hurried(world: World) -> None:
    """A client that gives up on an answer soon."""
    world.server_type = lambda url, key, **options: OverseerrServer(
        url, key, **{**options, "timeout": 1.5}
    )


def test_everything_missing_is_requested_and_the_next_plan_is_empty(world: World) -> None:
    world.follow(*map(by_tmdb, (*FILMS[:4], *SHOWS[:2])))
    assert results(world.apply()) == [Result.CREATED] * 6
    assert sorted(world.requested()) == sorted(t.tmdb for t in (*FILMS[:4], *SHOWS[:2]))
    assert world.look().plan.actions == ()
    assert [(result, settled) for _, result, settled in intents(world)] == [("created", True)] * 6


def test_a_plan_sends_nothing(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:4]))
    assert {call.method for call in world.calls(world.look)} == {"GET"}
    assert intents(world) == []


@pytest.mark.parametrize("cap", [1, 2, 3])
def test_with_a_cap_as_many_runs_finish_as_it_takes(world: World, cap: int) -> None:
    world.follow(*map(by_tmdb, FILMS[:5]), max_per_run=cap)
    passes = [len(world.apply()) for _ in range(-(-5 // cap))]
    assert passes == [cap] * (5 // cap) + [5 % cap] * (5 % cap > 0)
    assert sorted(world.requested()) == sorted(film.tmdb for film in FILMS[:5])
    assert world.look().plan.actions == ()


def test_a_quota_defers_and_time_frees_it(world: World) -> None:
    world.follow(*map(by_tmdb, (*FILMS[:7], SHOWS[4])), requester="alice")
    assert results(world.apply()) == [Result.CREATED] * 6  # five films, and a season
    by_title = decisions(world.look())
    assert [by_title[film.title] for film in FILMS[5:7]] == ["quota", "quota"]
    world.clock.forward(days=8)
    assert results(world.apply()) == [Result.CREATED] * 2
    assert world.look().plan.actions == ()


def test_what_was_deferred_is_done_in_list_order_over_the_runs_to_come(world: World) -> None:
    """A run a day: Alice's five films in seven days, two a run of the other list, eight in all.

    Nobody's wait holds up the other list; what came first is done first, nothing twice, none lost.
    """
    alices, others = FILMS[:8], FILMS[8:14]
    world.lists.hold("imdb:ls000000001", map(by_tmdb, alices))
    world.lists.hold("imdb:ls000000002", map(by_tmdb, others))
    lists = {
        "alices": {"source": "imdb:ls000000001", "requester": "alice", "max_per_run": 3},
        "others": {"source": "imdb:ls000000002", "max_per_run": 2},
    }
    world.write(lists, budget="8/week")
    world.workers = 1  # so that they are asked for in the plan's order
    by_day: list[list[int]] = []
    for _ in range(16):
        before = len(world.requested())
        world.apply()
        by_day.append(world.requested()[before:])
        world.clock.forward(days=1)

    first, second = numbers(alices), numbers(others)
    assert by_day[:2] == [first[:3] + second[:2], first[3:5] + second[2:3]]
    assert by_day[2:7] == [[]] * 5
    assert by_day[7] == first[5:8] + second[3:5]
    assert by_day[8] == second[5:6]
    assert by_day[9:] == [[]] * 7


def numbers(titles: Iterable[Title]) -> list[int]:
    return [title.tmdb for title in titles]


def test_a_quota_takes_a_shows_oldest_seasons_and_says_when_the_rest_may_come(world: World) -> None:
    show = max(SHOWS, key=lambda show: len(show.seasons))
    world.follow(by_tmdb(show), requester="alice")
    users = world.sandbox.state.users
    users[ALICE] = replace(users[ALICE], tv_limit=2)
    (action,) = world.look().plan.actions
    (waits,) = world.look().plan.verdicts
    assert (action.seasons, str(waits.reason)) == ((1, 2), "quota")
    world.apply()
    assert "the next slot opens 2026-11-29 12:00 UTC" in world.look().plan.verdicts[0].detail


def test_a_budget_outlives_the_process_and_time_frees_it(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:5]))
    world.write({"wishes": {"source": "imdb:ls000000001"}}, budget="2/day")
    assert len(world.apply()) == 2
    plan = world.look().plan
    assert plan.actions == ()
    assert plan.verdicts[-1].detail == (
        "the budget is 2 a day; the next slot opens 2026-11-23 12:00 UTC"
    )
    world.clock.forward(days=1)
    assert len(world.apply()) == 2


# ----------------------------------------------------------------------------------- lost answers


@pytest.mark.parametrize("title", [FILMS[0], SHOWS[0]], ids=["a film", "a show"])
@pytest.mark.parametrize("fault", ["drop_after_commit", "hang_after_commit"])
def test_a_request_whose_answer_is_lost_is_found_by_one_look(
    world: World, fault: str, title: Title
) -> None:
    world.follow(by_tmdb(title))
    hurried(world)
    setattr(world.sandbox.faults, fault, 1)
    outcomes: list[Outcomes] = []
    calls = world.calls(lambda: outcomes.append(world.apply()))
    ((_, done),) = outcomes[0]
    assert (done.result, done.request_id) == (Result.CREATED, world.number(title))
    after = calls[calls.index(posts(calls)[0]) + 1 :]
    assert [call.path.partition("?")[0] for call in after] == [f"/api/v1/{title.kind}/{title.tmdb}"]
    assert world.look().plan.actions == ()
    assert intents(world) == [(title.tmdb, "created", True)]


def test_a_request_that_never_arrived_stays_open_until_the_next_run_sends_it(
    world: World,
) -> None:
    world.follow(*map(by_tmdb, FILMS[:2]), max_per_run=1)
    world.sandbox.faults.drop_before_commit = 1
    calls = world.calls(lambda: results(world.apply()))
    assert len(posts(calls)) == 1
    assert world.requested() == []
    assert intents(world) == [(FILMS[0].tmdb, "unknown", False)]
    assert results(world.apply()) == [Result.CREATED]
    assert world.requested() == [FILMS[0].tmdb]


def test_an_answer_and_the_look_lost_too_decide_nothing(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:9]))
    world.sandbox.faults.drop_after_commit = 1
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        world.sandbox.faults.answer_after = AnswerAfter(calls=0, status=503, method="GET")
        outcomes = Applier(context, 1, world.stopping).apply(
            reconciliation, reconciliation.plan.actions
        )
    assert results(outcomes) == [Result.UNKNOWN] + [Result.SKIPPED] * 8
    assert len(world.requested()) == 1
    world.sandbox.faults.answer_after = None
    world.apply()
    assert sorted(world.requested()) == sorted(film.tmdb for film in FILMS[:9])


def test_somebody_who_was_quicker_is_no_failure(world: World) -> None:
    world.follow(by_tmdb(FILMS[0]), by_tmdb(SHOWS[0]))
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        numbers = [season.number for season in SHOWS[0].seasons if season.number]
        film = {"mediaType": "movie", "mediaId": FILMS[0].tmdb, "is4k": False}
        show = {"mediaType": "tv", "mediaId": SHOWS[0].tmdb, "is4k": False, "seasons": numbers}
        world.person("POST", "/request", film, ALICE)
        world.person("POST", "/request", show, ADMIN)
        outcomes = Applier(context, 4, world.stopping).apply(
            reconciliation, reconciliation.plan.actions
        )
    assert [(done.result, done.http_status) for _, done in outcomes] == [
        (Result.EXISTS, 409),
        (Result.EXISTS, 202),
    ]
    assert len(world.requested()) == 2
    assert world.look().plan.actions == ()


# ------------------------------------------------------------------------------------ in mid-apply


def test_a_server_that_goes_away_leaves_the_rest_for_the_next_run(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:8]))
    world.workers = 1
    world.sandbox.faults.stop_after_posts = 3
    action_results = results(world.apply())
    assert action_results.count(Result.CREATED) == 3
    assert Result.SKIPPED in action_results
    assert len(intents(world)) == 4  # the fourth found the server gone, the rest did not try
    assert set(action_results) <= {Result.CREATED, Result.SKIPPED, Result.UNKNOWN}
    world.sandbox.start()
    world.apply()
    assert sorted(world.requested()) == sorted(film.tmdb for film in FILMS[:8])
    assert world.look().plan.actions == ()


def test_a_server_that_is_gone_is_not_asked_for_every_title(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:8]))
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        world.sandbox.stop()
        outcomes = Applier(context, 1, world.stopping).apply(
            reconciliation, reconciliation.plan.actions
        )
    assert set(results(outcomes)) <= {Result.SKIPPED, Result.UNKNOWN}
    assert len(intents(world)) == 1


def test_nothing_is_begun_once_somebody_asked_to_stop(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:6]))
    stopping = world.stopping

    class Stopping(OverseerrServer):
        def request(self, action: Action) -> Done:
            stopping.set()
            return super().request(action)

    world.server_type = Stopping
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        outcomes = Applier(context, 1, stopping).apply(reconciliation, reconciliation.plan.actions)
    assert results(outcomes) == [Result.CREATED] + [Result.SKIPPED] * 5
    assert world.requested() == [FILMS[0].tmdb]
    assert intents(world) == [(FILMS[0].tmdb, "created", True)]


def ledger_with_limits(
    intents: int = 99, settlements: int = 99, records: int = 99
) -> type[SqliteLedger]:
    """A ledger on a disk that takes this many writes of each kind."""
    left = {"intents": intents, "settlements": settlements, "records": records}

    def take(kind: str) -> None:
        if not left[kind]:
            raise LedgerError("the disk is full")
        left[kind] -= 1

    class LimitedMemory(SqliteMemory):
        def record(self, *args: object) -> None:
            take("records")
            super().record(*args)  # type: ignore[arg-type]

    class LimitedJournal(SqliteJournal):
        def intend(self, action: Action, now: datetime) -> int:
            take("intents")
            return super().intend(action, now)

        def settle(self, intent: int, action: Action, done: Done, now: datetime) -> None:
            take("settlements")
            super().settle(intent, action, done, now)

    class LimitedLedger(SqliteLedger):
        def __init__(self, path: Path, server_url: str, lists: Sequence[ListRules] = ()) -> None:
            super().__init__(path, server_url, lists)
            self.memory = LimitedMemory(self.database, server_url)
            self.journal = LimitedJournal(self.database, server_url)

    return LimitedLedger


@pytest.mark.parametrize(
    ("limits", "sent"),
    [({"intents": 0}, 0), ({"intents": 2}, 2), ({"settlements": 1}, 2)],
    ids=["at the first intent", "at a later intent", "at an outcome"],
)
def test_without_an_intent_on_disk_nothing_is_sent(
    world: World, limits: dict[str, int], sent: int
) -> None:
    world.follow(*map(by_tmdb, FILMS[:5]))
    world.ledger_type = ledger_with_limits(**limits)
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        applier = Applier(context, 1, world.stopping)
        outcomes = applier.apply(reconciliation, reconciliation.plan.actions)
    assert [done.result for _, done in outcomes].count(Result.CREATED) == sent
    assert {done.result for _, done in outcomes[sent:]} == {Result.SKIPPED}
    assert isinstance(applier.trouble, LedgerError)
    assert len(world.requested()) == sent
    world.ledger_type = SqliteLedger
    world.apply()
    assert sorted(world.requested()) == sorted(film.tmdb for film in FILMS[:5])


def test_a_ledger_that_cannot_be_written_at_the_start_ends_it_before_anything_is_sent(
    world: World,
) -> None:
    world.follow(*map(by_tmdb, FILMS[:5]))
    world.ledger_type = ledger_with_limits(records=0)
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        with pytest.raises(LedgerError, match="disk is full"):
            Applier(context, 1, world.stopping).apply(reconciliation, reconciliation.plan.actions)
    assert not world.requested()


class Crowd:
    """Who is in flight, seen from the server; ``size`` requests wait for each other."""

    def __init__(self, size: int) -> None:
        self.together: list[list[MediaKey]] = []
        self._now: list[MediaKey] = []
        self._lock = Lock()
        self._gate = Barrier(size)

    def meet(self, media: MediaKey) -> None:
        with self._lock:
            self._now.append(media)
            self.together.append(list(self._now))
        try:
            self._gate.wait(5)
        except BrokenBarrierError:
            return
        finally:
            with self._lock:
                self._now.remove(media)


class Crowded(OverseerrServer):
    """A client whose requests meet before they are sent."""

    def __init__(self, *args: object, crowd: Crowd, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._crowd = crowd

    def request(self, action: Action) -> Done:
        self._crowd.meet(action.target.media)
        return super().request(action)


def test_as_many_requests_are_in_flight_as_the_file_allows(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:6]))
    crowd = Crowd(3)
    world.server_type = partial(Crowded, crowd=crowd)
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        Applier(context, 3, world.stopping).apply(reconciliation, reconciliation.plan.actions)
    assert max(map(len, crowd.together)) == 3
    assert len(world.requested()) == 6


def test_two_requests_of_one_title_are_never_in_flight_together(world: World) -> None:
    world.lists.hold(FIRST, map(by_tmdb, FILMS[:2]))
    world.lists.hold(SECOND, map(by_tmdb, FILMS[:2]))
    world.write({"hd": {"source": FIRST}, "uhd": {"source": SECOND, "4k": True}})
    crowd = Crowd(2)
    world.server_type = partial(Crowded, crowd=crowd)
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        paired = sorted(reconciliation.plan.actions, key=lambda action: action.target)
        outcomes = Applier(context, 2, Event()).apply(reconciliation, paired)
    assert results(outcomes) == [Result.CREATED] * 4
    assert all(len(set(flight)) == len(flight) for flight in crowd.together)
    assert max(map(len, crowd.together)) == 2


# ------------------------------------------------------------------------------- shown and current


def test_what_was_agreed_to_is_done_as_far_as_it_still_stands(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:3]))
    with world.open_context() as context, context.ledger.lock():
        shown = reconcile_lists(world.config, context)
        film = {"mediaType": "movie", "mediaId": FILMS[1].tmdb, "is4k": False}
        world.person("POST", "/request", film, ALICE)
        world.lists.fetched_lists.clear()
        current = reconcile_again(world.config, context, shown)
        agreed = agree([action_row(row) for row in shown.plan.actions], current.plan.actions)
        Applier(context, 1, world.stopping).apply(current, agreed.both)
    assert world.lists.fetched_lists == []
    assert world.requested() == [FILMS[1].tmdb, FILMS[0].tmdb, FILMS[2].tmdb]
