"""The plan's document for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.model import ATTENTION, DEFERRED
from reconciler.render import words
from reconciler.render.shapes import ActionRow, Fetch, ListRow, PlanDocument, VerdictRow

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
LABEL = 34  # columns for a title; longer ones push the rest to the right


def plan_text(document: PlanDocument) -> str:
    """One screen: the server, then each list with what is to be done, waits, or needs a person."""
    return "\n".join(_plan(document)) + "\n"


def fetch_text(fetch: Fetch) -> str:
    """The items of one list, a line each."""
    about = f"{fetch['list']}  {fetch['source']} · {words.size(fetch)} · {fetch['outcome']}"
    lines = [words.clean(about)]
    if problem := words.trouble(fetch):
        lines.append(f"  ! {problem}")
    for item in fetch.get("items", []):
        ids = " ".join(f"{name}:{value}" for name, value in item["ids"].items())
        year = f" ({item['year']})" if item["year"] else ""
        title = words.title(item["title"] or "") + year
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
    if slowed := words.slowdown(document):
        yield f"  i {slowed}"
    yield ""
    width = max(len(row["name"]) for row in document["lists"])
    for row in document["lists"]:
        yield from _list(row, document, width)
    for stop in document["stopped"]:
        yield ""
        yield f"STOPPED: {words.clean(stop['message'])}"
        yield f"  {words.clean(stop['hint'])}"
    yield from _saved(document)
    yield ""
    verb = "Applied" if words.applied(document) else "Plan"
    yield f"{verb} {document['plan_id']}: {words.summary(document)}"


def _list(row: ListRow, document: PlanDocument, width: int) -> Iterator[str]:
    source = words.clean(row["source"]).replace(":", " ", 1)
    size = words.size(row["fetch"], row["top"])
    yield f"{row['name']:{width}}  {source} · {size} · {words.asks_as(row)}"
    mine = [v for v in document["verdicts"] if v["lists"][0] == row["name"]]
    yield from _messages(row, mine)
    for action in document["actions"]:
        if action["lists"][0] == row["name"]:
            yield _action(action)
    for verdict in words.notable(mine, row):
        yield _verdict(verdict)
    if quiet := words.unchanged(mine):
        total = sum(count for _, count in quiet)
        detail = " · ".join(f"{count:,} {reason}" for reason, count in quiet)
        yield f"  = {f'{total:,} unchanged':{LABEL}}  {detail}"
    for line in words.elsewhere(row):
        yield f"  = {line}"
    dropped, more = words.filtered(mine)
    for verdict in dropped:
        yield _verdict(verdict)
    if more:
        yield f"    and {more:,} more filtered: `listsync plan -o json` lists all of them"


def _messages(row: ListRow, verdicts: list[VerdictRow]) -> Iterator[str]:
    """What there is to say of the list itself."""
    for problem in (words.standstill(row, verdicts), words.trouble(row["fetch"])):
        if problem:
            yield f"  ! {problem}"
    if row["notice"]:
        yield f"  i {words.clean(row['notice'])}"


def _saved(document: PlanDocument) -> Iterator[str]:
    """What ``apply`` of a saved plan did not do."""
    if "saved" not in document:
        return
    yield ""
    yield f"saved plan {document['saved']['plan_id']}"
    for mark, row, what in words.left_alone(document):
        label = words.label(row["media"], row["seasons"], is_4k=row["is_4k"])
        yield f"  {mark} {label:{LABEL}}  {words.where(row['media']):21}  {what}"


def _action(action: ActionRow) -> str:
    label = words.label(action["media"], action["seasons"], is_4k=action["is_4k"])
    mark = DONE.get(action["result"], "!") if "result" in action else MARK[action["op"]]
    beside = f" · {words.clean(action['detail'])}" if action["detail"] else ""
    what = f"{words.where(action['media']):21}  {words.intent(action)}{beside}"
    return f"  {mark} {label:{LABEL}}  {what}"


def _verdict(row: VerdictRow) -> str:
    label = words.label(row["media"], row["seasons"], is_4k=row["is_4k"])
    mark = "?" if row["reason"] in ATTENTION else "›" if row["reason"] in DEFERRED else " "
    line = f"  {mark} {label:{LABEL}}  {words.where(row['media']):21}  {words.verdict(row)}"
    if row["reason"] in ATTENTION:
        return f"{line} · listsync explain {words.item_name(row['media'])}"
    return line
