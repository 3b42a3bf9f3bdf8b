"""The workflow in docs/commands.md does what its page says, step by step."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import yaml

from tests.e2e.household import DUNE, ROOT

if TYPE_CHECKING:
    from tests.e2e.household import Household

PAGE = ROOT / "docs" / "commands.md"


def workflow() -> dict[str, Any]:
    [block] = re.findall(r"```yml\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    read: dict[str, Any] = yaml.safe_load(block)
    return read


def test_the_workflow_shows_the_plan_and_applies_it(house: Household) -> None:
    house.wish([DUNE])
    [job] = workflow()["jobs"].values()
    assert list(job["env"]) == ["SEERR_API_KEY"]
    output, summary = house.folder / "output", house.folder / "summary"
    output.touch()
    env = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
    plan, apply = (step for step in job["steps"] if "run" in step)
    for step in (plan, apply):
        told = dict(line.split("=") for line in output.read_text().splitlines())

        def value(found: re.Match[str], told: dict[str, str] = told) -> str:
            assert found[1] == plan["id"]
            return told[found[2]]

        script = re.sub(r"\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}", value, step["run"])
        shell = f'listsync() {{ "{sys.executable}" -m reconciler "$@"; }}\n{script}'
        done = house.apart(env=env, command=("bash", "-e", "-c", shell))
        assert (done.code, done.err) == (0, "")
    assert apply["if"] == f"steps.{plan['id']}.outputs.changes != '0'"
    assert "changes=1\n" in output.read_text()
    assert "#### wishes" in summary.read_text()
    assert house.stored() == [DUNE.tmdb]
