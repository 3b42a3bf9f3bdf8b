"""The commands that plan, act and remember: plan, apply, adopt, forget and login."""

from __future__ import annotations

from typing import Annotated

import typer

from reconciler.cli.options import (
    ConfigPath,
    DebugDir,
    DetailedExit,
    Due,
    Expect,
    Form,
    Ledger,
    ListName,
    ListNames,
    ListsOrPlan,
    Out,
    Output,
    PlainForm,
    PlainOutput,
    PlanFile,
    SiteName,
    Verbose,
    Yes,
    reads_config,
    setting_of,
)
from reconciler.errors import UsageError


@reads_config
def plan(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    names: ListNames = None,
    config: ConfigPath = None,
    ledger: Ledger = None,
    output: Output = Form.TEXT,
    *,
    out: Out = None,
    detailed_exitcode: DetailedExit = False,
    verbose: Verbose = False,
    debug_dir: DebugDir = None,
) -> int:
    """Show what is missing and what would be requested; change nothing."""
    from reconciler.cli.commands import sync

    setting = setting_of(context, config, ledger, output, verbose=verbose, debug_dir=debug_dir)
    return sync.plan(setting, names or (), out=out, detailed=detailed_exitcode)


@reads_config
def apply(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    words: ListsOrPlan = None,
    config: ConfigPath = None,
    ledger: Ledger = None,
    output: Output = Form.TEXT,
    *,
    saved: PlanFile = None,
    expect: Expect = None,
    due: Due = False,
    yes: Yes = False,
    detailed_exitcode: DetailedExit = False,
    verbose: Verbose = False,
    debug_dir: DebugDir = None,
) -> int:
    """Request what is missing: asks first, or acts at once with --yes or a saved plan."""
    from reconciler.cli.commands import sync

    setting = setting_of(context, config, ledger, output, verbose=verbose, debug_dir=debug_dir)
    if due:
        from reconciler.cli.commands import running

        if words or saved or expect:
            raise UsageError(
                "--due chooses the lists itself", hint="leave the names and plans away"
            )
        return running.apply_due(setting, yes=yes, detailed=detailed_exitcode)
    return sync.apply(
        setting, words or (), saved=saved, expect=expect, yes=yes, detailed=detailed_exitcode
    )


@reads_config
def adopt(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    name: ListName,
    config: ConfigPath = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
    *,
    verbose: Verbose = False,
) -> int:
    """Mark everything now on a list as handled, so that none of it is requested."""
    from reconciler.cli.commands import remembering

    setting = setting_of(context, config, ledger, output, verbose=verbose)
    return remembering.adopt(setting, name)


@reads_config
def forget(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help='imdb:tt…, tmdb:movie:N, tvdb:N, title:"T (Y)".')
    ],
    config: ConfigPath = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also that it was adopted on a list.")
    ] = False,
    verbose: Verbose = False,
) -> int:
    """Forget a title's history, and show what will happen next."""
    from reconciler.cli.commands import forgetting

    setting = setting_of(context, config, ledger, output, verbose=verbose)
    return forgetting.forget(setting, item, everything=everything)


@reads_config
def login(
    context: typer.Context,
    site: SiteName,
    config: ConfigPath = None,
    ledger: Ledger = None,
    *,
    verbose: Verbose = False,
) -> int:
    """Sign in to Trakt, for private lists and your own: a code is typed on its page."""
    from reconciler.cli.commands import signing_in

    del site  # there is one
    setting = setting_of(context, config, ledger, PlainForm.TEXT, verbose=verbose)
    return signing_in.login_to_trakt(setting)
