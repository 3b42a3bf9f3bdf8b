"""Every piece of advice works: what listsync tells people to run or to write does what it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from examples.sandbox.catalogue import CATALOGUE, Catalogue
from examples.sandbox.media_server import SandboxServer
from examples.sandbox.sites import SandboxSites
from reconciler.config import json_schema
from tests.e2e.advice import ASIDE, CATALOG, Trouble, World, advice_in
from tests.e2e.household import Household
from tests.project import places
from tests.project.generated import commands

Shown: TypeAlias = tuple[World, str, tuple[str, ...]]  # what the trouble's command printed
Worlds: TypeAlias = Callable[[Trouble], AbstractContextManager[Shown]]

OUTPUTS: dict[str, str] = {}  # by the trouble's name

# Advice in the code that no trouble of the catalog shows, and why.
ELSEWHERE = {
    "run `listsync login trakt`": "a person types a code: tests/e2e/test_login.py follows it",
    (
        "this is the list of the signed-in user: set providers.trakt.client_id and client_secret,"
        " and run `listsync login trakt`"
    ): "the same",
    (
        ": the schema is from another listsync version; an editor may report false errors."
        " Run `listsync schema > "
    ): "a shell redirects: tests/e2e/test_starting.py follows it",
    "check the server, the requesters and the ledger: `listsync doctor`": (
        "on the status page: tests/e2e/test_run.py follows it"
    ),
    "read the list now: `listsync fetch ": "the same",
    "more such changes are waiting; see `listsync status`": "in the log of `run`",
}


WITH_SPECIALS = Catalogue((*CATALOGUE, *ASIDE))


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    with SandboxServer() as server:
        yield server.url


@pytest.fixture
def worlds(sites: SandboxSites, elsewhere: str, tmp_path: Path) -> Worlds:
    @contextmanager
    def in_trouble(trouble: Trouble) -> Iterator[Shown]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        server = SandboxServer(flavour=trouble.flavour, catalogue=WITH_SPECIALS)
        with server, ExitStack() as patches:
            world = World(Household(folder, server), sites, elsewhere, patches)
            trouble.arrange(world)
            if isinstance(trouble.command, str):
                yield world, trouble.command, ()
                return
            command = tuple(word.replace("SERVER", server.url) for word in trouble.command)
            done = world.run(*command)
            yield world, done.out + done.err, command

    return in_trouble


def replaced(text: str, words: Mapping[str, str]) -> str:
    """The text with words in place of their placeholders."""
    for placeholder, word in words.items():
        text = text.replace(placeholder, word)
    return text


@pytest.mark.parametrize("trouble", CATALOG, ids=lambda trouble: trouble.name)
def test_advice_does_what_it_promises(trouble: Trouble, worlds: Worlds, elsewhere: str) -> None:
    for printed, holds in trouble.promises.items():
        with worlds(trouble) as (world, output, command):
            OUTPUTS[trouble.name] = output
            plan = re.search(r"^Plan ([0-9a-f]{8}):", output, re.MULTILINE)
            words = {"ELSEWHERE": elsewhere, "PLAN": plan[1] if plan else ""}
            promised = [replaced(row, words) for row in trouble.promises]
            assert sorted(advice_in(output)) == sorted(promised)
            advice = replaced(printed, words)
            if trouble.number:
                advice = advice.replace(":N", f":{trouble.number}")
            holds(world, world.follow(advice, command))


# ------------------------------------------------------------------------- nothing is left out

COMMAND_OR_LINE = re.compile(
    rf"(?<![\w-])listsync (?:--help|{'|'.join(commands())})\b|`[a-z0-9_]+: "
)
PLACEHOLDER = re.compile(r"ITEM|\{\w*\}")


def spoken_texts(path: Path) -> Iterator[str]:
    """The texts of a module that people may read: no docstrings, and no schema, which is a page."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            silent.add(node.value)
        if isinstance(node, ast.keyword) and node.arg in {"description", "help"}:
            silent |= set(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            yield node.value


def test_every_advice_in_the_code_is_followed(worlds: Worlds) -> None:
    advising = {
        part
        for path in places.sources()
        for text in spoken_texts(path)
        for part in PLACEHOLDER.split(text)
        if COMMAND_OR_LINE.search(part)
    }
    for trouble in CATALOG:
        if trouble.name not in OUTPUTS:  # where this test runs alone
            with worlds(trouble) as (_, output, _):
                OUTPUTS[trouble.name] = output
    printed = "\n".join(OUTPUTS.values())
    assert sorted(part for part in advising if part not in printed) == sorted(ELSEWHERE)


def test_every_key_that_advice_names_is_one_of_the_file() -> None:
    schema = json_schema()
    options = schema["$defs"]["ListSection"]["properties"]
    texts = list(spoken_texts(places.CODE / "core/advice.py"))
    keys = {key for text in texts for key in re.findall(r"`([a-z0-9_]+)`", text)}
    assert keys
    assert keys - {"type"} <= {*schema["properties"], *options}  # a column of a table
