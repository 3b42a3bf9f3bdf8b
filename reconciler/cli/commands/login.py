"""``login``: signing in to a site with a code that is typed there."""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from reconciler.cli.options import LEDGER, VERBOSE, Settings, command_with
from reconciler.errors import ListsyncError

if TYPE_CHECKING:
    from reconciler.sources.sites.trakt.login import Code, SignIn, Tokens


Site = StrEnum("Site", {"TRAKT": "trakt"})
SiteName = Annotated[Site, typer.Argument(metavar="trakt", help="Site to sign in to.")]


@command_with(LEDGER, VERBOSE)
def login(settings: Settings, site: SiteName) -> int:
    """Sign in to Trakt, to read your own lists and private ones."""
    from reconciler.sources.failure import FetchFailure
    from reconciler.sources.http import SiteClient
    from reconciler.sources.site_settings import trakt_app
    from reconciler.sources.sites.trakt.login import SignIn

    del site  # there is one
    config = settings.read_config()
    with SiteClient() as web:
        sign_in = SignIn(trakt_app(config.providers, settings.ledger_path(config)), web)
        code = sign_in.begin()
        if isinstance(code, FetchFailure):
            raise ListsyncError(code.error)
        sys.stdout.write(sign_in_instructions(code))
        sys.stdout.flush()
        path = sign_in.keep(wait_for_tokens(sign_in, code))
    if isinstance(path, FetchFailure):
        raise ListsyncError(path.error)
    sys.stdout.write(f"signed in to Trakt; the tokens are in {path}, which only you can read\n")
    return 0


def sign_in_instructions(code: Code) -> str:
    """How to sign in; what the site sent is shown as plain text."""
    from reconciler.render.words import clean, counted

    minutes = counted(round(code.seconds / 60), "minute")
    return (
        f"open {clean(code.address)} and enter the code {clean(code.typed)}\n"
        f"waiting for up to {minutes}; press Ctrl-C to cancel\n"
    )


def wait_for_tokens(sign_in: SignIn, code: Code) -> Tokens:
    """The tokens, once somebody has entered the code. Raises ListsyncError.

    A temporary failure is retried: the code may have been entered already.
    """
    from reconciler.core.model import Outcome
    from reconciler.sources.failure import FetchFailure
    from reconciler.sources.sites.trakt.login import AGAIN, Tokens

    deadline = time.monotonic() + code.seconds
    pause, error_message = code.interval, ""
    while (remaining := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, remaining))
        answer = sign_in.ask(code)
        if isinstance(answer, Tokens):
            return answer
        passing = {Outcome.RATE_LIMITED, Outcome.UNREACHABLE}
        if isinstance(answer, FetchFailure) and answer.outcome not in passing:
            raise ListsyncError(answer.error)
        error_message = answer.error if answer else ""
        pause += code.interval if answer else 0.0
    raise ListsyncError(error_message or "the code was not entered in time", hint=f"{AGAIN} again")
