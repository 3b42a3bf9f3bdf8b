"""Reading the media server: its identity, its tables, and requests missing from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from reconciler.config import Config
from reconciler.core.desired import places
from reconciler.core.model.lists import ListProblem, Target
from reconciler.core.model.memory import Memory
from reconciler.core.model.plan import DesiredList, Requester
from reconciler.core.model.server import Observed, RequestTrace, ServerInfo, User
from reconciler.core.model.terms import Role
from reconciler.core.own_requests import requests_to_trace
from reconciler.core.rights import (
    SEE_REQUESTS,
    bypasses_quota,
    find_requester,
    has_right,
    unplannable,
)
from reconciler.errors import MissingRightError, ServerError, TmdbError
from reconciler.logs import Logger
from reconciler.ports import MediaServer

K = TypeVar("K")
V = TypeVar("V")

_log = Logger()


@dataclass(frozen=True, slots=True)
class Identity:
    """The server, the owner of its key, and whom the lists request as."""

    server: ServerInfo
    owner: User
    requesters: Mapping[str, Requester | ListProblem]  # by list name


def identify(config: Config, server: MediaServer) -> Identity:
    """The server and the lists' requesters. Raises ServerError."""
    info, owner = server.identify(), server.whoami()
    if missing := unplannable(owner, info.flavour):
        raise MissingRightError(missing, where=server.url)
    lists = [lst for lst in config.lists if lst.role is Role.REQUEST]
    users = server.users() if any(lst.requester is not None for lst in lists) else ()
    requesters = {
        lst.name: find_requester(lst.requester, users, owner, lst.approval) for lst in lists
    }
    return Identity(info, owner, requesters)


def observe_server(server: MediaServer, identity: Identity) -> Observed:
    """The server's tables, without details of single titles. Raises ServerError."""
    media, requests, blocklist = server.media(), server.requests(), server.blocklist()
    users = {r.user.id: r.user for r in identity.requesters.values() if isinstance(r, Requester)}
    return Observed(
        media=_group((row.media, row) for row in media),
        requests=_group((request.target, request) for request in requests),
        blocklist=blocklist,
        quotas={n: server.quota(n) for n, user in users.items() if not bypasses_quota(user)},
        takes_specials=identity.server.takes_specials,
        shows_all_requests=has_right(identity.owner, SEE_REQUESTS),
    )


def trace_requests(
    observed: Observed, memory: Memory, lists: Sequence[DesiredList], server: MediaServer
) -> Observed:
    """Add where those of our requests are that the server's table should show and does not.

    Only requests for titles of these lists are traced, each with one call. A request that the
    server does not answer for counts as existing: nothing is requested twice.
    """
    targets = {Target(media, lst.rules.is_4k) for lst, entry, media in places(lists) if entry.fresh}
    traces: dict[int, RequestTrace] = {}
    for number in requests_to_trace(observed, memory, targets):
        try:
            traces[number] = server.trace_request(number, memory.ours[number].target.media)
        except TmdbError as error:
            _log.debug("request not checked", request=number, error=str(error))
        except ServerError as error:
            _log.debug("requests not checked", request=number, error=str(error))
            break
    return replace(observed, traces=traces) if traces else observed


def _group(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
