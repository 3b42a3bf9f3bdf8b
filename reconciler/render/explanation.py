"""Explanations for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.core.seasons import Basis, span
from reconciler.render import words


def explain_text(explanations: Sequence[Any], query: str, unwanted: Sequence[Any] = ()) -> str:
    """A paragraph a title; what to do where no list has it."""
    if unwanted:
        paragraphs = [explain_text(explanations, query)] if explanations else []
        return "\n".join((*paragraphs, *map(_unwanted, unwanted)))
    if not explanations:
        return (
            f"no list holds {words.clean(query)}, as the lists were last fetched\n"
            "  `listsync status` shows when that was; `listsync plan` fetches them again\n"
        )
    return "\n".join("\n".join(_lines(one)) + "\n" for one in explanations)


def _unwanted(one: Any) -> str:  # noqa: ANN401 - likewise
    year = f" ({one['year']})" if one["year"] else ""
    place = f", place {one['position']}" if one["position"] else ""
    return (
        f"{words.title(one['title'] or 'a title')}{year}\n"
        f"  on        {words.clean(one['list'])}{place}\n"
        f"  verdict   none: {words.clean(one['why'])}\n"
        f"  to change {words.clean(one['would_change'])}\n"
    )


def _lines(one: Any) -> Iterator[str]:  # noqa: ANN401 - a document of reconciler.sync.explain
    media, verdict, resolved = one["media"], one["verdict"], one["resolved"]
    yield f"{words.label(media, None, is_4k=one['is_4k'])}  {words.where(media)}".rstrip()
    for place in one["lists"]:
        ids = " ".join(f"{name}:{value}" for name, value in place["ids"].items())
        role = "excluded by" if place["role"] == "exclude" else "on"
        age = "" if place["fresh"] else " (as last complete)"
        name = words.clean(place["name"])
        yield f"  {role:9} {name}, place {place['position']}{age}  {words.clean(ids)}".rstrip()
        if episode := place.get("episode"):
            told = words.title(f"{episode['title']}, {episode['imdb']}")
            yield f"            for its episode {told}"
        if place["notice"]:
            yield f"            {words.clean(place['notice'])}"
        if place["facts"]:
            yield f"  filter    {', '.join(_fact(*fact) for fact in place['facts'].items())}"
    if resolved["by"]:
        yield f"  resolved  tmdb:{media['type']}:{resolved['tmdb']}, by {resolved['by']}"
    for candidate in resolved["candidates"]:
        year = f" ({candidate['year']})" if candidate["year"] else ""
        yield (
            f"  candidate tmdb:{candidate['type']}:{candidate['tmdb']}  "
            f"{words.title(candidate['title'])}{year}"
        )
    if one["server"]:
        yield f"  server    {'; '.join(_server(one['server']))}"
        if one["airing"]:
            yield f"  seasons   {'; '.join(_airing(one['airing']))}"
        yield f"  memory    {'; '.join(_memory(one['memory']))}"
    seasons = f" {span(verdict['seasons'])}" if verdict["seasons"] else ""
    detail = f" · {words.clean(verdict['detail'])}" if verdict["detail"] else ""
    why = f", {verdict['reason']}" if "reason" in verdict else ""
    yield f"  verdict   {verdict['word']}{seasons}{why}{detail}"
    if verdict["word"] in words.OUTLOOK:
        where = f" · to {words.way(verdict['delivery'])}" if verdict["delivery"] else ""
        hope = words.EXPECTED[verdict["expected"]]
        yield f"  asked     as {words.clean(verdict['requester']['name'])}, {hope}{where}"
    yield f"  to change {words.clean(one['would_change'])}"


def _fact(name: str, told: dict[str, Any] | None) -> str:
    """``rating 8.3 by the list``."""
    if told is None:
        return f"{name} unknown"
    value = told["value"]
    if isinstance(value, list | tuple):
        shown = " and ".join(value)
    else:
        shown = f"{value:,}" if isinstance(value, int) else str(value)
    return words.clean(f"{name} {shown} by {told['by']}")


def _server(server: dict[str, Any]) -> Iterator[str]:
    if server["blocklisted"]:
        yield "blocklisted"
    yield from (f"media {status}" for status in server["media"])
    for number, status in server["seasons"].items():
        yield f"S{number} {status}"
    for request in server["requests"]:
        seasons = f" {span(request['seasons'])}" if request["seasons"] else ""
        yield f"request {request['id']}{seasons} {request['status']} (user {request['requester']})"
    if not (server["blocklisted"] or server["media"] or server["requests"]):
        yield "nothing there"


def _airing(airing: dict[str, Any]) -> Iterator[str]:
    """``S1-3 aired (air date); S4 not aired (0 episodes)``."""
    groups: dict[str, list[int]] = {}
    for season in airing["seasons"]:
        aired = "aired" if season["aired"] else "not aired"
        groups.setdefault(f"{aired} ({_basis(season, airing)})", []).append(season["season"])
    yield from (f"{span(numbers)} {conclusion}" for conclusion, numbers in groups.items())
    if not groups:
        yield "the server lists none"


def _basis(season: dict[str, Any], airing: dict[str, Any]) -> str:
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


def _memory(memory: dict[str, Any]) -> Iterator[str]:
    alike: dict[str, list[int]] = {}
    for slot in memory["seen"]:
        there = "was there at the last look" if slot["still_there"] else "was there, and is gone"
        no = ", declined" if slot["still_there"] and slot["refused"] else ""
        since = f"{no} since {slot['refused']}" if slot["refused"] else ""
        told = f"{there}{since}{', put back on a list since' * slot['readded']}"
        if slot["season"] is None:
            yield f"it {told}"
        else:
            alike.setdefault(told, []).append(slot["season"])
    yield from (f"{span(seasons)} {told}" for told, seasons in alike.items())
    if memory["failures"]:
        yield words.counted(memory["failures"], "failed attempt")
    if memory["retries"]:
        yield words.counted(memory["retries"], "retry")
    if memory["not_before"]:
        yield f"not before {memory['not_before']}"
    if not any(memory.values()):
        yield "nothing"
