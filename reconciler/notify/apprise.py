"""A ``ports.Notifier`` over apprise, which runs in a process of its own: see ``worker.py``.

An address is a secret: errors and logs name it by its index in the config.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from importlib.util import find_spec
from threading import Condition, Thread

from pydantic import SecretStr

from reconciler.core.model import Message
from reconciler.core.privacy import child_environment
from reconciler.errors import NotifierError
from reconciler.logs import Logger

TIMEOUT = 10  # seconds for a message, all addresses together
MOST_WAITING = 100  # messages; so many come together only where something is badly wrong

INSTALL = "run `pip install '.[notify]'` in a checkout of listsync, in its virtual environment"

_log = Logger()


class AppriseNotifier:
    """Sends messages one after the other, in a thread that starts with the first message."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[tuple[Sequence[SecretStr], Message]] = deque()
        self._worker: Thread | None = None

    def require(self) -> None:
        if find_spec("apprise") is None:
            raise NotifierError("notify needs apprise, which is not installed", hint=INSTALL)

    def send(self, urls: Sequence[SecretStr], message: Message) -> None:
        with self._changed:
            if len(self._waiting) == MOST_WAITING:
                _log.warning("notification dropped: too many are waiting", title=message.title)
                return
            self._waiting.append((urls, message))
            self._changed.notify_all()
            if self._worker is None:
                self._worker = Thread(target=self._work, name="notifier", daemon=True)
                self._worker.start()

    def flush(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)
            if self._waiting:
                _log.warning("notifications not sent in time", number=len(self._waiting))

    def invalid_addresses(self, urls: Sequence[SecretStr]) -> tuple[int, ...]:
        self.require()
        try:
            results = _run_worker(urls, None)
        except OSError as error:
            raise NotifierError("apprise cannot be started", hint=str(error.strerror)) from error
        if len(results) < len(urls):
            raise NotifierError(f"apprise did not answer within {TIMEOUT} s", hint="try again")
        return tuple(index for index in sorted(results) if not results[index])

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                urls, message = self._waiting[0]
            self._deliver(urls, message)
            with self._changed:
                self._waiting.popleft()
                self._changed.notify_all()

    def _deliver(self, urls: Sequence[SecretStr], message: Message) -> None:
        event, title = "notification not sent", message.title
        try:
            self.require()
            results = _run_worker(urls, message)
        except NotifierError as error:
            _log.warning(event, title=title, why=str(error))
        except OSError as error:
            _log.warning(event, title=title, why=error.strerror)
        else:
            for index in range(len(urls)):
                if not results.get(index):
                    late = f"it failed, or took more than {TIMEOUT} s"
                    why = "the service did not accept it" if index in results else late
                    address = f"address {index + 1} of notify.urls"
                    _log.warning(event, title=title, to=address, why=why)


def _run_worker(urls: Sequence[SecretStr], message: Message | None) -> dict[int, bool]:
    """The results by the address's index; addresses that took too long are missing."""
    text = message and {"event": message.event, "title": message.title, "body": message.body}
    order = {"urls": [url.get_secret_value() for url in urls], "seconds": TIMEOUT, "message": text}
    try:
        output = subprocess.run(
            # -P: a file called apprise.py in the current folder is not imported
            [sys.executable, "-P", "-m", "reconciler.notify.worker"],
            input=json.dumps(order).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # apprise writes addresses there
            timeout=TIMEOUT,
            env=child_environment(os.environ),
            start_new_session=True,  # Ctrl-C is for listsync
            check=False,
        ).stdout
    except subprocess.TimeoutExpired as expired:
        output = expired.stdout or b""
    return dict(json.loads(line) for line in output.splitlines())
