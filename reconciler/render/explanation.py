"""Explanations for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.core.seasons import Basis, span
from reconciler.render import words
from reconciler.render.document import (
    Airing,
    Explanation,
    MemoryRow,
    SeasonAiring,
    ServerState,
    Unwanted,
)


def explain_text(
    explanations: Sequence[Explanation], query: str, unwanted: Sequence[Unwanted] = ()
) -> str:
    """A paragraph a title; where no list has it, what to do."""
    if not explanations and not unwanted:
        return (
            f"no list has {words.clean(query)}as of the last fetch\n"
            "  `listsync status` shows when that was; `listsync plan` fetches the lists again\n"
        )
    paragraphs = ["\n".join(_lines(explanation)) + "\n" for explanation in explanations]
    return "\n".join((*paragraphs, *map(_unwanted, unwanted)))


def _unwanted(row: Unwanted) -> str:
    place = f", place {row['position']}" if row["position"] else ""
    return (
        f"{words.with_year(words.title(row['title'] or 'a title'), row['year'])}\n"
        f"  on        {words.clean(row['list'])}{place}\n"
        f"  verdict   none: {words.clean(row['why'])}\n"
        f"  to change {words.clean(row['would_change'])}\n"
    )


def _lines(explanation: Explanation) -> Iterator[str]:
    media, resolved = explanation["media"], explanation["resolved"]
    label = words.label(media, None, is_4k=explanation["is_4k"])
    yield f"{label}  {words.where(media)}".rstrip()
    for place in explanation["lists"]:
        ids = " ".join(f"{name}:{value}" for name, value in place["ids"].items())
        role = "excluded by" if place["role"] == "exclude" else "on"
        age = "" if place["fresh"] else " (from the last complete fetch)"
        name = words.clean(place["name"])
        yield f"  {role:9} {name}, place {place['position']}{age}  {words.clean(ids)}".rstrip()
        if episode := place.get("episode"):
            name = words.title(f"{episode['title']}, {episode['imdb']}")
            yield f"            for its episode {name}"
        if place["notice"]:
            yield f"            {words.clean(place['notice'])}"
        if place["facts"]:
            yield f"  filter    {', '.join(_fact(*fact) for fact in place['facts'].items())}"
    if resolved["by"]:
        yield f"  resolved  tmdb:{media['type']}:{resolved['tmdb']}, by {resolved['by']}"
    for candidate in resolved["candidates"]:
        name = words.with_year(words.title(candidate["title"]), candidate["year"])
        yield f"  candidate tmdb:{candidate['type']}:{candidate['tmdb']}  {name}"
    if explanation["server"]:
        yield f"  server    {'; '.join(_server(explanation['server']))}"
        if explanation["airing"]:
            yield f"  seasons   {'; '.join(_airing(explanation['airing']))}"
        yield f"  memory    {'; '.join(_memory(explanation['memory']))}"
    yield from _verdict(explanation)
    yield f"  to change {words.clean(explanation['would_change'])}"


def _verdict(explanation: Explanation) -> Iterator[str]:
    verdict = explanation["verdict"]
    seasons = f" {span(verdict['seasons'])}" if verdict["seasons"] else ""
    detail = f" · {words.clean(verdict['detail'])}" if verdict["detail"] else ""
    why = f", {verdict['reason']}" if "reason" in verdict else ""
    yield f"  verdict   {verdict['word']}{seasons}{why}{detail}"
    if verdict["word"] in words.WITH_OUTLOOK:
        delivery = verdict["delivery"]
        where = f" · to {words.delivery(delivery)}" if delivery else ""
        expected = words.EXPECTED[verdict["expected"]]
        yield f"  requester {words.clean(verdict['requester']['name'])}, {expected}{where}"


def _fact(name: str, fact: dict[str, Any] | None) -> str:
    """``rating 8.3 by the list``."""
    if fact is None:
        return f"{name} unknown"
    value = fact["value"]
    if isinstance(value, list | tuple):
        shown = " and ".join(value)
    else:
        shown = f"{value:,}" if isinstance(value, int) else str(value)
    return words.clean(f"{name} {shown} by {fact['by']}")


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
            return f"no air date; the last episode to air is in S{airing['last_aired_season']}"
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
