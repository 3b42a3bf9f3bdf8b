"""The workflows in docs/commands.md and examples/ do what their pages say, step by step."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest
import yaml

from examples.sandbox.media_server import SandboxServer
from tests.e2e.household import DUNE, ROOT, Household

EXAMPLE = ROOT / "examples" / "github-actions" / "listsync.yml"
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
    house: Household, change: dict[str, Any], code: int
) -> None:
    env = yaml.safe_load(EXAMPLE.read_text("utf-8"))["env"]
    env |= {"LISTSYNC_CONFIG": "listsync.yaml", "LISTSYNC_LEDGER": "state/listsync.db"}
    env["LISTSYNC_ALLOW_SERVER"] = house.server.url
    house.wish([DUNE])
    with SandboxServer() as evil:
        text = json.dumps(change).replace("EVIL", evil.url)
        sections = json.loads(text)
        house.write(
            {"wishes": {"source": "file:wishes.txt"}, **sections.pop("lists", {})}, **sections
        )
        assert house.run("plan", "-o", "markdown", env=env).code == code
        assert evil.state.calls == []
    assert bool(house.server.state.calls) == (code == 0)
