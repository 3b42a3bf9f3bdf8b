"""The effective settings: values as people write them, where they come from, and no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from reconciler.config import Config, Origin, Setting, effective_settings, restored_list
from reconciler.config.rights import file_rights
from reconciler.config.settings import MASK
from reconciler.render.settings import settings_tree, settings_yaml

SECRET = "hunter2-hunter2"
ENV = {"KEY": "the-key", "ANNA": "anna", "NTFY": f"ntfy://{SECRET}@host/a", "ADDRESS": SECRET}
FILES = {"/run/tmdb": SECRET}
TEXT = """\
server:
  url: http://seerr:5055/api/v1/
  api_key: ${KEY}
  rate: 600/m
budget: 5/day
exclude: [tmdb:movie:550, 'title:"Cash $$HOME (2019)"']
map: {imdb:tt28479262: tmdb:movie:1155828}
providers:
  tmdb: {api_key_file: /run/tmdb}
notify: {urls: ['${NTFY}'], events: [applied]}
defaults:
  interval: 1d12h
  filter: {types: [tv], min_rating: 7.5}
lists:
  "1":
    source: https://www.imdb.com/watchlist
    requester: ${ANNA}
    interval: null
  kids:
    source: imdb:kids
    4k: yes
    seasons: [1, 4]
    filter: {years: 1990..2005, exclude_titles: ['Cats (2019)']}
    rerequest: after 90d
    tags: []
    requester: "7"
"""
Load = Callable[..., Config]


@pytest.fixture
def settings(read_config: Load) -> dict[str, Setting]:
    config = read_config(TEXT, ENV, FILES)
    return {".".join(setting.path): setting for setting in effective_settings(config)}


@pytest.mark.parametrize(
    ("path", "value", "source", "place"),
    [
        ("server.url", "http://seerr:5055", "file", "listsync.yaml:2"),
        ("server.concurrency", 4, "built-in", ""),
        ("server.api_key", "${KEY}", "file, environment variable KEY", "listsync.yaml:3"),
        ("providers.tmdb.api_key_file", "/run/tmdb", "file", "listsync.yaml:9"),
        ("notify.urls", ["${NTFY}"], "file, environment variable NTFY", "listsync.yaml:10"),
        ("lists.1.requester", "anna", "list, environment variable ANNA", "listsync.yaml:17"),
        ("lists.1.interval", "6h", "built-in", ""),
        ("lists.1.filter.types", ["tv"], "defaults", "listsync.yaml:13"),
        ("lists.kids.interval", "1d12h", "defaults", "listsync.yaml:12"),
        ("lists.kids.4k", True, "list", "listsync.yaml:21"),
        ("lists.kids.seasons", [1, 4], "list", "listsync.yaml:22"),
        ("lists.kids.filter.years", "1990..2005", "list", "listsync.yaml:23"),
        ("lists.kids.filter.types", None, "built-in", ""),
        ("lists.kids.tags", [], "list", "listsync.yaml:25"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_a_value_has_its_origin(
    settings: dict[str, Setting], path: str, value: object, source: str, place: str
) -> None:
    setting = settings[path]
    assert (setting.value, setting.source, setting.place) == (value, source, place)


@pytest.mark.parametrize("with_origin", [True, False])
def test_the_yaml_is_the_same_config(
    read_config: Load,
    with_origin: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    config = read_config(TEXT, ENV, FILES)

    text = settings_yaml(effective_settings(config), with_origin=with_origin)

    again = read_config(text, ENV, FILES)
    assert again.lists == config.lists
    assert again.server == config.server
    assert again.generation == config.generation


def test_on_a_terminal_keys_and_comments_are_dim(read_config: Load) -> None:
    shown = effective_settings(read_config(TEXT, ENV, FILES))
    plain = settings_yaml(shown, with_origin=True)
    colored = settings_yaml(shown, with_origin=True, is_colored=True)
    assert re.sub(r"\x1b\[[02]m", "", colored) == plain
    assert colored.startswith("\x1b[2mserver:\x1b[0m\n\x1b[2m  url:\x1b[0m http")


def test_a_silent_config_has_no_settings_of_notifications(read_config: Load) -> None:
    text = "server: {url: http://s, api_key: '${KEY}'}\nlists: {a: {source: imdb:a}}\n"
    config = read_config(text)

    assert not [each for each in effective_settings(config) if each.path[0] == "notify"]
    again = read_config(settings_yaml(effective_settings(config), with_origin=False))
    assert again.generation == config.generation


def test_where_a_value_is_written_makes_no_config_another(read_config: Load) -> None:
    assert read_config(TEXT, ENV, FILES) == read_config(f"# a comment\n{TEXT}", ENV, FILES)


def test_a_heartbeat_alone_is_the_only_setting_of_notifications(read_config: Load) -> None:
    text = "server: {url: http://s, api_key: '${KEY}'}\nlists: {a: {source: imdb:a}}\n"
    config = read_config(text + "notify: {heartbeat: 'https://hc.example/${KEY}'}")

    settings = effective_settings(config)
    assert [each.path[1] for each in settings if each.path[0] == "notify"] == ["heartbeat"]


@pytest.mark.parametrize(
    "section",
    [
        "server: {url: http://s, api_key: 'SECRET'}",
        "notify: {heartbeat: 'https://SECRET@host/SECRET'}",
        "controller: {token: 'SECRET'}",
        "notify: {urls: ['ntfy://SECRET@host/topic', 'https://host/SECRET']}",
        "providers: {trakt: {client_id: 'SECRET', client_secret: 'a-SECRET'}}",
        "providers: {mdblist: {api_key: 'SECRET'}, tmdb: {api_key: 'SECRET${ANNA}'}}",
        "providers: {simkl: {client_id: 'SECRET', access_token: 'SECRET'}}",
        "providers: {tvdb: {api_key: 'SECRET', pin: 'SECRET'}}",
        "notify: {urls_file: /run/tmdb}",
    ],
)
def test_no_setting_has_a_secret(read_config: Load, section: str) -> None:
    text = "lists: {a: {source: imdb:a}}\n" + section.replace("SECRET", SECRET)
    if not section.startswith("server"):
        text += "\nserver: {url: http://s, api_key: '${KEY}'}"

    settings = effective_settings(
        read_config(text, ENV, {"/run/tmdb": f"ntfy://{SECRET}@host/topic"})
    )

    shown = json.dumps(settings_tree(settings, with_origin=True))
    assert SECRET not in shown
    assert MASK in shown or "/run/tmdb" in shown


def test_a_list_that_is_kept_as_it_was_accepted_says_so(read_config: Load) -> None:
    config = read_config(TEXT, ENV, FILES)
    kids = config.lists[1]
    accepted = restored_list("kids", file_rights(config).lists["kids"], [kids.source])
    waiting = config.model_copy(update={"lists": (config.lists[0], accepted)})

    settings = {each.path[1:]: each for each in effective_settings(waiting)}

    assert settings["kids", "interval"].value == "1d12h"
    assert settings["kids", "interval"].origin is Origin.ACCEPTED
    assert settings["1", "interval"].origin is Origin.BUILT_IN
