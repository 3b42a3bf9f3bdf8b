"""The parts of the documentation that are generated from the code.

Such a part is between ``<!-- generated: NAME -->`` and ``<!-- end -->``. A test compares them;
``python -m tests.project.generated`` rewrites them.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from typer import Typer
from typer.main import get_command
from typer.testing import CliRunner

from reconciler.cli import app
from reconciler.cli.commands.schema import schema_text
from reconciler.config import ProvidersConfig, json_schema
from reconciler.core.model import Outcome
from reconciler.sources.registry import SOURCES, recognize_list
from tests.project.places import CODE, DOCS, INTERNALS, SCHEMA
from tests.sources.outcomes import TELLS
from tests.sources.pasted import PASTED

PAGES = (
    DOCS / "configuration.md",
    DOCS / "commands.md",
    INTERNALS / "modules.md",
    DOCS / "sources" / "outcomes.md",
    *(DOCS / "sources" / f"{name}.md" for name in SOURCES),
)
AGAIN = "run python -m tests.project.generated"

_BLOCK = re.compile(r"(<!-- generated: (?P<name>.+?) -->\n).*?(<!-- end -->)", re.DOTALL)
_SECTIONS = {
    "server": "ServerConfig",
    "options": "ListOptions",
    "filter": "FilterConfig",
    "browser": "BrowserConfig",
    "controller": "ControllerConfig",
    "notify": "NotifyConfig",
    **{name: f"{name.capitalize()}Config" for name in ProvidersConfig.model_fields},
}


def regenerated(page: str) -> str:
    """A page's text with its generated parts as they should be. Raises KeyError for a new name."""
    blocks = _blocks()
    return _BLOCK.sub(lambda part: f"{part[1]}\n{blocks[part['name']]}\n\n{part[3]}", page)


def commands(program: Typer = app) -> dict[str, str]:
    """The commands with the first sentence of their help, in the order of ``--help``."""
    group = get_command(program)
    commands_by_name: Mapping[str, Any] = getattr(group, "commands")  # noqa: B009 - the group's type is Typer's own
    return {
        name: command.get_short_help_str(limit=200) for name, command in commands_by_name.items()
    }


def help_of(*words: str, option: str = "--help") -> str:
    """What ``listsync WORDS --help`` prints on a terminal of 80 columns."""
    result = CliRunner().invoke(app, [*words, option], prog_name="listsync", terminal_width=80)
    return result.output.rstrip()


@cache
def _blocks() -> dict[str, str]:
    schema = json_schema()
    sections = {name: schema["$defs"][model] for name, model in _SECTIONS.items()}
    keys = {f"keys of {name}": _keys(section) for name, section in sections.items()}
    of_list = schema["$defs"]["ListSection"]["properties"]
    alone = {"properties": {key: of_list[key] for key in ("source", "was")}}
    helps = {f"help of {name}": f"```text\n{help_of(name)}\n```" for name in commands()}
    return {
        **keys,
        "keys of the file": _keys(schema),
        "keys of a list alone": _keys({**alone, "required": ["source"]}),
        "commands": _commands(),
        "help of listsync": f"```text\n{help_of()}\n```",
        **helps,
        **{f"modules of {name}": _modules(folder) for name, folder in folders().items()},
        "outcomes by source": _outcomes(),
        **{f"pasted {name}": _pasted(table) for name, table in PASTED.items()},
    }


def folders() -> dict[str, Path]:
    """The folders of the product by their path in it, its top folder apart."""
    inside = sorted(path.parent for path in CODE.glob("*/**/__init__.py"))
    return {folder.relative_to(CODE).as_posix(): folder for folder in inside}


def _modules(folder: Path) -> str:
    """What a folder's modules, and the folders in it, are for."""
    modules = {path.name: path for path in sorted(folder.glob("[!_]*.py"))}
    inside = {f"{path.parent.name}/": path for path in sorted(folder.glob("*/__init__.py"))}
    rows = [f"| `{name}` | {_purpose(path)} |" for name, path in {**modules, **inside}.items()]
    own = _purpose(folder / "__init__.py")
    return "\n".join(
        [own, "", "| module | what it is for |", "|---|---|", *rows] if rows else [own]
    )


def _purpose(module: Path) -> str:
    """The first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    first = " ".join(text.partition("\n\n")[0].split())
    return _cell(re.split(r"(?<=\.) ", first)[0].replace("``", "`"))


def _pasted(table: Mapping[str, str]) -> str:
    """What may be pasted for a source, with the sentences that refuse the rest."""
    rows = [f"| `{text}` | {_meaning(text)} |" for text in table]
    return "\n".join(["| address | list |", "|---|---|", *rows])


def _outcomes() -> str:
    """Which outcomes each source never comes to."""
    rows = [
        f"| {name} | {', '.join(f'`{word}`' for word in Outcome if word not in outcomes) or '-'} |"
        for name, outcomes in TELLS.items()
    ]
    return "\n".join(["| source | never reports |", "|---|---|", *rows])


def _meaning(text: str) -> str:
    try:
        return f"`{recognize_list(text)}`"
    except ValueError as refusal:
        return f"refused: {_cell(str(refusal))}"


def _commands() -> str:
    rows = [f"| `listsync {name}` | {help_line} |" for name, help_line in commands().items()]
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def _keys(section: Mapping[str, Any]) -> str:
    required = set(section.get("required", ()))
    either = {key for form in section.get("oneOf", ()) for key in form["required"]}
    forms = section.get("anyOf", ())
    some = {
        key
        for form in forms
        if all("required" in form for form in forms)
        for key in form["required"]
    }
    rows = ["| key | default | meaning |", "|---|---|---|"]
    for key, schema in section["properties"].items():
        meaning, _, unset = schema["description"].partition(" If not set: ")
        built_in = unset.rstrip(".") or _built_in(schema)
        if key in required:
            built_in = "*required*"
        elif key in either:
            built_in = _one_required(either)
        elif key in some:
            built_in = _one_required(some)
        rows.append(f"| `{key}` | {built_in} | {_cell(meaning)} |")
    return "\n".join(rows)


def _one_required(keys: Iterable[str]) -> str:
    return f"*{' or '.join(f'`{key}`' for key in sorted(keys))} is required*"


def _built_in(schema: Mapping[str, Any]) -> str:
    default = schema.get("default")
    if default is None or default in ({}, []):
        return "none"
    if isinstance(default, dict):
        return "see below"
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Rewrite every generated part, and the schema."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    for page in PAGES:
        before = page.read_text(encoding="utf-8")
        after = regenerated(before)
        if after != before:
            page.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
