"""The workflows in docs/deployment/ and examples/ do what their pages say, step by step."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

import pytest
import yaml

from examples.sandbox.media_server import SandboxServer
from tests.e2e.household import DUNE, ROOT, Household

EXAMPLE = ROOT / "examples" / "github-actions" / "listsync.yml"
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

    def run(self, *, is_installed: bool = True) -> None:
        """Run the steps that are due; listsync is installed already, or cannot be."""
        for step in filter(self._is_due, self.steps):
            if "pip install" in step["run"]:
                self.codes.append(0 if is_installed else 1)
                continue
            script = re.sub(
                r"\$\{\{ steps\.plan\.outputs\.(\w+) \}\}",
                lambda match: self.outputs[match[1]],
                step["run"],
            )
            listsync = f'listsync() {{ "{sys.executable}" -m reconciler "$@"; }}\n'
            command = (
                "bash",
                "-e",
                "-c",
                listsync + script.replace(".venv/bin/listsync", "listsync"),
            )
            done = self.household.apart(env=self.variables, command=command)
            self.codes.append(done.code)
            lines = self.output.read_text().splitlines()
            self.outputs = dict(line.split("=") for line in lines)

    def _is_due(self, step: dict[str, Any]) -> bool:
        """A condition that names no state of the job is for a job without a failure."""
        terms = str(step.get("if", "")).removeprefix("${{ ").removesuffix(" }}").split(" && ")
        whatever_failed = {"always()", "!cancelled()"}
        if not whatever_failed & {*terms} and any(self.codes):
            return False
        return all(self._holds(term) for term in {*terms} - whatever_failed - {""})

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


@pytest.mark.parametrize(("source", "is_installed", "shown"), [
    pytest.param("file:wishes.txt", True, "[Plan](RUN) for c0ffee:\n\n#", id="a plan"),
    pytest.param("no list", True, "[No plan](RUN) for c0ffee.\n\n    ", id="a refused file"),
    pytest.param("file:wishes.txt", False, "[No plan](RUN) for c0ffee.\n\n", id="not installed"),
])  # fmt: skip
def test_the_example_comments_on_the_commit_that_it_planned(
    household: Household, source: str, shown: str, *, is_installed: bool
) -> None:
    household.wish([DUNE])
    household.write({"wishes": {"source": source}})
    for name in ("plan.md", "errors.txt"):
        (household.folder / name).write_text("of another pull request")
    program = household.folder / "gh"
    program.write_text("#!/bin/sh\ncat > comment.md\n")
    program.chmod(0o755)
    path = f"{household.folder}:{os.environ['PATH']}"
    described = yaml.safe_load(EXAMPLE.read_text("utf-8"))["jobs"]["plan"]

    job = Job(household, described, PATH=path, NUMBER="7", COMMIT="c0ffee", RUN="RUN")
    job.run(is_installed=is_installed)

    comment = (household.folder / "comment.md").read_text()
    assert comment.startswith(shown)
    assert "another pull request" not in comment
    assert ("lists.wishes.source" in comment) == (source == "no list")
    assert any(job.codes) == ("No plan" in shown)


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
def test_the_example_plans_a_change_of_the_file_only_within_its_restrictions(
    household: Household, change: dict[str, Any], code: int
) -> None:
    env = yaml.safe_load(EXAMPLE.read_text("utf-8"))["env"]
    env |= {"LISTSYNC_CONFIG": "listsync.yaml", "LISTSYNC_LEDGER": "state/listsync.db"}
    env["LISTSYNC_ALLOW_SERVER"] = household.server.url
    household.wish([DUNE])
    with SandboxServer() as evil:
        text = json.dumps(change).replace("EVIL", evil.url)
        sections = json.loads(text)
        household.write(
            {"wishes": {"source": "file:wishes.txt"}, **sections.pop("lists", {})}, **sections
        )
        assert household.run("plan", "-o", "markdown", env=env).code == code
        assert evil.state.calls == []
    assert bool(household.server.state.calls) == (code == 0)
