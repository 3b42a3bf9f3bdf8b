"""The Dockerfile's instructions, as far as this project uses them."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from typing import NamedTuple


class Instruction(NamedTuple):
    """One line of the file, its continuation lines joined: ``RUN``, and what follows it."""

    name: str
    rest: str


@dataclass
class Stage:
    """A stage: what it is built from, and what is done to that."""

    name: str
    base: str
    steps: list[Instruction] = field(default_factory=list)

    def last_instruction(self, name: str) -> str | None:
        """What the last instruction of this name says."""
        return next((step.rest for step in reversed(self.steps) if step.name == name), None)


def stages(text: str) -> dict[str, Stage]:
    """Every stage by name, in the file's order."""
    by_name: dict[str, Stage] = {}
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, rest = line.strip().partition(" ")
        match [name, *rest.split()]:
            case ["FROM", base, "AS", called]:
                by_name[called] = Stage(called, base)
            case [name, *_] if name:
                [*by_name.values()][-1].steps.append(Instruction(name, rest.strip()))
    return by_name


def environment(rest: str) -> dict[str, str]:
    """What an ``ENV`` sets."""
    return dict(word.split("=", 1) for word in shlex.split(rest))


def command(rest: str) -> list[str]:
    """The words of an ``ENTRYPOINT`` or ``CMD`` in its JSON form."""
    words: list[str] = json.loads(rest)
    return words
