"""Applying a plan's actions: write the intent, send, settle.

Law 4: the intent is durable before anything is sent, nothing is sent twice, and an answer that was
lost is settled by reading that title once.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context  # what lines of the log have in common
from dataclasses import replace
from threading import Event

from reconciler.core.model.lists import MediaKey
from reconciler.core.model.plan import Action, Done, Result
from reconciler.core.model.server import RequestState, RequestStatus
from reconciler.core.model.terms import Op
from reconciler.core.own_requests import is_unchanged
from reconciler.core.services import undelivered
from reconciler.errors import AnswerLostError, LedgerError, ListsyncError, ServerError, TmdbError
from reconciler.sync.reconcile import Context, Reconciliation

Outcomes = tuple[tuple[Action, Done], ...]

_SENT_ON = frozenset({Result.RETRIED, Result.UNDELIVERED})


class Applier:
    """Applies the actions of one run. Once ``stopping`` is set, no further action begins."""

    def __init__(self, context: Context, workers: int, stopping: Event) -> None:
        """``workers``: requests in flight at a time; never two for one title."""
        self._context = context
        self._workers = workers
        self._stopping = stopping
        self.trouble: ListsyncError | None = None  # the error that ended it early

    def apply(self, reconciliation: Reconciliation, actions: Sequence[Action]) -> Outcomes:
        """Write what the run observed, then apply the actions, in plan order for each title.

        The caller holds the ledger's lock. Raises LedgerError before anything is sent if the ledger
        cannot be written. A later error is kept in ``trouble``, so that earlier outcomes are
        reported.
        """
        decision, memory = reconciliation.decision, self._context.ledger.memory
        state = decision.state
        memory.keep_baselines(state.baselines)
        memory.record(
            state.memory.slots,
            state.memberships,
            decision.claims,
            reconciliation.recalled,
            state.memory.ours,
        )
        outcomes: dict[int, Done] = {}
        indexes: dict[MediaKey, list[int]] = {}
        for index, action in enumerate(actions):
            indexes.setdefault(action.target.media, []).append(index)

        with (
            self._context.progress.stage("apply", len(actions)) as step,
            ThreadPoolExecutor(self._workers) as pool,
        ):

            def work(indexes_of_title: Sequence[int]) -> None:
                for index in indexes_of_title:
                    outcomes[index] = self._apply(actions[index], reconciliation)
                    step()

            for future in [
                pool.submit(copy_context().run, work, of_title) for of_title in indexes.values()
            ]:
                future.result()
        return tuple((action, outcomes[index]) for index, action in enumerate(actions))

    def _apply(self, action: Action, reconciliation: Reconciliation) -> Done:
        if self._stopping.is_set():
            return Done(Result.SKIPPED, message="interrupted before it was sent")
        if self.trouble:
            return _not_sent(self.trouble)
        journal, clock = self._context.ledger.journal, self._context.clock
        try:
            intent = journal.intend(action, clock.now())
        except LedgerError as error:  # without an intent nothing may be sent, by any worker
            self._end(error)
            return _not_sent(error)
        done = self._send(action, reconciliation)
        try:
            journal.settle(intent, action, done, clock.now())
        except LedgerError as error:
            self._end(error)
        return done

    def _end(self, error: ListsyncError) -> None:
        """Begin no further action: it would fail in the same way."""
        self.trouble = self.trouble or error

    def _send(self, action: Action, reconciliation: Reconciliation) -> Done:
        try:
            if action.op is Op.RETRY:
                return self._retry(action)
            if action.op is Op.CANCEL:
                return self._cancel(action)
            return self._context.server.request(action)
        except AnswerLostError as error:
            return self._settle_lost_answer(action, reconciliation, error)
        except ServerError as error:
            self._end(error)
            return _not_sent(error)

    def _retry(self, action: Action) -> Done:
        """Retry every failed request of the title; the first that is not sent on is the outcome."""
        done = Done(Result.SKIPPED)
        for request_id in action.request_ids:
            try:
                done = self._context.server.retry(request_id)
            except ServerError as error:
                if done.result is Result.SKIPPED:
                    raise
                self._end(error)
                return Done(Result.UNKNOWN, message=f"sent only in part: {error.message}")
            if done.result not in _SENT_ON:
                return done
        return self._check_retry(action, done) if done.result in _SENT_ON else done

    def _check_retry(self, action: Action, done: Done) -> Done:
        """Read the title again: the answer to a retry may say either, whatever happened."""
        try:
            requests = self._context.server.look(action.target.media)
        except ServerError:
            return done
        retried = [request for request in requests if request.id in action.request_ids]
        if any(request.status is RequestStatus.FAILED for request in retried):
            message = undelivered(action.target.media.kind)
            return replace(done, result=Result.UNDELIVERED, message=message)
        if not retried:
            return done
        return replace(done, result=Result.RETRIED, message=str(retried[-1].status))

    def _cancel(self, action: Action) -> Done:
        """Read the title first: a request that somebody decided or took over is theirs."""
        (request_id,) = action.request_ids
        try:
            requests = self._context.server.look(action.target.media)
        except TmdbError as error:
            return _not_sent(error)
        current = next((request for request in requests if request.id == request_id), None)
        asked_for = (action.target, action.requester.user.id, action.seasons)
        if current is None or not is_unchanged(current, *asked_for):
            status = "gone" if current is None else current.status
            message = f"the request is now {status}"
            return Done(Result.MOOT, request_id=request_id, message=message)
        return self._context.server.cancel(request_id)

    def _settle_lost_answer(
        self, action: Action, reconciliation: Reconciliation, error: AnswerLostError
    ) -> Done:
        """Read the title once to see whether the request exists; otherwise decide nothing."""
        message = f"{error.message}; the next run looks for the request on the server"
        unknown = Done(Result.UNKNOWN, message=message)
        try:
            requests = self._context.server.look(action.target.media)
        except TmdbError:
            return unknown
        except ServerError as second_error:
            self._end(second_error)
            return unknown
        if action.op is Op.RETRY:
            retried = [request for request in requests if request.id in action.request_ids]
            if retried and all(r.status is not RequestStatus.FAILED for r in retried):
                return Done(Result.RETRIED, message="found on the server")
            return unknown
        if action.op is Op.CANCEL:
            (number,) = action.request_ids
            if any(request.id == number for request in requests):
                return unknown
            return Done(Result.CANCELLED, request_id=number, message="no longer on the server")
        before = {r.id for r in reconciliation.observed.requests.get(action.target, ())}
        for request in requests:
            if request.id not in before and _answers(request, action):
                is_ours = request.requester == action.requester.user.id
                result = Result.CREATED if is_ours else Result.EXISTS
                return Done(result, request_id=request.id, message="found on the server")
        return unknown


def _not_sent(error: ListsyncError) -> Done:
    return Done(Result.SKIPPED, message=f"not sent: {error.message}")


def _answers(request: RequestState, action: Action) -> bool:
    return (
        request.target == action.target
        and request.status is not RequestStatus.DECLINED
        and set(action.seasons or ()) <= set(request.seasons)
    )
