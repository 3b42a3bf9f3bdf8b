"""The call of ``notify.heartbeat``: once, within its time, and never with a secret in the log."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from reconciler.notify import heartbeat
from reconciler.notify.heartbeat import call_heartbeat
from tests.e2e.receiver import TOKEN, Receiver


@pytest.mark.parametrize(
    ("status", "why"),
    [
        pytest.param(200, None, id="accepted"),
        pytest.param(204, None, id="without content"),
        pytest.param(404, "HTTP 404", id="unknown address"),
        pytest.param(500, "HTTP 500", id="failing service"),
        pytest.param(302, "the address redirects; redirects are not followed", id="redirect"),
    ],
)
def test_a_heartbeat_is_one_call_and_its_failure_one_line(status: int, why: str | None) -> None:
    with Receiver() as receiver, capture_logs() as lines:
        receiver.status = status
        call_heartbeat(SecretStr(receiver.heartbeat))

    assert receiver.beats == [f"/beat/{TOKEN}?status=up"]
    assert receiver.followed == []
    assert [line["why"] for line in lines] == ([why] if why else [])


def test_a_heartbeat_that_drips_ends_within_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "TIMEOUT", 0.3)
    with Receiver() as receiver, capture_logs() as lines:
        receiver.hangs = True
        call_heartbeat(SecretStr(receiver.heartbeat))

    assert [line["why"] for line in lines] == ["the response was not complete after 0.3 s"]


@pytest.mark.parametrize(
    "address",
    [f"http://127.0.0.1:1/{TOKEN}", f"https://127.0.0.1:1/{TOKEN}", f"http://x..y/{TOKEN}"],
)
def test_an_address_that_does_not_answer_is_one_line_without_it(address: str) -> None:
    with capture_logs() as lines:
        call_heartbeat(SecretStr(address))

    (line,) = lines
    assert line["event"] == "heartbeat failed"
    assert TOKEN not in str(line)
