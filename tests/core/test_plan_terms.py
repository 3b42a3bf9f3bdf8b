"""What a list says of its titles beside which they are: suspended, how often they are asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.model import (
    Attempts,
    Delivery,
    DesiredList,
    Kind,
    ListProblem,
    MediaKey,
    Memory,
    MemoryEntry,
    MemoryKey,
    Op,
    Option,
    ProblemReason,
    RequestStatus,
    Rerequest,
    Target,
)
from tests.core.values import (
    ANNA,
    BEAR,
    DUNE,
    HEAT,
    NOW,
    entry,
    facts,
    having,
    plan,
    request,
    server,
    summarize,
    wishes,
)

FILM = Target(DUNE)


NEVER, ON_READD = Rerequest.NEVER, Rerequest.ON_READD


def test_a_suspended_list_asks_for_nothing() -> None:
    made = plan(having(wishes(entry(DUNE)), suspended=True))
    assert summarize(made) == ["suspended"]
    assert made.verdicts[0].detail == "list is suspended"


def test_a_title_belongs_to_the_first_list_that_is_not_suspended() -> None:
    asleep = having(wishes(entry(DUNE), name="asleep"), suspended=True)
    awake = replace(wishes(entry(DUNE), name="awake", index=1), requester=ANNA)
    (action,) = plan(asleep, awake).actions
    assert (action.lists, action.requester) == (("awake",), ANNA)


def test_a_list_that_was_not_read_wakes_no_title_of_a_suspended_one() -> None:
    asleep = having(wishes(entry(DUNE), name="asleep"), suspended=True)
    unread = wishes(entry(DUNE, fresh=False), name="unread", index=1)
    assert summarize(plan(asleep, unread)) == ["suspended"]


def test_a_suspended_list_adds_no_seasons() -> None:
    asleep = having(wishes(entry(BEAR), name="asleep"), suspended=True)
    item = replace(entry(BEAR).item, seasons=(2,))
    awake = wishes(replace(entry(BEAR), item=item), name="awake", index=1)
    on = server(shows={BEAR.tmdb: facts(1, 2, 3)})
    assert summarize(plan(asleep, awake, on=on)) == ["request S2 (missing)"]


@pytest.mark.parametrize("media", [DUNE, BEAR], ids=["film", "show"])
@pytest.mark.parametrize(
    ("rule", "asks"),
    [pytest.param(ON_READD, True, id="on-readd"), pytest.param(NEVER, False, id="never")],
)
def test_a_title_put_back_is_asked_for_again_as_its_list_has_it(
    media: MediaKey, rule: Rerequest, *, asks: bool
) -> None:
    lst = having(wishes(entry(media)), rerequest=rule)
    season = None if media.kind is Kind.MOVIE else 1
    back = {
        MemoryKey(Target(media), n): MemoryEntry(present=False, readded=True)
        for n in (None, season)
    }
    on = server(shows={BEAR.tmdb: facts(1)})
    made = plan(lst, on=on, memory=Memory(back))
    again = "request S1 (readded)" if season else "request (readded)"
    assert summarize(made) == [again if asks else "handled"]


@pytest.mark.parametrize(
    ("allowed", "answer"),
    [(0, "failed"), (3, "failed"), (4, "retry (retry-failed)")],
)
def test_a_list_says_how_often_a_failed_request_is_retried(allowed: int, answer: str) -> None:
    lst = having(wishes(entry(DUNE)), retry_failed=allowed)
    failed = server(request(1, DUNE, RequestStatus.FAILED))
    memory = Memory(attempts={FILM: Attempts(0, 3, NOW)})
    assert summarize(plan(lst, on=failed, memory=memory)) == [answer]


def test_what_was_on_a_list_before_is_not_asked_for_and_what_is_new_is() -> None:
    lst = wishes(entry(DUNE, 1), entry(HEAT, 2))
    adopting = replace(lst, adopted=frozenset({entry(DUNE).item.key}))
    assert summarize(plan(adopting)) == ["request (missing)", "adopted"]
    assert summarize(plan(replace(lst, awaits_baseline=True))) == ["adopted", "adopted"]


def test_what_one_list_adopted_another_may_ask_for() -> None:
    adopting = replace(wishes(entry(DUNE), name="given"), adopted=frozenset({entry(DUNE).item.key}))
    (action,) = plan(adopting, wishes(entry(DUNE), name="other", index=1)).actions
    assert action.lists == ("other",)


NOWHERE = ListProblem(ProblemReason.UNKNOWN_PROFILE, "profile_id 'Nope' does not exist on Radarr")
UNKNOWN = ListProblem(ProblemReason.UNKNOWN_REQUESTER, "nobody is not a user of the server")
TO_RADARR = Delivery(Option(0, "Radarr"), Option(4, "HD-1080p"))


def routed(media: MediaKey, where: Delivery | ListProblem) -> DesiredList:
    """A list that names something of Radarr or Sonarr."""
    return replace(wishes(entry(media)), delivery_by_kind=dict.fromkeys(Kind, where))


@pytest.mark.parametrize("where", [NOWHERE, TO_RADARR], ids=["not there", "there"])
def test_a_failed_request_is_retried_as_it_was_sent_whatever_its_list_names(
    where: Delivery | ListProblem,
) -> None:
    (action,) = plan(routed(DUNE, where), on=server(request(1, DUNE, RequestStatus.FAILED))).actions
    assert (action.op, action.request_ids, action.delivery) == (Op.RETRY, (1,), None)


def test_only_new_requests_need_a_place_to_go() -> None:
    on = server(request(1, BEAR, RequestStatus.FAILED, 1), shows={BEAR.tmdb: facts(1, 2)})
    made = plan(routed(BEAR, NOWHERE), on=on)
    assert summarize(made) == ["retry (retry-failed)", "not-permitted"]
    assert (made.verdicts[0].seasons, made.verdicts[0].detail) == ((2,), NOWHERE.message)
    assert [a.delivery for a in plan(routed(BEAR, TO_RADARR), on=on).actions] == [None, TO_RADARR]


def test_a_list_whose_requester_is_not_known_retries_nothing() -> None:
    unknown = replace(wishes(entry(DUNE)), requester=None, problem=UNKNOWN)
    made = plan(unknown, on=server(request(1, DUNE, RequestStatus.FAILED)))
    assert summarize(made) == ["not-permitted"]
