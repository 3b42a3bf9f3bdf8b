"""Keys in the addresses of lists: asked with, and never shown."""

from __future__ import annotations

import pytest

from reconciler.sources.registry import SOURCES, recognize_list

KEYS = {
    "https://lists.example/a.json?apikey=hunter2": "hunter2",
    "https://anna:hunter2@lists.example/a.json": "hunter2",
    "json:https://lists.example/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9": "4e5f",
    "json:https://lists.example/a?t=0123456789abcdef0123": "456789abcdef",
    "json:https://lists.example/a?0123456789abcdef0123": "456789abcdef",
}


@pytest.mark.parametrize(("text", "key"), KEYS.items(), ids=KEYS)
def test_a_key_in_an_address_is_asked_with_and_not_shown(text: str, key: str) -> None:
    ref = recognize_list(text)
    assert key in ref.address
    assert key not in f"{ref} {ref!r}"


def test_a_key_in_an_address_of_no_list_is_not_shown() -> None:
    with pytest.raises(ValueError, match=r"https://lists\.example/a'") as refusal:
        recognize_list("https://lists.example/a?apikey=hunter2")
    assert "hunter2" not in str(refusal.value)


def test_two_keys_in_one_address_are_two_lists() -> None:
    first, other = (
        recognize_list(f"json:https://lists.example/{key}-4e5f-6071-8293-a4b5c6d7e8f9")
        for key in ("0a1b2c3d", "1a1b2c3d")
    )
    assert str(first) != str(other)


def test_one_address_with_two_short_keys_is_fetched_twice() -> None:
    first, other = (recognize_list(f"https://lists.example/a.json?key={key}") for key in "ab")
    assert (str(first) == str(other), first == other) == (True, False)


@pytest.mark.parametrize(
    ("first", "other"),
    [("a=1&b=2", "a=1%26b=2"), ("a=1+2", "a=1%2B2"), ("a=%25b", "a=b"), ("a%3Db=c", "a=b=c")],
)
def test_two_queries_that_look_alike_decoded_are_two_lists(first: str, other: str) -> None:
    names = [
        str(recognize_list(f"json:https://lists.example/a?{query}")) for query in (first, other)
    ]
    assert names[0] != names[1]
    assert [str(recognize_list(text)) for text in names] == names


@pytest.mark.parametrize("name", [*SOURCES, "nothing-known"])
@pytest.mark.parametrize("before", ["{}:no/such/list/here", "{}:none", "https://{}/none"])
def test_no_refusal_quotes_a_query(name: str, before: str) -> None:
    place = min(SOURCES[name].HOSTS, default="x.example") if name in SOURCES else "x.example"
    text = f"{before.format(place if '//' in before else name)}?apikey=hunter2"
    try:
        shown = str(recognize_list(text))
    except ValueError as refusal:
        shown = str(refusal)
    assert name == "file" or "hunter2" not in shown
