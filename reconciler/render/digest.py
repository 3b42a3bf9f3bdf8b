"""What of a plan's document stands for the plan: its id, and the checksum of what is read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.render.shapes import ActionRow

ID_DIGITS = 8
# All else that a row says is part of what would be sent, and so is whatever a row says one day.
_EXPLAINS = frozenset({"reason", "lists", "matched_by", "detail"})
_OUTCOME = frozenset({"result", "http_status", "request_id", "message"})


def sent(row: ActionRow) -> str:
    """What an action would do, in canonical JSON: two rows that are equal here do the same.

    What a row does not say is said by none: older formats had fewer keys.
    """
    content = _without(row, _EXPLAINS | _OUTCOME)
    return _canonical({key: value for key, value in content.items() if value is not None})


def plan_digest(server_url: str, actions: Iterable[ActionRow]) -> str:
    """64 hex digits for these actions on this server, without titles; 8 of them are the plan's id.

    Why an action is done and for which lists counts here, how its title was matched does not.
    """
    content = [_without(row, _OUTCOME | {"matched_by", "detail"}) for row in actions]
    return _sha256([server_url, content])


def checksum(
    server_url: str, narrowed_to: Sequence[str] | None, actions: Sequence[ActionRow]
) -> str:
    """64 hex digits for all that ``apply`` reads of a saved plan, titles and lists too.

    None of it is a fraction: programs that write JSON anew spell those in their own ways.
    """
    return _sha256([server_url, narrowed_to, actions])


def _without(row: ActionRow, keys: Iterable[str]) -> dict[str, Any]:
    media = row["media"]
    content: dict[str, Any] = {key: value for key, value in row.items() if key not in keys}
    return {**content, "media": [media["type"], media["ids"]["tmdb"]]}


def _sha256(value: object) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
