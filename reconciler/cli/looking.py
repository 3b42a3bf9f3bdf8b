"""Command line of the commands that only read the config, the ledger, the lists or the server."""

from __future__ import annotations

import typer

from reconciler.cli.options import (
    AnyList,
    Asked,
    ConfigPath,
    DebugDir,
    Form,
    Last,
    Ledger,
    ListName,
    Output,
    PlainForm,
    PlainOutput,
    Query,
    Verbose,
    reads_config,
    setting_of,
)


@reads_config
def validate(context: typer.Context, config: ConfigPath = None) -> int:
    """Check the file, without any network."""
    from reconciler.cli.commands import inspection

    setting = setting_of(context, config)
    return inspection.validate(setting)


@reads_config
def status(
    context: typer.Context,
    name: AnyList = None,
    config: ConfigPath = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
) -> int:
    """Show each list's last fetch and, for one list, each item's last verdict."""
    from reconciler.cli.commands import status

    setting = setting_of(context, config, ledger, output)
    return status.status(setting, name)


@reads_config
def explain(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    query: Query,
    config: ConfigPath = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
    *,
    verbose: Verbose = False,
) -> int:
    """Say why a title is, or is not, requested, and what would change that."""
    from reconciler.cli.commands import inspection

    setting = setting_of(context, config, ledger, output, verbose=verbose)
    return inspection.explain(setting, query)


@reads_config
def fetch(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    name: ListName,
    config: ConfigPath = None,
    output: Output = Form.TEXT,
    *,
    verbose: Verbose = False,
    debug_dir: DebugDir = None,
) -> int:
    """Read one list and print its items; needs no media server."""
    from reconciler.cli.commands import inspection

    setting = setting_of(context, config, None, output, verbose=verbose, debug_dir=debug_dir)
    return inspection.fetch(setting, name)


@reads_config
def history(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    query: Asked = None,
    config: ConfigPath = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
    *,
    last: Last = 20,
) -> int:
    """Show what was asked of the server, in which pass, and what came of it."""
    from reconciler.cli.commands import history as past

    setting = setting_of(context, config, ledger, output)
    return past.history(setting, query, last)


@reads_config
def doctor(
    context: typer.Context,
    config: ConfigPath = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
    *,
    verbose: Verbose = False,
) -> int:
    """Check files, server, key, requesters, ledger and browser, and say what to do."""
    from reconciler.cli.commands import inspection

    setting = setting_of(context, config, ledger, output, verbose=verbose)
    return inspection.doctor(setting)
