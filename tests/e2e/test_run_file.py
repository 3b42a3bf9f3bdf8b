"""``listsync run`` follows its file: what is saved and how, and what continues meanwhile."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from functools import partial

import pytest

from tests.e2e.household import ALIEN, COMMAND, DUNE, HEAT, JOKER, Household, numbers, until
from tests.e2e.running import listed, lists, running, write


def test_a_new_list_is_read_at_once_and_no_other(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        write(household, lists(household, wishes=(DUNE,), more=(HEAT,)))
        until(lambda: run.is_ready("more"))
        assert len(household.stored()) == 2
        assert run.run_count("wishes") == 1
        assert run.condition("more", "Ready")["observed_generation"] == run.status()["generation"]


def test_a_new_list_is_read_within_a_second_of_the_save(household: Household) -> None:
    """From the file's own time to the end of the new list's turn, by the log's; at best of five."""
    lists_by_name = {"wishes": (DUNE,)}
    write(household, lists(household, **lists_by_name))
    with running(household) as run:
        until(run.is_ready)
        waits = []
        for number in range(5):
            lists_by_name[f"list-{number}"] = (HEAT,)
            write(household, lists(household, **lists_by_name))
            saved = (household.folder / "listsync.yaml").stat().st_mtime
            until(partial(run.run_count, f"list-{number}"))
            (line,) = (line for line in run.events("run ended") if line["list"] == f"list-{number}")
            waits.append(datetime.fromisoformat(line["timestamp"]).timestamp() - saved)

    assert min(waits) < 1


def test_an_included_file_is_followed_from_its_first_day_to_its_last(household: Household) -> None:
    folder = household.folder / "lists.d"
    folder.mkdir()
    (folder / "more.txt").write_text(f"imdb:{HEAT.imdb}\n")
    saved = folder / "anna.new"
    write(household, lists(household, wishes=(DUNE,)), include=["lists.d/*.yaml"])
    with running(household) as run:
        until(run.is_ready)
        saved.write_text("lists: {anna: {source: 'file:more.txt'}}")
        saved.replace(folder / "anna.yaml")  # never seen empty
        until(lambda: run.is_ready("anna"))
        saved.write_text("lists: {anna: {source: 'file:more.txt', top: none}}")
        saved.replace(folder / "anna.yaml")
        until(lambda: run.events("the config is invalid"))
        [invalid] = run.events("the config is invalid")
        (folder / "anna.yaml").unlink()
        until(lambda: [lst["name"] for lst in run.status()["lists"]] == ["wishes"])

    assert invalid["problems"][0].startswith("lists.d/anna.yaml:1:46 lists.anna.top: ")
    assert sorted(household.stored()) == sorted(numbers([DUNE, HEAT]))


def test_a_config_from_stdin_is_read_once(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with (household.folder / "listsync.yaml").open("rb") as config:
        with household.started("-c", "-", "plan", stdin=config) as process:
            planned = household.finish(process)
        config.seek(0)
        with running(household, "-c", "-", stdin=config) as run:
            until(run.is_ready)

    assert planned.out.startswith("<stdin>")
    assert "Dune" in planned.out
    assert "listsync apply" not in planned.out  # nobody could paste the pipe
    assert run.events("the config was read from stdin")
    assert household.stored() == numbers([DUNE])


def test_a_list_that_left_the_file_stops_and_is_remembered(household: Household) -> None:
    both = {
        "wishes": {"source": listed(household, "wishes", DUNE), "interval": "1s"},
        "more": {"source": listed(household, "more", HEAT), "interval": "1s"},
    }
    write(household, both)
    with running(household) as run:
        until(lambda: run.is_ready() and run.is_ready("more"))
        write(household, {"wishes": both["wishes"]})
        until(lambda: [lst["name"] for lst in run.status()["lists"]] == ["wishes"])
        count = run.run_count("more")
        until(lambda: run.run_count("wishes") > 4)
        assert run.run_count("more") <= count + 1  # one may have been under way

        write(household, {**both, "more": {**both["more"], "interval": "1h"}})
        until(lambda: run.is_ready("more"))
        assert sorted(household.stored()) == sorted(numbers([DUNE, HEAT]))


@pytest.mark.parametrize("poll", [(), ("--poll",)], ids=["events", "polling"])
def test_a_configmap_that_swaps_its_symlink_is_followed(
    household: Household, poll: tuple[str, ...]
) -> None:
    write(household, lists(household, wishes=(DUNE,)), include=["lists-*.yaml"])
    (household.folder / "..one").mkdir()
    (household.folder / "listsync.yaml").rename(household.folder / "..one" / "listsync.yaml")
    (household.folder / "..data").symlink_to("..one")
    (household.folder / "listsync.yaml").symlink_to("..data/listsync.yaml")
    with running(household, *poll) as run:
        until(run.is_ready)
        text = (household.folder / "listsync.yaml").read_text()
        document = json.loads(text)
        document["lists"] |= lists(household, more=(HEAT,))
        (household.folder / "..two").mkdir()
        (household.folder / "..two" / "listsync.yaml").write_text(json.dumps(document))
        included = json.dumps({"lists": lists(household, anna=(ALIEN,))})
        (household.folder / "..two" / "lists-anna.yaml").write_text(included)
        (household.folder / "..tmp").symlink_to("..two")
        (household.folder / "..tmp").rename(household.folder / "..data")
        (household.folder / "lists-anna.yaml").symlink_to("..data/lists-anna.yaml")

        until(lambda: run.is_ready("more") and run.is_ready("anna"))


def test_an_editor_that_renames_is_followed(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        before = (household.folder / "listsync.yaml").read_text()
        write(household, lists(household, wishes=(DUNE,), more=(HEAT,)))
        after = (household.folder / "listsync.yaml").read_text()
        (household.folder / "listsync.yaml").write_text(before)
        (household.folder / ".listsync.yaml.swp").write_text(after)
        (household.folder / ".listsync.yaml.swp").rename(household.folder / "listsync.yaml")

        until(lambda: run.is_ready("more"))


def test_another_key_in_its_file_is_used_and_the_generation_stays(household: Household) -> None:
    lists_by_name = lists(household, wishes=(DUNE,))
    (household.folder / "key").write_text("not-the-key-at-all")
    write(household, lists_by_name)
    document = json.loads((household.folder / "listsync.yaml").read_text())
    del document["server"]["api_key"]
    document["server"]["api_key_file"] = "key"
    (household.folder / "listsync.yaml").write_text(json.dumps(document))
    with running(household) as run:
        until(lambda: run.global_condition("ServerReachable").get("status") == "False")
        generation = run.status()["generation"]
        (household.folder / "key").write_text(household.server.api_key)

        until(run.is_ready)
        assert run.status()["generation"] == generation


def test_sighup_reads_the_file_and_ends_nothing_and_systemd_hears_of_it(
    household: Household,
) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    address = str(household.folder / "notify")
    household.env["NOTIFY_SOCKET"] = address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(20)
        with running(household, "--poll") as run:
            until(run.is_ready)
            run.process.send_signal(signal.SIGHUP)
            until(lambda: run.events("config read: nothing has changed"))
            write(household, lists(household, wishes=(DUNE,), more=(HEAT,)))
            run.process.send_signal(signal.SIGHUP)

            until(lambda: run.is_ready("more"))
            messages = [systemd.recv(1000).decode()]
            while not messages[-1].startswith("STATUS=2 lists ready, next run in "):
                messages.append(systemd.recv(1000).decode())

        messages.append(systemd.recv(1000).decode())
    states = [message.partition("\n")[0] for message in messages if message[:6] != "STATUS"]
    reload = ["RELOADING=1", "READY=1"]
    assert states == ["READY=1", *reload, *reload, "STOPPING=1"]


def test_a_reload_interrupts_no_request(household: Household) -> None:
    household.server.faults.latency = 0.2
    write(household, lists(household, wishes=(DUNE, HEAT, ALIEN)), server={"concurrency": 1})
    with running(household) as run:
        until(lambda: any(c.method == "POST" for c in household.server.state.calls))
        write(household, lists(household, more=(JOKER,)), server={"rate": "500/s"})
        until(lambda: run.events("the config has changed"))
        started_requests = len(household.stored())
        until(lambda: run.is_ready("more"))

    assert started_requests < 3
    assert sorted(household.stored()) == sorted(numbers([DUNE, HEAT, ALIEN, JOKER]))
    with closing(sqlite3.connect(household.ledger)) as ledger:
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
    household: Household, eventless: tuple[str, ...]
) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household, command=eventless) as run:
        until(run.is_ready)
        write(household, lists(household, wishes=(DUNE,), more=(HEAT,)))
        until(lambda: run.is_ready("more"))

        (line,) = run.events("no file events")
        assert line["level"] == "warning"
