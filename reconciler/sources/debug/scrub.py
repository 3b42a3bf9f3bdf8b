"""Removing a visitor's data from a page: address, location, cookies, sessions, tokens.

Sites echo all of these to whoever asks: IMDb in the ``requestContext`` of its JSON, others in
attributes and inline scripts. What is taken out at one place is taken out at every other, too.
"""

from __future__ import annotations

import html
import ipaddress
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

REMOVED = "[removed]"

_LONG = (
    r"(?:cookie|token|csrf|session|ip-?_?addr|client-?_?ip|forwarded|authorization"
    r"|credential|secret|passw|latitude|longitude|e-?mail|postal|zip-?_?code)"
)
_SHORT = r"(?:ip|lat|lng|lon|long|geo|city|sid|auth|api-?_?key)(?:-?_?id)?"
_PRIVATE = rf"(?:[\w.:-]{{0,40}}{_LONG}[\w.:-]{{0,40}}|(?:[\w.:-]{{0,40}}[-_.:])?{_SHORT})"
_QUOTE = r"(?:\\*[\"']|&quot;|&#34;|&#x22;|&#39;)"
_NAMED_VALUE = re.compile(
    rf"(?P<before>(?<![\w.:-]){_PRIVATE}(?:{_QUOTE})?\s*[:=]\s*)"
    rf"(?:(?P<quote>{_QUOTE})(?P<text>.*?)(?P=quote)|(?P<bare>[^\s\"'<>{{}}\[\],;&]+))",
    re.IGNORECASE,
)
# Where such a name may stand: looked for first, since the whole pattern is costly and fits seldom.
# Twice in small letters, since both together, or in letters of any case, take four times as long.
_HINTS = (re.compile(_LONG), re.compile(rf"(?<![^\W_]){_SHORT}(?=[\\\"'&\s:=])"))
_BEFORE = re.compile(r"[\w.:-]*\Z")
_FURTHEST = 40  # characters of a name before what tells that it is private
# <meta name="geo.position" content="…">, <input name="csrf" value="…">
_FIELD = re.compile(
    rf"(?P<before>\b(?:name|id|property|itemprop)=[\"']?{_PRIVATE}[\"']?\s[^<>]{{0,300}}?"
    r"\b(?:content|value)=)(?P<quote>[\"'])(?P<text>.*?)(?P=quote)",
    re.IGNORECASE,
)
_CONTEXT = re.compile(r'"requestContext"\s*:\s*(?=\{)')
_PLACE = re.compile(  # latitude and longitude
    r"-?\b\d{1,3}\.\d{2,}\s*[,;|/ ]\s*-?\d{1,3}\.\d{2,}"
)
# Each run of what these are made of is looked at by itself, and each different one once.
_RUN = re.compile(r"[\w+/.=-]{7,}")
_IN_A_RUN = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)"  # an IPv4 address
    r"|\b\d{3}-\d{7}-\d{7}\b"  # a session id of Amazon's
    r"|(?<![\w/+-])[\w+/-]{16,}\.[\w+/-]{8,}\.[\w+/-]{8,}"  # a signed token
    r"|(?<![\w/+-])[\w+/-]{40,}={0,2}"  # anything long that means nothing
)
_MAYBE_IPV6 = re.compile(
    r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:%\w+)?(?![\w:])", re.IGNORECASE
)
_SHORTEST = 4  # what is shorter stands everywhere and tells nothing
_MOST = 300  # values that are looked for all over the page


def scrub(text: str, secrets_given: Iterable[str] = ()) -> str:
    """The text without what it tells of a visitor. ``secrets_given``: must not stay."""
    secrets = {*secrets_given, *_secret_values(text)}
    text = _without_context(text, secrets)
    for secret in sorted(secrets, key=len, reverse=True)[:_MOST]:
        if len(secret) >= _SHORTEST:
            escaped = json.dumps(secret)[1:-1]
            for form in {secret, quote(secret, safe=""), html.escape(secret), escaped}:
                text = text.replace(form, REMOVED)
    text = _with_emptied(_FIELD.sub(_emptied, text))
    text = _RUN.sub(_Runs(), text)
    return _MAYBE_IPV6.sub(_without_address, _PLACE.sub(REMOVED, text))


def _secret_values(text: str) -> Iterator[str]:
    """The values of everything whose name says that it is a secret, each part of a cookie too."""
    for match in (*_private(text), *_FIELD.finditer(text)):
        value = html.unescape(match["text"] or "").replace("\\", "")
        if value and not re.fullmatch(r"true|false|null|[\d\s]{1,5}", value):
            yield value
            if "cookie" in match["before"].lower():
                yield from (part.partition("=")[2].strip() for part in value.split(";"))


def _private(text: str) -> Iterator[re.Match[str]]:
    """Each name that says that it is private, with its value."""
    end = 0
    small = text.replace("\u0130", "I").lower()  # of the same length: that letter alone grows
    for hint in sorted(match.start() for hints in _HINTS for match in hints.finditer(small)):
        before = _BEFORE.search(text, max(0, hint - _FURTHEST - 1), hint)
        start = before.start() if before else hint
        if start >= end and (match := _NAMED_VALUE.match(text, start)):
            end = match.end()
            yield match


def _with_emptied(text: str) -> str:
    """The text without the values of private names."""
    parts, end = [], 0
    for match in _private(text):
        parts += [text[end : match.start()], _emptied(match)]
        end = match.end()
    return "".join([*parts, text[end:]])


class _Runs(dict[str, str]):
    """What is left of a run of characters, worked out once for each."""

    def __call__(self, match: re.Match[str]) -> str:
        return self[match[0]]

    def __missing__(self, run: str) -> str:
        self[run] = cleaned = _IN_A_RUN.sub(REMOVED, run)
        return cleaned


def _without_context(text: str, secrets: set[str]) -> str:
    """Without IMDb's ``requestContext``; its values are secrets everywhere else."""
    decoder = json.JSONDecoder()
    while match := _CONTEXT.search(text):
        try:
            _, end = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            end = len(text)  # cut off: better the rest goes than that it stays
        secrets |= {*_secret_values(text[match.end() : end])}
        text = f'{text[: match.start()]}"request-context": "{REMOVED}"{text[end:]}'
    return text


def _emptied(match: re.Match[str]) -> str:
    mark = match["quote"] or ""
    return f"{match['before']}{mark}{REMOVED}{mark}"


def _without_address(match: re.Match[str]) -> str:
    try:
        ipaddress.IPv6Address(match[0])
    except ValueError:
        return match[0]
    return REMOVED
