"""``reconcile``."""

from __future__ import annotations

import sys

from reconciler.cli.options import LEDGER, ListName, Settings, command_with
from reconciler.errors import UsageError


@command_with(LEDGER)
def reconcile(settings: Settings, name: ListName) -> int:
    """Trigger an immediate sync of a list in a running listsync."""
    from reconciler import wiring
    from reconciler.cli.selection import find_list

    config = settings.read_config()
    lst = find_list(config, name)
    if lst.suspend:
        hint = "remove suspend: true from the list; it is then synced at once"
        raise UsageError(f"{lst.name} is suspended", where=str(settings.config_path), hint=hint)
    with wiring.open_ledger(config, settings.ledger_path(config)) as ledger:
        ledger.statuses.trigger(lst.name)
    sys.stdout.write(
        f"requested a sync of {lst.name}: a running listsync starts it within a second; "
        "if none is running, the sync waits for the next start\n"
    )
    return 0
