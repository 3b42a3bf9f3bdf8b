"""Files outside the config's folder: nothing of their text is quoted, and some are not read."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from reconciler.core.model import Outcome, Snapshot
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import FakeBrowser

SECRET = "hunter2swordfish"
SHADOW = f"root:$6${SECRET}:19000:0:99999:7:::\n"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The config's folder, and another one."""
    for name in ("config", "other"):
        (tmp_path / name).mkdir()
    return tmp_path / "config", tmp_path / "other"


def fetch(folder: Path, source: str, *, is_confined: bool = False) -> Snapshot:
    sources = SiteSources(FakeBrowser({}), {}, folder, is_confined=is_confined)
    return sources.fetch(recognize_list(source))


def unreadable(path: Path) -> None:
    content = {
        ".csv": SHADOW,
        ".json": json.dumps([{"secret": SECRET}]),
        ".tsv": f"Const\tTitle\tYear\n\n\t{SECRET}",
    }.get(path.suffix, f"  {SHADOW}imdb:{SECRET}\ntmdb:movie:278\n")
    if path.suffix != ".zip":
        path.write_text(content)
        return
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{SECRET}.csv", "Name,Year\n")


LISTS = {
    "text": ("file:{}/a.txt", "line 1, column 3: not a title; write Title (Year) or an id"),
    "item": ("file:{}/a.txt", "line 2, column 1: not an item; write imdb:"),
    "no suffix": ("file:{}/shadow", "line 1, column 3: not a title"),
    "table": ("file:{}/a.csv", "no known columns; write a header with Const"),
    "cut table": ("file:{}/a.tsv", "line 3: the file ends in the middle of this row" ),
    "JSON": ("file:{}/a.json", "entry 1: neither a title nor an id"),
    "archive": ("file:{}/a.zip", "does not contain lists-watchlist.json; check the name"),
    "Letterboxd's archive": ("letterboxd:{}/a.zip", "not contain watchlist.csv; check the name"),
    "Letterboxd's table": ("letterboxd:{}/a.csv", "the columns are not those"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "says"), LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("is_link", [False, True], ids=["path", "symlink"])
def test_what_cannot_be_read_outside_is_named_by_its_place_alone(
    folders: tuple[Path, Path], source: str, says: str, is_link: bool  # noqa: FBT001 - a column
) -> None:  # fmt: skip
    folder, other = folders
    name = source.rpartition("/")[2]
    unreadable(other / name)
    if is_link:
        (folder / name).symlink_to(other / name)
    snapshot = fetch(folder, source.format("." if is_link else other))
    assert says in (snapshot.error or "")
    assert SECRET not in repr(snapshot)


@pytest.mark.parametrize("source", [
    source for name, (source, _) in LISTS.items()
    if name not in {"cut table", "JSON", "Letterboxd's table"}
])  # fmt: skip
def test_the_same_is_quoted_within_the_folder(folders: tuple[Path, Path], source: str) -> None:
    folder, _ = folders
    unreadable(folder / source.rpartition("/")[2])
    assert SECRET in (fetch(folder, source.format(".")).error or "")


@pytest.mark.parametrize("source", ["file:{}/a.txt", "letterboxd:{}/a.csv", "file:{}/a.zip/a.csv"])
def test_a_confined_list_is_not_read_through_a_link_that_was_put_there_later(
    folders: tuple[Path, Path], source: str
) -> None:
    folder, other = folders
    name = source.split("/")[1]
    unreadable(other / name)
    (folder / name).symlink_to(other / name)
    snapshot = fetch(folder, source.format("."), is_confined=True)
    assert (snapshot.outcome, snapshot.items) == (Outcome.UNREACHABLE, ())
    assert "outside the folder of the config file" in (snapshot.error or "")


def test_a_confined_list_in_the_folder_is_read_also_through_a_link_within_it(
    folders: tuple[Path, Path],
) -> None:
    folder, _ = folders
    (folder / "..data").mkdir()
    (folder / "..data" / "a.txt").write_text("Dune (2021)\n")
    (folder / "a.txt").symlink_to("..data/a.txt")
    snapshot = fetch(folder, "file:a.txt", is_confined=True)
    assert [item.title for item in snapshot.items] == ["Dune"]
