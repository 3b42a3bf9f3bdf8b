"""YAML text → Config, or every mistake at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from reconciler.config.effective import with_settings
from reconciler.config.excerpts import SourceText, diagnostics
from reconciler.config.includes import Include, with_included
from reconciler.config.lists import ListConfig, ListOptions, ListSection
from reconciler.config.models import Config, File
from reconciler.config.problems import Place, Problem
from reconciler.config.providers import ProvidersConfig
from reconciler.config.restrictions import UNRESTRICTED, Restrictions, violations
from reconciler.config.rights import rights_of
from reconciler.config.secrets import exposed_secrets, with_secrets
from reconciler.config.syntax import compose
from reconciler.config.tree import Node, Section, grow
from reconciler.config.validation import validate
from reconciler.core.model import ENDLESS_TOP, ListRef
from reconciler.errors import ConfigError

_GENERATION_DIGITS = 6


def load(  # noqa: PLR0913 - all that the file's meaning depends on
    text: str,
    *,
    name: str,
    env: Mapping[str, str],
    read: Callable[[str], str],
    recognize_list: Callable[[str], ListRef],
    objection: Callable[[ListRef, ProvidersConfig], str | None] = lambda _ref, _providers: None,
    restrictions: Restrictions = UNRESTRICTED,
    is_outside: Callable[[str], bool] = lambda _path: False,
    include: Include = lambda _pattern: (),
) -> Config:
    """The file's meaning.

    ``name``: what errors call the file. ``env``: where ``${NAME}`` is looked up. ``read``: the text
    of a file that a ``*_file`` key names; raises OSError. ``recognize_list``: the list that a text
    means; raises ValueError with a sentence for any other text. ``objection``: why a list cannot be
    read with what ``providers`` holds, for people; None: it can. ``restrictions``: what it may
    use. ``is_outside``: whether a path leads out of the file's folder. ``include``: the files with
    more lists that a pattern matches.

    Raises ConfigError with all problems, sorted by line, each as
    ``listsync.yaml:14:5 lists.kids.intervl: unknown key, did you mean "interval"?``. No problem
    quotes a variable, a secret's file or a secret.
    """
    texts = {"": SourceText(text.removeprefix("\N{BYTE ORDER MARK}"))}
    tree, problems = _tree(texts[""].text, env, restrictions)
    if tree is None:
        raise _config_error(problems, texts, name)
    merged = with_included(tree, include, name, env, restrictions.variables)
    root, unread = with_secrets(merged.root, File, read)
    texts |= merged.texts
    for source in texts.values():
        source.add_secrets(merged.root, root)
    file, invalid = validate(File, _with_defaults(root), recognize_list)
    problems += (*merged.problems, *unread, *invalid)
    if file:
        file = _with_folders(file, merged.folders)
        problems += (
            *_unreadable(file, root, objection),
            *_impossible_renames(file, root),
            *violations(restrictions, file, root, is_outside),
            *exposed_secrets(file, root),
        )
    if problems or file is None:
        raise _config_error(problems, texts, name)
    config = _config(file, is_confined=restrictions.confines_files)
    return with_settings(config, merged.root, name, tuple(merged.notes))


def _config_error(
    problems: Iterable[Problem], texts: Mapping[str, SourceText], name: str
) -> ConfigError:
    """The error with all problems, in the order of the files and of their lines."""
    order = list(texts)
    ordered = sorted(
        dict.fromkeys(problems), key=lambda problem: (order.index(problem.place.file), problem)
    )
    lines = tuple(problem.line(name) for problem in ordered)
    return ConfigError(lines, where=name, diagnose=partial(diagnostics, ordered, texts, name))


def _tree(
    text: str, env: Mapping[str, str], restrictions: Restrictions
) -> tuple[Section | None, tuple[Problem, ...]]:
    composed, problems = compose(text)
    if composed is None:
        return None, problems
    tree, more = grow(composed, env, restrictions.variables)
    if isinstance(tree, Section):
        return tree, problems + more
    shape = "the file must be a mapping that begins with server: and lists:"
    return None, (*problems, Problem(Place(), "", shape))


def _with_defaults(root: Section) -> Section:
    """Each list with the keys of ``defaults`` that it does not set; a key is replaced entirely.

    Every value keeps its own place, so that a mistake in ``defaults`` is reported once and there.
    """
    defaults, lists = root.entries.get("defaults"), root.entries.get("lists")
    if not (isinstance(defaults, Section) and isinstance(lists, Section)):
        return root
    options = ListOptions.known_keys()
    inherited = {key: node for key, node in defaults.entries.items() if key in options}

    def merged(node: Node) -> Node:
        if not isinstance(node, Section):
            return node
        return replace(node, entries={**inherited, **node.entries})

    entries = {key: merged(node) for key, node in lists.entries.items()}
    return replace(root, entries={**root.entries, "lists": replace(lists, entries=entries)})


def _with_folders(file: File, folders: Mapping[str, str]) -> File:
    """Paths of lists in included files made relative to the config file, as all others are."""
    lists = dict(file.lists)
    for name, folder in folders.items():
        source = lists[name].source
        if folder and source.is_local and not source.id.startswith(("/", "~")):
            moved = replace(source, id=f"{folder}/{source.id}")
            lists[name] = lists[name].model_copy(update={"source": moved})
    return file.model_copy(update={"lists": lists})


def _unreadable(
    file: File, root: Section, objection: Callable[[ListRef, ProvidersConfig], str | None]
) -> tuple[Problem, ...]:
    """The lists that cannot be read with what the file says of their site."""
    problems: list[Problem] = []
    for name, lst in file.lists.items():
        if sentence := objection(lst.source, file.providers):
            problems += root.problems_at(("lists", name, "source"), sentence)
    return tuple(problems)


def _impossible_renames(file: File, root: Section) -> Iterator[Problem]:
    """Each ``was`` with a name that is still in the file, or that another list claims."""
    claims: dict[str, str] = {}
    for name, lst in file.lists.items():
        if lst.was in file.lists:
            sentence = f"the file still has a list {lst.was}; remove `was`, or rename that list"
            yield from root.problems_at(("lists", name, "was"), sentence)
        elif lst.was and (other := claims.setdefault(lst.was, name)) != name:
            sentence = f"lists.{other} was also renamed from {lst.was}; remove one `was`"
            yield from root.problems_at(("lists", name, "was"), sentence)


def _config(file: File, *, is_confined: bool) -> Config:
    lists = tuple(_list(name, section) for name, section in file.lists.items())
    content = {key: value for key, value in file if key in Config.model_fields}
    rights = rights_of(file.defaults)
    config = Config(
        **{**content, "lists": lists, "generation": "", "default_rights": rights},
        is_confined=is_confined,
    )
    return with_generation(config)


def with_generation(config: Config) -> Config:
    """A Config under the generation of its content."""
    return config.model_copy(update={"generation": _generation(config)})


def _list(name: str, section: ListSection) -> ListConfig:
    """A list by its name. Of an endless list, only the first titles are wanted."""
    options = dict(section)
    if section.top is None and section.source.endless:
        options["top"] = ENDLESS_TOP
    return ListConfig(name=name, **options)


def _generation(config: Config) -> str:
    """A hash of the content. A secret counts by its key alone: pydantic dumps all of them alike."""
    unstated: dict[str, Any] = {"source": {"address", "secrets"}}
    lists = {n: unstated | ({} if lst.was else {"was": True}) for n, lst in enumerate(config.lists)}
    exclude: dict[str, Any] = {"generation": True, "lists": lists}
    # Keys that older versions lack, without a value.
    if not config.controller.token.get_secret_value():
        exclude["controller"] = {"token"}
    if not config.notify.heartbeat.get_secret_value():
        exclude["notify"] = {"heartbeat"}
    content = config.model_dump(mode="json", exclude=exclude)
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_GENERATION_DIGITS]
