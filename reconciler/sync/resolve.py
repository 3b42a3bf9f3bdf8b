"""Items → media keys, and titles → their details, with calls for what is not cached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context  # what lines of the log have in common
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from reconciler.core.match import by_id, by_number, by_title
from reconciler.core.model.lists import Item, Match, MediaKey, Unmatched
from reconciler.core.model.server import Film, MediaState, Show
from reconciler.core.model.terms import MatchMethod, Reason
from reconciler.core.names import search_terms
from reconciler.core.wants import names_of, rule_names
from reconciler.errors import TmdbError
from reconciler.ports import Ledger, MediaServer, Progress

_MediaById: TypeAlias = "dict[tuple[MatchMethod, str | int], set[MediaKey]]"

T = TypeVar("T")
R = TypeVar("R")

# How long cached details are valid.
RUNNING_SHOWS = timedelta(hours=24)
ENDED_SHOWS = NEW_FILMS = timedelta(days=7)
OLD_FILMS = timedelta(days=30)  # released before last year
REREAD = 20  # cached details refreshed in one run at most, so that a quiet run stays cheap


class KnownIds:
    """Matches without a look-up: the config's ``map``, and ids that lists or the server connect.

    Where lists give one IMDb or TVDB id different TMDB ids, none of them is trusted.
    """

    def __init__(
        self, mapped: Mapping[str, MediaKey], media: Iterable[MediaState], listed: Iterable[Item]
    ) -> None:
        """``mapped``: item names (core.wants.names_of) → media key; ``listed``: of all lists."""
        self._mapped = mapped
        self._from_lists: _MediaById = {}
        for item in listed:
            if item.ids.tmdb and item.kind and not item.unsupported:
                key = MediaKey(item.kind, item.ids.tmdb)
                for foreign_id in _foreign_ids(item.ids.imdb, item.ids.tvdb):
                    self._from_lists.setdefault(foreign_id, set()).add(key)
        self._media = {foreign_id: set(keys) for foreign_id, keys in self._from_lists.items()}
        for row in media:
            for foreign_id in _foreign_ids(row.imdb, row.tvdb):
                self._media.setdefault(foreign_id, set()).add(row.media)

    def match(self, item: Item) -> Match | None:
        if media := self._mapped_media(item):
            return Match(media, MatchMethod.MAP)
        foreign_ids = _foreign_ids(item.ids.imdb, item.ids.tvdb)
        is_disputed = any(len(self._from_lists.get(number, ())) > 1 for number in foreign_ids)
        if item.ids.tmdb and item.kind and not is_disputed:
            return Match(MediaKey(item.kind, item.ids.tmdb), MatchMethod.TMDB)
        for foreign_id in foreign_ids:
            keys = self._media.get(foreign_id, set())
            if len(keys) == 1 and item.certain_kind in {None, next(iter(keys)).kind}:
                return Match(next(iter(keys)), foreign_id[0])
        return None

    def _mapped_media(self, item: Item) -> MediaKey | None:
        """By ``map``, where a rule by title is for items without an id, and for its own kind."""
        has_id = item.ids.imdb or item.ids.tmdb or item.ids.tvdb
        names = rule_names(item) if has_id else names_of(item)
        for name in sorted(names & self._mapped.keys(), key=lambda n: (n.startswith("title:"), n)):
            kinds = {None, self._mapped[name].kind}
            if not name.startswith("title:") or item.certain_kind in kinds:
                return self._mapped[name]
        return None


def _foreign_ids(imdb: str | None, tvdb: int | None) -> list[tuple[MatchMethod, str | int]]:
    """The ids other than TMDB's, in order of trust."""
    ids: tuple[tuple[MatchMethod, str | int | None], ...] = (
        (MatchMethod.IMDB, imdb),
        (MatchMethod.TVDB, tvdb),
    )
    return [(method, foreign_id) for method, foreign_id in ids if foreign_id]


class Resolver:
    """Resolves the items of one run with up to ``workers`` look-ups at a time."""

    def __init__(self, server: MediaServer, ledger: Ledger, workers: int) -> None:
        self._server = server
        self._cache = ledger.cache
        self._workers = workers

    def matches(
        self, items: Iterable[Item], known_ids: KnownIds, now: datetime, progress: Progress
    ) -> dict[str, Match | Unmatched]:
        """Every item's match, by item key.

        Raises ServerError where the server stops answering; earlier answers are cached.
        """
        by_key = {item.key: item for item in items if not item.unsupported}
        matches = self.cached_matches(by_key.values(), known_ids, now)
        answers: dict[str, Match | Unmatched] = {}
        unknown = [item for key, item in by_key.items() if key not in matches]
        try:
            for item, match in self._each("resolve", unknown, self._look_up, progress):
                answers[item.key] = match
        finally:
            self._cache.keep_matches(answers, now)
        return matches | answers

    def cached_matches(
        self, items: Iterable[Item], known_ids: KnownIds, now: datetime
    ) -> dict[str, Match | Unmatched]:
        """The matches of these items that need no call, by item key."""
        by_key = {item.key: item for item in items if not item.unsupported}
        matches: dict[str, Match | Unmatched] = {
            key: match for key, item in by_key.items() if (match := known_ids.match(item))
        }
        return matches | dict(self._cache.matches(by_key.keys() - matches.keys(), now))

    def details(
        self, media: Iterable[MediaKey], now: datetime, progress: Progress
    ) -> dict[MediaKey, Film | Show | Unmatched]:
        keys = sorted(set(media))
        cached = self._cache.details(keys)
        details: dict[MediaKey, Film | Show | Unmatched] = {
            key: title for key, (title, _) in cached.items()
        }
        stale = [
            (read_at, key)
            for key, (title, read_at) in cached.items()
            if now - read_at >= _valid_for(title, now)
        ]
        unknown = [key for key in keys if key not in cached]
        fresh: list[Film | Show] = []
        try:
            due = unknown + [key for _, key in sorted(stale)[:REREAD]]
            for key, answer in self._each("details", due, self._read, progress):
                if isinstance(answer, Unmatched):
                    details.setdefault(key, answer)
                else:
                    details[key] = answer
                    fresh.append(answer)
        finally:
            self._cache.keep_details(fresh, now)
        return details

    def _each(
        self, stage: str, arguments: Sequence[T], ask: Callable[[T], R], progress: Progress
    ) -> Iterator[tuple[T, R]]:
        with (
            progress.stage(stage, len(arguments)) as step,
            ThreadPoolExecutor(self._workers) as pool,
        ):
            calls = {
                pool.submit(copy_context().run, ask, argument): argument for argument in arguments
            }
            try:
                for future in as_completed(calls):
                    yield calls[future], future.result()
                    step()
            finally:
                pool.shutdown(cancel_futures=True)

    def _look_up(self, item: Item) -> Match | Unmatched:
        try:
            for method, foreign_id in _foreign_ids(item.ids.imdb, item.ids.tvdb):
                return by_id(item, self._server.find(method, str(foreign_id)), method)
            if item.ids.tmdb:  # without a kind
                return by_number(item, self._server.find(MatchMethod.TMDB, str(item.ids.tmdb)))
            return by_title(item, self._server.search(*search_terms(item)))
        except TmdbError as error:
            return Unmatched(Reason.UNRESOLVED, error.message)

    def _read(self, media: MediaKey) -> Film | Show | Unmatched:
        try:
            return self._server.details(media)
        except TmdbError as error:
            return Unmatched(Reason.UNRESOLVED, error.message)


def _valid_for(title: Film | Show, now: datetime) -> timedelta:
    if isinstance(title, Show):
        return ENDED_SHOWS if title.ended else RUNNING_SHOWS
    return OLD_FILMS if title.year and title.year < now.year - 1 else NEW_FILMS
