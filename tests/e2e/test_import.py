"""``import listsync``: moving in from the original, with its settings and its history."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from examples.sandbox.sites import SandboxSites
from examples.sandbox.titles import Title
from reconciler.notify import apprise
from tests.e2e.household import Household, numbers
from tests.e2e.original_listsync import write_database, write_env

IMPORT = ("import", "listsync", "old", "--ledger", "state/listsync.db")
MANY = 14  # titles: enough for "the server seems to be another one"


@pytest.fixture(name="films")
def _films(sites: SandboxSites) -> list[Title]:
    return list(sites.lists["stevenlu:movies"])


@pytest.fixture(name="old")
def _old(household: Household, films: list[Title]) -> Path:
    """ListSync has asked for all films of its list but the first, and all are gone since."""
    household.ledger.parent.mkdir()
    folder = household.folder / "old"
    write_env(
        folder / ".env",
        OVERSEERR_URL=f'"{household.server.url}/"  # ours',
        OVERSEERR_API_KEY=household.server.api_key,
        STEVENLU_LISTS="stevenlu",
    )
    statuses = ("requested", "already_requested", "already_available", "skipped")
    titles = [
        (film.title, "movie", film.tmdb, None, statuses[index % 4])
        for index, film in enumerate(films[1:])
    ]
    others = [(f"Other {n}", "tv", n, None, "requested") for n in range(990_000, 990_000 + MANY)]
    write_database(
        folder / "data/list_sync.db",
        items=[*titles, *others, (films[0].title, "movie", None, None, "not_found")],
    )
    return folder


def use_the_sandbox(household: Household, sites: SandboxSites) -> None:
    """Point the imported file at the sandbox's sites."""
    file = household.folder / "listsync.yaml"
    url = sites.providers["stevenlu"]["base_url"]
    file.write_text(f"{file.read_text()}\nproviders:\n  stevenlu:\n    base_url: {url}\n")


def test_nothing_that_listsync_had_requested_is_requested_again(
    household: Household, sites: SandboxSites, old: Path, films: list[Title]
) -> None:
    files = {file: file.read_bytes() for file in old.rglob("*") if file.is_file()}
    done = household.run(*IMPORT)
    assert (done.code, done.err) == (0, "")
    sentence = "titles from ListSync's history will not be requested again"
    assert f"{len(films) - 1 + MANY} {sentence}" in done.out
    assert household.run("validate").code == 0
    assert household.server.state.calls == []
    assert {file: file.read_bytes() for file in old.rglob("*") if file.is_file()} == files

    use_the_sandbox(household, sites)
    ledger = ("--ledger", "state/listsync.db")
    assert household.run("apply", "--yes", *ledger).code == 0
    assert household.stored() == numbers(films[:1])
    assert household.run("apply", "--yes", *ledger).code == 0
    assert household.stored() == numbers(films[:1])
    plan = household.run("plan", *ledger, "-o", "json").document
    assert [row["reason"] for row in plan["verdicts"]].count("handled") == len(films) - 1

    household.run("forget", f"tmdb:movie:{films[1].tmdb}", *ledger)
    assert household.run("apply", "--yes", *ledger).code == 0
    assert household.stored() == numbers(films[:2])


def test_the_file_keeps_secrets_beside_it_and_the_address_normalized(
    household: Household, old: Path
) -> None:
    database = old / "data/list_sync.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("INSERT INTO sync_interval (interval_hours) VALUES (1.5)")
        connection.commit()
    hook = "https://discord.com/api/webhooks/123456/AbC-d_ef"
    with (old / ".env").open("a") as env:
        env.write(f"DISCORD_WEBHOOK_URL={hook}\n")
    household.secrets.append("AbC-d_ef")
    assert household.run(*IMPORT, "--server", "http://SEERR:5055/").code == 0
    written = yaml.safe_load((household.folder / "listsync.yaml").read_text())
    assert written["server"] == {"url": "http://seerr:5055", "api_key_file": "seerr-api-key"}
    assert written["defaults"]["interval"] == "90m"
    assert written["notify"] == {"urls_file": "discord-url"}
    keys = household.folder / "seerr-api-key", household.folder / "discord-url"
    assert [file.read_text() for file in keys] == [
        f"{household.server.api_key}\n",
        "discord://123456/AbC-d_ef\n",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in keys} == {0o600}
    with closing(sqlite3.connect(household.ledger)) as ledger:
        assert ledger.execute("SELECT DISTINCT server FROM memory_entries").fetchall() == [
            ("http://seerr:5055",)
        ]


def test_history_is_in_4k_where_listsync_was(household: Household, old: Path) -> None:
    with (old / ".env").open("a") as env:
        env.write("OVERSEERR_4K=true\n")
    assert household.run(*IMPORT).code == 0
    with closing(sqlite3.connect(household.ledger)) as ledger:
        rows = ledger.execute("SELECT DISTINCT is_4k, present FROM memory_entries").fetchall()
    assert rows == [(1, 0)]


@pytest.mark.usefixtures("old")
def test_what_the_ledger_remembers_already_stays(household: Household, films: list[Title]) -> None:
    household.write({"films": {"source": "file:wishes.txt"}})
    (household.folder / "wishes.txt").write_text(f"tmdb:movie:{films[1].tmdb}\n")
    household.run("apply", "--yes")
    assert household.run(*IMPORT, "-c", "new.yaml").code == 0
    with closing(sqlite3.connect(household.ledger)) as ledger:
        query = "SELECT present FROM memory_entries WHERE tmdb = ?"
        assert ledger.execute(query, (films[1].tmdb,)).fetchall() == [(1,)]


def test_the_report_is_a_document_too(household: Household, old: Path) -> None:
    write_env(old / ".env", OVERSEERR_URL=household.server.url, IMDB_LISTS="top,popular", TZ="UTC")
    document = household.run(*IMPORT, "-o", "json").document
    assert {"subject": "imdb top", "result": "the list imdb-top"} in document["carried_over"]
    assert [row["subject"] for row in document["left_out"]][:2] == ["API key", "imdb 'popular'"]
    assert document["variables"] == ["SEERR_API_KEY"]
    assert household.run("validate").code == 0


def test_an_installation_without_a_database_is_reported_as_without_history(
    household: Household, old: Path
) -> None:
    (old / "data/list_sync.db").unlink()
    done = household.run(*IMPORT)
    assert "no list_sync.db: titles that were declined or deleted may be requested" in done.out


def test_the_report_names_what_the_webhook_still_needs(
    household: Household, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (old / ".env").open("a") as env:
        env.write("DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/123456/AbC-d_ef\n")
    monkeypatch.setattr(apprise, "find_spec", lambda _: None)
    done = household.run(*IMPORT)
    assert (done.code, apprise.INSTALL in done.out) == (0, True)
    assert household.run("validate").code == 0


def test_lists_that_listsync_cannot_read_can_be_replaced(
    household: Household, old: Path, films: list[Title]
) -> None:
    without_lists(old)
    more = ("--list", "stevenlu:movies", "--list", "imdb:top")
    assert "add a list that listsync can read with --list URL" in household.run(*IMPORT).err
    done = household.run(*IMPORT, *more)
    assert (done.code, f"{len(films) - 1 + MANY} titles from" in done.out) == (0, True)
    written = yaml.safe_load((household.folder / "listsync.yaml").read_text())
    assert written["lists"] == {
        "stevenlu-movies": {"source": "stevenlu:movies", "top": 25},
        "imdb-top": {"source": "imdb:top", "top": 25},
    }
    assert household.run("validate").code == 0


def test_minus_prints_the_file_and_writes_nothing(household: Household, old: Path) -> None:
    done = household.run(*IMPORT, "-c", "-")
    assert (done.code, list(yaml.safe_load(done.out)["lists"])) == (0, ["stevenlu-movies"])
    assert sorted(household.folder.iterdir()) == [old, household.ledger.parent]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-c", "seerr-api-key"), id="the config and the key"),
        pytest.param(("--ledger", "listsync.yaml"), id="the config and the ledger"),
    ],
)
def test_two_files_of_the_same_path_are_refused(
    household: Household, old: Path, arguments: tuple[str, str]
) -> None:
    done = household.run(*IMPORT, *arguments)
    assert (done.code, "two files would have the same path" in done.err) == (64, True)
    assert sorted(household.folder.iterdir()) == [old, household.ledger.parent]


# Kills itself before it touches a file of the household for the n-th time.
KILLED = """
import os, signal, sys
touches_left = int(sys.argv.pop(1))
def count(event, arguments):
    global touches_left
    if event in ("open", "os.link", "os.remove", "sqlite3.connect"):
        path = str(arguments[0])
        if path.startswith((os.getcwd(), "state", ".listsync", ".seerr", "listsync", "seerr")):
            touches_left -= 1
            if touches_left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
from reconciler.__main__ import main
main()
"""


@pytest.mark.usefixtures("old")
def test_an_import_that_was_killed_anywhere_is_completed_by_the_next(
    household: Household, films: list[Title]
) -> None:
    config, key = household.folder / "listsync.yaml", household.folder / "seerr-api-key"
    sentence = f"{len(films) - 1 + MANY} titles from ListSync's history will not be requested"
    codes, left = [], set()
    for touches in range(100):
        command = (sys.executable, "-c", KILLED, str(touches))
        codes.append(household.apart(*IMPORT, command=command).code)
        left.add((key.exists(), config.exists()))
        if not config.exists():
            assert sentence in household.run(*IMPORT).out
        assert household.run("validate").code == 0
        assert key.read_text() == f"{household.server.api_key}\n"
        with closing(sqlite3.connect(household.ledger)) as ledger:
            query = "SELECT COUNT(*) FROM memory_entries WHERE NOT present"
            assert ledger.execute(query).fetchone() == (len(films) - 1 + MANY,)
        assert household.run(*IMPORT).code == 64
        if codes[-1] == 0:
            break
        for file in (config, key, *household.ledger.parent.iterdir()):
            file.unlink()
    assert codes.pop() == 0
    assert set(codes) == {-signal.SIGKILL}
    assert left == {(False, False), (True, False), (True, True)}
    assert sorted(household.folder.glob(".*")) == []


def test_a_secret_that_others_may_read_is_not_taken_for_one_of_an_import(
    household: Household, old: Path
) -> None:
    key = old.parent / "seerr-api-key"
    key.write_text(f"{household.server.api_key}\n")
    key.chmod(0o644)
    done = household.run(*IMPORT)
    assert (done.code, "seerr-api-key: the file already exists" in done.err) == (64, True)


@pytest.mark.usefixtures("old")
def test_an_import_works_without_hard_links(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", link)
    assert household.run(*IMPORT).code == 0
    assert household.run("validate").code == 0
    assert household.run(*IMPORT).code == 64


def locked(old: Path) -> Callable[[], None]:
    writer = sqlite3.connect(old / "data/list_sync.db", isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    return writer.close


def damaged(old: Path) -> None:
    database = old / "data/list_sync.db"
    content = database.read_bytes()
    database.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def endless_view(old: Path) -> None:
    with closing(sqlite3.connect(old / "data/list_sync.db")) as database:
        database.execute("DROP TABLE lists")
        database.execute(
            "CREATE VIEW lists AS WITH RECURSIVE c(list_type) AS (SELECT '1' UNION ALL"
            " SELECT list_type || '1' FROM c) SELECT list_type, '' AS list_id FROM c"
        )


def pipe(old: Path) -> None:
    (old / "data/list_sync.db").unlink()
    os.mkfifo(old / "data/list_sync.db")


def broken_link(old: Path) -> None:
    (old / "data/list_sync.db").unlink()
    (old / "data/list_sync.db").symlink_to("moved-away.db")


def endless_link(old: Path) -> None:
    (old / "data/list_sync.db").unlink()
    (old / "data").rmdir()
    (old / "data").symlink_to("data")


def not_a_database(old: Path) -> None:
    (old / "data/list_sync.db").write_bytes(b"no database")


def another_version(old: Path) -> None:
    with closing(sqlite3.connect(old / "data/list_sync.db")) as database:
        database.execute("ALTER TABLE synced_items RENAME COLUMN overseerr_id TO seerr_id")


def another_program(old: Path) -> None:
    with closing(sqlite3.connect(old / "data/list_sync.db")) as database:
        database.execute("DROP TABLE lists")


def existing_file(old: Path) -> None:
    (old.parent / "listsync.yaml").write_text("# mine\n")


def existing_secret(old: Path) -> None:
    (old.parent / "seerr-api-key").write_text("mine\n")


def foreign_ledger(old: Path) -> None:
    with closing(sqlite3.connect(old.parent / "state/listsync.db")) as database:
        database.execute("CREATE TABLE a (b)")


def without_lists(old: Path) -> None:
    write_env(old / ".env", OVERSEERR_URL="http://seerr:5055", LETTERBOXD_LISTS="anna/watchlist")


def without_server(old: Path) -> None:
    write_env(old / ".env", STEVENLU_LISTS="stevenlu")


def empty_folder(old: Path) -> None:
    (old / ".env").unlink()
    (old / "data/list_sync.db").unlink()


BAD = {
    "a locked database": (locked, "old/data/list_sync.db: the database is in use"),
    "a damaged one": (damaged, "old/data/list_sync.db: the database is damaged"),
    "no database": (not_a_database, "old/data/list_sync.db: not a ListSync database"),
    "a view without end": (endless_view, "the table lists is missing"),
    "a pipe": (pipe, "old/data/list_sync.db: not a file"),
    "a broken link": (broken_link, "old/data/list_sync.db: not a file"),
    "a folder that cannot be read": (endless_link, "old/data/list_sync.db: cannot be read"),
    "another version's": (another_version, "the column synced_items.overseerr_id is missing"),
    "another program's": (another_program, "the table lists is missing"),
    "a file that exists": (existing_file, "listsync.yaml: the file already exists"),
    "a secret that exists": (existing_secret, "seerr-api-key: the file already exists"),
    "a ledger of others": (foreign_ledger, "another program's database"),
    "no list for us": (without_lists, "no list can be carried over"),
    "no server": (without_server, "the address of the server is empty"),
    "nothing there": (empty_folder, "old: no .env or list_sync.db from ListSync here"),
}


@pytest.mark.parametrize(("arrange", "sentence"), BAD.values(), ids=BAD)
def test_what_cannot_be_imported_leaves_everything_as_it_was(
    household: Household,
    old: Path,
    arrange: Callable[[Path], Callable[[], None] | None],
    sentence: str,
) -> None:
    release = arrange(old) or (lambda: None)
    files = {file: file.read_bytes() for file in household.folder.rglob("*") if file.is_file()}
    done = household.run(*IMPORT)
    release()
    assert (done.code in {1, 64}, done.out) == (True, "")
    assert sentence in done.err
    assert {f: f.read_bytes() for f in household.folder.rglob("*") if f.is_file()} == files
