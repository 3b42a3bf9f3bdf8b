"""The generation: a hash of what the file means, which ledgers keep."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from reconciler.config import Config, file_rights, load
from reconciler.sources.registry import recognize_list

SERVER = "server: {url: 'http://s:5055', api_key: '${KEY}'}\n"
SMALL = SERVER + "lists: {a: {source: 'imdb:top'}}\n"
FULL = """
server: {url: 'https://Seerr.example/api/v1', api_key: '${KEY}', rate: 600/m, concurrency: 8}
ledger: state/ledger.db
exclude: [imdb:tt0944947, tmdb:movie:550, 'title:movie:"Cats (2019)"', 'trakt:show:severance']
map: {'imdb:tt28479262': 'tmdb:movie:1155828', 'title:Dune (2021)': 'tmdb:movie:438631'}
budget: 100/week
providers:
  imdb: {base_url: 'http://127.0.0.1:81/', via: api}
  trakt: {client_id: '${KEY}', client_secret: '${KEY}'}
  letterboxd: {via: browser}
browser: {remote_url: 'http://grid:4444', sessions: 4}
controller: {listen: '[::1]:8099', hosts: [Listsync.example.org], workers: 4, drain: 1m, grace: 0s}
notify: {urls: ['ntfy://ntfy.sh/topic', '${EMPTY:-}'], events: [stalled, applied], digest: daily}
defaults: {interval: 90m, requester: anna, 4k: yes, seasons: last 3}
lists:
  films:
    source: ls000000001
    retry_interval: 1h30m
    requester: 5
    approval: auto
    server_id: Radarr
    profile_id: 4
    root_folder: /movies
    tags: [kids, 4]
    seasons: [4, 1]
    episodes: series
    filter:
      types: [movie]
      years: 1990..2005
      min_rating: 7.5
      min_votes: 1000
      genres: [drama, science fiction]
      exclude_genres: [Horror]
      languages: [EN, fr]
      exclude_titles: [Cats (2019), Dune]
    rerequest: after 90d
    retry_failed: 0
    prune: cancel-pending
    prune_after: 2w
    start: new-only
    suspend: true
    top: 20
    max_per_run: 5
  shows: {source: 'trakt:trending/shows', rerequest: never, prune: report, tags: []}
  nobody: {source: 'file:never.txt', role: exclude, interval: 10s}
  feed: {source: 'json:https://lists.example/${NAME}.json?apikey=${FEED_KEY}'}
"""
ENV = {"KEY": "k-1234567", "EMPTY": "", "NAME": "night-owls", "FEED_KEY": "f-7654321"}


def config_of(text: str) -> Config:
    return load(text, name="listsync.yaml", env=ENV, read=str, recognize_list=recognize_list)


@pytest.mark.parametrize(
    ("text", "generation"),
    [
        pytest.param(SMALL, "27bffa", id="a small file"),
        pytest.param(FULL, "c33cc8", id="every key"),
    ],
)
def test_the_generation_is_the_same_in_every_version(text: str, generation: str) -> None:
    """A ledger that meets another generation takes the file for a changed one."""
    assert config_of(text).generation == generation


def test_the_settings_of_a_list_are_written_in_the_same_form_in_every_version() -> None:
    """A ledger keeps them while a change of the file waits."""
    settings = [rights.settings for rights in file_rights(config_of(FULL)).lists.values()]

    assert hashlib.sha256("\n".join(settings).encode()).hexdigest()[:12] == "ce30bae8955b"


MAP = "map: {'imdb:tt00001': 'tmdb:tv:1', 'imdb:tt00002': 'tmdb:tv:2'}\n"
SWAPPED = "map: {'imdb:tt00002': 'tmdb:tv:2', 'imdb:tt00001': 'tmdb:tv:1'}\n"
CONTENT = (
    MAP + SERVER + "defaults: {interval: 1h, top: 9}\nlists: {a: {source: ls1}, b: {source: ls2}}\n"
)


@pytest.mark.parametrize(
    ("text", "env"),
    [
        pytest.param(f"# note\n\n{CONTENT}", {"KEY": "k"}, id="comment"),
        pytest.param(CONTENT.replace(MAP, SWAPPED), {"KEY": "k"}, id="order of the map"),
        pytest.param(CONTENT, {"KEY": "another"}, id="secret's value"),
        pytest.param(CONTENT.replace("1h, top: 9", "60m, top: '9'"), {"KEY": "k"}, id="spelling"),
        pytest.param(
            CONTENT.replace("interval: 1h, top: 9", "top: 9, interval: 1h"),
            {"KEY": "k"},
            id="key order",
        ),
        pytest.param(
            CONTENT.replace("{a: ", "\n  a: ").replace(", b:", "\n  b:").removesuffix("}\n"),
            {"KEY": "k"},
            id="block style",
        ),
    ],
)
def test_the_generation_stays_while_the_content_does(
    read_config: Callable[..., Config], text: str, env: dict[str, str]
) -> None:
    generation = read_config(CONTENT, {"KEY": "k"}).generation

    assert len(generation) == 6
    assert int(generation, 16) >= 0
    assert read_config(text, env).generation == generation


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CONTENT.replace("1h", "2h"), id="option"),
        pytest.param(CONTENT.replace("ls2", "ls3"), id="source"),
        pytest.param(
            CONTENT.replace(
                "a: {source: ls1}, b: {source: ls2}", "b: {source: ls2}, a: {source: ls1}"
            ),
            id="order of the lists",
        ),
        pytest.param(CONTENT.replace(" b:", " c:"), id="name of a list"),
        pytest.param(CONTENT + "exclude: [imdb:tt0944947]\n", id="exclusion"),
    ],
)
def test_the_generation_changes_with_the_content(
    read_config: Callable[..., Config], text: str
) -> None:
    assert read_config(text).generation != read_config(CONTENT).generation
