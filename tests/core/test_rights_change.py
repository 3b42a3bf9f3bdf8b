"""Which changes of the file wait, for how long, and what is in effect meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.core.model import (
    WHOLE,
    Approval,
    Episodes,
    FileRights,
    ListRights,
    Prune,
    Rights,
    RightsState,
    Role,
    User,
)
from reconciler.core.rights_change import (
    RightsDecision,
    compares_requesters,
    decide,
    next_effect,
    shift,
    waiting_changes,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GRACE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)
REQUEST, AUTO_APPROVE, ADMIN = 32, 128, 2
USERS = (
    User(1, "admin", ADMIN),
    User(2, "alice", REQUEST),
    User(3, "bob", REQUEST),
    User(4, "carol", REQUEST | AUTO_APPROVE),
)
ALICE = Rights(requester="alice")
EXCLUDES = Rights(role=Role.EXCLUDE)


def lists(**rights_by_name: Rights) -> dict[str, ListRights]:
    """Each from a source of its own."""
    return {
        name: ListRights(f"imdb:{name}", rights, name) for name, rights in rights_by_name.items()
    }


def file(**rights_by_name: Rights) -> FileRights:
    return FileRights("http://s:5055", lists=lists(**rights_by_name))


def change(before: FileRights, after: FileRights, **by: float) -> RightsDecision:
    """``before`` was accepted, ``after`` was read at noon and again after so much time."""
    state = RightsState(before)
    decision = decide(state, after, USERS, NOON, GRACE)
    return decide(decision.state, after, USERS, NOON + timedelta(**by), GRACE) if by else decision


def waits(decision: RightsDecision) -> list[tuple[str, str]]:
    return [(widening.list, widening.setting) for widening in decision.state.waiting]


IN_A_LIST: dict[str, tuple[Rights, Rights, list[str]]] = {
    "nothing changes": (ALICE, ALICE, []),
    "the requester is removed": (ALICE, Rights(), ["requester"]),
    "a requester is added": (Rights(), ALICE, []),
    "one with the same rights": (ALICE, Rights(requester="bob"), []),
    "one with more rights": (ALICE, Rights(requester="carol"), ["requester"]),
    "one with fewer rights": (Rights(requester="carol"), ALICE, []),
    "the same user by id": (ALICE, Rights(requester=2), []),
    "one that is no user": (ALICE, Rights(requester="nobody"), []),
    "after one that is no user": (Rights(requester="nobody"), ALICE, ["requester"]),
    "approval: auto": (ALICE, replace(ALICE, approval=Approval.AUTO), ["approval"]),
    "approval: requester again": (replace(ALICE, approval=Approval.AUTO), ALICE, []),
    "4k on": (ALICE, replace(ALICE, is_4k=True), ["4k"]),
    "4k off": (replace(ALICE, is_4k=True), ALICE, []),
    "prune: report": (ALICE, replace(ALICE, prune=Prune.REPORT), []),
    "prune: cancel-pending": (ALICE, replace(ALICE, prune=Prune.CANCEL_PENDING), ["prune"]),
    "prune: keep again": (replace(ALICE, prune=Prune.CANCEL_PENDING), ALICE, []),
    "two at once": (ALICE, Rights(is_4k=True), ["requester", "4k"]),
    "it becomes an exclude list": (ALICE, EXCLUDES, []),
    "it is an exclude list no longer": (EXCLUDES, ALICE, ["role"]),
    "an exclude list has a shorter top": (EXCLUDES, replace(EXCLUDES, top=5), ["top"]),
    "an exclude list has a longer top": (replace(EXCLUDES, top=5), replace(EXCLUDES, top=6), []),
    "a wanted list has a top": (ALICE, replace(ALICE, top=5), []),
    "an exclude list leaves series alone": (
        replace(EXCLUDES, episodes=Episodes.SERIES),
        EXCLUDES,
        ["episodes"],
    ),
}


@pytest.mark.parametrize(("before", "after", "settings"), IN_A_LIST.values(), ids=IN_A_LIST)
def test_a_list_waits_where_it_may_do_more_than_before(
    before: Rights, after: Rights, settings: list[str]
) -> None:
    decision = change(file(wishes=before, more=Rights()), file(wishes=after, more=Rights()))

    assert waits(decision) == [("wishes", setting) for setting in settings]
    assert decision.lists == (("wishes", bool(settings)), ("more", False))
    assert not decision.holds_file


def test_requesters_that_cannot_be_compared_wait() -> None:
    before, after = file(wishes=ALICE), file(wishes=Rights(requester="bob"))
    decision = decide(RightsState(before), after, None, NOON, GRACE)

    assert compares_requesters(RightsState(before), after)
    assert waits(decision) == [("wishes", "requester")]
    assert "could not be asked" in next(iter(decision.state.waiting)).words


def test_nobody_is_compared_where_no_requester_is_replaced() -> None:
    state = RightsState(file(wishes=ALICE, more=Rights()))

    assert not compares_requesters(state, file(wishes=Rights(), more=ALICE))
    assert not compares_requesters(RightsState(), file(wishes=ALICE))


EXCLUDED = replace(file(wishes=ALICE), excluded=frozenset({"imdb:tt0000001", "imdb:tt0000002"}))
WITH_DEFAULTS = replace(file(wishes=ALICE, more=ALICE), defaults=ALICE)
IN_THE_FILE: dict[str, tuple[FileRights, FileRights, list[str]]] = {
    "another server": (
        file(wishes=ALICE),
        replace(file(wishes=ALICE), server_url="http://o"),
        ["server.url"],
    ),
    "an entry is not excluded any more": (
        EXCLUDED,
        replace(EXCLUDED, excluded=frozenset({"imdb:tt0000002"})),
        ["exclude"],
    ),
    "one entry in place of another": (
        EXCLUDED,
        replace(EXCLUDED, excluded=frozenset({"imdb:tt0000002", "imdb:tt0000003"})),
        ["exclude"],
    ),
    "the default requester is removed": (
        WITH_DEFAULTS,
        replace(file(wishes=Rights(), more=ALICE), defaults=Rights()),
        ["defaults.requester"],
    ),
    "approval: auto by default": (
        WITH_DEFAULTS,
        replace(
            file(wishes=replace(ALICE, approval=Approval.AUTO), more=ALICE),
            defaults=replace(ALICE, approval=Approval.AUTO),
        ),
        ["defaults.approval"],
    ),
    "role: exclude by default is removed": (
        replace(file(wishes=EXCLUDES, more=ALICE), defaults=EXCLUDES),
        file(wishes=Rights(), more=ALICE),
        ["defaults.role"],
    ),
}


@pytest.mark.parametrize(("before", "after", "settings"), IN_THE_FILE.values(), ids=IN_THE_FILE)
def test_the_whole_file_waits_for_server_exclude_and_defaults(
    before: FileRights, after: FileRights, settings: list[str]
) -> None:
    decision = change(before, after)

    assert waits(decision) == [(WHOLE, setting) for setting in settings]
    assert decision.holds_file
    assert decision.state.accepted == before
    assert not change(before, after, minutes=2).holds_file


UNHELD: dict[str, tuple[FileRights, FileRights]] = {
    "one more entry is excluded": (
        EXCLUDED,
        replace(EXCLUDED, excluded=EXCLUDED.excluded | {"imdb:tt0000003"}),
    ),
    "defaults that no list takes": (
        WITH_DEFAULTS,
        replace(WITH_DEFAULTS, defaults=Rights()),
    ),
    "a new list without a requester": (file(wishes=ALICE), file(wishes=ALICE, new=Rights())),
    "a list leaves": (file(wishes=ALICE, more=Rights()), file(more=Rights())),
    "an exclude list is added": (file(wishes=ALICE), file(wishes=ALICE, never=EXCLUDES)),
}


@pytest.mark.parametrize(("before", "after"), UNHELD.values(), ids=UNHELD)
def test_what_widens_nothing_is_in_effect_at_once(before: FileRights, after: FileRights) -> None:
    decision = change(before, after)

    assert waits(decision) == []
    assert decision.lists == tuple((name, False) for name in after.lists)


def test_an_exclude_list_that_is_removed_stays_until_its_grace_is_over() -> None:
    before, after = file(never=EXCLUDES, wishes=ALICE), file(wishes=ALICE)

    assert change(before, after).lists == (("wishes", False), ("never", True))
    assert change(before, after, minutes=2).lists == (("wishes", False),)


def test_the_first_start_accepts_the_file_as_it_is() -> None:
    decision = decide(RightsState(), file(wishes=Rights(is_4k=True)), (), NOON, GRACE)

    assert (waits(decision), decision.lists) == ([], (("wishes", False),))
    assert decision.state.accepted == file(wishes=Rights(is_4k=True))


def test_no_grace_is_no_wait() -> None:
    decision = decide(RightsState(file(wishes=ALICE)), file(wishes=Rights()), (), NOON, timedelta())

    assert (waits(decision), decision.lists) == ([], (("wishes", False),))
    assert [widening.setting for widening in decision.granted] == ["requester"]


# which list is which


def renamed(
    sources: dict[str, str], was: str | None = None, **rights_by_name: Rights
) -> FileRights:
    listed = {
        name: ListRights(sources[name], rights, name, was)
        for name, rights in rights_by_name.items()
    }
    return FileRights("http://s:5055", lists=listed)


IDENTITIES: dict[str, tuple[FileRights, FileRights, list[str]]] = {
    "a renamed list is not new": (
        renamed({"a": "imdb:1"}, a=ALICE),
        renamed({"b": "imdb:1"}, b=Rights()),
        ["a"],
    ),
    "a list with another source is not new": (
        renamed({"a": "imdb:1"}, a=ALICE),
        renamed({"a": "imdb:2"}, a=Rights()),
        ["a"],
    ),
    "a renamed list with another source is not new": (
        renamed({"a": "imdb:1"}, a=ALICE),
        renamed({"b": "imdb:2"}, was="a", b=Rights()),
        ["a"],
    ),
    "a list with the source of another is that one, whatever it says it was": (
        renamed({"a": "imdb:1", "c": "imdb:2"}, a=ALICE, c=Rights()),
        renamed({"b": "imdb:1"}, was="c", b=Rights()),
        ["a"],
    ),
    "a name of long ago is not compared": (
        renamed({"a": "imdb:1", "b": "imdb:2"}, a=ALICE, b=Rights()),
        renamed({"b": "imdb:3"}, was="a", b=Rights()),
        [],
    ),
    "two lists that swap their names keep their rights": (
        renamed({"a": "imdb:1", "b": "imdb:2"}, a=ALICE, b=Rights()),
        renamed({"a": "imdb:2", "b": "imdb:1"}, a=Rights(), b=ALICE),
        [],
    ),
    "two lists that swap their names alone": (
        renamed({"a": "imdb:1", "b": "imdb:2"}, a=ALICE, b=Rights()),
        renamed({"a": "imdb:2", "b": "imdb:1"}, a=ALICE, b=Rights()),
        ["a"],
    ),
    "a second list of one source is new": (
        renamed({"a": "imdb:1"}, a=ALICE),
        renamed({"a": "imdb:1", "b": "imdb:1"}, a=ALICE, b=Rights(is_4k=True)),
        [],
    ),
    "an exclude list with another source excludes less": (
        renamed({"a": "imdb:1"}, a=EXCLUDES),
        renamed({"a": "imdb:2"}, a=EXCLUDES),
        ["a"],
    ),
}


@pytest.mark.parametrize(("before", "after", "waiting"), IDENTITIES.values(), ids=IDENTITIES)
def test_a_list_is_known_by_its_source_else_by_its_name(
    before: FileRights, after: FileRights, waiting: list[str]
) -> None:
    assert [name for name, _ in waits(change(before, after))] == waiting


def test_a_list_that_left_and_comes_back_is_not_new() -> None:
    without = change(file(wishes=ALICE, more=Rights()), file(more=Rights())).state
    back = decide(without, file(wishes=Rights(), more=Rights()), (), NOON, GRACE)

    assert waits(back) == [("wishes", "requester")]
    assert back.lists == (("more", False),)
    again = decide(back.state, file(wishes=ALICE, more=Rights()), (), NOON, GRACE)
    assert (waits(again), again.lists) == ([], (("wishes", False), ("more", False)))


def test_a_list_whose_name_is_taken_by_one_that_waits_waits_too() -> None:
    before = renamed({"a": "imdb:1", "b": "imdb:2"}, a=ALICE, b=Rights())
    after = renamed({"c": "imdb:1", "a": "imdb:2"}, c=Rights(), a=Rights())

    assert change(before, after).lists == (("a", True), ("b", True))
    assert change(before, after, minutes=2).lists == (("c", False), ("a", False))


# time


def test_a_change_is_in_effect_exactly_after_its_grace() -> None:
    before, after = file(wishes=ALICE), file(wishes=Rights())

    assert change(before, after, seconds=119).lists == (("wishes", True),)
    assert change(before, after, seconds=120).lists == (("wishes", False),)
    assert change(before, after, seconds=120).state == RightsState(after)


def test_a_second_change_restarts_no_other_and_is_waited_for() -> None:
    first, both = file(wishes=Rights()), file(wishes=Rights(is_4k=True))
    state = decide(RightsState(file(wishes=ALICE)), first, (), NOON, GRACE).state
    later = decide(state, both, (), NOON + timedelta(minutes=1), GRACE)

    since_by_setting = {widening.setting: since for widening, since in later.state.waiting.items()}
    assert since_by_setting == {"requester": NOON, "4k": NOON + timedelta(minutes=1)}
    assert next_effect(later.state.waiting, GRACE) == NOON + timedelta(minutes=3)
    two_minutes = decide(later.state, both, (), NOON + timedelta(minutes=2), GRACE)
    assert two_minutes.lists == (("wishes", True),)
    three_minutes = decide(two_minutes.state, both, (), NOON + timedelta(minutes=3), GRACE)
    assert three_minutes.lists == (("wishes", False),)


def test_what_is_taken_back_waits_no_more_and_the_rest_goes_on() -> None:
    both, single = file(wishes=Rights(is_4k=True)), file(wishes=Rights())
    state = decide(RightsState(file(wishes=ALICE)), both, (), NOON, GRACE).state
    later = decide(state, single, (), NOON + timedelta(minutes=1), GRACE)

    assert {w.setting: since for w, since in later.state.waiting.items()} == {"requester": NOON}


def test_what_was_reverted_and_comes_back_waits_again() -> None:
    before, after = file(wishes=ALICE), file(wishes=Rights())
    state = decide(RightsState(before), after, (), NOON, GRACE).state
    reverted = decide(state, before, (), NOON + timedelta(minutes=1), GRACE)
    assert reverted.state == RightsState(before)

    back = decide(reverted.state, after, (), NOON + timedelta(minutes=3), GRACE)
    assert back.lists == (("wishes", True),)


@pytest.mark.parametrize("until", [timedelta(hours=-1), timedelta(days=-400)], ids=str)
def test_a_wait_that_begins_in_the_future_begins_now(until: timedelta) -> None:
    """As after a restart under a clock that was set back: neither skipped nor for ever."""
    before, after = file(wishes=ALICE), file(wishes=Rights())
    state = decide(RightsState(before), after, (), NOON, GRACE).state
    earlier = decide(state, after, (), NOON + until, GRACE)

    assert earlier.lists == (("wishes", True),)
    assert next_effect(earlier.state.waiting, GRACE) == NOON + until + GRACE


@pytest.mark.parametrize("step", [timedelta(hours=3), timedelta(hours=-3)], ids=str)
def test_a_clock_that_is_set_changes_no_wait(step: timedelta) -> None:
    before, after = file(wishes=ALICE), file(wishes=Rights())
    state = shift(decide(RightsState(before), after, (), NOON, GRACE).state, step)

    for seconds, waiting in ((119, True), (120, False)):
        now = NOON + step + timedelta(seconds=seconds)
        assert decide(state, after, (), now, GRACE).lists == (("wishes", waiting),)


def test_without_leave_to_widen_it_goes_on_waiting() -> None:
    before, after = file(wishes=ALICE), file(wishes=Rights())
    state = decide(RightsState(before), after, (), NOON, GRACE).state
    still_waiting = decide(state, after, (), NOON + timedelta(days=1), None)

    assert still_waiting == decide(state, after, (), NOON, GRACE)


def test_another_grace_counts_from_the_same_beginning() -> None:
    before, after = file(wishes=ALICE), file(wishes=Rights())
    state = decide(RightsState(before), after, (), NOON, GRACE).state

    assert decide(state, after, (), NOON + SECOND, SECOND).lists == (("wishes", False),)
    assert decide(state, after, (), NOON + GRACE, 2 * GRACE).lists == (("wishes", True),)


def test_while_the_file_waits_its_lists_do_too() -> None:
    before = replace(EXCLUDED, lists=lists(wishes=ALICE, more=Rights()))
    after = replace(file(wishes=ALICE, new=Rights()), excluded=frozenset())
    decision = change(before, after)

    assert decision.lists == (("wishes", True), ("more", True))
    assert decision.state.accepted == before
    assert next_effect(decision.state.waiting, GRACE) == NOON + GRACE


def test_a_narrower_file_is_what_the_next_change_is_compared_with() -> None:
    narrower = change(file(wishes=Rights()), file(wishes=ALICE))
    assert waits(narrower) == []

    assert waits(decide(narrower.state, file(wishes=Rights()), (), NOON, GRACE)) == [
        ("wishes", "requester")
    ]


def test_a_waiting_change_has_its_list_its_beginning_and_its_end() -> None:
    decision = change(file(wishes=ALICE), file(wishes=Rights()))
    (waiting,) = waiting_changes(decision.state.waiting, GRACE)

    assert (waiting.list, waiting.since, waiting.until) == ("wishes", NOON, NOON + GRACE)
    assert (
        waiting.words == "requester alice is removed: requests are made as the owner of the API key"
    )
    assert waiting_changes(decision.state.waiting, None)[0].until is None


def test_the_order_of_lists_and_entries_changes_nothing() -> None:
    before: dict[str, Any] = {"wishes": ALICE, "more": EXCLUDES}
    after = {"more": Rights(), "wishes": Rights()}
    first = change(file(**before), file(**after))
    second = change(file(**dict(reversed(before.items()))), file(**dict(reversed(after.items()))))

    assert first.state.waiting == second.state.waiting
    assert dict(first.lists) == dict(second.lists)
