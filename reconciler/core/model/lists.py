"""A list, its items, its fetches, and the matches of its items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.core.model.terms import Kind, MatchMethod, Outcome, ProblemReason, Reason

ENDLESS_TOP = 100  # titles read of an endless chart without ``top`` in the config
LONGEST_LIST = 20_000  # entries read of a list at a site: each takes some 5 kB in a run
LONGEST_FILE = 100_000  # entries read of a list in a file, which is the user's own
LONGEST_TITLE = 300  # characters kept of a title


SITES = {
    "imdb": "IMDb",
    "trakt": "Trakt",
    "mdblist": "MDBList",
    "letterboxd": "Letterboxd",
    "tmdb": "TMDB",
    "anilist": "AniList",
    "simkl": "Simkl",
    "tvdb": "TVDB",
    "stevenlu": "StevenLu",
}
"""The sites' names, by provider."""


@dataclass(frozen=True, slots=True)
class ListRef:
    """Which list at which site: the canonical form of what a person pasted."""

    provider: str  # "imdb", "trakt", "file"
    id: str  # "ur12345678", "top", "anna/family-night", "never-again.csv"
    chart: bool = False  # the site's own ranking: its ups and downs are never a re-add
    endless: bool = field(default=False, compare=False)  # an endless chart
    is_local: bool = field(default=False, compare=False)  # a file: reading it asks no site
    address: str = field(default="", repr=False)  # where it is, keys included: never shown or kept
    # The hidden parts of the address, which are masked everywhere else, too.
    secrets: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def __str__(self) -> str:
        """``provider:id``, the short form the file accepts too."""
        return f"{self.provider}:{self.id}"

    @property
    def site(self) -> str:
        """The site's name, to begin a sentence with."""
        return SITES.get(self.provider, "The site")


@dataclass(frozen=True, slots=True)
class FetchScope:
    """How much of a list is needed."""

    top: int | None = None  # how many titles of an endless chart
    facts: bool = False  # with the facts for filters, also where they take extra calls

    def __or__(self, other: FetchScope) -> FetchScope:
        """What two lists of one source need together."""
        tops = (self.top, other.top)
        top = None if None in tops else max(top or 0 for top in tops)
        return FetchScope(top, self.facts or other.facts)


ALL = FetchScope()


@dataclass(frozen=True, slots=True)
class TitleRef:
    """Another title of IMDb than the item itself."""

    imdb: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids a list gives for an item; every one may be absent."""

    imdb: str | None = None  # "tt0111161", leading zeros kept
    tmdb: int | None = None
    tvdb: int | None = None
    trakt: str | None = None  # the slug

    def items(self) -> Iterator[tuple[str, str | int]]:
        """The ids there are, in order of trust, as ``("imdb", "tt0111161")``."""
        for name in ("imdb", "tmdb", "tvdb", "trakt"):
            value = getattr(self, name)
            if value is not None:
                yield name, value


def id_keys(ids: Iterable[tuple[str, str | int]], kind: str | None) -> Iterator[str]:
    """The ids as the item grammar (core.items) writes them: ``imdb:tt0111161``, ``tmdb:tv:1399``.

    TMDB and Trakt number films and shows apart: without a ``kind`` their ids are left out.
    """
    for site, value in ids:
        if not value:
            continue
        if site not in {"tmdb", "trakt"}:
            yield f"{site}:{value}"
        elif kind:
            yield f"{site}:{'show' if (site, kind) == ('trakt', Kind.TV) else kind}:{value}"


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that filters use, as the list or the server spells them; None if unknown."""

    rating: float | None = None  # 0 to 10; unknown without votes
    votes: int | None = None
    genres: tuple[str, ...] | None = None  # as the teller spells them
    language: str | None = None  # of the original: ISO 639-1, "en"


UNTOLD = Facts()


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list. ``position`` counts from 1 in list order; no title: ``""``."""

    position: int
    title: str
    year: int | None = None
    kind: Kind | None = None
    ids: Ids = Ids()
    original_title: str | None = None
    unsupported: str | None = None  # what it is when it cannot be requested: "videoGame", …
    series: TitleRef | None = None  # of an episode: its series, if the list names it
    episode: TitleRef | None = None  # of a series: the episode that the list has
    seasons: tuple[int, ...] | None = None  # the list names these seasons of the show, no others
    facts: Facts = UNTOLD  # from the list
    may_be_show: bool = False  # the list has mini-series among its films, and does not mark them

    @property
    def certain_kind(self) -> Kind | None:
        """The kind, where the list does not mix films and shows under one."""
        return None if self.may_be_show else self.kind

    @property
    def key(self) -> str:
        """The item's identity within its list and in the ledger: its most trusted name.

        A film and a show may have the same title, so that the kind belongs to it.
        """
        if key := next(id_keys(self.ids.items(), self.kind or "any"), None):
            return key
        label = f"{self.title} ({self.year})" if self.year else self.title
        return f'title:"{label}"' if self.kind is None else f'title:{self.kind}:"{label}"'


@dataclass(frozen=True, slots=True)
class ListProblem:
    """Why no title of a list, or none of one kind on it, may be requested."""

    reason: ProblemReason
    message: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a fetch gave, with its outcome. ``declared_total`` is the site's own count."""

    outcome: Outcome
    route: str  # "browser", "api", "file"
    items: tuple[Item, ...] = ()
    declared_total: int | None = None
    error: str | None = None  # for people: what happened, where, what to do
    retry_after: float | None = None  # seconds, where the site said when
    note: str | None = None  # for people: a remark about a fetch without an error
    delivered: int | None = None  # entries, where only their number differs from the declared total

    @property
    def complete(self) -> bool:
        """Whether this is the whole list; *empty* is a separate outcome."""
        return self.outcome is Outcome.COMPLETE


@dataclass(frozen=True, slots=True, order=True)
class MediaKey:
    """The server's key of a title. Film and show numbers overlap, so the kind is part of it."""

    kind: Kind
    tmdb: int

    def __str__(self) -> str:
        """``movie/438631``."""
        return f"{self.kind}/{self.tmdb}"

    def __hash__(self) -> int:
        """The number alone: every look-up of a plan hashes a key, and few numbers are shared."""
        return self.tmdb


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A media key in a quality: what can be requested once."""

    media: MediaKey
    is_4k: bool = False

    def __hash__(self) -> int:
        return self.media.tmdb


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title the server offers for an item."""

    media: MediaKey
    title: str
    original_title: str | None = None
    year: int | None = None
    countries: tuple[str, ...] = ()  # of origin, ISO 3166-1; for shows only


@dataclass(frozen=True, slots=True)
class Match:
    """An item's media key, the route that led there, and what the server calls the title."""

    media: MediaKey
    by: MatchMethod
    title: str = ""
    year: int | None = None
    original_title: str | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why an item has no media key (law 10: a "no" is a value)."""

    reason: Reason
    detail: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a list after resolving. ``fresh``: the list gave it in this run."""

    item: Item
    match: Match | Unmatched
    fresh: bool = True
