"""The debug folder: the pages of lists that could not be read, for bug reports."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from reconciler.browser.pool import BrowserLease
from reconciler.core.model import READ, ListRef, Snapshot
from reconciler.errors import BrowserError, ListsyncError
from reconciler.logs import Logger
from reconciler.sources.debug.scrub import scrub

_MOST_CHARACTERS = 4_000_000
_SOURCE = f"return document.documentElement.outerHTML.slice(0, {_MOST_CHARACTERS});"
_COOKIES = "return document.cookie;"
_NO_NAME = re.compile(r"[^\w.-]+")

_log = Logger()


class DebugFolder:
    """Two files a list, rewritten each time: the page as it was, and what was made of it.

    Both are for their owner alone, and scrubbed of what the page tells of its visitor.
    """

    def __init__(self, folder: Path) -> None:
        """Make the folder. Raises ListsyncError where that cannot be."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            problem = f"the debug folder cannot be created: {error.strerror}"
            raise ListsyncError(problem, where=str(folder), hint="use another folder") from error
        self._folder = folder

    def keep(self, ref: ListRef, snapshot: Snapshot, lease: BrowserLease) -> None:
        """Write what was seen of a list, if it was not read as one. A full disk is not an error."""
        if snapshot.outcome in READ:
            return
        page = lease.page if lease.healthy else None
        name, report = _NO_NAME.sub("_", str(ref)), [f"list: {ref}"]
        report += [f"outcome: {snapshot.outcome}", f"error: {snapshot.error}"]
        source, cookies = "", ""
        with suppress(BrowserError):
            if page:
                report += [f"url: {page.url}", f"status: {page.status}", *lease.answers]
                cookies = str(page.evaluate(_COOKIES))
                source = str(page.evaluate(_SOURCE))
        secrets = [part.partition("=")[2].strip() for part in cookies.split(";")]
        secrets += ref.secrets
        self._write(f"{name}.html", scrub(source, secrets))
        self._write(f"{name}.txt", scrub("\n".join(report) + "\n", secrets))

    def keep_trace(self, trace: str) -> None:
        """Write where listsync itself failed."""
        self._write("crash.txt", trace)

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        fresh = path.with_name(f".{name}.{os.getpid()}")
        try:
            with suppress(FileNotFoundError):
                fresh.unlink()
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            fresh.replace(path)
        except OSError as error:
            _log.warning("the debug folder could not be written", path=str(path), error=str(error))
