"""What every command is told: which file, which ledger, how to print, how much to log."""

from __future__ import annotations

import json
import logging
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler import wiring

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.spec import Spec

# C1 controls, line separators, marks of direction: json.dumps escapes those below U+0020 alone.
_ACTING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Setting:
    """The options that commands share."""

    config: Path
    ledger: Path | None = None
    output: str = "text"
    verbose: bool = False
    debug_dir: Path | None = None

    def spec(self) -> Spec:
        """The file, and logs that hide its secrets. Raises ConfigError."""
        spec = wiring.read_spec(self.config)
        wiring.configure_logs(spec, logging.DEBUG if self.verbose else logging.WARNING)
        return spec

    def ledger_path(self, spec: Spec) -> Path:
        """Where this command's ledger is."""
        return wiring.ledger_path(spec.ledger, self.config, self.ledger)


def print_json(document: Mapping[str, object]) -> None:
    """A document on stdout, as people can read it and programs too.

    What would act on a terminal or reorder a line is escaped, which means the same to programs.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False)
    sys.stdout.write(_ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
