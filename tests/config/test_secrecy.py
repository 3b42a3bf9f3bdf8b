"""Any file is either accepted or refused, and no problem shows a secret."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import wiring
from reconciler.config import Config, decode
from reconciler.errors import ConfigError

SECRET = "MTc2MzgyNjQwMDAwMGFiY2RlZmFiLWNkZWYtMTIzNC01Njc4LTkwYWJjZGVmMTIzNA"
ENV = {"KEY": SECRET}
WHOLE = """\
defaults: {interval: 6h, role: "request", top: '3'}
server:
  url: http://seerr:5055
  api_key: LITERAL
  rate: 20/s
ledger: listsync.db
lists:
  top:
    source: imdb:top
    requester: "${KEY}"
  wishes: {source: 'file:wishes.txt', 4k: no}
exclude: [tmdb:movie:550]
map:
  imdb:tt0000001: tmdb:movie:2
browser: {remote_url: ''}
providers: {trakt: {client_id: ""}}
"""
WORDS = (
    "${KEY} $$ << \\U !!int server lists api_key api_key_file url source defaults null \ufeff *a "
    "--- budget trakt map exclude imdb:tt0000001 \x00"
)
FRAGMENTS = st.sampled_from(
    (*"\n\n\n   -:{}[]'\"&*!|>%@,?#$~\t", "  ", ": ", "- ", "source: &a", *WORDS.split(" "))
)
TEXTS = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=40).map("".join))


@given(text=TEXTS)
def test_any_text_is_a_spec_or_a_config_error(
    read_config: Callable[..., Config], text: str
) -> None:
    with suppress(ConfigError):
        read_config(text, ENV)


@given(data=st.binary())
def test_any_bytes_are_text_or_a_config_error(data: bytes) -> None:
    with suppress(ConfigError):
        decode(data, "listsync.yaml")


@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 3), FRAGMENTS | st.just("")),
        min_size=1,
        max_size=4,
    )
)
def test_a_file_broken_anywhere_tells_no_secret(
    read_config: Callable[..., Config], edits: list[tuple[int, int, str]]
) -> None:
    text = WHOLE
    for at, cut, new in edits:
        text = text[:at] + new + text[at + cut :]
    text = text.replace("LITERAL", SECRET)

    output: tuple[str, ...]
    try:
        output = (repr(read_config(text, ENV).server),)
    except ConfigError as error:
        sources = (diagnostic.source or "" for diagnostic in error.diagnose())
        output = (*error.problems, *sources)

    assert output
    assert all("\n" not in line and SECRET not in line for line in output)


@pytest.mark.parametrize(
    "key",
    [
        "server: {url: '%s', api_key: k}",
        "server: {url: 'http://%s@s', api_key: k}",
        "server: {url: http://s, api_key: ' %s'}",
        "server: {url: http://s, api_key_file: '%s'}",
        "server: {url: http://s, api_key: k, rate: '%s', concurrency: '%s'}",
        "server: {url: http://s, api_key:%s}",
        "server: '%s'",
        "'%s': x",
        "ledger: ['%s']",
        "defaults: {interval: '%s', role: '%s', top: '%s', 4k: '%s', seasons: '%s'}",
        "lists: {a: {role: '%s', name: '%s'}}",
        "map: {'imdb:tt0000001': '%s'}",
        "map: {'%s': tmdb:movie:1}",
        "exclude: ['%s']",
        "browser: {remote_url: '%s', sessions: '%s'}",
        "providers: {imdb: {base_url: '%s'}, trakt: {client_secret: '%s'}}",
        "notify: {urls: ['%s'], heartbeat: '%s'}",
        "a: !%s b",
        "a: *%s",
        'a: "%s',
        "%s: : x",
    ],
)
@pytest.mark.parametrize("form", [SECRET, "${KEY}"], ids=["written", "variable"])
def test_a_secret_in_the_wrong_place_is_not_shown(
    problems_of: Callable[..., list[str]], key: str, form: str
) -> None:
    assert SECRET not in "\n".join(problems_of(key.replace("%s", form), ENV))


def test_a_variable_without_a_list_is_reported_by_its_name(
    problems_of: Callable[..., list[str]],
) -> None:
    text = "server: {url: http://s, api_key: k}\nlists: {a: {source: '${KEY}'}}\n"

    [problem] = problems_of(text, ENV)

    assert "${KEY}" in problem
    assert SECRET not in problem


def test_an_invalid_key_in_a_file_is_not_shown(
    problems_of: Callable[..., list[str]],
) -> None:
    text = "server: {url: http://s, api_key_file: /key}\nlists: {a: {source: ls1}}\n"

    [problem] = problems_of(text, ENV, {"/key": f"{SECRET}\n{SECRET}\n"})

    assert problem.startswith("listsync.yaml:1:39 server.api_key_file: contains a space")
    assert SECRET not in problem


def test_a_short_secret_in_place_of_a_key_is_not_shown(
    problems_of: Callable[..., list[str]],
) -> None:
    uuid = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

    [problem] = problems_of(
        f"server: {{url: http://s, api_key: k, {uuid}: }}\nlists: {{a: {{source: ls1}}}}\n"
    )

    assert "unknown key" in problem
    assert uuid not in problem


def test_a_file_that_is_too_large_for_a_key_is_refused(
    problems_of: Callable[..., list[str]],
) -> None:
    text = "server: {url: http://s, api_key_file: /key}\nlists: {a: {source: ls1}}\n"

    [problem] = problems_of(text, ENV, {"/key": "k" * 64_001})

    assert problem == "listsync.yaml:1:39 server.api_key_file: the file is too large for a key"


KEY_FILES = ("key", "./key", "link", "HERE/key")


@pytest.mark.parametrize("name", KEY_FILES)
@pytest.mark.parametrize("source", ["file:NAME", "letterboxd:NAME.zip"])
def test_a_list_is_not_read_from_a_file_of_a_secret(tmp_path: Path, name: str, source: str) -> None:
    ending = ".zip" if source.endswith(".zip") else ""
    (tmp_path / f"key{ending}").write_text("key-in-a-file")
    (tmp_path / f"link{ending}").symlink_to(tmp_path / f"key{ending}")
    source_of_secret = source.replace("NAME", name.replace("HERE", str(tmp_path)))
    config = tmp_path / "listsync.yaml"
    config.write_text(
        f"server: {{url: 'http://seerr:5055', api_key_file: 'key{ending}'}}\n"
        f"lists: {{a: {{source: '{source_of_secret}'}}}}\n"
    )
    with pytest.raises(ConfigError) as refused:
        wiring.read_config(config)
    (problem,) = refused.value.problems
    assert problem == (
        f"{config}:2:21 lists.a.source: this file holds a secret, which would be shown as"
        " a title; use another file"
    )
