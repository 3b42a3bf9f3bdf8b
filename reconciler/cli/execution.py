"""``apply``: carry out a plan at once, after confirmation, or as far as a saved plan allows."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from reconciler import wiring
from reconciler.cli.options import Settings
from reconciler.cli.output import document_of, print_plan, write_github_outputs
from reconciler.cli.selection import check_plan_id, lists_or_plan
from reconciler.cli.signals import confirm, defer_signals
from reconciler.config import Config
from reconciler.controller.statuses import record_statuses, recording_outage
from reconciler.core.model import Action
from reconciler.errors import LedgerError, ListsyncError, PlanMismatchError, UsageError
from reconciler.render.document import ID_DIGITS, ActionRow, Leftovers, plan_digest
from reconciler.render.rows import action_row
from reconciler.sync import plan_file
from reconciler.sync.apply import Outcomes
from reconciler.sync.execute import OK, RunRecorder, execute, exit_code, record_run
from reconciler.sync.plan_file import SavedPlan
from reconciler.sync.reconcile import Context, Reconciliation, reconcile_again, reconcile_lists

_WAIT, _SHORT_WAIT = 12, 2  # seconds at the end for notifications under way


@dataclass(frozen=True, slots=True)
class Order:
    """What ``apply`` is asked to do."""

    settings: Settings
    config: Config
    names: tuple[str, ...] | None  # the lists; None: all of the config
    saved: SavedPlan | None
    expected: str | None  # the beginning of a plan's digest
    asks: bool
    detailed: bool


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """A plan that was carried out."""

    reconciliation: Reconciliation
    outcomes: Outcomes
    interrupted: int  # the exit code of a signal; 0: there was none
    trouble: ListsyncError | None
    saved: Leftovers | None = None  # the actions of a saved plan that were not done
    is_shown: bool = False  # all of it was printed already

    def exit_code(self, *, detailed: bool) -> int:
        """The signal's exit code, otherwise the error's, otherwise the plan's."""
        changes = detailed and bool(self.outcomes)
        code = exit_code(self.reconciliation, self.outcomes, changes=changes)
        return self.interrupted or (self.trouble and self.trouble.exit_code) or code


def parse_order(  # noqa: PLR0913 - a command's parameters are its options
    settings: Settings,
    config: Config,
    arguments: Sequence[str],
    plan: Path | None,
    expected: str | None,
    *,
    yes: bool,
    detailed: bool,
) -> Order:
    """What the command line means. Raises UsageError and PlanMismatchError."""
    names, path = lists_or_plan(config, arguments, plan)
    saved = plan_file.read(path, config.server.url) if path else None
    asks = not yes and saved is None
    if saved is not None:
        check_plan_id(expected, saved.digest, "the saved plan")
        names = _remaining_lists(config, saved)
    if asks:
        hint = "add --yes, or apply a saved plan"
        if settings.output != "text":
            message = f"apply -o {settings.output} cannot ask for confirmation"
            raise UsageError(message, hint=hint)
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError("apply asks for confirmation, which needs a terminal", hint=hint)
    return Order(settings, config, names, saved, expected, asks, detailed)


def apply(order: Order) -> int:
    """Carry out an order, print the result, send notifications, and return the exit code."""
    config, settings = order.config, order.settings
    dispatcher = wiring.dispatcher()
    with settings.open_context(config) as context:
        result = (
            _apply_after_asking(order, context) if order.asks else _apply_at_once(order, context)
        )
        if result is None:
            return OK
        dispatcher.notify_run(
            config, context.ledger, result.reconciliation, result.outcomes, context.clock.now()
        )
        if result.exit_code(detailed=False) == OK:
            dispatcher.beat(config)
    document = document_of(
        config,
        settings.config_path,
        result.reconciliation,
        result.outcomes,
        narrowed_to=order.names,
        saved=result.saved,
    )
    if not result.is_shown:
        print_plan(document, settings)
    write_github_outputs(document)
    if result.trouble:
        typer.echo(f"listsync: {result.trouble}", err=True)
    dispatcher.flush(_SHORT_WAIT if result.interrupted else _WAIT)
    return result.exit_code(detailed=order.detailed)


def _remaining_lists(config: Config, saved: SavedPlan) -> tuple[str, ...] | None:
    """The lists of a saved plan that the config still has; None: the plan is of all lists.

    Raises PlanMismatchError where none is left.
    """
    if saved.narrowed_to is None:
        return None
    remaining = tuple(lst.name for lst in config.lists if lst.name in saved.narrowed_to)
    if not remaining:
        message = f"the config has none of the saved plan's lists: {', '.join(saved.narrowed_to)}"
        raise PlanMismatchError(message, hint=plan_file.AGAIN)
    return remaining


def _apply_at_once(order: Order, context: Context) -> ApplyResult:
    """Plan and act under the lock, without asking; with a saved plan, only its actions."""
    config = order.config
    with _acting(order, context) as recorder:
        with recording_outage(config, context.ledger, context.clock):
            current = reconcile_lists(config, context, order.names)
        _check_current(order, current)
        if order.saved is None:
            result = _act(config, context, current)
        else:
            agreement = plan_file.agree(order.saved.actions, current.plan.actions)
            rows: Leftovers = {
                "plan_id": order.saved.digest[:ID_DIGITS],
                "satisfied": list(agreement.satisfied),
                "new": list(agreement.new),
            }
            result = _act(config, context, _with_actions(current, agreement.both))
            result = replace(result, saved=rows)
        code = result.exit_code(detailed=order.detailed)
        recorder.record(result.reconciliation, result.outcomes, code)
    return result


def _apply_after_asking(order: Order, context: Context) -> ApplyResult | None:
    """Print a plan, ask, and do what is still needed. None if the answer was no."""
    config = order.config
    preview = reconcile_lists(config, context, order.names)
    _check_current(order, preview)
    document = document_of(config, order.settings.config_path, preview, narrowed_to=order.names)
    print_plan(document, order.settings)
    if preview.plan.actions and not confirm("Apply this?"):
        return None
    with _acting(order, context) as recorder:
        current = reconcile_again(config, context, preview)
        _check_current(order, current)
        agreement = plan_file.agree(_rows(preview), current.plan.actions)
        result = _act(config, context, _with_actions(current, agreement.both))
        code = result.exit_code(detailed=order.detailed)
        recorder.record(result.reconciliation, result.outcomes, code)
    return replace(result, is_shown=not preview.plan.actions)


@contextmanager
def _acting(order: Order, context: Context) -> Iterator[RunRecorder]:
    """Hold the lock, move the history of renamed lists, and record the run."""
    with context.ledger.lock():
        context.ledger.rename(order.config.rules)
        with record_run(context, "apply") as recorder:
            yield recorder


def _check_current(order: Order, reconciliation: Reconciliation) -> None:
    digest = plan_digest(order.config.server.url, _rows(reconciliation))
    check_plan_id(order.expected, digest, "the plan")


def _rows(reconciliation: Reconciliation) -> list[ActionRow]:
    return [action_row(action) for action in reconciliation.plan.actions]


def _with_actions(reconciliation: Reconciliation, actions: tuple[Action, ...]) -> Reconciliation:
    plan = replace(reconciliation.plan, actions=actions)
    return replace(reconciliation, decision=replace(reconciliation.decision, plan=plan))


def _act(config: Config, context: Context, reconciliation: Reconciliation) -> ApplyResult:
    """Carry out a plan to its end, also where a signal arrives."""
    with defer_signals() as interrupt:
        execution = execute(config, context, reconciliation, interrupt.stopping)
        reconciliation = replace(reconciliation, slowdown=context.server.slowdown)
        outcomes, trouble = execution.outcomes, execution.trouble
        if not (trouble or interrupt.exit_code):
            now, chance = context.clock.now(), random.random()  # noqa: S311 - jitter is no secret
            try:
                record_statuses(
                    config, context.ledger, reconciliation, outcomes, now=now, chance=chance
                )
            except LedgerError as error:
                trouble = error
    return ApplyResult(reconciliation, outcomes, interrupt.exit_code, trouble)
