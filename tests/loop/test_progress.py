"""Progress on a terminal: what is waited for, how far it is, and nothing of it afterwards."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from reconciler.render.progress import Bars, Silence, for_terminal
from reconciler.sync.reconcile import reconcile_lists
from tests.e2e.household import DUNE
from tests.loop.world import World, by_imdb


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal_on(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal as stderr, for the test alone: pytest has another one for its fixtures."""
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return screen


def bar(terminal: Terminal) -> str:
    """The bar as it is frames now, in one line without its colors."""
    frames = re.split("\r|\x1b\\[2K", terminal.getvalue())
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", next(filter(None, reversed(frames))))
    return " ".join(plain.split())


def test_a_bar_names_what_is_waited_for_and_counts_what_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = terminal_on(monkeypatch)
    waiting = ["[red]first[/red]\x1b[31m", "second", ""]
    with Bars(is_colored=True).stage("fetch", 2, lambda: waiting[0]) as step:
        begin = bar(terminal)
        waiting.pop(0)
        step()
    assert re.fullmatch(r"fetch ━+ 0/2 --:-- \[red\]first\[/red\]\[31m", begin)
    assert "1/2" in terminal.getvalue()
    assert "second" in terminal.getvalue()


def test_a_bar_is_gone_when_its_stage_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_on(monkeypatch)
    with Bars(is_colored=False).stage("resolve", 1) as step:
        step()
    assert terminal.getvalue().endswith("\r\x1b[1A\x1b[2K")


def test_a_bar_never_hides_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_on(monkeypatch)
    with Bars(is_colored=True).stage("apply", 1):
        pass
    assert "\x1b[?25l" not in terminal.getvalue()


def test_without_color_a_bar_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_on(monkeypatch)
    with Bars(is_colored=False).stage("apply", 1):
        pass
    assert re.findall(r"\x1b\[[0-9;]*m", terminal.getvalue()) == []


@pytest.mark.parametrize(
    ("term", "verbose", "kind"),
    [("xterm", False, Bars), ("xterm", True, Silence), ("dumb", False, Silence)],
    ids=["a terminal", "with the log", "a dumb terminal"],
)
def test_bars_are_for_a_terminal_without_a_log(
    monkeypatch: pytest.MonkeyPatch,
    term: str,
    verbose: bool,  # noqa: FBT001
    kind: type,
) -> None:
    terminal_on(monkeypatch)
    monkeypatch.setenv("TERM", term)
    assert isinstance(for_terminal("auto", verbose=verbose), kind)


class Recorder(Silence):
    def __init__(self) -> None:
        self.stages: list[tuple[str, int, str]] = []

    @contextmanager
    def stage(
        self, label: str, total: int, current: Callable[[], str] = str
    ) -> Iterator[Callable[[], None]]:
        self.stages.append((label, total, current()))
        yield lambda: None


def test_every_wait_of_a_plan_has_a_stage_that_names_it(world: World) -> None:
    world.follow(by_imdb(DUNE))
    progress = Recorder()
    with world.open_context() as context:
        reconcile_lists(world.config, replace(context, progress=progress))
    assert progress.stages == [
        ("connect", 1, world.sandbox.url),
        ("fetch", 1, "wishes"),
        ("observe", 1, world.sandbox.url),
        ("resolve", 1, ""),
        ("details", 0, ""),
    ]


def test_a_pipe_gets_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert isinstance(for_terminal("always", verbose=False), Silence)
