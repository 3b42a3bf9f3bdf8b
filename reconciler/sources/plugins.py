"""Sources that other distributions bring, through the entry points of ``listsync.sources``.

They are looked up if no built-in source matches, and cannot break the others: an error
in a plugin names its distribution. The text of the error is not quoted, since it may hold a key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from urllib.parse import SplitResult

from reconciler.core.completeness import checked
from reconciler.core.model import ListRef, Outcome, Snapshot
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.failure import FetchFailure

GROUP = "listsync.sources"

_FAULTS = (Exception, SystemExit)  # whatever a stranger's code may raise, but a signal to us
_NEEDED = ("HOSTS", "FORMS", "parse_id", "parse_url", "fetch")


class Plugin:
    """A source of another distribution. One that does not load has no addresses."""

    BARE: re.Pattern[str] | None = None

    def __init__(self, entry: EntryPoint) -> None:
        self._name = entry.name
        self._label = f"the source {entry.name} of {entry.dist.name if entry.dist else 'a plugin'}"
        self.broken = ""  # why it cannot be used
        self.HOSTS: frozenset[str] = frozenset()
        self.FORMS = f"{entry.name}:…"
        try:
            self._module = entry.load()
            missing = [name for name in _NEEDED if not hasattr(self._module, name)]
            if not missing:
                self.HOSTS = frozenset(map(str, self._module.HOSTS))
                self.FORMS = str(self._module.FORMS)
        except _FAULTS as fault:
            missing = [f"loading it raises {type(fault).__name__}"]
        if missing:
            problem = f"{self._label} cannot be used ({', '.join(missing)})"
            self.broken = f"{problem}; update or uninstall it"

    def parse_id(self, text: str) -> ListRef:
        return self._ref(lambda: self._module.parse_id(text))

    def parse_url(self, url: SplitResult) -> ListRef:
        return self._ref(lambda: self._module.parse_url(url))

    def objection(self, ref: ListRef, provider: Provider) -> str | None:
        """Why a list cannot be read; None: it can. A plugin need not have this."""
        check = None if self.broken else getattr(self._module, "objection", None)
        if check is None:
            return self.broken or None
        try:
            why = check(ref, provider)
        except _FAULTS as fault:
            return self._failed(fault)
        return None if why is None else str(why)

    def needs_browser(self, ref: ListRef, provider: Provider) -> bool:
        """Whether reading a list may take a browser; a plugin that does not say it needs none."""
        check = None if self.broken else getattr(self._module, "needs_browser", None)
        try:
            return bool(check and check(ref, provider))
        except _FAULTS:
            return False

    def fetch(self, ref: ListRef, context: FetchContext) -> Snapshot:
        """Read a list; trouble is an outcome, also where it is the plugin's own."""
        if self.broken:
            return FetchFailure(Outcome.UNREACHABLE, self.broken).snapshot("plugin")
        try:
            snapshot = self._module.fetch(ref, context)
            if isinstance(snapshot, Snapshot):
                return checked(snapshot)
        except _FAULTS as fault:
            return FetchFailure(Outcome.UNREACHABLE, self._failed(fault)).snapshot("plugin")
        problem = f"{self._label} did not return a Snapshot; report this to its author"
        return FetchFailure(Outcome.UNREACHABLE, problem).snapshot("plugin")

    def _ref(self, parse: Callable[[], object]) -> ListRef:
        if self.broken:
            raise ValueError(self.broken)
        try:
            ref = parse()
        except ValueError:
            raise  # its sentence says what to paste instead
        except _FAULTS as fault:
            raise ValueError(self._failed(fault)) from fault
        if isinstance(ref, ListRef) and ref.provider == self._name:
            return ref
        raise ValueError(
            f"{self._label} did not return a ListRef of its own; report this to its author"
        )

    def _failed(self, fault: BaseException) -> str:
        return f"{self._label} failed with {type(fault).__name__}; report this to its author"


def names() -> tuple[str, ...]:
    """The names of the plugins' sources; nothing is loaded."""
    return tuple(dict.fromkeys(entry.name for entry in _entries()))


def settings_of(name: str) -> Provider:
    """A plugin's address and key from the environment; the config has no section for them."""
    prefix = f"LISTSYNC_{re.sub('[^A-Z0-9]', '_', name.upper())}"
    return Provider(os.environ.get(f"{prefix}_URL", ""), key=os.environ.get(f"{prefix}_KEY", ""))


def plugins() -> dict[str, Plugin]:
    """The plugins by name. Each is loaded once in a process; of two of one name, the first."""
    return {entry.name: _loaded(entry) for entry in reversed(_entries())}


def _entries() -> list[EntryPoint]:
    entries = entry_points(group=GROUP)
    return sorted(entries, key=lambda entry: (entry.name, entry.dist.name if entry.dist else ""))


@cache
def _loaded(entry: EntryPoint) -> Plugin:
    return Plugin(entry)
