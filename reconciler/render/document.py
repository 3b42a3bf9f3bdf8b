"""The documents that commands print: their shape, their ids, and their text as JSON.

Text and Markdown are made from the same documents. ``format_version``: the minor number grows with
additions, the major one with breaks.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired

from typing_extensions import TypedDict  # Pydantic reads saved plans as these, and needs it so

FORMAT_VERSION = "2.1"
ID_DIGITS = 8
_EXPLANATION = frozenset({"reason", "lists", "matched_by", "detail"})  # not part of what is sent
_OUTCOME = frozenset({"result", "http_status", "request_id", "message"})
# C1 controls, line separators, marks of direction: json.dumps escapes only those below U+0020.
_ACTIVE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class Media(TypedDict):
    """A title; ``tmdb`` is among its ids where it was resolved."""

    type: str | None
    title: str | None
    year: int | None
    ids: dict[str, int | str]


class Candidate(TypedDict):
    """A title that the server offered."""

    type: str
    tmdb: int
    title: str
    year: int | None


class User(TypedDict):
    """A user of the server."""

    name: str
    id: int


class ItemRow(TypedDict):
    """One entry of a list, as its site gives it."""

    position: int
    title: str | None
    year: int | None
    kind: str | None
    ids: dict[str, int | str]
    seasons: NotRequired[list[int]]
    unsupported: NotRequired[str]
    facts: NotRequired[dict[str, Any]]


class Fetch(TypedDict):
    """The result of a fetch; only ``fetch -o json`` has ``items``."""

    list: str
    source: str
    route: str
    outcome: str
    complete: bool
    declared_total: int | None
    count: int
    error: str | None
    note: str | None
    items: NotRequired[list[ItemRow]]


class Destination(TypedDict, total=False):
    """Where the server sends a request, by id. None: the server's own choice."""

    server_id: int | None  # of Radarr or Sonarr
    profile_id: int | None
    root_folder: str | None
    tags: list[int] | None


class DeliveryNames(TypedDict):
    """The Radarr or Sonarr options that a list names."""

    server: str
    profile: str | None
    root_folder: str | None
    tags: list[str] | None


class ActionRow(Destination):
    """One action; ``result`` and the keys after it only after ``apply``."""

    op: str
    reason: str
    media: Media
    is_4k: bool
    seasons: list[int] | None
    request_ids: list[int]  # what a retry or a cancel acts on
    requester: int
    expected: str
    lists: list[str]
    matched_by: str
    detail: str
    result: NotRequired[str]
    http_status: NotRequired[int | None]
    request_id: NotRequired[int | None]
    message: NotRequired[str]


class VerdictRow(TypedDict):
    """Why a wanted title needs no action or may not have one."""

    reason: str
    media: Media
    is_4k: bool
    seasons: list[int] | None
    lists: list[str]
    matched_by: str | None
    detail: str
    candidates: NotRequired[list[Candidate]]
    would: NotRequired[str]  # an op that is not due yet, or is only reported


class Titles(TypedDict):
    """Each title of a list, counted once: as its own, another list's, or a repeat."""

    own: int
    belong_to: dict[str, int]
    repeated: int


class ListRow(TypedDict):
    """One list of the config."""

    name: str
    source: str
    role: str
    top: int | None
    requester: User | None
    expected: dict[str, str]  # by kind: what the server will make of a request
    problem: str | None
    notice: str | None
    quota: dict[str, dict[str, int | None]]
    delivery: dict[str, DeliveryNames]  # by kind
    titles: Titles | None  # None: an exclude list
    fetch: Fetch


class ServerRow(TypedDict):
    """The media server, and how reading it went."""

    url: str
    flavour: str
    version: str
    media: int
    requests: int
    seconds: float
    slowdown: dict[str, Any] | None


class Leftovers(TypedDict):
    """Actions that ``apply`` of a saved plan skipped: no longer needed, or not in that plan."""

    plan_id: str
    satisfied: list[ActionRow]
    new: list[ActionRow]


class PlanDocument(TypedDict):
    """A plan, and after ``apply`` its outcomes."""

    format_version: str
    plan_id: str
    digest: str  # the id in full
    checksum: str  # of what apply reads of a saved plan
    narrowed_to: list[str] | None  # the lists that were chosen; None: all of the config
    config: dict[str, str]
    server: ServerRow
    complete: bool
    summary: dict[str, int]
    stopped: list[dict[str, str]]
    lists: list[ListRow]
    actions: list[ActionRow]
    verdicts: list[VerdictRow]
    saved: NotRequired[Leftovers]


class ListPlace(TypedDict):
    """A place of a title on a list."""

    name: str
    role: str
    position: int
    ids: dict[str, int | str]
    fresh: bool
    facts: dict[str, dict[str, Any] | None]  # what the list's filter uses, and its source
    notice: str | None
    episode: NotRequired[dict[str, Any]]


class Resolution(TypedDict):
    """How a title was found."""

    tmdb: int | None
    by: str | None
    candidates: list[Candidate]


class ServerState(TypedDict, total=False):
    """What the server has of a title; empty where the title is not resolved."""

    media: list[str]
    seasons: dict[str, str]
    requests: list[dict[str, Any]]
    blocklisted: bool


class SeasonAiring(TypedDict):
    """Whether a season has aired, and the fact that shows it."""

    season: int
    aired: bool
    basis: str
    air_date: str | None
    episodes: int | None


class Airing(TypedDict, total=False):
    """The seasons of a show; empty for a film."""

    ended: bool
    last_aired_season: int | None
    seasons: list[SeasonAiring]


class Sighting(TypedDict):
    """What was seen of a film or a season at the last looks."""

    season: int | None
    still_there: bool
    readded: bool
    refused: str | None


class MemoryRow(TypedDict, total=False):
    """What the ledger knows of a title; empty where the title is not resolved."""

    seen: list[Sighting]
    failures: int
    retries: int
    not_before: str | None


class Decided(TypedDict):
    """An action or a verdict; the keys after ``detail`` are those of an action."""

    word: str
    seasons: list[int] | None
    detail: str
    reason: NotRequired[str]
    requester: NotRequired[User]
    expected: NotRequired[str]
    delivery: NotRequired[DeliveryNames | None]


class Explanation(TypedDict):
    """Why a title is or is not requested."""

    media: Media
    is_4k: bool
    lists: list[ListPlace]
    resolved: Resolution
    server: ServerState
    airing: Airing
    memory: MemoryRow
    verdict: Decided
    would_change: str


class Unwanted(TypedDict):
    """A title on a list that the list does not want: beyond its ``top``, or excluded."""

    list: str
    position: int
    title: str
    year: int | None
    why: str
    would_change: str


def json_text(document: Mapping[str, object]) -> str:
    """A document as indented JSON.

    What would act on a terminal or reorder a line is escaped, which means the same to programs.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return _ACTIVE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def effect_of(row: ActionRow) -> str:
    """What an action would do, in canonical JSON: equal rows do the same.

    A missing key counts as null: older minor formats had fewer.
    """
    content = _without(row, _EXPLANATION | _OUTCOME)
    return _canonical({key: value for key, value in content.items() if value is not None})


def plan_digest(server_url: str, actions: Iterable[ActionRow]) -> str:
    """64 hex digits for these actions on this server, without titles; 8 of them are the plan's id.

    The reason for an action and its lists count, how its title was matched does not.
    """
    content = [_without(row, _OUTCOME | {"matched_by", "detail"}) for row in actions]
    return _sha256([server_url, content])


def checksum(
    server_url: str, narrowed_to: Sequence[str] | None, actions: Sequence[ActionRow]
) -> str:
    """64 hex digits for all that ``apply`` reads of a saved plan, titles and lists too.

    None of it is a fraction: programs that rewrite JSON spell fractions in their own ways.
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
