"""Several hostile lists in one ``plan``, each at the limits: how much memory that takes."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING

from examples.sandbox.media_server import SandboxServer
from reconciler.core.model import LONGEST_LIST
from reconciler.sources.http import LARGEST
from tests.e2e.household import Household
from tests.torture.attack import Attack, check

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from random import Random

    from tests.torture.attack import Figures, Strike

BOUND = 1024  # MB
LISTS = 5
AS_LONG = 0.93  # of the largest answer, so that the last digits do not make it too long


def plain(number: int, size: int) -> bytes:
    """Long titles."""
    return b'{"title":"T%d%s","year":2001,"tmdb":%d,"type":"movie"}' % (number, b"x" * size, number)


def wide(number: int, size: int) -> bytes:
    """Titles with a letter that makes a whole text four bytes wide."""
    title = "\U0001f600".encode() + b"x" * size
    return b'{"title":"%s%d","year":2001,"tmdb":%d,"type":"movie"}' % (title, number, number)


def keys(number: int, size: int) -> bytes:
    """Fields that no other title has."""
    fields = b",".join(b'"k%d-%d":"v%d"' % (number, n, number + n) for n in range(size // 25))
    return b'{"title":"T%d","tmdb":%d,"type":"movie",%s}' % (number, number, fields or b'"a":1')


KINDS = (plain, wide, keys)


class _Site(BaseHTTPRequestHandler):
    """A list of the kind that its path names, as long as a list may be."""

    documents: dict[str, bytes]

    def do_GET(self) -> None:
        body = self.documents[self.path.split("/")[1]]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
        """Nothing is logged."""


def documents(entries: int, largest: int) -> dict[str, bytes]:
    """A document of each kind."""
    size = int(largest * AS_LONG) // entries - 70
    made = {kind.__name__: [kind(n, size) for n in range(1, entries + 1)] for kind in KINDS}
    listed = {name: b"[" + b",".join(rows) + b"]" for name, rows in made.items()}
    feed = b"<item><title>T%d (2001)</title><guid>tmdb://%d</guid><category>movie</category></item>"
    items = b"".join(feed % (n, n) for n in range(1, entries + 1))
    return listed | {"feed": b"<rss><channel>" + items + b"</channel></rss>"}


@contextmanager
def set_up() -> Iterator[Strike]:
    """The documents are the same for all rounds."""
    handler = type("Site", (_Site,), {"documents": documents(LONGEST_LIST, LARGEST)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
        yield lambda chance: strike(chance, f"127.0.0.1:{site.server_port}")
        site.shutdown()


def strike(chance: Random, site: str) -> Figures:
    """One ``plan`` in a process of its own."""
    kinds = [*(kind.__name__ for kind in KINDS), "feed"]
    kinds += chance.choices(kinds, k=LISTS - len(kinds))
    with TemporaryDirectory() as folder, SandboxServer() as server:
        household = Household(Path(folder), server)
        chance.shuffle(kinds)
        lists = {
            f"{kind}{number}": {
                "source": f"{'rss' if kind == 'feed' else 'json'}:http://{site}/{kind}/{number}"
            }
            for number, kind in enumerate(kinds)
        }
        household.write(lists)
        with household.started("plan") as process:
            watch = Thread(target=_watch, args=(process, peaks := [0.0]))
            watch.start()
            done = household.finish(process, 300)
            watch.join()
    check(done.code in {0, 1}, f"exit {done.code}: {done.err}")
    check("titles" in done.out, f"nothing was read: {done.out[:500]}")
    check(peaks[-1] < BOUND, f"{peaks[-1]:.0f} MB for {kinds}")
    return {"lists": len(kinds), "peak in MB": peaks[-1]}


def _watch(process: subprocess.Popen[str], peaks: list[float]) -> None:
    """Note the peak of a process's memory while it runs."""
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            return
        sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
        peaks.extend(int(kilobytes) / 1024 for kilobytes in sizes)
        Event().wait(0.02)


ATTACK = Attack("memory", f"{LISTS} hostile lists in one run < {BOUND >> 10} GB", set_up)
