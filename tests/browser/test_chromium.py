"""Chromium comes when it is needed, goes with everything it brought, and fails in plain words."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar, NamedTuple
from unittest.mock import patch

import pytest

from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.core.model import Outcome, Snapshot
from reconciler.errors import BrowserError
from reconciler.sources.context import Patience, Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.browser.processes import becomes_true, browser_groups, members
from tests.browser.tiny_site import Answer, TinySite, imdb_page

pytestmark = pytest.mark.browser

PATH = "/list/ls000001/"


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the browser's folders go, to see that none stays; a short path, as it has a socket."""
    with tempfile.TemporaryDirectory(prefix="ls-") as folder:
        monkeypatch.setattr("tempfile.tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def fetch(sessions: Sessions, site: TinySite, source: str = "ls000001") -> Snapshot:
    patience = Patience(content=0.5, check=0.5)
    return SiteSources(
        sessions, {"imdb": Provider(site.url, via="browser")}, Path(), patience
    ).fetch(recognize_list(source))


def kill_browsers() -> None:
    for group in browser_groups():
        os.killpg(group, signal.SIGKILL)


def once(do: Callable[[], object]) -> Callable[[], object]:
    left = [do]
    return lambda: left and left.pop()()


def test_nothing_starts_before_the_first_page() -> None:
    with ChromiumBrowser():
        assert browser_groups() == set()


def test_no_process_and_no_file_is_left(temporary: Path) -> None:
    with (
        TinySite({PATH: Answer(body=imdb_page(2, 1, 2))}) as site,
        Sessions(ChromiumBrowser) as sessions,
    ):
        assert fetch(sessions, site).outcome is Outcome.COMPLETE
        (group,) = browser_groups()
        assert len(members(group)) > 3
    assert becomes_true(lambda: not members(group))
    assert list(temporary.iterdir()) == []


class Visit(NamedTuple):
    """What a page and the system show of a browser that ran in a German environment with a key."""

    languages: object
    environments: list[bytes]  # of its processes


@pytest.fixture(scope="module")
def visit() -> Visit:
    environment = {"SEERR_API_KEY": "planted-key-of-the-server", "LANGUAGE": "de"}
    with (
        patch.dict(os.environ, environment),
        TinySite({"/": Answer(body="<p>x</p>")}) as site,
        ChromiumBrowser() as browser,
    ):
        languages = browser.open(site.url).evaluate("return navigator.languages.join();")
        (group,) = browser_groups()
        environments = []
        for pid in members(group):
            with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                environments.append(Path(f"/proc/{pid}/environ").read_bytes())
    return Visit(languages, environments)


def test_no_process_of_the_browser_sees_a_key_of_the_environment(visit: Visit) -> None:
    assert len(visit.environments) > 3
    assert not [e for e in visit.environments if b"planted-key" in e or b"SEERR_API_KEY" in e]
    assert any(b"TMPDIR=" in environment for environment in visit.environments)


def test_the_browser_asks_for_english_wherever_it_runs(visit: Visit) -> None:
    assert visit.languages == "en-US,en"


def test_a_browser_that_is_stuck_is_gone_in_a_bounded_time(temporary: Path) -> None:
    with ChromiumBrowser() as browser, TinySite({"/": Answer(body="<p>x</p>")}) as site:
        browser.open(site.url)
        (group,) = browser_groups()
        os.killpg(group, signal.SIGSTOP)
        stuck = time.monotonic()
    assert time.monotonic() - stuck < 20
    assert becomes_true(lambda: not members(group))
    assert list(temporary.iterdir()) == []


def test_a_list_that_loses_its_browser_is_read_again_from_its_start(temporary: Path) -> None:
    pages = {
        PATH: Answer(body=imdb_page(4, 1, 2)),
        f"{PATH}?page=2": Answer(body=imdb_page(4, 3, 4), before=once(kill_browsers)),
    }
    with TinySite(pages) as site, Sessions(ChromiumBrowser) as sessions:
        snapshot = fetch(sessions, site)
        assert len(browser_groups()) == 1
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 4)
    assert site.visits.count(PATH) == 2
    assert list(temporary.iterdir()) == []


def test_one_that_loses_it_twice_is_unreachable_and_the_next_is_read(temporary: Path) -> None:
    pages = {
        PATH: Answer(body=imdb_page(1, 1, 1), before=kill_browsers),
        "/list/ls000002/": Answer(body=imdb_page(2, 1, 2)),
    }
    with TinySite(pages) as site, Sessions(ChromiumBrowser) as sessions:
        lost, after = fetch(sessions, site), fetch(sessions, site, "ls000002")
    assert (lost.outcome, after.outcome) == (Outcome.UNREACHABLE, Outcome.COMPLETE)
    assert "the browser connection was lost" in (lost.error or "")
    assert site.visits.count(PATH) == 2
    assert list(temporary.iterdir()) == []


def kill_tabs() -> None:
    """End the processes that show pages, as the kernel does where memory runs out."""
    for group in browser_groups():
        for pid in members(group):
            if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)


# The page is there, and still waits for what its script needs.
TAKES_ITS_TIME = f'{imdb_page(2, 1, 2)}<script src="/more.js"></script>'
EATS_MEMORY = """
<p>x</p><script>
const kept = [];
while (true) kept.push(new Array(100000).fill(Math.random()));
</script>
"""


def test_a_tab_that_crashes_once_is_replaced_and_the_list_is_read() -> None:
    pages = {PATH: Answer(body=TAKES_ITS_TIME), "/more.js": Answer(before=once(kill_tabs))}
    with TinySite(pages) as site, Sessions(ChromiumBrowser) as sessions:
        snapshot = fetch(sessions, site)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 2)
    assert site.visits.count(PATH) == 2


@pytest.mark.parametrize(
    ("page", "more"),
    [(TAKES_ITS_TIME, Answer(before=kill_tabs)), (EATS_MEMORY, Answer())],
    ids=["crashes", "eats memory"],
)
def test_a_page_that_always_loses_its_tab_is_tried_twice_and_the_next_list_is_read(
    page: str, more: Answer
) -> None:
    good = Answer(body=imdb_page(1, 1, 1))
    pages = {PATH: Answer(body=page), "/more.js": more, "/list/ls000002/": good}
    with TinySite(pages) as site, Sessions(ChromiumBrowser) as sessions:
        lost, after = fetch(sessions, site), fetch(sessions, site, "ls000002")
    assert (lost.outcome, after.outcome) == (Outcome.UNREACHABLE, Outcome.COMPLETE)
    assert "the page crashed" in (lost.error or "")
    assert site.visits.count(PATH) == 2


def test_a_missing_browser_is_an_outcome_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with TinySite({}) as site, Sessions(ChromiumBrowser) as sessions:
        snapshot = fetch(sessions, site)
    assert snapshot.outcome is Outcome.UNREACHABLE
    assert "apt install chromium chromium-driver" in (snapshot.error or "")
    assert "browser.remote_url" in (snapshot.error or "")


# Programs in place of the installed ones: "$0" is their own path, REAL the installed one's.
NEVER = "#!/bin/sh\necho 'libnss3.so: cannot open shared object file' >&2\nexit 127\n"
SECOND_TIME = """#!/bin/sh
echo started >> "$0.starts"
[ "$(wc -l < "$0.starts")" -gt 1 ] && exec REAL "$@"
echo 'bind() failed: cannot assign requested address' >&2
exit 1
"""
BROKEN_BROWSER = '#!/bin/sh\necho started >> "$0.starts"\nexit 1\n'


@pytest.fixture
def programs(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Put a program before the installed one of its name; gives where it notes its starts."""
    with tempfile.TemporaryDirectory(prefix="ls-bin-", dir="/tmp") as folder:

        def install(name: str, text: str) -> Path:
            installed = shutil.which(name)
            program = Path(folder, name)
            program.write_text(text.replace("REAL", str(installed)))
            program.chmod(0o755)
            return program.with_name(f"{name}.starts")

        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        yield install
    assert becomes_true(lambda: not list(temporary.iterdir()))


def starts(notes: Path) -> int:
    return len(notes.read_text().splitlines())


def test_a_driver_that_fails_to_start_is_started_once_more(
    programs: Callable[..., Path],
) -> None:
    notes = programs("chromedriver", SECOND_TIME)
    pages = {PATH: Answer(body=imdb_page(1, 1, 1))}
    with TinySite(pages) as site, Sessions(ChromiumBrowser) as sessions:
        snapshot = fetch(sessions, site)
    assert (snapshot.outcome, starts(notes)) == (Outcome.COMPLETE, 2)


def test_a_driver_that_never_starts_is_quoted_and_nothing_is_advised_to_be_installed(
    programs: Callable[..., Path],
) -> None:
    programs("chromedriver", NEVER)
    with TinySite({}) as site, Sessions(ChromiumBrowser) as sessions:
        snapshot = fetch(sessions, site)
    assert snapshot.outcome is Outcome.UNREACHABLE
    assert '"libnss3.so: cannot open shared object file"' in str(snapshot.error)
    assert "chromium --version and chromedriver --version" in str(snapshot.error)
    assert "install" not in str(snapshot.error)


def test_a_browser_that_its_driver_cannot_start_is_tried_twice_in_the_drivers_words(
    programs: Callable[..., Path],
) -> None:
    notes = programs("chromium", BROKEN_BROWSER)
    with TinySite({}) as site, Sessions(ChromiumBrowser) as sessions:
        snapshot = fetch(sessions, site)
    assert (snapshot.outcome, starts(notes)) == (Outcome.UNREACHABLE, 2), snapshot.error
    assert 'the browser did not start: "session not created: ' in str(snapshot.error)
    assert "install" not in str(snapshot.error)


READER = """
import sys
from reconciler.browser.chromium import ChromiumBrowser

with ChromiumBrowser() as browser:
    browser.open(sys.argv[1])
"""


@pytest.mark.parametrize(
    "sent", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed outright"]
)
def test_a_process_that_ends_takes_its_browser_along(sent: signal.Signals, temporary: Path) -> None:
    """Also in the middle of a page, where the driver does not listen."""
    with TinySite({"/": Answer(body="<p>x</p>", ends=False)}) as site:
        reader = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", READER, site.url],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stderr=subprocess.DEVNULL,
        )
        assert becomes_true(lambda: "/" in site.visits, seconds=20)
        (group,) = browser_groups(reader.pid)
        reader.send_signal(sent)
        reader.wait(15)
        assert becomes_true(lambda: not members(group))
    assert becomes_true(lambda: not list(temporary.iterdir()))


class Grid(BaseHTTPRequestHandler):
    """The least of a Selenium Grid: sessions that are opened, used and closed."""

    sessions: ClassVar[set[str]] = set()
    used: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/session":
            self.sessions.add("one")
            self._answer({"sessionId": "one", "capabilities": {}})
        else:
            self.used.append(self.path.removeprefix("/session/one"))
            self._answer(None)

    def do_DELETE(self) -> None:
        self.sessions.discard(self.path.removeprefix("/session/"))
        self._answer(None)

    def _answer(self, value: object) -> None:
        body = json.dumps({"value": value}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def test_a_remote_browser_is_used_and_given_back() -> None:
    server = HTTPServer(("127.0.0.1", 0), Grid)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with ChromiumBrowser(f"http://127.0.0.1:{server.server_port}") as browser:
        browser.open("http://127.0.0.1/")
        assert Grid.sessions == {"one"}
        assert browser_groups() == set()
    server.shutdown()
    server.server_close()
    assert Grid.sessions == set()
    assert "/url" in Grid.used


def test_a_remote_browser_that_is_not_there_is_named() -> None:
    with TinySite({}) as closed_site:
        pass
    with ChromiumBrowser(closed_site.url) as browser, pytest.raises(BrowserError) as refusal:
        browser.open("http://127.0.0.1/")
    assert "Selenium Grid is running at 127.0.0.1" in str(refusal.value)
