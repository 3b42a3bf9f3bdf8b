"""``apply``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli.options import (
    DEBUG_DIR,
    LEDGER,
    PLAN_OUTPUT,
    SHOWS_ALL,
    VERBOSE,
    DetailedExit,
    Settings,
    command_with,
    complete_list,
)
from reconciler.errors import UsageError

ListsOrPlan = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LIST|PLAN.json",
        help="Only these lists, or a saved plan.",
        autocompletion=complete_list,
    ),
]
PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", readable=False, help="Saved plan, with any file name."),
]
Expect = Annotated[
    str | None,
    typer.Option("--expect", metavar="ID", help="Act only if the plan still has this id."),
]
Due = Annotated[bool, typer.Option("--due", help="Apply only the lists that are due.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


@command_with(LEDGER, PLAN_OUTPUT, SHOWS_ALL, VERBOSE, DEBUG_DIR)
def apply(  # noqa: PLR0913 - a command's parameters are its options
    settings: Settings,
    arguments: ListsOrPlan = None,
    *,
    plan: PlanFile = None,
    expect: Expect = None,
    due: Due = False,
    yes: Yes = False,
    detailed_exitcode: DetailedExit = False,
) -> int:
    """Request what is missing, after asking for confirmation."""
    from reconciler import wiring
    from reconciler.cli import execution
    from reconciler.cli.output import print_json, with_version
    from reconciler.cli.selection import parse_plan_id
    from reconciler.controller.statuses import due_lists
    from reconciler.sync.clock import SystemClock

    if due and (arguments or plan or expect):
        hint = "remove the list names, the plan file and --expect"
        raise UsageError("--due selects the lists itself", hint=hint)
    expected = parse_plan_id(expect)
    config = settings.read_config()
    if due:
        with wiring.open_ledger(config, settings.ledger_path(config)) as ledger:
            arguments = list(due_lists(config, ledger, SystemClock().now()))
        if not arguments:
            if settings.output == "json":
                print_json(with_version(lists=[]))
            return 0
    order = execution.parse_order(
        settings, config, arguments or (), plan, expected, yes=yes, detailed=detailed_exitcode
    )
    return execution.apply(order)
