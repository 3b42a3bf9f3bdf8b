"""The command line. Results go to stdout, everything else to stderr.

A command is a file in ``commands/`` and a name in ``program.COMMANDS``; what commands share is in
``options``. What a command needs is imported when it runs, so that ``--help`` is quick.
"""

from reconciler.cli.process import USAGE, main, run
from reconciler.cli.program import app

__all__ = ["USAGE", "app", "main", "run"]
