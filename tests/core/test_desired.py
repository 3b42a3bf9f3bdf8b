"""The file's lists and what was fetched → the lists as the planner sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.core.desired import ListHistory, desired_list, excluded_by_hand, merge_fetch
from reconciler.core.membership import PATIENCE, current
from reconciler.core.model import (
    DesiredList,
    Ids,
    Item,
    Kind,
    ListProblem,
    ListRef,
    ListRules,
    Match,
    MatchMethod,
    MediaKey,
    Membership,
    Outcome,
    ProblemReason,
    Reason,
    Role,
    Snapshot,
    Start,
    Unmatched,
)
from tests.core.values import ADMIN, NOW, item

REF = ListRef("imdb", "ls1")
RULES = ListRules("list", REF, max_per_run=7)
NEW = ListHistory(Membership(str(REF)))
NOTHING = Unmatched(Reason.NOT_FOUND, "no title of this name was found")


def key(number: int) -> MediaKey:
    return MediaKey(Kind.MOVIE, number)


UNKNOWN = ListProblem(ProblemReason.UNKNOWN_REQUESTER, "anna is not a user")


def snapshot(
    numbers: Iterable[int], outcome: Outcome = Outcome.COMPLETE, route: str = "browser"
) -> Snapshot:
    items = tuple(item(key(n), position) for position, n in enumerate(numbers, start=1))
    return Snapshot(outcome, route, items)


def past(before: Membership | None, rules: ListRules = RULES) -> ListHistory:
    return ListHistory(current(before, rules.source))


def resolve(numbers: Iterable[int]) -> dict[str, Match | Unmatched]:
    return {item(key(n)).key: Match(key(n), MatchMethod.TMDB) for n in numbers}


def stored(*numbers: int) -> Membership:
    """What the ledger holds of a list that was complete a day ago."""
    before = NOW - timedelta(days=1)
    return merge_fetch(RULES, snapshot(numbers), NEW, resolve(numbers), before).after


def desire(
    shot: Snapshot, before: Membership | None = None, rules: ListRules = RULES
) -> DesiredList:
    resolutions = resolve(range(100))
    return desired_list(
        merge_fetch(rules, shot, past(before, rules), resolutions, NOW), 0, ADMIN, resolutions
    )


def numbers(lst: DesiredList, *, fresh: bool) -> list[int]:
    return [e.item.ids.tmdb or 0 for e in lst.entries if e.fresh is fresh]


def test_a_list_takes_its_options_from_the_file() -> None:
    rules = replace(RULES, is_4k=True, source=ListRef("imdb", "top", chart=True))

    lst = desire(snapshot([1]), rules=rules)

    assert (lst.name, lst.rules.role, lst.rules.is_4k, lst.rules.max_per_run) == (
        "list",
        Role.REQUEST,
        True,
        7,
    )
    assert (lst.rules.source.chart, lst.is_complete, lst.unread_reason) == (True, True, None)
    assert (lst.requester, lst.problem) == (ADMIN, None)


def test_a_list_without_its_requester_says_why() -> None:
    lst = desired_list(merge_fetch(RULES, snapshot([]), NEW, {}, NOW), 0, UNKNOWN, {})

    assert (lst.requester, lst.problem) == (None, UNKNOWN)


def test_a_complete_fetch_is_all_there_is() -> None:
    lst = desire(snapshot([1, 2, 3]), stored(1, 2, 3, 4))

    assert (numbers(lst, fresh=True), numbers(lst, fresh=False)) == ([1, 2, 3], [])


NOT_COMPLETE = [outcome for outcome in Outcome if outcome is not Outcome.COMPLETE]


@pytest.mark.parametrize("outcome", NOT_COMPLETE)
def test_a_fetch_that_is_not_complete_adds_to_what_was_known(outcome: Outcome) -> None:
    lst = desire(snapshot([1, 9], outcome), stored(1, 2, 3))

    assert (numbers(lst, fresh=True), numbers(lst, fresh=False)) == ([1, 9], [2, 3])
    assert (lst.is_complete, lst.unread_reason) == (False, None)


def test_a_shrunk_fetch_adds_to_what_was_known_until_it_is_believed() -> None:
    small = snapshot([1, 2])
    first = merge_fetch(RULES, small, past(stored(*range(10))), resolve(range(10)), NOW)
    later = merge_fetch(RULES, small, past(first.after), resolve(range(10)), NOW + PATIENCE)

    assert (first.is_complete, later.is_complete) == (False, True)
    assert len(desired_list(first, 0, ADMIN, resolve(range(10))).entries) == 10
    assert len(desired_list(later, 0, ADMIN, resolve(range(10))).entries) == 2


def test_an_incomplete_fetch_is_not_whole_though_the_last_complete_one_is_as_young() -> None:
    before = merge_fetch(RULES, snapshot([1, 2]), NEW, resolve([1, 2]), NOW).after

    assert not merge_fetch(
        RULES, snapshot([1], Outcome.INCOMPLETE), past(before), resolve([1]), NOW
    ).is_complete


def test_a_list_whose_source_changed_starts_over() -> None:
    rules = replace(RULES, source=ListRef("imdb", "ls2"))

    lst = desire(snapshot([1], Outcome.INCOMPLETE), stored(1, 2), rules)

    assert numbers(lst, fresh=False) == []
    assert lst.unread_reason


@pytest.mark.parametrize(
    ("shot", "before", "read"),
    [
        pytest.param(snapshot([1]), None, True, id="complete now"),
        pytest.param(snapshot([], Outcome.UNREACHABLE), stored(1), True, id="complete once"),
        pytest.param(snapshot([], Outcome.UNREACHABLE), None, False, id="never"),
        pytest.param(snapshot([1], Outcome.UNVERIFIED), None, False, id="never for certain"),
        pytest.param(snapshot([], Outcome.EMPTY), None, False, id="an empty page may lie"),
        pytest.param(snapshot([], Outcome.EMPTY, "file"), None, True, id="an empty file does not"),
    ],
)
def test_a_lists_content_is_known_once_a_fetch_was_complete(
    shot: Snapshot, before: Membership | None, *, read: bool
) -> None:
    assert (desire(shot, before).unread_reason is None) is read


@pytest.mark.parametrize(
    ("outcome", "advice"),
    [
        (Outcome.UNVERIFIED, "keep the titles to exclude in a file"),
        (Outcome.UNREACHABLE, "it is unreachable"),
        (Outcome.PRIVATE, "it is private"),
        (Outcome.EMPTY, "it is empty"),
    ],
)
def test_a_list_that_was_never_read_says_what_is_wrong_with_it(
    outcome: Outcome, advice: str
) -> None:
    assert advice in str(desire(snapshot([], outcome)).unread_reason)


EXCLUDES = replace(RULES, role=Role.EXCLUDE)


@pytest.mark.parametrize(
    ("rules", "shot", "positions"),
    [
        pytest.param(EXCLUDES, snapshot([1], route="file"), [], id="a file is its owner's word"),
        pytest.param(
            EXCLUDES,
            snapshot([], Outcome.EMPTY, "file"),
            [1, 2, 3, 4, 5],
            id="not when it is empty, as after an export that failed",
        ),
        pytest.param(
            EXCLUDES,
            snapshot([], Outcome.UNREACHABLE, "file"),
            [1, 2, 3, 4, 5],
            id="not when it cannot be read",
        ),
        pytest.param(EXCLUDES, snapshot([1]), [2, 3, 4, 5], id="a site's short page may lie"),
        pytest.param(
            RULES,
            snapshot([1], route="file"),
            [2, 3, 4, 5],
            id="a file of wishes waits like others",
        ),
    ],
)
def test_what_a_shrunk_list_held_counts_on_unless_its_owner_says_otherwise(
    rules: ListRules, shot: Snapshot, positions: list[int]
) -> None:
    lst = desire(shot, stored(1, 2, 3, 4, 5), rules)

    assert numbers(lst, fresh=False) == positions


TOP = replace(RULES, top=2)


def test_top_counts_in_list_order() -> None:
    assert numbers(desire(snapshot([5, 4, 3]), rules=TOP), fresh=True) == [5, 4]


def test_what_stands_below_the_top_is_not_gone() -> None:
    after = merge_fetch(
        TOP, snapshot([5, 4, 3]), past(stored(3, 4, 5)), resolve([3, 4, 5]), NOW
    ).after

    assert all(member.present for member in after.members.values())


def test_what_stood_below_the_top_is_not_held_by_a_list_that_cannot_be_read() -> None:
    lst = desire(snapshot([], Outcome.UNREACHABLE), stored(5, 4, 3), TOP)

    assert sorted(numbers(lst, fresh=False)) == [4, 5]


def test_an_item_keeps_the_reason_why_it_leads_nowhere() -> None:
    lost, game = Item(1, "Sing Sing"), Item(2, "Dune", unsupported="videoGame")
    shot = Snapshot(Outcome.COMPLETE, "browser", (lost, game))
    resolutions: dict[str, Match | Unmatched] = {lost.key: NOTHING}

    lst = desired_list(merge_fetch(RULES, shot, NEW, resolutions, NOW), 0, ADMIN, resolutions)

    assert [e.match for e in lst.entries] == [
        NOTHING,
        Unmatched(Reason.UNSUPPORTED_KIND, "videoGame"),
    ]


def test_the_files_own_exclusions_are_one_more_exclude_list() -> None:
    resolutions: dict[str, Match | Unmatched] = {item(key(1)).key: Match(key(1), MatchMethod.TMDB)}

    lst = excluded_by_hand([item(key(1))], resolutions)

    assert (lst.rules.role, lst.unread_reason, lst.name) == (Role.EXCLUDE, None, "exclude")
    assert [e.match for e in lst.entries] == [Match(key(1), MatchMethod.TMDB)]


BY_NUMBER = Item(1, "Title 1", 2001, Kind.MOVIE, Ids(tmdb=1))
BY_SLUG = Item(1, "Title 1", 2001, Kind.MOVIE, Ids(trakt="title-1-2001"))
OTHER_SLUG = Item(2, "Title 2", 2001, Kind.MOVIE, Ids(trakt="title-2-2001"))
IN_FULL = Item(1, "Title 1", 2001, Kind.MOVIE, Ids("tt0000001", 1, None, "title-1-2001"))


@pytest.mark.parametrize(
    ("fetched_item", "unresolved", "shown", "adopted"),
    [
        pytest.param(IN_FULL, True, BY_SLUG, True, id="by a name that the list gave before"),
        pytest.param(item(key(1)), False, BY_SLUG, True, id="by the title it leads to"),
        pytest.param(BY_SLUG, True, IN_FULL, True, id="by the name it had, and more now"),
        pytest.param(BY_NUMBER, True, BY_SLUG, True, id="by its title and year"),
        pytest.param(item(key(1)), True, BY_SLUG, False, id="by nothing that is known"),
        pytest.param(IN_FULL, False, OTHER_SLUG, False, id="another title"),
    ],
)
def test_what_was_taken_as_given_stays_so_under_the_names_of_another_route(
    fetched_item: Item, shown: Item, *, unresolved: bool, adopted: bool
) -> None:
    resolutions = {
        BY_SLUG.key: Match(key(1), MatchMethod.TITLE),
        IN_FULL.key: Match(key(1), MatchMethod.IMDB),
    }
    resolutions |= {
        OTHER_SLUG.key: Match(key(2), MatchMethod.TITLE),
        item(key(1)).key: resolutions[IN_FULL.key],
    }
    rules = replace(RULES, start=Start.NEW_ONLY)
    at_first = {} if unresolved else resolutions
    first = merge_fetch(
        rules, Snapshot(Outcome.COMPLETE, "api", (fetched_item,)), NEW, at_first, NOW
    )
    assert first.fresh_baseline
    before = ListHistory(first.after, baseline=first.fresh_baseline)
    now = merge_fetch(
        rules, Snapshot(Outcome.UNVERIFIED, "browser", (shown,)), before, resolutions, NOW
    )

    lst = desired_list(now, 0, ADMIN, resolutions)

    assert (shown.key in lst.adopted) is adopted
