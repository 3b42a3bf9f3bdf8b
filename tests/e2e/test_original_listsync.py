"""What is read of an original ListSync, and what becomes of each part of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from reconciler.cli import starter
from reconciler.cli.moving.conversion import Conversion, convert
from reconciler.cli.moving.original import Original, OriginalList, read_original
from reconciler.core.model import Kind, MediaKey
from tests.e2e.original_listsync import write_database, write_env

URL = "http://seerr:5055"


def converted(*lists: tuple[str, str, str], **settings: str) -> Conversion:
    rows = tuple(OriginalList(*row) for row in lists)
    settings = {"OVERSEERR_URL": URL, "OVERSEERR_API_KEY": "abcdefghij", **settings}
    result = convert(Original((Path(".env"),), settings, lists=rows, users={"3": "Bob"}), None)
    starter.check_loads(result.text, result.variables, result.secrets)
    return result


LISTS = {
    ("imdb", "top"): "imdb:top",
    ("imdb", "boxoffice"): "imdb:boxoffice",
    ("imdb", "ls026785255"): "imdb:ls026785255",
    ("imdb", "ur12345678"): "imdb:ur12345678",
    ("imdb", "https://www.imdb.com/list/ls026785255"): "https://www.imdb.com/list/ls026785255",
    ("trakt", "123"): "trakt:lists/123",
    ("trakt", "https://trakt.tv/users/a/lists/b?sort=rank"): "trakt:a/b",
    ("trakt", "https://app.trakt.tv/users/a/watchlist"): "https://app.trakt.tv/users/a/watchlist",
    ("trakt_special", "trending:movies"): "trakt:movies/trending",
    ("trakt_special", "popular:tv"): "trakt:shows/popular",
    ("trakt_special", "Popular:Movie"): "trakt:movies/popular",
    ("trakt_special", "boxoffice:movies"): "trakt:movies/boxoffice",
    ("trakt_special", "https://trakt.tv/shows/watched"): "https://trakt.tv/shows/watched",
    ("anilist", "anna"): "anilist:anna",
    ("anilist", "anna/animelist/Planning"): "anilist:anna/planning",
    ("mdblist", "anna/night"): "mdblist:anna/night",
    ("mdblist", "https://mdblist.com/lists/a/b"): "https://mdblist.com/lists/a/b",
    ("stevenlu", "stevenlu"): "stevenlu:movies",
    ("tmdb", "8136"): "tmdb:list/8136",
    ("tmdb", "8136-night"): "tmdb:list/8136",
    ("tvdb", "night"): "tvdb:lists/night",
    ("tvdb", "https://www.thetvdb.com/lists/12"): "https://www.thetvdb.com/lists/12",
}


@pytest.mark.parametrize("original", LISTS, ids=":".join)
def test_a_list_becomes_one_of_ours(original: tuple[str, str]) -> None:
    keys = {"TRAKT_CLIENT_ID": "abcdefghij", "TMDB_KEY": "abcdefghij", "TVDB_KEY": "abcdefghij"}
    written = yaml.safe_load(converted((*original, "1"), **keys).text)
    (options,) = written["lists"].values()
    top = {"top": 20} if original[0] == "trakt_special" else {}
    assert options == {"source": LISTS[original], **top}


LEFT = {
    ("imdb", "popular"): "unknown IMDb chart",
    ("trakt", "123"): "set providers.trakt.client_id",
    ("trakt_special", "trending:movies"): "set providers.trakt.client_id",
    ("trakt_special", "boxoffice:shows"): "the box office has films only",
    ("trakt_special", "streaming:movies"): "not a Trakt chart",
    ("trakt_special", "anna/night"): "not a Trakt chart",
    ("letterboxd", "anna/watchlist"): "export your data",
    ("letterboxd", "anna/night"): "export your data",
    ("tmdb", "8136"): "set providers.tmdb.api_key",
    ("simkl", "https://simkl.com/5/list/1/x"): "does not provide custom lists",
    ("collections", "Harry Potter Collection"): "tmdb:collection/NUMBER",
    ("plex", "x"): "an unknown kind of list",
    ("imdb", "https://www.imdb.com/chart/top/"): "is the same list as imdb-top",
}


@pytest.mark.parametrize("original", LEFT, ids=":".join)
def test_a_list_that_is_left_out_says_why(original: tuple[str, str]) -> None:
    result = converted(("imdb", "top", "1"), (*original, "1"))
    assert list(yaml.safe_load(result.text)["lists"]) == ["imdb-top"]
    (reason,) = [text for subject, text in result.left if subject.startswith(original[0])]
    assert LEFT[original] in reason
    assert f": {reason}\n" in result.text


def test_foreign_text_stays_in_comments() -> None:
    evil = "x\nserver: evil\r\u2028lists: []"
    result = converted(("imdb", "top", "3"), (evil, evil, evil), TZ=evil, DISCORD_WEBHOOK_URL=evil)
    assert list(yaml.safe_load(result.text)) == ["server", "defaults", "lists"]
    assert "evil" not in result.text.partition("# Not carried over")[0]


SETTINGS = {
    "an interval": ({"SYNC_INTERVAL": "24"}, {"interval": "24h"}),
    "half an hour": ({"SYNC_INTERVAL": "0.5"}, {"interval": "30m"}),
    "one that is too short": ({"SYNC_INTERVAL": "0.01"}, {"interval": "5m"}),
    "one that is none": ({"SYNC_INTERVAL": "inf"}, {}),
    "4K": ({"OVERSEERR_4K": "true"}, {"4k": True}),
    "a requester": ({"OVERSEERR_USER_ID": "3"}, {"requester": 3}),
    "the key's owner": ({"OVERSEERR_USER_ID": "1"}, {}),
    "a requester on two lines": ({"OVERSEERR_USER_ID": "3\nx: y"}, {"requester": "3 x: y"}),
    "other digits": ({"OVERSEERR_USER_ID": "٣"}, {"requester": "٣"}),
}


@pytest.mark.parametrize(("settings", "defaults"), SETTINGS.values(), ids=SETTINGS)
def test_a_setting_becomes_a_default(settings: dict[str, str], defaults: dict[str, object]) -> None:
    written = yaml.safe_load(converted(("imdb", "top", "1"), **settings).text)
    assert written["defaults"] == {"max_per_run": 10, **defaults}


def test_a_requester_of_one_list_stays_that_lists_own() -> None:
    result = converted(("imdb", "top", "3"), ("stevenlu", "stevenlu", "1"), OVERSEERR_USER_ID="2")
    lists = yaml.safe_load(result.text)["lists"]
    assert [lst.get("requester") for lst in lists.values()] == [3, None]
    assert "requester: 3  # Bob" in result.text


def test_the_database_wins_over_env_and_encrypted_values_are_asked_for(tmp_path: Path) -> None:
    write_env(
        tmp_path / ".env",
        OVERSEERR_URL="'http://old:5055/' # was",
        OVERSEERR_API_KEY="your_overseerr_api_key_here",
        TMDB_KEY="abcdefghij",
        IMDB_LISTS="top, ls000000001",
    )
    write_database(
        tmp_path / "data/list_sync.db",
        lists=[("tmdb", "8136", "3"), ("imdb", "top", "1")],
        settings={"overseerr_url": URL, "discord_enabled": "false", "discord_webhook": "x"},
        encrypted=["overseerr_api_key", "tmdb_key", "trakt_client_id"],
        hours=12,
        users={"3": "Bob"},
    )
    original = read_original(tmp_path)
    assert original.settings["SYNC_INTERVAL"] == "12.0"
    assert original.encrypted == {"OVERSEERR_API_KEY", "TRAKT_CLIENT_ID"}
    assert [lst.id for lst in original.lists] == ["8136", "top", "ls000000001"]
    result = convert(original, None)
    written = yaml.safe_load(result.text)
    assert written["server"] == {"url": URL, "api_key": "${SEERR_API_KEY}"}
    assert written["providers"] == {"tmdb": {"api_key_file": "tmdb-api-key"}}
    assert "notify" not in written
    assert result.variables == ["SEERR_API_KEY"]
    assert ("Trakt client id", "TRAKT_CLIENT_ID is encrypted, and no list needs it") in result.left


HISTORY = {
    "a film that was requested": (("movie", 603, None, "requested"), 603),
    "one that was there": (("movie", 603, "604", "already_available"), 603),
    "an id of the list alone": (("movie", None, "603", "already_requested"), 603),
    "one that was processed lately": (("movie", 603, None, "skipped"), 603),
    "one that failed": (("movie", 603, None, "request_failed"), None),
    "one that was not found": (("movie", None, "603", "not_found"), None),
    "no kind": (("unknown", 603, None, "requested"), None),
    "no id": (("movie", None, None, "requested"), None),
    "an id that is none": (("movie", "tt0133093", None, "requested"), None),
}


@pytest.mark.parametrize(("row", "tmdb"), HISTORY.values(), ids=HISTORY)
def test_history_is_what_names_its_title(
    tmp_path: Path, row: tuple[object, ...], tmdb: int | None
) -> None:
    write_database(tmp_path / "list_sync.db", items=[("The Matrix", *row)])
    original = read_original(tmp_path)
    assert original.handled == ((MediaKey(Kind.MOVIE, tmdb),) if tmdb else ())
    assert (len(original.unknown) + original.unrequested) == (not tmdb)


def test_a_database_of_an_older_version_is_read(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "list_sync.db")) as database:
        database.execute("CREATE TABLE lists (list_type TEXT, list_id TEXT)")
        database.execute("CREATE TABLE synced_items (title, media_type, overseerr_id, status)")
        database.execute("INSERT INTO lists VALUES ('imdb', 'top')")
        database.execute("INSERT INTO synced_items VALUES ('Fargo', 'tv', 60622, 'requested')")
        database.commit()
    original = read_original(tmp_path / "list_sync.db")
    assert original.lists == (OriginalList("imdb", "top"),)
    assert original.handled == (MediaKey(Kind.TV, 60622),)


def test_a_database_with_a_write_ahead_log_is_read_from_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "list_sync.db"
    write_database(path, journal="WAL")
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO lists (list_type, list_id) VALUES ('imdb', 'top')")
        writer.commit()
        assert len(read_original(tmp_path).lists) == 1
    assert read_original(tmp_path).lists[0].id == "top"
    assert list(tmp_path.iterdir()) == [path]
