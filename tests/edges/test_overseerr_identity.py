"""Who answers at a URL, and whether the key is the right one."""

from __future__ import annotations

from typing import Any

import pytest
import requests_mock

from reconciler.core.model import (
    Flavour,
    Kind,
    ServerInfo,
    User,
)
from reconciler.errors import ServerError
from reconciler.ports import MediaServer
from tests.edges.made_up import API, GUARD, URL, introduce


@pytest.mark.parametrize(
    ("version", "settings", "expected"),
    [
        pytest.param("1.33.2", {}, Flavour.OVERSEERR, id="overseerr"),
        pytest.param("develop-0a1b2c3", {}, Flavour.OVERSEERR, id="overseerr develop"),
        pytest.param("1.9.2", {"mediaServerType": 2}, Flavour.JELLYSEERR, id="jellyseerr 1"),
        pytest.param("2.7.3", {"mediaServerType": 2}, Flavour.JELLYSEERR, id="jellyseerr"),
        pytest.param("3.1.0", {"mediaServerType": 4}, Flavour.SEERR, id="seerr"),
        pytest.param("v10.0.0", {"mediaServerType": 4}, Flavour.SEERR, id="a later seerr"),
    ],
)
def test_a_server_is_recognized_by_its_version(
    mock: requests_mock.Mocker,
    server: MediaServer,
    version: str,
    settings: dict[str, int],
    expected: Flavour,
) -> None:
    introduce(mock, version, **settings)
    assert server.identify() == ServerInfo(expected, version)


@pytest.mark.parametrize(
    ("public_settings", "lacks"),
    [
        ({}, set()),
        ({"movie4kEnabled": True, "series4kEnabled": True}, set()),
        ({"movie4kEnabled": False, "series4kEnabled": True}, {Kind.MOVIE}),
        ({"movie4kEnabled": True, "series4kEnabled": False}, {Kind.TV}),
        ({"movie4kEnabled": "no", "series4kEnabled": None}, set()),
    ],
    ids=["nothing", "on", "off for films", "off for shows", "something strange"],
)
def test_a_server_lacks_4k_only_where_it_says_so(
    mock: requests_mock.Mocker,
    server: MediaServer,
    public_settings: dict[str, Any],
    lacks: set[Kind],
) -> None:
    introduce(mock, "3.1.0", **public_settings)
    assert server.identify().lacks_4k == lacks


@pytest.mark.parametrize(
    ("public_settings", "takes"),
    [
        pytest.param({}, True, id="nothing, as Overseerr"),
        pytest.param({"enableSpecialEpisodes": True}, True, id="on"),
        pytest.param({"enableSpecialEpisodes": False}, False, id="off"),
        pytest.param({"enableSpecialEpisodes": "no"}, True, id="something strange"),
    ],
)
def test_a_server_takes_specials_unless_it_says_that_they_are_off(
    mock: requests_mock.Mocker, server: MediaServer, public_settings: dict[str, Any], *, takes: bool
) -> None:
    introduce(mock, "3.1.0", **public_settings)
    assert server.identify().takes_specials is takes


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(404, Flavour.JELLYSEERR, id="without a blocklist"),
        pytest.param(200, Flavour.SEERR, id="with one"),
        pytest.param(403, Flavour.SEERR, id="with one, and a wrong key"),
    ],
)
def test_a_build_between_releases_is_recognized_by_its_blocklist(
    mock: requests_mock.Mocker, server: MediaServer, status: int, expected: Flavour
) -> None:
    introduce(mock, "develop-0a1b2c3", mediaServerType=2)
    mock.get(f"{API}/blocklist", status_code=status, json={})
    assert server.identify().flavour is expected


def test_a_server_is_asked_once_who_it_is(mock: requests_mock.Mocker, server: MediaServer) -> None:
    introduce(mock, "1.34.0")
    server.identify()
    server.identify()
    assert mock.call_count == 2


RADARR = (401, '{"error": "Unauthorized"}', "<html><title>Radarr</title>")
NGINX = (200, "<title>Welcome to nginx!</title>", "<title>Welcome to nginx!</title>")


@pytest.mark.parametrize(
    ("stranger", "looks"),
    [
        pytest.param(RADARR, "Radarr", id="radarr"),
        pytest.param(NGINX, "nginx", id="nginx"),
        pytest.param((404, "Not Found", ""), "", id="something mute"),
        pytest.param((200, '{"version": "5.2.0"}', ""), "", id="another API with a version"),
        pytest.param((200, "[1, 2]", ""), "", id="JSON of another shape"),
        pytest.param((200, "[" * 100_000, ""), "", id="JSON of no shape at all"),
    ],
)
def test_another_kind_of_server_is_named_and_never_shown_the_key(
    mock: requests_mock.Mocker, server: MediaServer, stranger: tuple[int, str, str], looks: str
) -> None:
    status, body, start_page = stranger
    mock.get(requests_mock.ANY, status_code=status, text=body)
    mock.get(f"{URL}/", text=start_page)
    with pytest.raises(ServerError, match="not an Overseerr, Jellyseerr or Seerr") as raised:
        server.identify()
    assert looks in str(raised.value)
    assert URL in str(raised.value)
    assert not any("X-Api-Key" in sent.headers for sent in mock.request_history)


def test_the_keys_owner_comes_with_every_name(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    row = {
        "id": 1,
        "displayName": "The Boss",
        "permissions": 2,
        "email": "boss@test.local",
        "username": "boss",
        "plexUsername": "boss",
        "jellyfinUsername": None,
    }
    mock.get(f"{API}/auth/me", json=row)
    assert server.whoami() == User(1, "The Boss", 2, ("boss@test.local", "boss"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(403, GUARD, id="wrong key"),
        pytest.param(401, {"message": "cookie 'connect.sid' required"}, id="no key"),
    ],
)
def test_a_refused_key_says_where_to_find_the_right_one(
    mock: requests_mock.Mocker, server: MediaServer, status: int, body: dict[str, object]
) -> None:
    introduce(mock, "3.1.0")
    mock.get(f"{API}/auth/me", status_code=status, json=body)
    with pytest.raises(ServerError, match="API key is refused") as raised:
        server.whoami()
    assert "server.api_key" in raised.value.hint
    assert "Settings → General" in raised.value.hint


def test_a_server_nobody_has_set_up_says_so_instead_of_blaming_the_key(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    introduce(mock, "3.1.0", initialized=False)
    mock.get(f"{API}/auth/me", status_code=403, json=GUARD)
    with pytest.raises(ServerError, match="not set up yet"):
        server.whoami()


def test_a_log_in_page_before_the_server_is_not_called_a_wrong_key(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/auth/me", status_code=401, text="<title>Authelia</title>")
    with pytest.raises(ServerError, match="HTTP 401") as raised:
        server.whoami()
    assert "API key" not in str(raised.value)
