"""The plan's document as Markdown, fit for a pull request or an issue: no title pings anybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.render import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.render.document import Fetch, ListRow, PlanDocument, VerdictRow

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:/])")


def escape(text: str) -> str:
    """Foreign text as itself: no markup, no link, no mention, no issue number."""
    marked = _SPECIAL.sub(r"\\\1", words.clean(text))
    return marked.replace("@", "@\u200b")


def plan_markdown(document: PlanDocument) -> str:
    """A heading with the summary, then a table for each list that has something to say."""
    return "\n".join(_plan(document)) + "\n"


def fetch_markdown(fetch: Fetch) -> str:
    """The items of one list as a table."""
    lines = [
        f"### {escape(fetch['list'])}: {words.size(fetch)}, {fetch['outcome']}",
        "",
    ]
    if problem := words.trouble(fetch):
        lines += [f"**{escape(problem)}**", ""]
    lines += ["| # | title | kind | ids |", "|--:|---|---|---|"]
    for item in fetch.get("items", []):
        ids = escape(" ".join(f"{name}:{value}" for name, value in item["ids"].items()))
        year = f" ({item['year']})" if item["year"] else ""
        kind = escape(item.get("unsupported") or item["kind"] or "-")
        lines.append(
            f"| {item['position']} | {escape((item['title'] or '') + year)} | {kind} | {ids} |"
        )
    return "\n".join(lines) + "\n"


def _plan(document: PlanDocument) -> Iterator[str]:
    server = document["server"]
    yield f"### listsync `{document['plan_id']}`: {words.summary(document)}"
    yield ""
    yield (
        f"{escape(server['url'])} · {server['flavour'].capitalize()} {escape(server['version'])} · "
        f"generation `{document['config']['generation']}` · "
        f"{server['media']:,} media, {server['requests']:,} requests"
    )
    for stop in document["stopped"]:
        yield ""
        yield f"> **Stopped:** {escape(stop['message'])}. {escape(stop['hint'])}"
    for row in document["lists"]:
        yield from _list(row, document)


def _list(row: ListRow, document: PlanDocument) -> Iterator[str]:
    yield ""
    yield (
        f"#### {escape(row['name'])} ({escape(row['source'])}, "
        f"{words.size(row['fetch'], row['top'])}, "
        f"{escape(words.asks_as(row))})"
    )
    mine = [v for v in document["verdicts"] if v["lists"][0] == row["name"]]
    for problem in (words.standstill(row, mine), words.trouble(row["fetch"])):
        if problem:
            yield ""
            yield f"**{escape(problem)}**"
    rows = [*_actions(row["name"], document), *_verdicts(words.notable(mine, row))]
    if rows:
        yield ""
        yield "| title | kind | id | what |"
        yield "|---|---|---|---|"
        yield from rows
    if quiet := words.unchanged(mine):
        yield ""
        total = sum(count for _, count in quiet)
        detail = ", ".join(f"{count:,} {reason}" for reason, count in quiet)
        yield f"{total:,} unchanged: {detail}"


def _actions(name: str, document: PlanDocument) -> Iterator[str]:
    for row in document["actions"]:
        if row["lists"][0] == name:
            label = words.label(row["media"], row["seasons"], is_4k=row["is_4k"])
            beside = f" · {row['detail']}" if row["detail"] else ""
            yield _line(
                label,
                row["media"]["type"],
                words.item_name(row["media"]),
                words.intent(row) + beside,
            )


def _verdicts(rows: Iterable[VerdictRow]) -> Iterator[str]:
    for row in rows:
        label = words.label(row["media"], row["seasons"], is_4k=row["is_4k"])
        name = words.item_name(row["media"])
        yield _line(label, row["media"]["type"], name, words.verdict(row))


def _line(label: str, kind: str | None, name: str, what: str) -> str:
    return f"| {escape(label)} | {kind or '-'} | {escape(name)} | {escape(what)} |"
