"""Made-up lists, titles, servers and memories, and a plan in words a table can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from reconciler.core.model import (
    Action,
    DesiredList,
    Entry,
    Ids,
    Item,
    Kind,
    ListRef,
    ListRules,
    Match,
    MatchMethod,
    MediaKey,
    MediaState,
    MediaStatus,
    Memory,
    Observed,
    Plan,
    Policy,
    Quota,
    Reason,
    Requester,
    RequestState,
    RequestStatus,
    Season,
    Show,
    Target,
    Unmatched,
    User,
)
from reconciler.core.plan import calculate
from reconciler.core.seasons import span

NOW = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
TODAY = NOW.date()
SOON = NOW + timedelta(minutes=5)
LONG_AGO = date(2019, 4, 14)
NEXT_YEAR = date(2027, 4, 14)

DUNE = MediaKey(Kind.MOVIE, 438631)
HEAT = MediaKey(Kind.MOVIE, 949)
BEAR = MediaKey(Kind.TV, 136315)

ADMIN = Requester(User(1, "admin", 2))
ANNA = Requester(User(4, "anna", 32), is_owner=False)
CAROL = Requester(User(7, "carol", 0), is_owner=False)


def item(media: MediaKey, position: int = 1, title: str | None = None) -> Item:
    """An item known by its TMDB id."""
    name = f"{media.kind} {media.tmdb}" if title is None else title
    return Item(position, name, 2021, media.kind, Ids(tmdb=media.tmdb))


def entry(media: MediaKey, position: int = 1, *, fresh: bool = True) -> Entry:
    return Entry(item(media, position), Match(media, MatchMethod.TMDB), fresh)


def unresolved_entry(reason: Reason, title: str = "Sing Sing", position: int = 1) -> Entry:
    """An item that leads to no title."""
    return Entry(Item(position, title, 2023), Unmatched(reason, "because"))


def rules(name: str = "list", **options: object) -> ListRules:
    """A list of the file; no two have one source unless it is given."""
    return replace(ListRules(name, ListRef("imdb", name)), **options)  # type: ignore[arg-type]


def wishes(*entries: Entry, name: str = "list", index: int = 0) -> DesiredList:
    """A list whose requests are made by the administrator."""
    return DesiredList(rules(name), index, entries, requester=ADMIN)


def having(lst: DesiredList, **options: object) -> DesiredList:
    """The list with other rules, or another state."""
    names = {field.name for field in fields(DesiredList)}
    state = {key: value for key, value in options.items() if key in names}
    changed = {key: value for key, value in options.items() if key not in names}
    ruled = replace(lst.rules, **changed)  # type: ignore[arg-type]
    return replace(lst, rules=ruled, **state)  # type: ignore[arg-type]


def films(numbers: Iterable[int], name: str = "list", index: int = 0) -> DesiredList:
    keys = [MediaKey(Kind.MOVIE, number) for number in numbers]
    entries = [entry(key, position) for position, key in enumerate(keys, start=1)]
    return wishes(*entries, name=name, index=index)


def row(
    media: MediaKey,
    status: MediaStatus = MediaStatus.UNKNOWN,
    status_4k: MediaStatus = MediaStatus.UNKNOWN,
    seasons: Mapping[int, MediaStatus] | None = None,
) -> MediaState:
    """A media row; the seasons' statuses are those of the ordinary quality."""
    numbered = {n: (status, MediaStatus.UNKNOWN) for n, status in (seasons or {}).items()}
    return MediaState(media, status, status_4k, numbered)


def request(
    number: int,
    media: MediaKey,
    status: RequestStatus,
    *seasons: int,
    is_4k: bool = False,
    created: datetime | None = None,
) -> RequestState:
    target = Target(media, is_4k)
    return RequestState(number, target, status, 1, dict.fromkeys(seasons, status), created)


def facts(*aired: int, coming: Iterable[int] = (), undated: Iterable[int] = ()) -> Show:
    """What is known of a show: the seasons that aired, are announced, and have no date."""
    dated = [Season(n, LONG_AGO, 8) for n in aired] + [Season(n, NEXT_YEAR, 8) for n in coming]
    seasons = (*dated, *(Season(n, None, 8) for n in undated))
    return Show(BEAR.tmdb, "The Bear", 2022, ended=False, seasons=seasons)


def server(
    *parts: MediaState | RequestState,
    shows: Mapping[int, Show | Unmatched] | None = None,
    blocklist: Iterable[MediaKey] = (),
    quotas: Mapping[int, Quota] | None = None,
) -> Observed:
    """A server with these rows and requests."""
    media: dict[MediaKey, tuple[MediaState, ...]] = {}
    requests: dict[Target, tuple[RequestState, ...]] = {}
    for part in parts:
        if isinstance(part, MediaState):
            media[part.media] = (*media.get(part.media, ()), part)
        else:
            requests[part.target] = (*requests.get(part.target, ()), part)
    return Observed(media, requests, frozenset(blocklist), shows or {}, quotas or {})


def plan(*lists: DesiredList, on: Observed | None = None, memory: Memory | None = None) -> Plan:
    return calculate(lists, on or Observed(), memory or Memory(), Policy(), NOW)


def summarize(decided: Plan) -> list[str]:
    """Every row in short, actions first: ``extend S2-3 (new-season)``, ``available``."""
    return [_action_text(row) for row in decided.actions] + [
        str(row.reason) for row in decided.verdicts
    ]


def _action_text(row: Action) -> str:
    seasons = f" {span(row.seasons)}" if row.seasons else ""
    return f"{row.op}{seasons} ({row.why})"
