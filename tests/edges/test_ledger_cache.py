"""The ledger's cache: believed for a while, dropped when unused, never in the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.core.model import (
    Candidate,
    Downloader,
    Facts,
    Film,
    Ids,
    Item,
    Kind,
    ListReport,
    Match,
    MatchMethod,
    MediaKey,
    MemoryEntry,
    MemoryKey,
    Option,
    Outcome,
    Reason,
    RowReport,
    Season,
    ServiceOptions,
    Show,
    Snapshot,
    Target,
    Unmatched,
)
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger

URL = "http://seerr:5055"
NOW = datetime(2026, 11, 22, 20, 15, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
DUNE = Match(MediaKey(Kind.MOVIE, 438631), MatchMethod.IMDB)
TWO = Unmatched(
    Reason.AMBIGUOUS,
    "2 candidates",
    (Candidate(MediaKey(Kind.TV, 90228), "Dune", "Dune ✦", 2021),),
)
SHOW = Show(136315, "The Bear", None, ended=False, seasons=(Season(1, date(2022, 6, 23), 8),))
FILM = Film(136315, "Heat", 1995, Facts(7.9, 7000, ("Action", "Crime"), "en"))
REPORT = ListReport(
    "imdb:ur1",
    NOW,
    Snapshot(Outcome.INCOMPLETE, "browser", (Item(1, "Dune"),), 3, "cut off", 90.5),
    Snapshot(Outcome.COMPLETE, "browser", (Item(1, "Dune"), Item(2, "Heat")), 2),
    (RowReport(Item(1, "Dune", 2021, Kind.MOVIE, Ids("tt1", 2, 3, "d")), "request", "", None),),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "listsync.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    with SqliteLedger(path, URL) as opened:
        yield opened


def meddle(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def test_answers_come_back_as_they_were_given(ledger: SqliteLedger) -> None:
    ledger.cache.keep_matches({"imdb:tt1": DUNE, 'title:"Dune"': TWO}, NOW)

    assert ledger.cache.matches(["imdb:tt1", 'title:"Dune"', "imdb:tt2"], NOW) == {
        "imdb:tt1": DUNE,
        'title:"Dune"': TWO,
    }


def test_any_number_of_keys_can_be_asked_for_at_once(ledger: SqliteLedger) -> None:
    answers = {
        f"imdb:tt{n}": Match(MediaKey(Kind.MOVIE, n), MatchMethod.IMDB) for n in range(40_000)
    }
    ledger.cache.keep_matches(answers, NOW)

    assert ledger.cache.matches(answers, NOW) == answers


@pytest.mark.parametrize(
    ("asked_after", "believed"),
    [
        pytest.param(timedelta(), True, id="at once"),
        pytest.param(7 * DAY - timedelta(microseconds=1), True, id="just under 7 days"),
        pytest.param(7 * DAY, False, id="7 days"),
        pytest.param(-DAY, False, id="from tomorrow: the clock was wrong"),
    ],
)
@pytest.mark.parametrize("reason", [Reason.NOT_FOUND, Reason.AMBIGUOUS, Reason.TYPE_MISMATCH])
def test_a_no_is_believed_for_seven_days(
    ledger: SqliteLedger, reason: Reason, asked_after: timedelta, *, believed: bool
) -> None:
    ledger.cache.keep_matches({"imdb:tt1": Unmatched(reason, "")}, NOW)

    assert bool(ledger.cache.matches(["imdb:tt1"], NOW + asked_after)) is believed


def test_a_match_is_believed_after_seven_days(ledger: SqliteLedger) -> None:
    ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)

    assert ledger.cache.matches(["imdb:tt1"], NOW + 100 * DAY) == {"imdb:tt1": DUNE}


def test_trouble_is_not_an_answer_and_leaves_an_older_answer_alone(ledger: SqliteLedger) -> None:
    trouble = Unmatched(Reason.UNRESOLVED, "TMDB did not answer")
    ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)

    ledger.cache.keep_matches({"imdb:tt1": trouble, "imdb:tt2": trouble}, NOW)

    assert ledger.cache.matches(["imdb:tt1", "imdb:tt2"], NOW) == {"imdb:tt1": DUNE}


def test_a_newer_answer_replaces_an_older_one(ledger: SqliteLedger) -> None:
    ledger.cache.keep_matches({"imdb:tt1": TWO}, NOW)

    ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)

    assert ledger.cache.matches(["imdb:tt1"], NOW + 8 * DAY) == {"imdb:tt1": DUNE}


def test_answers_unused_for_180_days_go_and_used_ones_stay(
    ledger: SqliteLedger, path: Path
) -> None:
    ledger.cache.keep_matches({"imdb:tt1": DUNE, "imdb:tt2": DUNE}, NOW)
    ledger.cache.matches(["imdb:tt2"], NOW + 100 * DAY)

    ledger.cache.keep_matches({}, NOW + 181 * DAY)

    assert count(path, "matches") == 1
    assert ledger.cache.matches(["imdb:tt1", "imdb:tt2"], NOW + 181 * DAY) == {"imdb:tt2": DUNE}


def test_asking_twice_in_a_day_does_not_touch_the_file(ledger: SqliteLedger, path: Path) -> None:
    ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)
    before = path.read_bytes()

    ledger.cache.matches(["imdb:tt1"], NOW + timedelta(hours=6))

    assert path.read_bytes() == before


def test_details_come_back_with_when_they_were_read(ledger: SqliteLedger) -> None:
    ledger.cache.keep_details([SHOW], NOW - DAY)
    ledger.cache.keep_details([SHOW, FILM], NOW)

    assert ledger.cache.details([SHOW.media, FILM.media, MediaKey(Kind.TV, FILM.tmdb)]) == {
        SHOW.media: (SHOW, NOW),
        FILM.media: (FILM, NOW),
    }
    assert ledger.cache.details([]) == {}


def test_details_not_read_for_180_days_go(ledger: SqliteLedger) -> None:
    ledger.cache.keep_details([SHOW, FILM], NOW)

    ledger.cache.keep_details([], NOW + 181 * DAY)

    assert ledger.cache.details([SHOW.media, FILM.media]) == {}


def test_reports_come_back_by_list(ledger: SqliteLedger) -> None:
    target = Target(MediaKey(Kind.MOVIE, 2), is_4k=True)
    other = ListReport(
        "file:x.txt",
        NOW,
        Snapshot(Outcome.EMPTY, "file"),
        Snapshot(Outcome.EMPTY, "file"),
        (RowReport(Item(1, "X"), "handled", "gone", target),),
    )
    ledger.cache.keep_reports({"a": REPORT, "b": REPORT})
    ledger.cache.keep_reports({"b": other})

    assert ledger.cache.reports() == {"a": REPORT, "b": other}


def test_reports_of_another_server_are_not_shown(ledger: SqliteLedger, path: Path) -> None:
    ledger.cache.keep_reports({"a": REPORT})

    with SqliteLedger(path, "http://other:5055") as other:
        assert other.cache.reports() == {}


def test_a_list_that_gave_no_report_for_180_days_is_forgotten(ledger: SqliteLedger) -> None:
    ledger.cache.keep_reports({"renamed since": REPORT})
    nothing = Snapshot(Outcome.COMPLETE, "browser")
    later = ListReport("imdb:ur1", NOW + 181 * DAY, nothing, nothing)

    ledger.cache.keep_reports({"a": later})

    assert ledger.cache.reports() == {"a": later}


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param("{}", id="older shape"),
        pytest.param("{", id="not JSON"),
        pytest.param('{"reason": "gone-fishing", "detail": ""}', id="unknown word"),
    ],
)
def test_a_cache_row_of_another_shape_is_ignored_and_dropped(
    ledger: SqliteLedger, path: Path, shape: str
) -> None:
    ledger.cache.keep_matches({"imdb:tt1": DUNE, "imdb:tt2": DUNE}, NOW)
    ledger.cache.keep_details([SHOW], NOW)
    ledger.cache.keep_reports({"a": REPORT})
    meddle(path, f"UPDATE matches SET answer = '{shape}' WHERE key = 'imdb:tt1'")  # noqa: S608
    meddle(path, f"UPDATE titles SET details = '{shape}'")  # noqa: S608
    meddle(path, f"UPDATE reports SET report = '{shape}'")  # noqa: S608

    read = (
        ledger.cache.matches(["imdb:tt1", "imdb:tt2"], NOW),
        ledger.cache.details([SHOW.media]),
        ledger.cache.reports(),
    )

    assert read == ({"imdb:tt2": DUNE}, {}, {})
    assert [count(path, table) for table in ("matches", "titles", "reports")] == [1, 0, 0]


def test_an_answer_that_cannot_be_stored_is_no_error(ledger: SqliteLedger) -> None:
    ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)

    ledger.cache.keep_matches({'title:"half an emoji \ud83d"': DUNE}, NOW)

    assert ledger.cache.matches(["imdb:tt1"], NOW) == {"imdb:tt1": DUNE}


def damage(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def move_away(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


@pytest.mark.parametrize("harm", [damage, move_away])
def test_a_cache_that_cannot_be_written_is_no_error(
    ledger: SqliteLedger, path: Path, harm: Callable[[Path], None]
) -> None:
    harm(path)

    ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)
    ledger.cache.keep_details([SHOW], NOW)
    ledger.cache.keep_reports({"a": REPORT})

    with pytest.raises(LedgerError):
        ledger.memory.record({MemoryKey(Target(DUNE.media)): MemoryEntry()}, {})


BROWSER = "browser https://www.imdb.com"


@pytest.mark.parametrize(
    ("later", "blocked"),
    [(timedelta(), True), (DAY - timedelta(seconds=1), True), (DAY, False), (-DAY, False)],
    ids=["at once", "for a day", "no longer", "not under a clock that was wrong"],
)
def test_a_blocked_route_is_remembered_for_a_day(
    path: Path, later: timedelta, *, blocked: bool
) -> None:
    with SqliteLedger(path, URL) as ledger:
        ledger.cache.keep_blocked(BROWSER, NOW)
    with SqliteLedger(path, "http://another:5055") as ledger:
        assert ledger.cache.is_blocked(BROWSER, NOW + later) is blocked
        assert not ledger.cache.is_blocked("browser http://127.0.0.1:1", NOW)


def test_a_route_that_is_blocked_again_is_remembered_from_then_on(path: Path) -> None:
    with SqliteLedger(path, URL) as ledger:
        ledger.cache.keep_blocked(BROWSER, NOW)
        ledger.cache.keep_blocked(BROWSER, NOW + DAY)
        assert ledger.cache.is_blocked(BROWSER, NOW + DAY + timedelta(hours=23))


def test_a_blocked_route_that_cannot_be_written_down_is_no_error(tmp_path: Path) -> None:
    with SqliteLedger(tmp_path / "none" / "listsync.db", URL) as ledger:
        assert not ledger.cache.is_blocked(BROWSER, NOW)
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with SqliteLedger(folder / "listsync.db", URL) as ledger:
        ledger.cache.keep_blocked(BROWSER, NOW)


# ------------------------------------------------------------------------------ Radarr and Sonarr

RADARR = Downloader(
    0,
    "Radarr ✦",
    is_default=True,
    stock=ServiceOptions((Option(4, "HD"),), (Option(1, "/movies"),), (Option(2, "kids"),)),
)
RADARR_4K = Downloader(1, "4K", is_4k=True)


def test_service_options_come_back_as_they_were_stored(ledger: SqliteLedger) -> None:
    ledger.cache.keep_downloaders(Kind.MOVIE, (RADARR, RADARR_4K), NOW)
    ledger.cache.keep_downloaders(Kind.TV, (), NOW)

    assert ledger.cache.downloaders(NOW) == {Kind.MOVIE: (RADARR, RADARR_4K), Kind.TV: ()}


def test_what_is_offered_now_replaces_what_was(ledger: SqliteLedger) -> None:
    ledger.cache.keep_downloaders(Kind.MOVIE, (RADARR, RADARR_4K), NOW)

    ledger.cache.keep_downloaders(Kind.MOVIE, (RADARR_4K,), NOW)

    assert ledger.cache.downloaders(NOW) == {Kind.MOVIE: (RADARR_4K,)}


@pytest.mark.parametrize(
    ("asked_after", "believed"),
    [
        pytest.param(timedelta(), True, id="at once"),
        pytest.param(DAY - timedelta(microseconds=1), True, id="just under a day"),
        pytest.param(DAY, False, id="a day"),
        pytest.param(-DAY, False, id="from tomorrow: the clock was wrong"),
    ],
)
def test_what_is_offered_is_believed_for_a_day(
    ledger: SqliteLedger, asked_after: timedelta, *, believed: bool
) -> None:
    ledger.cache.keep_downloaders(Kind.TV, (RADARR,), NOW)

    assert bool(ledger.cache.downloaders(NOW + asked_after)) is believed


def test_what_another_server_offers_is_none_of_ours(path: Path, ledger: SqliteLedger) -> None:
    with SqliteLedger(path, "http://other:5055") as other:
        other.cache.keep_downloaders(Kind.MOVIE, (RADARR,), NOW)

    assert ledger.cache.downloaders(NOW) == {}


def test_an_offer_that_cannot_be_read_is_no_offer(path: Path, ledger: SqliteLedger) -> None:
    ledger.cache.keep_downloaders(Kind.MOVIE, (RADARR,), NOW)
    ledger.cache.keep_downloaders(Kind.TV, (RADARR_4K,), NOW)
    meddle(path, "UPDATE downloaders SET options = '[{}]' WHERE kind = 'movie'")

    assert ledger.cache.downloaders(NOW) == {Kind.TV: (RADARR_4K,)}
