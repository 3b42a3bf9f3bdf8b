"""Random secrets in all places of addresses: no output and nothing that is kept shows one."""

from __future__ import annotations

import json
import string
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote
from uuid import UUID

from tests.e2e.household import DUNE, Household, until
from tests.e2e.receiver import Receiver
from tests.e2e.running import running, write
from tests.torture.attack import Attack, check
from tests.torture.hostile_server import HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from examples.sandbox.seerr.answers import Answer, Call
    from tests.torture.attack import Figures, Strike

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("validate",),
    ("config", "show"),
    ("doctor",),
    ("fetch", "{list}", "--debug-dir", "debug"),
    ("plan", "-v", "--debug-dir", "debug"),
    ("plan", "-o", "json"),
    ("plan", "--out", "saved.json"),
    ("plan", "-o", "markdown"),
    ("apply", "--yes", "-o", "json"),
    ("apply", "--yes", "-v"),
    ("status",),
    ("status", "-o", "json"),
    ("status", "{list}"),
    ("explain", "Echo"),
    ("explain", "Echo", "-o", "json"),
    ("history",),
    ("history", "-o", "json"),
)
IN_RUN = 0.2  # of the rounds: `run` and its pages, too
FORMS = ("token", "hex", "base64", "uuid", "phrase", "marks", "foreign")
# {0} and {1}: a secret, or the variable that holds it. {site}: where the site listens.
PLACES = (
    "json:http://{site}/{0}/list.json",
    "json:http://{site}/a/x-{0}/list.json?who={1}",
    "json:http://{site}/list.json?apikey={0}&b={1}",
    "json:http://{site}/list.json?v={0}",
    "json:http://anna:{0}@{site}/list.json",
    "json:http://{0}:{1}@{site}/list.json",
    "rss:http://{site}/feed/{0}?token={1}",
    "json:movies:http://{site}/broken/{0}/{1}",
    "rss:http://{site}/feed/broken?k={0}#{1}",
    "json:http://{site}/moved/{0}?to={1}",
)


def secret_of(chance: Random, form: str) -> str:
    """A secret that is long enough to be masked wherever it turns up."""
    size = chance.randint(12, 48)
    match form:
        case "token":
            return "ghp_" + "".join(chance.choices(string.ascii_letters + string.digits, k=36))
        case "hex":
            return chance.randbytes(chance.randint(8, 32)).hex()
        case "base64":
            return "".join(chance.choices(string.ascii_letters + string.digits + "-_", k=size))
        case "uuid":
            return str(UUID(int=chance.getrandbits(128)))
        case "phrase":
            words = ("correct", "horse", "battery", "staple", "tomorrow", "elephant", "window")
            return "-".join(chance.sample(words, 4)) + str(chance.randint(10, 99))
        case "marks":
            return "".join(
                chance.choices(string.ascii_letters + string.digits + "!$~*.,;+=", k=size)
            )
    return "".join(chance.choices("äöüßéñçøåšž" + string.ascii_letters + string.digits, k=size))


class _Site(BaseHTTPRequestHandler):
    """Echoes what it is asked for into titles, redirects and errors."""

    def do_GET(self) -> None:
        echo = f"{self.path} {unquote(self.path)} {' '.join(self.headers.values())}"
        rows: list[dict[str, Any]] = [{"title": "Dune", "imdb_id": DUNE.imdb}]
        rows += [{"title": f"Echo {echo}", "year": 2021}, {"title": "Echo", "original_title": echo}]
        body = json.dumps(rows).encode()
        if "/tmdb/" in self.path:
            page = {"page": 1, "total_pages": 1, "total_results": 1}
            row = {"id": DUNE.tmdb, "title": f"Echo {echo}", "media_type": "movie"}
            body = json.dumps({"items": [row], **page}).encode()
        if "/feed" in self.path:
            item = (
                f"<item><title>Echo {quote(echo)} (2001)</title><link>{quote(echo)}</link></item>"
            )
            body = f"<rss><channel>{item}</channel></rss>".encode()
        if "broken" in self.path:
            body = json.dumps({"error": echo, "message": echo}).encode()
        status = 302 if "moved" in self.path else 500 if "/broken/" in self.path else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://127.0.0.1:9{self.path}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
        """Nothing is logged."""


@contextmanager
def set_up() -> Iterator[Strike]:
    """The site is the same for all rounds; each has a server and a folder of its own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as site:
        Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
        yield lambda chance: strike(chance, f"127.0.0.1:{site.server_port}")
        site.shutdown()


def strike(chance: Random, site: str) -> Figures:
    """A file full of secrets, and most commands on it."""
    with TemporaryDirectory() as folder, HostileServer() as server, Receiver() as receiver:
        server.spoil = _echo(server.api_key)
        household = Household(Path(folder), server)
        lists, hidden = _lists(chance, site, household)
        providers, keys = _providers(chance, site, household)
        lists |= {"keyed": {"source": "mdblist:anna/night"}, "token": {"source": "tmdb:list/7"}}
        hidden += keys
        notify = {"urls": [receiver.url], "events": ["applied", "stalled"]}
        write(household, lists, notify=notify, providers=providers)
        hidden = [*hidden, server.api_key]
        check(household.run("validate").code == 0, "the file is refused")
        commands = [command for command in COMMANDS if chance.random() < SHARE] or [COMMANDS[4]]
        outputs = [_run(household, command, chance.choice(list(lists))) for command in commands]
        if chance.random() < IN_RUN:
            outputs.append(_pages(household, lists))
            commands.append(("run",))
        outputs.append(json.dumps(receiver.posts, ensure_ascii=False))
        outputs += [
            file.read_bytes().decode("utf-8", "replace") for file in _files_of_listsync(household)
        ]
    text = "\n".join(outputs)
    hits = [secret for secret in hidden for form in _spellings(secret) if form in text]
    places = [f"…{text[max(0, at - 150) : at + 60]!r}" for at in _first(text, hits)]
    check(not hits, f"{len(hits)} hits after {commands}: {hits}, at {places}")
    return {"secrets": len(hidden), "commands": len(commands), "characters": len(text), "hits": 0}


OURS = {"listsync.yaml", "port", "mdblist.key", "tmdb.key"}
SHARE = 0.5  # of the commands in a round


def _lists(chance: Random, site: str, household: Household) -> tuple[dict[str, Any], list[str]]:
    """Lists with secrets in their addresses, and those secrets."""
    lists: dict[str, Any] = {}
    hidden: list[str] = []
    for number, place in enumerate(chance.sample(PLACES, 5)):
        words = []
        for part in range(place.count("{0}") + place.count("{1}")):
            secret = secret_of(chance, chance.choice(FORMS))
            hidden.append(secret)
            word = quote(secret, safe="")
            if chance.random() < 0.5:
                household.env[f"SECRET_{number}_{part}"] = word
                word = f"${{SECRET_{number}_{part}}}"
            words.append(word.replace("$", "$$") if not word.startswith("${") else word)
        lists[f"list{number}"] = {"source": place.format(*words, site=site)}
    return lists, hidden


def _providers(
    chance: Random, site: str, household: Household
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Keys of two sites: from a file, from a variable, or as they are."""
    providers: dict[str, dict[str, str]] = {}
    keys = []
    for name in ("mdblist", "tmdb"):
        key = secret_of(chance, chance.choice(("token", "hex", "base64", "uuid")))
        keys.append(key)
        (household.folder / f"{name}.key").write_text(f"{key}\n")
        household.env[f"KEY_OF_{name.upper()}"] = key
        written = {
            "api_key": chance.choice((key, f"${{KEY_OF_{name.upper()}}}")),
            "api_key_file": f"{name}.key",
        }
        chosen = chance.choice(list(written))
        providers[name] = {"api_url": f"http://{site}/{name}", chosen: written[chosen]}
    return providers, keys


def _echo(key: str) -> Any:  # noqa: ANN401 - a function
    """A server that shows the key it was called with, in messages and titles."""

    def spoil(_: Call, answer: Answer) -> Answer:
        if not isinstance(answer.body, dict):
            return answer
        echoed = {
            name: f"{value} {key}" for name, value in answer.body.items() if isinstance(value, str)
        }
        return replace(answer, body=answer.body | echoed)

    return spoil


def _run(household: Household, command: tuple[str, ...], name: str) -> str:
    done = household.run(*(word.replace("{list}", name) for word in command))
    return done.out + done.err


def _pages(household: Household, lists: dict[str, Any]) -> str:
    with running(household) as run:
        until(lambda: all(run.condition(name, "Ready") for name in lists))
        pages = [run.get(page)[1] for page in ("/status", "/metrics", "/readyz")]
    return "\n".join(pages)


def _files_of_listsync(household: Household) -> list[Path]:
    files = [file for file in household.folder.rglob("*") if file.is_file()]
    return [file for file in files if file.name not in OURS]


def _spellings(secret: str) -> set[str]:
    """A secret as it may be written in an address, in JSON and elsewhere."""
    escaped = json.dumps(secret)[1:-1]
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escaped}


def _first(text: str, hits: list[str]) -> list[int]:
    places = (text.find(form) for secret in hits[:3] for form in _spellings(secret))
    return [at for at in places if at >= 0][:3]


ATTACK = Attack("secrets", "0 hits", set_up)
