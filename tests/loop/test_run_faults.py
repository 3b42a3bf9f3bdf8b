"""The consequences of a failed run: its report, and the time of the next try."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import AnswerAfter, SandboxServer
from reconciler.controller.results import reachable
from reconciler.controller.service import Service
from reconciler.controller.statuses import record_server_status
from reconciler.core.model import WHOLE, Outcome, Snapshot
from reconciler.ledger import SqliteLedger
from tests.loop.serving import fetches, pass_time, served
from tests.loop.world import NOON, World, by_tmdb


def next_wait(world: World, service: Service) -> timedelta:
    """Let the list have its turn; how long it is left alone then."""
    world.clock.moment = service.status.schedules["wishes"].due
    pass_time(world, service)
    return service.status.schedules["wishes"].due - world.clock.now()


def test_an_outage_of_the_server_counts_as_no_failure_of_the_list(
    world: World, tmp_path: Path
) -> None:
    world.lists.fail("imdb:ls000000001")
    world.write({"wishes": {"source": "imdb:ls000000001"}})
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        assert next_wait(world, service) == timedelta(minutes=21)
        world.sandbox.stop()
        away = [next_wait(world, service) for _ in range(5)]
        tries = service.status.schedules["wishes"].tries
        world.sandbox.start()
        back = next_wait(world, service)

    assert away == [timedelta(minutes=10.5)] * 5
    assert (tries, back) == (2, timedelta(minutes=42))


def test_an_outage_in_the_middle_of_a_run_counts_as_none_either(
    world: World, tmp_path: Path
) -> None:
    world.follow(*map(by_tmdb, FILMS[:9]))
    world.sandbox.faults.stop_after_posts = 1
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        schedule = service.status.schedules["wishes"]

    assert 0 < len(world.requested()) < 9
    assert (schedule.tries, schedule.succeeded) == (0, None)


def test_a_server_that_is_away_for_hours_comes_back_as_another(
    world: World, tmp_path: Path
) -> None:
    world.follow(by_tmdb(FILMS[0]))
    world.sandbox.stop()
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        for _ in range(9):
            pass_time(world, service, hours=1)
        assert fetches(world) == 0  # no site is read in vain
        server = service.status.conditions[WHOLE]["ServerReachable"]
        assert (server.status, server.since) == ("False", NOON + timedelta(seconds=1))

        port = int(world.sandbox.url.rpartition(":")[2])
        with SandboxServer(flavour="overseerr", port=port) as other:
            pass_time(world, service, minutes=11)
            assert service.status.conditions["wishes"]["Ready"].status == "True"
            requested = [row.media.tmdb for row in other.state.requests.values()]

    assert requested == [FILMS[0].tmdb]


def test_a_server_that_somebody_else_has_reached_is_not_waited_for(
    world: World, tmp_path: Path
) -> None:
    world.follow(by_tmdb(FILMS[0]))
    world.sandbox.stop()
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        world.sandbox.start()
        with SqliteLedger(world.ledger, world.sandbox.url) as ledger:  # as plan and doctor do
            record_server_status(world.config, ledger, reachable(), world.clock.now())
        pass_time(world, service, seconds=1)
        pass_time(world, service, seconds=1)

    assert world.requested() == [FILMS[0].tmdb]


def test_a_wrong_key_is_the_reason_from_the_first_run_on(world: World, tmp_path: Path) -> None:
    world.follow(by_tmdb(FILMS[0]))
    world.sandbox.faults.wrong_key = True
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        ready = service.status.conditions["wishes"]["Ready"]

    assert (ready.status, ready.reason) == ("False", "ServerUnusable")
    assert "key" in ready.message


def test_a_server_that_says_when_to_come_back_is_left_alone_until_then(
    world: World, tmp_path: Path
) -> None:
    for n in (1, 2):
        world.lists.hold(f"imdb:ls{n:09}", [by_tmdb(FILMS[n])])
    first, second = ({"source": f"imdb:ls{n:09}"} for n in (1, 2))
    world.write({"one": first})
    world.sandbox.faults.answer_after = AnswerAfter(0, status=429, retry_after=7200)
    with served(world, tmp_path) as service:
        pass_time(world, service)  # no time: the first run may have begun already
        wait = service.status.schedules["one"].due - world.clock.now()
        world.sandbox.faults.answer_after = None
        world.write({"one": first, "other": second})
        service.reload()
        pass_time(world, service, minutes=100)
        before = list(world.lists.fetched_lists)
        pass_time(world, service, minutes=20)

    # what is left of the two hours once the answer has been dealt with
    assert timedelta(hours=2) - timedelta(minutes=1) < wait <= timedelta(hours=2)
    assert (before, world.lists.fetched_lists[-1]) == (["imdb:ls000000002"], "imdb:ls000000001")


def test_a_site_that_says_when_to_come_back_is_left_alone_until_then_also_after_a_restart(
    world: World, tmp_path: Path
) -> None:
    busy = Snapshot(Outcome.RATE_LIMITED, "browser", error="too many", retry_after=12 * 3600.0)
    world.lists.snapshots["imdb:ls000000001"] = busy
    world.write({"wishes": {"source": "imdb:ls000000001"}})
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        assert next_wait(world, service) == timedelta(hours=12)
    with served(world, tmp_path) as service:
        pass_time(world, service, hours=11)
        assert fetches(world) == 2
        pass_time(world, service, hours=1)
        assert fetches(world) == 3


def capture_log() -> AbstractContextManager[list[Any]]:
    """What is logged within the block."""
    return capture_logs(processors=[merge_contextvars])


def last_lines(log: list[Any]) -> dict[str, dict[str, Any]]:
    """The last line of each list's runs."""
    return {line["list"]: line for line in log if line["event"] == "run ended"}


def test_a_run_counts_what_was_asked_for_this_list_and_for_others(
    world: World, tmp_path: Path
) -> None:
    world.lists.hold("imdb:ls000000001", map(by_tmdb, FILMS[:2]))
    world.lists.hold("imdb:ls000000002", map(by_tmdb, FILMS[:3]))
    first = {"source": "imdb:ls000000001", "max_per_run": 1}
    other = {"source": "imdb:ls000000002", "requester": "nobody"}
    world.write({"first": first})
    with served(world, tmp_path) as service, capture_log() as log:
        pass_time(world, service, seconds=1)
        world.write({"first": first, "other": other})
        service.reload()
        pass_time(world, service, seconds=1)

    assert (last_lines(log)["first"]["created"], last_lines(log)["first"]["over-cap"]) == (1, 1)
    line = last_lines(log)["other"]
    assert "created" not in line
    assert (line["for_others"], line["not-permitted"]) == ({"first": {"created": 1}}, 1)


def test_a_stop_for_safety_says_what_to_do(world: World, tmp_path: Path) -> None:
    world.lists.hold("imdb:ls000000001", [by_tmdb(FILMS[0])])
    world.lists.fail("imdb:ls000000002")
    never = {"source": "imdb:ls000000002", "role": "exclude"}
    world.write({"wishes": {"source": "imdb:ls000000001"}, "never": never})
    with served(world, tmp_path) as service, capture_log() as log:
        pass_time(world, service, seconds=1)
        ready = service.status.conditions["wishes"]["Ready"]

    assert (ready.status, ready.reason) == ("False", "StoppedForSafety")
    assert ready.message.startswith("exclude list never unread; it is unreachable")
    assert last_lines(log)["wishes"]["stopped"] == [ready.message]
    assert world.requested() == []


def test_a_list_is_held_back_also_where_that_cannot_be_written_yet(
    world: World, tmp_path: Path
) -> None:
    world.ledger = tmp_path / "data" / "listsync.db"
    world.ledger.parent.mkdir()
    world.follow(by_tmdb(FILMS[0]))
    with served(world, tmp_path) as service, capture_log() as log:
        pass_time(world, service, seconds=1)
        shutil.rmtree(world.ledger.parent)
        world.follow(by_tmdb(FILMS[0]), suspend=True)
        service.reload()
        pass_time(world, service, hours=1)
        ready = service.status.conditions["wishes"]["Ready"]
        world.ledger.parent.mkdir()
        pass_time(world, service, seconds=1)
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        written = ledger.statuses.conditions()["wishes"]["Ready"]

    assert (ready.reason, written.reason) == ("Suspended", "Suspended")
    assert not [line for line in log if "internal error" in line["event"]]


def test_a_run_that_a_bug_ends_is_a_condition_with_a_trace_in_the_log(
    world: World, tmp_path: Path
) -> None:
    world.lists.hold("imdb:ls000000002", [by_tmdb(FILMS[1])])
    world.write({f"list-{n}": {"source": f"imdb:ls{n:09}"} for n in (1, 2)})
    with (
        served(world, tmp_path) as service,
        capture_log() as log,
    ):  # the world has no list 1: a KeyError
        pass_time(world, service, seconds=1)
        pass_time(world, service, seconds=3)
        ready = service.status.conditions["list-1"]["Ready"]

    assert world.requested() == [FILMS[1].tmdb]
    assert (ready.status, ready.reason) == ("False", "Failed")
    assert "please report it" in ready.message
    line = last_lines(log)["list-1"]
    assert any(call.endswith(" fetch") for call in line["trace"])
