"""A bare client for the sandbox's media server: it raises nothing and hides nothing."""

from __future__ import annotations

from typing import Any, Self

import requests

from examples.sandbox.media_server import SandboxServer


class Client:
    """Calls below ``/api/v1`` with the right key, as the admin or as another user."""

    def __init__(self, server: SandboxServer) -> None:
        self.base = f"{server.url}/api/v1"
        self.root = server.url
        self.session = requests.Session()
        self.session.headers["X-Api-Key"] = server.api_key

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def call(
        self, method: str, path: str, body: object = None, *, user: int | None = None
    ) -> requests.Response:
        headers = {} if user is None else {"X-Api-User": str(user)}
        return self.session.request(
            method, self.base + path, json=body, headers=headers, timeout=10, allow_redirects=False
        )

    def get(self, path: str, *, user: int | None = None) -> Any:  # noqa: ANN401 -- any JSON
        return self.call("GET", path, user=user).json()

    def request(
        self, kind: str, tmdb: int, *, user: int | None = None, **body: object
    ) -> requests.Response:
        whole = {"mediaType": kind, "mediaId": tmdb, "is4k": False, **body}
        return self.call("POST", "/request", whole, user=user)

    def info(self, kind: str, tmdb: int) -> Any:  # noqa: ANN401 -- any JSON
        """The server's row of a title with its requests; None without one."""
        return self.get(f"/{kind}/{tmdb}").get("mediaInfo")

    def control(self, method: str, path: str, body: object = None) -> requests.Response:
        return self.session.request(method, f"{self.root}/sandbox/{path}", json=body, timeout=10)
