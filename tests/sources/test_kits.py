"""No JSON makes the reading of foreign values raise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.http import foreign
from reconciler.sources import fields, json_items
from reconciler.sources.sites import letterboxd

HUGE = st.sampled_from([10**400, -(10**400), 1e308, float("inf"), float("nan"), "9" * 5000])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | HUGE
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KITS = [
    getattr(kit, name)
    for kit, names in (
        (foreign, ["integer", "decimal", "text", "record", "records", "day", "moment", "line"]),
        (fields, ["text", "imdb_id", "number", "year", "rows"]),
        (json_items, ["parse", "declared_total", "is_feed", "next_link", "is_half"]),
        (letterboxd, ["parse"]),
    )
    for name in names
]


@settings(max_examples=300)
@given(value=JSON)
def test_any_value_is_read_or_left_out(value: object) -> None:
    for reader in KITS:
        reader(value)


@given(value=JSON, other=JSON)
def test_facts_and_counts_of_any_value(value: object, other: object) -> None:
    fields.facts(value, other, value, other)
    fields.count({"a": value, "b": other}, "a", "b")
    foreign.dig([value, other], 1, "a", 0)
    foreign.year(value)
    letterboxd.parse({"names": [value], "total": other})


def test_a_number_that_no_float_holds_is_no_decimal() -> None:
    assert foreign.decimal(10**400) is None
