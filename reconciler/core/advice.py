"""What would change a verdict, or prevent an action: the last line of ``explain``.

``ITEM`` is a placeholder for the title; the renderer inserts it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from reconciler.core.desired import EPISODES
from reconciler.core.model.lists import Entry, ListProblem, Match
from reconciler.core.model.memory import Memory, MemoryEntry, MemoryKey
from reconciler.core.model.plan import Action, DesiredList, Stop, Verdict
from reconciler.core.model.server import Observed, Show
from reconciler.core.model.terms import Kind, Op, Prune, Reason, Rerequest, Role
from reconciler.core.seasons import Basis, basis, span
from reconciler.core.services import how_to_reach, is_passing
from reconciler.core.state import COVERED, Presence, film, season
from reconciler.core.times import format_time
from reconciler.core.wants import skip_reason

BY_HAND = "request it on the server by hand"
PUT_BACK = (
    "take it off every list that has it and put it back later (this only works for complete "
    "lists that are not charts)"
)
FORGET = "`listsync forget ITEM`, after which the next apply requests it"
STAYS = "to keep it, put it back on a list or set `prune: keep`"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan was made from, and the safety rules that stopped it."""

    lists: Sequence[DesiredList]
    observed: Observed  # with our requests that no table shows
    memory: Memory
    stops: Sequence[Stop] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A reason that a plan gives for a title; for a show, with its seasons."""

    reason: Reason
    row: Action | Verdict
    seasons: tuple[int, ...]
    ground: Ground

    @property
    def lists(self) -> list[DesiredList]:
        """The lists that want it, its owner first."""
        lists = {lst.name: lst for lst in self.ground.lists if lst.rules.role is Role.REQUEST}
        return [lists[name] for name in self.row.lists]

    @property
    def owner(self) -> DesiredList:
        return self.lists[0]

    @property
    def entries(self) -> list[MemoryEntry]:
        """The memory of the title, or of these seasons."""
        target, slots = self.row.target, self.ground.memory.slots
        if target is None:
            return []
        whole = slots.get(MemoryKey(target))  # for a season without its own memory entry
        marks = [
            slots.get(MemoryKey(target, number)) or whole for number in self.seasons or (None,)
        ]
        return [entries for entries in marks if entries]


def would_change(row: Action | Verdict, ground: Ground) -> str:
    """What would change the decision on a title; for a show, per reason with its seasons."""
    cases = [Case(reason, row, numbers, ground) for reason, numbers in row.beside.items()]
    parts = [f"{span(case.seasons)}: {_ADVICE[case.reason](case)}" for case in cases]
    if isinstance(row, Action):
        return "; ".join((_of_action(row), *parts))
    for stop in ground.stops:
        if (row.reason, row.detail) == (stop.reason, stop.message):
            return stop.hint
    case = Case(row.reason, row, row.seasons or row.beside.get(row.reason, ()), ground)
    if row.would:
        return _pruned(case)
    return "; ".join(parts) if len(parts) > 1 else _ADVICE[row.reason](case)


def _of_action(action: Action) -> str:
    does = "no change needed: `listsync apply` does it"
    match action.op:
        case Op.CANCEL:
            return f"{does}; {STAYS}"
        case Op.RETRY:
            return f"{does}; with `retry_failed: 0` on {action.lists[0]} it is not tried again"
        case _:
            return f"{does}; with `exclude: [ITEM]` it is not requested"


def _pruned(case: Case) -> str:
    """What keeps, and what cancels, a request whose title has left all lists."""
    if case.reason is Reason.BACKING_OFF:
        return f"wait until then; {STAYS}"
    reporting = [lst.name for lst in case.lists if lst.rules.prune is Prune.REPORT]
    if reporting:
        return f"`prune: cancel-pending` on {' and '.join(reporting)} cancels it; {STAYS}"
    return f"no change needed: the request is canceled then; {STAYS}"


# ------------------------------------------------------------------------ what a person settled


def _bring_back(case: Case) -> str:
    """How a declined or removed title is requested again, by the owner's ``rerequest``."""
    owner, ways = case.owner, [BY_HAND]
    since = [entry.refused for entry in case.entries if entry.refused]
    if isinstance(owner.rules.rerequest, timedelta) and since:
        due = min(since) + owner.rules.rerequest
        ways.insert(0, f"wait until {format_time(due)}: then it is requested again")
    if owner.rules.rerequest is Rerequest.NEVER:
        ways.append(f"set `rerequest: on-readd` for {owner.name} and then {PUT_BACK}")
    elif all(lst.rules.source.chart for lst in case.lists):
        ways.append(f"add it to a list of your own as well, and {PUT_BACK}")
    else:
        ways.append(PUT_BACK)
    if case.reason is Reason.HANDLED and not _server_tells(case):
        ways.append(FORGET)
    return "; or ".join(ways)


def _server_tells(case: Case) -> bool:
    """Whether the server itself shows the removal: then ``forget`` changes nothing."""
    target, observed = case.row.target, case.ground.observed
    if target is None or target.media.kind is Kind.MOVIE:
        return target is not None and film(target, observed).presence is not Presence.NOTHING
    return any(season(target, n, observed).presence is not Presence.NOTHING for n in case.seasons)


def _unblock(case: Case) -> str:
    """A title that the server had before it was blocklisted is *handled* afterwards."""
    off = "take it off the server's blocklist"
    slots = case.ground.memory.slots.items()
    if not any(slot.target == case.row.target and not entry.readded for slot, entry in slots):
        return off
    why = "since the server had it before, no list requests it again on its own"
    return f"{off}, and {BY_HAND}: {why}"


def _unexclude(case: Case) -> str:
    lists = (lst for lst in case.ground.lists if lst.rules.role is Role.EXCLUDE)
    by = next((lst for lst in lists if case.row.detail == f"by {lst.name}"), None)
    if by is None or by.index < 0:  # the file's own
        return "take it out of `exclude`"
    return f"take it off the exclude list {by.name}"


# --------------------------------------------------------------------------- what lists ask for


def _make_lists_ask(case: Case) -> str:
    """The change in each of its lists that would request it, unless the server has it."""
    target, observed = case.row.target, case.ground.observed
    if target and target.media.kind is Kind.MOVIE:
        presence = film(target, observed).presence
        if presence in COVERED:
            return f"no change needed: it is {presence} on the server"
    ways: list[str] = []
    for lst in case.lists:
        entry = next((entry for entry in lst.entries if _is_of(entry, case.row)), None)
        skip = skip_reason(lst, entry, observed) if entry else None
        if skip is None:
            continue
        if skip[0] is Reason.FILTERED:
            ways.append(f"relax `filter` of {lst.name}")
        elif skip[0] is Reason.SUSPENDED:
            ways.append(f"remove `suspend` from {lst.name}")
        elif lst.awaits_baseline:
            ways.append(f"set `start: all` for {lst.name}")
        else:
            ways.append("`listsync forget ITEM --all`, which forgets that it was adopted")
    return "; or ".join((*dict.fromkeys(ways), "put it on another list", BY_HAND))


def _is_of(entry: Entry, row: Action | Verdict) -> bool:
    if isinstance(entry.match, Match) and row.target:
        return entry.match.media == row.target.media
    return entry.item.key == row.item.key


def _wait_for_airing(case: Case) -> str:
    target = case.row.target
    show = case.ground.observed.shows.get(target.media.tmdb) if target else None
    has_specials = isinstance(show, Show) and any(s.number == 0 for s in show.seasons)
    if not case.seasons:
        airs = "wait until a season airs and the server knows about it"
        if not has_specials or not case.ground.observed.takes_specials:
            return airs
        return f"{airs}; for its specials, put it on a list of its own with `seasons: [0]`"
    if case.seasons == (0,) and not has_specials:
        return "wait until the server lists specials for it"
    waiting = (
        {season: basis(season, show) for season in show.seasons if season.number in case.seasons}
        if isinstance(show, Show)
        else {}
    )
    dated = [(s.air_date, s.number) for s in waiting if waiting[s] is Basis.AIR_DATE and s.air_date]
    if dated:
        at, number = min(dated)
        return f"wait until S{number} airs on {at:%Y-%m-%d}"
    if set(waiting.values()) == {Basis.NO_EPISODES}:
        return f"wait until the server lists episodes of {span(case.seasons)} and one has aired"
    return f"wait until an episode of {span(case.seasons)} airs and the server knows about it"


# ----------------------------------------------------------------------- what is not understood


def _grant_right(case: Case) -> str:
    owner, target = case.owner, case.row.target
    if owner.requester is None:
        return f"fix `requester` or `approval` of {owner.name}"
    if case.seasons == (0,) and not case.ground.observed.takes_specials:
        return "allow requests for special episodes in the server's settings"
    problem = owner.delivery_by_kind.get(target.media.kind) if target else None
    if target and is_passing(problem):
        return how_to_reach([target.media.kind])
    if isinstance(problem, ListProblem):
        keys = "`server_id`, `profile_id`, `root_folder`, `tags`"
        return f"set {keys} of {owner.name} to values that exist in Radarr or Sonarr"
    user = owner.requester.user.name
    return f"give {user} the permission on the server, or set another `requester` for {owner.name}"


def _support_kind(case: Case) -> str:
    item = case.row.item
    if (item.unsupported or "").partition(",")[0] not in EPISODES:
        return "nothing: the server has only films and shows"
    if item.series:
        return (
            f"set `episodes: series` for {case.owner.name}: each episode then requests its series"
        )
    return "put its series on the list: the list does not say which one the episode belongs to"


_CANDIDATES = 3  # more are listed above the advice, and one of their numbers takes the place of N


def _identify(case: Case) -> str:
    row, reason = case.row, case.reason
    ids = row.item.ids
    if ids.tmdb and not (row.item.kind or ids.imdb or ids.tvdb):
        return _with_a_kind(case.owner)
    candidates = row.candidates if isinstance(row, Verdict) else ()
    offered = {candidate.media.kind for candidate in candidates}
    kind = None if reason is Reason.TYPE_MISMATCH else row.item.certain_kind
    kinds = sorted({kind} if kind else offered or set(Kind))
    media_keys = [c.media for c in candidates if c.media.kind in kinds]
    is_short = reason is not Reason.NOT_FOUND and 0 < len(media_keys) <= _CANDIDATES
    targets = (
        [f"{media.kind}:{media.tmdb}" for media in media_keys]
        if is_short
        else [f"{k}:N" for k in kinds]
    )
    line = " or ".join(f"`map: {{ITEM: tmdb:{target}}}`" for target in targets)
    if reason is Reason.TYPE_MISMATCH and not any(ids.items()):
        # A rule of ``map`` by title is for titles of its own kind.
        items = " or ".join(f"`tmdb:{target}`" for target in targets)
        return f"if that is the right title, put {items} on a list of your own, such as a text file"
    match reason:
        case Reason.AMBIGUOUS:
            return f"choose one: add {line} to the config"
        case Reason.NOT_FOUND:
            return f"look the title up on TMDB and add {line} to the config"
        case _:
            return f"if that is the right title, add {line} to the config"


def _fix_delivery(case: Case) -> str:
    """How to repeat a request that Radarr or Sonarr rejected, or that the server lost."""
    if any(slot.target == case.row.target for slot in case.ground.observed.lost):
        return f"find out from the server's log why it drops the request; then {BY_HAND}"
    return (
        "fix the server's downloader (Radarr, Sonarr) and retry the request on the server; "
        f"or raise `retry_failed` of {case.owner.name}"
    )


def _fixed_text(text: str) -> Callable[[Case], str]:
    """The same advice for every title; {} is the name of its list."""
    return lambda case: text.format(case.owner.name)


_ADVICE: dict[Reason, Callable[[Case], str]] = {
    Reason.AVAILABLE: _fixed_text("no change needed: the server has it"),
    Reason.REQUESTED: _fixed_text(
        "wait until someone with permission approves or declines it on the server"
    ),
    Reason.PROCESSING: _fixed_text("wait until Radarr or Sonarr has it, or reports a failure"),
    Reason.DECLINED: _bring_back,
    Reason.BLOCKLISTED: _unblock,
    Reason.HANDLED: _bring_back,
    Reason.EXCLUDED: _unexclude,
    Reason.FILTERED: _make_lists_ask,
    Reason.UNAIRED: _wait_for_airing,
    Reason.SUSPENDED: _make_lists_ask,
    Reason.ADOPTED: _make_lists_ask,
    Reason.UNSUPPORTED_KIND: _support_kind,
    Reason.OVER_CAP: _fixed_text("the next run continues from there; or raise `max_per_run` of {}"),
    Reason.OVER_BUDGET: _fixed_text(
        "wait until older requests no longer count against the budget, or raise `budget`"
    ),
    Reason.QUOTA: _fixed_text(
        "wait until older requests no longer count against the quota, raise the quota on the "
        "server, or set another `requester` for {}"
    ),
    Reason.BACKING_OFF: _fixed_text(
        "wait until then; `listsync history ITEM` shows the last result"
    ),
    Reason.AMBIGUOUS: _identify,
    Reason.NOT_FOUND: _identify,
    Reason.TYPE_MISMATCH: _identify,
    Reason.UNRESOLVED: _fixed_text("try again when the server can reach TMDB"),
    Reason.NOT_PERMITTED: _grant_right,
    Reason.FAILED: _fix_delivery,
}


def _with_a_kind(owner: DesiredList) -> str:
    """How to give the kind of TMDB ids; an entry of ``map`` could match another title, too."""
    source = owner.rules.source
    if source.provider in {"json", "rss"}:
        ways = f"`{source.provider}:shows:…` or `{source.provider}:movies:…`"
        return f"film or show? use {ways} with its address as the `source` of {owner.name}"
    if source.provider == "file":
        return f"film or show? add a column or field `type` with movie or show to {source}"
    return "film or show? the list has to say which one it is"
