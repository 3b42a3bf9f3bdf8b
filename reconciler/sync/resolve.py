"""Items → media keys, and titles → their details: from what is known, else asked of the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context  # what lines of the log have in common
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from reconciler.core.match import by_id, by_number, by_title
from reconciler.core.model import (
    Film,
    Item,
    Match,
    MatchMethod,
    MediaKey,
    MediaState,
    Reason,
    Show,
    Unmatched,
)
from reconciler.core.names import search_terms
from reconciler.core.wants import names_of, rule_names
from reconciler.errors import TmdbError
from reconciler.ports import Ledger, MediaServer, Progress

_MediaById: TypeAlias = "dict[tuple[MatchMethod, str | int], set[MediaKey]]"

T = TypeVar("T")
R = TypeVar("R")

RUNNING_SHOWS = timedelta(hours=24)  # how long details are believed
ENDED_SHOWS = NEW_FILMS = timedelta(days=7)
OLD_FILMS = timedelta(days=30)  # those that came out before last year
REREAD = 20  # details re-read in one pass, so that a quiet pass stays cheap


class KnownIds:
    """What needs no look-up: the file's ``map``, and ids that a list or the server shows.

    Where lists give one IMDb or TVDB id different TMDB ids, none of them is trusted.
    """

    def __init__(
        self, mapped: Mapping[str, MediaKey], media: Iterable[MediaState], listed: Iterable[Item]
    ) -> None:
        """``mapped``: item names (core.wants.names_of) → media key. ``listed``: of any list."""
        self._mapped = mapped
        self._on_lists: _MediaById = {}
        for item in listed:
            if item.ids.tmdb and item.kind and not item.unsupported:
                for foreign in _foreign_ids(item.ids.imdb, item.ids.tvdb):
                    tmdb = MediaKey(item.kind, item.ids.tmdb)
                    self._on_lists.setdefault(foreign, set()).add(tmdb)
        self._seen = {foreign: set(keys) for foreign, keys in self._on_lists.items()}
        for row in media:
            for foreign in _foreign_ids(row.imdb, row.tvdb):
                self._seen.setdefault(foreign, set()).add(row.media)

    def match(self, item: Item) -> Match | None:
        """The item's media key, where it is known without asking."""
        if rule := self._rule(item):
            return Match(rule, MatchMethod.MAP)
        foreign_ids = _foreign_ids(item.ids.imdb, item.ids.tvdb)
        disputed = any(len(self._on_lists.get(foreign, ())) > 1 for foreign in foreign_ids)
        if item.ids.tmdb and item.kind and not disputed:
            return Match(MediaKey(item.kind, item.ids.tmdb), MatchMethod.TMDB)
        for foreign in foreign_ids:
            seen = self._seen.get(foreign, set())
            if len(seen) == 1 and item.certain_kind in {None, next(iter(seen)).kind}:
                return Match(next(iter(seen)), foreign[0])
        return None

    def _rule(self, item: Item) -> MediaKey | None:
        """What ``map`` says. A rule by title is for items without an id, and for its own kind."""
        sure = item.ids.imdb or item.ids.tmdb or item.ids.tvdb
        names = rule_names(item) if sure else names_of(item)
        for name in sorted(names & self._mapped.keys(), key=lambda n: (n.startswith("title:"), n)):
            kinds = {None, self._mapped[name].kind}
            if not name.startswith("title:") or item.certain_kind in kinds:
                return self._mapped[name]
        return None


def _foreign_ids(imdb: str | None, tvdb: int | None) -> list[tuple[MatchMethod, str | int]]:
    """The ids that are not TMDB's, in order of trust."""
    ids: tuple[tuple[MatchMethod, str | int | None], ...] = (
        (MatchMethod.IMDB, imdb),
        (MatchMethod.TVDB, tvdb),
    )
    return [(route, foreign) for route, foreign in ids if foreign]


class Resolver:
    """Resolves the items of one pass; what was asked once is not asked again."""

    def __init__(self, server: MediaServer, ledger: Ledger, workers: int) -> None:
        """``workers``: look-ups in flight at once."""
        self._server = server
        self._ledger = ledger
        self._workers = workers

    def matches(
        self, items: Iterable[Item], known: KnownIds, now: datetime, progress: Progress
    ) -> dict[str, Match | Unmatched]:
        """Every item's match, by item key.

        Raises ServerError where the server stops answering; what was found until then is kept.
        """
        wanted = {item.key: item for item in items if not item.unsupported}
        found = self.recalled(wanted.values(), known, now)
        asked: dict[str, Match | Unmatched] = {}
        todo = [item for key, item in wanted.items() if key not in found]
        try:
            for item, match in self._each("resolve", todo, self._look_up, progress):
                asked[item.key] = match
        finally:
            self._ledger.cache.keep_matches(asked, now)
        return found | asked

    def recalled(
        self, items: Iterable[Item], known: KnownIds, now: datetime
    ) -> dict[str, Match | Unmatched]:
        """The matches of these items that are known without asking, by item key."""
        wanted = {item.key: item for item in items if not item.unsupported}
        found: dict[str, Match | Unmatched] = {}
        for key, item in wanted.items():
            if certain := known.match(item):
                found[key] = certain
        return found | dict(self._ledger.cache.matches(wanted.keys() - found.keys(), now))

    def details(
        self, wanted: Iterable[MediaKey], now: datetime, progress: Progress
    ) -> dict[MediaKey, Film | Show | Unmatched]:
        """What there is to know of these titles: seasons, and what filters ask."""
        titles = sorted(set(wanted))
        cached = self._ledger.cache.details(titles)
        known: dict[MediaKey, Film | Show | Unmatched] = {}
        unknown, stale = [], []
        for media in titles:
            if media not in cached:
                unknown.append(media)
                continue
            known[media], read_at = cached[media]
            if now - read_at >= _believed(cached[media][0], now):
                stale.append((read_at, media))
        due = unknown + [media for _, media in sorted(stale)[:REREAD]]
        fresh: list[Film | Show] = []
        try:
            for media, answer in self._each("details", due, self._read, progress):
                if isinstance(answer, Unmatched):
                    known.setdefault(media, answer)
                else:
                    known[media] = answer
                    fresh.append(answer)
        finally:
            self._ledger.cache.keep_details(fresh, now)
        return known

    def _each(
        self, stage: str, todo: Sequence[T], ask: Callable[[T], R], progress: Progress
    ) -> Iterator[tuple[T, R]]:
        """Ask for each, several at once, and yield the answers as they come."""
        with (
            progress.stage(stage, len(todo)) as step,
            ThreadPoolExecutor(self._workers) as pool,
        ):
            asked = {pool.submit(copy_context().run, ask, one): one for one in todo}
            try:
                for future in as_completed(asked):
                    yield asked[future], future.result()
                    step()
            finally:
                pool.shutdown(cancel_futures=True)

    def _look_up(self, item: Item) -> Match | Unmatched:
        try:
            return self._ask(item)
        except TmdbError as trouble:
            return Unmatched(Reason.UNRESOLVED, trouble.message)

    def _ask(self, item: Item) -> Match | Unmatched:
        for route, foreign in (
            (MatchMethod.IMDB, item.ids.imdb),
            (MatchMethod.TVDB, item.ids.tvdb),
        ):
            if foreign:
                return by_id(item, self._server.find(route, str(foreign)), route)
        if item.ids.tmdb:  # without a kind
            return by_number(item, self._server.find(MatchMethod.TMDB, str(item.ids.tmdb)))
        return by_title(item, self._server.search(*search_terms(item)))

    def _read(self, media: MediaKey) -> Film | Show | Unmatched:
        try:
            return self._server.details(media)
        except TmdbError as trouble:
            return Unmatched(Reason.UNRESOLVED, trouble.message)


def _believed(title: Film | Show, now: datetime) -> timedelta:
    if isinstance(title, Show):
        return ENDED_SHOWS if title.ended else RUNNING_SHOWS
    return OLD_FILMS if title.year and title.year < now.year - 1 else NEW_FILMS
