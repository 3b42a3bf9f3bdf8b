"""A plan that is saved, looked at by somebody, and applied."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS
from examples.sandbox.titles import Title
from reconciler.ledger.lock import WriterLock
from tests.e2e.household import ALIEN, DUNE, HEAT, JOKER, Household, numbers, until
from tests.e2e.terminal import terminal


def saved_plan(house: Household, name: str = "plan.json") -> dict[str, Any]:
    told: dict[str, Any] = json.loads((house.folder / name).read_text("utf-8"))
    return told


def hold(house: Household, lists: Mapping[str, Iterable[Title]]) -> None:
    """A file with these lists, each a text file of IMDb ids."""
    for number, titles in enumerate(lists.values()):
        (house.folder / f"{number}.txt").write_text("".join(f"imdb:{t.imdb}\n" for t in titles))
    house.write({name: {"source": f"file:{n}.txt"} for n, name in enumerate(lists)})


def test_a_saved_plan_does_what_it_says_and_is_still_needed(house: Household) -> None:
    house.wish([DUNE, HEAT])
    output = house.folder / "output"
    assert house.run("plan", "--out", "plan.json", env={"GITHUB_OUTPUT": str(output)}).code == 0
    saved = saved_plan(house)
    assert output.read_text() == f"plan_id={saved['plan_id']}\nchanges=2\n"
    assert house.server.api_key not in json.dumps(saved)
    house.person("POST", "/request", {"mediaType": "movie", "mediaId": HEAT.tmdb})
    house.wish([DUNE, HEAT, ALIEN])
    refused = house.run("apply", "plan.json", "--expect", saved["plan_id"])
    assert (refused.code, house.stored()) == (3, numbers([HEAT]))
    done = house.run("apply", "plan.json", "-o", "json")
    assert (done.code, house.stored()) == (0, numbers([HEAT, DUNE]))
    left = done.document["saved"]
    told = {key: [row["media"]["ids"]["tmdb"] for row in left[key]] for key in ("satisfied", "new")}
    assert told == {"satisfied": [HEAT.tmdb], "new": [ALIEN.tmdb]}


def test_what_a_saved_plan_left_alone_is_told_with_what_it_is_now(house: Household) -> None:
    house.wish([DUNE, HEAT, ALIEN])
    house.run("plan", "--out", "plan.json")
    house.person("POST", "/request", {"mediaType": "movie", "mediaId": HEAT.tmdb})
    house.person("POST", "/request", {"mediaType": "movie", "mediaId": ALIEN.tmdb})
    [*_, declined] = house.server.state.requests
    house.person("POST", f"/request/{declined}/decline")
    house.wish([HEAT, ALIEN, JOKER])
    lines = house.run("apply", "plan.json").out.splitlines()
    plan_id = saved_plan(house)["plan_id"]
    assert [" ".join(line.split()) for line in lines[lines.index(f"saved plan {plan_id}") :]] == [
        f"saved plan {plan_id}",
        f"= Dune (2021) movie tmdb:{DUNE.tmdb} request: already satisfied",
        f"= Heat (1995) movie tmdb:{HEAT.tmdb} request: already satisfied, now processing",
        f"› Alien (1979) movie tmdb:{ALIEN.tmdb} request: left out, now declined",
        f"› Joker (2019) movie tmdb:{JOKER.tmdb} request: new, not in the saved plan, not done",
        "",
        lines[-1],
    ]
    text = house.run("apply", "plan.json", "-o", "markdown").out
    heading, fold = f"#### Saved plan `{plan_id}`", "<summary>4 left alone</summary>"
    assert f"\n{heading}\n\n<details>\n{fold}\n\n| title |" in text
    assert f"| `tmdb:movie:{HEAT.tmdb}` | request\\: already satisfied, now processing |" in text
    assert house.stored() == numbers([HEAT, ALIEN])


def test_the_detailed_exit_code_tells_whether_a_saved_plan_changed_anything(
    house: Household,
) -> None:
    house.wish([DUNE])
    house.run("plan", "--out", "plan.json")
    assert house.run("apply", "plan.json", "--detailed-exitcode").code == 2
    assert house.stored() == numbers([DUNE])
    assert house.run("apply", "plan.json", "--detailed-exitcode").code == 0


def test_a_list_may_be_called_like_a_file_and_a_plan_like_anything(house: Household) -> None:
    hold(house, {"x.json": [DUNE], "wishes": [HEAT]})
    assert house.run("plan", "x.json", "--out", "x.json").code == 0
    assert saved_plan(house, "x.json")["narrowed_to"] == ["x.json"]
    assert house.run("apply", "x.json").code == 64  # the list: somebody has to be asked
    assert house.stored() == []
    assert house.run("apply", "./x.json").code == 0
    assert house.stored() == numbers([DUNE])
    assert house.run("plan", "--out", "wishes").code == 0
    assert house.run("apply", "--plan", "wishes").code == 0
    assert house.stored() == numbers([DUNE, HEAT])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["plan", "wihses"], 64, 'did you mean "wishes"?'),
        (["plan", "--out", "-"], 64, "--out needs a file name"),
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
    house: Household, arguments: list[str], code: int, said: str
) -> None:
    house.wish([DUNE])
    (house.folder / "folder").mkdir()
    assert house.run("plan", "--out", "plan.json").code == 0
    done = house.run(*arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert house.run(*arguments, "-o", "json").document["exit_code"] == code
    assert house.stored() == []


def test_an_expected_plan_is_applied(house: Household) -> None:
    house.wish([DUNE, HEAT])
    digest = house.run("plan", "wishes", "--out", "plan.json", "-o", "json").document["digest"]
    assert house.run("apply", "wishes", "--yes", "--expect", digest[:12].upper()).code == 0
    assert house.stored() == numbers([DUNE, HEAT])
    assert house.run("apply", "plan.json", "--expect", digest).code == 3
    assert house.run("apply", "plan.json").code == 0
    assert house.stored() == numbers([DUNE, HEAT])


def test_an_unexpected_plan_is_refused_before_anybody_is_asked(house: Household) -> None:
    house.wish([DUNE])
    with terminal(house, "apply", "--expect", "0" * 8) as screen:
        done = screen.end()
    assert done.code == 3
    assert "Apply this?" not in done.out
    assert house.stored() == []


def test_a_narrowed_plan_is_made_anew_of_the_same_lists(house: Household) -> None:
    hold(house, {"anna": [DUNE], "bob": [HEAT], "carol": [ALIEN]})
    shown = house.run("plan", "bob", "anna", "--out", "plan.json")
    assert "carol" not in shown.out
    assert saved_plan(house)["narrowed_to"] == ["anna", "bob"]
    hold(house, {"dora": [JOKER], "bob": [HEAT], "carol": [ALIEN]})
    done = house.run("apply", "plan.json", "-o", "json")
    assert (done.code, house.stored()) == (0, numbers([HEAT]))
    assert [row["name"] for row in done.document["lists"]] == ["bob"]
    [gone], new = done.document["saved"]["satisfied"], done.document["saved"]["new"]
    assert (gone["media"]["ids"]["tmdb"], new) == (DUNE.tmdb, [])
    hold(house, {"carol": [ALIEN]})
    refused = house.run("apply", "plan.json")
    assert (refused.code, refused.out, house.stored()) == (3, "", numbers([HEAT]))
    assert "none of the saved plan's lists: anna, bob" in refused.err


def test_an_apply_tells_the_steps_after_it_what_it_did(house: Household) -> None:
    house.wish([DUNE, HEAT])
    output = house.folder / "output"
    output.write_text("before=1\n")
    house.run("plan", "--out", "plan.json")
    house.person("POST", "/request", {"mediaType": "movie", "mediaId": HEAT.tmdb})
    done = house.run("apply", "plan.json", "-o", "json", env={"GITHUB_OUTPUT": str(output)})
    plan_id = done.document["plan_id"]
    assert output.read_text() == f"before=1\nplan_id={plan_id}\nchanges=1\n"


@pytest.mark.parametrize("command", [["plan", "--detailed-exitcode"], ["apply", "--yes"]])
def test_telling_later_steps_is_no_reason_to_fail(house: Household, command: list[str]) -> None:
    house.wish([DUNE])
    done = house.run(*command, env={"GITHUB_OUTPUT": str(house.folder)})
    assert done.code == (2 if command[0] == "plan" else 0)
    assert done.err.startswith("listsync: warning: GITHUB_OUTPUT: ")
    assert "Dune" in done.out


FOUR, NEW = [DUNE, HEAT, ALIEN, JOKER], FILMS[0]
PRUNED = {"requester": "alice", "prune": "cancel-pending", "prune_after": "1s"}


@pytest.fixture
def off_list(house: Household) -> dict[str, Any]:
    """A saved plan that would cancel: Dune waits for approval, and left its list a second ago."""
    house.wish(FOUR, **PRUNED)
    assert house.run("apply", "--yes").code == 0
    house.wish(FOUR[1:], **PRUNED)
    house.run("apply", "--yes")
    planned = ("plan", "--out", "plan.json", "-o", "json")
    until(lambda: house.run(*planned).document["summary"]["cancel"])
    return saved_plan(house)


def test_a_saved_plan_may_hold_a_cancel(house: Household, off_list: dict[str, Any]) -> None:
    [row] = off_list["actions"]
    assert (row["op"], row["reason"], row["media"]["ids"]["tmdb"]) == (
        "cancel",
        "off-list",
        DUNE.tmdb,
    )
    assert house.run("apply", "plan.json", "--expect", "0" * 8).code == 3
    assert DUNE.tmdb in house.stored()
    done = house.run("apply", "plan.json", "--expect", off_list["plan_id"], "-o", "json")
    assert (done.code, done.results()) == (0, ["cancelled"])
    assert set(house.stored()) == set(numbers(FOUR[1:]))
    again = house.run("apply", "plan.json", "-o", "json")
    assert (again.code, again.document["actions"]) == (0, [])
    assert [r["op"] for r in again.document["saved"]["satisfied"]] == ["cancel"]


def test_a_cancel_that_was_agreed_to_is_not_done_once_the_request_was_decided(
    house: Household, off_list: dict[str, Any]
) -> None:
    number = next(n for n, r in house.server.state.requests.items() if r.media.tmdb == DUNE.tmdb)
    house.person("POST", f"/request/{number}/approve")
    assert house.run("apply", "plan.json", "--expect", off_list["plan_id"]).code == 3
    assert house.run("apply", "plan.json").code == 0
    assert set(house.stored()) == set(numbers(FOUR))


@pytest.mark.usefixtures("off_list")
def test_a_cancel_is_not_done_that_nobody_agreed_to(house: Household) -> None:
    titles = [*FOUR[1:], NEW]
    house.wish(titles, **{**PRUNED, "prune": "keep"})
    house.run("plan", "--out", "kept.json")
    house.wish(titles, **PRUNED)
    done = house.run("apply", "kept.json", "-o", "json")
    assert (done.code, done.results()) == (0, ["created"])
    assert [row["op"] for row in done.document["saved"]["new"]] == ["cancel"]
    assert set(house.stored()) == set(numbers([*FOUR, NEW]))


def test_a_saved_plan_waits_for_nobody_who_holds_the_lock(house: Household) -> None:
    house.wish([DUNE])
    house.run("plan", "--out", "plan.json")
    with WriterLock(house.ledger.resolve()):
        assert house.run("apply", "plan.json").code == 75
    assert house.stored() == []
    assert house.run("apply", "plan.json").code == 0
    assert house.stored() == numbers([DUNE])
