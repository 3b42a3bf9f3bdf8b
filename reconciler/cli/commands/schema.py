"""``schema``."""

from __future__ import annotations

import json
import sys


def schema() -> int:
    """Print the JSON Schema of the config file, for editors."""
    sys.stdout.write(schema_text())
    return 0


def schema_text() -> str:
    """The JSON Schema as a file."""
    from reconciler.config import json_schema

    return json.dumps(json_schema(), indent=2) + "\n"
