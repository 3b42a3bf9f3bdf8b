"""``plan`` and ``apply``: the same pass, looked at or acted on."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import typer

from reconciler import wiring
from reconciler.cli.commands import github
from reconciler.cli.commands.interrupts import Interrupt, held_back
from reconciler.cli.commands.question import confirmed
from reconciler.cli.commands.selection import (
    check_expected,
    expected_id,
    lists_named,
    lists_or_plan,
)
from reconciler.cli.commands.setting import Setting, print_json
from reconciler.config import Config
from reconciler.controller import turns
from reconciler.controller.statuses import record_server_status, record_statuses, recording_outage
from reconciler.core.model import Action
from reconciler.errors import LedgerError, ListsyncError, PlanMismatchError, UsageError
from reconciler.render.digest import ID_DIGITS, plan_digest
from reconciler.render.document import action_row, list_row, plan_document
from reconciler.render.markdown import plan_markdown
from reconciler.render.progress import for_terminal
from reconciler.render.shapes import ActionRow, PlanDocument, SavedRows
from reconciler.render.text import plan_text
from reconciler.sync import plan_file
from reconciler.sync.apply import Outcomes
from reconciler.sync.execute import execute, keep_reports
from reconciler.sync.plan_file import SavedPlan
from reconciler.sync.reconcile import Context, Reconciliation, reconcile_again, reconcile_lists
from reconciler.sync.run_log import OK, acting, exit_code

NOTIFYING, IN_HASTE = 12, 2  # seconds at the end for notifications that are under way


def plan(setting: Setting, names: Sequence[str], *, out: Path | None, detailed: bool) -> int:
    """Show what a pass over these lists would do; no names: over all."""
    if out is not None and str(out) == "-":
        raise UsageError("--out takes a file", hint="-o json prints the plan on stdout")
    config = setting.config()
    narrowed = lists_named(config, names)
    with _edges(config, setting) as edges:
        seen = reconcile_lists(config, edges, narrowed)
        keep_reports(config, edges, seen, ())
        record_server_status(config, edges.ledger, turns.reachable(), edges.clock.now())
    told = document(config, setting, seen, narrowed_to=narrowed)
    if out is not None:
        plan_file.save(told, out)
    show(told, setting.output)
    github.tell(told)
    return exit_code(seen, (), changes=detailed and bool(seen.plan.actions))


def apply(  # noqa: PLR0913 - a command's parameters are its options
    setting: Setting,
    words: Sequence[str],
    *,
    saved: Path | None,
    expect: str | None,
    yes: bool,
    detailed: bool,
) -> int:
    """Do what a pass says: after asking, with ``--yes``, or what a saved plan has of it."""
    expected = expected_id(expect)
    config = setting.config()
    names, path = lists_or_plan(config, words, saved)
    agreed = plan_file.read(path, config.server.url) if path else None
    if agreed is not None:
        check_expected(expected, agreed.digest, "the saved plan")
        names = _still_there(config, agreed)
    elif not yes:
        _check_that_somebody_answers(setting)
    dispatcher = wiring.dispatcher()
    with _edges(config, setting) as edges:
        order = _Order(config, names, agreed, expected, detailed)
        acted = _at_once(order, edges) if yes or agreed else _after_asking(order, setting, edges)
        if acted is None:
            return OK
        dispatcher.notify_run(config, edges.ledger, acted.seen, acted.outcomes, edges.clock.now())
    told = document(
        config, setting, acted.seen, acted.outcomes, narrowed_to=names, saved=acted.saved
    )
    if not acted.shown:
        show(told, setting.output)
    github.tell(told)
    if acted.trouble:
        typer.echo(f"listsync: {acted.trouble}", err=True)
    dispatcher.flush(IN_HASTE if acted.interrupted else NOTIFYING)
    return acted.exit_code(detailed=detailed)


@dataclass(frozen=True, slots=True)
class _Order:
    """What ``apply`` is told to do."""

    config: Config
    names: tuple[str, ...] | None
    agreed: SavedPlan | None
    expected: str | None
    detailed: bool


@dataclass(frozen=True, slots=True)
class _Acted:
    """What came of acting on a pass."""

    seen: Reconciliation
    outcomes: Outcomes
    interrupted: int  # the exit code of a signal; 0: there was none
    trouble: ListsyncError | None
    saved: SavedRows | None = None  # what of a saved plan was left alone
    shown: bool = False  # somebody has seen all of it already

    def exit_code(self, *, detailed: bool) -> int:
        """What the command comes to: a signal first, then what ended it, then the pass."""
        changes = detailed and bool(self.outcomes)
        code = exit_code(self.seen, self.outcomes, changes=changes)
        return self.interrupted or (self.trouble and self.trouble.exit_code) or code


def _check_that_somebody_answers(setting: Setting) -> None:
    hint = "add --yes, or apply a saved plan"
    if setting.output != "text":
        raise UsageError(f"apply -o {setting.output} does not ask", hint=hint)
    if not _at_terminal():
        raise UsageError("apply asks before it acts, and nobody is there to answer", hint=hint)


def _still_there(config: Config, agreed: SavedPlan) -> tuple[str, ...] | None:
    """The lists that a saved plan is of, without those that have left the file.

    Such a list wants nothing any more. Raises PlanMisfitError where none is left.
    """
    if agreed.narrowed_to is None:
        return None
    left = tuple(lst.name for lst in config.lists if lst.name in agreed.narrowed_to)
    if not left:
        what = f"the file has none of the saved plan's lists: {', '.join(agreed.narrowed_to)}"
        raise PlanMismatchError(what, hint=plan_file.AGAIN)
    return left


def _at_once(order: _Order, edges: Context) -> _Acted:
    """Hold the lock from before the look, and ask nobody."""
    with acting(edges, "apply") as line:
        with recording_outage(order.config, edges.ledger, edges.clock):
            current = reconcile_lists(order.config, edges, order.names)
        _check_current(order, current)
        acted = _act_on_saved(order.config, edges, current, order.agreed)
        line.tell(acted.seen, acted.outcomes, acted.exit_code(detailed=order.detailed))
    return acted


def _after_asking(order: _Order, setting: Setting, edges: Context) -> _Acted | None:
    """Show a pass and do what of it somebody says yes to; None: it was a no."""
    config = order.config
    shown = reconcile_lists(config, edges, order.names)
    _check_current(order, shown)
    show(document(config, setting, shown, narrowed_to=order.names), setting.output)
    if shown.plan.actions and not confirmed("Apply this?"):
        return None
    with acting(edges, "apply") as line:
        current = reconcile_again(config, edges, shown)
        _check_current(order, current)
        agreement = plan_file.agree(_rows(shown), current.plan.actions)
        acted = _act(config, edges, _only(current, agreement.both))
        line.tell(acted.seen, acted.outcomes, acted.exit_code(detailed=order.detailed))
    return replace(acted, shown=not shown.plan.actions)


def _check_current(order: _Order, seen: Reconciliation) -> None:
    digest = plan_digest(order.config.server.url, _rows(seen))
    check_expected(order.expected, digest, "the plan")


def _act_on_saved(
    config: Config, edges: Context, seen: Reconciliation, agreed: SavedPlan | None
) -> _Acted:
    """Do what the pass says, and if there is a saved plan: only what that says as well."""
    if agreed is None:
        return _act(config, edges, seen)
    agreement = plan_file.agree(agreed.actions, seen.plan.actions)
    acted = _act(config, edges, _only(seen, agreement.both))
    rows: SavedRows = {
        "plan_id": agreed.digest[:ID_DIGITS],
        "satisfied": list(agreement.gone),
        "new": list(agreement.new),
    }
    return replace(acted, saved=rows)


def _only(seen: Reconciliation, actions: tuple[Action, ...]) -> Reconciliation:
    decision = replace(seen.decision, plan=replace(seen.plan, actions=actions))
    return replace(seen, decision=decision)


def _rows(seen: Reconciliation) -> list[ActionRow]:
    return [action_row(action) for action in seen.plan.actions]


def _act(config: Config, edges: Context, seen: Reconciliation) -> _Acted:
    """Execute a pass to its end, also where a signal arrives."""
    with held_back() as interrupt:
        done = execute(config, edges, seen, interrupt.stopping)
        seen = replace(seen, slowdown=edges.server.slowdown)
        trouble = done.trouble or _noted(config, edges, seen, done.outcomes, interrupt)
    return _Acted(seen, done.outcomes, interrupt.exit_code, trouble)


def _noted(
    config: Config, edges: Context, seen: Reconciliation, outcomes: Outcomes, interrupt: Interrupt
) -> ListsyncError | None:
    """Write when the lists are due again, unless it was broken off; what stood in the way."""
    if interrupt.exit_code:
        return None
    now, chance = edges.clock.now(), random.random()  # noqa: S311 - jitter is no secret
    try:
        record_statuses(config, edges.ledger, seen, outcomes, now=now, chance=chance)
    except LedgerError as error:
        return error
    return None


def document(  # noqa: PLR0913 - all that a document tells
    config: Config,
    setting: Setting,
    seen: Reconciliation,
    outcomes: Outcomes = (),
    *,
    narrowed_to: Sequence[str] | None = None,
    saved: SavedRows | None = None,
) -> PlanDocument:
    """The pass as the document of ``-o json``."""
    places = {action: index for index, action in enumerate(seen.plan.actions)}
    named = dict(zip([lst.name for lst in config.lists], seen.lists, strict=False))
    identity, observed = seen.identity, seen.observed
    rows = []
    for lst in config.lists:
        if lst.name not in seen.snapshots:
            continue
        wishlist = named[lst.name]
        user = wishlist.requester.user.id if wishlist.requester else None
        quota = observed.quotas.get(user) if user is not None else None
        snapshot = seen.snapshots[lst.name]
        account = seen.decision.accounts.get(lst.name)
        rows.append(list_row(wishlist, lst.top, snapshot, quota, account))
    return plan_document(
        seen.plan,
        config={"path": str(setting.config_path), "generation": config.generation},
        server={
            "url": config.server.url,
            "flavour": identity.server.flavour,
            "version": identity.server.version,
            "media": sum(len(rows) for rows in observed.media.values()),
            "requests": sum(len(rows) for rows in observed.requests.values()),
            "seconds": round(seen.read_seconds, 3),
            "slowdown": asdict(seen.slowdown) if seen.slowdown else None,
        },
        lists=rows,
        narrowed_to=list(narrowed_to) if narrowed_to is not None else None,
        outcomes={places[action]: done for action, done in outcomes},
        saved=saved,
    )


def show(plan: PlanDocument, output: str) -> None:
    """Print a plan's document."""
    if output == "json":
        print_json(plan)
    else:
        sys.stdout.write(plan_markdown(plan) if output == "markdown" else plan_text(plan))


def _edges(config: Config, setting: Setting) -> AbstractContextManager[Context]:
    path, progress = setting.ledger_path(config), for_terminal()
    return wiring.open_context(
        config, setting.config_path, path, progress, debug_dir=setting.debug_dir
    )


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
