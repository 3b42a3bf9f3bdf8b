"""What a command's arguments mean: lists, a saved plan, a plan id, an item or part of a title."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.config import Config, ListConfig
from reconciler.config.problems import suggest
from reconciler.core.items import item_keys, parse_item
from reconciler.core.memory import Forgetting, forgetting
from reconciler.core.model import Intent, Item, Match, MediaKey, Run
from reconciler.core.names import has_words
from reconciler.errors import PlanMismatchError, UsageError
from reconciler.ports import Ledger
from reconciler.sync.clock import SystemClock

_PLAN_ID = re.compile(r"[0-9a-f]{8,64}")


def find_list(config: Config, name: str) -> ListConfig:
    """The list with this name. Raises UsageError, which shows the known names."""
    check_list_name([lst.name for lst in config.lists], name)
    return next(lst for lst in config.lists if lst.name == name)


def check_list_name(names: Sequence[str], name: str) -> None:
    """Raise UsageError for an unknown list."""
    if name not in names:
        message = f"unknown list {name!r}{suggest(name, names)}"
        raise UsageError(message, hint=f"known lists: {', '.join(names)}")


def select_lists(config: Config, names: Sequence[str]) -> tuple[str, ...] | None:
    """These lists, once each, in the config's order; None where no name is given. UsageError."""
    selected = {find_list(config, name).name for name in names}
    return tuple(lst.name for lst in config.lists if lst.name in selected) if names else None


def lists_or_plan(
    config: Config, arguments: Sequence[str], plan_file: Path | None
) -> tuple[tuple[str, ...] | None, Path | None]:
    """Which of ``arguments`` are lists, and which a saved plan. Raises UsageError.

    A list's name is always the list; otherwise ``.json`` or ``.html`` at the end or a slash means a
    file.
    """
    lists = {lst.name for lst in config.lists}
    files = [
        text
        for text in arguments
        if text not in lists and ("/" in text or text.lower().endswith((".json", ".html")))
    ]
    plans = [*([plan_file] if plan_file else []), *map(Path, files)]
    names = [text for text in arguments if text not in files]
    if len(plans) > 1:
        raise UsageError("apply takes only one saved plan", hint="apply one after the other")
    if plans and names:
        hint = "remove the list names: the saved plan has its own"
        raise UsageError("apply takes lists or a saved plan, not both", hint=hint)
    return select_lists(config, names), plans[0] if plans else None


def parse_plan_id(text: str | None) -> str | None:
    """The digits of ``--expect``. Raises UsageError."""
    if text is not None and not _PLAN_ID.fullmatch(text.lower()):
        raise UsageError(
            f"--expect needs a plan id of 8 or more hexadecimal digits, got {text!r}",
            hint="copy it from the last line of `listsync plan`, or from plan_id in its JSON",
        )
    return text.lower() if text is not None else None


def check_plan_id(expected: str | None, digest: str, which: str) -> None:
    """Raise PlanMismatchError where a plan is not the expected one."""
    if expected is not None and not digest.startswith(expected):
        raise PlanMismatchError(
            f"{which} has id {digest[: len(expected)]}, expected {expected}; nothing was done",
            hint="run `listsync plan` to see what would be done now",
        )


def find_media(item: Item, ledger: Ledger) -> set[MediaKey]:
    """The titles that an item is known to be: its TMDB id, else what was looked up for it."""
    if item.ids.tmdb and item.kind:
        return {MediaKey(item.kind, item.ids.tmdb)}
    matches = ledger.cache.matches(item_keys(item), SystemClock().now())
    return {match.media for match in matches.values() if isinstance(match, Match)}


def find_history(item: Item, config: Config, ledger: Ledger) -> Forgetting:
    """Everything that the ledger and the lists have of an item, to forget it."""
    sources = config.sources
    shown = {
        name: report.known.items
        for name, report in ledger.cache.reports().items()
        if sources.get(name) == report.source
    }
    keys = [listed.key for items in shown.values() for listed in items]
    return forgetting(
        item,
        find_media(item, ledger),
        ledger.memory.read(),
        memberships=ledger.memory.memberships(),
        shown=shown,
        baselines=ledger.memory.baselines(),
        matches=ledger.cache.matches(keys, SystemClock().now()),
    )


@dataclass(frozen=True, slots=True)
class PastQuery:
    """What of the past is asked about: a list, titles, or part of a title."""

    list_name: str | None = None
    media: Collection[MediaKey] = ()
    title: str | None = None

    def includes_intent(self, intent: Intent) -> bool:
        if self.list_name is not None:
            return self.list_name in intent.lists
        if self.title is not None:
            return has_words(self.title, intent.title)
        return intent.target.media in self.media

    def includes_run(self, run: Run) -> bool:
        return self.list_name is not None and self.list_name in run.lists


def parse_past_query(
    text: str, config: Config, intents: Collection[Intent], runs: Collection[Run], ledger: Ledger
) -> PastQuery:
    """A list of the config or of the past, an item, or part of a title. Raises UsageError."""
    past = [*(intent.lists for intent in intents), *(run.lists for run in runs)]
    names = frozenset(lst.name for lst in config.lists).union(ledger.memory.memberships(), *past)
    if text in names:
        return PastQuery(list_name=text)
    try:
        item = parse_item(text)
    except ValueError:
        query = PastQuery(title=text)
        if not any(query.includes_intent(intent) for intent in intents):
            message = f"nothing in the history matches {text!r}{suggest(text, names)}"
            hint = "use a list's name, an item's id, or part of a requested title"
            raise UsageError(message, hint=hint) from None
        return query
    if item.title and not item.ids.trakt:
        return PastQuery(title=item.title)
    return PastQuery(media=find_media(item, ledger))
