"""The editor's schema and the loader agree, and the example is right in the eyes of both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from jsonschema import Draft202012Validator

from reconciler.cli.commands.schema import schema_text
from reconciler.config import Config, json_schema
from reconciler.errors import ConfigError
from tests.config import test_problems
from tests.project.generated import AGAIN
from tests.project.places import SCHEMA

FILES = {"ca.pem": trustme.CA().cert_pem.bytes().decode()}
EXAMPLE = Path(__file__).resolve().parents[2] / "listsync.yaml.example"
SERVER = "server: {url: 'http://s', api_key: '${KEY}'}\n"
LISTS = "lists: {a: {source: 'imdb:top'}}\n"
FILE = SERVER + LISTS

[MISTAKES] = (
    mark.args[1]
    for mark in test_problems.test_a_mistake_is_reported_with_its_place_and_a_fix.pytestmark
)
# The documented mistakes that a schema cannot see, and why.
UNSEEN = {
    "too often": "the least interval depends on the list's site",
    "too rarely": "JSON Schema compares numbers, not durations",
    "rerequest after too long": "the same",
    "seasons backwards": "JSON Schema does not compare two numbers of a text",
    "no address to notify": "apprise knows its addresses",
    "an address to notify with a space": "the same",
    "no file of addresses": "a schema reads no files",
    "bad source": "the sources know their addresses",
    "bad source in a variable": "the value is in the environment",
}


def everything_uncommented() -> str:
    """The example with every setting that is commented out: a # right before a word."""
    return re.sub(r"^( *)#(?=\S)", r"\1", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def complaints(text: str) -> list[str]:
    document: Any = yaml.safe_load(text)
    return [error.message for error in Draft202012Validator(json_schema()).iter_errors(document)]


def sections(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "file", schema
    yield from schema["$defs"].items()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_every_key_is_described_and_no_other_is_allowed() -> None:
    for name, section in sections(json_schema()):
        assert section["additionalProperties"] is False, name
        for key, schema in section["properties"].items():
            assert schema.get("description"), f"{name}.{key}"


def test_the_example_loads_as_it_is(read_config: Callable[..., Config]) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")

    config = read_config(text, {"SEERR_API_KEY": "k"}, files=FILES)

    assert text.startswith("# yaml-language-server: $schema=./listsync.schema.json\n")
    assert [lst.name for lst in config.lists] == ["imdb-top"]
    assert complaints(text) == []


def test_the_example_shows_every_key_and_loads_with_all_of_them(
    read_config: Callable[..., Config],
) -> None:
    text = everything_uncommented()

    config = read_config(text, {"SEERR_API_KEY": "k"}, files=FILES)

    assert len(config.lists) == 16
    assert complaints(text) == []
    for name, section in sections(json_schema()):
        for key in section["properties"]:
            assert f"{key}:" in text, f"{name}.{key}"


def test_the_example_writes_the_built_in_values(read_config: Callable[..., Config]) -> None:
    text = everything_uncommented().replace("  requester: anna", "")

    example = read_config(text, {"SEERR_API_KEY": "k"}, files=FILES)
    plain = read_config(FILE)

    assert example.server.rate == plain.server.rate
    assert example.server.concurrency == plain.server.concurrency
    assert example.providers == plain.providers
    assert example.browser == plain.browser
    options = {"interval", "max_per_run", "is_4k", "seasons", "role"}
    assert example.lists[0].model_dump(include=options) == plain.lists[0].model_dump(
        include=options
    )


@pytest.mark.parametrize(
    ("text", "right"),
    [
        pytest.param(FILE, True, id="smallest"),
        pytest.param(
            "server: {url: '${U}', api_key_file: /k}\n" + LISTS, True, id="secret in a file"
        ),
        pytest.param(
            FILE + "defaults: {top: '${N}', interval: '${I:-6h}', 4k: yes, requester: 5}\n",
            True,
            id="variables",
        ),
        pytest.param(
            FILE + "defaults: {top: null, role: null}\nbrowser: null\nmap: null\n", True, id="nulls"
        ),
        pytest.param(
            FILE + "exclude: ['tmdb:movie:5']\nmap: {'imdb:tt00001': 'tmdb:tv:5'}\n",
            True,
            id="items",
        ),
        pytest.param(FILE + "unknown: 1\n", False, id="unknown section"),
        pytest.param(FILE + "defaults: {source: ls1}\n", False, id="source in the defaults"),
        pytest.param(
            SERVER + "lists: {a: {source: ls1, intervl: 6h}}\n", False, id="unknown key of a list"
        ),
        pytest.param(SERVER + "lists: {a: {source: ls1, is_4k: no}}\n", False, id="inner name"),
        pytest.param(SERVER + "lists: {a: {source: ls1, name: b}}\n", False, id="name in a list"),
        pytest.param(SERVER + "lists: {a b: {source: ls1}}\n", False, id="list's name"),
        pytest.param(SERVER + "lists: {}\n", False, id="no list"),
        pytest.param(SERVER + "lists: {a: {}}\n", False, id="no source"),
        pytest.param("lists: {a: {source: ls1}}\n", False, id="no server"),
        pytest.param("server: {url: http://s}\nlists: {a: {source: ls1}}\n", False, id="no key"),
        pytest.param(
            "server: {url: http://s, api_key: k, api_key_file: /k}\n" + LISTS, False, id="two keys"
        ),
        pytest.param(FILE + "browser: {sessions: 9}\n", False, id="sessions"),
        pytest.param(FILE + "providers: {imdb: {via: api}}\n", True, id="route"),
        pytest.param(FILE + "providers: {imdb: {via: rss}}\n", False, id="no route"),
        pytest.param(FILE + "notify: {urls: ['ntfy://a/b']}\n", True, id="notify"),
        pytest.param(FILE + "notify: {digest: daily}\n", False, id="notify nobody"),
        pytest.param(FILE + "notify: {urls: []}\n", False, id="notify an empty list"),
        pytest.param(
            FILE + "notify: {urls: ['ntfy://a/b'], events: [stall]}\n", False, id="no event"
        ),
        pytest.param(FILE + "notify: {mail: me}\n", False, id="no key of notify"),
        pytest.param(
            FILE + "providers: {trakt: {client_id_file: /k}}\n",
            True,
            id="optional, in a file",
        ),
        pytest.param(
            FILE + "providers: {trakt: {client_id: '${V:-}'}}\n", True, id="optional secret, empty"
        ),
        pytest.param(
            FILE + "providers: {trakt: {client_id: k, client_id_file: /k}}\n",
            False,
            id="optional secret twice",
        ),
        pytest.param(FILE + "defaults: {interval: 6}\n", False, id="no unit"),
        pytest.param(FILE + "defaults: {role: include}\n", False, id="role"),
        pytest.param(FILE + "defaults: {seasons: newest}\n", False, id="seasons"),
        pytest.param(FILE + "defaults: {seasons: last 3}\n", True, id="some seasons"),
        pytest.param(FILE + "defaults: {seasons: [0, 4]}\n", True, id="named seasons"),
        pytest.param(FILE + "budget: 100/week\n", True, id="budget"),
        pytest.param(FILE + "budget: 100\n", False, id="no budget"),
        pytest.param(FILE + "defaults: {rerequest: after 90d}\n", True, id="rerequest after"),
        pytest.param(FILE + "defaults: {rerequest: after}\n", False, id="rerequest after nothing"),
        pytest.param(FILE + "exclude: [dune]\n", False, id="no item"),
    ],
)
def test_the_editor_and_the_loader_judge_alike(
    read_config: Callable[..., Config], text: str, *, right: bool
) -> None:
    env = {"KEY": "k", "U": "http://s", "N": "3", "I": "1h"}

    assert (complaints(text) == []) is right
    if right:
        read_config(text, env, {"/k": "k"})
    else:
        with pytest.raises(ConfigError):
            read_config(text, env, {"/k": "k"})


def test_the_committed_schema_is_what_the_command_prints() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), AGAIN
    address = json_schema()["$id"]
    assert address.startswith("https://raw.githubusercontent.com/")
    assert address.endswith("/main/schema/listsync.schema.json")


def test_a_file_needs_lists_or_included_files() -> None:
    server = "server: {url: http://seerr:5055, api_key: k}"
    assert complaints(f"{server}\ninclude: [lists.d/*.yaml]") == []
    assert complaints(server) != []


def test_check_jsonschema_accepts_the_example_and_rejects_each_documented_mistake(
    tmp_path: Path,
) -> None:
    names = {}
    for number, mistake in enumerate(MISTAKES):
        file = tmp_path / f"{number}.yaml"
        file.write_text(f"{test_problems.FILE}{mistake.values[0]}\n")
        names[str(file)] = mistake.id

    command = [sys.executable, "-m", "check_jsonschema", "-o", "json", "--schemafile", str(SCHEMA)]
    example = ["--default-filetype", "yaml", str(EXAMPLE)]
    done = subprocess.run([*command, *example, *names], capture_output=True, text=True, check=False)  # noqa: S603 - a tool of the project

    report = json.loads(done.stdout)
    rejected = {error["filename"] for error in (*report["errors"], *report["parse_errors"])}
    assert str(EXAMPLE) not in rejected
    assert {name for file, name in names.items() if file not in rejected} == set(UNSEEN)
