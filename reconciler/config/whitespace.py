"""Finding characters that look like a space, or like nothing, where YAML needs plain spaces.

Copying from a web page brings them along. To YAML they are letters: a key behind one is another
key, and a line that is indented with them is not indented.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import yaml

from reconciler.config.problems import Place, Problem

_LOOKALIKES = (  # Unicode's spaces besides the plain one, and its characters without a width
    "\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff"
)
_LOOKALIKE = re.compile(f"[{_LOOKALIKES}]")
# In the indentation, after a dash, and around the colon of a key: elsewhere they are text.
_MISPLACED = re.compile(
    rf"^[ \t]*(?:(?:-[ \t]+)*-?|[\w.-]+:|[\w.-]+(?=[{_LOOKALIKES}]+:))(?P<found>[{_LOOKALIKES}]+)",
    re.MULTILINE,
)
_SHOWN_LINES = 5


@dataclass(slots=True)
class _Scalars:
    """Where YAML's scanner finds texts and keys, as far as it gets: from and to which character."""

    texts: list[tuple[int, int]] = field(default_factory=list)  # in quotes, or in a block
    keys: list[tuple[int, int]] = field(default_factory=list)  # without quotes
    last_line: int = -1

    def is_in_text(self, index: int) -> bool:
        after = bisect_right(self.texts, (index,))
        return after > 0 and self.texts[after - 1][0] < index < self.texts[after - 1][1]


def misplaced_spaces(text: str) -> Problem | None:
    """The problem with a file that has such characters in its structure; None: it has none."""
    if not _LOOKALIKE.search(text):
        return None
    scalars = _scalars(text)
    found = {
        (match.start("found"), match["found"])
        for match in _MISPLACED.finditer(text)
        if not scalars.is_in_text(match.start("found"))
    }
    for start, end in scalars.keys:
        found |= {(at, text[at]) for at in (start, end - 1) if _LOOKALIKE.match(text, at)}
    line_starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    places: list[Place] = []
    characters: set[str] = set()
    for start, misplaced in sorted(found):
        line = bisect_right(line_starts, start)
        if line - 1 <= scalars.last_line:
            places.append(Place(line, start - line_starts[line - 1] + 1))
            characters |= {*misplaced}
    if not places:
        return None
    lines = list(dict.fromkeys(place.line for place in places))
    return Problem(places[0], "", _sentence(sorted(characters), lines))


def _scalars(text: str) -> _Scalars:
    scalars = _Scalars()
    previous: yaml.Token | None = None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken):
                place = token.start_mark.index, token.end_mark.index
                if not token.plain:
                    scalars.texts.append(place)
                elif isinstance(previous, yaml.KeyToken):
                    scalars.keys.append(place)
            previous = token
    except yaml.MarkedYAMLError as error:
        unclosed = (error.context or "").startswith("while scanning a quoted")
        mark = error.context_mark if unclosed else error.problem_mark
        scalars.last_line = mark.line if mark else -1
    except (yaml.YAMLError, ValueError, OverflowError):
        scalars.last_line = -1
    else:
        scalars.last_line = text.count("\n")
    return scalars


def _sentence(characters: Collection[str], lines: Sequence[int]) -> str:
    names = " and ".join(f"{_name(one)}s (U+{ord(one):04X})" for one in characters)
    spaces = any(unicodedata.category(one) == "Zs" for one in characters)
    fix = "replace them with plain spaces" if spaces else "remove them"
    shown = ", ".join(map(str, lines[:_SHOWN_LINES]))
    more = f" and {len(lines) - _SHOWN_LINES} more" if len(lines) > _SHOWN_LINES else ""
    where = f"in lines {shown}{more}" if len(lines) > 1 else "in this line"
    return f"{names} where YAML needs plain spaces; {fix} {where}"


def _name(character: str) -> str:
    return unicodedata.name(character, "invisible character").lower()
