"""``python -m reconciler.cli.commands.health``: whether the ``run`` of this container is alive.

It is asked where the file says that it listens. Where it listens nowhere, the container's engine
knows by itself whether the process lives.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from reconciler.config import ControllerConfig, decode, glimpse
from reconciler.config.own_files import CONFIG_BYTES, read_file
from reconciler.controller.endpoint import get_local
from reconciler.errors import ConfigError

KEY, DEFAULT = "controller.listen", ControllerConfig().listen

RESTRICTING = ("LISTSYNC_ALLOW_SERVER", "LISTSYNC_ALLOW_ENV")  # a host could spell out a variable


def is_alive(config: Path) -> bool:
    """Whether ``run`` answers, or listens nowhere.

    A changed ``controller.listen`` counts from the next start on: the default is tried as well.
    """
    listen = _listen(config)
    places = dict.fromkeys((listen, DEFAULT))
    return not listen or any(get_local(place, "/healthz") is not None for place in places)


def _listen(config: Path) -> str:
    with suppress(OSError, ConfigError):
        if config.is_file():  # a pipe would hold the check up
            text = decode(read_file(config, CONFIG_BYTES), str(config))
            is_restricted = any(name in os.environ for name in RESTRICTING)
            return glimpse(text, (KEY,), {} if is_restricted else os.environ).get(KEY, DEFAULT)
    return DEFAULT


if __name__ == "__main__":
    sys.exit(not is_alive(Path(os.environ.get("LISTSYNC_CONFIG") or "listsync.yaml")))
