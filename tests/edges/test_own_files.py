"""Only regular files of a sensible size are read, and nothing is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.config.own_files import read_file
from reconciler.errors import ConfigError, UsageError
from reconciler.sync.plan_file import read
from reconciler.wiring import read_config

URL = "http://seerr:5055"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def huge(folder: Path) -> Path:
    with (folder / "huge").open("wb") as file:
        file.truncate(10**12)  # a sparse file: it takes no room
    return folder / "huge"


def device(folder: Path) -> Path:
    (folder / "zero").symlink_to("/dev/zero")
    return folder / "zero"


@pytest.mark.parametrize("make", [pipe, huge, device])
def test_what_is_endless_is_an_error_of_the_config_and_of_the_plan(
    tmp_path: Path, make: object
) -> None:
    assert callable(make)
    path = make(tmp_path)

    with pytest.raises(ConfigError, match=r"is a pipe, a device|is larger than 10,000,000 bytes"):
        read_config(path)
    with pytest.raises(UsageError, match=r"is a pipe, a device|is larger than 64,000,000 bytes"):
        read(path, URL)


@pytest.mark.parametrize("make", [pipe, huge, device])
def test_a_key_file_that_is_endless_is_a_problem_of_its_line(tmp_path: Path, make: object) -> None:
    assert callable(make)
    file = tmp_path / "listsync.yaml"
    key = make(tmp_path).name
    file.write_text(f"server: {{url: '{URL}', api_key_file: {key}}}\nlists: {{}}\n")

    with pytest.raises(ConfigError, match=rf"api_key_file: the file \W?{key}\W?: is "):
        read_config(file)


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 10)

    assert read_file(tmp_path / "file", 10) == b"x" * 10
    with pytest.raises(OSError, match="larger than 9 bytes"):
        read_file(tmp_path / "file", 9)
