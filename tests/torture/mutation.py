"""Sound input made hostile: values, texts and bytes, a little or a lot of each changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

LONG = 1 << 20  # characters of a piece that is repeated
HUGE = "9" * 400
# In JSON these stand as they are: some of them no program would write.
NUMBERS = (
    *("0", "-1", "1e400", "-0.0", "1.5", "NaN", "Infinity", "1e-400", "2147483648"),
    *(HUGE, "9" * 5000),
)
TEXTS = (
    *("", " ", "null", "0", "-1", HUGE, "9" * 5000, "tt", "tt0", "tt" + HUGE, "2021-13-45"),
    *("\uff12\uff10\uff12\uff11", "\ud800", "\x00", "\u202e", "\u2028", "\x9b31m", "<title>"),
    *("]]>", "(((((", "%s%s%n", "../../etc/passwd", "http://[::1", "imdb://", "tmdb://x"),
    *("Dune (9999)", "a" * 5000, "ß" * 3000, "\U0001f600" * 3000),
)
SNIPPETS = (
    *("{", "}", "[", "]", '"', "'", ",", ":", "&", "<", ">", "\n", "\r", "\t", "\x00", "\x1b"),
    *("\ufeff", "<![CDATA[", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "<item>", "</item>", "&#0;"),
    *("&#x110000;", "- ", "? ", "!!python/object:os.system ", "&a ", "*a", "<<: ", "|\n", ">\n"),
    *("%YAML 9\n", "---\n", "${HOME}", "${", "imdb:", "tt0111161", "title:", "file:", "//", "@"),
    *("#", "%", "%zz", "..", "\\", *TEXTS),
)


def mutated_json(chance: Random, value: object) -> str:
    """A document with some of its values in another shape, or its text damaged."""
    marks: dict[str, str] = {}
    for _ in range(chance.choice((1, 1, 2, 5))):
        value = _changed(chance, value, marks)
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    for mark, number in marks.items():
        text = text.replace(f'"{mark}"', number)
    return mutated_text(chance, text) if chance.random() < 0.2 else text


def mutated_text(chance: Random, text: str) -> str:
    """A text with pieces cut, doubled, moved, inserted or changed."""
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at, end = sorted(chance.randint(0, len(text)) for _ in range(2))
        match chance.randrange(6):
            case 0:
                text = text[:at] + text[end:]
            case 1:
                text = text[:end] + text[at:]
            case 2:
                text = text[:at] + chance.choice(SNIPPETS) + text[at:]
            case 3:
                text = (
                    text[:at]
                    + chr(chance.choice((0, 9, 10, 13, 34, 60, 0x85, 0x2028, 0x1F600)))
                    + text[at + 1 :]
                )
            case 4:
                text = text[:at] + text[end:] + text[at:end]
            case 5 if chance.random() < 0.1:
                piece = chance.choice((text[at : at + 20], chance.choice(SNIPPETS))) or "a"
                text = text[:at] + piece * (chance.randint(1, LONG) // len(piece)) + text[at:]
        text = text[: 2 * LONG]
    return text


def _changed(chance: Random, value: object, marks: dict[str, str]) -> object:
    """The value with one node changed; ``marks``: placeholders for values that are not ours."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        if chance.random() < 0.1:
            return {name: member for name, member in value.items() if name != key}
        return value | {key: _changed(chance, value[key], marks)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        if chance.random() < 0.1:
            return value[:at] + value[at:] * chance.choice((0, 2, 50))
        return [*value[:at], _changed(chance, value[at], marks), *value[at + 1 :]]
    return _hostile(chance, value, marks)


def _hostile(chance: Random, value: object, marks: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    match chance.randrange(8):
        case 0 | 6 | 7:
            mark = f"mark-{len(marks)}-{chance.getrandbits(32)}"
            marks[mark] = chance.choice(NUMBERS)
            return mark
        case 1:
            return chance.choice(TEXTS)
        case 2:
            return chance.choice((None, True, False, {}, [], [[]], [{}], [None], {"": None}))
        case 3:
            return [value] * chance.choice((1, 2, 100))
        case 4:
            return {chance.choice(("a", "title", "ids", "id", "results")): value}
    nested = value
    for _ in range(chance.choice((1, 50, 101, 150))):
        nested = [nested] if chance.random() < 0.5 else {"a": nested}
    return nested
