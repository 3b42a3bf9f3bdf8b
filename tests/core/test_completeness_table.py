"""The table in ``ListReading``'s docstring, row by row and in its order, against its decisions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import combinations

import pytest

from reconciler.core.completeness import ListReading, Page, checked, compared
from reconciler.core.model import Ids, Item, Outcome, Snapshot

WIDTH = 53  # of the table's first column, the space behind it included


def title(number: int) -> Item:
    return Item(number, f"Title {number}", ids=Ids(tmdb=number))


def titles(first: int, last: int) -> tuple[Item, ...]:
    return tuple(map(title, range(first, last + 1)))


@dataclass
class World:
    """A list of six titles on two pages, which everything speaks for, and what changes that."""

    pages: list[Page] = field(
        default_factory=lambda: [Page(titles(1, 4), 6, version="a"), Page(titles(5, 6), 6)]
    )
    most: int | None = None
    longest: int = 100
    failure: Snapshot | None = None

    def read(self) -> Snapshot:
        reading = ListReading("api", self.most, longest=self.longest)
        for page in self.pages:
            reading.add(page)
        return reading.fail(self.failure) if self.failure else reading.snapshot()

    def alter(self, at: int, **changes: object) -> None:
        self.pages[at] = replace(self.pages[at], **changes)  # type: ignore[arg-type]


FAILED = Snapshot(Outcome.RATE_LIMITED, "api", error="too many requests", retry_after=90)
NOTHING = Item(0, "")


def fail_at_once(world: World) -> None:
    world.pages, world.failure = [], FAILED


def fail_later(world: World) -> None:
    world.failure = FAILED


def name_nothing(world: World) -> None:
    world.pages = [Page((NOTHING, NOTHING), 2)]


def outgrow(world: World) -> None:
    world.longest = 2


def change(world: World) -> None:
    world.alter(1, version="b")


def cut_off(world: World) -> None:
    world.alter(-1, cut_off="paste another address")


def repeat(world: World) -> None:
    world.alter(0, items=(*world.pages[0].items, title(1)))


def deliver_less(world: World) -> None:
    world.pages = [replace(page, total=50) for page in world.pages]


def leave_a_gap(world: World) -> None:
    world.pages = [replace(page, ranked=True) for page in world.pages]
    world.alter(-1, items=(title(5), title(7)))


def garble(world: World) -> None:
    world.alter(0, items=(*world.pages[0].items[:-1], NOTHING))


def empty(world: World) -> None:
    world.pages = [Page(total=0)]


def go_on_for_ever(world: World) -> None:
    world.most = 100


def hide_the_end(world: World) -> None:
    world.pages = [replace(page, total=None, end_unknown=True) for page in world.pages]


CHANGES: dict[str, Callable[[World], None]] = {
    "a page failed, and no title had been read": fail_at_once,
    "a page failed after titles had been read": fail_later,
    "entries, but none identifies a title": name_nothing,
    "more entries than the limit of a list": outgrow,
    "the list changed while it was read": change,
    "a response that is cut off, or endless pages": cut_off,
    "an entry that appears twice in one response": repeat,
    "fewer or more entries than declared": deliver_less,
    "a chart with a gap or a repetition in its ranks": leave_a_gap,
    "an entry that cannot be read": garble,
    "no entries": empty,
    "the first titles of an endless chart": go_on_for_ever,
    "entries, and no mark of the end of the list": hide_the_end,
    "as many entries as declared, or all up to the end": lambda _: None,
}

# Each outcome's reason, as the snapshot's error begins or holds it.
SAYS = {
    "a page failed, and no title had been read": "too many requests",
    "a page failed after titles had been read": "titles were read, then this failed: too many",
    "entries, but none identifies a title": "none of them with a title or an id",
    "more entries than the limit of a list": "only the first 2 entries of a list are read",
    "the list changed while it was read": "the list changed while it was being read",
    "a response that is cut off, or endless pages": "paste another address",
    "an entry that appears twice in one response": "appeared twice, so others may be missing",
    "fewer or more entries than declared": "reports 50 titles but delivered 6",
    "a chart with a gap or a repetition in its ranks": "some ranks from 1 to 6 are missing",
    "an entry that cannot be read": "1 of 6 entries cannot be read",
}


def rows() -> list[tuple[str, str]]:
    """The docstring's rows: what was read, and the outcome."""
    _, _, table, _ = re.split(r"^ *=+ +=+\n", str(ListReading.__doc__), flags=re.MULTILINE)
    indent = len(table) - len(table.lstrip())
    lines = [line[indent:] for line in table.splitlines()]
    return [(line[:WIDTH].strip(), line[WIDTH:].strip()) for line in lines]


TABLE = rows()
BY_ROW = dict(TABLE)


def test_the_table_speaks_of_what_is_tested() -> None:
    assert [row for row, _ in TABLE] == list(CHANGES)


def check(row: str, snapshot: Snapshot) -> None:
    outcome = BY_ROW[row]
    expected = FAILED.outcome if outcome == "the outcome of that failure" else Outcome(outcome)
    assert snapshot.outcome is expected
    assert SAYS.get(row, "") in str(snapshot.error or "")
    assert bool(snapshot.error) is (row in SAYS)


@pytest.mark.parametrize("row", CHANGES)
def test_what_a_row_says_comes_of_it(row: str) -> None:
    world = World()
    CHANGES[row](world)
    check(row, world.read())


# What cannot both be so: other pages altogether, or an endless chart and a list with an end.
OTHER_PAGES = {"a page failed, and no title had been read", "no entries"} | {
    "entries, but none identifies a title"
}
ENDLESS = "the first titles of an endless chart"
OF_LISTS_WITH_AN_END = {
    "more entries than the limit of a list",
    "the list changed while it was read",
    "a response that is cut off, or endless pages",
    "an entry that appears twice in one response",
    "fewer or more entries than declared",
    "a chart with a gap or a repetition in its ranks",
    "entries, and no mark of the end of the list",
}
COUNTED = {
    "fewer or more entries than declared",
    "a chart with a gap or a repetition in its ranks",
}
UNCOUNTED = "entries, and no mark of the end of the list"


def can_both_be(first: str, other: str) -> bool:
    pair = {first, other}
    if pair & OTHER_PAGES or (UNCOUNTED in pair and pair & COUNTED):
        return False
    return not (ENDLESS in pair and pair & OF_LISTS_WITH_AN_END)


PAIRS = [pair for pair in combinations([*CHANGES][:-1], 2) if can_both_be(*pair)]


@pytest.mark.parametrize(("first", "later"), PAIRS, ids=[" | ".join(pair) for pair in PAIRS])
def test_of_two_rows_that_hold_the_first_decides(first: str, later: str) -> None:
    world = World()
    CHANGES[later](world)
    CHANGES[first](world)
    check(first, world.read())


def pages_of(counts: list[int], totals: list[int | None], **more: object) -> World:
    pages, first = [], 1
    for count, total in zip(counts, totals, strict=True):
        pages.append(Page(titles(first, first + count - 1), total, **more))  # type: ignore[arg-type]
        first += count
    return World(pages)


@pytest.mark.parametrize(
    ("counts", "totals", "outcome", "declared"),
    [
        pytest.param([4, 2], [6, 6], Outcome.COMPLETE, 6, id="counts the list"),
        pytest.param([4, 2], [4, 2], Outcome.COMPLETE, None, id="counts the page"),
        pytest.param([4, 4], [4, 4], Outcome.COMPLETE, None, id="counts full pages"),
        pytest.param([4, 4, 0], [4, 4, 0], Outcome.COMPLETE, None, id="and an empty last one"),
        pytest.param([4], [4], Outcome.COMPLETE, 4, id="a single page"),
        pytest.param([4, 2], [7, 7], Outcome.INCOMPLETE, 7, id="is never reached"),
        pytest.param([4, 2], [4, 4], Outcome.INCOMPLETE, 4, id="is passed"),
        pytest.param([4, 2], [6, 7], Outcome.INCOMPLETE, 7, id="changes"),
        pytest.param([0], [0], Outcome.EMPTY, 0, id="is zero"),
        pytest.param([0], [3], Outcome.INCOMPLETE, 3, id="but nothing arrives"),
        pytest.param([4, 2], [None, None], Outcome.COMPLETE, None, id="is not declared"),
    ],
)
def test_a_total_counts_the_list_or_the_page(
    counts: list[int], totals: list[int | None], outcome: Outcome, declared: int | None
) -> None:
    snapshot = pages_of(counts, totals).read()
    assert (snapshot.outcome, snapshot.declared_total) == (outcome, declared)


def test_an_entry_of_an_earlier_page_shows_that_the_list_moved() -> None:
    world = World([Page(titles(1, 4)), Page(titles(4, 6))])
    assert "the list changed" in str(world.read().error)


def test_a_list_that_says_it_did_not_change_may_hold_a_title_twice() -> None:
    again = replace(title(4), position=5)
    world = World([Page(titles(1, 4), 5, version="a"), Page((again,), 5, version="a")])
    snapshot = world.read()
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 5)


@pytest.mark.parametrize("version", ["", "a"], ids=["without a version", "with one"])
def test_an_entry_that_one_answer_holds_twice_does_not_count_towards_the_total(
    version: str,
) -> None:
    reading = ListReading("api")
    reading.add(Page((*titles(1, 4), title(4)), 5, version=version))
    assert (reading.entries, reading.finished) == (4, False)
    assert reading.snapshot().outcome is Outcome.INCOMPLETE


def test_a_document_may_name_a_title_twice() -> None:
    snapshot = World([Page((title(1), title(1)), 2, document=True)]).read()
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 2)


def test_an_answer_that_was_to_be_asked_for_anyway_ends_nothing_by_what_it_repeats() -> None:
    reading = ListReading("api")
    for item in (title(1), title(1), title(2)):
        reading.add(Page((item,), 3, planned=True))
        assert not reading.finished
    snapshot = reading.snapshot()
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 3)
    assert "1 entry appeared twice" in str(snapshot.error)


def test_a_page_that_comes_again_ends_the_reading() -> None:
    reading = ListReading("api")
    reading.add(Page(titles(1, 4)))
    assert not reading.finished
    reading.add(Page(titles(1, 4)))
    assert reading.finished
    assert reading.snapshot().outcome is Outcome.INCOMPLETE


def test_a_chart_without_an_end_leaves_out_what_comes_again_and_stops_when_it_has_enough() -> None:
    reading = ListReading("api", most=5)
    reading.add(Page(titles(1, 4), 1000))
    assert not reading.finished
    reading.add(Page((title(3), title(5), title(6)), 1001))
    assert reading.finished
    snapshot = reading.snapshot()
    assert [item.title[-1] for item in snapshot.items] == ["1", "2", "3", "4", "5"]
    assert (snapshot.outcome, snapshot.note) == (
        Outcome.UNVERIFIED,
        "only the first 5 of an endless chart",
    )


def test_an_unreadable_entry_is_kept_and_asks_for_nothing() -> None:
    snapshot = World([Page((title(1), NOTHING), 2)]).read()
    assert [item.unsupported for item in snapshot.items] == [None, "unknown"]


@pytest.mark.parametrize(
    "thing",
    [
        Item(1, "Anna", unsupported="person"),
        Item(1, "Title"),
        Item(1, "", ids=Ids(trakt="title")),
    ],
    ids=["another kind", "a title alone", "an id alone"],
)
def test_an_entry_that_says_what_it_is_leaves_a_list_complete(thing: Item) -> None:
    assert World([Page((thing,), 1)]).read().outcome is Outcome.COMPLETE


def test_a_blank_title_does_not_say_what_an_entry_is() -> None:
    snapshot = World([Page((title(1), Item(2, " \t")), 2)]).read()
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert "1 of 2 entries cannot be read" in str(snapshot.error)


def test_entries_that_gave_no_item_are_named_with_what_to_do() -> None:
    snapshot = World([Page(titles(1, 2), 3, unreadable=1, unreadable_hint="look at line 7")]).read()
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert snapshot.error == "1 of 3 entries cannot be read: look at line 7"


NEVER_MET = Snapshot(Outcome.INCOMPLETE, "api", declared_total=593, delivered=583, error="later")


@pytest.mark.parametrize(
    ("before", "confirmed"),
    [
        pytest.param(None, False, id="first reading"),
        pytest.param(NEVER_MET, True, id="the same numbers"),
        pytest.param(replace(NEVER_MET, delivered=580), False, id="fewer delivered before"),
        pytest.param(replace(NEVER_MET, declared_total=583), False, id="another total before"),
        pytest.param(replace(NEVER_MET, delivered=None), False, id="another trouble before"),
    ],
)
def test_a_total_that_is_missed_twice_by_the_same_is_said_to_be_never_met(
    before: Snapshot | None,
    confirmed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    after = compared(NEVER_MET, before, "Trakt")
    assert after.outcome is Outcome.INCOMPLETE
    says = "Trakt reports 593 titles but delivers 583, as it did last time"
    assert (says in str(after.error)) is confirmed
    assert ("later" in str(after.error)) is not confirmed


def test_a_list_that_is_complete_is_compared_with_nothing() -> None:
    whole = Snapshot(Outcome.COMPLETE, "api", declared_total=6)
    assert compared(whole, NEVER_MET, "Trakt") == whole


@pytest.mark.parametrize(
    ("reported", "items", "outcome"),
    [
        pytest.param(Outcome.COMPLETE, titles(1, 2), Outcome.COMPLETE, id="whole"),
        pytest.param(Outcome.COMPLETE, (title(1), NOTHING), Outcome.INCOMPLETE, id="unreadable"),
        pytest.param(Outcome.UNVERIFIED, (title(1), NOTHING), Outcome.INCOMPLETE, id="likewise"),
        pytest.param(Outcome.UNVERIFIED, titles(1, 2), Outcome.UNVERIFIED, id="unverified"),
        pytest.param(Outcome.COMPLETE, (NOTHING,), Outcome.CHANGED_LAYOUT, id="nothing else"),
        pytest.param(Outcome.COMPLETE, (), Outcome.EMPTY, id="nothing"),
        pytest.param(Outcome.PRIVATE, (), Outcome.PRIVATE, id="a failure"),
    ],
)
def test_a_list_that_another_source_judged_is_held_to_the_rule_of_unreadable_entries(
    reported: Outcome, items: tuple[Item, ...], outcome: Outcome
) -> None:
    assert checked(Snapshot(reported, "plugin", items)).outcome is outcome


def test_a_rank_that_comes_twice_leaves_a_chart_incomplete() -> None:
    page = Page((title(1), replace(title(2), position=1), title(3)), 3, ranked=True)
    assert "some ranks from 1 to 3 are missing" in str(World([page]).read().error)
