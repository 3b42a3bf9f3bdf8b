"""A household in one process: clock and lists set by hand, the sandbox's server, a real ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any

from pydantic import SecretStr

from examples.sandbox.media_server import CallRecord, SandboxServer, Settings
from examples.sandbox.titles import Title
from reconciler.config import Config, load
from reconciler.core.model import (
    ALL,
    FetchScope,
    Ids,
    Item,
    Kind,
    ListRef,
    Message,
    Outcome,
    Snapshot,
)
from reconciler.ledger import SqliteLedger
from reconciler.overseerr import OverseerrServer
from reconciler.ports import Ledger, MediaServer
from reconciler.render.document import Explanation, Fetch, PlanDocument, Unwanted
from reconciler.render.explanation import explain_lines
from reconciler.render.layout import text_of
from reconciler.render.progress import Silence
from reconciler.render.text import fetch_lines, plan_lines
from reconciler.sources.registry import recognize_list
from reconciler.sync.apply import Applier, Outcomes
from reconciler.sync.reconcile import Context, Reconciliation, reconcile_lists

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADMIN, ALICE, BOB, CAROL = 1, 2, 3, 4


def explain_text(
    explanations: Sequence[Explanation], query: str, unwanted: Sequence[Unwanted] = ()
) -> str:
    """The explanations as a pipe gets them."""
    return text_of(explain_lines(explanations, query, unwanted))


def plan_text(document: PlanDocument) -> str:
    """The plan as a pipe gets it."""
    return text_of(plan_lines(document))


def fetch_text(fetch: Fetch) -> str:
    """The list as a pipe gets it."""
    return text_of(fetch_lines(fetch))


@lru_cache(maxsize=16)  # a run reads its config once; a test's runs have the same one mostly
def config_of(text: str) -> Config:
    return load(text, name="listsync.yaml", env={}, read=str, recognize_list=recognize_list)


class HandClock:
    """A clock that stands still until it is moved; each run moves it by a second."""

    def __init__(self) -> None:
        self.moment = NOON
        self.passed = timedelta()

    def now(self) -> datetime:
        return self.moment

    def running(self) -> timedelta:
        return self.passed

    def forward(self, **by: float) -> None:
        """Time passes. Only to set ``moment`` is to set the clock."""
        self.moment += timedelta(**by)
        self.passed += timedelta(**by)


class Shelves:
    """A ``ports.Sources`` whose lists are set by hand."""

    def __init__(self) -> None:
        self.snapshots: dict[str, Snapshot] = {}
        self.fetched_lists: list[str] = []
        self.needs: list[FetchScope] = []

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:
        self.fetched_lists.append(str(ref))
        self.needs.append(need)
        snapshot = self.snapshots[str(ref)]
        return replace(snapshot, items=snapshot.items[: need.top if ref.endless else None])

    def hold(
        self,
        source: str,
        items: Iterable[Item],
        outcome: Outcome = Outcome.COMPLETE,
        route: str = "browser",
    ) -> None:
        """From now on a fetch of ``source`` gives this."""
        listed = tuple(replace(item, position=n) for n, item in enumerate(items, start=1))
        error = None if outcome in {Outcome.COMPLETE, Outcome.EMPTY} else "it broke"
        self.snapshots[source] = Snapshot(outcome, route, listed, error=error)

    def close(self) -> None:
        """Whoever opened the lists needs them no more."""

    def fail(self, source: str, outcome: Outcome = Outcome.UNREACHABLE) -> None:
        """From now on ``source`` cannot be read."""
        self.hold(source, (), outcome)


class Mailbox:
    """A ``ports.Notifier`` that keeps what it is handed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def require(self) -> None:
        """All is there."""

    def send(self, urls: Sequence[SecretStr], message: Message) -> None:
        assert urls
        self.messages.append(message)

    def flush(self, seconds: float) -> None:
        """Nothing is under way."""

    def invalid_addresses(self, urls: Sequence[SecretStr]) -> tuple[int, ...]:
        del urls
        return ()


class World:
    """Everything a run meets. ``server_type`` and ``ledger_type`` may be replaced by a test."""

    def __init__(
        self, folder: Path, settings: Settings | None = None, version: str | None = None
    ) -> None:
        self.clock = HandClock()
        self.lists = Shelves()
        self.mailbox = Mailbox()
        chosen = replace(settings or Settings(), clock=self.clock.now)
        self.sandbox = SandboxServer(settings=chosen, version=version)
        self.ledger = folder / "listsync.db"
        self.stopping = Event()
        self.workers = 4
        self.server_type: Callable[..., OverseerrServer] = OverseerrServer
        self.ledger_type: Callable[..., SqliteLedger] = SqliteLedger
        self._file: dict[str, Any] = {}

    def write(self, lists: dict[str, dict[str, Any]], **sections: object) -> None:
        """The file, from now on."""
        self._file = {"lists": lists, **sections}

    def follow(self, *items: Item, **options: object) -> None:
        """One list with these items, completely read."""
        self.lists.hold("imdb:ls000000001", items)
        self.write({"wishes": {"source": "imdb:ls000000001", **options}})

    @property
    def config(self) -> Config:
        server = {"url": self.sandbox.url, "api_key": self.sandbox.api_key}
        return config_of(json.dumps({"server": server, **self._file}))

    @contextmanager
    def open_context(self) -> Iterator[Context]:
        """A new client and a newly opened ledger, as each process has them."""
        key, url = self.sandbox.api_key, self.sandbox.url
        self.clock.forward(seconds=1)
        with ExitStack() as stack:
            server: MediaServer = stack.enter_context(
                self.server_type(url, key, rate=100_000, timeout=5)
            )
            ledger: Ledger = stack.enter_context(
                self.ledger_type(self.ledger, url, self.config.rules)
            )
            yield Context(server, self.lists, ledger, self.clock, Silence())

    def look(self) -> Reconciliation:
        """A run that changes nothing."""
        with self.open_context() as context:
            return reconcile_lists(self.config, context)

    def apply(self) -> Outcomes:
        """A run that acts, unless a safety rule stops it."""
        config = self.config
        with self.open_context() as context, context.ledger.lock():
            context.ledger.rename(config.rules)
            reconciliation = reconcile_lists(config, context)
            if reconciliation.plan.stops:
                return ()
            applier = Applier(context, self.workers, self.stopping)
            return applier.apply(reconciliation, reconciliation.plan.actions)

    def calls(self, of: Callable[[], object]) -> list[CallRecord]:
        """The calls the server gets while ``of`` runs."""
        before = len(self.sandbox.state.calls)
        of()
        return self.sandbox.state.calls[before:]

    def person(self, method: str, path: str, body: object = None, user: int = ADMIN) -> None:
        """Somebody does something on the server by hand."""
        connection = HTTPConnection(self.sandbox.url.removeprefix("http://"), timeout=10)
        headers = {"X-Api-Key": self.sandbox.api_key, "X-Api-User": str(user)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v1{path}", content, headers)
        answer = connection.getresponse()
        answer_body = answer.read()
        connection.close()
        assert answer.status < 300, answer_body

    def requested(self) -> list[int]:
        """The TMDB numbers of all requests on the server, oldest first."""
        return [row.media.tmdb for row in self.sandbox.state.requests.values()]

    def number(self, title: Title) -> int:
        """The id of a title's latest request."""
        return self.sandbox.state.requests_for(title.kind, title.tmdb)[-1].id


def by_tmdb(title: Title) -> Item:
    """A title as a list with TMDB ids gives it: no look-up leads to it."""
    return Item(1, title.title, title.year, Kind(title.kind), Ids(tmdb=title.tmdb))


def by_imdb(title: Title) -> Item:
    """A title as IMDb gives it."""
    return Item(1, title.title, title.year, Kind(title.kind), Ids(imdb=title.imdb))


def decisions(reconciliation: Reconciliation) -> dict[str, str]:
    """What a run says of each title: an action's op, or a verdict's reason."""
    actions = {row.item.title: str(row.op) for row in reconciliation.plan.actions}
    return actions | {row.item.title: str(row.reason) for row in reconciliation.plan.verdicts}


def posts(calls: Iterable[CallRecord]) -> list[CallRecord]:
    """The requests among the calls, answered or not."""
    return [call for call in calls if (call.method, call.path) == ("POST", "/api/v1/request")]
