"""A ledger that stays open and locked, whatever happens to its file meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.core.model import Kind, MediaKey, MemoryEntry, MemoryKey, Schedule, Target
from reconciler.errors import LedgerError, LockHeldError
from reconciler.ledger import LockedLedger, SqliteLedger

URL = "http://s"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SLOT = MemoryKey(Target(MediaKey(Kind.MOVIE, 1)))
ENTRIES = {SLOT: MemoryEntry(present=False)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path / "state" / "listsync.db"


@pytest.fixture
def locked_ledger() -> Iterator[LockedLedger]:
    with LockedLedger() as ledger:
        yield ledger


def locked(path: Path) -> bool:
    with SqliteLedger(path, URL) as other:
        try:
            with other.lock():
                return False
        except LockHeldError:
            return True


def test_others_may_read_it_and_not_act(locked_ledger: LockedLedger, path: Path) -> None:
    locked_ledger.at(path, URL).memory.record(ENTRIES, {})

    with SqliteLedger(path, URL) as other:
        assert other.memory.read().slots == ENTRIES
    assert locked(path)


def test_the_lock_goes_with_the_block(path: Path) -> None:
    with LockedLedger() as locked_ledger:
        locked_ledger.at(path, URL)
    assert not locked(path)


def test_a_lock_that_is_a_link_is_refused_and_leaves_its_target_alone(
    path: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    victim.chmod(0o644)
    path.with_name("listsync.db.lock").symlink_to(victim)

    refused = pytest.raises(LedgerError, match="lock cannot be")
    with SqliteLedger(path, URL) as ledger, refused, ledger.lock():
        pass

    assert (victim.read_text(), victim.stat().st_mode & 0o777) == ("mine", 0o644)


def test_a_deleted_ledger_is_restored_with_all_its_content(
    locked_ledger: LockedLedger, path: Path
) -> None:
    locked_ledger.at(path, URL).memory.record(ENTRIES, {})
    path.unlink()

    locked_ledger.at(path, URL).statuses.keep_status("wishes", Schedule("d", NOON), {})

    with SqliteLedger(path, URL) as other:
        assert other.memory.read().slots == ENTRIES
        assert other.statuses.schedules() == {"wishes": Schedule("d", NOON)}
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


def test_a_deleted_folder_is_waited_for_and_filled_with_ledger_and_lock(
    locked_ledger: LockedLedger, path: Path
) -> None:
    locked_ledger.at(path, URL).memory.record(ENTRIES, {})
    shutil.rmtree(path.parent)
    with pytest.raises(LedgerError, match="deleted together with its folder"):
        locked_ledger.at(path, URL)
    path.parent.mkdir()

    locked_ledger.at(path, URL)

    with SqliteLedger(path, URL) as other:
        assert other.memory.read().slots == ENTRIES
    assert locked(path)


def test_a_ledger_that_was_put_in_its_place_is_taken_as_it_is(
    locked_ledger: LockedLedger, path: Path, tmp_path: Path
) -> None:
    locked_ledger.at(path, URL).memory.record(ENTRIES, {})
    with SqliteLedger(tmp_path / "backup.db", URL):
        pass
    (tmp_path / "backup.db").replace(path)

    assert locked_ledger.at(path, URL).memory.read().slots == {}


def test_what_cannot_be_used_is_an_error_until_it_can(
    locked_ledger: LockedLedger, path: Path
) -> None:
    path.mkdir()
    with pytest.raises(LedgerError, match="is a folder"):
        locked_ledger.at(path, URL)
    path.rmdir()

    assert locked_ledger.at(path, URL).memory.read().slots == {}
    assert locked(path)


def test_another_path_is_another_ledger_and_frees_the_first(
    locked_ledger: LockedLedger, path: Path, tmp_path: Path
) -> None:
    locked_ledger.at(path, URL).memory.record(ENTRIES, {})

    assert locked_ledger.at(tmp_path / "other.db", URL).memory.read().slots == {}
    assert not locked(path)
    assert locked(tmp_path / "other.db")
