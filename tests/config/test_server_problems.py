"""Errors of the server's section, which never repeat its values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

LISTS = "lists:\n  top:\n    source: imdb:top\n"


@pytest.mark.parametrize(
    ("server", "where", "message"),
    [
        (
            "url: http://s",
            "1:1 server.api_key",
            "is missing; add it: the server's API key, from its settings; ideally ${SEERR_API_KEY}",
        ),
        (
            "api_key: k",
            "1:1 server.url",
            "is missing; add it: the server's address, such as http://seerr:5055",
        ),
        (
            "{url: http://s, api_key: }",
            "2:27 server.api_key",
            "is missing; add it: the server's API key, from its settings; ideally ${SEERR_API_KEY}",
        ),
        ("{url: http://s, api_key: ''}", "2:28 server.api_key", "is empty"),
        (
            "{url: http://s, api_key: a b}",
            "2:28 server.api_key",
            "contains a space or a character that is never part of a key; copy the key again",
        ),
        (
            "{url: http://s, api_key: k, api_key_file: /key}",
            "2:31 server.api_key_file",
            "api_key is also set; remove one of the two",
        ),
        (
            "{url: http://s, api_key_file: /gone}",
            "2:33 server.api_key_file",
            "the file /gone: no such file or directory",
        ),
        (
            "{url: http://s, api_key_file: /empty}",
            "2:33 server.api_key_file",
            "the file /empty is empty",
        ),
        (
            "{url: http://s, api_key_file: ''}",
            "2:33 server.api_key_file",
            "must be the path of a file",
        ),
        (
            "{url: http://s, api_key_file: [a]}",
            "2:33 server.api_key_file",
            "must be the path of a file",
        ),
        ("{url: 'ftp://s', api_key: k}", "2:9 server.url", "must begin with http:// or https://"),
        (
            "{url: 'seerr:5055', api_key: k}",
            "2:9 server.url",
            "must begin with http:// or https://",
        ),
        (
            "{url: 'http://me:pw@s', api_key: k}",
            "2:9 server.url",
            "contains a user or password; remove them from the address",
        ),
        (
            "{url: 'http://@s', api_key: k}",
            "2:9 server.url",
            "contains a user or password; remove them from the address",
        ),
        (
            "{url: 'http://s?a=b', api_key: k}",
            "2:9 server.url",
            "contains a ? or #; remove it and everything after it",
        ),
        (
            "{url: 'http://s/#', api_key: k}",
            "2:9 server.url",
            "contains a ? or #; remove it and everything after it",
        ),
        ("{url: 'http://', api_key: k}", "2:9 server.url", "has no host; use http://HOST:PORT"),
        (
            "{url: 'http://s:port', api_key: k}",
            "2:9 server.url",
            "is not an address; use http://HOST:PORT",
        ),
        *(
            (
                f"{{url: '{url}', api_key: k}}",
                "2:9 server.url",
                "is not an address; use http://HOST:PORT",
            )
            for url in ("http://evil[::1]:5055", "http://[::1].evil:5055", "http://[::1]evil")
        ),
        ("{url: '', api_key: k}", "2:9 server.url", "is empty; use http://HOST:PORT"),
        (
            "{url: 'http://a b', api_key: k}",
            "2:9 server.url",
            "contains a space or an invalid character",
        ),
        (
            "{url: http://s, api_key: k, rate: 20}",
            "2:37 server.rate",
            '"20" is not a rate; use calls per s, m, h or d, like 20/s',
        ),
        (
            "{url: http://s, api_key: k, rate: 0/s}",
            "2:37 server.rate",
            "must be more than 0 and at most 1000/s",
        ),
        (
            "{url: http://s, api_key: k, concurrency: 33}",
            "2:44 server.concurrency",
            "must be from 1 to 32",
        ),
    ],
)
def test_a_mistake_in_the_servers_section(
    problems_of: Callable[..., list[str]], server: str, where: str, message: str
) -> None:
    server = server if server.startswith("{") else f" {server}"
    text = f"server:\n  {server}\n{LISTS}"

    assert problems_of(text, files={"/empty": "\n"}) == [f"listsync.yaml:{where}: {message}"]
