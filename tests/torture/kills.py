"""``apply`` and ``run`` are killed at random moments, and started again until all is requested."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING

from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import SandboxServer
from tests.e2e.household import Household, numbers
from tests.e2e.running import lists, write
from tests.torture.attack import Attack, check

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from random import Random

    from examples.sandbox.titles import Title
    from tests.torture.attack import Figures, Strike

APPLY = ("apply", "--yes", "-o", "json")
MOST_TITLES = 12
NO_MORE = 2.5  # seconds without another request


@contextmanager
def set_up() -> Iterator[Strike]:
    """Each round has a folder and a server of its own."""
    yield strike


def strike(chance: Random) -> Figures:
    """A few kills, then one ``apply`` that nobody disturbs."""
    titles = chance.sample(FILMS, chance.randint(2, MOST_TITLES))
    with TemporaryDirectory() as folder, SandboxServer() as server:
        household = Household(Path(folder), server)
        _write(household, titles, chance)
        kills = sum(_killed(household, chance) for _ in range(chance.randint(1, 4)))
        server.faults.reset()
        done = household.run(*APPLY)
        stored = household.stored()
        doubles = len(stored) - len(set(stored))
        lost = len(set(numbers(titles)) - set(stored))
        strays = len(set(stored) - set(numbers(titles)))
        check(not doubles, f"{doubles} titles were requested twice: {sorted(stored)}")
        check(not lost, f"{lost} of {len(titles)} titles are lost (exit {done.code}): {done.err}")
        check(not strays, f"{strays} titles were requested that nobody wants")
        check(done.code == 0, f"exit {done.code}: {done.err}")
    return {"kills": kills, "requests": len(stored), "duplicates": doubles, "lost": lost}


def _write(household: Household, titles: list[Title], chance: Random) -> None:
    parts = {"wishes": tuple(titles[::2]), "more": tuple(titles[1::2])}
    options = {"concurrency": chance.choice((1, 2, 4))}
    write(household, lists(household, **parts), server=options)


def _killed(household: Household, chance: Random) -> bool:
    """Start a process and kill it; False: it had ended before."""
    faults = household.server.faults
    faults.latency = chance.choice((0.0, 0.005, 0.02))
    faults.hang_after_commit = chance.choice((0, 0, 0, 1, 3))
    words = ("run",) if chance.random() < 0.3 else APPLY
    before = len(household.stored()) + chance.choice((0, 1, 1, 1, 2, 3))
    pause = chance.uniform(0, 0.05)
    with household.started(*words) as process:
        if chance.random() < 0.2:  # whenever that is: while it starts, reads or looks
            Event().wait(chance.uniform(0, 1))
        else:
            _wait_for_requests(household, process, before)
            Event().wait(pause)
        is_running = process.poll() is None
        process.kill()
        process.wait(10)
    unknown = set(household.stored()) - _intended(household)
    check(not unknown, f"requested without a line in the ledger: {unknown}")
    return is_running


def _intended(household: Household) -> set[int]:
    """The titles that the ledger knows to have been sent, or to be about to."""
    if not household.stored():
        return set()
    with closing(sqlite3.connect(household.ledger)) as ledger:
        return {tmdb for (tmdb,) in ledger.execute("SELECT tmdb FROM intents")}


def _wait_for_requests(household: Household, process: subprocess.Popen[str], number: int) -> None:
    """Until there are so many on the server, or no more come."""
    stored, deadline = -1, 0.0
    while len(household.stored()) < number and process.poll() is None:
        if len(household.stored()) > stored:
            stored, deadline = len(household.stored()), time.monotonic() + NO_MORE
        if time.monotonic() > deadline:
            return
        Event().wait(0.002)


ATTACK = Attack("kills", "0 duplicates, 0 lost, each in the ledger before it was sent", set_up)
