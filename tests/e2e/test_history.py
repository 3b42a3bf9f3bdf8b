"""``history``: the requests made to the server, from the ledger alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from examples.sandbox.media_server import SandboxServer
from tests.e2e.household import ALICE, DUNE, HEAT, JOKER, Household


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """Three runs: two films for alice, one more film, and one that found a wrong key."""
    with SandboxServer() as server:
        household = Household(tmp_path_factory.mktemp("past"), server)
        (household.folder / "wishes.txt").write_text(f"imdb:{DUNE.imdb}\nimdb:{HEAT.imdb}\n")
        (household.folder / "more.txt").write_text("")
        household.write(
            {
                "wishes": {"source": "file:wishes.txt", "requester": "alice"},
                "more": {"source": "file:more.txt"},
            }
        )
        assert household.run("apply", "--yes").code == 0
        (household.folder / "more.txt").write_text(f"imdb:{JOKER.imdb}\n")
        assert household.run("apply", "--yes").code == 0
        server.faults.wrong_key = True
        assert household.run("apply", "--yes").code == 1
        yield household


def history_of(household: Household, *arguments: str) -> dict[str, Any]:
    done = household.run("history", *arguments, "-o", "json")
    assert done.code == 0
    return done.document


def titles(document: dict[str, Any]) -> list[str]:
    return [row["media"]["title"] for row in document["actions"]]


def test_history_tells_every_action_oldest_first(past: Household) -> None:
    actions = history_of(past)["actions"]
    assert sorted(row["media"]["ids"]["tmdb"] for row in actions[:2]) == sorted(
        [DUNE.tmdb, HEAT.tmdb]
    )
    assert actions[2]["media"]["ids"] == {"tmdb": JOKER.tmdb}
    assert [row["at"] for row in actions] == sorted(row["at"] for row in actions)
    recorded = [(r["op"], r["result"], r["http_status"], r["lists"]) for r in actions]
    assert recorded == [
        *[("request", "created", 201, ["wishes"])] * 2,
        ("request", "created", 201, ["more"]),
    ]
    assert [row["requester"] for row in actions] == [ALICE, ALICE, 1]
    numbers = {row["request_id"] for row in actions}
    assert numbers == set(past.server.state.requests)


def test_history_tells_every_run_that_acted_or_failed_to(past: Household) -> None:
    runs = history_of(past)["runs"]
    assert [(r["command"], r["exit_code"], r["results"], r["lists"]) for r in runs] == [
        ("apply", 0, {"created": 2}, ["wishes", "more"]),
        ("apply", 0, {"created": 1}, ["wishes", "more"]),
        ("apply", 1, {}, []),
    ]
    assert all(row["began"] <= row["ended"] for row in runs)


def test_a_plan_leaves_no_run(past: Household) -> None:
    before = history_of(past)["runs"]
    past.run("plan")
    assert history_of(past)["runs"] == before


@pytest.mark.parametrize(
    ("query", "matches", "passes"),
    [
        ("wishes", {DUNE.tmdb, HEAT.tmdb}, 2),
        ("more", {JOKER.tmdb}, 2),
        (f"imdb:{DUNE.imdb}", {DUNE.tmdb}, 0),
        (f"tmdb:movie:{HEAT.tmdb}", {HEAT.tmdb}, 0),
        (f"tmdb:tv:{HEAT.tmdb}", set(), 0),
        ("dUn", {DUNE.tmdb}, 0),
        ("imdb:tt7654321", set(), 0),
    ],
    ids=["list", "other list", "imdb", "tmdb", "show of that number", "part of a title", "unknown"],
)
def test_history_is_narrowed_to_a_list_or_a_title(
    past: Household, query: str, matches: set[int], passes: int
) -> None:
    document = history_of(past, query)
    assert {row["media"]["ids"]["tmdb"] for row in document["actions"]} == matches
    assert len(document["runs"]) == passes


@pytest.mark.parametrize("query", ["?", "", " ", 'title:"?"', "no such title"])
def test_what_names_nothing_matches_nothing(past: Household, query: str) -> None:
    done = past.run("history", query)
    assert (done.code, done.out) in {(64, ""), (0, "nothing has been requested yet\n")}


def test_the_last_ones_are_the_newest(past: Household) -> None:
    document = history_of(past, "--last", "1")
    assert [row["media"]["ids"]["tmdb"] for row in document["actions"]] == [JOKER.tmdb]
    assert [row["exit_code"] for row in document["runs"]] == [1]


def test_the_text_has_a_line_for_each(past: Household) -> None:
    lines = past.run("history", "more").out.splitlines()
    assert lines[0] == "WHEN         COMMAND    LISTS  EXIT  RESULT"
    assert lines[2].partition("apply")[2] == "          2     0  1 created"
    head, action = lines[lines.index("") + 1 :]
    assert action[head.index("TITLE") :].split("  ")[0] == JOKER.title
    assert action[head.index("RESULT") :] == "created    more · user 1 · #3"


def test_history_of_nothing_says_so(household: Household) -> None:
    household.wish([DUNE])
    household.server.stop()
    done = household.run("history")
    assert (done.code, done.out) == (0, "nothing has been requested yet\n")


def test_a_word_that_is_no_list_and_no_title_is_unknown(past: Household) -> None:
    done = past.run("history", "mroe")
    assert (done.code, done.out) == (64, "")
    assert "nothing in the history matches 'mroe', did you mean \"more\"?" in done.err


def test_a_list_that_left_the_file_is_known(household: Household) -> None:
    household.wish([])
    assert household.run("apply", "--yes").code == 0
    household.write({"other": {"source": "file:wishes.txt"}})

    (run,) = household.run("history", "wishes", "-o", "json").document["runs"]
    assert run["lists"] == ["wishes"]


def test_no_runs_at_all_are_wrong_usage(past: Household) -> None:
    assert past.run("history", "--last", "0").code == 64
