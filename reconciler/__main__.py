"""``python -m reconciler`` is ``listsync``."""

from reconciler.cli import main

main()
