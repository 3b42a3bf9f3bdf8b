"""A process that sends one message and ends; it alone knows apprise.

A process of its own, since a service may hang, apprise may fail in any way and say so aloud with
the address in it, and its hundred plug-ins need not stay in the memory of ``run``. The order comes
on standard input, so that no address stands among the processes' arguments::

    {"urls": […], "seconds": 10, "message": {"event": …, "title": …, "body": …}}

Without a message the addresses are only looked at. The answer is a line for each address once it is
known: its place among them, and whether it went well.
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


class Letter(TypedDict):
    """A message as it travels to this process."""

    event: str
    title: str
    body: str


class Order(TypedDict):
    """What this process is told to do."""

    urls: list[str]
    seconds: int
    message: Letter | None


def main() -> None:
    """Do what standard input says; whatever happens, end in the time it gives."""
    order: Order = json.load(sys.stdin)
    signal.alarm(order["seconds"])
    answers, sys.stdout = sys.stdout, sys.stderr  # a plug-in that prints is no answer

    def deliver(place: int, url: str) -> None:
        went_well = _deliver(url, order["message"])
        answers.write(f"{json.dumps([place, went_well])}\n")
        answers.flush()

    with ThreadPoolExecutor(len(order["urls"])) as pool:
        for place, url in enumerate(order["urls"]):
            pool.submit(deliver, place, url)


def _deliver(url: str, message: Letter | None) -> bool:
    """Whether it was sent; without a message, whether apprise understands the address."""
    # Nothing is kept on disk, and no redirect carries a key elsewhere.
    asset = apprise.AppriseAsset(
        app_id="listsync",
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
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
