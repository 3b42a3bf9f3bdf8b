"""The plan in the README is what the demo prints; only ports, hashes and times may differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.demo_plan import README, demo_plan, excerpt, normalized, shown_plan

pytestmark = pytest.mark.browser


def test_the_plan_of_the_readme_is_the_demos(tmp_path: Path) -> None:
    page = README.read_text(encoding="utf-8")
    plan = excerpt(demo_plan(tmp_path))
    assert normalized(shown_plan(page)) == normalized(plan), "run make readme-plan"
