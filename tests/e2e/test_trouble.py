"""Every trouble a person may have: one message that says what, where, and what to do."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest

from reconciler.core.model import Kind, MediaKey, MemoryEntry, MemoryKey, Target
from reconciler.ledger import SqliteLedger
from tests.e2e.household import COMMAND, DUNE, HEAT, Household

# ----------------------------------------------------------------------------------------- the file

MISTAKES = """\
server:
  url: http://127.0.0.1:9
  api_key: ${NO_SUCH_VARIABLE}
lists:
  wishes:
    source: file:wishes.txt
    intervl: 6h
  kids:
    source: file:kids.txt
    top: none
  kids:
    source: file:kids.txt
"""


@pytest.mark.parametrize("command", [("validate",), ("apply", "--yes")])
def test_all_mistakes_in_the_file_are_told_at_once(
    house: Household, command: tuple[str, ...]
) -> None:
    (house.folder / "listsync.yaml").write_text(MISTAKES)
    done = house.run(*command)
    assert (done.code, done.out) == (78, "")
    places = [line.split(" ", 1)[0] for line in done.err.splitlines()]
    assert places == [f"listsync.yaml:{at}" for at in ("3:12", "7:5", "10:10", "11:3")]
    assert "${NO_SUCH_VARIABLE} is not set" in done.err
    assert 'did you mean "interval"?' in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("plan", "-c", "nowhere.yaml"), 78, "nowhere.yaml: no such file"),
        (("plan", "--frobnicate"), 64, "--frobnicate"),
        (("frobnicate",), 64, "frobnicate"),
        (("fetch", "nothere"), 64, "unknown list 'nothere'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_line_says_what_is_wrong(
    house: Household, arguments: tuple[str, ...], code: int, says: str
) -> None:
    house.wish([DUNE])
    done = house.run(*arguments)
    assert done.code == code
    assert says in done.err
    assert len(done.err.splitlines()) <= 2


# --------------------------------------------------------------------------------------- the server


@pytest.fixture
def closed() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        ({"not_a_media_server": "radarr"}, "not an Overseerr, Jellyseerr or Seerr"),
        ({"wrong_key": True}, "the API key is refused"),
        ({"csrf_protection": True}, 'turn off "Enable CSRF Protection"'),
        ({"redirect_to": "http://127.0.0.1:9/seerr"}, "write `url: http://127.0.0.1:9/seerr"),
        ({}, "nothing answers at this address"),
    ],
    ids=["a Radarr", "a wrong key", "CSRF protection", "a redirect", "nothing"],
)
def test_a_server_that_is_not_as_configured_is_told_in_one_sentence(
    house: Household, closed: str, faults: dict[str, object], says: str
) -> None:
    house.wish([DUNE])
    house.server.faults.set(faults)
    if not faults:
        house.write({"wishes": {"source": "file:wishes.txt"}}, url=closed)
    done = house.run("apply", "--yes", "-o", "json")
    assert says in done.err
    assert done.err.count("\n") == 2
    assert (done.code, done.document["exit_code"]) == (1, 1)
    assert says in f"{done.document['error']['what']}; {done.document['error']['todo']}"
    assert house.stored() == []


def test_a_key_is_in_no_log_either(house: Household) -> None:
    house.wish([DUNE])
    done = house.run("apply", "--yes", "-v")
    assert done.code == 0
    assert "/api/v1/request" in done.err


# --------------------------------------------------------------------------------------- the ledger


def acted(house: Household) -> None:
    """A ledger that remembers Dune as handled; Heat is to be requested."""
    house.wish([DUNE, HEAT])
    dune = MemoryKey(Target(MediaKey(Kind.MOVIE, DUNE.tmdb)))
    with SqliteLedger(house.ledger, house.server.url) as ledger:
        ledger.memory.record({dune: MemoryEntry(present=False)}, {})


def spoil(house: Household, how: str) -> None:
    if how == "damaged":
        house.ledger.write_bytes(house.ledger.read_bytes()[:5000] + b"\xff" * 3000)
        return
    with closing(sqlite3.connect(house.ledger)) as ledger:
        ledger.execute(
            "PRAGMA user_version = 99" if how == "newer" else "PRAGMA application_id = 1"
        )


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("damaged", "the ledger is damaged"),
        ("newer", "written by a newer listsync"),
        ("another's", "another program's database"),
    ],
)
def test_a_ledger_that_cannot_be_used_lets_nothing_be_requested(
    house: Household, how: str, says: str
) -> None:
    acted(house)
    spoil(house, how)
    done = house.run("apply", "--yes")
    assert (done.code, done.out) == (1, "")
    assert says in done.err
    assert str(house.ledger) in done.err
    assert house.stored() == []


def test_a_plan_on_a_damaged_ledger_says_what_to_do(house: Household) -> None:
    acted(house)
    spoil(house, "damaged")
    done = house.run("plan", "-o", "json")
    assert done.code == 1
    assert "move the file away" in done.document["error"]["todo"]


@pytest.fixture
def shelved(house: Household) -> Iterator[Household]:
    """A household whose ledger may be read and not written."""
    acted(house)
    house.ledger.parent.chmod(0o555)
    yield house
    house.ledger.parent.chmod(0o755)


@pytest.fixture
def bound() -> tuple[str, ...]:
    """A way to run a program so that permission bits bind it, root or not."""
    if os.geteuid() != 0:
        return ()
    way = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    if not shutil.which("setpriv") or subprocess.run([*way, "true"], check=False).returncode:  # noqa: S603
        pytest.skip("permission bits do not bind root, and setpriv cannot change that here")
    return way


def test_a_ledger_that_may_only_be_read_serves_plans_and_stops_applies(
    shelved: Household, bound: tuple[str, ...]
) -> None:
    plan = shelved.apart("plan", "-o", "json", command=(*bound, *COMMAND))
    assert plan.code == 0
    assert [row["media"]["ids"] for row in plan.document["actions"]] == [
        {"tmdb": HEAT.tmdb, "imdb": HEAT.imdb}
    ]
    assert [row["reason"] for row in plan.document["verdicts"]] == ["handled"]
    done = shelved.apart("apply", "--yes", command=(*bound, *COMMAND))
    assert (done.code, done.out) == (1, "")
    assert "read-only" in done.err
    assert shelved.stored() == []


@pytest.mark.parametrize("way", ["file", "option", "variable"])
def test_a_chosen_folder_that_is_missing_is_told_and_never_made(house: Household, way: str) -> None:
    house.wish([DUNE])
    place = str(house.folder / "volume" / "listsync.db")
    if way == "file":
        file = house.folder / "listsync.yaml"
        file.write_text(file.read_text().replace("state/listsync.db", place))
    options = ("--ledger", place) if way == "option" else ()
    env = {"LISTSYNC_LEDGER": place} if way == "variable" else {}
    assert house.run("plan", "--detailed-exitcode", *options, env=env).code == 2
    done = house.run("apply", "--yes", *options, env=env)
    assert (done.code, done.out) == (1, "")
    assert f"{place}: the ledger does not exist, and neither does its folder" in done.err
    assert f"create the folder {house.folder / 'volume'}" in done.err
    assert house.stored() == []
    assert not (house.folder / "volume").exists()


def test_the_built_in_folder_is_made(house: Household) -> None:
    house.wish([DUNE])
    file = house.folder / "listsync.yaml"
    file.write_text(file.read_text().replace('"ledger": "state/listsync.db",', ""))
    state = house.folder / "home" / "state"
    assert house.run("apply", "--yes", env={"XDG_STATE_HOME": str(state)}).code == 0
    assert (state / "listsync" / "listsync.db").is_file()


def test_a_plan_that_is_interrupted_says_so_in_a_line_and_prints_nothing(
    house: Household,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        house.wish([DUNE])
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        house.write({"wishes": {"source": "file:wishes.txt"}}, url=url)
        with house.started("plan", "-o", "json") as process:
            asking, _ = mute.accept()
            with asking:
                process.send_signal(signal.SIGINT)
                done = house.finish(process)
    said = "listsync: interrupted, shutting down; press Ctrl-C again to force\n"
    assert (done.code, done.out, done.err) == (130, "", said)


def test_a_ledger_that_cannot_be_made_serves_plans_and_stops_applies(house: Household) -> None:
    house.wish([DUNE])
    house.ledger.parent.rmdir()
    house.ledger.parent.write_text("a file, not a folder")
    assert house.run("plan", "--detailed-exitcode").code == 2
    done = house.run("apply", "--yes", "-o", "json")
    assert (done.code, done.document["exit_code"]) == (1, 1)
    assert "neither does its folder" in done.err
    assert house.stored() == []


def test_the_ledger_is_where_the_nearest_word_says(house: Household) -> None:
    house.wish([DUNE])
    for place, arguments, env in (
        ("env.db", (), {"LISTSYNC_LEDGER": "env.db"}),
        ("option.db", ("--ledger", "option.db"), {"LISTSYNC_LEDGER": "never.db"}),
    ):
        assert house.run("plan", *arguments, env=env).code == 0
        assert (house.folder / place).is_file()
    assert not (house.folder / "never.db").exists()
