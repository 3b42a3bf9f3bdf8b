"""What can go wrong between two machines, over real HTTP on 127.0.0.1."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from threading import Barrier

import pytest
import requests

from reconciler.core.model import Result, Slowdown, User
from reconciler.errors import AnswerLostError, ServerError, TransientError
from reconciler.overseerr import OverseerrServer
from tests.edges.made_up import KEY, page, request_of
from tests.edges.scripted import Scripted, resets, says, stops_short

ME = {"id": 1, "displayName": "admin", "permissions": 2}
OWNER = User(1, "admin", 2)
CREATED = says({"id": 9, "status": 2}, 201)


def client(url: str, *, rate: float = 10_000, timeout: float = 10.0) -> OverseerrServer:
    return OverseerrServer(url, KEY, rate=rate, timeout=timeout)


def closed_port() -> int:
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        return int(spare.getsockname()[1])


# --------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(resets, id="a reset connection"),
        pytest.param(stops_short, id="half an answer"),
        pytest.param(says(status=502), id="502"),
        pytest.param(says(status=503), id="503"),
        pytest.param(says(status=504), id="504"),
        pytest.param(says(status=503, Retry_After="0"), id="503 for a moment"),
        pytest.param(says(status=429, Retry_After="0"), id="429 for a moment"),
    ],
)
def test_a_read_is_tried_again_after_brief_trouble(
    trouble: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with Scripted(trouble, says(ME)) as script, client(script.url) as server:
        assert server.whoami() == OWNER
        assert len(script.calls) == 2


@pytest.mark.parametrize("trouble", [resets, says(status=503)], ids=["resets", "503"])
def test_a_read_is_tried_three_times_at_most(
    trouble: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with Scripted(trouble) as script, client(script.url) as server:
        with pytest.raises(TransientError):
            server.whoami()
        assert len(script.calls) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_an_overloaded_server_is_called_at_half_the_rate_from_then_on(status: int) -> None:
    with Scripted(says(status=status), says(ME)) as script, client(script.url, rate=50) as server:
        assert server.slowdown is None
        with suppress(TransientError):
            server.whoami()
        server.whoami()
        assert server.slowdown == Slowdown(50, 25, f"the server returned HTTP {status}")


@pytest.mark.parametrize("status", [429, 503])
def test_a_rest_longer_than_patience_is_left_to_the_caller(status: int) -> None:
    reply = says(status=status, Retry_After="31")
    with Scripted(reply) as script, client(script.url) as server:
        with pytest.raises(TransientError) as raised:
            server.whoami()
        assert raised.value.retry_after == 31
        assert len(script.calls) == 1


def test_a_rest_may_be_given_as_a_date() -> None:
    reply = says(status=429, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT")
    with Scripted(reply) as script, client(script.url) as server:
        with pytest.raises(TransientError) as raised:
            server.whoami()
        assert raised.value.retry_after is not None
        assert raised.value.retry_after > 365 * 24 * 3600


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "-1",
        "1e9",
        "9" * 400,
        "nan",
        f"Fri, 31 Dec {'9' * 30} 23:59:59 GMT",
        f"Fri, 31 Dec 2100 23:59:59 +{'9' * 30}",
    ],
)
def test_a_rest_that_says_no_time_is_not_waited_out(value: str) -> None:
    reply = says(status=429, Retry_After=value)
    with Scripted(reply) as script, client(script.url) as server:
        with pytest.raises(TransientError) as raised:
            server.whoami()
        assert raised.value.retry_after is None
        assert len(script.calls) == 1


def test_a_read_that_hangs_is_given_up_in_time_and_not_repeated() -> None:
    with Scripted() as script, client(script.url, timeout=0.3) as server:
        script.then(script.hangs)
        with pytest.raises(TransientError, match=r"no response within 0\.3 s"):
            server.whoami()
        assert len(script.calls) == 1


def test_an_error_of_the_server_itself_is_not_hidden_behind_retries() -> None:
    with Scripted(says({"message": "oh"}, 500)) as script, client(script.url) as server:
        with pytest.raises(TransientError, match="oh"):
            server.users()
        assert len(script.calls) == 1


# --------------------------------------------------------------------------------------- sending


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(resets, id="a reset connection"),
        pytest.param(stops_short, id="half an answer"),
        pytest.param(says(status=503, Retry_After="0"), id="503"),
        pytest.param(says({}, 201, Content_Encoding="gzip"), id="a wrong encoding"),
    ],
)
def test_a_request_whose_answer_is_lost_is_not_sent_again(
    trouble: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with Scripted(trouble, CREATED) as script, client(script.url) as server:
        with pytest.raises(AnswerLostError):
            server.request(request_of())
        assert [call.method for call in script.calls] == ["POST"]


def test_a_request_that_fails_in_an_unknown_way_is_a_lost_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(KEY)

    monkeypatch.setattr(requests.Session, "request", fail)
    with client("http://127.0.0.1:1") as server:
        with pytest.raises(
            AnswerLostError, match="sent, but the response cannot be read"
        ) as raised:
            server.request(request_of())
        assert KEY not in str(raised.value)


def test_a_request_that_hangs_is_a_lost_one() -> None:
    with Scripted() as script, client(script.url, timeout=0.3) as server:
        script.then(script.hangs)
        with pytest.raises(AnswerLostError, match="no response within"):
            server.request(request_of())
        assert len(script.calls) == 1


def test_a_request_that_nobody_took_is_not_a_lost_one() -> None:
    with client(f"http://127.0.0.1:{closed_port()}") as server:
        with pytest.raises(TransientError, match="nothing answers") as raised:
            server.request(request_of())
        assert not isinstance(raised.value, AnswerLostError)


# ---------------------------------------------------------------------------- finding the server


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("http://127.0.0.1:{port}", "nothing answers at this address", id="refused"),
        pytest.param(f"http://{'a' * 64}.test", "not the URL of a server", id="unusable host"),
    ],
)
def test_a_server_that_is_not_there_is_one_clear_sentence_with_a_hint(
    url: str, message: str
) -> None:
    with client(url.format(port=closed_port())) as server:
        with pytest.raises(ServerError, match=message) as raised:
            server.identify()
        assert raised.value.where == server.url
        assert "server.url" in raised.value.hint


def test_a_host_nobody_knows_is_said_so_and_may_be_known_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with client("http://seer.test") as server:
        with pytest.raises(TransientError, match="host name cannot be resolved"):
            server.identify()
        with pytest.raises(TransientError) as raised:
            server.request(request_of())
        assert not isinstance(raised.value, AnswerLostError)


def test_https_to_a_server_that_speaks_http_is_said_so() -> None:
    with Scripted(says(ME)) as script:
        with client(script.url.replace("http:", "https:")) as server:
            with pytest.raises(ServerError, match="TLS") as raised:
                server.identify()
            assert not isinstance(raised.value, TransientError)
            assert "http:" in raised.value.hint
        assert script.calls == []


@pytest.mark.parametrize(
    "url", ["seerr:5055", "ftp://seerr", "http://", "http://[::1", "http://seerr:99999", ""]
)
def test_what_is_no_url_is_refused_before_anything_is_called(url: str) -> None:
    with pytest.raises(ServerError, match="not the URL of a server"):
        OverseerrServer(url, KEY)


@pytest.mark.parametrize(
    "url",
    [
        "http://anna:hunter2@seerr:5055",
        "http://hunter2@seerr",
        "https://:hunter2@seerr/seerr",
        "http://seerr@hunter2@",
    ],
)
def test_a_url_with_a_name_or_password_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ServerError, match="contains a user or password") as raised:
        OverseerrServer(url, KEY)
    assert "hunter2" not in repr(raised.value) + repr(vars(raised.value))
    assert raised.value.__context__ is None


def test_a_sign_at_in_the_path_is_no_password() -> None:
    with client("http://seerr/@home") as server:
        assert server.url == "http://seerr/@home"


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        pytest.param(
            "https://seerr.test/api/v1/status", "set `url: https://seerr.test", id="https"
        ),
        pytest.param(
            "http://nas.test:8080/seerr/api/v1/status?x=1",
            "set `url: http://nas.test:8080/seerr",
            id="another place, with a prefix",
        ),
        pytest.param("/seerr/api/v1/status", "set `url: {url}/seerr", id="a prefix"),
        pytest.param("https://u:p@h.test/api/v1/status", "set `url: https://h.test", id="@"),
        pytest.param(
            "/login?next=%2Fapi",
            "asks for a login: it redirects to {url}/login (HTTP 301)",
            id="log-in",
        ),
        pytest.param("/api/v1/status", "the server's own address", id="a loop"),
        pytest.param("http://[", "the server's own address", id="nowhere"),
        pytest.param("javascript:/api/v1/status", "the server's own address", id="nothing to call"),
    ],
)
def test_a_redirect_is_not_followed_but_names_the_url_to_write(
    location: str, sentence: str
) -> None:
    with Scripted(says(status=301, Location=location)) as script, client(script.url) as server:
        with pytest.raises(ServerError) as raised:
            server.identify()
        assert not isinstance(raised.value, TransientError)
        assert sentence.format(url=script.url) in str(raised.value)
        assert len(script.calls) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_the_key_or_a_request_elsewhere(status: int) -> None:
    with Scripted(CREATED) as elsewhere:
        reply = says(status=status, Location=f"{elsewhere.url}/api/v1/request")
        with Scripted(reply) as script, client(script.url) as server:
            with pytest.raises(ServerError, match=f"redirects to {elsewhere.url}"):
                server.request(request_of())
            with pytest.raises(ServerError, match="redirects"):
                server.whoami()
        assert elsewhere.calls == []


def test_a_server_below_a_path_is_called_there() -> None:
    with Scripted(says(ME)) as script, client(f"{script.url}/seerr/") as server:
        server.whoami()
        assert server.url == f"{script.url}/seerr"
        assert [call.path for call in script.calls] == ["/seerr/api/v1/auth/me"]


# ----------------------------------------------------------------------------------- many at once


def test_connections_are_kept_and_shared_by_as_many_threads_as_allowed() -> None:
    ports: set[str] = set()
    together = Barrier(4)

    def meets(handler: BaseHTTPRequestHandler) -> None:
        ports.add(str(handler.client_address))
        together.wait(timeout=10)
        CREATED(handler)

    with Scripted(meets) as script, client(script.url) as server:
        with ThreadPoolExecutor(8) as threads:
            done = list(threads.map(lambda _: server.request(request_of()), range(16)))
        assert {each.result for each in done} == {Result.CREATED}
        assert len(ports) == 4


def test_calls_of_all_threads_together_keep_to_the_rate() -> None:
    with Scripted(says(page())) as script, client(script.url, rate=50) as server:
        began = time.monotonic()
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: server.users(), range(20)))
        at_once = 6  # the calls of a tenth of a second, and the first
        assert time.monotonic() - began >= (20 - at_once) / 50
        assert len(script.calls) == 20
