"""Web addresses as people paste them: removing the text around them, and splitting them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlsplit

from reconciler.core.model import ListRef
from reconciler.core.privacy import is_harmless, veil

_QUOTES = {"<": ">", '"': '"', "'": "'", "`": "`", "(": ")", "“": "”", "«": "»"}
# Space, and what copying brings along though nobody sees it.
_UNSEEN = r"[\s\u200b-\u200f\u2060\ufeff]+"
_AROUND = re.compile(rf"\A{_UNSEEN}|{_UNSEEN}\Z")
_ENCODED = re.compile(r"https?%3a%2f%2f", re.IGNORECASE)
_LINK = re.compile(r"\[[^\]]*\]\((?P<address>\S+)\)")  # as Markdown has it
_LAYOUTS = re.compile(r"\A(?:www|m)\.")  # the same site, for whoever comes without or by telephone


def unwrapped(text: str) -> str:
    """A pasted text without the space, quotes, brackets and link text around it."""
    text = _AROUND.sub("", text)
    if link := _LINK.fullmatch(text):
        text = link["address"]
    while len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = _AROUND.sub("", text[1:-1])
    return unquote(text) if _ENCODED.match(text) else text


def redact(text: str) -> str:
    """A text as a refusal may quote it: without a user, a query, and what may be a key."""
    scheme, colon, rest = text.partition("?")[0].rpartition("://")
    first, slash, path = rest.partition("/")
    host = first.rpartition("@")[2] if slash or colon else _veiled(first)
    return repr(f"{scheme}{colon}{host}{slash}{_veiled(path)}")


def _veiled(text: str) -> str:
    parts = re.split(r"([/:])", text)
    return "".join(word if is_harmless(unquote(word)) else veil(word) for word in parts)


def split(text: str) -> SplitResult | None:
    """An address in its parts, also without ``https://``; None: not an address."""
    try:
        url = urlsplit(text if "://" in text else f"https://{text.lstrip('/')}")
    except ValueError:
        return None
    return url if url.hostname and url.scheme in {"http", "https"} else None


def is_at(url: SplitResult, places: Collection[str]) -> bool:
    """Whether an address is at one of these: a host, or a host and the beginning of a path."""
    host = (url.hostname or "").rstrip(".")
    addresses = {f"{name}{url.path}/" for name in (host, _LAYOUTS.sub("", host))}
    return any(address.startswith(f"{place}/") for address in addresses for place in places)


def steps(url: SplitResult) -> list[str]:
    """The parts of an address's path, decoded."""
    return [step for part in url.path.split("/") if (step := unquote(part).strip())]


def read_whole(url: SplitResult, filters: str) -> None:
    """Raise ValueError for an address that narrows its list: the whole list would be another.

    ``filters``: the names of the site's parameters that narrow a list.
    """
    used = [name for name, _ in parse_qsl(url.query) if name.lower() in filters.split()]
    if used:
        raise ValueError(
            f"this address shows only part of the list: remove {', '.join(dict.fromkeys(used))}"
            " from it, and narrow the list with filter in the config"
        )


class Address(NamedTuple):
    """One row of an ``AddressTable``: a pasted text, and the list that it means."""

    pattern: str  # of the whole text in lower case; an address's path begins with "/"
    list_id: str = ""  # with the pattern's groups in braces
    refuse: str = ""  # why it is not a list; ending with ":", the site's advice follows
    chart: bool = False
    endless: bool = False


@dataclass(frozen=True, slots=True)
class AddressTable:
    """What people paste for a site: the first row with a matching pattern decides.

    ``provider:TEXT`` is matched without its query and without "/" at its ends; an address by its
    decoded path, which begins with "/". A ``parameter`` of the query is matched behind the path, as
    ``?NAME=VALUE``, before the path alone.
    """

    provider: str
    advice: str  # what to paste or write instead, for people
    rows: tuple[Address, ...]
    filters: str = ""  # parameters that narrow a list, which is refused: their names, in lower case
    parameter: str = ""  # of the query, that patterns mention
    prefix: str = ""  # a pattern: what an address's path may begin with, to no effect

    def parse_id(self, text: str) -> ListRef:
        path, _, query = text.partition("?")
        if ref := self._find("/".join(part for part in path.split("/") if part), query):
            return ref
        site = ListRef(self.provider, "").site
        raise ValueError(f"not a list on {site}: {redact(text)}; {self.advice}")

    def parse_url(self, url: SplitResult) -> ListRef:
        path = f"/{'/'.join(steps(url))}".lower()
        if ref := self._find(re.sub(rf"\A{self.prefix}", "", path) or "/", url.query):
            read_whole(url, self.filters)
            return ref
        raise ValueError(f"no list at {url.hostname}{url.path}: {self.advice}")

    def _find(self, path: str, query: str) -> ListRef | None:
        value = parse_qs(query).get(self.parameter, [""])[0]
        ref = self._match(f"{path}?{self.parameter}={value}") if value else None
        return ref or self._match(path)

    def _match(self, text: str) -> ListRef | None:
        for row in self.rows:
            if match := re.fullmatch(row.pattern, text.lower()):
                groups = match.groupdict("")
                if row.refuse:
                    sentence = row.refuse.format_map(groups)
                    raise ValueError(sentence + f" {self.advice}" * sentence.endswith(":"))
                list_id = row.list_id.format_map(groups)
                return ListRef(self.provider, list_id, chart=row.chart, endless=row.endless)
        return None
