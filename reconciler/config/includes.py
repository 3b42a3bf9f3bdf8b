"""Files with more lists, which ``include`` names by patterns: ``[lists.d/*.yaml]``."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.config.excerpts import SourceText
from reconciler.config.own_files import OUTSIDE
from reconciler.config.problems import Place, Problem, key_head
from reconciler.config.syntax import compose, decoded
from reconciler.config.tree import Listing, Scalar, Section, grow

_MOST_FILES = 1_000
_LISTS_ONLY = "an included file contains lists only"


@dataclass(frozen=True, slots=True)
class IncludedFile:
    """A file that a pattern matches. ``problem``: why it cannot be read, instead of its content."""

    name: str  # what errors call it
    folder: str  # relative to the config file's folder, unless it is absolute
    data: bytes = b""
    problem: str = ""


Include = Callable[[str], Iterable[IncludedFile]]  # by pattern; raises ValueError


@dataclass(slots=True)
class Merged:
    """The tree of a config file with the lists of its included files."""

    root: Section
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # on patterns that match nothing
    texts: dict[str, SourceText] = field(default_factory=dict)  # by file
    folders: dict[str, str] = field(default_factory=dict)  # of an included list, by its name

    def grow(
        self, file: IncludedFile, env: Mapping[str, str], variables: Collection[str] | None
    ) -> Section | None:
        """The tree of a file, unless it has none."""
        text, problem = decoded(file.data, file.name)
        self.texts[file.name] = SourceText(text, file.name)
        if problem:
            self.problems.append(problem)
            return None
        composed, problems = compose(text, needs="lists:")
        for problem in problems:
            place = replace(problem.place, file=file.name)
            self.problems.append(replace(problem, place=place))
        if composed is None:
            return None
        tree, problems = grow(composed, env, variables, file.name)
        self.problems += problems
        if isinstance(tree, Section):
            return tree
        shape = f"{_LISTS_ONLY}; begin it with lists:"
        self.problems.append(Problem(Place(file=file.name), "", shape))
        return None

    def add(self, file: IncludedFile, tree: Section, name: str) -> None:
        """Add the lists of a file; ``name``: what errors call the config file."""
        lists = self.root.entries.get("lists")
        if lists is None or (isinstance(lists, Scalar) and lists.null):
            lists = Section("lists", self.root.key, self.root.place, {})
        added = tree.entries.get("lists")
        self.problems += _other_keys(tree, name)
        if not (isinstance(lists, Section) and isinstance(added, Section)):
            if isinstance(lists, Section) and added and not _is_null(added):
                message = "must be a mapping: list names below it, indented"
                self.problems.append(Problem(added.place, added.path, message))
            return
        entries = dict(lists.entries)
        for key, node in added.entries.items():
            if key in entries:
                first = Problem(entries[key].key, "", "").where(name)
                message = f"duplicate list, first at {first}; rename one of the two"
                self.problems.append(Problem(node.key, node.path, message))
            else:
                entries[key] = node
                self.folders[key] = file.folder
        self.root = replace(
            self.root, entries={**self.root.entries, "lists": replace(lists, entries=entries)}
        )


def with_included(
    root: Section,
    include: Include,
    name: str,
    env: Mapping[str, str],
    variables: Collection[str] | None = None,
) -> Merged:
    """A config file's tree with the lists of its included files behind its own.

    ``name``: what errors call the config file. ``variables``: those that may be used;
    None: any.
    """
    merged = Merged(root)
    for pattern in _patterns(root):
        try:
            files = list(include(pattern.text))
        except ValueError as error:
            merged.problems.append(Problem(pattern.place, pattern.path, str(error)))
            continue
        if not files:
            where = Problem(pattern.place, "", "").where(name)
            merged.notes.append(f"{where}: note: no file matches {pattern.quoted}")
        for file in files:
            if file.name in merged.texts:
                continue
            if file.problem:
                message = f"{file.name}: {file.problem}"
                merged.problems.append(Problem(pattern.place, pattern.path, message))
                continue
            tree = merged.grow(file, env, variables)
            if tree:
                merged.add(file, tree, name)
    return merged


def matching_files(
    pattern: str, folder: Path, is_forbidden: Callable[[str], bool] = lambda _folder: False
) -> list[str]:
    """The files that a pattern matches, sorted, relative to ``folder`` unless it is absolute.

    A pattern without wildcards matches the file of that name, whether it exists or not. Wildcards
    skip hidden files. ``is_forbidden``: whether the names of a folder's files must stay secret.
    Raises ValueError for such a folder and for a pattern that may match very many files, and
    OSError for a folder that cannot be read: its files must not count as removed.
    """
    if "**" in pattern:
        raise ValueError("** is not supported; use one * for each level of folders")
    if not glob.has_magic(pattern):
        return [pattern]
    parts = Path(pattern).parts
    wildcards = [index for index, part in enumerate(parts) if glob.has_magic(part)]
    if ".." in parts[wildcards[0] :]:  # */../*/.. would match each folder again and again
        raise ValueError(".. after a wildcard is not supported; begin the pattern with it")
    for end in wildcards:
        prefix = str(Path(*parts[:end]))
        for parent in _glob(prefix, folder) if glob.has_magic(prefix) else (prefix,):
            if is_forbidden(parent):
                raise ValueError(f"{parent if parent.isprintable() else ascii(parent)}: {OUTSIDE}")
            with suppress(FileNotFoundError, NotADirectoryError):
                os.scandir(folder / parent).close()
    matches = sorted(_glob(pattern, folder))
    if len(matches) > _MOST_FILES:
        raise ValueError(f"matches more than {_MOST_FILES:,} files; use a narrower pattern")
    return [match for match in matches if not (folder / match).is_dir()]


def matching_folders(pattern: str, folder: Path) -> Iterator[Path]:
    """The folders in which a new file, or a new folder, may match a pattern."""
    parts = Path(pattern).parts
    first = next((index for index, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    if first < len(parts):
        yield folder / Path(*parts[:first])
    for end in range(first + 1, len(parts)):
        yield from (folder / match for match in _glob(str(Path(*parts[:end])), folder))


def _glob(pattern: str, folder: Path) -> list[str]:
    return glob.glob(pattern, root_dir=folder)  # noqa: PTH207 - pathlib's also finds hidden files


def _patterns(root: Section) -> list[Scalar]:
    """The patterns under ``include``; what is wrong with others is reported with all values."""
    include = root.entries.get("include")
    elements = include.elements if isinstance(include, Listing) else ()
    return [
        element
        for element in elements
        if isinstance(element, Scalar) and element.text and not (element.broken or element.names)
    ]


def _other_keys(tree: Section, name: str) -> Iterator[Problem]:
    for key, node in tree.entries.items():
        if key == "include":
            yield Problem(
                node.key, key, f"an included file cannot include others; move this key to {name}"
            )
        elif key != "lists":
            is_list = isinstance(node, Section) and "source" in node.entries
            todo = "move it below lists:, indented" if is_list else f"move this key to {name}"
            yield Problem(node.key, key_head(key), f"{_LISTS_ONLY}; {todo}")


def _is_null(node: object) -> bool:
    return isinstance(node, Scalar) and node.null
