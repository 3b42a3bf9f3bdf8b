"""What listsync is, and what its file looks like: no file and no network is needed."""

from __future__ import annotations

import json
import platform
import sys
from importlib import metadata

from reconciler.spec import json_schema


def schema() -> int:
    """Print the JSON Schema of the file, for editors."""
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
    return 0


def version() -> int:
    """Print which listsync this is."""
    sys.stdout.write(
        f"listsync {metadata.version('listsync')} (Python {platform.python_version()})\n"
    )
    return 0
