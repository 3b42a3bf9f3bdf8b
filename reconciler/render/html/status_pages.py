"""The pages of ``run``, made from what ``status`` and ``history`` print. No I/O.

A page shows what the documents say: titles, notes and errors are foreign text, which the templates
escape.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any, NamedTuple
from urllib.parse import quote

from pydantic import JsonValue

from reconciler.config.settings import Setting
from reconciler.core.conditions import READY
from reconciler.core.model import ATTENTION, ListReport
from reconciler.render import words
from reconciler.render.history import HistoryDocument
from reconciler.render.html import render
from reconciler.render.html.states import (
    ON_SERVER,
    UP_TO_DATE,
    item_key,
    title_links,
    title_name,
    trend,
    word_state,
)
from reconciler.render.status import (
    ItemStatus,
    ListStatus,
    StatusDocument,
    count,
    is_good,
    list_state,
    waiting_change,
)

PAGE_SIZE = 200  # titles of a list that one page shows
_MOST_ATTENTION = 30  # titles and lists that need a person, on the overview
_MOST_ACTIONS, _MOST_RUNS = 20, 200  # of a run, and on the page
_WEEK_SECONDS = 7 * 86_400


class Limit(NamedTuple):
    """How much of a quota or of the budget is used."""

    name: str
    used: int
    most: int
    text: str


@dataclass(frozen=True, slots=True)
class PageData:
    """What the pages are made from."""

    status: StatusDocument
    now: datetime
    server_url: str
    server: str = ""  # "Seerr 3.4.1", as of the last run of this process
    limits: tuple[Limit, ...] = ()
    reports: Mapping[str, ListReport] = field(default_factory=dict)  # of the lists' last runs
    history: HistoryDocument | None = None
    problems: tuple[str, ...] = ()  # of the config file as it is now
    ledger_problem: str = ""


def overview(data: PageData) -> str:
    """``/``: the overall state, what needs a person, the lists and the limits."""
    lists = data.status["lists"]
    titles = _titles(lists)
    attention = [*_lists_needing_you(lists), *_titles_needing_you(titles)]
    good = sum(list_state(lst).tone in {"good", "wait"} for lst in lists)
    rows = [_row(lst, data.reports.get(lst["name"])) for lst in lists]
    due = min(
        (row for row in rows if row["next_run"]), key=lambda row: row["next_run"], default=None
    )
    counts = Counter(item["verdict"] for item, _ in titles)
    return page(
        data,
        "overview.html",
        "/",
        headline=_headline(len(lists), good, len(attention)),
        config_state="invalid" if data.problems else "valid",
        generation=data.status["generation"],
        config_name=data.status["config"].rpartition("/")[2],
        next={"name": due["name"], "at": due["next_run"]} if due else None,
        figures=[
            {"label": "titles up to date", "value": count(counts, UP_TO_DATE)},
            {"label": "requested in the last 7 days", "value": _requested_lately(data)},
            {"label": "waiting", "value": count(counts, words.WAITING)},
            {"label": f"need{'s' * (len(attention) == 1)} you", "value": len(attention)},
        ],
        attention=attention[:_MOST_ATTENTION],
        attention_count=len(attention),
        lists=rows,
        limits=data.limits,
        is_server_known=bool(data.server),
    )


def list_page(data: PageData, lst: ListStatus, *, query: str, verdict: str, number: int) -> str:
    """``/lists/NAME``: a list's state and its titles, in the order of the list."""
    fetch = lst["fetch"]
    matching = [
        item
        for item in lst["items"]
        if (not verdict or item["verdict"] == verdict)
        and query.casefold() in (item["title"] or "").casefold()
    ]
    page_count = max(1, -(-len(matching) // PAGE_SIZE))
    number = min(max(1, number), page_count)
    shown = matching[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]

    def address(other: int) -> str | None:
        if not 1 <= other <= page_count:
            return None
        return f"?q={quote(query, safe='')}&verdict={quote(verdict, safe='')}&page={other}"

    return page(
        data,
        "list.html",
        "",
        name=lst["name"],
        about=lst["source"].replace(":", " ", 1),
        state=list_state(lst),
        reasons=[
            {**row, "message": row["message"] or row["reason"]}
            for row in lst["conditions"]
            if not is_good(row)
        ],
        last_run=lst["last_attempt"],
        next_run=lst["next_due"],
        fetch=(words.fetch_problem(fetch) or words.size(fetch)) if fetch else "",
        total=len({item["position"] for item in lst["items"]}),  # a show may have several rows
        verdicts=list(lst["verdicts"].items()),
        verdict=verdict,
        query=query,
        rows=[
            {
                **item,
                "key": item_key(item),
                "title": title_name(item),
                "links": title_links(item, data.server_url),
                "state": word_state(item["verdict"]),
            }
            for item in shown
        ],
        page_number=number,
        page_count=page_count,
        previous=address(number - 1),
        next=address(number + 1),
    )


def runs_page(data: PageData) -> str:
    """``/runs``: the last runs, what each requested, and the results."""
    history = data.history or {"runs": [], "actions": [], "format_version": ""}
    times = [row["at"] for row in history["actions"]]  # ISO times, which sort as text
    runs, newer = [], "9"
    for run in reversed(history["runs"][-_MOST_RUNS:]):
        begin, end = bisect_left(times, run["began"]), bisect_right(times, run["ended"] or newer)
        newer = run["began"]
        actions = [
            row
            for row in history["actions"][begin:end]
            if not run["ended"] or not set(run["lists"]).isdisjoint(row["lists"])  # others may run
        ]
        results = ", ".join(f"{count:,} {result}" for result, count in run["results"].items())
        text = results or "nothing to request"
        runs.append(
            {
                **run,
                "text": text if run["ended"] else "did not finish",
                "more": len(actions[_MOST_ACTIONS:]),
                "actions": [
                    {
                        "name": words.label(row["media"], row["seasons"], is_4k=row["is_4k"]),
                        "link": f"/titles/{quote(media_key(row['media']), safe='')}",
                        "text": f"{row['op']}: {row['result']}",
                    }
                    for row in actions[:_MOST_ACTIONS]
                ],
            }
        )
    return page(data, "runs.html", "/runs", runs=runs, total=len(history["runs"]))


def config_page(data: PageData, settings: Iterable[Setting]) -> str:
    """``/config``: the settings in effect and where each comes from; the lists first."""
    sections: dict[tuple[str, ...], list[Setting]] = {}
    for setting in sorted(settings, key=lambda setting: setting.path[0] != "lists"):
        depth = 2 if setting.path[0] == "lists" else min(1, len(setting.path) - 1)
        sections.setdefault(setting.path[:depth], []).append(setting)
    return page(
        data,
        "config.html",
        "/config",
        generation=data.status["generation"],
        config_path=data.status["config"],
        sections=[_section(path, rows) for path, rows in sections.items()],
    )


def _section(path: tuple[str, ...], settings: Iterable[Setting]) -> dict[str, object]:
    """The settings of a list or of a section: those that the config states, and the built-in."""
    rows = [
        {
            "key": ".".join(setting.path[len(path) :]),
            "text": _setting(setting.value),
            "origin": f"{setting.source} · {setting.place}" if setting.place else "",
        }
        for setting in settings
    ]
    return {
        "name": path[-1] if path else "general",
        "stated": [row for row in rows if row["origin"]],
        "built_in": [row for row in rows if not row["origin"]],
    }


def error_page(data: PageData, heading: str, advice: str, names: Iterable[str] = ()) -> str:
    """A page that could not be shown, and what helps."""
    suggestions = [{"url": f"/lists/{quote(name, safe='')}", "name": name} for name in names]
    return page(data, "error.html", "", heading=heading, advice=advice, suggestions=suggestions)


def media_key(media: Mapping[str, Any]) -> str:
    """The identity of a title of the history, as ``item_key``."""
    return f"tmdb:{media['type']}:{media['ids'].get('tmdb')}"


def page(data: PageData, template: str, here: str, **values: object) -> str:
    """A page with what all pages show: the server, the version and the general problems.

    ``here``: the path of the page, where the navigation has it.
    """
    server = f"{data.server} · {data.server_url}" if data.server else data.server_url
    return render(
        template,
        here=here,
        now=data.now,
        version=version("listsync"),
        server=server,
        banners=_banners(data),
        **values,
    )


def _banners(data: PageData) -> list[dict[str, object]]:
    banners: list[dict[str, object]] = []
    if data.problems:
        heading = "The config is invalid. The last valid config stays in effect."
        banners.append({"tone": "bad", "heading": heading, "lines": data.problems})
    if data.ledger_problem:
        heading = "The ledger is unavailable. Titles and history are not shown."
        banners.append({"tone": "bad", "heading": heading, "lines": [data.ledger_problem]})
    for row in data.status["conditions"]:
        if row["type"] == "ServerReachable" and not is_good(row):
            heading = "The media server is unavailable. Lists wait until it is back."
            banners.append({"tone": "bad", "heading": heading, "lines": [row["message"]]})
    if waiting := data.status["waiting"]:
        lines = [waiting_change(row, data.now) for row in waiting]
        heading = "Config changes are waiting to take effect. Revert the file to undo them."
        banners.append({"tone": "wait", "heading": heading, "lines": lines})
    return banners


def _headline(count: int, good: int, attention: int) -> str:
    if not count:
        return "No lists yet"
    text = "1 list is in sync" if count == good == 1 else f"{good} of {count} lists are in sync"
    if count == good > 1:
        text = f"All {count} lists are in sync"
    if not attention:
        return text
    return f"{text}, {attention:,} {'thing needs' if attention == 1 else 'things need'} you"


def _row(lst: ListStatus, report: ListReport | None) -> dict[str, Any]:
    counts = Counter(lst["verdicts"])
    is_read = lst["fetch"] is not None
    return {
        "name": lst["name"],
        "about": lst["source"].replace(":", " ", 1),
        "state": list_state(lst),
        "trend": trend(report.sizes if report else ()),
        "titles": lst["fetch"]["count"] if lst["fetch"] else None,
        "requested": count(counts, ON_SERVER) if is_read else None,
        "waiting": count(lst["verdicts"], words.WAITING) if is_read else None,
        "last_run": lst["last_attempt"],
        "next_run": lst["next_due"],
        "tries": lst["tries"],
    }


def _lists_needing_you(lists: Iterable[ListStatus]) -> Iterator[dict[str, Any]]:
    for lst in lists:
        state = list_state(lst)
        if state.tone == "bad":
            ready = next((row for row in lst["conditions"] if row["type"] == READY), None)
            problem = words.fetch_problem(lst["fetch"]) if lst["fetch"] else None
            yield {
                "name": lst["name"],
                "link": f"/lists/{quote(lst['name'], safe='')}",
                "state": state,
                "reason": ready["message"] or ready["reason"] if ready else problem,
                "advice": f"read the list now: `listsync fetch {lst['name']}`"
                if problem
                else "check the server, the requesters and the ledger: `listsync doctor`",
            }


def _titles(lists: Iterable[ListStatus]) -> list[tuple[ItemStatus, dict[str, None]]]:
    """Each title with its lists: counted once, as in a plan, where lists share a decision."""
    titles: dict[tuple[str, ...], tuple[ItemStatus, dict[str, None]]] = {}
    for lst in lists:
        for item in lst["items"]:
            key = (item_key(item), item["verdict"], item["detail"], item["would_change"])
            titles.setdefault(key, (item, {}))[1][lst["name"]] = None
    return list(titles.values())


def _titles_needing_you(
    titles: Iterable[tuple[ItemStatus, dict[str, None]]],
) -> Iterator[dict[str, Any]]:
    for item, names in titles:
        if item["verdict"] in ATTENTION:
            detail = f": {item['detail']}" if item["detail"] else ""
            yield {
                "name": words.with_year(title_name(item), item["year"]),
                "link": f"/titles/{quote(item_key(item), safe='')}",
                "state": word_state(item["verdict"]),
                "reason": f"On {', '.join(names)}{detail}",
                "advice": item["would_change"],
            }


def _requested_lately(data: PageData) -> int:
    if data.history is None:
        return 0
    return sum(
        row["result"] == "created"
        and (data.now - datetime.fromisoformat(row["at"])).total_seconds() < _WEEK_SECONDS
        for row in data.history["actions"]
    )


def _setting(value: JsonValue) -> str:
    """A value on one line, as YAML has it."""
    match value:
        case dict():
            return ", ".join(f"{key}: {_setting(part)}" for key, part in value.items()) or "none"
        case list():
            return f"[{', '.join(map(_setting, value))}]"
        case bool():
            return str(value).lower()
        case None | "":
            return "not set"
        case _:
            return str(value)
