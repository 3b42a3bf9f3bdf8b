"""A run with nothing to do: its writes and its output."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from structlog.testing import capture_logs

from examples.sandbox.known_titles import FILMS
from tests.loop.serving import pass_time, served
from tests.loop.world import World, by_tmdb

HOURS = 7  # more than the interval, with its jitter
_COUNTED = """
CREATE TABLE written (type TEXT);
CREATE TRIGGER made AFTER INSERT ON conditions BEGIN INSERT INTO written VALUES (new.type); END;
CREATE TRIGGER mended AFTER UPDATE ON conditions BEGIN INSERT INTO written VALUES (new.type); END;
"""


def _writes(ledger: Path) -> list[str]:
    with closing(sqlite3.connect(ledger)) as connection:
        return sorted(kind for (kind,) in connection.execute("SELECT type FROM written"))


def test_conditions_are_written_once_and_only_when_they_have_changed(
    world: World, tmp_path: Path
) -> None:
    world.lists.hold("imdb:ls000000001", [by_tmdb(FILMS[0])])
    world.write({"wishes": {"source": "imdb:ls000000001"}})
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        with closing(sqlite3.connect(world.ledger)) as connection:
            connection.executescript(_COUNTED)
        pass_time(world, service, hours=HOURS)
        quiet = _writes(world.ledger)
        world.lists.fail("imdb:ls000000001")
        pass_time(world, service, hours=HOURS)
        changed = _writes(world.ledger)

    assert quiet == []
    assert changed == ["Fetched", "Ready"]


def test_a_quiet_run_is_one_line_of_the_log(world: World, tmp_path: Path) -> None:
    world.lists.hold("imdb:ls000000001", [by_tmdb(FILMS[0])])
    world.write({"wishes": {"source": "imdb:ls000000001"}})
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        with capture_logs() as log:
            pass_time(world, service, hours=HOURS)

    assert [line["event"] for line in log if line["log_level"] != "debug"] == ["run ended"]
