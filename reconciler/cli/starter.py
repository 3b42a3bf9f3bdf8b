"""``init``: what the pasted texts mean, which keys their sites need, and the file for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from reconciler.config import Config, load
from reconciler.core.model import ListRef
from reconciler.errors import ConfigError, UsageError
from reconciler.sources.context import Provider
from reconciler.sources.registry import objection, recognize_list

KEYS = {
    "trakt": ("client_id", "client_secret"),
    "mdblist": ("api_key",),
    "tmdb": ("api_key",),
    "simkl": ("client_id",),
    "tvdb": ("api_key",),
}
_PROVIDERS = (Provider(), Provider(key="key"), Provider(key="key", secret="secret"))  # noqa: S106 - neither is one
_NOTHING_WRITTEN = "nothing was written"
SCHEMA = "listsync.schema.json"
CHART = 25  # of a site's own ranking: enough to see what it does
_LONGEST_NAME = 64
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9:/._?=&%~+-]*[A-Za-z0-9/]")

_HEAD = """\
# yaml-language-server: $schema=./{schema}
#
# Next:
#
#   export SEERR_API_KEY=…     Settings → General → API Key, on the server
{exports}#   listsync validate          check this file
#   listsync doctor            check everything that a run needs
#   listsync plan              show what would be requested
#   listsync apply             show the plan, ask, and request

server:
  url: {server}  # your Overseerr, Jellyseerr or Seerr
  api_key: ${{SEERR_API_KEY}}  # from the environment; or api_key_file: FILE

defaults:
  max_per_run: 10  # titles per list and run, at most; the others wait
  #interval: 6h  # how often to read each list
  #requester: anna  # server user to request as; default: the API key's owner
{providers}
# The name of a list is its identity. A title on several lists belongs to the first one.
lists:
"""
_TAIL = """
# Never requested: imdb:tt…, tmdb:movie:N, tmdb:tv:N, tvdb:N, title:"Title (Year)".
#exclude: [tmdb:movie:550]
"""


def recognize_lists(texts: Sequence[str]) -> list[tuple[str, ListRef]]:
    """Each text with the list it means. Raises UsageError with all texts that are not lists."""
    lists, problems = [], []
    hints: dict[str, None] = {}
    for text in texts:
        try:
            lists.append((text.strip(), recognize_list(text)))
        except ValueError as error:
            problem, _, hint = str(error).partition("; ")
            problems.append(problem if text in problem else f"{text}: {problem}")
            hints |= {hint: None} if hint else {}
    if problems:
        raise UsageError("\n".join(problems), hint="; ".join((*hints, _NOTHING_WRITTEN)))
    return lists


def required_keys(refs: Iterable[ListRef]) -> dict[str, tuple[str, ...]]:
    """The names of the keys that sites need, by site. Raises UsageError where no key will do."""
    required: dict[str, tuple[str, ...]] = {}
    for ref in refs:
        names = KEYS.get(ref.provider, ())
        providers = _PROVIDERS[: len(names) + 1]
        objections = [objection(ref, {ref.provider: provider}) for provider in providers]
        if None not in objections:
            raise UsageError(f"{ref}: {objections[0]}", hint=_NOTHING_WRITTEN)
        needed = names[: objections.index(None)]
        if len(needed) > len(required.get(ref.provider, ())):
            required[ref.provider] = needed
    return required


def name_lists(lists: Sequence[tuple[str, ListRef]]) -> dict[str, tuple[str, ListRef]]:
    """Each list once, with the text it was pasted as, by a name of its own."""
    by_name: dict[str, tuple[str, ListRef]] = {}
    for text, ref in lists:
        if all(ref != other for _, other in by_name.values()):
            by_name[name_list(ref, by_name)] = (text, ref)
    return by_name


def name_list(ref: ListRef, used_names: Collection[str]) -> str:
    """A name for a list that no other list has."""
    base = _name(ref)
    name, number = base, 1
    while name in used_names:
        number += 1
        name = f"{base[: _LONGEST_NAME - 4]}-{number}"
    return name


def starter_text(
    lists: Mapping[str, tuple[str, ListRef]], server: str, keys: Mapping[str, Sequence[str]]
) -> str:
    """The text of a config file with these lists.

    ``keys``: the names of the keys that sites need, by the site's name in the file.
    """
    sections = [_section(name, text, ref) for name, (text, ref) in lists.items()]
    head = _HEAD.format(
        schema=SCHEMA,
        server=scalar(server),
        exports="".join(f"#   export {name}=…\n" for name in variables(keys)),
        providers=_providers(keys),
    )
    return head + "\n".join(sections) + _TAIL


def variables(keys: Mapping[str, Sequence[str]]) -> list[str]:
    """The environment variables with the sites' keys."""
    return [_variable(site, key) for site, names in keys.items() for key in names]


def _variable(site: str, key: str) -> str:
    return f"{site}_{key}".upper()


def _providers(keys: Mapping[str, Sequence[str]]) -> str:
    lines = ["", "providers:"] if keys else []
    for site, names in keys.items():
        lines += [f"  {site}:", *(f"    {key}: ${{{_variable(site, key)}}}" for key in names)]
    return "".join(f"{line}\n" for line in lines)


def _name(ref: ListRef) -> str:
    """``imdb-top``, ``anna-family-night``, ``never-again``."""
    text = ref.id
    if ref.provider == "file":
        text = text.rpartition("/")[2].partition(".")[0]
    elif ref.provider == "imdb" or ref.chart:
        text = f"{ref.provider}-{text}"
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")
    return name[:_LONGEST_NAME].rstrip("-._") or ref.provider


def _section(name: str, text: str, ref: ListRef) -> str:
    lines = [f"{scalar(name)}:", *(f"  {line}" for line in option_lines(text, ref))]
    if not ref.chart and ref.provider != "file":
        lines.append("  #requester: anna")
    return "".join(f"  {line}\n" for line in lines)


def option_lines(text: str, ref: ListRef) -> list[str]:
    """The options of a list, as lines of the file."""
    lines = [f"source: {scalar(text)}"]
    if ref.chart:
        lines.append(f"top: {CHART}  # only the first {CHART}; without this line, the whole chart")
    return lines


def scalar(text: str) -> str:
    """A string in YAML, plain where possible; a dollar sign would be a variable."""
    if _PLAIN.fullmatch(text):
        return text
    quoted = text.replace("$", "$$").replace("'", "''")
    return f"'{quoted}'"


def check_loads(
    content: str, variables: Sequence[str], files: Mapping[str, str] = MappingProxyType({})
) -> Config:
    """The config of a file to write. ``files``: the secrets beside it, by their file's name.

    Raises UsageError where the file would be refused, for its server's address say.
    """
    try:
        return load(
            content,
            name="",
            env=dict.fromkeys(("SEERR_API_KEY", *variables), "given-later"),
            read=lambda name: files[name],
            recognize_list=recognize_list,
        )
    except ConfigError as error:
        problems = "\n".join(problem.partition(" ")[2] for problem in error.problems)
        raise UsageError(problems, hint=_NOTHING_WRITTEN) from error
