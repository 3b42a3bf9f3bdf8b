"""``${NAME}`` in values: ``${V}``, ``${V:-default}``, ``${V:?message}`` and ``$$``.

Only values are expanded, never the text of the file, so that what a variable contains cannot change
the file's structure. No message says what a variable contains.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_DOLLAR = re.compile(
    r"""\$(?:
        (?P<escaped>\$)
      | \{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<kind>[-?])(?P<argument>[^${}]*))?\}
      | (?P<broken>\{)
      | (?P<bare>[A-Za-z_])
    )""",
    re.VERBOSE,
)
_BROKEN = "this ${ does not begin a variable; use ${NAME}, ${NAME:-default} or ${NAME:?message}"
_BARE = "unescaped $ before a name; use ${NAME} for a variable, $$ for a dollar sign"


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
    for match in _DOLLAR.finditer(source):
        text += source[end : match.start()]
        end = match.end()
        if match["escaped"]:
            text += "$"
        elif match["name"] is None:
            problems.append(_BROKEN if match["broken"] else _BARE)
        elif allowed is not None and match["name"] not in allowed:
            problems.append(
                f"the variable {match['name']} is not allowed; allow it with --allow-env"
            )
        else:
            value, problem = _value(match, env)
            problems += [problem] if problem else []
            if value:
                spans.append((len(text), len(text) + len(value)))
                names.append(match["name"])
            text += value
    return Expansion(text + source[end:], tuple(problems), tuple(spans), tuple(names))


def _value(match: re.Match[str], env: Mapping[str, str]) -> tuple[str, str | None]:
    name, kind, argument = match["name"], match["kind"], match["argument"]
    value = env.get(name)
    if kind == "-":
        return value or argument, None
    if kind == "?" and not value:
        return "", f"${{{name}}} is not set: {argument or 'it is required'}"
    if value is None:
        return "", f"${{{name}}} is not set; set this environment variable"
    return value, None
