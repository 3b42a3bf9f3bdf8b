"""The parts of a server, put together: rows, rules, views, TMDB and faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .deciding import Deciding
from .dialect import Dialect
from .faults import Faults
from .library import Library
from .requesting import Requesting
from .services import Services
from .state import State, User
from .tmdb import Tmdb
from .views import Views


@dataclass(frozen=True, slots=True)
class Backend:
    """Everything a route needs to answer."""

    api_key: str
    dialect: Dialect
    state: State
    tmdb: Tmdb
    services: Services
    faults: Faults
    locale: str
    """The language of titles where a call names none."""

    @property
    def views(self) -> Views:
        """Rows as JSON."""
        return Views(self.dialect, self.state)

    @property
    def library(self) -> Library:
        """Media rows and the blocklist."""
        return Library(self.state, self.dialect)

    @property
    def requesting(self) -> Requesting:
        """The rules around requests."""
        return Requesting(
            self.state, self.dialect, self.tmdb, self.faults, self.deciding, self.views
        )

    @property
    def deciding(self) -> Deciding:
        """The rules around requests that exist."""
        return Deciding(self.state, self.dialect, self.faults, self.services, self.views)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The validated input of a route; ``body``: an object, perhaps an empty one."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]
    caller: User | None

    @property
    def user(self) -> User:
        """The acting user of a route that needs a key."""
        if self.caller is None:
            raise TypeError("this route is public: nobody acts in it")
        return self.caller
