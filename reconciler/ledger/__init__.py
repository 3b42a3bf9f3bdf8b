"""The ledger: what outlives the process, in one SQLite file.

``SqliteLedger`` is the port's implementation, ``HeldLedger`` keeps one for a long time,
``RememberedRoutes`` is a part of its cache as another port; the modules
behind them are the file (``database``, ``schema``, ``faults``), the two kinds of tables (``cache``;
``memory``, ``intents``, ``keeping``) and the lock.
"""

from reconciler.ledger.held import HeldLedger
from reconciler.ledger.last import last_ledger
from reconciler.ledger.routes import RememberedRoutes
from reconciler.ledger.store import SqliteLedger

__all__ = ["HeldLedger", "RememberedRoutes", "SqliteLedger", "last_ledger"]
