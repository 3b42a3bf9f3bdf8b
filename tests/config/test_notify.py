"""``notify``: whom it names, and that nobody gets to see where."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from reconciler import wiring
from reconciler.config import Config
from reconciler.core.model import Digest, Event
from reconciler.errors import ConfigError
from reconciler.logs import Logger
from reconciler.wiring import read_config

TOKEN = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"
URL = f"ntfy://{TOKEN}@ntfy.test/topic"
FILE = "server: {url: http://seerr:5055, api_key: the-key}\nlists: {kids: {source: imdb:top}}\n"


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Config]:
    def read_file(text: str, urls: str = "") -> Config:
        (tmp_path / "listsync.yaml").write_text(FILE + text, encoding="utf-8")
        (tmp_path / "urls").write_text(urls, encoding="utf-8")
        return read_config(tmp_path / "listsync.yaml")

    return read_file


def urls(config: Config) -> list[str]:
    return [url.get_secret_value() for url in config.notify.urls]


def test_without_it_nobody_is_notified(read: Callable[..., Config]) -> None:
    assert urls(read("")) == []


def test_every_event_of_every_run_is_notified_of_by_default(read: Callable[..., Config]) -> None:
    notify = read(f"notify: {{urls: ['{URL}']}}").notify

    assert (notify.events, notify.digest) == (tuple(Event), Digest.PASS)


def test_events_and_digest_are_chosen(read: Callable[..., Config]) -> None:
    notify = read(f"notify: {{urls: ['{URL}'], events: [stalled], digest: daily}}").notify

    assert (notify.events, notify.digest) == ((Event.STALLED,), Digest.DAILY)


@pytest.mark.parametrize(
    ("content", "output"),
    [
        pytest.param(f"{URL}\n", [URL], id="one"),
        pytest.param(f"# phones\r\n{URL}\r\n\r\n  {URL}/2  \r\n", [URL, f"{URL}/2"], id="several"),
    ],
)
def test_a_file_has_an_address_on_each_line(
    read: Callable[..., Config], content: str, output: list[str]
) -> None:
    assert urls(read("notify: {urls_file: urls}", content)) == output


def test_an_empty_address_is_none(
    read: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NTFY_URL", raising=False)

    assert urls(read(f"notify: {{urls: ['${{NTFY_URL:-}}', '{URL}']}}")) == [URL]


def test_another_address_keeps_the_generation_and_no_address_changes_it(
    read: Callable[..., Config],
) -> None:
    texts = [f"['{URL}']", f"['{URL}/2']", f"['{URL}', '{URL}/2']"]
    configs = [read(f"notify: {{urls: {text}}}") for text in texts]

    assert configs[0].generation == configs[1].generation != configs[2].generation
    assert configs[0] != configs[1]


def test_a_heartbeat_needs_no_other_address(read: Callable[..., Config]) -> None:
    address = f"https://anna:{TOKEN}@kuma.example/push/{TOKEN}?status=up"
    configs = [
        read(f"notify: {{heartbeat: '{address}'}}"),
        read("notify: {heartbeat_file: urls}", f"{address}\n"),
    ]

    assert [c.notify.heartbeat.get_secret_value() for c in configs] == [address] * 2
    assert TOKEN not in repr(configs) + json.dumps(configs[0].model_dump(mode="json"))


def test_an_empty_heartbeat_is_none_and_keeps_the_generation(
    read: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEARTBEAT", raising=False)
    generations = {read(text).generation for text in ("", "notify: {heartbeat: '${HEARTBEAT:-}'}")}

    assert len(generations) == 1
    assert read(f"notify: {{heartbeat: 'http://{TOKEN}'}}").generation not in generations


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"notify: {{heartbeat: '{TOKEN}'}}", id="a heartbeat without a scheme"),
        pytest.param(f"notify: {{heartbeat: '{URL}'}}", id="a heartbeat for apprise"),
        pytest.param(f"notify: {{heartbeat: 'https:///{TOKEN}'}}", id="a heartbeat without a host"),
        pytest.param(f"notify: {{heartbeat: ['{URL}']}}", id="a list of heartbeats"),
        pytest.param(f"notify: {{heartbeat: 'http://{TOKEN}', digest: daily}}", id="urls missing"),
        pytest.param(f"notify: {{urls: '{URL}'}}", id="no list"),
        pytest.param(f"notify: {{urls: ['{TOKEN}']}}", id="no address"),
        pytest.param(f"notify: {{urls: ['{URL} {TOKEN}']}}", id="with a space"),
        pytest.param(f"notify: {{urls: [{{'{URL}': 1}}]}}", id="a mapping"),
        pytest.param(f"notify: {{urls: [['{URL}']]}}", id="a list in the list"),
        pytest.param(f'notify: {{urls: ["{URL}\\n"]}}', id="with a line break"),
        pytest.param(f"notify: {{urls_file: '{URL}'}}", id="as a file"),
        pytest.param(f"notify: {{urls: [x://y], urls_file: '{URL}'}}", id="both"),
        pytest.param(f"notify: {{url: '{URL}'}}", id="under another key"),
        pytest.param(f"notify: {{urls: [x://y], digest: '{URL}'}}", id="as a digest"),
        pytest.param(f"notify: {{urls: [x://y], events: ['{URL}']}}", id="as an event"),
        pytest.param(f"notify: '{URL}'", id="as the section"),
        pytest.param("notify: {urls_file: urls}", id="in the file, with a space"),
    ],
)
def test_a_problem_with_an_address_does_not_tell_it(read: Callable[..., Config], text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text, f"{URL} {TOKEN}\n")

    assert TOKEN not in str(caught.value) + "".join(caught.value.problems)


@pytest.mark.usefixtures("logs_as_before")
def test_neither_a_log_nor_the_spec_shows_an_address(
    read: Callable[..., Config], capsys: pytest.CaptureFixture[str]
) -> None:
    config = read("notify: {urls_file: urls}", f"{URL}\n{URL}/2")
    wiring.configure_logs(config, level=logging.DEBUG)
    log, error = Logger(), ValueError(f"bad {URL}/2")

    log.debug("asked", call=f"POST {URL}", error=error, config=config, raw=config.model_dump())

    output = capsys.readouterr().err
    assert "POST [hidden]" in output
    assert TOKEN not in output + repr(config) + json.dumps(config.model_dump(mode="json"))
