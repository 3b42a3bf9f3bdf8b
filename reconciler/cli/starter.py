"""``init``: what the pasted texts mean, which keys their sites need, and whether the file loads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.config import load
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


def recognise_lists(texts: Sequence[str]) -> list[tuple[str, ListRef]]:
    """Each text with the list it means. Raises UsageError that names all that mean none."""
    lists, problems = [], []
    for text in texts:
        try:
            lists.append((text.strip(), recognize_list(text)))
        except ValueError as error:
            problems.append(f"{text}: {error}")
    if problems:
        raise UsageError("\n".join(problems), hint=_NOTHING_WRITTEN)
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


def check_loads(content: str, variables: Sequence[str]) -> None:
    """Raise UsageError where the file would be refused, for its server's address say."""
    try:
        load(
            content,
            name="",
            env=dict.fromkeys(("SEERR_API_KEY", *variables), "given-later"),
            read=lambda _: "",
            recognize_list=recognize_list,
        )
    except ConfigError as error:
        problems = "\n".join(problem.partition(" ")[2] for problem in error.problems)
        raise UsageError(problems, hint=_NOTHING_WRITTEN) from error
