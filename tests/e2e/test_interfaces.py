"""Lists at addresses of their own, over real HTTP: from the file to requests; no key is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from examples.sandbox.sites import SandboxSites
from tests.e2e.household import Household, numbers

KEY = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"


@pytest.fixture(name="films")
def _films(sites: SandboxSites) -> list[dict[str, str]]:
    """The first films of a list of the sandbox, as Radarr would be given them."""
    titles = [title for title in sites.lists["imdb:top"] if title.imdb][:3]
    return [{"title": title.title, "imdb_id": title.imdb or ""} for title in titles]


@pytest.fixture(name="site")
def _site(films: list[dict[str, str]]) -> Iterator[str]:
    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            matches = self.path == f"/films.json?apikey={KEY}"
            body = json.dumps(films if matches else None).encode()
            self.send_response(200 if matches else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_list_with_a_key_in_its_address_is_requested_and_its_key_shown_nowhere(
    household: Household, site: str, sites: SandboxSites
) -> None:
    household.write({"films": {"source": f"{site}/films.json?apikey={KEY}"}})
    done = household.run("apply", "--yes", "-v", "-o", "json")
    (row,) = done.document["lists"]
    assert (row["fetch"]["outcome"], row["fetch"]["count"]) == ("complete", 3)
    assert done.code == 0
    assert set(numbers(sites.lists["imdb:top"][:3])) <= set(household.stored())
    files = [file for file in household.ledger.parent.glob("*.db*") if file.is_file()]
    assert KEY not in done.out + done.err
    assert files
    assert not any(KEY.encode() in file.read_bytes() for file in files)


def test_a_title_whose_row_could_not_be_read_for_once_has_not_left_its_list(
    household: Household, site: str, films: list[dict[str, str]], sites: SandboxSites
) -> None:
    films[:] = [{"imdb_id": title.imdb or ""} for title in sites.lists["imdb:top"][:5]]
    household.write({"films": {"source": f"{site}/films.json?apikey={KEY}"}})
    household.run("apply", "--yes")
    calls, place = (
        len(household.stored()),
        numbers(sites.lists["imdb:top"]).index(household.stored()[0]),
    )
    household.person("POST", f"/request/{next(iter(household.server.state.requests))}/decline")

    films[place], row = {}, films[place]
    broken = household.run("apply", "--yes", "-o", "json").document["lists"][0]["fetch"]
    films[place] = row
    household.run("apply", "--yes")

    assert len(household.stored()) == calls  # it was declined, and was not put back on the list
    assert broken["outcome"] == "incomplete"
    assert "1 of 5 entries cannot be read" in broken["error"]
