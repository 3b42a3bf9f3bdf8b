"""Lists at any address: the form that is shown, and the form that is requested.

Such an address may hold a key, in its query or its path. Only words that are certainly
not keys are shown (``core.privacy``); a short hash replaces each of the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from reconciler.core.model import Kind, ListRef, Outcome
from reconciler.core.privacy import SHORTEST_SECRET, VEIL, holds_key, is_harmless, veil
from reconciler.sources.paging import Meanings

MEANINGS: Meanings = {
    401: (Outcome.PRIVATE, "access was refused: check the key or password in the address"),
    403: (Outcome.BLOCKED, "the site refuses access: check the key in the address"),
}

_PORTS = {"http": 80, "https": 443}
_BETWEEN = re.compile(r"[%&=+#\s]")
_KINDS = {"movies": Kind.MOVIE, "shows": Kind.TV}
_NAME = re.compile(r"[^\W\d_]{1,12}([-_.][^\W\d_]{1,12}){0,3}")


def document(provider: str, text: str) -> ListRef:
    """The list at ``[movies:|shows:]URL``. Raises ValueError with a sentence."""
    word, _, rest = text.partition(":")
    kind = word.lower() if word.lower() in _KINDS else ""
    address = _plain(rest.strip() if kind else text)
    if address is None:
        raise ValueError(f"not the address of a list: write {provider}:https://HOST/PATH")
    shown, secrets = shown_address(address)
    return ListRef(provider, f"{kind}:{shown}" if kind else shown, address=address, secrets=secrets)


def shown_address(address: str) -> tuple[str, tuple[str, ...]]:
    """An address as it may be shown, and the words of it that are not, raw and decoded."""
    parts = urlsplit(address)
    user, _, host = parts.netloc.rpartition("@")
    hidden = [user, *user.split(":")]

    def show_word(word: str, plain: str, *, telling: bool = False) -> str:
        if is_harmless(plain) and not (telling and plain and plain[0] != VEIL):
            return word
        hidden.extend((word, plain))
        return veil(plain, secret=telling)

    path = "/".join(show_word(word, unquote(word)) for word in parts.path.split("/"))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = []
    for name, value in pairs:
        shown_name = name if value and _NAME.fullmatch(name) else show_word(name, name)
        telling = holds_key(name) or "user" in name.lower()  # a key, or a person's name
        shown_value = show_word(value, value, telling=telling)
        query.append(f"{_quote_separators(shown_name)}={_quote_separators(shown_value)}")
    secrets = {word for word in (*hidden, *map(quote, hidden)) if len(word) >= SHORTEST_SECRET}
    return urlunsplit((parts.scheme, host, path, "&".join(query), "")), tuple(sorted(secrets))


def shown_for(ref: ListRef) -> Callable[[str], str]:
    """How an error names an address that is asked on the way to a list.

    The list's own path is shown as in the list's name; of any other address only the site.
    """
    own = urlsplit(ref.address)
    _, scheme, rest = ref.id.partition(f"{own.scheme}://")
    name = (scheme + rest).partition("?")[0]

    def show(address: str) -> str:
        parts = urlsplit(address)
        if name and parts[:3] == own[:3]:
            return name
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], f"/{VEIL}", "", ""))

    return show


def kind_of(ref: ListRef) -> Kind | None:
    """The kind that a reference says its list is of, where the list does not say it itself."""
    return _KINDS.get(ref.id.partition(":")[0])


def _plain(address: str) -> str | None:
    """An address in its simplest spelling; None if it is not a web address."""
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


def _quote_separators(word: str) -> str:
    """A word of a query, with its separators encoded: two different queries never look the same."""
    return _BETWEEN.sub(lambda match: quote(match[0]), word)
