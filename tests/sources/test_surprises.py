"""What no source expected ends the reading of one list, and says where it happened."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from structlog.testing import capture_logs

from reconciler.core.model import Outcome, Snapshot
from reconciler.errors import BrowserError, LedgerError
from reconciler.sources.debug.folder import DebugFolder
from reconciler.sources.registry import SiteSources, recognize_list
from reconciler.sources.sites import stevenlu
from tests.sources.pages import NO_PATIENCE, FakeBrowser

SECRET = "ghp_onlyForItsOwner"


def fetch_raising(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, debug: DebugFolder | None = None
) -> Snapshot:
    """What reading a list gives whose source raises this."""

    def raise_error(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(stevenlu, "fetch", raise_error)
    sources = SiteSources(FakeBrowser({}), {}, Path(), NO_PATIENCE, debug=debug)
    return sources.fetch(recognize_list("stevenlu:all"))


def recurse() -> None:
    recurse()


@pytest.mark.parametrize(
    "error",
    [
        KeyError(SECRET),
        OverflowError(SECRET),
        RecursionError(SECRET),
        MemoryError(SECRET),
        OSError(5, SECRET),
        NotImplementedError(SECRET),
        SystemExit(SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_unexpected_exception_is_the_lists_outcome_and_asks_for_a_report(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as log:
        snapshot = fetch_raising(error, monkeypatch)
    name = type(error).__name__
    message = str(snapshot.error)

    assert (snapshot.outcome, snapshot.items) == (Outcome.CHANGED_LAYOUT, ())
    assert message.startswith(
        f"stevenlu:all: the response cannot be read ({name} at test_surprises.py:"
    )
    assert "please report it" in message
    (line,) = log
    assert (line["log_level"], line["source"], line["error"]) == ("error", "stevenlu:all", name)
    assert line["trace"][0].startswith("reconciler/sources/registry.py:")
    assert SECRET not in f"{message} {log}"


@pytest.mark.parametrize("error", [BrowserError("x"), LedgerError("x"), KeyboardInterrupt()])
def test_what_concerns_every_list_is_raised(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(type(error)):
        fetch_raising(error, monkeypatch)


def test_the_debug_folder_gets_the_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch_raising(KeyError(SECRET), monkeypatch, DebugFolder(tmp_path))

    trace = (tmp_path / "crash.txt").read_text()
    assert "reconciler/sources/registry.py:" in trace
    assert SECRET not in trace


def test_the_trace_of_a_deep_recursion_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stevenlu, "fetch", lambda *_: recurse())
    with capture_logs() as log:
        SiteSources(FakeBrowser({}), {}, Path(), NO_PATIENCE).fetch(recognize_list("stevenlu:all"))

    (line,) = log
    assert len(line["trace"]) < 50
    assert line["trace"][-1].endswith(" recurse")
