"""``make dist``: whether the built packages can be installed and do what they should.

Each package is installed into an empty environment, with the tested versions of its dependencies,
and its ``listsync`` makes a config and a plan against the sandbox.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from examples.sandbox.media_server import SandboxServer
from tests.project import places

SCHEMA = "listsync.schema.json"


class ReleaseError(Exception):
    """What is wrong with the packages, in a sentence."""


def project_version() -> str:
    """The version, from the one place that states it."""
    text = (places.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version: str = tomllib.loads(text)["project"]["version"]
    return version


def check_tag(tag: str, version: str) -> None:
    """Raises ReleaseError if this tag is not the one of the version."""
    if tag != f"v{version}":
        message = f"pyproject.toml: the version is {version}, so the tag must be v{version}, not"
        raise ReleaseError(f"{message} {tag}. Change the version, or tag another commit.")


def built_packages(folder: Path, version: str) -> list[Path]:
    """The wheel and the sdist of this version. Raises ReleaseError if there is anything else."""
    expected = [f"listsync-{version}-py3-none-any.whl", f"listsync-{version}.tar.gz"]
    names = sorted(path.name for path in folder.iterdir())
    if names != expected:
        raise ReleaseError(
            f"{folder}: expected {', '.join(expected)}, found {', '.join(names) or 'no files'}."
            " Run `make dist`."
        )
    return [folder / name for name in names]


class Installation:
    """A package in an environment of its own below ``folder``."""

    def __init__(self, package: Path, folder: Path) -> None:
        environment = folder / "environment"
        venv.create(environment, with_pip=False, symlinks=True)
        constraints = places.ROOT / "constraints.txt"
        pip = [sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet"]
        self._run([*pip, "--disable-pip-version-check", "-c", constraints, package], os.environ)
        self._listsync = environment / "bin" / "listsync"
        self._folder = folder / "user"
        self._folder.mkdir()

    def listsync(self, *arguments: str, **variables: str) -> str:
        """What a command prints. Raises ReleaseError with its messages if it fails."""
        env = {"PATH": os.defpath, "HOME": str(self._folder), **variables}
        return self._run([self._listsync, *arguments], env, cwd=self._folder)

    def try_commands(self, version: str) -> None:
        """From an empty folder to a plan."""
        with SandboxServer() as server:
            (self._folder / "wishes.txt").write_text("imdb:tt1160419\n", encoding="utf-8")
            key = {"SEERR_API_KEY": server.api_key}
            self._expect(f"listsync {version} ", self.listsync("version"))
            self.listsync("init", "--server", server.url, "file:wishes.txt")
            self._expect("ok", self.listsync("validate", **key))
            self._expect("1 to request", self.listsync("plan", **key))

    @staticmethod
    def _expect(text: str, output: str) -> None:
        if text not in output:
            raise ReleaseError(f"expected {text!r} in the output:\n{output}")

    @staticmethod
    def _run(
        words: Sequence[str | Path], env: Mapping[str, str], *, cwd: Path | None = None
    ) -> str:
        done = subprocess.run(  # noqa: S603 - pip, and the command that it installed
            list(map(str, words)), env=env, cwd=cwd, capture_output=True, text=True, check=False
        )
        if done.returncode:
            command = " ".join(map(str, words))
            raise ReleaseError(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


def main(words: Sequence[str] | None = None) -> int:
    """Try both packages, and add the JSON Schema that the wheel prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what `python -m build` wrote")
    parser.add_argument("--tag", default="", help="compare this tag with the version")
    arguments = parser.parse_args(words)
    version = project_version()
    try:
        if arguments.tag:
            check_tag(arguments.tag, version)
        for package in built_packages(arguments.folder, version):
            with tempfile.TemporaryDirectory() as name:
                installed = Installation(package.resolve(), Path(name))
                installed.try_commands(version)
                schema = installed.listsync("schema")
            sys.stdout.write(f"{package}: installed, and init, validate and plan work\n")
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    (arguments.folder / SCHEMA).write_text(schema, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
