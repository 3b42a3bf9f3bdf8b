"""The plan's document, and a fetch, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.model import ATTENTION, Reason
from reconciler.core.seasons import span
from reconciler.render import words
from reconciler.render.document import ActionRow, Fetch, ListRow, PlanDocument, VerdictRow
from reconciler.render.layout import Cell, Line

_MARKS = {"request": "+", "extend": "~", "retry": "↻", "cancel": "-"}
_RESULTS = {
    "created": "✓",
    "retried": "✓",
    "cancelled": "✓",
    "exists": "=",
    "moot": "=",
    "quota": "›",
    "blocklisted": "›",
}
_SYMBOLS = {
    mark: Cell(f"  {mark:1} ", style)
    for mark, style in {
        "+": "added",
        "✓": "added",
        "~": "changed",
        "↻": "changed",
        "-": "changed",
        "›": "waiting",
        "i": "waiting",
        "?": "attention",
        "!": "failed",
        "=": "detail",
        "": "",
    }.items()
}
_DEEP = Cell("      ")  # below a title
_EMPTY = Line((Cell(""),))
_TITLE, _KIND = 34, 6  # columns
_LONGEST_NAME = 24  # of a list, in columns
_MOST_NEEDING_YOU = 30  # lines of it


def fetch_lines(fetch: Fetch) -> Iterator[Line]:
    """The items of one list, a line each."""
    about = f"{fetch['source']} · {words.size_and_outcome(fetch)}"
    yield Line((Cell(fetch["list"], "title"), Cell(about, "detail")))
    if problem := words.fetch_problem(fetch):
        yield Line((Cell(problem),), _SYMBOLS["!"])
    for item in fetch.get("items", []):
        ids = " ".join(f"{name}:{value}" for name, value in item["ids"].items())
        title = words.with_year(words.title(item["title"] or ""), item["year"])
        kind = item.get("unsupported") or item["kind"] or "-"
        cells = (Cell(title, "", _TITLE), Cell(kind, "", _KIND), Cell(ids, "detail"))
        yield Line(cells, Cell(f"  {item['position']:>4}  ", "detail"))


def plan_lines(document: PlanDocument, *, shows_all: bool = False) -> Iterator[Line]:
    """What will be requested or was done, what waits, and at the end what needs a person.

    ``shows_all``: every list, and a line for each title that waits or is filtered.
    """
    filled = (part for part in _parts(document, shows_all=shows_all) if part)
    yield from next(filled)
    for part in filled:
        yield _EMPTY
        yield from part


def _parts(document: PlanDocument, *, shows_all: bool) -> Iterator[list[Line]]:
    is_idle = not (document["actions"] or document["stopped"])
    if shows_all or not (is_idle or words.is_applied(document)):
        yield _head(document)
    if slowdown := words.slowdown(document):
        yield [Line((Cell(slowdown),), _SYMBOLS["i"])]
    for row in document["lists"]:
        yield _list(row, document, shows_all=shows_all)
    for stop in document["stopped"]:
        stopped = Line((Cell(f"STOPPED: {stop['message']}", "failed"),))
        yield [stopped, Line((Cell(stop["hint"]),), Cell("  "))]
    if "saved" in document:
        heading = Line((Cell(f"saved plan {document['saved']['plan_id']}", "title"),))
        leftovers = words.leftovers(document)
        yield [heading, *(_row(_SYMBOLS[mark], row, text) for mark, row, text in leftovers)]
    yield _needs_you(document, shows_all=shows_all)
    if is_idle:
        hint = "" if shows_all else " (--all shows them)"
        yield [Line((Cell(words.no_changes(document, hint), "title"),))]
    else:
        verb = "Applied" if words.is_applied(document) else "Plan"
        sentence = f"{verb} {document['plan_id']}: {words.summary(document)}"
        yield [Line((Cell(sentence, "title"),))]


def _head(document: PlanDocument) -> list[Line]:
    config, server = document["config"], document["server"]
    about = (
        f"at {server['url']} · {server['media']:,} titles · {server['requests']:,} requests · "
        f"{server['seconds']:.1f} s"
    )
    name = f"{server['flavour'].capitalize()} {server['version']}"
    return [
        Line((Cell(config["path"]), Cell(f"generation {config['generation']}", "detail"))),
        Line((Cell(about, "detail"),), Cell(f"{name} ")),
    ]


def _list(row: ListRow, document: PlanDocument, *, shows_all: bool) -> list[Line]:
    """A list with its titles; empty if the last line of the plan says enough."""
    is_applied = words.is_applied(document) and not shows_all
    verdicts = [v for v in document["verdicts"] if v["lists"][0] == row["name"]]
    news = [Line((Cell(problem),), _SYMBOLS["!"]) for problem in words.problems(row, verdicts)]
    if row["notice"]:
        news.append(Line((Cell(row["notice"]),), _SYMBOLS["i"]))
    news += [_action(line) for line in document["actions"] if line["lists"][0] == row["name"]]
    shown = [] if is_applied else words.notable_verdicts(verdicts, row)
    hidden = frozenset() if shows_all else words.MERELY_WAITING
    notable = [verdict for verdict in shown if verdict["reason"] not in hidden]
    is_due = document["actions"] or document["stopped"] or row["fetch"]["note"]
    has_news = news or any(verdict["reason"] not in ATTENTION for verdict in notable)
    if not (has_news or shows_all or (is_due and not is_applied)):
        return []
    width = max(len(lst["name"]) for lst in document["lists"])
    name = Cell(row["name"], "title", min(_LONGEST_NAME, width))
    source = row["source"].replace(":", " ", 1)
    size = words.size(row["fetch"], row["top"])
    details = () if is_applied else (size, words.requester(row))
    counts = [] if is_applied else _counts(row, verdicts, shows_all=shows_all)
    about = Cell(" · ".join((source, *details)), "detail")
    return [Line((name, about)), *news, *map(_verdict, notable), *counts]


def _counts(row: ListRow, verdicts: Sequence[VerdictRow], *, shows_all: bool) -> Iterator[Line]:
    """How many titles of a list wait, are up to date, belong to others or are filtered."""
    if not shows_all and (waiting := words.waiting_counts(verdicts)):
        yield _count(_SYMBOLS["›"], "waiting", waiting)
    if unchanged := words.unchanged_counts(verdicts):
        yield _count(_SYMBOLS["✓"], "up to date", unchanged)
    for phrase in words.rowless_titles(row):
        yield Line((Cell(phrase, "detail"),), _SYMBOLS["="])
    filtered, more = words.filtered_verdicts(verdicts, len(verdicts) if shows_all else words.SHOWN)
    yield from map(_verdict, filtered)
    if more:
        yield _more(more, " filtered", _SYMBOLS[""])


def _more(count: int, noun: str, mark: Cell) -> Line:
    text = f"and {count:,} more{noun}: `listsync plan --all` shows them"
    return Line((Cell(text, "detail"),), mark)


def _count(mark: Cell, label: str, counts: Sequence[tuple[str, int]]) -> Line:
    total = sum(count for _, count in counts)
    details = " · ".join(
        reason if mark == _SYMBOLS["›"] and len(counts) == 1 else f"{count:,} {reason}"
        for reason, count in counts
    )
    cells = (Cell(f"{total:,} {label}", "", _TITLE), Cell("", "", _KIND), Cell(details, "detail"))
    return Line(cells, mark)


def _needs_you(document: PlanDocument, *, shows_all: bool) -> list[Line]:
    """What only a person can settle, repeated at the end, where a person looks."""
    problems = {row["name"]: row["problem"] for row in document["lists"] if row["problem"]}
    lines = [
        Line((Cell(name, "title", _TITLE), Cell(problem)), _SYMBOLS["!"])
        for name, problem in problems.items()
    ]
    for row in document["verdicts"]:
        is_covered = row["reason"] == Reason.NOT_PERMITTED and row["lists"][0] in problems
        if row["reason"] in ATTENTION and not is_covered:
            line = _row(_SYMBOLS["?"], row, f"{row['lists'][0]} · {words.verdict(row)}", "title")
            advice = words.explain_command(row["media"], document)
            lines += [line, Line((Cell(advice),), _DEEP)]
    if more := len(lines[_MOST_NEEDING_YOU:]) // 2 * (not shows_all):
        lines[-2 * more :] = [_more(more, "", _DEEP)]
    return [Line((Cell("Needs you", "title"),)), *lines] if lines else []


def _action(row: ActionRow) -> Line:
    mark = _RESULTS.get(row["result"], "!") if "result" in row else _MARKS[row["op"]]
    detail = f" · {row['detail']}" if row["detail"] else ""
    return _row(_SYMBOLS[mark], row, words.action(row) + detail, "title")


def _verdict(row: VerdictRow) -> Line:
    if row["reason"] in ATTENTION:
        return _row(_SYMBOLS["?"], row, words.verdict(row), "title")
    return _row(_SYMBOLS["›" if row["reason"] in words.WAITING else ""], row, words.verdict(row))


def _row(mark: Cell, row: ActionRow | VerdictRow, text: str, style: str = "") -> Line:
    label = words.label(row["media"], None, is_4k=row["is_4k"])
    kind = span(row["seasons"]) if row["seasons"] else row["media"]["type"] or "-"
    return Line((Cell(label, style, _TITLE), Cell(kind, "", _KIND), Cell(text, "detail")), mark)
