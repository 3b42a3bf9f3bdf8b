"""When it is known what an exclude list excludes, as the table in ``exclude_lists`` has it."""

from __future__ import annotations

import pytest

from reconciler.core.desired import reason_unread
from reconciler.core.model import Ids, Item, Outcome, Snapshot
from tests.core.values import NOW

TITLES = (Item(1, "Dune", 2021, ids=Ids(tmdb=438631)),)
NOTE = "read from Trakt's web app, since Trakt refuses providers.trakt.client_id"

UNREAD = [
    *(
        Snapshot(outcome, "browser", TITLES if outcome is Outcome.INCOMPLETE else ())
        for outcome in Outcome
        if outcome not in {Outcome.COMPLETE, Outcome.UNVERIFIED}
    ),
    Snapshot(Outcome.UNVERIFIED, "browser", TITLES),
    Snapshot(Outcome.UNVERIFIED, "browser", TITLES, note=NOTE),
    Snapshot(Outcome.UNVERIFIED, "browser", note=NOTE),
    Snapshot(Outcome.INCOMPLETE, "file", TITLES),
    Snapshot(Outcome.MISSING, "file"),
]


@pytest.mark.parametrize("snapshot", [None, *UNREAD], ids=str)
def test_an_exclude_list_that_was_never_read_completely_is_unread(
    snapshot: Snapshot | None,
) -> None:
    why = reason_unread(snapshot, last_complete=None)
    assert why
    assert any(
        word in why for word in ("include it in this run", "keep the titles", "fix its source")
    )


@pytest.mark.parametrize(
    "snapshot",
    [Snapshot(Outcome.COMPLETE, "file", TITLES), Snapshot(Outcome.EMPTY, "file")],
    ids=["whole", "empty"],
)
def test_a_file_is_its_owners_word(snapshot: Snapshot) -> None:
    assert reason_unread(snapshot, last_complete=None) is None


@pytest.mark.parametrize("snapshot", [None, *UNREAD], ids=str)
def test_of_a_list_that_was_read_whole_once_it_is_known_what_it_held(
    snapshot: Snapshot | None,
) -> None:
    assert reason_unread(snapshot, last_complete=NOW) is None
