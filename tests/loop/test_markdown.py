"""A plan as a comment: folded, never longer than GitHub takes, and no title more than itself."""

from __future__ import annotations

import re
from bisect import bisect
from itertools import pairwise

import pytest

from reconciler.render.document import ListRow, PlanDocument
from reconciler.render.markdown import LONGEST, escape, plan_markdown
from tests.loop.test_saved_plans import action, document


def listed(name: str) -> ListRow:
    return {
        "name": name,
        "source": "imdb:top",
        "role": "request",
        "top": None,
        "requester": {"name": "anna", "id": 4},
        "expected": {"movie": "pending", "tv": "pending"},
        "problem": None,
        "notice": None,
        "delivery": {},
        "quota": {},
        "titles": {"own": 1, "belong_to": {}, "repeated": 0},
        "fetch": {
            "list": name,
            "source": "imdb:top",
            "route": "browser",
            "outcome": "complete",
            "complete": True,
            "declared_total": None,
            "count": 1,
            "error": None,
            "note": None,
        },
    }


def long_plan(titles: int, *names: str, title: str = "Dune") -> PlanDocument:
    """A plan with as many titles to request for each list."""
    actions = [
        action(number, title=f"{title} {number}", lists=(name,))
        for name in names
        for number in range(1, titles + 1)
    ]
    plan = document(*actions)
    plan["server"] |= {"media": 0, "requests": 0, "slowdown": None}
    return {**plan, "lists": [listed(name) for name in names]}


def titles_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("| Dune")]


def check_structure(text: str) -> None:
    """Every fold has its end, every table its head, every row four cells and its end."""
    assert text.endswith("\n")
    open_folds = 0
    lines = text.splitlines()
    for before, line in pairwise(lines):
        open_folds += (line == "<details>") - (line == "</details>")
        assert open_folds in {0, 1}
        if line.startswith("|"):
            assert open_folds == 1
            assert len(re.findall(r"(?<!\\)\|", line)) == 5
            assert line.endswith("|")
            assert before.startswith("|") or line == "| title | kind | id | status |"
        if line in {"<details>", "</details>"} or line.startswith("#"):
            assert before == ""
    assert open_folds == 0


def test_titles_are_folded_away_under_their_number() -> None:
    text = plan_markdown(long_plan(2, "films"))
    check_structure(text)
    assert re.search(
        r"#### films .*\n\n<details>\n<summary>2 to do</summary>\n\n\| title .*\n\|---.*\n"
        r"\| Dune 1 .*\n\| Dune 2 .*\n\n</details>\n",
        text,
    )
    assert "Cut:" not in text


def test_a_list_without_titles_has_no_fold() -> None:
    assert "<details>" not in plan_markdown(long_plan(0, "films"))


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (2_000, ["films"]),
        (700, ["films", "shows", "charts"]),
        (1, [f"list-{n}" for n in range(400)]),
        (3, [f"list-{n}" for n in range(300)]),
    ],
    ids=["one long list", "three long lists", "many lists", "many short lists"],
)
def test_a_plan_that_is_too_long_is_cut_and_says_by_how_much(titles: int, names: list[str]) -> None:
    plan = long_plan(titles, *names, title="Dune " * 5)
    text = plan_markdown(plan)
    check_structure(text)
    assert 0.95 * LONGEST < len(text) <= LONGEST
    shown = len(titles_of(text))
    sections = text.count("\n#### ")
    remark = re.fullmatch(
        r"\*\*Cut:\*\* ([\d,]+) titles?(?: and ([\d,]+) whole sections?)? did not fit; "
        r"`-o json` has them all\.",
        text.splitlines()[-1],
    )
    assert remark
    cut, whole = (int((number or "0").replace(",", "")) for number in remark.groups())
    assert (shown + cut, sections + whole) == (len(plan["actions"]), len(names))


def test_a_plan_that_just_fits_is_whole_and_one_title_more_is_not() -> None:
    first_cut = bisect(
        range(2_000), 0, key=lambda n: "Cut:" in plan_markdown(long_plan(n, "films"))
    )
    most = first_cut - 1
    whole, cut = (plan_markdown(long_plan(number, "films")) for number in (most, most + 1))
    assert len(titles_of(whole)) == most
    assert "**Cut:** 1 title did not fit" in cut
    assert max(len(whole), len(cut)) <= LONGEST


@pytest.mark.parametrize(
    ("title", "escaped"),
    [
        ("@anna", "@\u200banna"),
        ("#12", "\\#\u200b12"),
        ("GH-12", "GH\\-\u200b12"),
        ("a|b<i>`_[", "a\\|b\\<i\\>\\`\\_\\["),
        ("\u202eDune\x1b", "Dune"),
    ],
)
def test_a_title_in_markdown_is_only_itself(title: str, escaped: str) -> None:
    assert escape(title) == escaped
