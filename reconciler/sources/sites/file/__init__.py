"""Files: CSV exports, JSON such as Trakt's export, and plain text with one title a line.

``file:EXPORT.zip/NAME.json`` is a file in a ZIP. A CSV of one column without a header, of
addresses or ids, is read as text.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote

from reconciler.core.model import ListRef, Outcome, Snapshot
from reconciler.http import payload
from reconciler.sources.context import FetchContext
from reconciler.sources.exports.archives import read_text
from reconciler.sources.exports.reading import ROUTE, snapshot_of_lines, zip_member
from reconciler.sources.exports.table import Unreadable
from reconciler.sources.failure import FetchFailure
from reconciler.sources.paging import open_to_all, without_browser
from reconciler.sources.sites.file.text import parse, parse_json

HOSTS: frozenset[str] = frozenset()
BARE: re.Pattern[str] | None = None
FORMS = "file:PATH"
needs_browser = without_browser
objection = open_to_all

_TABLES = {".csv", ".tsv"}
_JSON = {".json", ".zip"}  # of a ZIP by itself Trakt's watchlist is read
_ADDRESS = re.compile(r"//(?:localhost)?(/.*)", re.IGNORECASE | re.DOTALL)


def parse_id(text: str) -> ListRef:
    """The file that ``file:TEXT`` means. Raises ValueError with a sentence."""
    address = _ADDRESS.fullmatch(text)  # as a browser shows a file
    path = str(PurePosixPath(unquote(address[1]) if address else text))
    if path in {".", "/"} or "\0" in path or path.startswith("//"):
        problem = f"not a path: {f'file:{text}'!r}"
        raise ValueError(f"{problem}; write file:NAME.csv or file:/path/NAME.txt")
    return ListRef("file", path, is_local=True)


def parse_url(url: SplitResult) -> ListRef:
    """A file has no address on the web."""
    raise ValueError(f"not a file: {url.geturl()}; write file:PATH")


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a file to its end."""
    content = read_text(ref, context, zip_member(ref.id)[1] or "lists-watchlist.json")
    if isinstance(content, FetchFailure):
        return content.snapshot(ROUTE)
    file, text = content
    suffix = PurePosixPath(ref.id).suffix.lower()
    with payload.turn_to_parse(len(text)):
        is_table = suffix in _TABLES
        lines = parse_json(text) if suffix in _JSON else parse(text, is_table=is_table)
        if isinstance(lines, Unreadable):
            problem = f"{ref}: {lines.describe(quoting=file.is_ours)}"
            return FetchFailure(Outcome.UNREACHABLE, problem).snapshot(ROUTE)
        return snapshot_of_lines(file, lines)
