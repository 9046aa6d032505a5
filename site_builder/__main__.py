"""`python -m site_builder` is the `unionpress` command, and so is the script that is installed.

Apart from `cli`, because to load that takes a while, in which somebody may press Ctrl-C.
"""

import gc
import sys

STOPPED = 130
"""Exit status of a command that Ctrl-C stopped, as shells have it: 128 and the number of the signal."""


def main() -> None:
    """Run the command; Ctrl-C ends it without a traceback, at whatever moment it comes."""
    try:
        gc.disable()  # what is loaded stays: to look for garbage in it takes a tenth of the time
        from site_builder import cli  # noqa: PLC0415 - see above

        gc.enable()
        cli.main(prog_name="unionpress")
    except KeyboardInterrupt:
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
