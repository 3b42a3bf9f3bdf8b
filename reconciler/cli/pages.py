"""What ``run`` answers over HTTP: the status pages, probes, status and metrics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from reconciler.config import effective_settings
from reconciler.config.problems import suggest
from reconciler.controller.endpoint import HTML, JSON, Request, Response, ServedPages
from reconciler.controller.metrics import CONTENT_TYPE, Metrics
from reconciler.controller.results import ServerFacts
from reconciler.controller.service import Service
from reconciler.core.conditions import GOOD_WHEN_FALSE
from reconciler.core.limits import within
from reconciler.core.model import WHOLE, Budget, ListReport, Status
from reconciler.errors import ListsyncError
from reconciler.render.document import json_text
from reconciler.render.history import history_document
from reconciler.render.html import static_file, status_pages
from reconciler.render.html.status_pages import Limit, PageData
from reconciler.render.html.title_page import title_page
from reconciler.render.status import status_document
from reconciler.render.words import clean, without_mail_addresses

_NUMBER = re.compile("[0-9]{1,5}")
_STATIC = {"/static/style.css": "text/css", "/static/filter.js": "text/javascript"}


class StatusPages:
    """The pages of a service, by path."""

    def __init__(self, config_path: Path, service: Service, metrics: Metrics) -> None:
        self._config_path = config_path
        self._service = service
        self._reports: tuple[object, Mapping[str, ListReport]] = (None, {})
        self._pages: dict[str, Callable[[], Response]] = {
            "/": lambda: _html(status_pages.overview(self._data())),
            "/runs": lambda: _html(status_pages.runs_page(self._data())),
            "/config": lambda: _html(
                status_pages.config_page(self._data(), effective_settings(service.config))
            ),
            "/status": self._status,
            "/metrics": lambda: Response(metrics.text(), CONTENT_TYPE),
        }

    def served(self) -> ServedPages:
        service = self._service
        return ServedPages(
            probes={"/healthz": lambda: Response(b"ok\n"), "/readyz": self._readiness},
            page=self._page,
            hosts=lambda: service.config.controller.hosts,
            token=self._token,
        )

    def _token(self) -> str:
        return self._service.config.controller.token.get_secret_value()

    def _page(self, request: Request) -> Response:
        if page := self._pages.get(request.path):
            return page()
        if content_type := _STATIC.get(request.path):
            return Response(static_file(request.path.rpartition("/")[2]), content_type)
        section, _, name = request.path.removeprefix("/").partition("/")
        if section == "lists" and name:
            return self._list(name, request)
        if section == "titles" and name:
            return self._title(name)
        return self._unknown("Page not found", f"{request.path} does not exist.")

    def _list(self, name: str, request: Request) -> Response:
        data = self._data()
        lst = next((lst for lst in data.status["lists"] if lst["name"] == name), None)
        if lst is None:
            hint = suggest(name, [lst["name"] for lst in data.status["lists"]])
            advice = f"The config has no list named {name}{hint or '.'}"
            return self._unknown("Unknown list", advice)
        page = request.query.get("page", "1")
        return _html(
            status_pages.list_page(
                data,
                lst,
                query=request.query.get("q", ""),
                verdict=request.query.get("verdict", ""),
                number=int(page) if _NUMBER.fullmatch(page) else 1,
            )
        )

    def _title(self, key: str) -> Response:
        if page := title_page(self._data(), key):
            return _html(page)
        return self._unknown("Unknown title", f"{key} was not on any list at the last run.")

    def _unknown(self, heading: str, advice: str) -> Response:
        data = self._data()
        names = [lst["name"] for lst in data.status["lists"]]
        return _html(status_pages.error_page(data, heading, advice, names), HTTPStatus.NOT_FOUND)

    def _data(self) -> PageData:
        service, history, problem = self._service, None, ""
        reports: Mapping[str, ListReport] = {}
        try:
            reports = self._read_reports()
            history = history_document(*service.history())
        except ListsyncError as error:
            problem = str(error)
        config, facts = service.config, service.server_facts
        return PageData(
            status=status_document(self._config_path, config.sources, reports, service.status),
            now=service.now(),
            server_url=config.server.url,
            server=f"{facts.server.flavour.capitalize()} {facts.server.version}" if facts else "",
            limits=tuple(_limits(facts, config.budget)) if facts else (),
            reports=reports,
            history=history,
            problems=service.problems,
            ledger_problem=problem,
        )

    def _read_reports(self) -> Mapping[str, ListReport]:
        """The reports, parsed once until they change: a report of 5,000 titles takes 0.15 s."""
        version = self._service.reports_version()
        if version != self._reports[0]:
            self._reports = version, self._service.reports()
        return self._reports[1]

    def _readiness(self) -> Response:
        """Whether the config is valid, the server reachable and the ledger writable."""
        system = self._service.status.conditions.get(WHOLE, {})
        problems = [
            clean(f"{kind}: {condition.message or condition.reason}")
            for kind, condition in sorted(system.items())
            if condition.status is Status.FALSE and kind not in GOOD_WHEN_FALSE
        ]
        status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
        return Response(("\n".join(problems or ["ready"]) + "\n").encode(), status=status)

    def _status(self) -> Response:
        text = json_text(self._data().status)
        return Response(without_mail_addresses(text).encode(), JSON)


def last_reports(service: Service) -> dict[str, ListReport]:
    """The reports of the config's lists, for the metrics of a service that has just started."""
    sources, reports = service.config.sources, service.reports()
    return {name: each for name, each in reports.items() if sources.get(name) == each.source}


def _limits(facts: ServerFacts, budget: Budget | None) -> Iterator[Limit]:
    if budget and facts.budget_used is not None:
        used = facts.budget_used
        text = f"{used:,} of {budget.titles:,} titles a {budget.unit}"
        yield Limit("all lists", used, budget.titles, text)
    for name, quota in sorted(facts.quotas.items()):
        for noun, left in (("films", quota.movies), ("seasons", quota.seasons)):
            if left.limit and left.remaining is not None:
                used = left.limit - left.remaining
                text = f"{used:,} of {left.limit:,}{within(left.days)}"
                yield Limit(f"{name}, {noun}", used, left.limit, text)


def _html(page: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(without_mail_addresses(page).encode(), HTML, status)
