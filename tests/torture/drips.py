"""Answers that stop anywhere and go on in drips: each call ends within its deadline."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.core.model import Outcome
from reconciler.errors import AnswerLostError, ServerError
from reconciler.overseerr import OverseerrServer
from reconciler.sources.context import Patience
from reconciler.sources.http import SiteClient
from reconciler.sources.registry import SiteSources, recognize_list
from tests.edges.dripping import ANSWERS, dripping
from tests.edges.made_up import KEY, request_of
from tests.sources.pages import FakeBrowser
from tests.torture.attack import Attack, check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.torture.attack import Figures, Strike

LATE = 3.0  # seconds after the deadline that a busy machine may take


@contextmanager
def set_up() -> Iterator[Strike]:
    """Each round has a server of its own."""
    yield strike


def strike(chance: Random) -> Figures:
    """One answer that drips, for each kind of call."""
    late = 0.0
    for call in CALLS:
        longest = chance.uniform(0.02, 0.2)
        start, drip = _answer(chance)
        with dripping(start, drip, pause=chance.choice((0.001, 0.01, 0.05))) as (url, calls):
            began = time.monotonic()
            call(url, longest, calls)
            over = time.monotonic() - began - longest
        check(
            over < LATE, f"{call.__name__} took {over:.1f} s more than {longest:.2f} s: {start!r}"
        )
        late = max(late, over)
    return {"calls": len(CALLS), "longest delay in s": late}


def _answer(chance: Random) -> tuple[bytes, bytes]:
    """What comes at once, of some answer, and what then drips."""
    start, drip = chance.choice(list(ANSWERS.values()))
    whole = start + drip * 40
    cut = chance.randint(0, len(whole))
    return whole[:cut], chance.choice(
        (drip, whole[cut : cut + 1] or b" ", b"0", b"\r\n", b"a: b\r\n")
    )


def _read_of_server(url: str, longest: float, _: list[bytes]) -> None:
    server = OverseerrServer(url, KEY, rate=10_000, longest=longest)
    with server, suppress(ServerError):
        server.whoami()


def _request(url: str, longest: float, calls: list[bytes]) -> None:
    with OverseerrServer(url, KEY, rate=10_000, longest=longest) as server:
        try:
            server.request(request_of())
        except AnswerLostError:
            check(len(calls) <= 1, f"a request was sent {len(calls)} times")
        except ServerError as error:
            check(not calls, f"a request that was sent is not taken for sent: {error}")


def _call_of_site(url: str, longest: float, _: list[bytes]) -> None:
    with SiteClient(longest=longest) as web:
        web.ask("GET", url)


def _list(url: str, longest: float, _: list[bytes]) -> None:
    patience = Patience(content=0.0, check=0.0, settle=0.0, whole=longest)
    ref = recognize_list(f"json:{url}/list.json")
    snapshot = SiteSources(FakeBrowser({}), {}, Path(), patience).fetch(ref)
    check(snapshot.outcome is not Outcome.COMPLETE, "a list without an end was taken for complete")


CALLS: tuple[Callable[[str, float, list[bytes]], None], ...] = (
    _read_of_server,
    _request,
    _call_of_site,
    _list,
)
ATTACK = Attack("drips", f"each call ends within {LATE:g} s after its deadline", set_up)
