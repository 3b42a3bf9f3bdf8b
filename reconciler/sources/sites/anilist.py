"""AniList: a user's anime by status, through its GraphQL API.

AniList knows no ids of IMDb, TMDB or TVDB: titles are matched by name, year and kind, and
uncertain titles are not requested.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.core.completeness import TRY_LATER, Page
from reconciler.core.model import Item, Kind, ListRef, Outcome, Snapshot
from reconciler.http.client import Response
from reconciler.http.foreign import dig, record
from reconciler.sources import fields
from reconciler.sources.addresses import Address, AddressTable
from reconciler.sources.context import FetchContext
from reconciler.sources.failure import FetchFailure
from reconciler.sources.paging import Call, open_to_all, read, without_browser

HOSTS = frozenset({"anilist.co", "graphql.anilist.co"})
BARE: re.Pattern[str] | None = None
FORMS = "anilist:USER/planning"
needs_browser = without_browser
objection = open_to_all
API_URL = "https://graphql.anilist.co"

_WRITE = "paste the address of a user's anime list, anilist.co/user/U/animelist/Planning"
_STATUSES = {
    "planning": "PLANNING",
    "watching": "CURRENT",
    "completed": "COMPLETED",
    "paused": "PAUSED",
    "dropped": "DROPPED",
    "rewatching": "REPEATING",
}
_STATUS_NAMES = "|".join(_STATUSES)
_USER = "(?:/user/)?(?P<user>[a-z0-9]{2,20})(?:/animelist)?"
_AT = r"(?:/|\?status=)"
ADDRESSES = AddressTable(
    "anilist",
    f"{_WRITE}, or write {FORMS}",
    (
        Address("/user/[^/]+/mangalist(?:/.*)?", refuse="manga cannot be requested:"),
        Address("/user/[^/]+(?:/(?!animelist).*)?", refuse="this is a user's page:"),
        Address(_USER, "{user}"),
        Address(f"{_USER}{_AT}(?P<status>{_STATUS_NAMES})", "{user}/{status}"),
        Address(f"{_USER}{_AT}current", "{user}/watching"),  # as AniList's API calls them
        Address(f"{_USER}{_AT}repeating", "{user}/rewatching"),
        Address(
            f"{_USER}{_AT}(?P<status>{_STATUS_NAMES}) .*",
            refuse="only a whole status can be read: write anilist:{user}/{status}, and narrow it"
            " with filter in the config",
        ),
        Address(
            f"{_USER}{_AT}[^/]*",
            refuse=f"AniList's statuses are {', '.join(_STATUSES)}; titles on custom lists"
            f" also have a status: {_WRITE}",
        ),
        Address("/(?:anime|manga)(?:/.*)?", refuse="this is one title, not a list:"),
        Address("/search(?:/.*)?", refuse="searches and popular titles are not lists:"),
    ),
    filters="search format genres tags country airing year score",
    parameter="status",
)
parse_id, parse_url = ADDRESSES.parse_id, ADDRESSES.parse_url
# What a format is on the server; None: a film or a show, which the title must settle.
_FORMATS = {
    "TV": Kind.TV,
    "TV_SHORT": Kind.TV,
    "MOVIE": Kind.MOVIE,
    "SPECIAL": None,
    "OVA": None,
    "ONA": None,
}
_ROWS = 500  # a chunk, which is AniList's most
_QUERY = """query ($user: String, $status: MediaListStatus, $chunk: Int, $rows: Int) {
  MediaListCollection(userName: $user, type: ANIME, status: $status, chunk: $chunk, perChunk: $rows,
    forceSingleCompletedList: true) {
    hasNextChunk
    lists { isCustomList entries { media { id format title { english romaji native }
      startDate { year } genres averageScore } } }
  }
}"""


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a user's anime, chunk by chunk."""
    walk = _Walk(ref, context.provider.api_url or API_URL)
    return read(walk.call(), walk.part, ref, context, refusal=_refusal)


class _Walk:
    """Reads the chunks of one list."""

    def __init__(self, ref: ListRef, api: str) -> None:
        user, _, status = ref.id.partition("/")
        self._api = api
        self._variables: dict[str, object] = {"user": user, "rows": _ROWS}
        if status:
            self._variables["status"] = _STATUSES[status]
        self._chunk = 1
        self._seen_ids: set[int] = set()
        self._of_statuses: set[int] = set()

    def call(self) -> Call:
        """The call for the next chunk."""
        variables = {**self._variables, "chunk": self._chunk}
        return Call(self._api, body={"query": _QUERY, "variables": variables})

    def part(self, answer: Response) -> Page | FetchFailure | None:
        """A chunk. A user's own lists repeat titles; a status that repeats one has moved."""
        body = record(answer.body)
        collection = record(dig(body, "data", "MediaListCollection"))
        media = _media(collection)
        if media is None:
            return _refusal(answer)
        self._chunk += 1
        of_statuses = {own for own, _, custom in media if own and not custom}
        repeated = of_statuses & self._of_statuses
        fresh = [
            (own, row) for own, row, _ in media if own not in self._seen_ids or own in repeated
        ]
        new = {own for own, _ in fresh if own} - self._seen_ids
        self._seen_ids |= new
        self._of_statuses |= of_statuses
        message = collection.get("hasNextChunk")
        more = (
            len(media) >= _ROWS if message is None else bool(message)
        )  # a full chunk is not the end
        partly = bool(body.get("errors"))  # GraphQL returns partial data with an error
        return Page(
            parse([row for _, row in fresh]),
            cut_off=TRY_LATER if partly or (more and not new) else "",
            keys=tuple(str(own or "") for own, _ in fresh),
            following=self.call() if more and new else None,
        )


def parse(media: list[Mapping[str, object]]) -> tuple[Item, ...]:
    """The items of a chunk."""
    return tuple(map(_item, media))


def _media(
    collection: Mapping[str, object],
) -> list[tuple[int | None, Mapping[str, object], bool]] | None:
    """The titles, each once: with their numbers, and whether on lists of the user's own alone."""
    lists = fields.rows(collection.get("lists"))
    if lists is None:
        return None
    ordered = sorted(lists, key=lambda row_list: bool(row_list.get("isCustomList")))
    entry_lists = [
        (fields.rows(row_list.get("entries")), bool(row_list.get("isCustomList")))
        for row_list in ordered
    ]
    if any(entries is None for entries, _ in entry_lists):
        return None
    titles: dict[int, tuple[int | None, Mapping[str, object], bool]] = {}
    for at, (entry, custom) in enumerate(
        (row_list, own) for some, own in entry_lists for row_list in some or ()
    ):
        row = record(entry.get("media"))
        number = fields.number(row.get("id"))
        titles.setdefault(number or -at, (number, row, custom))
    return list(titles.values())


def _item(media: Mapping[str, object]) -> Item:
    names = record(media.get("title"))
    title = fields.text(fields.either(names, "english", "romaji", "native"))
    original = fields.other(fields.either(names, "romaji", "native"), title)
    released = fields.year(dig(media, "startDate", "year"))
    form = fields.text(media.get("format"))
    score = media.get("averageScore")
    item_facts = fields.facts(
        score / 10 if isinstance(score, int) else None, genres=media.get("genres")
    )
    unsupported = None if form in _FORMATS or not form else form.lower()
    kind = _FORMATS.get(form)
    return Item(
        0, title, released, kind, original_title=original, unsupported=unsupported, facts=item_facts
    )


def _refusal(answer: Response) -> FetchFailure | None:
    """The failure that an error message of AniList means; None if unknown."""
    errors = fields.rows(dig(answer.body, "errors")) or ()
    message = " ".join(fields.text(error.get("message")) for error in errors).casefold()
    if "private" in message:
        problem = f"{answer.url}: the user's profile is private; they can make their lists public"
        return FetchFailure(Outcome.PRIVATE, problem)
    if "not found" in message:
        return FetchFailure(
            Outcome.MISSING, f"{answer.url}: the user does not exist; check the name"
        )
    return None
