"""Whatever goes wrong inside listsync itself is one sentence, and never a traceback."""

from __future__ import annotations

import json
import pwd
import subprocess
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from reconciler.cli import process
from reconciler.config.file import ConfigFile
from tests.e2e.household import COMMAND, DUNE, ROOT, Household

EVERY_COMMAND: dict[str, tuple[str, ...]] = {
    "validate": (),
    "plan": (),
    "apply": ("--yes",),
    "adopt": ("wishes",),
    "forget": ("imdb:tt1160419",),
    "run": (),
    "reconcile": ("wishes",),
    "status": (),
    "explain": ("dune",),
    "fetch": ("wishes",),
    "history": (),
    "doctor": (),
    "login": ("trakt",),
    "config": ("show",),
}
WITHOUT_A_FILE: dict[str, tuple[str, ...]] = {
    "init": (),
    "schema": (),
    "version": (),
    "--help": (),
    "--show-completion": (),
}


@pytest.fixture
def broken(household: Household, monkeypatch: pytest.MonkeyPatch) -> Household:
    """A household whose listsync has a bug, with a key in its message."""

    def fail(_: object) -> NoReturn:
        raise KeyError(household.server.api_key)

    household.wish([DUNE])
    monkeypatch.setattr(ConfigFile, "read", fail)
    return household


@pytest.fixture
def homeless(household: Household, monkeypatch: pytest.MonkeyPatch) -> Household:
    """A household of a user whom the system does not know, with the default ledger."""

    def nobody(_: int) -> NoReturn:
        raise KeyError

    household.wish([DUNE])
    written = json.loads((household.folder / "listsync.yaml").read_text())
    del written["ledger"]
    (household.folder / "listsync.yaml").write_text(json.dumps(written))
    household.env = {"SEERR_API_KEY": household.server.api_key, "SHELL": "/bin/sh"}
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    return household


@pytest.mark.parametrize(("command", "arguments"), EVERY_COMMAND.items(), ids=EVERY_COMMAND)
def test_a_bug_is_one_sentence_that_asks_for_a_report(
    broken: Household, command: str, arguments: tuple[str, ...]
) -> None:
    done = broken.run(command, *arguments)

    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert line.startswith("listsync: internal error: KeyError at ")
    assert "please report it" in line


def test_a_bug_is_a_document_where_json_is_asked_for(broken: Household) -> None:
    done = broken.run("plan", "-o", "json")

    assert done.document["exit_code"] == done.code == 1
    assert "internal error: KeyError" in done.document["error"]["what"]


def test_a_bugs_trace_is_shown_with_v_and_kept_in_the_debug_folder(broken: Household) -> None:
    done = broken.run("plan", "-v", "--debug-dir", "debug")

    trace = (broken.folder / "debug" / "crash.txt").read_text()
    assert trace in done.err
    assert "reconciler/wiring.py" in trace
    assert trace.splitlines()[-1] == "KeyError"
    assert (broken.folder / "debug" / "crash.txt").stat().st_mode & 0o777 == 0o600
    assert broken.server.api_key not in trace


def test_the_advice_to_add_v_is_given_where_it_can_be_followed(broken: Household) -> None:
    assert "again with -v" in broken.run("plan").err
    assert "-v" not in broken.run("plan", "-v").err
    assert "-v" not in broken.run("validate").err


def test_a_bug_outside_of_commands_is_a_sentence_too(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise LookupError

    monkeypatch.setattr(process, "app", fail)
    done = household.run("status")

    assert done.code == 1
    assert done.err.startswith("listsync: internal error: LookupError at ")


def test_a_thread_that_fails_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", process.report_thread)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("listsync: internal error: ZeroDivisionError at test_faults.py:")


@pytest.mark.parametrize(
    ("command", "arguments"),
    (EVERY_COMMAND | WITHOUT_A_FILE).items(),
    ids=EVERY_COMMAND | WITHOUT_A_FILE,
)
def test_without_a_home_every_command_works_or_says_one_sentence(
    homeless: Household, command: str, arguments: tuple[str, ...]
) -> None:
    if command == "init":
        (homeless.folder / "listsync.yaml").unlink()
    done = homeless.run(command, *arguments)

    if command in {*WITHOUT_A_FILE, "validate", "config"}:
        assert done.code == 0
    else:
        assert done.code == 1
        assert done.err.startswith("listsync: no place for the ledger: this user has no home")
        assert len(done.err.splitlines()) == 2


def test_without_a_home_the_advice_about_the_ledger_works(homeless: Household) -> None:
    assert homeless.run("history", "--ledger", "here.db").code == 0
    assert homeless.run("fetch", "wishes", env={"LISTSYNC_LEDGER": "there.db"}).code == 0


def test_the_bare_environment_is_enough(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - the project's own command
        [*COMMAND, "validate"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr.startswith("listsync.yaml: ")
    assert len(done.stderr.splitlines()) == 1
