"""The accepted rights, and what waits, outlive the process, whatever the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from reconciler.core.model import (
    WHOLE,
    Approval,
    Episodes,
    FileRights,
    ListRights,
    Prune,
    Rights,
    RightsState,
    Role,
    Widening,
)
from reconciler.ledger import SqliteLedger

URL = "http://seerr:5055"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RIGHTS = Rights(Role.EXCLUDE, 3, Approval.AUTO, True, Prune.REPORT, 5, Episodes.SERIES)  # noqa: FBT003 - 4k
STATE = RightsState(
    FileRights(
        URL,
        frozenset({"imdb:tt0944947", "tmdb:movie:550"}),
        Rights(requester="alice"),
        {
            "wishes": ListRights("imdb:top", RIGHTS, '{"interval": "PT1H"}'),
            "b": ListRights("imdb:ls1", Rights(), "{}"),
        },
        {"imdb:gone": ListRights("imdb:gone", RIGHTS)},
    ),
    {
        Widening("wishes", "requester", "None", "requester alice is removed"): NOON,
        Widening(WHOLE, "server.url", "http://o", "server.url changes"): NOON + timedelta(hours=1),
    },
)


def test_what_was_written_is_read_again_also_for_another_server(tmp_path: Path) -> None:
    path = tmp_path / "listsync.db"
    with SqliteLedger(path, URL) as ledger:
        assert ledger.statuses.rights() == RightsState()
        ledger.statuses.keep_rights(STATE)

    with SqliteLedger(path, "http://other:5055") as ledger:
        state = ledger.statuses.rights()
        assert state == STATE
        assert state.accepted is not None
        assert list(state.accepted.lists) == ["wishes", "b"]
        assert [change.words for change in state.waiting] == [
            "server.url changes",
            "requester alice is removed",
        ]


def test_what_waits_no_more_is_gone(tmp_path: Path) -> None:
    with SqliteLedger(tmp_path / "listsync.db", URL) as ledger:
        ledger.statuses.keep_rights(STATE)
        ledger.statuses.keep_rights(RightsState(STATE.accepted))

        assert ledger.statuses.rights() == RightsState(STATE.accepted)
