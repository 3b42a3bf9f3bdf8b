"""``make bench``: one table, each figure beside its bound; exit 1 if a bound is missed."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

from tests.bench import idle, interfaces, ledger_writes, planner, posters, runs, scraping, startup
from tests.bench.promises import FULL, Promise, Reading, Sizes, format_figure, promises

BENCHES = {
    "startup": startup.measure,
    "planner": planner.measure,
    "ledger": ledger_writes.measure,
    "scraping": scraping.measure,
    "sources": interfaces.measure,
    "letterboxd": posters.measure,
    "runs": runs.measure,
    "idle": idle.measure,
}


def table(promised: Mapping[str, Promise], readings: Mapping[str, Reading]) -> str:
    """The figures that were read, as a Markdown table."""
    lines = ["| what | measured | bound | baseline | ok |", "|---|---|---|---|---|"]
    for name, promise in promised.items():
        if (reading := readings.get(name)) is None:
            continue
        ok = "ok" if promise.is_met(reading) else "MISSED"
        cells = (
            promise.label,
            format_figure(reading.value, promise.unit),
            promise.bound_text,
            promise.baseline_text(reading),
            ok,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def run(sizes: Sizes, chosen: list[str]) -> int:
    """Measure, print, judge. ``chosen``: names of benches; none: all."""
    readings: dict[str, Reading] = {}
    for name in chosen or BENCHES:
        began = time.monotonic()
        readings |= BENCHES[name](sizes)
        sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s\n")
    promised = promises(sizes)
    sys.stdout.write(table(promised, readings) + "\n")
    return 0 if all(promised[name].is_met(read) for name, read in readings.items()) else 1


if __name__ == "__main__":
    sys.exit(run(FULL, sys.argv[1:]))
