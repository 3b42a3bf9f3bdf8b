"""Secrets of every shape in the addresses of lists are in nothing that listsync shows or keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote, unquote

import pytest

from tests.e2e.household import DUNE, Household, until
from tests.e2e.receiver import TOKEN, Receiver
from tests.e2e.running import running, write

GITHUB = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
PHRASE = "correct-horse-battery-staple"
FROM_VARIABLES = {
    "FROM_PATH": "swordfish",
    "FROM_QUERY": "opensesame",
    "FROM_USER": "anna:letmein99",
    "FROM_NAME": "plainword",
}
# By list: what its address ends in. {} is where the site listens.
ADDRESSES = {
    "path": f"json:http://{{}}/{GITHUB}/list.json",
    "query": "json:http://{}/list.json?v=MTc2MzgyNjQwMDAwMGFiY2RlZmFi",
    "hex": "json:http://{}/list.json?id=9f86d081884c7d65",
    "phrase": f"json:http://{{}}/{PHRASE}/list.json",
    "spaces": "json:http://{}/open%20the%20pod%20bay/list.json",
    "short": "json:http://{}/list.json?password=hunter22",
    "variable": "json:http://{}/x-${FROM_PATH}/list.json?who=${FROM_QUERY}",
    "user": "json:http://${FROM_USER}@{}/list.json",
    "whole": "${FROM_WHOLE}",
    "broken": f"json:http://{{}}/broken/{GITHUB}/${{FROM_NAME}}",
    "feed": f"rss:http://{{}}/feed/{GITHUB}?n=${{FROM_NAME}}",
}
SECRETS = [
    GITHUB, PHRASE, "MTc2MzgyNjQwMDAwMGFiY2RlZmFi", "9f86d081884c7d65", "open the pod bay",
    "open%20the%20pod%20bay", "hunter22", "swordfish", "opensesame", "letmein99", "plainword",
    "wholesecret",
]  # fmt: skip


class _Site(BaseHTTPRequestHandler):
    """Echoes what it is asked for into a title; asked for something broken, it breaks."""

    def do_GET(self) -> None:
        text = f"{self.path} {unquote(self.path)} {self.headers.get('Authorization', '')}"
        rows = [{"title": "Dune", "imdb_id": DUNE.imdb}, {"title": f"Echo {text}", "year": 2021}]
        body = json.dumps(rows).encode()
        if "feed" in self.path:
            item = f"<item><title>Echo {quote(text)}</title></item>"
            body = f"<rss><channel>{item}</channel></rss>".encode()
        self.send_response(500 if "broken" in self.path else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
        """Nothing is logged."""


@pytest.fixture
def planted(household: Household) -> Iterator[Household]:
    """A household with a list for each shape of a secret, and nobody may hear of any."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
    host = f"127.0.0.1:{site.server_port}"
    household.env |= FROM_VARIABLES
    household.env["FROM_WHOLE"] = f"http://{host}/wholesecret/list.json?token=wholesecret"
    household.secrets += [*SECRETS, TOKEN]
    lists = {name: {"source": text.replace("{}", host)} for name, text in ADDRESSES.items()}
    with Receiver() as receiver:
        write(household, lists, notify={"urls": [receiver.url], "events": ["applied", "stalled"]})
        yield household
        result = json.dumps(receiver.posts)
        assert receiver.posts
        assert [secret for secret in SECRETS if secret in result] == []
    site.shutdown()
    site.server_close()


COMMANDS = [
    ("validate",),
    ("config", "show", "--origin"),
    ("config", "show", "-o", "json"),
    ("doctor",),
    ("fetch", "path"),
    ("fetch", "broken", "--debug-dir", "debug"),
    ("plan", "-v", "-o", "json"),
    ("plan", "--out", "saved.json"),
    ("plan", "-o", "markdown"),
    ("apply", "--yes", "-o", "json"),
    ("status", "-o", "json"),
    ("status", "variable"),
    ("explain", "Dune"),
    ("explain", "Echo", "-o", "json"),
    ("history",),
]


def test_no_command_shows_or_keeps_a_secret_of_an_address(planted: Household) -> None:
    outputs = {" ".join(command): planted.run(*command) for command in COMMANDS}
    with running(planted) as run:
        until(lambda: run.condition("path", "Ready").get("status") == "True")
        until(lambda: run.condition("broken", "Ready").get("status") == "False")
        pages = [run.get(page)[1] for page in ("/status", "/metrics", "/readyz")]
    files = [
        file.read_text()
        for file in planted.folder.rglob("*")
        if file.suffix != ".db"
        if file.is_file() and file.name != "listsync.yaml" and "state" not in file.parts
    ]

    text = "\n".join([*pages, *files, *(done.out + done.err for done in outputs.values())])
    assert [secret for secret in SECRETS if secret in text] == []
    assert "Echo" in outputs["fetch path"].out
    assert "broken" in outputs["plan --out saved.json"].out
    assert planted.stored() == [DUNE.tmdb]


@pytest.mark.parametrize(
    "source",
    [GITHUB, f"https://lists.example/{GITHUB}/x", f"json:{GITHUB}", f"lists.example/{PHRASE}"],
)
def test_no_refusal_quotes_a_secret(household: Household, source: str) -> None:
    household.secrets += SECRETS
    household.write({"wrong": {"source": source}})
    assert household.run("validate").code == 78
