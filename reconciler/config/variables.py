"""``${NAME}`` in values: ``${V}``, ``${V:-default}``, ``${V:?message}`` and ``$$``.

Only values are expanded, never the text of the file, so that what a variable holds cannot change
the file's structure. No sentence here says what a variable holds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_DOLLAR = re.compile(
    r"""\$(?:
        (?P<escaped>\$)
      | \{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<kind>[-?])(?P<rest>[^${}]*))?\}
      | (?P<broken>\{)
      | (?P<bare>[A-Za-z_])
    )""",
    re.VERBOSE,
)
_BROKEN = "a ${ that is no variable; write ${NAME}, ${NAME:-default} or ${NAME:?message}"
_BARE = "a $ before a name; write ${NAME} for a variable, $$ for a dollar sign"


@dataclass(frozen=True, slots=True)
class Expansion:
    """A text with its variables filled in."""

    text: str
    problems: tuple[str, ...]  # a sentence for each variable that could not be filled in
    spans: tuple[tuple[int, int], ...]  # where in the text a variable's value is: from, to
    names: tuple[str, ...]  # of these variables


def expand(
    source: str, env: Mapping[str, str], allowed: Collection[str] | None = None
) -> Expansion:
    """``source`` with its variables filled in. ``allowed``: their names; None: any.

    ``${V}`` must be set, though it may be empty; ``:-`` and ``:?`` take empty for unset, as shells
    do. A value is not expanded again.
    """
    problems: list[str] = []
    spans: list[tuple[int, int]] = []
    names: list[str] = []
    text, end = "", 0
    for found in _DOLLAR.finditer(source):
        text += source[end : found.start()]
        end = found.end()
        if found["escaped"]:
            text += "$"
        elif found["name"] is None:
            problems.append(_BROKEN if found["broken"] else _BARE)
        elif allowed is not None and found["name"] not in allowed:
            problems.append(
                f"the variable {found['name']} is not allowed; allow it with --allow-env"
            )
        else:
            value, problem = _value(found, env)
            problems += [problem] if problem else []
            if value:
                spans.append((len(text), len(text) + len(value)))
                names.append(found["name"])
            text += value
    return Expansion(text + source[end:], tuple(problems), tuple(spans), tuple(names))


def _value(found: re.Match[str], env: Mapping[str, str]) -> tuple[str, str | None]:
    name, kind, rest = found["name"], found["kind"], found["rest"]
    value = env.get(name)
    if kind == "-":
        return value or rest, None
    if kind == "?" and not value:
        return "", f"${{{name}}} is not set: {rest or 'it must be'}"
    if value is None:
        return "", f"${{{name}}} is not set; set the variable"
    return value, None
