"""The command line. The work is done behind ``commands``.

Results go to stdout, everything else to stderr. What a command needs is imported when it runs, so
that ``--help`` is quick. A new command is a function in the module of its kind and a line in
``program.COMMANDS``; an option that commands share stands in ``options``.
"""

from reconciler.cli.process import USAGE, main, run
from reconciler.cli.program import app

__all__ = ["USAGE", "app", "main", "run"]
