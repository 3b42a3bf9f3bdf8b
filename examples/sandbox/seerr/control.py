"""The control addresses under ``/sandbox``. They need no key, and real servers lack them.

* ``POST /sandbox/faults``: change faults; returns all of them, like ``GET``.
* ``GET /sandbox/state``: users, media, requests, blocklist and the calls so far.
* ``POST /sandbox/seed``: give titles rows: ``{"titles": [["movie", 278]], "status": 5,
  "requested_by": 2, "request_status": 2}``; all but the titles may be left out.
* ``POST /sandbox/reset``: forget all rows, calls and faults.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from .answers import Answer, Call, RefusedError
from .backend import Backend

Json = dict[str, Any]
PREFIX = "/sandbox/"
_SEED_OPTIONS = ("status", "requested_by", "request_status")


@dataclass(frozen=True, slots=True)
class Control:
    """Answers the control addresses."""

    backend: Backend

    def answer(self, call: Call) -> Answer:
        """Answer a call below ``/sandbox``.

        Raises:
            RefusedError: no such path, or a body that makes no sense.

        """
        match call.method, call.path.removeprefix(PREFIX):
            case "GET", "faults":
                return Answer(200, self.backend.faults.as_json())
            case "GET", "state":
                return Answer(200, self._state())
            case "POST", "faults":
                self._set_faults(_body(call))
                return Answer(200, self.backend.faults.as_json())
            case "POST", "seed":
                self._seed(_body(call))
                return Answer(204)
            case "POST", "reset":
                self.backend.state.reset()
                self.backend.faults.reset()
                return Answer(204)
        raise RefusedError(404, "the sandbox has no such path")

    def _state(self) -> Json:
        state, views = self.backend.state, self.backend.views
        with state.lock:
            return {
                "users": [views.user(user) for user in state.users.values()],
                "media": [views.media(row, seasons=True) for row in state.media.values()],
                "requests": [views.nested_request(row) for row in state.requests.values()],
                "blocklist": [views.blocked(row) for row in state.blocklist.values()],
                "calls": [asdict(call) for call in state.calls],
            }

    def _set_faults(self, body: Json) -> None:
        try:
            self.backend.faults.set(body)
        except (TypeError, ValueError) as error:
            raise RefusedError(400, str(error)) from error

    def _seed(self, body: Json) -> None:
        catalogue = self.backend.tmdb.catalogue
        titles = [catalogue.get(kind, tmdb) for kind, tmdb in body["titles"]]
        known = [title for title in titles if title is not None]
        if len(known) < len(titles):
            raise RefusedError(400, "a title to seed is not in the catalogue")
        options = {name: body[name] for name in _SEED_OPTIONS if name in body}
        self.backend.state.seed(known, **options)


def _body(call: Call) -> Json:
    try:
        body = json.loads(call.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError(400, "the body must be a JSON object")
    return body
