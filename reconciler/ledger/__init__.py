"""The ledger: what outlives the process, in one SQLite file.

``database`` is the file, ``schema`` its tables, ``columns`` how values are stored; ``cache``,
``memory``, ``journal`` and ``statuses`` are its parts, ``ledger`` puts them together, and ``lock``
lets one process act at a time.
"""

from reconciler.ledger.cache import CachedRoutes
from reconciler.ledger.ledger import LockedLedger, SqliteLedger, open_last_used

__all__ = ["CachedRoutes", "LockedLedger", "SqliteLedger", "open_last_used"]
