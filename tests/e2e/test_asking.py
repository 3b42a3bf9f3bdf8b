"""``apply`` asks a person before it acts, and does no more than that person has seen."""

from __future__ import annotations

import re

from examples.sandbox.known_titles import FILMS
from tests.e2e.household import ALICE, ALIEN, DUNE, HEAT, Household, numbers
from tests.e2e.terminal import terminal


def test_where_nobody_can_be_asked_it_needs_yes(household: Household) -> None:
    household.wish([DUNE])
    done = household.run("apply")
    assert (done.code, done.out) == (64, "")
    assert "--yes" in done.err
    assert household.server.state.calls == []


def test_no_changes_nothing(household: Household) -> None:
    household.wish([DUNE])
    with terminal(household, "apply") as screen:
        screen.read_until("Apply this?")
        assert re.search(r"  \+ .*Dune \(2021\)", screen.shown)
        assert re.search(r"fetch .*0/1.* wishes", screen.shown)
        screen.type("n")
        done = screen.end()
    assert done.code == 0
    assert household.stored() == []


def test_yes_does_what_was_shown_as_far_as_it_still_stands(household: Household) -> None:
    household.wish([DUNE, HEAT, ALIEN])
    with terminal(household, "apply") as screen:
        screen.read_until("Apply this?")
        body = {"mediaType": "movie", "mediaId": HEAT.tmdb, "is4k": False}
        household.person("POST", "/request", body, user=ALICE)
        (household.folder / "wishes.txt").write_text(f"imdb:{FILMS[0].imdb}\n")
        screen.type("y")
        done = screen.end()
    assert done.code == 0
    assert "2 created" in done.out
    assert sorted(household.stored()) == sorted(numbers([HEAT, DUNE, ALIEN]))


def test_yes_to_what_somebody_else_has_done_meanwhile_says_so(household: Household) -> None:
    household.wish([DUNE])
    with terminal(household, "apply") as screen:
        screen.read_until("Apply this?")
        body = {"mediaType": "movie", "mediaId": DUNE.tmdb, "is4k": False}
        household.person("POST", "/request", body, user=ALICE)
        screen.type("y")
        done = screen.end()
    assert done.code == 0
    assert "No changes. 1 title is up to date." in done.out.partition("Apply this?")[2]


def test_an_interrupt_at_the_question_ends_it_without_a_request(household: Household) -> None:
    household.wish([DUNE])
    with terminal(household, "apply") as screen:
        screen.read_until("Apply this?")
        screen.interrupt()
        done = screen.end()
    assert done.code == 130
    assert household.stored() == []


def test_the_end_of_the_input_at_the_question_is_a_no(household: Household) -> None:
    household.wish([DUNE])
    with terminal(household, "apply") as screen:
        screen.read_until("Apply this?")
        screen.type_end()
        done = screen.end()
    assert done.code == 0
    assert household.stored() == []


def test_with_nothing_to_do_nothing_is_asked(household: Household) -> None:
    household.server.state.seed([DUNE])
    household.wish([DUNE])
    with terminal(household, "apply", "--color", "never") as screen:
        done = screen.end()
    assert re.findall(r"\x1b\[[0-9;]*m", done.out) == []
    assert done.code == 0
    assert "Apply this?" not in done.out
    assert "No changes. 1 title is up to date." in done.out


def test_a_plan_without_changes_is_shown_once(household: Household) -> None:
    household.wish([])
    with terminal(household, "apply") as screen:
        done = screen.end()
    assert done.out.count("No changes.") == 1
