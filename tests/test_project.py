"""The project as a whole: examples load, pages match the code, and the project's rules are kept."""

from __future__ import annotations

import re
import signal
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from reconciler import cli, errors
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.config import Config, ProvidersConfig, json_schema, load
from reconciler.core.model import Outcome
from reconciler.sources.registry import SOURCES, SiteSources, recognize_list
from reconciler.sync import execute
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


CONFIGS = {path: config_of(path.read_text(encoding="utf-8")) for path in EXAMPLES}


class TestExamples:
    def test_fit_the_schema_that_editors_use(self) -> None:
        validator = Draft202012Validator(json_schema())
        errors_by_file = {}
        for path in EXAMPLES:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            if messages := [error.message for error in validator.iter_errors(document)]:
                errors_by_file[places.name(path)] = messages
        assert errors_by_file == {}

    def test_have_lists_and_are_in_the_examples_page_or_the_readme(self) -> None:
        assert all(config.lists for config in CONFIGS.values())
        readme = (places.ROOT / "README.md").read_text(encoding="utf-8")
        page = (places.EXAMPLES / "README.md").read_text(encoding="utf-8")
        missing = []
        for path in EXAMPLES:
            text = readme if path.parent == places.ROOT else page
            if f"{path.parent.name}/" not in text and path.name not in text:
                missing.append(places.name(path))
        assert missing == []

    def test_read_their_own_files_completely(self) -> None:
        outcomes = {}
        for path, config in CONFIGS.items():
            with Sessions(ChromiumBrowser) as sessions:  # which start for pages only
                sources = SiteSources(sessions, {}, path.parent)
                for lst in config.lists:
                    if lst.source.provider == "file":
                        key = f"{places.name(path)}: {lst.name}"
                        outcomes[key] = sources.fetch(lst.source).outcome
        assert outcomes
        assert {k: o for k, o in outcomes.items() if o is not Outcome.COMPLETE} == {}


class TestEverySource:
    def test_has_a_place_in_the_file(self) -> None:
        assert [s for s in SOURCES if s not in {*ANYWHERE, *ProvidersConfig.model_fields}] == []

    def test_has_an_example(self) -> None:
        shown = {lst.source.provider for config in CONFIGS.values() for lst in config.lists}
        assert [site for site in SOURCES if site not in shown] == []

    def test_has_tests_with_pages_written_for_it(self) -> None:
        folder = places.ROOT / "tests" / "sources"
        assert [site for site in SOURCES if not (folder / f"test_{site}.py").is_file()] == []

    def test_has_a_page_with_a_table_of_what_to_paste(self) -> None:
        for site in SOURCES:
            page = (places.DOCS / "sources" / f"{site}.md").read_text(encoding="utf-8")
            assert f"<!-- generated: pasted {site} -->" in page, site
            assert any(means.startswith(f"{site}:") for means in PASTED[site].values()), site


help_text = cache(help_of)


def typed_commands(page: Path) -> Iterator[tuple[str, str]]:
    """Every command line of listsync in a page's code: the command, and what follows it."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"```text\nUsage:.*?```", "", text, flags=re.DOTALL)  # help is compared whole
    code = re.findall(r"```.*?\n(.*?)```", text, flags=re.DOTALL)
    code += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    for piece in code:
        for line in piece.splitlines():
            typed = line.partition("#")[0].replace("exec listsync ", "exec ")  # the service's name
            yield from re.findall(r"(?:^|[\s$/])listsync ([a-z]+)(?=\s|$)([^·]*)", typed)


class TestCommands:
    def test_whatever_a_page_types_exists(self) -> None:
        unknown: list[str] = []
        for page in places.pages():
            for command, arguments in typed_commands(page):
                options = re.findall(r"(?<=\s)--?[a-z][a-z-]*", arguments)
                if command not in commands():
                    unknown.append(f"{places.name(page)}: {command}")
                elif missing := [
                    x for x in options if not re.search(rf"{x}\b", help_text(command))
                ]:
                    unknown.append(f"{places.name(page)}: {command} {' '.join(missing)}")
        assert unknown == []

    def test_the_readme_types_the_commands_of_the_straight_line(self) -> None:
        typed = {command for command, _ in typed_commands(places.ROOT / "README.md")}
        assert {"validate", "doctor", "plan", "apply"} <= typed

    def test_exit_codes_are_documented_in_full(self) -> None:
        rows = places.table(places.DOCS / "commands.md", "## Exit codes")
        raised = {
            kind.exit_code
            for kind in vars(errors).values()
            if isinstance(kind, type) and issubclass(kind, errors.ListsyncError)
        }
        signals = {128 + signal.SIGINT, 128 + signal.SIGTERM}
        own = {execute.OK, execute.SOMETHING_FAILED, execute.CHANGES, execute.STOPPED, cli.USAGE}
        assert {int(row[0]) for row in rows} == raised | signals | own


class TestTexts:
    def test_speak_of_the_project_alone(self) -> None:
        words_by_file = {}
        for path in places.texts():
            text = path.read_text(encoding="utf-8").casefold()
            if words := [word for word in FORBIDDEN if word in text]:
                words_by_file[places.name(path)] = words
        assert words_by_file == {}

    def test_include_files_of_every_kind(self) -> None:
        paths = {places.name(path) for path in places.texts()}
        assert {"README.md", "Makefile", "pyproject.toml", "reconciler/cli/program.py"} <= paths


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
