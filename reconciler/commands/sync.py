"""``plan`` and ``apply``: the same pass, looked at or acted on."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from reconciler import wiring
from reconciler.apply import Applier, Outcomes, shown_and_current
from reconciler.commands.interrupts import held_back
from reconciler.commands.question import confirmed
from reconciler.commands.setting import Setting, print_json
from reconciler.core.model import Outcome, Reason, Result
from reconciler.errors import ListsyncError, UsageError
from reconciler.recall import reports
from reconciler.reconcile import Edges, Pass, look, look_again
from reconciler.render.document import PlanDocument, list_row, plan_document
from reconciler.render.markdown import plan_markdown
from reconciler.render.progress import for_terminal
from reconciler.render.text import plan_text

if TYPE_CHECKING:
    from reconciler.spec import Spec

OK, SOMETHING_FAILED, CHANGES, STOPPED = 0, 1, 2, 3
READ = {Outcome.COMPLETE, Outcome.EMPTY, Outcome.UNVERIFIED}
FAILURES = {Result.FAILED, Result.REFUSED, Result.UNKNOWN, Result.SKIPPED}


def plan(setting: Setting, *, detailed: bool) -> int:
    """Show what a pass would do."""
    spec = setting.spec()
    with wiring.open_edges(
        spec, setting.config, setting.ledger_path(spec), for_terminal()
    ) as edges:
        seen = look(spec, edges)
        _keep(spec, edges, seen, ())
    show(document(spec, setting, seen, ()), setting.output)
    return exit_code(seen, (), changes=detailed and bool(seen.plan.actions))


def apply(setting: Setting, *, yes: bool, detailed: bool) -> int:
    """Do what a pass says, after asking or with ``--yes``."""
    if not yes and setting.output != "text":
        raise UsageError(f"apply -o {setting.output} does not ask", hint="add --yes")
    if not yes and not _at_terminal():
        raise UsageError(
            "apply asks before it acts, and nobody is there to answer", hint="add --yes"
        )
    spec = setting.spec()
    with wiring.open_edges(
        spec, setting.config, setting.ledger_path(spec), for_terminal()
    ) as edges:
        if yes:
            with edges.ledger.lock():
                acted = _act(spec, edges, look(spec, edges))
        else:
            shown = look(spec, edges)
            show(document(spec, setting, shown, ()), setting.output)
            if shown.plan.actions and not confirmed("Apply this?"):
                return OK
            with edges.ledger.lock():
                acted = _act(spec, edges, _agreed(shown, look_again(spec, edges, shown)))
    if yes or shown.plan.actions:
        show(document(spec, setting, acted.seen, acted.outcomes), setting.output)
    if acted.trouble:
        typer.echo(f"listsync: {acted.trouble}", err=True)
    changes = detailed and bool(acted.outcomes)
    code = exit_code(acted.seen, acted.outcomes, changes=changes)
    return acted.interrupted or (acted.trouble and acted.trouble.exit_code) or code


@dataclass(frozen=True, slots=True)
class _Acted:
    """What came of acting on a pass."""

    seen: Pass
    outcomes: Outcomes
    interrupted: int  # the exit code of a signal; 0: there was none
    trouble: ListsyncError | None


def _agreed(shown: Pass, current: Pass) -> Pass:
    """The current pass, with those of its actions that somebody has said yes to."""
    actions = shown_and_current(shown.plan.actions, current.plan.actions)
    return replace(current, plan=replace(current.plan, actions=actions))


def _act(spec: Spec, edges: Edges, seen: Pass) -> _Acted:
    """Apply a pass. One that a safety rule stops has no actions, but is remembered."""
    with held_back() as interrupt:
        applier = Applier(edges, spec.server.concurrency, interrupt.stopping)
        outcomes = applier.apply(seen, seen.plan.actions)
        _keep(spec, edges, seen, outcomes)
    return _Acted(seen, outcomes, interrupt.exit_code, applier.trouble)


def exit_code(seen: Pass, outcomes: Outcomes, *, changes: bool) -> int:
    """3 before 1 before 2 before 0."""
    if seen.plan.stops:
        return STOPPED
    failed = (
        any(snapshot.outcome not in READ for snapshot in seen.snapshots.values())
        or any(lst.problem for lst in seen.lists if lst.name in seen.snapshots)
        or any(verdict.reason is Reason.UNRESOLVED for verdict in seen.plan.verdicts)
        or any(done.result in FAILURES for _, done in outcomes)
    )
    if failed:
        return SOMETHING_FAILED
    return CHANGES if changes else OK


def document(spec: Spec, setting: Setting, seen: Pass, outcomes: Outcomes) -> PlanDocument:
    """The pass as the document of ``-o json``."""
    places = {action: index for index, action in enumerate(seen.plan.actions)}
    named = dict(zip([lst.name for lst in spec.lists], seen.lists, strict=False))
    identity, observed = seen.identity, seen.observed
    rows = []
    for lst in spec.lists:
        if lst.name not in seen.snapshots:
            continue
        wishlist = named[lst.name]
        user = wishlist.requester.user.id if wishlist.requester else None
        quota = observed.quotas.get(user) if user is not None else None
        snapshot = seen.snapshots[lst.name]
        rows.append(list_row(wishlist, str(lst.source), lst.top, snapshot, quota))
    return plan_document(
        seen.plan,
        config={"path": str(setting.config), "generation": spec.generation},
        server={
            "url": spec.server.url,
            "flavour": identity.server.flavour,
            "version": identity.server.version,
            "media": sum(len(rows) for rows in observed.media.values()),
            "requests": sum(len(rows) for rows in observed.requests.values()),
            "seconds": round(seen.read_seconds, 3),
        },
        lists=rows,
        outcomes={places[action]: done for action, done in outcomes},
    )


def show(plan: PlanDocument, output: str) -> None:
    """Print a plan's document."""
    if output == "json":
        print_json(plan)
    else:
        sys.stdout.write(plan_markdown(plan) if output == "markdown" else plan_text(plan))


def _keep(spec: Spec, edges: Edges, seen: Pass, outcomes: Outcomes) -> None:
    ledger = edges.ledger
    sources = {lst.name: lst.source for lst in spec.lists}
    told = reports(seen, sources, outcomes, ledger.reports(), edges.clock.now())
    ledger.keep_reports(told)


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
