"""A household as values: lists, a server that behaves like the real ones, and a ledger.

The server behaves as docs/internals/media-servers/ describes: declining a request does not change
its media row, deleting one resets the row, and the requests of a blocklisted title are hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

from reconciler.core.desired import PriorState, desired_lists, excluded_by_hand, merge_fetch
from reconciler.core.membership import canceled_members, renames
from reconciler.core.memory import settle
from reconciler.core.model import (
    Action,
    Attempts,
    DesiredList,
    Done,
    Expected,
    Item,
    Kind,
    ListRef,
    ListRules,
    Match,
    MatchMethod,
    MediaKey,
    MediaState,
    MediaStatus,
    Membership,
    Memory,
    Observed,
    Op,
    Outcome,
    OwnRequest,
    Plan,
    Policy,
    Reason,
    Requester,
    RequestState,
    RequestStatus,
    RequestTrace,
    Result,
    Show,
    Snapshot,
    Target,
    Unmatched,
    View,
    Whereabouts,
)
from reconciler.core.reconcile import Decision, put_back, reconcile, update_state
from reconciler.ports import MediaServer
from reconciler.sync.observe import trace_requests
from tests.core.any_world import grouped
from tests.core.values import ADMIN, NOW, item, rules

LIVE = {RequestStatus.PENDING, RequestStatus.APPROVED}
UNKNOWN = MediaStatus.UNKNOWN
ANY = Policy()
PAUSE = timedelta(minutes=30)  # between two passes
MOMENT = timedelta(seconds=1)
TMDB_TROUBLE = Unmatched(Reason.UNRESOLVED, "TMDB did not answer")


@dataclass
class Server:
    """Media rows and requests, and how people and time change them."""

    shows: Mapping[int, Show | Unmatched]
    rows: dict[MediaKey, MediaState] = field(default_factory=dict)
    requests: dict[int, RequestState] = field(default_factory=dict)
    blocklist: set[MediaKey] = field(default_factory=set)
    detached: dict[int, MediaKey] = field(default_factory=dict)  # known by their id alone
    last: int = 0
    now: datetime = NOW

    def observed(self) -> Observed:
        shown = [r for r in self.requests.values() if r.target.media not in self.blocklist]
        return Observed(
            media={media: (row,) for media, row in self.rows.items()},
            requests=grouped([(r.target, r) for r in shown]),
            blocklist=frozenset(self.blocklist),
            shows=dict(self.shows),
            shows_all_requests=True,
        )

    def trace_request(self, request_id: int, media: MediaKey) -> RequestTrace:
        """Look up a request by its id, as a ``ports.MediaServer`` does."""
        if self.detached.get(request_id) == media:
            return RequestTrace(Whereabouts.DETACHED)
        if request_id in self.requests:
            return RequestTrace(Whereabouts.FOUND)
        return RequestTrace(Whereabouts.GONE, self.rows.get(media))

    def lose(self, number: int) -> None:
        """The server answered 201 and stored the media row, but not the request."""
        self.requests.pop(number)

    def detach(self, number: int) -> None:
        """The request loses its title, so it is not listed; Radarr has the title nevertheless."""
        self.detached[number] = self.requests.pop(number).target.media

    def leave_an_orphan(self, media: MediaKey) -> None:
        """The server is stopped after it stored the media row, before it stored the request."""
        seasons = self.rows[media].seasons if media in self.rows else {}
        self.rows[media] = MediaState(media, MediaStatus.PENDING, UNKNOWN, seasons)

    def ask(
        self, media: MediaKey, seasons: tuple[int, ...], status: RequestStatus, requester: int = 1
    ) -> None:
        """Create a request by the planner or a person, a moment later than the previous one."""
        self.last += 1
        self.now += MOMENT
        season_statuses = dict.fromkeys(seasons, status)
        self.requests[self.last] = RequestState(
            self.last, Target(media), status, requester, season_statuses, self.now
        )
        waiting = MediaStatus.PENDING if status is RequestStatus.PENDING else MediaStatus.PROCESSING
        before = self.rows.get(media, MediaState(media, UNKNOWN, UNKNOWN)).seasons
        renewed = {n: (waiting, UNKNOWN) for n in before if n in seasons}
        self.rows[media] = MediaState(media, waiting, UNKNOWN, {**before, **renewed})

    def judge(self, number: int, status: RequestStatus) -> None:
        """Decline, fail or approve a request; the media row does not change."""
        request = self.requests[number]
        seasons = dict.fromkeys(request.seasons, status)
        self.requests[number] = replace(request, status=status, seasons=seasons)

    def complete(self, number: int) -> None:
        """Mark an approved request as completed: its title is in the library."""
        self.judge(number, RequestStatus.COMPLETED)
        done = self.requests[number]
        row = self.rows[done.target.media]
        seasons = {**row.seasons, **dict.fromkeys(done.seasons, (MediaStatus.AVAILABLE, UNKNOWN))}
        whole = MediaStatus.PARTIAL if done.seasons else MediaStatus.AVAILABLE
        self.rows[row.media] = replace(row, status=whole, seasons=seasons)

    def mark_deleted(self, media: MediaKey) -> None:
        """The library no longer has the title: row and seasons get status 7, the requests stay."""
        deleted = (MediaStatus.DELETED, UNKNOWN)
        row = self.rows[media]
        seasons = {
            n: deleted if s[0] is MediaStatus.AVAILABLE else s for n, s in row.seasons.items()
        }
        self.rows[media] = replace(row, status=MediaStatus.DELETED, seasons=seasons)

    def mark_available(self, media: MediaKey) -> None:
        """Somebody marks a title as available by hand; a show gets no season rows."""
        row = self.rows[media]
        self.rows[media] = replace(row, status=MediaStatus.AVAILABLE)

    def remove(self, media: MediaKey) -> None:
        """Remove a media row and all its requests."""
        self.rows.pop(media, None)
        self.requests = {n: r for n, r in self.requests.items() if r.target.media != media}
        self.detached = {
            n: detached_media
            for n, detached_media in self.detached.items()
            if detached_media != media
        }

    def take_over(self, number: int, requester: int, seasons: tuple[int, ...]) -> None:
        """Somebody edits a request: it gets another requester, or more seasons."""
        before = self.requests[number]
        more = {**before.seasons, **dict.fromkeys(seasons, before.status)}
        self.requests[number] = replace(before, requester=requester, seasons=more)

    def delete_request(self, number: int) -> None:
        """Delete a request; its media row stays, with status unknown if it was waiting."""
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
        """Remove the blocklist entry, the media row and the requests."""
        self.blocklist.discard(media)
        self.remove(media)


@dataclass
class Ledger:
    """The state that outlives a pass."""

    memory: Memory = field(default_factory=Memory)
    memberships: dict[str, Membership] = field(default_factory=dict)

    def rename(self, file: Sequence[ListRules]) -> None:
        """Give a renamed list the history of its ``was``, as the ledger does."""
        for due in renames(file, self.memberships, {}):
            del self.memberships[due.old]
            self.memberships[due.new] = due.membership
            claims = {
                target: frozenset(
                    replace(claim, list=due.new) if claim.list == due.old else claim
                    for claim in of_target
                )
                for target, of_target in self.memory.claims.items()
            }
            ours = {
                number: replace(own, lists=tuple(due.new if n == due.old else n for n in own.lists))
                for number, own in self.memory.ours.items()
            }
            self.memory = replace(self.memory, claims=claims, ours=ours)


@dataclass(frozen=True)
class Reconciliation:
    """What a pass observed and decided, and what it will remember."""

    lists: tuple[DesiredList, ...]
    observed: Observed
    policy: Policy
    now: datetime
    decision: Decision
    readded: frozenset[MediaKey]

    @property
    def plan(self) -> Plan:
        return self.decision.plan


def listed(name: str, source: str | None = None, **options: object) -> ListRules:
    """A list of the file without a cap; its source is its own unless ``source`` is given."""
    return rules(
        name, **{"source": ListRef("imdb", source or name), "max_per_run": None, **options}
    )


@dataclass
class Household:
    """Lists and exclusions, planned and applied in passes."""

    server: Server
    excluded: tuple[MediaKey, ...] = ()
    file: list[ListRules] = field(default_factory=lambda: [listed("first"), listed("second")])
    requesters: Mapping[str, Requester] = field(default_factory=dict)  # otherwise the administrator
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def now(self) -> datetime:
        """The server's time."""
        return self.server.now

    def look(
        self,
        snapshots: Mapping[str, Snapshot],
        policy: Policy = ANY,
        *,
        pause: timedelta = PAUSE,
        trouble: bool = False,
    ) -> Reconciliation:
        """Plan a pass, changing only the time. Lists without a snapshot are not read.

        ``trouble``: the excluded titles cannot be looked up.
        """
        self.server.now += pause
        now = self.now
        excluded = [item(media) for media in self.excluded]
        resolutions: dict[str, Match | Unmatched] = {
            wanted_item.key: TMDB_TROUBLE
            if trouble and wanted_item in excluded
            else Match(_media(wanted_item), MatchMethod.TMDB)
            for wanted_item in [i for s in snapshots.values() for i in s.items] + excluded
        }
        recalled = PriorState(self.ledger.memory, self.ledger.memberships)
        fetches = [
            merge_fetch(lst, snapshots.get(lst.name), recalled.of(lst), resolutions, now)
            for lst in self.file
        ]
        asking = {lst.name: self.requesters.get(lst.name, ADMIN) for lst in self.file}
        lists = (
            *desired_lists(fetches, asking, resolutions),
            excluded_by_hand(excluded, resolutions),
        )
        server = cast("MediaServer", self.server)
        observed = trace_requests(self.server.observed(), recalled.memory, lists, server)
        state = update_state(recalled, fetches, lists, observed, now)
        decision = reconcile(lists, state, View(observed, state.memory, policy, now))
        back = put_back(recalled, fetches, lists)
        return Reconciliation(lists, observed, policy, now, decision, back)

    def apply(self, reconciliation: Reconciliation) -> None:
        """Store the new state, and carry out the plan."""
        self.apply_until_killed(reconciliation, len(reconciliation.plan.actions))

    def apply_until_killed(self, reconciliation: Reconciliation, settled: int) -> None:
        """Carry out ``settled`` actions, then send the next one without recording its outcome."""
        self._record(reconciliation)
        for action in reconciliation.plan.actions[:settled]:
            self._send(action)
            self._settle(action)
        for action in reconciliation.plan.actions[settled : settled + 1]:
            self._send(action)

    def _record(self, reconciliation: Reconciliation) -> None:
        state = reconciliation.decision.state
        claims = dict(state.memory.claims)
        for target, claimants in reconciliation.decision.claims.items():
            claims[target] = claims.get(target, frozenset()) | claimants
        self.ledger = Ledger(
            replace(state.memory, claims=claims),
            {**self.ledger.memberships, **state.memberships},
        )

    def _send(self, action: Action) -> None:
        if action.op is Op.RETRY:
            for number in action.request_ids:
                self.server.judge(number, RequestStatus.APPROVED)
        elif action.op is Op.CANCEL:
            for number in action.request_ids:
                self.server.delete_request(number)
        else:
            waits = action.expected is Expected.PENDING
            status = RequestStatus.PENDING if waits else RequestStatus.APPROVED
            seasons, asking = action.seasons or (), action.requester.user.id
            self.server.ask(action.target.media, seasons, status, asking)

    def _settle(self, action: Action) -> None:
        """Record an action's outcome and its consequences for the target, as the ledger does."""
        memory, target = self.ledger.memory, action.target
        done = Done(_RESULT[action.op])
        settlement = settle(action, done, memory.attempts.get(target, Attempts()), self.now)
        if settlement.canceled:
            self._give_up(target.media)
        is_created = done.result is Result.CREATED
        own = OwnRequest(target, action.requester.user.id, action.lists, action.seasons)
        self.ledger.memory = replace(
            memory,
            slots={**memory.slots, **settlement.slots},
            attempts={**memory.attempts, target: settlement.attempts},
            created=memory.created + (self.now,) * is_created,
            ours={**memory.ours, **({self.server.last: own} if is_created else {})},
        )

    def _give_up(self, media: MediaKey) -> None:
        """Mark a canceled title on every list that no longer has it."""
        for name, membership in self.ledger.memberships.items():
            members = membership.members
            members = {**members, **canceled_members(members, media)}
            self.ledger.memberships[name] = replace(membership, members=members)


_RESULT = {
    Op.REQUEST: Result.CREATED,
    Op.EXTEND: Result.CREATED,
    Op.RETRY: Result.RETRIED,
    Op.CANCEL: Result.CANCELLED,
}


def snapshot(media: list[MediaKey], outcome: Outcome = Outcome.COMPLETE) -> Snapshot:
    """A fetch's snapshot; a complete one without titles is *empty*."""
    items = tuple(item(key, position) for position, key in enumerate(media, start=1))
    empty = outcome is Outcome.COMPLETE and not items
    return Snapshot(Outcome.EMPTY if empty else outcome, "browser", items)


def _media(item: Item) -> MediaKey:
    return MediaKey(item.kind or Kind.MOVIE, item.ids.tmdb or 0)
