"""Errors of variables, and of YAML that is valid but not supported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

FILE = (
    "server:\n  url: http://seerr:5055\n  api_key: ${KEY}\n"  # lines 1 to 3
    "lists:\n  top:\n    source: imdb:top\n"  # lines 4 to 6
)


@pytest.mark.parametrize(
    ("lines", "where", "message"),
    [
        pytest.param(
            "  top: {source: ls1}",
            "7:3 lists.top",
            "duplicate key, first on line 5; remove one of the two",
            id="list twice",
        ),
        pytest.param(
            "    source: ls1",
            "7:5 lists.top.source",
            "duplicate key, first on line 6; remove one of the two",
            id="key twice",
        ),
        pytest.param(
            "    <<: {top: 3}",
            "7:5 lists.top.<<",
            "merge keys are not supported; write out the keys, or use defaults:",
            id="merge key",
        ),
        pytest.param(
            "    ? [a, b]\n    : c",
            "7:7 lists.top",
            "a key must be a single word",
            id="complex key",
        ),
        pytest.param(
            "    top: !!int 3", "7:10", "tags (!…) are not supported; remove the tag", id="tag"
        ),
        pytest.param(
            "    requester: ${NOBODY}",
            "7:16 lists.top.requester",
            "${NOBODY} is not set; set this environment variable",
            id="unset variable",
        ),
        pytest.param(
            "    requester: ${EMPTY:?who asks}",
            "7:16 lists.top.requester",
            "${EMPTY} is not set: who asks",
            id="variable with a message",
        ),
        pytest.param(
            "    requester: $USER",
            "7:16 lists.top.requester",
            "unescaped $ before a name; use ${NAME} for a variable, $$ for a dollar sign",
            id="variable without braces",
        ),
        pytest.param(
            "    requester: ${a-b}",
            "7:16 lists.top.requester",
            "this ${ does not begin a variable; use ${NAME}, ${NAME:-default} or ${NAME:?message}",
            id="broken variable",
        ),
        pytest.param(
            '    requester: "a\n      b"',
            "7:16 lists.top.requester",
            "the value spans several lines; check for an unclosed quote",
            id="several lines",
        ),
        pytest.param(
            '    requester: "a\\x07"',
            "7:16 lists.top.requester",
            "the value contains a line break or an invalid character",
            id="control character",
        ),
        pytest.param(
            'map:\n  title:Dune: tmdb:movie:1\n  title:"Dune": tmdb:movie:2',
            "8:3 map",
            '"title:Dune" and "title:"Dune"" are the same item; remove one of the two',
            id="map twice",
        ),
    ],
)
def test_an_unusable_value_or_key_is_reported(
    problems_of: Callable[..., list[str]], lines: str, where: str, message: str
) -> None:
    env = {"KEY": "the-key", "EMPTY": ""}

    assert problems_of(f"{FILE}{lines}\n", env) == [f"listsync.yaml:{where}: {message}"]


def test_every_unset_variable_of_a_value_is_reported(
    problems_of: Callable[..., list[str]],
) -> None:
    assert problems_of(f"{FILE}ledger: ${{A}}/${{B}}\n") == [
        "listsync.yaml:7:9 ledger: ${A} is not set; set this environment variable",
        "listsync.yaml:7:9 ledger: ${B} is not set; set this environment variable",
    ]


def test_a_section_that_is_a_variable_is_reported_once(
    problems_of: Callable[..., list[str]],
) -> None:
    assert problems_of(f"{FILE}browser: ${{A}}\n") == [
        "listsync.yaml:7:10 browser: ${A} is not set; set this environment variable"
    ]
