"""The settings of every command: config file, ledger, output format, log level."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler import wiring
from reconciler.config import UNRESTRICTED, Config, Restrictions
from reconciler.render.json_text import json_text


@dataclass(frozen=True, slots=True)
class Setting:
    """The options that commands share."""

    config_path: Path
    ledger: Path | None = None
    output: str = "text"
    verbose: bool = False
    debug_dir: Path | None = None
    restrictions: Restrictions = UNRESTRICTED

    def config(self) -> Config:
        """The file, and logs that hide its secrets. Raises ConfigError."""
        config = wiring.read_config(self.config_path, self.restrictions)
        wiring.configure_logs(config, logging.DEBUG if self.verbose else logging.WARNING)
        return config

    def ledger_path(self, config: Config) -> Path:
        """Where this command's ledger is."""
        return wiring.ledger_path(config.ledger, self.config_path, self.ledger)


def print_json(document: Mapping[str, object]) -> None:
    """A document on stdout."""
    sys.stdout.write(json_text(document))
