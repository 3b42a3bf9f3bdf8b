"""Explanations as labeled lines, which a terminal and the status page show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.core.seasons import Basis, span
from reconciler.render import words
from reconciler.render.document import (
    Airing,
    Decided,
    Explanation,
    ListPlace,
    MemoryRow,
    SeasonAiring,
    ServerState,
    Unwanted,
)
from reconciler.render.layout import Cell, Line

Fact = tuple[str, str]  # a label and its text


def explain_lines(
    explanations: Sequence[Explanation], query: str, unwanted: Sequence[Unwanted] = ()
) -> Iterator[Line]:
    """A paragraph per title; if no list has it, what to do."""
    if not explanations and not unwanted:
        yield Line((Cell(f"no list has {query} as of the last fetch"),))
        hint = "`listsync status` shows when that was; `listsync plan` fetches the lists again"
        yield Line((Cell(hint),), Cell("  "))
    paragraphs = [*map(_explained, explanations), *map(_unwanted, unwanted)]
    for number, (title, where, facts) in enumerate(paragraphs):
        if number:
            yield Line((Cell(""),))
        yield Line((Cell(title, "title"), Cell(where, "detail")))
        yield from (Line((Cell(fact),), Cell(f"  {label:9} ", "detail")) for label, fact in facts)


def fact_lines(explanation: Explanation) -> Iterator[Fact]:
    """All that led to a decision, and the decision; without what would change it."""
    media, resolved = explanation["media"], explanation["resolved"]
    for place in explanation["lists"]:
        yield from _place(place)
    if resolved["by"]:
        yield "resolved", f"tmdb:{media['type']}:{resolved['tmdb']}, by {resolved['by']}"
    for candidate in resolved["candidates"]:
        name = words.with_year(words.title(candidate["title"]), candidate["year"])
        yield "candidate", f"tmdb:{candidate['type']}:{candidate['tmdb']}  {name}"
    if explanation["server"]:
        yield "server", "; ".join(_server(explanation["server"]))
        if explanation["airing"]:
            yield "seasons", "; ".join(_airing(explanation["airing"]))
        yield "memory", "; ".join(_memory(explanation["memory"]))
    yield from _verdict(explanation["verdict"])


def _explained(explanation: Explanation) -> tuple[str, str, list[Fact]]:
    label = words.label(explanation["media"], None, is_4k=explanation["is_4k"])
    facts = [*fact_lines(explanation), ("next", explanation["would_change"])]
    return label, words.where(explanation["media"]), facts


def _unwanted(row: Unwanted) -> tuple[str, str, list[Fact]]:
    place = f", place {row['position']}" if row["position"] else ""
    facts = [
        ("on", f"{row['list']}{place}"),
        ("verdict", f"not wanted: {row['why']}"),
        ("next", row["would_change"]),
    ]
    return words.with_year(words.title(row["title"] or "a title"), row["year"]), "", facts


def _place(place: ListPlace) -> Iterator[Fact]:
    ids = " ".join(f"{name}:{value}" for name, value in place["ids"].items())
    role = "excluded by" if place["role"] == "exclude" else "on"
    age = "" if place["fresh"] else " (from the last complete fetch)"
    where = f"{words.clean(place['name'])}, place {place['position']}{age}"
    yield role, f"{where}  {words.clean(ids)}".rstrip()
    if episode := place.get("episode"):
        yield "episode", words.title(f"{episode['title']}, {episode['imdb']}")
    if place["notice"]:
        yield "note", words.clean(place["notice"])
    if place["facts"]:
        yield "filter", ", ".join(_fact(*fact) for fact in place["facts"].items())


def _verdict(verdict: Decided) -> Iterator[Fact]:
    seasons = f" {span(verdict['seasons'])}" if verdict["seasons"] else ""
    detail = f" · {words.clean(verdict['detail'])}" if verdict["detail"] else ""
    why = f", {verdict['reason']}" if "reason" in verdict else ""
    yield "verdict", f"{verdict['word']}{seasons}{why}{detail}"
    if verdict["word"] in words.WITH_OUTLOOK:
        delivery = verdict["delivery"]
        where = f" · to {words.delivery(delivery)}" if delivery else ""
        expected = words.EXPECTED[verdict["expected"]]
        yield "requester", f"{words.clean(verdict['requester']['name'])}, {expected}{where}"


def _fact(name: str, fact: dict[str, Any] | None) -> str:
    """``rating 8.3 from the list``."""
    if fact is None:
        return f"{name} unknown"
    value = fact["value"]
    if isinstance(value, list | tuple):
        shown = " and ".join(value)
    else:
        shown = f"{value:,}" if isinstance(value, int) else str(value)
    return words.clean(f"{name} {shown} from {fact['by']}")


def _server(server: ServerState) -> Iterator[str]:
    if server["blocklisted"]:
        yield "blocklisted"
    yield from (f"media {status}" for status in server["media"])
    for number, status in server["seasons"].items():
        yield f"S{number} {status}"
    for request in server["requests"]:
        seasons = f" {span(request['seasons'])}" if request["seasons"] else ""
        yield f"request {request['id']}{seasons} {request['status']} (user {request['requester']})"
    if not (server["blocklisted"] or server["media"] or server["requests"]):
        yield "not on the server"


def _airing(airing: Airing) -> Iterator[str]:
    """``S1-3 aired (air date); S4 not aired (0 episodes)``."""
    groups: dict[str, list[int]] = {}
    for season in airing["seasons"]:
        aired = "aired" if season["aired"] else "not aired"
        groups.setdefault(f"{aired} ({_basis(season, airing)})", []).append(season["season"])
    yield from (f"{span(numbers)} {conclusion}" for conclusion, numbers in groups.items())
    if not groups:
        yield "none known to the server"


def _basis(season: SeasonAiring, airing: Airing) -> str:
    match season["basis"]:
        case Basis.NO_EPISODES:
            return "0 episodes"
        case Basis.AIR_DATE:
            return "air date" if season["aired"] else f"air date {season['air_date']}"
        case Basis.ENDED:
            return "no air date, but the show has ended"
        case Basis.LAST_EPISODE:
            return f"no air date; the last aired episode is in S{airing['last_aired_season']}"
        case _:
            return "no air date, and no episode is known to have aired"


def _memory(memory: MemoryRow) -> Iterator[str]:
    seasons_by_text: dict[str, list[int]] = {}
    for sighting in memory["seen"]:
        since = f" since {sighting['refused']}" if sighting["refused"] else ""
        if sighting["still_there"]:
            text = f"on the server when last checked{', declined' if since else ''}{since}"
        else:
            text = f"gone from the server{since}"
        text += ", added back to a list since" * sighting["readded"]
        if sighting["season"] is None:
            yield text
        else:
            seasons_by_text.setdefault(text, []).append(sighting["season"])
    yield from (f"{span(seasons)} {text}" for text, seasons in seasons_by_text.items())
    if memory["failures"]:
        yield words.counted(memory["failures"], "failed attempt")
    if memory["retries"]:
        yield words.counted(memory["retries"], "retry")
    if memory["not_before"]:
        yield f"no attempt before {memory['not_before']}"
    if not any(memory.values()):
        yield "nothing"
