"""The commands of a pass: plan and apply."""

from __future__ import annotations

import typer

from reconciler.cli.options import (
    Config,
    DetailedExit,
    Form,
    Ledger,
    Output,
    Verbose,
    Yes,
    setting_of,
    told,
)


def plan(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    config: Config = None,
    ledger: Ledger = None,
    output: Output = Form.TEXT,
    *,
    detailed_exitcode: DetailedExit = False,
    verbose: Verbose = False,
) -> int:
    """Show what is missing and what would be requested; change nothing."""
    from reconciler.commands import sync

    setting = setting_of(context, config, ledger, output, verbose=verbose)
    return told(setting, lambda: sync.plan(setting, detailed=detailed_exitcode))


def apply(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    config: Config = None,
    ledger: Ledger = None,
    output: Output = Form.TEXT,
    *,
    yes: Yes = False,
    detailed_exitcode: DetailedExit = False,
    verbose: Verbose = False,
) -> int:
    """Request what is missing: shows the plan and asks, or acts at once with --yes."""
    from reconciler.commands import sync

    setting = setting_of(context, config, ledger, output, verbose=verbose)
    return told(setting, lambda: sync.apply(setting, yes=yes, detailed=detailed_exitcode))
