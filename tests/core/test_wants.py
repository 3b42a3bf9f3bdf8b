"""From lists to wants: their owners, and the titles that are excluded."""

from __future__ import annotations

import pytest

from reconciler.core.items import parse_item
from reconciler.core.model import (
    Candidate,
    DesiredList,
    Entry,
    Ids,
    Item,
    Kind,
    Match,
    MatchMethod,
    MediaKey,
    Reason,
    Role,
    Target,
    Unmatched,
)
from reconciler.core.wants import (
    Exclusion,
    UnresolvedWant,
    Want,
    gather_wants,
    names_of,
    rule_names,
)
from tests.core.values import (
    BEAR,
    DUNE,
    HEAT,
    entry,
    having,
    plan,
    rules,
    summarize,
    unresolved_entry,
    wishes,
)


def rows(*lists: DesiredList) -> list[tuple[object, str, tuple[str, ...]]]:
    """What is wanted, who owns it, and which lists want it."""
    return [
        (row.target if isinstance(row, Want) else row.item.title, row.owner.name, row.lists)
        for row in gather_wants(lists)
    ]


def test_rows_come_in_file_order_then_list_position() -> None:
    second = wishes(entry(BEAR), name="second", index=1)
    first = wishes(entry(HEAT, 2), entry(DUNE, 1), name="first", index=0)

    assert rows(second, first) == [
        (Target(DUNE), "first", ("first",)),
        (Target(HEAT), "first", ("first",)),
        (Target(BEAR), "second", ("second",)),
    ]


def test_a_title_belongs_to_the_first_list_that_wants_it() -> None:
    first = wishes(entry(DUNE), name="first", index=0)
    second = wishes(entry(HEAT), entry(DUNE, 2), name="second", index=1)

    assert rows(second, first) == [
        (Target(DUNE), "first", ("first", "second")),
        (Target(HEAT), "second", ("second",)),
    ]


def test_a_title_twice_on_one_list_is_wanted_once() -> None:
    assert rows(wishes(entry(DUNE, 1), entry(DUNE, 7))) == [(Target(DUNE), "list", ("list",))]


def test_a_title_in_4k_is_wanted_beside_the_ordinary_one() -> None:
    plain = wishes(entry(DUNE), name="plain", index=0)
    sharp = having(wishes(entry(DUNE), name="sharp", index=1), is_4k=True)

    assert rows(plain, sharp) == [
        (Target(DUNE), "plain", ("plain",)),
        (Target(DUNE, is_4k=True), "sharp", ("sharp",)),
    ]


def test_what_no_list_gave_in_this_pass_is_not_wanted() -> None:
    assert rows(wishes(entry(DUNE, fresh=False))) == []


def test_a_list_that_could_not_be_read_keeps_its_titles() -> None:
    unread = wishes(entry(DUNE, fresh=False), name="unread", index=0)
    read = wishes(entry(DUNE), name="read", index=1)

    assert rows(unread, read) == [(Target(DUNE), "unread", ("unread", "read"))]


def test_an_item_that_leads_nowhere_is_one_row_however_many_lists_have_it() -> None:
    first = wishes(unresolved_entry(Reason.NOT_FOUND), name="first", index=0)
    second = wishes(unresolved_entry(Reason.NOT_FOUND), name="second", index=1)

    assert rows(first, second) == [("Sing Sing", "first", ("first", "second"))]


def test_exclude_lists_want_nothing() -> None:
    assert rows(having(wishes(entry(DUNE)), role=Role.EXCLUDE)) == []


def test_a_bare_id_is_shown_by_the_servers_title() -> None:
    bare = Entry(parse_item("imdb:tt1160419"), Match(DUNE, MatchMethod.IMDB, "Dune", 2021))

    (want,) = gather_wants([wishes(bare)])

    assert (want.item.title, want.item.year) == ("Dune", 2021)


def test_an_item_of_a_kind_that_cannot_be_requested_says_what_it_is() -> None:
    game = Item(1, "Dune", 1992, unsupported="videoGame")

    (row,) = gather_wants([wishes(Entry(game, Match(DUNE, MatchMethod.IMDB)))])

    assert isinstance(row, UnresolvedWant)
    assert row.why == Unmatched(Reason.UNSUPPORTED_KIND, "videoGame")


# --------------------------------------------------------------------------------------- exclusion

PART_TWO_ITEM = Item(
    1, "Dune: Part Two", 2024, Kind.MOVIE, Ids("tt15239678", 693134, None, "dune-2-2024")
)
PART_TWO = MediaKey(Kind.MOVIE, 693134)
NOWHERE = Unmatched(Reason.NOT_FOUND, "TMDB knows no such title")


def excludes(rule: str, *candidates: MediaKey, reason: Reason = Reason.NOT_FOUND) -> DesiredList:
    """An exclude list of one item that led to no title."""
    offered = tuple(Candidate(media, "Dune") for media in candidates)
    unmatched = Entry(parse_item(rule), Unmatched(reason, "because", offered))
    return DesiredList(rules("never", role=Role.EXCLUDE), 1, (unmatched,))


def fate(item: Item, never: DesiredList, match: Match | None = None) -> list[str]:
    return summarize(plan(wishes(Entry(item, match or Match(PART_TWO, MatchMethod.IMDB))), never))


@pytest.mark.parametrize(
    ("rule", "excluded"),
    [
        ("imdb:tt15239678", True),
        ("tmdb:movie:693134", True),
        ("trakt:movie:dune-2-2024", True),
        ('title:"Dune: Part Two (2024)"', True),
        ('title:"dune part two"', True),
        ("imdb:tt1160419", False),
        ("tmdb:tv:693134", False),
        ('title:"Dune: Part Two (1984)"', False),
        ('title:"Dune"', False),
        ('title:"Dune (2024)"', False),
    ],
)
def test_a_rule_that_leads_nowhere_excludes_what_bears_its_name(
    rule: str, *, excluded: bool
) -> None:
    assert fate(PART_TWO_ITEM, excludes(rule)) == (
        ["excluded"] if excluded else ["request (missing)"]
    )


def test_a_rule_excludes_the_title_it_leads_to_by_whatever_name_it_is_wanted() -> None:
    by_id = Entry(parse_item("imdb:tt15239678"), Match(PART_TWO, MatchMethod.IMDB))
    never = DesiredList(rules("never", role=Role.EXCLUDE), 1, (by_id,))

    assert fate(Item(1, "Duna: Parte Dos", 2024), never) == ["excluded"]


def test_an_excluded_film_says_nothing_of_the_show_with_its_number() -> None:
    show = MediaKey(Kind.TV, PART_TWO.tmdb)
    never = DesiredList(rules("never", role=Role.EXCLUDE), 1, (entry(show),))

    assert fate(PART_TWO_ITEM, never) == ["request (missing)"]


def test_a_title_is_excluded_in_every_quality() -> None:
    sharp = having(wishes(entry(DUNE)), is_4k=True)

    assert summarize(
        plan(sharp, DesiredList(rules("never", role=Role.EXCLUDE), 1, (entry(DUNE),)))
    ) == ["excluded"]


def test_what_an_exclude_list_held_when_last_complete_is_excluded_too() -> None:
    never = DesiredList(
        rules("never", role=Role.EXCLUDE), 1, (entry(DUNE, fresh=False),), is_complete=False
    )

    assert summarize(plan(wishes(entry(DUNE)), never)) == ["excluded"]


def test_an_ambiguous_rule_excludes_all_it_may_mean() -> None:
    never = excludes('title:"Dune"', DUNE, PART_TWO, reason=Reason.AMBIGUOUS)

    assert fate(PART_TWO_ITEM, never) == ["excluded"]


def test_the_candidates_of_a_rule_that_means_none_of_them_are_free() -> None:
    never = excludes('title:"Duna"', PART_TWO, reason=Reason.NOT_FOUND)

    assert fate(PART_TWO_ITEM, never) == ["request (missing)"]


def test_a_title_known_only_to_the_server_is_excluded_by_it() -> None:
    """A list of bare ids names no titles; what its rows are called in the plan counts."""
    bare = parse_item("imdb:tt15239678")
    match = Match(PART_TWO, MatchMethod.IMDB, "Dune: Part Two", 2024)

    assert fate(bare, excludes('title:"Dune: Part Two"'), match) == ["excluded"]


def test_a_year_in_a_title_is_not_the_year_of_a_rule() -> None:
    sequel = Item(1, "Wonder Woman 1984", 2020, Kind.MOVIE, Ids(tmdb=464052))
    match = Match(MediaKey(Kind.MOVIE, 464052), MatchMethod.TMDB)

    assert fate(sequel, excludes('title:"Wonder Woman (1984)"'), match) == ["request (missing)"]
    assert fate(sequel, excludes('title:"Wonder Woman 1984"'), match) == ["excluded"]


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        pytest.param("Romeo + Juliet", "Romeo and Juliet (1996)", id="plus"),
        pytest.param("Alien³", "Alien 3", id="superscript"),
        pytest.param("Ocean`s Eleven", "Oceans Eleven (1996)", id="apostrophe"),
        pytest.param("SWAT", "S.W.A.T. (1996)", id="initials"),
        pytest.param("Bowman (1996)", "Bowman (1996)", id="the year is in the list's title"),
        pytest.param("Bowman (1996)", "Bowman", id="the year is in the list's title alone"),
        pytest.param("Bowman", "Bowman (1996) (1996)", id="the year is in the rule's title"),
        pytest.param("The Office (US)", "The Office (1996)", id="a country and a year"),
    ],
)
def test_an_exclusion_by_title_is_heeded_in_every_way_the_title_may_be_meant(
    title: str, rule: str
) -> None:
    match = Match(MediaKey(Kind.MOVIE, 7), MatchMethod.TITLE, "Something Else", 1996)

    assert fate(Item(1, title, 1996, Kind.MOVIE), excludes(f'title:"{rule}"'), match) == [
        "excluded"
    ]


def test_an_exclusion_of_a_countrys_show_without_a_year_leaves_its_namesakes() -> None:
    office = MediaKey(Kind.TV, 2996)
    match = Match(office, MatchMethod.TITLE, "The Office", 2001)
    never = excludes('title:"The Office (US)"')

    assert fate(Item(1, "The Office", 2001, Kind.TV), never, match) != ["excluded"]
    assert fate(Item(1, "The Office (US)", 2001, Kind.TV), never, match) == ["excluded"]


def test_an_exclusion_names_the_first_list_of_the_file_that_says_so() -> None:
    second = DesiredList(rules("second", role=Role.EXCLUDE), 2, (entry(DUNE),))
    first = DesiredList(rules("first", role=Role.EXCLUDE), 1, (entry(DUNE),))

    for never in ([first, second], [second, first]):
        (verdict,) = plan(wishes(entry(DUNE)), *never).verdicts
        assert verdict.detail == "by first"


def test_request_lists_exclude_nothing() -> None:
    assert Exclusion.of([wishes(entry(DUNE))]) == Exclusion({}, {})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("imdb:tt1160419", {"imdb:tt1160419"}),
        ("trakt:movie:dune-2021", {"trakt:movie:dune-2021"}),
    ],
)
def test_a_rule_with_an_id_means_the_id_alone(text: str, names: set[str]) -> None:
    assert rule_names(parse_item(text)) == names


def test_a_rule_with_a_title_alone_is_among_the_names_of_every_year() -> None:
    rule = rule_names(parse_item('title:"AMELIE"'))

    for year in (None, 2001, 2011):
        assert rule <= names_of(Item(1, "Amélie", year))


def test_a_rule_with_a_year_is_among_the_names_of_that_year_only() -> None:
    rule = rule_names(parse_item('title:"Dune (1984)"'))

    assert rule <= names_of(Item(1, "Dune", 1984))
    assert not rule & names_of(Item(1, "Dune", 2021))
    assert not rule & names_of(Item(1, "Dune"))
