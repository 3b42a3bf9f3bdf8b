"""The sandbox's media server with as many films as are wanted, in a process of its own."""

from __future__ import annotations

import json
import sys

from examples.sandbox.catalogue import Catalogue
from examples.sandbox.media_server import SandboxServer
from examples.sandbox.titles import Title, film


def films(count: int) -> list[Title]:
    """Films 1, 2, …, each with an IMDb id."""
    return [film(n, imdb(n), f"Title {n}", "2001-05-04") for n in range(1, count + 1)]


def imdb(number: int) -> str:
    """The IMDb id of a film; its TMDB id is ``number``."""
    return f"tt{number:07}"


def main(count: int) -> None:
    """Serve until stdin ends. Says where on stdout."""
    with SandboxServer(catalogue=Catalogue(films(count))) as server:
        sys.stdout.write(json.dumps({"url": server.url, "key": server.api_key}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
