"""Notices as messages: short, and nothing in them calls, runs or leads anywhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model import Done, Event, Notice, Op, PerformedAction, Result
from reconciler.render.notification import TITLES, message

LONGEST = 1800  # characters; the chat service with the shortest messages takes 2,000


def deed(title: str = "Dune", result: Result = Result.CREATED, **more: object) -> PerformedAction:
    plain = PerformedAction(
        op=Op.REQUEST,
        title=title,
        year=2021,
        seasons=None,
        is_4k=False,
        lists=("kids", "more"),
        done=Done(result),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def body_about(title: str) -> str:
    """The message about one title."""
    return message(Notice(Event.APPLIED, deeds=(deed(title),))).body


def test_a_digest_tells_each_title_with_its_outcome_and_its_list() -> None:
    done = (
        deed(),
        deed("The Bear", year=None, seasons=(1, 2, 3), is_4k=True),
        deed("Heat", Result.FAILED),
    )

    digest = message(Notice(Event.APPLIED, deeds=done))

    assert digest.title == "listsync: 2 created, 1 failed"
    assert digest.body.splitlines() == [
        "Dune (2021): created, for kids",
        "The Bear S1-3 4K: created, for kids",
        "Heat (2021): failed, for kids",
    ]


def test_many_titles_are_counted() -> None:
    digest = message(Notice(Event.APPLIED, deeds=(deed(),) * (TITLES + 2)))

    assert len(digest.body.splitlines()) == TITLES + 1
    assert digest.body.endswith("and 2 more: listsync history")


@pytest.mark.parametrize(
    ("notice", "title", "first"),
    [
        pytest.param(
            Notice(Event.STALLED, "kids", "the list is private"),
            "listsync: kids is stalled",
            "the list is private",
            id="stalled",
        ),
        pytest.param(
            Notice(Event.RECOVERED, "kids"),
            "listsync: kids has recovered",
            "The list can be read and applied again.",
            id="recovered",
        ),
        pytest.param(
            Notice(Event.CONFIG_INVALID, why="listsync.yaml:1:1: it is empty"),
            "listsync: the config is invalid",
            "listsync.yaml:1:1: it is empty",
            id="config-invalid",
        ),
        pytest.param(
            Notice(Event.RIGHTS_WAITING, why="takes effect by noon: wishes: 4k is turned on"),
            "listsync: a config change that gives listsync more permissions is waiting",
            "takes effect by noon: wishes: 4k is turned on",
            id="rights-waiting",
        ),
    ],
)
def test_an_event_says_what_happened(notice: Notice, title: str, first: str) -> None:
    sent = message(notice)

    assert (sent.title, sent.body.splitlines()[0]) == (title, first)


@pytest.mark.parametrize(
    ("scraped", "harmless"),
    [
        pytest.param("@everyone Dune", "(at)everyone Dune", id="everybody"),
        pytest.param("\uff20here", "(at)here", id="look-alike"),
        pytest.param("<@123> and <!channel>", "((at)123) and (!channel)", id="by number"),
        pytest.param("[Dune](https://evil.test)", "(Dune)(https: //evil. test)", id="link"),
        pytest.param("![x][y]", "!(x)(y)", id="picture"),
        pytest.param("<b>Dune</b>", "(b)Dune(/b)", id="HTML"),
        pytest.param("Dune\r\nfake: line\x1b[31m\u202e", "Dune  fake: line(31m", id="control"),
        pytest.param("\u200b@\u200beveryone", "(at)everyone", id="invisible"),
        pytest.param("```Dune```", "'''Dune'''", id="code"),
        pytest.param("M*A*S*H & Wall·E", "M*A*S*H & Wall·E", id="an honest title"),
        pytest.param("", "an untitled entry", id="none"),
    ],
)
def test_a_scraped_title_does_nothing(scraped: str, harmless: str) -> None:
    assert body_about(scraped) == f"{harmless} (2021): created, for kids"


@given(
    text=st.text()
    | st.lists(st.sampled_from(["@", "<", "[", "](", "://", "a", "\n", "\x00"])).map("".join)
)
def test_no_foreign_text_gets_through_with_its_teeth(text: str) -> None:
    for sent in (
        message(Notice(Event.APPLIED, deeds=(deed(text),))),
        message(Notice(Event.STALLED, "kids", text)),
        message(Notice(Event.CONFIG_INVALID, why=text)),
    ):
        assert not re.search(r"[@<>\[\]`\uff20\ufe6b]|://", sent.title + sent.body)
        assert len(sent.body.splitlines()) == 1 + (sent.event is not Event.APPLIED)
        shown = sent.body.replace("\n", "")
        assert not [char for char in shown if unicodedata.category(char)[0] == "C"]


def test_the_longest_message_is_taken_by_every_service() -> None:
    endless = "@" * 9000

    assert len(message(Notice(Event.APPLIED, deeds=(deed(endless),) * 500)).body) < LONGEST
    assert len(message(Notice(Event.STALLED, "k" * 64, endless)).body) < LONGEST


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("see evil.example now", "see evil. example now"),
        ("www.evil.example/x", "www. evil. example/x"),
        ("evil\u3002example", "evil. example"),
        ("xn--e1a.xn--p1ai", "xn--e1a. xn--p1ai"),
        ("S.W.A.T.", "S.W.A.T."),
        ("Vol. 2", "Vol. 2"),
        ("3.14", "3.14"),
    ],
)
def test_no_title_is_a_link_by_its_domain(title: str, shown: str) -> None:
    assert body_about(title).startswith(f"{shown} (2021)")
