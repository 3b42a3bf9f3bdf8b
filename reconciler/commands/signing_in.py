"""``login``: signing in to a site with a code that is typed there."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from reconciler.commands.sync import OK
from reconciler.errors import ListsyncError
from reconciler.sources.provision import trakt_app
from reconciler.sources.scrape import Setback
from reconciler.sources.trakt_sign_in import AGAIN, SignIn, Tokens
from reconciler.sources.web import Web

if TYPE_CHECKING:
    from reconciler.commands.setting import Setting
    from reconciler.sources.trakt_sign_in import Code


def login_to_trakt(setting: Setting) -> int:
    """Sign in to Trakt. Raises ConfigError, and ListsyncError where it does not work."""
    spec = setting.spec()
    with Web() as web:
        sign_in = SignIn(trakt_app(spec.providers, setting.ledger_path(spec)), web)
        code = sign_in.begin()
        if isinstance(code, Setback):
            raise ListsyncError(code.error)
        minutes = round(code.seconds / 60)
        sys.stdout.write(
            f"open {code.address} and type {code.typed}\n"
            f"waiting for up to {minutes} minute{'s' * (minutes != 1)}; Ctrl-C ends this\n"
        )
        sys.stdout.flush()
        path = sign_in.keep(_typed(sign_in, code))
    if isinstance(path, Setback):
        raise ListsyncError(path.error)
    sys.stdout.write(f"signed in to Trakt; kept in {path}, for your eyes alone\n")
    return OK


def _typed(sign_in: SignIn, code: Code) -> Tokens:
    """The tokens, once somebody has typed the code. Raises ListsyncError."""
    until = time.monotonic() + code.seconds
    while time.monotonic() < until:
        time.sleep(code.interval)
        found = sign_in.ask(code)
        if isinstance(found, Setback):
            raise ListsyncError(found.error)
        if found is not None:
            return found
    raise ListsyncError("nobody has typed the code in time", hint=f"{AGAIN} again")
