"""action.yml: its shell steps plan and apply; its report comments, and decides about the check."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

import pytest
import yaml

from examples.sandbox.media_server import SandboxServer
from reconciler.cli import github
from tests.e2e.household import DUNE, HEAT, ROOT, Finished, Household

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
EXAMPLE = yaml.safe_load((ROOT / "examples/github-actions/listsync.yml").read_text("utf-8"))
MARKER = "<!-- listsync: listsync -->"
RUN = "https://github.example/anna/watchlists/actions/runs/99"
FOREIGN = {"id": "IC_1", "body": f"{MARKER}\nof somebody else", "viewerDidAuthor": False}


class GitHub:
    """The comments of pull request 7, through as much of GraphQL as the action uses."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = [dict(FOREIGN)]
        self.status, self.error = 200, ""
        github_ = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["Authorization"] == "Bearer made-up"
                answer = github_.answer(call["query"], **call["variables"])
                content = json.dumps(answer).encode()
                self.send_response(github_.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/graphql"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, query: str, **variables: Any) -> Any:  # noqa: ANN401 - JSON
        if self.error == "no answer":
            return []
        if self.error:
            return {"data": None, "errors": [{"message": self.error}]}
        if "updateIssueComment" in query:
            [comment] = [it for it in self.comments if it["id"] == variables["id"]]
            comment["body"] = variables["body"]
        elif "addComment" in query:
            assert variables["id"] == "PR_7"
            number = len(self.comments) + 1
            added = {"id": f"IC_{number}", "body": variables["body"], "viewerDidAuthor": True}
            self.comments.append(added)
        else:
            assert (variables["owner"], variables["name"]) == ("anna", "watchlists")
            assert variables["number"] == 7
            place = int(variables["after"] or 0)  # one comment a page
            page = {"hasNextPage": place + 1 < len(self.comments), "endCursor": str(place + 1)}
            comments = {"nodes": self.comments[place : place + 1], "pageInfo": page}
            pull_request = {"id": "PR_7", "comments": comments}
            return {"data": {"repository": {"pullRequest": pull_request}}}
        return {"data": {}}


@pytest.fixture
def api() -> Iterator[GitHub]:
    with GitHub() as github_:
        yield github_


class Job:
    """The action's shell steps, with the contexts that a runner has."""

    def __init__(self, household: Household, api: GitHub, **inputs: str) -> None:
        self.household = household
        temp = household.folder.parent / f"{household.folder.name}-temp"
        (temp / "listsync" / "bin").mkdir(parents=True, exist_ok=True)
        python = Path(sys.executable)
        for name, program in (("python", python), ("listsync", python.with_name("listsync"))):
            wrapper = temp / "listsync" / "bin" / name
            wrapper.write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
            wrapper.chmod(0o755)
        self.summary, self.outputs = temp / "summary", temp / "outputs"
        values = {"mode": "plan", "allow-server": household.server.url, **inputs}
        values.setdefault("env", f"SEERR_API_KEY={household.server.api_key}\n\n")
        self.contexts = {
            **{f"inputs.{name}": it.get("default", "") for name, it in ACTION["inputs"].items()},
            **{f"inputs.{name}": value for name, value in values.items()},
            "inputs.token": "made-up",
            "runner.temp": str(temp),
            "github.action_path": str(ROOT),
            "github.event.pull_request.number": "7",
            "github.event.pull_request.head.sha || github.sha": "c0ffee",
        }
        self.variables = {
            "GITHUB_REPOSITORY": "anna/watchlists",
            "GITHUB_RUN_ID": "99",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_GRAPHQL_URL": api.url,
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.outputs),
        }

    def environment(self, step: dict[str, Any]) -> dict[str, str]:
        values = {
            name: re.sub(r"\$\{\{ (.+?) \}\}", lambda match: self.contexts[match[1]], value)
            for name, value in step["env"].items()
        }
        return {**self.variables, **values}

    def step(self, name: str) -> Finished:
        [step] = [it for it in ACTION["runs"]["steps"] if it["name"] == name]
        script = self.household.folder.parent / "script.sh"
        script.write_text(step["run"])
        command = ("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script))
        return self.household.apart(env=self.environment(step), command=command)

    def report(self) -> int:
        """The last step, within this process."""
        [*_, step] = ACTION["runs"]["steps"]
        environment = self.environment(step)
        return github.main(Path(environment["RESULT"]), environment)


def own_comment(api: GitHub) -> str:
    """The one comment of the action; nobody else's changed."""
    foreign, own = api.comments
    assert foreign == FOREIGN
    body: str = own["body"]
    assert body.startswith(f"{MARKER}\n")
    return body.removeprefix(f"{MARKER}\n")


def test_a_plan_becomes_one_comment_and_nothing_of_the_workspace_is_executed(
    household: Household, api: GitHub
) -> None:
    household.wish([DUNE])
    for name in ("reconciler", "requests", "venv", "json"):
        (household.folder / f"{name}.py").write_text("raise SystemExit('executed')\n")
    job = Job(household, api)

    assert job.step("Run listsync").code == 0
    assert job.step("Report").code == 0
    assert job.report() == 0  # edits the comment

    comment = own_comment(api)
    assert comment.startswith(f"[Plan]({RUN}) for c0ffee:\n\n### listsync `")
    assert "Dune" in comment
    assert comment in job.summary.read_text()
    assert "changes=1\n" in job.outputs.read_text()
    assert household.stored() == []


def test_a_config_error_becomes_the_comment_and_fails_the_check(
    household: Household, api: GitHub
) -> None:
    lists = {"wishes": {"source": "no list"}, "top": {"source": "imdb:top", "requester": "${HOME}"}}
    household.write(lists)
    job = Job(household, api)

    assert job.step("Run listsync").code == 0
    assert job.report() == 78

    comment = own_comment(api)
    assert comment.startswith(f"[No plan]({RUN}) for c0ffee:\n\n    ")
    assert "lists.wishes.source" in comment
    assert "lists.top.requester: the variable HOME is not allowed" in comment
    assert household.server.state.calls == []


def test_no_error_gives_the_runner_a_command(household: Household, api: GitHub) -> None:
    command = "::set-output name=changes::0.yaml:1:8 lists: must be a mapping"
    (household.folder / command.partition(":1:")[0]).write_text("lists: 5")
    household.write({}, include=["*::*.yaml"])

    done = Job(household, api).step("Run listsync")

    stopped, *errors, resumed = done.out.splitlines()
    assert stopped == f"::stop-commands::{resumed.strip(':')}"
    assert len(resumed) > 16
    assert any(error.startswith(command) for error in errors)
    assert resumed not in errors


def test_a_site_that_cannot_be_reached_fails_no_check(
    household: Household, api: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    with SandboxServer() as stopped:
        away = f"json:{stopped.url}/away.json"
    household.wish([DUNE])
    household.write({"wishes": {"source": "file:wishes.txt"}, "away": {"source": away}})
    job = Job(household, api)

    assert job.step("Run listsync").code == 0
    assert job.report() == 0

    assert "::warning::not read: away\n" in capsys.readouterr().out
    assert "unreachable" in own_comment(api)


def test_apply_requests_what_was_reviewed_and_nothing_else(
    household: Household, api: GitHub
) -> None:
    household.wish([DUNE])
    plan_id = household.run("plan", "-o", "json").document["plan_id"]
    household.wish([DUNE, HEAT])
    job = Job(household, api, mode="apply", expect=plan_id)
    assert job.step("Run listsync").code == 0
    assert job.report() == 3
    assert household.stored() == []

    household.wish([DUNE])
    assert job.step("Run listsync").code == 0
    assert job.report() == 0
    assert household.stored() == [DUNE.tmdb]
    assert own_comment(api).startswith(f"[Apply]({RUN})")


@pytest.mark.parametrize(("inputs", "sentence"), [
    ({"mode": "run"}, "::error::mode is unknown. Use plan or apply."),
    ({"name": "--> @anna"}, "::error::name: use only letters"),
    ({"env": "a secret"}, "::error::env: write one NAME=VALUE a line."),
], ids=["mode", "name", "env"])  # fmt: skip
def test_a_wrong_input_is_one_sentence(
    household: Household, api: GitHub, inputs: dict[str, str], sentence: str
) -> None:
    done = Job(household, api, **inputs).step("Run listsync")
    assert (done.code, done.err) == (64, "")
    assert done.out.startswith(sentence)
    assert "a secret" not in done.out


def test_many_errors_become_a_comment_that_github_accepts_and_that_mentions_nobody(
    api: GitHub, household: Household
) -> None:
    lists = {f"list-{n}": {"source": f"<!-- listsync: b --> @anna #{n}"} for n in range(1_000)}
    household.write(lists)
    job = Job(household, api)

    assert job.step("Run listsync").code == 0
    assert job.report() == 78

    comment = own_comment(api)
    _, _, *lines = comment.splitlines()
    assert len(api.comments[-1]["body"]) <= 65_536
    assert len(lines) > 100
    assert all(line.startswith("    ") for line in lines)  # code, in which nothing is a mention


@pytest.mark.parametrize(("status", "error"), [
    (403, ""), (200, "Resource not accessible by integration\n::error::x"), (200, "no answer")
], ids=["refused", "an error of GraphQL", "something else"])  # fmt: skip
def test_a_comment_that_github_refuses_is_a_warning(
    household: Household, api: GitHub, capsys: pytest.CaptureFixture[str], status: int, error: str
) -> None:
    api.status, api.error = status, error
    household.wish([DUNE])
    job = Job(household, api)
    folder = Path(job.contexts["runner.temp"]) / "listsync-result"
    folder.mkdir()
    for name, content in (("code", "78\n"), ("result.json", ""), ("errors.txt", "wrong\n")):
        (folder / name).write_text(content)

    assert job.report() == 78

    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("::warning::the comment cannot be written: ")
    assert "pull-requests: write" in line


def listed(
    outcome: str = "complete", problem: str | None = None, source: str = "imdb:top"
) -> dict[str, Any]:
    return {"name": "a", "source": source, "problem": problem, "fetch": {"outcome": outcome}}


@pytest.mark.parametrize(("lists", "stops", "results", "expected"), [
    pytest.param([listed("blocked"), listed()], [], [], True, id="blocked"),
    pytest.param([listed("rate-limited")], [], ["done"], True, id="rate-limited"),
    pytest.param([listed("incomplete")], ["excluded"], [], True, id="an exclude list unread"),
    pytest.param([listed("incomplete", source="file:a.csv")], [], [], False, id="a file"),
    pytest.param([listed("private")], [], [], False, id="private"),
    pytest.param([listed("missing")], [], [], False, id="missing"),
    pytest.param([listed("blocked", "no such user")], [], [], False, id="unknown requester"),
    pytest.param([listed()], ["unresolved"], [], False, id="another server"),
    pytest.param([listed("blocked")], [], ["refused"], False, id="a refused request"),
])  # fmt: skip
def test_only_the_reading_of_a_site_is_excused(
    lists: list[Any], stops: list[str], results: list[str], *, expected: bool
) -> None:
    document: Any = {
        "lists": lists,
        "stopped": [{"reason": reason} for reason in stops],
        "actions": [{"result": result} for result in results],
    }
    assert github.only_sites_failed(document) is expected


def test_inputs_reach_the_shell_as_variables_only_and_the_key_one_step() -> None:
    steps = [step for step in ACTION["runs"]["steps"] if "run" in step]
    assert not any("${{" in step["run"] for step in steps)
    assert [step["name"] for step in steps if "inputs.env" in str(step)] == ["Run listsync"]
    others = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert all(re.fullmatch(r"actions/cache/(restore|save)@[0-9a-f]{40}", use) for use in others)


@pytest.mark.parametrize("job", ["plan", "apply"])
def test_the_example_gives_the_action_what_it_needs(job: str) -> None:
    [checkout, action] = EXAMPLE["jobs"][job]["steps"]
    assert checkout["with"] == {"persist-credentials": False}
    inputs = ACTION["inputs"]
    assert {name for name, it in inputs.items() if it.get("required")} <= action["with"].keys()
    assert action["with"].keys() <= inputs.keys()
    assert action["with"]["mode"] == job
    assert action["with"]["env"] == "SEERR_API_KEY=${{ secrets.SEERR_API_KEY }}\n"
    assert "secrets." not in str({**EXAMPLE["jobs"][job], "steps": checkout})
