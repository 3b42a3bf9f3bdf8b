"""Each bench runs, and a bound that is missed is exit 1."""

from __future__ import annotations

from functools import cache

import pytest

from tests.bench import __main__ as bench
from tests.bench.promises import FULL, SOURCES, Promise, Reading, Sizes, promises
from tests.project import places

SMALL = Sizes(
    titles=3,
    rows=5,
    default_titles=3,
    files=2,
    file_titles=2,
    latency=0.0,
    quiet_rounds=1,
    wants=(10, 20, 40),
    lists=(3, 260),
    list_rounds=(1, 1),
    sources=dict.fromkeys(SOURCES, 7),
    posters=3,
    source_rounds=1,
    source_seconds=0.0,
    actions=3,
    starts=1,
    idle=0.1,
)
OF_BENCH = {
    "startup": {"help"},
    "planner": {"plan few", "plan many", "plan linear", "plan more", "memory many", "memory more"},
    "ledger": {"ledger"},
    "idle": {"idle memory", "idle processor", "idle processes"},
    "sources": {f"source {name}" for name in SOURCES},
    "letterboxd": {"source letterboxd"},
    "scraping": {"short list", "short memory", "long list", "long memory"},
    "runs": {
        *("first calls", "first wall", "quiet calls", "quiet wall", "full calls", "full wall"),
        *("default wall", "many lists"),
    },
}
BROWSER = {"scraping", "letterboxd"}
PAGE = places.INTERNALS / "performance.md"


@cache
def readings_of(name: str) -> dict[str, Reading]:
    """What a bench reads at small sizes; each runs once."""
    return bench.BENCHES[name](SMALL)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.browser) if n in BROWSER else n for n in bench.BENCHES],
)
def test_a_bench_reads_the_figures_that_are_promised(name: str) -> None:
    readings = readings_of(name)
    assert readings.keys() == OF_BENCH[name]
    assert all(reading.value >= 0 for reading in readings.values())


def test_every_promise_is_measured_by_one_bench() -> None:
    measured = [name for names in OF_BENCH.values() for name in names]
    assert sorted(measured) == sorted(promises(FULL))


def test_calls_are_within_their_bounds_at_any_size() -> None:
    readings = readings_of("runs")
    promised = promises(SMALL)
    assert all(
        promised[n].is_met(readings[n]) for n in ("first calls", "quiet calls", "full calls")
    )


@pytest.mark.parametrize(
    ("promise", "reading", "is_met"),
    [
        (Promise("calls", "calls", most=8), Reading(8), True),
        (Promise("calls", "calls", most=8), Reading(9), False),
        (Promise("wall", "s", times=1.5), Reading(3.0, 2.0), True),
        (Promise("wall", "s", times=1.5), Reading(3.1, 2.0), False),
        (Promise("wall", "s", times=1.5), Reading(0.1), False),
        (Promise("rate", "titles/s", share=1.25), Reading(80, 100), True),
        (Promise("rate", "titles/s", share=1.25), Reading(79, 100), False),
        (Promise("rate", "titles/s", share=1.25), Reading(79), False),
        (Promise("wall", "s"), Reading(1e9), True),
    ],
    ids=[
        "at most",
        "more",
        "times",
        "more times",
        "nothing beside it",
        "as quick",
        "slower",
        "beside nothing",
        "no bound",
    ],
)
def test_a_bound_is_kept_or_missed(promise: Promise, reading: Reading, is_met: bool) -> None:  # noqa: FBT001 - a table's column
    assert promise.is_met(reading) is is_met


@pytest.mark.parametrize(("measured", "code"), [(1.4, 0), (1.6, 1)], ids=["kept", "missed"])
def test_a_missed_bound_is_exit_1_and_marked_in_the_table(
    measured: float,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(bench.BENCHES, "startup", lambda _: {"help": Reading(measured, 1.0)})
    assert bench.run(FULL, ["startup"]) == code
    assert ("MISSED" in capsys.readouterr().out) == bool(code)


def test_the_page_shows_every_figure_with_its_bound() -> None:
    page_rows = {row[0]: row[2] for row in places.table(PAGE, "## Results")}
    assert page_rows == {promise.label: promise.bound_text for promise in promises(FULL).values()}
