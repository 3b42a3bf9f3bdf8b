"""Between "it is on a list" and "it was requested", with the command: the examples of the docs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import Permission, User
from examples.sandbox.titles import Title
from tests.e2e.household import ALICE, DUNE, HEAT, Household, numbers

BREAKING_BAD = SHOWS[0]  # five seasons, ended


def keep(household: Household, name: str, titles: Iterable[Title]) -> str:
    """A file of these titles, as a list's source."""
    (household.folder / name).write_text("".join(f"imdb:{title.imdb}\n" for title in titles))
    return f"file:{name}"


def rows(document: dict[str, Any]) -> list[tuple[str, str, list[int] | None]]:
    """What a plan says of each title: action or reason, title, seasons."""
    printed = [(row["op"], row) for row in document["actions"]]
    printed += [(row["reason"], row) for row in document["verdicts"]]
    return [(word, row["media"]["title"], row["seasons"]) for word, row in printed]


def test_a_name_that_fits_two_users_stops_its_list_and_nobody_asks_instead(
    household: Household,
) -> None:
    household.server.state.users |= {8: User(8, "Sam", Permission.REQUEST), 9: User(9, "sam")}
    household.write(
        {
            "sams": {"source": keep(household, "a.txt", [DUNE]), "requester": "sam"},
            "all": {"source": keep(household, "b.txt", [DUNE, HEAT])},
        }
    )
    shown = household.run("plan")
    assert shown.code == 1
    assert "requester 'sam' matches several users on the server (ids 8, 9); use the id" in shown.out
    assert household.run("apply", "--yes").code == 1
    assert household.stored() == numbers([HEAT])
    assert {row.requested_by.id for row in household.server.state.requests.values()} == {1}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (["all"], [1, 2, 3, 4, 5]),
        (["first"], [1]),
        (["latest"], [5]),
        (["first 2"], [1, 2]),
        (["last 2"], [4, 5]),
        (["2-4"], [2, 3, 4]),
        ([[1, 4]], [1, 4]),
        ([[0, 2]], [2]),  # a new Seerr takes no specials
        (["first", "last 2"], [1, 4, 5]),
    ],
    ids=str,
)
def test_lists_want_the_seasons_that_they_say_together(
    household: Household, rules: list[object], expected: list[int]
) -> None:
    source = keep(household, "shows.txt", [BREAKING_BAD])
    household.write({f"l{n}": {"source": source, "seasons": rule} for n, rule in enumerate(rules)})
    shown = household.run("plan", "-o", "json").document
    assert rows(shown) == [("request", BREAKING_BAD.title, expected)]


def test_a_declined_season_stays_out_alone_and_the_others_extend_the_show(
    household: Household,
) -> None:
    household.wish([BREAKING_BAD], seasons=[1, 2])
    household.run("apply", "--yes")
    (number,) = household.server.state.requests
    household.person("POST", f"/request/{number}/decline")
    household.wish([BREAKING_BAD], seasons=[1, 3])
    assert household.run("apply", "--yes").code == 0
    household.wish([BREAKING_BAD])
    shown = household.run("plan", "-o", "json").document
    assert rows(shown) == [("extend", BREAKING_BAD.title, [4, 5])]
    assert shown["actions"][0]["reason"] == "new-season"
    assert "S1-2 declined" in shown["actions"][0]["detail"]


def test_top_then_quota_then_cap_then_budget_and_none_blocks_what_stands_behind(
    household: Household,
) -> None:
    household.server.state.users[ALICE] = User(ALICE, "alice", Permission.REQUEST, 1, 7)
    household.write(
        {
            "alices": {
                "source": keep(household, "a.txt", FILMS[:4]),
                "requester": "alice",
                "top": 2,
            },
            "capped": {"source": keep(household, "b.txt", FILMS[4:7]), "max_per_run": 2},
            "rest": {"source": keep(household, "c.txt", FILMS[7:9])},
        },
        budget="4/week",
    )
    words = [word for word, _, _ in rows(household.run("plan", "-o", "json").document)]
    assert words == ["request"] * 4 + ["quota", "over-cap", "over-budget"]
    assert household.run("apply", "--yes").code == 0
    assert set(household.stored()) == set(numbers([FILMS[0], FILMS[4], FILMS[5], FILMS[7]]))
    again = household.run("plan", "--all").out
    assert "the budget is 4 a week; the next slot opens 20" in again
    assert (
        "alice has 0 of 1 movies per 7 days left after this plan; the next slot opens 20" in again
    )


def test_a_server_on_which_most_is_gone_stops_everything_and_says_what_to_do(
    household: Household,
) -> None:
    household.wish(FILMS[:12])
    household.run("apply", "--yes")
    household.server.state.reset()
    for command in (["plan"], ["apply", "--yes"]):
        done = household.run(*command)
        assert done.code == 3
        assert "12 of 12 known titles are gone: is this a different server?" in done.out
        assert "check server.url; if the server was really emptied" in done.out
    assert household.stored() == []
    output = household.run("plan", "-o", "markdown").out
    missing = r"12 of 12 known titles are gone\: is this a different server?"
    assert f"> **Stopped:** {missing}\n>\n> check server" in output
