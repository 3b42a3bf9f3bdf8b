"""As much of GraphQL as the sandbox's IMDb needs: an answer holds what was asked for, no more."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

Fields: TypeAlias = "dict[str, Fields]"

_ARGUMENTS = re.compile(r"\([^)]*\)")
_TOKENS = re.compile(r"\.\.\. on \w+|\w+(?=\s*:)|\w+|[{}:]")


def fields_of(query: str) -> Fields:
    """The fields a query asks for, by the names they have in its answer."""
    root: Fields = {}
    open_fields, last, renamed = [root], root, False
    for token in _TOKENS.findall(_ARGUMENTS.sub("", query)):
        if token == "{":
            open_fields.append(last)
        elif token == "}":
            open_fields.pop()
        elif token.startswith("..."):  # of one type: its fields stand among the others
            last = open_fields[-1]
        elif token == ":":
            renamed = True
        elif renamed:  # the field's own name, behind the one it has in the answer
            renamed = False
        else:
            last = open_fields[-1][token] = {}
    return root["query"]


def only(content: Any, fields: Fields) -> Any:  # noqa: ANN401 - any JSON
    """The part of a content that these fields ask for."""
    if isinstance(content, list):
        return [only(one, fields) for one in content]
    if not isinstance(content, dict) or not fields:
        return content
    return {name: only(content[name], wanted) for name, wanted in fields.items() if name in content}
