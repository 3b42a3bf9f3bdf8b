"""Command line of run and reconcile."""

from __future__ import annotations

from typing import Annotated

import typer

from reconciler.cli.options import (
    ConfigPath,
    DebugDir,
    Ledger,
    ListName,
    Verbose,
    reads_config,
    setting_of,
)

Poll = Annotated[
    bool,
    typer.Option("--poll", help="Look at the file each second, where no events come (NFS)."),
]


@reads_config
def run(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    config: ConfigPath = None,
    ledger: Ledger = None,
    *,
    poll: Poll = False,
    verbose: Verbose = False,
    debug_dir: DebugDir = None,
) -> int:
    """Run continuously: sync each list on its schedule and reload the config when it changes."""
    from reconciler.cli.commands import running

    setting = setting_of(context, config, ledger, verbose=verbose, debug_dir=debug_dir)
    return running.run(setting, poll=poll)


@reads_config
def reconcile(
    context: typer.Context, name: ListName, config: ConfigPath = None, ledger: Ledger = None
) -> int:
    """Trigger an immediate sync of a list in a running listsync."""
    from reconciler.cli.commands import running

    return running.reconcile(setting_of(context, config, ledger), name)
