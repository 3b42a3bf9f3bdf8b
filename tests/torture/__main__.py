"""``make torture``: attacks for some minutes, and one table; exit 1 if an attack found anything."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from typing import TYPE_CHECKING

from tests.torture import drips, faults, fuzz, kills, memory, secrets
from tests.torture.attack import run_rounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.torture.attack import Result

ATTACKS = {
    module.ATTACK.name: module.ATTACK for module in (kills, faults, drips, fuzz, secrets, memory)
}
_PROGRAM = f"{shlex.quote(sys.executable)} -m tests.torture"  # the Python that has its packages


def table(results: Sequence[Result]) -> str:
    """What the attacks found, as a Markdown table."""
    lines = ["| attack | rounds | seconds | result | bound | ok |", "|---|---|---|---|---|---|"]
    for result in results:
        cells = (
            result.attack.name,
            f"{result.rounds:,}",
            f"{result.seconds:.0f}",
            result.summary,
            result.attack.bound,
            f"{len(result.failures)} FAILED" if result.failures else "ok",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def run(seed: int, minutes: float, chosen: Sequence[str], rounds: Sequence[int] | None) -> int:
    """Attack, print, judge. ``rounds``: of each chosen attack; None: as many as there is time."""
    results = []
    for name in chosen:
        result = run_rounds(ATTACKS[name], seed, minutes * 60 / len(chosen), rounds)
        results.append(result)
        for number, message in result.failures.items():
            again = f"{_PROGRAM} --seed {seed} --only {name} --round {number}"
            sys.stderr.write(f"{name}, round {number}: {message}\n  again: {again}\n")
        sys.stderr.write(f"{name}: {result.seconds:.0f} s\n")
    sys.stdout.write(f"seed {seed}\n\n{table(results)}\n")
    return 1 if any(result.failures for result in results) else 0


def _arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=_PROGRAM, description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="default: the time")
    parser.add_argument("--minutes", type=float, default=4, help="all attacks together (4)")
    parser.add_argument("--only", default=",".join(ATTACKS), help="names of attacks: a,b")
    parser.add_argument("--round", type=int, help="only this round of each")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """The command line."""
    options = _arguments(words)
    chosen = options.only.split(",")
    if unknown := sorted(set(chosen) - ATTACKS.keys()):
        sys.stderr.write(f"unknown attacks: {', '.join(unknown)} (known: {', '.join(ATTACKS)})\n")
        return 64
    return run(
        options.seed, options.minutes, chosen, None if options.round is None else [options.round]
    )


if __name__ == "__main__":
    sys.exit(main())
