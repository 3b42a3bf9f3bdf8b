"""A plan that is saved, looked at by somebody, and applied."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS
from examples.sandbox.titles import Title
from reconciler.ledger.lock import WriterLock
from tests.e2e.household import ALIEN, DUNE, HEAT, JOKER, Household, numbers, until
from tests.e2e.terminal import terminal

NOT_A_PLAN = "the file already exists and is not a plan"


def saved_plan(household: Household, name: str = "plan.json") -> dict[str, Any]:
    document: dict[str, Any] = json.loads((household.folder / name).read_text("utf-8"))
    return document


def hold(household: Household, lists: Mapping[str, Iterable[Title]]) -> None:
    """A file with these lists, each a text file of IMDb ids."""
    for number, titles in enumerate(lists.values()):
        (household.folder / f"{number}.txt").write_text("".join(f"imdb:{t.imdb}\n" for t in titles))
    household.write({name: {"source": f"file:{n}.txt"} for n, name in enumerate(lists)})


def test_a_saved_plan_does_what_it_says_and_is_still_needed(household: Household) -> None:
    household.wish([DUNE, HEAT])
    output = household.folder / "output"
    assert household.run("plan", "--out", "plan.json", env={"GITHUB_OUTPUT": str(output)}).code == 0
    saved = saved_plan(household)
    assert output.read_text() == f"plan_id={saved['plan_id']}\nchanges=2\n"
    assert household.server.api_key not in json.dumps(saved)
    household.person("POST", "/request", {"mediaType": "movie", "mediaId": HEAT.tmdb})
    household.wish([DUNE, HEAT, ALIEN])
    refused = household.run("apply", "plan.json", "--expect", saved["plan_id"])
    assert (refused.code, household.stored()) == (3, numbers([HEAT]))
    done = household.run("apply", "plan.json", "-o", "json")
    assert (done.code, household.stored()) == (0, numbers([HEAT, DUNE]))
    left = done.document["saved"]
    result = {
        key: [row["media"]["ids"]["tmdb"] for row in left[key]] for key in ("satisfied", "new")
    }
    assert result == {"satisfied": [HEAT.tmdb], "new": [ALIEN.tmdb]}


def test_what_a_saved_plan_left_alone_is_shown_with_what_it_is_now(household: Household) -> None:
    household.wish([DUNE, HEAT, ALIEN])
    household.run("plan", "--out", "plan.json")
    household.person("POST", "/request", {"mediaType": "movie", "mediaId": HEAT.tmdb})
    household.person("POST", "/request", {"mediaType": "movie", "mediaId": ALIEN.tmdb})
    [*_, declined] = household.server.state.requests
    household.person("POST", f"/request/{declined}/decline")
    household.wish([HEAT, ALIEN, JOKER])
    lines = household.run("apply", "plan.json").out.splitlines()
    plan_id = saved_plan(household)["plan_id"]
    assert [" ".join(line.split()) for line in lines[lines.index(f"saved plan {plan_id}") :]] == [
        f"saved plan {plan_id}",
        "= Dune (2021) movie request: already satisfied",
        "= Heat (1995) movie request: already satisfied, now processing",
        "› Alien (1979) movie request: left out, now declined",
        "› Joker (2019) movie request: new since the saved plan, not done",
        "",
        lines[-1],
    ]
    text = household.run("apply", "plan.json", "-o", "markdown").out
    heading, fold = f"#### Saved plan `{plan_id}`", "<summary>4 left alone</summary>"
    assert f"\n{heading}\n\n<details>\n{fold}\n\n| title |" in text
    assert f"| `tmdb:movie:{HEAT.tmdb}` | request\\: already satisfied, now processing |" in text
    assert sorted(household.stored()) == sorted(numbers([HEAT, ALIEN]))


def test_the_detailed_exit_code_tells_whether_a_saved_plan_changed_anything(
    household: Household,
) -> None:
    household.wish([DUNE])
    household.run("plan", "--out", "plan.json")
    assert household.run("apply", "plan.json", "--detailed-exitcode").code == 2
    assert household.stored() == numbers([DUNE])
    assert household.run("apply", "plan.json", "--detailed-exitcode").code == 0


def test_a_list_may_be_called_like_a_file_and_a_plan_like_anything(household: Household) -> None:
    hold(household, {"x.json": [DUNE], "wishes": [HEAT]})
    assert household.run("plan", "x.json", "--out", "x.json").code == 0
    assert saved_plan(household, "x.json")["narrowed_to"] == ["x.json"]
    assert household.run("apply", "x.json").code == 64  # the list: somebody has to be asked
    assert household.stored() == []
    assert household.run("apply", "./x.json").code == 0
    assert household.stored() == numbers([DUNE])
    assert household.run("plan", "--out", "wishes").code == 0
    assert household.run("apply", "--plan", "wishes").code == 0
    assert sorted(household.stored()) == sorted(numbers([DUNE, HEAT]))


def test_a_plan_as_a_page_is_written_or_printed_and_is_not_applied(household: Household) -> None:
    household.wish([DUNE])
    with (household.folder / "wishes.txt").open("a") as file:
        file.write("Northern Line (2015)\n")
    printed = household.run("plan", "--out", "plan.html", "-o", "html").out
    assert printed.startswith("<!doctype html>")
    assert "1 to request" in printed
    [advice] = re.findall("<code>(listsync explain .*)</code>", printed)
    explained = household.run(*shlex.split(unescape(advice))[1:])
    assert "Northern Line (2015)" in explained.out
    assert (household.folder / "plan.html").read_text("utf-8") == printed
    refused = household.run("apply", "plan.html")
    assert (refused.code, household.stored()) == (64, [])
    assert "plan.html: not a saved plan: this is a page for reading" in refused.err


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["plan", "wihses"], 64, 'did you mean "wishes"?'),
        (["plan", "--out", "-"], 64, "--out needs a file name"),
        (["plan", "--out", "listsync.yaml"], 64, f"listsync.yaml: {NOT_A_PLAN}"),
        (["plan", "--out", "state/listsync.db"], 64, f"listsync.db: {NOT_A_PLAN}"),
        (["plan", "--out", "folder"], 1, "folder: the plan cannot be written"),
        (["plan", "--out", "none/plan.json"], 1, "none/plan.json: the plan cannot be written"),
        (["apply", "folder/"], 64, "folder: the saved plan cannot be read"),
        (["apply", "--plan", "folder"], 64, "folder: the saved plan cannot be read"),
        (["apply", "none.json"], 64, "none.json: the saved plan cannot be read"),
        (["apply", "listsync.yaml"], 64, "unknown list"),
        (["apply", "--plan", "listsync.yaml"], 64, "not a saved plan"),
        (["apply", "plan.json", "plan.json"], 64, "one saved plan"),
        (["apply", "plan.json", "wishes"], 64, "lists or a saved plan, not both"),
        (["apply", "plan.json", "--expect", "1234567"], 64, "8 or more hexadecimal digits"),
        (["apply", "plan.json", "--expect", "0" * 8], 3, "expected 00000000"),
        (["apply", "--yes", "--expect", "0" * 8], 3, "expected 00000000"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_said_and_nothing_is_requested(
    household: Household, arguments: list[str], code: int, text: str
) -> None:
    household.wish([DUNE])
    (household.folder / "folder").mkdir()
    assert household.run("plan", "--out", "plan.json").code == 0
    done = household.run(*arguments)
    assert (done.code, done.out) == (code, "")
    assert text in done.err
    assert household.run(*arguments, "-o", "json").document["exit_code"] == code
    assert household.stored() == []


def test_an_expected_plan_is_applied(household: Household) -> None:
    household.wish([DUNE, HEAT])
    digest = household.run("plan", "wishes", "--out", "plan.json", "-o", "json").document["digest"]
    assert household.run("apply", "wishes", "--yes", "--expect", digest[:12].upper()).code == 0
    assert sorted(household.stored()) == sorted(numbers([DUNE, HEAT]))
    assert household.run("apply", "plan.json", "--expect", digest).code == 3
    assert household.run("apply", "plan.json").code == 0
    assert sorted(household.stored()) == sorted(numbers([DUNE, HEAT]))


def test_an_unexpected_plan_is_refused_before_anybody_is_asked(household: Household) -> None:
    household.wish([DUNE])
    with terminal(household, "apply", "--expect", "0" * 8) as screen:
        done = screen.end()
    assert done.code == 3
    assert "Apply this?" not in done.out
    assert household.stored() == []


def test_a_narrowed_plan_is_made_again_of_the_same_lists(household: Household) -> None:
    hold(household, {"anna": [DUNE], "bob": [HEAT], "carol": [ALIEN]})
    shown = household.run("plan", "bob", "anna", "--out", "plan.json")
    assert "carol" not in shown.out
    assert saved_plan(household)["narrowed_to"] == ["anna", "bob"]
    hold(household, {"dora": [JOKER], "bob": [HEAT], "carol": [ALIEN]})
    done = household.run("apply", "plan.json", "-o", "json")
    assert (done.code, household.stored()) == (0, numbers([HEAT]))
    assert [row["name"] for row in done.document["lists"]] == ["bob"]
    [missing], new = done.document["saved"]["satisfied"], done.document["saved"]["new"]
    assert (missing["media"]["ids"]["tmdb"], new) == (DUNE.tmdb, [])
    hold(household, {"carol": [ALIEN]})
    refused = household.run("apply", "plan.json")
    assert (refused.code, refused.out, household.stored()) == (3, "", numbers([HEAT]))
    assert "none of the saved plan's lists: anna, bob" in refused.err


def test_an_apply_tells_the_steps_after_it_what_it_did(household: Household) -> None:
    household.wish([DUNE, HEAT])
    output = household.folder / "output"
    output.write_text("before=1\n")
    household.run("plan", "--out", "plan.json")
    household.person("POST", "/request", {"mediaType": "movie", "mediaId": HEAT.tmdb})
    done = household.run("apply", "plan.json", "-o", "json", env={"GITHUB_OUTPUT": str(output)})
    plan_id = done.document["plan_id"]
    assert output.read_text() == f"before=1\nplan_id={plan_id}\nchanges=1\n"


@pytest.mark.parametrize("command", [["plan", "--detailed-exitcode"], ["apply", "--yes"]])
def test_telling_later_steps_is_no_reason_to_fail(household: Household, command: list[str]) -> None:
    household.wish([DUNE])
    done = household.run(*command, env={"GITHUB_OUTPUT": str(household.folder)})
    assert done.code == (2 if command[0] == "plan" else 0)
    assert done.err.startswith("listsync: warning: GITHUB_OUTPUT: ")
    assert "Dune" in done.out


FOUR, NEW = [DUNE, HEAT, ALIEN, JOKER], FILMS[0]
PRUNED = {"requester": "alice", "prune": "cancel-pending", "prune_after": "1s"}


@pytest.fixture
def off_list(household: Household) -> dict[str, Any]:
    """A saved plan that would cancel: Dune waits for approval, and left its list a second ago."""
    household.wish(FOUR, **PRUNED)
    assert household.run("apply", "--yes").code == 0
    household.wish(FOUR[1:], **PRUNED)
    household.run("apply", "--yes")
    planned = ("plan", "--out", "plan.json", "-o", "json")
    until(lambda: household.run(*planned).document["summary"]["cancel"])
    return saved_plan(household)


def test_a_saved_plan_may_hold_a_cancel(household: Household, off_list: dict[str, Any]) -> None:
    [row] = off_list["actions"]
    assert (row["op"], row["reason"], row["media"]["ids"]["tmdb"]) == (
        "cancel",
        "off-list",
        DUNE.tmdb,
    )
    assert household.run("apply", "plan.json", "--expect", "0" * 8).code == 3
    assert DUNE.tmdb in household.stored()
    done = household.run("apply", "plan.json", "--expect", off_list["plan_id"], "-o", "json")
    assert (done.code, done.results()) == (0, ["cancelled"])
    assert set(household.stored()) == set(numbers(FOUR[1:]))
    again = household.run("apply", "plan.json", "-o", "json")
    assert (again.code, again.document["actions"]) == (0, [])
    assert [r["op"] for r in again.document["saved"]["satisfied"]] == ["cancel"]


def test_a_cancel_that_was_agreed_to_is_not_done_once_the_request_was_decided(
    household: Household, off_list: dict[str, Any]
) -> None:
    number = next(
        n for n, r in household.server.state.requests.items() if r.media.tmdb == DUNE.tmdb
    )
    household.person("POST", f"/request/{number}/approve")
    assert household.run("apply", "plan.json", "--expect", off_list["plan_id"]).code == 3
    assert household.run("apply", "plan.json").code == 0
    assert set(household.stored()) == set(numbers(FOUR))


@pytest.mark.usefixtures("off_list")
def test_a_cancel_is_not_done_that_nobody_agreed_to(household: Household) -> None:
    titles = [*FOUR[1:], NEW]
    household.wish(titles, **{**PRUNED, "prune": "keep"})
    household.run("plan", "--out", "kept.json")
    household.wish(titles, **PRUNED)
    done = household.run("apply", "kept.json", "-o", "json")
    assert (done.code, done.results()) == (0, ["created"])
    assert [row["op"] for row in done.document["saved"]["new"]] == ["cancel"]
    assert set(household.stored()) == set(numbers([*FOUR, NEW]))


def test_a_saved_plan_waits_for_nobody_who_holds_the_lock(household: Household) -> None:
    household.wish([DUNE])
    household.run("plan", "--out", "plan.json")
    with WriterLock(household.ledger.resolve()):
        assert household.run("apply", "plan.json").code == 75
    assert household.stored() == []
    assert household.run("apply", "plan.json").code == 0
    assert household.stored() == numbers([DUNE])
