"""The ledger's memory: exactly what was written, for ever, for one server."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.model import (
    Ids,
    Item,
    Kind,
    Match,
    MatchMethod,
    MediaKey,
    Member,
    Membership,
    Memory,
    MemoryEntry,
    MemoryKey,
    NotificationState,
    Target,
)
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger
from reconciler.ports import Ledger

URL = "http://seerr:5055"
NOW = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
FILM = Target(MediaKey(Kind.MOVIE, 438631))
DUNE = Item(1, "Dune", 2021, Kind.MOVIE, Ids(imdb="tt1160419"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "listsync.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    with SqliteLedger(path, URL) as opened:
        yield opened


def test_it_is_the_ledger_of_the_ports(ledger: SqliteLedger) -> None:
    port: Ledger = ledger

    assert port.memory.read() == Memory()
    assert port.memory.memberships() == {}


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(1, 2**53)
# Later ones are taken for the year 9000: core/times.py.
times = st.datetimes(max_value=datetime(8999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
targets = st.builds(
    Target, st.builds(MediaKey, st.sampled_from(Kind), st.integers(1, 9)), st.booleans()
)
slots = st.dictionaries(
    st.builds(MemoryKey, targets, st.none() | st.integers(0, 3)),
    st.builds(MemoryEntry, st.booleans(), st.booleans(), st.none() | times),
    max_size=8,
)
ids = st.builds(Ids, st.none() | names, st.none() | numbers, st.none() | numbers, st.none() | names)
items = st.builds(
    Item,
    numbers,
    names,
    st.none() | st.integers(1800, 2100),
    st.none() | st.sampled_from(Kind),
    ids,
    st.none() | names,
    st.none() | names,
)
matches = st.builds(
    Match, st.builds(MediaKey, st.sampled_from(Kind), numbers), st.sampled_from(MatchMethod)
)
members = st.builds(Member, items, st.none() | matches, st.booleans(), st.none() | times)
memberships = st.builds(
    Membership,
    names,
    st.none() | times,
    st.dictionaries(st.sampled_from("abcdef") | names, members, max_size=5),
    st.none() | names,
    st.none() | times,
    st.none() | times,
)
passes = st.lists(
    st.tuples(slots, st.dictionaries(st.sampled_from("xyz"), memberships, max_size=3)), max_size=4
)


@settings(max_examples=40, deadline=None)
@given(passes)
def test_what_runs_record_is_what_a_new_process_reads(
    recorded: list[tuple[Mapping[MemoryKey, MemoryEntry], Mapping[str, Membership]]],
) -> None:
    """Slots are added up; a list's membership is the last one given, whole."""
    expected_entries: dict[MemoryKey, MemoryEntry] = {}
    expected_lists: dict[str, Membership] = {}
    with tempfile.TemporaryDirectory() as folder:
        for slots_of_pass, lists_of_pass in recorded:
            with SqliteLedger(Path(folder) / "l.db", URL) as ledger:
                ledger.memory.record(slots_of_pass, lists_of_pass)
            expected_entries |= slots_of_pass
            expected_lists |= lists_of_pass
        with SqliteLedger(Path(folder) / "l.db", URL) as ledger:
            assert ledger.memory.read() == Memory(expected_entries)
            assert ledger.memory.memberships() == expected_lists


@pytest.mark.parametrize("before", [MemoryEntry(), MemoryEntry(present=False)])
@pytest.mark.parametrize(
    "after", [MemoryEntry(), MemoryEntry(readded=True), MemoryEntry(present=False, readded=True)]
)
def test_what_is_remembered_of_a_slot_can_change(
    ledger: SqliteLedger, before: MemoryEntry, after: MemoryEntry
) -> None:
    ledger.memory.record({MemoryKey(FILM): before}, {})

    ledger.memory.record({MemoryKey(FILM): after}, {})

    assert ledger.memory.read() == Memory({MemoryKey(FILM): after})


def pages(path: Path) -> list[bytes]:
    whole = path.read_bytes()
    return [whole[start : start + 4096] for start in range(0, len(whole), 4096)]


def test_recording_slots_again_does_not_touch_the_file(ledger: SqliteLedger, path: Path) -> None:
    ledger.memory.record({MemoryKey(FILM): MemoryEntry()}, {})
    before = path.read_bytes()

    ledger.memory.record({MemoryKey(FILM): MemoryEntry()}, {})

    assert path.read_bytes() == before


def test_an_unchanged_list_read_again_writes_little_of_the_file(
    ledger: SqliteLedger, path: Path
) -> None:
    """Only when it was last complete, and SQLite's own header: not its thousands of members."""
    members = {f"imdb:tt{n}": Member(Item(n, "Dune"), None) for n in range(3_000)}
    ledger.memory.record({}, {"anna": Membership("imdb:ur1", NOW, members)})
    before = pages(path)

    ledger.memory.record({}, {"anna": Membership("imdb:ur1", NOW + timedelta(hours=6), members)})

    changed = sum(old != new for old, new in zip(before, pages(path), strict=True))
    assert len(before) > 100
    assert 0 < changed <= 2


def test_a_changed_source_drops_the_old_members(ledger: SqliteLedger) -> None:
    ledger.memory.record({}, {"anna": Membership("imdb:ur1", NOW, {DUNE.key: Member(DUNE, None)})})

    ledger.memory.record({}, {"anna": Membership("imdb:ur2")})

    assert ledger.memory.memberships() == {"anna": Membership("imdb:ur2")}


def test_the_seasons_that_a_list_names_are_kept(ledger: SqliteLedger) -> None:
    some = Member(replace(DUNE, seasons=(0, 2)), None)

    ledger.memory.record({}, {"anna": Membership("trakt:a/b", NOW, {"k": some})})

    assert ledger.memory.memberships()["anna"].members == {"k": some}


def test_another_server_remembers_nothing_of_this_one(ledger: SqliteLedger, path: Path) -> None:
    ledger.memory.record({MemoryKey(FILM): MemoryEntry()}, {"anna": Membership("imdb:ur1", NOW)})

    with SqliteLedger(path, "http://other:5055") as other:
        other.memory.record(
            {MemoryKey(FILM): MemoryEntry(present=False)}, {"anna": Membership("imdb:ur2")}
        )
        assert other.memory.read() == Memory({MemoryKey(FILM): MemoryEntry(present=False)})

    assert ledger.memory.read().slots == {MemoryKey(FILM): MemoryEntry()}
    assert ledger.memory.memberships() == {"anna": Membership("imdb:ur1", NOW)}


def test_a_title_that_cannot_be_stored_is_a_ledger_error_and_records_nothing(
    ledger: SqliteLedger,
) -> None:
    broken = Member(Item(1, "half an emoji \ud83d"), None)

    with pytest.raises(LedgerError, match="not valid Unicode"):
        ledger.memory.record(
            {MemoryKey(FILM): MemoryEntry()}, {"anna": Membership("x", NOW, {"k": broken})}
        )

    assert ledger.memory.read() == Memory()


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(NotificationState(), id="nothing any more"),
        pytest.param(NotificationState(frozenset({"kids", "more"}), NOW), id="one list more"),
        pytest.param(
            NotificationState(frozenset({"kids"}), NOW + timedelta(days=1)), id="another day"
        ),
        pytest.param(NotificationState(frozenset({"more"}), NOW), id="another list"),
    ],
)
def test_notifications_are_kept_for_each_server(path: Path, after: NotificationState) -> None:
    first = NotificationState(frozenset({"kids"}), NOW)
    with SqliteLedger(path, URL) as ledger, SqliteLedger(path, "http://other") as other:
        assert ledger.statuses.notification_state() == NotificationState()
        ledger.statuses.keep_notification_state(first, NOW)
        assert ledger.statuses.notification_state() == first
        ledger.statuses.keep_notification_state(after, NOW)
        assert (
            ledger.statuses.notification_state().stalled,
            other.statuses.notification_state(),
        ) == (
            after.stalled,
            NotificationState(),
        )
        assert ledger.statuses.notification_state().digested == (after.digested or NOW)


def test_what_is_forgotten_while_a_run_goes_on_is_not_written_back(
    path: Path, ledger: SqliteLedger
) -> None:
    other, new = Target(MediaKey(Kind.MOVIE, 949)), Target(MediaKey(Kind.MOVIE, 680))
    ledger.memory.record({MemoryKey(FILM): MemoryEntry(), MemoryKey(other): MemoryEntry()}, {})
    read = ledger.memory.read().slots

    with SqliteLedger(path, URL) as beside:
        beside.memory.forget([FILM.media], {}, [])
    absent = MemoryEntry(present=False)
    expected_entries = {
        MemoryKey(FILM): absent,
        MemoryKey(other): absent,
        MemoryKey(new): MemoryEntry(),
    }
    ledger.memory.record(expected_entries, {}, {}, read.keys())

    assert ledger.memory.read().slots == {MemoryKey(other): absent, MemoryKey(new): MemoryEntry()}


def test_a_row_that_cannot_be_parsed_leaves_no_lock(path: Path, ledger: SqliteLedger) -> None:
    other = Target(MediaKey(Kind.MOVIE, 949))
    ledger.memory.record({MemoryKey(FILM): MemoryEntry(), MemoryKey(other): MemoryEntry()}, {})
    with closing(sqlite3.connect(path, timeout=0)) as program:
        program.execute("PRAGMA ignore_check_constraints = ON")
        program.execute("UPDATE memory_entries SET kind = 'x'")
        program.commit()
        with pytest.raises(LedgerError, match="cannot be read") as failure:
            ledger.memory.read()
        program.execute("BEGIN EXCLUSIVE")
        assert failure.tb is not None  # whoever keeps the error keeps its frames and statements
