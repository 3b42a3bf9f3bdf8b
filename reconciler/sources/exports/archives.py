"""One file of a ZIP that a site gave somebody as the export of their data."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

from reconciler.core.model import Outcome
from reconciler.sources.exports.reading import LARGEST, ListFile
from reconciler.sources.failure import FetchFailure

_READABLE = (".csv", ".json", ".tsv", ".txt")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others cannot be read piece by piece
_HIGHEST_RATIO = 100  # bytes for each byte that they are compressed to; lists reach less than 20
_SHOWN = 12  # names of files, where the one that is asked for is not there


def unpacked(archive: ListFile, wanted: str) -> ListFile | FetchFailure:
    """The file ``wanted`` of an export."""
    name = archive.name
    try:
        with zipfile.ZipFile(BytesIO(archive.data)) as export:
            members = _members(export.namelist())
            member = members.get(wanted)
            if member is None:
                return FetchFailure(Outcome.MISSING, _not_in(archive, wanted, members))
            if problem := _problem(export.getinfo(member)):
                return FetchFailure(Outcome.UNREACHABLE, f"{name}: {wanted} {problem}")
            with export.open(member) as file:
                content = file.read(LARGEST + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
    ):
        what = "this ZIP file cannot be read; download the export again"
        return FetchFailure(Outcome.UNREACHABLE, f"{name}: {what}")
    if len(content) > LARGEST:
        what = f"{wanted} is larger than {LARGEST // 1_000_000} MB, which no list is"
        return FetchFailure(Outcome.UNREACHABLE, f"{name}: {what}")
    return replace(archive, data=content)


def _not_in(archive: ListFile, wanted: str, members: Iterable[str]) -> str:
    """A sentence that names the lists in an archive, where it is in the config's folder."""
    what = f"{archive.name}: {wanted} is not in it"
    if not archive.is_ours:
        return f"{what}; check the name"
    known = sorted(one for one in members if one.endswith(_READABLE))
    holds = ", ".join(known[:_SHOWN]) or "no list"
    return f"{what} (it holds {holds}); {_advice(archive.name, known)}"


def _advice(name: str, files: list[str]) -> str:
    """Which source to write in place of ``name``, given the files in the archive."""
    provider, _, path = name.partition(":")
    archive = path[: path.lower().find(".zip") + len(".zip")]
    if provider == "file" and "watchlist.csv" in files:
        return f"this looks like an export of Letterboxd's: write letterboxd:{archive}"
    return f"write {provider}:{archive}/NAME with one of these names" if files else "check the file"


def _problem(member: zipfile.ZipInfo) -> str:
    """Why a file of an export is not unpacked; empty: it is."""
    if member.compress_type not in _METHODS:
        return "is not compressed by deflate, as sites do; unpack the ZIP and name the file in it"
    if member.file_size > LARGEST:
        return f"is larger than {LARGEST // 1_000_000} MB, which no list is"
    if member.file_size > _HIGHEST_RATIO * max(member.compress_size, 1000):
        return f"is more than {_HIGHEST_RATIO} times its compressed size, which no list is"
    return ""


def _members(names: list[str]) -> dict[str, str]:
    """The files of an export by their names in it, also where it was packed again in a folder."""
    files = [name for name in names if not name.startswith("__MACOSX/")]
    around = {name.partition("/")[0] for name in files if "/" in name}
    packed = len(around) == 1 and all("/" in name for name in files)
    return {name.partition("/")[2] if packed else name: name for name in files}
