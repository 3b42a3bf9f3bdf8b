"""Laws 5 and 7 over any history of a list that is renamed and read at another source."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model import Kind, MediaKey, Op, Outcome, Prune, RequestStatus
from tests.core.household import LIVE, Household, Server, listed, snapshot

FILMS = [MediaKey(Kind.MOVIE, number) for number in range(1, 6)]
any_films = st.lists(st.sampled_from(FILMS), unique=True)
any_outcome = st.sampled_from([*[Outcome.COMPLETE] * 4, Outcome.INCOMPLETE, Outcome.UNREACHABLE])
any_fetches = st.lists(st.tuples(any_films, any_outcome), min_size=1, max_size=4)


def one_pass(household: Household, films: list[MediaKey], outcome: Outcome) -> set[MediaKey]:
    """Read the list and act on the plan; what was requested."""
    shown = [] if outcome is Outcome.UNREACHABLE else films
    (lst,) = household.file
    reconciliation = household.look({lst.name: snapshot(shown, outcome)})
    household.apply(reconciliation)
    return {a.target.media for a in reconciliation.plan.actions if a.op is Op.REQUEST}


@given(before=any_fetches, refused=st.sets(st.sampled_from(FILMS)), after=any_fetches)
def test_a_list_that_moved_lifts_no_refusal_at_first_sight_and_loses_nothing_by_half_a_fetch(
    before: list[tuple[list[MediaKey], Outcome]],
    refused: set[MediaKey],
    after: list[tuple[list[MediaKey], Outcome]],
) -> None:
    household = Household(Server({}))
    household.file = [listed("old", "old", prune=Prune.CANCEL_PENDING)]
    for fetch in before:
        one_pass(household, *fetch)
    declined = set()
    for number, request in list(household.server.requests.items()):
        if request.target.media in refused and request.status in LIVE:
            household.server.judge(number, RequestStatus.DECLINED)
            declined.add(request.target.media)
    household.file = [listed("new", "new", prune=Prune.CANCEL_PENDING, was="old")]
    household.ledger.rename(household.file)
    titles = {key: m.present for key, m in household.ledger.memberships["new"].members.items()}
    is_read, missed = False, set[MediaKey]()

    for films, outcome in after:
        requested = one_pass(household, films, outcome)
        assert requested & declined <= missed, "law 5"
        if outcome is Outcome.COMPLETE and films:
            missed, is_read = missed | set(FILMS) - set(films), True
        members = household.ledger.memberships["new"].members
        if not is_read:
            assert titles == {k: m.present for k, m in members.items()}, "law 7"
