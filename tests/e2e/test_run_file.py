"""``listsync run`` follows its file: what is saved, how it is put there, what goes on meanwhile."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from functools import partial

import pytest

from tests.e2e.household import ALIEN, COMMAND, DUNE, HEAT, JOKER, Household, numbers, until
from tests.e2e.running import listed, lists, running, write


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


def test_sighup_reads_the_file_and_ends_nothing(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house, "--poll") as run:
        until(run.is_ready)
        run.process.send_signal(signal.SIGHUP)
        until(lambda: run.events("config read: nothing has changed"))
        write(house, lists(house, wishes=(DUNE,), more=(HEAT,)))
        run.process.send_signal(signal.SIGHUP)

        until(lambda: run.is_ready("more"))


def test_a_reload_interrupts_no_request(house: Household) -> None:
    house.server.faults.latency = 0.2
    write(house, lists(house, wishes=(DUNE, HEAT, ALIEN)), server={"concurrency": 1})
    with running(house) as run:
        until(lambda: any(c.method == "POST" for c in house.server.state.calls))
        write(house, lists(house, more=(JOKER,)), server={"rate": "500/s"})
        until(lambda: run.events("the file has changed"))
        begun = len(house.stored())
        until(lambda: run.is_ready("more"))

    assert begun < 3
    assert sorted(house.stored()) == sorted(numbers([DUNE, HEAT, ALIEN, JOKER]))
    with closing(sqlite3.connect(house.ledger)) as ledger:
        assert ledger.execute("SELECT DISTINCT result FROM intents").fetchall() == [("created",)]


@pytest.fixture
def eventless() -> tuple[str, ...]:
    """The command where the system has no inotify left to give."""
    limit = "/proc/sys/user/max_inotify_instances"
    shell = ("unshare", "--user", "--map-root-user", "sh", "-c", f'echo 0 > {limit} && exec "$@"')
    if not shutil.which("unshare"):
        pytest.skip("no unshare here")
    if subprocess.run((*shell, "sh", "true"), check=False).returncode:  # noqa: S603 - ours
        pytest.skip("no user namespaces here")
    return (*shell, "sh", *COMMAND)


def test_where_the_system_gives_no_events_the_file_is_followed_all_the_same(
    house: Household, eventless: tuple[str, ...]
) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house, command=eventless) as run:
        until(run.is_ready)
        write(house, lists(house, wishes=(DUNE,), more=(HEAT,)))
        until(lambda: run.is_ready("more"))

        (line,) = run.events("no events of the file")
        assert line["level"] == "warning"
