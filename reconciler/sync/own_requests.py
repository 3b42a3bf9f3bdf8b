"""Asking for those of our requests by their id that the server's table should show and does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.core.desired import places
from reconciler.core.model import DesiredList, Memory, Observed, RequestTrace, Target
from reconciler.core.own_requests import requests_to_trace
from reconciler.errors import ServerError, TmdbError
from reconciler.logs import Logger
from reconciler.ports import MediaServer

_log = Logger()


def trace_requests(
    observed: Observed, memory: Memory, lists: Sequence[DesiredList], server: MediaServer
) -> Observed:
    """The observation with where the missing requests for titles of these lists are.

    One that the server does not tell of is taken for there: nothing is requested twice.
    """
    wanted = {Target(media, lst.rules.is_4k) for lst, entry, media in places(lists) if entry.fresh}
    traces: dict[int, RequestTrace] = {}
    for number in requests_to_trace(observed, memory, wanted):
        try:
            traces[number] = server.trace_request(number, memory.ours[number].target.media)
        except TmdbError as error:
            _log.debug("request not traced", request=number, error=str(error))
        except ServerError as error:
            _log.debug("requests not traced", request=number, error=str(error))
            break
    return replace(observed, traces=traces) if traces else observed
