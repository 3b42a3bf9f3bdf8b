"""A ``listsync run`` of a household, watched from outside: its port, its log, its end."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from examples.sandbox.titles import Title
from tests.e2e.household import Finished, Household, until


class Running:
    """One ``listsync run``."""

    def __init__(self, household: Household, process: subprocess.Popen[str], log: Path) -> None:
        self.household = household
        self.process = process
        self.log_file = log
        self.port = household_port(household)

    def get(self, path: str, method: str = "GET") -> tuple[int, str]:
        """Its answer over HTTP: status and body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def status(self) -> dict[str, Any]:
        """Its ``/status``."""
        document: dict[str, Any] = json.loads(self.get("/status")[1])
        return document

    def global_condition(self, kind: str) -> dict[str, str]:
        """A condition of the file or the server."""
        return next((c for c in self.status()["conditions"] if c["type"] == kind), {})

    def condition(self, name: str, kind: str) -> dict[str, str]:
        """A condition of a list."""
        lst = next((lst for lst in self.status()["lists"] if lst["name"] == name), None)
        return next((c for c in lst["conditions"] if c["type"] == kind), {}) if lst else {}

    def is_ready(self, name: str = "wishes") -> bool:
        """Whether a list is."""
        return self.condition(name, "Ready").get("status") == "True"

    def log(self) -> list[dict[str, Any]]:
        """Its log entries."""
        lines = self.log_file.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def events(self, beginning: str) -> list[dict[str, Any]]:
        """The log entries whose event begins like this."""
        return [line for line in self.log() if line["event"].startswith(beginning)]

    def run_count(self, name: str) -> int:
        """How many runs a list has had."""
        return sum(line["event"] == "run ended" and line["list"] == name for line in self.log())

    def end(self, signum: int = signal.SIGTERM, seconds: float = 20) -> Finished:
        """End it with a signal, and check its output."""
        self.process.send_signal(signum)
        code = self.process.wait(timeout=seconds)
        return self.household.checked(code, "", self.log_file.read_text())


@contextmanager
def running(household: Household, *arguments: str, **options: Any) -> Iterator[Running]:  # noqa: ANN401 - Popen's
    """``listsync run``, up and listening; at the end it must end by SIGTERM with 143."""
    log = household.folder / "run.log"
    with (
        log.open("w") as stderr,
        household.started("run", *arguments, stderr=stderr, **options) as process,
    ):
        run = Running(household, process, log)
        until(lambda: process.poll() is not None or _listens(run.port))
        assert process.poll() is None, log.read_text()
        yield run
        if process.poll() is None:
            assert run.end().code == 143


def listed(household: Household, name: str, *titles: Title) -> str:
    """A text file with these titles; the source that names it."""
    (household.folder / f"{name}.txt").write_text("".join(f"imdb:{t.imdb}\n" for t in titles))
    return f"file:{name}.txt"


def lists(household: Household, **lists_by_name: tuple[Title, ...]) -> dict[str, dict[str, Any]]:
    """Lists from text files, tried again after a second."""
    return {
        name: {"source": listed(household, name, *titles), "retry_interval": "1s"}
        for name, titles in lists_by_name.items()
    }


def write(household: Household, lists_by_name: dict[str, Any], **sections: Any) -> None:  # noqa: ANN401 - YAML
    """The file, with a port of this household's own."""
    controller = {
        "listen": f"127.0.0.1:{household_port(household)}",
        **sections.pop("controller", {}),
    }
    household.write(lists_by_name, controller=controller, **sections)


def household_port(household: Household) -> int:
    """A free port, the same each time."""
    port_file = household.folder / "port"
    if not port_file.exists():
        port_file.write_text(str(free_port()))
    return int(port_file.read_text())


def free_port() -> int:
    """Below the ports that the system gives to whoever asks for any: nobody takes it meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _listens(port: int) -> bool:
    with socket.socket() as visitor:
        return visitor.connect_ex(("127.0.0.1", port)) == 0
