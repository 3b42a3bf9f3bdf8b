"""The command that adopts a list's content. One transaction, no lock."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from reconciler import wiring
from reconciler.cli.commands.selection import list_named
from reconciler.cli.commands.setting import Setting, print_json
from reconciler.core.episodes import as_wanted
from reconciler.core.membership import taken_as_given
from reconciler.core.model import Outcome
from reconciler.errors import ListsyncError
from reconciler.render.document import FORMAT_VERSION
from reconciler.sync.run_log import OK

WHOLE_ENOUGH = frozenset({Outcome.COMPLETE, Outcome.UNVERIFIED})  # a person says it is all there


def adopt(setting: Setting, name: str) -> int:
    """Adopt what is on a list now.

    Raises ListsyncError where the list could not be read to its end, LedgerError where the ledger
    cannot be written.
    """
    config = setting.config()
    lst = list_named(config, name)
    path = setting.ledger_path(config)
    with (
        wiring.open_routes(config, path) as routes,
        wiring.open_sources(config, setting.config_path, path, routes) as sources,
    ):
        snapshot = sources.fetch(lst.source)
    if snapshot.outcome not in WHOLE_ENOUGH:
        raise ListsyncError(
            f"{name} is {snapshot.outcome}: half a list is not a list, nothing was adopted",
            where=str(lst.source),
            hint=snapshot.error or "try again when it can be read",
        )
    with wiring.open_ledger(config, path) as ledger:
        before = ledger.memory.baselines().get(name)
        items = as_wanted(snapshot.items, lst.episodes)
        given = taken_as_given(before, lst.source, items, datetime.now(UTC))
        ledger.memory.keep_baselines({name: given})
    count = len(snapshot.items)
    if setting.output == "json":
        print_json({"format_version": FORMAT_VERSION, "list": name, "adopted": count})
    else:
        sys.stdout.write(
            f"adopted {count:,} title{'s' * (count != 1)} of {name}: "
            "the list asks for none of them; what comes to it later is requested\n"
        )
    return OK
