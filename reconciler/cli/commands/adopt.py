"""``adopt``: one transaction in the ledger, no lock."""

from __future__ import annotations

from datetime import UTC, datetime

from reconciler.cli.options import (
    LEDGER,
    PLAIN_OUTPUT,
    VERBOSE,
    ListName,
    Settings,
    command_with,
)
from reconciler.errors import ListsyncError


@command_with(LEDGER, PLAIN_OUTPUT, VERBOSE)
def adopt(settings: Settings, name: ListName) -> int:
    """Mark a list's current titles so the list never requests them."""
    from reconciler import wiring
    from reconciler.cli.output import print_result, with_version
    from reconciler.cli.selection import find_list
    from reconciler.core.desired import as_wanted
    from reconciler.core.membership import extend_baseline
    from reconciler.core.model import Outcome
    from reconciler.render.words import counted

    config = settings.read_config()
    lst = find_list(config, name)
    path = settings.ledger_path(config)
    with (
        wiring.open_routes(config, path) as routes,
        wiring.open_sources(config, settings.config_path, path, routes) as sources,
    ):
        snapshot = sources.fetch(lst.source)
    # Unverified is enough: the person who adopts it vouches that the list is whole.
    if snapshot.outcome not in {Outcome.COMPLETE, Outcome.UNVERIFIED}:
        raise ListsyncError(
            f"{name} is {snapshot.outcome}, not complete; nothing was adopted",
            where=str(lst.source),
            hint=snapshot.error or "try again when the list can be read",
        )
    with wiring.open_ledger(config, path) as ledger:
        previous = ledger.memory.baselines().get(name)
        items = as_wanted(snapshot.items, lst.episodes)
        baseline = extend_baseline(previous, lst.source, items, datetime.now(UTC))
        ledger.memory.keep_baselines({name: baseline})
    count = len(snapshot.items)
    print_result(
        settings.output,
        with_version(list=name, adopted=count),
        lambda _: (
            f"adopted {counted(count, 'title')} from {name}: the list will never request them, "
            "only titles that are added later\n"
        ),
    )
    return 0
