"""The effects of ``prune`` are shown in every form of the plan, and in ``explain``."""

from __future__ import annotations

from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS
from reconciler.render.document import PlanDocument
from reconciler.render.markdown import plan_markdown
from reconciler.render.rows import list_row, plan_document
from reconciler.sync.explain import explain
from reconciler.sync.reconcile import Reconciliation
from tests.loop.test_prune import DUNE, wish
from tests.loop.world import World, explain_text, plan_text


def document_of(reconciliation: Reconciliation) -> PlanDocument:
    server: Any = {"url": "http://s", "flavour": "seerr", "version": "3.1.0"}
    lists = [
        list_row(
            lst,
            None,
            reconciliation.snapshots[lst.name],
            None,
            reconciliation.decision.accounts[lst.name],
        )
        for lst in reconciliation.lists
        if lst.name in reconciliation.snapshots
    ]
    return plan_document(
        reconciliation.plan,
        config={"path": "listsync.yaml", "generation": "ab12cd"},
        server=server | {"media": 5, "requests": 5, "seconds": 0.1, "slowdown": None},
        lists=lists,
    )


def a_week_later(world: World, prune: str) -> Reconciliation:
    wish(world, prune)
    world.clock.forward(days=7)
    return world.look()


def test_a_cancel_is_in_every_form_of_the_plan(world: World) -> None:
    reconciliation = a_week_later(world, "cancel-pending")
    document = document_of(reconciliation)

    (row,) = document["actions"]
    assert document["summary"]["cancel"] == 1
    assert (row["op"], row["reason"]) == ("cancel", "off-list")
    assert row["request_ids"] == [world.number(DUNE)]
    line = next(line for line in plan_text(document).splitlines() if DUNE.title in line)
    assert line.startswith("  - ")
    assert "cancel · off its lists since 2026-11-22" in line
    assert "1 to cancel" in plan_text(document)
    assert "cancel · off its lists since" in plan_markdown(document).replace("\\", "")
    (explained,) = explain(reconciliation, f"tmdb:movie:{DUNE.tmdb}")
    assert explained["verdict"]["word"] == "cancel"
    assert "to keep it, put it back on a list or set `prune: keep`" in explain_text(
        [explained], "dune"
    )


@pytest.mark.parametrize(
    ("prune", "says", "advice"),
    [
        ("report", "prune: report", "`prune: cancel-pending` on wishes cancels it"),
        ("cancel-pending", "canceled after 2026-11-29 12:00 UTC", "the request is canceled then"),
    ],
    ids=["report", "cancel-pending"],
)
def test_a_report_and_a_cancel_that_is_not_due_are_in_every_form_and_do_nothing(
    world: World, prune: str, says: str, advice: str
) -> None:
    wish(world, prune)
    reconciliation = world.look()
    document = document_of(reconciliation)

    (row,) = [row for row in document["verdicts"] if row["media"]["title"] == DUNE.title]
    assert (row["reason"], row.get("would")) == ("requested", "cancel")
    assert says in row["detail"]
    assert document["actions"] == []
    assert document["summary"]["cancel"] == 0
    assert document["summary"]["unchanged"] == len(FILMS[:5])
    line = next(line for line in plan_text(document).splitlines() if DUNE.title in line)
    assert "requested · off its lists since" in line
    assert "requested · off its lists since" in plan_markdown(document).replace("\\", "")
    (explained,) = explain(reconciliation, f"tmdb:movie:{DUNE.tmdb}")
    assert advice in explained["would_change"]
