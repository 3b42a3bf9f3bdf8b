"""The commands that only look: validate, fetch, explain, doctor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from itertools import chain

import typer

from reconciler import wiring
from reconciler.cli.checks import Check, examine
from reconciler.cli.commands.selection import list_named
from reconciler.cli.commands.setting import Setting, print_json
from reconciler.controller.mounts import is_mount_point
from reconciler.controller.statuses import record_server_status
from reconciler.controller.turns import reachable
from reconciler.core.desired import need_of
from reconciler.core.model import READ
from reconciler.errors import LedgerError, NotifierError
from reconciler.render.document import FORMAT_VERSION, fetch_document
from reconciler.render.explanation import explain_text
from reconciler.render.markdown import fetch_markdown
from reconciler.render.progress import for_terminal
from reconciler.render.text import fetch_text
from reconciler.sync.clock import SystemClock
from reconciler.sync.explain import explain as explain_titles
from reconciler.sync.explain import unwanted
from reconciler.sync.reconcile import reconcile_lists
from reconciler.sync.reports import CachedSources
from reconciler.sync.run_log import OK, SOMETHING_FAILED


def validate(setting: Setting) -> int:
    """Say that the file is right, or ConfigError."""
    config = setting.config()
    if config.notify.urls:
        try:
            wiring.notifier().require()
        except NotifierError as error:
            typer.echo(f"listsync: {error}", err=True)
    lists = f"{len(config.lists)} list{'s' * (len(config.lists) != 1)}"
    sys.stdout.write(f"{setting.config_path} ok · generation {config.generation} · {lists}\n")
    return OK


def fetch(setting: Setting, name: str) -> int:
    """Read one list and print its items."""
    config = setting.config()
    lst = list_named(config, name)
    path = setting.ledger_path(config)
    with (
        wiring.open_routes(config, path) as routes,
        wiring.open_sources(
            config, setting.config_path, path, routes, setting.debug_dir
        ) as sources,
    ):
        snapshot = sources.fetch(lst.source, need_of(lst.rules))
    fetched = fetch_document(lst.name, str(lst.source), snapshot)
    if setting.output == "json":
        print_json(fetched)
    else:
        form = fetch_markdown if setting.output == "markdown" else fetch_text
        sys.stdout.write(form(fetched))
    return OK if snapshot.outcome in READ else SOMETHING_FAILED


def explain(setting: Setting, query: str) -> int:
    """Say why titles are, or are not, requested, from the lists as they were last fetched."""
    config = setting.config()
    path = setting.ledger_path(config)
    with wiring.open_ledger(config, path) as ledger:
        lists = CachedSources(ledger.cache.reports().values())
    with wiring.open_context(
        config, setting.config_path, path, for_terminal(), lists=lists
    ) as edges:
        seen = reconcile_lists(config, edges)
    told, rest = explain_titles(seen, query), unwanted(seen, query)
    if setting.output == "json":
        found = {"titles": told, "unwanted": rest}
        print_json({"format_version": FORMAT_VERSION, "query": query, **found})
    else:
        sys.stdout.write(explain_text(told, query, rest))
    return OK


def doctor(setting: Setting) -> int:
    """Check everything a pass needs, each check with what to do."""
    config = setting.config()
    path = setting.ledger_path(config)
    checks = []
    with (
        wiring.open_server(config) as server,
        wiring.open_browser(config) as browser,
        wiring.open_sources(config, setting.config_path, path) as sources,
    ):
        opening = partial(wiring.open_ledger, config, path)
        examined = examine(
            config,
            server,
            opening,
            browser,
            sources,
            sandbox_obstacle=wiring.sandbox_obstacle,
            notifier=wiring.notifier(),
            sign_in=wiring.sign_in(config, path),
        )
        for check in chain(_file(setting), examined):
            checks.append(check)
            if setting.output != "json":
                mark = "ok " if check.ok else "BAD"
                sys.stdout.write(f"{mark}  {check.name}: {check.found}\n")
                if check.todo:
                    sys.stdout.write(f"     → {check.todo}\n")
    if all(check.ok for check in checks if check.name in {"server", "key"}):
        with suppress(LedgerError), wiring.open_ledger(config, path) as ledger:
            record_server_status(config, ledger, reachable(), SystemClock().now())
    if setting.output == "json":
        print_json(
            {"format_version": FORMAT_VERSION, "checks": [asdict(check) for check in checks]}
        )
    return OK if all(check.ok for check in checks) else SOMETHING_FAILED


def _file(setting: Setting) -> Iterator[Check]:
    """A word about the file, where ``run`` would not see all that becomes of it."""
    if is_mount_point(setting.config_path):
        found = (
            f"{setting.config_path} is mounted by itself: run cannot see a new file in its place"
        )
        yield Check("file", ok=True, found=found, todo="mount the folder that it is in")
