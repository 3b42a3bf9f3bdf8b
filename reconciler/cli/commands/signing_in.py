"""``login``: signing in to a site with a code that is typed there."""

from __future__ import annotations

import sys
import time

from reconciler.cli.commands.setting import Setting
from reconciler.core.model import Outcome
from reconciler.errors import ListsyncError
from reconciler.render.words import clean
from reconciler.sources.provision import trakt_app
from reconciler.sources.scrape import FetchFailure
from reconciler.sources.sites.trakt.login import AGAIN, Code, SignIn, Tokens
from reconciler.sources.web import Web
from reconciler.sync.run_log import OK

_PASSES = {Outcome.RATE_LIMITED, Outcome.UNREACHABLE}


def login_to_trakt(setting: Setting) -> int:
    """Sign in to Trakt. Raises ConfigError, and ListsyncError where it does not work."""
    config = setting.config()
    with Web() as web:
        sign_in = SignIn(trakt_app(config.providers, setting.ledger_path(config)), web)
        code = sign_in.begin()
        if isinstance(code, FetchFailure):
            raise ListsyncError(code.error)
        sys.stdout.write(sign_in_instructions(code))
        sys.stdout.flush()
        path = sign_in.keep(wait_for_tokens(sign_in, code))
    if isinstance(path, FetchFailure):
        raise ListsyncError(path.error)
    sys.stdout.write(f"signed in to Trakt; kept in {path}, for your eyes alone\n")
    return OK


def sign_in_instructions(code: Code) -> str:
    """What whoever signs in has to do; what the site says of it is only text."""
    minutes = round(code.seconds / 60)
    return (
        f"open {clean(code.address)} and type {clean(code.typed)}\n"
        f"waiting for up to {minutes} minute{'s' * (minutes != 1)}; Ctrl-C ends this\n"
    )


def wait_for_tokens(sign_in: SignIn, code: Code) -> Tokens:
    """The tokens, once somebody has typed the code. Raises ListsyncError.

    Whoever types it has done their part: what goes wrong for a while meanwhile is waited out.
    """
    until = time.monotonic() + code.seconds
    pause, trouble = code.interval, ""
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        found = sign_in.ask(code)
        if isinstance(found, Tokens):
            return found
        if isinstance(found, FetchFailure) and found.outcome not in _PASSES:
            raise ListsyncError(found.error)
        trouble = found.error if found else ""
        pause += code.interval if found else 0.0
    raise ListsyncError(trouble or "nobody has typed the code in time", hint=f"{AGAIN} again")
