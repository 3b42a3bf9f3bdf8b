"""``forget``: one transaction in the ledger, no lock unless a list is renamed first."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from reconciler.cli.options import LEDGER, PLAIN_OUTPUT, VERBOSE, Settings, command_with
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.core.memory import Forgetting

ItemText = Annotated[
    str, typer.Argument(metavar="ITEM", help='imdb:tt…, tmdb:movie:N, tvdb:N, title:"T (Y)".')
]
Everything = Annotated[bool, typer.Option("--all", help="Also forget that the title was adopted.")]


@command_with(LEDGER, PLAIN_OUTPUT, VERBOSE)
def forget(settings: Settings, text: ItemText, *, everything: Everything = False) -> int:
    """Forget a title's history, and show what will happen next."""
    from reconciler import wiring
    from reconciler.cli.output import print_result, with_version
    from reconciler.cli.selection import find_history
    from reconciler.core.items import GRAMMAR, parse_item

    try:
        item = parse_item(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not an item", hint=f"use {GRAMMAR}") from error
    config = settings.read_config()
    with wiring.open_ledger(config, settings.ledger_path(config)) as ledger:
        if everything and ledger.has_due_renames:  # later they would bring back what was adopted
            with ledger.lock():
                ledger.rename(config.rules)
        forgetting = find_history(item, config, ledger)
        if len(forgetting.media) > 1:
            choices = ", ".join(f"tmdb:{key.kind}:{key.tmdb}" for key in sorted(forgetting.media))
            raise UsageError(f"{text} matches several titles", hint=f"choose one: {choices}")
        is_known = bool(forgetting.remembered or (everything and forgetting.adopted))
        if is_known:
            baselines = ledger.memory.baselines() if everything else {}
            remaining = {
                name: replace(baselines[name], keys=baselines[name].keys - keys)
                for name, keys in forgetting.adopted.items()
                if name in baselines
            }
            ledger.memory.forget(forgetting.media, remaining, forgetting.lists)
    message = _message(text, forgetting, is_known=is_known, everything=everything)
    lists = list(forgetting.lists)
    document = with_version(item=text, forgotten=is_known, lists=lists, message=message)
    print_result(settings.output, document, lambda _: f"{message}\n")
    return 0


def _message(text: str, forgetting: Forgetting, *, is_known: bool, everything: bool) -> str:
    adopted = ", ".join(sorted(forgetting.adopted))
    forget_all = f"run `listsync forget {shlex.quote(text)} --all` to forget that too"
    if not is_known:
        more = f"; it was adopted on {adopted}: {forget_all}" if adopted else ""
        return f"nothing is recorded about {text}{more}"
    if adopted and not everything:
        effect = f"it remains adopted on {adopted}: {forget_all}"
    elif forgetting.still_there:
        effect = "the server's own records, such as a decline, still count"
    elif forgetting.lists:
        effect = f"the next apply may request it again: it is on {', '.join(forgetting.lists)}"
    else:
        effect = "it is not on any list, so it will not be requested"
    return f"forgot {text}: {effect}"
