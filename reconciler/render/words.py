"""The phrases that text and Markdown share, each made from the plan's document.

Titles, errors and messages are foreign text: control characters go no further than here.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.core.limits import within
from reconciler.core.model import ATTENTION, DEFERRED, READ, Kind, Outcome, Reason
from reconciler.core.seasons import span
from reconciler.render.shapes import ActionRow, Fetch, ListRow, Media, PlanDocument, VerdictRow

_Title = tuple[str | None, int | str | None, bool]  # kind, TMDB number, 4K

EXPECTED = {"pending": "pending approval", "approved": "auto-approved", "refused": "refused"}
LONGEST_TITLE = 300  # characters; JSON has all of a longer one
SHOWN = 5  # filtered titles of a list; the others are in the JSON
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
OUTLOOK = frozenset({"request", "extend"})  # after which the server decides


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


def label(media: Media, seasons: list[int] | None, *, is_4k: bool) -> str:
    """``The Bear (2022) S1-3``; an item without a title is called by its id."""
    ids = media["ids"]
    name = media["title"] or next((f"{k}:{v}" for k, v in reversed(ids.items())), "?")
    year = f" ({media['year']})" if media["year"] else ""
    return title(name) + year + (f" {span(seasons)}" if seasons else "") + (" 4K" * is_4k)


def where(media: Media) -> str:
    """``movie  tmdb:693134``."""
    tmdb = media["ids"].get("tmdb")
    return f"{media['type'] or '-':5}  {f'tmdb:{tmdb}' if tmdb else ''}"


def item_name(media: Media) -> str:
    """The item as ``listsync explain`` takes it in a shell: a title is foreign text, and quoted.

    Of a title that is too long to show, its beginning: explain takes a part of a title, too.
    """
    name = _item(media)
    if len(name) > LONGEST_TITLE:
        name = clean(media["title"] or "")[:LONGEST_TITLE]
    return shlex.quote(name)


def item_key(media: Media) -> str:
    """The item as the file takes it, under ``map`` say."""
    name = _item(media)
    return name if _PLAIN.fullmatch(name) else "'" + name.replace("'", "''") + "'"


def _item(media: Media) -> str:
    """The item in the grammar of core.items; one that none of its ids can name, by its title.

    TMDB and Trakt number films and shows apart: without a kind their ids would name another title.
    """
    ids, kind = media["ids"], media["type"]
    for name, value in ids.items():
        if name == "tmdb" and kind:
            return f"tmdb:{kind}:{value}"
        if name == "trakt" and kind:
            return clean(f"trakt:{'show' if kind == Kind.TV else kind}:{value}")
        if name not in {"tmdb", "trakt"}:
            return clean(f"{name}:{value}")
    if not media["title"] and "tmdb" in ids:
        return f"tmdb:{ids['tmdb']}"  # which ``explain`` alone takes
    year = f" ({media['year']})" if media["year"] else ""
    return f'title:"{clean(media["title"] or "")}{year}"'


def intent(action: ActionRow) -> str:
    """``request → pending approval``, and after ``apply`` what it came to."""
    if "result" in action:
        told = [action["result"], clean(action["message"])]
        return ": ".join(word for word in told if word)
    why = WHY[action["reason"]]
    outlook = f" → {EXPECTED[action['expected']]}" if action["op"] in OUTLOOK else ""
    return f"{action['op']}{outlook}" + (f" ({why})" if why and why != action["op"] else "")


def verdict(row: VerdictRow) -> str:
    """Why a title has to wait, needs a person, or does not pass its list's filter."""
    if row["reason"] == Reason.FILTERED:
        return f"filtered: {clean(row['detail'])}"
    head = f"deferred: {row['reason']}" if row["reason"] in DEFERRED else row["reason"]
    return f"{head} · {clean(row['detail'])}" if row["detail"] else head


def slowdown(document: PlanDocument) -> str | None:
    """That calls were slowed down to spare the server, and why."""
    slowed = document["server"]["slowdown"]
    if slowed is None:
        return None
    return (
        f"{slowed['cause']}: listsync slowed down from {slowed['configured']:g} "
        f"to {slowed['current']:g} calls per second for the rest of this run"
    )


def applied(document: PlanDocument) -> bool:
    """Whether it tells what came of its actions."""
    return any("result" in action for action in document["actions"])


def left_alone(document: PlanDocument) -> Iterator[tuple[str, ActionRow, str]]:
    """What ``apply`` of a saved plan did not do: a mark, the action, and why."""
    if "saved" not in document:
        return
    current: dict[_Title, list[VerdictRow]] = {}
    for verdict_row in document["verdicts"]:
        current.setdefault(_title(verdict_row), []).append(verdict_row)
    new = {_title(row) for row in document["saved"]["new"]}
    for row in document["saved"]["satisfied"]:
        now = [said["reason"] for said in current.get(_title(row), ()) if _share(row, said)]
        now += ["as below"] if _title(row) in new else []
        done = SATISFIED.issuperset(now)
        told = f", now {', '.join(dict.fromkeys(now))}" if now else ""
        what = f"{row['op']}: {'already satisfied' if done else 'left out'}{told}"
        yield "=" if done else "›", row, what
    for row in document["saved"]["new"]:
        yield "›", row, f"{row['op']}: new, not in the saved plan, not done"


def _title(row: ActionRow | VerdictRow) -> _Title:
    return row["media"]["type"], row["media"]["ids"].get("tmdb"), row["is_4k"]


def _share(row: ActionRow, said: VerdictRow) -> bool:
    """Whether both speak of the same seasons, or of a film."""
    if row["seasons"] is None or said["seasons"] is None:
        return True
    return not set(row["seasons"]).isdisjoint(said["seasons"])


def counted(number: int, noun: str) -> str:
    """``1 title``, ``2 titles``, ``2 retries``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def asks_as(row: ListRow) -> str:
    """``as anna (movies: 1 of 10 left in 7 days)``; nothing for exclude lists."""
    if row["role"] == "exclude":
        return "excludes"
    if row["requester"] is None:
        return "asks for nothing"
    outlooks = set(row["expected"].values())
    told = [EXPECTED[outlook] for outlook in outlooks if len(outlooks) == 1]
    told += [
        f"{noun}: {q['remaining']} of {q['limit']} left{within(q['days'])}"
        for noun, q in row["quota"].items()
    ]
    who = f"as {clean(row['requester']['name'])}" + (f" ({', '.join(told)})" if told else "")
    ways = dict.fromkeys(way(named) for named in row["delivery"].values())
    return " · ".join((who, *(f"to {way}" for way in ways)))


def way(named: dict[str, Any]) -> str:
    """``Radarr 4K: profile Ultra-HD, folder /4k, tags kids``: what a list names of it."""
    told = [
        f"{noun} {named[key]}"
        for noun, key in (("profile", "profile"), ("folder", "root_folder"))
        if named[key]
    ]
    if named["tags"] is not None:
        told.append(f"tags {', '.join(named['tags'])}" if named["tags"] else "no tags")
    return clean(named["server"] + (f": {', '.join(told)}" if told else ""))


def trouble(fetch: Fetch) -> str | None:
    """What went wrong with a fetch; None: it was read, as well as its site allows."""
    if fetch["outcome"] in READ:
        return None
    total = fetch["declared_total"]
    share = f", {fetch['count']:,} of {total:,}" if total is not None and fetch["count"] else ""
    error = f" ({clean(fetch['error'])})" if fetch["error"] else ""
    return f"fetch {fetch['outcome']}{share}{error}: " + (
        "additions only" if fetch["count"] else "nothing new from it this time"
    )


def size(fetch: Fetch, top: int | None = None) -> str:
    """``250 titles, the first 25 wanted``."""
    if not fetch["count"] and trouble(fetch):
        return "not read"
    told = counted(fetch["count"], "title")
    if top is not None and top < fetch["count"]:
        told += f", the first {top:,} wanted"
    if fetch["note"]:
        told += f", {clean(fetch['note'])}"
    return f"{told}, unverified" if fetch["outcome"] == Outcome.UNVERIFIED else told


def standstill(lst: ListRow, rows: Iterable[VerdictRow]) -> str | None:
    """Why a list may request nothing at all, and how many of its titles wait for that."""
    if not lst["problem"]:
        return None
    waiting = sum(row["reason"] == Reason.NOT_PERMITTED for row in rows)
    titles = counted(waiting, "title")
    return f"{clean(lst['problem'])}: the list requests nothing, {titles} not permitted"


def notable(rows: Iterable[VerdictRow], lst: ListRow) -> list[VerdictRow]:
    """The titles that wait, need a person or are off their lists.

    What the whole list stands still for is said once.
    """
    return [
        row
        for row in rows
        if (row["reason"] in DEFERRED | ATTENTION or "would" in row)
        and not (lst["problem"] and row["reason"] == Reason.NOT_PERMITTED)
    ]


def filtered(rows: Iterable[VerdictRow]) -> tuple[list[VerdictRow], int]:
    """The first titles that do not pass their list's filter, and how many there are beside them."""
    found = [row for row in rows if row["reason"] == Reason.FILTERED]
    return found[:SHOWN], len(found[SHOWN:])


def unchanged(rows: Iterable[VerdictRow]) -> list[tuple[str, int]]:
    """How many titles need nothing, by reason in the vocabulary's order; of skipped ones, what."""
    counts: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for row in rows:
        counts[row["reason"]] += 1
        if row["reason"] == Reason.UNSUPPORTED_KIND:
            skipped[clean(row["detail"])] += 1
    of = ", ".join(f"{count:,} {what}" for what, count in skipped.most_common())
    return [
        (f"{reason} ({of})" if reason is Reason.UNSUPPORTED_KIND else reason.value, counts[reason])
        for reason in Reason
        if counts[reason] and reason not in DEFERRED | ATTENTION
    ]


def elsewhere(lst: ListRow) -> list[str]:
    """``6 titles belong to imdb-top``: the titles that have no row under their list."""
    titles = lst["titles"]
    if titles is None:
        return []
    told = [
        f"{counted(count, 'title')} belong{'s' * (count == 1)} to {owner}"
        for owner, count in titles["belong_to"].items()
    ]
    if repeated := titles["repeated"]:
        told.append(f"{counted(repeated, 'title')} repeated on the list")
    return told


def summary(document: PlanDocument) -> str:
    """``2 to request, 1 to extend · 1 deferred, 1 needs you, 1 list incomplete``.

    After ``apply`` it begins with what the actions came to: ``3 created``.
    """
    counts = document["summary"]
    results = [action["result"] for action in document["actions"] if "result" in action]
    if results:
        done = [f"{results.count(result)} {result}" for result in dict.fromkeys(results)]
    else:
        done = [f"{counts['request']} to request"]
        done += [f"{counts[op]} to {op}" for op in ("extend", "retry", "cancel") if counts[op]]
    rest = [f"{counts['deferred']} deferred"] if counts["deferred"] else []
    if counts["attention"]:
        rest.append(f"{counts['attention']} need{'s' * (counts['attention'] == 1)} you")
    broken = sum(trouble(row["fetch"]) is not None for row in document["lists"])
    if broken:
        rest.append(f"{counted(broken, 'list')} incomplete")
    return " · ".join(part for part in (", ".join(done), ", ".join(rest)) if part)
