"""The Dockerfile's images without an engine: layers over this machine's own files.

Each stage is an overlay: what its steps write lands in a folder of its own, and this machine's
files stand in for Debian's image (it has to be Debian too). Commands run in a chroot of it with
the image's user, paths and variables, the root read-only. All mounts are in a namespace that ends
with the command; needs root and Linux.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.image.dockerfile import Stage, command, environment, stages

_MOUNTS = """
set -eu
mount --make-rprivate /
mount -t overlay overlay -o {options} {root}
for there in proc dev sys; do mount --rbind /$there {root}/$there; done
mount -t tmpfs tmpfs {root}/tmp
{binds}
{copies}
exec chroot {root} {command}
"""


@dataclass
class Image:
    """A stage that was built: what it lays over this machine's files, and how it is run."""

    stage: Stage
    files: Path
    env: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    workdir: str = "/"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)


class Engine:
    """Builds the stages of a project's Dockerfile in ``folder``, and runs commands in them."""

    def __init__(self, project: Path, folder: Path) -> None:
        self._project = project
        self._folder = folder
        self._stages = stages((project / "Dockerfile").read_text("utf-8"))
        self.images: dict[str, Image] = {}

    def build(self) -> None:
        """Every stage, in the file's order. Raises CalledProcessError with what a step said."""
        for stage in self._stages.values():
            base = self.images.get(stage.base)
            image = Image(stage, self._make_folder(stage.name, "files"))
            if base is None:
                _without_people(image.files)
                _without_upgrades(image.files)
            else:
                _copy_all(base.files, image.files)
                image.env, image.user = dict(base.env), base.user
                image.entrypoint, image.command = base.entrypoint, base.command
                image.workdir, image.health = base.workdir, base.health
            self.images[stage.name] = image
            for name, rest in stage.steps:
                self._step(image, name, rest)

    def _step(self, image: Image, name: str, rest: str) -> None:
        match name:
            case "RUN":
                self._shell(image, rest)
            case "COPY":
                self._copy(image, rest)
            case "ENV":
                image.env |= environment(rest)
            case "USER":
                image.user = rest
            case "WORKDIR":
                image.workdir = rest
                (image.files / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "ENTRYPOINT":
                image.entrypoint = command(rest)
            case "CMD":
                image.command = command(rest)
            case "HEALTHCHECK":
                image.health = command(rest.partition(" CMD ")[2])
            case "VOLUME" | "EXPOSE":
                pass
            case _:
                raise AssertionError(f"{name}: the test does not know this instruction")

    def _copy(self, image: Image, rest: str) -> None:
        *sources, target = rest.split()
        origin = self._project
        if sources[0].startswith("--from="):
            origin = self.images[sources.pop(0).removeprefix("--from=")].files
        where = image.files / str(Path(image.workdir) / target).lstrip("/")
        for source in sources:
            origin_path = origin / source.lstrip("/")
            into = where / origin_path.name if len(sources) > 1 else where
            into.parent.mkdir(parents=True, exist_ok=True)
            _copy_all(origin_path, into)

    def _shell(self, image: Image, line: str) -> None:
        script = f"cd {shlex.quote(image.workdir)} && {line}"
        done = subprocess.run(  # noqa: S603 - what the Dockerfile says
            self._entered(image, ["/bin/sh", "-c", script], writable=True),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **_network(), **image.env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"

    def process(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        volumes: Mapping[str, Path],
        env: Mapping[str, str],
    ) -> subprocess.Popen[str]:
        """The image's entry point with ``arguments``, or a command where they begin with a path."""
        image = self.images[name]
        words = [*arguments] if arguments[0].startswith("/") else [*image.entrypoint, *arguments]
        run = shlex.join(["cd", image.workdir]) + " && exec " + shlex.join(words)
        return subprocess.Popen(  # noqa: S603 - what the image runs
            self._entered(image, ["/bin/sh", "-c", run], volumes=volumes, writable=False),
            env={**image.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _entered(
        self,
        image: Image,
        words: Sequence[str],
        *,
        volumes: Mapping[str, Path] | None = None,
        writable: bool,
    ) -> list[str]:
        """A command line that runs ``words`` in the image, in a mount namespace of its own."""
        root = self._make_folder(image.stage.name, "root")
        work = self._make_folder(image.stage.name, "work")
        options = f"{'rw' if writable else 'ro'},lowerdir=/,upperdir={image.files},workdir={work}"
        binds = [
            f"mount --bind {shlex.quote(str(p))} {root}{to}" for to, p in (volumes or {}).items()
        ]
        script = _MOUNTS.format(
            options=options,
            root=root,
            binds="\n".join(binds),
            copies=f"cp -L /etc/resolv.conf {root}/etc/resolv.conf" if writable else "",
            command=shlex.join(_as_user(image.user, words)),
        )
        return ["unshare", "--mount", "/bin/sh", "-c", script]

    def _make_folder(self, stage: str, name: str) -> Path:
        folder = self._folder / stage / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _copy_all(source: Path, target: Path) -> None:
    """With owners, links and what an overlay marks as removed."""
    subprocess.run(["/bin/cp", "-a", "-T", source, target], check=True)  # noqa: S603 - ours


def _without_people(files: Path) -> None:
    """Debian's image has no users of its own, from 1000 on: this machine may."""
    (files / "etc").mkdir()
    people = {user.pw_name for user in pwd.getpwall() if 1000 <= user.pw_uid < 60000}
    for name in ("passwd", "shadow", "group", "gshadow"):
        lines = Path("/etc", name).read_text("utf-8").splitlines(keepends=True)
        remaining = [line for line in lines if line.partition(":")[0] not in people]
        (files / "etc" / name).write_text("".join(remaining))
        shutil.copymode(Path("/etc", name), files / "etc" / name)


def _without_upgrades(files: Path) -> None:
    """What this machine has stays at its version: another Chromium is 500 MB to unpack."""
    settings = files / "etc" / "apt" / "apt.conf.d"
    settings.mkdir(parents=True)
    (settings / "99no-upgrades").write_text('APT::Get::Upgrade "false";\n')


def _as_user(user: str, words: Sequence[str]) -> list[str]:
    if user == "root":
        return list(words)
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--", *words]


def _network() -> dict[str, str]:
    """How this machine reaches its package registries, where variables say so."""
    names = ("PIP_INDEX_URL", "PIP_TRUSTED_HOST", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    both = [*names, *(name.lower() for name in names)]
    return {name: os.environ[name] for name in both if name in os.environ}
