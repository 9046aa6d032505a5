"""Who writes CONTENT holds it alone, who reads it holds it together with other readers.

The locks are those of the operating system (`fcntl.flock`) on a file under DATA: they hold between
processes, not between machines, and end with the process that holds them, however it ends. They are
fair to nobody: a writer waits until no reader is left.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from site_builder.errors import BuildError

_PAUSE = 0.05


class LockTimeout(BuildError):
    """Somebody else still held the lock when the time was over."""


@contextmanager
def shared(path: Path, timeout: float | None = None) -> Iterator[None]:
    """Hold the lock `path` together with others who share it.

    Waits without end, or for `timeout` seconds (0: not at all). Raises LockTimeout. A process that holds a
    lock must not ask for it again: the file is opened anew, and it would wait for itself.
    """
    with _held(path, fcntl.LOCK_SH, timeout):
        yield


@contextmanager
def exclusive(path: Path, timeout: float | None = None) -> Iterator[None]:
    """Hold the lock `path` alone. Otherwise as `shared`."""
    with _held(path, fcntl.LOCK_EX, timeout):
        yield


@contextmanager
def _held(path: Path, mode: int, timeout: float | None) -> Iterator[None]:
    # The file stays when the lock ends: removing it would let two processes lock two files of one name.
    handle = _opened(path, mode)
    try:
        _acquire(handle, mode, timeout, path)
        yield
    finally:
        os.close(handle)


def _opened(path: Path, mode: int) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        # Who only looks needs no right to write: monitoring, or a person before a disk that went read-only.
        if mode != fcntl.LOCK_SH or error.errno not in (errno.EROFS, errno.EACCES) or not path.exists():
            raise
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _acquire(handle: int, mode: int, timeout: float | None, path: Path) -> None:
    if timeout is None:
        fcntl.flock(handle, mode)
        return
    end = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(handle, mode | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            left = end - time.monotonic()
            if left <= 0:
                raise LockTimeout(
                    f"{path.name} is held by another process since at least {timeout:g} s", code="locked"
                ) from error
            time.sleep(min(_PAUSE, left))
