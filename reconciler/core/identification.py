"""Advice on ambiguous titles: how the list or the file can say which one is meant.

``ITEM`` stands for the title as a person writes it, as in ``advice``.
"""

from __future__ import annotations

from reconciler.core.model import Action, DesiredList, Kind, Reason, Verdict

_CANDIDATES = 3  # more are listed above the advice, and one of their numbers takes the place of N


def how_to_identify(row: Action | Verdict, reason: Reason, owner: DesiredList) -> str:
    """What settles which title is meant, or that none was found. ``reason``: why it is open."""
    ids = row.item.ids
    if ids.tmdb and not (row.item.kind or ids.imdb or ids.tvdb):
        return _with_a_kind(owner)
    candidates = row.candidates if isinstance(row, Verdict) else ()
    offered = {candidate.media.kind for candidate in candidates}
    kind = None if reason is Reason.TYPE_MISMATCH else row.item.certain_kind
    kinds = sorted({kind} if kind else offered or set(Kind))
    meant = [c.media for c in candidates if c.media.kind in kinds]
    known = reason is not Reason.NOT_FOUND and 0 < len(meant) <= _CANDIDATES
    targets = (
        [f"{media.kind}:{media.tmdb}" for media in meant] if known else [f"{k}:N" for k in kinds]
    )
    line = " or ".join(f"`map: {{ITEM: tmdb:{target}}}`" for target in targets)
    if reason is Reason.TYPE_MISMATCH and not any(ids.items()):
        # A rule of ``map`` by title is for titles of its own kind.
        items = " or ".join(f"`tmdb:{target}`" for target in targets)
        return f"if that is the right title, put {items} on a list of your own, such as a text file"
    match reason:
        case Reason.AMBIGUOUS:
            return f"say which one is meant: {line} in the file"
        case Reason.NOT_FOUND:
            return f"look the title up on TMDB and write {line} in the file"
        case _:
            return f"if that is the right title, write {line} in the file"


def _with_a_kind(owner: DesiredList) -> str:
    """How a list says the kind of its TMDB numbers: a line of ``map`` could name another title."""
    source = owner.rules.source
    if source.provider in {"json", "rss"}:
        ways = f"`{source.provider}:shows:…` or `{source.provider}:movies:…`"
        return f"film or show? use {ways}, with the address of {owner.name}, as its `source`"
    if source.provider == "file":
        return f"film or show? add a column or field `type` with movie or show to {source}"
    return "film or show? the list has to say which one it is"
