"""``plan``."""

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
    ListNames,
    Settings,
    command_with,
)

Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Save the plan for `apply FILE`, or as an .html page."
    ),
]


@command_with(LEDGER, PLAN_OUTPUT, SHOWS_ALL, VERBOSE, DEBUG_DIR)
def plan(
    settings: Settings,
    names: ListNames = None,
    *,
    out: Out = None,
    detailed_exitcode: DetailedExit = False,
) -> int:
    """Show what would be requested, without changing anything."""
    from reconciler.cli.output import (
        document_of,
        plan_file_text,
        print_apply_command,
        print_plan,
        require_plan_path,
        write_github_outputs,
    )
    from reconciler.cli.selection import select_lists
    from reconciler.controller.results import reachable
    from reconciler.controller.statuses import record_server_status
    from reconciler.sync import plan_file
    from reconciler.sync.execute import exit_code
    from reconciler.sync.reconcile import reconcile_lists
    from reconciler.sync.reports import keep_reports

    if out is not None:
        require_plan_path(out)
    config = settings.read_config()
    selected = select_lists(config, names or ())
    with settings.open_context(config) as context:
        reconciliation = reconcile_lists(config, context, selected)
        keep_reports(config, context, reconciliation, ())
        record_server_status(config, context.ledger, reachable(), context.clock.now())
    document = document_of(config, settings.config_path, reconciliation, narrowed_to=selected)
    if out is not None:
        plan_file.save(plan_file_text(document, out), out)
    print_plan(document, settings)
    print_apply_command(document, settings)
    write_github_outputs(document)
    changes = detailed_exitcode and bool(reconciliation.plan.actions)
    return exit_code(reconciliation, (), changes=changes)
