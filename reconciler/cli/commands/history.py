"""``history``: from the ledger alone."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from reconciler.cli.options import LEDGER, PLAIN_OUTPUT, Settings, command_with, complete_list

Query = Annotated[
    str | None,
    typer.Argument(
        metavar="LIST|ITEM|TITLE",
        help="A list's name, imdb:tt…, tmdb:movie:N, …, or part of a title.",
        autocompletion=complete_list,
    ),
]
Last = Annotated[
    int, typer.Option("--last", metavar="N", min=1, help="How many runs and actions to show.")
]


@command_with(LEDGER, PLAIN_OUTPUT)
def history(settings: Settings, query: Query = None, *, last: Last = 20) -> int:
    """Show recent runs, and each request with its result."""
    from reconciler import wiring
    from reconciler.cli.output import print_lines
    from reconciler.cli.selection import parse_past_query
    from reconciler.render.history import history_document, history_lines
    from reconciler.sync.clock import SystemClock

    config = settings.read_config()
    with wiring.open_ledger(config, settings.ledger_path(config)) as ledger:
        intents, runs = ledger.journal.history()
        if query is not None:
            past = parse_past_query(query, config, intents, runs, ledger)
            intents = tuple(intent for intent in intents if past.includes_intent(intent))
            runs = tuple(run for run in runs if past.includes_run(run))
    document = history_document(intents[-last:], runs[-last:])
    print_lines(settings, document, partial(history_lines, now=SystemClock().now()))
    return 0
