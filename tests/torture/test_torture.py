"""A short form of each attack; ``make torture`` does the same for some minutes."""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.project import places
from tests.torture import __main__ as torture
from tests.torture import memory
from tests.torture.attack import Attack, check, run_rounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from tests.torture.attack import Figures, Strike

SEED = 1
ROUNDS: dict[str, Sequence[int]] = {  # of that seed; `memory` takes too long
    "kills": (0,),
    "faults": (0, 1, 2, 3, 7),
    "drips": (0, 1, 2),
    "fuzz": (*range(8), 22, 23),
    "secrets": (0,),
}
PAGE = places.INTERNALS / "reliability.md"


@pytest.mark.parametrize("name", ROUNDS)
def test_an_attack_finds_nothing(name: str) -> None:
    result = run_rounds(torture.ATTACKS[name], SEED, 0, ROUNDS[name])
    assert result.failures == {}
    assert result.rounds == len(ROUNDS[name])
    assert all(result.figures[figure] for figure in result.figures if figure not in NOTHING)


NOTHING = {"duplicates", "lost", "hits"}


def test_every_attack_has_a_short_form_but_the_one_on_memory() -> None:
    assert {*ROUNDS, "memory"} == torture.ATTACKS.keys()


def test_hostile_documents_are_as_large_as_they_are_asked_to_be() -> None:
    for name, document in memory.documents(100, 1_000_000).items():
        assert name == "feed" or 500_000 < len(document) < 1_000_000


@contextmanager
def _set_up() -> Iterator[Strike]:
    def strike(chance: Random) -> Figures:
        number = chance.randrange(1_000_000)
        check(number % 2, f"{number} is even")
        return {"odd": 1, "longest": number}

    yield strike


@pytest.fixture
def coin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(torture.ATTACKS, "kills", Attack("kills", "0 even", _set_up))


@pytest.mark.usefixtures("coin")
def test_a_round_that_finds_something_is_exit_1_and_can_be_run_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["--seed", "5", "--only", "kills", "--minutes", "0.0005"]
    assert torture.main(words) == 1
    out, err = capsys.readouterr()
    assert out.startswith("seed 5\n")
    assert "FAILED |" in out
    failing = next(line for line in err.splitlines() if "is even" in line)
    number = failing.partition("round ")[2].partition(":")[0]
    assert torture.main(["--seed", "5", "--only", "kills", "--round", number]) == 1
    assert failing in capsys.readouterr().err
    again = f"{shlex.quote(sys.executable)} -m tests.torture --seed 5 --only kills"
    assert f"again: {again} --round {number}\n" in err


@pytest.mark.usefixtures("coin")
def test_rounds_that_find_nothing_are_exit_0() -> None:
    fine = next(
        n for n in range(99) if not run_rounds(torture.ATTACKS["kills"], 5, 0, [n]).failures
    )
    assert torture.main(["--seed", "5", "--only", "kills", "--round", str(fine)]) == 0


def test_an_attack_that_is_not_known_is_refused() -> None:
    assert torture.main(["--only", "kills,blows"]) == 64


def test_the_page_shows_every_attack_with_its_bound() -> None:
    shown = {row[0]: row[4] for row in places.table(PAGE, "## Results")}
    assert shown == {name: attack.bound for name, attack in torture.ATTACKS.items()}
