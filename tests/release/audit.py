"""``make audit``: the versions in constraints.txt against the known vulnerabilities.

pip-audit asks the package index for advisories. A package that the index does not know counts for
it as skipped, and skipped packages do not change its exit code: an index without advisories would
look like a good result. Here they fail the audit.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import NotRequired, TypedDict

from tests.project import places

CLEAN, VULNERABLE, NOT_CHECKED = 0, 1, 2  # the exit codes


class Vulnerability(TypedDict):
    """An advisory, and the versions that have the fix."""

    id: str
    fix_versions: list[str]


class Package(TypedDict):
    """A line of pip-audit's report: a version and its advisories, or why there are none."""

    name: str
    version: NotRequired[str]
    vulns: NotRequired[list[Vulnerability]]
    skip_reason: NotRequired[str]


def judge(packages: list[Package]) -> tuple[int, str]:
    """The exit code, and what to print."""
    vulnerable = [package for package in packages if package.get("vulns")]
    lines = [_describe(package) for package in vulnerable]
    if skipped := [package["name"] for package in packages if "skip_reason" in package]:
        lines.append(_not_checked(f"{len(skipped)} of {len(packages)} packages were not checked"))
    if vulnerable:
        return VULNERABLE, "\n".join(lines)
    if skipped or not packages:
        return NOT_CHECKED, "\n".join(lines) or _not_checked("no package was checked")
    return CLEAN, f"constraints.txt: no known vulnerabilities in {len(packages)} packages"


def _describe(package: Package) -> str:
    advisories = [
        f"{advisory['id']} (fixed in {', '.join(advisory['fix_versions']) or 'no version'})"
        for advisory in package["vulns"]
    ]
    return f"{package['name']} {package['version']}: {', '.join(advisories)}"


def _not_checked(problem: str) -> str:
    cause = "pip's index has no advisories, or cannot be reached"
    return f"constraints.txt: {problem}: {cause}. Run `make audit` with internet access."


def main() -> int:
    """Run pip-audit, and judge its report."""
    done = subprocess.run(  # noqa: S603 - pip-audit, arguments of ours
        [
            *(sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"),
            *("--disable-pip", "--no-deps", "--requirement", "constraints.txt"),
        ],
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages: list[Package] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        packages = []
        sys.stderr.write(done.stderr[-500:])
    code, text = judge(packages)
    (sys.stderr if code else sys.stdout).write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
