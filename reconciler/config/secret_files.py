"""Keys that name files (``x_file``): the file's content becomes the value of ``x``.

``x_file`` beside every secret ``x``: the secret is what the file holds, or each of its lines.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import get_args, get_origin

from pydantic import SecretStr

from reconciler.config.fields import FromFile, Model
from reconciler.config.problems import Problem, show_path
from reconciler.config.tree import Listing, Node, Scalar, Section

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
    """The tree with the files' contents in place of their paths, and what stood in the way.

    ``read`` gives a file's text and raises OSError, or ValueError for what is no text or no path.
    """
    entries = dict(section.entries)
    problems: list[Problem] = []
    for key in secret_keys(model):
        file = entries.pop(key + SUFFIX, None)
        if file is None or (isinstance(file, Scalar) and file.null):
            continue
        if key in entries:
            both = f"{key} is given too; remove one of the two"
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
        if mark and (named := entries.get(key)) and not _is_none(named):
            entries[key], problem = _from_file(named, read, mark.not_text)
            problems += [problem] if problem else []
        child, below = entries.get(key), info.annotation
        if isinstance(child, Section) and inspect.isclass(below) and issubclass(below, Model):
            entries[key], found = with_secrets(child, below, read)
            problems += found
    return replace(section, entries=entries), tuple(problems)


def _is_none(node: Node) -> bool:
    """Whether a key is left empty on purpose, such as by ``${CA_FILE:-}``."""
    return isinstance(node, Scalar) and (node.null or not (node.text or node.broken))


def _from_file(
    file: Node, read: Callable[[str], str], not_text: str = "is not text"
) -> tuple[Scalar, Problem | None]:
    """The content, or a value that is known to be broken and why."""
    nothing = Scalar(file.path, file.key, file.place, source="", text="", broken=True)
    if isinstance(file, Scalar) and file.broken:
        return nothing, None
    if not isinstance(file, Scalar) or not file.text:
        return nothing, Problem(file.place, file.path, "must be the path of a file")
    shown = show_path(file.source)
    try:
        content = read(file.text).removesuffix("\n")
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        return nothing, Problem(file.place, file.path, f"the file {shown}: {reason}")
    except ValueError:
        return nothing, Problem(file.place, file.path, f"the file {shown} {not_text}")
    if not content:
        return nothing, Problem(file.place, file.path, f"the file {shown} is empty")
    return replace(nothing, text=content, broken=False), None


def _is_list(annotation: object) -> bool:
    """Whether a key's type is ``tuple[Annotated[SecretStr, …], ...]``."""
    element = get_args(annotation)[:1]
    return get_origin(annotation) is tuple and get_args(*element)[:1] == (SecretStr,)


def _lines(secret: Scalar) -> Listing:
    """A secret on each line; empty lines and those that begin with ``#`` are none."""
    lines = [line.strip() for line in secret.text.splitlines()]
    found = tuple(replace(secret, text=line) for line in lines if line and line[0] != "#")
    elements = (secret,) if secret.broken else found
    return Listing(secret.path, secret.key, secret.place, elements)
