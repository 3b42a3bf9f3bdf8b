"""An error as a command prints it: wrapped and in color on a terminal, plain in a pipe."""

from __future__ import annotations

import io

import pytest

from reconciler.cli.faults import print_error
from reconciler.errors import ListsyncError
from tests.loop.test_layout import Terminal

ERROR = ListsyncError("nothing answers at this address", where="http://seerr:5055", hint="x " * 40)


@pytest.mark.parametrize(
    ("stream", "color", "text"),
    [
        (
            io.StringIO(),
            "auto",
            f"listsync: http://seerr:5055: nothing answers at this address\n  → {'x ' * 40}\n",
        ),
        (
            Terminal(),
            "never",
            "listsync: http://seerr:5055: nothing answers at this address\n"
            f"  → {'x ' * 28}\n    {'x ' * 12}\n".replace(" \n", "\n"),
        ),
    ],
    ids=["a pipe", "a terminal of 60 columns"],
)
def test_an_error_fits_where_it_is_printed(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, color: str, text: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(ERROR, "color", color)
    print_error(ERROR)
    assert stream.getvalue() == text


def test_the_mark_of_an_error_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(ERROR, "color", "always")
    print_error(ERROR)
    assert stream.getvalue().startswith("\x1b[1;31mlistsync: \x1b[0mhttp://seerr:5055")
