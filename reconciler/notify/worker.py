"""A process that sends one message and ends. Only it imports apprise.

It is a process of its own, since a service may hang, apprise may fail in any way and print the
address, and its hundred plug-ins need not stay in the memory of ``run``. The order comes on
standard input, so that no address is among the processes' arguments::

    {"urls": […], "seconds": 10, "message": {"event": …, "title": …, "body": …}}

Without a message the addresses are only checked. The output has a line for each address as soon as
its result is known: its index, and whether it succeeded.
"""

from __future__ import annotations

import json
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict

import apprise

from reconciler.core.model import Event

_TYPES = {
    Event.APPLIED: apprise.NotifyType.SUCCESS,
    Event.STALLED: apprise.NotifyType.WARNING,
    Event.RECOVERED: apprise.NotifyType.SUCCESS,
    Event.CONFIG_INVALID: apprise.NotifyType.FAILURE,
    Event.RIGHTS_WAITING: apprise.NotifyType.WARNING,
}


class _Message(TypedDict):
    event: str
    title: str
    body: str


class _Order(TypedDict):
    urls: list[str]
    seconds: int
    message: _Message | None


def main() -> None:
    """Carry out the order on standard input, and end within its time, whatever happens."""
    order: _Order = json.load(sys.stdin)
    signal.alarm(order["seconds"])
    output, sys.stdout = sys.stdout, sys.stderr  # what a plug-in prints is not a result

    def deliver(index: int, url: str) -> None:
        succeeded = _deliver(url, order["message"])
        output.write(f"{json.dumps([index, succeeded])}\n")
        output.flush()

    with ThreadPoolExecutor(len(order["urls"])) as pool:
        for index, url in enumerate(order["urls"]):
            pool.submit(deliver, index, url)


def _deliver(url: str, message: _Message | None) -> bool:
    """Whether the message was sent; without one, whether the address is valid."""
    # Nothing is kept on disk, and no redirect carries a key elsewhere.
    asset = apprise.AppriseAsset(
        app_id="listsync", http_redirects=False, storage_mode=apprise.PersistentStoreMode.MEMORY
    )
    service = apprise.Apprise(asset=asset)
    if not service.add(url):
        return False
    if message is None:
        return True
    return bool(
        service.notify(
            title=message["title"],
            body=message["body"],
            notify_type=_TYPES[Event(message["event"])],
            body_format=apprise.NotifyFormat.TEXT,
        )
    )


if __name__ == "__main__":
    main()
