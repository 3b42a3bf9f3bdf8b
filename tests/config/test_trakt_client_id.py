"""``providers.trakt.client_id``: what needs it, and that nobody gets to see it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from reconciler import wiring
from reconciler.config import Config
from reconciler.errors import ConfigError
from reconciler.logs import Logger
from reconciler.wiring import read_config

ID = "0f9e8d7c6b5a" * 5 + "4f3e"  # as long as real ones
SERVER = "server: {url: http://seerr:5055, api_key: the-key}\n"
WITH_ID = f"providers: {{trakt: {{client_id: {ID}}}}}\n"


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Config]:
    def read_file(text: str) -> Config:
        (tmp_path / "listsync.yaml").write_text(SERVER + text, encoding="utf-8")
        (tmp_path / "id.txt").write_text(f"{ID}\n", encoding="utf-8")
        return read_config(tmp_path / "listsync.yaml")

    return read_file


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("trakt:trending/movies", "a Trakt chart can only be read through Trakt's API"),
        ("https://trakt.tv/shows/watched/weekly", "paste the address of a user's list"),
        ("https://trakt.tv/lists/12345", "paste the address that names its user"),
        ("https://trakt.tv/users/anna/lists/12345", "trakt.tv/users/U/lists/SLUG"),
        ("trakt:anna/favorites", "paste the address of a list or watchlist"),
    ],
)
@pytest.mark.parametrize(
    "providers", ["", 'providers: {trakt: {client_id: ""}}\n', "providers: {trakt: }\n"]
)
def test_what_only_the_api_has_is_refused_where_it_stands(
    read: Callable[[str], Config], source: str, says: str, providers: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(f"lists:\n  a: {{source: imdb:top}}\n  kids:\n    source: {source}\n{providers}")

    (problem,) = caught.value.problems
    assert re.search(r"listsync\.yaml:5:13 lists\.kids\.source: ", problem)
    assert "set providers.trakt.client_id, or" in problem
    assert says in problem


@pytest.mark.parametrize(
    "providers", [WITH_ID, "providers: {trakt: {client_id_file: id.txt}}\n"], ids=["itself", "file"]
)
def test_with_a_client_id_every_list_is_welcome(
    read: Callable[[str], Config], providers: str
) -> None:
    config = read(f"lists: {{kids: {{source: 'trakt:trending/movies'}}}}\n{providers}")

    assert config.providers.trakt.client_id.get_secret_value() == ID


@pytest.mark.parametrize(
    ("options", "top"), [("", 100), (", top: 20", 20), (", top: 300", 300)], ids=str
)
def test_of_a_chart_without_an_end_100_are_wanted_where_nothing_is_said(
    read: Callable[[str], Config], options: str, top: int
) -> None:
    lists = f"lists: {{kids: {{source: 'trakt:trending/movies'{options}}}}}\n"

    assert read(lists + WITH_ID).lists[0].top == top


def test_the_box_office_is_wanted_whole(read: Callable[[str], Config]) -> None:
    lists = "lists: {kids: {source: 'trakt:boxoffice'}}\n"

    assert read(lists + WITH_ID).lists[0].top is None


def test_a_client_id_changes_the_generation_and_its_content_does_not(
    read: Callable[[str], Config],
) -> None:
    lists = "lists: {kids: {source: imdb:top}}\n"
    generations = [read(lists + more).generation for more in ("", WITH_ID, WITH_ID.lower())]

    assert generations[0] != generations[1] == generations[2]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"providers: {{trakt: {{client_id: '{ID} {ID}'}}}}\n", id="with a space"),
        pytest.param(f"providers: {{trakt: {{client_id: ['{ID}']}}}}\n", id="a list"),
        pytest.param(f"providers: {{trakt: {{client_id: {{'{ID}': 1}}}}}}\n", id="a mapping"),
        pytest.param(f"providers: {{trakt: {{client_id_file: '{ID}'}}}}\n", id="as a file"),
        pytest.param(f"providers: {{trakt: {{api_url: '{ID}'}}}}\n", id="as an address"),
        pytest.param(f"providers: {{trakt: {{client: '{ID}'}}}}\n", id="under another key"),
    ],
)
def test_a_problem_with_a_client_id_does_not_tell_it(
    read: Callable[[str], Config], text: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read("lists: {kids: {source: imdb:top}}\n" + text)

    assert ID not in str(caught.value) + "".join(caught.value.problems)


@pytest.mark.usefixtures("logs_as_before")
def test_no_log_shows_the_client_id(
    read: Callable[[str], Config], capsys: pytest.CaptureFixture[str]
) -> None:
    config = read("lists: {kids: {source: imdb:top}}\n" + WITH_ID)
    wiring.configure_logs(config, level=logging.DEBUG)
    log, error = Logger(), ValueError(f"bad {ID}")

    log.debug("asked", call=f"asked with {ID}", headers={"trakt-api-key": ID}, error=error)
    log.debug("the spec", config=config, raw=config.model_dump(), url=f"http://t/?client_id={ID}")

    output = capsys.readouterr().err
    assert "asked with [hidden]" in output
    assert ID not in output + repr(config)
