"""Reading a list from an API: call after call, to a snapshot.

A site says where a list begins and what an answer holds (``parse``). The common part is here:
following the calls to the end, and what statuses mean. Whether that is the whole list
is decided in ``core.completeness``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.core.completeness import ListReading, Page
from reconciler.core.model import ENDLESS_TOP, Item, ListRef, Outcome, Snapshot
from reconciler.http.client import Response, retry_after
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.failure import FetchFailure, failure_of, status_text
from reconciler.sources.http import SiteClient

ROUTE = "api"

_OK = 200
_NO_LIST = "check the address, or look for a newer version of listsync"
_TURNED_AWAY = (Outcome.BLOCKED, "the site refuses access; try again later")
_OPEN = {202: _TURNED_AWAY, 403: _TURNED_AWAY, 405: _TURNED_AWAY}

Meanings = dict[int, tuple[Outcome, str]]


@dataclass(frozen=True, slots=True)
class Call:
    """A call to the site: a POST if it has a ``body``, otherwise a GET."""

    url: str
    params: Mapping[str, str | int] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = field(default=None, repr=False)


def keyed(name: str, where: str) -> Meanings:
    """What statuses mean at a site that wants a key. ``name``: of its section in the file."""
    refused = f"the site does not accept the key: check {name}, from {where}"
    return {401: (Outcome.BLOCKED, refused), 403: (Outcome.BLOCKED, refused)}


def without_key(provider: Provider, name: str, where: str) -> str | None:
    """Why a site cannot be read without a key; None if the config has one."""
    if provider.key:
        return None
    return f"this site requires a key of your own: set {name}, from {where}"


def without_browser(ref: ListRef, provider: Provider) -> bool:  # noqa: ARG001 - a site's
    """The ``needs_browser`` of a site that is asked through its interface alone."""
    return False


def open_to_all(ref: ListRef, provider: Provider) -> str | None:  # noqa: ARG001 - a site's
    """The ``objection`` of a site whose lists can all be read."""
    return None


def blocked(why: str) -> Snapshot:
    """The snapshot of a list that cannot be read with this config."""
    return FetchFailure(Outcome.BLOCKED, why).snapshot(ROUTE)


def read(  # noqa: PLR0913 - what a site knows of its list
    first: Call,
    parse: Callable[[Response], Page | FetchFailure | None],
    ref: ListRef,
    context: FetchContext,
    *,
    meanings: Mapping[int, tuple[Outcome, str]] | None = None,
    refusal: Callable[[Response], Page | FetchFailure | None] = lambda _: None,
    joined: Callable[[Iterable[Item]], Iterable[Item]] = tuple,
    web: SiteClient | None = None,
) -> Snapshot:
    """Read a list; trouble is an outcome.

    ``parse``: what an answer holds, a failure, or None where it is not a list of this site.
    ``meanings``: what a status means here, where that differs. ``refusal``: what an answer of
    another status than 200 says in words. ``joined``: several rows as one item, where a title may
    have several. ``web``: connections that are open already; they are closed, too.
    """
    most = (context.need.top or ENDLESS_TOP) if ref.endless else None
    reading = ListReading(ROUTE, most, joined)
    call: object = first
    with web or SiteClient() as connections:
        while isinstance(call, Call):
            answer = _send(connections, call)
            if isinstance(answer, FetchFailure):
                return reading.fail(answer.snapshot(ROUTE))
            page = parse(answer) if answer.status == _OK else refusal(answer)
            page = page or _meaning(answer, _OPEN | dict(meanings or {}))
            if isinstance(page, FetchFailure):
                return reading.fail(page.snapshot(ROUTE))
            reading.add(page)
            call = None if reading.finished else page.following
    return reading.snapshot()


def _send(web: SiteClient, call: Call) -> Response | FetchFailure:
    method = "GET" if call.body is None else "POST"
    return web.ask(method, call.url, headers=call.headers, params=call.params, body=call.body)


def _meaning(answer: Response, meanings: Mapping[int, tuple[Outcome, str]]) -> FetchFailure:
    if answer.status in meanings:
        outcome, problem = meanings[answer.status]
        wait = retry_after(answer.headers)
        return FetchFailure(
            outcome, f"{answer.url}: {problem} ({status_text(answer.status, wait)})", wait
        )
    if answer.status == _OK:
        error = f"{answer.url}: no list was found there; {_NO_LIST}"
        return FetchFailure(Outcome.CHANGED_LAYOUT, error)
    return failure_of(answer)
