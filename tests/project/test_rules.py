"""Every rule that a list can be given has an example: a block of YAML that the loader takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from reconciler.config.lists import FilterConfig, ListOptions
from reconciler.config.models import File
from reconciler.core.model import Approval, Episodes, Kind, Prune, Rerequest, Role, Start
from tests.project import places

RULES = sorted((places.DOCS / "requests").glob("*.md"))
TIMES = {"interval", "retry_interval"}  # when a list is read is no rule of what is requested
CONTROLLER = sorted((places.DOCS / "controller").glob("*.md"))


def texts(pages: list[Path]) -> str:
    return "\n".join(page.read_text("utf-8") for page in pages)


def yaml_blocks(pages: list[Path]) -> list[Any]:
    """What the pages' blocks of YAML hold; that they load is a test of every page's."""
    blocks = re.findall(r"```yaml\n(.*?)```", texts(pages), flags=re.DOTALL)
    return [content for block in blocks if (content := yaml.safe_load(block))]


def options(pages: list[Path]) -> Iterator[tuple[str, Any]]:
    """Each option of a list that is shown, with its value."""
    for block in yaml_blocks(pages):
        for lst in (block.get("defaults", {}), *block.get("lists", {}).values()):
            yield from lst.items()


def keys(model: type[BaseModel]) -> set[str]:
    """The keys of a part of the file, as they are written."""
    return {str(f.validation_alias or name) for name, f in model.model_fields.items()}


def test_every_option_of_a_list_has_an_example() -> None:
    documented = {name for name, _ in options(RULES)}
    assert keys(ListOptions) - documented == TIMES
    assert {name for name, _ in options(CONTROLLER)} >= TIMES


def test_every_rule_of_a_filter_has_an_example() -> None:
    filters = [value for name, value in options(RULES) if name == "filter"]
    assert {key for rules in filters for key in rules} == keys(FilterConfig)


def test_every_rule_for_all_lists_has_an_example() -> None:
    documented = {key for block in yaml_blocks(RULES) for key in block}
    assert documented >= {"budget", "exclude", "defaults"}
    assert documented <= keys(File)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("approval", Approval),
        ("episodes", Episodes),
        ("rerequest", Rerequest),
        ("prune", Prune),
        ("start", Start),
        ("role", Role),
    ],
    ids=str,
)
def test_every_word_of_an_option_is_documented(option: str, words: type[StrEnum]) -> None:
    """In an example, or as the built-in one or another way beside it."""
    lines = [line for line in texts(RULES).splitlines() if f"{option}:" in line]
    assert [
        str(word) for word in words if not any(re.search(rf"\b{word}\b", x) for x in lines)
    ] == []


def test_every_form_of_seasons_has_an_example() -> None:
    documented = {str(value) for name, value in options(RULES) if name == "seasons"}
    for form in (r"all", r"first", r"first \d", r"latest", r"last \d", r"\d-\d", r"\[0, .*\]"):
        assert any(re.fullmatch(form, value) for value in documented), form


def test_both_kinds_of_titles_are_in_an_example_of_types() -> None:
    lines = [line for line in texts(RULES).splitlines() if "types:" in line]
    assert [kind for kind in Kind if not any(f"[{kind}]" in line for line in lines)] == []


def test_a_time_after_which_a_title_is_asked_for_again_has_an_example() -> None:
    assert any(
        str(value).startswith("after ") for name, value in options(RULES) if name == "rerequest"
    )
