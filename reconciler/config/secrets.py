"""The file's secrets: read from the files that keys name, and refused where they would be shown.

Every secret ``x`` may be given as ``x_file``: the secret is the file's content, or each of its
lines.

Every other value is shown, stored and served, unless its key reads a file, or ``core.privacy``
hides it in the address of a list. A shown value exposes a secret if it

* equals the secret, or contains it and the secret has at least ``SHORTEST_SECRET`` characters, or
* shares a variable with the secret, and one of the two is that variable alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import get_args, get_origin
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from reconciler.config.keys import FromFile, Model
from reconciler.config.problems import Place, Problem, show_path
from reconciler.config.tree import Listing, Node, Scalar, Section
from reconciler.core.model import ListRef
from reconciler.core.privacy import SHORTEST_SECRET, hidden_part, holds_key, mask

SUFFIX = "_file"
LONGEST_SECRET = 64_000  # characters


def secret_keys(model: type[Model]) -> tuple[str, ...]:
    """The keys of a section that hold secrets: one each, or a list of them."""
    return tuple(
        key
        for key, info in model.known_keys().items()
        if info.annotation is SecretStr or _is_list(info.annotation)
    )


def with_secrets(
    section: Section, model: type[Model], read: Callable[[str], str]
) -> tuple[Section, tuple[Problem, ...]]:
    """The tree with the files' contents in place of their paths, and the problems of the files.

    ``read`` gives a file's text and raises OSError, or ValueError for content that is not text and
    for invalid paths.
    """
    entries = dict(section.entries)
    problems: list[Problem] = []
    for key in secret_keys(model):
        file = entries.pop(key + SUFFIX, None)
        if file is None or (isinstance(file, Scalar) and file.null):
            continue
        if key in entries:
            both = f"{key} is also set; remove one of the two"
            problems.append(Problem(file.key, file.path, both))
        else:
            secret, problem = _from_file(file, read)
            if len(secret.text) > LONGEST_SECRET:
                secret = replace(secret, text="", broken=True)
                problem = Problem(file.place, file.path, "the file is too large for a key")
            several = _is_list(model.known_keys()[key].annotation)
            entries[key] = _lines(secret) if several else secret
            problems += [problem] if problem else []
    for key, info in model.known_keys().items():
        mark = next((mark for mark in info.metadata if isinstance(mark, FromFile)), None)
        if mark and (path := entries.get(key)) and not _is_empty(path):
            entries[key], problem = _from_file(path, read, mark.not_text)
            problems += [problem] if problem else []
        child, below = entries.get(key), info.annotation
        if isinstance(child, Section) and inspect.isclass(below) and issubclass(below, Model):
            entries[key], problems_below = with_secrets(child, below, read)
            problems += problems_below
    return replace(section, entries=entries), tuple(problems)


def _is_empty(node: Node) -> bool:
    """Whether a key is left empty on purpose, such as by ``${CA_FILE:-}``."""
    return isinstance(node, Scalar) and (node.null or not (node.text or node.broken))


def _from_file(
    file: Node, read: Callable[[str], str], not_text: str = "is not text"
) -> tuple[Scalar, Problem | None]:
    """The content; or a value that is marked as broken, and why."""
    nothing = Scalar(file.path, file.key, file.place, source="", text="", broken=True)
    if isinstance(file, Scalar) and file.broken:
        return nothing, None
    if not isinstance(file, Scalar) or not file.text:
        return nothing, Problem(file.place, file.path, "must be the path of a file")
    name = show_path(file.source)
    try:
        content = read(file.text).removesuffix("\n")
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        return nothing, Problem(file.place, file.path, f"the file {name}: {reason}")
    except ValueError:
        return nothing, Problem(file.place, file.path, f"the file {name} {not_text}")
    if not content:
        return nothing, Problem(file.place, file.path, f"the file {name} is empty")
    return replace(nothing, text=content, broken=False), None


def _is_list(annotation: object) -> bool:
    """Whether a key's type is ``tuple[Annotated[SecretStr, …], ...]``."""
    element = get_args(annotation)[:1]
    return get_origin(annotation) is tuple and get_args(*element)[:1] == (SecretStr,)


def _lines(secret: Scalar) -> Listing:
    """A secret on each line, but for empty lines and those that begin with ``#``."""
    lines = [line.strip() for line in secret.text.splitlines()]
    secrets = tuple(replace(secret, text=line) for line in lines if line and line[0] != "#")
    elements = (secret,) if secret.broken else secrets
    return Listing(secret.path, secret.key, secret.place, elements)


@dataclass(frozen=True, slots=True)
class _Text:
    """A value of the file, or a key that people choose, such as a list's name."""

    place: Place
    path: str
    text: str
    variables: frozenset[str] = frozenset()
    is_variable: bool = False  # and nothing else

    def shares_variable(self, secret: _Text) -> bool:
        return bool(self.variables & secret.variables) and (self.is_variable or secret.is_variable)

    def contains(self, secret: _Text) -> bool:
        text, hidden = self.text.casefold(), secret.text.casefold()
        if len(hidden) < SHORTEST_SECRET:
            return bool(hidden) and text == hidden
        return hidden in text


def exposed_secrets(file: Model, root: Section) -> Iterator[Problem]:
    """A problem for each shown value of the file that exposes a secret, without the secret."""
    texts = _Texts()
    texts.add(root, file)
    values = [secret.text for secret in texts.secret]
    for text in texts.shown:
        for secret in texts.secret:
            if text.shares_variable(secret):
                names = ", ".join(sorted(text.variables & secret.variables))
                finding = f"uses the variable {names}, which contains a secret of {secret.path}"
            elif text.contains(secret):
                finding = f"contains the secret of {secret.path}"
            else:
                continue
            message = f"{finding}, but this value is shown and stored; use another value here"
            yield Problem(text.place, mask(text.path, values), mask(message, values))
            break


@dataclass(slots=True)
class _Texts:
    """The texts of a file, by whether listsync shows them."""

    shown: list[_Text] = field(default_factory=list)
    secret: list[_Text] = field(default_factory=list)

    def add(self, node: Node, value: object) -> None:
        """Add the texts under a node; ``value``: what the node means."""
        if isinstance(node, Listing):
            for element in node.elements:
                self.add(element, None)
        elif isinstance(node, Scalar):
            self.shown.append(_of(node))
            if isinstance(value, ListRef) and value.address:
                self.shown[-1] = _Text(node.place, node.path, value.id)
                self.secret += _in_address(node, value.address)
        elif isinstance(value, Model):
            self._add_section(node, value)
        else:
            meanings = value if isinstance(value, Mapping) else {}
            for key, child in node.entries.items():
                self.shown.append(_Text(child.key, node.path, key))
                self.add(child, meanings.get(key))

    def _add_section(self, section: Section, model: Model) -> None:
        for name, info in type(model).model_fields.items():
            key = str(info.validation_alias or name)
            child = section.entries.get(key)
            is_file = any(isinstance(mark, FromFile) for mark in info.metadata)
            if child is None or is_file or (isinstance(child, Scalar) and child.null):
                continue
            if key not in secret_keys(type(model)):
                self.add(child, getattr(model, name))
                continue
            elements = child.elements if isinstance(child, Listing) else (child,)
            self.secret += [_of(element) for element in elements if isinstance(element, Scalar)]


def _of(value: Scalar) -> _Text:
    names = frozenset(value.names)
    return _Text(value.place, value.path, value.text, names, value.is_variable)


def _in_address(source: Scalar, address: str) -> Iterator[_Text]:
    """What is surely secret in the address of a list."""
    for span, name in zip(source.spans, source.names, strict=True):
        if part := hidden_part(source.text, span):
            text = part if len(part) >= SHORTEST_SECRET else ""
            yield replace(_of(source), text=text, variables=frozenset({name}))
    for text in _named_secrets(address):
        if len(text) >= SHORTEST_SECRET:
            yield _Text(source.place, source.path, text)


def _named_secrets(address: str) -> tuple[str, ...]:
    """What an address itself calls a secret: its password, and its parameters named like keys."""
    parts = urlsplit(address)
    parameters = (value for name, value in parse_qsl(parts.query) if holds_key(name))
    return tuple(filter(None, (unquote(parts.password or ""), *parameters)))
