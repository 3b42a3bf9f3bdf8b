"""``ports.Notifier`` over apprise, which sends from a process of its own: see ``worker.py``.

An address is a secret: it is named here by its place in the file, and so is it in logs.
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

PATIENCE = 10  # seconds that a message may take, all addresses together
MOST_WAITING = 100  # messages; so many come together only where something is badly wrong

INSTALL = "run `pip install '.[notify]'` in a checkout of listsync, in its virtual environment"

_log = Logger()


class AppriseNotifier:
    """Sends messages one after the other, behind the back of whoever hands them over."""

    def __init__(self) -> None:
        """Nothing is started before there is something to send."""
        self._changed = Condition()
        self._waiting: deque[tuple[Sequence[SecretStr], Message]] = deque()
        self._worker: Thread | None = None

    def require(self) -> None:
        """Raise NotifierError where nothing can be sent from here."""
        if find_spec("apprise") is None:
            what = "notify needs apprise, which is not installed"
            raise NotifierError(what, hint=INSTALL)

    def send(self, urls: Sequence[SecretStr], message: Message) -> None:
        """Have a message sent to these addresses. Returns at once; trouble is a line in the log."""
        with self._changed:
            if len(self._waiting) == MOST_WAITING:
                _log.warning("a notification was dropped: too many wait", told=message.title)
                return
            self._waiting.append((urls, message))
            self._changed.notify_all()
            if self._worker is None:
                self._worker = Thread(target=self._work, name="notifier", daemon=True)
                self._worker.start()

    def flush(self, seconds: float) -> None:
        """Give what is under way so much time; what is not sent then is lost."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)
            if self._waiting:
                _log.warning("notifications were not sent in time", number=len(self._waiting))

    def invalid_addresses(self, urls: Sequence[SecretStr]) -> tuple[int, ...]:
        """The places of the addresses that apprise does not know; sends nothing.

        Raises NotifierError where apprise is missing or cannot be asked.
        """
        self.require()
        try:
            answers = _ask(urls, None)
        except OSError as error:
            raise NotifierError("apprise cannot be started", hint=str(error.strerror)) from error
        if len(answers) < len(urls):
            raise NotifierError(f"apprise gave no answer within {PATIENCE} s", hint="try again")
        return tuple(place for place in sorted(answers) if not answers[place])

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                urls, message = self._waiting[0]
            self._send(urls, message)
            with self._changed:
                self._waiting.popleft()
                self._changed.notify_all()

    def _send(self, urls: Sequence[SecretStr], message: Message) -> None:
        try:
            self.require()
            answers = _ask(urls, message)
        except NotifierError as error:
            _log.warning("a notification was not sent", told=message.title, why=str(error))
        except OSError as error:
            _log.warning("a notification was not sent", told=message.title, why=error.strerror)
        else:
            for place in range(len(urls)):
                if not answers.get(place):
                    late = f"it failed, or took more than {PATIENCE} s"
                    why = "the service did not take it" if place in answers else late
                    to = f"address {place + 1} of notify.urls"
                    _log.warning("a notification was not sent", told=message.title, to=to, why=why)


def _ask(urls: Sequence[SecretStr], message: Message | None) -> dict[int, bool]:
    """How it went, by the address's place; those that took too long are missing."""
    letter = message and {"event": message.event, "title": message.title, "body": message.body}
    order = {
        "urls": [url.get_secret_value() for url in urls],
        "seconds": PATIENCE,
        "message": letter,
    }
    try:
        said = subprocess.run(
            # -P: a file called apprise.py in the current folder is not taken for it
            [sys.executable, "-P", "-m", "reconciler.notify.worker"],
            input=json.dumps(order).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # apprise tells addresses
            timeout=PATIENCE,
            env=child_environment(os.environ),
            start_new_session=True,  # Ctrl-C is for listsync
            check=False,
        ).stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    return dict(json.loads(line) for line in said.splitlines())
