"""``init``, ``version`` and completion: what somebody meets first."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from tests.e2e.household import DUNE, Finished, Household

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


# --------------------------------------------------------------------------------------------- init


def test_init_writes_a_file_that_is_right(house: Household) -> None:
    house.server.stop()
    assert house.run("init", *PASTED, "--server", "http://seerr:5055").code == 0
    done = house.run("validate")
    assert done.code == 0
    assert "8 lists" in done.out
    written = yaml.safe_load((house.folder / "listsync.yaml").read_text())
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
    house: Household, sources: list[str], keys: set[str]
) -> None:
    done = house.run("init", *sources)
    assert done.code == 0
    assert [key for key in keys if f"export {key}=" not in done.out] == []
    assert house.run("validate", env=dict.fromkeys(keys, "abcdefghij")).code == 0
    missing = house.run("validate")
    assert missing.code == 78
    assert [key for key in keys if f"${{{key}}} is not set" not in missing.err] == []


def test_init_of_a_list_that_no_key_opens_says_so_and_writes_nothing(house: Household) -> None:
    done = house.run("init", "letterboxd:anna/watchlist")
    assert (done.code, done.out) == (64, "")
    assert "letterboxd.com/settings/data" in done.err
    assert list(house.folder.iterdir()) == []


@pytest.mark.parametrize("config", ["listsync.yaml", "mine.yaml"])
def test_init_writes_the_schema_that_its_file_names(house: Household, config: str) -> None:
    assert house.run("init", "-c", config).code == 0
    first = (house.folder / config).read_text().splitlines()[0]
    schema = house.folder / first.partition("$schema=")[2]
    assert schema.read_text() == house.run("schema").out


def test_init_without_lists_begins_with_a_chart(house: Household) -> None:
    done = house.run("init")
    assert done.code == 0
    assert "listsync validate" in done.out
    assert house.run("validate").code == 0
    written = yaml.safe_load((house.folder / "listsync.yaml").read_text())
    assert list(written["lists"]) == ["imdb-top"]


def test_init_takes_one_list_once(house: Household) -> None:
    assert house.run("init", "imdb:top", "https://www.imdb.com/chart/top/").code == 0
    written = yaml.safe_load((house.folder / "listsync.yaml").read_text())
    assert list(written["lists"]) == ["imdb-top"]


@pytest.mark.parametrize(
    "source", ["file:$HOME/a.txt", "file:it's #1: a.txt", "file:ünï.txt", "file:$$"]
)
def test_init_writes_any_file_name_so_that_it_is_read_as_it_was(
    house: Household, source: str
) -> None:
    assert house.run("init", source).code == 0
    (house.folder / source.removeprefix("file:")).parent.mkdir(exist_ok=True)
    (house.folder / source.removeprefix("file:")).write_text(f"imdb:{DUNE.imdb}\n")
    (name,) = yaml.safe_load((house.folder / "listsync.yaml").read_text())["lists"]
    assert house.run("fetch", name).code == 0


def test_init_does_not_write_over_a_file_but_with_force(house: Household) -> None:
    file = house.folder / "mine.yaml"
    file.write_text("# mine\n")
    refused = house.run("init", "-c", "mine.yaml")
    assert (refused.code, file.read_text()) == (64, "# mine\n")
    assert "mine.yaml: the file already exists" in refused.err
    assert "--force" in refused.err
    assert house.run("init", "-c", "mine.yaml", "--force").code == 0
    assert house.run("-c", "mine.yaml", "validate").code == 0


def test_init_prints_the_file_where_it_should_go_nowhere(house: Household) -> None:
    done = house.run("init", "-c", "-", "imdb:top")
    assert (done.code, list(yaml.safe_load(done.out)["lists"])) == (0, ["imdb-top"])
    assert list(house.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentences"),
    [
        (("imdb:top", "https://example.org/a", "tt0111161"), ["example.org", "this is one title"]),
        (("imdb:top", "--server", "seerr"), ["server.url", "http"]),
        (("imdb:top", "--server", "http://u:secret@seerr"), ["server.url"]),
    ],
    ids=["no lists", "no address", "an address with a password"],
)
def test_init_of_what_is_wrong_says_so_and_writes_nothing(
    house: Household, arguments: tuple[str, ...], sentences: list[str]
) -> None:
    done = house.run("init", *arguments)
    assert (done.code, done.out) == (64, "")
    assert [word for word in sentences if word not in done.err] == []
    assert "secret" not in done.err
    assert list(house.folder.iterdir()) == []


def test_init_where_no_file_can_be_is_a_sentence(house: Household) -> None:
    done = house.run("init", "-c", "nowhere/listsync.yaml")
    assert done.code == 1
    assert "nowhere/listsync.yaml: the file cannot be written" in done.err


# ------------------------------------------------------------------------------------------ version


def program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


def test_version_may_be_asked_for_as_an_option(house: Household) -> None:
    done = house.run("--version")
    assert done.code == 0
    assert done.out.startswith(f"listsync {metadata.version('listsync')}")


def test_version_tells_what_a_report_of_a_bug_needs(house: Household, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    program(programs, "chromium", "echo Chromium 130.0.6723.91 built on Debian")
    program(programs, "chromedriver", "exit 3")
    told = house.run("version", "-o", "json", env={"PATH": str(programs)}).document
    assert told["listsync"] == metadata.version("listsync")
    assert told["python"] == platform.python_version()
    assert told["libraries"]["selenium"] == metadata.version("selenium")
    assert told["programs"] == {
        "chromium": {"path": str(programs / "chromium"), "version": "130.0.6723.91"},
        "chromedriver": {"path": str(programs / "chromedriver"), "version": None},
    }
    text = house.run("version", env={"PATH": str(programs)}).out
    assert f"130.0.6723.91 ({programs / 'chromium'})" in text
    assert socket.gethostname() not in text


def test_version_says_what_is_not_installed_and_needs_no_file(house: Household) -> None:
    done = house.run("version", env={"PATH": "/nonexistent"})
    assert done.code == 0
    assert done.out.startswith(f"listsync {metadata.version('listsync')} (Python ")
    assert done.out.count("not installed") == 2


# --------------------------------------------------------------------------------------- completion


def completed(house: Household, *words: str, **environment: str) -> list[str]:
    """What bash is told for the last of these words; the command says nothing else."""
    asked = {
        "_LISTSYNC_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["listsync", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done: Finished = house.run(env=asked | environment)
    assert (done.code, done.err) == (0, "")
    return done.out.split()


@pytest.fixture
def shelves(house: Household) -> Household:
    house.server.stop()  # nobody is asked
    lists = {name: {"source": "imdb:top"} for name in ("anna", "antje", "top")}
    house.write(lists)
    return house


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
    shelves: Household, words: tuple[str, ...], offered: list[str]
) -> None:
    assert completed(shelves, *words) == offered


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
    shelves: Household, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    (shelves.folder / "mine.yaml").write_text("lists: {mine: {source: imdb:top}}\n")
    assert completed(shelves, *words, **environment) == ["mine"]


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
    shelves: Household, harm: Callable[[Path], None]
) -> None:
    harm(shelves.folder / "listsync.yaml")
    assert completed(shelves, "status", "") == []


def test_a_file_that_is_wrong_elsewhere_still_names_its_lists(shelves: Household) -> None:
    (shelves.folder / "listsync.yaml").write_text(
        "server:\n  url: nowhere\n  api_key: ${NOT_SET}\nlists:\n  anna: {sauce: x}\n"
    )
    assert completed(shelves, "status", "") == ["anna"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(house: Household, shell: str) -> None:
    done = house.run("--show-completion", shell)
    assert done.code == 0
    assert "_LISTSYNC_COMPLETE" in done.out


BASH = shutil.which("bash")


@pytest.mark.skipif(BASH is None, reason="bash is not installed")
def test_bash_takes_its_script(house: Household) -> None:
    script = house.run("--show-completion", "bash").out
    checked = subprocess.run(  # noqa: S603 - bash only reads it
        [str(BASH), "-n"], input=script, text=True, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
