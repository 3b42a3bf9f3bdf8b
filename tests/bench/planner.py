"""``calculate`` on wants against as many observed titles, each size in a process of its own."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime

from reconciler.core.model import (
    DesiredList,
    Entry,
    Ids,
    Item,
    Kind,
    ListRef,
    ListRules,
    Match,
    MatchMethod,
    MediaKey,
    MediaState,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Observed,
    Policy,
    Requester,
    RequestState,
    RequestStatus,
    Season,
    Show,
    Target,
    User,
)
from reconciler.core.plan import calculate
from tests.bench.promises import Reading, Sizes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEASONS = (1, 2, 3)
MEGABYTE = 1024  # of what getrusage counts in


def measure(sizes: Sizes) -> dict[str, Reading]:
    """Processor time, which other programs on the machine touch least, and memory gained."""
    few, many, more = (_in_a_process(wants) for wants in sizes.wants)
    return {
        "plan few": Reading(few["seconds"]),
        "plan many": Reading(many["seconds"]),
        "plan linear": Reading(many["seconds"], few["seconds"]),
        "plan more": Reading(more["seconds"], many["seconds"]),
        "memory many": Reading(many["megabytes"]),
        "memory more": Reading(more["megabytes"], many["megabytes"]),
    }


def world(wants: int) -> tuple[DesiredList, Observed, Memory]:
    """A list, and a server with as many titles: nine of ten are the list's, one is another.

    Every fifth is a show of three seasons; of the titles that are there, half were requested.
    """
    keys = [_key(number) for number in range(1, wants + 1)]
    entries = tuple(_entry(media, place) for place, media in enumerate(keys, start=1))
    there = [_key(number) for number in range(wants // 10 + 1, wants + wants // 10 + 1)]
    requests = [_request(media) for media in there if media.tmdb % 2]
    observed = Observed(
        media={media: (_row(media),) for media in there},
        requests={request.target: (request,) for request in requests},
        shows={media.tmdb: _facts(media.tmdb) for media in keys if media.kind is Kind.TV},
    )
    memory = Memory({MemoryKey(Target(media)): MemoryEntry() for media in there})
    requester = Requester(User(1, "admin", 2))
    rules = ListRules("list", ListRef("imdb", "list"), max_per_run=None)
    return DesiredList(rules, 0, entries, requester=requester), observed, memory


def _key(number: int) -> MediaKey:
    return MediaKey(Kind.MOVIE if number % 5 else Kind.TV, number)


def _entry(media: MediaKey, place: int) -> Entry:
    item = Item(place, f"Title {place}", 2021, media.kind, Ids(imdb=f"tt{place:07}"))
    return Entry(item, Match(media, MatchMethod.IMDB, item.title, 2021))


def _row(media: MediaKey) -> MediaState:
    statuses = (MediaStatus.AVAILABLE, MediaStatus.UNKNOWN)
    seasons = dict.fromkeys(SEASONS, statuses) if media.kind is Kind.TV else {}
    return MediaState(media, *statuses, seasons)


def _request(media: MediaKey) -> RequestState:
    seasons = dict.fromkeys(SEASONS, RequestStatus.APPROVED) if media.kind is Kind.TV else {}
    return RequestState(media.tmdb, Target(media), RequestStatus.APPROVED, 1, seasons)


def _facts(tmdb: int) -> Show:
    seasons = tuple(Season(number, date(2019, number, 1), 8) for number in SEASONS)
    return Show(tmdb, f"Show {tmdb}", 2019, ended=True, seasons=seasons)


def _in_a_process(wants: int) -> dict[str, float]:
    command = (sys.executable, "-m", "tests.bench.planner", str(wants))
    process = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - this module
    read: dict[str, float] = json.loads(process.stdout)
    return read


def _planned(wants: int) -> dict[str, float]:
    """The best of some plans: what disturbs one makes it slower, never faster."""
    gc.disable()  # while the world is made, which is nobody's business
    lst, observed, memory = world(wants)
    gc.enable()
    times = []
    before = _peak()
    for _ in range(max(1, min(5, 500_000 // wants))):
        began = time.process_time()
        plan = calculate([lst], observed, memory, Policy(), NOW)
        times.append(time.process_time() - began)
        if len(plan.actions) + len(plan.verdicts) != wants:
            raise SystemExit("the plan lacks titles")
        del plan
    return {"seconds": min(times), "megabytes": _peak() - before}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_planned(int(sys.argv[1]))))
