"""Each source reports the outcomes that its site makes distinguishable."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests_mock

from reconciler.core.model import READ, Outcome
from reconciler.sources.registry import SOURCES
from tests.sources.outcomes import TELLS, read

EACH = [(source, outcome) for source, outcomes in TELLS.items() for outcome in outcomes]
WITH_TITLES = {Outcome.COMPLETE, Outcome.UNVERIFIED, Outcome.INCOMPLETE}


def test_every_source_says_what_it_can_tell() -> None:
    assert list(TELLS) == list(SOURCES)


@pytest.mark.parametrize(("source", "outcome"), EACH, ids=[" ".join(row) for row in EACH])
def test_a_source_tells_an_outcome_from_the_others(
    source: str, outcome: Outcome, tmp_path: Path, requests_mock: requests_mock.Mocker
) -> None:
    snapshot = read(TELLS[source][outcome], tmp_path, requests_mock)
    assert snapshot.outcome is outcome
    assert bool(snapshot.items) is (outcome in WITH_TITLES)
    assert bool(snapshot.error) is (outcome not in READ)
