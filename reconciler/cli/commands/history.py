"""``history``: what was asked of the server, from the ledger alone."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass

from reconciler import wiring
from reconciler.cli.commands.setting import Setting, print_json
from reconciler.config import Config
from reconciler.config.problems import suggest
from reconciler.core.items import item_keys, parse_item
from reconciler.core.model import Intent, Match, MediaKey, Run
from reconciler.core.names import has_words
from reconciler.errors import UsageError
from reconciler.ports import Ledger
from reconciler.render.history import history_document, history_text
from reconciler.sync.clock import SystemClock


def history(setting: Setting, query: str | None, last: int) -> int:
    """Print the ``last`` passes and actions; ``query`` narrows them to a list, item or title."""
    config = setting.config()
    with wiring.open_ledger(config, setting.ledger_path(config)) as ledger:
        intents, runs = ledger.journal.history()
        if query is not None:
            meant = _meant(query, _names(config, intents, runs, ledger), intents, ledger)
            intents = tuple(intent for intent in intents if meant.asked(intent))
            runs = tuple(run for run in runs if meant.read(run))
    told = history_document(intents[-last:], runs[-last:])
    if setting.output == "json":
        print_json(told)
    else:
        sys.stdout.write(history_text(told))
    return 0


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a query means: a list of the file or of the past, one title, or part of a title."""

    name: str | None = None
    media: Collection[MediaKey] = ()
    words: str | None = None

    def asked(self, intent: Intent) -> bool:
        if self.name is not None:
            return self.name in intent.lists
        if self.words is not None:
            return has_words(self.words, intent.title)
        return intent.target.media in self.media

    def read(self, run: Run) -> bool:
        return self.name is not None and self.name in run.lists


def _names(
    config: Config, intents: Collection[Intent], runs: Collection[Run], ledger: Ledger
) -> frozenset[str]:
    """The lists there are, and those that the ledger knows from before."""
    past = [*(intent.lists for intent in intents), *(run.lists for run in runs)]
    named = {lst.name for lst in config.lists} | set(ledger.memory.memberships())
    return frozenset(named.union(*past))


def _meant(
    query: str, names: Collection[str], intents: Collection[Intent], ledger: Ledger
) -> _Meant:
    """What is asked about. Raises UsageError where that is nothing that is known."""
    if query in names:
        return _Meant(name=query)
    try:
        item = parse_item(query)
    except ValueError:
        meant = _Meant(words=query)
        if not any(meant.asked(intent) for intent in intents):
            what = f"no list is called {query!r}{suggest(query, names)}"
            hint = "nor is it part of a title that was asked for"
            raise UsageError(what, hint=hint) from None
        return meant
    if item.title and not item.ids.trakt:
        return _Meant(words=item.title)
    if item.ids.tmdb and item.kind:
        return _Meant(media={MediaKey(item.kind, item.ids.tmdb)})
    known = ledger.cache.matches(item_keys(item), SystemClock().now())
    return _Meant(media={found.media for found in known.values() if isinstance(found, Match)})
