"""``python -m reconciler.cli.github FOLDER``: report a run of the GitHub Action in ``action.yml``.

The previous step wrote listsync's ``-o json`` output, messages and exit code to the folder.
The report goes to the summary of the job and to one comment on the pull request. The queries
follow GitHub's GraphQL reference: ``viewerDidAuthor`` distinguishes our comment from somebody
else's with the same marker.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from reconciler.core.conditions import NOT_DONE
from reconciler.core.model import READ, Outcome, Reason
from reconciler.http.client import Session
from reconciler.http.transport import Adapter
from reconciler.render.document import PlanDocument
from reconciler.render.markdown import LONGEST, plan_markdown
from reconciler.render.words import clean
from reconciler.sync.execute import SOMETHING_FAILED, STOPPED

_OF_THE_SITE = READ | {
    Outcome.BLOCKED,
    Outcome.CHANGED_LAYOUT,
    Outcome.INCOMPLETE,
    Outcome.RATE_LIMITED,
    Outcome.UNREACHABLE,
}
_SECONDS = 30
_COMMENTS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { id
    comments(first: 100, after: $after) {
      nodes { id body viewerDidAuthor } pageInfo { hasNextPage endCursor } } } } }"""
_UPDATE = """
mutation($id: ID!, $body: String!) {
  updateIssueComment(input: {id: $id, body: $body}) { clientMutationId } }"""
_ADD = """
mutation($id: ID!, $body: String!) {
  addComment(input: {subjectId: $id, body: $body}) { clientMutationId } }"""


def main(folder: Path, env: Mapping[str, str]) -> int:
    """Report, and return the exit code of the check."""
    code = int((folder / "code").read_text(encoding="utf-8"))
    document = _read_document(folder / "result.json")
    errors = (folder / "errors.txt").read_text(encoding="utf-8", errors="replace")
    text = report(document, errors, env)
    if path := env.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as summary:
            summary.write(text)
    if env.get("NUMBER") and env.get("TOKEN"):
        try:
            _comment(f"<!-- listsync: {env['NAME']} -->", text, env)
        except (requests.RequestException, LookupError, TypeError, AttributeError) as error:
            hint = "give the job the permission pull-requests: write"
            print(f"::warning::the comment cannot be written: {clean(str(error))}. To fix: {hint}")  # noqa: T201 - a command to the runner
    if code not in {SOMETHING_FAILED, STOPPED} or not document or not only_sites_failed(document):
        return code
    unread = [row["name"] for row in document["lists"] if row["fetch"]["outcome"] not in READ]
    print(f"::warning::not read: {', '.join(unread) or 'some titles on TMDB'}")  # noqa: T201 - as above
    return 0


def only_sites_failed(document: PlanDocument) -> bool:
    """Whether the only failures are sites that could not be read, which is not the config's fault.

    A list in a file is in the repository, and can be fixed there.
    """
    return (
        all(
            row["fetch"]["outcome"] in (READ if row["source"].startswith("file:") else _OF_THE_SITE)
            for row in document["lists"]
        )
        and not any(row["problem"] for row in document["lists"])
        and all(stop["reason"] == Reason.EXCLUDED for stop in document["stopped"])
        and not any(row.get("result") in NOT_DONE for row in document["actions"])
    )


def report(document: PlanDocument | None, errors: str, env: Mapping[str, str]) -> str:
    """Markdown: the plan or the result; without one, the errors as text without mentions."""
    run = (
        f"{env['GITHUB_SERVER_URL']}/{env['GITHUB_REPOSITORY']}/actions/runs/{env['GITHUB_RUN_ID']}"
    )
    if document:
        return (
            f"[{env['MODE'].capitalize()}]({run}) for {env['COMMIT']}:\n\n{plan_markdown(document)}"
        )
    lines = "".join(f"    {line}\n" for line in errors.splitlines())
    return f"[No {env['MODE']}]({run}) for {env['COMMIT']}:\n\n{lines[:LONGEST]}"


def _read_document(path: Path) -> PlanDocument | None:
    """The plan or the result; None for an error's document."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return document if "lists" in document else None


def _comment(marker: str, text: str, env: Mapping[str, str]) -> None:
    """Edit the own comment that begins with the marker, or add it.

    Raises requests.RequestException for what GitHub does not allow; LookupError, TypeError or
    AttributeError for an answer of another shape.
    """
    owner, _, name = env["GITHUB_REPOSITORY"].partition("/")
    with Session(Adapter()) as session:
        session.headers["Authorization"] = f"Bearer {env['TOKEN']}"

        def call(query: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
            response = session.post(
                env["GITHUB_GRAPHQL_URL"],
                json={"query": query, "variables": variables},
                timeout=_SECONDS,
            )
            response.raise_for_status()
            answer = response.json()
            if answer.get("errors"):
                raise LookupError(answer["errors"][0]["message"])
            return answer["data"]

        own, after = None, None
        while own is None:
            data = call(_COMMENTS, owner=owner, name=name, number=int(env["NUMBER"]), after=after)
            pull_request = data["repository"]["pullRequest"]
            comments = pull_request["comments"]
            for node in comments["nodes"]:
                if node["viewerDidAuthor"] and node["body"].startswith(marker):
                    own = node["id"]
            if not comments["pageInfo"]["hasNextPage"]:
                break
            after = comments["pageInfo"]["endCursor"]
        body = f"{marker}\n{text}"
        call(_UPDATE if own else _ADD, id=own or pull_request["id"], body=body)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), os.environ))
