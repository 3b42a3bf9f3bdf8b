"""The closed vocabularies (kinds, outcomes, reasons, operations) and the shared patterns."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A film or a show; the values are those of the media server's ``mediaType``."""

    MOVIE = "movie"
    TV = "tv"


NOUN = {Kind.MOVIE: "film", Kind.TV: "show"}
IMDB_ID = r"tt[0-9]{5,}"  # the id of a title at IMDb, as a pattern
YEAR = r"(?:18|19|20|21)[0-9]{2}"  # as a pattern


class Outcome(StrEnum):
    """What a fetch came to. Only ``complete`` can mark a title as gone (law 7)."""

    COMPLETE = "complete"
    UNVERIFIED = "unverified"
    INCOMPLETE = "incomplete"
    EMPTY = "empty"
    PRIVATE = "private"
    MISSING = "missing"
    BLOCKED = "blocked"
    CHANGED_LAYOUT = "changed-layout"
    RATE_LIMITED = "rate-limited"
    UNREACHABLE = "unreachable"


READ = frozenset({Outcome.COMPLETE, Outcome.EMPTY, Outcome.UNVERIFIED})
"""The outcomes that count as read."""


class Reason(StrEnum):
    """Why a wanted title needs no action, has to wait, or needs a person. A closed vocabulary."""

    AVAILABLE = "available"
    REQUESTED = "requested"
    PROCESSING = "processing"
    DECLINED = "declined"
    BLOCKLISTED = "blocklisted"
    HANDLED = "handled"
    EXCLUDED = "excluded"
    FILTERED = "filtered"
    UNAIRED = "unaired"
    SUSPENDED = "suspended"
    ADOPTED = "adopted"
    UNSUPPORTED_KIND = "unsupported-kind"
    OVER_CAP = "over-cap"
    OVER_BUDGET = "over-budget"
    QUOTA = "quota"
    BACKING_OFF = "backing-off"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not-found"
    TYPE_MISMATCH = "type-mismatch"
    UNRESOLVED = "unresolved"
    NOT_PERMITTED = "not-permitted"
    FAILED = "failed"


DEFERRED = frozenset({Reason.OVER_CAP, Reason.OVER_BUDGET, Reason.QUOTA, Reason.BACKING_OFF})
ATTENTION = frozenset(
    {
        Reason.AMBIGUOUS,
        Reason.NOT_FOUND,
        Reason.TYPE_MISMATCH,
        Reason.UNRESOLVED,
        Reason.NOT_PERMITTED,
        Reason.FAILED,
    }
)


class Op(StrEnum):
    """What an action does to the server."""

    REQUEST = "request"
    EXTEND = "extend"
    RETRY = "retry"
    CANCEL = "cancel"


class Why(StrEnum):
    """Why an action is taken."""

    MISSING = "missing"
    NEW_SEASON = "new-season"
    READDED = "readded"
    RETRY_FAILED = "retry-failed"
    LOST = "lost"
    OFF_LIST = "off-list"


class Expected(StrEnum):
    """What the server will make of a request, from the requester's rights."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


class Approval(StrEnum):
    """Whether the requester's own rights decide on approval, or the key's owner approves."""

    REQUESTER = "requester"
    AUTO = "auto"


class ProblemReason(StrEnum):
    """Why a list may not request anything: the reason of its *Stalled* condition."""

    UNKNOWN_REQUESTER = "UnknownRequester"
    AMBIGUOUS_REQUESTER = "AmbiguousRequester"
    KEY_LACKS_RIGHTS = "KeyLacksRights"
    UNKNOWN_SERVICE = "UnknownService"  # no such Radarr or Sonarr, or no default one
    UNKNOWN_PROFILE = "UnknownProfile"
    UNKNOWN_ROOT_FOLDER = "UnknownRootFolder"
    UNKNOWN_TAG = "UnknownTag"
    AMBIGUOUS_OPTION = "AmbiguousOption"  # of Radarr or Sonarr
    SERVICE_UNAVAILABLE = "ServiceUnavailable"


class Rerequest(StrEnum):
    """When what was declined or taken away is requested again; a time: after that, too."""

    NEVER = "never"
    ON_READD = "on-readd"


class Episodes(StrEnum):
    """What a list's episodes want: nothing, or the series they belong to."""

    SKIP = "skip"
    SERIES = "series"


class Prune(StrEnum):
    """What becomes of our own pending requests for what has left the lists."""

    KEEP = "keep"
    REPORT = "report"
    CANCEL_PENDING = "cancel-pending"


class Start(StrEnum):
    """Whether the titles that a new list has today are requested as well."""

    ALL = "all"
    NEW_ONLY = "new-only"


class MatchMethod(StrEnum):
    """How an item was matched to a media key; never "cache": the original route is kept."""

    MAP = "map"
    TMDB = "tmdb"
    IMDB = "imdb"
    TVDB = "tvdb"
    TITLE = "title"


class Role(StrEnum):
    """What a list is for: its titles are wanted, or are never to be requested."""

    REQUEST = "request"
    EXCLUDE = "exclude"
