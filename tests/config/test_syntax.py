"""Invalid YAML, or YAML of a kind that is not read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.config import decode
from reconciler.config.syntax import compose
from reconciler.errors import ConfigError

FILE = "server: {}\nmap: {}\n"


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        pytest.param("", "1:1", "the file is empty; it needs server: and lists:", id="empty"),
        pytest.param(
            "# only this\n", "1:1", "the file is empty; it needs server: and lists:", id="comment"
        ),
        pytest.param(
            "- a\n- b\n",
            "1:1",
            "the file must be a mapping that begins with server: and lists:",
            id="list",
        ),
        pytest.param(
            "hello",
            "1:1",
            "the file must be a mapping that begins with server: and lists:",
            id="text",
        ),
        pytest.param(
            FILE + "---\n" + FILE,
            "3:1",
            "only one YAML document is allowed; remove the ---",
            id="two documents",
        ),
        pytest.param("server:\n\turl: x\n", "2:1", "contains a tab; indent with spaces", id="tab"),
        pytest.param(
            "server:\n  url http://x\n  api_key: k\n",
            "3:10",
            'unexpected ":"; check the indentation, or quote the value',
            id="no colon",
        ),
        pytest.param(
            "server: {}\nlists\nmap: {}\n",
            "3:1",
            'this line is not "key: value"; put a space after the ":"',
            id="bare word",
        ),
        pytest.param(
            "server: a: b\n",
            "1:10",
            'unexpected ":"; check the indentation, or quote the value',
            id="two colons",
        ),
        pytest.param(
            "server:\n   url: x\n  api_key: k\n",
            "3:3",
            "the indentation does not match the lines above",
            id="indentation",
        ),
        pytest.param('server:\n  url: "http\n', "2:8", "a quote is not closed", id="quote"),
        pytest.param(
            "lists: {a: b\nmap: c\n",
            "2:4",
            "a bracket is not closed, or a comma is missing",
            id="bracket",
        ),
        pytest.param(
            "lists: *all\n",
            "1:8",
            'a "*" refers to an unknown anchor; quote a value that begins with *',
            id="alias",
        ),
        pytest.param(
            'ledger: "C:\\Users"\n',
            "1:14",
            "a \\ in double quotes begins an escape; use single quotes",
            id="escape",
        ),
        pytest.param(
            "ledger: @home\n",
            "1:9",
            "a value cannot begin with this character; quote the value",
            id="at sign",
        ),
        pytest.param(
            "server: {url: ${X}}\n",
            "1:15",
            'inside {…} and […] a variable needs quotes; quote it: "${X}"',
            id="variable in braces",
        ),
        pytest.param(
            "exclude: [${X:-}]\n",
            "1:11",
            'inside {…} and […] a variable needs quotes; quote it: "${X:-}"',
            id="variable in brackets",
        ),
        pytest.param(
            "a: b\nc: \x07\n",
            "2:4",
            "an invalid character; remove it",
            id="control character",
        ),
        pytest.param(
            'a: "\\UFFFFFFFF"\n',
            "1:1",
            "this is not YAML; check the indentation, the quotes and the colons here",
            id="no code point",
        ),
        pytest.param(
            "a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
            "1:23",
            "nested too deeply",
            id="deep",
        ),
        pytest.param(
            "a: &a [*a, *a, *a]\n",
            "1:1",
            "aliases (*…) make the file too large",
            id="alias of itself",
        ),
    ],
)
def test_invalid_yaml_is_reported_in_one_line(
    problems_of: Callable[..., list[str]], text: str, where: str, message: str
) -> None:
    assert problems_of(text)[0] == f"listsync.yaml:{where}: {message}"


PLAIN = "replace them with plain spaces"


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        pytest.param(
            "server:\n\u00a0\u00a0url: x\n\u00a0\u00a0api_key: k\n",
            "2:1",
            f"no-break spaces (U+00A0) where YAML needs plain spaces; {PLAIN} in lines 2, 3",
            id="no-break spaces as indentation",
        ),
        pytest.param(
            "server:\n  url: x\n  \u3000api_key: k\n",
            "3:3",
            f"ideographic spaces (U+3000) where YAML needs plain spaces; {PLAIN} in this line",
            id="an ideographic space among plain ones",
        ),
        pytest.param(
            "server:\n \u202furl: x\n\u2007api_key: k\n",
            "2:2",
            "figure spaces (U+2007) and narrow no-break spaces (U+202F) where YAML needs plain"
            f" spaces; {PLAIN} in lines 2, 3",
            id="two kinds",
        ),
        pytest.param(
            "server:\n  \u200burl: x\n",
            "2:3",
            "zero width spaces (U+200B) where YAML needs plain spaces; remove them in this line",
            id="a character without a width before a key",
        ),
        pytest.param(
            "server: {}\n\ufefflists: {}\n",
            "2:1",
            "zero width no-break spaces (U+FEFF) where YAML needs plain spaces; remove them in this"
            " line",
            id="a byte order mark in the middle",
        ),
        pytest.param(
            "exclude:\n  - tt0111161\n  -\u00a0tt0068646\n",
            "3:4",
            f"no-break spaces (U+00A0) where YAML needs plain spaces; {PLAIN} in this line",
            id="after a dash",
        ),
        pytest.param(
            "server:\n  url:\u00a0x\n",
            "2:7",
            f"no-break spaces (U+00A0) where YAML needs plain spaces; {PLAIN} in this line",
            id="after a colon",
        ),
        pytest.param(
            "server:\n  url\u00a0: x\n",
            "2:6",
            f"no-break spaces (U+00A0) where YAML needs plain spaces; {PLAIN} in this line",
            id="before a colon",
        ),
        pytest.param(
            "server: {url: x,\u00a0api_key: k}\n",
            "1:17",
            f"no-break spaces (U+00A0) where YAML needs plain spaces; {PLAIN} in this line",
            id="before a key in braces",
        ),
        pytest.param(
            "server:\n  \u2065url: x\n",
            "2:3",
            "invisible characters (U+2065) where YAML needs plain spaces; remove them in this line",
            id="a character without a name",
        ),
        pytest.param(
            "server: {}\n" + "\u00a0a: b\n" * 7,
            "2:1",
            f"no-break spaces (U+00A0) where YAML needs plain spaces; {PLAIN} in lines 2, 3, 4, 5,"
            " 6 and 2 more",
            id="in many lines",
        ),
        pytest.param(
            "server:\n   url: x\n\u00a0 api_key: k\n  a: b\n",
            "3:1",
            f"no-break spaces (U+00A0) where YAML needs plain spaces; {PLAIN} in this line",
            id="where the indentation does not fit afterwards",
        ),
    ],
)
def test_lookalikes_of_spaces_in_the_structure_are_one_problem(
    problems_of: Callable[..., list[str]], text: str, where: str, message: str
) -> None:
    assert problems_of(text) == [f"listsync.yaml:{where}: {message}"]


@pytest.mark.parametrize(
    "text",
    [
        'a: "b\n  \u00a0c: d"\n',
        "a: 'b\n  \u00a0c'\n",
        "a: |\n  b\n  \u00a0c: d\n",
        "a: >\n  \u3000c\n",
        'a: "\u00a0b"\n',
        "a: b\u00a0c\u200b (2001)\n",
        "# \u00a0a comment\na: b # \u00a0\n",
        "- title:\u00a0Heat (1995)\n",
        "a: b,\u00a0c\n",
        'a: ["b,\u00a0c: d"]\n',
    ],
    ids=[
        "in double quotes",
        "in single quotes",
        "in a block",
        "in a folded block",
        "at the beginning of a quoted value",
        "within a value",
        "in comments",
        "in the value of an entry",
        "after a comma",
        "after a comma in quotes",
    ],
)
def test_lookalikes_of_spaces_in_a_text_are_text(text: str) -> None:
    node, problems = compose(text)
    assert node is not None
    assert problems == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a: "b\n\u00a0c: d\n', "1:4: a quote is not closed"),
        ("\u00a0a: \x07\n", "1:5: an invalid character; remove it"),
    ],
    ids=["an open quote", "a control character"],
)
def test_what_is_wrong_before_them_comes_first(text: str, message: str) -> None:
    _, (problem,) = compose(text)
    assert problem.line("x") == f"x:{message}"


CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="no reported cases here")
def test_the_reported_file_has_one_problem(problems_of: Callable[..., list[str]]) -> None:
    text = decode((CASES / "no-break-spaces.yaml").read_bytes(), "listsync.yaml")
    (problem,) = problems_of(text)
    assert problem.startswith("listsync.yaml:2:1: no-break spaces (U+00A0)")


def test_aliases_cannot_make_the_file_explode(problems_of: Callable[..., list[str]]) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(12)
    )

    assert "listsync.yaml:1:1: aliases (*…) make the file too large" in problems_of(bomb)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"\xff\xfea\x00", "1:1", id="UTF-16"),
        pytest.param("a: b\nc: ü".encode("latin-1"), "2:4", id="Latin-1"),
        pytest.param("\ufeffü: ".encode() + b"\x80", "1:4", id="after a byte order mark"),
    ],
)
def test_a_file_that_is_not_utf8_is_reported_with_the_place(data: bytes, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decode(data, "listsync.yaml")

    assert caught.value.problems == (
        f"listsync.yaml:{place}: invalid UTF-8; save the file as UTF-8",
    )


def test_a_byte_order_mark_is_not_text() -> None:
    assert decode("\ufeffserver:\n".encode(), "listsync.yaml") == "server:\n"
