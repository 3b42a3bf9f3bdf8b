"""The command that drops what is remembered of a title. One transaction, no lock."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace

from reconciler import wiring
from reconciler.cli.commands.setting import Setting, print_json
from reconciler.config import Config
from reconciler.core.forgetting import Forgetting, forgetting
from reconciler.core.items import GRAMMAR, item_keys, parse_item
from reconciler.core.model import Item, Match, MediaKey
from reconciler.errors import UsageError
from reconciler.ports import Ledger
from reconciler.render.document import FORMAT_VERSION
from reconciler.sync.clock import SystemClock
from reconciler.sync.run_log import OK


def forget(setting: Setting, text: str, *, everything: bool) -> int:
    """Drop what was seen and refused of a title; ``everything``: that it was adopted, too.

    Raises UsageError for what is no item or could be several titles, LedgerError where the ledger
    cannot be written.
    """
    try:
        item = parse_item(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no item", hint=f"write {GRAMMAR}") from error
    config = setting.config()
    with wiring.open_ledger(config, setting.ledger_path(config)) as ledger:
        found = _found(item, config, ledger)
        if len(found.media) > 1:
            named = ", ".join(f"tmdb:{one.kind}:{one.tmdb}" for one in sorted(found.media))
            raise UsageError(f"{text} could be several titles", hint=f"name one: {named}")
        dropped = bool(found.known or (everything and found.adopted))
        if dropped:
            baselines = ledger.memory.baselines() if everything else {}
            kept = {
                name: replace(baselines[name], keys=baselines[name].keys - keys)
                for name, keys in found.adopted.items()
                if name in baselines
            }
            ledger.memory.forget(found.media, kept, found.lists)
    told = _told(text, found, dropped=dropped, everything=everything)
    if setting.output == "json":
        document = {"item": text, "forgotten": dropped, "lists": list(found.lists)}
        print_json({"format_version": FORMAT_VERSION, **document, "message": told})
    else:
        sys.stdout.write(f"{told}\n")
    return OK


def _found(item: Item, config: Config, ledger: Ledger) -> Forgetting:
    known = ledger.cache.matches(item_keys(item), SystemClock().now())
    media = {found.media for found in known.values() if isinstance(found, Match)}
    if item.ids.tmdb and item.kind:
        media = {MediaKey(item.kind, item.ids.tmdb)}
    named = {lst.name: str(lst.source) for lst in config.lists}
    shown = {
        name: report.known.items
        for name, report in ledger.cache.reports().items()
        if named.get(name) == report.source
    }
    items = [item for listed in shown.values() for item in listed]
    return forgetting(
        item,
        media,
        ledger.memory.read(),
        memberships=ledger.memory.memberships(),
        shown=shown,
        baselines=ledger.memory.baselines(),
        matches=ledger.cache.matches([item.key for item in items], SystemClock().now()),
    )


def _told(text: str, found: Forgetting, *, dropped: bool, everything: bool) -> str:
    adopted = ", ".join(sorted(found.adopted))
    forget_all = f"`listsync forget {shlex.quote(text)} --all` forgets that as well"
    if not dropped:
        more = f"; it was adopted on {adopted}: {forget_all}" if adopted else ""
        return f"nothing is remembered of {text}{more}"
    lists = ", ".join(found.lists)
    if adopted and not everything:
        will = f"it stays adopted on {adopted}: {forget_all}"
    elif found.still_there:
        will = "what the server still shows of it, a decline too, holds as before"
    elif lists:
        will = f"the next apply may request it again: it is on {lists}"
    else:
        will = "no list holds it: nothing is requested until one does"
    return f"forgot {text}: {will}"
