"""What a plan says of where a list's requests go, in text and in Markdown."""

from __future__ import annotations

import pytest

from reconciler.core.model import Delivery, Option
from reconciler.render.document import PlanDocument
from reconciler.render.markdown import plan_markdown
from reconciler.render.rows import delivery_names, destination
from tests.loop.test_markdown import listed, long_plan
from tests.loop.world import plan_text

RADARR, SONARR = Option(0, "Radarr"), Option(3, "Sonarr")
FULL = Delivery(RADARR, Option(4, "HD"), Option(1, "/kids"), (Option(2, "kids"), Option(5, "anna")))


def plan_to(by_kind: dict[str, Delivery]) -> PlanDocument:
    names = {kind: delivery_names(delivery) for kind, delivery in by_kind.items()}
    return {**long_plan(1, "kids"), "lists": [{**listed("kids"), "delivery": names}]}


@pytest.mark.parametrize(
    ("by_kind", "ending"),
    [
        ({}, "as anna (pending approval)"),
        ({"movie": Delivery(RADARR)}, "as anna (pending approval) · to Radarr"),
        (
            {"movie": Delivery(RADARR, Option(4, "HD"))},
            "as anna (pending approval) · to Radarr: profile HD",
        ),
        (
            {"movie": FULL},
            "as anna (pending approval) · to Radarr: profile HD, folder /kids, tags kids, anna",
        ),
        ({"tv": Delivery(SONARR, tags=())}, "as anna (pending approval) · to Sonarr: no tags"),
        (
            {"movie": Delivery(RADARR), "tv": Delivery(SONARR, Option(1, "SD"))},
            "as anna (pending approval) · to Radarr · to Sonarr: profile SD",
        ),
        (
            {"movie": Delivery(RADARR), "tv": Delivery(Option(9, "Radarr"))},
            "as anna (pending approval) · to Radarr",
        ),
        (
            {"movie": Delivery(Option(0, "Ra\x1b[31mdarr\nx"))},
            "as anna (pending approval) · to Ra[31mdarr x",
        ),
    ],
    ids=["nothing named", "server", "profile", "all", "no tags", "both", "namesakes", "odd name"],
)
def test_the_line_of_a_list_says_where_its_requests_go(
    by_kind: dict[str, Delivery], ending: str
) -> None:
    line = next(row for row in plan_text(plan_to(by_kind)).splitlines() if row.startswith("kids "))
    assert line.endswith(ending)


def test_in_markdown_a_name_is_no_more_than_itself() -> None:
    name = "@octocat <b> #1"
    text = plan_markdown(plan_to({"movie": Delivery(RADARR, Option(4, name))}))
    (line,) = (row for row in text.splitlines() if "to Radarr" in row)
    assert "profile" in line
    assert [part for part in ("@octocat", "<b>", " #1") if part in line] == []


@pytest.mark.parametrize(
    ("delivery", "ids"),
    [
        (None, (None, None, None, None)),
        (Delivery(RADARR), (0, None, None, None)),
        (FULL, (0, 4, "/kids", [2, 5])),
        (Delivery(RADARR, tags=()), (0, None, None, [])),
    ],
    ids=["nothing named", "server 0", "all", "no tags"],
)
def test_an_action_tells_the_ids_that_are_sent(
    delivery: Delivery | None, ids: tuple[object, ...]
) -> None:
    assert tuple(destination(delivery).values()) == ids
