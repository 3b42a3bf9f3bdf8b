"""The cost of a plan grows with what is wanted and what is there, not with their product."""

from __future__ import annotations

from time import process_time

from reconciler.core.memory import observe
from reconciler.core.model import (
    Kind,
    MediaKey,
    MediaStatus,
    Memory,
    RequestStatus,
    Role,
    Target,
)
from tests.core.values import NOW, entry, facts, having, plan, request, row, server, wishes

TITLES = 20_000
SECONDS = 10.0  # of a busy machine; a product of the two would take minutes


def test_20000_titles_against_as_many_on_the_server_are_decided_in_seconds() -> None:
    keys = [MediaKey(Kind.TV if n % 5 == 0 else Kind.MOVIE, n) for n in range(1, TITLES + 1)]
    entries = [entry(media, position) for position, media in enumerate(keys, start=1)]
    lst = having(wishes(*entries), max_per_run=None)
    never = having(wishes(*entries[::7], name="never", index=1), role=Role.EXCLUDE)
    seasons = {1: MediaStatus.AVAILABLE, 2: MediaStatus.AVAILABLE}
    observed = server(
        *(row(m, MediaStatus.PARTIAL, seasons=seasons) for m in keys[: TITLES // 2]),
        *(request(m.tmdb, m, RequestStatus.DECLINED, 1, 3) for m in keys[TITLES // 3 :]),
        shows={m.tmdb: facts(*range(1, 9)) for m in keys if m.kind is Kind.TV},
    )
    targets = [Target(media) for media in keys]

    began = process_time()
    memory = observe(Memory(), targets, observed, NOW, frozenset(keys[::11]))
    made = plan(lst, never, on=observed, memory=memory)
    spent = process_time() - began

    assert len(made.actions) + len(made.verdicts) == TITLES
    assert spent < SECONDS
