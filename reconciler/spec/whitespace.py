"""Characters that look like a space, or like nothing, where YAML needs plain spaces.

Copying from a web page brings them along. To YAML they are letters: a key behind one is another
key, and a line that is indented with them is not indented.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING

import yaml

from reconciler.spec.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_LOOKALIKES = (  # Unicode's spaces besides the plain one, and its characters without a width
    "\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff"
)
# In the indentation, after a dash, and around the colon of a key: elsewhere they are text.
_MISPLACED = re.compile(
    rf"^[ \t]*(?:(?:-[ \t]+)*-?|[\w.-]+:|[\w.-]+(?=[{_LOOKALIKES}]+:))(?P<found>[{_LOOKALIKES}]+)",
    re.MULTILINE,
)
_SHOWN_LINES = 5


def misplaced_spaces(text: str) -> Problem | None:
    """The problem with a file that has such characters in its structure; None: it has none."""
    candidates = [*_MISPLACED.finditer(text)]
    if not candidates:
        return None
    line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
    texts, readable_lines = _texts(text)
    places: list[Place] = []
    characters: set[str] = set()
    for match in candidates:
        start = match.start("found")
        line = bisect_right(line_starts, start)
        if line - 1 <= readable_lines and not _is_within(texts, start):
            places.append(Place(line, start - line_starts[line - 1] + 1))
            characters |= {*match["found"]}
    if not places:
        return None
    return Problem(places[0], "", _sentence(sorted(characters), [one.line for one in places]))


def _is_within(texts: Sequence[tuple[int, int]], index: int) -> bool:
    after = bisect_right(texts, (index,))
    return after > 0 and texts[after - 1][0] < index < texts[after - 1][1]


def _texts(text: str) -> tuple[list[tuple[int, int]], int]:
    """Where quoted texts and blocks begin and end, and the last line that YAML can tell them in."""
    texts: list[tuple[int, int]] = []
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken) and not token.plain:
                start, end = token.start_mark.index, token.end_mark.index
                texts.append((start, end))
    except yaml.MarkedYAMLError as error:
        unclosed = (error.context or "").startswith("while scanning a quoted")
        mark = error.context_mark if unclosed else error.problem_mark
        return texts, mark.line if mark else -1
    except (yaml.YAMLError, ValueError, OverflowError):
        return texts, -1
    return texts, text.count("\n")


def _sentence(characters: Collection[str], lines: Sequence[int]) -> str:
    names = " and ".join(f"{_name(one)}s (U+{ord(one):04X})" for one in characters)
    spaces = any(unicodedata.category(one) == "Zs" for one in characters)
    fix = "replace them with plain spaces" if spaces else "remove them"
    shown = ", ".join(map(str, lines[:_SHOWN_LINES]))
    more = f" and {len(lines) - _SHOWN_LINES} more" if len(lines) > _SHOWN_LINES else ""
    where = f"in lines {shown}{more}" if len(lines) > 1 else "in this line"
    return f"{names} where YAML needs plain spaces; {fix} {where}"


def _name(character: str) -> str:
    return unicodedata.name(character).lower()
