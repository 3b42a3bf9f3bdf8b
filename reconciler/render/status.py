"""What the ledger knows of the lists: each one's last fetch, each item's last verdict."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypedDict

from reconciler.render import words
from reconciler.render.document import FORMAT_VERSION, Fetch, fetch_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.model import ListReport, RowReport


class ListStatus(TypedDict):
    """One list; ``at`` and ``fetch`` are null until it was fetched once."""

    name: str
    source: str
    at: str | None
    fetch: Fetch | None
    verdicts: dict[str, int]
    items: list[dict[str, Any]]


class StatusDocument(TypedDict):
    """``status -o json``."""

    format_version: str
    lists: list[ListStatus]


def status_document(
    sources: Mapping[str, str], reports: Mapping[str, ListReport]
) -> StatusDocument:
    """``sources``: the lists asked about, name → source, in file order."""
    lists = [_list(name, source, reports.get(name)) for name, source in sources.items()]
    return {"format_version": FORMAT_VERSION, "lists": lists}


def status_text(document: StatusDocument, *, in_detail: bool) -> str:
    """A line a list; ``in_detail`` a line an item too."""
    lists = document["lists"]
    width = max(len(lst["name"]) for lst in lists)
    lines: list[str] = []
    for lst in lists:
        lines.append(f"{lst['name']:{width}}  {_told(lst)}")
        if lst["fetch"] and (problem := words.trouble(lst["fetch"])):
            lines.append(f"  ! {problem}")
        if in_detail:
            lines.extend(_items(lst))
    return "\n".join(lines) + "\n"


def _list(name: str, source: str, report: ListReport | None) -> ListStatus:
    if report is None or report.source != source:
        return {
            "name": name,
            "source": source,
            "at": None,
            "fetch": None,
            "verdicts": {},
            "items": [],
        }
    return {
        "name": name,
        "source": source,
        "at": f"{report.at:%Y-%m-%dT%H:%M:%SZ}",
        "fetch": fetch_row(name, source, report.snapshot),
        "verdicts": dict(Counter(row.word for row in report.rows).most_common()),
        "items": [_item(row) for row in report.rows],
    }


def _item(row: RowReport) -> dict[str, Any]:
    item, target = row.item, row.target
    tmdb = {"tmdb": target.media.tmdb} if target else {}
    return {
        "position": item.position,
        "title": item.title or None,
        "year": item.year,
        "kind": target.media.kind if target else item.kind,
        "ids": dict(item.ids.items()) | tmdb,
        "verdict": row.word,
        "detail": row.detail,
    }


def _told(lst: ListStatus) -> str:
    source = words.clean(lst["source"]).replace(":", " ", 1)
    if lst["fetch"] is None:
        return f"{source} · not fetched yet"
    counts = " · ".join(f"{count:,} {word}" for word, count in lst["verdicts"].items())
    head = f"{source} · {lst['fetch']['outcome']} at {lst['at']} · {words.size(lst['fetch'])}"
    return f"{head} · {counts}" if counts else head


def _items(lst: ListStatus) -> Iterator[str]:
    for item in lst["items"]:
        year = f" ({item['year']})" if item["year"] else ""
        name = item["title"] or next((f"{k}:{v}" for k, v in item["ids"].items()), "?")
        detail = f" · {words.clean(item['detail'])}" if item["detail"] else ""
        yield (
            f"  {item['position']:>4}  {words.clean(name) + year:34}  {item['kind'] or '-':5}  "
            f"{item['verdict']}{detail}"
        )
