"""Shell completion of list names: from the config file alone, and never an error."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import typer

from reconciler.errors import ConfigError


def complete_list(context: typer.Context, incomplete: str) -> list[str]:
    """The lists of the file that this command line means."""
    from reconciler.config import decode, list_names
    from reconciler.config.own_files import CONFIG_BYTES, read_file

    names: tuple[str, ...] = ()
    with suppress(OSError, ConfigError):
        config = _config(context)
        if config.is_file():  # a pipe would hold the shell up
            names = list_names(decode(read_file(config, CONFIG_BYTES), str(config)))
    return [name for name in names if name.startswith(incomplete)]


def _config(context: typer.Context) -> Path:
    told = (context.params.get("config"), context.find_root().params.get("config"))
    fallback = os.environ.get("LISTSYNC_CONFIG") or "listsync.yaml"
    return Path(next((each for each in told if each), fallback))
