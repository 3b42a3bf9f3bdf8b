"""The plan's document as Markdown, fit for a pull request or an issue: no title pings anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reconciler.render import words
from reconciler.render.document import ActionRow, Fetch, ListRow, PlanDocument, VerdictRow

LONGEST = 60_000  # characters; a comment on GitHub takes 65,536
_LAST = 200  # of them for the sentence about what was cut
LONGEST_TEXT = 500  # of one foreign text
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:/$^=])")
# GitHub looks for these in the finished page, where backslashes are gone.
_CALLS = re.compile(r"@|#(?=\d)|(?<=\bGH)-(?=\d)|:(?=[\w+-]+:)", re.IGNORECASE)

_ID = re.compile(r"[\w:.-]+", re.ASCII)  # shown as code, which can be copied and calls nobody


def escape(text: str) -> str:
    """Foreign text as itself: no markup, no link, no mention, no issue number."""
    plain = words.clean(text)
    if len(plain) > LONGEST_TEXT:
        plain = plain[:LONGEST_TEXT] + "…"
    return _SPECIAL.sub(r"\\\1", _CALLS.sub(lambda match: match[0] + "\u200b", plain))


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
    if problem := words.fetch_problem(fetch):
        lines += [f"**{escape(problem)}**", ""]
    lines += ["| # | title | kind | ids |", "|--:|---|---|---|"]
    for item in fetch.get("items", []):
        ids = escape(" ".join(f"{name}:{value}" for name, value in item["ids"].items()))
        title = escape(words.with_year(item["title"] or "", item["year"]))
        kind = escape(item.get("unsupported") or item["kind"] or "-")
        lines.append(f"| {item['position']} | {title} | {kind} | {ids} |")
    return "\n".join(lines) + "\n"


class _Section(NamedTuple):
    """One fold: the text before its rows, the rows, and the text after them."""

    before: list[str]
    rows: list[str]
    after: list[str]


_TABLE = ["| title | kind | id | status |", "|---|---|---|---|"]


def _head(document: PlanDocument) -> Iterator[str]:
    server = document["server"]
    yield f"### listsync `{document['plan_id']}`: {words.summary(document)}"
    yield ""
    yield (
        f"{escape(server['url'])} · {server['flavour'].capitalize()} {escape(server['version'])} · "
        f"generation `{document['config']['generation']}` · "
        f"{server['media']:,} titles, {server['requests']:,} requests"
    )
    if slowdown := words.slowdown(document):
        yield from ("", escape(slowdown))
    for stop in document["stopped"]:
        yield ""
        yield f"> **Stopped:** {escape(stop['message'])}"
        yield ">"
        yield f"> {escape(stop['hint'])}"


def _sections(document: PlanDocument) -> Iterator[_Section]:
    for row in document["lists"]:
        yield _list(row, document)
    if "saved" in document:
        rows = [_line(row, text) for _, row, text in words.leftovers(document)]
        heading = f"#### Saved plan `{document['saved']['plan_id']}`"
        yield _folded(["", heading], rows, f"{len(rows):,} left alone", [])


def _list(row: ListRow, document: PlanDocument) -> _Section:
    size = escape(words.size(row["fetch"], row["top"]))
    about = f"{escape(row['source'])}, {size}, {escape(words.requester(row))}"
    before = ["", f"#### {escape(row['name'])} ({about})"]
    verdicts = [v for v in document["verdicts"] if v["lists"][0] == row["name"]]
    for problem in words.problems(row, verdicts):
        before += ["", f"**{escape(problem)}**"]
    if row["notice"]:
        before += ["", escape(row["notice"])]
    actions = [
        _line(action, words.action(action) + (f" · {action['detail']}" * bool(action["detail"])))
        for action in document["actions"]
        if action["lists"][0] == row["name"]
    ]
    waiting = words.notable_verdicts(verdicts, row)
    filtered, more = words.filtered_verdicts(verdicts)
    after = []
    if unchanged := words.unchanged_counts(verdicts):
        total = sum(count for _, count in unchanged)
        detail = ", ".join(f"{count:,} {reason}" for reason, count in unchanged)
        after = ["", f"{total:,} unchanged: {detail}"]
    after += [line for phrase in words.rowless_titles(row) for line in ("", escape(phrase))]
    counts = [
        (len(actions), "done" if words.is_applied(document) else "to do"),
        (len(waiting), "waiting or needing you"),
        (len(filtered) + more, "filtered"),
    ]
    summary = ", ".join(f"{count:,} {label}" for count, label in counts if count)
    rows = [_line(verdict, words.verdict(verdict)) for verdict in (*waiting, *filtered)]
    return _folded(before, [*actions, *rows], summary, after)


def _folded(before: list[str], rows: list[str], summary: str, after: list[str]) -> _Section:
    """A table under a line to click on; none without rows."""
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


def _line(row: ActionRow | VerdictRow, text: str) -> str:
    label = words.label(row["media"], row["seasons"], is_4k=row["is_4k"])
    name = words.item_name(row["media"])
    code = f"`{name}`" if _ID.fullmatch(name) else escape(name)
    return f"| {escape(label)} | {row['media']['type'] or '-'} | {code} | {escape(text)} |"
