"""A file whose shown options contain a secret of the file is refused, without the secret."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

import pytest

from reconciler.config import load
from reconciler.config.keys import FromFile, Model
from reconciler.config.models import File
from reconciler.config.secrets import secret_keys
from reconciler.errors import ConfigError
from reconciler.sources.registry import recognize_list

SECRET = "MTc2MzgyNjQwMDAwMGFiY2RlZmFi"
ENV = {
    "KEY": SECRET, "SHORT": "a1b2", "WORD": "swordfish", "HOST": "lists.example",
    "LIST": f"https://lists.example/{SECRET}/list.json", "TOPIC": "ntfy://ntfy.example/anna",
}  # fmt: skip
SERVER = {"url": "http://seerr:5055", "api_key": "key-of-the-server"}
Path = tuple[str, ...]
API_KEY: Path = ("server", "api_key")
REQUESTER: Path = ("lists", "a", "requester")
SOURCE: Path = ("lists", "a", "source")


def problems_of(file: Mapping[str, Any]) -> list[str]:
    try:
        load(
            json.dumps(file, indent=1),
            name="f.yaml",
            env=ENV,
            read=lambda path: path.removeprefix("/") + SECRET,
            recognize_list=recognize_list,
        )
    except ConfigError as error:
        return list(error.problems)
    return []


def file_with(*values: tuple[Path, object]) -> dict[str, Any]:
    """A file that is valid but for these values."""
    file: dict[str, Any] = {"server": {**SERVER}, "lists": {"a": {"source": "imdb:top"}}}
    for (*way, last), value in values:
        section = file
        for key in way:
            section = section.setdefault(key, {})
        section[last] = value
    return file


class Key(NamedTuple):
    """A key of the file."""

    path: Path
    is_secret: bool = False
    is_list: bool = False

    def __str__(self) -> str:
        return ".".join(self.path)

    def shape(self, text: str) -> object:
        """A text as the key takes it."""
        return [text] if self.is_list else text


def keys_of(model: type[Model], *way: str) -> Iterator[Key]:
    """Every key of the file that does not only name a file."""
    for name, info in model.known_keys().items():
        path, kind = (*way, name), info.annotation
        below = get_args(kind)[1] if path == ("lists",) else kind
        if isinstance(below, type) and issubclass(below, Model):
            yield from keys_of(below, *path, *["a"] * (path == ("lists",)))
        elif path == ("map",):
            yield Key(("map", "imdb:tt0000001"))
        elif not any(isinstance(mark, FromFile) for mark in info.metadata):
            yield Key(path, name in secret_keys(model), str(kind).startswith("tuple"))


KEYS = list(keys_of(File))


@pytest.mark.parametrize("form", ["${KEY}", "x-${KEY}"])
@pytest.mark.parametrize("key", [key for key in KEYS if not key.is_secret], ids=str)
def test_no_shown_key_takes_the_variable_of_a_secret(key: Key, form: str) -> None:
    text = "\n".join(problems_of(file_with((key.path, key.shape(form)), (API_KEY, "${KEY}"))))
    assert f" {key}" in text
    assert SECRET not in text


@pytest.mark.parametrize("form", ["${KEY}", SECRET, "file"])
@pytest.mark.parametrize("key", [key for key in KEYS if key.is_secret], ids=str)
def test_the_secret_of_every_key_is_refused_where_it_is_shown(key: Key, form: str) -> None:
    scheme = "ntfy://" if key.is_list else "https://" if key.path[-1] == "heartbeat" else ""
    value, where = (key.path, key.shape(scheme + form)), f"{key}{'[0]' * key.is_list}"
    if form == "file":
        where = f"{key}_file"
        value = (*key.path[:-1], f"{key.path[-1]}_file"), f"/{scheme}"
    file = file_with(value, (REQUESTER, f"anna-{scheme}{SECRET}"))
    if where == "server.api_key_file":
        del file["server"]["api_key"]

    [problem] = problems_of(file)

    assert f" lists.a.requester: contains the secret of {where}" in problem
    assert SECRET not in problem


WRITTEN: dict[str, tuple[Path, object]] = {
    "requester": (REQUESTER, SECRET),
    "defaults": (("defaults", "requester"), f"{SECRET}@example.org"),
    "another case": (REQUESTER, SECRET.lower()),
    "a tag": (("lists", "a", "tags"), ["kids", SECRET]),
    "a folder": (("lists", "a", "root_folder"), f"/films/{SECRET}"),
    "a Radarr": (("lists", "a", "server_id"), SECRET),
    "a profile": (("lists", "a", "profile_id"), SECRET),
    "an excluded title": (("lists", "a", "filter", "exclude_titles"), [f"{SECRET} (2021)"]),
    "exclude": (("exclude",), [f"title:{SECRET} (2021)"]),
    "a list on a site": (SOURCE, f"trakt:{SECRET}/watchlist"),
    "a list in a file": (SOURCE, f"file:{SECRET}.txt"),
    "the host of a list": (SOURCE, f"json:https://{SECRET}.example/list"),
    "an address": (("providers", "imdb", "base_url"), f"https://example/{SECRET}"),
    "a host": (("controller", "hosts"), [SECRET]),
    "the ledger": (("ledger",), f"{SECRET}.db"),
    "the name of a list": (("lists", SECRET), {"source": "imdb:top"}),
    "a list below such a name": (("lists", SECRET), {"source": "imdb:top", "requester": SECRET}),
    "a key of map": (("map", f"title:{SECRET} (2021)"), "tmdb:movie:1"),
}  # fmt: skip


@pytest.mark.parametrize("value", WRITTEN.values(), ids=WRITTEN)
def test_a_secret_that_is_written_out_is_refused(value: tuple[Path, object]) -> None:
    problems = problems_of(file_with(value, (API_KEY, SECRET)))
    assert problems
    assert all(
        "contains the secret of server.api_key, but this value is shown" in line
        for line in problems
    )
    assert SECRET.lower() not in "".join(problems).lower()


def test_the_problem_names_the_place_and_the_variable() -> None:
    file = file_with((REQUESTER, "${KEY}"), (API_KEY, "${KEY}"))
    [problem] = problems_of(file)
    assert problem == (
        "f.yaml:9:17 lists.a.requester: uses the variable KEY, which contains a secret of "
        "server.api_key, but this value is shown and stored; use another value here"
    )


@pytest.mark.parametrize(("source", "shown"), [
    pytest.param("json:https://x.example/${WORD}/list", "swordfish", id="path"),
    pytest.param("json:https://x.example/list?v=x${WORD}", "swordfish", id="query"),
    pytest.param("json:https://anna:${WORD}@x.example/list", "${WORD}", id="password"),
    pytest.param("json:https://x.example/${SHORT}/list", "${SHORT}", id="short"),
    pytest.param("${LIST}", f"/{SECRET}/list.json", id="whole address"),
    pytest.param("json:https://anna:hunter22@x.example/list", "hunter22", id="written password"),
    pytest.param("rss:https://x.example/feed?apikey=hunter22", "hunter22", id="parameter"),
])  # fmt: skip
def test_a_secret_of_an_address_is_refused_where_it_is_shown(source: str, shown: str) -> None:
    [problem] = problems_of(file_with((SOURCE, source), (REQUESTER, shown)))
    assert "lists.a.requester" in problem
    assert "secret of lists.a.source" in problem


@pytest.mark.parametrize("values", [
    pytest.param([(API_KEY, "${SHORT}"), (("ledger",), "${SHORT}.db")], id="key"),
    pytest.param(
        [(("notify", "urls"), ["ntfy://ntfy.example/${SHORT}"]), (("ledger",), "${SHORT}")],
        id="a part of an address",
    ),
])  # fmt: skip
def test_a_short_secret_is_known_by_its_variable(values: list[tuple[Path, object]]) -> None:
    [problem] = problems_of(file_with(*values))
    assert " ledger: uses the variable SHORT, " in problem


@pytest.mark.parametrize("values", [
    pytest.param([
        (("providers", "tmdb", "api_key"), "${KEY}"),
        (SOURCE, "json:https://x.example/${KEY}/list"),
        (("lists", "b"), {"source": "json:https://x.example/${KEY}/other"}),
    ], id="a secret in several hidden places"),
    pytest.param([
        (("lists", "best-horror-films-of-2024"), {
            "source": "json:https://annika@x.example/best-horror-films-of-2024/list?user=annika",
            "requester": "annika",
        }),
    ], id="words of an address that only may be keys"),
    pytest.param([
        (SOURCE, "json:https://${HOST}/list"),
        (("controller", "hosts"), ["${HOST}"]),
    ], id="the host of a list"),
    pytest.param([
        (SOURCE, "${LIST}"),
        (("lists", "b"), {"source": "json:https://lists.example/list.json"}),
    ], id="an address and another one at the same host"),
    pytest.param([
        (("notify", "urls"), ["json://${HOST}/x"]), (("server", "url"), "https://${HOST}:5055"),
    ], id="a part of two addresses"),
    pytest.param([
        (API_KEY, "kids"), (("lists", "kids-films"), {"source": "imdb:top"}),
    ], id="a short word"),
])  # fmt: skip
def test_other_values_are_accepted(values: list[tuple[Path, object]]) -> None:
    assert problems_of(file_with(*values)) == []
