"""``fetch``."""

from __future__ import annotations

import sys

from reconciler.cli.options import (
    DEBUG_DIR,
    OUTPUT,
    VERBOSE,
    ListName,
    Settings,
    command_with,
)


@command_with(OUTPUT, VERBOSE, DEBUG_DIR)
def fetch(settings: Settings, name: ListName) -> int:
    """Fetch one list and print its items, without the media server."""
    from reconciler import wiring
    from reconciler.cli.output import print_lines
    from reconciler.cli.selection import find_list
    from reconciler.core.desired import need_of
    from reconciler.core.model import READ
    from reconciler.render.markdown import fetch_markdown
    from reconciler.render.rows import fetch_document
    from reconciler.render.text import fetch_lines
    from reconciler.sync.execute import OK, SOMETHING_FAILED

    config = settings.read_config()
    lst = find_list(config, name)
    path = settings.ledger_path(config)
    with (
        wiring.open_routes(config, path) as routes,
        wiring.open_sources(
            config, settings.config_path, path, routes, settings.debug_dir
        ) as sources,
    ):
        snapshot = sources.fetch(lst.source, need_of(lst.rules))
    document = fetch_document(lst.name, str(lst.source), snapshot)
    if settings.output == "markdown":
        sys.stdout.write(fetch_markdown(document))
    else:
        print_lines(settings, document, fetch_lines)
    return OK if snapshot.outcome in READ else SOMETHING_FAILED
