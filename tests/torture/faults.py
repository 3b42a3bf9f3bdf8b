"""Passes against a server and sites that go wrong in many ways, and then against sound ones."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import AnswerAfter
from examples.sandbox.sites import SandboxSites
from examples.sandbox.sites_lists import Fault
from reconciler.sync.clock import SystemClock
from tests.e2e.household import Household
from tests.torture.attack import Attack, check
from tests.torture.hostile_server import KINDS, HostileServer, spoiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from random import Random

    from examples.sandbox.seerr.answers import Answer, Call
    from examples.sandbox.titles import Title
    from tests.e2e.household import Finished
    from tests.torture.attack import Figures, Strike

APPLY = ("apply", "--yes", "-o", "json")
SOUND_PASSES = 3  # within which all must be requested
CODES = {0, 1, 3}  # of an apply, in the README: done; something failed; stopped by a safety rule
LISTS = {  # of the sandbox's sites; all hold the same titles
    "films": ("json:{}/json/films.json", "/json/films.json"),
    "night": ("mdblist:anna/night", "/mdblist/lists/anna/night/json"),
    "feed": ("rss:{}/feeds/watchlist", "/feeds/watchlist"),
}
STATUSES = (202, 301, 302, 400, 401, 403, 404, 405, 408, 410, 418, 429, 500, 502, 503, 504)


class Ahead(SystemClock):
    """A clock that somebody may set ahead, so that no wait keeps a run from trying again."""

    days = 0

    def now(self) -> datetime:
        """The machine's time, and so many days."""
        return super().now() + timedelta(days=Ahead.days)


@contextmanager
def set_up() -> Iterator[Strike]:
    """The sites are the same for all rounds; each has a server and a ledger of its own."""
    with SandboxSites() as sites, patch("reconciler.wiring.SystemClock", Ahead):
        yield lambda chance: strike(chance, sites)


def strike(chance: Random, sites: SandboxSites) -> Figures:
    """Some runs with faults, then as many without as it takes."""
    Ahead.days = 0
    listed = chance.sample(FILMS, chance.randint(1, 6)) + chance.sample(SHOWS[:2], 1)
    expected = {title.tmdb for title in (*listed, *sites.lists["json:films"])}
    with TemporaryDirectory() as folder, HostileServer() as server:
        household = Household(Path(folder), server)
        _write(household, sites, listed)
        passes = chance.randint(1, 5)
        try:
            for _ in range(passes):
                _spoil(chance, server, sites)
                _apply(household)
                _check_requests(household, expected)
        finally:
            sites.others.faults.clear()
            server.faults.reset()
            server.spoil = None
        sound, last = 0, ""
        while set(household.stored()) != expected and sound < SOUND_PASSES:
            sound += 1
            last = _apply(household).out
        _check_requests(household, expected)
        missing = expected - set(household.stored())
        check(not missing, f"{len(missing)} titles are not requested in the end: {last}")
    return {"runs": passes + sound, "requests": len(expected)}


def _write(household: Household, sites: SandboxSites, listed: list[Title]) -> None:
    lines = [f"imdb:{title.imdb}\n" for title in listed]
    (household.folder / "wishes.txt").write_text("".join(lines))
    lists = {"wishes": {"source": "file:wishes.txt"}}
    lists |= {name: {"source": text.format(sites.others_url)} for name, (text, _) in LISTS.items()}
    household.write(lists, providers=sites.providers)


def _apply(household: Household) -> Finished:
    """One pass, a day after the last one; a traceback or a secret in it is an AssertionError."""
    Ahead.days += 1
    done = household.run(*APPLY)
    check(done.code in CODES, f"exit {done.code}: {done.err}")
    check("internal error" not in done.out + done.err, f"a bug: {done.err}{done.out[-2000:]}")
    check("this is a bug" not in done.out + done.err, f"a bug: {done.err}{done.out[-2000:]}")
    return done


def _check_requests(household: Household, expected: set[int]) -> None:
    rows = household.server.state.requests.values()
    sent = Counter(
        (row.media.tmdb, number)
        for row in rows
        for number in ([season.number for season in row.seasons] or [0])
    )
    doubles = [row for row, number in sent.items() if number > 1]
    check(not doubles, f"requested twice: {doubles}")
    strays = {row.media.tmdb for row in rows} - expected
    check(not strays, f"requested though nobody wants it: {strays}")


def _spoil(chance: Random, server: HostileServer, sites: SandboxSites) -> None:
    """Set up what goes wrong in the next run, in place of what did in the last one."""
    sites.others.faults.clear()
    server.faults.reset()
    server.spoil = None
    for _, path in LISTS.values():
        if chance.random() < HALF:
            sites.others.faults.set(path, _site_fault(chance))
    for _ in range(chance.randint(0, 2)):
        server.faults.set(chance.choice(SERVER_FAULTS)(chance))
    if chance.random() < HALF:
        server.spoil = _spoiler(chance)


def _site_fault(chance: Random) -> Fault:
    return chance.choice(
        (
            lambda: Fault(status=chance.choice(STATUSES)),
            lambda: Fault(status=chance.choice((429, 503)), retry_after=chance.choice((0, 90))),
            lambda: Fault(truncate=chance.randrange(2000)),
            lambda: Fault(chance.choice(("private", "missing", "half-loaded", "changed-layout"))),
            lambda: Fault(delay=chance.uniform(0, 0.2)),
        )
    )()


def _spoiler(chance: Random) -> Callable[[Call, Answer], Answer]:
    """Spoils one call in a few: reads, or what is sent, too."""
    share, methods = chance.choice((0.05, 0.3, 1.0)), chance.choice(({"GET"}, {"POST"}, ALL))
    paths = chance.choice(("", "/api/v1/request", "/api/v1/search", "/api/v1/m", "/api/v1/tv"))
    kind = chance.randrange(KINDS)

    def spoil(call: Call, answer: Answer) -> Answer:
        is_chosen = call.method in methods and call.path.startswith(paths)
        return spoiled(chance, answer, kind) if is_chosen and chance.random() < share else answer

    return spoil


HALF = 0.5
ALL = {"GET", "POST", "PUT", "DELETE"}
SERVER_FAULTS: tuple[Callable[[Random], dict[str, object]], ...] = (
    lambda chance: {"answer_after": AnswerAfter(chance.randint(0, 20), chance.choice(STATUSES), 0)},
    lambda chance: {
        "answer_after": AnswerAfter(
            chance.randint(0, 8), chance.choice((429, 500, 502, 503)), method="POST"
        )
    },
    lambda chance: {"drop_before_commit": chance.randint(1, 3)},
    lambda chance: {"drop_after_commit": chance.randint(1, 3)},
    lambda chance: {"drop_between_saves": chance.randint(1, 2)},
    lambda chance: {"tmdb_down": True, "tmdb_status": chance.choice((404, 429, 500, 503))},
    lambda _: {"radarr_down": True, "sonarr_down": True},
    lambda _: {"redirect_to": "http://127.0.0.1:9/login"},
    lambda _: {"not_a_media_server": "radarr"},
    lambda _: {"wrong_key": True},
    lambda _: {"csrf_protection": True},
    lambda chance: {"latency": chance.uniform(0, 0.02)},
)
ATTACK = Attack("faults", "converges to the wanted requests, 0 duplicates", set_up)
