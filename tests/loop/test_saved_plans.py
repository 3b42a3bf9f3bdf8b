"""Saved plans: what of them is still to be done, and which files are none."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model import (
    Action,
    Delivery,
    Expected,
    Item,
    Kind,
    MatchMethod,
    MediaKey,
    Op,
    Option,
    Plan,
    Target,
    Why,
)
from reconciler.errors import ListsyncError, PlanMismatchError, UsageError
from reconciler.render.document import (
    PlanDocument,
    checksum,
    effect_of,
    json_text,
    plan_digest,
)
from reconciler.render.rows import action_row, plan_document
from reconciler.sync import plan_file
from tests.core.values import ANNA, CAROL

URL = "http://seerr:5055"


def action(
    tmdb: int = 1,
    *seasons: int,
    title: str = "Dune",
    **changes: Any,  # noqa: ANN401 - any field
) -> Action:
    kind = Kind.TV if seasons else Kind.MOVIE
    plain = Action(
        Op.REQUEST,
        Why.MISSING,
        Target(MediaKey(kind, tmdb)),
        Item(1, title, 2021),
        ("films",),
        MatchMethod.IMDB,
        ANNA,
        Expected.PENDING,
        seasons or None,
    )
    return dataclasses.replace(plain, **changes)


def document(*actions: Action, url: str = URL) -> PlanDocument:
    server: Any = {"url": url, "flavour": "seerr", "version": "3.1.0", "seconds": 0.9}
    config = {"path": "listsync.yaml", "generation": "9c1e2b"}
    return plan_document(Plan(actions), config=config, server=server, lists=[])


def write_json(path: Path, plan: object) -> Path:
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def test_a_plan_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    plan, path = document(action(1), action(2, 1, 2)), tmp_path / "plan.json"
    plan_file.save(json_text(plan), path)
    saved = plan_file.read(path, URL)
    assert (saved.digest, list(saved.actions)) == (plan["digest"], plan["actions"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize("key", document(action())["actions"][0])
def test_an_action_that_was_changed_in_the_file_is_refused(tmp_path: Path, key: str) -> None:
    plan: Any = json.loads(json.dumps(document(action())))
    plan["actions"][0][key] = "changed"
    with pytest.raises(PlanMismatchError):
        plan_file.read(write_json(tmp_path / "plan.json", plan), URL)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("plan_id", "0" * 8),
        ("digest", "0" * 64),
        ("checksum", "0" * 64),
        ("narrowed_to", ["films"]),
        ("server", {"url": "http://other:5055"}),
        ("server", {}),
        ("actions", []),
        ("actions", {}),
    ],
)
def test_what_apply_reads_is_refused_where_it_was_changed(
    tmp_path: Path, key: str, value: object
) -> None:
    plan: Any = {**document(action()), key: value}
    with pytest.raises(PlanMismatchError, match="damage"):
        plan_file.read(write_json(tmp_path / "plan.json", plan), URL)


@pytest.mark.parametrize("key", ["server", "narrowed_to", "actions", "digest", "checksum"])
def test_what_apply_reads_is_refused_where_it_is_missing(tmp_path: Path, key: str) -> None:
    plan: Any = {name: value for name, value in document(action()).items() if name != key}
    with pytest.raises(PlanMismatchError, match="damage"):
        plan_file.read(write_json(tmp_path / "plan.json", plan), URL)


def test_json_that_another_program_rewrote_is_accepted(tmp_path: Path) -> None:
    plan: Any = document(action(1, title="Amélie 🎬"), action(2, 1, 2))
    plan["server"]["seconds"] = 1  # jq writes 1.0 so
    layouts: list[dict[str, Any]] = [{"indent": 8}, {"sort_keys": True}, {"ensure_ascii": False}]
    for n, layout in enumerate(layouts):
        path = tmp_path / f"{n}.json"
        path.write_text(json.dumps(plan, **layout), encoding="utf-8")
        assert list(plan_file.read(path, URL).actions) == plan["actions"]


def test_a_later_minor_format_is_read_for_what_is_known_of_it(tmp_path: Path) -> None:
    plan: Any = {**document(action()), "format_version": "2.9", "mood": "good"}
    plan["server"] |= {"mood": 0.5}
    plan["lists"] = [{"mood": None}]
    assert plan_file.read(write_json(tmp_path / "plan.json", plan), URL).digest == plan["digest"]


LATER_KEYS = ("server_id", "profile_id", "root_folder", "tags")  # as if a later minor had them


def of_an_older_format(*actions: Action) -> dict[str, Any]:
    """The document as a format would have it that knew nothing of Radarr and Sonarr."""
    plan: Any = json.loads(json.dumps(document(*actions)))
    rows: Any = [{k: v for k, v in row.items() if k not in LATER_KEYS} for row in plan["actions"]]
    digest = plan_digest(URL, rows)
    proof = {"plan_id": digest[:8], "digest": digest, "checksum": checksum(URL, None, rows)}
    return {**plan, **proof, "format_version": "2.0", "actions": rows}


@pytest.mark.parametrize(
    ("delivery", "done"),
    [(None, [1, 2]), (Delivery(Option(0, "Radarr")), []), (Delivery(Option(1, "B"), tags=()), [])],
    ids=["nothing named", "a downloader named since", "tags cleared since"],
)
def test_an_older_minor_format_agrees_to_what_names_nothing_that_it_did_not_know(
    tmp_path: Path, delivery: Delivery | None, done: list[int]
) -> None:
    path = write_json(tmp_path / "plan.json", of_an_older_format(action(1), action(2, 1, 2)))
    current = [action(1, delivery=delivery), action(2, 1, 2, delivery=delivery)]
    agreement = plan_file.agree(plan_file.read(path, URL).actions, current)
    assert [row.target.media.tmdb for row in agreement.both] == done
    assert len(agreement.new) == len(agreement.satisfied) == 2 - len(done)


@pytest.mark.parametrize("version", ["1.3", "3.0", "20.1", "", None, 1])
def test_another_major_format_is_refused(tmp_path: Path, version: object) -> None:
    plan: Any = {**document(action()), "format_version": version}
    with pytest.raises(PlanMismatchError, match=r"format .*2\.x"):
        plan_file.read(write_json(tmp_path / "plan.json", plan), URL)


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        plan_file.read(tmp_path, URL)


@pytest.mark.parametrize("place", ["there", "none/plan.json", "file/plan.json"])
def test_a_plan_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, place: str) -> None:
    (tmp_path / "there" / "full").mkdir(parents=True)
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ListsyncError, match="cannot be written") as error:
        plan_file.save(json_text(document(action())), tmp_path / place)
    assert (error.value.exit_code, error.value.where) == (1, str(tmp_path / place))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_recomputed_checksum_does_not_hide_a_changed_action(tmp_path: Path) -> None:
    plan: Any = json.loads(json.dumps(document(action())))
    plan["actions"][0]["media"]["ids"]["tmdb"] = 2
    plan["checksum"] = checksum(URL, None, plan["actions"])
    with pytest.raises(PlanMismatchError, match="does not match"):
        plan_file.read(write_json(tmp_path / "plan.json", plan), URL)


def test_a_plan_for_another_server_is_refused(tmp_path: Path) -> None:
    path = write_json(tmp_path / "plan.json", document(action(), url="http://other:5055"))
    with pytest.raises(PlanMismatchError, match="is for http://other:5055, but the config has"):
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
    unique_by=lambda a: effect_of(action_row(a)),
)


@given(ACTIONS, ACTIONS)
def test_nothing_is_done_that_the_saved_or_the_current_plan_lacks(
    saved: list[Action], current: list[Action]
) -> None:
    agreement = plan_file.agree([action_row(a) for a in saved], current)
    have, need = ({effect_of(action_row(a)) for a in plan} for plan in (saved, current))
    assert {effect_of(action_row(a)) for a in agreement.both} == have & need
    assert {effect_of(row) for row in agreement.satisfied} == have - need
    assert {effect_of(row) for row in agreement.new} == need - have


# A changed value of each field of an action; a field that is not here gets the text "changed".
CHANGED: dict[str, Any] = {
    "delivery": Delivery(Option(1, "Radarr")),
    "op": Op.RETRY,
    "target": Target(MediaKey(Kind.MOVIE, 1), is_4k=True),
    "requester": CAROL,
    "expected": Expected.APPROVED,
    "seasons": (1,),
    "request_ids": (7,),
    "why": Why.READDED,
    "lists": ("others",),
    "matched_by": MatchMethod.TITLE,
    "item": Item(1, "Duna", 2021),
}
# Every other field is part of what is sent, so that a yes to one action is no yes to another.
NOT_SENT = {
    "why": "the reason that is shown; what is sent does not tell it",
    "lists": "the lists that want it; the requester says for whom it is",
    "matched_by": "how the title was found",
    "item": "title and place in the list; the target says which title it is",
    "detail": "a remark",
}
NOT_IN_THE_ID = {"matched_by", "item", "detail"}


@pytest.mark.parametrize(
    "name", [field.name for field in dataclasses.fields(Action) if field.compare]
)
def test_every_field_of_an_action_is_part_of_what_is_agreed_to_or_said_not_to_be(
    name: str,
) -> None:
    plain = action_row(action())
    other = action_row(action(**{name: CHANGED.get(name, "changed")}))
    assert other != plain
    assert (effect_of(other) == effect_of(plain)) is (name in NOT_SENT)
    same_id = plan_digest(URL, [other]) == plan_digest(URL, [plain])
    assert same_id is (name in NOT_IN_THE_ID)


def test_which_title_it_is_and_where_is_part_of_the_id() -> None:
    actions = [action(1), action(2), action(1, 1)]
    assert len({plan_digest(URL, [action_row(row)]) for row in actions}) == len(actions)
    assert plan_digest(URL, []) != plan_digest("http://other:5055", [])
