"""What `make dist` and `make audit` decide, without building or asking anything."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project import places
from tests.release import audit
from tests.release.packages import ReleaseError, built_packages, check_tag, project_version

SAFE = audit.Package(name="waitress", version="3.0.2", vulns=[])
HOLE = audit.Vulnerability(id="PYSEC-2024-1", fix_versions=["3.0.3"])
UNSAFE = audit.Package(name="waitress", version="3.0.2", vulns=[HOLE])
SKIPPED = audit.Package(name="waitress", skip_reason="not found")


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        pytest.param([SAFE, SAFE], audit.CLEAN, "no known vulnerabilities in 2", id="all safe"),
        pytest.param([SAFE, UNSAFE], audit.VULNERABLE, "PYSEC-2024-1 (fixed in 3.0.3)", id="one"),
        pytest.param([SAFE, SKIPPED], audit.NOT_CHECKED, "1 of 2 packages were not", id="skipped"),
        pytest.param([SKIPPED, UNSAFE], audit.VULNERABLE, "1 of 2 packages", id="one and skipped"),
        pytest.param([], audit.NOT_CHECKED, "no package was checked", id="no answer"),
    ],
)
def test_an_audit_passes_only_if_every_package_was_checked(
    packages: list[audit.Package], code: int, words: str
) -> None:
    result, text = audit.judge(packages)
    assert result == code
    assert words in text


def test_a_release_has_the_tag_of_its_version() -> None:
    check_tag(f"v{project_version()}", project_version())
    with pytest.raises(ReleaseError, match=r"must be v1\.2\.3, not v1\.2\.4\. Change the version"):
        check_tag("v1.2.4", "1.2.3")


def test_a_release_has_one_wheel_and_one_sdist_of_its_version(tmp_path: Path) -> None:
    for name in ("listsync-1.2.3.tar.gz", "listsync-1.2.3-py3-none-any.whl"):
        (tmp_path / name).touch()
    assert [p.suffix for p in built_packages(tmp_path, "1.2.3")] == [".whl", ".gz"]
    (tmp_path / "listsync-1.2.2.tar.gz").touch()
    with pytest.raises(ReleaseError, match=r"found .*listsync-1\.2\.2\.tar\.gz"):
        built_packages(tmp_path, "1.2.3")


def required_names(requirement: Requirement, names: set[str]) -> set[str]:
    """What installing this brings along: it and its dependencies, all the way down."""
    for text in metadata.requires(requirement.name) or ():
        needed = Requirement(text)
        environments = [{"extra": extra} for extra in requirement.extras or ("",)]
        applies = needed.marker is None or any(map(needed.marker.evaluate, environments))
        name = canonicalize_name(needed.name)
        if applies and name not in names:
            names |= required_names(needed, {*names, name})
    return names


def test_every_package_that_an_installation_needs_is_pinned() -> None:
    lines = (places.ROOT / "constraints.txt").read_text("utf-8").split()
    pinned = {canonicalize_name(line.partition("==")[0]) for line in lines}
    needed = required_names(Requirement("listsync[notify,dev]"), set())
    assert {"requests", "apprise", "urllib3", "pytest"} <= needed
    assert needed - pinned == set()
