"""Failures during ``listsync run``: it stays up, reports the problem, and recovers by itself."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import SandboxServer
from examples.sandbox.titles import Title
from reconciler.ledger.lock import WriterLock
from tests.e2e.household import ALIEN, COMMAND, DUNE, HEAT, JOKER, Household, numbers, until
from tests.e2e.running import Running, listed, lists, running, write


def _delete(file: Path) -> None:
    file.unlink()


def _empty(file: Path) -> None:
    file.write_text("")


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _half(file: Path) -> None:
    text = file.read_text()
    file.write_text(text[: len(text) // 2])


def _circle(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _lock_up(file: Path) -> None:
    file.chmod(0)


def _mistake(file: Path) -> None:
    file.write_text(file.read_text().replace('"source"', '"sauce"'))


SPOILT = {  # and what the message begins with
    _delete: r"listsync\.yaml",
    _empty: r"listsync\.yaml",
    _folder: r"listsync\.yaml",
    _half: r"listsync\.yaml",
    _circle: r"listsync\.yaml",
    _lock_up: r"listsync\.yaml",
    _pipe: r"listsync\.yaml",
    _mistake: r"listsync\.yaml:\d+:\d+ lists\.wishes",
}


def like_anybody() -> tuple[str, ...]:
    """The command without root's right to read everything, where a test is run by root."""
    if os.geteuid():
        return COMMAND
    setpriv = shutil.which("setpriv") or pytest.skip("no setpriv here")
    return (setpriv, "--bounding-set=-dac_override,-dac_read_search", *COMMAND)


def test_a_spoilt_config_is_reported_once_and_the_last_valid_one_stays_in_effect(
    household: Household,
) -> None:
    file = household.folder / "listsync.yaml"
    write(household, {"wishes": {"source": listed(household, "wishes", DUNE), "interval": "1s"}})
    titles = [DUNE, *(film for film in FILMS if film != DUNE)]
    with running(household, command=like_anybody()) as run:
        until(run.is_ready)
        valid = file.read_text()
        for number, (spoil, message) in enumerate(SPOILT.items(), start=1):
            spoil(file)
            until(lambda: run.global_condition("ConfigValid")["status"] == "False")
            assert re.search(message, run.global_condition("ConfigValid")["message"]), spoil
            assert run.get("/readyz")[0] == 503
            listed(household, "wishes", *titles[: number + 1])
            until(lambda: household.stored()[-1] == titles[number].tmdb)  # noqa: B023 - called at once
            assert len(run.events("the config is invalid")) == number, spoil

            if file.is_dir() and not file.is_symlink():
                file.rmdir()
            else:
                file.unlink(missing_ok=True)
            file.write_text(valid)
            until(lambda: run.global_condition("ConfigValid")["status"] == "True")
            assert run.get("/readyz")[0] == 200
            assert len(run.events("the config is valid again")) == number, spoil


def test_a_server_that_is_away_is_waited_for_and_may_come_back_as_another(
    tmp_path: Path,
) -> None:
    server = SandboxServer(flavour="overseerr")
    server.start()
    household = Household(tmp_path, server)
    server.stop()
    write(household, lists(household, wishes=(DUNE,), more=(HEAT,)))
    with running(household) as run:
        until(lambda: run.global_condition("ServerReachable").get("status") == "False")
        until(lambda: not run.is_ready() and run.condition("wishes", "Applied"))
        assert run.condition("wishes", "Applied")["reason"] == "ServerUnreachable"
        assert run.get("/healthz")[0] == 200
        assert run.get("/readyz")[0] == 503
        server.start()
        until(lambda: run.is_ready() and run.is_ready("more"))
        server.stop()

        port = int(server.url.rpartition(":")[2])
        with SandboxServer(flavour="seerr", port=port) as other:
            household.server = other
            listed(household, "wishes", DUNE, ALIEN)
            assert household.run("reconcile", "wishes").code == 0
            until(lambda: ALIEN.tmdb in household.stored())


def test_a_server_that_is_not_set_up_yet_leaves_the_process_healthy(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    household.env["SEERR_API_KEY"] = "not-its-key"
    with running(household) as run:
        until(lambda: run.condition("wishes", "Ready").get("reason") == "ServerUnusable")
        assert (run.get("/healthz")[0], run.get("/readyz")[0]) == (200, 503)
    assert household.stored() == []


def test_a_ledger_deleted_under_it_comes_back_with_what_it_knew(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        household.person("DELETE", f"/request/{next(iter(household.server.state.requests))}")
        household.ledger.unlink()
        until(household.ledger.is_file)
        assert household.run("reconcile", "wishes").code == 0
        until(lambda: run.run_count("wishes") == 2)

        assert household.stored() == []  # it remembers that somebody took it away
        assert any("has been restored" in line["event"] for line in run.log())
        assert household.run("apply", "--yes").code == 75


def test_a_ledger_comes_back_locked_when_its_deleted_folder_does(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        shutil.rmtree(household.ledger.parent)
        until(lambda: run.events("the ledger cannot be used"))
        result = household.run("status")
        assert "! LedgerUsable=False" in result.out
        assert "restore the folder or mount it again" in result.out
        household.ledger.parent.mkdir()
        until(household.ledger.is_file)
        until(lambda: run.global_condition("LedgerUsable")["status"] == "True")

        assert household.run("apply", "--yes").code == 75


def test_a_ledger_that_somebody_else_holds_meanwhile_is_waited_for(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    theirs = household.folder / "theirs"
    theirs.mkdir()
    with running(household) as run:
        until(run.is_ready)
        lock = WriterLock(theirs / household.ledger.name)
        shutil.rmtree(household.ledger.parent)
        theirs.rename(household.ledger.parent)
        until(lambda: "another listsync" in run.global_condition("LedgerUsable")["message"])
        listed(household, "wishes", DUNE, HEAT, ALIEN)
        run_now(household)
        until(lambda: run.condition("wishes", "Applied")["reason"] == "LedgerUnusable")
        assert household.stored() == numbers([DUNE])
        assert run.status()["lists"][0]["tries"] == 0
        lock.release()

        until(lambda: len(household.stored()) == 3)
        until(lambda: run.global_condition("LedgerUsable")["status"] == "True")


@pytest.fixture
def small_disk(household: Household) -> Iterator[Path]:
    """The ledger's folder on a disk of its own."""
    folder = household.ledger.parent
    folder.mkdir()
    mounted = subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/mount", "-t", "tmpfs", "-o", "size=512k", "listsync-test", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["/bin/umount", str(folder)], check=True)  # noqa: S603 - a fixed command


def test_a_full_disk_stops_requests_until_there_is_room(
    household: Household, small_disk: Path
) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        ballast = small_disk / "ballast"
        fill(ballast)
        listed(household, "wishes", DUNE, HEAT, ALIEN)
        run_now(household)
        until(lambda: run.condition("wishes", "Applied")["status"] == "False")
        assert run.condition("wishes", "Applied")["reason"] == "LedgerUnusable"
        assert "the disk is full" in household.run("status", "wishes").out
        assert household.stored() == numbers([DUNE])

        ballast.unlink()
        until(lambda: len(household.stored()) == 3)
        until(run.is_ready)


def test_a_ledger_that_may_not_be_written_stops_requests_until_it_may(household: Household) -> None:
    """As on a full disk or over a quota: no file of the process may grow."""
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        listed(household, "wishes", DUNE, HEAT, ALIEN)
        run_now(household)
        until(lambda: run.condition("wishes", "Applied")["reason"] == "LedgerUnusable")
        until(lambda: run.global_condition("LedgerUsable")["status"] == "False")
        status, text = run.get("/readyz")
        assert (status, text.partition(":")[0]) == (503, "LedgerUsable")
        assert household.stored() == numbers([DUNE])

        endless = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, endless)
        until(lambda: len(household.stored()) == 3)
        until(lambda: run.is_ready() and run.global_condition("LedgerUsable")["status"] == "True")


WITH_A_CLOCK = """
from datetime import timedelta
from pathlib import Path

from reconciler import cli
from reconciler.sync.clock import SystemClock

told = SystemClock.now
SystemClock.now = lambda self: told(self) + timedelta(days=int(Path("days").read_text()))
cli.main()
"""


def has_had(run: Running, count: int) -> bool:
    return run.run_count("wishes") >= count


def set_clock(household: Household, days: int) -> None:
    (household.folder / "days.new").write_text(str(days))
    (household.folder / "days.new").rename(household.folder / "days")


def test_a_clock_that_steps_back_and_forth_under_it_keeps_no_list_waiting(
    household: Household,
) -> None:
    write(household, {"wishes": {"source": listed(household, "wishes", DUNE), "interval": "1s"}})
    set_clock(household, 0)
    with running(household, command=(sys.executable, "-c", WITH_A_CLOCK)) as run:
        until(run.is_ready)
        for days in (-30, 0, 30, -1):
            set_clock(household, days)
            until(partial(has_had, run, run.run_count("wishes") + 2))
            now = datetime.now(UTC) + timedelta(days=days)
            due = datetime.fromisoformat(run.status()["lists"][0]["next_due"])
            assert abs(due - now) < timedelta(minutes=1)
        assert run.is_ready()
    assert household.stored() == numbers([DUNE])


def is_stored(household: Household, title: Title) -> bool:
    return title.tmdb in household.stored()


def test_a_log_that_nobody_reads_any_more_ends_nothing(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with household.started("run") as process:
        assert process.stderr is not None
        assert "running" in process.stderr.readline()
        process.stderr.close()
        until(lambda: household.stored() == numbers([DUNE]))
        for title in (HEAT, ALIEN, JOKER):
            write(household, lists(household, wishes=(DUNE,), **{f"list-{title.tmdb}": (title,)}))
            until(partial(is_stored, household, title))
        process.terminate()
        assert process.wait(timeout=20) == 143


def fill(file: Path) -> None:
    """Write until there is no room for a kilobyte more."""
    with file.open("wb", buffering=0) as ballast, suppress(OSError):
        while ballast.write(b"x" * 1024):
            pass


def run_now(household: Household) -> None:
    """Another option of the list: its turn is now, without a word in the ledger."""
    lists_by_name = lists(household, wishes=(DUNE, HEAT, ALIEN))
    lists_by_name["wishes"]["max_per_run"] = 49
    write(household, lists_by_name)
