"""``python -m reconciler`` is ``listsync``."""

import signal


def main() -> None:
    """The ``listsync`` command. Ctrl-C ends it silently while its modules are being imported."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not ignored, as by nohup
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from reconciler.cli import main as run_main  # noqa: PLC0415 - while SIGINT is silent

    run_main()


if __name__ == "__main__":
    main()
