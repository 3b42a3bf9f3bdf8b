"""What the file says of the list sites, as the sites take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ListsyncError
from reconciler.sources.scrape import Provider

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

    from reconciler.spec.models import ProvidersSpec


def trakt_app(spec: ProvidersSpec, ledger: Path) -> Provider:
    """The app that people sign in to Trakt with. Raises ListsyncError where the file has none."""
    provider = providers(spec, ledger)["trakt"]
    if not (provider.key and provider.secret):
        hint = "set providers.trakt.client_id and client_secret, from trakt.tv/oauth/applications"
        raise ListsyncError("signing in to Trakt needs an app of your own", hint=hint)
    return provider


def providers(spec: ProvidersSpec, ledger: Path | None = None) -> dict[str, Provider]:
    """What the file says of the sites, by name; ``ledger``: what sign-ins are kept beside."""
    imdb, trakt = spec.imdb, spec.trakt
    return {
        "imdb": Provider(imdb.base_url, imdb.api_url, imdb.via),
        "trakt": Provider(
            trakt.base_url,
            trakt.api_url,
            key=trakt.client_id.get_secret_value(),
            secret=trakt.client_secret.get_secret_value(),
            tokens=ledger.with_name(f"{ledger.name}.trakt") if ledger else None,
        ),
    }


def keys_of(spec: ProvidersSpec) -> tuple[SecretStr, ...]:
    """What opens the sites, and is shown to nobody."""
    return (spec.trakt.client_id, spec.trakt.client_secret)
