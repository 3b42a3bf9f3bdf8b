"""``status``."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from reconciler.cli.options import LEDGER, PLAIN_OUTPUT, Settings, command_with, complete_list
from reconciler.errors import ConfigError

AnyList = Annotated[
    str | None,
    typer.Argument(metavar="LIST", help="Name of a list.", autocompletion=complete_list),
]


@command_with(LEDGER, PLAIN_OUTPUT)
def status(settings: Settings, name: AnyList = None) -> int:
    """Show the status of each list, or of every title of one list."""
    from reconciler.cli.output import print_lines
    from reconciler.cli.selection import check_list_name, find_list
    from reconciler.cli.statuses import read_last_status, read_status
    from reconciler.render.status import status_lines
    from reconciler.sync.clock import SystemClock

    invalid = None
    try:
        config = settings.read_config()
    except ConfigError as error:  # the lists are shown all the same; this is the exit code
        invalid, document = error, read_last_status(settings, error)
    else:
        if name:
            find_list(config, name)
        document = read_status(settings, config)
    if name is not None:
        check_list_name([lst["name"] for lst in document["lists"]], name)
        lists = [lst for lst in document["lists"] if lst["name"] == name]
        document = {**document, "lists": lists}
    now = SystemClock().now()
    print_lines(settings, document, partial(status_lines, now=now, in_detail=name is not None))
    if invalid:
        from reconciler.cli.faults import print_config_error

        invalid.color = settings.color
        print_config_error(invalid)
        return invalid.exit_code
    return 0
