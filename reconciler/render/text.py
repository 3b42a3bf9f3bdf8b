"""The plan's document for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.model import ATTENTION, DEFERRED
from reconciler.render import words
from reconciler.render.document import ActionRow, Fetch, ListRow, PlanDocument, VerdictRow

MARK = {"request": "+", "extend": "~", "retry": "↻", "cancel": "-"}
DONE = {
    "created": "✓",
    "retried": "✓",
    "cancelled": "✓",
    "exists": "=",
    "moot": "=",
    "quota": "›",
    "blocklisted": "›",
}
LABEL = 34  # columns for a title; a longer one moves what follows to the right


def plan_text(document: PlanDocument) -> str:
    """The server, then each list with the titles to request, that wait, or that need a person."""
    return "\n".join(_plan(document)) + "\n"


def fetch_text(fetch: Fetch) -> str:
    """The items of one list, a line each."""
    about = f"{fetch['list']}  {fetch['source']} · {words.size(fetch)} · {fetch['outcome']}"
    lines = [words.clean(about)]
    if problem := words.fetch_problem(fetch):
        lines.append(f"  ! {problem}")
    for item in fetch.get("items", []):
        ids = " ".join(f"{name}:{value}" for name, value in item["ids"].items())
        title = words.with_year(words.title(item["title"] or ""), item["year"])
        kind = words.clean(item.get("unsupported") or item["kind"] or "-")
        line = f"  {item['position']:>4}  {title:{LABEL}}  {kind:7}  {words.clean(ids)}"
        lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


def _plan(document: PlanDocument) -> Iterator[str]:
    config, server = document["config"], document["server"]
    yield words.clean(f"{config['path']} ok · generation {config['generation']}")
    yield words.clean(
        f"{server['url']}  {server['flavour'].capitalize()} {server['version']} · "
        f"{server['media']:,} media, {server['requests']:,} requests read in "
        f"{server['seconds']:.1f} s"
    )
    if slowdown := words.slowdown(document):
        yield f"  i {slowdown}"
    yield ""
    width = max(len(row["name"]) for row in document["lists"])
    for row in document["lists"]:
        yield from _list(row, document, width)
    for stop in document["stopped"]:
        yield ""
        yield f"STOPPED: {words.clean(stop['message'])}"
        yield f"  {words.clean(stop['hint'])}"
    if "saved" in document:
        yield ""
        yield f"saved plan {document['saved']['plan_id']}"
        yield from (_line(*leftover) for leftover in words.leftovers(document))
    yield ""
    verb = "Applied" if words.is_applied(document) else "Plan"
    yield f"{verb} {document['plan_id']}: {words.summary(document)}"


def _list(row: ListRow, document: PlanDocument, width: int) -> Iterator[str]:
    source = words.clean(row["source"]).replace(":", " ", 1)
    size = words.size(row["fetch"], row["top"])
    yield f"{row['name']:{width}}  {source} · {size} · {words.requester(row)}"
    verdicts = [v for v in document["verdicts"] if v["lists"][0] == row["name"]]
    yield from (f"  ! {problem}" for problem in words.problems(row, verdicts))
    if row["notice"]:
        yield f"  i {words.clean(row['notice'])}"
    for action in document["actions"]:
        if action["lists"][0] == row["name"]:
            yield _action(action)
    yield from map(_verdict, words.notable_verdicts(verdicts, row))
    if unchanged := words.unchanged_counts(verdicts):
        total = sum(count for _, count in unchanged)
        detail = " · ".join(f"{count:,} {reason}" for reason, count in unchanged)
        yield f"  = {f'{total:,} unchanged':{LABEL}}  {detail}"
    yield from (f"  = {line}" for line in words.rowless_titles(row))
    filtered, more = words.filtered_verdicts(verdicts)
    yield from map(_verdict, filtered)
    if more:
        yield f"    and {more:,} more filtered: `listsync plan -o json` lists all of them"


def _action(action: ActionRow) -> str:
    mark = DONE.get(action["result"], "!") if "result" in action else MARK[action["op"]]
    detail = f" · {words.clean(action['detail'])}" if action["detail"] else ""
    return _line(mark, action, words.action(action) + detail)


def _verdict(row: VerdictRow) -> str:
    if row["reason"] in ATTENTION:
        advice = f"listsync explain {words.item_name(row['media'])}"
        return _line("?", row, f"{words.verdict(row)} · {advice}")
    return _line("›" if row["reason"] in DEFERRED else " ", row, words.verdict(row))


def _line(mark: str, row: ActionRow | VerdictRow, text: str) -> str:
    label = words.label(row["media"], row["seasons"], is_4k=row["is_4k"])
    return f"  {mark} {label:{LABEL}}  {words.where(row['media']):21}  {text}"
