"""The page of a title: its explanations at the last runs, and its requests. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from reconciler.core.model import Item, RowReport
from reconciler.core.seasons import span
from reconciler.render import words
from reconciler.render.html.states import (
    DONE,
    explain_argument,
    item_key,
    title_links,
    title_name,
    word_state,
)
from reconciler.render.html.status_pages import PageData, media_key, page
from reconciler.render.status import ItemStatus, ListStatus


def title_page(data: PageData, key: str) -> str | None:
    """``/titles/KEY``; None: no list has the title, and nothing was requested for it."""
    rows = {name: report.rows for name, report in data.reports.items()}
    places = [
        (lst, item, row)
        for lst in data.status["lists"]
        for item, row in zip(lst["items"], rows.get(lst["name"], ()), strict=False)
        if item_key(item) == key
    ]
    history = reversed(data.history["actions"] if data.history else ())
    actions: list[dict[str, Any]] = [
        {**row, "seasons": span(row["seasons"]) if row["seasons"] else ""}
        for row in history
        if media_key(row["media"]) == key
    ]
    if places:
        item = places[0][1]
        name = words.with_year(title_name(item), item["year"])
        links, command = title_links(item, data.server_url), explain_argument(item)
    elif actions:
        name, links, command = actions[0]["media"]["title"] or key, [], ""
    else:
        return None
    return page(
        data,
        "title.html",
        "",
        name=name,
        links=links,
        command=command,
        places=_cards(places),
        actions=actions,
    )


def _cards(places: Iterable[tuple[ListStatus, ItemStatus, RowReport]]) -> list[dict[str, object]]:
    """The explanations by list; lists with the same explanation share a card."""
    lists: dict[RowReport, list[ListStatus]] = {}
    items: dict[RowReport, ItemStatus] = {}
    for lst, item, row in places:
        same = replace(row, item=Item(0, ""))
        lists.setdefault(same, []).append(lst)
        items.setdefault(same, item)
    return [_card(lists[row], item, row) for row, item in items.items()]


def _card(lists: Sequence[ListStatus], item: ItemStatus, row: RowReport) -> dict[str, object]:
    """A report of an older version has no explanation: its card shows the title's ids."""
    ids = " ".join(f"{name}:{value}" for name, value in item["ids"].items())
    verdict = dict(row.facts).get("verdict", "")
    return {
        "lists": [{"name": lst["name"], "at": lst["at"]} for lst in lists],
        "state": word_state(item["verdict"]),
        "verdict": verdict or item["verdict"],
        "detail": "" if item["detail"] in verdict else item["detail"],
        "would_change": "" if item["verdict"] in DONE else item["would_change"],
        "facts": [line for line in row.facts if line[0] != "verdict"] or [("ids", ids)],
    }
