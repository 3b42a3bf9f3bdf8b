"""Whether it is known what an exclude list excludes (law 5). What is not known stops requesting."""

from __future__ import annotations

from datetime import datetime

from reconciler.core.model import Outcome, Snapshot


def reason_unread(snapshot: Snapshot | None, last_complete: datetime | None) -> str | None:
    """Why it is not known what an exclude list excludes, and what to do; None: it is known.

    ``last_complete``: when the list was last read whole, this pass included. Of a list that was
    read whole once it is known what it held then; what this pass shows is excluded as well.

    ====================  =========================  ========
    last read completely  this pass                  the list
    ====================  =========================  ========
    now, or once          anything                   known
    never                 a file, whole or empty     known
    never                 not read                   unread
    never                 unverified                 unread
    never                 anything else              unread
    ====================  =========================  ========

    *Unverified* never counts as read, however many titles it shows: one that the site did not show
    would be requested. That holds for sites that declare no total, and for the page of Trakt's app
    where Trakt's API refuses the client id.
    """
    if last_complete is not None:
        return None
    if snapshot is None:
        return "it was never read completely: have this pass read it, too"
    if is_owners_word(snapshot):
        return None
    if snapshot.outcome is Outcome.UNVERIFIED:
        return (
            "it was read without a total to check it against, which never counts as read: "
            "keep what it excludes in a file, or on a list of another site"
        )
    why = f" ({snapshot.error})" if snapshot.error else ""
    return (
        f"it is {snapshot.outcome}{why}, and was never read completely before: "
        "fix its source, or remove the list from the file"
    )


def is_owners_word(snapshot: Snapshot) -> bool:
    """A file says what is on it, also when that is nothing; a site's short page may lie."""
    return snapshot.route == "file" and snapshot.outcome in {Outcome.COMPLETE, Outcome.EMPTY}
