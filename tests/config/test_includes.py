"""Included files: which files a pattern matches, what they may contain, and how they are merged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler import wiring
from reconciler.config import effective_settings
from reconciler.config.file import ConfigFile
from reconciler.config.restrictions import Restrictions
from reconciler.errors import ConfigError

MAIN = """\
server: {url: http://seerr:5055, api_key: abc123}
defaults: {interval: 1h}
include: [lists.d/*.yaml]
lists:
  main: {source: file:wishes.txt}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lists.d").mkdir()
    (tmp_path / "listsync.yaml").write_text(MAIN)
    return tmp_path


def write(**files: str) -> None:
    """Write included files, by name."""
    for name, text in files.items():
        Path(f"lists.d/{name}.yaml").write_text(text)


def including(pattern: str) -> str:
    return MAIN.replace("lists.d/*.yaml", pattern)


def config_file(**restrictions: object) -> ConfigFile:
    return wiring.config_file(Path("listsync.yaml"), Restrictions(**restrictions))  # type: ignore[arg-type]


def problems() -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config_file().read()
    diagnostics = caught.value.diagnose()
    assert len(diagnostics) == len(caught.value.problems)
    return list(caught.value.problems)


def test_lists_come_in_the_order_of_the_files(folder: Path) -> None:
    write(b="lists: {bob: {source: ls222222}}", a="lists: {zoe: {source: ls111111}}")
    (folder / "more.yaml").write_text("lists: {last: {source: ls333333}}")
    (folder / "listsync.yaml").write_text(including("more.yaml, lists.d/*.yaml, ./more.yaml"))

    config = config_file().read()

    assert [lst.name for lst in config.lists] == ["main", "last", "zoe", "bob"]
    assert {str(lst.interval) for lst in config.lists} == {"1:00:00"}
    assert config.written.notes == ()


def test_a_merged_config_has_the_generation_of_one_file(folder: Path) -> None:
    write(a="lists: {bob: {source: ls222222, requester: anna}}")
    merged = config_file().read()
    text = MAIN.replace("include: [lists.d/*.yaml]\n", "")
    (folder / "listsync.yaml").write_text(f"{text}  bob: {{source: ls222222, requester: anna}}\n")

    assert config_file().read().generation == merged.generation


def test_the_config_itself_needs_no_lists(folder: Path) -> None:
    write(a="lists: {bob: {source: ls222222}}")
    (folder / "listsync.yaml").write_text(MAIN.partition("lists:\n")[0])

    assert [lst.name for lst in config_file().read().lists] == ["bob"]


def test_paths_are_relative_to_the_file_that_states_them() -> None:
    write(a="lists: {bob: {source: 'file:wishes.txt'}, cara: {source: file:/srv/c.txt}}")

    config = config_file().read()

    assert list(config.sources.values()) == [
        "file:wishes.txt",
        "file:lists.d/wishes.txt",
        "file:/srv/c.txt",
    ]
    places = {each.path[1:]: each.place for each in effective_settings(config)}
    assert places["bob", "source"] == "lists.d/a.yaml:1"
    assert places["bob", "interval"] == "listsync.yaml:2"


def test_a_pattern_that_matches_nothing_is_a_note() -> None:
    assert config_file().read().written.notes == (
        'listsync.yaml:3:11: note: no file matches "lists.d/*.yaml"',
    )


@pytest.mark.parametrize("name", [".hidden.yaml", "a.yml", "folder.yaml/a.yaml"])
def test_other_files_do_not_match(name: str) -> None:
    file = Path("lists.d", name)
    file.parent.mkdir(exist_ok=True)
    file.write_text("nothing")

    assert len(config_file().read().lists) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "lists:\n  main: {source: ls222222}",
            "2:3 lists.main: duplicate list, first at listsync.yaml:5:3; rename one of the two",
        ),
        (
            "lists: {bob: {source: ls222222, intervl: 1h}}",
            '1:33 lists.bob.intervl: unknown key, did you mean "interval"?',
        ),
        (
            "# Bob's\nserver: {url: http://x}",
            "2:1 server: an included file contains lists only; move this key to listsync.yaml",
        ),
        (
            "include: [lists.d/*.yaml]",
            "1:1 include: an included file cannot include others; move this key to listsync.yaml",
        ),
        (
            "bob: {source: ls222222}",
            "1:1 bob: an included file contains lists only; move it below lists:, indented",
        ),
        ("lists: [bob]", "1:8 lists: must be a mapping: list names below it, indented"),
        ("- bob", "1:1: an included file contains lists only; begin it with lists:"),
        ("# nothing yet", "1:1: the file is empty; it needs lists:"),
        ("lists:\n\tbob:", "2:1: contains a tab; indent with spaces"),
        (
            "lists: {bob: {source: ls222222, requester: '${NOBODY_HERE}'}}",
            "1:44 lists.bob.requester: ${NOBODY_HERE} is not set; set this environment variable",
        ),
    ],
    ids=[
        "a name of the config", "an unknown key", "other sections", "an include",
        "a list without lists", "lists in a list",
        "a list", "a comment", "a tab", "a variable",
    ],
)  # fmt: skip
def test_an_error_has_its_file_line_and_column(text: str, problem: str) -> None:
    write(bob=text)
    assert problems() == [f"lists.d/bob.yaml:{problem}"]


def test_all_errors_are_reported_in_the_order_of_the_files(folder: Path) -> None:
    write(a="lists: {x: {source: ls111111, top: 0}}", b="lists: {x: {}}")
    (folder / "listsync.yaml").write_text(MAIN.replace("1h", "soon"))

    places = [problem.partition(" ")[0] for problem in problems()]

    assert places == ["listsync.yaml:2:22", "lists.d/a.yaml:1:36", "lists.d/b.yaml:1:9"]


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("gone.yaml", "gone.yaml: no such file"),
        ("lists.d", "lists.d: is a folder"),
        ("link.yaml", "link.yaml: no such file"),
        ("'loop/*.yaml'", "loop: Too many levels of symbolic links"),
        ("'loop/a/*.yaml'", "loop/a: Too many levels of symbolic links"),
        ("'*/loop/*.yaml'", "lists.d/loop: Too many levels of symbolic links"),
        ("'*.yaml'", "listsync.yaml: the config file includes itself; use a folder, like "),
        ("./listsync.yaml", "listsync.yaml: the config file includes itself; use a folder, like "),
        ("'*/../*/../*.yaml'", ".. after a wildcard is not supported; begin the pattern with it"),
        ("a/**/b.yaml", "** is not supported; use one * for each level of folders"),
        ("'${HOME}/*.yaml'", "variables are not supported in include; write the path itself"),
        ("''", "is empty; use a path, like lists.d/*.yaml"),
        ("{a: b}", "must be a single value, not a list or a mapping"),
    ],
)
def test_a_pattern_with_a_problem_says_so_in_one_sentence(
    folder: Path, pattern: str, problem: str
) -> None:
    (folder / "listsync.yaml").write_text(including(pattern))
    (folder / "link.yaml").symlink_to("nowhere") if pattern == "link.yaml" else None
    for loop in (folder / "loop", folder / "lists.d" / "loop"):
        loop.symlink_to("loop")

    [line] = problems()

    assert line.startswith(f"listsync.yaml:3:11 include[0]: {problem}")


def test_a_file_that_is_not_text_is_named(folder: Path) -> None:
    (folder / "lists.d" / "a.yaml").write_bytes(b"lists:\n  \xff")
    assert problems() == ["lists.d/a.yaml:2:3: invalid UTF-8; save the file as UTF-8"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\n::error::b.yaml", r"'lists.d/a\n::error::b.yaml'"),
        (b"\xff.yaml", r"'lists.d/\udcff.yaml'"),
    ],
    ids=["a line break", "not UTF-8"],
)
def test_a_file_whose_name_cannot_be_printed_is_an_error_on_one_line(
    folder: Path, name: bytes, shown: str
) -> None:
    (folder / "listsync.yaml").write_text(MAIN)
    (folder / "lists.d" / os.fsdecode(name)).write_text("lists: {}")

    [problem] = problems()

    assert problem.endswith(f"{shown}: its name contains an invalid character; rename it")


def test_a_restricted_config_includes_no_files_outside_its_folder(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "bob.yaml"
    outside.write_text("lists: {bob: {source: ls222222}}")
    (folder / "lists.d" / "bob.yaml").symlink_to(outside)

    assert len(config_file().read().lists) == 2
    with pytest.raises(ConfigError, match=r"lists.d/bob.yaml: outside the folder"):
        config_file(variables=frozenset()).read()


@pytest.mark.parametrize("pattern", ["../*.yaml", "{outside}/*", "*/etc/*", "lists.d/e*/*.yaml"])
def test_a_restricted_config_does_not_list_folders_outside_its_own(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, pattern: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "private.yaml").write_text("lists: {}")
    (folder / "lists.d" / "etc").symlink_to(outside)
    text = including(f"'{pattern.format(outside=outside)}'")
    (folder / "listsync.yaml").write_text(text)

    with pytest.raises(ConfigError, match=r": outside the folder of the config file") as caught:
        config_file(variables=frozenset()).read()

    assert len(caught.value.problems) == 1
    assert "private" not in str(caught.value.problems)


def test_a_restricted_config_allows_its_included_files_no_other_variables() -> None:
    write(bob="lists: {bob: {source: ls222222, requester: '${HOME}'}}")
    message = r"lists.d/bob.yaml:1:44 lists.bob.requester: the variable HOME is not allowed"
    with pytest.raises(ConfigError, match=message):
        config_file(variables=frozenset()).read()


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("lists.d/*.yaml", {"lists.d", "lists.d/a.yaml"}),
        ("later/*/x.yaml", {"later"}),
        ("*/a.yaml", {".", "lists.d", "lists.d/a.yaml"}),
        ("lists.d/a.yaml", {"lists.d/a.yaml"}),
    ],
)
def test_the_followed_files_are_those_that_match_and_their_folders(
    folder: Path, pattern: str, parts: set[str]
) -> None:
    write(a="lists: {bob: {source: ls222222}}")
    (folder / "listsync.yaml").write_text(including(f"'{pattern}'"))
    file = config_file()
    file.read()

    assert file.parts() == {Path("listsync.yaml"), *map(Path, parts)}
    write(b="lists: {}")
    assert (Path("lists.d/b.yaml") in file.parts()) == (pattern == "lists.d/*.yaml")


def test_an_invalid_config_goes_on_being_followed_with_its_files(folder: Path) -> None:
    write(a="lists: {bob: {source: ls222222}}")
    file = config_file()
    file.read()
    (folder / "listsync.yaml").write_text("lists: [")
    with pytest.raises(ConfigError):
        file.read()

    assert Path("lists.d/a.yaml") in file.parts()


def test_a_line_of_an_included_file_with_a_secret_is_not_shown() -> None:
    write(a="lists:\n  bob: {source: ls222222, requester: abc123, nonsense: 1}")
    with pytest.raises(ConfigError) as caught:
        config_file().read()
    assert {diagnostic.source for diagnostic in caught.value.diagnose()} == {None}
