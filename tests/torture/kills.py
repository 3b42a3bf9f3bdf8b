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
def opened() -> Iterator[Strike]:
    """Each round has a folder and a server of its own."""
    yield strike


def strike(chance: Random) -> Figures:
    """A few kills, then one ``apply`` that nobody disturbs."""
    wanted = chance.sample(FILMS, chance.randint(2, MOST_TITLES))
    with TemporaryDirectory() as folder, SandboxServer() as server:
        house = Household(Path(folder), server)
        _write(house, wanted, chance)
        kills = sum(_killed(house, chance) for _ in range(chance.randint(1, 4)))
        server.faults.reset()
        done = house.run(*APPLY)
        stored = house.stored()
        doubles = len(stored) - len(set(stored))
        lost = len(set(numbers(wanted)) - set(stored))
        strays = len(set(stored) - set(numbers(wanted)))
        check(not doubles, f"{doubles} titles were requested twice: {sorted(stored)}")
        check(not lost, f"{lost} of {len(wanted)} titles are lost (exit {done.code}): {done.err}")
        check(not strays, f"{strays} titles were requested that nobody wants")
        check(done.code == 0, f"exit {done.code}: {done.err}")
    return {"kills": kills, "requests": len(stored), "twice": doubles, "lost": lost}


def _write(house: Household, wanted: list[Title], chance: Random) -> None:
    parts = {"wishes": tuple(wanted[::2]), "more": tuple(wanted[1::2])}
    options = {"concurrency": chance.choice((1, 2, 4))}
    write(house, lists(house, **parts), server=options)


def _killed(house: Household, chance: Random) -> bool:
    """Start a process and kill it; False: it had ended before."""
    faults = house.server.faults
    faults.latency = chance.choice((0.0, 0.005, 0.02))
    faults.hang_after_commit = chance.choice((0, 0, 0, 1, 3))
    words = ("run",) if chance.random() < 0.3 else APPLY
    before = len(house.stored()) + chance.choice((0, 1, 1, 1, 2, 3))
    pause = chance.uniform(0, 0.05)
    with house.started(*words) as process:
        if chance.random() < 0.2:  # whenever that is: while it starts, reads or looks
            Event().wait(chance.uniform(0, 1))
        else:
            _wait_for_requests(house, process, before)
            Event().wait(pause)
        is_running = process.poll() is None
        process.kill()
        process.wait(10)
    unknown = set(house.stored()) - _intended(house)
    check(not unknown, f"requested without a line in the ledger: {unknown}")
    return is_running


def _intended(house: Household) -> set[int]:
    """The titles that the ledger knows to have been sent, or to be about to."""
    if not house.stored():
        return set()
    with closing(sqlite3.connect(house.ledger)) as ledger:
        return {tmdb for (tmdb,) in ledger.execute("SELECT tmdb FROM intents")}


def _wait_for_requests(house: Household, process: subprocess.Popen[str], number: int) -> None:
    """Until there are so many on the server, or no more come."""
    stored, deadline = -1, 0.0
    while len(house.stored()) < number and process.poll() is None:
        if len(house.stored()) > stored:
            stored, deadline = len(house.stored()), time.monotonic() + NO_MORE
        if time.monotonic() > deadline:
            return
        Event().wait(0.002)


ATTACK = Attack("kills", "0 twice, 0 lost, each in the ledger before it was sent", opened)
