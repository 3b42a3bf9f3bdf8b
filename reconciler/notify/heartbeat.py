"""The heartbeat: an address that is called after every successful run.

The service behind it, such as Healthchecks.io or Uptime Kuma, alerts people when no call comes.
"""

from __future__ import annotations

from pydantic import SecretStr

from reconciler.http.client import CallFailure, Response, Session, send
from reconciler.http.limits import Limits
from reconciler.http.transport import Adapter
from reconciler.logs import Logger

TIMEOUT = 10.0  # seconds for the whole call
_LARGEST = 1024 * 1024  # bytes of the answer, which is ignored

_log = Logger()


def call_heartbeat(url: SecretStr) -> None:
    """Call the address once; a failure is one line of the log, without the address."""
    with Session(Adapter()) as session, Limits(TIMEOUT, _LARGEST) as limits:
        answer = send(
            session,
            "GET",
            url.get_secret_value(),
            Response,
            limits=limits,
            timeout=(TIMEOUT, TIMEOUT),
            shown="notify.heartbeat",
        )
    if isinstance(answer, CallFailure):
        _log.warning("heartbeat failed", why=answer.message)
    elif answer.is_redirect:
        _log.warning("heartbeat failed", why="the address redirects; redirects are not followed")
    elif answer.status // 100 != 2:  # noqa: PLR2004 - success
        _log.warning("heartbeat failed", why=f"HTTP {answer.status}")
