"""The project as a whole: examples load, pages tell the truth, and the house's rules are kept."""

from __future__ import annotations

import re
import signal
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler import cli, errors
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.config import Config, ProvidersConfig, json_schema, load
from reconciler.core.model import Outcome
from reconciler.sources.registry import SOURCES, SiteSources, recognize_list
from reconciler.sync import run_log
from tests.project import places
from tests.project.generated import commands, help_of
from tests.sources.pasted import PASTED

EXAMPLES = (
    places.ROOT / "listsync.yaml.example",
    *sorted(places.EXAMPLES.glob("*/listsync.yaml")),
    *sorted(places.EXAMPLES.glob("sources/*.yaml")),
)
SANDBOX = {
    "SANDBOX_URL": "http://127.0.0.1:1",
    "SANDBOX_IMDB_URL": "http://127.0.0.1:2",
    "SANDBOX_TRAKT_URL": "http://127.0.0.1:3",
}
SITES = ("MDBLIST_API_KEY", "TMDB_API_KEY", "TVDB_API_KEY", "SIMKL_CLIENT_ID", "SIMKL_ACCESS_TOKEN")
KEYS = dict.fromkeys(("SEERR_API_KEY", "SANDBOX_API_KEY", *SITES), "made-up")
ANYWHERE = {"file", "json", "rss"}  # these have no site of their own

# Written apart, so that this file does not hold them itself.
FORBIDDEN = (
    "/work" + "/",
    "pypi" + ".org",
    "python" + "hosted",
    "index" + "-url",
    "cla" + "ude",
    "anthro" + "pic",
    "sub" + "agent",
)


def config_of(text: str) -> Config:
    return load(
        text,
        name="listsync.yaml",
        env=KEYS | SANDBOX,
        read=lambda _: "made-up",
        recognize_list=recognize_list,
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=places.name)
class TestExamples:
    def test_loads(self, path: Path) -> None:
        assert config_of(path.read_text(encoding="utf-8")).lists

    def test_fits_the_schema_that_editors_use(self, path: Path) -> None:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        wrong = [e.message for e in Draft202012Validator(json_schema()).iter_errors(document)]
        assert wrong == []

    def test_is_told_of_in_the_examples_page_or_the_readme(self, path: Path) -> None:
        page = places.ROOT / "README.md"
        if path.parent != places.ROOT:
            page = places.EXAMPLES / "README.md"
        assert f"{path.parent.name}/" in page.read_text(encoding="utf-8") or (
            path.name in page.read_text(encoding="utf-8")
        )

    def test_reads_its_own_files_completely(self, path: Path) -> None:
        with Sessions(ChromiumBrowser) as sessions:  # which start for pages only
            sources = SiteSources(sessions, {}, path.parent)
            lists = config_of(path.read_text(encoding="utf-8")).lists
            read = [sources.fetch(x.source) for x in lists if x.source.provider == "file"]
        assert [snapshot.outcome for snapshot in read] == [Outcome.COMPLETE] * len(read)


def test_an_example_has_files_to_read() -> None:
    assert any(
        lst.source.provider == "file"
        for path in EXAMPLES
        for lst in config_of(path.read_text(encoding="utf-8")).lists
    )


@pytest.mark.parametrize("site", SOURCES)
class TestEverySource:
    def test_has_a_place_in_the_file(self, site: str) -> None:
        assert site in ANYWHERE or site in ProvidersConfig.model_fields

    def test_has_an_example(self, site: str) -> None:
        configs = [config_of(path.read_text(encoding="utf-8")) for path in EXAMPLES]
        assert site in {lst.source.provider for config in configs for lst in config.lists}

    def test_has_tests_with_pages_written_for_it(self, site: str) -> None:
        assert (places.ROOT / "tests/sources" / f"test_{site}.py").is_file()

    def test_has_a_page_with_a_table_of_what_to_paste(self, site: str) -> None:
        page = (places.DOCS / "sources" / f"{site}.md").read_text(encoding="utf-8")
        assert f"<!-- generated: pasted {site} -->" in page
        assert any(means.startswith(f"{site}:") for means in PASTED[site].values())


def spoken(page: Path) -> Iterator[tuple[str, str]]:
    """Every command line of listsync in a page's code: the command, and what follows it."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"```text\nUsage:.*?```", "", text, flags=re.DOTALL)  # help is compared whole
    code = re.findall(r"```.*?\n(.*?)```", text, flags=re.DOTALL)
    code += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    for piece in code:
        for line in piece.splitlines():
            typed = line.partition("#")[0]
            yield from re.findall(r"(?:^|[\s$/])listsync ([a-z]+)(?=\s|$)([^·]*)", typed)


class TestCommands:
    @pytest.mark.parametrize("page", places.pages(), ids=places.name)
    def test_whatever_a_page_types_exists(self, page: Path) -> None:
        known = commands()
        for command, rest in spoken(page):
            assert command in known
            for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest):
                assert re.search(rf"{option}\b", help_of(command)), f"{command} {option}"

    def test_the_readme_types_the_commands_of_the_straight_line(self) -> None:
        typed = {command for command, _ in spoken(places.ROOT / "README.md")}
        assert {"validate", "doctor", "plan", "apply"} <= typed

    def test_exit_codes_are_told_in_full(self) -> None:
        told = {int(row[0]) for row in places.table(places.DOCS / "commands.md", "## Exit codes")}
        raised = {
            kind.exit_code
            for kind in vars(errors).values()
            if isinstance(kind, type) and issubclass(kind, errors.ListsyncError)
        }
        ended = {128 + signal.SIGINT, 128 + signal.SIGTERM}
        own = {run_log.OK, run_log.SOMETHING_FAILED, run_log.CHANGES, run_log.STOPPED, cli.USAGE}
        assert told == raised | ended | own


class TestTexts:
    @pytest.mark.parametrize("path", places.texts(), ids=places.name)
    def test_speak_of_the_project_alone(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8").casefold()
        assert [word for word in FORBIDDEN if word in text] == []

    def test_are_found(self) -> None:
        found = {places.name(path) for path in places.texts()}
        assert {"README.md", "Makefile", "pyproject.toml", "reconciler/cli/program.py"} <= found


class TestLintRules:
    def test_each_that_is_off_has_a_reason(self) -> None:
        text = (places.ROOT / "pyproject.toml").read_text(encoding="utf-8")
        ruff = tomllib.loads(text)["tool"]["ruff"]["lint"]
        off = [*ruff["ignore"], *(x for xs in ruff["per-file-ignores"].values() for x in xs)]
        reasoned = re.findall(r'^ +"([A-Z]+[0-9]*)", *# \S.{5,}$', text, flags=re.MULTILINE)
        assert sorted(reasoned) == sorted(off)

    def test_all_are_on_to_begin_with(self) -> None:
        text = (places.ROOT / "pyproject.toml").read_text(encoding="utf-8")
        assert tomllib.loads(text)["tool"]["ruff"]["lint"]["select"] == ["ALL"]
