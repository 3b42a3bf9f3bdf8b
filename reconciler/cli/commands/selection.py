"""What ``plan`` and ``apply`` work on: lists by name, a saved plan, an expected plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reconciler.config import Config, ListConfig
from reconciler.config.problems import suggest
from reconciler.errors import PlanMismatchError, UsageError

_EXPECTED = re.compile(r"[0-9a-f]{8,64}")


def list_named(config: Config, name: str) -> ListConfig:
    """The list of this name. Raises UsageError, which names the lists there are."""
    named_among([lst.name for lst in config.lists], name)
    return next(lst for lst in config.lists if lst.name == name)


def named_among(known: Sequence[str], name: str) -> None:
    """Raise UsageError where no list is called so."""
    if name not in known:
        what = f"no list is called {name!r}{suggest(name, known)}"
        raise UsageError(
            what, hint=f"there {'is' if len(known) == 1 else 'are'} {', '.join(known)}"
        )


def lists_named(config: Config, names: Sequence[str]) -> tuple[str, ...] | None:
    """These lists, once each, in the file's order; None: no name was given, so all. UsageError."""
    named = {list_named(config, name).name for name in names}
    return tuple(lst.name for lst in config.lists if lst.name in named) if names else None


def lists_or_plan(
    config: Config, words: Sequence[str], plan_file: Path | None
) -> tuple[tuple[str, ...] | None, Path | None]:
    """Which of ``words`` are lists, and which a saved plan.

    A list's name is always the list. Else what ends in ``.json`` or has a slash is a file.
    Raises UsageError.
    """
    lists = {lst.name for lst in config.lists}
    files = [word for word in words if word not in lists and ("/" in word or _is_json(word))]
    plans = [*([plan_file] if plan_file else []), *map(Path, files)]
    names = [word for word in words if word not in files]
    if len(plans) > 1:
        raise UsageError("apply takes one saved plan", hint="apply them one after the other")
    if plans and names:
        hint = "a saved plan says itself which lists it is of; leave the names away"
        raise UsageError("apply takes lists or a saved plan, not both", hint=hint)
    return lists_named(config, names), plans[0] if plans else None


def expected_id(text: str | None) -> str | None:
    """The digits of ``--expect``. Raises UsageError where they are too few, or no digits."""
    if text is not None and not _EXPECTED.fullmatch(text.lower()):
        raise UsageError(
            f"--expect takes a plan's id, 8 or more hexadecimal digits, not {text!r}",
            hint="the last line of `listsync plan` has it, and plan_id in the JSON form",
        )
    return text.lower() if text is not None else None


def check_expected(expected: str | None, digest: str, which: str) -> None:
    """Raises PlanMisfitError where a plan is not the expected one."""
    if expected is not None and not digest.startswith(expected):
        raise PlanMismatchError(
            f"{which} is {digest[: len(expected)]}, not {expected} as expected; nothing was done",
            hint="`listsync plan` shows what would be done now",
        )


def _is_json(word: str) -> bool:
    return word.lower().endswith(".json")
