"""``explain`` as people read it: the reason, and titles that can be pasted where they are asked."""

from __future__ import annotations

import re
import shlex

import pytest
import yaml

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.core.items import parse_item
from reconciler.core.model import Item, Kind
from reconciler.render.explanation import explain_lines
from reconciler.render.layout import Look, text_of
from reconciler.sync.explain import explain, unwanted
from reconciler.sync.reports import list_reports
from tests.loop.test_prune_text import document_of
from tests.loop.world import World, by_imdb, by_tmdb, explain_text, plan_text

HOSTILE = [
    "It's Complicated",
    "'; touch /tmp/owned; '",
    "$(touch owned) `touch owned`",
    'He said "go"',
    "Key: value # no comment",
    "ITEM {ITEM} [ITEM",
    "\\ and \\n",
]


def test_an_action_says_why(world: World) -> None:
    world.follow(by_tmdb(FILMS[0]), by_tmdb(SHOWS[0]))
    (film,) = explain(world.look(), FILMS[0].title)
    assert "  verdict   request, missing\n" in explain_text([film], "?")
    assert (
        f"with `exclude: [tmdb:movie:{FILMS[0].tmdb}]` it is not requested" in film["would_change"]
    )


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        (FILMS[0].imdb, True),
        (f" {FILMS[0].imdb} ", True),
        (f"imdb:{FILMS[0].imdb}", True),
        (FILMS[0].title[:5].upper(), True),
        ("tt0000001", False),
        ("", False),
        ("?", False),
    ],
)
def test_a_title_is_found_by_its_id_or_by_words_of_its_name(
    world: World,
    query: str,
    is_found: bool,  # noqa: FBT001
) -> None:
    world.follow(by_imdb(FILMS[0]))
    assert bool(explain(world.look(), query)) is is_found


def test_a_title_beyond_the_top_of_its_list_says_so(world: World) -> None:
    world.follow(*map(by_imdb, FILMS[:4]), top=2)
    reconciliation = world.look()
    assert explain(reconciliation, FILMS[3].title) == []
    (row,) = unwanted(reconciliation, f"imdb:{FILMS[3].imdb}")
    assert (row["list"], row["position"], row["why"]) == ("wishes", 4, "beyond the list's top: 2")
    text = explain_text([], "?", [row])
    assert (
        "  verdict   not wanted: beyond the list's top: 2\n  next      raise `top` of wishes\n"
        in text
    )
    assert unwanted(reconciliation, f"imdb:{FILMS[1].imdb}") == []


def test_a_title_on_an_exclude_list_alone_says_so(world: World) -> None:
    world.lists.hold("imdb:ls000000001", [by_imdb(FILMS[0])])
    world.lists.hold("imdb:ls000000002", [by_imdb(FILMS[1])])
    world.write(
        {
            "wishes": {"source": "imdb:ls000000001"},
            "never": {"source": "imdb:ls000000002", "role": "exclude"},
        },
        exclude=[f"imdb:{FILMS[2].imdb}"],
    )
    reconciliation = world.look()
    assert [
        row["list"] for film in FILMS[:4] for row in unwanted(reconciliation, f"imdb:{film.imdb}")
    ] == [
        "never",
        "exclude",
    ]


def test_in_4k_and_not_in_4k_a_title_is_on_the_lists_that_ask_for_it_so(world: World) -> None:
    world.lists.hold("imdb:ls000000001", [by_tmdb(FILMS[0])])
    source = {"source": "imdb:ls000000001"}
    world.write({"plain": source, "sharp": {**source, "4k": True}})
    explanations = explain(world.look(), FILMS[0].title)
    assert {
        explanation["is_4k"]: [place["name"] for place in explanation["lists"]]
        for explanation in explanations
    } == {
        False: ["plain"],
        True: ["sharp"],
    }


def test_what_is_remembered_of_seasons_alike_is_said_once(world: World) -> None:
    world.follow(by_tmdb(SHOWS[0]))
    world.apply()
    (explanation,) = explain(world.look(), SHOWS[0].title)
    text = explain_text([explanation], "?")
    sighting = "on the server when last checked"
    assert f"  memory    {sighting}; S1-5 {sighting}\n" in text


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_can_be_pasted_into_the_file_and_into_a_shell(world: World, title: str) -> None:
    world.follow(Item(1, title, 2031, Kind.MOVIE))
    reconciliation = world.look()
    (explanation,) = explain(reconciliation, title)
    assert explanation["verdict"]["word"] == "not-found"
    line = re.search(r"`map: (\{.*\})` to the config", explanation["would_change"])
    assert line
    ((key, target),) = yaml.safe_load(line[1]).items()
    assert target == "tmdb:movie:N"
    assert (parse_item(key).title, parse_item(key).year) == (title, 2031)
    (row,) = [
        row
        for row in plan_text(document_of(reconciliation)).splitlines()
        if "listsync explain" in row
    ]
    program, verb, item = shlex.split(row)
    assert (program, verb, parse_item(item).title) == ("listsync", "explain", title)


@pytest.mark.parametrize(
    ("failures", "retries", "says"),
    [
        (0, 1, "1 retry; no attempt before"),
        (0, 2, "2 retries; no attempt before"),
        (1, 0, "1 failed attempt; no attempt before"),
        (2, 1, "2 failed attempts; 1 retry; no attempt before"),
        (0, 0, "no attempt before"),
    ],
)
def test_attempts_are_counted_in_the_right_number_and_zeros_left_out(
    world: World, failures: int, retries: int, says: str
) -> None:
    world.follow(by_tmdb(FILMS[0]))
    (film,) = explain(world.look(), FILMS[0].title)
    film["memory"] |= {
        "failures": failures,
        "retries": retries,
        "not_before": "2026-11-29T17:00:00Z",
    }
    assert f"  memory    {says} 2026-11-29T17:00:00Z\n" in explain_text([film], "?")


def test_the_report_of_a_run_keeps_the_lines_of_explain(world: World) -> None:
    film = by_tmdb(FILMS[0])
    world.lists.hold("imdb:ls000000001", [by_tmdb(FILMS[1]), film])
    world.lists.hold("imdb:ls000000002", [film])
    world.write(
        {
            "wishes": {"source": "imdb:ls000000001"},
            "others": {"source": "imdb:ls000000002", "filter": {"min_rating": 1}},
        }
    )
    reconciliation = world.look()
    sources = {lst.name: lst.source for lst in world.config.lists}
    reports = list_reports(reconciliation, sources, (), {}, world.clock.now())
    text = explain_text(explain(reconciliation, FILMS[0].title), "?")
    for report in reports.values():
        row = next(row for row in report.rows if row.item.ids.tmdb == FILMS[0].tmdb)
        lines = [*row.facts, ("next", row.advice)]
        assert "".join(f"  {label:9} {fact}\n" for label, fact in lines) in text
    places = {name: [row.item.position for row in report.rows] for name, report in reports.items()}
    assert places == {"wishes": [1, 2], "others": [1]}


def test_a_title_of_no_list_is_named() -> None:
    assert explain_text([], "Heat").startswith("no list has Heat as of the last fetch\n")


def test_on_a_terminal_a_long_line_wraps_under_its_beginning(world: World) -> None:
    world.follow(Item(1, "A Title of Many Words " * 6, 2031, Kind.MOVIE))
    lines = explain_lines(explain(world.look(), "A Title of Many Words"), "?")
    rows = text_of(lines, Look(80)).splitlines()
    assert max(map(len, rows)) <= 80
    advice = next(number for number, row in enumerate(rows) if row.startswith("  next "))
    assert [row[:12].strip() for row in rows[advice + 1 :]] == [""] * (len(rows) - advice - 1)
    assert len(rows) > advice + 1
