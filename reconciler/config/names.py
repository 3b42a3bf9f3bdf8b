"""The names of a file's lists, for a shell that completes them: no matter what else is wrong."""

from __future__ import annotations

from reconciler.config.syntax import compose
from reconciler.config.tree import Section, grow


def list_names(text: str) -> tuple[str, ...]:
    """The keys of ``lists``, in file order; none where the text cannot be read that far."""
    composed, _ = compose(text)
    if composed is None:
        return ()
    tree, _ = grow(composed, {})
    lists = tree.entries.get("lists") if isinstance(tree, Section) else None
    return tuple(lists.entries) if isinstance(lists, Section) else ()
