"""Trakt's lists through its API, from the file to requests on the server, without a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from examples.sandbox import trakt_accounts, trakt_api
from examples.sandbox.catalogue import CATALOGUE
from examples.sandbox.sites import SandboxSites
from examples.sandbox.sites_lists import Fault
from tests.e2e.household import Finished, Household, numbers


@pytest.fixture(autouse=True)
def _all_well(sites: SandboxSites) -> Iterator[None]:
    yield
    sites.trakt.faults.clear()


def write(household: Household, sites: SandboxSites, sources: dict[str, str], **trakt: str) -> None:
    """Lists by name; ``trakt`` beside the addresses, a working client id where nothing is said."""
    section = {"base_url": sites.trakt_url, "api_url": sites.trakt_api_url}
    section |= trakt or {"client_id": trakt_accounts.CLIENT_ID}
    lists = {name: {"source": source} for name, source in sources.items()}
    household.write(lists, providers={"trakt": section})


def run(household: Household, *arguments: str) -> Finished:
    """A run that shows the client id to nobody."""
    done = household.run(*arguments)
    files = [file for file in household.ledger.parent.glob("*") if file.is_file()]
    assert trakt_accounts.CLIENT_ID not in done.out + done.err
    assert not any(trakt_accounts.CLIENT_ID.encode() in file.read_bytes() for file in files)
    return done


def test_a_list_goes_from_the_api_to_the_server(household: Household, sites: SandboxSites) -> None:
    number = trakt_api.list_number("trakt:anna/family-night")
    write(household, sites, {"night": f"https://trakt.tv/lists/{number}", "odd": "trakt:boxoffice"})

    done = run(household, "apply", "--yes", "-v", "-o", "json")

    fetches = [row["fetch"] for row in done.document["lists"]]
    assert [(f["route"], f["outcome"], f["count"]) for f in fetches] == [
        ("api", "complete", 20),
        ("api", "complete", 10),
    ]
    assert set(numbers(sites.lists["trakt:anna/family-night"])) <= set(household.stored())
    assert done.code == 0


def test_seasons_on_a_list_are_the_only_ones_requested(
    household: Household, sites: SandboxSites
) -> None:
    write(household, sites, {"odds": "trakt:anna/bits-and-pieces"})

    done = run(household, "plan", "-o", "json")

    shows = [a["seasons"] for a in done.document["actions"] if a["media"]["type"] == "tv"]
    assert shows == [[1, 2], [2]]
    reasons = [verdict["reason"] for verdict in done.document["verdicts"]]
    assert "unsupported-kind" in reasons


def test_of_a_chart_without_an_end_the_first_100_are_wanted_and_the_plan_says_so(
    household: Household, sites: SandboxSites
) -> None:
    write(household, sites, {"chart": "trakt:trending/movies"})
    before = len(sites.trakt.visits)

    done = run(household, "plan")

    assert "100 titles, only the first 100 of an endless chart, unverified" in done.out
    assert len(sites.trakt.visits) == before + 1


def test_a_filter_is_answered_by_trakt_and_the_server_is_asked_nothing_for_it(
    household: Household, sites: SandboxSites
) -> None:
    rules = {"min_rating": 7.15, "exclude_genres": ["Horror"], "languages": ["en", "ko"]}
    chart = {"source": "trakt:movies/popular", "top": 40, "filter": rules}
    trakt = {"api_url": sites.trakt_api_url, "client_id": trakt_accounts.CLIENT_ID}
    household.write({"chart": chart}, providers={"trakt": trakt})

    plan = household.run("plan", "-o", "json")

    first = [title for title in CATALOGUE if title.kind == "movie" and title.imdb][:40]
    passing = [
        film.tmdb
        for film in first
        if film.facts.rating >= 7.15
        and "Horror" not in dict(film.facts.genres).values()
        and film.facts.language in {"en", "ko"}
    ]
    lists_by_name = [action["media"]["ids"]["tmdb"] for action in plan.document["actions"]]
    details = [row["detail"] for row in plan.document["verdicts"] if row["reason"] == "filtered"]
    assert (lists_by_name, bool(passing)) == (passing, True)
    assert len(details) == 40 - len(passing)
    assert all("from the list" in detail for detail in details)
    assert not [call.path for call in household.server.state.calls if "/movie/" in call.path]
    assert "extended=full" in sites.trakt.visits[-1]


def test_each_trouble_has_its_outcome(household: Household, sites: SandboxSites) -> None:
    sources = {
        "private-list": "trakt:anna/private",
        "private-user": "trakt:hidden/watchlist",
        "missing": "trakt:anna/missing",
        "missing-user": "trakt:nobody/watchlist",
        "half": "trakt:anna/stops-half-way",
        "layout": "trakt:anna/other-layout",
        "account": "trakt:anna/favorites",
        "busy": "trakt:anna/watchlist",
        "empty": "trakt:anna/nothing-yet",
        "fine": "trakt:anna/family-night",
    }
    write(household, sites, sources)
    own = f"{trakt_api.PREFIX}/users/anna"
    sites.trakt.faults.set(f"{own}/favorites", Fault(status=420, retry_after=600))
    sites.trakt.faults.set(f"{own}/watchlist", Fault(status=429, retry_after=120))

    done = run(household, "plan", "-o", "json")

    outcomes = {row["name"]: row["fetch"]["outcome"] for row in done.document["lists"]}
    assert outcomes == {
        "private-list": "private",
        "private-user": "private",
        "missing": "missing",
        "missing-user": "missing",
        "half": "incomplete",
        "layout": "changed-layout",
        "account": "rate-limited",
        "busy": "rate-limited",
        "empty": "empty",
        "fine": "complete",
    }
    assert done.code == 1


REMOVED = "dead" * 16
"""The client id of an app that Trakt has removed."""


def test_with_a_refused_client_id_lists_come_from_the_app_and_excludes_are_unread(
    household: Household, sites: SandboxSites
) -> None:
    household.secrets.append(REMOVED)
    lists = {
        "watch": {"source": "trakt:anna/watchlist"},
        "never": {"source": "trakt:anna/family-night", "role": "exclude"},
        "chart": {"source": "trakt:movies/trending"},
    }
    section = {"base_url": sites.trakt_url, "api_url": sites.trakt_api_url, "client_id": REMOVED}
    household.write(lists, providers={"trakt": section})
    sites.trakt.visits.clear()

    plan = household.run("plan")

    output = "read from Trakt's web app, since Trakt refuses providers.trakt.client_id"
    assert (plan.code, plan.out.count(output)) == (3, 2)
    assert "exclude list never unread" in plan.out
    assert "a Trakt chart can only be read through Trakt's API" in plan.out
    calls = [visit.partition("?")[0] for visit in sites.trakt.visits]
    lists_asked = [path for path in calls if path.startswith("/api/users/")]
    assert len(lists_asked) == 1  # the other list is read from the app at once

    without = household.run("plan", "-o", "json", env={"PATH": "/nonexistent"})
    fetches = {row["name"]: row["fetch"] for row in without.document["lists"]}
    assert without.code == 3
    assert {fetch["outcome"] for fetch in fetches.values()} == {"blocked"}
    assert "Trakt refuses providers.trakt.client_id" in fetches["watch"]["error"]
    assert "Chromium is not installed" in fetches["watch"]["error"]


def test_without_a_client_id_a_chart_is_refused_with_its_place(
    household: Household, sites: SandboxSites
) -> None:
    write(household, sites, {"chart": "trakt:trending/movies"}, client_id="${TRAKT_CLIENT_ID:-}")

    done = run(household, "validate")

    assert done.code == 78
    assert "lists.chart.source: a Trakt chart can only be read through Trakt's API" in done.err
    assert "listsync.yaml:10:" in done.err


def test_a_total_that_trakt_never_delivers_is_named_from_the_second_reading_on(
    household: Household, sites: SandboxSites
) -> None:
    write(household, sites, {"long": "trakt:anna/stops-half-way"})

    first, second = (household.run("plan").out for _ in range(2))
    read_alone = household.run("fetch", "long", "-o", "json").document

    assert "try again later" in first
    assert "Trakt reports 230 titles but delivers 100, as it did last time" in " ".join(
        second.split()
    )
    assert "as it did last time" in read_alone["error"]
    assert read_alone["outcome"] == "incomplete"
