"""What is promised of speed: the sizes it is measured at, and the bounds. One page for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

PAGE = 1000  # rows of the server in one call

# Titles of a list of each source, with what it is called in the table. Ten pages where it is paged.
SOURCES = {
    "mdblist": ("MDBList", 9_950),
    "tmdb": ("TMDB", 200),
    "trakt": ("Trakt's API", 2_450),
    "imdb": ("IMDb's API", 2_500),
    "anilist": ("AniList", 5_000),
    "simkl": ("Simkl", 3_000),
    "tvdb": ("TVDB", 10),
    "rss": ("RSS", 500),
    "json": ("JSON, one response", 1_000),
    "big json": ("JSON, one big response", 10_000),
    "stevenlu": ("StevenLu, one response", 1_000),
    "export": ("Letterboxd's export", 5_000),
}
_CALLED = {name: called for name, (called, _) in SOURCES.items()}
_CALLED["letterboxd"] = "Letterboxd in the browser"
# Little or nothing is waited for: making titles of the rows is most of what there is to it.
UNBOUND = {"export", "big json"}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    titles: int = 1_000  # of the first run
    rows: int = 10_000  # each of media and requests, on a full server
    default_titles: int = 200  # of the first sync with default settings
    files: int = 20  # lists from files, for the time that planning takes outside the server
    file_titles: int = 10
    latency: float = 0.05  # seconds that each call to the server takes
    quiet_rounds: int = 3
    wants: tuple[int, int, int] = (10_000, 100_000, 1_000_000)
    lists: tuple[int, int] = (1_000, 10_000)  # titles of a list at IMDb
    list_rounds: tuple[int, int] = (7, 3)
    sources: dict[str, int] = field(default_factory=lambda: {k: n for k, (_, n) in SOURCES.items()})
    posters: int = 500  # films of a list at Letterboxd, in the browser
    source_rounds: int = 5
    source_seconds: float = 5.0
    actions: int = 1_000
    starts: int = 15
    idle: float = 60.0  # seconds that an idle controller is watched


FULL = Sizes()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured, and the bare program (the baseline) in the same run."""

    value: float
    bare: float | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A bound: an absolute value, or a multiple of the baseline. None: for information only.

    For rates, the baseline is the higher figure; ``share``: its allowed divisor.
    """

    label: str
    unit: str
    most: float | None = None
    times: float | None = None
    share: float | None = None

    @property
    def bound_text(self) -> str:
        """As the table shows it."""
        if self.most is not None:
            return f"≤ {format_figure(self.most, self.unit)}"
        if self.share is not None:
            return f"≥ baseline / {self.share:g}"
        return f"≤ {self.times:g} × baseline" if self.times is not None else "none"

    def baseline_text(self, reading: Reading) -> str:
        """The bare figure, and how many times it is reached or missed."""
        if reading.bare is None:
            return ""
        ratio = ""
        if reading.bare and self.times:
            ratio = f" (× {reading.value / reading.bare:.2f})"
        if reading.value and self.share:
            ratio = f" (/ {reading.bare / reading.value:.2f})"
        return format_figure(reading.bare, self.unit) + ratio

    def is_met(self, reading: Reading) -> bool:
        """Whether a reading is within the bound."""
        if self.most is not None:
            return reading.value <= self.most
        if self.times is not None:
            return reading.bare is not None and reading.value <= self.times * reading.bare
        if self.share is not None:
            return reading.bare is not None and reading.value * self.share >= reading.bare
        return True


def format_figure(value: float, unit: str) -> str:
    """A figure with its unit, in three digits where it is not a count."""
    if unit == "calls":
        return f"{value:,.0f} calls"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def promises(sizes: Sizes) -> dict[str, Promise]:
    """Every figure of the table, by the name that a bench gives its reading."""
    titles, full, small = sizes.titles, sizes.rows, min(sizes.titles, sizes.rows)
    few, many, most = sizes.wants
    short, long = sizes.lists
    first = f"first run, {titles:,} titles by IMDb id"
    return {
        "first calls": Promise(f"{first}: calls", "calls", most=2 * titles + 10),
        "first wall": Promise(f"{first}: wall", "s", times=1.2),
        "quiet calls": Promise(f"quiet run, {small:,} rows: calls", "calls", most=_quiet(small)),
        "quiet wall": Promise(f"quiet run, {small:,} rows: wall", "s"),
        "full calls": Promise(f"quiet run, {full:,} rows: calls", "calls", most=_quiet(full)),
        "full wall": Promise(f"quiet run, {full:,} rows: wall", "s"),
        "default wall": Promise(
            f"first sync, {sizes.default_titles:,} films by IMDb id, default settings: wall",
            "s",
            most=8,
        ),
        "many lists": Promise(
            f"plan, {sizes.files} lists from files: outside the server's responses", "s", most=0.5
        ),
        "plan few": Promise(f"plan, {few:,} wants", "s"),
        "plan many": Promise(f"plan, {many:,} wants", "s", most=2.0),
        "plan linear": Promise(f"plan, {many:,} wants compared with {few:,}", "s", times=15),
        "plan more": Promise(f"plan, {most:,} wants compared with {many:,}", "s", times=15),
        "memory many": Promise(f"plan, {many:,} wants: memory", "MB"),
        "memory more": Promise(
            f"plan, {most:,} wants: memory compared with {many:,}", "MB", times=15
        ),
        "short list": Promise(f"IMDb list of {short:,}", "s", times=1.25),
        "short memory": Promise(f"IMDb list of {short:,}: Python's memory", "MB", most=300),
        "long list": Promise(f"IMDb list of {long:,}", "s", times=1.25),
        "long memory": Promise(f"IMDb list of {long:,}: Python's memory", "MB", most=300),
        **_of_sources({**sizes.sources, "letterboxd": sizes.posters}),
        "ledger": Promise(f"ledger, a run of {sizes.actions:,} titles: written", "s", times=1.3),
        "idle memory": Promise("run, 20 lists from files, idle: memory", "MB", most=90),
        "idle processor": Promise("run, idle: of one core", "%", most=0.5),
        "idle processes": Promise("run, idle: other processes", "processes", most=0),
        "help": Promise("listsync --help, compared with import typer", "s", times=1.5),
    }


def _of_sources(sources: dict[str, int]) -> dict[str, Promise]:
    return {
        f"source {name}": Promise(
            f"{_CALLED[name]}, list of {count:,}",
            "titles/s",
            share=None if name in UNBOUND else 1.25,
        )
        for name, count in sources.items()
    }


def _quiet(rows: int) -> int:
    return 2 * ceil(rows / PAGE) + 6
