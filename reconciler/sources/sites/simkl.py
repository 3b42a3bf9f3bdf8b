"""Simkl: the titles of an access token's user by status, such as plan-to-watch."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from reconciler.core.completeness import Page, is_readable
from reconciler.core.model import Ids, Item, Kind, ListRef, Outcome, Snapshot
from reconciler.http.client import Response
from reconciler.http.foreign import dig, record
from reconciler.sources import fields
from reconciler.sources.addresses import Address, AddressTable
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.failure import FetchFailure
from reconciler.sources.paging import Call, blocked, read, without_browser, without_key

HOSTS = frozenset({"simkl.com", "api.simkl.com"})
BARE: re.Pattern[str] | None = None
FORMS = "simkl:plantowatch"
needs_browser = without_browser
API_URL = "https://api.simkl.com"

_KEY = ("providers.simkl.client_id", "simkl.com/settings/developer")
_WRITE = "write simkl:plantowatch, simkl:movies/plantowatch or simkl:shows/plantowatch"
_PARTS = {"movies": "movie", "shows": "show", "anime": "show"}
_YOURS = "Simkl shows a list only to its owner: check providers.simkl.access_token"
_NOWHERE = "Simkl's lists are no longer at this address; look for a newer version of listsync"
_NOTHING = {b"null", b"[]", b"{}"}  # how Simkl writes an empty list
_Parse: TypeAlias = "Callable[[Response], Page | FetchFailure | None]"
_LIST = "(?:/sync/all-items/|/(?=[1-9]))?(?P<user>[1-9][0-9]{0,11}/)?"
_GROUP = "(?P<group>(?:movies|shows|anime)/)?"
_STATUS = "(?P<status>watching|completed|hold|dropped)"
_PLANNED = "plan-?to-?watch"
ADDRESSES = AddressTable(
    "simkl",
    _WRITE,
    (
        Address(f"{_LIST}{_GROUP}{_PLANNED}", "{user}{group}plantowatch"),
        Address(f"{_LIST}{_GROUP}{_STATUS}", "{user}{group}{status}"),
        Address(f"{_LIST}tv/{_PLANNED}", "{user}shows/plantowatch"),
        Address(f"{_LIST}tv/{_STATUS}", "{user}shows/{status}"),
        Address(
            "/[^/]+/list(?:/.*)?|/lists(?:/.*)?",
            refuse="Simkl's API does not provide custom lists:",
        ),
        Address(
            "/(?:movies|tv|anime)/[1-9][0-9]*(?:/.*)?", refuse="this is one title, not a list:"
        ),
    ),
    filters="genre genres year country network rating",
)
parse_id, parse_url = ADDRESSES.parse_id, ADDRESSES.parse_url


def objection(ref: ListRef, provider: Provider) -> str | None:  # noqa: ARG001 - a site's
    """Why a list cannot be read with what the file says of the site; None: it can."""
    return without_key(provider, *_KEY)


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a list: films, shows and anime one after the other, as far as they are wanted."""
    if why := objection(ref, context.provider):
        return blocked(why)
    return read(*_walk(ref, context.provider), ref, context, meanings=_meanings(context.provider))


def parse(body: object, group: str, first: int = 1) -> tuple[Item, ...] | None:
    """The items of a group, the first of them at this place of the list; None: this is none."""
    rows = fields.rows(dig(body, group))
    if rows is None:
        return None
    return tuple(_item(place, row, group) for place, row in enumerate(rows, start=first))


def _keys(body: object, group: str, items: tuple[Item, ...]) -> tuple[str, ...]:
    """What tells entries apart: Simkl's own numbers, since seasons of anime may share other ids."""
    rows = fields.rows(dig(body, group)) or ()
    numbers = [fields.number(dig(_media(row, group), "ids", "simkl")) for row in rows]
    return tuple(
        f"simkl:{item.kind}:{number}" if number else item.key if is_readable(item) else ""
        for item, number in zip(items, numbers, strict=True)
    )


def _media(row: Mapping[str, object], group: str) -> Mapping[str, object]:
    return record(row.get(_PARTS[group]) or row.get("movie"))


def _walk(ref: ListRef, provider: Provider) -> tuple[Call, _Parse]:
    """The first call, and what reads each answer and names the next call."""
    api = provider.api_url or API_URL
    headers = {"simkl-api-key": provider.key}
    if provider.token:
        headers["Authorization"] = f"Bearer {provider.token}"
    user, _, path = ref.id.partition("/") if ref.id[0].isdigit() else ("", "", ref.id)
    group, _, status = path.rpartition("/")
    groups = [group] if group else [*_PARTS]
    calls = [
        Call(f"{api}/sync/all-items/{name}/{status}", {"extended": "full"}, headers)
        for name in groups
    ]
    owner_call = Call(f"{api}/users/settings", headers=headers, body={})
    first = 1

    def part(answer: Response) -> Page | FetchFailure | None:
        nonlocal first
        if answer.url.endswith("/users/settings"):
            if str(dig(answer.body, "account", "id")) != user:
                problem = f"this list belongs to another user, {user}"
                return FetchFailure(Outcome.PRIVATE, f"{answer.url}: {problem}; {_YOURS}")
            return Page(following=calls[0])
        at = next(place for place, call in enumerate(calls) if answer.url == call.url)
        nothing = answer.content.strip() in _NOTHING
        following = calls[at + 1] if at + 1 < len(calls) else None
        if nothing:
            return Page(planned=True, following=following)
        items = parse(answer.body, groups[at], first)
        if items is None:
            return None
        first += len(items)
        keys = _keys(answer.body, groups[at], items)
        return Page(items, keys=keys, planned=True, following=following)

    return (owner_call if user else calls[0]), part


def _meanings(provider: Provider) -> dict[int, tuple[Outcome, str]]:
    refused = (Outcome.BLOCKED, f"Simkl does not accept the client id: check {_KEY[0]}")
    yours = _YOURS
    if not provider.token:
        yours = f"{_YOURS.partition(':')[0]}: set providers.simkl.access_token"
    return {
        401: (Outcome.PRIVATE, yours),
        403: refused,
        404: (Outcome.CHANGED_LAYOUT, _NOWHERE),  # every user has every list
        412: refused,
    }


def _item(place: int, row: Mapping[str, object], group: str) -> Item:
    media = _media(row, group)
    ids = record(media.get("ids"))
    film = group == "movies" or row.get("anime_type") == "movie"
    title_ids = Ids(
        imdb=fields.imdb_id(ids.get("imdb")),
        tmdb=fields.number(ids.get("tmdb")),
        tvdb=None if film else fields.number(ids.get("tvdb")),
    )
    kind = Kind.MOVIE if film else Kind.TV
    title, released = fields.text(media.get("title")), fields.year(media.get("year"))
    return Item(place, title, released, kind, title_ids)
