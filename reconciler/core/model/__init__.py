"""The values every room speaks: frozen, comparable, free of I/O.

The words are the project's own (docs/architecture.md): an *item* is what a list yields, a *media
key* is what the server knows, a *target* is a media key in a quality, a *verdict* is why a wanted
title needs no action or may not have one.

The modules import at run time what only annotations use: the ledger reads and writes these
dataclasses through their annotations.
"""

from reconciler.core.model.history import Intent, Run
from reconciler.core.model.lists import (
    Ids,
    Item,
    ListRef,
    Snapshot,
)
from reconciler.core.model.media import (
    Candidate,
    Entry,
    Match,
    MediaKey,
    Target,
    Unmatched,
)
from reconciler.core.model.memory import (
    Attempts,
    Member,
    Membership,
    Memory,
    Remembered,
    Slot,
)
from reconciler.core.model.plan import (
    Action,
    Done,
    ListReport,
    Plan,
    Policy,
    Requester,
    Result,
    RowReport,
    Stop,
    Verdict,
    View,
    Wishlist,
)
from reconciler.core.model.server import (
    Allowance,
    Flavour,
    MediaState,
    MediaStatus,
    Observed,
    Quota,
    RequestState,
    RequestStatus,
    Season,
    ServerInfo,
    Show,
    User,
)
from reconciler.core.model.wishes import ALL_SEASONS, Budget, SeasonRule
from reconciler.core.model.words import (
    ATTENTION,
    DEFERRED,
    Approval,
    Expected,
    Kind,
    Op,
    Outcome,
    Reason,
    Rerequest,
    Role,
    Route,
    Why,
)

__all__ = [
    "ALL_SEASONS",
    "ATTENTION",
    "DEFERRED",
    "Action",
    "Allowance",
    "Approval",
    "Attempts",
    "Budget",
    "Candidate",
    "Done",
    "Entry",
    "Expected",
    "Flavour",
    "Ids",
    "Intent",
    "Item",
    "Kind",
    "ListRef",
    "ListReport",
    "Match",
    "MediaKey",
    "MediaState",
    "MediaStatus",
    "Member",
    "Membership",
    "Memory",
    "Observed",
    "Op",
    "Outcome",
    "Plan",
    "Policy",
    "Quota",
    "Reason",
    "Remembered",
    "RequestState",
    "RequestStatus",
    "Requester",
    "Rerequest",
    "Result",
    "Role",
    "Route",
    "RowReport",
    "Run",
    "Season",
    "SeasonRule",
    "ServerInfo",
    "Show",
    "Slot",
    "Snapshot",
    "Stop",
    "Target",
    "Unmatched",
    "User",
    "Verdict",
    "View",
    "Why",
    "Wishlist",
]
