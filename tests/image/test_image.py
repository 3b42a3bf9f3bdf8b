"""The Dockerfile's steps on this machine, and its images as they would run."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from examples.sandbox.media_server import SandboxServer
from examples.sandbox.sites import SandboxSites
from tests.image.container import Engine
from tests.project import places


def _why_not() -> str:
    """What this machine lacks to stand in for an engine; "" where nothing is."""
    if os.geteuid() != 0:
        return "needs root"
    if not all(map(shutil.which, ("unshare", "setpriv", "apt-get"))):
        return "needs Debian's unshare, setpriv and apt-get"
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:  # noqa: S603 - ours
        return "may not mount here"
    return ""


# `make image-steps` asks for these tests: there, what is missing is an error.
REASON = "" if os.environ.get("IMAGE_STEPS") == "required" else _why_not()
pytestmark = [
    pytest.mark.skipif(bool(REASON), reason=REASON),
    pytest.mark.browser,
    pytest.mark.timeout(400),
]
OWNER = 1000


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    built = Engine(places.ROOT, tmp_path_factory.mktemp("image"))
    built.build()
    return built


class Deployed:
    """A config folder and a data folder, and the image over them."""

    def __init__(self, engine: Engine, folder: Path, server: SandboxServer) -> None:
        self.engine = engine
        self.volumes: Mapping[str, Path] = {
            name: folder / name.strip("/") for name in ("/config", "/data")
        }
        for path in self.volumes.values():
            path.mkdir()
        os.chown(self.volumes["/data"], OWNER, OWNER)
        self.env = {"SEERR_API_KEY": server.api_key}
        self.server = server

    def write(self, lists: Mapping[str, object], **sections: object) -> None:
        server = {"url": self.server.url, "api_key": "${SEERR_API_KEY}"}
        text = yaml.safe_dump({"server": server, "lists": lists, **sections})
        (self.volumes["/config"] / "listsync.yaml").write_text(text)

    def start(self, image: str, *arguments: str) -> subprocess.Popen[str]:
        return self.engine.process(image, arguments, volumes=self.volumes, env=self.env)

    def run(self, image: str, *arguments: str) -> tuple[int, str, str]:
        process = self.start(image, *arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


@pytest.fixture
def deployed(engine: Engine, tmp_path: Path, server: SandboxServer) -> Deployed:
    return Deployed(engine, tmp_path, server)


def test_chromium_reads_a_list_as_an_ordinary_user_on_a_read_only_root(deployed: Deployed) -> None:
    with SandboxSites() as sites:
        lists = {"top": {"source": "imdb:top", "top": 3}}
        deployed.write(lists, providers={"imdb": {"base_url": sites.imdb_url}})
        code, out, err = deployed.run("full", "apply", "--yes")
    assert code == 0, err
    assert "3 created" in out
    assert len(deployed.server.state.requests) == 3
    assert (deployed.volumes["/data"] / "listsync.db").stat().st_uid == OWNER


def test_the_slim_image_reads_files(deployed: Deployed) -> None:
    (deployed.volumes["/config"] / "wishes.txt").write_text("imdb:tt1160419\n")
    deployed.write({"wishes": {"source": "file:wishes.txt"}})
    code, out, err = deployed.run("slim", "apply", "--yes")
    assert code == 0, err
    assert "1 created" in out


def test_the_image_stays_healthy_until_it_is_asked_to_end(
    deployed: Deployed, engine: Engine
) -> None:
    (deployed.volumes["/config"] / "wishes.txt").write_text("imdb:tt1160419\n")
    deployed.write({"wishes": {"source": "file:wishes.txt"}})
    running = deployed.start("slim", *engine.images["slim"].command)
    health = engine.images["slim"].health
    deadline = time.monotonic() + 60
    while not deployed.server.state.requests:
        assert running.poll() is None
        assert time.monotonic() < deadline
    assert deployed.run("slim", "/usr/bin/env", *health)[0] == 0
    running.terminate()
    running.communicate(timeout=60)
    assert len(deployed.server.state.requests) == 1
    deployed.write({"wishes": {"source": "file:wishes.txt"}})
    assert deployed.run("slim", "apply", "--yes")[0] == 0  # no lock was left behind
