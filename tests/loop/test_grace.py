"""Changes of the file that give more permissions wait. The clock is set by hand: no sleeping."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import AnswerAfter, SandboxServer, Settings
from reconciler.controller.service import Service
from reconciler.core.model import RightsState
from reconciler.errors import ConfigError, LedgerError
from reconciler.ledger import SqliteLedger
from reconciler.ledger.statuses import SqliteStatuses
from tests.loop.serving import pass_time, served
from tests.loop.world import ADMIN, ALICE, BOB, NOON, World, by_tmdb

FIRST, SECOND, THIRD = FILMS[:3]
SOURCE, OTHER = "imdb:ls000000001", "imdb:ls000000002"


def follow(world: World, titles: int, **options: Any) -> None:  # noqa: ANN401 - YAML
    """One list with so many titles."""
    sections = options.pop("sections", {})
    world.lists.hold(SOURCE, [by_tmdb(film) for film in FILMS[:titles]])
    world.write({"wishes": {"source": SOURCE, "interval": "5m", **options}}, **sections)


def requesters(world: World) -> list[int]:
    """As whom each request on the server was made, oldest first."""
    return [row.requested_by.id for row in world.sandbox.state.requests.values()]


def changed(world: World, service: Service) -> None:
    """The file has just been saved."""
    service.reload()
    pass_time(world, service)


def waits(service: Service) -> list[str]:
    return [change.list for change in service.status.waiting]


@contextmanager
def started(world: World, path: Path) -> Iterator[Service]:
    """A service whose lists have had their first runs."""
    with served(world, path) as service:
        pass_time(world, service, seconds=1)
        yield service


def test_requests_are_made_as_before_until_the_grace_is_over(world: World, tmp_path: Path) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        follow(world, 2)
        changed(world, service)
        assert requesters(world) == [ALICE]
        world.clock.forward(seconds=119)
        pass_time(world, service)
        assert (requesters(world), waits(service)) == ([ALICE], ["wishes"])
        pass_time(world, service, seconds=1)

        assert (requesters(world), waits(service)) == ([ALICE, ADMIN], [])


def test_a_list_that_waits_keeps_its_schedule_and_all_its_settings(
    world: World, tmp_path: Path
) -> None:
    follow(world, 1, requester="alice", max_per_run=1, sections={"controller": {"grace": "1h"}})
    with started(world, tmp_path) as service:
        due = service.status.schedules["wishes"].due
        follow(world, 3, max_per_run=3, sections={"controller": {"grace": "1h"}})
        changed(world, service)
        assert service.status.schedules["wishes"].due == due
        world.clock.forward(minutes=6)
        pass_time(world, service)

    assert requesters(world) == [ALICE, ALICE]


def test_a_list_that_does_not_wait_follows_the_same_file(world: World, tmp_path: Path) -> None:
    world.lists.hold(SOURCE, [by_tmdb(FIRST)])
    world.lists.hold(OTHER, [by_tmdb(SECOND)])
    before = {"wishes": {"source": SOURCE, "requester": "alice"}}
    world.write(before)
    with started(world, tmp_path) as service:
        world.write({"wishes": {"source": SOURCE}, "more": {"source": OTHER, "requester": "bob"}})
        changed(world, service)

        assert requesters(world) == [ALICE, BOB]
        assert waits(service) == ["wishes"]


def test_a_change_that_is_reverted_in_time_never_happened(world: World, tmp_path: Path) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        generation = service.config.generation
        follow(world, 1)
        changed(world, service)
        pass_time(world, service, minutes=1)
        follow(world, 1, requester="alice")
        changed(world, service)
        assert (waits(service), service.config.generation) == ([], generation)
        follow(world, 2, requester="alice")
        pass_time(world, service, hours=1)

    assert requesters(world) == [ALICE, ALICE]


def test_no_grace_is_no_wait(world: World, tmp_path: Path) -> None:
    none = {"controller": {"grace": "0s"}}
    follow(world, 1, requester="alice", sections=none)
    with started(world, tmp_path) as service:
        follow(world, 2, sections=none)
        changed(world, service)

    assert requesters(world) == [ALICE, ADMIN]


def test_a_restart_neither_skips_nor_restarts_the_grace(world: World, tmp_path: Path) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        follow(world, 2)
        changed(world, service)
    for seconds in (60, 57):
        world.clock.forward(seconds=seconds)
        with started(world, tmp_path) as service:
            assert (requesters(world), waits(service)) == ([ALICE], ["wishes"])
    with started(world, tmp_path) as service:
        assert (requesters(world), waits(service)) == ([ALICE, ADMIN], [])


def test_each_process_logs_what_waits_once(world: World, tmp_path: Path) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        follow(world, 2)
        changed(world, service)
    with capture_logs() as log, started(world, tmp_path) as service:
        changed(world, service)

    (line,) = [line for line in log if "more permissions is waiting" in line["event"]]
    assert (line["list"], "until" in line) == ("wishes", True)


def test_after_a_restart_a_list_that_waits_has_all_its_old_settings(
    world: World, tmp_path: Path
) -> None:
    hour = {"controller": {"grace": "1h"}}
    follow(world, 1, requester="alice", max_per_run=1, sections=hour)
    with started(world, tmp_path) as service:
        due = service.status.schedules["wishes"].due
    follow(world, 3, max_per_run=3, sections=hour)
    with started(world, tmp_path) as service:
        assert (waits(service), requesters(world)) == (["wishes"], [ALICE])
        assert service.status.schedules["wishes"].due == due
        pass_time(world, service, minutes=6)

    assert requesters(world) == [ALICE, ALICE]


def test_while_the_file_is_wrong_nothing_widens(world: World, tmp_path: Path) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        follow(world, 2)
        changed(world, service)
        world.write({"wishes": {"source": "nothing at all"}})
        with pytest.raises(ConfigError):
            _ = world.config
        changed(world, service)
        pass_time(world, service, minutes=10)
        assert (requesters(world), waits(service)) == ([ALICE, ALICE], ["wishes"])
        follow(world, 3)
        changed(world, service)

        assert (requesters(world), waits(service)) == ([ALICE, ALICE, ADMIN], [])


REQUESTERS = {"fewer rights": ("bob", "alice", []), "more rights": ("alice", "bob", ["wishes"])}


@pytest.mark.parametrize(("old", "new", "waiting"), REQUESTERS.values(), ids=REQUESTERS)
def test_another_requester_waits_where_the_server_gives_it_more_rights(
    world: World, tmp_path: Path, old: str, new: str, waiting: list[str]
) -> None:
    follow(world, 1, requester=old)
    with started(world, tmp_path) as service:
        follow(world, 1, requester=new)
        changed(world, service)

        assert waits(service) == waiting


def test_another_requester_waits_while_the_server_cannot_be_asked(
    world: World, tmp_path: Path
) -> None:
    follow(world, 1, requester="bob")
    with started(world, tmp_path) as service:
        world.sandbox.faults.answer_after = AnswerAfter(calls=0, status=503, method="GET")
        follow(world, 1, requester="alice")
        changed(world, service)

        (change,) = service.status.waiting
        assert "the server could not be asked" in change.words


# the whole file


def test_a_file_that_excludes_less_waits_as_a_whole(world: World, tmp_path: Path) -> None:
    entry = f"tmdb:movie:{SECOND.tmdb}"
    follow(world, 2, sections={"exclude": [entry]})
    with started(world, tmp_path) as service:
        assert world.requested() == [FIRST.tmdb]
        world.lists.hold(OTHER, [by_tmdb(THIRD)])
        world.write({"wishes": {"source": SOURCE}, "more": {"source": OTHER}})
        changed(world, service)
        pass_time(world, service, seconds=100)
        assert world.requested() == [FIRST.tmdb]
        assert waits(service) == [""]
        pass_time(world, service, seconds=20)

    assert sorted(world.requested()) == sorted([FIRST.tmdb, SECOND.tmdb, THIRD.tmdb])


def test_after_a_restart_a_file_that_waits_still_excludes(world: World, tmp_path: Path) -> None:
    entry = f"tmdb:movie:{SECOND.tmdb}"
    follow(world, 2, sections={"exclude": [entry]})
    with started(world, tmp_path):
        pass
    follow(world, 2, sections={"controller": {"grace": "10m"}})
    with started(world, tmp_path) as service:
        pass_time(world, service, minutes=6)
        assert (world.requested(), waits(service)) == ([FIRST.tmdb], [""])
        assert service.config.controller.grace == timedelta(minutes=10)
        pass_time(world, service, minutes=4)
        pass_time(world, service, minutes=6)

    assert world.requested() == [FIRST.tmdb, SECOND.tmdb]


def test_an_exclude_list_that_is_removed_excludes_until_its_grace_is_over(
    world: World, tmp_path: Path
) -> None:
    world.lists.hold(OTHER, [by_tmdb(SECOND)])
    wishes = {"source": SOURCE, "interval": "5m"}
    ten_minutes = {"grace": "10m"}
    world.lists.hold(SOURCE, [by_tmdb(FIRST), by_tmdb(SECOND)])
    never = {"source": OTHER, "role": "exclude"}
    world.write({"wishes": wishes, "never": never}, controller=ten_minutes)
    with started(world, tmp_path) as service:
        world.write({"wishes": wishes}, controller=ten_minutes)
        changed(world, service)
        assert waits(service) == ["never"]
    with started(world, tmp_path) as service:
        pass_time(world, service, minutes=6)
        assert (world.requested(), waits(service)) == ([FIRST.tmdb], ["never"])
        pass_time(world, service, minutes=4)
        pass_time(world, service, minutes=6)

    assert world.requested() == [FIRST.tmdb, SECOND.tmdb]


@pytest.fixture
def other_server(world: World) -> Iterator[SandboxServer]:
    with SandboxServer(settings=replace(Settings(), clock=world.clock.now)) as server:
        yield server


def point_at(world: World, server: SandboxServer, **options: str) -> None:
    section = {"url": server.url, "api_key": server.api_key}
    world.write({"wishes": {"source": SOURCE, "interval": "5m", **options}}, server=section)


def test_another_server_waits_and_the_old_one_goes_on(
    world: World, tmp_path: Path, other_server: SandboxServer
) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        follow(world, 2)
        point_at(world, other_server, requester="bob")
        changed(world, service)
        pass_time(world, service, seconds=119)
        assert not other_server.state.calls
        pass_time(world, service, seconds=1)

        assert len(other_server.state.requests) == 2


def test_after_a_restart_no_server_is_sent_the_key_of_another(
    world: World, tmp_path: Path, other_server: SandboxServer
) -> None:
    follow(world, 1)
    with started(world, tmp_path):
        pass
    follow(world, 2)
    point_at(world, other_server)
    calls = len(world.sandbox.state.calls)
    world.clock.forward(minutes=10)  # the list is due
    with served(world, tmp_path) as service:
        world.clock.forward(seconds=119)
        service.tick()
        assert [lst.name for lst in service.config.lists] == ["wishes"]
        assert waits(service) == [""]
        assert not other_server.state.calls
        pass_time(world, service, seconds=1)
        assert len(other_server.state.requests) == 2

    assert len(world.sandbox.state.calls) == calls


# the clock and the ledger


@pytest.mark.parametrize("hours", [5, -5])
def test_a_clock_that_is_set_neither_ends_nor_lengthens_a_wait(
    world: World, tmp_path: Path, hours: int
) -> None:
    follow(world, 1, requester="alice", interval="30d")
    with started(world, tmp_path) as service:
        follow(world, 2, interval="30d")
        changed(world, service)
        world.clock.forward(seconds=60)
        world.clock.moment += timedelta(hours=hours)
        pass_time(world, service)
        assert (requesters(world), waits(service)) == ([ALICE], ["wishes"])
    with started(world, tmp_path) as service:
        world.clock.forward(seconds=57)
        pass_time(world, service)
        assert (requesters(world), waits(service)) == ([ALICE], ["wishes"])
        pass_time(world, service, seconds=2)

        assert (requesters(world), waits(service)) == ([ALICE, ADMIN], [])


class RefusingStatuses(SqliteStatuses):
    refuses = False

    def keep_rights(self, state: RightsState) -> None:
        if self.refuses:
            raise LedgerError("the disk is full", where="listsync.db", hint="make room")
        super().keep_rights(state)


@pytest.mark.parametrize("grace", ["2m", "0s"])
@pytest.mark.parametrize("fails_first", [True, False], ids=["from the start", "at the end"])
def test_nothing_widens_while_the_ledger_cannot_be_written(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, grace: str, fails_first: bool
) -> None:
    monkeypatch.setattr("reconciler.ledger.ledger.SqliteStatuses", RefusingStatuses)
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        monkeypatch.setattr(RefusingStatuses, "refuses", fails_first)
        follow(world, 2)
        changed(world, service)
        monkeypatch.setattr(RefusingStatuses, "refuses", True)
        follow(world, 2, sections={"controller": {"grace": grace}})
        changed(world, service)
        pass_time(world, service, minutes=2)
        assert waits(service) == ["wishes"]
        assert service.config.lists[0].requester == "alice"
        monkeypatch.setattr(RefusingStatuses, "refuses", False)
        pass_time(world, service, seconds=5)
        pass_time(world, service, seconds=5)

        assert (requesters(world), waits(service)) == ([ALICE, ADMIN], [])


def test_what_waits_is_written_to_a_ledger_that_takes_the_place_of_another(
    world: World, tmp_path: Path
) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        follow(world, 1)
        changed(world, service)
        world.ledger.unlink()
        with closing(sqlite3.connect(world.ledger)):
            pass
        with SqliteLedger(world.ledger, world.sandbox.url):
            pass
        pass_time(world, service, seconds=1)
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        rights = ledger.statuses.rights()

    assert list(rights.waiting.values()) == [NOON + timedelta(seconds=1)]


# what people are told


def test_people_are_notified_once_even_over_a_restart(world: World, tmp_path: Path) -> None:
    sections = {"notify": {"urls": ["ntfy://ntfy.sh/a"], "events": ["rights-waiting"]}}
    follow(world, 1, requester="alice", sections=sections)
    with started(world, tmp_path) as service:
        follow(world, 1, sections=sections)
        changed(world, service)
        pass_time(world, service, seconds=1)
    with started(world, tmp_path):
        pass

    (message,) = world.mailbox.messages
    assert "wishes: requester alice is removed" in message.body
    assert "2026-11-22T12:02:01Z" in message.body


def test_a_change_that_waits_is_a_condition_and_no_fault(world: World, tmp_path: Path) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path) as service:
        whole = service.status.conditions[""]
        assert (whole["RightsWaiting"].status, whole["RightsWaiting"].message) == ("False", "")
        follow(world, 1)
        changed(world, service)
        waiting = service.status.conditions[""]["RightsWaiting"]
        assert (waiting.status, waiting.reason) == ("True", "WaitsForGrace")
        assert "wishes: requester alice is removed" in waiting.message
        pass_time(world, service, minutes=2)

        assert service.status.conditions[""]["RightsWaiting"].status == "False"


def test_apply_never_waits(world: World, tmp_path: Path) -> None:
    follow(world, 1, requester="alice")
    with started(world, tmp_path):
        pass
    follow(world, 2)
    world.apply()

    assert requesters(world) == [ALICE, ADMIN]
