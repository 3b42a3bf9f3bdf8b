"""Lists that are an address of their own, anywhere: as it may be shown, and as it is asked.

Such an address may hold a key, in its query or its path. Shown is all that is no key; of a key only
what tells it from another one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from reconciler.core.model import Kind, ListRef, Outcome
from reconciler.sources.web import hidden, shown_url, veiled

if TYPE_CHECKING:
    from reconciler.sources.paging import Meanings

MEANINGS: Meanings = {
    401: (Outcome.PRIVATE, "this is not for everybody: check the key or password in the address"),
    403: (Outcome.BLOCKED, "the site does not let listsync in: check the key in the address"),
}

_PORTS = {"http": 80, "https": 443}
_BETWEEN = re.compile(r"[%&=+#\s]")
_KINDS = {"movies": Kind.MOVIE, "shows": Kind.TV}
_TELLING = re.compile(r"key|token|secret|pass|pwd|auth|sig|client|session|user", re.IGNORECASE)
_KEY_LENGTH = 16  # from here on its hash tells nothing of it


def document(provider: str, text: str) -> ListRef:
    """The list at ``[movies:|shows:]URL``. Raises ValueError with a sentence."""
    word, _, rest = text.partition(":")
    kind = word.lower() if word.lower() in _KINDS else ""
    address = _plain(rest.strip() if kind else text)
    if address is None:
        raise ValueError(f"no address of a list: write {provider}:https://HOST/PATH")
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    query = "&".join(f"{_told(hidden(name))}={_told(_shown(name, value))}" for name, value in pairs)
    shown = shown_url(address) + (f"?{query}" if query else "")
    return ListRef(provider, f"{kind}:{shown}" if kind else shown, address=address)


def kind_of(ref: ListRef) -> Kind | None:
    """The kind that a reference says its list is of, where the list does not say it itself."""
    return _KINDS.get(ref.id.partition(":")[0])


def _plain(address: str) -> str | None:
    """An address, of all the ways to write it the plainest; None: it is none of the web's."""
    try:
        parts = urlsplit(address)
        port = parts.port  # reading it is what checks it
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    user, at, host = parts.netloc.rpartition("@")
    host = host.lower()
    if port == _PORTS[parts.scheme]:
        host = host.removesuffix(f":{port}")
    return urlunsplit((parts.scheme, f"{user}{at}{host}", parts.path or "/", parts.query, ""))


def _told(word: str) -> str:
    """A word of a query so that it stays one: another query never looks the same."""
    return _BETWEEN.sub(lambda found: quote(found[0]), word)


def _shown(name: str, value: str) -> str:
    if value.startswith("…"):  # as it was shown
        return value
    if not _TELLING.search(name):
        return hidden(value)
    return veiled(value) if len(value) >= _KEY_LENGTH else "…"
