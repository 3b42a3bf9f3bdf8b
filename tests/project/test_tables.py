"""Tables of the pages, row by row against the code they describe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.core.match import by_title
from reconciler.core.model import (
    ATTENTION,
    DEFERRED,
    ENDLESS_TOP,
    Candidate,
    Expected,
    Item,
    Kind,
    Match,
    MediaKey,
    Op,
    Outcome,
    Reason,
    Result,
    Target,
    User,
)
from reconciler.core.rights import expected
from reconciler.overseerr import translate
from reconciler.sources.registry import SOURCES as READ
from reconciler.sources.registry import recognize_list
from tests.core.test_completeness_table import TABLE as COMPLETENESS_TABLE
from tests.project import places
from tests.sources.pasted import PASTED

SOURCES = places.DOCS / "sources"
PLAN = places.DOCS / "reading-a-plan.md"
PERMISSIONS = places.SERVERS / "permissions.md"
SERVERS = places.SERVERS / "README.md"
COMPLETENESS = places.INTERNALS / "completeness.md"
MATCHING = places.INTERNALS / "matching.md"
RESERVED: set[Reason] = set()


def first_cells(page: Path, heading: str) -> list[str]:
    return [row[0].strip("`") for row in places.table(page, heading)]


def test_every_outcome_of_a_fetch_is_documented() -> None:
    assert first_cells(SOURCES / "outcomes.md", "# Outcomes") == [
        str(outcome) for outcome in Outcome
    ]


def test_every_source_is_documented_and_whether_its_charts_are_endless() -> None:
    table = places.table(SOURCES / "README.md", "## At a glance")
    rows = {row[0].partition("]")[0].strip("["): row[3] for row in table}
    endless = {name for name, texts in PASTED.items() if any(map(is_endless, texts))}
    assert list(rows) == list(READ)
    assert {
        name for name, documented in rows.items() if f"{ENDLESS_TOP} by default" in documented
    } == endless


def is_endless(text: str) -> bool:
    try:
        return recognize_list(text).endless
    except ValueError:
        return False


def test_every_action_is_documented() -> None:
    documented = first_cells(PLAN, "## Actions")
    assert documented == [str(op) for op in Op]


def test_every_verdict_is_documented_in_the_order_of_its_group() -> None:
    documented = first_cells(PLAN, "## Verdicts")
    assert documented == [str(reason) for reason in Reason if reason not in RESERVED]
    waiting = [word for word in documented if word in DEFERRED]
    assert (waiting[0], waiting[-1]) == ("over-cap", "backing-off")
    assert documented[documented.index("ambiguous") :] == [
        word for word in documented if word in ATTENTION
    ]


def test_the_reserved_verdicts_are_documented() -> None:
    text = PLAN.read_text(encoding="utf-8")
    assert [reason for reason in RESERVED if f"`{reason}`" not in text] == []


def test_every_result_is_documented() -> None:
    documented = first_cells(PLAN, "## Results")
    assert documented == [str(result) for result in Result]


TITLE = re.compile(r"(?:(?P<kind>film|show) )?(?P<title>.+?)(?: \((?P<year>\d{4})\))?")
KINDS = {"film": Kind.MOVIE, "show": Kind.TV, None: None}
MATCHED = places.table(MATCHING, "## Titles")


def candidate(text: str, number: int) -> Candidate:
    parts = TITLE.fullmatch(text)
    assert parts is not None
    kind = KINDS[parts["kind"]]
    assert kind is not None
    return Candidate(MediaKey(kind, number), parts["title"], None, int(parts["year"]))


@pytest.mark.parametrize(
    ("listed", "candidates_text", "comes_to"), MATCHED, ids=[" ↔ ".join(r) for r in MATCHED]
)
def test_a_title_comes_to_what_the_page_says(
    listed: str, candidates_text: str, comes_to: str
) -> None:
    parts = TITLE.fullmatch(listed)
    assert parts is not None
    year = int(parts["year"]) if parts["year"] else None
    item = Item(1, parts["title"], year, KINDS[parts["kind"]])
    candidates = [
        candidate(text, number) for number, text in enumerate(candidates_text.split("; "), 1)
    ]
    match = by_title(item, candidates)
    if isinstance(match, Match):
        texts = dict(zip((c.media for c in candidates), candidates_text.split("; "), strict=True))
        assert texts[match.media] == comes_to
    else:
        assert match.reason == comes_to


REQUEST = 32 | 1024  # what an approval at once needs besides

RIGHTS = [
    (row[0], int(bit), kinds)
    for row in places.table(PERMISSIONS, "# Permissions")
    for bit, kinds in zip(row[1:], (tuple(Kind), (Kind.MOVIE,), (Kind.TV,)), strict=True)
]


@pytest.mark.parametrize(("right", "bit", "kinds"), RIGHTS)
def test_a_bit_gives_the_right_that_the_page_says(
    right: str, bit: int, kinds: tuple[Kind, ...]
) -> None:
    at_once, in_4k = right.startswith("approved"), right.endswith("in 4K")
    user = User(1, "anna", bit | (REQUEST if at_once else 0))
    without = Expected.PENDING if at_once else Expected.REFUSED
    gained = Expected.APPROVED if at_once else Expected.PENDING
    for kind in Kind:
        for is_4k in (False, True):
            outlook = expected(user, Target(MediaKey(kind, 1), is_4k))
            assert outlook is (gained if kind in kinds and is_4k == in_4k else without)


@pytest.mark.parametrize("row", places.table(SERVERS, "## Numbers"), ids=lambda row: row[0])
def test_a_number_means_what_the_page_says(row: list[str]) -> None:
    number, request, media = int(row[0]), row[1], row[2]
    assert str(translate.media_status(number)) == media
    if request:
        assert str(translate.request_status(number)) == request


def test_the_rules_of_complete_lists_are_those_of_the_code() -> None:
    documented = places.tables(COMPLETENESS, "## The rules")[0]
    assert [tuple(row) for row in documented] == COMPLETENESS_TABLE


def test_the_end_of_a_list_is_documented_for_every_source() -> None:
    rows = places.table(COMPLETENESS, "## What ends a list")
    assert list(dict.fromkeys(row[0].partition(",")[0] for row in rows)) == list(READ)
    assert all(row[4].strip() for row in rows)
