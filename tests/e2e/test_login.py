"""Signing in to Trakt, from the code to requests for a private list's titles."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.sites import SandboxSites
from examples.sandbox.sites_lists import Fault
from examples.sandbox.trakt_accounts import CLIENT_ID, CLIENT_SECRET
from tests.e2e.household import Finished, Household


@pytest.fixture(autouse=True)
def _all_well(sites: SandboxSites) -> Iterator[None]:
    yield
    sites.trakt.faults.clear()
    sites.trakt.accounts.forget()


@pytest.fixture
def anna(household: Household, sites: SandboxSites) -> Household:
    trakt = {"base_url": sites.trakt_url, "api_url": sites.trakt_api_url}
    trakt |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    lists = {"own": {"source": "trakt:me/watchlist"}, "hers": {"source": "trakt:anna/private"}}
    household.write(lists, providers={"trakt": trakt})
    return household


def tokens(household: Household) -> Path:
    return household.ledger.with_name(f"{household.ledger.name}.trakt")


def outcomes(done: Finished) -> list[str]:
    return [row["fetch"]["outcome"] for row in done.document["lists"]]


def test_who_signs_in_has_private_lists_and_ones_own_and_nobody_is_shown_the_tokens(
    anna: Household,
) -> None:
    assert outcomes(anna.run("plan", "-o", "json")) == ["private", "private"]

    login = anna.run("login", "trakt", "-v")

    assert login.code == 0
    assert "open https://trakt.tv/activate and enter the code SAND" in login.out
    assert str(tokens(anna).name) in login.out
    assert stat.S_IMODE(tokens(anna).stat().st_mode) == 0o600
    plan = anna.run("plan", "-v", "-o", "json")
    assert outcomes(plan) == ["complete", "complete"]
    output = login.out + login.err + plan.out + plan.err
    secrets = {CLIENT_SECRET, *map(str, json.loads(tokens(anna).read_text()).values())}
    assert not any(secret in output for secret in secrets if len(secret) > 20)
    files = [file for file in anna.ledger.parent.iterdir() if file != tokens(anna)]
    assert not any(b"access-token" in file.read_bytes() for file in files)


def test_a_token_is_exchanged_in_time_and_one_that_was_taken_back_says_so(
    anna: Household, sites: SandboxSites
) -> None:
    anna.run("login", "trakt")
    stored_file = json.loads(tokens(anna).read_text())
    tokens(anna).write_text(json.dumps(stored_file | {"expires": 1.0}))

    assert outcomes(anna.run("plan", "-o", "json")) == ["complete", "complete"]
    assert json.loads(tokens(anna).read_text())["refresh"] != stored_file["refresh"]

    sites.trakt.accounts.forget()
    plan = anna.run("plan", "-o", "json")
    assert outcomes(plan) == ["blocked", "blocked"]
    assert "run `listsync login trakt`" in plan.document["lists"][0]["fetch"]["error"]


def sign_in(household: Household) -> tuple[bool, str, str]:
    matches = household.run("doctor", "-o", "json").document["checks"]
    check = next(check for check in matches if check["name"] == "sign-in to Trakt")
    return check["ok"], check["found"], check["todo"]


def test_doctor_looks_at_the_sign_in_that_a_list_needs(anna: Household) -> None:
    ok, matches, todo = sign_in(anna)
    assert (ok, "nobody has signed in" in matches) == (False, True)
    assert todo == "run `listsync login trakt`"

    anna.run("login", "trakt")
    ok, matches, _ = sign_in(anna)
    assert (ok, "is readable only by its owner, and valid until 20" in matches) == (True, True)

    tokens(anna).chmod(0o640)
    ok, matches, todo = sign_in(anna)
    assert (ok, "mode 0640" in matches, "chmod 600" in todo) == (False, True, True)


def test_doctor_tells_a_sign_in_that_has_ended_from_one_that_is_exchanged(
    anna: Household, sites: SandboxSites
) -> None:
    anna.run("login", "trakt")
    stored_file = json.loads(tokens(anna).read_text())
    tokens(anna).write_text(json.dumps(stored_file | {"expires": 1.0}))
    assert sign_in(anna)[0]
    assert json.loads(tokens(anna).read_text())["refresh"] != stored_file["refresh"]

    tokens(anna).write_text(json.dumps(stored_file | {"expires": 1.0}))
    sites.trakt.accounts.forget()
    ok, matches, todo = sign_in(anna)
    assert (ok, "has expired" in matches, todo) == (False, True, "run `listsync login trakt`")

    tokens(anna).write_text(json.dumps(stored_file | {"issued": "another app's"}))
    assert sign_in(anna)[0] is False


@pytest.mark.parametrize(
    ("source", "secret", "result"),
    [
        ("trakt:anna/watchlist", CLIENT_SECRET, ["sign-in to Trakt"]),
        ("trakt:movies/trending", CLIENT_SECRET, []),
        ("trakt:anna/watchlist", "", []),
    ],
    ids=["a public list", "a chart", "no app to sign in with"],
)
def test_doctor_speaks_of_the_sign_in_where_it_may_be_read_with(
    anna: Household, source: str, secret: str, result: list[str]
) -> None:
    anna.write(
        {"hers": {"source": source}},
        providers={"trakt": {"client_id": CLIENT_ID, "client_secret": secret}},
    )
    matches = anna.run("doctor", "-o", "json").document["checks"]
    assert [check["name"] for check in matches if "Trakt" in check["name"]] == result
    assert all(check["ok"] for check in matches)


def test_a_sign_in_that_is_refused_keeps_nothing(anna: Household, sites: SandboxSites) -> None:
    sites.trakt.faults.set("/api/oauth/device/token", Fault(status=418))
    login = anna.run("login", "trakt")
    assert login.code == 1
    assert "refused on Trakt's page" in login.err
    assert not tokens(anna).exists()


def test_signing_in_needs_an_app(household: Household, sites: SandboxSites) -> None:
    household.write(
        {"chart": {"source": "imdb:top"}},
        providers={"trakt": {"api_url": sites.trakt_api_url, "client_id": CLIENT_ID}},
    )
    login = household.run("login", "trakt")
    assert (login.code, "client_secret" in login.err) == (1, True)
    assert household.run("login", "imdb").code == 64
