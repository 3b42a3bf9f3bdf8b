"""Lines for people: colored and no wider than the terminal there, plain rows everywhere else."""

from __future__ import annotations

import io
import re
import shlex
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.render import words
from reconciler.render.document import PlanDocument
from reconciler.render.layout import PLAIN, Cell, Line, Look, look_of, text_of
from reconciler.render.text import plan_lines
from tests.loop.test_markdown import long_plan

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
PIECES = [
    "Dune",
    "七人の侍",
    "המתחזה",
    "الرسالة",
    "🎬🍿",
    "e\u0301",
    "[red]",
    "\x1b[31m",
    "\u202e",
    "\t",
    "x" * 40,
]
TITLES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map(" ".join)


def columns(text: str) -> int:
    """The columns of a text as terminals count them, by the Unicode database."""
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return wide - sum(unicodedata.category(c) == "Mn" for c in text)


def hostile_plan(title: str) -> PlanDocument:
    plan = long_plan(2, "wishes", title=title)
    plan["actions"][0]["detail"] = title
    plan["lists"][0]["notice"] = title
    row: dict[str, Any] = {
        **{key: plan["actions"][0][key] for key in ("media", "is_4k", "seasons", "lists")},
        "matched_by": None,
        "detail": title,
    }
    verdicts: Any = [{**row, "reason": "ambiguous"}, {**row, "reason": "quota"}]
    return {**plan, "verdicts": verdicts}


@settings(max_examples=30, deadline=None)
@given(TITLES, st.sampled_from([80, 100, 200]))
@example("七人の侍 " * 30, 80)
def test_no_line_is_wider_than_the_terminal(title: str, width: int) -> None:
    text = text_of(plan_lines(hostile_plan(title)), Look(width, is_colored=True))
    plain = ESCAPE.sub("", text)
    assert max(map(columns, plain.splitlines())) <= width
    assert {c for c in plain if unicodedata.category(c)[0] == "C"} == {"\n"}


@settings(max_examples=20, deadline=None)
@given(TITLES)
def test_a_terminal_shows_the_rows_of_a_pipe(title: str) -> None:
    lines = list(plan_lines(hostile_plan(title)))
    piped = text_of(lines)
    assert len(piped.splitlines()) == len(lines)
    assert ESCAPE.sub("", text_of(lines, Look(None, is_colored=True))) == piped
    wrapped = text_of(lines, Look(80))
    assert sorted("".join(wrapped.split())) == sorted("".join(piped.split()))


def test_long_cells_wrap_under_their_own_beginning() -> None:
    line = Line(
        (Cell("one two three four", width=10), Cell("tv", width=4), Cell("word " * 12)),
        Cell("  + "),
    )
    assert text_of([line], Look(60)).splitlines() == [
        "  + one two     tv    word word word word word word word",
        "    three four        word word word word word",
    ]


def test_a_command_in_backticks_stays_on_one_line() -> None:
    line = Line((Cell(f"{'word ' * 10}`listsync plan --out FILE` {'word ' * 9}`x {'y ' * 40}`"),))
    lines = text_of([line], Look(60)).splitlines()
    assert lines[:2] == [
        "word word word word word word word word word word",
        "`listsync plan --out FILE` word word word word word word",
    ]
    assert max(map(len, lines)) <= 60


CELLS = st.builds(Cell, TITLES, st.just(""), st.integers(0, 90))


@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=6), st.integers(60, 200))
@example([Cell("x" * 90), Cell("")], 60)
def test_any_cells_fit_any_terminal(cells: list[Cell], width: int) -> None:
    text = text_of([Line(tuple(cells), Cell("  + "))], Look(width))
    assert max(map(columns, text.splitlines())) <= width


@settings(max_examples=40, deadline=None)
@given(st.one_of(TITLES, st.text("'\"$ a", min_size=1).filter(lambda text: "a" in text)))
def test_a_command_is_never_wrapped(title: str) -> None:
    plan = hostile_plan(title)
    plan["verdicts"][0]["media"] = {"type": None, "title": title, "year": None, "ids": {}}
    lines = text_of(plan_lines(plan), Look(80)).splitlines()
    (command,) = [line for line in lines if line.startswith("      listsync explain ")]
    program, verb, argument = shlex.split(command)
    part = argument.removeprefix('title:"').removesuffix('"')
    assert (program, verb) == ("listsync", "explain")
    assert part in words.clean(title)


def test_markup_in_a_title_is_text() -> None:
    assert text_of([Line((Cell("[red]x[/red] :smile:", "title"),))], Look(80, is_colored=True)) == (
        "\x1b[1m[red]x[/red] :smile:\x1b[0m\n"
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("color", "environment", "is_terminal", "look"),
    [
        ("auto", {}, True, Look(100, is_colored=True)),
        ("auto", {}, False, PLAIN),
        ("auto", {"TERM": "dumb"}, True, PLAIN),
        ("auto", {"NO_COLOR": "1"}, True, Look(100)),
        ("auto", {"FORCE_COLOR": "1"}, False, Look(None, is_colored=True)),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, PLAIN),
        ("auto", {"NO_COLOR": ""}, True, Look(100, is_colored=True)),
        ("never", {"FORCE_COLOR": "1"}, True, Look(100)),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, Look(None, is_colored=True)),
        ("auto", {"COLUMNS": "40"}, True, Look(None, is_colored=True)),
    ],
)
def test_the_look_suits_stream_option_and_environment(
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    environment: dict[str, str],
    is_terminal: bool,  # noqa: FBT001
    look: Look,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", "COLUMNS": "100", **environment}.items():
        monkeypatch.setenv(name, value)
    assert look_of(Terminal() if is_terminal else io.StringIO(), color) == look
