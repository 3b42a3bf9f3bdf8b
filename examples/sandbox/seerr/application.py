"""The application: a call passes the validator and the guard, then its route answers it."""

from __future__ import annotations

from dataclasses import dataclass

from . import validation
from .answers import Answer, Call, GuardedError, RefusedError, SilenceError
from .backend import Arguments, Backend
from .routes import MatchMethod, routes_of
from .state import User

BASE = "/api/v1"
_NO_COOKIE = "cookie 'connect.sid' required"
_DEPRECATED = {"Deprecation": "true", "Sunset": "Mon, 01 Jun 2026 00:00:00 GMT"}


@dataclass(frozen=True, slots=True)
class Match:
    """A route that fits a path, and the path's variable parts."""

    route: MatchMethod
    params: dict[str, str]


class Application:
    """Answers the calls below ``/api/v1``."""

    def __init__(self, backend: Backend) -> None:
        """Collect the routes of the backend's dialect."""
        self._backend = backend
        self.routes = routes_of(backend.dialect)

    def answer(self, call: Call) -> Answer:
        """Answer one call.

        Raises:
            RefusedError: the answer is an error, ready to be sent.
            SilenceError: the real server never answers this call.

        """
        body = validation.read_json(call)
        if not call.path.startswith(f"{BASE}/"):
            return Answer(404, "<!doctype html><title>Not found</title>")
        match = self._match(call)
        route = match.route
        if not route.public and "X-Api-Key" not in call.headers:
            raise RefusedError(401, _NO_COOKIE, [{"path": call.path, "message": _NO_COOKIE}])
        validation.check_path(match.params, route.params)
        if route.body is not None and (route.body_required or call.body):
            validation.check_media_type(call)
            validation.check_body(body, route.body)
        query = validation.read_query(call.query, route.query)
        sent = body if isinstance(body, dict) else {}
        user = None if route.public else self._authenticate(call, route)
        answer = route.handler(self._backend, Arguments(match.params, query, sent, user))
        headers = _DEPRECATED if route.deprecated else {}
        return Answer(answer.status, answer.body, headers, user)

    def _match(self, call: Call) -> Match:
        path = call.path.removeprefix(BASE)
        found = [
            Match(route, hit.groupdict())
            for route in self.routes
            if (hit := route.pattern.fullmatch(path))
        ]
        if not found:
            raise RefusedError(404, "not found", [{"path": call.path, "message": "not found"}])
        for match in found:
            if match.route.method == call.method:
                return match
        message = f"{call.method} method not allowed"
        raise RefusedError(405, message, [{"path": call.path, "message": message}])

    def _authenticate(self, call: Call, route: MatchMethod) -> User:
        acting = call.headers.get("X-Api-User", "1")
        if not acting.isdecimal():
            raise SilenceError
        user = self._backend.state.users.get(int(acting))
        right_key = call.headers["X-Api-Key"] == self._backend.api_key
        if not right_key or user is None or (route.rights and not user.may(*route.rights)):
            raise GuardedError
        return user
