"""What the file says of the sites, as the sites see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from reconciler.sources.scrape import Provider

if TYPE_CHECKING:
    from reconciler.spec.fields import Model
    from reconciler.spec.providers import ProvidersSpec


def providers_of(spec: ProvidersSpec) -> dict[str, Provider]:
    """By the sites' names."""
    return {name: _provider(section) for name, section in spec}


def _provider(section: Model) -> Provider:
    """Of these keys each site has some; what opens it is called as the site calls it."""
    said = dict(section)
    secret = {
        name: value.get_secret_value()
        for name, value in said.items()
        if isinstance(value, SecretStr)
    }
    return Provider(
        said.get("base_url", ""),
        said.get("api_url", ""),
        said.get("via"),
        key=secret.get("api_key", "") or secret.get("client_id", ""),
        token=secret.get("access_token", "") or secret.get("pin", ""),
    )
