"""A list with hostile titles goes through every command as text, and to the server as it is."""

from __future__ import annotations

import unicodedata

import pytest

from tests.e2e.household import DUNE, HEAT, Household

EVIL = "\x1b]0;owned\x07\x1b[2J @anna <!channel>|`x`\u202e\u2028# \x85 <details>"
COMMANDS = [
    ("plan",),
    ("plan", "-o", "markdown"),
    ("plan", "-o", "json"),
    ("explain", "anna", "-o", "json"),
    ("apply", "--yes"),
    ("status",),
    ("status", "wishes"),
    ("history",),
    ("explain", "anna"),
    ("fetch", "wishes"),
    ("fetch", "wishes", "-o", "markdown"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_prints_what_moves_colours_or_reorders_text(
    house: Household, command: tuple[str, ...]
) -> None:
    rows = [f'{DUNE.imdb},"{EVIL}",Movie,2021', f'tt90000003,"{EVIL}",Movie,1997']
    text = "\n".join(["Const,Title,Title Type,Year", *rows, f"{HEAT.imdb},Heat,Movie,1995"])
    (house.folder / "wishes.csv").write_text(text, encoding="utf-8")
    house.write({"wishes": {"source": "file:wishes.csv"}})
    assert house.run("plan").code == 0
    if command[0] == "history":
        house.run("apply", "--yes")
    done = house.run(*command)
    assert done.code == 0
    assert "anna" in done.out or command == ("status",)
    printed = done.out + done.err
    found = {c for c in printed if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"}}
    assert found <= {"\n", "\u200b"}
