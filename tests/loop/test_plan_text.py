"""What a plan's text shows, folds and repeats."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.render.document import PlanDocument
from reconciler.render.layout import Look, text_of
from reconciler.render.text import plan_lines
from tests.loop.test_markdown import long_plan
from tests.loop.world import plan_text

HINT = " (--all shows them)"
SLOT = "anna has 0 of 5 movies per 7 days left; the next slot opens 2026-12-07 00:16 UTC"


def verdict(reason: str, number: int = 1, kind: str = "movie", detail: str = "") -> dict[str, Any]:
    media = {"type": kind, "title": f"Title {number}", "year": 2000, "ids": {"tmdb": number}}
    return {
        "reason": reason,
        "media": media,
        "is_4k": False,
        "seasons": None,
        "lists": ["wishes"],
        "matched_by": "tmdb",
        "detail": detail,
    }


def plan(*verdicts: dict[str, Any], actions: int = 0) -> PlanDocument:
    made: Any = long_plan(actions, "wishes")
    made["verdicts"] = list(verdicts)
    reasons = [row["reason"] for row in verdicts]
    made["summary"]["attention"] = reasons.count("ambiguous")
    made["summary"]["unchanged"] = sum(
        reasons.count(reason) for reason in ("available", "filtered", "unaired")
    )
    document: PlanDocument = made
    return document


WAITING = (
    *(verdict("quota", number, detail=SLOT) for number in range(1, 4)),
    verdict("quota", 4, "tv", "anna has 0 of 9 seasons per 7 days left"),
    verdict("unaired", 5, "tv", "S3"),
)


def test_titles_that_merely_wait_are_one_line_with_the_next_slot() -> None:
    lines = plan_text(plan(*WAITING, actions=1)).splitlines()
    (line,) = [line for line in lines if line.startswith("  › ")]
    seasons = "1 quota: anna has 0 of 9 seasons per 7 days left"
    assert line.split(maxsplit=3) == [
        "›",
        "5",
        "waiting",
        f"3 quota: {SLOT} · {seasons} · 1 unaired",
    ]
    everything = text_of(plan_lines(plan(*WAITING, actions=1), shows_all=True))
    assert everything.count("\n  › Title ") == 5


def test_a_title_that_was_refused_before_keeps_its_line() -> None:
    text = plan_text(plan(verdict("backing-off", detail="HTTP 500")))
    assert "  › Title 1 (2000)                      movie   backing-off · HTTP 500\n" in text


def test_what_needs_you_is_repeated_at_the_end_with_its_command() -> None:
    lines = plan_text(plan(verdict("ambiguous", detail="2 films"), actions=1)).splitlines()
    end = lines.index("Needs you")
    assert sum(line.startswith("  ? Title 1 (2000)") for line in lines[:end]) == 1
    assert [" ".join(line.split()) for line in lines[end + 1 : -2]] == [
        "? Title 1 (2000) movie wishes · ambiguous · 2 films",
        "listsync explain tmdb:movie:1",
    ]


@pytest.mark.parametrize(
    ("path", "title", "command"),
    [
        ("listsync.yaml", "Dune", "listsync explain 'title:\"Dune (2000)\"'"),
        ("my lists.yaml", "Dune", "listsync explain 'title:\"Dune (2000)\"' -c 'my lists.yaml'"),
        ("kids.yaml", "x" * 90, f"listsync explain {'x' * 43} -c kids.yaml"),
        ("/very/long" * 5, "Dune", "listsync explain 'title:\"Dune (2000)\"'"),
        ("<stdin>", "Dune", "listsync explain 'title:\"Dune (2000)\"'"),
    ],
    ids=["default", "with a space", "long title", "long path", "stdin"],
)
def test_the_command_reads_the_same_config_and_fits_80_columns(
    path: str, title: str, command: str
) -> None:
    document = plan(verdict("ambiguous"))
    document["config"]["path"] = path
    document["verdicts"][0]["media"] |= {"title": title, "ids": {}}
    assert f"      {command}\n" in text_of(plan_lines(document), Look(80))


def test_a_problem_of_a_list_stands_for_its_titles_that_are_not_permitted_only() -> None:
    document = plan(verdict("not-permitted"), verdict("ambiguous", 2))
    document["lists"][0]["problem"] = "unknown requester"
    end = plan_text(document).partition("Needs you\n")[2]
    assert "  ! wishes                              unknown requester\n" in end
    assert "Title 1" not in end
    assert "listsync explain tmdb:movie:2\n" in end


def test_a_long_end_is_cut_and_says_how_to_see_the_others() -> None:
    many = plan(*(verdict("ambiguous", number) for number in range(20)))
    lines = plan_text(many).splitlines()
    assert sum("listsync explain" in line for line in lines) == 15
    assert "      and 5 more: `listsync plan --all` shows them" in lines
    assert text_of(plan_lines(many, shows_all=True)).count("listsync explain") == 20


@pytest.mark.parametrize(
    ("seasons", "row"),
    [
        ([4], "S4      extend, new season, auto-approved"),
        ([4, 5], "S4-5    extend, new seasons, auto-approved"),
    ],
)
def test_new_seasons_are_counted_in_words(seasons: list[int], row: str) -> None:
    document = plan(actions=1)
    show: Any = {"op": "extend", "reason": "new-season", "seasons": seasons, "expected": "approved"}
    document["actions"][0] |= show
    assert f"  ~ Dune 1 (2021)                       {row}\n" in plan_text(document)


def test_after_apply_only_what_was_done_is_shown() -> None:
    document = plan(*WAITING, verdict("available", 9), actions=1)
    document["actions"][0] |= {"result": "created", "message": "pending"}
    assert plan_text(document).splitlines() == [
        "wishes  imdb top",
        "  ✓ Dune 1 (2021)                       movie   created: pending",
        "",
        f"Applied {document['plan_id']}: 1 created · 5 waiting",
    ]


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ((), "No changes."),
        ((verdict("available"),), "No changes. 1 title is up to date."),
        ((verdict("quota"),), f"No changes. 1 title is waiting{HINT}."),
        (
            (verdict("available"), verdict("quota", 2)),
            "No changes. 1 title is up to date, 1 is waiting (--all shows them).",
        ),
        (
            (*[verdict("available")] * 2, *[verdict("filtered")] * 2, *WAITING),
            f"No changes. 2 titles are up to date, 2 are filtered, 5 are waiting{HINT}.",
        ),
    ],
    ids=["nothing", "one title", "nothing but waiting", "one waits", "filtered"],
)
def test_a_plan_without_changes_is_one_sentence(
    verdicts: tuple[dict[str, Any], ...], sentence: str
) -> None:
    assert plan_text(plan(*verdicts)) == f"{sentence}\n"


def test_without_changes_a_list_that_was_not_read_is_shown() -> None:
    document = plan(verdict("available"))
    document["lists"][0]["fetch"] |= {"outcome": "missing", "count": 0}
    lines = plan_text(document).splitlines()
    assert lines[1] == "  ! fetch missing: nothing new this time"
    assert lines[-1] == "No changes. 1 title is up to date. 1 list incomplete."
