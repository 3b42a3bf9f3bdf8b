"""A list that is added to a file's text: everything else stays as it was."""

from __future__ import annotations

import pytest

from reconciler.config import list_names
from reconciler.config.additions import with_list

SERVER = "server: {url: http://seerr:5055, api_key: k}\n"
ADDED = "  b:\n    source: imdb:top\n"

CASES = {
    "after a list, with a blank line as init writes": (
        "lists:\n  a:\n    source: ls1\n\n# end\nexclude: []\n",
        "lists:\n  a:\n    source: ls1\n\n  b:\n    source: imdb:top\n\n# end\nexclude: []\n",
    ),
    "after the comments of the last list": (
        "lists:\n  a:\n    source: ls1  # mine\n    #requester: anna\n#else\n",
        f"lists:\n  a:\n    source: ls1  # mine\n    #requester: anna\n\n{ADDED}#else\n",
    ),
    "close together, where lists are": (
        "lists:\n  z: {source: ls2}\n  a:\n    source: ls1\nledger: x\n",
        f"lists:\n  z: {{source: ls2}}\n  a:\n    source: ls1\n{ADDED}ledger: x\n",
    ),
    "as deep as other lists": (
        "lists:\n    a:\n       source: ls1",
        "lists:\n    a:\n       source: ls1\n\n    b:\n       source: imdb:top",
    ),
    "with the line ends of the file": (
        "lists:\r\n  a: {source: ls1}\r\n",
        "lists:\r\n  a: {source: ls1}\r\n\r\n  b:\r\n    source: imdb:top\r\n",
    ),
    "at the end of a line without one": ("lists:\n  a: {source: ls1}", None),
    "after a text in a block": (
        "lists:\n  z: {source: ls2}\n  a:\n    source: |\n      ls1\n\nledger: x\n",
        None,
    ),
    "in lists without any": (
        f"lists:  # none yet\n\n{SERVER}",
        f"lists:  # none yet\n{ADDED}\n{SERVER}",
    ),
    "in lists that are null": (
        f"lists: null # yet\n{SERVER}",
        f'lists: {{"b": {{"source": "imdb:top"}}}} # yet\n{SERVER}',
    ),
    "in empty braces": (
        f"lists: {{}}  # none\n{SERVER}",
        f'lists: {{"b": {{"source": "imdb:top"}}}}  # none\n{SERVER}',
    ),
    "in braces": (
        "lists: {a: {source: ls1}, # x\n }\n",
        'lists: {a: {source: ls1}, "b": {"source": "imdb:top"}, # x\n }\n',
    ),
    "in JSON": (
        '{\n "lists": {\n  "a": {"source": "ls1"}\n }\n}\n',
        '{\n "lists": {\n  "a": {"source": "ls1"}, "b": {"source": "imdb:top"}\n }\n}\n',
    ),
    "in JSON without lists": (
        '{"ledger": "x"}\n',
        '{"ledger": "x", "lists": {"b": {"source": "imdb:top"}}}\n',
    ),
    "in a file without lists": (SERVER, f"{SERVER}lists:\n{ADDED}"),
    "in a file without lists that ends in a line": (
        "ledger: x",
        "ledger: x\nlists:\n  b:\n    source: imdb:top",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_a_list_is_added(before: str, after: str | None) -> None:
    changed = with_list(before, "b", ["source: imdb:top"], {"source": "imdb:top"})
    if after is not None:
        assert changed == after
    assert list_names(changed) == (*list_names(before), "b")
    position = next(i for i in range(len(before) + 1) if changed[: i + 1] != before[: i + 1])
    rest = before[position:].removeprefix("null")
    assert changed.endswith(rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "lists: [a]\n",
        "lists: a\n",
        "a: &x {b: {}}\nlists: *x\n",
        "lists:\n  b: {source: ls1}\n",
        "lists: {a: {source: ls1}\n",
    ],
    ids=["nothing", "a sequence", "a sequence of lists", "a word", "an alias", "a name", "no YAML"],
)
def test_where_no_list_can_be_added_nothing_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"lists is not a mapping|cannot tell where"):
        with_list(text, "b", ["source: imdb:top"], {"source": "imdb:top"})
