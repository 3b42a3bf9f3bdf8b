"""Foreign text in every place of a document goes into no form of it as more than text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.core.model import Item, Kind
from reconciler.render.document import json_text
from reconciler.render.markdown import fetch_markdown, plan_markdown
from reconciler.render.rows import fetch_document
from tests.loop.test_markdown import check_structure
from tests.loop.test_prune_text import document_of
from tests.loop.world import World, by_tmdb, explain_text, fetch_text, plan_text

EVIL = (
    "@anna|a`b`<details>&lt;[x](http://evil)\n# www.evil.com \x1b[31m\u202e GH-1 #12\u2028- y "
    "</details><!-- ${{ x }} $(x) :smile: \ud800 'q' \"q\""
)
OWN = {  # words of our own, or numbers in hexadecimal: nothing foreign can be in them
    "op", "reason", "expected", "outcome", "role", "type", "plan_id", "generation", "result",
    "flavour", "matched_by", "route", "digest", "checksum", "format_version", "would", "kind",
}  # fmt: skip


def soiled(value: Any, key: str = "") -> Any:  # noqa: ANN401 - any document
    """The document with foreign text in every place that may have some."""
    if key in OWN:
        return value
    if isinstance(value, dict):
        return {name: soiled(member, name) for name, member in value.items()}
    if isinstance(value, list) and key == "lists" and value and isinstance(value[0], str):
        return value  # names that lead from a row to its list
    if isinstance(value, list | tuple):
        return [soiled(member, key) for member in value]
    return EVIL if isinstance(value, str) else value


@pytest.fixture
def document(world: World) -> Any:  # noqa: ANN401 - what a plan looks like
    """A plan with actions, titles that wait, that need somebody, that are filtered, and a stop."""
    world.follow(
        by_tmdb(FILMS[0]),
        by_tmdb(SHOWS[0]),
        Item(1, "Nobody knows", 2031, Kind.MOVIE),
        by_tmdb(FILMS[1]),
        **{"4k": True, "max_per_run": 1, "filter": {"exclude_titles": [FILMS[1].title]}},
    )
    made: Any = document_of(world.look())
    made["stopped"] = [{"message": "x", "hint": "x"}]
    made["lists"][0]["problem"] = "x"
    made["lists"][0]["fetch"] |= {"error": "x", "note": "x", "outcome": "incomplete"}
    made["lists"][0]["delivery"] = {
        "movie": {"server": "x", "profile": "x", "root_folder": "x", "tags": ["x"]}
    }
    for row in made["actions"]:
        row |= {"result": "failed", "message": "x"}
    evil = soiled(made)
    evil["lists"][0]["name"] = made["lists"][0]["name"]
    return evil


def check_markdown(text: str) -> None:
    """No markup, link, mention, number or emoji, unless a character before it disables it."""
    assert re.search(r"@\u200banna", text)
    for sign in (
        r"@(?!\u200b)",
        r"(?<!\\)<(?!/?(?:details|summary)>)",
        r"(?<!\\)[\[\]$&]",
        r"://|www\.|:smile",
        r"GH\\?-\d|#\d",
    ):
        assert re.findall(sign, text) == []


def test_a_plan_in_markdown_holds_foreign_text_as_text_alone(document: Any) -> None:  # noqa: ANN401
    text = plan_markdown(document)
    check_structure(text)
    check_markdown(text)
    assert text.count("<details>") == text.count("</details>") == 1


@pytest.mark.parametrize("form", [plan_text, plan_markdown])
def test_no_form_of_a_plan_holds_control_characters(
    document: Any,  # noqa: ANN401
    form: Callable[[Any], str],
) -> None:
    check_plain(form(document))


def check_plain(text: str) -> None:
    """No character that moves, colours, reorders or breaks lines, but our own line ends."""
    controls = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert controls <= {"\n", "\u200b"}


@pytest.mark.parametrize(("form", "is_markdown"), [(fetch_text, False), (fetch_markdown, True)])
def test_a_list_in_every_form_holds_foreign_text_as_text_alone(
    world: World,
    form: Callable[[Any], str],
    is_markdown: bool,  # noqa: FBT001
) -> None:
    world.follow(by_tmdb(FILMS[0]))
    (snapshot,) = world.look().snapshots.values()
    made: Any = fetch_document("wishes", "imdb:ls1", snapshot)
    made |= {"error": "x", "note": "x", "outcome": "incomplete"}
    text = form(soiled(made))
    check_plain(text)
    if is_markdown:
        check_markdown(text)
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines()[-3:]}) == 1


def test_an_explanation_holds_foreign_text_on_its_own_line() -> None:
    explanation: Any = {
        "media": {"type": "movie", "title": EVIL, "year": 2021, "ids": {"trakt": EVIL}},
        "is_4k": False,
        "lists": [
            {
                "name": EVIL,
                "role": "request",
                "position": 1,
                "ids": {"trakt": EVIL},
                "fresh": True,
                "facts": {"genres": {"value": [EVIL], "by": "the list"}},
                "notice": EVIL,
                "episode": {"imdb": EVIL, "title": EVIL},
            }
        ],
        "resolved": {
            "tmdb": 1,
            "by": "imdb",
            "candidates": [{"type": "movie", "tmdb": 1, "title": EVIL, "year": 2021}],
        },
        "server": {"blocklisted": False, "media": [], "seasons": {}, "requests": []},
        "airing": {},
        "memory": {"seen": [], "failures": 0, "retries": 0, "not_before": None},
        "verdict": {
            "word": "request",
            "seasons": None,
            "detail": EVIL,
            "reason": "missing",
            "requester": {"name": EVIL, "id": 1},
            "expected": "pending",
            "delivery": None,
        },
        "would_change": EVIL,
    }
    text = explain_text([explanation], EVIL)
    check_plain(text)
    assert len(text.splitlines()) == 12
    check_plain(explain_text([], EVIL))


def test_a_long_title_is_cut_everywhere_but_in_json(world: World) -> None:
    world.follow(Item(1, "x" * 100_000, 2031, Kind.MOVIE))
    document: Any = document_of(world.look())
    assert max(map(len, plan_text(document).splitlines())) < 1_000
    assert "x" * 299 + "…" in plan_text(document)
    assert "x" * 100_000 in json_text(document)


def test_json_escapes_what_acts_on_a_terminal() -> None:
    document = {"title": "a\x9b\u2028\u202e\u2066\ufeffé"}
    text = json_text(document)
    check_plain(text)
    assert "é" in text
    assert json.loads(text) == document
