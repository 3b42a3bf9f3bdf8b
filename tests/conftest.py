"""What holds for every test."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from reconciler import logs

# A busy machine is no defect: pytest's own time limit ends what hangs. The examples are the same in
# each run, so that one that fails fails for everybody.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

# A shell that starts the tests in the background has SIGINT ignored, and commands would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# What takes longest begins first, so that at the end no worker has a long file all to itself.
LONGEST_FIRST = (
    "tests/image",
    "tests/core/test_household.py",
    "tests/e2e",
    "tests/browser",
    "tests/bench",
    "tests/torture",
    "tests/loop",
    "tests/project",
    "tests/sandbox",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files by how long they take; the workers take one after another."""
    items.sort(key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    places = (n for n, start in enumerate(LONGEST_FIRST) if nodeid.startswith(start))
    return next(places, len(LONGEST_FIRST))


def pytest_collection_finish() -> None:
    """The tests are ten thousand objects that stay: the garbage collector need not visit them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_log_settings_left_behind() -> Iterator[None]:
    """A command's log settings are applied to the first line: of its own test, or of none."""
    yield
    logs._waiting.clear()  # noqa: SLF001 - the program itself never takes them back
