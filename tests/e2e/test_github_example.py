"""The workflow in docs/deployment/ does what its page says, and a config what it is allowed."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest
import yaml

from examples.sandbox.media_server import SandboxServer
from tests.e2e.household import DUNE, ROOT, Household

PAGE = ROOT / "docs" / "deployment" / "github-actions.md"


def workflow() -> dict[str, Any]:
    [block] = re.findall(r"```yml\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    read: dict[str, Any] = yaml.safe_load(block)
    return read


class Job:
    """A job whose steps run one after the other, as a runner would run them."""

    def __init__(self, household: Household, job: dict[str, Any], **variables: str) -> None:
        self.household, self.steps = household, [step for step in job["steps"] if "run" in step]
        self.output = household.folder / "output"
        self.output.touch()
        self.variables = {"GITHUB_OUTPUT": str(self.output), **variables}
        self.outputs: dict[str, str] = {}
        self.codes: list[int] = []

    def run(self) -> None:
        """Run the steps that are due; listsync is installed already."""
        for step in filter(self._is_due, self.steps):
            script = re.sub(
                r"\$\{\{ steps\.plan\.outputs\.(\w+) \}\}",
                lambda match: self.outputs[match[1]],
                step["run"],
            )
            listsync = f'listsync() {{ "{sys.executable}" -m reconciler "$@"; }}\n'
            command = ("bash", "-e", "-c", listsync + script)
            done = self.household.apart(env=self.variables, command=command)
            self.codes.append(done.code)
            lines = self.output.read_text().splitlines()
            self.outputs = dict(line.split("=") for line in lines)

    def _is_due(self, step: dict[str, Any]) -> bool:
        """A condition that names no state of the job is for a job without a failure."""
        terms = str(step.get("if", "")).removeprefix("${{ ").removesuffix(" }}").split(" && ")
        if "!cancelled()" not in terms and any(self.codes):
            return False
        return all(self._holds(term) for term in {*terms} - {"!cancelled()", ""})

    def _holds(self, term: str) -> bool:
        name, differs, value = term.removeprefix("steps.plan.outputs.").partition(" != ")
        output = self.outputs.get(name, "")
        return output != value.strip("'") if differs else bool(output)


@pytest.mark.parametrize(("lists", "codes"), [
    pytest.param({}, [0, 0], id="all lists read"),
    pytest.param({"gone": {"source": "file:gone.txt"}}, [1, 1], id="one list not read"),
    pytest.param({"wrong": {"source": "no list"}}, [78], id="a refused file"),
])  # fmt: skip
def test_the_workflow_shows_the_plan_and_applies_it(
    household: Household, lists: dict[str, Any], codes: list[int]
) -> None:
    household.wish([DUNE])
    household.write({"wishes": {"source": "file:wishes.txt"}, **lists})
    [described] = workflow()["jobs"].values()
    assert list(described["env"]) == ["SEERR_API_KEY"]
    summary = household.folder / "summary"

    job = Job(household, described, GITHUB_STEP_SUMMARY=str(summary))
    job.run()

    assert job.codes == codes
    assert ("#### wishes" in summary.read_text()) == (codes != [78])
    assert household.stored() == ([] if codes == [78] else [DUNE.tmdb])


@pytest.mark.parametrize(("change", "code"), [
    pytest.param({}, 0, id="an honest one"),
    pytest.param({"server": {"url": "EVIL"}}, 78, id="another server"),
    pytest.param({"lists": {"a": {"source": "json:EVIL/${SEERR_API_KEY}"}}}, 78, id="the key"),
    pytest.param({"lists": {"a": {"source": "imdb:top", "requester": "${HOME}"}}}, 78, id="other"),
    pytest.param(
        {"lists": {"a": {"source": "imdb:top", "requester": "${SEERR_API_KEY}"}}}, 78, id="shown"
    ),
    pytest.param({"lists": {"a": {"source": "file:/etc/passwd"}}}, 78, id="a file"),
])  # fmt: skip
def test_the_action_plans_a_change_of_the_file_only_within_its_restrictions(
    household: Household, change: dict[str, Any], code: int
) -> None:
    restrictions = (f"--allow-server={household.server.url}", "--allow-env=SEERR_API_KEY,")
    household.wish([DUNE])
    with SandboxServer() as evil:
        text = json.dumps(change).replace("EVIL", evil.url)
        sections = json.loads(text)
        household.write(
            {"wishes": {"source": "file:wishes.txt"}, **sections.pop("lists", {})}, **sections
        )
        assert household.run("plan", *restrictions).code == code
        assert evil.state.calls == []
    assert bool(household.server.state.calls) == (code == 0)
