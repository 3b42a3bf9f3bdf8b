"""Calls to the sites' interfaces: which answers are given back, and what the others mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
import requests
import requests_mock

from reconciler.core.model import Outcome
from reconciler.http.client import Response, retry_after
from reconciler.http.limits import LimitError, Limits
from reconciler.http.payload import LARGE, turn_to_parse
from reconciler.sources.failure import FetchFailure, failure_of
from reconciler.sources.http import SiteClient, shown_url

URL = "http://api.test/lists"


@pytest.fixture(name="mock")
def _mock() -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as mock:
        yield mock


def ask(patience: float = 0.0) -> Response | FetchFailure:
    with SiteClient(patience) as web:
        return web.ask("GET", URL, params={"key": "secret-key"})


def test_an_answer_has_its_json_and_an_address_without_its_query(
    mock: requests_mock.Mocker,
) -> None:
    mock.get(URL, json=[1], headers={"X-Pages": "3"})
    answer = ask()
    assert isinstance(answer, Response)
    assert (answer.url, answer.status, answer.body, answer.ok) == (URL, 200, [1], True)
    assert answer.headers["x-pages"] == "3"


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, "<html>", Outcome.CHANGED_LAYOUT),
        (200, "[" * 100_000, Outcome.CHANGED_LAYOUT),
        (202, "", Outcome.UNREACHABLE),
        (401, "{}", Outcome.PRIVATE),
        (404, "{}", Outcome.MISSING),
        (500, "{}", Outcome.UNREACHABLE),
    ],
    ids=["a page", "endless nesting", "a bot check", "401", "404", "500"],
)
def test_an_answer_that_is_not_ok_means_an_outcome(
    mock: requests_mock.Mocker, status: int, text: str, outcome: Outcome
) -> None:
    mock.get(URL, status_code=status, text=text)
    answer = ask()
    assert isinstance(answer, Response)
    assert not answer.ok
    assert failure_of(answer).outcome is outcome


def test_a_short_wait_is_waited_out_and_a_long_one_is_an_outcome(
    mock: requests_mock.Mocker,
) -> None:
    slow = {"status_code": 429, "headers": {"Retry-After": "0"}}
    mock.get(URL, [slow, slow, {"json": {}}])
    answer = ask(patience=2.0)
    assert isinstance(answer, Response)
    assert answer.ok
    mock.get(URL, status_code=429, headers={"Retry-After": "90"})
    failure = ask(patience=30.0)
    assert isinstance(failure, FetchFailure)
    assert (failure.outcome, failure.retry_after) == (Outcome.RATE_LIMITED, 90.0)


def test_the_patience_is_that_of_all_calls_together(mock: requests_mock.Mocker) -> None:
    mock.get(URL, status_code=429, headers={"Retry-After": "0"})
    failure = ask(patience=3.0)
    assert isinstance(failure, FetchFailure)
    assert failure.outcome is Outcome.RATE_LIMITED
    assert mock.call_count == 5  # "0" counts as a second, and what is left may be none


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (requests.ConnectTimeout(f"{URL}?key=secret-key"), "the connection timed out"),
        (requests.ConnectionError(f"{URL}?key=secret-key"), "the connection was lost"),
        (requests.exceptions.SSLError("secret-key"), "the TLS connection failed"),
        (requests.exceptions.ProxyError("secret-key"), "the proxy"),
        (requests.exceptions.InvalidHeader("secret-key"), "cannot be read"),
        (requests.exceptions.ContentDecodingError("secret-key"), "cannot be read"),
    ],
    ids=["a timeout", "no connection", "no TLS", "the proxy", "a bad header", "a bad encoding"],
)
def test_no_answer_is_an_outcome_that_quotes_nothing(
    mock: requests_mock.Mocker, error: Exception, says: str
) -> None:
    mock.get(URL, exc=error)
    failure = ask()
    assert isinstance(failure, FetchFailure)
    assert failure.outcome is Outcome.UNREACHABLE
    assert says in failure.error
    assert "secret" not in failure.error


@pytest.mark.parametrize(
    ("location", "to"),
    [
        ("https://u:p@b.test/secret?key=secret", "https://b.test"),
        ("/secret/login", "another of its pages"),
    ],
)
def test_a_redirect_is_not_followed_and_only_its_site_is_named(
    mock: requests_mock.Mocker, location: str, to: str
) -> None:
    mock.get(URL, status_code=302, headers={"Location": location})
    failure = ask()
    assert isinstance(failure, FetchFailure)
    problem = f"redirects to {to}, which listsync does not follow"
    assert failure.error == f"{URL}: {problem}; check the address"


def test_a_redirect_to_what_is_no_address_is_an_outcome(mock: requests_mock.Mocker) -> None:
    mock.get(URL, status_code=302, headers={"Location": "http://["})
    failure = ask()
    assert isinstance(failure, FetchFailure)
    problem = "redirects to an invalid address, which listsync does not follow"
    assert failure.error == f"{URL}: {problem}; check the address"
    assert mock.call_count == 1


@pytest.mark.parametrize(("value", "seconds"), [("5", 5.0), ("soon", None), (None, None)], ids=str)
def test_a_retry_after_that_cannot_be_read_is_none(
    value: str | None, seconds: float | None
) -> None:
    assert retry_after({} if value is None else {"Retry-After": value}) == seconds


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert shown_url("https://anna:pw@api.test/x?key=1#y") == "https://api.test/x"
    assert shown_url("http://[") == "an invalid address"


@contextmanager
def site(*, drips: bool = False) -> Iterator[tuple[str, list[str | None]]]:
    """A site on this machine, and what it was sent to say who calls.

    It answers at once, or a byte at a time without end.
    """
    callers: list[str | None] = []
    over = Event()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            callers.append(self.headers["Authorization"])
            self.send_response(200)
            self.send_header("Content-Length", "1000000" if drips else "2")
            self.end_headers()
            self.wfile.write(b"[]")
            while drips and not over.wait(0.01):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", callers
        finally:
            over.set()
            server.shutdown()


def test_an_answer_that_never_ends_is_given_up_however_it_comes() -> None:
    with site(drips=True) as (url, _), SiteClient(longest=0.1) as web:
        failure = web.ask("GET", url)
    assert isinstance(failure, FetchFailure)
    assert failure.outcome is Outcome.UNREACHABLE
    assert failure.error == f"{url}: the response was not complete after 0.1 s; try again later"


def is_turn_free() -> bool:
    """Whether another list could parse a large document now."""
    free: list[bool] = []

    def try_to_parse() -> None:
        with suppress(LimitError), Limits(0.02), turn_to_parse(LARGE + 1):
            free.append(True)

    other = Thread(target=try_to_parse)
    other.start()
    other.join()
    return bool(free)


def test_a_large_answer_is_used_alone_until_the_next_call(mock: requests_mock.Mocker) -> None:
    mock.get(URL, [{"content": b" " * (LARGE + 1)}, {"content": b"[]"}, {"content": b" " * LARGE}])
    with SiteClient() as web:
        web.ask("GET", URL)
        assert not is_turn_free()
        web.ask("GET", URL)
        assert is_turn_free()
    mock.get(URL, content=b" " * (LARGE + 1))
    with SiteClient() as web:
        web.ask("GET", URL)
    assert is_turn_free()


def test_an_answer_that_is_longer_than_any_list_is_given_up(mock: requests_mock.Mocker) -> None:
    mock.get(URL, content=b" " * (20 * 1024 * 1024 + 1))
    failure = ask()
    assert isinstance(failure, FetchFailure)
    assert failure.error == f"{URL}: the response is longer than 20 MB; try again later"


@pytest.mark.parametrize("key", ["Bearer a-key", None], ids=["with a key", "without one"])
def test_passwords_of_the_environment_go_to_no_site(
    key: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login anna password secret-key\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with site() as (url, callers), SiteClient() as web:
        web.ask("GET", url, headers={"Authorization": key} if key else {})
    assert callers == [key]


def test_a_password_in_an_address_is_sent_there() -> None:
    with site() as (url, callers), SiteClient() as web:
        web.ask("GET", url.replace("://", "://anna:pw@"))
    assert callers == ["Basic YW5uYTpwdw=="]
