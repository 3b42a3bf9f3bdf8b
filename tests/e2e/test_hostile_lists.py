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
    household: Household, command: tuple[str, ...]
) -> None:
    rows = [f'{DUNE.imdb},"{EVIL}",Movie,2021', f'tt90000003,"{EVIL}",Movie,1997']
    text = "\n".join(["Const,Title,Title Type,Year", *rows, f"{HEAT.imdb},Heat,Movie,1995"])
    (household.folder / "wishes.csv").write_text(text, encoding="utf-8")
    household.write({"wishes": {"source": "file:wishes.csv"}})
    assert household.run("plan").code == 0
    if command[0] == "history":
        household.run("apply", "--yes")
    done = household.run(*command)
    assert done.code == 0
    assert "anna" in done.out or command == ("status",)
    printed = done.out + done.err
    matches = {c for c in printed if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"}}
    assert matches <= {"\n", "\u200b"}
