"""A file in the ZIP of a site's data export."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

from reconciler.core.model import ListRef, Outcome
from reconciler.sources.context import FetchContext
from reconciler.sources.exports.reading import LARGEST, ListFile, decode, read_list_file, zip_member
from reconciler.sources.failure import FetchFailure

_READABLE = (".csv", ".json", ".tsv", ".txt")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others cannot be read piece by piece
_HIGHEST_RATIO = 100  # bytes for each byte that they are compressed to; lists reach less than 20
_MOST_NAMES = 12  # names of files, where the one that is asked for is not there


def read_text(
    ref: ListRef, context: FetchContext, member: str
) -> tuple[ListFile, str] | FetchFailure:
    """A list's file and its text. ``member``: what is read of it if it is a ZIP."""
    file = read_list_file(ref, context)
    if not isinstance(file, FetchFailure) and zip_member(ref.id)[0].lower().endswith(".zip"):
        file = unpack(file, member)
    if isinstance(file, FetchFailure):
        return file
    text = decode(file)
    return text if isinstance(text, FetchFailure) else (file, text)


def unpack(archive: ListFile, member_name: str) -> ListFile | FetchFailure:
    """The file ``wanted`` of an export."""
    name = archive.name
    try:
        with zipfile.ZipFile(BytesIO(archive.data)) as export:
            members = _members(export.namelist())
            member = members.get(member_name)
            if member is None:
                return FetchFailure(Outcome.MISSING, _not_in_archive(archive, member_name, members))
            if problem := _member_problem(export.getinfo(member)):
                return FetchFailure(Outcome.UNREACHABLE, f"{name}: {member_name} {problem}")
            with export.open(member) as file:
                content = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        problem = "this ZIP file cannot be read; download the export again"
        return FetchFailure(Outcome.UNREACHABLE, f"{name}: {problem}")
    if len(content) > LARGEST:
        problem = f"{member_name} is larger than {LARGEST // 1_000_000} MB, too large for a list"
        return FetchFailure(Outcome.UNREACHABLE, f"{name}: {problem}")
    return replace(archive, data=content)


def _not_in_archive(archive: ListFile, member_name: str, members: Iterable[str]) -> str:
    """What an archive in the config's folder holds instead, and which source to write."""
    problem = f"{archive.name} does not contain {member_name}"
    if not archive.is_ours:
        return f"{problem}; check the name"
    lists = sorted(name for name in members if name.endswith(_READABLE))
    provider, _, path = archive.name.partition(":")
    file = path[: path.lower().find(".zip") + len(".zip")]
    advice = f"write {provider}:{file}/NAME with one of these names" if lists else "check the file"
    if provider == "file" and "watchlist.csv" in lists:
        advice = f"this looks like a Letterboxd export: write letterboxd:{file}"
    return f"{problem} (it contains {', '.join(lists[:_MOST_NAMES]) or 'no list'}); {advice}"


def _member_problem(member: zipfile.ZipInfo) -> str:
    """Why a file of an export is not unpacked; empty: it is."""
    if member.compress_type not in _METHODS:
        return "is compressed in an unsupported way; unpack the ZIP and use the file in it"
    if member.file_size > LARGEST:
        return f"is larger than {LARGEST // 1_000_000} MB, too large for a list"
    if member.file_size > _HIGHEST_RATIO * max(member.compress_size, 1000):
        return f"is more than {_HIGHEST_RATIO} times its compressed size, too much for a list"
    return ""


def _members(names: list[str]) -> dict[str, str]:
    """The files of an export by their names in it, also where it was packed again in a folder."""
    files = [name for name in names if not name.startswith("__MACOSX/")]
    folders = {name.partition("/")[0] for name in files if "/" in name}
    packed = len(folders) == 1 and all("/" in name for name in files)
    return {name.partition("/")[2] if packed else name: name for name in files}
