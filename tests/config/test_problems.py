"""Errors of an invalid file: the place, the path, the problem and the fix."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.config.lists import ListOptions, ListSection

SERVER = "server:\n  url: http://seerr:5055\n  api_key: ${KEY}\n"  # lines 1 to 3
LISTS = "lists:\n  top:\n    source: imdb:top\n"  # then three more
FILE = SERVER + LISTS
GRAMMAR = (
    'imdb:tt…, tmdb:movie:N, tmdb:tv:N, tvdb:N, trakt:movie:SLUG, trakt:show:SLUG or title:"T (Y)"'
)
KNOWN_HERE = "unknown key; known keys: "
NO_MAPPING = "must be a mapping: keys below it, indented"


@pytest.mark.parametrize(
    ("lines", "where", "message"),
    [
        pytest.param(
            "    intervl: 6h",
            "7:5 lists.top.intervl",
            'unknown key, did you mean "interval"?',
            id="unknown key of a list",
        ),
        pytest.param(
            "    name: x",
            "7:5 lists.top.name",
            KNOWN_HERE + ", ".join(ListSection.known_keys()),
            id="key like nothing",
        ),
        pytest.param(
            "    is_4k: yes",
            "7:5 lists.top.is_4k",
            KNOWN_HERE + ", ".join(ListSection.known_keys()),
            id="inner name",
        ),
        pytest.param(
            "defualts: {}",
            "7:1 defualts",
            'unknown key, did you mean "defaults"?',
            id="unknown section",
        ),
        pytest.param(
            "defualts:",
            "7:1 defualts",
            'unknown key, did you mean "defaults"?',
            id="unknown and null",
        ),
        pytest.param(
            "defaults:\n  source: ls1",
            "8:3 defaults.source",
            KNOWN_HERE + ", ".join(ListOptions.known_keys()),
            id="source for all",
        ),
        pytest.param(
            "providers:\n  imdb:\n    bas_url: x",
            "9:5 providers.imdb.bas_url",
            'unknown key, did you mean "base_url"?',
            id="third level",
        ),
        pytest.param(
            "browser: {remote_url:http://x}",
            "7:11 browser.remote_url",
            'unknown key; put a space after the ":"',
            id="no space",
        ),
        pytest.param(
            "    interval: soon",
            "7:15 lists.top.interval",
            '"soon" is not a duration; use a number and a unit, like 90m, 6h or 1d',
            id="duration",
        ),
        pytest.param(
            "    interval: 6",
            "7:15 lists.top.interval",
            '"6" is not a duration; use a number and a unit, like 90m, 6h or 1d',
            id="duration without unit",
        ),
        pytest.param(
            "    interval: 4m",
            "7:15 lists.top.interval",
            "must be at least 5m for a list that is read from a site",
            id="too often",
        ),
        pytest.param(
            "    interval: 999999999w",
            "7:15 lists.top.interval",
            "must be from 1s to 365d",
            id="too rarely",
        ),
        pytest.param(
            "    interval: [6h]",
            "7:15 lists.top.interval",
            "must be a single value, not a list or a mapping",
            id="list for a value",
        ),
        pytest.param(
            "    4k: maybe", "7:9 lists.top.4k", 'must be true or false, not "maybe"', id="boolean"
        ),
        pytest.param(
            "    top: many",
            "7:10 lists.top.top",
            '"many" is not a whole number; use a number from 1 to 100000',
            id="number",
        ),
        pytest.param("    top: 0", "7:10 lists.top.top", "must be from 1 to 100000", id="zero"),
        pytest.param(
            "    max_per_run: -1",
            "7:18 lists.top.max_per_run",
            "must be from 1 to 100000",
            id="negative",
        ),
        pytest.param(
            "    role: exlude",
            "7:11 lists.top.role",
            '"exlude" is not a valid value, did you mean "exclude"?',
            id="role",
        ),
        pytest.param(
            "    role: x",
            "7:11 lists.top.role",
            '"x" is not a valid value; use request or exclude',
            id="role like nothing",
        ),
        pytest.param(
            "    requester: ''",
            "7:16 lists.top.requester",
            "is empty; use a name or an id, or remove the key to request as the API key's owner",
            id="nobody",
        ),
        pytest.param(
            "    seasons: newest",
            "7:14 lists.top.seasons",
            '"newest" does not select seasons;'
            " use all, first, latest, first 2, last 3, 1-3 or [1, 4]",
            id="seasons",
        ),
        pytest.param(
            "    seasons: 3-1",
            "7:14 lists.top.seasons",
            '"3-1" runs backwards; use 1-3',
            id="seasons backwards",
        ),
        pytest.param(
            "    seasons: [one]",
            "7:14 lists.top.seasons",
            '"one" is not a season number; use 0 (specials) to 999',
            id="a season's number",
        ),
        pytest.param(
            "    seasons: []",
            "7:14 lists.top.seasons",
            "is empty; use all, or season numbers like [1, 4]",
            id="no season",
        ),
        pytest.param(
            "notify: {urls: x}",
            "7:16 notify.urls",
            "must be a list: one line for each entry, beginning with -",
            id="one address for a list",
        ),
        pytest.param(
            "notify: {urls: [x]}",
            "7:17 notify.urls[0]",
            "is not an address for apprise; use one like ntfy://ntfy.sh/TOPIC",
            id="no address to notify",
        ),
        pytest.param(
            "notify: {urls: [ntfy://a b]}",
            "7:17 notify.urls[0]",
            "contains a space or an invalid character",
            id="an address to notify with a space",
        ),
        pytest.param(
            "notify: {urls: []}",
            "7:16 notify.urls",
            "is empty; it needs at least one entry",
            id="nobody to notify",
        ),
        pytest.param(
            "notify: {digest: daily}",
            "7:9 notify",
            "has no addresses to notify; add urls or urls_file",
            id="notify without addresses",
        ),
        pytest.param(
            "notify: {urls_file: /missing}",
            "7:21 notify.urls_file",
            "the file /missing: no such file or directory",
            id="no file of addresses",
        ),
        pytest.param(
            "notify: {urls: ['ntfy://a/b'], events: [stall]}",
            "7:41 notify.events[0]",
            '"stall" is not a valid value, did you mean "stalled"?',
            id="no event",
        ),
        pytest.param(
            "notify: {urls: ['ntfy://a/b'], digest: weekly}",
            "7:40 notify.digest",
            '"weekly" is not a valid value; use pass or daily',
            id="no digest",
        ),
        pytest.param(
            "budget: 100",
            "7:9 budget",
            '"100" is not a budget; use titles per hour, day, week or month, like 100/week',
            id="budget",
        ),
        pytest.param(
            "    rerequest: always",
            "7:16 lists.top.rerequest",
            '"always" is not a valid value; use never, on-readd, or after 90d',
            id="rerequest",
        ),
        pytest.param(
            "    rerequest: on-read",
            "7:16 lists.top.rerequest",
            '"on-read" is not a valid value, did you mean "on-readd"?',
            id="rerequest, misspelt",
        ),
        pytest.param(
            "    rerequest: after soon",
            "7:16 lists.top.rerequest",
            '"after soon" is not a valid value; use "after" and a duration, like after 90d',
            id="rerequest after no time",
        ),
        pytest.param(
            "    rerequest: after",
            "7:16 lists.top.rerequest",
            '"after" is not a valid value; use "after" and a duration, like after 90d',
            id="rerequest after nothing",
        ),
        pytest.param(
            "    rerequest: after 500d",
            "7:16 lists.top.rerequest",
            "must be from 1s to 365d",
            id="rerequest after too long",
        ),
        pytest.param(
            "browser: {sessions: 9}",
            "7:21 browser.sessions",
            "must be from 1 to 8",
            id="sessions",
        ),
        pytest.param(
            "browser: {remote_url: grid}",
            "7:23 browser.remote_url",
            "must begin with http:// or https://",
            id="grid",
        ),
        pytest.param("browser: on", "7:10 browser", NO_MAPPING, id="value for a section"),
        pytest.param("  kids:", "7:8 lists.kids", NO_MAPPING, id="list of nothing"),
        pytest.param(
            "  kids: {}",
            "7:3 lists.kids.source",
            (
                "is missing; add it: the list's address, provider:id, a bare ls… or ur… "
                "id, or file:PATH"
            ),
            id="no source",
        ),
        pytest.param(
            "  kids: {source: nope}",
            "7:18 lists.kids.source",
            "'nope' is no list; paste its address",
            id="bad source",
        ),
        pytest.param(
            "  kids: {source: '${KEY}'}",
            "7:18 lists.kids.source",
            '"${KEY}" is not a list; use a list\'s address, provider:id or file:PATH',
            id="bad source in a variable",
        ),
        pytest.param(
            "  the kids: {source: ls1}",
            "7:3 lists.the kids",
            "a list name must be 1 to 64 letters, digits, - _ or .",
            id="name of a list",
        ),
        pytest.param(
            "ledger: [a]",
            "7:9 ledger",
            "must be a single value, not a list or a mapping",
            id="list of ledgers",
        ),
        pytest.param(
            "map:\n  imdb:tt0000001: imdb:tt0000002",
            "8:19 map.imdb:tt0000001",
            '"imdb:tt0000002" is not a TMDB title; use tmdb:movie:N or tmdb:tv:N',
            id="map to no TMDB id",
        ),
        pytest.param(
            "map:\n  dune: tmdb:movie:1",
            "8:3 map.dune",
            f"the key is not an item; use {GRAMMAR}",
            id="map of no item",
        ),
        pytest.param(
            "exclude:\n  - tmdb:movie:1\n  - dune",
            "9:5 exclude[1]",
            f'"dune" is not an item; use {GRAMMAR}',
            id="no item",
        ),
        pytest.param(
            "exclude: imdb:tt0944947",
            "7:10 exclude",
            "must be a list: one line for each entry, beginning with -",
            id="value for a list",
        ),
    ],
)
def test_a_mistake_is_reported_with_its_place_and_a_fix(
    problems_of: Callable[..., list[str]], lines: str, where: str, message: str
) -> None:
    assert problems_of(f"{FILE}{lines}\n") == [f"listsync.yaml:{where}: {message}"]


def test_all_problems_come_at_once_sorted_by_line(
    problems_of: Callable[..., list[str]],
) -> None:
    text = (
        "server:\n"
        "  url: ftp://seerr\n"
        "  api_key: ${NOT_SET}\n"
        "  rat: 20/s\n"
        "defaults:\n"
        "  interval: 1m\n"
        "lists:\n"
        "  a: {source: nope, top: x}\n"
        "  b: {source: imdb:top}\n"
        "notify: {urls: 3}\n"
    )

    assert [line.split(": ")[0] for line in problems_of(text)] == [
        "listsync.yaml:2:8 server.url",
        "listsync.yaml:3:12 server.api_key",
        "listsync.yaml:4:3 server.rat",
        "listsync.yaml:6:13 defaults.interval",
        "listsync.yaml:8:15 lists.a.source",
        "listsync.yaml:8:26 lists.a.top",
        "listsync.yaml:10:16 notify.urls",
    ]


def test_a_mistake_in_the_defaults_is_reported_once_and_there(
    problems_of: Callable[..., list[str]],
) -> None:
    lists = "lists: {a: {source: ls1}, b: {source: ls2}}\n"
    text = f"{SERVER}defaults: {{top: x, topp: 1}}\n{lists}"

    assert problems_of(text) == [
        'listsync.yaml:4:17 defaults.top: "x" is not a whole number; use a number from 1 to 100000',
        'listsync.yaml:4:20 defaults.topp: unknown key, did you mean "top"?',
    ]


def test_a_file_without_lists_needs_one(problems_of: Callable[..., list[str]]) -> None:
    [problem] = problems_of(SERVER)
    assert problem == (
        "listsync.yaml:1:1 lists: is missing; add it: the lists by name; a title belongs to the"
        " first list that wants it"
    )
    assert problems_of(SERVER + "lists: {}\n") == [
        "listsync.yaml:4:8 lists: is empty; it needs at least one entry"
    ]


@pytest.mark.parametrize(
    ("key", "typo", "place"),
    [
        ("lists:", "lits:", "4:1 lits"),
        ("source:", "surce:", "6:5 lists.top.surce"),
        ("url:", "ulr:", "2:3 server.ulr"),
        ("api_key:", "apikey_file:", "3:3 server.apikey_file"),
    ],
)
def test_a_required_key_with_a_typo_is_one_mistake(
    problems_of: Callable[..., list[str]], key: str, typo: str, place: str
) -> None:
    suggestion = "api_key_file:" if key == "api_key:" else key
    assert problems_of(FILE.replace(key, typo)) == [
        f'listsync.yaml:{place}: unknown key, did you mean "{suggestion[:-1]}"?'
    ]


def test_a_typo_of_another_key_hides_no_missing_one(
    problems_of: Callable[..., list[str]],
) -> None:
    lines = problems_of(FILE.replace("    source: imdb:top", "    intervl: 1h"))
    assert [line.split(":")[2] for line in lines] == [
        "3 lists.top.source",
        "5 lists.top.intervl",
    ]
