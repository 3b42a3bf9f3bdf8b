"""A ledger for status without a valid config file: it finds the server that it knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from reconciler.ledger.store import SqliteLedger


@contextmanager
def last_ledger(path: Path) -> Iterator[SqliteLedger | None]:
    """A ledger for the server whose lists had the last turn; None: it knows of no turn.

    Raises LedgerError.
    """
    with ExitStack() as stack:
        if not path.is_file():  # none is made for a look
            yield None
            return
        server = stack.enter_context(SqliteLedger(path, "")).last_server()
        yield stack.enter_context(SqliteLedger(path, server)) if server else None
