"""The config that a valid file gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import ValidationError

from reconciler.config import Config, ListConfig, ServerConfig
from reconciler.core.model import ALL_SEASONS, Kind, ListRef, MediaKey, Rerequest, Role, SeasonRule

SERVER = "server: {url: 'http://seerr:5055', api_key: '${KEY}'}\n"
LISTS = "lists: {top: {source: 'imdb:top'}}\n"


def one_list(options: str, source: str = "imdb:top") -> str:
    return f"{SERVER}lists:\n  kids:\n    source: {source}\n    {options}\n"


def test_the_smallest_file_has_every_built_in_default(read_config: Callable[..., Config]) -> None:
    config = read_config(SERVER + LISTS)

    assert config.server.url == "http://seerr:5055"
    assert config.server.api_key.get_secret_value() == "the-key"
    assert (config.server.rate, config.server.concurrency) == (60.0, 4)
    assert config.lists == (
        ListConfig(
            name="top",
            source=ListRef("imdb", "top"),
            interval=timedelta(hours=6),
            requester=None,
            is_4k=False,
            seasons=ALL_SEASONS,
            top=None,
            max_per_run=50,
            role=Role.REQUEST,
        ),
    )
    assert (config.ledger, config.exclude, dict(config.map)) == (None, (), {})
    assert config.providers.imdb.base_url == "https://www.imdb.com"
    assert config.providers.trakt.base_url == "https://app.trakt.tv"
    assert (config.browser.remote_url, config.browser.sessions) == (None, 1)


@pytest.mark.parametrize(
    ("option", "field", "value"),
    [
        pytest.param("interval: 90m", "interval", timedelta(minutes=90), id="minutes"),
        pytest.param("interval: 1h30m", "interval", timedelta(minutes=90), id="two units"),
        pytest.param("interval: 1w", "interval", timedelta(weeks=1), id="weeks"),
        pytest.param("interval: '2d'", "interval", timedelta(days=2), id="quoted duration"),
        pytest.param("rerequest: never", "rerequest", Rerequest.NEVER, id="rerequest"),
        pytest.param("rerequest: after 90d", "rerequest", timedelta(days=90), id="after a time"),
        pytest.param("rerequest: 'after  1w2d'", "rerequest", timedelta(days=9), id="two spaces"),
        pytest.param("rerequest: null", "rerequest", Rerequest.ON_READD, id="null rerequest"),
        pytest.param("interval: null", "interval", timedelta(hours=6), id="null interval"),
        pytest.param("requester: 5", "requester", 5, id="plain number is an id"),
        pytest.param('requester: "5"', "requester", "5", id="quoted number is a name"),
        pytest.param("requester: ${ID}", "requester", 7, id="plain variable may hold an id"),
        pytest.param('requester: "${ID}"', "requester", "7", id="quoted variable holds a name"),
        pytest.param("requester: No", "requester", "No", id="no boolean"),
        pytest.param("requester: 12:30", "requester", "12:30", id="no time"),
        pytest.param("requester: 1_000", "requester", "1_000", id="no underscored number"),
        pytest.param("requester: 2024-01-01", "requester", "2024-01-01", id="no date"),
        pytest.param("requester: cash$$", "requester", "cash$", id="dollar sign"),
        pytest.param("requester: a$", "requester", "a$", id="lone dollar sign"),
        pytest.param("requester: '${NO:-bo}b'", "requester", "bob", id="variable's default"),
        pytest.param("requester: '${EMPTY:-bob}'", "requester", "bob", id="default for empty"),
        pytest.param("requester: x${EMPTY}", "requester", "x", id="empty is a value"),
        pytest.param("requester: '${HOLDS}'", "requester", "${KEY}", id="not expanded again"),
        pytest.param("requester: >-\n      anna", "requester", "anna", id="block scalar"),
        pytest.param("4k: yes", "is_4k", True, id="yes"),
        pytest.param("4k: 'false'", "is_4k", False, id="quoted false"),
        pytest.param("top: '20'", "top", 20, id="quoted number"),
        pytest.param("max_per_run: null", "max_per_run", 50, id="null cap is the built-in"),
        pytest.param("seasons: all", "seasons", SeasonRule(), id="seasons all"),
        pytest.param("seasons: first", "seasons", SeasonRule(first=1), id="seasons first"),
        pytest.param("seasons: latest", "seasons", SeasonRule(last=1), id="seasons latest"),
        pytest.param("seasons: first 2", "seasons", SeasonRule(first=2), id="seasons first 2"),
        pytest.param("seasons: last  3", "seasons", SeasonRule(last=3), id="seasons last  3"),
        pytest.param("seasons: 1-3", "seasons", SeasonRule(named=(1, 2, 3)), id="seasons 1-3"),
        pytest.param("seasons: 0-1", "seasons", SeasonRule(named=(0, 1)), id="seasons 0-1"),
        pytest.param("seasons: [4, 1]", "seasons", SeasonRule(named=(1, 4)), id="seasons [4, 1]"),
        pytest.param("seasons: [0]", "seasons", SeasonRule(named=(0,)), id="seasons [0]"),
        pytest.param("role: exclude", "role", Role.EXCLUDE, id="role"),
    ],
)
def test_an_option_is_read_from_the_text_that_was_written(
    read_config: Callable[..., Config], option: str, field: str, value: object
) -> None:
    env = {"KEY": "k", "ID": "7", "EMPTY": "", "HOLDS": "${KEY}"}

    config = read_config(one_list(option), env)

    assert getattr(config.lists[0], field) == value
    assert type(getattr(config.lists[0], field)) is type(value)


def test_a_list_overrides_the_defaults_and_null_asks_for_the_built_in(
    read_config: Callable[..., Config],
) -> None:
    config = read_config(
        SERVER
        + "defaults: {interval: 1h, max_per_run: 9, requester: anna}\n"
        + "lists:\n"
        + "  b: {source: imdb:top}\n"
        + "  a: {source: imdb:top, interval: 2h, max_per_run: null, requester: ~}\n"
    )

    assert [
        (entry.name, entry.interval, entry.max_per_run, entry.requester) for entry in config.lists
    ] == [
        ("b", timedelta(hours=1), 9, "anna"),
        ("a", timedelta(hours=2), 50, None),
    ]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://seerr:5055/", "http://seerr:5055"),
        ("https://Seerr.Example/media/", "https://seerr.example/media"),
        ("http://seerr:5055/api/v1", "http://seerr:5055"),
        ("http://seerr:5055/Media/api/v1/", "http://seerr:5055/Media"),
        ("http://[::1]:5055", "http://[::1]:5055"),
        ("${URL}", "http://from.env"),
    ],
)
def test_the_servers_url_is_brought_to_one_form(
    read_config: Callable[..., Config], written: str, url: str
) -> None:
    text = f"server: {{url: '{written}', api_key: k}}\n{LISTS}"

    assert read_config(text, {"URL": "http://from.env/"}).server.url == url


@pytest.mark.parametrize(
    ("written", "per_second"), [("20/s", 20.0), ("600/m", 10.0), ("1.5/s", 1.5), ("3600/h", 1.0)]
)
def test_a_rate_is_calls_per_second(
    read_config: Callable[..., Config], written: str, per_second: float
) -> None:
    text = f"server: {{url: http://s, api_key: k, rate: {written}}}\n{LISTS}"

    assert read_config(text).server.rate == per_second


def test_the_map_and_the_exclusions_are_read_by_the_item_grammar(
    read_config: Callable[..., Config],
) -> None:
    config = read_config(
        SERVER
        + LISTS
        + "map:\n  imdb:tt28479262: tmdb:movie:1155828\n  title:Dune (2021): tmdb:movie:438631\n"
        + "exclude: [tmdb:movie:550, imdb:tt0944947]\n"
    )

    assert dict(config.map) == {
        "imdb:tt28479262": MediaKey(Kind.MOVIE, 1155828),
        'title:"Dune (2021)"': MediaKey(Kind.MOVIE, 438631),
    }
    assert [(entry.position, entry.key) for entry in config.exclude] == [
        (1, "tmdb:movie:550"),
        (2, "imdb:tt0944947"),
    ]


def test_an_empty_remote_url_is_none(read_config: Callable[..., Config]) -> None:
    config = read_config(SERVER + LISTS + "browser: {remote_url: '${SELENIUM_URL:-}'}\n")

    assert config.browser.remote_url is None


def test_the_sites_may_stand_elsewhere(read_config: Callable[..., Config]) -> None:
    config = read_config(SERVER + LISTS + "providers: {imdb: {base_url: 'http://127.0.0.1:81/'}}\n")

    assert config.providers.imdb.base_url == "http://127.0.0.1:81"
    assert config.providers.trakt.base_url == "https://app.trakt.tv"


def test_a_secret_may_come_in_a_file_with_one_newline_at_its_end(
    read_config: Callable[..., Config],
) -> None:
    text = f"server: {{url: http://s, api_key_file: /run/key}}\n{LISTS}"

    config = read_config(text, files={"/run/key": "from-a-file\n"})

    assert config.server.api_key.get_secret_value() == "from-a-file"


def test_anchors_and_a_byte_order_mark_are_fine(read_config: Callable[..., Config]) -> None:
    config = read_config(
        "\ufeff" + SERVER + "lists:\n  a: &a {source: imdb:top, top: 3}\n  b: *a\n", {"KEY": "k"}
    )

    assert [(entry.name, entry.top) for entry in config.lists] == [("a", 3), ("b", 3)]


def test_two_lists_may_read_the_same_source(read_config: Callable[..., Config]) -> None:
    config = read_config(SERVER + "lists: {a: {source: ls1}, b: {source: ls1}}\n")

    assert [entry.source for entry in config.lists] == [ListRef("imdb", "ls1")] * 2


@pytest.mark.parametrize(
    "lines",
    [
        "providers: {trakt: {client_id: '${TRAKT_CLIENT_ID:-}'}}",
        "notify: {urls_file: }",
        "budget: null",
    ],
)
def test_a_key_of_later_versions_that_is_empty_does_nothing(
    read_config: Callable[..., Config], lines: str
) -> None:
    assert read_config(SERVER + LISTS + lines) == read_config(SERVER + LISTS)


def test_a_file_may_be_read_more_often_than_a_site(read_config: Callable[..., Config]) -> None:
    config = read_config(one_list("interval: 10s", "file:wishes.txt"))

    assert config.lists[0].interval == timedelta(seconds=10)


def test_a_spec_cannot_be_changed_and_does_not_show_its_key(
    read_config: Callable[..., Config],
) -> None:
    config = read_config(SERVER + LISTS)

    with pytest.raises(ValidationError):
        config.server.url = "http://other"
    assert "the-key" not in f"{config!r} {config} {config.model_dump_json()}"


def test_a_spec_made_in_python_is_checked_for_its_types() -> None:
    with pytest.raises(ValidationError):
        ServerConfig(url="http://s", api_key="k", concurrency="4")  # type: ignore[arg-type]
