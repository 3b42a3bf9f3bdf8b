"""Notices as short messages in plain text.

Titles, reasons and names are foreign text, and chat services interpret text: nothing here may
mention somebody, act as markup or become a link.
"""

from __future__ import annotations

import re
from collections import Counter

from reconciler.core.model import Event, Message, Notice, PerformedAction
from reconciler.core.seasons import span
from reconciler.render.words import clean, with_year

TITLES = 10  # named in one message; the rest is counted
_TITLE, _WHY = 80, 300  # characters
_SIGNS = str.maketrans(
    {
        # @everyone, @here, @room. No look-alike in its place: some services take those as well.
        **dict.fromkeys("@\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}", "(at)"),
        "<": "(",  # <@id>, <!channel>, HTML
        ">": ")",
        "[": "(",  # [text](address)
        "]": ")",
        "`": "'",
        **dict.fromkeys("\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}", " "),
    }
)
# Chats make links of example.com and www.example.com; browsers take four signs for the dot.
_DOT_OF_A_DOMAIN = re.compile(r"(?<=\w)[.\u3002\uff0e\uff61](?!ya?ml\b)(?=[^\W\d_]{2})")


def harmless(text: str, length: int = _WHY) -> str:
    """Foreign text on one line, without control characters, mentions, markup and links."""
    shortened = clean(text).translate(_SIGNS).replace("://", ": //")
    shortened = _DOT_OF_A_DOMAIN.sub(". ", shortened[: length + 1])
    return shortened if len(shortened) <= length else f"{shortened[: length - 1]}…"


def message(notice: Notice) -> Message:
    """A notice as it is sent."""
    name = harmless(notice.about)
    match notice.event:
        case Event.APPLIED:
            counts = Counter(str(deed.done.result) for deed in notice.deeds)
            title = ", ".join(f"{number} {result}" for result, number in counts.items())
            body = _digest(notice.deeds)
        case Event.STALLED:
            why = harmless(notice.why)
            title, body = f"{name} is stalled", f"{why}\nSee: listsync status {name}"
        case Event.RECOVERED:
            title, body = f"{name} has recovered", "The list can be read and applied again."
        case Event.CONFIG_INVALID:
            title = "the config is invalid"
            effect = "The last valid config stays in effect. See: listsync validate"
            body = f"{harmless(notice.why)}\n{effect}"
        case Event.RIGHTS_WAITING:
            title = "a config change that gives listsync more permissions is waiting"
            body = f"{harmless(notice.why)}\nSee: listsync status"
    return Message(notice.event, f"listsync: {title}", body)


def _digest(deeds: tuple[PerformedAction, ...]) -> str:
    lines = [_line(deed) for deed in deeds[:TITLES]]
    if len(deeds) > TITLES:
        lines.append(f"and {len(deeds) - TITLES:,} more: listsync history")
    return "\n".join(lines)


def _line(deed: PerformedAction) -> str:
    """``Dune (2021): created, for wishes``."""
    name = with_year(harmless(deed.title, _TITLE) or "an untitled entry", deed.year)
    seasons = f" {span(deed.seasons)}" if deed.seasons else ""
    return f"{name}{seasons}{' 4K' * deed.is_4k}: {deed.done.result}, for {deed.lists[0]}"
