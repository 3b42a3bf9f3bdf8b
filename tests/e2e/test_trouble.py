"""Every trouble a person may have: one message that says what, where, and what to do."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO, TextIOWrapper

import pytest

from reconciler.core.model import Kind, MediaKey, MemoryEntry, MemoryKey, Target
from reconciler.ledger import SqliteLedger
from tests.e2e.household import COMMAND, DUNE, HEAT, Household
from tests.e2e.terminal import terminal

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
def test_all_mistakes_in_the_config_are_shown_at_once(
    household: Household, command: tuple[str, ...]
) -> None:
    (household.folder / "listsync.yaml").write_text(MISTAKES)
    done = household.run(*command)
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
    household: Household, arguments: tuple[str, ...], code: int, says: str
) -> None:
    household.wish([DUNE])
    done = household.run(*arguments)
    assert done.code == code
    assert says in done.err
    assert len(done.err.splitlines()) <= 2


# --------------------------------------------------------------------------------------- the server


@pytest.fixture
def closed_port() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        ({"not_a_media_server": "radarr"}, "not an Overseerr, Jellyseerr or Seerr"),
        ({"wrong_key": True}, "the API key is refused"),
        ({"csrf_protection": True}, 'turn off "Enable CSRF Protection"'),
        ({"redirect_to": "http://127.0.0.1:9/seerr"}, "set `url: http://127.0.0.1:9/seerr"),
        ({}, "nothing answers at this address"),
    ],
    ids=["a Radarr", "a wrong key", "CSRF protection", "a redirect", "nothing"],
)
def test_a_server_that_is_not_as_configured_is_reported_in_one_sentence(
    household: Household, closed_port: str, faults: dict[str, object], says: str
) -> None:
    household.wish([DUNE])
    household.server.faults.set(faults)
    if not faults:
        household.write({"wishes": {"source": "file:wishes.txt"}}, url=closed_port)
    done = household.run("apply", "--yes", "-o", "json")
    assert says in done.err
    assert done.err.count("\n") == 2
    assert (done.code, done.document["exit_code"]) == (1, 1)
    assert says in f"{done.document['error']['what']}; {done.document['error']['todo']}"
    assert household.stored() == []


def test_a_key_is_in_no_log_either(household: Household) -> None:
    household.wish([DUNE])
    done = household.run("apply", "--yes", "-v")
    assert done.code == 0
    assert "/api/v1/request" in done.err


# --------------------------------------------------------------------------------------- the ledger


def acted(household: Household) -> None:
    """A ledger that remembers Dune as handled; Heat is to be requested."""
    household.wish([DUNE, HEAT])
    dune = MemoryKey(Target(MediaKey(Kind.MOVIE, DUNE.tmdb)))
    with SqliteLedger(household.ledger, household.server.url) as ledger:
        ledger.memory.record({dune: MemoryEntry(present=False)}, {})


def spoil(household: Household, how: str) -> None:
    if how == "damaged":
        household.ledger.write_bytes(household.ledger.read_bytes()[:5000] + b"\xff" * 3000)
        return
    with closing(sqlite3.connect(household.ledger)) as ledger:
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
    household: Household, how: str, says: str
) -> None:
    acted(household)
    spoil(household, how)
    done = household.run("apply", "--yes")
    assert (done.code, done.out) == (1, "")
    assert says in done.err
    assert str(household.ledger) in done.err
    assert household.stored() == []


def test_a_plan_on_a_damaged_ledger_says_what_to_do(household: Household) -> None:
    acted(household)
    spoil(household, "damaged")
    done = household.run("plan", "-o", "json")
    assert done.code == 1
    assert "move the file away" in done.document["error"]["todo"]


@pytest.fixture
def shelved(household: Household) -> Iterator[Household]:
    """A household whose ledger may be read and not written."""
    acted(household)
    household.ledger.parent.chmod(0o555)
    yield household
    household.ledger.parent.chmod(0o755)


@pytest.fixture
def unprivileged() -> tuple[str, ...]:
    """A way to run a program so that permission bits bind it, root or not."""
    if os.geteuid() != 0:
        return ()
    way = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    if not shutil.which("setpriv") or subprocess.run([*way, "true"], check=False).returncode:  # noqa: S603
        pytest.skip("permission bits do not bind root, and setpriv cannot change that here")
    return way


def test_a_ledger_that_may_only_be_read_serves_plans_and_stops_applies(
    shelved: Household, unprivileged: tuple[str, ...]
) -> None:
    plan = shelved.apart("plan", "-o", "json", command=(*unprivileged, *COMMAND))
    assert plan.code == 0
    assert [row["media"]["ids"] for row in plan.document["actions"]] == [
        {"tmdb": HEAT.tmdb, "imdb": HEAT.imdb}
    ]
    assert [row["reason"] for row in plan.document["verdicts"]] == ["handled"]
    done = shelved.apart("apply", "--yes", command=(*unprivileged, *COMMAND))
    assert (done.code, done.out) == (1, "")
    assert "read-only" in done.err
    assert shelved.stored() == []


@pytest.mark.parametrize("way", ["file", "option", "variable"])
def test_a_chosen_folder_that_is_missing_is_reported_and_never_made(
    household: Household, way: str
) -> None:
    household.wish([DUNE])
    place = str(household.folder / "volume" / "listsync.db")
    if way == "file":
        file = household.folder / "listsync.yaml"
        file.write_text(file.read_text().replace("state/listsync.db", place))
    options = ("--ledger", place) if way == "option" else ()
    env = {"LISTSYNC_LEDGER": place} if way == "variable" else {}
    assert household.run("plan", "--detailed-exitcode", *options, env=env).code == 2
    done = household.run("apply", "--yes", *options, env=env)
    assert (done.code, done.out) == (1, "")
    assert f"{place}: the ledger does not exist, and neither does its folder" in done.err
    assert f"create the folder {household.folder / 'volume'}" in done.err
    assert household.stored() == []
    assert not (household.folder / "volume").exists()


def test_the_built_in_folder_is_made(household: Household) -> None:
    household.wish([DUNE])
    file = household.folder / "listsync.yaml"
    file.write_text(file.read_text().replace('"ledger": "state/listsync.db",', ""))
    state = household.folder / "home" / "state"
    assert household.run("apply", "--yes", env={"XDG_STATE_HOME": str(state)}).code == 0
    assert (state / "listsync" / "listsync.db").is_file()


def test_a_plan_that_is_interrupted_says_so_in_a_line_and_prints_nothing(
    household: Household,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        household.wish([DUNE])
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        household.write({"wishes": {"source": "file:wishes.txt"}}, url=url)
        with household.started("plan", "-o", "json") as process:
            asking, _ = mute.accept()
            with asking:
                process.send_signal(signal.SIGINT)
                done = household.finish(process)
    text = "listsync: interrupted, shutting down; press Ctrl-C again to force\n"
    assert (done.code, done.out, done.err) == (130, "", text)


def test_a_ledger_that_cannot_be_made_serves_plans_and_stops_applies(household: Household) -> None:
    household.wish([DUNE])
    household.ledger.parent.rmdir()
    household.ledger.parent.write_text("a file, not a folder")
    assert household.run("plan", "--detailed-exitcode").code == 2
    done = household.run("apply", "--yes", "-o", "json")
    assert (done.code, done.document["exit_code"]) == (1, 1)
    assert "neither does its folder" in done.err
    assert household.stored() == []


def test_the_ledger_is_where_the_nearest_word_says(household: Household) -> None:
    household.wish([DUNE])
    for place, arguments, env in (
        ("env.db", (), {"LISTSYNC_LEDGER": "env.db"}),
        ("option.db", ("--ledger", "option.db"), {"LISTSYNC_LEDGER": "never.db"}),
    ):
        assert household.run("plan", *arguments, env=env).code == 0
        assert (household.folder / place).is_file()
    assert not (household.folder / "never.db").exists()


def test_a_terminal_shows_the_line_of_a_config_error_and_a_pipe_one_line(
    household: Household,
) -> None:
    household.write({"wishes": {"source": "file:wishes.txt", "intervl": "1h"}})
    with terminal(household, "status", "--color", "never") as screen:
        shown = screen.end()
    piped = household.run("plan")

    assert (shown.code, piped.code) == (78, 78)
    assert shown.out.splitlines() == [
        'listsync.yaml:11:4: error: unknown key "intervl" in list "wishes"',
        '   11 |    "intervl": "1h"',
        '      |    ^^^^^^^^^ did you mean "interval"?',
        "1 error. Nothing was changed.",
    ]
    problem = 'lists.wishes.intervl: unknown key, did you mean "interval"?'
    assert piped.err == f"listsync.yaml:11:4 {problem}\n"


@pytest.mark.parametrize(
    ("command", "content", "code", "message"),
    [
        (("validate",), "lists: {a: {}}", 78, "<stdin>:1:1 server: is missing; "),
        (("validate",), "", 78, "<stdin>:1:1: the file is empty; it needs server: and lists:"),
        (("validate",), None, 78, "<stdin>: nothing is piped in; set the path with -c FILE"),
        (("add", "imdb:top"), "lists: {}", 64, "<stdin>: not a file that can be changed"),
    ],
    ids=["an error", "empty", "a terminal", "add"],
)
def test_a_config_from_stdin_is_named_in_errors(  # noqa: PLR0913, PLR0917 - a row of the table
    household: Household,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    content: str | None,
    code: int,
    message: str,
) -> None:
    """``content``: what is piped in; None: a terminal."""
    stdin = TextIOWrapper(BytesIO((content or "").encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(stdin, "isatty", lambda: content is None)

    done = household.run(*command, env={"LISTSYNC_CONFIG": "-"})

    assert done.code == code
    assert message in done.err


def test_init_prints_where_a_config_from_stdin_is_asked_for(household: Household) -> None:
    done = household.run("-c", "-", "init", "imdb:top")
    assert (done.code, done.err) == (0, "")
    assert "source: imdb:top" in done.out
    assert not list(household.folder.glob("*stdin*"))
