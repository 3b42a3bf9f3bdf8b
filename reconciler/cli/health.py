"""``python -m reconciler.cli.health``: whether the ``run`` of this container is alive.

It calls the address in the config. If ``run`` listens on no address, only the container's engine
knows whether the process is alive.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from reconciler.config import ControllerConfig, decode, salvage_values
from reconciler.config.own_files import CONFIG_BYTES, read_file
from reconciler.controller.endpoint import get_local
from reconciler.errors import ConfigError

_KEY, DEFAULT = "controller.listen", ControllerConfig().listen
_RESTRICTIONS = ("LISTSYNC_ALLOW_SERVER", "LISTSYNC_ALLOW_ENV")  # a host could hold a variable


def is_alive(config: Path) -> bool:
    """Whether ``run`` answers, or has no address to listen on.

    A changed ``controller.listen`` takes effect at the next start: the default is tried as well.
    """
    listen = _listen(config)
    addresses = dict.fromkeys((listen, DEFAULT))
    return not listen or any(get_local(address, "/healthz") is not None for address in addresses)


def _listen(config: Path) -> str:
    with suppress(OSError, ConfigError):
        if config.is_file():  # a pipe would block the check
            text = decode(read_file(config, CONFIG_BYTES), str(config))
            is_restricted = any(name in os.environ for name in _RESTRICTIONS)
            values = salvage_values(text, (_KEY,), {} if is_restricted else os.environ)
            return values.get(_KEY, DEFAULT)
    return DEFAULT


if __name__ == "__main__":
    sys.exit(not is_alive(Path(os.environ.get("LISTSYNC_CONFIG") or "listsync.yaml")))
