"""``listsync run`` as a real process: due times, changes of the file, word from others, its end."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.e2e.household import ALIEN, DUNE, HEAT, JOKER, numbers, until
from tests.e2e.running import listed, lists, running, write

if TYPE_CHECKING:
    from tests.e2e.household import Household


def test_what_is_on_a_list_is_requested(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE, HEAT)))
    with running(house, "--debug-dir", "pages") as run:
        until(lambda: sorted(house.stored()) == sorted(numbers([DUNE, HEAT])))
        until(lambda: run.turns("wishes"))

        assert [line["created"] for line in run.events("turn")] == [2]
        assert (house.folder / "pages").is_dir()  # where pages would be that are no lists


def test_a_restart_reads_nothing_that_is_not_due(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
    write(house, lists(house, wishes=(DUNE,), more=(HEAT,)))
    with running(house) as run:
        until(lambda: run.is_ready("more"))

        assert run.turns("wishes") == 0


@pytest.mark.parametrize("days", [-30, 30], ids=["set back", "set forward"])
def test_a_clock_that_was_set_between_two_runs_keeps_no_list_waiting(
    house: Household, days: int
) -> None:
    """The ledger's times are moved instead: they were written under a clock that went wrong."""
    named = {"wishes": {"source": listed(house, "wishes", DUNE), "interval": "2s"}}
    write(house, named)
    with running(house) as run:
        until(run.is_ready)
    with closing(sqlite3.connect(house.ledger)) as ledger, ledger:
        for attempted, due in ledger.execute("SELECT attempted, due FROM schedules").fetchall():
            moved = [
                (datetime.fromisoformat(text) - timedelta(days=days)).isoformat()
                for text in (attempted, due)
            ]
            ledger.execute("UPDATE schedules SET attempted = ?, due = ?", moved)
    with running(house) as run:
        until(lambda: run.turns("wishes") > 1, seconds=20)
        assert run.is_ready()


def test_a_list_comes_again_when_its_interval_is_over(house: Household) -> None:
    write(house, {"wishes": {"source": listed(house, "wishes", DUNE), "interval": "1s"}})
    with running(house) as run:
        until(run.is_ready)
        listed(house, "wishes", DUNE, HEAT)

        until(lambda: house.stored() == numbers([DUNE, HEAT]))


def test_a_new_list_is_read_at_once_and_no_other(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
        write(house, lists(house, wishes=(DUNE,), more=(HEAT,)))
        until(lambda: run.is_ready("more"))
        assert len(house.stored()) == 2
        assert run.turns("wishes") == 1
        assert run.condition("more", "Ready")["observed_generation"] == run.status()["generation"]


def test_a_new_list_is_read_within_a_second_of_the_save(house: Household) -> None:
    """From the file's own time to the end of the new list's turn, by the log's; at best of five."""
    named = {"wishes": (DUNE,)}
    write(house, lists(house, **named))
    with running(house) as run:
        until(run.is_ready)
        waits = []
        for number in range(5):
            named[f"list-{number}"] = (HEAT,)
            write(house, lists(house, **named))
            saved = (house.folder / "listsync.yaml").stat().st_mtime
            until(partial(run.turns, f"list-{number}"))
            (line,) = (line for line in run.events("turn") if line["list"] == f"list-{number}")
            waits.append(datetime.fromisoformat(line["timestamp"]).timestamp() - saved)

    assert min(waits) < 1


def test_a_list_that_left_the_file_stops_and_is_remembered(house: Household) -> None:
    both = {
        "wishes": {"source": listed(house, "wishes", DUNE), "interval": "1s"},
        "more": {"source": listed(house, "more", HEAT), "interval": "1s"},
    }
    write(house, both)
    with running(house) as run:
        until(lambda: run.is_ready() and run.is_ready("more"))
        write(house, {"wishes": both["wishes"]})
        until(lambda: [lst["name"] for lst in run.status()["lists"]] == ["wishes"])
        turns = run.turns("more")
        until(lambda: run.turns("wishes") > 4)
        assert run.turns("more") <= turns + 1  # one may have been under way

        write(house, {**both, "more": {**both["more"], "interval": "1h"}})
        until(lambda: run.is_ready("more"))
        assert sorted(house.stored()) == sorted(numbers([DUNE, HEAT]))


@pytest.mark.parametrize("poll", [(), ("--poll",)], ids=["events", "polling"])
def test_a_configmap_that_swaps_its_symlink_is_followed(
    house: Household, poll: tuple[str, ...]
) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    (house.folder / "..one").mkdir()
    (house.folder / "listsync.yaml").rename(house.folder / "..one" / "listsync.yaml")
    (house.folder / "..data").symlink_to("..one")
    (house.folder / "listsync.yaml").symlink_to("..data/listsync.yaml")
    with running(house, *poll) as run:
        until(run.is_ready)
        text = (house.folder / "listsync.yaml").read_text()
        document = json.loads(text)
        document["lists"] |= lists(house, more=(HEAT,))
        (house.folder / "..two").mkdir()
        (house.folder / "..two" / "listsync.yaml").write_text(json.dumps(document))
        (house.folder / "..tmp").symlink_to("..two")
        (house.folder / "..tmp").rename(house.folder / "..data")

        until(lambda: run.is_ready("more"))


def test_an_editor_that_renames_is_followed(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
        before = (house.folder / "listsync.yaml").read_text()
        write(house, lists(house, wishes=(DUNE,), more=(HEAT,)))
        after = (house.folder / "listsync.yaml").read_text()
        (house.folder / "listsync.yaml").write_text(before)
        (house.folder / ".listsync.yaml.swp").write_text(after)
        (house.folder / ".listsync.yaml.swp").rename(house.folder / "listsync.yaml")

        until(lambda: run.is_ready("more"))


def test_another_key_in_its_file_is_used_and_the_generation_stays(house: Household) -> None:
    named = lists(house, wishes=(DUNE,))
    (house.folder / "key").write_text("not-the-key-at-all")
    write(house, named)
    document = json.loads((house.folder / "listsync.yaml").read_text())
    del document["server"]["api_key"]
    document["server"]["api_key_file"] = "key"
    (house.folder / "listsync.yaml").write_text(json.dumps(document))
    with running(house) as run:
        until(lambda: run.whole("ServerReachable").get("status") == "False")
        generation = run.status()["generation"]
        (house.folder / "key").write_text(house.server.api_key)

        until(run.is_ready)
        assert run.status()["generation"] == generation


def test_it_keeps_other_actors_out_and_lets_lookers_in(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
        refused = house.run("apply", "--yes")
        assert refused.code == 75
        assert f"pid {run.process.pid}" in refused.err
        second = house.run("run")
        assert second.code == 75  # though the port is taken, too
        assert f"pid {run.process.pid}" in second.err

        assert house.run("plan").code == 0
        told = house.run("status", "-o", "json").document["lists"][0]
        assert told["last_success"]
        assert told["next_due"] > told["last_success"]
        assert {c["type"] for c in told["conditions"]} == {"Ready", "Fetched", "Applied", "Stalled"}


def test_sighup_reads_the_file_and_ends_nothing(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house, "--poll") as run:
        until(run.is_ready)
        run.process.send_signal(signal.SIGHUP)
        until(lambda: run.events("the file was read: nothing has changed"))
        write(house, lists(house, wishes=(DUNE,), more=(HEAT,)))
        run.process.send_signal(signal.SIGHUP)

        until(lambda: run.is_ready("more"))


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["term", "int"]
)
def test_a_request_under_way_is_finished_and_recorded(
    house: Household, signum: signal.Signals, code: int
) -> None:
    house.server.faults.latency = 0.2
    write(house, lists(house, wishes=(DUNE, HEAT, ALIEN, JOKER)), server={"concurrency": 1})
    with running(house) as run:
        until(lambda: any(c.method == "POST" for c in house.server.state.calls))
        assert run.end(signum).code == code
    begun = sum(call.method == "POST" for call in house.server.state.calls)
    assert 1 <= len(house.stored()) == begun < 4
    with sqlite3.connect(house.ledger) as ledger:
        assert ledger.execute("SELECT DISTINCT result FROM intents").fetchall() == [("created",)]
    ledger.close()
    house.server.faults.latency = 0.0
    with running(house) as run:
        until(run.is_ready)
        assert sorted(house.stored()) == sorted(numbers([DUNE, HEAT, ALIEN, JOKER]))


def test_nothing_is_left_after_the_end(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
        run.end()
        assert [line["signal"] for line in run.log()[-2:]] == ["SIGTERM"] * 2
        assert all(line.startswith("{") for line in run.log_file.read_text().splitlines())

    assert house.run("apply", "--yes").code == 0
    assert {path.name for path in house.ledger.parent.iterdir()} == {
        "listsync.db",
        "listsync.db.lock",
    }


def test_a_second_signal_ends_it_at_once_and_the_lock_goes_with_it(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
        os.kill(run.process.pid, signal.SIGTERM)
        os.kill(run.process.pid, signal.SIGTERM)
        assert run.process.wait(timeout=10) in {143, -signal.SIGTERM}
    assert house.run("apply", "--yes").code == 0


def test_over_http_it_says_how_it_is_and_changes_nothing(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(lambda: run.turns("wishes"))
        assert run.get("/healthz") == (200, "ok\n")
        assert run.get("/readyz")[0] == 200
        assert run.get("/nothing")[0] == 404
        for method in ("POST", "PUT", "DELETE"):
            assert run.get("/status", method) == (405, "Method Not Allowed\n")
        figures = run.get("/metrics")[1]
        for line in (
            'listsync_list_ready{list="wishes"} 1.0',
            'listsync_list_items{list="wishes"} 1.0',
            'listsync_actions_total{op="request",result="created"} 1.0',
            'listsync_api_calls_total{endpoint="POST /request",status="201"} 1.0',
            "listsync_config_valid 1.0",
            "listsync_server_reachable 1.0",
        ):
            assert line in figures
        for name in (
            "listsync_list_last_attempt_timestamp_seconds",
            "listsync_list_last_success_timestamp_seconds",
            "listsync_fetch_duration_seconds_count",
            "listsync_pass_duration_seconds_count",
            "listsync_build_info",
        ):
            assert name in figures
        assert house.server.api_key not in figures + run.get("/status")[1]


def test_a_port_that_is_taken_is_said_plainly(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house):
        other = json.loads((house.folder / "listsync.yaml").read_text())
        other["ledger"] = "other.db"
        (house.folder / "other.yaml").write_text(json.dumps(other))
        refused = house.run("run", "-c", "other.yaml")

    assert refused.code == 1
    assert "the port is taken" in refused.err


def test_due_lists_are_applied_once_for_cron(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    assert house.run("apply", "--due", "--yes").code == 0
    assert house.stored() == numbers([DUNE])
    before = len(house.server.state.calls)

    assert house.run("apply", "--due", "--yes").out == ""
    assert len(house.server.state.calls) == before
    write(house, lists(house, wishes=(DUNE,), more=(HEAT,)))
    told = house.run("apply", "--due", "--yes", "-o", "json").document
    assert [lst["name"] for lst in told["lists"]] == ["more"]
