"""Config errors on a terminal: the line of the file, the mark below it, and the hint behind it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from reconciler.config import Config
from reconciler.errors import ConfigError, Diagnostic
from reconciler.render.config_errors import config_error_lines
from reconciler.render.layout import Look, text_of

TEXT = """\
server: {url: http://seerr:5055, api_key: abcdef}
lists:
  kids:
    source: imdb:top
    intervl: 1h
    seasons: frist
    requester: abcdef
"""


def error_of(*diagnostics: Diagnostic) -> ConfigError:
    lines = tuple(f"{each.where} {each.problem}" for each in diagnostics)
    return ConfigError(lines, where="listsync.yaml", diagnose=lambda: diagnostics)


def error_text(error: ConfigError, width: int = 80, *, is_colored: bool = False) -> str:
    return text_of(config_error_lines(error, width), Look(width, is_colored))


def marked(source: str, part: str, *, hint: str = "", width: int = 80) -> list[str]:
    """The line of the file, and what is below it."""
    start = source.index(part)
    diagnostic = Diagnostic("f:7:1", "wrong", hint, 7, source, start, start + len(part))
    return error_text(error_of(diagnostic), width).splitlines()[1:-1]


def test_all_errors_are_shown_with_their_lines(read_config: Callable[..., Config]) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(TEXT)

    assert error_text(caught.value).splitlines() == [
        'listsync.yaml:5:5: error: unknown key "intervl" in list "kids"',
        "    5 |     intervl: 1h",
        '      |     ^^^^^^^ did you mean "interval"?',
        'listsync.yaml:6:14: error: lists.kids.seasons: "frist" does not select seasons',
        "    6 |     seasons: frist",
        "      |              ^^^^^ use all, first, latest, first 2, last 3, 1-3 or [1,",
        "                           4]",
        "2 errors. Nothing was changed.",
    ]


def test_a_line_with_a_secret_is_named_and_not_shown(read_config: Callable[..., Config]) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(TEXT.replace("intervl", "interval").replace("frist", "first"))

    assert error_text(caught.value, 120).splitlines()[-3:] == [
        "    7 | line not shown: it may contain a secret",
        "      = use another value here",
        "1 error. Nothing was changed.",
    ]


def test_a_tab_and_wide_characters_keep_the_mark_below_its_place() -> None:
    assert marked("\t電影: 可能 # x", "可能") == [
        "    7 |     電影: 可能 # x",
        "      |           ^^^^",
    ]


def test_a_hint_of_many_lines_has_the_whole_width() -> None:
    hint = " ".join(["imdb:ls…,"] * 30)
    lines = marked("    source: nonsense", "nonsense", hint=hint)
    assert lines[1] == "      |             ^^^^^^^^"
    assert lines[2].startswith("      = imdb:ls…, imdb:ls…, imdb:ls…")
    assert len(lines) < 8


def test_a_character_without_a_shape_is_replaced() -> None:
    assert marked("a: \u202eb", "b")[0] == "    7 | a: \N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("before", [0, 30, 300])
@pytest.mark.parametrize("behind", [0, 300])
@pytest.mark.parametrize("filler", ["x", "影"])
def test_a_long_line_is_cut_around_its_place(before: int, behind: int, filler: str) -> None:
    source = f"{filler * before}HERE{filler * behind}"

    shown, mark = (line[8:] for line in marked(source, "HERE"))

    column = cell_len(shown.partition("HERE")[0])
    assert mark == " " * column + "^^^^"
    assert cell_len(shown) <= 72
    assert ("…" in shown) == (cell_len(source) > 72)


def test_a_long_place_is_marked_as_far_as_it_is_shown() -> None:
    shown, mark = marked("k: " + "x" * 500, "x" * 500)
    assert len(shown) == len(mark) + 1 <= 80  # the dots have no mark


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    place = f"{'folder/' * 12}listsync.yaml:123456:1"
    words = "several words " * 20
    text = error_text(
        error_of(
            Diagnostic(place, words, words, 123_456, "x" * 500, 490, 500),
            Diagnostic(place, words, words, 3, None, 0, 1),
        ),
        width,
    )
    breakable = re.sub(r"(folder/)+\S*", "", text)
    assert max(map(cell_len, breakable.splitlines())) <= width


def test_a_file_that_cannot_be_read_has_no_line() -> None:
    error = ConfigError(("listsync.yaml: no such file",), where="listsync.yaml")
    assert error_text(error) == "listsync.yaml: no such file\n1 error. Nothing was changed.\n"


def test_only_the_mark_is_red() -> None:
    diagnostic = Diagnostic("f:7:1", "wrong", "write b", 7, "a: x", 3, 4)
    assert error_text(error_of(diagnostic), is_colored=True).splitlines() == [
        "\x1b[1;31mf:7:1: error: \x1b[0m\x1b[1mwrong\x1b[0m",
        "    7 | a: x",
        "\x1b[1;31m      |    ^ \x1b[0mwrite b",
        "1 error. Nothing was changed.",
    ]
