"""The text of ``doctor`` for a check: its mark shows the result, also in color."""

from __future__ import annotations

import pytest

from reconciler.cli.doctor import Check, check_lines
from reconciler.render.layout import Look, text_of

FINE = Check("server", ok=True, finding="it is Seerr 3.4.1")
NOTE = Check("listen", ok=True, finding="others can read", todo="listen on 127.0.0.1")
BAD = Check("key", ok=False, finding="is wrong", todo="set server.api_key")


@pytest.mark.parametrize(
    ("check", "text", "color"),
    [
        (FINE, "ok   server: it is Seerr 3.4.1\n", "\x1b[32mok"),
        (NOTE, "note listen: others can read\n     → listen on 127.0.0.1\n", "\x1b[33mnote"),
        (BAD, "BAD  key: is wrong\n     → set server.api_key\n", "\x1b[1;31mBAD"),
    ],
    ids=["ok", "note", "failed"],
)
def test_each_check_has_a_word_and_a_color(check: Check, text: str, color: str) -> None:
    assert text_of(check_lines(check)) == text
    assert text_of(check_lines(check), Look(80, is_colored=True)).startswith(color)


def test_a_long_finding_wraps_beside_its_mark() -> None:
    check = Check("rights", ok=True, finding="word " * 20)
    assert text_of(check_lines(check), Look(60)).splitlines()[1].startswith("     word")
