"""What of an address is shown, and what is masked wherever else it turns up."""

from __future__ import annotations

import pytest

from reconciler.core.model import Facts, Ids, Item, Outcome, Snapshot, TitleRef
from reconciler.core.privacy import is_harmless, mask, veil, veil_spans, without_secrets

TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"

HARMLESS = [
    "", "v3", "lists", "Watchlist", "TOP", "best-films", "films.json", "my_list.xml", "2024",
    "123456789", "…", "…a93f0c", "a1b2", "été-films",
]  # fmt: skip
HIDDEN = {
    "GitHub token": TOKEN,
    "base64url": "MTc2MzgyNjQwMDAwMGFiY2RlZmFi",
    "base64url of letters": "QxZzTtKkLmPq",
    "hex": "9f86d081884c7d65",
    "hex of letters": "deadbeef",
    "UUID": "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    "pass phrase": "correct-horse-battery-staple",
    "pass phrase with spaces": "correct horse battery staple",
    "short password": "hunter2",
    "JWT": "eyJhbGciOi.eyJzdWIiOi.SflKxwRJ",
    "long number": "1234567890",
    "long word": "abcdefghijklmnop",
    "veiled with more behind it": "…a93f0cSECRET",
}


@pytest.mark.parametrize("word", HARMLESS)
def test_a_word_that_is_surely_no_secret_is_shown(word: str) -> None:
    assert is_harmless(word)


@pytest.mark.parametrize("word", HIDDEN.values(), ids=HIDDEN)
def test_a_word_that_may_be_a_secret_is_veiled(word: str) -> None:
    assert not is_harmless(word)
    assert is_harmless(veil(word))
    assert veil(veil(word)) == veil(word)


def test_a_short_secret_leaves_nothing_behind() -> None:
    assert veil("hunter2", secret=True) == "…"


@pytest.mark.parametrize(
    ("text", "shown", "veiled"),
    [
        ("json:https://a.test/<anna>/films", "json:https://a.test/…/films", ("anna",)),
        ("json:https://a.test/x?list=<anna>", "json:https://a.test/x?list=…", ("anna",)),
        ("json:https://a.test/x-<anna>-y", "json:https://a.test/…", ("x-anna-y", "anna")),
        ("json:https://<a.test>/films", "json:https://a.test/films", ()),
        ("<https://a.test/films?a=b>", "https://a.test/…?…=…", ("films", "a", "b")),
        ("<json>:https://a.test/x", "json:https://a.test/x", ()),
    ],
)
def test_what_a_variable_holds_is_veiled_by_its_place(
    text: str, shown: str, veiled: tuple[str, ...]
) -> None:
    start, end = text.index("<"), text.index(">") - 1
    plain = text.replace("<", "").replace(">", "")
    assert veil_spans(plain, [(start, end)]) == (shown, veiled)


def test_longer_secrets_are_masked_before_their_parts() -> None:
    assert mask("abcdefgh abcdef abc", ["abcdef", "abcdefgh", "abc"]) == "… … abc"


def test_a_secret_that_a_site_echoes_is_in_nothing_that_was_read() -> None:
    text = f"Dune {TOKEN}"
    other = TitleRef("tt0000001", text)
    item = Item(
        1,
        text,
        original_title=text,
        unsupported=text,
        series=other,
        episode=other,
        ids=Ids("tt0111161", trakt=TOKEN),
        facts=Facts(genres=(text,)),
    )
    snapshot = Snapshot(Outcome.INCOMPLETE, "api", (item, item), error=text, note=text)
    masked = without_secrets(snapshot, [TOKEN, "tt0111161"])
    assert TOKEN not in repr(masked)
    assert masked.items[0].title == "Dune …"
    assert masked.items[0].ids == Ids("tt0111161")


def test_what_holds_no_secret_stays_itself() -> None:
    snapshot = Snapshot(Outcome.COMPLETE, "api", (Item(1, "Dune"),))
    assert without_secrets(snapshot, [TOKEN, ""]) is snapshot
