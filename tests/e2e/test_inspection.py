"""The commands that only look: status, explain, doctor, fetch, schema, version, validate."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import Permission, SandboxServer, User
from tests.e2e.household import ALICE, COMMAND, DUNE, HEAT, Household

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """A household after an ``apply``: Dune requested, Heat excluded, one name that fits two."""
    with SandboxServer() as server:
        household = Household(tmp_path_factory.mktemp("seen"), server)
        lines = [f"imdb:{DUNE.imdb}", f"imdb:{HEAT.imdb}", "Northern Line (2015)"]
        (household.folder / "wishes.txt").write_text("\n".join(lines))
        (household.folder / "never.txt").write_text(f"tmdb:movie:{HEAT.tmdb}\n")
        household.write(
            {
                "wishes": {"source": "file:wishes.txt", "requester": "alice"},
                "never": {"source": "file:never.txt", "role": "exclude"},
            }
        )
        assert household.run("apply", "--yes").code == 0
        yield household


# ------------------------------------------------------------------------------------------ explain


@pytest.mark.parametrize("query", [f"tmdb:movie:{DUNE.tmdb}", "dUnE"])
def test_explain_says_why_a_title_needs_nothing(past: Household, query: str) -> None:
    done = past.run("explain", query)
    assert done.code == 0
    lines = [line.strip().split(maxsplit=1) for line in done.out.splitlines()]
    result = {line[0]: line[1] for line in lines}
    assert result["on"].startswith("wishes, place 1")
    assert result["resolved"] == f"tmdb:movie:{DUNE.tmdb}, by imdb"
    assert "request 1 pending (user 2)" in result["server"]
    assert result["verdict"].startswith("requested")
    assert "approves" in done.out


@pytest.mark.parametrize(
    ("query", "word", "hint"),
    [
        (f"imdb:{HEAT.imdb}", "excluded", "off the exclude list"),
        ('title:"Northern Line (2015)"', "ambiguous", "map:"),
    ],
    ids=["excluded", "ambiguous"],
)
def test_explain_says_what_would_change_a_verdict(
    past: Household, query: str, word: str, hint: str
) -> None:
    (title,) = past.run("explain", query, "-o", "json").document["titles"]
    assert title["verdict"]["word"] == word
    assert hint in title["would_change"]
    assert bool(title["resolved"]["candidates"]) is (word == "ambiguous")


def test_explain_goes_by_the_newest_fetch_of_a_list_that_was_renamed(household: Household) -> None:
    for name, title in (("zeta", DUNE), ("alpha", HEAT)):
        (household.folder / "wishes.txt").write_text(f"imdb:{title.imdb}\n")
        household.write({name: {"source": "file:wishes.txt"}})
        assert household.run("plan").code == 0
    assert "on        alpha, place 1" in household.run("explain", f"imdb:{HEAT.imdb}").out


def test_explain_says_that_no_list_has_a_title(past: Household) -> None:
    done = past.run("explain", "imdb:tt7654321")
    assert done.code == 0
    assert "no list has imdb:tt7654321" in done.out


# ------------------------------------------------------------------------------------------- status


def test_status_before_any_run_says_so(household: Household) -> None:
    household.wish([DUNE])
    household.server.stop()
    done = household.run("status")
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            "LIST    STATE         TITLES  WAITING  LAST RUN     NEXT RUN",
            "wishes  not read yet       –        0  –            –",
        ],
    )


def test_status_after_a_plan_tells_what_it_would_do(household: Household) -> None:
    household.wish([DUNE, HEAT])
    household.run("plan")
    household.server.stop()
    (row,) = household.run("status", "-o", "json").document["lists"]
    assert row["verdicts"] == {"request": 2}
    assert row["fetch"]["outcome"] == "complete"


def test_status_after_an_apply_tells_what_came_of_it(past: Household) -> None:
    _, wishes, never = past.run("status").out.splitlines()
    assert wishes.startswith("wishes  1 needs you       3        0  ")
    assert re.search(r"  (just now|1 min ago) +in \d+ (min|h)$", wishes)
    assert never.startswith("never   ready             1        0  ")


def test_status_of_one_list_tells_each_item(past: Household) -> None:
    (row,) = past.run("status", "wishes", "-o", "json").document["lists"]
    assert [item["verdict"] for item in row["items"]] == ["created", "excluded", "ambiguous"]
    text = past.run("status", "wishes").out.splitlines()
    assert len(text) == 9  # two of the list, its four conditions, three items
    assert text[6].split()[:3] == ["1", "Dune", "(2021)"]


# ------------------------------------------------------------------------------------------- doctor


def checks(household: Household, **options: Any) -> tuple[int, dict[str, dict[str, Any]]]:  # noqa: ANN401
    done = household.run("doctor", "-o", "json", **options)
    return done.code, {check["name"]: check for check in done.document["checks"]}


def test_doctor_finds_a_household_well(past: Household) -> None:
    code, rows = checks(past)
    assert code == 0
    files = ["file of wishes", "file of never"]
    assert list(rows) == [*files, "server", "key", "rights", "requester alice", "ledger"]
    assert all(check["ok"] for check in rows.values())
    assert "films pending" in rows["requester alice"]["found"]


def test_doctor_goes_on_after_a_bad_check_and_says_what_to_do(household: Household) -> None:
    household.wish([DUNE], requester="nobody")
    household.write(
        {
            "chart": {"source": "imdb:top"},
            "wishes": {"source": "file:wishes.txt", "requester": "nobody"},
            "carols": {"source": "file:wishes.txt", "requester": "carol"},
        }
    )
    code, rows = checks(household, env={"PATH": "/nonexistent"})
    assert code == 1
    assert [name for name, check in rows.items() if not check["ok"]] == [
        "requester nobody",
        "requester carol",
        "browser",
    ]
    assert all(check["todo"] for check in rows.values() if not check["ok"])
    assert "is not allowed to request" in rows["requester carol"]["found"]


def test_doctor_has_one_line_per_requester_with_its_lists(household: Household) -> None:
    household.wish([DUNE])
    lists = {
        name: {"source": "file:wishes.txt", "requester": requester, **options}
        for name, requester, options in (
            ("films", "alice", {}),
            ("never", "nobody", {}),
            ("more", "alice", {}),
            ("sharp", "alice", {"4k": True}),
            ("too", "nobody", {}),
        )
    }
    household.write({**lists, "mine": {"source": "file:wishes.txt"}})
    _, rows = checks(household)
    requesters = {name: check for name, check in rows.items() if name.startswith("requester")}
    assert list(requesters) == ["requester alice", "requester nobody", "requester admin"]
    assert "films pending, shows pending (films, more)" in requesters["requester alice"]["found"]
    assert "is not allowed to request titles from sharp" in requesters["requester alice"]["found"]
    assert requesters["requester nobody"]["found"].endswith("(never, too)")


@pytest.mark.parametrize(
    ("types", "well"), [(["movie", "tv"], True), (["movie"], True), (["tv"], False)]
)
def test_doctor_is_content_where_the_requester_may_ask_for_one_kind_that_the_list_may_hold(
    household: Household, types: list[str], *, well: bool
) -> None:
    household.server.state.users[ALICE] = User(ALICE, "alice", Permission.REQUEST_MOVIE)
    household.wish([DUNE], requester="alice", filter={"types": types})
    code, rows = checks(household)
    result = rows["requester alice"]
    assert (code, result["ok"]) == ((0, True) if well else (1, False))
    assert ("shows refused" in result["found"]) is ("tv" in types)


@pytest.mark.parametrize(
    ("source", "content", "says", "todo"),
    [
        ("file:wishes.csv", None, "no such file in /", "check the path"),
        ("file:wishes.csv", "colour,price\nred,2\n", "columns", "write a header with Const"),
        ("file:wishes.csv", "Name,Year\n,1999\n,2001\n", "line 3", "fix wishes.csv, or export"),
        ("letterboxd:wishes.zip", None, "no such file in /", "check the path"),
    ],
    ids=["missing", "no list", "lines that are no titles", "a missing export"],
)
def test_doctor_reads_the_files_of_lists(
    household: Household, source: str, content: str | None, says: str, todo: str
) -> None:
    if content is not None:
        (household.folder / "wishes.csv").write_text(content)
    household.write({"wishes": {"source": source}})
    document = household.run("doctor", "-o", "json")
    check = next(c for c in document.document["checks"] if c["name"] == "file of wishes")

    assert (document.code, check["ok"]) == (1, False)
    assert says in check["found"]
    assert todo in check["todo"]


def test_doctor_asks_for_no_browser_where_every_list_has_another_route(
    household: Household,
) -> None:
    household.write(
        {"chart": {"source": "imdb:top"}, "hers": {"source": "trakt:anna/watchlist"}},
        providers={"imdb": {"via": "api"}, "trakt": {"client_id": "made-up-client-id"}},
    )
    code, rows = checks(household, env={"PATH": "/nonexistent"})
    assert code == 0
    assert "browser" not in rows


def test_doctor_tells_once_that_the_server_does_not_answer(household: Household) -> None:
    household.wish([DUNE])
    household.server.stop()
    code, rows = checks(household)
    assert code == 1
    assert "nothing answers at this address" in rows["server"]["found"]
    assert rows["key"] == {
        "name": "key",
        "ok": False,
        "found": "not checked, see server",
        "todo": "",
    }
    assert rows["ledger"]["ok"]


def test_doctor_tells_a_wrong_key(household: Household) -> None:
    household.wish([DUNE])
    household.server.faults.wrong_key = True
    done = household.run("doctor")
    assert done.code == 1
    assert "ok   server: " in done.out
    assert "BAD  key: " in done.out
    assert "→ set server.api_key to" in done.out
    assert "ok   ledger: " in done.out


def test_doctor_tells_csrf_protection_before_apply_fails(household: Household) -> None:
    household.wish([DUNE])
    household.server.faults.csrf_protection = True
    code, rows = checks(household)
    assert code == 1
    assert not rows["server"]["ok"]
    assert "CSRF protection" in rows["server"]["found"]
    assert "turn off" in rows["server"]["todo"]
    assert rows["key"]["ok"]


def test_doctor_names_the_rights_that_the_owner_of_the_key_lacks(household: Household) -> None:
    household.wish([DUNE])
    household.server.state.users[1] = User(1, "keeper", Permission.REQUEST)
    code, rows = checks(household)
    assert code == 1
    assert rows["key"]["ok"]
    assert not rows["rights"]["ok"]
    for name in ("View Requests", "View blocklisted media"):
        assert f'"{name}"' in rows["rights"]["found"]
    assert "Permissions" in rows["rights"]["todo"]


# -------------------------------------------------------------------------------------------- fetch


@pytest.mark.parametrize(
    ("content", "outcome", "code", "count"),
    [
        (f"imdb:{DUNE.imdb}\nDune (1984)\n", "complete", 0, 2),
        ("# nothing yet\n", "empty", 0, 0),
        (f"imdb:{DUNE.imdb}\n???\n", "incomplete", 1, 1),
        (None, "missing", 1, 0),
    ],
    ids=["complete", "empty", "incomplete", "missing"],
)
def test_fetch_prints_its_document_on_every_outcome_without_a_server(
    household: Household, content: str | None, outcome: str, code: int, count: int
) -> None:
    household.write({"wishes": {"source": "file:wishes.txt"}}, url=NOWHERE)
    if content is not None:
        (household.folder / "wishes.txt").write_text(content)
    done = household.run("fetch", "wishes", "-o", "json")
    assert done.code == code
    document = done.document
    assert (document["outcome"], document["count"], len(document["items"])) == (
        outcome,
        count,
        count,
    )
    assert bool(document["error"]) is bool(code)
    assert document["complete"] is (outcome == "complete")
    assert (document["list"], document["source"], document["route"]) == (
        "wishes",
        "file:wishes.txt",
        "file",
    )


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_fetch_prints_a_line_for_each_item(household: Household, form: str) -> None:
    household.wish(FILMS[:3])
    done = household.run("fetch", "wishes", "-o", form)
    assert done.code == 0
    assert sum("tt0" in line for line in done.out.splitlines()) == 3


# ------------------------------------------------------------------------ schema, version, validate


def test_the_schema_is_one_and_accepts_the_file(household: Household) -> None:
    household.wish([DUNE])
    printed = json.loads(household.run("schema").out)
    jsonschema.Draft202012Validator.check_schema(printed)
    jsonschema.validate(
        yaml.safe_load((household.folder / "listsync.yaml").read_text()),
        printed,
    )


def test_version_and_help_need_no_file(household: Household) -> None:
    version, bare = household.run("version"), household.run()
    assert (version.code, bare.code) == (0, 0)
    assert version.out.startswith("listsync 0.")
    for command in ("validate", "plan", "apply", "status", "explain", "fetch", "doctor", "schema"):
        assert f"  {command} " in bare.out


def test_validate_needs_no_network(household: Household) -> None:
    household.write({"chart": {"source": "imdb:top"}}, url=NOWHERE)
    done = household.run("validate")
    assert done.code == 0
    assert done.out.startswith("listsync.yaml ok · generation ")
    assert done.out.endswith(" · 1 list\n")


def test_config_show_prints_a_config_with_the_origin_of_each_value(household: Household) -> None:
    defaults = {"interval": "1h30m"}
    household.write({"wishes": {"source": "file:wishes.txt"}}, url=NOWHERE, defaults=defaults)

    shown = household.run("config", "show", "--origin")
    by_list = household.run("config", "show", "wishes", "-o", "json").document["settings"]

    (household.folder / "again.yaml").write_text(shown.out)
    validated = [
        household.run("-c", name, "validate").out for name in ("listsync.yaml", "again.yaml")
    ]
    assert "interval: 1h30m                       # defaults (listsync.yaml:" in shown.out
    assert "# file, environment variable SEERR_API_KEY (listsync.yaml:" in shown.out
    assert by_list["lists"]["wishes"]["interval"] == "1h30m"
    assert validated[0].partition(" ok ")[2] == validated[1].partition(" ok ")[2] != ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_place_that_takes_no_unicode_is_no_reason_to_fail(
    household: Household, encoding: str
) -> None:
    household.wish([DUNE])
    done = household.apart("plan", env={"PYTHONIOENCODING": encoding})
    assert (done.code, done.err) == (0, "")
    assert "Dune (2021)" in done.out


def test_output_that_finds_no_room_is_one_line_and_no_traceback() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(  # noqa: S603 - our own command
            [*COMMAND, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "listsync: No space left on device\n")


def test_output_that_nobody_reads_any_more_ends_in_silence() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [*COMMAND, "schema"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")
