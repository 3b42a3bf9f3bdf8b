"""Lists that the real command reads from the sandbox's sites in real Chromium."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from examples.sandbox.media_server import SandboxServer
from examples.sandbox.sites import SandboxSites
from tests.browser.processes import becomes_true, browser_groups, members
from tests.e2e.household import Household, numbers, until

pytestmark = pytest.mark.browser


class Waiting(NamedTuple):
    """A command that is still at it."""

    household: Household
    process: subprocess.Popen[str]


@pytest.fixture(scope="module", autouse=True)
def half_a_minute(
    sites: SandboxSites, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Waiting]]:
    """A bot check that lets nobody in, and a server that never answers: begun early, and last."""
    with ExitStack() as stack:
        server = stack.enter_context(SandboxServer())
        blocked = Household(tmp_path_factory.mktemp("blocked"), server)
        blocked.follow(sites, blocked="ls000000202")
        mute = Household(tmp_path_factory.mktemp("mute"), server)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        mute.write({"wishes": {"source": "file:wishes.txt"}}, url=url)
        fetch = blocked.started("fetch", "blocked", "-o", "json")
        yield {
            "blocked": Waiting(blocked, stack.enter_context(fetch)),
            "mute": Waiting(mute, stack.enter_context(mute.started("plan"))),
        }


def test_a_list_goes_from_its_page_to_the_server(household: Household, sites: SandboxSites) -> None:
    household.follow(sites, chart="imdb:boxoffice", night="trakt:anna/family-night")
    done = household.run("apply", "--yes", "-o", "json")
    chart, night = (row["fetch"] for row in done.document["lists"])
    assert (chart["outcome"], night["outcome"]) == ("complete", "unverified")
    assert chart["route"] == night["route"] == "browser"
    expected = numbers(sites.lists["imdb:boxoffice"])
    assert set(expected) <= set(household.stored())
    assert len(household.stored()) == len(set(household.stored()))
    assert done.code == 0


def test_a_card_without_a_year_is_settled_by_a_line_under_map(
    household: Household, sites: SandboxSites
) -> None:
    """The addresses on Trakt's cards are not ids, and a show's usually has no year."""
    lists = {"night": {"source": "trakt:anna/family-night"}}
    providers = {"trakt": {"base_url": sites.trakt_url}}
    lists_by_name = "trakt:show:breaking-bad"
    household.write(lists, providers=providers)
    unsure = household.run("plan", "-o", "json").document
    household.write(lists, providers=providers, map={lists_by_name: "tmdb:tv:1396"})
    sure = household.run("plan", "-o", "json").document
    (verdict,) = (
        v for v in unsure["verdicts"] if v["media"]["ids"].get("trakt") == lists_by_name[11:]
    )
    assert verdict["reason"] == "ambiguous"
    (action,) = (a for a in sure["actions"] if a["media"]["ids"]["tmdb"] == 1396)
    assert action["matched_by"] == "map"
    films = [a for a in sure["actions"] if a["media"]["type"] == "movie"]
    assert {film["matched_by"] for film in films} == {"title"}


def test_each_broken_list_has_its_own_error_and_the_others_are_done(
    household: Household, sites: SandboxSites
) -> None:
    household.follow(
        sites,
        private="ls000000002",
        missing="ls000000404",
        empty="ls000000001",
        half="ls000000003",
        busy="ls000000429",
        fine="imdb:bottom",
    )
    done = household.run("plan", "-o", "json")
    assert done.code == 1
    fetches = {row["name"]: row["fetch"] for row in done.document["lists"]}
    assert {name: fetch["outcome"] for name, fetch in fetches.items()} == {
        "private": "private",
        "missing": "missing",
        "empty": "empty",
        "half": "incomplete",
        "busy": "rate-limited",
        "fine": "complete",
    }
    assert (fetches["half"]["count"], fetches["half"]["declared_total"]) == (65, 130)
    errors = [name for name, fetch in fetches.items() if fetch["error"]]
    assert errors == ["private", "missing", "half", "busy"]
    owners = [action["lists"][0] for action in done.document["actions"]]
    assert (owners.count("half"), owners.count("fine")) == (50, 50)  # which is max_per_run


@pytest.mark.parametrize(
    ("sent", "source"),
    [(signal.SIGINT, "ls000000009"), (signal.SIGTERM, "imdb:boxoffice")],
    ids=["while a page is read", "while requests are sent"],
)
def test_an_interrupted_command_leaves_no_browser_behind(
    household: Household, sites: SandboxSites, sent: signal.Signals, source: str
) -> None:
    household.follow(sites, wishes=source)
    reading = source.startswith("ls")
    household.server.faults.latency = 0.1
    before = len(sites.imdb.visits)
    with household.started("apply", "--yes", "-o", "json") as process:
        until(lambda: len(sites.imdb.visits) > before if reading else household.stored())
        (group,) = browser_groups(process.pid)
        process.send_signal(sent)
        done = household.finish(process)
    assert done.code == 128 + sent
    assert becomes_true(lambda: not members(group))
    if not reading:
        assert done.results().count("created") == len(household.stored())


def test_doctor_shows_a_page_to_the_browser(household: Household, sites: SandboxSites) -> None:
    household.follow(sites, chart="imdb:top")
    done = household.run("doctor")
    assert done.code == 0
    assert "ok   browser: starts and shows a page" in done.out
    assert re.search("(ok  |note) browser sandbox: o", done.out)
    problem = "off: listsync runs as root, and Chromium cannot use its sandbox as root"
    as_root = f'{problem}\n     → see "Sandbox"'
    assert (f"browser sandbox: {as_root}" in done.out) == (os.geteuid() == 0)


def test_a_bot_check_that_lets_nobody_in_is_gone_around_and_remembered(
    half_a_minute: dict[str, Waiting], sites: SandboxSites
) -> None:
    household, process = half_a_minute["blocked"]
    done = household.finish(process)
    fetch_result = json.loads(done.out)
    assert (done.code, fetch_result["outcome"], fetch_result["route"]) == (0, "complete", "api")
    pages = [visit for visit in sites.imdb.visits if "/list/" in visit]
    again = household.run("fetch", "blocked", "-o", "json")
    assert again.document["route"] == "api"
    household.follow(sites, blocked="ls000000202", other="ls000000012")
    plan = household.run("plan")
    output = "read through IMDb's API, because a bot check blocks the browser"
    assert plan.out.count(output) == 2
    assert [visit for visit in sites.imdb.visits if "/list/" in visit] == pages


def test_a_server_that_never_answers_is_said_so(
    half_a_minute: dict[str, Waiting],
) -> None:
    household, process = half_a_minute["mute"]
    done = household.finish(process)
    assert (done.code, done.out) == (1, "")
    assert "no response within 30 s" in done.err
