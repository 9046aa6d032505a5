"""`python -m site_builder` is the `unionpress` command, and so is the script that is installed.

Apart from `cli`, because to load that takes a while, in which somebody may press Ctrl-C.
"""

import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STOPPED = 130
"""Exit status of a command that Ctrl-C stopped, as shells have it: 128 and the number of the signal."""


def main() -> None:
    """Run the command; Ctrl-C ends it without a traceback, at whatever moment it comes."""
    try:
        gc.disable()  # what is loaded stays: to look for garbage in it takes a tenth of the time
        with _waiting():
            from site_builder import cli  # noqa: PLC0415 - see above
        gc.enable()
        cli.main(prog_name="unionpress")
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    except SystemExit as ended:
        if "django" not in sys.modules and (ended.code is None or isinstance(ended.code, int)):
            _leave(ended.code or 0)
        raise


@contextmanager
def _waiting() -> Iterator[None]:
    """Ctrl-C waits: a library in C that it meets while it is loaded (orjson) brings the process down."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _leave(status: int) -> None:
    """End at once. Else Python takes all content apart, record by record, before the system takes it back."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # nobody reads it any more
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
