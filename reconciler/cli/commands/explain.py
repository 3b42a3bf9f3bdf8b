"""``explain``: with the lists as they were last fetched."""

from __future__ import annotations

from typing import Annotated

import typer

from reconciler.cli.options import LEDGER, PLAIN_OUTPUT, VERBOSE, Settings, command_with

Query = Annotated[
    str,
    typer.Argument(
        metavar="ITEM|TITLE",
        help="imdb:tt…, tmdb:movie:N, tvdb:N, trakt:movie:SLUG, or part of a title.",
    ),
]


@command_with(LEDGER, PLAIN_OUTPUT, VERBOSE)
def explain(settings: Settings, query: Query) -> int:
    """Explain why a title is or is not requested, and what to do."""
    from reconciler import wiring
    from reconciler.cli.output import print_lines, with_version
    from reconciler.render.explanation import explain_lines
    from reconciler.sync import explain as explaining
    from reconciler.sync.reconcile import reconcile_lists
    from reconciler.sync.reports import CachedSources

    config = settings.read_config()
    with wiring.open_ledger(config, settings.ledger_path(config)) as ledger:
        lists = CachedSources(ledger.cache.reports().values())
    with settings.open_context(config, lists) as context:
        reconciliation = reconcile_lists(config, context)
    titles = explaining.explain(reconciliation, query)
    unwanted = explaining.unwanted(reconciliation, query)
    document = with_version(query=query, titles=titles, unwanted=unwanted)
    print_lines(settings, document, lambda _: explain_lines(titles, query, unwanted))
    return 0
