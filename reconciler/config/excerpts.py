"""Problems with their line of the file: shown only if the line certainly contains no secret.

A file with a mistake may have a secret anywhere: in the right place, behind a misspelled key, or
pasted where a name belongs. A line is not shown if

* the tree has a secret there, or the line contains the text of one,
* a key on it is named like a secret or is close to one, and has a value that is not a variable,
* it is in a section with secrets and is not ``key: value``,
* an address on it has a user, a scheme other than HTTP's, a parameter named like a secret, or a
  word that may be one, or
* a word on it is as long as a key, and not plain words.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from pydantic.fields import FieldInfo

from reconciler.config.keys import Model
from reconciler.config.models import File
from reconciler.config.problems import Problem
from reconciler.config.secrets import SUFFIX, secret_keys
from reconciler.config.tree import Listing, Node, Scalar, Section
from reconciler.core.privacy import LONG_SECRET, SHORTEST_SECRET, holds_key, is_harmless
from reconciler.errors import Diagnostic

_HINT = re.compile(
    r'(?P<problem>(?:"[^"]*"|[^";])*?)(?:; |, (?=did you mean))(?P<hint>.+)', re.DOTALL
)
_KEY = re.compile(r"""(?<![\w.-])(?P<key>[\w.-]+)["']?[ \t]*:(?!//)""")
_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::-)?\}")
_NOTHING = re.compile(r"""[\s"',}\]]*(?:[,}\]]|#.*|\Z)""")
_BEFORE_KEYS = re.compile(r"""[\s{\[,-]*["']?""")
_OF_ADDRESSES = re.compile(r"[/@?=&]")
_SCHEME = re.compile(r"(?<![\w+.-])([\w+.-]+)://")
_PARAMETER = re.compile(r"(?<![\w.-])([\w.-]+)=")
_HOST = re.compile(r"[a-z]+(?:[.-][a-z]+)*\.[a-z]+")
_TOP_LEVEL = re.compile(r"""["']?(?P<key>[\w.-]+)["']?[ \t]*:""")
_WORDS = re.compile(r"""[^\s"',:;{}\[\]()<>/?&=#@|*!$\\]+""")
_LONGEST_LINE = 4_000  # characters; how long the look at one may take grows faster than it
_SITE_ID = re.compile(r"[a-z]{2}[0-9]{5,10}")  # of IMDb: ur12345678
_LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")  # as PyYAML counts lines
_COMMENT = re.compile(r"[ \t]#.*")


@dataclass
class SourceText:
    """The text of a file, and what in it is secret."""

    text: str
    file: str = ""  # as in Place
    lines: list[str] = field(init=False)
    secret_lines: set[int] = field(default_factory=set)
    secret_texts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lines = _LINE_BREAK.split(self.text)

    def add_secrets(self, written: Section, filled: Section) -> None:
        """Add the secrets of a tree: as it is written, and with the contents of files."""
        for scalar in _secrets(written, File):
            if scalar.place.file == self.file and _VARIABLE.sub("", scalar.source):
                self.secret_lines.add(scalar.place.line)
        texts = (scalar.text for scalar in _secrets(filled, File))
        self.secret_texts |= {text.casefold() for text in texts if len(text) >= SHORTEST_SECRET}

    def diagnostic(self, problem: Problem, name: str) -> Diagnostic:
        """The problem for a terminal; ``name``: what errors call the config file."""
        match = _HINT.fullmatch(problem.message)
        message, hint = match.group("problem", "hint") if match else (problem.message, "")
        place = problem.place
        line = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        start = min(place.column - 1, len(line))
        end = max(start + 1, min(place.end - 1, len(line)))
        shown = line[:end] + _COMMENT.sub("", line[end:]).rstrip()
        return Diagnostic(
            where=problem.where(name),
            problem=_headline(problem.path, message),
            hint=hint,
            line=place.line,
            source=shown if self._is_harmless(shown, place.line) else None,
            start=start,
            end=end,
        )

    def _is_harmless(self, line: str, number: int) -> bool:
        if not line.strip():
            return True
        folded = line.casefold()
        return not (
            len(line) > _LONGEST_LINE
            or number in self.secret_lines
            or any(secret in folded for secret in self.secret_texts)
            or any(map(_may_be_key, _WORDS.findall(line)))
            or _has_secret_of_address(line)
            or not _has_harmless_keys(line, self._section(number))
        )

    def _section(self, number: int) -> str:
        """The top-level key that a line is under; empty: unknown."""
        for line in reversed(self.lines[:number]):
            if match := _TOP_LEVEL.match(line):
                return match["key"]
        return ""


def _headline(path: str, message: str) -> str:
    """What is wrong, with the place in the config: ``unknown key "intervl" in list "kids"``."""
    if message != "unknown key":
        return f"{path}: {message}" if path else message
    section, _, key = path.rpartition(".")
    where = section or "the file"
    if section.startswith("lists."):
        name = section.removeprefix("lists.")
        filtered = name.removesuffix(".filter")
        where = f'list "{name}"' if name == filtered else f'the filter of list "{filtered}"'
    return f'unknown key "{key}" in {where}'


def _has_harmless_keys(line: str, section: str) -> bool:
    """Whether no key on a line may have a secret as its value.

    ``section``: the top-level key that the line is under.
    """
    is_open, known_keys = section in _open_sections(), _keys(section)
    shown_keys = known_keys & _value_keys()
    matches = list(_KEY.finditer(line))
    ends = [*(match.start() for match in matches), len(line)][1:]
    for match, end in zip(matches, ends, strict=True):
        key, value = match["key"], line[match.end() : end]
        if not (is_open or key in known_keys or is_harmless(key)):
            return False  # the key itself may be a secret
        is_path = key.endswith(SUFFIX) and "/" in value and "://" not in value
        if _may_hold_secret(key, known_keys) and not is_path:
            literal, variables = _VARIABLE.subn("", value)
            is_blank = end == len(line) and not value.strip()
            if not is_blank and not (variables and _NOTHING.match(literal)):
                return False
        elif not (is_open or key in shown_keys or all(map(_is_usual, _WORDS.findall(value)))):
            return False
    if is_open or not matches:
        return is_open
    return bool(_BEFORE_KEYS.fullmatch(line[: matches[0].start()]))


def _may_hold_secret(key: str, known_keys: Collection[str]) -> bool:
    """Whether a key is named like one of a secret, or is a misspelled key of a secret."""
    if key in _secret_names():
        return True
    if key in known_keys:
        return False
    closest = get_close_matches(key.lower(), known_keys, n=1)
    return holds_key(key) or bool(_secret_names().intersection(closest))


def _has_secret_of_address(line: str) -> bool:
    """Whether a line has an address, or a part of one, that may hold a secret, as webhooks do."""
    users = (token.rpartition("@")[0] for token in line.split())
    return (
        any(scheme.lower() not in {"http", "https"} for scheme in _SCHEME.findall(line))
        or any(":" in user for user in users)
        or any(map(holds_key, _PARAMETER.findall(line)))
        or bool(_OF_ADDRESSES.search(line) and not all(map(_is_usual, _WORDS.findall(line))))
    )


def _is_usual(word: str) -> bool:
    """Whether a word beside an address is certainly not a secret."""
    patterns = (_SITE_ID, _HOST)
    return is_harmless(word) or word in _keys("") or any(each.fullmatch(word) for each in patterns)


def _may_be_key(word: str) -> bool:
    """Whether a word is as long as a key, and not plain words."""
    return len(word) >= LONG_SECRET and not all(map(is_harmless, re.split(r"[-_.]", word)))


def _models(model: type[Model]) -> Iterator[type[Model]]:
    """A model, and those of the sections below it."""
    yield model
    for info in model.known_keys().values():
        yield from _models_of(info)


def _models_of(info: FieldInfo) -> Iterator[type[Model]]:
    """The models of a key with a section, or with several."""
    for below in (info.annotation, *getattr(info.annotation, "__args__", ())):
        if inspect.isclass(below) and issubclass(below, Model):
            yield from _models(below)


def secret_paths(model: type[Model] = File) -> Iterator[tuple[str, ...]]:
    """The path of each key that holds a secret."""
    yield from ((key,) for key in secret_keys(model))
    for key, info in model.known_keys().items():
        if inspect.isclass(info.annotation) and issubclass(info.annotation, Model):
            yield from ((key, *path) for path in secret_paths(info.annotation))


@cache
def _keys(section: str) -> frozenset[str]:
    """Every key below a top-level key, and those; ``url`` is known, but ``notify.url`` is not."""
    info = File.known_keys().get(section)
    models = _models_of(info) if info else _models(File)
    keys = File.known_keys().keys() | {key for model in models for key in model.known_keys()}
    return frozenset(keys | {key for key in _secret_names() if key.removesuffix(SUFFIX) in keys})


@cache
def _value_keys() -> frozenset[str]:
    """Every key, except sections, whose value is not a secret."""
    models = frozenset(_models(File))
    keys = ((key, info) for model in models for key, info in model.known_keys().items())
    return frozenset(key for key, info in keys if info.annotation not in models) - _secret_names()


@cache
def _secret_names() -> frozenset[str]:
    """Every key that holds a secret, and those that name its file."""
    names = [path[-1] for path in secret_paths()]
    return frozenset({*names, *(name + SUFFIX for name in names)})


@cache
def _open_sections() -> Collection[str]:
    """The top-level keys without a secret below them."""
    return File.known_keys().keys() - {path[0] for path in secret_paths()}


def _secrets(section: Section, model: type[Model]) -> Iterator[Scalar]:
    """The scalars of a section that are secrets, those of sections below it among them."""
    keys = secret_keys(model)
    for key, node in section.entries.items():
        info = model.known_keys().get(key)
        below = info.annotation if info else None
        if key in keys:
            yield from _scalars(node)
        elif isinstance(node, Section) and inspect.isclass(below) and issubclass(below, Model):
            yield from _secrets(node, below)


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    else:
        children = node.elements if isinstance(node, Listing) else node.entries.values()
        for child in children:
            yield from _scalars(child)


def diagnostics(
    problems: Collection[Problem], texts: Mapping[str, SourceText], name: str
) -> tuple[Diagnostic, ...]:
    """The problems for a terminal. ``texts``: by file; empty: the config file itself."""
    return tuple(texts[problem.place.file].diagnostic(problem, name) for problem in problems)
