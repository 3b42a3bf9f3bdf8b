"""A household as values: lists, a server that behaves as the real ones do, and a ledger.

The server's ways are those of docs/media-servers.md: a declined request leaves its row as it was, a
deleted one leaves a row without meaning, a blocklisted title's requests are not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reconciler.core.backoff import attempts_after
from reconciler.core.membership import current, readded
from reconciler.core.memory import witness
from reconciler.core.model import (
    Action,
    Attempts,
    Item,
    Kind,
    ListRef,
    Match,
    MediaKey,
    MediaState,
    MediaStatus,
    Membership,
    Memory,
    Observed,
    Op,
    Outcome,
    Plan,
    Policy,
    Remembered,
    RequestState,
    RequestStatus,
    Rerequest,
    Result,
    Route,
    Show,
    Slot,
    Snapshot,
    Target,
    Unmatched,
    Wishlist,
)
from reconciler.core.plan import calculate
from reconciler.spec.models import ListSpec
from reconciler.wishlists import Past, excluded_by_hand, fetched, wishlist
from tests.core.any_world import grouped
from tests.core.values import ADMIN, NOW, item

LIVE = {RequestStatus.PENDING, RequestStatus.APPROVED}
UNKNOWN = MediaStatus.UNKNOWN
ANY = Policy()
PAUSE = timedelta(minutes=30)  # between two passes


@dataclass
class Server:
    """Rows and requests, and what persons and time do to them."""

    shows: dict[int, Show]
    rows: dict[MediaKey, MediaState] = field(default_factory=dict)
    requests: dict[int, RequestState] = field(default_factory=dict)
    blocklist: set[MediaKey] = field(default_factory=set)
    last: int = 0

    def observed(self) -> Observed:
        shown = [r for r in self.requests.values() if r.target.media not in self.blocklist]
        return Observed(
            media={media: (row,) for media, row in self.rows.items()},
            requests=grouped([(r.target, r) for r in shown]),
            blocklist=frozenset(self.blocklist),
            shows=dict(self.shows),
        )

    def ask(self, media: MediaKey, seasons: tuple[int, ...], status: RequestStatus) -> None:
        """A new request, of the planner or of a person."""
        self.last += 1
        asked = dict.fromkeys(seasons, status)
        self.requests[self.last] = RequestState(self.last, Target(media), status, 1, asked)
        waiting = MediaStatus.PENDING if status is RequestStatus.PENDING else MediaStatus.PROCESSING
        before = self.rows.get(media, MediaState(media, UNKNOWN, UNKNOWN)).seasons
        renewed = {n: (waiting, UNKNOWN) for n in before if n in seasons}
        self.rows[media] = MediaState(media, waiting, UNKNOWN, {**before, **renewed})

    def judge(self, number: int, status: RequestStatus) -> None:
        """Decline, fail or approve: the row stays as it was."""
        judged = self.requests[number]
        seasons = dict.fromkeys(judged.seasons, status)
        self.requests[number] = replace(judged, status=status, seasons=seasons)

    def complete(self, number: int) -> None:
        """What was approved is in the library."""
        self.judge(number, RequestStatus.COMPLETED)
        done = self.requests[number]
        row = self.rows[done.target.media]
        seasons = {**row.seasons, **dict.fromkeys(done.seasons, (MediaStatus.AVAILABLE, UNKNOWN))}
        whole = MediaStatus.PARTIAL if done.seasons else MediaStatus.AVAILABLE
        self.rows[row.media] = replace(row, status=whole, seasons=seasons)

    def mark_deleted(self, media: MediaKey) -> None:
        """The library no longer has it: row and seasons are at 7, the requests stay."""
        gone = (MediaStatus.DELETED, UNKNOWN)
        row = self.rows[media]
        seasons = {n: gone if s[0] is MediaStatus.AVAILABLE else s for n, s in row.seasons.items()}
        self.rows[media] = replace(row, status=MediaStatus.DELETED, seasons=seasons)

    def remove(self, media: MediaKey) -> None:
        """The row goes, and all its requests."""
        self.rows.pop(media, None)
        self.requests = {n: r for n, r in self.requests.items() if r.target.media != media}

    def delete_request(self, number: int) -> None:
        """The row stays, without meaning where nothing else is there."""
        media = self.requests.pop(number).target.media
        row = self.rows[media]
        if row.status in {MediaStatus.PENDING, MediaStatus.PROCESSING}:
            seasons = {
                n: s if s[0] is MediaStatus.AVAILABLE else (UNKNOWN, UNKNOWN)
                for n, s in row.seasons.items()
            }
            self.rows[media] = replace(row, status=UNKNOWN, seasons=seasons)

    def block(self, media: MediaKey) -> None:
        self.blocklist.add(media)
        self.rows[media] = MediaState(media, MediaStatus.BLOCKLISTED, MediaStatus.BLOCKLISTED)

    def unblock(self, media: MediaKey) -> None:
        """The entry goes, with its row and requests."""
        self.blocklist.discard(media)
        self.remove(media)


@dataclass
class Ledger:
    """What outlives a pass."""

    memory: Memory = field(default_factory=Memory)
    memberships: dict[str, Membership] = field(default_factory=dict)


@dataclass(frozen=True)
class Pass:
    """What a pass saw, will remember, and decided."""

    lists: tuple[Wishlist, ...]
    memory: Memory
    memberships: dict[str, Membership]
    readded: frozenset[MediaKey]
    plan: Plan


@dataclass
class Household:
    """Two lists and one exclusion, looked after in passes."""

    server: Server
    excluded: tuple[MediaKey, ...] = ()
    caps: tuple[int | None, int | None] = (None, None)
    rerequest: Rerequest | timedelta = Rerequest.ON_READD
    ledger: Ledger = field(default_factory=Ledger)
    now: datetime = NOW

    def look(self, held: dict[str, Snapshot], policy: Policy = ANY) -> Pass:
        """A pass that changes nothing but the time."""
        self.now += PAUSE
        found: dict[str, Match | Unmatched] = {
            one.key: Match(_media(one), Route.TMDB)
            for one in [i for s in held.values() for i in s.items] + self._rules()
        }
        seen = [
            fetched(self._spec(name, cap), held[name], _past(self.ledger, name), found, self.now)
            for name, cap in zip(held, self.caps, strict=True)
        ]
        lists = tuple(wishlist(one, index, ADMIN, found) for index, one in enumerate(seen))
        observed = self.server.observed()
        back = readded({one.spec.name: one.before for one in seen}, lists)
        wanted = {
            Target(e.match.media)
            for lst in lists
            for e in lst.entries
            if isinstance(e.match, Match)
        }
        memory = witness(self.ledger.memory, wanted, observed, self.now, back)
        every = (*lists, excluded_by_hand(self._rules(), found))
        plan = calculate(every, observed, memory, policy, self.now)
        return Pass(lists, memory, {one.spec.name: one.after for one in seen}, back, plan)

    def apply(self, seen: Pass) -> None:
        """Remember what was seen, and do what was decided."""
        self.ledger = Ledger(seen.memory, seen.memberships)
        for action in seen.plan.actions:
            self._send(action)
            self._settle(action)

    def apply_until_killed(self, seen: Pass, settled: int) -> None:
        """Some actions are done; the next one is sent, and nobody writes what became of it."""
        self.ledger = Ledger(seen.memory, seen.memberships)
        for action in seen.plan.actions[:settled]:
            self._send(action)
            self._settle(action)
        for action in seen.plan.actions[settled : settled + 1]:
            self._send(action)

    def _send(self, action: Action) -> None:
        media = action.target.media
        if action.op is Op.RETRY:
            for number in action.request_ids:
                self.server.judge(number, RequestStatus.APPROVED)
        else:
            self.server.ask(media, action.seasons or (), RequestStatus.APPROVED)

    def _settle(self, action: Action) -> None:
        memory = self.ledger.memory
        result = Result.RETRIED if action.op is Op.RETRY else Result.CREATED
        touched = [] if action.op is Op.RETRY else [None, *(action.seasons or ())]
        tried = memory.attempts.get(action.target, Attempts())
        self.ledger.memory = Memory(
            {**memory.slots, **{Slot(action.target, n): Remembered() for n in touched}},
            {**memory.attempts, action.target: attempts_after(tried, action.op, result, self.now)},
            memory.created + (self.now,) * (result is Result.CREATED),
        )

    def _spec(self, name: str, cap: int | None) -> ListSpec:
        return spec(name, cap).model_copy(update={"rerequest": self.rerequest})

    def _rules(self) -> list[Item]:
        return [item(media) for media in self.excluded]


def _past(ledger: Ledger, name: str) -> Past:
    return Past(current(ledger.memberships.get(name), spec(name, None).source))


def spec(name: str, cap: int | None) -> ListSpec:
    """A list of the file; no two have one source."""
    source = ListRef("imdb", name)
    return ListSpec(name=name, source=source).model_copy(update={"max_per_run": cap})


def snapshot(media: list[MediaKey], outcome: Outcome = Outcome.COMPLETE) -> Snapshot:
    """What a fetch gave; a complete one of nothing is *empty*."""
    items = tuple(item(key, position) for position, key in enumerate(media, start=1))
    empty = outcome is Outcome.COMPLETE and not items
    return Snapshot(Outcome.EMPTY if empty else outcome, "browser", items)


def _media(one: Item) -> MediaKey:
    return MediaKey(one.kind or Kind.MOVIE, one.ids.tmdb or 0)
