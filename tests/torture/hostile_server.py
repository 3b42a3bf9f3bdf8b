"""The sandbox's media server behind something that spoils its answers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from examples.sandbox.media_server import SandboxServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from examples.sandbox.seerr.answers import Answer, Call

LOGIN_PAGE = '<!doctype html><title>Sign in</title><form method="post"><input name="user"></form>'
KINDS = 5
WRONG_SHAPES: tuple[Any, ...] = (
    *(None, 5, "x", [], ["x"], {}),
    *({"results": ["x"]}, {"results": {}}, {"pageInfo": []}),
)


class HostileServer(SandboxServer):
    """Every answer goes through ``spoil``, which may also leave it as it is."""

    spoil: Callable[[Call, Answer], Answer] | None = None

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if self.spoil is None or call.path.startswith("/sandbox"):
            return answer
        return self.spoil(call, answer)


def spoiled(chance: Random, answer: Answer, kind: int) -> Answer:
    """An answer that is plainly wrong, in one of several ways. ``kind``: below KINDS."""
    match kind:
        case 0:
            text = json.dumps(answer.body)
            return replace(answer, body=text[: chance.randrange(len(text))])
        case 1:
            return replace(answer, body=chance.choice(WRONG_SHAPES))
        case 2:
            return replace(answer, status=200, body=LOGIN_PAGE)
        case 3:
            where = {"Location": "http://127.0.0.1:9/login"}
            return replace(answer, status=302, body="", headers=where)
    status = chance.choice((400, 401, 403, 404, 408, 409, 413, 418, 429, 500, 502, 503, 504))
    body = chance.choice(({"message": "trouble"}, "trouble", LOGIN_PAGE))
    headers = chance.choice(
        ({}, {"Retry-After": "0"}, {"Retry-After": "soon"}, {"Retry-After": "9" * 400})
    )
    return replace(answer, status=status, body=body, headers=headers)
