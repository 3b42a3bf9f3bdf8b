"""What commands print, and what they leave for the next step of a GitHub workflow."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar

import typer

from reconciler.cli.options import Settings
from reconciler.config import Config
from reconciler.config.own_files import is_read_once
from reconciler.errors import UsageError
from reconciler.render.document import FORMAT_VERSION, Leftovers, PlanDocument, json_text
from reconciler.render.layout import Cell, Line, look_of, text_of
from reconciler.render.markdown import plan_markdown
from reconciler.render.rows import list_row, plan_document
from reconciler.render.text import plan_lines
from reconciler.render.words import without_mail_addresses
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Reconciliation

_LONGEST_COMMAND = 78  # columns: a terminal would break a longer one
_STARTS = (b'{\n  "format_version"', b"<!doctype html>")  # of a saved plan
D = TypeVar("D", bound=Mapping[str, object])


def print_json(document: Mapping[str, object]) -> None:
    """Print a document as JSON."""
    sys.stdout.write(json_text(document))


def print_result(output: str, document: D, text: Callable[[D], str]) -> None:
    """Print a document as JSON, or as the text that is made from it."""
    sys.stdout.write(json_text(document) if output == "json" else text(document))


def print_lines(settings: Settings, document: D, lines: Callable[[D], Iterable[Line]]) -> None:
    """Print a document as JSON, or as lines that suit the terminal."""
    look = look_of(sys.stdout, settings.color)
    print_result(settings.output, document, lambda made: text_of(lines(made), look))


def with_version(**rows: object) -> dict[str, object]:
    """A complete document, with the version of its format."""
    return {"format_version": FORMAT_VERSION, **rows}


def print_apply_command(document: PlanDocument, settings: Settings) -> None:
    """Print below a plan's text what applies that plan and nothing else."""
    command = ["listsync", "apply", *(document["narrowed_to"] or ())]
    if settings.config_path != Path("listsync.yaml"):
        command += ["-c", str(settings.config_path)]
    if settings.ledger:
        command += ["--ledger", str(settings.ledger)]
    line = shlex.join([*command, "--expect", document["plan_id"], "--yes"])
    can_be_pasted = len(line) <= _LONGEST_COMMAND and not is_read_once(settings.config_path)
    if settings.output == "text" and document["actions"] and can_be_pasted:
        heading = Line((Cell("Apply exactly this plan:", "detail"),))
        print_lines(settings, document, lambda _: (heading, Line((Cell(line),), Cell("  "))))


def print_plan(document: PlanDocument, settings: Settings) -> None:
    """Print a plan in the form that ``-o`` names."""
    if settings.output == "html":
        sys.stdout.write(_plan_html(document))
    elif settings.output == "markdown":
        sys.stdout.write(plan_markdown(document))
    else:
        print_lines(settings, document, partial(plan_lines, shows_all=settings.shows_all))


def require_plan_path(path: Path) -> None:
    """Raise UsageError for a file that ``--out`` must not replace, such as the config."""
    if str(path) == "-":
        raise UsageError("--out needs a file name", hint="use -o json to print the plan on stdout")
    start = b""
    if path.is_file():
        with suppress(OSError), path.open("rb") as file:
            start = file.read(64)
    if start and not start.startswith(_STARTS):
        hint = "choose another path with --out"
        raise UsageError("the file already exists and is not a plan", where=str(path), hint=hint)


def plan_file_text(document: PlanDocument, path: Path) -> str:
    """What ``--out`` writes: a page where the file's name ends so, otherwise a plan to apply."""
    is_page = path.suffix.lower() in {".html", ".htm"}
    return _plan_html(document) if is_page else json_text(document)


def _plan_html(document: PlanDocument) -> str:
    from reconciler.render.html.plan_page import plan_html  # Jinja2 is slow to import

    return without_mail_addresses(plan_html(document))


def document_of(  # noqa: PLR0913 - all that a document shows
    config: Config,
    config_path: Path,
    reconciliation: Reconciliation,
    outcomes: Outcomes = (),
    *,
    narrowed_to: Sequence[str] | None = None,
    saved: Leftovers | None = None,
) -> PlanDocument:
    """The plan of a run as a document, after ``apply`` with its outcomes."""
    plan, observed = reconciliation.plan, reconciliation.observed
    places = {action: index for index, action in enumerate(plan.actions)}
    desired = dict(zip([lst.name for lst in config.lists], reconciliation.lists, strict=False))
    rows = []
    for lst in config.lists:
        if lst.name not in reconciliation.snapshots:
            continue
        requester = desired[lst.name].requester
        quota = observed.quotas.get(requester.user.id) if requester else None
        account = reconciliation.decision.accounts.get(lst.name)
        snapshot = reconciliation.snapshots[lst.name]
        rows.append(list_row(desired[lst.name], lst.top, snapshot, quota, account))
    server = reconciliation.identity.server
    slowdown = reconciliation.slowdown
    return plan_document(
        plan,
        config={"path": str(config_path), "generation": config.generation},
        server={
            "url": config.server.url,
            "flavour": server.flavour,
            "version": server.version,
            "media": sum(map(len, observed.media.values())),
            "requests": sum(map(len, observed.requests.values())),
            "seconds": round(reconciliation.read_seconds, 3),
            "slowdown": asdict(slowdown) if slowdown else None,
        },
        lists=rows,
        narrowed_to=list(narrowed_to) if narrowed_to is not None else None,
        outcomes={places[action]: done for action, done in outcomes},
        saved=saved,
    )


def write_github_outputs(document: PlanDocument) -> None:
    """Append ``plan_id`` and ``changes`` to the file that ``$GITHUB_OUTPUT`` names, if it does.

    The work is done by then: a file that cannot be written is a warning.
    """
    name = os.environ.get("GITHUB_OUTPUT")
    if not name:
        return
    outputs = f"plan_id={document['plan_id']}\nchanges={len(document['actions'])}\n"
    try:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(outputs)
    except OSError as error:
        reason = error.strerror or error
        typer.echo(f"listsync: warning: GITHUB_OUTPUT: {name}: {reason}", err=True)
