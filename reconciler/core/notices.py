"""Events that people are notified of, once each.

| event | notified |
|---|---|
| applied | with each run that sent something to the server, or with the first of a day (UTC) |
| stalled | when a list cannot recover by itself, unless the config suspends it |
| recovered | when such a list is read and applied again |
| config-invalid | when the file becomes invalid |
| rights-waiting | when a change of the file waits because it gives more permissions |

A stalled list is reported again only after it has recovered. An unreachable site in between does
not count as a recovery.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.core.conditions import READY, STALLED, SUSPENDED
from reconciler.core.model.plan import Action, Done, Result
from reconciler.core.model.status import (
    Condition,
    Event,
    Intent,
    Notice,
    NotificationState,
    PerformedAction,
    Status,
)


def of_lists(
    state: NotificationState, changed: Mapping[str, Mapping[str, Condition]], names: Collection[str]
) -> tuple[tuple[Notice, ...], NotificationState]:
    """What is new of these lists, and what people know then.

    ``changed``: the lists' conditions by name and type; ``names``: all lists of the file.
    """
    notices: list[Notice] = []
    stalled = set(state.stalled & set(names))
    for name, conditions in changed.items():
        stuck, ready = conditions.get(STALLED), conditions.get(READY)
        is_news = stuck and stuck.status is Status.TRUE and stuck.reason != SUSPENDED
        if stuck and is_news and name not in stalled:
            stalled.add(name)
            notices.append(Notice(Event.STALLED, name, stuck.message))
        elif ready is not None and ready.status is Status.TRUE and name in stalled:
            stalled.remove(name)
            notices.append(Notice(Event.RECOVERED, name))
    return tuple(notices), replace(state, stalled=frozenset(stalled))


def of_run(
    state: NotificationState, outcomes: Iterable[tuple[Action, Done]], now: datetime
) -> tuple[tuple[Notice, ...], NotificationState]:
    """The notice about the actions of a run, if it had any."""
    notices = _digest(
        PerformedAction(
            action.op,
            action.item.title,
            action.item.year,
            action.seasons,
            action.target.is_4k,
            action.lists,
            done,
        )
        for action, done in outcomes
    )
    return notices, replace(state, digested=now) if notices else state


def of_day(
    state: NotificationState, intents: Iterable[Intent], now: datetime
) -> tuple[tuple[Notice, ...], NotificationState]:
    """The actions since the last notification or, before the first one, since midnight UTC."""
    since = state.digested or now.replace(hour=0, minute=0, second=0, microsecond=0)
    return _digest(
        PerformedAction(i.op, i.title, None, i.seasons, i.target.is_4k, i.lists, i.done)
        for i in intents
        if i.done is not None and since < i.at <= now
    ), replace(state, digested=now)


def is_day_over(state: NotificationState, now: datetime) -> bool:
    """Whether a day (UTC) has ended since the last daily digest."""
    return state.digested is None or state.digested.date() < now.date()


def _digest(deeds: Iterable[PerformedAction]) -> tuple[Notice, ...]:
    done = tuple(deed for deed in deeds if deed.done.result is not Result.SKIPPED)
    return (Notice(Event.APPLIED, deeds=done),) if done else ()
