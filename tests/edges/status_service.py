"""The status pages of a household with so many lists and titles, served without a run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter

from reconciler.cli.pages import StatusPages
from reconciler.config import load
from reconciler.controller.endpoint import Endpoint
from reconciler.controller.metrics import Metrics
from reconciler.controller.results import ServerFacts
from reconciler.controller.service import Service
from reconciler.core.conditions import READY, SERVER_REACHABLE
from reconciler.core.model import (
    WHOLE,
    Allowance,
    Condition,
    Done,
    Flavour,
    Ids,
    Intent,
    Item,
    Kind,
    ListReport,
    MediaKey,
    Op,
    Outcome,
    Quota,
    Reason,
    Result,
    RowReport,
    Run,
    Schedule,
    ServerInfo,
    Snapshot,
    Status,
    StatusSnapshot,
    Target,
)
from reconciler.errors import LedgerError
from reconciler.sources.registry import recognize_list

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
NAMES = (
    "Dune: Part Two",
    "x" * 300,
    "Amélie 🎬 " * 9,
    "مسلسل الطريق الطويل",
    "\u202ereversed",
    "<b>100%41</b>",
)
REPORTS = TypeAdapter(dict[str, ListReport])
VERDICTS = (Reason.AVAILABLE, Reason.REQUESTED, Reason.QUOTA, Reason.AMBIGUOUS, Reason.DECLINED)


@dataclass
class FakeService:
    """A household with so many lists, each of so many titles."""

    lists: int
    titles: int = 6
    problems: tuple[str, ...] = ()
    is_lost: bool = False  # the ledger
    version: int = 1  # of the reports
    server_facts: ServerFacts | None = None
    config: Any = field(init=False)

    def __post_init__(self) -> None:
        lists = {f"list-{n}": {"source": f"file:{n}.txt"} for n in range(max(1, self.lists))}
        file = {"server": {"url": "http://seerr:5055", "api_key": "k"}, "lists": lists}
        config = load(json.dumps(file), name="f", env={}, read=str, recognize_list=recognize_list)
        self.config = config.model_copy(update={"lists": config.lists[: self.lists]})
        quota = Quota(Allowance(0, 5, 7), Allowance(9, 20, 7))
        info = ServerInfo(Flavour.SEERR, "3.4.1")
        self.server_facts = ServerFacts(info, {"alice": quota}, None)

    def now(self) -> datetime:
        return NOW

    def reports(self) -> dict[str, ListReport]:
        """Parsed, as the ledger does."""
        return REPORTS.validate_json(self.stored)

    def reports_version(self) -> int:
        if self.is_lost:
            raise LedgerError("the ledger is locked", where="/state/listsync.db")
        return self.version

    @cached_property
    def stored(self) -> bytes:
        rows = tuple(self.row(n) for n in range(1, self.titles + 1))
        snapshot = Snapshot(Outcome.COMPLETE, "file", tuple(row.item for row in rows))
        reports = {
            lst.name: ListReport(str(lst.source), NOW, snapshot, snapshot, rows, (3, 5, 4, 9))
            for lst in self.config.lists
        }
        return REPORTS.dump_json(reports)

    @staticmethod
    def row(position: int) -> RowReport:
        title = NAMES[(position - 1) % len(NAMES)]
        item = Item(position, title, 2020, Kind.MOVIE, Ids(imdb=f"tt{position:07}"))
        target = Target(MediaKey(Kind.MOVIE, position), is_4k=False)
        word = VERDICTS[position % len(VERDICTS)]
        facts = (("on", f"list-0, place {position}"), ("server", title), ("memory", "nothing"))
        return RowReport(
            item, word, "2 titles have this name", target, "write `map: {x: y}`", facts
        )

    def history(self) -> tuple[tuple[Intent, ...], tuple[Run, ...]]:
        target = Target(MediaKey(Kind.MOVIE, 1), is_4k=False)
        intent = Intent(
            NOW, Op.REQUEST, target, NAMES[3], 2, ("list-0",), None, Done(Result.CREATED)
        )
        return (intent,), (Run(1, "run", NOW, NOW, ("list-0",), {"created": 1}, 0),)

    @property
    def status(self) -> StatusSnapshot:
        names = tuple(lst.name for lst in self.config.lists)
        later = NOW + timedelta(minutes=12)
        ready = Condition(READY, Status.TRUE, "InStep", "", NOW, "abc123")
        reachable = Condition(SERVER_REACHABLE, Status.TRUE, "Answers", "", NOW, "abc123")
        return StatusSnapshot(
            names,
            "abc123",
            {**{name: {READY: ready} for name in names}, WHOLE: {SERVER_REACHABLE: reachable}},
            {name: Schedule("x", later, 0, NOW, NOW) for name in names},
        )


def serving(service: FakeService) -> Endpoint:
    pages = StatusPages(Path("/config/listsync.yaml"), cast("Service", service), Metrics())
    return Endpoint("127.0.0.1:0", pages.served())
