"""Several long-running commands as one: started together, stopped together."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from types import FrameType

STOP_SECONDS = 10
"""How long a process may take to finish what it is doing after it was asked to stop."""


def run_together(commands: Mapping[str, Sequence[str]]) -> int:
    """Run the commands until one ends or somebody presses Ctrl-C, then stop the others.

    Returns 0 after Ctrl-C or SIGTERM, 1 if a command ended of its own accord (it is named on standard
    error). No command outlives this call.
    """
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    # A session of their own: Ctrl-C reaches this process alone, which then ends the others in order.
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            running[name] = subprocess.Popen(command, start_new_session=True)
        while not stopping:
            for name, process in running.items():
                if process.poll() is not None:
                    print(f"{name} ended with status {process.returncode}; stopping", file=sys.stderr)
                    return 1
            time.sleep(0.2)
        return 0
    finally:
        _end(running.values())
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    living = [process for process in processes if process.poll() is None]
    for process in living:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in living:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
