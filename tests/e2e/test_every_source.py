"""Each list site over real HTTP: from the file to requests, and its problems reported."""

from __future__ import annotations

import zipfile
from typing import Any

import pytest

from examples.sandbox import interfaces
from examples.sandbox.sites import SandboxSites
from examples.sandbox.titles import Title
from tests.e2e.household import Household, numbers

# What is written in the file, and the list of the sandbox behind it.
READ = {
    "imdb's interface": ("imdb:ls000000012", "imdb:ls000000012", "complete"),
    "mdblist": ("https://mdblist.com/lists/anna/night", "mdblist:anna/night", "complete"),
    "mdblist, key": ("mdblist:anna/night", "mdblist:anna/night", "complete"),
    "mdblist, key's own": ("mdblist.com/watchlist", "mdblist:watchlist", "complete"),
    "tmdb": ("https://www.themoviedb.org/list/8136-night", "tmdb:list/8136", "complete"),
    "tmdb, chart": ("tmdb:movie/popular", "tmdb:movie/popular", "unverified"),
    "anilist": ("anilist.co/user/anna/animelist/Planning", "anilist:anna/planning", "complete"),
    "simkl": ("simkl:plantowatch", "simkl:plantowatch", "complete"),
    "tvdb": ("https://thetvdb.com/lists/night", "tvdb:lists/night", "complete"),
    "tvdb, favorites": ("tvdb:favorites", "tvdb:favorites", "complete"),
    "stevenlu": ("stevenlu", "stevenlu:movies", "complete"),
    "json": ("{others}/json/films.json", "json:films", "complete"),
    "rss": ("rss:{others}/feeds/watchlist", "rss:watchlist", "unverified"),
    "rss as JSON": ("rss:{others}/feeds/watchlist?format=json", "rss:watchlist", "unverified"),
    "letterboxd, export": ("letterboxd:export.zip", "letterboxd:anna/list/night", "complete"),
}


def follow(
    household: Household,
    sites: SandboxSites,
    source: str,
    *,
    keyed: bool = False,
    **options: object,
) -> None:
    """One list called ``wishes``. ``keyed``: MDBList is read with a key, too."""
    providers: dict[str, Any] = sites.providers
    providers["imdb"] |= {"via": "api"}
    if keyed:
        providers["mdblist"] |= {"api_key": interfaces.KEY}
    wishes = {"source": source.format(others=sites.others_url), **options}
    household.write({"wishes": wishes}, providers=providers)


def export(household: Household, films: tuple[Title, ...]) -> None:
    """The user's own data, as Letterboxd gives it."""
    rows = "".join(f"2026-05-04,{film.title},{film.year},https://boxd.it/a\n" for film in films)
    with zipfile.ZipFile(household.folder / "export.zip", "w") as file:
        file.writestr("watchlist.csv", f"Date,Name,Year,Letterboxd URI\n{rows}")


def tmdb_numbers(document: dict[str, Any]) -> list[int]:
    """The TMDB numbers of what a plan would do."""
    return [action["media"]["ids"]["tmdb"] for action in document["actions"]]


@pytest.mark.parametrize("name", READ)
def test_a_list_is_planned_requested_and_then_done(
    household: Household, sites: SandboxSites, name: str
) -> None:
    source, key, outcome = READ[name]
    titles = sites.lists[key]
    export(household, titles)
    follow(household, sites, source, keyed="key" in name, max_per_run=100)

    plan = household.run("plan", "-o", "json")
    assert plan.document["lists"][0]["fetch"]["outcome"] == outcome
    # What is there already, or has not aired yet, is not in it; nothing else may be missing.
    idle = [
        verdict["media"]["ids"].get("tmdb")
        for verdict in plan.document["verdicts"]
        if verdict["reason"] in {"unaired", "available"}
    ]
    assert sorted({*tmdb_numbers(plan.document), *idle}) == sorted(set(numbers(titles)))

    applied = household.run("apply", "--yes", "-v", "-o", "json")
    assert (applied.code, set(applied.results())) == (0, {"created"})
    assert sorted(household.stored()) == sorted(tmdb_numbers(plan.document))
    assert tmdb_numbers(household.run("plan", "-o", "json").document) == []
    output = plan.err + applied.out + applied.err
    assert interfaces.KEY not in output
    assert interfaces.TOKEN not in output


TROUBLE = {
    "mdblist-too-many": ("mdblist:anna/later", "rate-limited"),
    "mdblist-private": ("mdblist:anna/private", "private"),
    "mdblist-missing": ("mdblist:anna/nothing", "missing"),
    "tmdb-too-many": ("tmdb:list/429", "rate-limited"),
    "tmdb-missing": ("tmdb:list/404", "missing"),
    "anilist-too-many": ("anilist:later/planning", "rate-limited"),
    "anilist-private": ("anilist:hidden/planning", "private"),
    "anilist-missing": ("anilist:nobody/planning", "missing"),
    "simkl-too-many": ("simkl:movies/dropped", "rate-limited"),
    "simkl-anothers": ("https://simkl.com/7/movies/plan-to-watch/", "private"),
    "tvdb-too-many": ("tvdb:lists/later", "rate-limited"),
    "tvdb-missing": ("tvdb:lists/nothing", "missing"),
    "stevenlu-too-many": ("stevenlu:later", "rate-limited"),
    "json-too-many": ("{others}/json/later.json", "rate-limited"),
    "json-missing": ("{others}/json/nothing.json", "missing"),
    "rss-too-many": ("rss:{others}/feeds/later", "rate-limited"),
    "rss-missing": ("rss:{others}/feeds/nothing", "missing"),
}


def test_each_trouble_has_its_name(household: Household, sites: SandboxSites) -> None:
    lists = {
        name: {"source": source.format(others=sites.others_url)}
        for name, (source, _) in TROUBLE.items()
    }
    household.write(lists, providers=sites.providers)

    done = household.run("plan", "-o", "json")

    rows = {row["name"]: row["fetch"] for row in done.document["lists"]}
    assert {name: row["outcome"] for name, row in rows.items()} == {
        name: outcome for name, (_, outcome) in TROUBLE.items()
    }
    waiting = [row["error"] for row in rows.values() if row["outcome"] == "rate-limited"]
    assert all("HTTP 429, retry in 90 s" in error for error in waiting)
    assert done.code == 1
