"""The pages: generated parts are up to date, links lead somewhere, names exist."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import trustme
import yaml

from reconciler.config import Config, json_schema, load
from reconciler.sources.registry import recognize_list
from tests.project import places
from tests.project.generated import AGAIN, PAGES, commands, folders, help_of, regenerated

EVERY_PAGE = pytest.mark.parametrize("page", places.pages(), ids=places.name)
ARCHITECTURE = places.INTERNALS / "architecture.md"
DEPENDENCIES = places.INTERNALS / "dependencies.md"
DECISIONS = sorted((places.INTERNALS / "decisions").glob("[0-9]*.md"))


class TestGeneratedParts:
    @pytest.mark.parametrize("page", PAGES, ids=places.name)
    def test_are_what_the_code_says_now(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert text == regenerated(text), AGAIN

    @pytest.mark.parametrize("page", PAGES, ids=places.name)
    def test_are_there(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert text.count("<!-- generated:") == text.count("<!-- end -->") > 0

    def test_tell_of_every_command(self) -> None:
        text = (places.DOCS / "commands.md").read_text(encoding="utf-8")
        assert [
            name for name in commands() if f"<!-- generated: help of {name} -->" not in text
        ] == []

    @pytest.mark.parametrize("words", [[], *([name] for name in commands())], ids=" ".join)
    def test_are_what_dash_h_prints_too(self, words: list[str]) -> None:
        assert help_of(*words, option="-h") == help_of(*words)


def anchors(page: Path) -> set[str]:
    """The names by which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


def config_of(block: str, page: Path) -> Config:
    """The file that a page shows a part of."""
    server = "server:\n  url: http://localhost:5055\n  api_key: made-up\n"
    certificate = trustme.CA().cert_pem.bytes().decode()
    whole = block if "server:" in block else server + block
    whole = whole if "lists:" in whole else f"{whole}lists: {{a: {{source: imdb:top}}}}\n"
    return load(
        whole,
        name=places.name(page),
        env={"SEERR_API_KEY": "made-up"},
        read=lambda name: certificate if name.endswith(".pem") else "made-up",
        recognize_list=recognize_list,
    )


@EVERY_PAGE
class TestEveryPage:
    def test_links_to_what_is_there(self, page: Path) -> None:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if link.startswith("https://"):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert target.is_relative_to(places.ROOT), link
            assert not anchor or anchor in anchors(target), link

    def test_names_files_that_are_there(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        named = re.findall(r"`((?:reconciler|tests|examples|docs)/[\w./-]*)`", text)
        assert [path for path in named if not (places.ROOT / path).exists()] == []

    def test_shows_yaml_that_loads(self, page: Path) -> None:
        blocks = re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL)
        for block in filter(yaml.safe_load, blocks):
            assert config_of(block, page).lists

    def test_shows_lines_that_load(self, page: Path) -> None:
        """In a sentence: ``prune: cancel-pending``. An ellipsis is for the reader to fill in."""
        text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        schema = json_schema()
        for line in re.findall(r"(?<!`)`([a-z0-9_]+: [^`\n…]+)`(?!`)", text):
            key = line.partition(":")[0]
            if key in schema["properties"]:
                assert config_of(line + "\n", page).lists, line
            elif key in schema["$defs"]["ListSection"]["properties"]:
                block = f"lists:\n  a:\n    source: imdb:top\n    {line}\n"
                assert config_of(block, page).lists, line


class TestArchitecture:
    def test_lists_the_modules_of_every_folder(self) -> None:
        text = (places.INTERNALS / "modules.md").read_text(encoding="utf-8")
        assert sorted(re.findall(r"<!-- generated: modules of (.+) -->", text)) == sorted(folders())

    def test_names_every_module_at_the_top(self) -> None:
        text = ARCHITECTURE.read_text(encoding="utf-8")
        top = [
            p for p in places.CODE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()
        ]
        names = [f"`reconciler/{p.name}{'/' * p.is_dir()}`" for p in top if p.stem != "__init__"]
        assert sorted(name for name in names if name not in text) == []

    def test_the_walls_know_every_module_too(self) -> None:
        walls = (places.ROOT / ".importlinter").read_text(encoding="utf-8")
        _, _, below = walls.partition("layers =")
        storeys, _, _ = below.partition("\n[")
        named = set(re.findall(r"reconciler\.(\w+)", storeys))
        there = {p.stem for p in places.CODE.iterdir() if not p.stem.startswith(("__init", "__py"))}
        assert named == there

    @pytest.mark.parametrize("path", places.sources(), ids=places.name)
    def test_what_code_refers_to_in_a_page_is_there(self, path: Path) -> None:
        text = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
        for page, section in re.findall(r'(docs/[\w/.-]+\w)(?:, "(\w[\w ]*)")?', text):
            found = list(places.ROOT.glob(page if page.endswith(".md") else f"{page}*.md"))
            assert len(found) == 1, page
            if section:
                assert section.lower().replace(" ", "-") in anchors(found[0]), section


class TestDecisions:
    def test_are_numbered_without_gaps(self) -> None:
        found = [path.name for path in DECISIONS]
        assert [name[:5] for name in found] == [f"{n:04}-" for n in range(1, len(found) + 1)]

    @pytest.mark.parametrize("page", DECISIONS, ids=places.name)
    def test_say_context_decision_and_consequence(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. ")
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequence"]


def declared(*way: str) -> set[str]:
    node = tomllib.loads((places.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for step in way[:-1]:
        node = node[step]
    return {re.split(r"[<>=!~\[ ;]", line, maxsplit=1)[0].lower() for line in node[way[-1]]}


def told(heading: str) -> set[str]:
    return {row[0].strip("`") for row in places.table(DEPENDENCIES, heading)}


def imported() -> set[str]:
    """The distributions whose modules the product imports."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in places.sources()]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"reconciler"}
    known = packages_distributions()
    return {known[top][0].lower().replace("_", "-") for top in tops}


class TestDependencies:
    @pytest.mark.parametrize(
        ("heading", "way"),
        [
            ("## To run", ("project", "dependencies")),
            ("### For notifications", ("project", "optional-dependencies", "notify")),
            ("## To check", ("project", "optional-dependencies", "dev")),
            ("## To build", ("build-system", "requires")),
        ],
    )
    def test_each_has_a_reason_and_no_other_is_told_of(
        self, heading: str, way: tuple[str, ...]
    ) -> None:
        assert told(heading) == declared(*way)
        assert all(row[1] for row in places.table(DEPENDENCIES, heading))

    def test_what_is_imported_is_told_of(self) -> None:
        known = told("## To run") | told("### For notifications") | told("## Brought along")
        assert imported() == known

    def test_where_each_is_used_is_right(self) -> None:
        known = packages_distributions()
        modules = {
            row[0].strip("`"): row[2].strip("`") for row in places.table(DEPENDENCIES, "## To run")
        }
        for package, path in modules.items():
            tops = [
                top
                for top, names in known.items()
                if package in {name.lower().replace("_", "-") for name in names}
            ]
            text = (places.ROOT / path).read_text(encoding="utf-8") if path else ""
            assert not path or any(f"import {top}" in text or f"from {top}" in text for top in tops)
