"""The config file on disk, the files that it names, and the readable parts of an invalid one."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from reconciler.config.includes import (
    Include,
    IncludedFile,
    matching_files,
    matching_folders,
    with_included,
)
from reconciler.config.loading import load
from reconciler.config.models import Config
from reconciler.config.own_files import (
    CONFIG_BYTES,
    NAMED_BYTES,
    OUTSIDE,
    STDIN,
    is_inside,
    is_read_once,
    read_file,
    read_stdin,
)
from reconciler.config.providers import ProvidersConfig
from reconciler.config.restrictions import UNRESTRICTED, Restrictions
from reconciler.config.syntax import compose, decode
from reconciler.config.tree import Section, grow
from reconciler.config.variables import expand
from reconciler.core.model import ListRef
from reconciler.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ListSites:
    """What the list sites know of the lists in a file."""

    recognize_list: Callable[[str], ListRef]  # which list a text means; raises ValueError
    objection: Callable[
        [ListRef, ProvidersConfig], str | None
    ]  # why a list cannot be read; None if it can
    local_path: Callable[[ListRef], str | None]  # of a list in a file


class ConfigFile:
    """The file at ``path``, which may change between two reads."""

    def __init__(
        self, path: Path, sites: ListSites, restrictions: Restrictions = UNRESTRICTED
    ) -> None:
        """Not read yet. ``restrictions``: what it may use, whenever it is read."""
        self.path = path
        self._sites = sites
        self._restrictions = restrictions
        self._secrets: frozenset[Path] = frozenset()
        self._secret_files: set[Path] = set()  # files of secrets, while the file is read
        self._patterns: tuple[str, ...] = ()  # of included files, as last read
        self._stdin: bytes | None = None  # it can be read once

    def content(self) -> bytes:
        """The current content. Raises ConfigError if it cannot be read."""
        self._check_place()
        try:
            if self.path != STDIN:
                return read_file(self.path, CONFIG_BYTES)
            self._stdin = read_stdin(CONFIG_BYTES) if self._stdin is None else self._stdin
        except OSError as error:
            hint = "set the path with -c FILE or LISTSYNC_CONFIG, or write one with `listsync init`"
            raise ConfigError(
                (f"{self.path}: {_plainly(error)}; {hint}",), where=str(self.path)
            ) from error
        return self._stdin

    def read(self, content: bytes | None = None) -> Config:
        """The config in ``content``, or in the current content.

        Raises ConfigError with every problem in it.
        """
        data = self.content() if content is None else content
        self._secret_files = set()
        patterns: list[str] = []

        def secret(name: str) -> str:
            if self._restrictions.confines_files and self._is_outside(name):
                raise PermissionError(errno.EACCES, OUTSIDE, name)
            self._secret_files.add(beside(self.path, name))
            data = read_file(beside(self.path, name), NAMED_BYTES)
            return data.decode().replace("\r\n", "\n")

        def include(pattern: str) -> Iterator[IncludedFile]:
            patterns.append(pattern)
            try:
                return map(self._included_file, self._matching_files(pattern))
            except OSError as error:
                raise ValueError(f"{error.filename}: {_plainly(error)}") from error

        try:
            return load(
                decode(data, str(self.path)),
                name=str(self.path),
                env=os.environ,
                read=secret,
                recognize_list=self._sites.recognize_list,
                objection=self._objection,
                restrictions=self._restrictions,
                is_outside=self._is_outside,
                include=include,
            )
        finally:
            self._secrets = frozenset(self._secret_files) or self._secrets
            self._patterns = tuple(patterns) or self._patterns

    def _matching_files(self, pattern: str) -> list[str]:
        def is_forbidden(folder: str) -> bool:
            return self._restrictions.confines_files and self._is_outside(folder)

        return matching_files(_with_home(pattern), self.path.parent, is_forbidden)

    def _included_file(self, match: str) -> IncludedFile:
        path = self.path.parent / match
        name, folder = str(path), os.path.dirname(match)  # noqa: PTH120 - "" where Path has "."
        if not name.isprintable():  # a line break would begin another line of an error
            return IncludedFile(
                ascii(name), folder, problem="its name contains an invalid character; rename it"
            )
        if self._restrictions.confines_files and self._is_outside(match):
            return IncludedFile(name, folder, problem=OUTSIDE)
        with suppress(OSError):
            if path.samefile(self.path):
                problem = "the config file includes itself; use a folder, like lists.d/*.yaml"
                return IncludedFile(name, folder, problem=problem)
        try:
            return IncludedFile(name, folder, read_file(path, CONFIG_BYTES))
        except OSError as error:
            return IncludedFile(name, folder, problem=_plainly(error))

    def _check_place(self) -> None:
        """Raise ConfigError where a restricted file is itself a link out of its folder."""
        is_free = is_read_once(self.path) or not self._restrictions.confines_files
        if not is_free and self._is_outside(self.path.name):
            error = f"{self.path}: a link to a file outside its folder; use that file: -c FILE"
            raise ConfigError((error,), where=str(self.path))

    def _objection(self, ref: ListRef, providers: ProvidersConfig) -> str | None:
        """Why a list cannot be read, for people; None if it can."""
        path = self._sites.local_path(ref)
        if path is not None and self._restrictions.confines_files and self._is_outside(path):
            return OUTSIDE
        if path is not None and self._holds_secret(path):
            return "this file holds a secret, which would be shown as a title; use another file"
        return self._sites.objection(ref, providers)

    def _holds_secret(self, name: str) -> bool:
        """Whether a path leads to one of the files of secrets, also through a link."""
        with suppress(OSError):
            return any(beside(self.path, name).samefile(secret) for secret in self._secret_files)
        return False

    def _is_outside(self, name: str) -> bool:
        return not is_inside(beside(self.path, name), self.path.parent)

    def parts(self) -> frozenset[Path]:
        """The file, and those of secrets and of lists that it named when it was last read.

        Of a pattern also the folders, in which new files may match it.
        """
        included, folder = set[Path](), self.path.parent
        for pattern in self._patterns:
            with suppress(ValueError):  # a pattern that is not used at all
                with suppress(OSError):
                    included |= {folder / match for match in self._matching_files(pattern)}
                included |= set(matching_folders(_with_home(pattern), folder))
        return frozenset({self.path, *self._secrets, *included} - {STDIN})


def salvage_config(path: Path, restrictions: Restrictions = UNRESTRICTED) -> Mapping[str, str]:
    """The ledger and the address of ``run`` in a file that is invalid.

    Nothing, where the command line restricts the file: these values may not be allowed.
    """
    with suppress(OSError, ConfigError):
        text = decode(read_file(path, CONFIG_BYTES), str(path))
        if restrictions == UNRESTRICTED:
            return salvage_values(text, ("ledger", "controller.listen"), os.environ)
    return {}


def list_names_of(path: Path) -> tuple[str, ...]:
    """As ``list_names``, of a file and its included files. Raises OSError, ConfigError."""

    def include(pattern: str) -> Iterator[IncludedFile]:
        for match in matching_files(pattern, path.parent):
            yield IncludedFile(match, "", read_file(path.parent / match, CONFIG_BYTES))

    return list_names(decode(read_file(path, CONFIG_BYTES), str(path)), include)


def list_names(text: str, include: Include = lambda _pattern: ()) -> tuple[str, ...]:
    """The keys of ``lists``, in file order; none where the text cannot be read that far."""
    composed, _ = compose(text)
    if composed is None:
        return ()
    tree, _ = grow(composed, {})
    if not isinstance(tree, Section):
        return ()
    lists = with_included(tree, include, "", {}).root.entries.get("lists")
    return tuple(lists.entries) if isinstance(lists, Section) else ()


def salvage_values(text: str, paths: Collection[str], env: Mapping[str, str]) -> dict[str, str]:
    """The scalars at these dotted paths, not validated, variables filled in, by path.

    A value that needs a variable which is not set is left out.
    """
    return {
        path: expansion.text
        for path, source in _scalars(text)
        if path in paths and not (expansion := expand(source, env)).problems
    }


def _scalars(text: str) -> Iterator[tuple[str, str]]:
    """Each scalar with its dotted path. PyYAML parses without recursion, however deep it is."""
    keys: list[str | None] = []  # of the open mappings; None: a key comes next
    with suppress(yaml.YAMLError, ValueError, OverflowError):
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                keys.append(None if isinstance(event, yaml.MappingStartEvent) else "-")
                continue
            if isinstance(event, yaml.CollectionEndEvent):
                keys.pop()
            elif isinstance(event, yaml.ScalarEvent):
                if keys and keys[-1] is None:
                    keys[-1] = event.value
                    continue
                yield ".".join(key or "" for key in keys), event.value
            elif not isinstance(event, yaml.AliasEvent):
                continue
            if keys and keys[-1] != "-":
                keys[-1] = None


def beside(config: Path, name: str) -> Path:
    """A path in the file is relative to the file. ``~nobody`` is used as written."""
    try:
        return config.parent / Path(name).expanduser()
    except RuntimeError:
        return config.parent / name


def _with_home(pattern: str) -> str:
    return os.path.expanduser(pattern)  # noqa: PTH111 - Path would raise for ~nobody


def _plainly(error: OSError) -> str:
    return {
        FileNotFoundError: "no such file",
        IsADirectoryError: "is a folder",
        PermissionError: "cannot be read: permission denied",
    }.get(type(error), error.strerror or "cannot be read")
