"""News of the followed files: what wakes it, and what does not."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Self

import pytest

from reconciler.controller.watch import file_states, watch_files


class Watched:
    """A file that is followed, by a thread of its own."""

    def __init__(self, file: Path, folder: Path | None = None) -> None:
        self.file = file
        self.folder = folder  # whose files are followed, too
        self.looks = 0
        self.news = 0
        self.stopping = Event()
        self._thread = Thread(target=self._follow)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._thread.join(20)

    def parts(self) -> frozenset[Path]:
        """The file; asked for each time somebody looks."""
        self.looks += 1
        others = [self.folder, *self.folder.iterdir()] if self.folder else []
        return frozenset({self.file, *others})

    def save(self) -> bool:
        """Whether a save of the file is noticed."""
        before = self.news
        saved = self.file.with_suffix(".new")
        saved.write_text(f"{self.file.read_text()}# another line\n")
        saved.replace(self.file)  # one change, not one for emptying it and one for filling it
        self.until(lambda: self.news > before)
        return self.news > before

    @staticmethod
    def until(condition: Callable[[], bool]) -> None:
        """Wait for it, but not for ever."""
        deadline = time.monotonic() + 20
        while not condition() and time.monotonic() < deadline:
            Event().wait(0.01)

    def _follow(self) -> None:
        for _ in watch_files(self.parts, file_states(self.parts()), self.stopping, poll=False):
            self.news += 1


def test_a_ledger_or_a_log_in_the_same_folder_wakes_nothing(tmp_path: Path) -> None:
    (tmp_path / "listsync.yaml").write_text("lists: {}\n")
    with Watched(tmp_path / "listsync.yaml") as watched:
        watched.until(lambda: watched.looks >= 3)  # by then, a change will be noticed
        assert watched.save()
        before, news = watched.looks, watched.news
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            for name in ("listsync.db", "listsync.db-journal", "listsync.db.lock", "run.log"):
                (tmp_path / name).write_text(str(time.monotonic()))
            (tmp_path / "listsync.db-journal").unlink()
        looks = watched.looks - before

        assert looks <= 4  # twice as one was begun before, twice as one comes each five seconds
        assert watched.news == news
        assert watched.save()


def test_of_many_looks_only_the_one_that_finds_a_change_is_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.controller.watch._POLL", 0.001)
    file, stopping, looks = tmp_path / "listsync.yaml", Event(), count(1)
    file.write_text("lists: {}\n")

    def files() -> frozenset[Path]:
        look = next(looks)
        if look == 3:
            file.write_text("lists: {}  # changed\n")
        if look == 6:
            stopping.set()
        return frozenset({file})

    assert list(watch_files(files, file_states([file]), stopping, poll=True)) == [None]


def test_a_checkout_that_git_sync_swaps_is_followed(tmp_path: Path) -> None:
    for commit in ("one", "two"):
        (tmp_path / ".worktrees" / commit).mkdir(parents=True)
        (tmp_path / ".worktrees" / commit / "listsync.yaml").write_text("lists: {}\n")
    link, new = tmp_path / "current", tmp_path / "new"
    link.symlink_to(".worktrees/one")
    with Watched(link / "listsync.yaml") as watched:
        watched.until(lambda: watched.looks >= 3)  # by then, a change will be noticed
        new.symlink_to(".worktrees/two")
        new.replace(link)
        shutil.rmtree(tmp_path / ".worktrees" / "one")
        watched.until(lambda: watched.news == 1)
        assert watched.news == 1

        assert watched.save()


def test_a_new_file_in_a_followed_folder_is_noticed_without_waiting(tmp_path: Path) -> None:
    (tmp_path / "lists.d").mkdir()
    (tmp_path / "listsync.yaml").write_text("include: [lists.d/*.yaml]\n")
    with Watched(tmp_path / "listsync.yaml", tmp_path / "lists.d") as watched:
        watched.until(lambda: watched.looks >= 3)  # by then, a change will be noticed
        start = time.monotonic()
        (tmp_path / "lists.d" / "anna.yaml").write_text("lists: {}\n")
        watched.until(lambda: watched.news > 0)
        assert watched.news > 0
        assert time.monotonic() - start < 4  # a look without an event comes after five seconds
