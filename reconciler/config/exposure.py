"""Secrets of the file that stand in an option which listsync shows.

A value of the file is shown, stored and served, unless its key has the type ``SecretStr`` or reads
a file, or ``core.privacy`` hides it in the address of a list. A shown value exposes a secret if it

* equals the secret, or contains it and the secret has at least ``SHORTEST_SECRET`` characters, or
* shares a variable with the secret, and one of the two is that variable alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from reconciler.config.fields import FromFile, Model
from reconciler.config.models import File
from reconciler.config.problems import Place, Problem
from reconciler.config.secret_files import secret_keys
from reconciler.config.tree import Listing, Node, Scalar, Section
from reconciler.core.model import ListRef
from reconciler.core.privacy import SHORTEST_SECRET, hidden_part, holds_key, mask


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
        shown, hidden = self.text.casefold(), secret.text.casefold()
        if len(hidden) < SHORTEST_SECRET:
            return bool(hidden) and shown == hidden
        return hidden in shown


def exposed_secrets(file: File, root: Section) -> Iterator[Problem]:
    """A problem for each shown value of the file that exposes a secret, without the secret."""
    texts = _Texts()
    texts.add(root, file)
    values = [secret.text for secret in texts.secret]
    for text in texts.shown:
        for secret in texts.secret:
            if text.shares_variable(secret):
                names = ", ".join(sorted(text.variables & secret.variables))
                what = f"uses the variable {names}, which holds a secret of {secret.path}"
            elif text.contains(secret):
                what = f"contains the secret of {secret.path}"
            else:
                continue
            message = f"{what}, but is shown and stored; write another value here"
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
            if child is None or any(isinstance(mark, FromFile) for mark in info.metadata):
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
