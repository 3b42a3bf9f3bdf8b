"""Which words of an address may be shown, the replacements of the others, and masking by value.

An address of a list may hold a key anywhere behind its host. A word is shown only if it is
certainly harmless; the replacement of another word distinguishes two lists and reveals no key:

    ============================================  =======================================
    word                                          shown as
    ============================================  =======================================
    up to 5 characters, a number up to 9 digits   itself
    one or two plain words, 16 letters in all     itself, with a usual ending of a file
    anything else, 6 to 15 characters             … and 3 digits of its hash
    anything else, 16 characters or more          … and 6 digits of its hash
    from a variable, or of a parameter like key=  …, or … and 6 digits from 16 on
    ============================================  =======================================
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from reconciler.core.model.lists import Item, Snapshot, TitleRef

VEIL = "…"
SHORTEST_SECRET = 6  # characters; shorter ones stand in too many harmless texts
LONG_SECRET = 16  # characters; a short hash of a longer one reveals nothing

_SHORT_TAG, _TAG = 3, 6  # digits of a hash
_VEILED = re.compile(rf"{VEIL}[0-9a-f]{{0,{_TAG}}}")
_PLAIN = re.compile(
    r"(?P<words>[^\W\d_]{1,12}(?:[-_. ][^\W\d_]{1,12})?)(?:\.(?:json|xml|rss|atom|txt|csv|php))?"
)
_NUMBER = re.compile(r"v?[0-9]{1,9}")
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_LONGEST_PLAIN = 17  # characters, a separator included
_KEY_PARAMETER = re.compile(
    r"key|token|secret|pass|phrase|pwd|pw|auth|sig|client|session|code|cred|jwt|hash|pin\b",
    re.IGNORECASE,
)
_DELIMITERS = re.compile(r"[^/?&=;#]+")


def is_harmless(word: str) -> bool:
    """Whether a word of an address is certainly harmless."""
    if len(word) < SHORTEST_SECRET or _NUMBER.fullmatch(word) or _VEILED.fullmatch(word):
        return True
    match = _PLAIN.fullmatch(word)
    if not match or len(match["words"]) > _LONGEST_PLAIN or _HEX.fullmatch(match["words"]):
        return False
    parts = re.split(r"[-_. ]", match["words"])
    return all(part.islower() or part.istitle() or part.isupper() for part in parts)


def veil(word: str, *, secret: bool = False) -> str:
    """The replacement of a word. ``secret``: the word is certainly one."""
    if _VEILED.fullmatch(word):
        return word
    digits = _TAG if len(word) >= LONG_SECRET else 0 if secret else _SHORT_TAG
    return VEIL + hashlib.sha256(word.encode()).hexdigest()[:digits]


def veil_spans(text: str, spans: Iterable[tuple[int, int]]) -> tuple[str, tuple[str, ...]]:
    """A text with an address whose spans are veiled, and the veiled words; the host stays.

    A word between two delimiters is veiled whole if any part of it is in a span.
    """
    scheme = text.find("://")
    host = re.compile(r"[/?#]|\Z").search(text, scheme + 3)
    start = host.start() if scheme >= 0 and host else 0
    inside = tuple(span for span in spans if span[1] > start)
    shown, veiled, end = text[:start], [], start
    for match in _DELIMITERS.finditer(text, start):
        shown += text[end : match.start()]
        end = match.end()
        if any(begin < end and match.start() < close for begin, close in inside):
            parts = [text[max(first, match.start()) : min(last, end)] for first, last in inside]
            veiled += [match[0], *filter(None, parts)]
            shown += veil(match[0], secret=True) if match[0] in parts else VEIL
        else:
            shown += match[0]
    return shown + text[end:], tuple(dict.fromkeys(veiled))


def holds_key(parameter: str) -> bool:
    """Whether a parameter of an address is named like a key or password."""
    return bool(_KEY_PARAMETER.search(parameter))


def hidden_part(text: str, span: tuple[int, int]) -> str:
    """What a span of a text with an address adds to its user, password, path or query.

    Empty, where that is nothing, or several words that are all harmless.
    """
    begin, end = span
    scheme = text.find("://") + 3 if "://" in text else 0
    match = re.compile(r"[/?#]|\Z").search(text, scheme)
    host_end = match.start() if match else len(text)
    host = text.rfind("@", scheme, host_end) + 1 or scheme
    part = text[max(begin, scheme) : min(end, host)] + text[max(begin, host_end) : end]
    words = _DELIMITERS.findall(part)
    return part if words == [part] or not all(map(is_harmless, words)) else ""


def mask(text: str, secrets: Collection[str]) -> str:
    """A text with ``…`` in place of each of these secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, VEIL)
    return text


def without_secrets(snapshot: Snapshot, secrets: Collection[str]) -> Snapshot:
    """What a fetch gave, without secrets that the site put into titles or errors."""
    secrets = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
    everything = "\n".join((*_texts(snapshot), *chain.from_iterable(map(_texts, snapshot.items))))
    if not any(secret in everything for secret in secrets):
        return snapshot
    items = tuple(_without(item, secrets) for item in snapshot.items)
    error = None if snapshot.error is None else mask(snapshot.error, secrets)
    note = None if snapshot.note is None else mask(snapshot.note, secrets)
    return replace(snapshot, items=items, error=error, note=note)


def _texts(value: Snapshot | Item) -> Iterator[str]:
    """Every text of a site's that is free in what it says."""
    if not isinstance(value, Item):
        yield from filter(None, (value.error, value.note))
        return
    yield value.title
    yield from value.facts.genres or ()
    others = (value.series, value.episode)
    yield from filter(None, (value.original_title, value.unsupported, value.ids.trakt))
    yield from (other.title for other in others if other)


def _without(item: Item, secrets: Collection[str]) -> Item:
    """An item with its texts masked, and without ids that contain a secret."""
    if not any(secret in text for text in _texts(item) for secret in secrets):
        return item

    def masked(text: str | None) -> str | None:
        return None if text is None else mask(text, secrets)

    def other(title: TitleRef | None) -> TitleRef | None:
        return None if title is None else replace(title, title=mask(title.title, secrets))

    genres = item.facts.genres
    slug = item.ids.trakt
    return replace(
        item,
        title=mask(item.title, secrets),
        original_title=masked(item.original_title),
        unsupported=masked(item.unsupported),
        ids=replace(item.ids, trakt=slug if masked(slug) == slug else None),
        series=other(item.series),
        episode=other(item.episode),
        facts=replace(
            item.facts, genres=genres and tuple(mask(genre, secrets) for genre in genres)
        ),
    )


_PASSED_ON = re.compile(
    r"PATH|HOME|LANG|LANGUAGE|LC_[A-Z]+|TMPDIR|TZ"
    r"|FONTCONFIG_(PATH|FILE)"
    r"|(?i:https?_proxy|all_proxy|no_proxy)"
    r"|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"  # where trusted certificates are
)


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a started program may see: paths, language, proxies, fonts, trust.

    Keys and tokens are often environment variables. A browser that runs the scripts of foreign
    pages, and a library with a hundred services, get none of them.
    """
    return {name: value for name, value in environment.items() if _PASSED_ON.fullmatch(name)}
