"""Items → media keys, and shows → season facts: from what is known, else asked of the server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from reconciler.core.match import by_id, by_title
from reconciler.core.model import Match, MediaKey, Reason, Route, Unmatched
from reconciler.core.wants import names_of, rule_names
from reconciler.errors import TmdbTroubleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from reconciler.core.model import Item, MediaState, Show
    from reconciler.ports import Ledger, MediaServer, Progress

T = TypeVar("T")
R = TypeVar("R")

RUNNING_SHOWS = timedelta(hours=24)  # how long season facts are believed
ENDED_SHOWS = timedelta(days=7)
REREAD = 20  # season facts re-read in one pass, so that a quiet pass stays cheap


class Known:
    """What needs no look-up: the file's ``map``, ids the list gives, ids the server shows."""

    def __init__(self, mapped: Mapping[str, MediaKey], media: Iterable[MediaState]) -> None:
        """``mapped``: item names (core.wants.names_of) → media key."""
        self._mapped = mapped
        self._seen: dict[tuple[Route, str | int], set[MediaKey]] = {}
        for row in media:
            if row.imdb:
                self._seen.setdefault((Route.IMDB, row.imdb), set()).add(row.media)
            if row.tvdb:
                self._seen.setdefault((Route.TVDB, row.tvdb), set()).add(row.media)

    def match(self, item: Item) -> Match | None:
        """The item's media key, where it is known without asking."""
        if rule := self._rule(item):
            return Match(rule, Route.MAP)
        if item.ids.tmdb and item.kind:
            return Match(MediaKey(item.kind, item.ids.tmdb), Route.TMDB)
        for route, foreign in ((Route.IMDB, item.ids.imdb), (Route.TVDB, item.ids.tvdb)):
            seen = self._seen.get((route, foreign), set()) if foreign else set()
            if len(seen) == 1 and item.kind in {None, next(iter(seen)).kind}:
                return Match(next(iter(seen)), route)
        return None

    def _rule(self, item: Item) -> MediaKey | None:
        """What ``map`` says. A rule by title is for items without an id, and for its own kind."""
        sure = item.ids.imdb or item.ids.tmdb or item.ids.tvdb
        names = rule_names(item) if sure else names_of(item)
        for name in sorted(names & self._mapped.keys(), key=lambda n: (n.startswith("title:"), n)):
            if not name.startswith("title:") or item.kind in {None, self._mapped[name].kind}:
                return self._mapped[name]
        return None


class Resolver:
    """Resolves the items of one pass; what was asked once is not asked again."""

    def __init__(self, server: MediaServer, ledger: Ledger, workers: int) -> None:
        """``workers``: look-ups in flight at once."""
        self._server = server
        self._ledger = ledger
        self._workers = workers

    def matches(
        self, items: Iterable[Item], known: Known, now: datetime, progress: Progress
    ) -> dict[str, Match | Unmatched]:
        """Every item's match, by item key.

        Raises ServerError where the server stops answering; what was found until then is kept.
        """
        wanted = {item.key: item for item in items if not item.unsupported}
        found: dict[str, Match | Unmatched] = {}
        for key, item in wanted.items():
            if certain := known.match(item):
                found[key] = certain
        found.update(self._ledger.matches(wanted.keys() - found.keys(), now))
        asked: dict[str, Match | Unmatched] = {}
        todo = [item for key, item in wanted.items() if key not in found]
        try:
            for item, match in self._each("resolve", todo, self._look_up, progress):
                asked[item.key] = match
        finally:
            self._ledger.keep_matches(asked, now)
        return found | asked

    def shows(
        self, wanted: Iterable[int], now: datetime, progress: Progress
    ) -> dict[int, Show | Unmatched]:
        """The season facts of the shows, by TMDB id."""
        cached = self._ledger.shows()
        facts: dict[int, Show | Unmatched] = {}
        unknown, stale = [], []
        for tmdb in sorted(set(wanted)):
            if tmdb not in cached:
                unknown.append(tmdb)
                continue
            facts[tmdb], read_at = cached[tmdb]
            if now - read_at >= (ENDED_SHOWS if cached[tmdb][0].ended else RUNNING_SHOWS):
                stale.append((read_at, tmdb))
        due = unknown + [tmdb for _, tmdb in sorted(stale)[:REREAD]]
        fresh: list[Show] = []
        try:
            for tmdb, show in self._each("seasons", due, self._read_show, progress):
                if isinstance(show, Unmatched):
                    facts.setdefault(tmdb, show)
                else:
                    facts[tmdb] = show
                    fresh.append(show)
        finally:
            self._ledger.keep_shows(fresh, now)
        return facts

    def _each(
        self, stage: str, todo: Sequence[T], ask: Callable[[T], R], progress: Progress
    ) -> Iterator[tuple[T, R]]:
        """Ask for each, several at once, and yield the answers as they come."""
        with (
            progress.stage(stage, len(todo)) as step,
            ThreadPoolExecutor(self._workers) as pool,
        ):
            asked = {pool.submit(ask, one): one for one in todo}
            try:
                for future in as_completed(asked):
                    yield asked[future], future.result()
                    step()
            finally:
                pool.shutdown(cancel_futures=True)

    def _look_up(self, item: Item) -> Match | Unmatched:
        try:
            return self._ask(item)
        except TmdbTroubleError as trouble:
            return Unmatched(Reason.UNRESOLVED, trouble.what)

    def _ask(self, item: Item) -> Match | Unmatched:
        for route, foreign in ((Route.IMDB, item.ids.imdb), (Route.TVDB, item.ids.tvdb)):
            if foreign:
                return by_id(item, self._server.find(route, str(foreign)), route)
        if item.ids.tmdb:  # without a kind: films and shows share their numbers, so the title tells
            found = by_title(item, self._server.find(Route.TMDB, str(item.ids.tmdb)))
            return replace(found, by=Route.TMDB) if isinstance(found, Match) else found
        return by_title(item, self._server.search(item.title, item.year))

    def _read_show(self, tmdb: int) -> Show | Unmatched:
        try:
            return self._server.show(tmdb)
        except TmdbTroubleError as trouble:
            return Unmatched(Reason.UNRESOLVED, trouble.what)
