"""Lists that are an address of their own, anywhere: as it may be shown, and as it is asked.

Such an address may hold a key, in its query or its path. Shown is all that is no key; of a key only
what tells it from another one.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from reconciler.core.model import Kind, ListRef
from reconciler.sources.web import hidden, shown_url, veiled

_KINDS = {"movies": Kind.MOVIE, "shows": Kind.TV}
_TELLING = re.compile(r"key|token|secret|pass|pwd|auth|sig|client|session|user", re.IGNORECASE)
_KEY_LENGTH = 16  # from here on its hash tells nothing of it


def document(provider: str, text: str) -> ListRef:
    """The list at ``[movies:|shows:]URL``. Raises ValueError with a sentence."""
    word, _, rest = text.partition(":")
    kind = word.lower() if word.lower() in _KINDS else ""
    address = rest.strip() if kind else text
    try:
        parts = urlsplit(address)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"no address of a list: write {provider}:https://HOST/PATH")
    query = "&".join(f"{name}={_shown(name, value)}" for name, value in _pairs(parts.query))
    shown = shown_url(address) + (f"?{query}" if query else "")
    return ListRef(provider, f"{kind}:{shown}" if kind else shown, address=address)


def kind_of(ref: ListRef) -> Kind | None:
    """The kind that a reference says its list is of, where the list does not say it itself."""
    return _KINDS.get(ref.id.partition(":")[0])


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _shown(name: str, value: str) -> str:
    if value.startswith("…"):  # as it was shown
        return value
    if not _TELLING.search(name):
        return hidden(value)
    return veiled(value) if len(value) >= _KEY_LENGTH else "…"
