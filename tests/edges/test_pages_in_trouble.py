"""The status pages for unknown names, an invalid config, no ledger, and new reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.edges.status_service import FakeService, serving
from tests.edges.test_status_pages import words_of

INVALID = "listsync.yaml:3:5: error"


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    services = {
        "well": FakeService(3),
        "invalid": FakeService(3, problems=(INVALID,)),
        "lost": FakeService(3, is_lost=True),
    }
    with ExitStack() as stack:
        yield {
            name: f"http://127.0.0.1:{stack.enter_context(serving(service)).port}"
            for name, service in services.items()
        }


def get(url: str) -> tuple[int, str]:
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own
            return answer.status, words_of(answer.read().decode())
    except HTTPError as error:
        with error:
            return error.code, words_of(error.read().decode())


@pytest.mark.parametrize(
    ("path", "heading", "help_text"),
    [
        ("/lists/lits-1", "Unknown list", 'no list named lits-1, did you mean "list-1"?'),
        ("/lists/%3Cb%3E", "Unknown list", "no list named <b>."),
        ("/titles/imdb%3Att1", "Unknown title", "imdb:tt1 was not on any list at the last run."),
        ("/nothing", "Page not found", "/nothing does not exist."),
    ],
)
def test_a_page_that_is_not_there_says_so_and_leads_to_the_lists(
    addresses: dict[str, str], path: str, heading: str, help_text: str
) -> None:
    status, text = get(addresses["well"] + path)
    assert (status, heading in text, help_text in text) == (404, True, True)
    assert "list-0 list-1 list-2" in text


@pytest.mark.parametrize("path", ["/", "/lists/list-0", "/titles/tmdb%3Amovie%3A1", "/runs"])
def test_an_invalid_config_is_shown_beside_what_is_known(
    addresses: dict[str, str], path: str
) -> None:
    status, text = get(addresses["invalid"] + path)
    assert status == 200
    assert "The last valid config stays in effect" in text
    assert INVALID in text


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        ("/", 200, "3 lists in"),
        ("/lists/list-0", 200, "file 0.txt"),
        ("/config", 200, "http://seerr:5055"),
        ("/titles/tmdb%3Amovie%3A1", 404, "Unknown title"),
    ],
)
def test_without_the_ledger_the_pages_show_what_the_process_knows(
    addresses: dict[str, str], path: str, status: int, content: str
) -> None:
    answered, text = get(addresses["lost"] + path)
    assert (answered, content in text) == (status, True)
    assert "The ledger is unavailable" in text
    assert "/state/listsync.db: the ledger is locked" in text


def test_the_pages_follow_the_reports_once_these_have_changed() -> None:
    service = FakeService(1, titles=1)
    with serving(service) as endpoint:
        url = f"http://127.0.0.1:{endpoint.port}/lists/list-0"
        assert "Titles 1 title, as" in get(url)[1]
        service.stored = FakeService(1, titles=4).stored
        assert "Titles 1 title, as" in get(url)[1]
        service.version += 1
        assert "Titles 4 titles, as" in get(url)[1]
