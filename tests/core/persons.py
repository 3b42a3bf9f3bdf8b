"""How people and time change the file, the lists and the server, in any order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from reconciler.core.model import (
    Kind,
    MediaKey,
    MediaState,
    MediaStatus,
    MemoryKey,
    OwnRequest,
    Prune,
    RequestStatus,
    Rerequest,
    Show,
    Target,
)
from reconciler.core.titles import MOST_LOST
from tests.core.account import Shelves
from tests.core.household import LIVE, TMDB_TROUBLE, Household, Server, listed
from tests.core.values import ADMIN, ANNA, facts

FILMS = [MediaKey(Kind.MOVIE, n) for n in range(1, 8)]
SHOWS = [MediaKey(Kind.TV, n) for n in (1, 2)]
MEDIA = FILMS + SHOWS
NEVER = FILMS[-1]
SEASONS = (1, 2)
FACTS: dict[int, Show] = {  # with TMDB's dates, and as TheTVDB's seasons are shown
    SHOWS[0].tmdb: facts(*SEASONS),
    SHOWS[1].tmdb: replace(facts(undated=SEASONS), last_aired_season=max(SEASONS)),
}
SOURCES = ("first", "second")
AGAIN = {source: f"{source}-again" for source in SOURCES}  # another name for the same list
REQUESTERS = {"first": ANNA, "first-again": ANNA, "second": ADMIN, "second-again": ADMIN}
SOMEBODY = 9  # a user for whom no list asks
DAY = timedelta(days=1)
RETRIES = 2

any_title, any_list = st.sampled_from(MEDIA), st.sampled_from(SOURCES)
any_prune = st.tuples(*[st.sampled_from([*[Prune.CANCEL_PENDING] * 6, *Prune])] * 2)
any_lists = st.tuples(
    st.lists(any_title, min_size=4, max_size=6, unique=True),
    st.lists(any_title, min_size=6, unique=True),
)


def slots_of(media: MediaKey, seasons: Iterable[int] = SEASONS) -> frozenset[MemoryKey]:
    """A film, or seasons of a show."""
    return _slots(media, (None,) if media.kind is Kind.MOVIE else tuple(seasons))


@cache
def _slots(media: MediaKey, seasons: tuple[int | None, ...]) -> frozenset[MemoryKey]:
    return frozenset(MemoryKey(Target(media), number) for number in seasons)


def _says_something(row: MediaState) -> bool:
    """Whether a show's row has a status for any season."""
    return any(plain is not MediaStatus.UNKNOWN for plain, _ in row.seasons.values())


class Persons(RuleBasedStateMachine):
    """Changes by people, with a record of their decisions.

    ``refused``: what a person declined or removed and has not put back on a list since, with the
    first pass that could know. ``doubtful``: of these, what may be known for less long.
    ``remembered``: what a pass or a request of ours has put into the ledger's memory.
    ``present``: what was requested or available at the last pass.
    ``undone``: the requests that had been declined or had ended when their title was put back.
    ``made``: the requests that the ledger knows as ours. ``claims``: which lists ever held those.
    ``looked_at``: of these, what a pass has seen, or has seen to be deleted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.server = Server(dict(FACTS))
        self.household = Household(self.server, excluded=(NEVER,), requesters=REQUESTERS)
        self.content: dict[str, list[MediaKey]] = {source: [] for source in SOURCES}
        self.whole: list[MediaKey] = []  # what the first list held before it lost most
        self.names = {source: source for source in SOURCES}
        self.was: dict[str, str] = {}
        self.in_file = set(SOURCES)
        self.prune = dict.fromkeys(SOURCES, Prune.CANCEL_PENDING)
        self.rerequest: Rerequest | timedelta = Rerequest.ON_READD
        self.refused: dict[MemoryKey, datetime | None] = {}
        self.doubtful: set[MemoryKey] = set()
        self.present: set[MemoryKey] = set()
        self.undone: set[int] = set()
        self._start_over()

    def _start_over(self) -> None:
        self.remembered: set[MemoryKey] = set()
        self.account = Shelves()
        self.made: dict[int, OwnRequest] = {}
        self.looked_at: set[int] = set()
        self.claims: dict[MediaKey, set[str]] = {}
        self.retried: dict[MediaKey, int] = {}

    def write_the_first_file(
        self,
        after: Rerequest | timedelta,
        prune: tuple[Prune, ...],
        lists: tuple[list[MediaKey], ...],
    ) -> None:
        """With what the lists hold; a pass reads it."""
        self.rerequest = after
        self.prune = dict(zip(SOURCES, prune, strict=True))
        self.content = dict(zip(SOURCES, lists, strict=True))
        self._write_the_file()
        self.a_pass_in_trouble(NEVER)
        self.a_good_pass(NEVER)

    def _write_the_file(self, max_per_run: int | None = None) -> None:
        self.household.file = [
            listed(
                self.names[source],
                source,
                prune=self.prune[source],
                prune_after=DAY,
                rerequest=self.rerequest,
                retry_failed=RETRIES,
                max_per_run=max_per_run,
                was=self.was.get(source),
            )
            for source in SOURCES
            if source in self.in_file
        ]

    @rule(source=any_list, change=st.sampled_from(["in or out", "name", "name and was", *Prune]))
    def edit_the_file(self, source: str, change: str) -> None:
        if change == "in or out":
            self.in_file ^= {source}
        elif change.startswith("name"):
            self.was = {**self.was, source: self.names[source]} if "was" in change else {}
            self.names[source] = AGAIN[source] if self.names[source] == source else source
        else:
            self.prune[source] = Prune(change)
        self._write_the_file()

    @rule(source=any_list, media=st.sets(any_title, min_size=4))
    def write_list(self, source: str, media: set[MediaKey]) -> None:
        self.content[source] = sorted(media)

    # what happens to a title, on its lists

    def put_on_the_first(self, media: MediaKey) -> None:
        self._put_on("first", media)

    def put_on_the_second(self, media: MediaKey) -> None:
        self._put_on("second", media)

    def _put_on(self, source: str, media: MediaKey) -> None:
        if media not in self.content[source]:
            self.content[source] = [media, *self.content[source]]

    def take_off_the_first(self, media: MediaKey) -> None:
        self.content["first"] = [m for m in self.content["first"] if m != media]

    def take_off(self, media: MediaKey) -> None:
        self.content = {s: [m for m in titles if m != media] for s, titles in self.content.items()}

    def lose_most(self, media: MediaKey) -> None:
        """The first list loses its content, except this title if it was there."""
        self.whole = self.whole or self.content["first"]
        self.content["first"] = [media] if media in self.whole else []

    def find_all_again(self, _media: MediaKey) -> None:
        if self.whole:
            self.content["first"], self.whole = self.whole, []

    def take_the_second_out_or_put_it_back(self, _media: MediaKey) -> None:
        self.edit_the_file("second", "in or out")

    def rename_the_second(self, _media: MediaKey) -> None:
        self.edit_the_file("second", "name")

    def rename_the_second_with_its_history(self, _media: MediaKey) -> None:
        self.edit_the_file("second", "name and was")

    # and on the server

    def lose_or_find_the_facts(self, media: MediaKey) -> None:
        """TMDB does not answer for a show's seasons, or answers again."""
        if media.kind is Kind.TV:
            lost = self.server.shows[media.tmdb] is TMDB_TROUBLE
            answer = FACTS[media.tmdb] if lost else TMDB_TROUBLE
            self.server.shows = {**self.server.shows, media.tmdb: answer}

    def ask_for_one_season(self, media: MediaKey) -> None:
        free = {1} & {slot.season for slot in slots_of(media) - self._there()}
        if free and media not in self.server.blocklist:
            self.server.ask(media, (1,), RequestStatus.APPROVED, SOMEBODY)

    def _newest(self, media: MediaKey, *statuses: RequestStatus) -> int | None:
        """The newest request for a title that has one of these statuses."""
        fitting = [
            number
            for number, request in self.server.requests.items()
            if request.target.media == media and request.status in statuses
        ]
        return max(fitting, default=None)

    def ask(self, media: MediaKey) -> None:
        self._ask(media, ANNA.user.id, RequestStatus.PENDING)

    def ask_with_success(self, media: MediaKey) -> None:
        self._ask(media, SOMEBODY, RequestStatus.APPROVED)

    def _ask(self, media: MediaKey, user: int, status: RequestStatus) -> None:
        free = slots_of(media) - self._there()
        if free and media not in self.server.blocklist:
            self.server.ask(media, tuple(sorted(s.season for s in free if s.season)), status, user)

    def take_over(self, media: MediaKey) -> None:
        """Somebody takes over a pending request."""
        number = self._newest(media, RequestStatus.PENDING)
        if number is not None:
            self.server.take_over(number, SOMEBODY, ())

    def ask_for_more(self, media: MediaKey) -> None:
        """Somebody extends a pending request to everything that is missing."""
        number = self._newest(media, RequestStatus.PENDING)
        if number is not None:
            free = slots_of(media) - self._there()
            seasons = tuple(slot.season for slot in free if slot.season)
            self.server.take_over(number, self.server.requests[number].requester or 0, seasons)

    def approve(self, media: MediaKey) -> None:
        self._judge(media, RequestStatus.APPROVED)

    def fail(self, media: MediaKey) -> None:
        """Radarr or Sonarr does not accept the request."""
        self._judge(media, RequestStatus.FAILED)

    def decline(self, media: MediaKey) -> None:
        number = self._newest(media, *LIVE)
        if number is not None:
            self._refuse(self._asked_by(number), leaves_a_trace=True)
        self._judge(media, RequestStatus.DECLINED)

    def complete(self, media: MediaKey) -> None:
        number = self._newest(media, *LIVE)
        if number is not None:
            self.server.complete(number)

    def _judge(self, media: MediaKey, status: RequestStatus) -> None:
        number = self._newest(media, *LIVE)
        if number is not None:
            self.server.judge(number, status)

    def delete_the_request(self, media: MediaKey) -> None:
        """Deleting a declined request is not another refusal."""
        number = self._newest(media, *RequestStatus)
        if number is not None:
            slots_asked = self._asked_by(number)
            self._refuse(slots_asked & self._there(), leaves_a_trace=False)
            self.doubtful |= slots_asked - self._there()
            self.server.delete_request(number)
            self._forget_what_nobody_saw()

    def delete_the_file(self, media: MediaKey) -> None:
        """The server marks a title as deleted if everything it had of the title was available."""
        there = self._there() & slots_of(media)
        if there and there == there & self._available() and media not in self.server.blocklist:
            self._refuse(there, leaves_a_trace=True)
            self.server.mark_deleted(media)

    def delete(self, media: MediaKey) -> None:
        """Delete a title with its requests, so that the server has no trace of it."""
        if media not in self.server.blocklist:
            self._refuse(self._there() & slots_of(media), leaves_a_trace=False)
            self.doubtful |= slots_of(media)
            self.server.remove(media)
            self._forget_what_nobody_saw()

    def mark_available(self, media: MediaKey) -> None:
        """Mark a title that has a row; if its seasons have rows, these decide."""
        if media in self.server.rows and media not in self.server.blocklist:
            self.server.mark_available(media)

    def block_or_unblock(self, media: MediaKey) -> None:
        self.doubtful |= slots_of(media)
        if media in self.server.blocklist:
            self.server.unblock(media)
            self._forget_what_nobody_saw()
        else:
            self.server.block(media)

    def lose_what_was_made(self, media: MediaKey) -> None:
        """The server did not store our latest request, and no pass has looked since."""
        number = self._newest(media, *LIVE)
        if number in self.made and number not in self.looked_at:
            slots_asked = self._asked_by(number)
            self.server.lose(number)
            for slot in slots_asked & self.refused.keys():
                self.doubtful.add(slot)
                if slot in self._lost_slots():  # it was asked for since, and that was not kept
                    del self.refused[slot]
                else:  # an older request says no, and its time starts again
                    self.refused[slot] = None

    def detach_what_was_made(self, media: MediaKey) -> None:
        number = self._newest(media, *LIVE)
        if number in self.made and number not in self.looked_at:
            self.server.detach(number)

    def take_away_and_leave_the_row(self, media: MediaKey) -> None:
        """Delete a request of ours that a pass has seen; its media row keeps waiting."""
        number = self._newest(media, *LIVE)
        if number in self.made and number in self.looked_at:
            self._refuse(self._asked_by(number) & self._there(), leaves_a_trace=False)
            self.server.lose(number)

    def leave_an_orphan(self, media: MediaKey) -> None:
        """Leave the row of somebody's request for a film that is new to the server.

        A request of ours that was deleted before any look looks like one that was never kept.
        """
        row = self.server.rows.get(media)
        free = row is None or row.status is MediaStatus.UNKNOWN
        is_requested = any(r.target.media == media for r in self.server.requests.values())
        if (
            media.kind is Kind.MOVIE
            and free
            and not is_requested
            and media not in self.server.blocklist
        ):
            self.server.leave_an_orphan(media)
            for slot in slots_of(media) & self._lost_slots():
                self.refused.pop(slot, None)
                self.doubtful.add(slot)

    def _lost_slots(self) -> set[MemoryKey]:
        """What the server did not store, and nobody has seen or requested since."""
        lost: set[MemoryKey] = set()
        for media in {own.target.media for own in self.made.values()} - self.server.blocklist:
            unlisted = {
                n: slots_of(media, own.seasons or ())
                for n, own in self.made.items()
                if own.target.media == media
                if n not in self.server.requests and n not in self.server.detached
            }
            if self._waits(media) and len(unlisted.keys() - self.looked_at) < MOST_LOST:
                for slot in slots_of(media):
                    newest = max(
                        (n for n, slots in unlisted.items() if slot in slots), default=None
                    )
                    lost |= {slot} if newest and newest not in self.looked_at else set()
        slots_asked = {
            s for r in self.server.requests.values() for s in slots_of(r.target.media, r.seasons)
        }
        return lost - slots_asked - self._available() - self._detached()

    def _detached(self) -> set[MemoryKey]:
        """What is requested by a request that can be found by its id only."""
        return {
            slot
            for number, media in self.server.detached.items()
            if number in self.made and self._waits(media)
            for slot in slots_of(media, self.made[number].seasons or ())
        }

    def _waits(self, media: MediaKey) -> bool:
        row = self.server.rows.get(media)
        return row is not None and row.status in {MediaStatus.PENDING, MediaStatus.PROCESSING}

    def half_a_day(self, _media: MediaKey) -> None:
        self._wait(12)

    def more_than_a_day(self, _media: MediaKey) -> None:
        self._wait(30)

    def some_days(self, _media: MediaKey) -> None:
        self._wait(100)

    def _wait(self, hours: int) -> None:
        self.server.now += timedelta(hours=hours)

    # the account of it

    def a_pass_in_trouble(self, _media: MediaKey) -> None:
        """A pass that sees the title, but cannot look up the exclusions."""
        raise NotImplementedError

    def a_good_pass(self, _media: MediaKey) -> None:
        """A pass that sees everything."""
        raise NotImplementedError

    def _refuse(self, slots: Iterable[MemoryKey], *, leaves_a_trace: bool) -> None:
        """Record a person's refusal; it is doubtful if no look could have seen the request."""
        for slot in slots:
            if leaves_a_trace or slot in self.present:
                self.refused[slot] = None
                self.doubtful.discard(slot)
            else:
                self.doubtful.add(slot)

    def _asked_by(self, number: int) -> frozenset[MemoryKey]:
        """What a request asks for and is not available yet."""
        request = self.server.requests[number]
        return slots_of(request.target.media, request.seasons) - self._available()

    def _forget_what_nobody_saw(self) -> None:
        """Forget refusals of which neither the server nor the ledger has a trace.

        A request that died before its title was put back on a list is no trace of a later refusal.
        """
        traces = self._traces(self.undone)
        self.refused = {
            slot: since
            for slot, since in self.refused.items()
            if slot in traces or (slot in self.remembered and (since or slot in self.present))
        }

    def _available(self) -> set[MemoryKey]:
        slots = set()
        for media, row in self.server.rows.items():
            if media.kind is Kind.MOVIE and row.status is MediaStatus.AVAILABLE:
                slots.add(MemoryKey(Target(media)))
            here = [n for n, (plain, _) in row.seasons.items() if plain is MediaStatus.AVAILABLE]
            if row.status is MediaStatus.AVAILABLE and not _says_something(row):
                here = [*SEASONS]
            slots |= {MemoryKey(Target(media), number) for number in here}
        return slots

    def _there(self) -> set[MemoryKey]:
        """What is available, requested, or failed at Radarr or Sonarr."""
        live = [
            r for r in self.server.requests.values() if r.status in LIVE | {RequestStatus.FAILED}
        ]
        slots_asked = {s for r in live for s in slots_of(r.target.media, r.seasons)}
        return self._available() | self._detached() | slots_asked

    def _traces(self, apart_from: Collection[int] = ()) -> set[MemoryKey]:
        """The slots that the server shows as declined or deleted."""
        dead = [
            request
            for number, request in self.server.requests.items()
            if request.status in {RequestStatus.DECLINED, RequestStatus.COMPLETED}
            and number not in apart_from
        ]
        deleted = [m for m, row in self.server.rows.items() if row.status is MediaStatus.DELETED]
        return {s for r in dead for s in slots_of(r.target.media, r.seasons)} | {
            slot for media in deleted for slot in slots_of(media)
        }
