"""TVDB: lists, and the favorites of the user whose PIN is in the config, through its API (v4).

A list names series and films by TVDB's numbers. A series is found by its number; a film's IMDb or
TMDB id is asked for, one call a film.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.core.completeness import Page
from reconciler.core.model import Ids, Item, Kind, ListRef, Outcome, Snapshot
from reconciler.http.client import Response
from reconciler.http.foreign import dig, record
from reconciler.sources import fields
from reconciler.sources.addresses import Address, AddressTable
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.failure import FetchFailure
from reconciler.sources.paging import Call, blocked, keyed, read, without_browser, without_key

HOSTS = frozenset({"thetvdb.com", "api4.thetvdb.com", "api.thetvdb.com"})
BARE: re.Pattern[str] | None = None
FORMS = "tvdb:lists/SLUG"
needs_browser = without_browser
API_URL = "https://api4.thetvdb.com"

_KEY = ("providers.tvdb.api_key", "thetvdb.com/dashboard/account/apikey")
_NOT_FOUND = 404


_NO_LIST = "this page is not a list:"
ADDRESSES = AddressTable(
    "tvdb",
    "paste the address of a list, thetvdb.com/lists/SLUG, or write tvdb:favorites",
    (
        Address("/lists(?:/(?:search|create)(?:/.*)?)?", refuse=_NO_LIST),
        Address("/?(?:(?:user|dashboard)/)?favou?rites", "favorites"),
        Address("/?user/(?P<user>[1-9][0-9]{0,9})/favou?rites", "user/{user}/favorites"),
        Address("/?lists/(?:slug/)?(?P<name>[a-z0-9][a-z0-9-]*)(?:/extended)?", "lists/{name}"),
        Address("/user(?:/.*)?", refuse=_NO_LIST),
        Address("/(?:series|movies)(?:/.*)?", refuse="this is one title, not a list:"),
    ),
    prefix=r"/v4(?=/|\Z)",  # of the API, whose addresses are those of the site behind it
)
parse_id, parse_url = ADDRESSES.parse_id, ADDRESSES.parse_url


def objection(ref: ListRef, provider: Provider) -> str | None:
    """Why a list cannot be read with what the file says of the site; None: it can."""
    if ref.id.endswith("favorites") and provider.key and not provider.token:
        return "favorites belong to a user: set providers.tvdb.pin, from thetvdb.com/dashboard"
    return without_key(provider, *_KEY)


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a list: sign in, find it, and ask for its films' ids."""
    if why := objection(ref, context.provider):
        return blocked(why)
    walk = _Walk(ref, context.provider)
    meanings = keyed(*_KEY)
    return read(walk.first, walk.part, ref, context, meanings=meanings, refusal=walk.refusal)


class _Walk:
    """Reads a list call by call."""

    def __init__(self, ref: ListRef, provider: Provider) -> None:
        api = (provider.api_url or API_URL).removesuffix("/v4")
        self._api = f"{api}/v4"
        self._list = ref.id
        self._headers: dict[str, str] = {}
        self._pending: list[Item | int] = []  # what was not given yet; a number is a film's
        self._total: int | None = None
        credentials = {"apikey": provider.key} | ({"pin": provider.token} if provider.token else {})
        self.first = Call(f"{self._api}/login", body=credentials)

    def part(self, answer: Response) -> Page | FetchFailure | None:
        """What an answer brings, and the call after it."""
        data = record(dig(answer.body, "data"))
        match answer.url.removeprefix(self._api).split("/"):
            case ["", "login"]:
                return self._signed_in(fields.text(data.get("token")))
            case ["", "user"] if str(data.get("id")) != self._list.split("/")[1]:
                problem = "these favorites belong to another user; check providers.tvdb.pin"
                return FetchFailure(Outcome.PRIVATE, f"{answer.url}: {problem}")
            case ["", "user"]:
                return Page(following=self._call("user/favorites"))
            case ["", "lists", "slug", _]:
                number = fields.number(data.get("id"))
                return Page(following=self._call(f"lists/{number}/extended")) if number else None
            case ["", "movies", *_]:
                return self._onward((_film(data),)) if data else None
        entries = parse(data)
        if entries is None:
            return None
        self._pending, self._total = list(entries), len(entries)
        return self._onward(())

    def refusal(self, answer: Response) -> Page | None:
        """A film that TVDB no longer has is counted, and reading continues."""
        if answer.status == _NOT_FOUND and answer.url.startswith(f"{self._api}/movies/"):
            number = answer.url.removesuffix("/extended").rpartition("/")[2]
            missing_film = Item(0, f"film {number} on TVDB", kind=Kind.MOVIE, unsupported="gone")
            return self._onward((missing_film,))
        return None

    def _signed_in(self, token: str) -> Page | None:
        if not token:
            return None
        self._headers = {"Authorization": f"Bearer {token}"}
        match self._list.split("/"):
            case ["lists", name]:
                place = f"{name}/extended" if fields.number(name) else f"slug/{name}"
                return Page(following=self._call(f"lists/{place}"))
            case ["user", *_]:
                return Page(following=self._call("user"))
        return Page(following=self._call("user/favorites"))

    def _onward(self, items: tuple[Item, ...]) -> Page:
        """These items and those up to the next film whose ids are not known."""
        items_read = list(items)
        while self._pending:
            entry = self._pending.pop(0)
            if isinstance(entry, int):
                call = self._call(f"movies/{entry}/extended")
                return Page(tuple(items_read), self._total, planned=True, following=call)
            items_read.append(entry)
        return Page(tuple(items_read), self._total, planned=True)

    def _call(self, path: str) -> Call:
        return Call(f"{self._api}/{path}", headers=self._headers)


def parse(data: Mapping[str, object]) -> tuple[Item | int, ...] | None:
    """The series of a list, and the numbers of its films, in order; None: not a list."""
    entities = fields.rows(data.get("entities"))
    if entities is not None:
        ordered = sorted(entities, key=lambda row: fields.number(row.get("order")) or 0)
        return tuple(map(_entity, ordered))
    groups = [data.get(name) for name in ("series", "movies")]
    if groups == [None, None] or not all(isinstance(group, list | None) for group in groups):
        return None
    series, films = (group if isinstance(group, list) else [] for group in groups)
    rows = [{"seriesId": number} for number in series] + [{"movieId": number} for number in films]
    return tuple(map(_entity, rows))


def _entity(row: Mapping[str, object]) -> Item | int:
    if film := fields.number(row.get("movieId")):
        return film
    ids = Ids(tvdb=fields.number(row.get("seriesId")))
    return Item(0, "", None, Kind.TV if ids.tvdb else None, ids)


def _film(data: Mapping[str, object]) -> Item:
    remote = fields.rows(data.get("remoteIds")) or ()
    remote_ids = {fields.text(row.get("sourceName")).lower(): row.get("id") for row in remote}
    ids = Ids(
        imdb=fields.imdb_id(remote_ids.get("imdb")),
        tmdb=fields.number(remote_ids.get("themoviedb.com")),
    )
    title, released = fields.text(data.get("name")), fields.year(data.get("year"))
    return Item(0, title, released, Kind.MOVIE, ids)
