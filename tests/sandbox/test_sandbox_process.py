"""The sandbox and the demo as processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]

STAND_IN = """\
#!/bin/sh
echo "ran: $*"
for name in SANDBOX_URL SANDBOX_API_KEY SANDBOX_IMDB_URL SANDBOX_TRAKT_URL; do
  printenv $name >/dev/null || exit 9
done
test -f listsync.yaml || exit 8
pwd > {note}
{then}
"""


@pytest.fixture
def sandbox() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "examples.sandbox", "--flavour", "overseerr"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_sandbox_says_where_it_answers_and_ends_cleanly(
    sandbox: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert sandbox.stdout
    where = json.loads(sandbox.stdout.readline())
    key = {"X-Api-Key": where["api_key"]}
    owner = Request(f"{where['url']}/api/v1/auth/me", headers=key)  # noqa: S310
    for address in (
        owner,
        f"{where['imdb_url']}/chart/top/",
        f"{where['trakt_url']}/users/u/watchlist",
    ):
        with urlopen(address, timeout=10) as answer:  # noqa: S310
            assert answer.status == 200
    sandbox.send_signal(number)
    assert sandbox.wait(10) == 0


def demo(folder: Path, then: str = "exit 0") -> subprocess.Popen[str]:
    """Start the demo with a stand-in for listsync that notes its folder and then does this."""
    stand_in = folder / "listsync"
    stand_in.write_text(STAND_IN.format(note=folder / "note", then=then))
    stand_in.chmod(0o755)
    return start_demo(f"{folder}:{os.environ['PATH']}")


def start_demo(path: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "examples.sandbox.demo", *arguments],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_demo_shows_three_commands_and_tidies_up(tmp_path: Path) -> None:
    with demo(tmp_path) as process:
        shown, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    lines = [line for line in shown.splitlines() if line.startswith(("$", "ran:"))]
    steps = ("plan", "apply --yes", "plan")
    assert lines == [line for step in steps for line in (f"$ listsync {step}", f"ran: {step}")]
    assert not Path((tmp_path / "note").read_text().strip()).exists()
    assert shown.endswith("open its status page: make demo-live\n")


def test_the_live_demo_shows_the_status_page_until_it_is_interrupted(tmp_path: Path) -> None:
    (tmp_path / "listsync").symlink_to(Path(sys.executable).with_name("listsync"))
    with start_demo(str(tmp_path), "--live") as process:  # no browser on this PATH: none is started
        assert process.stdout
        line = next(line for line in process.stdout if "The status page: " in line)
        address = line.split()[3]
        page = until_answered(address)
        assert "of 3 lists are in sync" in page
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    with pytest.raises(URLError):
        urlopen(address, timeout=10)  # noqa: S310


def until_answered(address: str) -> str:
    while True:
        with suppress(URLError), urlopen(address, timeout=10) as answer:  # noqa: S310
            return str(answer.read(), "utf-8")
        time.sleep(0.05)


def test_the_demo_stops_at_the_first_command_that_fails(tmp_path: Path) -> None:
    with demo(tmp_path, then='test "$1" = plan || exit 7') as process:
        shown, _ = process.communicate(timeout=60)
    assert process.returncode == 7
    assert shown.count("$ listsync") == 2
    assert "listsync apply --yes ended with exit code 7" in shown


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_demo_leaves_nothing_running(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with demo(tmp_path, then="echo pid $$; exec tail -f /dev/null") as process:
        assert process.stdout
        line = next(line for line in process.stdout if line.startswith("pid "))
        process.send_signal(number)
        assert process.wait(30) == code
    with pytest.raises(ProcessLookupError):
        os.kill(int(line.split()[1]), 0)
    assert not Path((tmp_path / "note").read_text().strip()).exists()
