"""``add``: one more list in a file that is somebody's own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.e2e.household import Household

CONFIG = """\
# ours
server:
  url: http://seerr:5055  # the box in the hall
  api_key: ${SEERR_API_KEY}

lists:
  kids:
    source: https://www.imdb.com/list/ls000000001/
    #requester: anna

# Never.
exclude: [tmdb:movie:550]
"""
TRAKT = "https://trakt.tv/users/anna/lists/family-night"


@pytest.fixture
def file(household: Household) -> Path:
    path = household.folder / "listsync.yaml"
    path.write_text(CONFIG)
    return path


def test_a_list_is_added_and_the_rest_stays(household: Household, file: Path) -> None:
    done = household.run("add", TRAKT)
    assert (done.code, done.err) == (0, "")
    assert "added anna-family-night" in done.out
    added = f"    #requester: anna\n\n  anna-family-night:\n    source: {TRAKT}\n"
    assert file.read_text() == CONFIG.replace("    #requester: anna\n", added)
    assert household.run("add", "imdb:top", "--name", "best").code == 0
    assert "  best:\n    source: imdb:top\n    top: 25  #" in file.read_text()
    assert "3 lists" in household.run("validate").out


def test_a_name_that_is_taken_gets_a_number(household: Household, file: Path) -> None:
    file.write_text(CONFIG.replace("kids:", "anna-family-night:"))
    assert "added anna-family-night-2" in household.run("add", TRAKT).out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("https://example.org/a",), 64, "is not a list on a known site"),
        ((TRAKT, "--name", "kids"), 64, "the list kids already exists"),
        ((TRAKT, "--name", "my list"), 78, "a list name must be"),
        (("ls000000001",), 64, "is already in the file as kids"),
        (("https://www.themoviedb.org/list/1",), 78, "api_key"),
        ((TRAKT, "-c", "other.yaml"), 78, "no such file"),
    ],
    ids=["an unknown site", "a name twice", "no name", "a list twice", "a key", "no file"],
)
def test_what_cannot_be_added_changes_nothing(
    household: Household, file: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = household.run("add", *arguments)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err
    assert (file.read_text(), list(household.folder.iterdir())) == (CONFIG, [file])


def test_a_file_that_stays_invalid_is_not_written(household: Household, file: Path) -> None:
    invalid = CONFIG.replace("exclude:", "exlude:")
    file.write_text(invalid)
    done = household.run("add", TRAKT)
    assert (done.code, file.read_text()) == (78, invalid)
    assert "exlude" in done.err


def test_owner_and_permissions_stay_and_a_link_leads_to_the_changed_file(
    household: Household, file: Path
) -> None:
    elsewhere = household.folder / "git"
    elsewhere.mkdir()
    target = file.rename(elsewhere / "ours.yaml")
    target.write_bytes(b"\xef\xbb\xbf" + CONFIG.replace("\n", "\r\n").encode())
    target.chmod(0o640)
    if os.geteuid() == 0:  # nobody else may give a file away
        os.chown(target, 1000, 1000)
    owner = target.stat().st_uid, target.stat().st_gid
    file.symlink_to(target)
    assert household.run("add", TRAKT).code == 0
    assert (target.stat().st_uid, target.stat().st_gid) == owner
    content = target.read_bytes()
    assert (file.is_symlink(), stat.S_IMODE(target.stat().st_mode)) == (True, 0o640)
    assert content.startswith(b"\xef\xbb\xbf# ours\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == CONFIG.count("\n") + 3
    assert list(elsewhere.iterdir()) == [target]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_file_that_is_read_only_stays(household: Household, file: Path) -> None:
    file.chmod(0o400)
    done = household.run("add", TRAKT)
    assert (done.code, file.read_text()) == (1, CONFIG)
    assert "the file cannot be written (Permission denied)" in done.err
