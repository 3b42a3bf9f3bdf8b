"""Names say what a thing is: no bare participle, no pronoun, no word that only we use."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.project import places

# What these name, the reader has to guess: the snapshot, the matches, the error's text.
ANYWHERE = """
    told asked named found seen came lifted judged noted given fetched taken held kept known said
    heard gone got meant tried wanted lent borrowed brought drawn spoken begun ended owed
    one those what whose wrong
"""
# Fine for a variable or a flag; a function is a verb with its noun.
FUNCTIONS = """
    done left lost sent made put opened closed chosen written shown called bound fit last rest
    whole words alike
"""
# Words that the field has other words for, wherever in a name.
WORDS = "told anew astray likewise mend glimpse expectant manners weigh postman diary"
# Names that were replaced: the field has another one, or two things had the same one.
REPLACED = """
    Spec Edges Doors Reach Pass Came Upkeep Board Standing LastSnapshots Recollection Learned
    Glance Wishlist There Need Settled Hopeless Held Known Objection Setback Sheet Pace Deed Told
    Stock Offer DeliveryWish Slot Remembered HeldLedger LastLedger Route Routes Lease
    wishlists waivers waived deliveries phrases fates keeping recall witness mounts learning
    questions desk shelves till house
"""
# How many such names a folder still has, at most. A folder that is not here has none.
LEFT: dict[str, int] = {
    "reconciler/core": 4,  # stored by name: in the ledger, and in the hash of a list's settings
}


def names(module: Path) -> Iterator[tuple[int, str, bool]]:
    """Every name that a module gives: the line, the name, and whether of a function."""
    nodes = list(ast.walk(places.tree(module)))
    members = enum_members(nodes)
    for node in nodes:
        if isinstance(node, ast.Name) and node in members:
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name, True
        elif isinstance(node, ast.ClassDef):
            yield node.lineno, node.name, False
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg, False
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id, False
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr, False
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.lineno, node.name, False
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname, False


def enum_members(nodes: list[ast.AST]) -> set[ast.expr]:
    """The words of vocabularies, which are JSON's or another program's."""
    keys = {
        statement.target
        for node in nodes
        if isinstance(node, ast.ClassDef) and "TypedDict" in {ast.unparse(b) for b in node.bases}
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }
    return keys | {
        target
        for node in nodes
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(b) for b in node.bases)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
    }


@cache
def is_dialect(name: str, *, of_function: bool) -> bool:
    bare = name.strip("_")
    words = re.findall(r"[a-z]+|[A-Z][a-z]*", bare)
    return (
        bare.lower() in ANYWHERE.split()
        or (of_function and bare.lower() in FUNCTIONS.split())
        or bare in REPLACED.split()
        or any(word.lower() in WORDS.split() for word in words)
    )


def folder_of(path: Path) -> str:
    """The folder that a module is counted in: ``reconciler/core``, ``tests/e2e``."""
    parts = path.relative_to(places.ROOT).parts
    return "/".join(parts[: min(2, len(parts) - 1)])


def offenders() -> dict[str, list[str]]:
    """The names of the dialect by folder."""
    found_names: dict[str, list[str]] = defaultdict(list)
    for path in (*places.sources(), *places.modules_of_tests()):
        if is_dialect(path.stem, of_function=False):
            found_names[folder_of(path)].append(places.name(path))
        found_names[folder_of(path)] += [
            f"{places.name(path)}:{line} {name}"
            for line, name, of_function in names(path)
            if is_dialect(name, of_function=of_function)
        ]
    return found_names


def test_names_are_of_the_fields_own_language() -> None:
    too_many = {
        folder: places_and_names
        for folder, places_and_names in offenders().items()
        if len(places_and_names) > LEFT.get(folder, 0)
    }
    assert too_many == {}


def test_a_dialect_name_is_recognized() -> None:
    assert is_dialect("_told", of_function=True)
    assert is_dialect("shown", of_function=True)
    assert is_dialect("test_every_outcome_is_told", of_function=True)
    assert is_dialect("Wishlist", of_function=False)
    assert not is_dialect("shown", of_function=False)
    assert not is_dialect("read_list", of_function=True)
    assert not is_dialect("fetched_lists", of_function=False)
