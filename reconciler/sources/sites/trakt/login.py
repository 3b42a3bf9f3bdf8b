"""Signing in to Trakt with a code, and storing the tokens.

A person opens Trakt's page on any device and types the code; the tokens are kept in a file of their
own that only its owner can read, and are sent only to the address and for the app that issued them.

Routes, bodies and statuses are those of Trakt's API documentation (device authentication).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.config.own_files import SECRET_BYTES, read_file
from reconciler.core.model import Outcome
from reconciler.http.client import Response
from reconciler.http.foreign import record, valid_text
from reconciler.sources.context import Provider
from reconciler.sources.failure import FetchFailure, failure_of
from reconciler.sources.http import SiteClient

API_URL = "https://api.trakt.tv"
AGAIN = "run `listsync login trakt`"

_EARLY = 600.0  # seconds before a token ends in which it is exchanged for a new one
_NOWHERE = "urn:ietf:wg:oauth:2.0:oob"  # where a sign-in without a web page of one's own leads back
_MINUTE = "%Y-%m-%d %H:%MZ"
_FAR = 4e9  # later than this no clock of ours can tell
_WAITING = 400
_CODE_ERRORS = {
    404: "Trakt no longer knows the code",
    409: "the code was used before",
    410: "the code has expired",
    418: "the sign-in was refused on Trakt's page",
}
_NO_APP = FetchFailure(
    Outcome.BLOCKED,
    "no Trakt app is configured; set providers.trakt.client_id and client_secret",
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What lets listsync read in somebody's name, until ``expires`` (seconds since 1970)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires: float


@dataclass(frozen=True, slots=True)
class Code:
    """What a person types at ``address``, within so many seconds."""

    typed: str
    address: str
    seconds: float
    interval: float  # seconds between two questions whether it was typed
    secret: str = field(repr=False)


class TokenFile:
    """A file with one app's tokens at one address. Another app's or address's count as none."""

    def __init__(self, path: Path, issued: str) -> None:
        """``issued``: who gave the tokens, and for which app."""
        self.path = path
        self._issued = hashlib.sha256(issued.encode()).hexdigest()

    def read(self) -> Tokens | None:
        """The tokens; None without usable ones. Raises OSError."""
        try:
            content = json.loads(read_file(self.path, SECRET_BYTES))
            if content["issued"] != self._issued:
                return None
            return Tokens(
                str(content["access"]), str(content["refresh"]), float(content["expires"])
            )
        except (
            FileNotFoundError,
            ValueError,
            LookupError,
            TypeError,
            OverflowError,
            RecursionError,
        ):
            return None

    def write(self, tokens: Tokens) -> None:
        """Store the tokens atomically. Raises OSError."""
        content = {"issued": self._issued, "expires": tokens.expires}
        content |= {"access": tokens.access, "refresh": tokens.refresh}
        beside = self.path.with_name(f"{self.path.name}.new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from exchanging the tokens, each of which works once. Raises OSError."""
        descriptor = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class SignIn:
    """One app's sign-in at one address."""

    def __init__(self, provider: Provider, web: SiteClient) -> None:
        """``provider``: with ``tokens``, the file they are kept in."""
        self._url = provider.api_url or API_URL
        self._app = {"client_id": provider.key, "client_secret": provider.secret}
        self._web = web
        usable = provider.tokens and provider.key and provider.secret
        issued = f"{self._url} {provider.key}"
        self._file = TokenFile(provider.tokens, issued) if usable and provider.tokens else None

    def token(self) -> str | FetchFailure:
        """The token to read with, exchanged if it expires soon; empty without a sign-in."""
        if self._file is None:
            return ""
        try:
            tokens = self._file.read()
            if tokens is None or not _ends_soon(tokens):
                return tokens.access if tokens else ""
            with self._file.alone():
                tokens = self._file.read()  # another process may have been quicker
                if tokens is None or not _ends_soon(tokens):
                    return tokens.access if tokens else ""
                return self._exchanged(tokens, self._file)
        except OSError as error:
            return _unusable(self._file.path, error)

    def look(self) -> str | FetchFailure | None:
        """A sentence about a sign-in that works, or why it does not; None without a sign-in.

        What ends soon is exchanged, as for reading: only that tells whether it still works.
        """
        if self._file is None:
            return None
        path = self._file.path
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                problem = f"{path}: other users can read the sign-in to Trakt (mode {mode:04o})"
                return FetchFailure(Outcome.BLOCKED, f"{problem}; run chmod 600 {path}")
            token = self.token()
            tokens = self._file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            return _unusable(path, error)
        if isinstance(token, FetchFailure):
            return token
        if tokens is None:
            problem = f"{path}: the stored sign-in belongs to another app or address"
            return FetchFailure(Outcome.BLOCKED, f"{problem}; {AGAIN}")
        until = time.gmtime(min(tokens.expires, _FAR))
        return (
            f"{path} is readable only by its owner, and valid until {time.strftime(_MINUTE, until)}"
        )

    def begin(self) -> Code | FetchFailure:
        """Ask for a code, where there is a place for what comes of it."""
        place = self.keep(None)
        if isinstance(place, FetchFailure):
            return place
        answer = self._post("/oauth/device/code", {"client_id": self._app["client_id"]})
        if isinstance(answer, FetchFailure):
            return answer
        body = record(answer.body)
        typed, address = valid_text(body.get("user_code")), valid_text(body.get("verification_url"))
        secret = valid_text(body.get("device_code"))
        if not answer.ok or not (typed and address and secret):
            return _refused(answer)
        seconds, interval = _number(body.get("expires_in"), 600), _number(body.get("interval"), 5)
        return Code(typed, address, seconds, max(interval, 1.0), secret)

    def ask(self, code: Code) -> Tokens | FetchFailure | None:
        """Whether the code was typed: the tokens, None while it was not, or what went wrong."""
        answer = self._post("/oauth/device/token", {**self._app, "code": code.secret})
        if isinstance(answer, FetchFailure):
            return answer
        if answer.status == _WAITING:
            return None
        if why := _CODE_ERRORS.get(answer.status):
            return FetchFailure(Outcome.BLOCKED, f"{answer.url}: {why}; {AGAIN} again")
        return _tokens(answer) or _refused(answer)

    def keep(self, tokens: Tokens | None) -> Path | FetchFailure:
        """Store the tokens: the path, or why they cannot be stored. None: only find that out."""
        if self._file is None:
            return _NO_APP
        try:
            with self._file.alone():
                if tokens:
                    self._file.write(tokens)
        except OSError as error:
            return _unusable(self._file.path, error)
        return self._file.path

    def _exchanged(self, tokens: Tokens, file: TokenFile) -> str | FetchFailure:
        body = {**self._app, "refresh_token": tokens.refresh, "redirect_uri": _NOWHERE}
        answer = self._post("/oauth/token", {**body, "grant_type": "refresh_token"})
        if not isinstance(answer, FetchFailure) and (fresh := _tokens(answer)):
            file.write(fresh)
            return fresh.access
        if time.time() < tokens.expires:  # it is good for a while, and Trakt may answer later
            return tokens.access
        if isinstance(answer, FetchFailure):
            return answer
        return sign_in_ended(answer.url) if answer.status in {400, 401, 403} else failure_of(answer)

    def _post(self, path: str, body: Mapping[str, str]) -> Response | FetchFailure:
        headers = {"Content-Type": "application/json"}
        return self._web.ask("POST", f"{self._url}{path}", headers=headers, body=body)


def sign_in_ended(where: str) -> FetchFailure:
    """Trakt does not take the tokens any more."""
    return FetchFailure(Outcome.BLOCKED, f"{where}: the sign-in to Trakt has expired; {AGAIN}")


def _ends_soon(tokens: Tokens) -> bool:
    return tokens.expires - time.time() < _EARLY


def _tokens(answer: Response) -> Tokens | None:
    body = record(answer.body)
    access, refresh = valid_text(body.get("access_token")), valid_text(body.get("refresh_token"))
    if not answer.ok or not access or not refresh:
        return None
    return Tokens(access, refresh, time.time() + _number(body.get("expires_in"), 0))


def _refused(answer: Response) -> FetchFailure:
    if answer.status in {401, 403}:
        problem = "Trakt does not accept the app"
        hint = "check providers.trakt.client_id and client_secret"
        return FetchFailure(
            Outcome.BLOCKED, f"{answer.url}: {problem} (HTTP {answer.status}); {hint}"
        )
    if not answer.ok:
        return failure_of(answer)
    problem = "not a valid sign-in response; try again later"
    return FetchFailure(Outcome.CHANGED_LAYOUT, f"{answer.url}: {problem}")


def _unusable(path: Path, error: OSError) -> FetchFailure:
    why = error.strerror or "it cannot be used"
    return FetchFailure(
        Outcome.UNREACHABLE, f"{path}: the sign-in to Trakt cannot be stored here: {why}"
    )


def _number(value: object, default: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    return default
