"""The commands that need no file."""

from __future__ import annotations


def schema() -> int:
    """Print the JSON Schema of the file, for editors."""
    from reconciler.commands import about

    return about.schema()


def version() -> int:
    """Print which listsync this is."""
    from reconciler.commands import about

    return about.version()
