"""A file that is mounted by itself, as containers do: nobody inside sees a new one in its place."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.household import DUNE, Household, until
from tests.e2e.running import lists, running, write


@pytest.fixture
def mounted(household: Household) -> Iterator[Household]:
    write(household, lists(household, wishes=(DUNE,)))
    file = household.folder / "listsync.yaml"
    (household.folder / "elsewhere.yaml").write_text(file.read_text())
    there = str(household.folder / "elsewhere.yaml")
    attempt = subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/mount", "--bind", there, str(file)], check=False, capture_output=True
    )
    if attempt.returncode:
        pytest.skip("nothing can be mounted here")
    yield household
    subprocess.run(["/bin/umount", str(file)], check=True)  # noqa: S603 - a fixed command


def test_doctor_and_the_log_say_so(mounted: Household) -> None:
    with running(mounted) as run:
        until(run.is_ready)
        assert any(
            line["event"].startswith("the config is mounted as a single file") for line in run.log()
        )
    assert "is mounted as a single file" in mounted.run("doctor").out
