"""Keys that are agreed on and do nothing yet. A version that supports one deletes its row here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.spec.problems import Problem
from reconciler.spec.tree import Listing, Node, Scalar, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# By section; "*" stands for any key.
UNSUPPORTED: Mapping[tuple[str, ...], frozenset[str]] = {
    ("providers", "trakt"): frozenset({"client_secret", "client_secret_file"}),
}
_SENTENCE = "is not supported by this version yet; remove it"


def without_unsupported(root: Section) -> tuple[Section, tuple[Problem, ...]]:
    """The tree without these keys, and a problem for each that was meant to do something."""
    problems: list[Problem] = []
    for section, keys in UNSUPPORTED.items():
        root = _pruned(root, section, keys, problems)
    return root, tuple(problems)


def _pruned(
    section: Section, way: tuple[str, ...], keys: frozenset[str], problems: list[Problem]
) -> Section:
    if not way:
        problems.extend(_meant(section, keys))
        kept = {key: node for key, node in section.entries.items() if key not in keys}
        return replace(section, entries=kept)
    first, *rest = way
    pruned = {
        key: _pruned(node, tuple(rest), keys, problems)
        if isinstance(node, Section) and first in {key, "*"}
        else node
        for key, node in section.entries.items()
    }
    return replace(section, entries=pruned)


def _meant(section: Section, keys: frozenset[str]) -> Iterator[Problem]:
    for key, node in section.entries.items():
        if key in keys and not _is_blank(node):
            yield Problem(node.key, node.path, _SENTENCE)


def _is_blank(node: Node) -> bool:
    """Empty by intent, such as ``client_id: ${TRAKT_CLIENT_ID:-}``."""
    if isinstance(node, Scalar):
        return node.null or not node.text
    children = node.elements if isinstance(node, Listing) else node.entries.values()
    return all(_is_blank(child) for child in children)
