"""The pages: generated parts are up to date, links lead somewhere, names exist."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import trustme
import yaml

from reconciler.config import json_schema, load
from reconciler.core import conditions
from reconciler.errors import ConfigError
from reconciler.sources.registry import recognize_list
from tests.project import places
from tests.project.generated import AGAIN, PAGES, commands, folders, help_of, regenerated

ARCHITECTURE = places.INTERNALS / "architecture.md"
DEPENDENCIES = places.INTERNALS / "dependencies.md"
DECISIONS = sorted((places.INTERNALS / "decisions").glob("[0-9]*.md"))


def non_empty(offenders: dict[str, list[str]]) -> dict[str, list[str]]:
    """The places that have offenders."""
    return {place: names for place, names in offenders.items() if names}


def first_cells(text: str) -> list[str]:
    """The first cell of each row of a table, without its marks; the head and the rule left out."""
    return [line.split("|")[1].strip(" `") for line in text.splitlines() if line[:1] == "|"][2:]


def test_the_page_about_the_status_names_the_conditions_of_the_code() -> None:
    page = (places.DOCS / "controller" / "status.md").read_text(encoding="utf-8")
    table = page.partition("## Conditions")[2].partition("\n## ")[0]
    assert conditions.__doc__
    assert set(first_cells(table)) == set(first_cells(conditions.__doc__))


class TestGeneratedParts:
    def test_are_what_the_code_says_now(self) -> None:
        pages = {places.name(page): page.read_text(encoding="utf-8") for page in PAGES}
        assert [name for name, text in pages.items() if text != regenerated(text)] == [], AGAIN

    def test_are_complete(self) -> None:
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            beginnings = text.count("<!-- generated:")
            assert beginnings == text.count("<!-- end -->") > 0, places.name(page)

    def test_describe_every_command(self) -> None:
        text = (places.DOCS / "commands.md").read_text(encoding="utf-8")
        assert [
            name for name in commands() if f"<!-- generated: help of {name} -->" not in text
        ] == []

    def test_are_what_dash_h_prints_too(self) -> None:
        calls = [[], *([name] for name in commands())]
        assert [call for call in calls if help_of(*call, option="-h") != help_of(*call)] == []


@cache
def anchors(page: Path) -> set[str]:
    """The names by which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


@cache
def certificate() -> str:
    return trustme.CA().cert_pem.bytes().decode()


def load_error(block: str) -> str:
    """Why a part of a file that a page shows does not load; empty: it loads."""
    server = "server:\n  url: http://localhost:5055\n  api_key: made-up\n"
    text = block if "server:" in block else server + block
    text = text if "lists:" in text else f"{text}lists: {{a: {{source: imdb:top}}}}\n"
    try:
        load(
            text,
            name="listsync.yaml",
            env={"SEERR_API_KEY": "made-up"},
            read=lambda name: certificate() if name.endswith(".pem") else "made-up",
            recognize_list=recognize_list,
        )
    except ConfigError as error:
        return str(error)
    return ""


def link_error(page: Path, link: str) -> str:
    """What is wrong with a link of a page; empty: it leads somewhere in the project."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(places.ROOT):
        return link
    return link if anchor and anchor not in anchors(target) else ""


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


class TestEveryPage:
    def test_links_lead_somewhere(self) -> None:
        links = {
            page: [x for x in re.findall(r"\]\(([^)\s]+)\)", prose(page)) if x[:8] != "https://"]
            for page in places.pages()
        }
        assert any(links.values())
        errors = {
            places.name(page): [link for link in links[page] if link_error(page, link)]
            for page in links
        }
        assert non_empty(errors) == {}

    def test_files_exist(self) -> None:
        pattern = r"`((?:reconciler|tests|examples|docs)/[\w./-]*)`"
        paths = {
            places.name(page): re.findall(pattern, page.read_text(encoding="utf-8"))
            for page in places.pages()
        }
        assert any(paths.values())
        missing = {n: [p for p in ps if not (places.ROOT / p).exists()] for n, ps in paths.items()}
        assert non_empty(missing) == {}

    def test_pictures_are_small_and_each_is_shown(self) -> None:
        shown = set()
        for page in places.pages():
            names = re.findall(r'(?:src|srcset)="([^"]+)"', page.read_text(encoding="utf-8"))
            shown |= {(page.parent / name).resolve() for name in names}
        pictures = {path: path.stat().st_size for path in (places.DOCS / "images").iterdir()}
        assert shown == pictures.keys()
        assert max(pictures.values()) < 200_000  # bytes

    def test_blocks_of_yaml_load(self) -> None:
        errors = {}
        for page in places.pages():
            blocks = re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL)
            contents = filter(yaml.safe_load, blocks)
            errors[places.name(page)] = [*filter(None, map(load_error, contents))]
        assert non_empty(errors) == {}

    def test_lines_of_yaml_load(self) -> None:
        """In a sentence: ``prune: cancel-pending``. An ellipsis is for the reader to fill in."""
        schema = json_schema()
        of_list = schema["$defs"]["ListSection"]["properties"]
        errors: dict[str, list[str]] = {}
        for page in places.pages():
            for line in re.findall(r"(?<!`)`([a-z0-9_]+: [^`\n…]+)`(?!`)", prose(page)):
                key = line.partition(":")[0]
                block = line + "\n"
                if key not in schema["properties"]:
                    block = f"lists:\n  a:\n    source: imdb:top\n    {line}\n"
                if key in {*schema["properties"], *of_list} and (error := load_error(block)):
                    errors.setdefault(places.name(page), []).append(f"{line}: {error}")
        assert errors == {}


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

    def test_import_layers_have_every_module(self) -> None:
        contracts = (places.ROOT / ".importlinter").read_text(encoding="utf-8")
        layers = contracts.partition("layers =")[2].partition("\n[")[0]
        modules = {
            p.stem for p in places.CODE.iterdir() if not p.stem.startswith(("__init", "__py"))
        }
        assert set(re.findall(r"reconciler\.(\w+)", layers)) == modules

    def test_pages_and_sections_that_the_code_refers_to_exist(self) -> None:
        missing: dict[str, list[str]] = {}
        for path in places.sources():
            text = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
            for page, section in re.findall(r'(docs/[\w/.-]+\w)(?:, "(\w[\w ]*)")?', text):
                pages = list(places.ROOT.glob(page if page.endswith(".md") else f"{page}*.md"))
                anchor = section.lower().replace(" ", "-")
                if len(pages) != 1 or (section and anchor not in anchors(pages[0])):
                    missing.setdefault(places.name(path), []).append(f"{page} {section}".strip())
        assert missing == {}


class TestDecisions:
    def test_are_numbered_without_gaps(self) -> None:
        numbers = [path.name[:5] for path in DECISIONS]
        assert numbers == [f"{n:04}-" for n in range(1, len(numbers) + 1)]

    def test_have_context_decision_and_consequence(self) -> None:
        texts = {page.name: page.read_text(encoding="utf-8") for page in DECISIONS}
        headings = {
            name: re.findall(r"^## (.+)$", text, flags=re.MULTILINE) for name, text in texts.items()
        }
        expected = ["Context", "Decision", "Consequence"]
        assert {name: words for name, words in headings.items() if words != expected} == {}
        assert [n for n, text in texts.items() if not text.startswith(f"# {int(n[:4])}. ")] == []


def declared(*way: str) -> set[str]:
    node = tomllib.loads((places.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for step in way[:-1]:
        node = node[step]
    return {re.split(r"[<>=!~\[ ;]", line, maxsplit=1)[0].lower() for line in node[way[-1]]}


def documented(heading: str) -> set[str]:
    return {row[0].strip("`") for row in places.table(DEPENDENCIES, heading)}


def imported() -> set[str]:
    """The distributions whose modules the product imports."""
    nodes = [node for path in places.sources() for node in ast.walk(places.tree(path))]
    names = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"reconciler"}
    distributions = packages_distributions()
    return {distributions[top][0].lower().replace("_", "-") for top in tops}


class TestDependencies:
    @pytest.mark.parametrize(
        ("heading", "way"),
        [
            ("## To run", ("project", "dependencies")),
            ("### For notifications", ("project", "optional-dependencies", "notify")),
            ("## To check", ("project", "optional-dependencies", "dev")),
            ("## To release", ("project", "optional-dependencies", "release")),
            ("## To build", ("build-system", "requires")),
        ],
    )
    def test_each_has_a_reason_and_no_other_is_listed(
        self, heading: str, way: tuple[str, ...]
    ) -> None:
        assert documented(heading) == declared(*way)
        assert all(row[1] for row in places.table(DEPENDENCIES, heading))

    def test_what_is_imported_is_listed(self) -> None:
        headings = ("## To run", "### For notifications", "## Transitive")
        assert imported() == set().union(*map(documented, headings))

    def test_where_each_is_used_is_right(self) -> None:
        distributions = packages_distributions()
        modules = {
            row[0].strip("`"): row[2].strip("`") for row in places.table(DEPENDENCIES, "## To run")
        }
        for package, path in modules.items():
            tops = [
                top
                for top, names in distributions.items()
                if package in {name.lower().replace("_", "-") for name in names}
            ]
            text = (places.ROOT / path).read_text(encoding="utf-8") if path else ""
            assert not path or any(f"import {top}" in text or f"from {top}" in text for top in tops)
