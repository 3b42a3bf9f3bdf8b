"""The values that all folders share: frozen, comparable, free of I/O.

The words are the project's own (docs/internals/architecture.md): an *item* is what a list yields, a
*media key* is what the server knows, a *target* is a media key in a quality, a *verdict* is why a
wanted title needs no action or may not have one.

Each name is stated once, in its module. Types that only annotations use are imported at run time,
because the ledger reads and writes these dataclasses through their annotations.
"""

from reconciler.core.model.lists import *  # noqa: F403 - a hub of all names
from reconciler.core.model.memory import *  # noqa: F403
from reconciler.core.model.plan import *  # noqa: F403
from reconciler.core.model.rules import *  # noqa: F403
from reconciler.core.model.server import *  # noqa: F403
from reconciler.core.model.status import *  # noqa: F403
from reconciler.core.model.terms import *  # noqa: F403
