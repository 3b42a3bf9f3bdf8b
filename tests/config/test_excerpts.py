"""The line of the file in a config error: which line, which part of it, and never a secret."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.config import Config
from reconciler.config.excerpts import secret_paths
from reconciler.errors import ConfigError, Diagnostic

HEAD = "server: {url: http://seerr:5055, api_key: '${KEY}'}\n"
LISTS = "lists:\n  kids:\n    source: imdb:top\n"
Load = Callable[..., Config]
Diagnose = Callable[[str], tuple[Diagnostic, ...]]


@pytest.fixture
def diagnose(read_config: Load) -> Diagnose:
    def diagnose(text: str) -> tuple[Diagnostic, ...]:
        with pytest.raises(ConfigError) as caught:
            read_config(text, {"KEY": "key-of-seerr"}, {"/run/key": "x y"})
        return caught.value.diagnose()

    return diagnose


@pytest.mark.parametrize(
    ("line", "place", "problem", "hint"),
    [
        ("    intervl: 1h", "intervl", 'unknown key "intervl" in list "kids"', "did you mean"),
        (
            "    filter: {yeers: 1990}",
            "yeers",
            'unknown key "yeers" in the filter of list "kids"',
            "did you mean",
        ),
        ("browser: {url: x}", "url", 'unknown key "url" in browser', "known keys: "),
        ("defaulds: {}", "defaulds", 'unknown key "defaulds" in the file', "did you mean"),
        (
            '    seasons: "first; last"  # of all',
            '"first; last"',
            'lists.kids.seasons: "first; last" does not select seasons',
            "use all, ",
        ),
        ("    top: ${KEY}", "${KEY}", 'lists.kids.top: "${KEY}" is not a whole number', "use a"),
        ("    tags: {a: 1}", "{a: 1}", "lists.kids.tags: must be a list, such as [kids, 4]", ""),
        ("    4k: 可能", "可能", 'lists.kids.4k: must be true or false, not "可能"', ""),
        ("    top:", "", None, ""),
        ("\ttop: 5", "\t", "contains a tab", "indent with spaces"),
        ("defaults: {}  \t", "\t", "contains a tab", "indent with spaces"),
        ("    top: 5: 6", ":", 'unexpected ":"', "check the indentation"),
    ],
    ids=lambda value: value if value and value.startswith((" ", "\t", "b", "defaulds")) else "",
)
def test_a_problem_marks_its_place(  # noqa: PLR0913, PLR0917 - a row of the table
    diagnose: Diagnose, read_config: Load, line: str, place: str, problem: str | None, hint: str
) -> None:
    if problem is None:
        assert read_config(f"{HEAD}{LISTS}{line}\n", {"KEY": "k"})
        return

    [diagnostic] = diagnose(f"{HEAD}{LISTS}{line}\n")

    assert diagnostic.where == f"listsync.yaml:5:{line.find(place) + 1}" or place == ":"
    assert (diagnostic.problem, diagnostic.hint[: len(hint)]) == (problem, hint)
    assert diagnostic.source == line.partition("  #")[0]
    assert diagnostic.source[diagnostic.start : diagnostic.end] == place


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_lines_are_counted_as_yaml_counts_them(diagnose: Diagnose, line_break: str) -> None:
    text = f"{HEAD}# a comment{line_break}{LISTS}    top: many"
    [diagnostic] = diagnose(text.replace("\n", line_break))
    assert diagnostic.source == "    top: many"


SECRETS = ["hunter2-hunter2", "pw12xy", "MTc2MzgyNjQwMDAwMGFiY2RlZmFiLWNkZWYtMTIzNC01Njc4LTkw"]
FORMS = [
    "{section}:\n  {key}: '{secret} x'",
    "{section}:\n  {key}: {secret}\n  {key}: {secret}",
    "{section}:\n  {key}:\n    - {secret} x\n    - [{secret}]",
    "{section}:\n  {key}:\n    '{secret}",
    "{section}:\n  {key}: |\n    {secret}\n    {secret}",
    "{section}:\n  {key}x: {secret}",
    "{section}:\n  X{key}: {secret}",
    "{section}:\n  {key}:{secret}",
    "{section}:\n  my_password: {secret}",
    "{section}:\n  - {secret}: x\n  - {key}: {secret}",
    "{section}:\n\t{key}: {secret}",
    "{section}:\n  {key}: {secret}: x",
    "{section}: {{{key}: {secret}, {key}: {secret}}}",
    "{section}: {{{key}:\n {secret},\n {key}: {secret}}}",
    "{section}: {{{key}:\n {secret}, nonsense: 1: 2}}",
    "{section}:\n  {key}: , {secret}",
    "{section}:\n  {key}: url: {secret}",
    "{section}:\n  {key}: ]'{secret}'",
    "notify:\n  url: {secret}",
    "server:\n  listen: {secret}",
    "lists:\n  kids: {{source: 'json:https://h st.example/?v={secret}', 4k: : no}}",
    "lists:\n  kids: {{source: 'json:http://h.example/?token=plain', 4k: : no, top: {secret}/x}}",
    "lists:\n  kids:\n    source: json:http: ://u:{secret}@h.example",
    "{section}: {{nonsense: 1, {key}: {secret}",
    "{section}: {secret}",
    "x: &a {secret}\n{section}: {{{key}: *a, nonsense: *a}}",
    "lists:\n  kids:\n    source: https://host.example/{secret}/list",
    "lists:\n  kids:\n    source: host.example/{secret}",
    "lists:\n  kids:\n    source: json:https://anna:{secret}@host.example/list\n    nonsense: 1",
    "lists: {{kids: {{source: 'json:https://host.example/?token={secret}', nonsense: 1}}}}",
    "lists:\n  kids: {{source: imdb:top, webhook: 'discord://{secret}/{secret}'}}",
    "lists:\n  kids: {{source: imdb:top, {key}: '{secret}'}}",
]


def test_the_secret_bearing_keys_are_those_of_the_config() -> None:
    assert {".".join(path) for path in secret_paths()} >= {
        "server.api_key",
        "controller.token",
        "notify.urls",
        "providers.trakt.client_id",
        "providers.trakt.client_secret",
        "providers.simkl.access_token",
        "providers.tvdb.pin",
    }


@pytest.mark.parametrize("path", list(secret_paths()), ids=".".join)
def test_no_line_with_a_secret_is_shown(diagnose: Diagnose, path: tuple[str, ...]) -> None:
    *sections, key = path
    section = sections[-1]
    for index, form in enumerate(FORMS):
        secret = SECRETS[(index + len("".join(path))) % len(SECRETS)]
        text = form.format(section=section, key=key, secret=secret)
        if len(sections) > 1 and text.startswith(section):
            text = f"{sections[0]}:\n" + "".join(f"  {line}\n" for line in text.split("\n"))
        if "server" not in text:
            text = HEAD + text

        lines = [diagnostic.source or "" for diagnostic in diagnose(text)]

        assert [line for line in lines if secret in line] == [], text
        assert lines, text


@pytest.mark.parametrize(
    "line",
    [
        "x: &a tiny\ncontroller: {token: *a}",
        "controller: {tokn: plainword}",
        "controller: {token: plainword, listen: nowhere}",
        f"defaults: {{interval: {SECRETS[2]}}}",
        f"defaults: {{seasons: {SECRETS[2]}, nonsense: 1}}",
        "browser: {remote_url: 'http://host?password=plainword'}",
        "browser: {remote_url: 'http://user:plainword@host'}",
        "browser: {remote_url: 'ntfy://plainword'}",
        "defaults: {my_password: plainword}",
    ],
    ids=[
        "an anchor", "a misspelled key", "beside it", "another key", "on the line", "a parameter",
        "a user", "a webhook", "a name",
    ],
)  # fmt: skip
def test_a_line_that_may_hold_a_secret_is_not_shown(diagnose: Diagnose, line: str) -> None:
    assert {each.source for each in diagnose(f"{HEAD}{LISTS}{line}\n")} == {None}


@pytest.mark.parametrize(
    "line",
    [
        "controller: {token: '${KEY}', listen: nowhere}",
        "providers: {tmdb: {api_key_file: /run/nowhere}}",
        "defaults: {interval: soon, tags: [a-long-name-in-plain-words]}",
        "notify: {events: [nonsense]}",
        "controler: {workers: 2}",
    ],
)
def test_a_line_with_no_secret_is_shown(diagnose: Diagnose, line: str) -> None:
    assert line in [each.source for each in diagnose(f"{HEAD}{LISTS}{line}\n")]
