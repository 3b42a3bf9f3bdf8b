"""A browser for tests: pages by URL, each a status and what its probe would find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.browser.pool import Sessions
from reconciler.core.model import ListRef, Snapshot
from reconciler.errors import BrowserError
from reconciler.sources.context import Patience

NO_PATIENCE = Patience(content=0.0, check=0.0, settle=0.0)


@dataclass
class FakePage:
    payload: object = None
    status: int | None = 200
    url: str = ""
    checking: bool = False
    unfinished: bool = False
    later: object = None  # what the probe finds once it has been waited for
    waited: list[float] = field(default_factory=list)

    def evaluate(self, script: str) -> object:
        if "just a moment" in script:
            return self.checking and not self.payload
        return self.unfinished if script.startswith("return document.ready") else self.payload

    def wait_for(self, script: str, seconds: float) -> object:  # noqa: ARG002
        self.waited.append(seconds)
        self.payload = self.payload or self.later
        return self.payload


@dataclass
class Notes:
    """Blocked routes as a set."""

    blocked: set[str] = field(default_factory=set)

    def is_blocked(self, route: str) -> bool:
        return route in self.blocked

    def keep_blocked(self, route: str) -> None:
        self.blocked.add(route)

    def last_snapshot(self, ref: ListRef) -> Snapshot | None:  # noqa: ARG002 - the protocol's
        return None


@dataclass
class FakeSession:
    pages: Mapping[str, FakePage]

    def open(self, url: str) -> FakePage:
        if url not in self.pages:
            raise BrowserError("the connection was refused", where=url, hint="try again later")
        page = self.pages[url]
        page.url = page.url or url
        return page

    def close(self) -> None:
        pass


class FakeBrowser(Sessions):
    def __init__(self, pages: Mapping[str, FakePage]) -> None:
        super().__init__(lambda: FakeSession(pages))


def next_data(column: object = None, **page_props: object) -> dict[str, object]:
    """What the IMDb probe gives for a page with these properties."""
    props = {**page_props, **({"mainColumnData": column} if column is not None else {})}
    document = {"props": {"pageProps": props}}
    return {"data": json.dumps(document), "hidden": False, "missing": False}


def edge(position: int | None, imdb: str, **changes: object) -> dict[str, object]:
    """One edge of a list page."""
    return {"node": {"absolutePosition": position}, "listItem": title(imdb, **changes)}


def title(imdb: str, **changes: object) -> dict[str, object]:
    return {
        "id": imdb,
        "titleText": {"text": f"Title {imdb}"},
        "originalTitleText": {"text": f"Original {imdb}"},
        "titleType": {"id": "movie"},
        "releaseYear": {"year": 2001, "endYear": None},
        **changes,
    }


def listing(total: int, edges: Sequence[object], key: str = "list") -> dict[str, object]:
    """The payload of a list or watchlist page."""
    search = {"total": total, "edges": list(edges)}
    return next_data({key: {"titleListItemSearch": search}})
