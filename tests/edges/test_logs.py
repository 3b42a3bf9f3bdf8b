"""A log has no secret, however it comes there, and color where other text has it."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from reconciler import logs, wiring
from tests.loop.test_layout import Terminal
from tests.loop.world import config_of

LISTS = {"wishes": {"source": "imdb:top"}}
CONFIG = json.dumps({"server": {"url": "http://seerr", "api_key": "k"}, "lists": LISTS})
KEY = "made-up-key-0123456789"


class Odd:
    """Something whose text holds the key."""

    def __repr__(self) -> str:
        return f"Odd({KEY})"


def fault() -> ValueError:
    return ValueError(f"refused {KEY}")


ATTACKS = {
    "as a value": {"value": KEY},
    "inside a text": {"url": f"http://s/?x={KEY}&y=1"},
    "as a name": {"names": {f"x{KEY}": 1}},
    "in a list in a mapping": {"deep": {"list": [1, (f"a{KEY}", {"x": KEY})]}},
    "in a set": {"some": {KEY}},
    "in an object": {"thing": Odd()},
    "as bytes": {"raw": KEY.encode()},
    "in an error": {"error": fault()},
    "under a telling name": {"X-Api-Key": "some-other-key-made-up"},
    "under a telling name below": {"headers": {"Authorization-Token": "some-other-key-made-up"}},
}


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    configured = structlog.get_config()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(level=logging.INFO, secrets=[KEY])
    yield stream
    structlog.configure(**configured)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_key_is_hidden(output: io.StringIO, attack: dict[str, object]) -> None:
    logs.Logger().warning("event", **attack)

    assert KEY not in output.getvalue()
    assert "some-other-key" not in output.getvalue()
    assert logs.HIDDEN in output.getvalue()


def test_a_key_in_the_event_itself_is_hidden(output: io.StringIO) -> None:
    logs.Logger().warning(f"called with {KEY}")
    assert json.loads(output.getvalue())["event"] == f"called with {logs.HIDDEN}"


def test_a_key_bound_for_a_whole_run_is_hidden(output: io.StringIO) -> None:
    with logs.log_context(list=KEY):
        logs.Logger().warning("event")
    assert KEY not in output.getvalue()


def test_a_key_in_a_traceback_is_hidden(output: io.StringIO) -> None:
    try:
        raise fault()
    except ValueError:
        logs.Logger().error("a mistake", exc_info=True)
    assert KEY not in output.getvalue()
    assert "ValueError" in output.getvalue()


def test_the_log_is_imported_for_its_first_line_only() -> None:
    code = """
import sys, logging
from reconciler import logs
from reconciler.cli import execution
logs.configure(level=logging.WARNING, secrets=["secret"])
logs.Logger().info("not logged")
before = "structlog" in sys.modules
logs.Logger().warning("logged", value="a secret")
print(before, "structlog" in sys.modules)
"""
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)  # noqa: S603 - the code above
    assert done.stdout == "False True\n"
    assert json.loads(done.stderr)["value"] == f"a {logs.HIDDEN}"


@pytest.mark.usefixtures("output")
@pytest.mark.parametrize(
    ("color", "term", "is_colored"),
    [
        ("auto", "xterm", True),
        ("never", "xterm", False),
        ("auto", "dumb", False),
        ("always", "dumb", True),
    ],
)
def test_the_log_on_a_terminal_has_color_as_other_text(
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    term: str,
    is_colored: bool,  # noqa: FBT001
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", term)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    wiring.configure_logs(config_of(CONFIG), logging.INFO, color)
    logs.Logger().info("a line")
    assert "a line" in screen.getvalue()
    assert ("\x1b[" in screen.getvalue()) is is_colored


class Pieces(io.StringIO):
    """A stream that keeps its writes separate."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return len(text)


@pytest.mark.usefixtures("output")
def test_each_line_is_one_write_with_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """So lines of several threads never share one, also while the settings change."""
    place = Pieces()
    monkeypatch.setattr(sys, "stderr", place)
    for number in (1, 2):
        logs.configure(level=logging.INFO, secrets=[])
        logs.Logger().info("a line", number=number)

    assert [json.loads(piece)["number"] for piece in place.pieces] == [1, 2]
    assert all(piece.endswith("\n") for piece in place.pieces)
