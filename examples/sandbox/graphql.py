"""The part of GraphQL that the sandbox's IMDb needs: a response contains only queried fields."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

Fields: TypeAlias = "dict[str, Fields]"

_ARGUMENTS = re.compile(r"\([^)]*\)")
_TOKENS = re.compile(r"\.\.\. on \w+|\w+(?=\s*:)|\w+|[{}:]")


def fields_of(query: str) -> Fields:
    """The fields that a query selects, by their names in the response."""
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
        elif renamed:  # the field's own name, after its alias
            renamed = False
        else:
            last = open_fields[-1][token] = {}
    return root["query"]


def only(content: Any, fields: Fields) -> Any:  # noqa: ANN401 - any JSON
    """The part of a value that these fields select."""
    if isinstance(content, list):
        return [only(one, fields) for one in content]
    if not isinstance(content, dict) or not fields:
        return content
    return {name: only(content[name], wanted) for name, wanted in fields.items() if name in content}
