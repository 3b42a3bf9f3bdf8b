"""The grace period of config changes that give more permissions (core/rights_change.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.config import (
    Config,
    ListConfig,
    file_rights,
    restored_exclusions,
    restored_list,
    with_generation,
)
from reconciler.core.model import WHOLE, FileRights, RightsState, User, WaitingChange, Widening
from reconciler.core.rights_change import (
    RightsDecision,
    compares_requesters,
    decide,
    next_effect,
    shift,
    waiting_changes,
)
from reconciler.core.times import iso_time
from reconciler.errors import LedgerError, LockHeldError, ServerError
from reconciler.logs import Logger
from reconciler.ports import Clock, Ledger, MediaServer

_STEP = timedelta(seconds=2)  # the clock was set if it moved this much more than time passed
_RETRY = timedelta(seconds=5)  # until a failed write to the ledger is tried again
_MOST_LINES = 10  # changes with a log line of their own

_log = Logger()


@dataclass(frozen=True, slots=True)
class Admission:
    """The part of a config that is in effect. ``may_run`` False: none, until the grace is over."""

    config: Config
    news: tuple[WaitingChange, ...]  # the changes that wait from now on
    may_run: bool = True


class GracePeriod:
    """Decides which part of the followed config is in effect.

    The caller's lock serializes the calls.
    """

    def __init__(
        self,
        server: Callable[[Config], AbstractContextManager[MediaServer]],
        ledger: Callable[[Config], Ledger],
        clock: Clock,
    ) -> None:
        self._server = server
        self._ledger = ledger
        self._clock = clock
        self._clock_at = (clock.now(), clock.running())
        self._state = RightsState()
        self._stored: tuple[Ledger, RightsState] | None = None
        self._in_effect: Config | None = None  # in this process; None: no config can run
        self._grace = timedelta()
        self._retry = timedelta()
        self._trouble = ""  # with the ledger, as last logged
        self._logged: frozenset[Widening] = frozenset()  # by this process: a restart logs it again

    @property
    def waiting(self) -> tuple[WaitingChange, ...]:
        return waiting_changes(self._state.waiting, self._grace)

    def load(self, config: Config) -> None:
        """Start from the ledger's state. Raises LedgerError, LockHeldError."""
        self._state = self._ledger(config).statuses.rights()

    def admit(self, proposed: Config) -> Admission:
        """Decide what of a config, which was just read from the file, takes effect."""
        now = self._follow_clock()
        rights = file_rights(proposed)
        users = self._users(proposed, rights)
        self._grace = proposed.controller.grace
        decision = decide(self._state, rights, users, now, self._grace)
        config = self._config_of(decision, proposed)
        if not self._is_written(config, decision.state) and decision.granted:
            decision = decide(self._state, rights, users, now, None)
            config = self._config_of(decision, proposed)
        before, self._state = self._state.waiting.keys(), decision.state
        waiting = self._state.waiting.keys()
        may_run = bool(self._in_effect) or not decision.holds_file or self._knows_key(proposed)
        self._in_effect = config if may_run else None
        news = waiting_changes(dict.fromkeys(waiting - before, now), self._grace)
        unlogged = {change: self._state.waiting[change] for change in waiting - self._logged}
        self._logged = frozenset(waiting)
        _log_changes(
            waiting_changes(unlogged, self._grace),
            decision.granted,
            before - waiting - set(decision.granted),
        )
        return Admission(config, news, may_run)

    def is_due(self) -> bool:
        """Whether a change has waited long enough: the file has to be read and admitted again."""
        now = self._follow_clock()
        due = next_effect(self._state.waiting, self._grace)
        return due is not None and due <= now and self._clock.running() >= self._retry

    def keep(self, config: Config) -> None:
        """Write the state to the ledger, unless this ledger has it already. Raises LedgerError."""
        self._follow_clock()
        self._write(config, self._state)

    def _follow_clock(self) -> datetime:
        """The time. A set clock or a suspended machine never changes how long a wait is."""
        now, running = self._clock.now(), self._clock.running()
        step = (now - self._clock_at[0]) - (running - self._clock_at[1])
        if abs(step) > _STEP:
            self._clock_at = (now, running)
            self._state = shift(self._state, step)
            if self._state.waiting:
                event = "the clock was changed; waiting changes keep their remaining time"
                _log.warning(event, seconds=round(step.total_seconds()))
        return now

    def _users(self, proposed: Config, rights: FileRights) -> Sequence[User] | None:
        """The server's users if requesters have to be compared; None: they cannot be read."""
        if not compares_requesters(self._state, rights):
            return ()
        if self._knows_key(proposed):
            with suppress(ServerError), self._server(proposed) as server:
                return server.users()
        return None

    def _knows_key(self, proposed: Config) -> bool:
        """Whether the config's key is for the accepted server: no other server is sent that key."""
        accepted = self._state.accepted
        return accepted is None or accepted.server_url == proposed.server.url

    def _config_of(self, decision: RightsDecision, proposed: Config) -> Config:
        if decision.holds_file and self._in_effect is not None:
            return self._in_effect
        present = {lst.name: lst for lst in proposed.lists}
        previous = self._accepted_lists(proposed)
        lists = tuple(
            (previous if is_accepted else present)[name] for name, is_accepted in decision.lists
        )
        accepted = self._state.accepted
        changes: dict[str, object] = {"lists": lists}
        if decision.holds_file and accepted is not None:
            changes["server"] = proposed.server.model_copy(update={"url": accepted.server_url})
            changes["exclude"] = restored_exclusions(accepted.excluded)
        elif lists == proposed.lists:
            return proposed
        return with_generation(proposed.model_copy(update=changes))

    def _accepted_lists(self, proposed: Config) -> dict[str, ListConfig]:
        """The lists as accepted, by this process or, after a restart, by the one before."""
        if self._in_effect is not None:
            return {lst.name: lst for lst in self._in_effect.lists}
        sources = [lst.source for lst in proposed.lists]
        lists = self._state.accepted.lists if self._state.accepted else {}
        return {name: restored_list(name, lst, sources) for name, lst in lists.items()}

    def _is_written(self, config: Config, state: RightsState) -> bool:
        try:
            self._write(config, state)
        except (LedgerError, LockHeldError) as error:
            self._retry = self._clock.running() + _RETRY
            if str(error) != self._trouble:
                event = "the ledger is not writable; changes that add permissions stay on hold"
                _log.warning(event, error=str(error))
            self._trouble = str(error)
            return False
        self._trouble = ""
        return True

    def _write(self, config: Config, state: RightsState) -> None:
        ledger = self._ledger(config)
        if self._stored is None or self._stored[0] is not ledger or self._stored[1] != state:
            if ledger.statuses.rights() != state:
                ledger.statuses.keep_rights(state)
            self._stored = (ledger, state)


def _log_changes(
    news: Sequence[WaitingChange], granted: Collection[Widening], reverted: Collection[Widening]
) -> None:
    for change in news[:_MOST_LINES]:
        until = change.until and iso_time(change.until)
        event = "a change that gives listsync more permissions is waiting; revert it to cancel"
        _log.warning(event, list=_scope(change.list), change=change.words, until=until)
    if len(news) > _MOST_LINES:
        number = len(news) - _MOST_LINES
        _log.warning("more such changes are waiting; see `listsync status`", number=number)
    for event, changes in (
        ("a change that gives listsync more permissions took effect", granted),
        ("a waiting change was reverted", reverted),
    ):
        for widening in list(changes)[:_MOST_LINES]:
            _log.info(event, list=_scope(widening.list), change=widening.words)


def _scope(name: str) -> str:
    return "the whole config" if name == WHOLE else name
