"""The order of a plan's rows, and what stops a pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.model import (
    DesiredList,
    Entry,
    Kind,
    MediaKey,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Reason,
    RequestStatus,
    Role,
    Stop,
    Target,
)
from tests.core.values import (
    ANNA,
    DUNE,
    HEAT,
    entry,
    films,
    having,
    plan,
    request,
    row,
    rules,
    server,
    summarize,
    unresolved_entry,
    wishes,
)


def test_rows_come_in_file_order_then_list_position() -> None:
    second = films([7, 5, 6], name="second", index=1)
    first = films([3, 1, 2], name="first", index=0)
    observed = server(
        *(row(MediaKey(Kind.MOVIE, n), MediaStatus.AVAILABLE) for n in (1, 2, 6)),
    )

    made = plan(second, first, on=observed)

    assert [a.target.media.tmdb for a in made.actions] == [3, 7, 5]
    assert [v.target.media.tmdb for v in made.verdicts if v.target] == [1, 2, 6]


def test_the_cap_takes_titles_in_list_order_and_the_next_pass_goes_on() -> None:
    lst = having(films([3, 1, 2]), max_per_run=2)

    made = plan(lst)

    assert [a.target.media.tmdb for a in made.actions] == [3, 1]
    assert summarize(made)[2:] == ["over-cap"]


def test_the_owners_cap_and_requester_hold() -> None:
    first = having(films([1, 2], name="first"), requester=ANNA, max_per_run=1)
    second = films([1, 2, 3], name="second", index=1)

    made = plan(first, second)

    assert [(a.target.media.tmdb, a.requester.user.name) for a in made.actions] == [
        (1, "anna"),
        (3, "admin"),
    ]
    assert summarize(made)[2:] == ["over-cap"]


def test_a_title_of_which_the_owner_was_not_read_is_requested_as_the_owner_asks() -> None:
    unread = replace(
        wishes(entry(DUNE, fresh=False), name="unread"), requester=ANNA, is_complete=False
    )
    read = wishes(entry(DUNE), name="read", index=1)

    assert [a.requester for a in plan(unread, read).actions] == [ANNA]


# ------------------------------------------------------------------------------------------- stops


def never(*entries: Entry, name: str = "never", index: int = 9) -> DesiredList:
    return DesiredList(rules(name, role=Role.EXCLUDE), index, entries)


def test_an_exclude_list_that_was_never_read_stops_every_action() -> None:
    unread = replace(never(), unread_reason="never read", is_complete=False)
    failed = request(1, HEAT, RequestStatus.FAILED)

    made = plan(wishes(entry(DUNE), entry(HEAT, 2)), unread, on=server(failed))

    assert made.actions == ()
    assert [(v.reason, v.detail) for v in made.verdicts] == [
        (Reason.EXCLUDED, "exclude list never unread")
    ] * 2
    assert [stop.message for stop in made.stops] == ["exclude list never unread"]


def test_an_exclude_list_with_a_title_that_could_not_be_looked_up_stops_every_action() -> None:
    made = plan(wishes(entry(DUNE)), never(unresolved_entry(Reason.UNRESOLVED)))

    assert made.actions == ()
    assert [stop.message for stop in made.stops] == ["exclude list never unread"]


@pytest.mark.parametrize(
    "reason", [Reason.NOT_FOUND, Reason.AMBIGUOUS, Reason.TYPE_MISMATCH, Reason.UNSUPPORTED_KIND]
)
def test_an_exclude_list_with_a_title_that_leads_nowhere_stops_nothing(reason: Reason) -> None:
    made = plan(wishes(entry(DUNE)), never(unresolved_entry(reason)))

    assert (summarize(made), made.stops) == (["request (missing)"], ())


def test_an_exclude_list_read_once_that_cannot_be_read_now_excludes_what_it_held() -> None:
    stored = replace(never(entry(DUNE, fresh=False)), is_complete=False)

    made = plan(wishes(entry(DUNE), entry(HEAT, 2)), stored)

    assert (summarize(made), made.stops) == (["request (missing)", "excluded"], ())


def test_what_needs_no_action_says_so_although_the_pass_is_stopped() -> None:
    requested = request(1, DUNE, RequestStatus.PENDING)

    made = plan(
        wishes(entry(DUNE)), replace(never(), unread_reason="never read"), on=server(requested)
    )

    assert summarize(made) == ["requested"]


def test_a_request_list_that_was_never_read_stops_nothing() -> None:
    unread = replace(wishes(name="unread", index=1), unread_reason="never read", is_complete=False)

    assert plan(wishes(entry(DUNE)), unread).stops == ()


def test_the_first_exclude_list_of_the_file_is_named() -> None:
    first, second = (
        replace(never(name=n, index=i), unread_reason="never read") for i, n in enumerate("ab")
    )

    stops = [plan(*lists).stops for lists in ((first, second), (second, first))]

    assert stops[0] == stops[1]
    assert [stop.message for stop in stops[0]] == ["exclude list a unread"]


def test_a_server_without_most_of_the_known_titles_stops_every_action() -> None:
    slots = {MemoryKey(Target(MediaKey(Kind.MOVIE, n))): MemoryEntry() for n in range(1, 12)}
    lst = films([1, 500])

    made = plan(lst, memory=Memory(slots))

    assert made.actions == ()
    assert summarize(made) == ["handled", "unresolved"]
    assert [(stop.reason, stop.message) for stop in made.stops] == [
        (
            Reason.UNRESOLVED,
            "11 of 11 known titles are gone: is this a different server?",
        )
    ]


def test_a_stop_says_what_to_do() -> None:
    unread = plan(replace(never(), unread_reason="never read")).stops
    elsewhere = plan(
        memory=Memory(
            {MemoryKey(Target(MediaKey(Kind.MOVIE, n))): MemoryEntry() for n in range(1, 12)}
        )
    ).stops

    for stop in (*unread, *elsewhere):
        assert isinstance(stop, Stop)
        assert stop.hint
