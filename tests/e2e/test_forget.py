"""``listsync forget`` drops a memory and says what that will do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.core.model import (
    Baseline,
    Ids,
    Item,
    Kind,
    ListReport,
    Match,
    MatchMethod,
    MediaKey,
    Member,
    Membership,
    MemoryEntry,
    MemoryKey,
    Outcome,
    Snapshot,
    Target,
)
from reconciler.ledger import SqliteLedger
from tests.e2e.household import Finished, run_here

URL = "http://127.0.0.1:9"  # nobody is there, and nobody is asked
NOW = datetime(2026, 11, 22, tzinfo=UTC)
HEAT, BEAR = MediaKey(Kind.MOVIE, 949), MediaKey(Kind.TV, 136315)
ON_LIST = Item(1, "Heat", 1995, Kind.MOVIE, Ids(imdb="tt0113277"))


def ledger(folder: Path) -> SqliteLedger:
    return SqliteLedger(folder / "l.db", URL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Heat and The Bear were taken away; Heat is on a list."""
    lists = {"wishes": {"source": "file:wishes.txt"}}
    config = {"server": {"url": URL, "api_key": "k"}, "lists": lists}
    (tmp_path / "listsync.yaml").write_text(json.dumps(config), encoding="utf-8")
    missing = MemoryEntry(present=False)
    slots = {
        MemoryKey(Target(HEAT)): missing,
        MemoryKey(Target(HEAT, is_4k=True)): missing,
        MemoryKey(Target(BEAR)): missing,
        MemoryKey(Target(BEAR), 1): MemoryEntry(),
    }
    member = Member(ON_LIST, Match(HEAT, MatchMethod.IMDB))
    shown = Snapshot(Outcome.COMPLETE, "file", (ON_LIST,))
    with ledger(tmp_path) as opened:
        opened.memory.record(
            slots, {"wishes": Membership("file:wishes.txt", NOW, {ON_LIST.key: member})}
        )
        opened.cache.keep_reports(
            {"wishes": ListReport("file:wishes.txt", datetime.now(UTC), shown, shown)}
        )
    return tmp_path


def forget(folder: Path, *words: str) -> Finished:
    return run_here(folder, ["forget", *words, "--ledger", "l.db"])


def remembered(folder: Path) -> set[MediaKey]:
    with ledger(folder) as opened:
        return {slot.target.media for slot in opened.memory.read().slots}


@pytest.mark.parametrize("item", ["tmdb:movie:949", "imdb:tt0113277"])
def test_a_title_on_a_list_may_be_requested_again_and_its_list_is_asked_for(
    folder: Path, item: str
) -> None:
    result = forget(folder, item)

    assert (result.code, result.err) == (0, "")
    assert result.out == (f"forgot {item}: the next apply may request it again: it is on wishes\n")
    assert remembered(folder) == {BEAR}
    with ledger(folder) as opened:
        assert list(opened.statuses.triggers()) == ["wishes"]


def test_what_the_server_still_shows_is_said_to_hold(folder: Path) -> None:
    assert "such as a decline, still count" in forget(folder, "tmdb:tv:136315").out
    assert remembered(folder) == {HEAT}


def test_an_item_nobody_knows_is_said_to_be_unknown(folder: Path) -> None:
    result = forget(folder, "tmdb:movie:1")

    assert (result.code, result.out) == (0, "nothing is recorded about tmdb:movie:1\n")
    assert remembered(folder) == {HEAT, BEAR}


def test_what_is_no_item_is_wrong_usage(folder: Path) -> None:
    result = forget(folder, "Heat")

    assert result.code == 64
    assert "is not an item" in result.err


@pytest.mark.parametrize("item", ['title:"Heat (1995)"', "title:heat"])
def test_a_list_of_bare_ids_knows_its_titles_by_the_servers_names(folder: Path, item: str) -> None:
    bare = Item(1, "", ids=Ids(imdb="tt0113277"))
    member = Member(bare, Match(HEAT, MatchMethod.IMDB, "Heat", 1995))
    with ledger(folder) as opened:
        opened.memory.record({}, {"wishes": Membership("file:wishes.txt", NOW, {bare.key: member})})

    assert forget(folder, item).out.startswith(f"forgot {item}: ")
    assert remembered(folder) == {BEAR}


def test_a_name_that_could_be_several_titles_forgets_none_of_them(folder: Path) -> None:
    other = Item(2, "Heat", 1986, Kind.MOVIE, Ids(imdb="tt0091183"))
    members = {
        ON_LIST.key: Member(ON_LIST, Match(HEAT, MatchMethod.IMDB)),
        other.key: Member(other, Match(MediaKey(Kind.MOVIE, 36351), MatchMethod.IMDB)),
    }
    with ledger(folder) as opened:
        opened.memory.record({}, {"wishes": Membership("file:wishes.txt", NOW, members)})

    result = forget(folder, "title:Heat")

    assert result.code == 64
    assert "title:Heat matches several titles" in result.err
    assert "choose one: tmdb:movie:949, tmdb:movie:36351" in result.err
    assert remembered(folder) == {HEAT, BEAR}
    assert "forgot" in forget(folder, 'title:"Heat (1995)"').out


@pytest.mark.parametrize("everything", [False, True])
def test_that_a_title_was_adopted_is_forgotten_with_all(folder: Path, *, everything: bool) -> None:
    baseline = Baseline("file:wishes.txt", NOW, frozenset({ON_LIST.key, "imdb:tt9"}))
    with ledger(folder) as opened:
        opened.memory.keep_baselines({"wishes": baseline})

    result = forget(folder, "tmdb:movie:949", *["--all"] * everything)

    with ledger(folder) as opened:
        left = opened.memory.baselines()["wishes"].keys
    assert left == ({"imdb:tt9"} if everything else {ON_LIST.key, "imdb:tt9"})
    assert ("it is on wishes" in result.out) is everything


def test_that_a_title_was_adopted_under_a_former_name_is_forgotten_too(folder: Path) -> None:
    with ledger(folder) as opened:
        baseline = Baseline("file:wishes.txt", NOW, frozenset({ON_LIST.key}))
        opened.memory.keep_baselines({"wishes": baseline})
    config = json.loads((folder / "listsync.yaml").read_text())
    config["lists"] = {"films": {"source": "file:wishes.txt", "was": "wishes"}}
    (folder / "listsync.yaml").write_text(json.dumps(config))

    assert "it is on films" in forget(folder, "tmdb:movie:949", "--all").out

    with ledger(folder) as opened:
        keys = {name: baseline.keys for name, baseline in opened.memory.baselines().items()}
    assert keys == {"films": frozenset()}
