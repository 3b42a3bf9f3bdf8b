"""Saved plans: what of them is still to be done, and which files are none."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import plan_file
from reconciler.core.model import (
    Action,
    Expected,
    Item,
    Kind,
    MediaKey,
    Op,
    Plan,
    Route,
    Target,
    Why,
)
from reconciler.errors import PlanMisfitError, UsageError
from reconciler.render.digest import checksum, plan_digest, sent
from reconciler.render.document import PlanDocument, action_row, plan_document
from reconciler.render.markdown import escape
from tests.core.values import ANNA

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://seerr:5055"


def action(tmdb: int = 1, *seasons: int, **changes: Any) -> Action:  # noqa: ANN401 - any field
    kind = Kind.TV if seasons else Kind.MOVIE
    plain = Action(
        Op.REQUEST,
        Why.MISSING,
        Target(MediaKey(kind, tmdb)),
        Item(1, "Dune", 2021),
        ("films",),
        Route.IMDB,
        ANNA,
        Expected.PENDING,
        seasons or None,
    )
    return dataclasses.replace(plain, **changes)


def document(*actions: Action, url: str = URL) -> PlanDocument:
    server = {"url": url, "flavour": "seerr", "version": "3.1.0", "seconds": 0.9}
    config = {"path": "listsync.yaml", "generation": "9c1e2b"}
    return plan_document(Plan(actions), config=config, server=server, lists=[])


def written(path: Path, told: object) -> Path:
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_a_plan_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    told, path = document(action(1), action(2, 1, 2)), tmp_path / "plan.json"
    plan_file.save(told, path)
    saved = plan_file.read(path, URL)
    assert (saved.digest, list(saved.actions)) == (told["digest"], told["actions"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize("key", document(action())["actions"][0])
def test_an_action_that_was_changed_in_the_file_is_refused(tmp_path: Path, key: str) -> None:
    told: Any = json.loads(json.dumps(document(action())))
    told["actions"][0][key] = "changed"
    with pytest.raises(PlanMisfitError):
        plan_file.read(written(tmp_path / "plan.json", told), URL)


@pytest.mark.parametrize("key", document(action()))
def test_a_field_that_was_changed_in_the_file_is_refused(tmp_path: Path, key: str) -> None:
    told: Any = json.loads(json.dumps(document(action())))
    told[key] = "changed"
    with pytest.raises(PlanMisfitError):
        plan_file.read(written(tmp_path / "plan.json", told), URL)


def test_a_checksum_that_was_made_anew_does_not_hide_a_changed_action(tmp_path: Path) -> None:
    told: Any = json.loads(json.dumps(document(action())))
    told["actions"][0]["media"]["ids"]["tmdb"] = 2
    told["checksum"] = checksum(told)
    with pytest.raises(PlanMisfitError, match="disagree"):
        plan_file.read(written(tmp_path / "plan.json", told), URL)


def test_a_plan_for_another_server_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "plan.json", document(action(), url="http://other:5055"))
    with pytest.raises(PlanMisfitError, match="http://other:5055"):
        plan_file.read(path, URL)


@pytest.mark.parametrize("text", ["", "[]", "{}", "\udcff", "{", "nothing"])
def test_what_is_no_plan_is_wrong_usage(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError):
        plan_file.read(path, URL)


ACTIONS = st.lists(
    st.builds(
        action,
        st.integers(1, 4),
        requester=st.just(ANNA),
        op=st.sampled_from([Op.REQUEST, Op.RETRY]),
        request_ids=st.sampled_from([(), (1,), (2,)]),
        detail=st.sampled_from(["", "said"]),
    ),
    unique_by=lambda a: sent(action_row(a)),
)


@given(ACTIONS, ACTIONS)
def test_nothing_is_done_that_the_saved_or_the_current_plan_lacks(
    saved: list[Action], current: list[Action]
) -> None:
    agreement = plan_file.agree([action_row(a) for a in saved], current)
    have, need = ({sent(action_row(a)) for a in plan} for plan in (saved, current))
    assert {sent(action_row(a)) for a in agreement.both} == have & need
    assert {sent(row) for row in agreement.gone} == have - need
    assert {sent(row) for row in agreement.new} == need - have


def test_all_that_is_sent_counts_and_a_title_does_not() -> None:
    plain = plan_digest(URL, [action_row(action())])
    other = [
        action(2),
        action(1, 1),
        action(op=Op.RETRY),
        action(expected=Expected.APPROVED),
        action(request_ids=(7,)),
        action(target=Target(MediaKey(Kind.MOVIE, 1), is_4k=True)),
    ]
    assert plain not in {plan_digest(URL, [action_row(changed)]) for changed in other}
    renamed = action(item=Item(1, "Duna", 2021))
    assert plan_digest(URL, [action_row(renamed)]) == plain


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("@anna", "@\u200banna"),
        ("#12", "\\#\u200b12"),
        ("GH-12", "GH\\-\u200b12"),
        ("a|b<i>`_[", "a\\|b\\<i\\>\\`\\_\\["),
        ("\u202eDune\x1b", "Dune"),
    ],
)
def test_a_title_in_markdown_is_only_itself(title: str, said: str) -> None:
    assert escape(title) == said
