"""No regular expression takes more than linear time, whatever it is given: foreign text is long."""

from __future__ import annotations

import ast
import importlib
import re
import re._parser as parser  # type: ignore[import-not-found]
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from reconciler.sources.addresses import AddressTable

ROOT = Path(__file__).resolve().parents[2]
METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
SHORT, LONG = 8_000, 1_000_000  # characters: each attack is tried short, the slowest long
QUICK, PATIENCE = 0.05, 5.0  # seconds; a linear matcher takes a tenth of them
FILLERS = ' a0-."<x\n'


class Use(NamedTuple):
    """A pattern, and how it is asked."""

    where: str
    pattern: re.Pattern[str]
    method: str


def uses() -> Iterator[Use]:
    """Every call of a pattern's method, and of ``re``'s own, in the package."""
    for path in sorted((ROOT / "reconciler").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "import re\n" not in text and "AddressTable" not in text:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        yield from _rows(str(path.relative_to(ROOT)), module)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield from _use(f"{path.relative_to(ROOT)}:{node.lineno}", module, node)


def _rows(where: str, module: object) -> Iterator[Use]:
    """The patterns of a site's addresses."""
    for value in vars(module).values():
        if isinstance(value, AddressTable):
            for number, row in enumerate(value.rows):
                yield Use(f"{where}:row {number}", re.compile(row.pattern), "fullmatch")


def _use(where: str, module: object, call: ast.Call) -> Iterator[Use]:
    function = call.func
    assert isinstance(function, ast.Attribute)
    if function.attr not in METHODS or not isinstance(function.value, ast.Name):
        return
    if function.value.id != "re":
        pattern = vars(module).get(function.value.id)
        if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
            yield Use(where, pattern, function.attr)
        return
    try:
        source = eval(ast.unparse(call.args[0]), dict(vars(module)))  # noqa: S307 - our own code
    except NameError:  # made when it is called
        return
    flags = [ast.unparse(word.value) for word in call.keywords if word.arg == "flags"]
    flags += [ast.unparse(member) for member in call.args if "re." in ast.unparse(member)]
    if isinstance(source, str):
        yield Use(where, re.compile(source, eval("|".join(flags) or "0")), function.attr)  # noqa: S307


def pieces(tree: object) -> Iterator[str]:
    """What the parts of a pattern match: a text for each, of one repetition."""
    text = ""
    for op, value in tree:  # type: ignore[attr-defined]
        piece = next(iter([*_piece(op, value), ""]))
        for inner in _inside(op, value):
            yield from pieces(inner)
        yield piece
        text += piece
        yield text
    yield text


def _inside(op: object, value: object) -> list[object]:
    match str(op):
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [value[2]]  # type: ignore[index]
        case "SUBPATTERN":
            return [value[3]]  # type: ignore[index]
        case "BRANCH":
            return list(value[1])  # type: ignore[index]
    return []


def _piece(op: object, value: object) -> Iterator[str]:
    match str(op):
        case "LITERAL":
            yield chr(value)  # type: ignore[arg-type]
        case "NOT_LITERAL" | "ANY":
            yield "b" if value != ord("b") else "c"
        case "IN":
            yield _member(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            repetition: tuple[int, int, object] = value  # type: ignore[assignment]
            once = [*pieces(repetition[2])][-1]
            yield once * max(repetition[0], 1)
        case "SUBPATTERN":
            yield next(reversed([*pieces(value[3])]))  # type: ignore[index]
        case "BRANCH":
            yield next(reversed([*pieces(value[1][0])]))  # type: ignore[index]


def _member(value: object) -> str:
    compiled = {
        "CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a",
        "CATEGORY_NOT_DIGIT": "a", "CATEGORY_NOT_SPACE": "a", "CATEGORY_NOT_WORD": "-",
    }  # fmt: skip
    negated = [str(op) for op, _ in value][:1] == ["NEGATE"]  # type: ignore[attr-defined]
    if negated:
        return "q"
    op, member = next(iter(value))  # type: ignore[call-overload]
    return (
        compiled[str(member)]
        if str(op) == "CATEGORY"
        else chr(member[0] if str(op) == "RANGE" else member)
    )


def attacks(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """A beginning and what is repeated after it, for each part of the pattern."""
    parts = {piece for piece in pieces(parser.parse(pattern.pattern, pattern.flags)) if piece}
    repeated = {*FILLERS, *parts, *(f"{part}{filler}" for part in parts for filler in " 0a")}
    starts = {"", *sorted(parts, key=len)[-2:]}
    return sorted((start, again) for start in starts for again in repeated)[:200]


def seconds(use: Use, text: str) -> float:
    """How long the pattern looks at a text."""
    before = time.thread_time()
    if use.method in {"sub", "subn"}:
        use.pattern.sub("", text)
    else:
        result = getattr(use.pattern, use.method)(text)
        if use.method == "finditer":
            sum(1 for _ in result)
    return time.thread_time() - before


def slowest(use: Use) -> str:
    """The attack that a pattern does not withstand; empty where there is none."""
    times = []
    for start, again in attacks(use.pattern):
        duration = seconds(use, _text(start, again, SHORT))
        if duration > QUICK:
            return f"{duration:.2f} s for {start!r} + {again!r} in {SHORT} characters"
        times.append((duration, start, again))
    _, start, again = max(times)
    duration = seconds(use, _text(start, again, LONG))
    return f"{duration:.2f} s for {start!r} + {again!r}" if duration > PATIENCE else ""


def _text(start: str, again: str, size: int) -> str:
    return (start + again * (size // len(again)))[:size] + "\x00"


# Whoever asks these gives them a short text.
BOUNDED = {
    "reconciler/overseerr/walls.py": "100,000 characters; own test in test_overseerr_walls",
    "reconciler/sources/debug/scrub.py": "a debug page of 4 MB at most, own bounds",
    "reconciler/sources/sites/imdb/graphql.py": "the first 1,000 characters of an error",
    "reconciler/sources/sites/imdb/markup.py": "200 characters; own test in test_imdb_markup",
}

USES = {
    f"{use.where} {use.method}": use for use in uses() if use.where.partition(":")[0] not in BOUNDED
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_pattern_takes_linear_time(use: Use) -> None:
    assert slowest(use) == "", use.pattern.pattern
