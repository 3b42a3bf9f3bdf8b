"""A list's content, fetch by fetch, and the titles that came back to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reconciler.core.membership import PATIENCE, advance, current, departed, readded, stale_members
from reconciler.core.model import (
    DesiredList,
    Entry,
    Kind,
    ListRef,
    Match,
    MatchMethod,
    MediaKey,
    Member,
    Membership,
    Outcome,
    Role,
    Snapshot,
)
from tests.core.values import NOW, having, item, rules, wishes

REF = ListRef("imdb", "ls1")
EARLIER = NOW - timedelta(days=1)
NOT_COMPLETE = [outcome for outcome in Outcome if outcome is not Outcome.COMPLETE]

CHART = ListRef("imdb", "list", chart=True)


def key(number: int) -> MediaKey:
    return MediaKey(Kind.MOVIE, number)


def fetch(numbers: Iterable[int], outcome: Outcome = Outcome.COMPLETE) -> Snapshot:
    items = tuple(item(key(n), position) for position, n in enumerate(numbers, start=1))
    return Snapshot(outcome, "browser", items)


def matches(numbers: Iterable[int]) -> dict[str, Match]:
    return {item(key(n)).key: Match(key(n), MatchMethod.TMDB) for n in numbers}


def members_of(present: Iterable[int] = (), removed: Iterable[int] = ()) -> Membership:
    """A list that was complete a day ago."""
    members = {
        item(key(n)).key: Member(item(key(n)), Match(key(n), MatchMethod.TMDB), present=there)
        for numbers, there in ((present, True), (removed, False))
        for n in numbers
    }
    return Membership(str(REF), EARLIER, members)


def presence(membership: Membership) -> dict[int, bool]:
    return {m.item.ids.tmdb or 0: m.present for m in membership.members.values()}


def test_the_first_complete_fetch_is_the_baseline() -> None:
    after = advance(Membership(str(REF)), fetch([1, 2]), matches([1]), NOW)

    assert after.completed == NOW
    assert presence(after) == {1: True, 2: True}
    assert after.members[item(key(1)).key].match == Match(key(1), MatchMethod.TMDB)
    assert after.members[item(key(2)).key].match is None


def test_a_complete_fetch_marks_what_is_gone_and_what_came_back() -> None:
    after = advance(members_of([1, 2, 3, 4], removed=[9]), fetch([1, 2, 3, 9]), matches([9]), NOW)

    assert presence(after) == {1: True, 2: True, 3: True, 4: False, 9: True}
    assert after.completed == NOW


def test_a_match_once_found_outlives_a_fetch_that_could_not_look_it_up() -> None:
    after = advance(members_of([1]), fetch([1]), {}, NOW)

    assert after.members[item(key(1)).key].match == Match(key(1), MatchMethod.TMDB)


def test_a_match_that_changed_is_kept_as_it_is_now() -> None:
    corrected = {item(key(1)).key: Match(key(77), MatchMethod.MAP)}

    after = advance(members_of([1]), fetch([1]), corrected, NOW)

    assert after.members[item(key(1)).key].match == Match(key(77), MatchMethod.MAP)


@pytest.mark.parametrize("outcome", NOT_COMPLETE)
def test_a_fetch_that_is_not_complete_changes_nothing(outcome: Outcome) -> None:
    before = members_of([1, 2, 3])

    assert advance(before, fetch([1, 9], outcome), matches([1, 9]), NOW) == before


@pytest.mark.parametrize("outcome", NOT_COMPLETE)
def test_a_fetch_that_is_not_complete_sets_no_baseline(outcome: Outcome) -> None:
    never = Membership(str(REF))

    assert advance(never, fetch([1, 2], outcome), matches([1, 2]), NOW) == never


def test_a_complete_fetch_of_nothing_changes_nothing() -> None:
    before = members_of([1, 2, 3])

    assert advance(before, fetch([]), {}, NOW) == before


@pytest.mark.parametrize(
    ("remaining", "believed"),
    [(10, True), (8, True), (7, True), (6, False), (1, False)],
    ids="{} of 10".format,
)
def test_a_fetch_shrunk_by_more_than_30_percent_is_waited_out(
    remaining: int, *, believed: bool
) -> None:
    after = advance(members_of(range(10)), fetch(range(remaining)), {}, NOW)

    assert (after.completed == NOW) is believed
    assert sum(presence(after).values()) == (remaining if believed else 10)
    assert (after.shrunk is None) is believed


def test_titles_that_were_gone_before_do_not_count_as_lost() -> None:
    after = advance(members_of([1], removed=range(10, 30)), fetch([1]), {}, NOW)

    assert after.completed == NOW


@pytest.mark.parametrize(
    ("waited", "believed"),
    [
        (timedelta(0), False),
        (PATIENCE - timedelta(seconds=1), False),
        (PATIENCE, True),
        (2 * PATIENCE, True),
    ],
    ids=["at once", "just short of 7 days", "7 days", "14 days"],
)
def test_a_shrunk_list_is_believed_once_seen_unchanged_for_7_days(
    waited: timedelta, *, believed: bool
) -> None:
    small = fetch([1, 2])
    first = advance(members_of(range(10)), small, {}, NOW)

    after = advance(first, small, {}, NOW + waited)

    assert (presence(after)[9] is False) is believed
    assert (after.shrunk is None) is believed


def test_the_clock_of_a_shrunk_list_restarts_when_it_changes() -> None:
    first = advance(members_of(range(10)), fetch([1, 2]), {}, NOW)
    second = advance(first, fetch([1, 3]), {}, NOW + timedelta(days=5))

    assert presence(advance(second, fetch([1, 3]), {}, NOW + timedelta(days=8)))[9] is True
    assert presence(advance(second, fetch([1, 3]), {}, NOW + timedelta(days=12)))[9] is False


def test_the_order_of_a_shrunk_list_is_no_change() -> None:
    first = advance(members_of(range(10)), fetch([1, 2]), {}, NOW)

    assert presence(advance(first, fetch([2, 1]), {}, NOW + PATIENCE))[9] is False


@pytest.mark.parametrize("outcome", NOT_COMPLETE)
def test_a_fetch_that_is_not_complete_leaves_the_clock_of_a_shrunk_list(outcome: Outcome) -> None:
    first = advance(members_of(range(10)), fetch([1, 2]), {}, NOW)
    second = advance(first, fetch([1, 2], outcome), {}, NOW + timedelta(days=3))

    assert presence(advance(second, fetch([1, 2]), {}, NOW + PATIENCE))[9] is False


def test_a_list_that_is_whole_again_forgets_that_it_had_shrunk() -> None:
    first = advance(members_of(range(10)), fetch([1, 2]), {}, NOW)
    whole = advance(first, fetch(range(10)), {}, NOW + timedelta(days=3))

    assert whole.shrunk is None
    assert presence(advance(whole, fetch([1, 2]), {}, NOW + PATIENCE))[9] is True


def test_a_changed_source_is_a_new_list() -> None:
    stored = members_of([1, 2])

    assert current(stored, REF) == stored
    assert current(stored, ListRef("imdb", "ls2")) == Membership("imdb:ls2")
    assert current(None, REF) == Membership(str(REF))


def test_what_a_list_held_and_does_not_show_now_still_counts() -> None:
    membership = members_of([1, 2, 3], removed=[9])
    unknown = item(key(4))
    members = {**membership.members, unknown.key: Member(unknown, None)}

    stale = stale_members(replace(membership, members=members), fetch([1]).items)

    matched = [Member(item(key(n)), Match(key(n), MatchMethod.TMDB)) for n in (2, 3)]
    assert list(stale) == [*matched, Member(unknown, None)], "what it leads to may be told yet"


# ---------------------------------------------------------------------------------------- re-added


def shows(*numbers: int, name: str = "list", index: int = 0) -> DesiredList:
    entries = [Entry(item(key(n), n), Match(key(n), MatchMethod.TMDB)) for n in numbers]
    return wishes(*entries, name=name, index=index)


def test_a_title_that_was_gone_and_is_there_again_is_readded() -> None:
    assert readded({"list": members_of([1], removed=[2])}, [shows(1, 2)]) == {key(2)}


@pytest.mark.parametrize(
    ("before", "lists"),
    [
        pytest.param({"list": members_of([1])}, [shows(1, 2)], id="first sight"),
        pytest.param({"list": Membership(str(REF))}, [shows(1, 2)], id="first fetch"),
        pytest.param({}, [shows(1, 2)], id="nothing is known"),
        pytest.param({"list": members_of([1, 2])}, [shows(1, 2)], id="it was there all the time"),
        pytest.param({"list": members_of([1], removed=[2])}, [shows(1)], id="it is still gone"),
        pytest.param(
            {"list": members_of([1], removed=[2])},
            [replace(shows(1, 2), is_complete=False)],
            id="a fetch that is not complete",
        ),
        pytest.param(
            {"list": members_of([1], removed=[2])},
            [having(shows(1, 2), source=CHART)],
            id="a chart",
        ),
        pytest.param(
            {"list": members_of([1], removed=[2])},
            [having(shows(1, 2), role=Role.EXCLUDE)],
            id="an exclude list",
        ),
        pytest.param(
            {"old": members_of([1], removed=[2]), "new": Membership(str(REF))},
            [shows(1, 2, name="new")],
            id="a renamed list",
        ),
        pytest.param(
            {"list": members_of([1], removed=[2]), "other": members_of([2])},
            [shows(1, 2), shows(2, name="other", index=1)],
            id="another list held it all the time",
        ),
        pytest.param(
            {"list": members_of([1], removed=[2]), "other": members_of([2])},
            [shows(1, 2), replace(shows(name="other", index=1), is_complete=False)],
            id="another list held it and cannot be read now",
        ),
        pytest.param(
            {"list": members_of([1], removed=[2]), "other": members_of([2])},
            [shows(1, 2), shows(3, name="other", index=1)],
            id="it moves from one list to another",
        ),
        pytest.param(
            {"list": members_of([1], removed=[2]), "other": members_of([3])},
            [shows(1), shows(2, 3, name="other", index=1)],
            id="it comes to a list that never held it",
        ),
    ],
)
def test_nothing_else_is_a_readd(before: dict[str, Membership], lists: list[DesiredList]) -> None:
    assert readded(before, lists) == frozenset()


def test_a_title_gone_from_every_list_comes_back_by_any_of_them() -> None:
    before = {"list": members_of([1], removed=[2]), "other": members_of([3], removed=[2])}

    assert readded(before, [shows(1), shows(2, 3, name="other", index=1)]) == {key(2)}


def test_an_entry_from_memory_readds_nothing() -> None:
    remembered = replace(shows(2).entries[0], fresh=False)

    assert readded({"list": members_of([1], removed=[2])}, [wishes(remembered)]) == frozenset()


def test_a_title_that_came_back_while_it_could_not_be_looked_up_is_readded_once_it_can() -> None:
    not_looked_up = advance(members_of([1], removed=[2]), fetch([1, 2]), matches([1]), NOW)

    assert readded({"list": not_looked_up}, [shows(1, 2)]) == {key(2)}


def test_an_older_fetch_overwrites_nothing_that_was_read_since() -> None:
    newer = replace(members_of([1, 2]), completed=NOW + timedelta(hours=1))

    assert advance(newer, fetch([1]), matches([1]), NOW) == newer


def test_what_another_list_of_the_same_length_gives_takes_nothing_away() -> None:
    after = advance(members_of([1, 2, 3, 4]), fetch([5, 6, 7, 8]), matches([5, 6, 7, 8]), NOW)

    assert presence(after) == {1: True, 2: True, 3: True, 4: True}


def test_a_list_that_was_never_complete_may_have_held_a_title_all_along() -> None:
    trakt = replace(shows(2, name="trakt", index=1), is_complete=False)
    before = {"list": members_of([1], removed=[2]), "trakt": Membership("trakt:anna/watchlist")}

    assert readded(before, [shows(1, 2), trakt]) == frozenset()
    assert readded(before, [shows(1, 2)]) == {key(2)}


# ------------------------------------------------------------------- lists that are out of the file

BEFORE_THAT, AFTER_THAT = EARLIER - timedelta(hours=1), EARLIER + timedelta(hours=1)


def out(*numbers: int, left: datetime | None, source: str = "imdb:ls2") -> Membership:
    """A list that held these when it was taken out of the file."""
    return replace(members_of(numbers), source=source, left=left)


@pytest.mark.parametrize(
    ("departed_list", "back"),
    [
        pytest.param(out(2, left=None), False, id="in this pass for the first time"),
        pytest.param(out(2, left=AFTER_THAT), False, id="since the other was read"),
        pytest.param(out(2, left=BEFORE_THAT), True, id="before the other was read without it"),
        pytest.param(out(2, left=EARLIER), True, id="in the pass that read the other without it"),
        pytest.param(out(3, left=None), True, id="it never held the title"),
        pytest.param(
            replace(members_of(removed=[2]), left=None), True, id="it had lost the title itself"
        ),
    ],
)
def test_what_a_list_held_that_left_the_file_is_readded_only_once_it_was_seen_on_no_list(
    departed_list: Membership, *, back: bool
) -> None:
    before = {"list": members_of([1], removed=[2])}

    assert readded(before, [shows(1, 2)], [departed_list]) == ({key(2)} if back else set())


def test_a_list_that_was_renamed_holds_what_it_held_until_it_was_read() -> None:
    renamed = having(shows(name="new", index=1), is_complete=False, source=ListRef("imdb", "ls2"))
    before = {"list": members_of([1], removed=[2]), "new": Membership("imdb:ls2")}
    old = [out(2, left=BEFORE_THAT)]
    read = {**before, "new": replace(members_of([3]), source="imdb:ls2")}

    assert readded(before, [shows(1, 2), renamed], old) == set()
    assert readded(read, [shows(1, 2), renamed], old) == {key(2)}


def test_a_shrunk_fetch_does_not_show_that_a_title_is_on_no_list() -> None:
    before = {"list": replace(members_of([1], removed=[2]), shrunk="f")}

    assert readded(before, [shows(1, 2)], [out(2, left=BEFORE_THAT)]) == set()


def test_lists_depart_by_name_or_by_source_and_are_back_when_both_are() -> None:
    stored = {"a": members_of([1]), "b": members_of([2]), "c": out(3, left=EARLIER)}

    lists = [rules("a", source=REF), rules("b", source=ListRef("imdb", "other"))]
    without_lists = departed(stored, lists)

    assert without_lists == {"b": stored["b"], "c": stored["c"]}
    assert current(out(3, left=EARLIER), ListRef("imdb", "ls2")) == out(3, left=None)
