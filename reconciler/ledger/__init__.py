"""The ledger: what outlives the process, in one SQLite file.

``SqliteLedger`` is the port's implementation; the rooms behind it are the file (``database``,
``schema``, ``faults``), the two kinds of tables (``cache``, ``memory``, ``intents``) and the lock.
"""

from reconciler.ledger.store import SqliteLedger

__all__ = ["SqliteLedger"]
