"""What single values of the file mean: text in, a value or a ValueError with a sentence out.

Nothing here quotes a URL or a key, not even as it is written: both may hold a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Literal, TypeVar, cast
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import BeforeValidator, SecretStr, ValidationInfo

from reconciler.config.problems import suggest
from reconciler.config.tree import Scalar
from reconciler.core import privacy
from reconciler.core.items import GRAMMAR, parse_item
from reconciler.core.model import Item, Kind, ListRef, MediaKey

DURATION = r"^([0-9]{1,9}[smhdw])+$"
RATE = r"^[0-9]{1,6}(\.[0-9]{1,6})?/[smhd]$"
_IPV6_HOST = re.compile(r"\[[0-9A-Fa-f:.%\w-]+\](:[0-9]*)?")
LIST_NAME = r"^[A-Za-z0-9._-]{1,64}$"
SHORTEST_FOR_SITES = timedelta(minutes=5)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = timedelta(days=365)
_FASTEST = 1000.0  # calls per second
_API = "/api/v1"  # the media servers' API base, which people paste along
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

T = TypeVar("T")


def written(parse: Callable[[Scalar], object]) -> BeforeValidator:
    """Have ``parse`` read a field from the file; a value made in Python passes as it is."""

    def validate(value: object) -> object:
        if isinstance(value, Scalar):
            return parse(value)
        if isinstance(value, dict | tuple):
            raise ValueError("must be a single value, not a list or a mapping")  # noqa: TRY004 - pydantic collects ValueErrors only
        return value

    return BeforeValidator(validate)


def several(example: str, *, or_none: bool = False) -> BeforeValidator:
    """A list of values; an empty one only where that says something."""

    def validate(value: object) -> object:
        if isinstance(value, Scalar | dict):
            raise ValueError(f"must be a list, such as {example}")  # noqa: TRY004 - pydantic collects ValueErrors only
        if value == () and not or_none:
            raise ValueError("names none; remove it to let all through")
        return value

    return BeforeValidator(validate)


def duration(value: Scalar) -> timedelta:
    """``90m``, ``6h``, ``1h30m``; between one second and 365 days."""
    seconds = _seconds(value)
    if not 1 <= seconds <= _LONGEST.total_seconds():
        raise ValueError("must be from 1s to 365d")
    return timedelta(seconds=seconds)


def grace(value: Scalar) -> timedelta:
    """As ``duration``, and ``0s``: no wait at all."""
    seconds = _seconds(value)
    if seconds > _LONGEST.total_seconds():
        raise ValueError("must be from 0s to 365d")
    return timedelta(seconds=seconds)


def _seconds(value: Scalar) -> int:
    if not re.fullmatch(DURATION, value.text):
        raise ValueError(
            f"{value.shown} is not a duration; use a number and a unit, like 90m, 6h or 1d"
        )
    parts = re.findall(r"(\d+)([smhdw])", value.text)
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def rate(value: Scalar) -> float:
    """``20/s``, ``600/m``, ``5000/h`` in calls per second."""
    if not re.fullmatch(RATE, value.text):
        raise ValueError(f"{value.shown} is no rate; write calls per s, m, h or d, such as 20/s")
    calls, _, unit = value.text.partition("/")
    per_second = float(calls) / _SECONDS[unit]
    if not 0 < per_second <= _FASTEST:
        raise ValueError("must be more than 0 and at most 1000/s")
    return per_second


def whole(low: int, high: int) -> Callable[[Scalar], int]:
    """A whole number from ``low`` to ``high``."""

    def parse(value: Scalar) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", value.text):
            raise ValueError(f"{value.shown} is no whole number; write one from {low} to {high}")
        if not low <= int(value.text) <= high:
            raise ValueError(f"must be from {low} to {high}")
        return int(value.text)

    return parse


def yes_or_no(value: Scalar) -> bool:
    """``true`` or ``false``, or one of YAML's older words for them."""
    if value.text.lower() not in _WORDS:
        raise ValueError(f"{value.shown} is neither true nor false")
    return _WORDS[value.text.lower()]


def one_of(noun: str, words: type[StrEnum]) -> Callable[[Scalar], StrEnum]:
    """One of a vocabulary's words."""

    def parse(value: Scalar) -> StrEnum:
        known = [str(member) for member in words]
        if value.text not in known:
            hint = suggest(value.source, known) or f"; write {' or '.join(known)}"
            raise ValueError(f"{value.shown} is no {noun}{hint}")
        return words(value.text)

    return parse


def via(value: Scalar) -> Literal["browser", "api"] | None:
    """``browser`` or ``api``; empty: whichever serves."""
    match value.text:
        case "browser" | "api" as route:
            return route
        case "":
            return None
    hint = suggest(value.source, ["browser", "api"]) or "; write browser or api"
    raise ValueError(f"{value.shown} is no route{hint}")


def via_browser(value: Scalar) -> Literal["browser"] | None:
    """``browser``; empty: not at all."""
    if value.text not in {"browser", ""}:
        raise ValueError(f"{value.shown} is no route; write browser, or leave it empty")
    return "browser" if value.text else None


def requester(value: Scalar) -> int | str:
    """A user's id where a number stands without quotes, else a name or e-mail."""
    if not value.text.strip():
        raise ValueError("is empty; name a user, or remove it to request as the key's owner")
    if value.plain and re.fullmatch(r"[0-9]{1,9}", value.text):
        return int(value.text)
    return value.text


def named(value: Scalar) -> int | str:
    """An id where a number stands without quotes, else a name."""
    if not value.text.strip():
        raise ValueError("is empty; write a name or an id, or remove it")
    if value.plain and re.fullmatch(r"[0-9]{1,9}", value.text):
        return int(value.text)
    return value.text


def optional_text(value: Scalar) -> str | None:
    """Any text; an empty one is none."""
    return value.text or None


def secret(value: Scalar) -> SecretStr:
    """A key: ASCII on one line, no spaces, since it travels in an HTTP header."""
    if not value.text:
        raise ValueError("is empty")
    if not (value.text.isascii() and value.text.isprintable()) or " " in value.text:
        raise ValueError("holds a space or a character that no key has; copy the key again")
    return SecretStr(value.text)


def optional_secret(value: Scalar) -> SecretStr:
    """As ``secret``; an empty text is none."""
    return secret(value) if value.text else SecretStr("")


def notification_url(value: Scalar) -> SecretStr:
    """An address of apprise's, which holds keys: ``ntfy://ntfy.sh/TOPIC``. An empty one is none."""
    if not value.text.isprintable() or " " in value.text:
        raise ValueError("holds a space or another character that no address has")
    if value.text and not re.match(r"[A-Za-z][A-Za-z0-9]*://.", value.text):
        raise ValueError("is not an address for apprise; one looks like ntfy://ntfy.sh/TOPIC")
    return SecretStr(value.text)


def url(value: Scalar) -> str:
    """An ``http`` or ``https`` address without user, query or fragment, and no ``/`` at its end."""
    return _normalized_url(value.text)


def _normalized_url(text: str) -> str:
    parts = _split(text)
    if parts.scheme not in {"http", "https"}:
        raise ValueError("must begin with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("holds a user or password; write the address without them")
    if not parts.hostname:
        raise ValueError("names no host; write http://HOST:PORT")
    if "?" in text or "#" in text:
        raise ValueError("must end before the ? or #")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def server_url(value: Scalar) -> str:
    """As ``url``, without the ``/api/v1`` that people paste along."""
    return normalized_server_url(value.text)


def normalized_server_url(text: str) -> str:
    """A media server's address in the form of ``ServerConfig.url``. Raises ValueError."""
    return _normalized_url(text).removesuffix(_API).rstrip("/")


def optional_url(value: Scalar) -> str | None:
    """As ``url``; an empty text is none."""
    return url(value) if value.text else None


def source(value: object, info: ValidationInfo) -> object:
    """The list a text means, by the sites' own grammar (the validation context).

    That grammar's sentence may quote the text, so that it is not used for what a variable held.
    """
    if not isinstance(value, Scalar):
        return value
    recognize_list = cast("Callable[[str], ListRef]", info.context)
    try:
        return _private(recognize_list(value.text), value, recognize_list)
    except ValueError as error:
        if value.text == value.source:
            raise
        raise ValueError(
            f"{value.shown} holds no list; it takes a list's address, provider:id or file:PATH"
        ) from error


def _private(ref: ListRef, value: Scalar, recognize_list: Callable[[str], ListRef]) -> ListRef:
    """A list whose name shows nothing of what variables hold, where its name is an address."""
    if not (ref.address and value.spans):
        return ref
    text, veiled = privacy.veil_spans(value.text, value.spans)
    named = text.lower().startswith(f"{ref.provider}:")
    try:
        shown = recognize_list(text if named else f"{ref.provider}:{text}").id
    except ValueError:
        shown = privacy.veil(ref.address, secret=True)
    return replace(ref, id=shown, secrets=(*ref.secrets, *veiled, *map(unquote, veiled)))


def list_name(key: str) -> str:
    """A list's name: its identity in the ledger and on the command line."""
    if not re.fullmatch(LIST_NAME, key):
        raise ValueError("a list's name is 1 to 64 letters, digits, - _ or .")
    return key


def item(value: Scalar) -> Item:
    """An item of the one grammar."""
    return _grammatical(parse_item, value.text, value.shown)


def map_key(key: str) -> str:
    """An item of the one grammar, in its canonical form."""
    return _grammatical(lambda text: parse_item(text).key, key, "the key")


def media_key(value: Scalar) -> MediaKey:
    """``tmdb:movie:N`` or ``tmdb:tv:N``."""
    found = re.fullmatch(r"tmdb:(movie|tv):([1-9][0-9]{0,9})", value.text)
    if not found:
        raise ValueError(f"{value.shown} is not tmdb:movie:N or tmdb:tv:N")
    return MediaKey(Kind(found[1]), int(found[2]))


def _grammatical(parse: Callable[[str], T], text: str, shown: str) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{shown} is no item; write {GRAMMAR}") from error


def _split(text: str) -> SplitResult:
    if not text:
        raise ValueError("is empty; write http://HOST:PORT")
    if not text.isprintable() or " " in text:
        raise ValueError("holds a space or another character that no address has")
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it is what checks it
    except ValueError as error:
        raise ValueError("is not an address; write http://HOST:PORT") from error
    if "[" in parts.netloc and not _IPV6_HOST.fullmatch(parts.netloc.rpartition("@")[2]):
        raise ValueError(
            "is not an address; write http://HOST:PORT"
        )  # urlsplit drops what is beside
    return parts
