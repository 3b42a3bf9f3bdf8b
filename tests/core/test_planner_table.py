"""The table in ``calculate``'s docstring, row by row and in its order, against what is decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations
from typing import Any, TypeAlias

import pytest

from reconciler.core.model import (
    Allowance,
    Attempts,
    Budget,
    DesiredList,
    Entry,
    Filter,
    Kind,
    ListProblem,
    Match,
    MatchMethod,
    MediaKey,
    MediaState,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Op,
    OwnRequest,
    Policy,
    ProblemReason,
    Quota,
    Reason,
    RequestState,
    RequestStatus,
    RequestTrace,
    Role,
    SeasonRule,
    Show,
    Sighting,
    Target,
    Unmatched,
    Whereabouts,
    Years,
)
from reconciler.core.plan import calculate
from tests.core.test_prune import PENDING as OURS
from tests.core.test_prune import A, missing, ours
from tests.core.values import (
    ANNA,
    BEAR,
    DUNE,
    NOW,
    SOON,
    facts,
    having,
    item,
    request,
    row,
    server,
    wishes,
)

WIDTH = 54  # of the table's first column, the space behind it included


@dataclass
class World:
    """One title on one list, and all that may be the case with it."""

    media: MediaKey
    options: dict[str, Any] = field(default_factory=dict)  # of the list
    why: Unmatched | None = None  # why it leads to no title
    kind_of: str | None = None  # what it is, where it is neither film nor show
    rules: dict[str, Any] = field(default_factory=dict)  # of the list's filter
    more: list[DesiredList] = field(default_factory=list)
    there: list[MediaState | RequestState] = field(default_factory=list)
    blocklist: tuple[MediaKey, ...] = ()
    shows: dict[int, Show | Unmatched] = field(default_factory=lambda: {BEAR.tmdb: facts(1, 2, 3)})
    quotas: dict[int, Quota] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    takes_specials: bool = True
    shows_all: bool = True
    traces: dict[int, RequestTrace] = field(default_factory=dict)
    policy: Policy = Policy()  # noqa: RUF009 - frozen
    reasons: list[str] = field(default_factory=list)  # of the actions that were decided last

    def decide(self) -> list[str]:
        """What the plan says of it: actions' ops and verdicts' reasons."""
        title = replace(item(self.media), unsupported=self.kind_of)
        entry = Entry(title, self.why or Match(self.media, MatchMethod.TMDB))
        lst = replace(wishes(entry), requester=ANNA)
        lst = having(lst, filter=Filter(**self.rules) if self.rules else None, **self.options)
        on = server(*self.there, shows=self.shows, blocklist=self.blocklist, quotas=self.quotas)
        on = replace(
            on,
            takes_specials=self.takes_specials,
            shows_all_requests=self.shows_all,
            traces=self.traces,
        )
        made = calculate((lst, *self.more), on, Memory(**self.memory), self.policy, NOW)
        self.reasons = [str(a.why) for a in made.actions]
        return [str(a.op) for a in made.actions] + [str(v.reason) for v in made.verdicts]


Sign: TypeAlias = Callable[[World], object]


def option(**values: object) -> Sign:
    return lambda world: world.options.update(values)


def rule(**values: object) -> Sign:
    return lambda world: world.rules.update(values)


def unmatched(reason: Reason) -> Sign:
    return lambda world: setattr(world, "why", Unmatched(reason, "because"))


def game(world: World) -> None:
    world.why, world.kind_of = Unmatched(Reason.UNSUPPORTED_KIND, "game"), "game"


def there(*parts: MediaState | RequestState) -> Sign:
    return lambda world: world.there.extend(parts)


def remembering(**values: object) -> Sign:
    return lambda world: world.memory.update(values)


def show(answer: Show | Unmatched) -> Sign:
    return lambda world: world.shows.update({BEAR.tmdb: answer})


def excluded(world: World) -> None:
    by = wishes(
        Entry(item(world.media), Match(world.media, MatchMethod.TMDB)), name="never", index=1
    )
    world.more.append(having(by, role=Role.EXCLUDE))


def blocklisted(world: World) -> None:
    world.blocklist = (world.media,)


def specials(world: World) -> None:
    world.options.update(seasons=SeasonRule(named=(0,)))
    world.shows.update({BEAR.tmdb: facts(0, 1, 2, 3)})
    world.takes_specials = False


def attempted(failures: int, retries: int) -> Sign:
    """Attempts after which the next one is due in five minutes."""
    return lambda world: world.memory.update(
        attempts={Target(world.media): Attempts(failures, retries, SOON)}
    )


def both(*signs: Sign) -> Sign:
    return lambda world: [sign(world) for sign in signs]


def over_budget(world: World) -> None:
    world.policy = Policy(Budget(1, timedelta(days=7), "week"))
    world.memory["created"] = (NOW,)


def in_part(world: World) -> None:
    world.media = BEAR
    world.there.append(row(BEAR, seasons={1: MediaStatus.AVAILABLE}))


def off_the_lists(lst: DesiredList, *, soon: bool = False) -> Sign:
    def sign(world: World) -> None:
        world.options.update(entries=())
        world.more.append(replace(lst, index=1))
        world.there.append(OURS)
        made = ours(A)
        attempts = {OURS.target: Attempts(1, 0, SOON)} if soon else {}
        world.memory.update(ours=made.ours, claims=made.claims, attempts=attempts)

    return sign


def made_here(
    status: MediaStatus, trace: RequestTrace | None = None, sighting: Sighting | None = None
) -> Sign:
    """A request of ours that no table shows, as it was remembered when it was made."""

    def sign(world: World) -> None:
        world.there.append(row(world.media, status, seasons={}))
        seasons = (1, 2, 3) if world.media is BEAR else None
        own = OwnRequest(Target(world.media), 4, ("list",), seasons, sighting)
        slots = {
            MemoryKey(Target(world.media), number): MemoryEntry() for number in (seasons or (None,))
        }
        world.memory.update(ours={13: own}, slots=slots)
        world.traces.update({13: trace} if trace else {})

    return sign


def lost_thrice(world: World) -> None:
    made_here(MediaStatus.PROCESSING, NOT_FOUND)(world)
    own = world.memory["ours"][13]
    world.memory.update(ours={11: own, 12: own, 13: own})


NOT_FOUND = RequestTrace(Whereabouts.GONE, row(DUNE, MediaStatus.PROCESSING))
DETACHED = RequestTrace(Whereabouts.DETACHED)
FAILED = there(request(9, DUNE, RequestStatus.FAILED))  # the last one
FULL = {4: Quota(Allowance(0, 5, 7), Allowance(0, 5, 7))}
NOWHERE = dict.fromkeys(
    Kind, ListProblem(ProblemReason.UNKNOWN_PROFILE, "there is no such profile")
)
NO_RIGHT = (
    "the requester is unknown or has no right, or what the list names of Radarr or Sonarr is not "
    "there"
)
REQUESTED = "a request PENDING; or media 2, the last one not dead, and no orphan"
PROCESSING = "a request APPROVED, or ours detached; or media 3, the last one not dead"
WITHDRAWN = "ours was seen once and is gone, whatever the row says; not re-added"
NOTHING_THERE = "remembered, and nothing there; not lost, nor re-added"
LOST_THRICE = "ours was lost three times in a row; not re-added"
ORPHAN = "media 2 without any request: an orphan"
LOST = "ours was never seen, 404, media 2 or 3: lost"
ANY, FILM, SHOW = "any title", "a film", "a show"

# The table's first column: of what titles it speaks, and each way to make it so with its word.
SIGNS: dict[str, tuple[str, dict[str, Sign]]] = {
    "an id or an exclude list excludes it": (ANY, {"excluded": excluded}),
    "a game, a podcast, an episode": (
        ANY, {"unsupported-kind": game}),
    "its lists' filters drop it by what the lists tell": (
        ANY, {"filtered": rule(years=Years(last=1999))}),
    "it leads to no media key, and why": (
        ANY,
        {
            str(reason): unmatched(reason)
            for reason in (
                Reason.AMBIGUOUS, Reason.NOT_FOUND, Reason.TYPE_MISMATCH, Reason.UNRESOLVED)
        },
    ),
    "no list that has it asks for it now": (
        ANY, {"suspended": option(suspended=True), "adopted": option(awaits_baseline=True)}),
    "its lists' filters drop it, or lack a fact": (ANY, {"filtered": rule(min_rating=5.0)}),
    "on the blocklist, or media status 6": (ANY, {"blocklisted": blocklisted}),
    "the show's seasons cannot be read": (
        SHOW, {"unresolved": show(Unmatched(Reason.UNRESOLVED, "TMDB"))}),
    "none of its seasons has aired": (SHOW, {"unaired": show(facts(coming=[1]))}),
    "media 4 or 5": (FILM, {"available": there(row(DUNE, MediaStatus.AVAILABLE))}),
    "media 7 and no request alive; not re-added": (
        FILM, {"handled": there(row(DUNE, MediaStatus.DELETED))}),
    "no request alive, the last one FAILED": (
        FILM,
        {
            "retry": FAILED,
            "backing-off": both(FAILED, attempted(0, 1)),
            "failed": both(FAILED, attempted(0, 2)),
        },
    ),
    REQUESTED: (FILM, {"requested": there(request(1, DUNE, RequestStatus.PENDING))}),
    PROCESSING: (FILM, {"processing": there(request(2, DUNE, RequestStatus.APPROVED))}),
    "a request DECLINED; not re-added": (
        FILM, {"declined": there(request(3, DUNE, RequestStatus.DECLINED))}),
    WITHDRAWN: (
        FILM, {"handled": made_here(MediaStatus.PROCESSING, sighting=Sighting.LISTED)}),
    NOTHING_THERE: (FILM, {"handled": remembering(slots={MemoryKey(Target(DUNE)): MemoryEntry()})}),
    LOST_THRICE: (FILM, {"failed": lost_thrice}),
    "specials, and the server takes no requests for them": (SHOW, {"not-permitted": specials}),
    NO_RIGHT: (ANY, {"not-permitted": option(delivery_by_kind=NOWHERE)}),
    "a refused attempt whose time has not come": (ANY, {"backing-off": attempted(1, 0)}),
    "over the requester's quota": (ANY, {"quota": lambda world: world.quotas.update(FULL)}),
    "over the list's cap": (ANY, {"over-cap": option(max_per_run=0)}),
    "over the budget of all lists": (ANY, {"over-budget": over_budget}),
    ORPHAN: (FILM, {"request": there(row(DUNE, MediaStatus.PENDING))}),
    LOST: (FILM, {"request": made_here(MediaStatus.PROCESSING, NOT_FOUND)}),
    "else": (ANY, {"request": lambda _: None, "extend": in_part}),
    "a request of ours PENDING, its title on no list": (
        "no title of a list",
        {
            "cancel": off_the_lists(A),
            "backing-off": off_the_lists(A, soon=True),
            "requested": off_the_lists(missing(days=2)),
        },
    ),
}  # fmt: skip

# What cannot both be so: the conditions themselves say it.
ALIVE = {REQUESTED, PROCESSING}
DEAD = {"media 7 and no request alive; not re-added", "no request alive, the last one FAILED"}
MATCHED = {  # of these one at most
    "a game, a podcast, an episode",
    "it leads to no media key, and why",
}
ATTEMPTED = {"no request alive, the last one FAILED", "a refused attempt whose time has not come"}


def rows() -> list[tuple[str, list[str]]]:
    """The docstring's rows: what the first column says, and the words of the second."""
    _, _, table, _ = re.split(r"^ *=+ +=+\n", str(calculate.__doc__), flags=re.MULTILINE)
    indent = len(table) - len(table.lstrip())
    cells: list[tuple[str, str]] = []
    for line in table.splitlines():
        condition, right = line[indent : indent + WIDTH].strip(), line[indent + WIDTH :].strip()
        if condition and right:
            cells.append((condition, right))
        else:  # one of the two goes on
            above, word = cells.pop()
            cells.append((f"{above} {condition}".strip(), f"{word} {right}".strip()))
    words = {str(word) for word in (*Reason, *Op)}
    return [
        (condition, [word for word in re.findall(r"[a-z-]+", right) if word in words])
        for condition, right in cells
    ]


TABLE = rows()


def test_the_table_speaks_of_what_is_tested_and_names_the_words_that_come_of_it() -> None:
    assert {condition: set(words) for condition, words in TABLE} == {
        condition: set(ways) for condition, (_, ways) in SIGNS.items()
    }
    assert {str(reason) for reason in Reason} <= {word for _, words in TABLE for word in words}


@pytest.mark.parametrize(
    ("condition", "word"), [(condition, word) for condition, words in TABLE for word in words]
)
def test_what_a_row_says_comes_of_it(condition: str, word: str) -> None:
    of, ways = SIGNS[condition]
    world = World(BEAR if of is SHOW else DUNE)
    ways[word](world)
    assert world.decide() == [word]


def can_both_be(first: str, other: str) -> bool:
    pair = {first, other}
    kinds = {SIGNS[condition][0] for condition in pair} - {ANY}
    if len(kinds) > 1 or pair <= MATCHED or pair <= ATTEMPTED:
        return False
    if pair & ALIVE and pair & DEAD:
        return False
    if pair & VANISHED and pair & (ALIVE | DEAD | THERE | VANISHED - pair | {NOTHING_THERE}):
        return False
    if len(pair & VANISHED) > 1 or (ORPHAN in pair and pair & (ALIVE | DEAD | THERE)):
        return False
    return not (NOTHING_THERE in pair and (pair & (ALIVE | DEAD) or THERE & pair))


VANISHED = {WITHDRAWN, LOST, LOST_THRICE}  # which speak of a request, and of no other one
THERE = {"media 4 or 5", "a request DECLINED; not re-added"}
PAIRS = [
    (first, other)
    for first, other in combinations([left for left, _ in TABLE][:-2], 2)
    if can_both_be(first, other)
]


@pytest.mark.parametrize(("first", "later"), PAIRS, ids=[" | ".join(pair) for pair in PAIRS])
def test_of_two_rows_that_hold_the_first_decides(first: str, later: str) -> None:
    of = {SIGNS[condition][0] for condition in (first, later)}
    for word, sign in SIGNS[first][1].items():
        for other in SIGNS[later][1].values():
            world = World(BEAR if SHOW in of else DUNE)
            other(world)
            sign(world)
            assert world.decide() == [word]


def test_a_retry_too_needs_a_requester_who_is_known() -> None:
    world = World(DUNE)
    FAILED(world)
    option(
        requester=None,
        problem=ListProblem(ProblemReason.UNKNOWN_REQUESTER, "the server has no user 'anna'"),
    )(world)
    assert world.decide() == ["not-permitted"]


PENDING_ROW, APPROVED_ROW = MediaStatus.PENDING, MediaStatus.PROCESSING
DELETED_ROW = RequestTrace(Whereabouts.GONE, row(DUNE))


@pytest.mark.parametrize("media", [DUNE, BEAR], ids=["a film", "a show"])
@pytest.mark.parametrize(
    ("sign", "word"),
    [
        pytest.param(made_here(APPROVED_ROW, NOT_FOUND), "request (lost)", id="lost, row at 3"),
        pytest.param(made_here(PENDING_ROW, NOT_FOUND), "request (lost)", id="lost, row at 2"),
        pytest.param(made_here(APPROVED_ROW, DETACHED), "processing", id="detached"),
        pytest.param(
            made_here(APPROVED_ROW, sighting=Sighting.DETACHED), "processing", id="detached before"
        ),
        pytest.param(made_here(APPROVED_ROW), "processing", id="not asked for, row at 3"),
        pytest.param(made_here(PENDING_ROW), "requested", id="not asked for, row at 2"),
        pytest.param(
            made_here(PENDING_ROW, RequestTrace(Whereabouts.FOUND)), "requested", id="found"
        ),
        pytest.param(
            made_here(APPROVED_ROW, NOT_FOUND, Sighting.LISTED), "handled", id="seen once, and gone"
        ),
        pytest.param(
            made_here(APPROVED_ROW, DELETED_ROW), "handled", id="deleted while it was looked for"
        ),
        pytest.param(
            made_here(APPROVED_ROW, RequestTrace(Whereabouts.GONE)), "handled", id="row gone, too"
        ),
        pytest.param(made_here(MediaStatus.UNKNOWN, NOT_FOUND), "handled", id="row at 1"),
        pytest.param(made_here(MediaStatus.AVAILABLE, NOT_FOUND), "available", id="row at 5"),
        pytest.param(
            both(made_here(APPROVED_ROW, NOT_FOUND), lambda w: setattr(w, "shows_all", False)),
            "handled or processing",
            id="not all requests may be seen",
        ),
    ],
)
def test_a_request_of_ours_that_no_table_shows_comes_to_what_is_known_of_it(
    media: MediaKey, sign: Sign, word: str
) -> None:
    world = World(media)
    sign(world)
    (decision,) = world.decide()
    expected, _, why = word.partition(" (")
    assert decision in expected.split(" or ")
    assert world.reasons == ([why.strip(")")] if why else [])


def test_an_orphan_is_requested_only_where_every_request_may_be_seen() -> None:
    world = World(DUNE, there=[row(DUNE, PENDING_ROW)])
    assert world.decide() == ["request"]
    world.shows_all = False
    assert world.decide() == ["requested"]


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (RequestStatus.PENDING, "requested"),
        (RequestStatus.APPROVED, "processing"),
        (RequestStatus.DECLINED, "declined"),
        (RequestStatus.FAILED, "retry"),
        (RequestStatus.COMPLETED, "requested"),
    ],
)
def test_a_row_at_2_beside_a_request_of_any_status_is_no_orphan(
    status: RequestStatus, word: str
) -> None:
    world = World(DUNE, there=[row(DUNE, PENDING_ROW), request(9, DUNE, status)])
    assert world.decide() == [word]
