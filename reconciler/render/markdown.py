"""The plan's document as Markdown, fit for a pull request or an issue: no title pings anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reconciler.render import words
from reconciler.render.shapes import Fetch, ListRow, PlanDocument, VerdictRow

LONGEST = 60_000  # characters; a comment on GitHub takes 65,536
_LAST = 200  # of them kept for the sentence about what was cut
LONGEST_TEXT = 500  # of one foreign text
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:/$^=])")
# GitHub looks for these in the finished page, where a backslash is no longer seen.
_CALLS = re.compile(r"@|#(?=\d)|(?<=\bGH)-(?=\d)|:(?=[\w+-]+:)", re.IGNORECASE)

_ID = re.compile(
    r"[\w:.-]+", re.ASCII
)  # in a code span nothing is looked for, and it can be copied


def escape(text: str) -> str:
    """Foreign text as itself: no markup, no link, no mention, no issue number."""
    plain = words.clean(text)
    if len(plain) > LONGEST_TEXT:
        plain = plain[:LONGEST_TEXT] + "…"
    return _SPECIAL.sub(r"\\\1", _CALLS.sub(lambda found: found[0] + "\u200b", plain))


def plan_markdown(document: PlanDocument) -> str:
    """A heading with the summary, then each list, its titles folded away.

    Never more than a comment may hold: what does not fit is counted in a last sentence.
    """
    text = "\n".join(_head(document)) + "\n"
    cut = lists = 0
    for section in _sections(document):
        frame = "\n".join([*section.before, *section.after]) + "\n"
        room = LONGEST - _LAST - len(text) - len(frame)
        if room < 0:
            cut, lists = cut + len(section.rows), lists + 1
            continue
        fitting = list(_fitting(section.rows, room))
        cut += len(section.rows) - len(fitting)
        text += "\n".join([*section.before, *fitting, *section.after]) + "\n"
    if cut or lists:
        sections = f" and {words.counted(lists, 'whole section')}" if lists else ""
        titles = words.counted(cut, "title")
        text += f"\n**Cut:** {titles}{sections} did not fit; `-o json` has them all.\n"
    return text


def fetch_markdown(fetch: Fetch) -> str:
    """The items of one list as a table."""
    lines = [
        f"### {escape(fetch['list'])}: {escape(words.size(fetch))}, {fetch['outcome']}",
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


class _Section(NamedTuple):
    """One fold: what stands before its rows, the rows, what stands after them."""

    before: list[str]
    rows: list[str]
    after: list[str]


_TABLE = ["| title | kind | id | what |", "|---|---|---|---|"]


def _head(document: PlanDocument) -> Iterator[str]:
    server = document["server"]
    yield f"### listsync `{document['plan_id']}`: {words.summary(document)}"
    yield ""
    yield (
        f"{escape(server['url'])} · {server['flavour'].capitalize()} {escape(server['version'])} · "
        f"generation `{document['config']['generation']}` · "
        f"{server['media']:,} media, {server['requests']:,} requests"
    )
    if slowed := words.slowdown(document):
        yield from ("", escape(slowed))
    for stop in document["stopped"]:
        yield ""
        yield f"> **Stopped:** {escape(stop['message'])}"
        yield ">"
        yield f"> {escape(stop['hint'])}"


def _sections(document: PlanDocument) -> Iterator[_Section]:
    for row in document["lists"]:
        yield _list(row, document)
    if "saved" in document:
        rows = [
            _line(
                words.label(row["media"], row["seasons"], is_4k=row["is_4k"]),
                row["media"]["type"],
                words.item_name(row["media"]),
                what,
            )
            for _, row, what in words.left_alone(document)
        ]
        heading = f"#### Saved plan `{document['saved']['plan_id']}`"
        yield _folded(["", heading], rows, f"{len(rows):,} left alone", [])


def _list(row: ListRow, document: PlanDocument) -> _Section:
    size = escape(words.size(row["fetch"], row["top"]))
    about = f"{escape(row['source'])}, {size}, {escape(words.asks_as(row))}"
    before = [
        "",
        f"#### {escape(row['name'])} ({about})",
    ]
    mine = [v for v in document["verdicts"] if v["lists"][0] == row["name"]]
    for problem in (words.standstill(row, mine), words.trouble(row["fetch"])):
        if problem:
            before += ["", f"**{escape(problem)}**"]
    if row["notice"]:
        before += ["", escape(row["notice"])]
    actions = list(_actions(row["name"], document))
    waiting = list(_verdicts(words.notable(mine, row)))
    dropped, more = words.filtered(mine)
    after = []
    if quiet := words.unchanged(mine):
        total = sum(count for _, count in quiet)
        detail = ", ".join(f"{count:,} {reason}" for reason, count in quiet)
        after = ["", f"{total:,} unchanged: {detail}"]
    after += [line for phrase in words.elsewhere(row) for line in ("", escape(phrase))]
    counts = [(len(actions), "done" if words.applied(document) else "to do")]
    counts += [(len(waiting), "waiting or for you to see to"), (len(dropped) + more, "filtered")]
    summary = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    return _folded(before, [*actions, *waiting, *_verdicts(dropped)], summary, after)


def _folded(before: list[str], rows: list[str], summary: str, after: list[str]) -> _Section:
    """A table under a line to click on; without rows there is none."""
    if not rows:
        return _Section(before, [], after)
    fold = ["", "<details>", f"<summary>{summary}</summary>", "", *_TABLE]
    return _Section([*before, *fold], rows, ["", "</details>", *after])


def _fitting(rows: Iterable[str], room: int) -> Iterator[str]:
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            return
        yield row


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
    code = f"`{name}`" if _ID.fullmatch(name) else escape(name)
    return f"| {escape(label)} | {kind or '-'} | {code} | {escape(what)} |"
