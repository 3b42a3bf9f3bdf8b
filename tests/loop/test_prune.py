"""Pruning on a server: what has left the lists is cancelled, looked at right before it (law 6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.controller.metrics import Metrics
from reconciler.core.model import Done, MediaKey, Outcome, RequestState, Result
from reconciler.overseerr import OverseerrServer
from reconciler.sync.apply import Outcomes
from tests.loop.serving import pass_time, served
from tests.loop.world import ALICE, World, by_tmdb, decisions

LIST = "imdb:ls000000001"
REST = tuple(map(by_tmdb, FILMS[1:5]))
DUNE, WITH_DUNE = FILMS[0], tuple(map(by_tmdb, FILMS[:5]))


def wish(world: World, prune: str = "cancel-pending") -> None:
    """Five films that wait for approval, and then the first of them leaves the list."""
    world.follow(*WITH_DUNE, requester="alice", prune=prune)
    world.apply()
    world.lists.hold(LIST, REST)
    world.apply()


def cancelled(outcomes: Outcomes) -> list[Result]:
    return [done.result for action, done in outcomes if action.op == "cancel"]


def after_a_week(world: World) -> Outcomes:
    world.clock.forward(days=7)
    return world.apply()


def test_what_left_its_list_a_week_ago_is_cancelled_once_and_the_next_plan_is_empty(
    world: World,
) -> None:
    wish(world)
    assert world.look().plan.actions == ()
    number = world.number(DUNE)
    calls = world.calls(lambda: after_a_week(world))
    sent = [(call.method, call.path) for call in calls if call.method != "GET"]
    assert sent == [("DELETE", f"/api/v1/request/{number}")]
    assert DUNE.tmdb not in world.requested()
    assert len(world.requested()) == 4
    assert world.look().plan.actions == ()


def test_it_comes_back_when_it_is_put_back_and_not_before(world: World) -> None:
    wish(world)
    after_a_week(world)
    world.lists.hold("imdb:ls000000002", WITH_DUNE)
    sources = {"wishes": LIST, "more": "imdb:ls000000002"}
    world.write({name: {"source": source, "requester": "bob"} for name, source in sources.items()})
    assert decisions(world.look())[DUNE.title] == "handled"  # first sight on another list
    world.follow(*WITH_DUNE, requester="bob")
    world.apply()
    assert world.requested().count(DUNE.tmdb) == 1


def test_from_an_empty_list_it_comes_back_too(world: World) -> None:
    world.follow(by_tmdb(DUNE), requester="alice", prune="cancel-pending", prune_after="1d")
    world.apply()
    world.lists.hold(LIST, (), Outcome.EMPTY)
    results = []
    for _ in range(4):
        results += cancelled(world.apply())
        world.clock.forward(days=1)
    assert results == [Result.CANCELLED]
    world.lists.hold(LIST, [by_tmdb(DUNE)])
    world.apply()
    assert world.requested() == [DUNE.tmdb]


def test_a_cancel_does_not_make_a_shrunk_list_believed(world: World) -> None:
    by_hand, ours = FILMS[:7], FILMS[7:10]
    world.sandbox.state.seed(by_hand, requested_by=1, status=2)
    options = {"requester": "alice", "prune": "cancel-pending", "prune_after": "1d"}
    whole = tuple(map(by_tmdb, (*by_hand, *ours)))
    world.follow(*whole, **options)
    world.apply()
    for film in by_hand[:2]:
        world.person("POST", f"/request/{world.number(film)}/decline")
    world.lists.hold(LIST, whole[2:8])  # 6 of 10: too few to be believed
    results = []
    for _ in range(3):  # a day until it is believed to miss them, and a day until they are due
        results += cancelled(world.apply())
        world.clock.forward(days=1, hours=1)
    assert results == [Result.CANCELLED] * 2
    world.clock.forward(hours=6)
    world.apply()

    world.lists.hold(LIST, whole)
    by_title = decisions(world.look())
    assert {film.title: by_title[film.title] for film in by_hand[:2]} == {
        film.title: "declined" for film in by_hand[:2]
    }


def test_what_was_declined_instead_of_cancelled_stays_out_when_an_empty_list_is_back(
    world: World,
) -> None:
    world.follow(by_tmdb(DUNE), requester="alice", prune="cancel-pending", prune_after="1d")
    world.apply()
    number = world.number(DUNE)
    world.lists.hold(LIST, (), Outcome.EMPTY)

    class Declined(OverseerrServer):
        """Somebody declines right before the last look."""

        def look(self, media: MediaKey) -> tuple[RequestState, ...]:
            world.person("POST", f"/request/{number}/decline")
            return super().look(media)

    world.server_type = Declined
    results = []
    for _ in range(4):
        results += cancelled(world.apply())
        world.clock.forward(days=1)
    assert results == [Result.MOOT]
    world.lists.hold(LIST, [by_tmdb(DUNE)])
    world.apply()
    assert decisions(world.look())[DUNE.title] == "declined"
    assert world.requested() == [DUNE.tmdb]


@pytest.mark.parametrize("prune", ["keep", "report"])
def test_unless_the_file_says_so_nothing_is_cancelled(world: World, prune: str) -> None:
    wish(world, prune)
    assert after_a_week(world) == ()
    assert DUNE.tmdb in world.requested()
    assert decisions(world.look()).get(DUNE.title) == (None if prune == "keep" else "requested")


@pytest.mark.parametrize("verdict", ["approve", "decline"])
def test_what_a_person_has_decided_stays(world: World, verdict: str) -> None:
    wish(world)
    world.person("POST", f"/request/{world.number(DUNE)}/{verdict}")
    assert after_a_week(world) == ()
    assert DUNE.tmdb in world.requested()


def test_a_request_made_by_hand_stays(world: World) -> None:
    body = {"mediaType": "movie", "mediaId": DUNE.tmdb, "is4k": False}
    world.person("POST", "/request", body, user=ALICE)
    wish(world)
    assert after_a_week(world) == ()
    assert DUNE.tmdb in world.requested()


def test_a_list_that_is_taken_out_of_the_file_cancels_nothing(world: World) -> None:
    wish(world)
    world.lists.hold("imdb:ls000000002", REST)
    world.write({"other": {"source": "imdb:ls000000002", "prune": "cancel-pending"}})
    assert after_a_week(world) == ()
    assert DUNE.tmdb in world.requested()


def test_a_list_that_came_to_hold_it_later_has_a_say_too(world: World) -> None:
    other = "imdb:ls000000002"
    world.lists.hold(LIST, WITH_DUNE)
    world.lists.hold(other, REST)
    asks = {"requester": "alice"}
    lists = {
        "first": {"source": LIST, "prune": "cancel-pending", **asks},
        "later": {"source": other, "prune": "keep", **asks},
    }
    world.write(lists)
    world.apply()
    world.lists.hold(other, WITH_DUNE)
    world.apply()
    world.lists.hold(LIST, REST)
    world.lists.hold(other, REST)
    world.apply()
    assert after_a_week(world) == ()
    assert DUNE.tmdb in world.requested()


def test_what_is_decided_between_plan_and_deletion_stays(world: World) -> None:
    wish(world)
    number = world.number(DUNE)

    class Approved(OverseerrServer):
        """Somebody approves right before the last look."""

        def look(self, media: MediaKey) -> tuple[RequestState, ...]:
            world.person("POST", f"/request/{number}/approve")
            return super().look(media)

    world.server_type = Approved
    assert cancelled(after_a_week(world)) == [Result.MOOT]
    assert DUNE.tmdb in world.requested()


def test_a_request_that_is_gone_by_then_is_no_failure(world: World) -> None:
    wish(world)
    number = world.number(DUNE)

    class WithoutRequest(OverseerrServer):
        """Somebody deletes it after the last look."""

        def cancel(self, request_id: int) -> Done:
            world.person("DELETE", f"/request/{number}")
            return super().cancel(request_id)

    world.server_type = WithoutRequest
    assert cancelled(after_a_week(world)) == [Result.MOOT]
    assert world.look().plan.actions == ()


@pytest.mark.parametrize(
    ("fault", "result", "left"),
    [
        ("drop_after_commit", Result.CANCELLED, False),
        ("drop_before_commit", Result.UNKNOWN, True),
    ],
)
def test_a_deletion_whose_answer_is_lost_is_settled_by_a_look(
    world: World, fault: str, result: Result, *, left: bool
) -> None:
    wish(world)
    world.clock.forward(days=7)
    setattr(world.sandbox.faults, fault, 1)
    assert cancelled(world.apply()) == [result]
    assert (DUNE.tmdb in world.requested()) is left
    assert cancelled(world.apply()) == ([Result.CANCELLED] if left else [])
    assert DUNE.tmdb not in world.requested()


def test_a_shows_pending_seasons_are_cancelled_with_it(world: World) -> None:
    show = by_tmdb(SHOWS[4])
    world.follow(*REST, show, requester="alice", prune="cancel-pending")
    world.apply()
    world.lists.hold(LIST, REST)
    world.apply()
    assert cancelled(after_a_week(world)) == [Result.CANCELLED]
    assert decisions(world.look()).get(show.title) is None
    world.lists.hold(LIST, (*REST, show))
    world.apply()
    assert world.requested().count(SHOWS[4].tmdb) == 1


def test_the_figures_count_what_was_cancelled(world: World, tmp_path: Path) -> None:
    figures = Metrics()
    world.follow(*WITH_DUNE, requester="alice", prune="cancel-pending", interval="1d")
    with served(world, tmp_path, figures) as service:
        pass_time(world, service, minutes=1)
        world.lists.hold(LIST, REST)
        for _ in range(10):
            pass_time(world, service, days=1)
    counted = [row for row in figures.text().decode().splitlines() if 'op="cancel"' in row]
    assert 'listsync_actions_total{op="cancel",result="cancelled"} 1.0' in counted
    assert DUNE.tmdb not in world.requested()


@pytest.mark.parametrize(
    "limit", [{"budget": "6/month"}, {"max_per_run": 1}], ids=["budget", "cap"]
)
def test_a_cancel_takes_nothing_from_what_may_be_requested_and_gives_nothing_back(
    world: World, limit: dict[str, Any]
) -> None:
    """Five of the month's six are used up, or one a run: one new title goes, another waits."""
    cap, budget = {k: v for k, v in limit.items() if k == "max_per_run"}, dict(limit)
    wish(world)
    new = tuple(map(by_tmdb, FILMS[5:7]))
    world.lists.hold(LIST, (*REST, *new))
    options = {"source": LIST, "requester": "alice", "prune": "cancel-pending", **cap}
    world.write({"wishes": options}, **({} if cap else budget))
    world.clock.forward(days=7)
    reconciliation = world.look()
    assert [str(action.op) for action in reconciliation.plan.actions] == ["request", "cancel"]
    assert decisions(reconciliation)[new[1].title] == ("over-cap" if cap else "over-budget")
    world.apply()
    assert decisions(world.look())[new[1].title] == ("request" if cap else "over-budget")


def test_the_journal_contains_what_was_cancelled(world: World) -> None:
    wish(world)
    number = world.number(DUNE)
    after_a_week(world)
    with world.open_context() as context:
        last = context.ledger.journal.history()[0][-1]
    assert (last.op, last.title, last.done and last.done.request_id) == (
        "cancel",
        DUNE.title,
        number,
    )
