"""The grace period of changes that widen rights, as core/rights_change.py decides."""

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
    Decision,
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

_STEP = timedelta(seconds=2)  # more than this between two looks at a clock: it was set
_RETRY = timedelta(seconds=5)  # until a ledger that could not be written is tried again
_NAMED = 10  # changes that get a line of their own in the log

_log = Logger()


@dataclass(frozen=True, slots=True)
class Admission:
    """What is in effect of a file. ``may_run`` False: nothing, until the grace is over."""

    config: Config
    news: tuple[WaitingChange, ...]  # what waits from now on
    may_run: bool = True


class GracePeriod:
    """Which part of the followed file is in effect. The caller's lock keeps its calls apart."""

    def __init__(
        self,
        server: Callable[[Config], AbstractContextManager[MediaServer]],
        ledger: Callable[[Config], Ledger],
        clock: Clock,
    ) -> None:
        """Nothing is accepted yet."""
        self._server = server
        self._ledger = ledger
        self._clock = clock
        self._clock_at = (clock.now(), clock.running())
        self._state = RightsState()
        self._written: tuple[Ledger, RightsState] | None = None
        self._in_effect: Config | None = None  # in this process; None: it cannot be run
        self._grace = timedelta()
        self._retry = timedelta()
        self._trouble = ""  # with the ledger, as logged last
        self._logged: frozenset[Widening] = frozenset()  # by this process: a restart says it again

    @property
    def waiting(self) -> tuple[WaitingChange, ...]:
        """The changes of the file that are not in effect yet."""
        return waiting_changes(self._state.waiting, self._grace)

    def load(self, config: Config) -> None:
        """Begin with what the ledger knows. Raises LedgerError, LockHeldError."""
        self._state = self._ledger(config).statuses.rights()

    def admit(self, proposed: Config) -> Admission:
        """What is in effect, now that the file says this."""
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
        """Whether something has waited long enough: the file is to be read and admitted again."""
        now = self._follow_clock()
        due = next_effect(self._state.waiting, self._grace)
        return due is not None and due <= now and self._clock.running() >= self._retry

    def keep(self, config: Config) -> None:
        """Write what is not in the ledger, which may be another one by now. Raises LedgerError."""
        self._follow_clock()
        self._write(config, self._state)

    def _follow_clock(self) -> datetime:
        """The time. Setting the clock, or suspending the machine, changes no wait's length."""
        now, running = self._clock.now(), self._clock.running()
        step = (now - self._clock_at[0]) - (running - self._clock_at[1])
        if abs(step) > _STEP:
            self._clock_at = (now, running)
            self._state = shift(self._state, step)
            if self._state.waiting:
                what = "the clock was set: what waits goes on waiting as long as before"
                _log.warning(what, seconds=round(step.total_seconds()))
        return now

    def _users(self, proposed: Config, rights: FileRights) -> Sequence[User] | None:
        """The server's users, where requesters are to be compared; None: it cannot be asked."""
        if not compares_requesters(self._state, rights):
            return ()
        if self._knows_key(proposed):
            with suppress(ServerError), self._server(proposed) as server:
                return server.users()
        return None

    def _knows_key(self, proposed: Config) -> bool:
        """Whether the file's key is one for the accepted server: no other server is sent it."""
        accepted = self._state.accepted
        return accepted is None or accepted.server_url == proposed.server.url

    def _config_of(self, decision: Decision, proposed: Config) -> Config:
        if decision.holds_file and self._in_effect is not None:
            return self._in_effect
        said = {lst.name: lst for lst in proposed.lists}
        kept = self._accepted_lists(proposed)
        lists = tuple((kept if accepted else said)[name] for name, accepted in decision.lists)
        accepted = self._state.accepted
        changes: dict[str, object] = {"lists": lists}
        if decision.holds_file and accepted is not None:
            changes["server"] = proposed.server.model_copy(update={"url": accepted.server_url})
            changes["exclude"] = restored_exclusions(accepted.excluded)
        elif lists == proposed.lists:
            return proposed
        return with_generation(proposed.model_copy(update=changes))

    def _accepted_lists(self, proposed: Config) -> dict[str, ListConfig]:
        """The lists as they were, in this process or, after a restart, in the one before."""
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
                what = "the ledger cannot be written: no change of the file widens rights meanwhile"
                _log.warning(what, error=str(error))
            self._trouble = str(error)
            return False
        self._trouble = ""
        return True

    def _write(self, config: Config, state: RightsState) -> None:
        ledger = self._ledger(config)
        if self._written is None or self._written[0] is not ledger or self._written[1] != state:
            if ledger.statuses.rights() != state:
                ledger.statuses.keep_rights(state)
            self._written = (ledger, state)


def _log_changes(
    news: Sequence[WaitingChange], granted: Collection[Widening], taken_back: Collection[Widening]
) -> None:
    for change in news[:_NAMED]:
        until = change.until and iso_time(change.until)
        what = "a change of the file widens rights and waits: revert the file to undo it"
        _log.warning(what, list=_scope(change.list), change=change.words, until=until)
    if len(news) > _NAMED:
        _log.warning("more such changes wait: see `listsync status`", number=len(news) - _NAMED)
    for what, changes in (
        ("a change that widens rights is in effect", granted),
        ("a change that waited was taken back", taken_back),
    ):
        for one in list(changes)[:_NAMED]:
            _log.info(what, list=_scope(one.list), change=one.words)


def _scope(name: str) -> str:
    return "the whole file" if name == WHOLE else name
