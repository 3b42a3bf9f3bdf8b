"""The phrases that text and Markdown share, each made from the plan's document.

Titles, errors and messages are foreign text: control characters are removed here.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from reconciler.core.limits import within
from reconciler.core.model import ATTENTION, DEFERRED, READ, Outcome, Reason, id_keys
from reconciler.core.seasons import span
from reconciler.render.document import (
    ActionRow,
    DeliveryNames,
    Fetch,
    ListRow,
    Media,
    PlanDocument,
    VerdictRow,
)
from reconciler.render.times import relative_time

_Title = tuple[str | None, int | str | None, bool]  # kind, TMDB number, 4K

EXPECTED = {"pending": "pending approval", "approved": "auto-approved", "refused": "refused"}
LONGEST_TITLE = 300  # characters; JSON has all of a longer one
_LONGEST_ARGUMENT = 56  # bytes, and therefore columns
SHOWN = 5  # filtered titles of a list; the others are in the JSON
MERELY_WAITING = frozenset({Reason.OVER_CAP, Reason.OVER_BUDGET, Reason.QUOTA, Reason.UNAIRED})
WAITING = DEFERRED | {Reason.UNAIRED}
SATISFIED = frozenset({Reason.AVAILABLE, Reason.REQUESTED, Reason.PROCESSING})
WHY = {
    "missing": "",
    "new-season": "new season",
    "readded": "re-added",
    "retry-failed": "retry",
    "lost": "lost by the server",
    "off-list": "",  # its detail says since when
}
_PLAIN = re.compile(r"[a-z]+(:[A-Za-z0-9_-]+)+")  # needs quotes neither in YAML nor in a shell
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_BREAKS = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"), " ")
WITH_OUTLOOK = frozenset({"request", "extend"})  # the server decides what becomes of them


def clean(text: str) -> str:
    """Foreign text on one line, without control characters or bidirectional overrides."""
    if text.isascii() and text.isprintable():
        return text
    line = text.translate(_BREAKS)
    return "".join(c for c in line if unicodedata.category(c)[0] != "C")


def without_mail_addresses(text: str) -> str:
    """The text with every e-mail address replaced: requesters are often named by theirs."""
    return _MAIL.sub("(e-mail address)", text)


def title(text: str) -> str:
    """A foreign title on one line, and no longer than a person reads."""
    line = clean(text)
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def with_year(name: str, year: int | None) -> str:
    """``Dune (2021)``."""
    return f"{name} ({year})" if year else name


def label(media: Media, seasons: list[int] | None, *, is_4k: bool) -> str:
    """``The Bear (2022) S1-3``; an item without a title is named by its id."""
    ids = media["ids"]
    name = media["title"] or next((f"{k}:{v}" for k, v in reversed(ids.items())), "?")
    numbers = f" {span(seasons)}" if seasons else ""
    return with_year(title(name), media["year"]) + numbers + " 4K" * is_4k


def where(media: Media) -> str:
    """``movie  tmdb:693134``."""
    tmdb = media["ids"].get("tmdb")
    return f"{media['type'] or '-':5}  {f'tmdb:{tmdb}' if tmdb else ''}"


def item_name(media: Media) -> str:
    """The item as ``listsync explain`` takes it in a shell: a title is foreign text, and quoted.

    A title that is too long to show is cut: explain also accepts part of a title.
    """
    name = _item_text(media)
    if len(name) > LONGEST_TITLE:
        name = clean(media["title"] or "")[:LONGEST_TITLE]
    return shlex.quote(name)


def config_option(document: PlanDocument) -> str:
    """`` -c kids.yaml``, where the plan's config is another than a command reads by itself."""
    path = clean(document["config"]["path"])
    return "" if path in {"listsync.yaml", "<stdin>"} else f" -c {shlex.quote(path)}"


def explain_command(media: Media, document: PlanDocument) -> str:
    """Whole on a line of 80 columns, where a long title is cut: nobody can paste a wrapped one.

    A character has no fewer bytes than columns.
    """
    option = config_option(document)
    option = option if len(option.encode()) < _LONGEST_ARGUMENT // 2 else ""
    name, part = item_name(media), clean(media["title"] or "")[:_LONGEST_ARGUMENT]
    while part and len(f"{name}{option}".encode()) > _LONGEST_ARGUMENT:
        name, part = shlex.quote(part.strip()), part[:-1]
    return f"listsync explain {name}{option}"


def item_key(media: Media) -> str:
    """The item as the config file writes it, for example under ``map``."""
    name = _item_text(media)
    return name if _PLAIN.fullmatch(name) else "'" + name.replace("'", "''") + "'"


def _item_text(media: Media) -> str:
    """The item in the grammar of core.items; one that none of its ids can name, by its title."""
    if key := next(id_keys(media["ids"].items(), media["type"]), None):
        return clean(key)
    if not media["title"] and "tmdb" in media["ids"]:
        return f"tmdb:{media['ids']['tmdb']}"  # which ``explain`` alone takes
    return f'title:"{with_year(clean(media["title"] or ""), media["year"])}"'


def action(row: ActionRow) -> str:
    """``request, pending approval``, and after ``apply`` its result."""
    if "result" in row:
        return ": ".join(filter(None, (row["result"], clean(row["message"]))))
    why = WHY[row["reason"]]
    if row["reason"] == "new-season" and len(row["seasons"] or ()) > 1:
        why = "new seasons"
    outlook = EXPECTED[row["expected"]] if row["op"] in WITH_OUTLOOK else ""
    return ", ".join(filter(None, (row["op"], why if why != row["op"] else "", outlook)))


def verdict(row: VerdictRow) -> str:
    """Why a title waits, needs a person, or does not pass its list's filter."""
    if row["reason"] == Reason.FILTERED:
        return f"filtered: {clean(row['detail'])}"
    return " · ".join(filter(None, (row["reason"], clean(row["detail"]))))


def slowdown(document: PlanDocument) -> str | None:
    """The note that calls were slowed down to spare the server, and why."""
    slowed = document["server"]["slowdown"]
    if slowed is None:
        return None
    return (
        f"{slowed['cause']}: listsync slowed down from {slowed['configured']:g} "
        f"to {slowed['current']:g} calls per second for the rest of this run"
    )


def is_applied(document: PlanDocument) -> bool:
    """Whether the document has the results of its actions."""
    return any("result" in action for action in document["actions"])


def leftovers(document: PlanDocument) -> Iterator[tuple[str, ActionRow, str]]:
    """What ``apply`` of a saved plan did not do: a mark, the action, and why."""
    if "saved" not in document:
        return
    verdicts: dict[_Title, list[VerdictRow]] = {}
    for verdict_row in document["verdicts"]:
        verdicts.setdefault(_title(verdict_row), []).append(verdict_row)
    new = {_title(row) for row in document["saved"]["new"]}
    for row in document["saved"]["satisfied"]:
        now = [
            verdict_row["reason"]
            for verdict_row in verdicts.get(_title(row), ())
            if _share_seasons(row, verdict_row)
        ]
        now += ["changed, see below"] if _title(row) in new else []
        is_done = SATISFIED.issuperset(now)
        reasons = f", now {', '.join(dict.fromkeys(now))}" if now else ""
        text = f"{row['op']}: {'already satisfied' if is_done else 'left out'}{reasons}"
        yield "=" if is_done else "›", row, text
    for row in document["saved"]["new"]:
        yield "›", row, f"{row['op']}: new since the saved plan, not done"


def _title(row: ActionRow | VerdictRow) -> _Title:
    return row["media"]["type"], row["media"]["ids"].get("tmdb"), row["is_4k"]


def _share_seasons(row: ActionRow, other: VerdictRow) -> bool:
    """Whether both are about the same seasons, or about a film."""
    if row["seasons"] is None or other["seasons"] is None:
        return True
    return not set(row["seasons"]).isdisjoint(other["seasons"])


def counted(number: int, noun: str) -> str:
    """``1 title``, ``2 titles``, ``2 retries``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def relative(time: str | None, now: datetime) -> str:
    """A document's time as people say it: ``3 min ago``."""
    return relative_time(datetime.fromisoformat(time), now) if time else "–"


def requester(row: ListRow) -> str:
    """``as anna (movies: 1 of 10 per 7 days left) · to Radarr``."""
    if row["role"] == "exclude":
        return "excludes"
    if row["requester"] is None:
        return "requests nothing"
    outlooks = set(row["expected"].values())
    notes = [EXPECTED[outlook] for outlook in outlooks if len(outlooks) == 1]
    notes += [
        f"{noun}: {quota['remaining']} of {quota['limit']}{within(quota['days'])} left"
        for noun, quota in row["quota"].items()
    ]
    name = f"as {clean(row['requester']['name'])}" + (f" ({', '.join(notes)})" if notes else "")
    destinations = dict.fromkeys(map(delivery, row["delivery"].values()))
    return " · ".join((name, *(f"to {text}" for text in destinations)))


def delivery(names: DeliveryNames) -> str:
    """``Radarr 4K: profile Ultra-HD, folder /4k, tags kids``: what the list names."""
    profile, folder, tags = names["profile"], names["root_folder"], names["tags"]
    parts = [f"profile {profile}"] if profile else []
    parts += [f"folder {folder}"] if folder else []
    if tags is not None:
        parts.append(f"tags {', '.join(tags)}" if tags else "no tags")
    return clean(names["server"] + (f": {', '.join(parts)}" if parts else ""))


def fetch_problem(fetch: Fetch) -> str | None:
    """What went wrong with a fetch; None: the list was read, as well as its site allows."""
    if fetch["outcome"] in READ:
        return None
    total = fetch["declared_total"]
    share = f", {fetch['count']:,} of {total:,}" if total is not None and fetch["count"] else ""
    error = f" ({clean(fetch['error'])})" if fetch["error"] else ""
    effect = "additions only" if fetch["count"] else "nothing new this time"
    return f"fetch {fetch['outcome']}{share}{error}: {effect}"


def size(fetch: Fetch, top: int | None = None) -> str:
    """``250 titles, using the first 25``."""
    if not fetch["count"] and fetch_problem(fetch):
        return "not read"
    text = counted(fetch["count"], "title")
    if top is not None and top < fetch["count"]:
        text += f", using the first {top:,}"
    if fetch["note"]:
        text += f", {clean(fetch['note'])}"
    return f"{text}, unverified" if fetch["outcome"] == Outcome.UNVERIFIED else text


def size_and_outcome(fetch: Fetch) -> str:
    """``250 titles · complete``, ``20 titles, unverified``."""
    outcome = [] if fetch["outcome"] == Outcome.UNVERIFIED else [fetch["outcome"]]
    return " · ".join((size(fetch), *outcome))


def problems(lst: ListRow, rows: Iterable[VerdictRow]) -> list[str]:
    """Why a list may request nothing at all, and what went wrong with its fetch."""
    lines = []
    if lst["problem"]:
        waiting = sum(row["reason"] == Reason.NOT_PERMITTED for row in rows)
        count = f", {counted(waiting, 'title')} not permitted" if waiting else ""
        lines.append(f"{clean(lst['problem'])}: the list requests nothing{count}")
    if problem := fetch_problem(lst["fetch"]):
        lines.append(problem)
    return lines


def notable_verdicts(rows: Iterable[VerdictRow], lst: ListRow) -> list[VerdictRow]:
    """The titles that wait, need a person or are off their lists.

    A problem of the whole list is not repeated for each title.
    """
    return [
        row
        for row in rows
        if (row["reason"] in WAITING | ATTENTION or "would" in row)
        and not (lst["problem"] and row["reason"] == Reason.NOT_PERMITTED)
    ]


def filtered_verdicts(
    rows: Iterable[VerdictRow], most: int = SHOWN
) -> tuple[list[VerdictRow], int]:
    """The first titles that do not pass their list's filter, and how many more there are."""
    matching = [row for row in rows if row["reason"] == Reason.FILTERED]
    return matching[:most], len(matching[most:])


def waiting_counts(rows: Iterable[VerdictRow]) -> list[tuple[str, int]]:
    """How many titles merely wait, by limit; each with its note about the next slot."""
    groups: dict[tuple[str, str | None], list[str]] = {}
    for row in rows:
        if row["reason"] in MERELY_WAITING:
            # Films and seasons have separate quotas; what the last title met is the state now.
            kind = row["media"]["type"] if row["reason"] == Reason.QUOTA else None
            groups.setdefault((row["reason"], kind), []).append(clean(row["detail"]))
    return [
        (f"{reason}: {details[-1]}" if reason != Reason.UNAIRED else reason, len(details))
        for (reason, _), details in groups.items()
    ]


def unchanged_counts(rows: Iterable[VerdictRow]) -> list[tuple[str, int]]:
    """How many titles need nothing, by reason in the vocabulary's order, and the kinds skipped."""
    counts: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for row in rows:
        counts[row["reason"]] += 1
        if row["reason"] == Reason.UNSUPPORTED_KIND:
            skipped[clean(row["detail"])] += 1
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in skipped.most_common())
    return [
        (
            f"{reason} ({kinds})" if reason is Reason.UNSUPPORTED_KIND else reason.value,
            counts[reason],
        )
        for reason in Reason
        if counts[reason] and reason not in WAITING | ATTENTION
    ]


def rowless_titles(lst: ListRow) -> list[str]:
    """``6 titles belong to imdb-top``: the titles that have no row under their list."""
    titles = lst["titles"]
    if titles is None:
        return []
    lines = [
        f"{counted(count, 'title')} belong{'s' * (count == 1)} to {owner}"
        for owner, count in titles["belong_to"].items()
    ]
    if repeated := titles["repeated"]:
        lines.append(f"{counted(repeated, 'title')} repeated on the list")
    return lines


def summary(document: PlanDocument) -> str:
    """``2 to request, 1 to extend · 1 waiting, 1 needs you, 1 list incomplete``.

    After ``apply`` it begins with the results: ``3 created``.
    """
    counts = document["summary"]
    results = [action["result"] for action in document["actions"] if "result" in action]
    if results:
        done = [f"{results.count(result)} {result}" for result in dict.fromkeys(results)]
    else:
        ops = ("request", "extend", "retry", "cancel")
        done = [f"{counts[op]} to {op}" for op in ops if counts[op]] or ["no changes"]
    waiting = waiting_count(document)
    others = [f"{waiting:,} waiting"] if waiting else []
    return " · ".join(filter(None, (", ".join(done), ", ".join([*others, *_troubles(document)]))))


def no_changes(document: PlanDocument, hint: str) -> str:
    """``No changes. 412 titles are up to date, 12 are waiting (--all shows them).``.

    ``hint``: how to see those that wait or are filtered.
    """
    reasons = Counter(row["reason"] for row in document["verdicts"])
    filtered, waiting = reasons[Reason.FILTERED], sum(reasons[reason] for reason in WAITING)
    good = document["summary"]["unchanged"] - filtered - reasons[Reason.UNAIRED]
    states = ((good, "up to date"), (filtered, "filtered"), (waiting, "waiting"))
    parts: list[str] = []
    for number, state in states:
        if number:
            amount = f"{number:,}" if parts else counted(number, "title")
            parts.append(f"{amount} {'is' if number == 1 else 'are'} {state}")
    more = hint if filtered or waiting else ""
    sentences = [f"{', '.join(parts)}{more}"] if parts else []
    return ". ".join(("No changes", *sentences, *_troubles(document))) + "."


def waiting_count(document: PlanDocument) -> int:
    """How many titles wait for a limit, a date or an earlier failure."""
    return sum(row["reason"] in WAITING for row in document["verdicts"])


def _troubles(document: PlanDocument) -> Iterator[str]:
    if attention := document["summary"]["attention"]:
        yield f"{attention:,} need{'s' * (attention == 1)} you"
    if broken := sum(fetch_problem(row["fetch"]) is not None for row in document["lists"]):
        yield f"{counted(broken, 'list')} incomplete"
