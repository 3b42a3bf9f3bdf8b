"""A rename in the ledger: in every table, all of it or nothing, and as it is read before."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.core.model import (
    Baseline,
    Claim,
    Condition,
    ListRef,
    ListReport,
    ListRules,
    Match,
    MatchMethod,
    Member,
    Membership,
    NotificationState,
    Outcome,
    RowReport,
    Schedule,
    Snapshot,
    Status,
    Target,
)
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger, renames
from reconciler.ledger.schema import SCHEMA
from tests.core.test_membership import key
from tests.core.values import NOW, item, rules

URL, OTHER = "http://seerr:5055", "http://other:5055"
OLD_SOURCE = "imdb:ls1"
FILM = item(key(1))
BY_LIST = re.compile(r"CREATE TABLE (\w+) \((?:(?!CREATE).)*?\b(list|lists) TEXT", re.DOTALL)
OF_THE_FILE = {"waiting_rights"}  # whose names are those in effect: core.rights_change


def fill(path: Path, url: str) -> None:
    """A ledger that has ``kids`` and ``films`` in every table."""
    with SqliteLedger(path, url) as ledger, ledger.lock():
        match = Match(key(1), MatchMethod.TMDB)
        membership = Membership(OLD_SOURCE, NOW, {FILM.key: Member(FILM, match, missed=NOW)})
        lists = {"kids": membership, "films": Membership("imdb:top", NOW)}
        claims = {Target(key(1)): [Claim("kids", OLD_SOURCE), Claim("films", "imdb:top")]}
        ledger.memory.record({}, lists, claims)
        ledger.memory.keep_baselines({"kids": Baseline(OLD_SOURCE, NOW, frozenset({FILM.key}))})
        ready = {"Ready": Condition("Ready", Status.TRUE, "", "", NOW, "g")}
        snapshot = Snapshot(Outcome.COMPLETE, "api", (FILM,))
        for name in lists:
            ledger.statuses.keep_status(name, Schedule("hash", NOW), ready)
            ledger.statuses.trigger(name)
            report = ListReport(OLD_SOURCE, NOW, snapshot, snapshot, (RowReport(FILM, "created"),))
            ledger.cache.keep_reports({name: report})
        ledger.statuses.keep_notification_state(NotificationState(frozenset(lists)), NOW)
        with ledger.database.writing() as connection:
            connection.execute(
                "INSERT INTO intents (server, at, op, kind, tmdb, is_4k, title, requester, lists)"
                """ VALUES (?, '', 'request', 'movie', 1, 0, '', 1, '["films", "kids"]')""",
                (url,),
            )
            connection.execute(
                "INSERT INTO runs (server, command, began, lists)"
                """ VALUES (?, 'run', '', '["kids", "films"]')""",
                (url,),
            )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "listsync.db"
    for url in (URL, OTHER):
        fill(path, url)
    return path


def rows(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """The rows that name ``kids``, by table and server."""
    by_table: dict[str, list[str]] = {}
    for table, _ in BY_LIST.findall(SCHEMA):
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - of our schema
            if "kids" in str(row) or "children" in str(row):
                by_table.setdefault(table, []).append(str(row))
    return by_table


def stored(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as connection:
        return rows(connection)


def renamed(source: str = OLD_SOURCE) -> list[ListRules]:
    ref = ListRef("imdb", source.removeprefix("imdb:"))
    return [rules("children", source=ref, was="kids"), rules("films")]


def test_no_table_keeps_the_old_name_and_no_other_server_is_touched(path: Path) -> None:
    before = stored(path)
    assert before.keys() | OF_THE_FILE == {table for table, _ in BY_LIST.findall(SCHEMA)}

    with SqliteLedger(path, URL) as ledger, ledger.lock():
        ledger.rename(renamed())

    for table, lines in stored(path).items():
        assert [line for line in lines if "kids" in line and URL in line] == [], table
        of_others = [line for line in before[table] if OTHER in line]
        assert [line for line in lines if OTHER in line] == of_others
        assert len(lines) == len(before[table])


def test_a_name_that_another_list_had_before_is_taken_over_whole(path: Path) -> None:
    with SqliteLedger(path, URL) as ledger, ledger.lock():
        kids = ledger.memory.memberships()["kids"]
        films = Membership("imdb:top", NOW, {"title:Heat": Member(item(key(2)), None)})
        ledger.memory.record({}, {"films": films}, {})
        ledger.rename([rules("films", source=ListRef("imdb", "ls1"), was="kids")])

        assert ledger.memory.memberships() == {"films": kids}
        for table in ("intents", "runs"):
            query = f"SELECT lists FROM {table} WHERE server = ?"  # noqa: S608 - of our schema
            assert ledger.database.rows(query, (URL,)) == [('["films"]',)]


@pytest.mark.parametrize("source", [OLD_SOURCE, "imdb:ls9"], ids=["same source", "another source"])
def test_a_ledger_is_read_as_it_will_be_and_nothing_is_written(path: Path, source: str) -> None:
    lists = renamed(source)
    before = path.read_bytes()

    with SqliteLedger(path, URL, lists) as preview:
        previewed = (
            preview.memory.memberships(),
            preview.memory.baselines(),
            preview.memory.read(),
            preview.statuses.conditions(),
            preview.statuses.schedules(),
            preview.cache.reports(),
        )
    assert path.read_bytes() == before

    with SqliteLedger(path, URL, lists) as ledger, ledger.lock():
        ledger.rename(lists)
        assert previewed == (
            ledger.memory.memberships(),
            ledger.memory.baselines(),
            ledger.memory.read(),
            ledger.statuses.conditions(),
            ledger.statuses.schedules(),
            ledger.cache.reports(),
        )
    membership = previewed[0]["children"]
    assert (membership.source, membership.completed) == (
        source,
        NOW if source == OLD_SOURCE else None,
    )
    assert Claim("children", source) in previewed[2].claims[Target(key(1))]


def test_what_is_written_during_a_preview_is_in_the_file(path: Path) -> None:
    with SqliteLedger(path, URL, renamed()) as preview:
        preview.statuses.trigger("children")
        assert preview.statuses.triggers().keys() == {"children", "films"}
    with SqliteLedger(path, URL) as ledger:
        assert ledger.statuses.triggers().keys() == {"kids", "children", "films"}


def test_a_rename_is_written_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(renames, "write_baselines", fail)
    before = stored(path)

    with SqliteLedger(path, URL) as ledger, ledger.lock(), pytest.raises(LedgerError):
        ledger.rename(renamed())

    assert stored(path) == before


def test_a_second_rename_changes_nothing(path: Path) -> None:
    with SqliteLedger(path, URL) as ledger, ledger.lock():
        ledger.rename(renamed())
        before = path.read_bytes()
        ledger.rename(renamed())
        ledger.statuses.keep_status("children", Schedule("hash", NOW + timedelta(1)), {})
        ledger.rename(renamed())
        assert ledger.statuses.schedules()["children"].due == NOW + timedelta(1)

    assert before != path.read_bytes()
