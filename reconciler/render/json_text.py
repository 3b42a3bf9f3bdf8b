"""Documents as JSON that people can read, programs too, and a terminal cannot be moved by."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

# C1 controls, line separators, marks of direction: json.dumps escapes those below U+0020 alone.
_ACTING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def json_text(document: Mapping[str, object]) -> str:
    """A document as JSON, indented.

    What would act on a terminal or reorder a line is escaped, which means the same to programs.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
