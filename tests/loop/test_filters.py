"""Filters in a run: what they cost the server, and what is still remembered of what they drop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from examples.sandbox.catalogue import CATALOGUE
from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.titles import Title
from reconciler.core.model import Facts, Ids, Item, Kind, Outcome, Snapshot
from reconciler.render.rows import fetch_document
from tests.loop.world import World, by_imdb, by_tmdb, decisions

FIRST, SECOND = "imdb:ls000000001", "imdb:ls000000002"
OLD, NEW = FILMS[0], next(film for film in FILMS if film.title == "Joker")
SEVERANCE = next(show for show in SHOWS if show.title == "Severance")
UNTITLED = next(title for title in CATALOGUE if title.title == "Untitled Glacier Project")
GENERATED = [title for title in CATALOGUE if title.tmdb >= 9_200_000 and title.kind == "movie"]


def paths(world: World, *parts: str) -> list[str]:
    """The paths with one of the parts in them that a look reads."""
    calls = [call.path.partition("?")[0] for call in world.calls(world.look)]
    return [path for path in calls if any(part in path for part in parts)]


TITLES = ("/search", "/movie/", "/tv/")


@pytest.mark.parametrize(
    ("rule", "detail"),
    [
        ({"types": ["tv"]}, "a film, not a show"),
        ({"years": "2000.."}, f"year {OLD.year}, before 2000"),
        ({"exclude_titles": [OLD.title.upper()]}, "in exclude_titles"),
        ({"min_rating": 9.9}, "rating 9.3 from the list, below 9.9"),
    ],
    ids=["types", "years", "exclude_titles", "the list's rating"],
)
def test_what_the_list_tells_drops_a_title_without_a_look_up(
    world: World, rule: dict[str, object], detail: str
) -> None:
    world.follow(replace(by_imdb(OLD), facts=Facts(rating=9.3)), filter=rule)
    assert paths(world, *TITLES) == []
    assert [row.detail for row in world.look().plan.verdicts] == [detail]


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        ({"min_rating": 7}, True),
        ({"min_votes": 7}, True),
        ({"genres": ["Drama"]}, True),
        ({"exclude_genres": ["Drama"]}, True),
        ({"languages": ["en"]}, True),
        ({"types": ["movie"], "years": "2000..", "exclude_titles": ["Heat"]}, False),
        ({}, False),
    ],
    ids=["rating", "votes", "genres", "not of genres", "languages", "what all tell", "no filter"],
)
def test_a_list_is_asked_for_facts_where_its_filter_needs_them(
    world: World,
    rule: dict[str, object],
    needed: bool,  # noqa: FBT001 - a table's column
) -> None:
    world.follow(by_imdb(OLD), filter=rule)
    world.look()
    assert [need.facts for need in world.lists.needs] == [needed]


def test_two_names_of_a_list_ask_for_what_both_need_and_an_exclude_list_for_no_facts(
    world: World,
) -> None:
    world.write(
        {
            "all": {"source": FIRST, "filter": {}},
            "rated": {"source": FIRST, "filter": {"min_rating": 7}},
            "never": {"source": SECOND, "role": "exclude"},
        },
        defaults={"filter": {"languages": ["en"]}},
    )
    world.lists.hold(FIRST, [by_imdb(OLD)])
    world.lists.hold(SECOND, [by_imdb(NEW)])
    world.look()
    fetches = zip(world.lists.fetched_lists, world.lists.needs, strict=True)
    assert {source: need.facts for source, need in fetches} == {FIRST: True, SECOND: False}


def test_a_show_that_is_dropped_needs_no_seasons(world: World) -> None:
    world.follow(by_tmdb(SEVERANCE), filter={"types": ["movie"]})
    assert paths(world, *TITLES) == []
    assert decisions(world.look()) == {"Severance": "filtered"}


def test_a_title_that_another_list_wants_is_looked_up(world: World) -> None:
    world.write({"a": {"source": FIRST, "filter": {"years": "2000.."}}, "b": {"source": SECOND}})
    world.lists.hold(FIRST, [by_imdb(OLD)])
    world.lists.hold(SECOND, [by_imdb(OLD)])
    (action,) = world.look().plan.actions
    assert action.lists == ("b",)


@pytest.mark.parametrize("facts", [Facts(rating=8.1), Facts()], ids=["by the list", "by TMDB"])
def test_a_film_is_asked_for_once_where_its_list_does_not_rate_it(
    world: World, facts: Facts
) -> None:
    world.follow(replace(by_imdb(NEW), facts=facts), filter={"min_rating": 7})
    assert len(paths(world, "/movie/")) == (facts.rating is None)
    assert paths(world, *TITLES) == []
    assert decisions(world.look()) == {"Joker": "request"}


def test_a_first_run_costs_one_call_more_for_each_film_that_is_asked_for(world: World) -> None:
    films, shows = FILMS[:20], SHOWS[:10]
    world.follow(*map(by_imdb, (*films, *shows)), filter={"min_rating": 1, "genres": ["Drama"]})
    calls = world.calls(world.apply)
    assert sum("/movie/" in call.path for call in calls) == 20
    assert sum("/tv/" in call.path for call in calls) == 10
    assert len(calls) <= 2 * 30 + 10 + 10 + 20


@pytest.mark.parametrize("length", [10, 150], ids=["a short list", "a long list"])
def test_a_quiet_run_with_a_filter_is_as_cheap_however_long_the_list_is(
    world: World, length: int
) -> None:
    world.follow(*map(by_imdb, GENERATED[:length]), filter={"min_rating": 9}, max_per_run=None)
    world.apply()
    assert paths(world, *TITLES) == []
    assert len(world.calls(world.apply)) <= 8


@pytest.mark.parametrize(
    ("film", "days", "is_read"),
    [
        pytest.param(OLD, 29, False, id="an old film, within 30 days"),
        pytest.param(OLD, 31, True, id="an old film, later"),
        pytest.param(UNTITLED, 6, False, id="one to come, within a week"),
        pytest.param(UNTITLED, 8, True, id="one to come, later"),
    ],
)
def test_what_is_known_of_a_film_is_believed_for_a_month_and_of_a_new_one_for_a_week(
    world: World, film: Title, days: int, *, is_read: bool
) -> None:
    world.follow(by_tmdb(film), filter={"min_votes": 1})
    world.look()
    world.clock.moment += timedelta(days=days)
    assert bool(paths(world, "/movie/")) is is_read


def test_at_most_twenty_titles_are_read_again_in_a_run(world: World) -> None:
    world.follow(*map(by_tmdb, (*GENERATED[:15], *SHOWS[:10])), filter={"min_rating": 1})
    assert len(paths(world, *TITLES)) == 25
    world.clock.forward(days=31)
    first, second = paths(world, *TITLES), paths(world, *TITLES)
    assert (len(first), len(second)) == (20, 5)


def test_a_fact_that_nobody_has_is_unknown_and_so_is_one_that_tmdb_keeps_back(
    world: World,
) -> None:
    world.follow(by_tmdb(UNTITLED), by_tmdb(NEW), filter={"min_rating": 7})
    world.sandbox.faults.tmdb_down = True
    untitled, joker = world.look().plan.verdicts
    assert untitled.detail.startswith("rating unknown (TMDB did not answer the server")
    assert joker.detail == untitled.detail
    world.sandbox.faults.tmdb_down = False
    assert decisions(world.look()) == {UNTITLED.title: "filtered", "Joker": "request"}
    assert [row.detail for row in world.look().plan.verdicts] == ["rating unknown"]


def test_top_comes_before_the_filter(world: World) -> None:
    world.follow(by_imdb(OLD), by_imdb(NEW), filter={"years": "2000.."}, top=1)
    assert decisions(world.look()) == {OLD.title: "filtered"}


def test_a_title_is_not_gone_because_it_is_filtered(world: World) -> None:
    """What was deleted and comes back through a wider filter was never off the list."""
    wide, narrow = {"years": "1900.."}, {"years": "2000.."}
    world.follow(by_imdb(OLD), filter=wide)
    world.apply()
    world.person("DELETE", f"/request/{world.number(OLD)}")
    for rule in (narrow, narrow):
        world.follow(by_imdb(OLD), filter=rule)
        world.apply()
    world.follow(by_imdb(OLD), filter=wide)
    world.apply()
    assert world.requested() == []
    assert decisions(world.look()) == {OLD.title: "handled"}


def test_what_is_seen_there_while_it_is_filtered_is_remembered(world: World) -> None:
    world.sandbox.state.seed([OLD], requested_by=1, status=2)
    world.follow(by_tmdb(OLD), filter={"years": "2000.."})
    world.apply()
    world.person("DELETE", f"/request/{world.number(OLD)}")
    world.follow(by_tmdb(OLD))
    world.apply()
    assert decisions(world.look()) == {OLD.title: "handled"}


def test_what_a_list_tells_of_a_title_stands_in_its_json() -> None:
    rated = replace(by_imdb(OLD), facts=Facts(9.3, 3_000_000, ("Drama",)))
    shown = Snapshot(Outcome.COMPLETE, "browser", (rated, by_imdb(NEW)))
    first, second = fetch_document("top", "imdb:top", shown)["items"]
    assert first["facts"] == {
        "rating": 9.3,
        "votes": 3_000_000,
        "genres": ("Drama",),
        "language": None,
    }
    assert "facts" not in second


def test_an_exclude_list_is_not_weakened_by_the_filter_of_defaults(world: World) -> None:
    nameless = Item(1, "", None, Kind.MOVIE, Ids(tmdb=OLD.tmdb))
    world.lists.hold(FIRST, [nameless])
    world.lists.hold(SECOND, [by_imdb(OLD)])
    world.write(
        {"a": {"source": FIRST, "filter": None}, "never": {"source": SECOND, "role": "exclude"}},
        defaults={"filter": {"years": "2000.."}},
    )
    assert decisions(world.look()) == {"": "excluded"}


def test_a_title_that_cannot_be_found_and_is_dropped_anyway_needs_nobody(world: World) -> None:
    nobodys = Item(1, "The Reel in the Attic", 1897, Kind.MOVIE, Ids(imdb="tt90000003"))
    world.follow(nobodys, filter={"years": "1990.."})
    assert decisions(world.look()) == {nobodys.title: "filtered"}
    world.follow(nobodys, filter={"years": "1890.."})
    assert decisions(world.look()) == {nobodys.title: "not-found"}
