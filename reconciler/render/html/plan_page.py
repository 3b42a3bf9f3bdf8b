"""A plan as one HTML file, for CI artifacts and e-mail: its style is inside, it loads nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from reconciler.core.model import ATTENTION
from reconciler.render import words
from reconciler.render.document import ActionRow, ListRow, PlanDocument, VerdictRow
from reconciler.render.html import render, static_file
from reconciler.render.html.states import word_state


def plan_html(document: PlanDocument) -> str:
    """What will be requested or was done, what waits and what needs a person, by list."""
    style = static_file("style.css")
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    server = document["server"]
    attention = [row for row in document["verdicts"] if row["reason"] in ATTENTION]
    waiting = words.waiting_count(document)
    unchanged = len(document["verdicts"]) - len(attention) - waiting
    is_applied = words.is_applied(document)
    names = " ".join(("apply", *(document["narrowed_to"] or ())))
    command = f"listsync {names} --expect {document['plan_id']} --yes"
    headline = words.summary(document)
    return render(
        "plan.html",
        style=Markup(style.decode()),  # noqa: S704 - of ours
        policy=f"default-src 'none'; style-src 'sha256-{digest}'",
        version=version("listsync"),
        server=f"{server['flavour'].capitalize()} {server['version']} · {server['url']}",
        headline=headline[0].upper() + headline[1:],
        plan_id=document["plan_id"],
        verb="Applied" if is_applied else "Plan",
        command="" if is_applied or not document["actions"] else command,
        config=document["config"],
        media=server["media"],
        requests=server["requests"],
        figures=[
            {"label": "done" if is_applied else "to do", "value": len(document["actions"])},
            {"label": "waiting", "value": waiting},
            {"label": f"need{'s' * (len(attention) == 1)} you", "value": len(attention)},
            {"label": "unchanged", "value": unchanged},
        ],
        banners=_banners(document),
        attention=[_needs_you(row, document) for row in attention],
        lists=[_list(row, document) for row in document["lists"]],
        leftovers=[
            _row(row, row["op"], text, document) for _, row, text in words.leftovers(document)
        ],
    )


def _banners(document: PlanDocument) -> list[dict[str, object]]:
    banners: list[dict[str, object]] = [
        {"tone": "bad", "heading": f"Stopped: {stop['message']}", "lines": [stop["hint"]]}
        for stop in document["stopped"]
    ]
    if slowdown := words.slowdown(document):
        banners.append({"tone": "wait", "heading": "Calls were slowed down", "lines": [slowdown]})
    return banners


def _needs_you(row: VerdictRow, document: PlanDocument) -> dict[str, object]:
    detail = f": {row['detail']}" if row["detail"] else ""
    return {
        **_row(row, row["reason"], "", document),
        "reason": f"On {', '.join(row['lists'])}{detail}",
        "advice": f"run `{words.explain_command(row['media'], document)}`",
    }


def _list(lst: ListRow, document: PlanDocument) -> dict[str, object]:
    verdicts = [row for row in document["verdicts"] if row["lists"][0] == lst["name"]]
    waiting = [
        row for row in words.notable_verdicts(verdicts, lst) if row["reason"] not in ATTENTION
    ]
    filtered, more = words.filtered_verdicts(verdicts)
    counts = [f"{count:,} {reason}" for reason, count in words.unchanged_counts(verdicts)]
    notes = [f"Nothing to do: {', '.join(counts)}"] if counts else []
    notes += [f"{more:,} more filtered"] if more else []
    return {
        "name": lst["name"],
        "source": lst["source"].replace(":", " ", 1),
        "about": f"{words.size(lst['fetch'], lst['top'])} · {words.requester(lst)}",
        "problems": [*words.problems(lst, verdicts), *([lst["notice"]] if lst["notice"] else [])],
        "actions": [
            _action(row, document) for row in document["actions"] if row["lists"][0] == lst["name"]
        ],
        "waiting": [
            _row(row, row["reason"], row["detail"], document) for row in (*waiting, *filtered)
        ],
        "notes": [*notes, *words.rowless_titles(lst)],
    }


def _action(row: ActionRow, document: PlanDocument) -> dict[str, object]:
    word = row.get("result", row["op"])
    parts = [words.action(row).removeprefix(word).lstrip(" ,:"), row["detail"]]
    return _row(row, word, " · ".join(filter(None, parts)), document)


def _row(
    row: ActionRow | VerdictRow, word: str, text: str, document: PlanDocument
) -> dict[str, Any]:
    media = row["media"]
    number = media["ids"].get("tmdb")
    is_known = media["type"] and number
    return {
        "name": words.label(media, row["seasons"], is_4k=row["is_4k"]),
        "link": f"{document['server']['url']}/{media['type']}/{number}" if is_known else "",
        "kind": {"movie": "film", "tv": "show"}.get(media["type"] or "", "–"),
        "state": word_state(word),
        "text": text,
    }
