"""What is promised of speed: the sizes it is measured at, and the bounds. One page for all."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

PAGE = 1000  # rows of the server in one call


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    titles: int = 1_000  # of the first pass
    rows: int = 10_000  # each of media and requests, on a full server
    latency: float = 0.05  # seconds that each call to the server takes
    quiet_rounds: int = 3
    wants: tuple[int, int, int] = (10_000, 100_000, 1_000_000)
    lists: tuple[int, int] = (1_000, 10_000)  # titles of a list at IMDb
    list_rounds: tuple[int, int] = (7, 3)
    actions: int = 1_000
    starts: int = 15
    idle: float = 60.0  # seconds that an idle controller is watched


FULL = Sizes()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured, and in the same run the bare thing beside it."""

    value: float
    bare: float | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A bound: so much of a unit, or so many times the bare figure. Neither: for information."""

    what: str
    unit: str
    most: float | None = None
    times: float | None = None

    @property
    def bound(self) -> str:
        """As the table shows it."""
        if self.most is not None:
            return f"≤ {shown(self.most, self.unit)}"
        return f"≤ {self.times:g} × beside" if self.times is not None else "none"

    def kept(self, reading: Reading) -> bool:
        """Whether a reading is within the bound."""
        if self.most is not None:
            return reading.value <= self.most
        if self.times is not None:
            return reading.bare is not None and reading.value <= self.times * reading.bare
        return True


def shown(value: float, unit: str) -> str:
    """A figure with its unit, in three digits where it is not a count."""
    if unit == "calls":
        return f"{value:,.0f} calls"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def promises(sizes: Sizes) -> dict[str, Promise]:
    """Every figure of the table, by the name that a bench gives its reading."""
    titles, full, small = sizes.titles, sizes.rows, min(sizes.titles, sizes.rows)
    few, many, most = sizes.wants
    short, long = sizes.lists
    first = f"first pass, {titles:,} titles by IMDb id"
    return {
        "first calls": Promise(f"{first}: calls", "calls", most=2 * titles + 10),
        "first wall": Promise(f"{first}: wall", "s", times=1.2),
        "quiet calls": Promise(f"quiet pass, {small:,} rows: calls", "calls", most=_quiet(small)),
        "quiet wall": Promise(f"quiet pass, {small:,} rows: wall", "s"),
        "full calls": Promise(f"quiet pass, {full:,} rows: calls", "calls", most=_quiet(full)),
        "full wall": Promise(f"quiet pass, {full:,} rows: wall", "s"),
        "plan few": Promise(f"plan, {few:,} wants", "s"),
        "plan many": Promise(f"plan, {many:,} wants", "s", most=2.0),
        "plan linear": Promise(f"plan, {many:,} wants beside {few:,}", "s", times=15),
        "plan more": Promise(f"plan, {most:,} wants beside {many:,}", "s", times=15),
        "memory many": Promise(f"plan, {many:,} wants: memory", "MB"),
        "memory more": Promise(f"plan, {most:,} wants: memory beside {many:,}", "MB", times=15),
        "short list": Promise(f"IMDb list of {short:,}", "s", times=1.25),
        "short memory": Promise(f"IMDb list of {short:,}: Python's memory", "MB", most=300),
        "long list": Promise(f"IMDb list of {long:,}", "s", times=1.25),
        "long memory": Promise(f"IMDb list of {long:,}: Python's memory", "MB", most=300),
        "ledger": Promise(f"ledger, a pass of {sizes.actions:,} titles: written", "s", times=1.3),
        "idle memory": Promise("run, 20 lists from files, idle: memory", "MB", most=90),
        "idle processor": Promise("run, idle: of one core", "%", most=0.5),
        "idle processes": Promise("run, idle: other processes", "of them", most=0),
        "help": Promise("listsync --help, beside import typer", "s", times=2),
    }


def _quiet(rows: int) -> int:
    return 2 * ceil(rows / PAGE) + 6
