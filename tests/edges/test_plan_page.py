"""A plan as one HTML file."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from reconciler.core.model import (
    Action,
    Candidate,
    Done,
    Expected,
    Ids,
    Item,
    Kind,
    MatchMethod,
    MediaKey,
    Op,
    Plan,
    Reason,
    Result,
    Stop,
    Target,
    Verdict,
    Why,
)
from reconciler.render.document import ListRow, PlanDocument
from reconciler.render.html.plan_page import plan_html
from reconciler.render.rows import plan_document
from tests.core.values import ANNA
from tests.edges.test_status_pages import HOSTILE, Visible, words_of

MOVIE = Target(MediaKey(Kind.MOVIE, 693134))


def item(title: str) -> Item:
    return Item(1, title, 2024, Kind.MOVIE, Ids(imdb="tt15239678"))


def list_row(name: str = "kids", **changes: object) -> ListRow:
    fetch: Any = {"outcome": "complete", "count": 3, "declared_total": 3, "error": None}
    row: Any = {
        "name": name,
        "source": "imdb:ls000000001",
        "role": "request",
        "top": None,
        "requester": {"name": "anna", "id": 2},
        "expected": {"movie": "pending"},
        "problem": None,
        "notice": None,
        "quota": {},
        "delivery": {},
        "titles": {"own": 3, "belong_to": {}, "repeated": 0},
        "fetch": {**fetch, "note": None, "list": name, "source": "imdb:x", "route": "api"},
    }
    lst: ListRow = {**row, **changes}  # type: ignore[typeddict-item] # by the caller
    return lst


def request(title: str = "Dune: Part Two") -> Action:
    return Action(
        Op.REQUEST,
        Why.MISSING,
        MOVIE,
        item(title),
        ("kids",),
        MatchMethod.IMDB,
        ANNA,
        Expected.PENDING,
    )


def document(
    *decided: Action | Verdict,
    lists: Sequence[ListRow] = (),
    stops: tuple[Stop, ...] = (),
    outcomes: Mapping[int, Done] | None = None,
) -> PlanDocument:
    actions = tuple(row for row in decided if isinstance(row, Action))
    verdicts = tuple(row for row in decided if isinstance(row, Verdict))
    server: Any = {"url": "http://seerr:5055", "flavour": "seerr", "version": "3.4.1"}
    server |= {"media": 5, "requests": 5, "seconds": 0.1, "slowdown": None}
    config = {"path": "listsync.yaml", "generation": "9c1e2b"}
    plan, rows = Plan(actions, verdicts, stops), lists or [list_row()]
    return plan_document(plan, config=config, server=server, lists=rows, outcomes=outcomes)


ASKS = Verdict(
    Reason.AMBIGUOUS,
    item("Northern Line"),
    ("kids",),
    detail="2 titles have this name",
    candidates=(Candidate(MediaKey(Kind.MOVIE, 1), "Northern Line", year=2015),),
)
WAITS = Verdict(Reason.QUOTA, item("Heat"), ("kids",), MOVIE, detail="the next slot opens Sunday")
IS_THERE = Verdict(Reason.AVAILABLE, item("Alien"), ("kids",), MOVIE)


def test_the_page_says_what_will_be_done_what_waits_and_what_needs_you() -> None:
    unaired = Verdict(Reason.UNAIRED, item("Dark"), ("kids",), MOVIE)
    plan = document(request(), ASKS, WAITS, unaired, IS_THERE)
    page = plan_html(plan)
    text = words_of(page)
    assert f"Plan {plan['plan_id']}" in text
    assert "1 to request · 2 waiting, 1 needs you" in text
    assert "to do 1 waiting 2 needs you 1 unchanged 1" in text
    assert "Dune: Part Two (2024) film request pending approval" in text
    assert "Northern Line (2024) ambiguous On kids: 2 titles have this name" in text
    assert "listsync explain imdb:tt15239678" in text
    assert "Heat (2024) film quota the next slot opens Sunday" in text
    assert text.count("Nothing to do: 1 available") == 1
    assert f"listsync apply --expect {plan['plan_id']} --yes" in text
    assert 'href="http://seerr:5055/movie/693134"' in page


def test_after_apply_the_page_has_the_results() -> None:
    done = Done(Result.FAILED, 500, message="the server answered 500")
    text = words_of(plan_html(document(request(), outcomes={0: done})))
    assert "Dune: Part Two (2024) film failed the server answered 500" in text
    assert "--expect" not in text


def test_a_plan_without_changes_says_so() -> None:
    text = words_of(plan_html(document(WAITS, IS_THERE)))
    assert "No changes · 1 waiting Plan" in text
    assert "to do 0 waiting 1 need you 0 unchanged 1" in text


def test_what_stops_a_plan_and_the_problem_of_a_list_are_said() -> None:
    stop = Stop(Reason.SUSPENDED, "an exclude list cannot be read", "see `listsync doctor`")
    rows = [list_row(problem="unknown requester")]
    text = words_of(plan_html(document(WAITS, stops=(stop,), lists=rows)))
    assert "Stopped: an exclude list cannot be read" in text
    assert "unknown requester: the list requests nothing" in text


def test_the_page_is_one_file_that_loads_and_runs_nothing() -> None:
    page = plan_html(document(request(), ASKS, WAITS))
    visible = Visible(page)
    assert not {"script", "link", "img", "iframe", "form"} & set(visible.tags)
    assert not [name for name, _ in visible.attributes if name.startswith(("on", "src", "style"))]
    assert "url(" not in page
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert ("content", f"default-src 'none'; style-src 'sha256-{digest}'") in visible.attributes


@pytest.mark.parametrize("applied", [False, True])
def test_foreign_text_stays_text(applied: bool) -> None:  # noqa: FBT001
    rows = [list_row(HOSTILE, notice=HOSTILE, source=HOSTILE), list_row()]
    outcomes = {0: Done(Result.FAILED, message=HOSTILE)} if applied else {}
    verdict = Verdict(Reason.AMBIGUOUS, item(HOSTILE), ("kids",), detail=HOSTILE)
    page = plan_html(document(request(HOSTILE), verdict, lists=rows, outcomes=outcomes))
    assert not {"script", "img"} & set(Visible(page).tags)
    assert not {"\u202e", "\x1b"} & set(page)
