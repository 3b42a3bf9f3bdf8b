"""The files a person names: regular files of a sensible size, read without waiting, or replaced."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

CONFIG_BYTES = 10_000_000
SECRET_BYTES = 64_000
NAMED_BYTES = 1_000_000  # of any file that the config names; a bundle of certificates has 0.2 MB
PLAN_BYTES = 64_000_000

OUTSIDE = "outside the folder of the config file; add --allow-files to use it"

STDIN = Path("<stdin>")  # the config of `-c -`; paths in it are relative to the working directory
_OPEN_FILES = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")  # what a shell hands over, as <(...)


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path leads into a folder, once all symlinks are followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def read_stdin(most: int) -> bytes:
    """What is piped in. Raises OSError, also for more than ``most`` bytes and for a terminal."""
    if sys.stdin.isatty():
        raise OSError(errno.EINVAL, "nothing is piped in")
    content = sys.stdin.buffer.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"is larger than {most:,} bytes")
    return content


def is_read_once(path: Path) -> bool:
    """Whether a config is piped in, so that a second command cannot read it again."""
    return path == STDIN or is_handed_over(path)


def is_handed_over(path: Path) -> bool:
    """Whether a path names what the shell has opened, as ``<(command)`` does."""
    return str(path).startswith(_OPEN_FILES)


def read_file(path: Path, most: int) -> bytes:
    """A file's content. Raises OSError, also for more than ``most`` bytes and for a device.

    A pipe may only be what the shell has opened; one in a folder might never end.
    """
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        mode = os.fstat(file).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        is_pipe = stat.S_ISFIFO(mode) and is_handed_over(path)
        if not (stat.S_ISREG(mode) or is_pipe):
            raise OSError(errno.EINVAL, "is a pipe, a device or a socket, not a file")
        os.set_blocking(file, is_pipe)  # some regular files of /proc never end
        with os.fdopen(os.dup(file), "rb") as opened:
            content = opened.read(most + 1) or b""
    finally:
        os.close(file)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"is larger than {most:,} bytes")
    return content


@contextmanager
def new_files(contents: Mapping[Path, tuple[bytes, int]]) -> Iterator[None]:
    """Create files with their permissions once the block has ended, in this order, or none.

    Each is there whole or not at all, and the last one says that all are: what a killed process
    has left of the others is kept. Raises FileExistsError and OSError, both with the file's name.
    """
    *_, last = contents
    with ExitStack() as temporaries:
        created = temporaries.enter_context(ExitStack())
        written: dict[Path, Path] = {}
        for path, (content, mode) in contents.items():
            try:
                if path == last or not _is_left_over(path, content, mode):
                    written[path] = _write_beside(path, content, mode)
                    temporaries.callback(written[path].unlink, missing_ok=True)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(path)) from error
        yield
        for path, temporary in written.items():
            _place(temporary, path)
            created.callback(path.unlink, missing_ok=True)
        created.pop_all()


def _is_left_over(path: Path, content: bytes, mode: int) -> bool:
    """Whether a file is there already, with this content and these permissions."""
    return os.path.lexists(path) and (
        path.lstat().st_mode == stat.S_IFREG | mode and path.read_bytes() == content
    )


def _write_beside(path: Path, content: bytes, mode: int) -> Path:
    """A new file with the content, in the same folder. Raises OSError, also if ``path`` exists."""
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)  # of a process that was killed
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    return temporary


def _place(temporary: Path, path: Path) -> None:
    """Give a file its name, which must be free. Raises OSError with the name."""
    try:
        os.link(temporary, path)
    except OSError as error:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        temporary.rename(path)  # a file system without hard links


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file atomically; it keeps its owner and permissions, and links lead to it.

    Raises OSError, and leaves the file as it was.
    """
    target = Path(os.path.realpath(path))
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            before, created = target.stat(), os.fstat(handle)
            if (before.st_uid, before.st_gid) != (created.st_uid, created.st_gid):
                os.fchown(handle, before.st_uid, before.st_gid)
            os.fchmod(handle, stat.S_IMODE(before.st_mode))
            file.write(content)
            file.flush()
            os.fsync(handle)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
