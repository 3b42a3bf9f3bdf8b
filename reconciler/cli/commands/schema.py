"""``schema``."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def schema() -> int:
    """Print the JSON Schema of the config file, for editors."""
    sys.stdout.write(schema_text())
    return 0


def schema_text() -> str:
    """The JSON Schema as a file."""
    from reconciler.config import json_schema

    return json.dumps(json_schema(), indent=2) + "\n"


def outdated_schema(path: Path) -> str | None:
    """The message about a schema file from another version, if there is one."""
    from reconciler.config.own_files import CONFIG_BYTES, read_file

    try:
        is_outdated = read_file(path, CONFIG_BYTES) != schema_text().encode()
    except OSError:
        return None
    if not is_outdated:
        return None
    return (
        f"{path}: the schema is from another listsync version; an editor may report false errors. "
        f"Run `listsync schema > {path}` to update it"
    )
