"""``listsync run`` as a real process: due times, changes of the file, word from others, its end."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from reconciler.cli import health
from tests.e2e.household import ALIEN, DUNE, HEAT, JOKER, Household, numbers, until
from tests.e2e.monitoring import unknown_names
from tests.e2e.running import free_port, household_port, listed, lists, running, write


def test_what_is_on_a_list_is_requested(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE, HEAT)))
    with running(household, "--debug-dir", "pages") as run:
        until(lambda: sorted(household.stored()) == sorted(numbers([DUNE, HEAT])))
        until(lambda: run.run_count("wishes"))

        assert [line["created"] for line in run.events("run ended")] == [2]
        assert (household.folder / "pages").is_dir()  # where pages would be that are no lists


def test_a_restart_reads_nothing_that_is_not_due(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
    write(household, lists(household, wishes=(DUNE,), more=(HEAT,)))
    with running(household) as run:
        until(lambda: run.is_ready("more"))

        assert run.run_count("wishes") == 0


@pytest.mark.parametrize("days", [-30, 30], ids=["set back", "set forward"])
def test_a_clock_that_was_set_between_two_runs_keeps_no_list_waiting(
    household: Household, days: int
) -> None:
    """The ledger's times are moved instead: they were written under a clock that went wrong."""
    lists_by_name = {"wishes": {"source": listed(household, "wishes", DUNE), "interval": "2s"}}
    write(household, lists_by_name)
    with running(household) as run:
        until(run.is_ready)
    with closing(sqlite3.connect(household.ledger)) as ledger, ledger:
        for attempted, due in ledger.execute("SELECT attempted, due FROM schedules").fetchall():
            moved = [
                (datetime.fromisoformat(text) - timedelta(days=days)).isoformat()
                for text in (attempted, due)
            ]
            ledger.execute("UPDATE schedules SET attempted = ?, due = ?", moved)
    with running(household) as run:
        until(lambda: run.run_count("wishes") > 1, seconds=20)
        assert run.is_ready()


def test_a_list_comes_again_when_its_interval_is_over(household: Household) -> None:
    write(household, {"wishes": {"source": listed(household, "wishes", DUNE), "interval": "1s"}})
    with running(household) as run:
        until(run.is_ready)
        listed(household, "wishes", DUNE, HEAT)

        until(lambda: household.stored() == numbers([DUNE, HEAT]))


def test_it_keeps_other_actors_out_and_lets_lookers_in(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        refused = household.run("apply", "--yes")
        assert refused.code == 75
        assert f"pid {run.process.pid}" in refused.err
        second = household.run("run")
        assert second.code == 75  # though the port is taken, too
        assert f"pid {run.process.pid}" in second.err

        assert household.run("plan").code == 0
        document = household.run("status", "-o", "json").document["lists"][0]
        assert document["last_success"]
        assert document["next_due"] > document["last_success"]
        assert {c["type"] for c in document["conditions"]} == {
            "Ready",
            "Fetched",
            "Applied",
            "Stalled",
        }


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["term", "int"]
)
def test_a_request_under_way_is_finished_and_recorded(
    household: Household, signum: signal.Signals, code: int
) -> None:
    household.server.faults.latency = 0.2
    write(household, lists(household, wishes=(DUNE, HEAT, ALIEN, JOKER)), server={"concurrency": 1})
    with running(household) as run:
        until(lambda: any(c.method == "POST" for c in household.server.state.calls))
        assert run.end(signum).code == code
    started_requests = sum(call.method == "POST" for call in household.server.state.calls)
    assert 1 <= len(household.stored()) == started_requests < 4
    with closing(sqlite3.connect(household.ledger)) as ledger:
        assert ledger.execute("SELECT DISTINCT result FROM intents").fetchall() == [("created",)]
    household.server.faults.latency = 0.0
    with running(household) as run:
        until(run.is_ready)
        assert sorted(household.stored()) == sorted(numbers([DUNE, HEAT, ALIEN, JOKER]))


def test_each_line_of_a_run_says_which_list_and_which_run(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE, HEAT)))
    with running(household, "-v") as run:
        until(lambda: run.run_count("wishes"))
        calls = run.events("server call")
        (turn,) = run.events("run ended")

    assert any(line["method"] == "POST" for line in calls)
    assert {(line.get("run"), line.get("list")) for line in calls} == {(turn["run"], "wishes")}


def test_nothing_is_left_after_the_end(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        run.end()
        assert [line["signal"] for line in run.log() if "signal" in line] == ["SIGTERM"] * 2
        assert all(line.startswith("{") for line in run.log_file.read_text().splitlines())

    assert household.run("apply", "--yes").code == 0
    assert {path.name for path in household.ledger.parent.iterdir()} == {
        "listsync.db",
        "listsync.db.lock",
    }


def test_a_second_signal_ends_it_at_once_and_the_lock_goes_with_it(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        os.kill(run.process.pid, signal.SIGTERM)
        os.kill(run.process.pid, signal.SIGTERM)
        assert run.process.wait(timeout=10) in {143, -signal.SIGTERM}
    assert household.run("apply", "--yes").code == 0


def test_over_http_it_says_how_it_is_and_changes_nothing(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(lambda: run.run_count("wishes"))
        assert run.get("/healthz") == (200, "ok\n")
        assert run.get("/readyz")[0] == 200
        assert run.get("/nothing")[0] == 404
        for method in ("POST", "PUT", "DELETE"):
            assert run.get("/status", method) == (405, "Method Not Allowed\n")
        figures = run.get("/metrics")[1]
        for line in (
            'listsync_list_ready{list="wishes"} 1.0',
            'listsync_list_items{list="wishes"} 1.0',
            'listsync_titles{list="wishes",verdict="created"} 1.0',
            'listsync_actions_total{op="request",result="created"} 1.0',
            'listsync_api_calls_total{endpoint="POST /request",status="201"} 1.0',
            "listsync_config_valid 1.0",
            "listsync_server_reachable 1.0",
        ):
            assert line in figures
        assert unknown_names(figures) == {}
        for name in (
            "listsync_list_last_attempt_timestamp_seconds",
            "listsync_list_last_success_timestamp_seconds",
            "listsync_fetch_duration_seconds_count",
            "listsync_pass_duration_seconds_count",
            "listsync_build_info",
        ):
            assert name in figures
        assert household.server.api_key not in figures + run.get("/status")[1]


def test_its_pages_show_the_lists_their_titles_and_the_runs(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(lambda: run.run_count("wishes"))
        assert "1 list is in sync" in run.get("/")[1]
        page = run.get("/lists/wishes")[1]
        link = f"/titles/tmdb%3Amovie%3A{DUNE.tmdb}"
        assert f'href="{link}"' in page
        assert "created" in run.get(link)[1]
        assert "1 created" in run.get("/runs")[1]
        assert "wishes.txt" in run.get("/config")[1]
        pages = ("/", "/lists/wishes", link, "/runs", "/config", "/lists/unknown")
        assert household.server.api_key not in "".join(run.get(path)[1] for path in pages)
        (household.folder / "listsync.yaml").write_text("lists: [")
        until(lambda: "The last valid config stays in effect" in run.get("/")[1])


def test_its_page_says_which_command_tells_more_of_a_list_that_is_not_ready(
    household: Household,
) -> None:
    absent = {"source": "file:absent.txt"}
    somebody = {**lists(household, wishes=(DUNE,))["wishes"], "requester": "nobody"}
    write(household, {"absent": absent, "wishes": somebody})
    with running(household) as run:
        until(lambda: run.run_count("wishes") and run.run_count("absent"))
        commands = re.findall("<code>(listsync (?:fetch|doctor).*?)</code>", run.get("/")[1])
        assert commands == ["listsync fetch absent", "listsync doctor"]
        fetch, doctor = (household.run(*command.split()[1:]) for command in commands)
    assert "absent.txt" in fetch.out + fetch.err
    assert "nobody" in doctor.out


def test_a_token_is_asked_for_and_sent_by_status(household: Household) -> None:
    household.secrets.append("open-sesame-1")
    token = {"token": "${TOKEN}"}
    household.env["TOKEN"] = "open-sesame-1"
    write(household, lists(household, wishes=(DUNE,)), controller=token)
    with running(household) as run:
        until(lambda: run.get("/healthz")[0] == 200)
        assert run.get("/")[0] == run.get("/status")[0] == 401
        until(lambda: run.events("run ended"))
        household.ledger.rename(household.ledger.with_name("moved.db"))  # so that only run knows
        document = household.run("status", "-o", "json").document
        assert [row["type"] for row in document["lists"][0]["conditions"]]
        household.ledger.with_name("moved.db").rename(household.ledger)


def test_after_a_restart_the_figures_of_the_lists_are_there_at_once(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
    with running(household) as run:
        assert run.run_count("wishes") == 0
        figures = run.get("/metrics")[1]
    assert 'listsync_list_items{list="wishes"} 1.0' in figures
    assert 'listsync_titles{list="wishes",verdict="created"} 1.0' in figures


def test_the_health_check_asks_at_the_address_in_the_file(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "DEFAULT", f"127.0.0.1:{free_port()}")
    write(household, lists(household, wishes=(DUNE,)))
    file = household.folder / "listsync.yaml"
    assert not health.is_alive(file)
    with running(household):
        assert health.is_alive(file)


def test_the_health_check_asks_at_the_default_until_another_address_takes_effect(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "DEFAULT", f"127.0.0.1:{household_port(household)}")
    write(household, lists(household, wishes=(DUNE,)))
    with running(household):
        other = {"listen": f"127.0.0.1:{free_port()}"}
        write(household, lists(household, wishes=(DUNE,)), controller=other)
        assert health.is_alive(household.folder / "listsync.yaml")


def test_the_health_check_passes_where_run_listens_nowhere(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "DEFAULT", f"127.0.0.1:{free_port()}")
    write(household, lists(household, wishes=(DUNE,)), controller={"listen": ""})
    assert health.is_alive(household.folder / "listsync.yaml")


def test_a_port_that_is_taken_is_said_plainly(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household):
        other = json.loads((household.folder / "listsync.yaml").read_text())
        other["ledger"] = "other.db"
        (household.folder / "other.yaml").write_text(json.dumps(other))
        refused = household.run("run", "-c", "other.yaml")

    assert refused.code == 1
    assert "the port is in use" in refused.err


def test_due_lists_are_applied_once_for_cron(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    assert household.run("apply", "--due", "--yes").code == 0
    assert household.stored() == numbers([DUNE])
    before = len(household.server.state.calls)

    assert household.run("apply", "--due", "--yes").out == ""
    assert len(household.server.state.calls) == before
    write(household, lists(household, wishes=(DUNE,), more=(HEAT,)))
    document = household.run("apply", "--due", "--yes", "-o", "json").document
    assert [lst["name"] for lst in document["lists"]] == ["more"]
