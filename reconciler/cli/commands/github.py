"""Outputs of a GitHub workflow step, for the steps after it."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from reconciler.render.shapes import PlanDocument


def tell(document: PlanDocument) -> None:
    """Append ``plan_id`` and ``changes`` to the file that ``$GITHUB_OUTPUT`` names, if it does.

    The work is done by then: a file that cannot be written is a warning.
    """
    name = os.environ.get("GITHUB_OUTPUT")
    if not name:
        return
    told = f"plan_id={document['plan_id']}\nchanges={len(document['actions'])}\n"
    try:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(told)
    except OSError as error:
        reason = error.strerror or error
        typer.echo(f"listsync: warning: GITHUB_OUTPUT: {name}: {reason}", err=True)
