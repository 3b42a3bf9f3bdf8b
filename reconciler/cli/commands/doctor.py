"""``doctor``."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial

from reconciler.cli.options import LEDGER, PLAIN_OUTPUT, VERBOSE, Settings, command_with
from reconciler.errors import LedgerError


@command_with(LEDGER, PLAIN_OUTPUT, VERBOSE)
def doctor(settings: Settings) -> int:
    """Check everything a run needs, and suggest fixes for problems."""
    from reconciler import wiring
    from reconciler.cli.doctor import Check, check_lines, run_checks
    from reconciler.cli.output import print_json, with_version
    from reconciler.controller.results import reachable
    from reconciler.controller.statuses import record_server_status
    from reconciler.controller.watch import is_mount_point
    from reconciler.render.layout import look_of, text_of
    from reconciler.sync.clock import SystemClock

    config = settings.read_config()
    path = settings.ledger_path(config)
    checks: list[Check] = []

    def report(check: Check) -> None:
        checks.append(check)
        if settings.output != "json":
            sys.stdout.write(text_of(check_lines(check), look_of(sys.stdout, settings.color)))

    if is_mount_point(settings.config_path):
        place = f"{settings.config_path} is mounted as a single file"
        finding = f"{place}, so a running listsync misses changes to it"
        report(
            Check("file", ok=True, finding=finding, todo="mount the folder that contains the file")
        )
    with (
        wiring.open_server(config) as server,
        wiring.open_browser(config) as browser,
        wiring.open_sources(config, settings.config_path, path) as sources,
    ):
        for check in run_checks(
            config,
            server,
            partial(wiring.open_ledger, config, path),
            browser,
            sources,
            sandbox_obstacle=wiring.sandbox_obstacle,
            notifier=wiring.notifier(),
            sign_in=wiring.sign_in(config, path),
        ):
            report(check)
    if all(check.ok for check in checks if check.name in {"server", "key"}):
        with suppress(LedgerError), wiring.open_ledger(config, path) as ledger:
            record_server_status(config, ledger, reachable(), SystemClock().now())
    if settings.output == "json":
        rows = [
            {"name": check.name, "ok": check.ok, "found": check.finding, "todo": check.todo}
            for check in checks
        ]
        print_json(with_version(checks=rows))
    return 0 if all(check.ok for check in checks) else 1
