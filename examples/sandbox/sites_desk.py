"""The control addresses of a site, for tests that run real processes.

* `GET /sandbox/lists`: every list as items, `{"imdb:ls000000620": ["tmdb:movie:278", …]}`;
* `POST /sandbox/lists` with `{"list": KEY, "items": [ITEM, …]}`: give a list new content, or make
  a new list; an ITEM is `imdb:tt…`, `tmdb:movie:N` or `tmdb:tv:N`;
* `GET /sandbox/faults`: the faults set at run time, by path;
* `POST /sandbox/faults` with `{"path": "/list/ls000000620", "status": 503}`: set a fault (the
  fields are those of `Fault`, the path may carry `?page=2` or be `*`); with a path alone: clear
  it; with `{}`: clear all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, get_args

from examples.sandbox.catalogue import Title
from examples.sandbox.sites_http import JSON, Page, Site, Visit
from examples.sandbox.sites_lists import Fault, Outcome, Row, SiteList, row_of


class SiteDesk:
    """Shows and changes the lists and faults of a site over HTTP."""

    def __init__(self, site: Site, catalogue: Sequence[Title]) -> None:
        """Control this site; new rows are taken from the catalogue."""
        self._site = site
        self._titles: dict[str, Title] = {}
        for title in reversed(catalogue):
            self._titles[f"tmdb:{title.kind}:{title.tmdb}"] = title
            self._titles[f"imdb:{title.imdb}"] = title

    def answer(self, visit: Visit) -> Page | None:
        """Answer `/sandbox/lists` and `/sandbox/faults`; None for other addresses."""
        try:
            match visit.method, visit.path:
                case "GET", "/sandbox/lists":
                    return _json({key: _items(kept) for key, kept in self._site.lists.items()})
                case "POST", "/sandbox/lists":
                    return self._replace_list(_document(visit))
                case "GET", "/sandbox/faults":
                    return _json({path: asdict(f) for path, f in self._site.faults.now().items()})
                case "POST", "/sandbox/faults":
                    return self._set_fault(_document(visit))
                case _:
                    return None
        except ValueError as error:
            return _json({"error": str(error)}, status=400)

    def _replace_list(self, document: dict[str, Any]) -> Page:
        match document:
            case {"list": str(key), "items": [*items]} if self._may_hold(key):
                before = self._site.lists.get(key, SiteList(key.partition(":")[2]))
                rows = tuple(self._row(str(item), before) for item in items)
                after = SiteList(before.name, rows, before.fault, before.locale)
                self._site.lists[key] = after
                return _json({key: _items(after)})
        message = f'expected {{"list": "{self._site.name}:…", "items": ["imdb:tt…", …]}}'
        raise ValueError(message)

    def _may_hold(self, key: str) -> bool:
        return key in self._site.lists or key.startswith(f"{self._site.name}:")

    def _row(self, item: str, before: SiteList) -> Row:
        """A row that the list already has, otherwise the catalogue's title."""
        for row in before.rows:
            if item in _names(row):
                return row
        if item not in self._titles:
            message = f"{item}: not in the catalogue"
            raise ValueError(message)
        return row_of(self._titles[item])

    def _set_fault(self, document: dict[str, Any]) -> Page:
        path = document.pop("path", None)
        if unknown := document.keys() - {field.name for field in fields(Fault)}:
            message = f"unknown field: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        if document.get("outcome", "ok") not in get_args(Outcome):
            message = f"outcome: one of {', '.join(get_args(Outcome))}"
            raise ValueError(message)
        if path and document:
            self._site.faults.set(path, Fault(**document))
        elif not document:
            self._site.faults.clear(path)
        else:
            message = "path: missing"
            raise ValueError(message)
        return _json({path: asdict(f) for path, f in self._site.faults.now().items()})


def _document(visit: Visit) -> dict[str, Any]:
    document = json.loads(visit.body or b"{}")
    if not isinstance(document, dict):
        message = "expected a JSON object"
        raise ValueError(message)  # noqa: TRY004 - the visitor's value, not a programmer's type
    return document


def _json(content: object, status: int = 200) -> Page:
    return Page(json.dumps(content), status=status, content_type=JSON)


def _items(content: SiteList) -> list[str]:
    return [_names(row)[0] for row in content.rows]


def _names(row: Row) -> tuple[str, ...]:
    """All names of a row, the unambiguous one first."""
    title = () if row.title is None else (f"tmdb:{row.title.kind}:{row.title.tmdb}",)
    return (*title, f"imdb:{row.imdb}")
