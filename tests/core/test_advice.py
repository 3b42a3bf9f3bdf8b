"""What ``explain`` says would change a verdict: every reason has a row, and the advice is true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given

from reconciler.core.advice import Ground, would_change
from reconciler.core.model import (
    Action,
    Allowance,
    Attempts,
    Budget,
    Candidate,
    DesiredList,
    Entry,
    Filter,
    Ids,
    Item,
    Kind,
    ListProblem,
    ListRef,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Observed,
    OwnRequest,
    Policy,
    ProblemReason,
    Prune,
    Quota,
    Reason,
    RequestStatus,
    RequestTrace,
    Rerequest,
    Role,
    Season,
    SeasonRule,
    Sighting,
    Target,
    TitleRef,
    Unmatched,
    Verdict,
    Whereabouts,
    Why,
    Years,
)
from reconciler.core.own_requests import account_for_missing
from reconciler.core.plan import calculate
from tests.core.any_world import World as AnyWorld
from tests.core.any_world import worlds
from tests.core.test_prune import PENDING as OURS
from tests.core.test_prune import A, missing, ours
from tests.core.values import (
    ANNA,
    BEAR,
    CAROL,
    DUNE,
    HEAT,
    LONG_AGO,
    NOW,
    SOON,
    entry,
    facts,
    films,
    having,
    item,
    request,
    row,
    server,
    summarize,
    wishes,
)

EMPTY, NOTHING, NO_LIMIT, AT_ONCE = Observed(), Memory(), Policy(), timedelta()
FILM, SHOW = Target(DUNE), Target(BEAR)
LIST = wishes(entry(DUNE))
SERIES = wishes(entry(BEAR))
APPLY = "no change needed: `listsync apply` does it"
BY_HAND = "request it on the server by hand"
PUT_BACK = "take it off every list that has it and put it back later"
FORGET = "`listsync forget ITEM`"
MAYBE = "or put it on another list"
REQUEST = "request (missing)"
AGAIN = "request (readded)"
BRAND_NEW = wishes(entry(DUNE), name="another", index=1)
CHART = ListRef("imdb", "top", chart=True)
NEVER = having(LIST, rerequest=Rerequest.NEVER)
AFTER = having(LIST, rerequest=timedelta(days=90))
EPISODE = Item(1, "Pilot", 2008, ids=Ids(imdb="tt0959621"), unsupported="tvEpisode")
SERIES_OF_IT = TitleRef("tt0903747", "Breaking Bad")
BOTH = tuple(Candidate(replace(DUNE, kind=kind), "Sing Sing") for kind in Kind)


@dataclass(frozen=True)
class World:
    """All that a plan is made of."""

    lists: tuple[DesiredList, ...] = (LIST,)
    on: Observed = EMPTY
    memory: Memory = NOTHING
    policy: Policy = NO_LIMIT
    later: timedelta = AT_ONCE

    def plan(self) -> list[tuple[str, str, str]]:
        """Each row of the plan: its reason, a summary of its text, and the advice."""
        made = calculate(self.lists, self.on, self.memory, self.policy, NOW + self.later)
        observed = account_for_missing(self.on, self.memory)
        ground = Ground(self.lists, observed, self.memory, made.stops)
        rows: tuple[Action | Verdict, ...] = (*made.actions, *made.verdicts)
        reasons = [*(a.why for a in made.actions), *(v.reason for v in made.verdicts)]
        return [
            (reason, word, would_change(row, ground))
            for reason, word, row in zip(reasons, summarize(made), rows, strict=True)
        ]


def remember(*, present: bool = True, readded: bool = False, days: int | None = None) -> Memory:
    """Dune was seen at the last look, and so many days ago it was first seen to be refused."""
    refused = None if days is None else NOW - timedelta(days=days)
    return Memory({MemoryKey(FILM): MemoryEntry(present, readded, refused)})


def unmatched(reason: Reason, *offered: Candidate, kind: Kind | None = None) -> DesiredList:
    unmatched_entry = Entry(Item(1, "Sing Sing", 2023, kind), Unmatched(reason, "because", offered))
    return wishes(unmatched_entry)


def numbered(source: str) -> DesiredList:
    """A list whose row gives a TMDB number, and says neither film nor show."""
    row = Item(1, "Rogue People", ids=Ids(tmdb=93871))
    reason = Unmatched(Reason.AMBIGUOUS, "film or show?", BOTH)
    provider, _, number = source.partition(":")
    return having(wishes(Entry(row, reason)), source=ListRef(provider, number))


def unsupported(item: Item) -> DesiredList:
    return wishes(Entry(item, Unmatched(Reason.UNSUPPORTED_KIND, str(item.unsupported))))


def excludes(name: str, index: int = 9) -> DesiredList:
    return having(wishes(entry(DUNE), name=name, index=index), role=Role.EXCLUDE)


DECLINED = server(request(3, DUNE, RequestStatus.DECLINED))
DELETED = server(row(DUNE, MediaStatus.DELETED))
FAILED = server(request(4, DUNE, RequestStatus.FAILED))
RETRIED_TWICE = Memory(attempts={FILM: Attempts(0, 2)})
NOT_YET = Memory(attempts={FILM: Attempts(1, 0, SOON)})
READDED = remember(readded=True)
FULL = Quota(movies=Allowance(0, 5, 7))
TWO = films([DUNE.tmdb, HEAT.tmdb])
BUDGET = Policy(Budget(1, timedelta(days=7), "week"))
UNREAD = having(wishes(name="never", index=5), role=Role.EXCLUDE, unread_reason="it is blocked")
THERE = Memory({MemoryKey(Target(replace(DUNE, tmdb=n))): MemoryEntry() for n in range(1, 13)})
WAITING_ROW = row(DUNE, MediaStatus.PROCESSING)
VANISHED = replace(
    server(WAITING_ROW),
    shows_all_requests=True,
    traces={13: RequestTrace(Whereabouts.GONE, WAITING_ROW)},
)
LOST_AGAIN = replace(VANISHED, traces={15: RequestTrace(Whereabouts.GONE, WAITING_ROW)})
LISTED = Sighting.LISTED
MADE = Memory({MemoryKey(FILM): MemoryEntry()}, ours={13: OwnRequest(FILM, 1, ("list",))})
MADE_AGAIN = replace(MADE, ours=dict.fromkeys((13, 14, 15), MADE.ours[13]))
SEASONS = {BEAR.tmdb: facts(1, 2, coming=[3])}
SPECIALS = having(SERIES, name="specials", index=1, seasons=SeasonRule(named=(0,)))
SEASON_3 = having(SERIES, seasons=SeasonRule(named=(3,)))
UNDATED = facts(1, undated=[3])
EPISODELESS = replace(UNDATED, seasons=(Season(3, LONG_AGO, 0),))
OLD = Filter(years=Years(last=1999))
UNKNOWN = ListProblem(ProblemReason.UNKNOWN_REQUESTER, "requester 'ann' is not a user")
NO_PROFILE = ListProblem(ProblemReason.UNKNOWN_PROFILE, "Radarr has no profile HD")
NOBODY = replace(LIST, requester=None, problem=UNKNOWN)
SILENT = ListProblem(ProblemReason.SERVICE_UNAVAILABLE, "Radarr did not answer within 2.5 s")
AWAY = replace(LIST, delivery_by_kind={Kind.MOVIE: SILENT})
NOWHERE = replace(LIST, delivery_by_kind={Kind.MOVIE: NO_PROFILE})
BY_CAROL = replace(LIST, requester=CAROL)

# Why, the world, all that the advice has to say, and: the world once it was followed → what then.
TABLE = [
    (Reason.AVAILABLE, "there", World(on=server(row(DUNE, MediaStatus.AVAILABLE))),
     ["no change needed: the server has it"], []),
    (Reason.REQUESTED, "waits for approval",
     World(on=server(request(1, DUNE, RequestStatus.PENDING))),
     ["wait until someone with permission approves or declines it on the server"],
     [(World(on=server(request(1, DUNE, RequestStatus.APPROVED))), "processing"),
      (World(on=DECLINED), "declined")]),
    (Reason.REQUESTED, "off its lists, not due", World((missing(days=2),), server(OURS), ours(A)),
     ["the request is canceled then",
      "to keep it, put it back on a list or set `prune: keep`"],
     [(World((missing(days=2),), server(OURS), ours(A), later=timedelta(days=6)),
       "cancel (off-list)")]),
    (Reason.REQUESTED, "off its lists, reported",
     World((having(A, prune=Prune.REPORT),), server(OURS), ours(A)),
     ["`prune: cancel-pending` on a cancels it", "set `prune: keep`"],
     [(World((A,), server(OURS), ours(A)), "cancel (off-list)")]),
    (Reason.PROCESSING, "approved", World(on=server(request(2, DUNE, RequestStatus.APPROVED))),
     ["wait until Radarr or Sonarr has it, or reports a failure"],
     [(World(on=FAILED), "retry (retry-failed)")]),
    (Reason.DECLINED, "on-readd", World(on=DECLINED), [BY_HAND, f"; or {PUT_BACK}"],
     [(World(on=DECLINED, memory=READDED), AGAIN),
      (World(on=server(request(3, DUNE, RequestStatus.DECLINED),
                       request(9, DUNE, RequestStatus.PENDING))), "requested")]),
    (Reason.DECLINED, "rerequest: never", World((NEVER,), DECLINED, READDED),
     [BY_HAND, f"set `rerequest: on-readd` for list and then {PUT_BACK}"],
     [(World(on=DECLINED, memory=READDED), AGAIN)]),
    (Reason.DECLINED, "rerequest: after 90d", World((AFTER,), DECLINED, remember(days=80)),
     ["wait until 2026-12-02 20:15 UTC: then it is requested again", BY_HAND, PUT_BACK],
     [(World((AFTER,), DECLINED, remember(days=80), later=timedelta(days=10)), REQUEST),
      (World((AFTER,), DECLINED, READDED), AGAIN)]),
    (Reason.DECLINED, "on charts alone", World((having(LIST, source=CHART),), DECLINED, remember()),
     ["add it to a list of your own as well", PUT_BACK], []),
    (Reason.HANDLED, "gone from the server", World(memory=remember(present=False)),
     [BY_HAND, PUT_BACK, FORGET],
     [(World(), REQUEST), (World(memory=remember(present=False, readded=True)), AGAIN)]),
    (Reason.HANDLED, "gone, rerequest: never", World((NEVER,), memory=remember(present=False)),
     ["`rerequest: on-readd`", FORGET], [(World((NEVER,)), REQUEST)]),
    (Reason.HANDLED, "gone, rerequest: after 90d",
     World((AFTER,), memory=remember(present=False, days=80)),
     ["wait until 2026-12-02 20:15 UTC", BY_HAND, PUT_BACK, FORGET],
     [(World((AFTER,), memory=remember(present=False, days=80), later=timedelta(days=10)),
       REQUEST)]),
    (Reason.BLOCKLISTED, "never there", World(on=server(blocklist=[DUNE])),
     ["take it off the server's blocklist"], [(World(), REQUEST)]),
    (Reason.BLOCKLISTED, "there before", World(on=server(blocklist=[DUNE]), memory=remember()),
     ["take it off the server's blocklist, and request it on the server by hand",
      "since the server had it"],
     [(World(memory=remember()), "handled")]),
    (Reason.EXCLUDED, "by exclude", World((LIST, excludes("exclude", -1))),
     ["take it out of `exclude`"], [(World(), REQUEST)]),
    (Reason.EXCLUDED, "by a list", World((LIST, excludes("never"))),
     ["take it off the exclude list never"], [(World(), REQUEST)]),
    (Reason.EXCLUDED, "an exclude list is unread", World((LIST, UNREAD)),
     ["nothing is requested until its titles are known"],
     [(World((LIST, replace(UNREAD, unread_reason=None))), REQUEST)]),
    (Reason.FILTERED, "filter", World((having(LIST, filter=OLD),)),
     ["relax `filter` of list", MAYBE, BY_HAND],
     [(World(), REQUEST), (World((having(LIST, filter=OLD), BRAND_NEW)), REQUEST)]),
    (Reason.FILTERED, "filter, and suspended on another list",
     World((having(LIST, filter=OLD), having(BRAND_NEW, suspended=True))),
     ["relax `filter` of list; or remove `suspend` from another"],
     [(World((having(LIST, filter=OLD), BRAND_NEW)), REQUEST)]),
    (Reason.FILTERED, "it is there anyway",
     World((having(LIST, filter=OLD),), server(row(DUNE, MediaStatus.AVAILABLE))),
     ["no change needed: it is available on the server"], []),
    (Reason.UNAIRED, "with a date", World((SEASON_3,), server(shows=SEASONS)),
     ["wait until S3 airs on 2027-04-14"],
     [(World((SEASON_3,), server(shows=SEASONS), later=timedelta(days=200)),
       "request S3 (missing)")]),
    (Reason.UNAIRED, "without a date",
     World((SEASON_3,), server(shows={BEAR.tmdb: UNDATED})),
     ["wait until an episode of S3 airs and the server knows about it"],
     [(World((SEASON_3,), server(shows={BEAR.tmdb: replace(UNDATED, last_aired_season=3)})),
       "request S3 (missing)")]),
    (Reason.UNAIRED, "without episodes", World((SEASON_3,), server(shows={BEAR.tmdb: EPISODELESS})),
     ["wait until the server lists episodes of S3 and one has aired"],
     [(World((SEASON_3,), server(shows={BEAR.tmdb: facts(1, 3)})), "request S3 (missing)")]),
    (Reason.UNAIRED, "specials alone",
     World((SERIES,), server(shows={BEAR.tmdb: facts(0)})),
     ["a season airs", "put it on a list of its own with `seasons: [0]`"],
     [(World((SERIES, SPECIALS), server(shows={BEAR.tmdb: facts(0)})), "request S0 (missing)")]),
    (Reason.UNAIRED, "specials alone, which the server does not take",
     World((SERIES,), replace(server(shows={BEAR.tmdb: facts(0)}), takes_specials=False)),
     ["wait until a season airs and the server knows about it"],
     [(World((SERIES,), server(shows={BEAR.tmdb: facts(1)})), "request S1 (missing)")]),
    (Reason.UNAIRED, "no seasons", World((SERIES,), server(shows={BEAR.tmdb: facts()})),
     ["wait until a season airs and the server knows about it"],
     [(World((SERIES,), server(shows={BEAR.tmdb: facts(1)})), "request S1 (missing)")]),
    (Reason.UNAIRED, "specials named, and there are none",
     World((having(SERIES, seasons=SeasonRule(named=(0,))),),
           server(shows={BEAR.tmdb: facts(1)})),
     ["wait until the server lists specials for it"], []),
    (Reason.SUSPENDED, "suspend", World((having(LIST, suspended=True),)),
     ["remove `suspend` from list", MAYBE, BY_HAND], [(World(), REQUEST)]),
    (Reason.ADOPTED, "adopted", World((replace(LIST, adopted=frozenset({item(DUNE).key})),)),
     ["`listsync forget ITEM --all`", MAYBE, BY_HAND], [(World(), REQUEST)]),
    (Reason.ADOPTED, "it was requested before",
     World((replace(LIST, adopted=frozenset({item(DUNE).key})),),
           server(request(1, DUNE, RequestStatus.PENDING))),
     ["no change needed: it is requested on the server"], []),
    (Reason.ADOPTED, "no baseline yet", World((replace(LIST, awaits_baseline=True),)),
     ["set `start: all` for list", MAYBE, BY_HAND], [(World(), REQUEST)]),
    (Reason.UNSUPPORTED_KIND, "a game", World((unsupported(replace(EPISODE, unsupported="game")),)),
     ["nothing: the server has only films and shows"], []),
    (Reason.UNSUPPORTED_KIND, "an episode of a series",
     World((unsupported(replace(EPISODE, series=SERIES_OF_IT)),)),
     ["`episodes: series` for list"], []),
    (Reason.UNSUPPORTED_KIND, "an episode of nobody knows what",
     World((unsupported(replace(EPISODE, unsupported="tvEpisode, and no series")),)),
     ["put its series on the list"], []),
    (Reason.OVER_CAP, "max_per_run", World((having(TWO, max_per_run=1),)),
     ["the next run continues from there", "raise `max_per_run` of list"],
     [(World((having(TWO, max_per_run=2),)), REQUEST)]),
    (Reason.OVER_BUDGET, "budget", World((TWO,), policy=BUDGET),
     ["wait until older requests no longer count against the budget", "raise `budget`"],
     [(World((TWO,)), REQUEST)]),
    (Reason.QUOTA, "quota", World((replace(LIST, requester=ANNA),), server(quotas={4: FULL})),
     ["no longer count against the quota", "raise the quota on the server",
      "set another `requester` for list"],
     [(World((replace(LIST, requester=ANNA),)), REQUEST),
      (World(on=server(quotas={4: FULL})), REQUEST)]),
    (Reason.BACKING_OFF, "refused before", World(memory=NOT_YET),
     ["wait until then", "`listsync history ITEM` shows the last result"],
     [(World(memory=NOT_YET, later=timedelta(minutes=6)), REQUEST)]),
    (Reason.BACKING_OFF, "cancel refused before",
     World((A,), server(OURS), replace(ours(A), attempts={FILM: Attempts(1, 0, SOON)})),
     ["wait until then; to keep it, put it back on a list or set `prune: keep`"],
     [(World((A,), server(OURS), ours(A)), "cancel (off-list)")]),
    (Reason.AMBIGUOUS, "a film", World((unmatched(Reason.AMBIGUOUS, *BOTH, kind=Kind.MOVIE),)),
     [f"choose one: add `map: {{ITEM: tmdb:movie:{DUNE.tmdb}}}` to the config"], []),
    (Reason.AMBIGUOUS, "a film or a show", World((unmatched(Reason.AMBIGUOUS, *BOTH),)),
     [f"`map: {{ITEM: tmdb:movie:{DUNE.tmdb}}}` or `map: {{ITEM: tmdb:tv:{DUNE.tmdb}}}`"], []),
    (Reason.AMBIGUOUS, "many films", World((unmatched(Reason.AMBIGUOUS, *[BOTH[0]] * 4),)),
     ["choose one: add `map: {ITEM: tmdb:movie:N}` to the config"], []),
    (Reason.AMBIGUOUS, "a number without a kind, in JSON", World((numbered("json:https://h/"),)),
     ["film or show? use `json:shows:…` or `json:movies:…`"], []),
    (Reason.AMBIGUOUS, "a number without a kind, in a file", World((numbered("file:a.csv"),)),
     ["film or show? add a column or field `type` with movie or show to file:a.csv"], []),
    (Reason.AMBIGUOUS, "a number without a kind, elsewhere", World((numbered("plugin:1"),)),
     ["film or show? the list has to say which one it is"], []),
    (Reason.NOT_FOUND, "a show", World((unmatched(Reason.NOT_FOUND, kind=Kind.TV),)),
     ["look the title up on TMDB and add `map: {ITEM: tmdb:tv:N}`"], []),
    (Reason.TYPE_MISMATCH, "a film of this name, the list says show",
     World((unmatched(Reason.TYPE_MISMATCH, BOTH[0], kind=Kind.TV),)),
     [f"if that is the right title, put `tmdb:movie:{DUNE.tmdb}` on a list of your own"], []),
    (Reason.UNRESOLVED, "TMDB", World((unmatched(Reason.UNRESOLVED),)),
     ["try again when the server can reach TMDB"], []),
    (Reason.UNRESOLVED, "another server", World(memory=THERE), ["check server.url"],
     [(World(), REQUEST)]),
    (Reason.NOT_PERMITTED, "the requester", World((BY_CAROL,)),
     ["give carol the permission on the server, or set another `requester` for list"],
     [(World((replace(LIST, requester=ANNA),)), REQUEST)]),
    (Reason.NOT_PERMITTED, "nobody", World((NOBODY,)), ["fix `requester` or `approval` of list"],
     [(World(), REQUEST)]),
    (Reason.NOT_PERMITTED, "nowhere", World((NOWHERE,)),
     ["to values that exist in Radarr or Sonarr", "`profile_id`", "of list"], [(World(), REQUEST)]),
    (Reason.NOT_PERMITTED, "Radarr is away", World((AWAY,)),
     ["check that Radarr is running and that the server reaches it"], [(World(), REQUEST)]),
    (Reason.NOT_PERMITTED, "specials",
     World((having(SERIES, seasons=SeasonRule(named=(0,))),),
           replace(server(shows={BEAR.tmdb: facts(0, 1)}), takes_specials=False)),
     ["allow requests for special episodes in the server's settings"],
     [(World((having(SERIES, seasons=SeasonRule(named=(0,))),),
             server(shows={BEAR.tmdb: facts(0, 1)})), "request S0 (missing)")]),
    (Reason.FAILED, "retries used up", World(on=FAILED, memory=RETRIED_TWICE),
     ["fix the server's downloader", "raise `retry_failed` of list"],
     [(World((having(LIST, retry_failed=3),), FAILED, RETRIED_TWICE), "retry (retry-failed)")]),
    (Reason.FAILED, "lost for good", World(on=LOST_AGAIN, memory=MADE_AGAIN),
     ["find out from the server's log", BY_HAND],
     [(World(on=server(request(4, DUNE, RequestStatus.APPROVED)), memory=MADE_AGAIN),
       "processing")]),
    (Why.MISSING, "a film", World(), [APPLY, "with `exclude: [ITEM]` it is not requested"],
     [(World((LIST, excludes("exclude", -1))), "excluded")]),
    (Why.NEW_SEASON, "beside one declined",
     World((SERIES,), server(row(BEAR, seasons={1: MediaStatus.AVAILABLE}),
                             request(3, BEAR, RequestStatus.DECLINED, 2),
                             shows={BEAR.tmdb: facts(1, 2, 4, coming=[5])})),
     [APPLY, "S1: no change needed: the server has it", f"S2: {BY_HAND}; or {PUT_BACK}",
      "S5: wait until S5 airs on 2027-04-14"], []),
    (Why.READDED, "put back", World(on=DECLINED, memory=READDED), [APPLY], []),
    (Why.RETRY_FAILED, "failed", World(on=FAILED),
     [APPLY, "with `retry_failed: 0` on list it is not tried again"],
     [(World((having(LIST, retry_failed=0),), FAILED), "failed")]),
    (Why.LOST, "never kept", World(on=VANISHED, memory=MADE),
     [APPLY, "with `exclude: [ITEM]` it is not requested"],
     [(World((LIST, excludes("exclude", -1)), VANISHED, MADE), "excluded")]),
    (Reason.HANDLED, "seen once, and gone though its row waits",
     World(on=VANISHED, memory=replace(MADE, ours={13: replace(MADE.ours[13], sighting=LISTED)})),
     [BY_HAND, PUT_BACK, FORGET], []),
    (Why.OFF_LIST, "cancelled", World((A,), server(OURS), ours(A)),
     [APPLY, "to keep it, put it back on a list or set `prune: keep`"],
     [(World((having(A, prune=Prune.KEEP),), server(OURS), ours(A)), None),
      (World((replace(A, entries=(entry(DUNE),), absent={}),), server(OURS), ours(A)),
       "requested")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "world", "says", "followed"),
    [pytest.param(*row[:1], *row[2:], id=f"{row[0]}: {row[1]}") for row in TABLE],
)
def test_explain_says_what_would_change_a_verdict_and_following_it_does(
    reason: Reason | Why, world: World, says: list[str], followed: list[tuple[World, str | None]]
) -> None:
    advices = [advice for why, _, advice in world.plan() if why is reason]
    assert len(advices) == 1
    assert [part for part in says if part not in advices[0]] == []
    for then, answer in followed:
        words_then = [word for _, word, _ in then.plan()]
        assert answer in words_then if answer else not words_then
        assert reason not in [why for why, _, _ in then.plan()]


def test_every_reason_of_a_verdict_and_of_an_action_has_a_row() -> None:
    assert {row[0] for row in TABLE} == {*Reason, *Why}


@given(worlds())
def test_every_row_of_any_plan_has_advice(world: AnyWorld) -> None:
    lists, on, memory = world
    for reason, _, advice in World(lists, on, memory).plan():
        assert advice.strip(), reason


def test_a_show_is_advised_on_season_by_season() -> None:
    memory = Memory(
        {MemoryKey(SHOW): MemoryEntry(), MemoryKey(SHOW, 3): MemoryEntry(present=False)}
    )
    on = server(
        row(BEAR, seasons={1: MediaStatus.AVAILABLE}),
        request(3, BEAR, RequestStatus.DECLINED, 2),
        request(4, BEAR, RequestStatus.FAILED, 4),
        shows={BEAR.tmdb: facts(1, 2, 3, 4)},
    )
    ((_, word, advice),) = World((having(SERIES, retry_failed=0),), on, memory).plan()
    assert word == "failed"
    parts = advice.split("; S")
    assert [part.partition(": ")[0] for part in parts] == ["S1", "2", "3", "4"]
    assert FORGET in parts[2]
    assert FORGET not in parts[1]  # the server itself shows the decline
    assert "`retry_failed`" in parts[3]


@pytest.mark.parametrize(
    ("on", "memory", "way"),
    [(Observed(), remember(present=False), True), (DELETED, remember(present=False), False)],
    ids=["the ledger alone", "the server, too"],
)
def test_forgetting_is_advised_where_the_ledger_alone_remembers(
    on: Observed,
    memory: Memory,
    way: bool,  # noqa: FBT001
) -> None:
    ((reason, _, advice),) = World(on=on, memory=memory).plan()
    assert reason is Reason.HANDLED
    assert (FORGET in advice) is way


def test_a_stop_is_advised_even_where_a_title_is_excluded_beside_it() -> None:
    advices = World((TWO, excludes("exclude", -1), UNREAD)).plan()
    assert [(reason, "`exclude`" in advice) for reason, _, advice in advices] == [
        (Reason.EXCLUDED, True),
        (Reason.EXCLUDED, False),
    ]


@pytest.mark.parametrize(
    "on",
    [
        server(shows={BEAR.tmdb: facts()}),
        replace(server(shows={BEAR.tmdb: facts(0)}), takes_specials=False),
    ],
    ids=["no specials", "the server takes none"],
)
def test_specials_that_cannot_be_had_are_not_advised(on: Observed) -> None:
    ((_, _, advice),) = World((SERIES,), on).plan()
    assert "seasons" not in advice


def test_the_advice_on_specials_leaves_the_lists_other_shows_as_they_are() -> None:
    other = replace(BEAR, tmdb=BEAR.tmdb + 1)
    shows = {BEAR.tmdb: facts(0), other.tmdb: facts(1)}
    both = replace(SERIES, entries=(entry(BEAR), entry(other)))
    words_then = [word for _, word, _ in World((both, SPECIALS), server(shows=shows)).plan()]
    assert sorted(words_then) == ["request S0 (missing)", "request S1 (missing)"]


@pytest.mark.parametrize(
    ("seasons", "detail"),
    [
        ((0,), "it has only specials, which the list does not ask for"),
        ((), "the server lists no seasons for it"),
    ],
)
def test_a_show_without_regular_seasons_is_said_to_be_so(
    seasons: tuple[int, ...], detail: str
) -> None:
    on = server(shows={BEAR.tmdb: facts(*seasons)})
    (verdict,) = calculate((SERIES,), on, NOTHING, NO_LIMIT, NOW).verdicts
    assert (verdict.reason, verdict.detail) == (Reason.UNAIRED, detail)
