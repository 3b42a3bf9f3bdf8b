"""Doing what a plan says, and nothing else: intend, send, settle.

Law 4: the intent is durable before anything is sent, nothing is sent twice, and an answer that
was lost is settled by one look at that title.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context  # what lines of the log have in common
from dataclasses import replace
from threading import Event

from reconciler.core.model import Action, Done, MediaKey, Op, RequestState, RequestStatus, Result
from reconciler.core.services import undelivered
from reconciler.errors import (
    AnswerLostError,
    LedgerError,
    ListsyncError,
    ServerError,
    TmdbError,
)
from reconciler.sync.reconcile import Context, Reconciliation

Outcomes = tuple[tuple[Action, Done], ...]

_SENT_ON = frozenset({Result.RETRIED, Result.UNDELIVERED})


class Applier:
    """Applies the actions of one pass. ``stopping`` set: nothing further is begun."""

    def __init__(self, context: Context, workers: int, stopping: Event) -> None:
        """``workers``: requests in flight at once; never two of one title."""
        self._context = context
        self._workers = workers
        self._stopping = stopping
        self.trouble: ListsyncError | None = None  # what ended it, for whom is to be told

    def apply(self, seen: Reconciliation, actions: Sequence[Action]) -> Outcomes:
        """Write what the pass has seen, then do the actions in plan order.

        The caller holds the ledger's lock. Raises LedgerError before anything is sent if the
        ledger cannot be written; what goes wrong later is kept in ``trouble``, so that what was
        done until then can be told.
        """
        state = seen.decision.state
        self._context.ledger.memory.keep_baselines(state.baselines)
        self._context.ledger.memory.record(
            state.memory.slots,
            state.memberships,
            seen.decision.claims,
            seen.recalled,
            state.memory.ours,
        )
        done: dict[int, Done] = {}
        titles: dict[MediaKey, list[int]] = {}
        for index, action in enumerate(actions):
            titles.setdefault(action.target.media, []).append(index)

        with (
            self._context.progress.stage("apply", len(actions)) as step,
            ThreadPoolExecutor(self._workers) as pool,
        ):

            def work(indices: Sequence[int]) -> None:
                for index in indices:
                    done[index] = self._do(actions[index], seen)
                    step()

            for future in [
                pool.submit(copy_context().run, work, indices) for indices in titles.values()
            ]:
                future.result()
        return tuple((action, done[index]) for index, action in enumerate(actions))

    def _do(self, action: Action, seen: Reconciliation) -> Done:
        if self._stopping.is_set():
            return Done(Result.SKIPPED, message="interrupted before it was sent")
        if self.trouble:
            return Done(Result.SKIPPED, message=f"not sent: {self.trouble.message}")
        ledger, clock = self._context.ledger, self._context.clock
        try:
            intent = ledger.journal.intend(action, clock.now())
        except LedgerError as error:  # without an intent nothing may be sent, by any worker
            self._end(error)
            return Done(Result.SKIPPED, message=f"not sent: {error.message}")
        done = self._send(action, seen)
        try:
            ledger.journal.settle(intent, action, done, clock.now())
        except LedgerError as error:
            self._end(error)
        return done

    def _end(self, error: ListsyncError) -> None:
        """Begin nothing further: it would fail alike."""
        self.trouble = self.trouble or error

    def _send(self, action: Action, seen: Reconciliation) -> Done:
        try:
            if action.op is Op.RETRY:
                return self._retry(action)
            if action.op is Op.CANCEL:
                return self._cancel(action)
            return self._context.server.request(action)
        except AnswerLostError as lost:
            return self._settle_lost_answer(action, seen, lost)
        except ServerError as error:
            self._end(error)
            return Done(Result.SKIPPED, message=f"not sent: {error.message}")

    def _retry(self, action: Action) -> Done:
        """Every failed request of the title; the first that does not go through is the outcome."""
        done = Done(Result.SKIPPED)
        for request_id in action.request_ids:
            try:
                done = self._context.server.retry(request_id)
            except ServerError as error:
                if done.result is Result.SKIPPED:
                    raise
                self._end(error)
                return Done(Result.UNKNOWN, message=f"sent in part: {error.message}")
            if done.result not in _SENT_ON:
                break
        return self._believed(action, done) if done.result in _SENT_ON else done

    def _believed(self, action: Action, done: Done) -> Done:
        """What a look says of a retry: the answer to it may say either, whatever came of it."""
        try:
            requests = self._context.server.look(action.target.media)
        except ServerError:
            return done
        retried = [r for r in requests if r.id in action.request_ids]
        if any(r.status is RequestStatus.FAILED for r in retried):
            why = undelivered(action.target.media.kind)
            return replace(done, result=Result.UNDELIVERED, message=why)
        if not retried:
            return done
        return replace(done, result=Result.RETRIED, message=str(retried[-1].status))

    def _cancel(self, action: Action) -> Done:
        """Look once more before it: what was decided or taken over meanwhile is a person's."""
        (request_id,) = action.request_ids
        try:
            requests = self._context.server.look(action.target.media)
        except TmdbError as error:
            return Done(Result.SKIPPED, message=f"not sent: {error.message}")
        now = next((request for request in requests if request.id == request_id), None)
        if now is None or not _is_still(action, now):
            status = "gone" if now is None else now.status
            return Done(Result.MOOT, request_id=request_id, message=f"it is {status} by now")
        return self._context.server.cancel(request_id)

    def _settle_lost_answer(
        self, action: Action, seen: Reconciliation, lost: AnswerLostError
    ) -> Done:
        """One GET of the title says whether the request is there; if not, nothing is decided."""
        unsettled = Done(Result.UNKNOWN, message=f"{lost.message}; the next pass looks again")
        try:
            requests = self._context.server.look(action.target.media)
        except TmdbError:
            return unsettled
        except ServerError as error:
            self._end(error)
            return unsettled
        if action.op is Op.RETRY:
            retried = [r for r in requests if r.id in action.request_ids]
            if retried and all(r.status is not RequestStatus.FAILED for r in retried):
                return Done(Result.RETRIED, message="seen on the server")
            return unsettled
        if action.op is Op.CANCEL:
            (number,) = action.request_ids
            if any(request.id == number for request in requests):
                return unsettled
            return Done(Result.CANCELLED, request_id=number, message="not on the server any more")
        before = {r.id for r in seen.observed.requests.get(action.target, ())}
        for request in requests:
            if request.id not in before and _is_answer_to(action, request):
                ours = request.requester == action.requester.user.id
                result = Result.CREATED if ours else Result.EXISTS
                return Done(result, request_id=request.id, message="found on the server")
        return unsettled


def _is_still(action: Action, request: RequestState) -> bool:
    """Whether a request is what the plan saw: pending, and nobody's but ours."""
    return (
        request.status is RequestStatus.PENDING
        and request.target == action.target
        and request.requester == action.requester.user.id
        and set(request.seasons) <= set(action.seasons or ())
    )


def _is_answer_to(action: Action, request: RequestState) -> bool:
    return (
        request.target == action.target
        and request.status is not RequestStatus.DECLINED
        and set(action.seasons or ()) <= set(request.seasons)
    )
