"""``init``, ``version`` and completion: what somebody meets first."""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from typer.main import get_command
from typer.testing import CliRunner

from reconciler.cli import app
from tests.e2e.household import DUNE, Finished, Household
from tests.project.generated import commands, help_of

PASTED = (
    "https://www.imdb.com/user/ur12345678/watchlist",
    "https://www.imdb.com/chart/top/",
    "https://trakt.tv/users/anna/lists/family-night",
    "https://trakt.tv/users/anna/watchlist",
    "ls000000001",
    "file:lists/never again.v2.csv",
    "file:never-again.txt",
    "file:other/never-again.txt",
)
NAMES = [
    "imdb-ur12345678",
    "imdb-top",
    "anna-family-night",
    "anna-watchlist",
    "imdb-ls000000001",
    "never-again",
    "never-again-2",
    "never-again-3",
]


_INTERRUPTED = """
import os, signal, sys, types
sys.modules["reconciler.cli"] = cli = types.ModuleType("reconciler.cli")
cli.main = lambda: os.kill(os.getpid(), signal.SIGINT)
from reconciler.__main__ import main
main()
"""


def test_ctrl_c_before_the_program_is_loaded_leaves_no_traceback() -> None:
    command = [sys.executable, "-c", _INTERRUPTED]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - this file
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


# --------------------------------------------------------------------------------------------- init


def test_init_writes_a_file_that_is_right(household: Household) -> None:
    household.server.stop()
    assert household.run("init", *PASTED, "--server", "http://seerr:5055").code == 0
    done = household.run("validate")
    assert done.code == 0
    assert "8 lists" in done.out
    written = yaml.safe_load((household.folder / "listsync.yaml").read_text())
    assert written["server"] == {"url": "http://seerr:5055", "api_key": "${SEERR_API_KEY}"}
    assert list(written["lists"]) == NAMES
    assert [lst["source"] for lst in written["lists"].values()] == list(PASTED)


@pytest.mark.parametrize(
    ("sources", "keys"),
    [
        (["trakt:trending/movies"], {"TRAKT_CLIENT_ID"}),
        (
            ["trakt:trending/movies", "trakt:me/watchlist"],
            {"TRAKT_CLIENT_ID", "TRAKT_CLIENT_SECRET"},
        ),
        (["mdblist:1234"], {"MDBLIST_API_KEY"}),
        (["https://www.themoviedb.org/list/1", "imdb:top"], {"TMDB_API_KEY"}),
    ],
    ids=["a client id", "a sign-in", "an API key", "with another"],
)
def test_init_asks_for_the_keys_that_its_lists_need(
    household: Household, sources: list[str], keys: set[str]
) -> None:
    done = household.run("init", *sources)
    assert done.code == 0
    assert [key for key in keys if f"export {key}=" not in done.out] == []
    assert household.run("validate", env=dict.fromkeys(keys, "abcdefghij")).code == 0
    missing = household.run("validate")
    assert missing.code == 78
    assert [key for key in keys if f"${{{key}}} is not set" not in missing.err] == []


def test_init_of_a_list_that_no_key_opens_says_so_and_writes_nothing(household: Household) -> None:
    done = household.run("init", "letterboxd:anna/watchlist")
    assert (done.code, done.out) == (64, "")
    assert "letterboxd.com/settings/data" in done.err
    assert list(household.folder.iterdir()) == []


@pytest.mark.parametrize("config", ["listsync.yaml", "mine.yaml"])
def test_init_writes_the_schema_that_its_file_names(household: Household, config: str) -> None:
    assert household.run("init", "-c", config).code == 0
    first = (household.folder / config).read_text().splitlines()[0]
    schema = household.folder / first.partition("$schema=")[2]
    assert schema.read_text() == household.run("schema").out


def test_validate_says_how_to_update_a_schema_of_another_version(household: Household) -> None:
    assert household.run("init").code == 0
    assert household.run("validate").err == ""
    (household.folder / "listsync.schema.json").write_text("{}\n")

    done = household.run("validate")

    assert done.code == 0
    assert done.err.startswith("listsync: listsync.schema.json: the schema is from another")
    [command, file] = re.findall(r"`listsync (.+?) > (.+?)`", done.err)[0]
    (household.folder / file).write_text(household.run(command).out)
    assert household.run("validate").err == ""


def test_init_without_lists_begins_with_a_chart(household: Household) -> None:
    done = household.run("init")
    assert done.code == 0
    assert "listsync validate" in done.out
    assert household.run("validate").code == 0
    written = yaml.safe_load((household.folder / "listsync.yaml").read_text())
    assert list(written["lists"]) == ["imdb-top"]


def test_init_takes_one_list_once(household: Household) -> None:
    assert household.run("init", "imdb:top", "https://www.imdb.com/chart/top/").code == 0
    written = yaml.safe_load((household.folder / "listsync.yaml").read_text())
    assert list(written["lists"]) == ["imdb-top"]


@pytest.mark.parametrize(
    "source", ["file:$HOME/a.txt", "file:it's #1: a.txt", "file:ünï.txt", "file:$$"]
)
def test_init_writes_any_file_name_so_that_it_is_read_as_it_was(
    household: Household, source: str
) -> None:
    assert household.run("init", source).code == 0
    (household.folder / source.removeprefix("file:")).parent.mkdir(exist_ok=True)
    (household.folder / source.removeprefix("file:")).write_text(f"imdb:{DUNE.imdb}\n")
    (name,) = yaml.safe_load((household.folder / "listsync.yaml").read_text())["lists"]
    assert household.run("fetch", name).code == 0


def test_init_does_not_write_over_a_file_but_with_force(household: Household) -> None:
    file = household.folder / "mine.yaml"
    file.write_text("# mine\n")
    refused = household.run("init", "-c", "mine.yaml")
    assert (refused.code, file.read_text()) == (64, "# mine\n")
    assert "mine.yaml: the file already exists" in refused.err
    assert "--force" in refused.err
    assert household.run("init", "-c", "mine.yaml", "--force").code == 0
    assert household.run("-c", "mine.yaml", "validate").code == 0


def test_init_prints_the_file_where_it_should_go_nowhere(household: Household) -> None:
    done = household.run("init", "-c", "-", "imdb:top")
    assert (done.code, list(yaml.safe_load(done.out)["lists"])) == (0, ["imdb-top"])
    assert list(household.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentences"),
    [
        (("imdb:top", "https://example.org/a", "tt0111161"), ["example.org", "this is one title"]),
        (("nonsense", "https://example.org/a"), ["listsync: 'nonsense' is not a list\n'https"]),
        (("imdb:top", "--server", "seerr"), ["server.url", "http"]),
        (("imdb:top", "--server", "http://u:secret@seerr"), ["server.url"]),
    ],
    ids=["no lists", "neither is a list", "no address", "an address with a password"],
)
def test_init_of_what_is_wrong_says_so_and_writes_nothing(
    household: Household, arguments: tuple[str, ...], sentences: list[str]
) -> None:
    done = household.run("init", *arguments)
    assert (done.code, done.out) == (64, "")
    assert [word for word in sentences if word not in done.err] == []
    assert "secret" not in done.err
    assert list(household.folder.iterdir()) == []


def test_init_where_no_file_can_be_is_a_sentence(household: Household) -> None:
    done = household.run("init", "-c", "nowhere/listsync.yaml")
    assert done.code == 1
    assert "nowhere/listsync.yaml: the file cannot be written" in done.err


# ------------------------------------------------------------------------------------------ version


def program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


def test_version_may_be_asked_for_as_an_option(household: Household) -> None:
    done = household.run("--version")
    assert done.code == 0
    assert done.out.startswith(f"listsync {metadata.version('listsync')}")


def test_version_tells_what_a_report_of_a_bug_needs(household: Household, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    program(programs, "chromium", "echo Chromium 130.0.6723.91 built on Debian")
    program(programs, "chromedriver", "exit 3")
    document = household.run("version", "-o", "json", env={"PATH": str(programs)}).document
    assert document["listsync"] == metadata.version("listsync")
    assert document["python"] == platform.python_version()
    assert document["libraries"]["selenium"] == metadata.version("selenium")
    assert document["programs"] == {
        "chromium": {"path": str(programs / "chromium"), "version": "130.0.6723.91"},
        "chromedriver": {"path": str(programs / "chromedriver"), "version": None},
    }
    text = household.run("version", env={"PATH": str(programs)}).out
    assert f"130.0.6723.91 ({programs / 'chromium'})" in text
    assert socket.gethostname() not in text


def test_version_says_what_is_not_installed_and_needs_no_file(household: Household) -> None:
    done = household.run("version", env={"PATH": "/nonexistent"})
    assert done.code == 0
    assert done.out.startswith(f"listsync {metadata.version('listsync')} (Python ")
    assert done.out.count("not installed") == 2


# --------------------------------------------------------------------------------------- completion


def completed(household: Household, *words: str, **environment: str) -> list[str]:
    """The completions for the last of these words in bash; the command prints nothing else."""
    calls = {
        "_LISTSYNC_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["listsync", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done: Finished = household.run(env=calls | environment)
    assert (done.code, done.err) == (0, "")
    return done.out.split()


@pytest.fixture
def three_lists(household: Household) -> Household:
    household.server.stop()  # nobody is asked
    lists = {name: {"source": "imdb:top"} for name in ("anna", "antje", "top")}
    household.write(lists)
    return household


def test_a_shell_completes_the_lists_of_included_files(household: Household) -> None:
    household.write({"anna": {"source": "imdb:top"}}, include=["lists.d/*.yaml"])
    (household.folder / "lists.d").mkdir()
    (household.folder / "lists.d" / "x.yaml").write_text("lists: {antje: {}, bob: nonsense}")
    assert completed(household, "status", "an") == ["anna", "antje"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("status", ""), ["anna", "antje", "top"]),
        (("status", "an"), ["anna", "antje"]),
        (("fetch", "to"), ["top"]),
        (("history", "ant"), ["antje"]),
        (("va",), ["validate"]),
        (("validate", ""), []),
    ],
    ids=" ".join,
)
def test_a_shell_completes_lists_and_commands(
    three_lists: Household, words: tuple[str, ...], offered: list[str]
) -> None:
    assert completed(three_lists, *words) == offered


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (("-c", "mine.yaml", "status", ""), {}),
        (("status", "-c", "mine.yaml", ""), {}),
        (("status", ""), {"LISTSYNC_CONFIG": "mine.yaml"}),
    ],
    ids=["before", "after", "variable"],
)
def test_a_shell_completes_the_lists_of_the_file_that_is_meant(
    three_lists: Household, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    (three_lists.folder / "mine.yaml").write_text("lists: {mine: {source: imdb:top}}\n")
    assert completed(three_lists, *words, **environment) == ["mine"]


def no_file(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00lists")


def no_yaml(file: Path) -> None:
    file.write_text("lists: {a: [")


def no_mapping(file: Path) -> None:
    file.write_text("lists: 7\n")


@pytest.mark.parametrize(
    "harm", [no_file, a_folder, a_pipe, no_text, no_yaml, no_mapping], ids=lambda h: h.__name__
)
def test_a_broken_file_completes_to_nothing(
    three_lists: Household, harm: Callable[[Path], None]
) -> None:
    harm(three_lists.folder / "listsync.yaml")
    assert completed(three_lists, "status", "") == []


def test_a_file_that_is_wrong_elsewhere_still_names_its_lists(three_lists: Household) -> None:
    (three_lists.folder / "listsync.yaml").write_text(
        "server:\n  url: nowhere\n  api_key: ${NOT_SET}\nlists:\n  anna: {sauce: x}\n"
    )
    assert completed(three_lists, "status", "") == ["anna"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(household: Household, shell: str) -> None:
    done = household.run("--show-completion", shell)
    assert done.code == 0
    assert "_LISTSYNC_COMPLETE" in done.out


BASH = shutil.which("bash")


@pytest.mark.skipif(BASH is None, reason="bash is not installed")
def test_bash_takes_its_script(household: Household) -> None:
    script = household.run("--show-completion", "bash").out
    checked = subprocess.run(  # noqa: S603 - bash only reads it
        [str(BASH), "-n"], input=script, text=True, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_help_groups_the_commands_with_an_example_each() -> None:
    text = CliRunner().invoke(app, ["--help"], prog_name="listsync", terminal_width=80).output
    blocks = [block.splitlines() for block in re.split(r"\n(?=\S[^\n]*:\n)", text)[2:]]
    assert [block[0] for block in blocks] == [
        "Get started:",
        "Plan and apply:",
        "Run:",
        "Inspect:",
        "Maintain:",
    ]
    listed = [line.split()[0] for block in blocks for line in block if re.match(r"  [a-z]", line)]
    assert listed == list(commands())
    examples = [block[-1] or block[-2] for block in blocks]
    assert [line for line in examples if not line.startswith("  Example: listsync ")] == []
    assert [line for line in text.splitlines() if len(line) > 80] == []


def test_every_example_of_help_is_a_command_line() -> None:
    all_commands = getattr(get_command(app), "commands")  # noqa: B009 - Typer's own type
    for name, command in all_commands.items():
        prefix, _, example = str(command.epilog).partition(f"listsync {name}")
        assert prefix == "Example: "
        arguments = shlex.split(example.partition(" > ")[0])
        assert command.make_context(name, arguments).info_name == name
        assert len(f"  {command.epilog}") <= 80


@pytest.mark.parametrize(
    ("command", "usage", "argument"),
    [
        ("fetch", "LIST", "LIST  Name of a list in the config.  [required]"),
        ("plan", "[LIST]...", "LIST  Only these lists.  [default: all]"),
        ("config", "show [LIST]", "show  Print the effective config.  [required]"),
        ("import", "listsync PATH", "listsync  Program to import from.  [required]"),
        ("login", "trakt", "trakt  Site to sign in to.  [required]"),
    ],
)
def test_help_shows_an_argument_as_it_is_typed(command: str, usage: str, argument: str) -> None:
    lines = help_of(command).splitlines()
    assert lines[0] == f"Usage: listsync {command} [OPTIONS] {usage}"
    assert f"  {argument}" in lines


def test_no_help_shows_braces_or_types() -> None:
    texts = {name: help_of(name) for name in commands()}
    assert [
        name for name, text in texts.items() if re.search(r"[{}]|<str>|<path>|list\[", text)
    ] == []


def test_a_usage_error_is_one_line(household: Household) -> None:
    assert household.run("config").err == (
        "listsync: Missing argument 'show'. Choose from: show; see `listsync --help`\n"
    )


def test_every_help_fits_one_line() -> None:
    all_commands = getattr(get_command(app), "commands")  # noqa: B009 - Typer's own type
    summaries = commands().values()
    helps = [getattr(p, "help", None) or "" for c in all_commands.values() for p in c.params]
    assert [text for text in summaries if len(text) > 65 or not text.endswith(".")] == []
    assert [text for text in helps if len(text) > 72] == []
