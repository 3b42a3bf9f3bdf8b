"""A day of runs, and what each fault leads to, with a clock set by hand: nobody waits."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import Service
from reconciler.controller.list_reconciler import OWNER_WAIT, ListReconciler
from reconciler.controller.service import Service as RunService
from reconciler.controller.statuses import StatusStore
from reconciler.core.model import ALL, FetchScope, ListRef, Outcome, Snapshot
from reconciler.ledger import LockedLedger
from tests.loop.serving import File, factories_of, fetches, pass_time, served
from tests.loop.world import ALICE, Shelves, World, by_tmdb

FILM = FILMS[0]


def test_a_day_with_eight_lists_leaves_nothing_behind(world: World, tmp_path: Path) -> None:
    for n in range(8):
        world.lists.hold(f"imdb:ls{n:09}", [by_tmdb(FILMS[n])])
    world.write(
        {f"list-{n}": {"source": f"imdb:ls{n:09}", "interval": "1h"} for n in range(8)},
        controller={"workers": 4},
    )
    began = time.process_time()
    with served(world, tmp_path) as service:
        pass_time(world, service, minutes=1)
        assert fetches(world) == 8
        threads, files, rows = counted(world)
        for _ in range(24 * 4):
            pass_time(world, service, minutes=15)

        assert counted(world) == (threads, files, rows)
        assert 8 * 18 <= fetches(world) <= 8 * 25
    assert time.process_time() - began < 60
    assert sorted(world.requested()) == sorted({FILMS[n].tmdb for n in range(8)})


def counted(world: World) -> tuple[int, int, dict[str, int]]:
    """Threads, open files, and rows of each table but the list of runs, which has its own end."""
    ours = [t for t in threading.enumerate() if t.name in {"worker", "watch"}]
    with closing(sqlite3.connect(world.ledger)) as ledger:
        tables = [
            name
            for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in {"runs", "sqlite_sequence"}
        ]
        rows = {
            name: ledger.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own tables
            for name in tables
        }
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    files = [link for link in links if "socket" not in str(link.readlink())]
    return len(ours), len(files), rows


def test_a_list_waits_for_the_first_run_of_one_that_may_own_its_titles(world: World) -> None:
    first, second = "imdb:ls000000001", "imdb:ls000000002"
    world.lists.hold(first, [by_tmdb(FILM)])
    world.lists.hold(second, [by_tmdb(FILM)])
    world.write(
        {
            "first": {"source": first, "requester": "alice"},
            "second": {"source": second, "requester": "bob"},
        }
    )
    with LockedLedger() as ledgers:
        reconciler = ListReconciler(
            world.config, factories_of(world, ledgers), StatusStore(), threading.Event()
        )

        assert reconciler("second") == world.clock.now() + OWNER_WAIT
        assert world.lists.fetched_lists == []
        reconciler("first")
        reconciler("second")

    assert world.lists.fetched_lists == [first, second]
    (request,) = world.sandbox.state.requests.values()
    assert request.requested_by.id == ALICE


def test_a_list_that_cannot_be_read_waits_longer_each_time(world: World, tmp_path: Path) -> None:
    world.lists.fail("imdb:ls000000001")
    world.write({"wishes": {"source": "imdb:ls000000001"}})
    with served(world, tmp_path) as service:
        waits = []
        pass_time(world, service, seconds=1)
        for _ in range(7):
            due = service.status.schedules["wishes"].due
            waits.append(due - world.clock.now())
            world.clock.moment = due
            pass_time(world, service)

    assert waits == [timedelta(minutes=m) for m in (10.5, 21, 42, 84, 168, 336, 360)]


@pytest.mark.parametrize("outcome", [Outcome.PRIVATE, Outcome.MISSING])
def test_a_stalled_list_waits_for_its_interval(
    world: World, tmp_path: Path, outcome: Outcome
) -> None:
    world.lists.fail("imdb:ls000000001", outcome)
    world.write({"wishes": {"source": "imdb:ls000000001"}})
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        schedule = service.status.schedules["wishes"]

    assert schedule.due - world.clock.now() == timedelta(hours=6.3)
    assert schedule.tries == 0


def test_a_list_whose_sonarr_is_away_is_tried_again_sooner_each_time_later(
    world: World, tmp_path: Path
) -> None:
    world.sandbox.services.sonarr = (Service(0, "Main", profiles=((4, "HD"),)),)
    world.sandbox.faults.sonarr_down = True
    world.follow(by_tmdb(SHOWS[0]), profile_id="HD")
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        conditions = service.status.conditions["wishes"]
        assert conditions["Stalled"].status == "False"
        assert (conditions["Applied"].status, conditions["Applied"].reason) == (
            "False",
            "ServiceUnavailable",
        )
        assert '1 title is waiting: Sonarr "Main" did not answer' in conditions["Applied"].message
        waits = []
        for _ in range(2):
            due = service.status.schedules["wishes"].due
            waits.append(due - world.clock.now())
            world.clock.moment = due
            pass_time(world, service)
        assert waits == [timedelta(minutes=10.5), timedelta(minutes=21)]

        world.sandbox.faults.sonarr_down = False
        world.clock.moment = service.status.schedules["wishes"].due
        pass_time(world, service)
        assert service.status.conditions["wishes"]["Ready"].status == "True"
    assert world.requested() == [SHOWS[0].tmdb]


def test_a_change_while_run_starts_takes_effect(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.controller.watch._POLL", 0.01)
    file = tmp_path / "listsync.yaml"
    file.write_text("as it was read")
    world.follow(by_tmdb(FILM), suspend=True)
    with LockedLedger() as ledgers:
        factories = factories_of(world, ledgers)
        service = RunService(world.config, File(world, file), factories, lambda _: None)
        world.follow(by_tmdb(FILM))
        file.write_text("as it was saved before anybody watched it")
        service.load()
        service.begin(poll=True)
        deadline = time.monotonic() + 20
        while not world.requested() and time.monotonic() < deadline:
            service.tick()
        assert service.stop()
    assert world.requested() == [FILM.tmdb]


def test_a_suspended_list_is_left_alone_until_it_is_not(world: World, tmp_path: Path) -> None:
    world.follow(by_tmdb(FILM), suspend=True)
    with served(world, tmp_path) as service:
        pass_time(world, service, days=1)
        ready = service.status.conditions["wishes"]["Ready"]
        assert (ready.status, ready.reason, fetches(world)) == ("False", "Suspended", 0)

        world.follow(by_tmdb(FILM))
        service.reload()
        pass_time(world, service, seconds=1)
    assert world.requested() == [FILM.tmdb]


def test_another_requester_in_the_file_ends_a_stall(world: World, tmp_path: Path) -> None:
    world.follow(by_tmdb(FILM), requester="nobody")
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        assert service.status.conditions["wishes"]["Stalled"].reason == "UnknownRequester"
        world.follow(by_tmdb(FILM))
        service.reload()
        pass_time(world, service, minutes=2)  # which the owner's greater rights wait

        assert service.status.conditions["wishes"]["Ready"].status == "True"
    assert world.requested() == [FILM.tmdb]


def test_what_a_new_filter_lets_through_is_requested_at_once(world: World, tmp_path: Path) -> None:
    world.follow(by_tmdb(FILM), filter={"exclude_titles": [FILM.title]})
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        assert world.requested() == []
        world.follow(by_tmdb(FILM), filter={"exclude_titles": ["Another"]})
        service.reload()
        pass_time(world, service, seconds=1)

    assert world.requested() == [FILM.tmdb]


def test_only_a_list_that_the_file_changes_has_its_run(world: World, tmp_path: Path) -> None:
    for n in (1, 2):
        world.lists.hold(f"imdb:ls{n:09}", [by_tmdb(FILMS[n])])
    both = {f"list-{n}": {"source": f"imdb:ls{n:09}"} for n in (1, 2)}
    world.write(both)
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        world.lists.fetched_lists.clear()
        world.write(both, defaults={"max_per_run": 50})
        service.reload()
        pass_time(world, service, seconds=1)
        assert world.lists.fetched_lists == []
        world.write({**both, "list-2": {**both["list-2"], "top": 5}})
        service.reload()
        pass_time(world, service, seconds=1)

    assert world.lists.fetched_lists == ["imdb:ls000000002"]


class Crowd(Shelves):
    """Lists that note how many of them are read at once; a reader waits a while for ``wanted``."""

    def __init__(self, awaited: int, seconds: float = 20) -> None:
        super().__init__()
        self._seconds = seconds
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        self._awaited = awaited
        self._changed = threading.Condition()

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:
        with self._changed:
            for key in (ref.provider, "all"):
                self._now[key] += 1
                self.most[key] = max(self.most[key], self._now[key])
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most["all"] >= self._awaited, self._seconds)
            for key in (ref.provider, "all"):
                self._now[key] -= 1
            return super().fetch(ref, need)


@pytest.mark.parametrize(
    ("workers", "sessions", "most"),
    [(1, 1, {"all": 1, "imdb": 1}), (2, 1, {"all": 2, "imdb": 1}), (4, 2, {"all": 4, "imdb": 2})],
    ids=["one worker", "one of each site", "as many of a site as sessions"],
)
def test_workers_read_lists_side_by_side(
    world: World, tmp_path: Path, workers: int, sessions: int, most: dict[str, int]
) -> None:
    world.lists = crowd = Crowd(most["all"])
    sources = [f"imdb:ls{n:09}" for n in range(4)]
    for source in sources:
        world.lists.hold(source, [by_tmdb(FILM)])
    texts = {f"text-{n}": {"source": f"file:{n}.txt"} for n in range(4)}
    for text in texts.values():
        world.lists.hold(text["source"], [by_tmdb(FILM)])
    world.write(
        {f"list-{n}": {"source": source} for n, source in enumerate(sources)} | texts,
        controller={"workers": workers},
        browser={"sessions": sessions},
    )
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)

    assert fetches(world) == 8
    assert {key: crowd.most[key] for key in most} == most


def test_a_list_read_over_an_interface_waits_for_no_browser(world: World, tmp_path: Path) -> None:
    world.lists = crowd = Crowd(2)
    lists = {"wishes": "imdb:ls000000001", "family": "trakt:anna/watchlist"}
    for source in lists.values():
        world.lists.hold(source, [by_tmdb(FILM)])
    world.write(
        {name: {"source": source} for name, source in lists.items()},
        browser={"sessions": 1},
        providers={"trakt": {"client_id": "made-up-client-id"}},
    )
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)

    assert crowd.most == {"all": 2, "imdb": 1, "trakt": 1}


def test_two_sites_share_the_browser_sessions(world: World, tmp_path: Path) -> None:
    world.lists = crowd = Crowd(2, seconds=0.3)
    lists = {"wishes": "imdb:ls000000001", "family": "trakt:anna/watchlist"}
    for source in lists.values():
        world.lists.hold(source, [by_tmdb(FILM)])
    world.write({name: {"source": source} for name, source in lists.items()})
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)

    assert crowd.most == {"all": 1, "imdb": 1, "trakt": 1}


def test_a_list_sees_what_the_one_before_asked_for(world: World, tmp_path: Path) -> None:
    for n in (1, 2, 3):
        world.lists.hold(f"imdb:ls{n:09}", [by_tmdb(FILM)])
    world.write(
        {f"list-{n}": {"source": f"imdb:ls{n:09}"} for n in (1, 2, 3)}, controller={"workers": 3}
    )
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)

    assert world.requested() == [FILM.tmdb]


def test_a_clock_that_steps_back_and_forth_stops_nothing(world: World, tmp_path: Path) -> None:
    world.follow(by_tmdb(FILM))
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        assert fetches(world) == 1
        pass_time(world, service, days=-3)
        assert fetches(world) == 1
        shown = service.status.schedules["wishes"].due
        assert shown - world.clock.now() == timedelta(hours=6.3)
        pass_time(world, service, hours=7)
        assert fetches(world) == 2
        pass_time(world, service, days=30)
        assert fetches(world) == 3
        pass_time(world, service, days=-30)
        pass_time(world, service, hours=7)
        assert fetches(world) == 4
    assert world.requested() == [FILM.tmdb]


def test_a_restart_under_a_clock_that_was_set_back_waits_no_longer(
    world: World, tmp_path: Path
) -> None:
    world.follow(by_tmdb(FILM))
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
    world.clock.forward(days=-30)
    with served(world, tmp_path) as service:
        pass_time(world, service, hours=7)

        assert fetches(world) == 2
