"""The settings of each site from the config, in the form that its module gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import SecretStr

from reconciler.config.keys import Model
from reconciler.config.providers import ProvidersConfig
from reconciler.core.model import ListRef
from reconciler.errors import ListsyncError
from reconciler.sources.context import Provider
from reconciler.sources.failure import FetchFailure
from reconciler.sources.http import SiteClient
from reconciler.sources.sites.trakt.login import AGAIN, SignIn


def trakt_app(config: ProvidersConfig, ledger: Path) -> Provider:
    """The app that people sign in to Trakt with. Raises ListsyncError without one."""
    provider = providers_of(config, ledger)["trakt"]
    if not (provider.key and provider.secret):
        hint = (
            "set providers.trakt.client_id and client_secret, from app.trakt.tv/settings/apps/api"
        )
        raise ListsyncError("signing in to Trakt needs an app of your own", hint=hint)
    return provider


def sign_in_of(
    config: ProvidersConfig, lists: Iterable[ListRef], ledger: Path
) -> Callable[[], str] | None:
    """A look at the sign-in to Trakt, which raises ListsyncError where it does not do.

    None: no list of the file is read in somebody's name.
    """
    provider = providers_of(config, ledger)["trakt"]
    own = [lst for lst in lists if lst.provider == "trakt" and not lst.chart]
    if not (own and provider.key and provider.secret):
        return None
    needed = any(lst.id.startswith("me/") for lst in own)

    def look() -> str:
        with SiteClient() as web:
            sign_in = SignIn(provider, web).look()
        if isinstance(sign_in, FetchFailure):
            problem, _, todo = sign_in.error.partition("; ")
            raise ListsyncError(problem, hint=todo)
        if sign_in is None and needed:
            raise ListsyncError("nobody has signed in, but a list requires it", hint=AGAIN)
        return sign_in or "nobody has signed in: only public lists are read"

    return look


def providers_of(config: ProvidersConfig, ledger: Path | None = None) -> dict[str, Provider]:
    """By the sites' names; ``ledger``: what sign-ins are kept beside."""
    return {name: _provider(name, section, ledger) for name, section in config}


def _provider(name: str, section: Model, ledger: Path | None) -> Provider:
    """Each site has some of these keys, under the names that the site uses."""
    settings = dict(section)
    secret = {
        key: value.get_secret_value()
        for key, value in settings.items()
        if isinstance(value, SecretStr)
    }
    return Provider(
        settings.get("base_url", ""),
        settings.get("api_url", ""),
        settings.get("via"),
        key=secret.get("api_key", "") or secret.get("client_id", ""),
        secret=secret.get("client_secret", ""),
        tokens=ledger.with_name(f"{ledger.name}.{name}") if ledger else None,
        token=secret.get("access_token", "") or secret.get("pin", ""),
    )
