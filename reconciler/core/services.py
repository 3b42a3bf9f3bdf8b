"""Names of Radarr and Sonarr options in a list → their ids on this server, or the problem.

The server stores any value without checking it: a profile that does not exist would
only show when Radarr refuses the title. So each name must fit exactly one thing that is offered.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence

from reconciler.core.model.lists import ListProblem
from reconciler.core.model.rules import ServiceSelection
from reconciler.core.model.server import Delivery, Downloader, Option
from reconciler.core.model.terms import NOUN, Kind, ProblemReason

PROGRAM = {Kind.MOVIE: "Radarr", Kind.TV: "Sonarr"}
_UNKNOWN = {
    "server_id": ProblemReason.UNKNOWN_SERVICE,
    "profile_id": ProblemReason.UNKNOWN_PROFILE,
    "root_folder": ProblemReason.UNKNOWN_ROOT_FOLDER,
    "tags": ProblemReason.UNKNOWN_TAG,
}
_TIMED_OUT = re.compile(r"(?:within|after) ([0-9.]+ s)$")
_SHOWN = 10  # of what is offered; more is no help


def find_delivery(
    wish: ServiceSelection, kind: Kind, downloaders: Sequence[Downloader], *, is_4k: bool
) -> Delivery | ListProblem:
    """The options for requests of this kind, or the problem with them.

    A number is an id, a text a name (of a folder: its path), compared case-blind.
    """
    into = find_downloader(wish, kind, downloaders, is_4k=is_4k)
    if isinstance(into, ListProblem):
        return into
    there = Option(into.id, into.name)
    if not names_more(wish):
        return Delivery(there)
    if into.stock is None:
        return ListProblem(ProblemReason.SERVICE_UNAVAILABLE, _silence(into, kind))
    stock = into.stock
    where = into.name + f" as of its last response (the server says: {into.trouble})" * bool(
        into.trouble
    )
    profile = _optional("profile_id", wish.profile, stock.profiles, where)
    folder = _optional("root_folder", wish.folder, stock.folders, where)
    tags = [_pick("tags", tag, stock.tags, where) for tag in wish.tags or ()]
    if isinstance(profile, ListProblem):
        return profile
    if isinstance(folder, ListProblem):
        return folder
    chosen_tags = tuple(
        sorted({tag for tag in tags if isinstance(tag, Option)}, key=lambda tag: tag.id)
    )
    problem = next((tag for tag in tags if isinstance(tag, ListProblem)), None)
    return problem or Delivery(there, profile, folder, None if wish.tags is None else chosen_tags)


def all_of(problems: Sequence[ListProblem]) -> ListProblem | None:
    """Several problems of one list as one; None without problems.

    The first gives the reason, unless one of them passes by itself: then trying again helps.
    """
    if not problems:
        return None
    messages = dict.fromkeys(problem.message for problem in problems)
    passing = next((problem for problem in problems if is_passing(problem)), problems[0])
    return ListProblem(passing.reason, "; ".join(messages))


def is_passing(problem: object) -> bool:
    """Whether a problem ends without a change of the file: Radarr or Sonarr is away."""
    return isinstance(problem, ListProblem) and problem.reason is ProblemReason.SERVICE_UNAVAILABLE


def how_to_reach(kinds: Collection[Kind]) -> str:
    """What to do where the Radarr or Sonarr for these kinds does not answer the server."""
    steps = [
        f"check that {PROGRAM[kind]} is running and that the server reaches it"
        for kind in sorted(kinds)
    ]
    return "; ".join(steps)


def _silence(downloader: Downloader, kind: Kind) -> str:
    """The problem that the options of a Radarr or Sonarr are unknown, with its cause."""
    name, program, trouble = downloader.name, PROGRAM[kind], downloader.trouble
    if program.casefold() not in name.casefold():
        name = f'{program} "{name}"'
    if timed_out := _TIMED_OUT.search(trouble):
        return f"{name} did not answer within {timed_out[1]}"
    return f"{name} did not answer" + f" (the server says: {trouble})" * bool(trouble)


def undeliverable_4k(kinds: Collection[Kind]) -> str | None:
    """The problem with 4K requests for kinds with 4K off on the server; None without such kinds.

    The server accepts and approves them all the same, and sends them nowhere
    (docs/internals/media-servers/README.md).
    """
    if not kinds:
        return None
    nouns = " and ".join(f"{NOUN[kind]}s" for kind in sorted(kinds))
    programs = " or ".join(PROGRAM[kind] for kind in sorted(kinds))
    return (
        f"the server has 4K turned off for {nouns}: it accepts the requests but sends them "
        f"nowhere, because no {programs} is the default for 4K"
    )


def find_downloader(
    wish: ServiceSelection, kind: Kind, downloaders: Sequence[Downloader], *, is_4k: bool
) -> Downloader | ListProblem:
    """The Radarr or Sonarr in the config, otherwise the default of the server.

    One of the other quality does not count: the server would lose track of its requests.
    """
    program = PROGRAM[kind] + " for 4K" * is_4k
    fitting = [downloader for downloader in downloaders if downloader.is_4k is is_4k]
    if not fitting:
        return ListProblem(ProblemReason.UNKNOWN_SERVICE, f"the server has no {program}")
    if wish.server is None:
        default = next((downloader for downloader in fitting if downloader.is_default), None)
        message = f"the server has no default {program}; choose one with server_id"
        return default or ListProblem(ProblemReason.UNKNOWN_SERVICE, message)
    offers = [Option(downloader.id, downloader.name) for downloader in fitting]
    option = _pick("server_id", wish.server, offers, "the server")
    if isinstance(option, ListProblem):
        return option
    return next(downloader for downloader in fitting if downloader.id == option.id)


def names_more(wish: ServiceSelection) -> bool:
    """Whether a list names something of a downloader, and not only which one."""
    return not (wish.profile is None and wish.folder is None and wish.tags is None)


def _optional(
    key: str, selector: int | str | None, offers: Sequence[Option], where: str
) -> Option | ListProblem | None:
    return None if selector is None else _pick(key, selector, offers, where)


def _pick(
    key: str, selector: int | str, offers: Sequence[Option], where: str
) -> Option | ListProblem:
    """The option that the name or id means, or the problem with it."""
    plain = _plain(str(selector))
    matching = [
        offer
        for offer in offers
        if (offer.id == selector if isinstance(selector, int) else _plain(offer.name) == plain)
    ]
    if len(matching) == 1:
        return matching[0]
    if matching:
        ids = ", ".join(str(offer.id) for offer in matching)
        message = f"{key} {selector!r} matches several on {where} (ids {ids}); use the id"
        return ListProblem(ProblemReason.AMBIGUOUS_OPTION, message)
    names = {_plain(offer.name): offer.name for offer in offers}
    close = difflib.get_close_matches(plain, names, n=1)
    suggestion = f", did you mean {names[close[0]]!r}?" if close else ""
    options = ", ".join(f"{offer.name!r} ({offer.id})" for offer in offers[:_SHOWN]) or "none"
    more = f" and {len(offers) - _SHOWN} more" if len(offers) > _SHOWN else ""
    message = f"{key} {selector!r} does not exist on {where}{suggestion}; options: {options}{more}"
    return ListProblem(_UNKNOWN[key], message)


def _plain(name: str) -> str:
    """Without case, and without the slash that one writes at a folder's end and another not."""
    text = name.strip().casefold()
    return text.rstrip("/\\") or text


def undelivered(kind: Kind) -> str:
    """The message about a request that the server could not send to its downloader."""
    program = PROGRAM[kind]
    return (
        f"the server has the request but could not send it to {program}: "
        f"check {program} in the server's settings"
    )
