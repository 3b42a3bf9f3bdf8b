"""From the file to the server: what is shown, what is done, and with which exit code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from tests.e2e.household import ALICE, ALIEN, DUNE, HEAT, JOKER, Household, numbers, until
from tests.e2e.plan_shape import APPLIED, PLAN, counted


def a_bit_of_everything(household: Household) -> None:
    """Something to request, to extend, to defer, to ask about, and to leave alone."""
    household.server.state.seed(FILMS[:3])
    household.server.state.seed(SHOWS[:1], status=4)  # one of its seasons is there
    bob = [*(f"imdb:{film.imdb}" for film in FILMS[:4]), f"tmdb:tv:{SHOWS[0].tmdb}"]
    alice = [*(f"imdb:{film.imdb}" for film in FILMS[4:11]), "Northern Line (2015)"]
    (household.folder / "bob.txt").write_text("\n".join(bob))
    (household.folder / "alice.txt").write_text("\n".join(alice))
    (household.folder / "never.txt").write_text(f"imdb:{FILMS[10].imdb}\n")
    household.write(
        {
            "bobs": {"source": "file:bob.txt", "requester": "bob"},
            "alices": {"source": "file:alice.txt", "requester": "alice"},
            "never": {"source": "file:never.txt", "role": "exclude"},
            "gone": {"source": "file:gone.txt"},
        }
    )


def test_one_title_goes_from_the_file_to_the_server(household: Household) -> None:
    household.wish([DUNE], requester="alice")
    done = household.run("apply", "--yes", "-o", "json")
    assert (done.code, done.err) == (0, "")
    jsonschema.validate(done.document, APPLIED)
    (request,) = household.server.state.requests.values()
    assert (request.media.tmdb, request.requested_by.id) == (DUNE.tmdb, ALICE)
    (action,) = done.document["actions"]
    assert (action["result"], action["http_status"]) == ("created", 201)
    assert action["request_id"] == request.id
    again = household.run("--color", "always", "plan")
    assert again.code == 0
    assert again.out == "\x1b[1mNo changes. 1 title is up to date.\x1b[0m\n"


def test_a_plan_says_the_same_as_json_text_and_markdown(household: Household) -> None:
    a_bit_of_everything(household)
    plans = {form: household.run("plan", "-o", form) for form in ("json", "text", "markdown")}
    assert {plan.code for plan in plans.values()} == {1}  # one list has no file
    document = plans["json"].document
    jsonschema.validate(document, PLAN)
    assert document["summary"] == counted(document)
    assert document["summary"] == {
        "request": 6,
        "extend": 1,
        "retry": 0,
        "cancel": 0,
        "deferred": 1,
        "attention": 1,
        "unchanged": 4,
    }
    assert document["complete"] is False
    assert [row["name"] for row in document["lists"]] == ["bobs", "alices", "never", "gone"]
    sentence = "6 to request, 1 to extend · 1 waiting, 1 needs you, 1 list incomplete"
    text, markdown = plans["text"].out, plans["markdown"].out
    assert f"Plan {document['plan_id']}: {sentence}" in text
    assert f"`{document['plan_id']}`: {sentence}" in markdown
    text, _, needs_you = text.partition("Needs you\n")
    for mark, count in ((r"\+", 6), ("~", 1), ("›", 1), (r"\?", 1), ("!", 1)):
        assert len(re.findall(rf"^  {mark} ", text, re.MULTILINE)) == count, mark
    assert sum(map(int, re.findall(r"✓ (\d+) up to date", text))) == 4
    assert sum(map(int, re.findall(r"^(\d+) unchanged", markdown, re.MULTILINE))) == 4
    assert len(re.findall(r"^\| .*\\?tmdb.* \|$", markdown, re.MULTILINE)) == 8
    assert re.findall(r"^  (\S) ", needs_you, re.MULTILINE) == ["?"]
    assert household.stored() == []


def test_a_list_may_have_any_name(household: Household) -> None:
    (household.folder / "wishes.txt").write_text(f"imdb:{DUNE.imdb}\n")
    lists = {"exclude": {"source": "file:wishes.txt", "requester": "alice"}}
    household.write(lists, exclude=[f"imdb:{HEAT.imdb}"])
    (row,) = household.run("plan", "-o", "json").document["lists"]
    assert (row["role"], row["requester"]) == ("request", {"name": "alice", "id": ALICE})


def test_a_plan_and_its_apply_name_the_same_actions(household: Household) -> None:
    a_bit_of_everything(household)
    plan = household.run("plan", "-o", "json").document
    done = household.run("apply", "--yes", "-o", "json")
    assert done.code == 1
    jsonschema.validate(done.document, APPLIED)
    assert done.document["plan_id"] == plan["plan_id"]
    assert [row | {} for row in plan["actions"]] == [
        {key: value for key, value in row.items() if key in plan["actions"][0]}
        for row in done.document["actions"]
    ]
    assert done.results() == ["created"] * 7


def test_an_apply_says_what_came_of_it(household: Household) -> None:
    household.wish([DUNE, HEAT])
    done = household.run("apply", "--yes", "-o", "markdown")
    assert done.code == 0
    assert "2 created" in done.out
    assert len(re.findall(r"created\\?: approved", done.out)) == 2


def test_the_detailed_exit_code_tells_whether_anything_changed(household: Household) -> None:
    household.wish([DUNE])
    codes = [
        household.run(*command, "--detailed-exitcode").code
        for command in (("plan",), ("apply", "--yes"), ("plan",))
    ]
    assert codes == [2, 2, 0]


def test_an_edited_list_converges(household: Household) -> None:
    household.wish([DUNE, HEAT, ALIEN])
    assert household.run("apply", "--yes").code == 0
    household.wish([DUNE, HEAT, JOKER])
    assert household.run("apply", "--yes", "-o", "json").results() == ["created"]
    assert sorted(household.stored()) == sorted(numbers([DUNE, HEAT, ALIEN, JOKER]))
    assert household.run("plan", "--detailed-exitcode").code == 0


def test_a_declined_title_stays_declined_in_another_process(household: Household) -> None:
    household.wish([DUNE, HEAT])
    household.run("apply", "--yes")
    request = next(iter(household.server.state.requests))
    household.person("POST", f"/request/{request}/decline")
    done = household.run("apply", "--yes", "-o", "json")
    assert (done.code, done.document["actions"]) == (0, [])
    assert sorted(row["reason"] for row in done.document["verdicts"]) == ["declined", "processing"]


# ------------------------------------------------------------------------- lists that make trouble


@pytest.mark.parametrize("missing", ["the browser", "the driver"])
def test_without_a_browser_the_other_lists_are_done(
    household: Household, tmp_path: Path, missing: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    if missing == "the driver":
        (programs / "chromium").symlink_to(shutil.which("true") or "/bin/true")
    (household.folder / "wishes.txt").write_text(f"imdb:{DUNE.imdb}\n")
    household.write({"chart": {"source": "imdb:top"}, "wishes": {"source": "file:wishes.txt"}})
    done = household.run("apply", "--yes", "-o", "json", env={"PATH": str(programs)})
    assert done.code == 1
    chart, wishes = (row["fetch"] for row in done.document["lists"])
    assert (chart["outcome"], wishes["outcome"]) == ("unreachable", "complete")
    assert "is not installed" in chart["error"]
    assert household.stored() == [DUNE.tmdb]


LATIN = "Title,Year\nAmélie,2001\n".encode("latin-1")


@pytest.mark.parametrize(
    ("name", "content", "outcome", "says"),
    [
        ("old.csv", LATIN, "unreachable", "line 2 is not UTF-8"),
        ("other.csv", b"Colour,Shape\nred,round\n", "unreachable", "no known columns"),
        ("half.txt", b"imdb:tt0113277\nwhat is this\n", "incomplete", "line 2: not a title"),
        ("none.txt", None, "missing", "no such file"),
    ],
    ids=["latin-1", "unknown columns", "a bad line", "no file"],
)
def test_a_file_that_cannot_be_read_is_its_own_lists_error(
    household: Household, name: str, content: bytes | None, outcome: str, says: str
) -> None:
    if content is not None:
        (household.folder / name).write_bytes(content)
    (household.folder / "wishes.txt").write_text(f"imdb:{DUNE.imdb}\n")
    household.write({"broken": {"source": f"file:{name}"}, "wishes": {"source": "file:wishes.txt"}})
    done = household.run("apply", "--yes", "-o", "json")
    assert done.code == 1
    fetch = done.document["lists"][0]["fetch"]
    assert fetch["outcome"] == outcome
    assert says in fetch["error"]
    assert DUNE.tmdb in household.stored()
    assert (HEAT.tmdb in household.stored()) is (outcome == "incomplete")


def test_an_exclude_list_that_cannot_be_read_stops_everything(household: Household) -> None:
    (household.folder / "wishes.txt").write_text(f"imdb:{DUNE.imdb}\nimdb:tt0000123\n")
    household.write(
        {
            "wishes": {"source": "file:wishes.txt"},
            "never": {"source": "file:never.txt", "role": "exclude"},
            "nobodys": {"source": "file:wishes.txt", "requester": "nobody"},
        }
    )
    plan, done = household.run("plan"), household.run("apply", "--yes", "-o", "json")
    assert (plan.code, done.code) == (3, 3)
    assert "STOPPED: exclude list never unread" in plan.out
    assert [stop["message"] for stop in done.document["stopped"]] == ["exclude list never unread"]
    assert household.stored() == []


def test_an_unknown_requester_fails_its_list_alone(household: Household) -> None:
    (household.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\n")
    (household.folder / "b.txt").write_text(f"imdb:{HEAT.imdb}\n")
    household.write(
        {
            "a": {"source": "file:a.txt", "requester": "nobody"},
            "b": {"source": "file:b.txt"},
        }
    )
    done = household.run("apply", "--yes")
    assert done.code == 1
    assert "requester 'nobody' is not a user of the server" in done.out
    assert household.stored() == [HEAT.tmdb]


def test_somebody_quicker_and_a_full_quota_are_no_failures(household: Household) -> None:
    """Both happen between the look and the requests."""
    (household.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\n")
    (household.folder / "b.txt").write_text(f"imdb:{HEAT.imdb}\n")
    household.write(
        {
            "a": {"source": "file:a.txt"},
            "b": {"source": "file:b.txt", "requester": "alice"},
        }
    )
    household.server.faults.latency = 0.3
    calls, state = household.server.state.calls, household.server.state
    with household.started("apply", "--yes", "-o", "json") as process:
        until(lambda: any("/quota" in call.path for call in calls))
        state.seed([DUNE, *FILMS[5:9]], status=2, requested_by=ALICE, request_status=1)
        household.server.faults.latency = 0.0
        done = household.finish(process)
    assert done.results() == ["exists", "quota"]
    assert done.code == 0
