"""Who writes what others read holds it alone; who reads it holds it together with other readers.

So with CONTENT (`release.content_lock`), the store and each site (`release.site_locks`). The locks are those
of the operating system (`fcntl.flock`) on a file under DATA or OUTPUT, or on a folder itself: they hold
between processes, not between machines, and end with the process that holds them, however it ends. They are
fair to nobody: a writer waits until no reader is left.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
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
    with _held(path, fcntl.LOCK_SH, timeout, _opened):
        yield


@contextmanager
def exclusive(path: Path, timeout: float | None = None) -> Iterator[None]:
    """Hold the lock `path` alone. Otherwise as `shared`."""
    with _held(path, fcntl.LOCK_EX, timeout, _opened):
        yield


@contextmanager
def folder_shared(path: Path, timeout: float | None = None) -> Iterator[None]:
    """As `shared`, of a folder itself, in which nothing is made.

    Where it cannot be locked nothing is held: it is not there or may not be listed, as whoever reads it
    finds, or its file system knows no such locks.
    """
    with _held(path, fcntl.LOCK_SH, timeout, _opened_folder):
        yield


@contextmanager
def folder_exclusive(path: Path, timeout: float | None = None) -> Iterator[None]:
    """Hold a folder alone. Otherwise as `folder_shared`."""
    with _held(path, fcntl.LOCK_EX, timeout, _opened_folder):
        yield


@contextmanager
def _held(
    path: Path, mode: int, timeout: float | None, opened: Callable[[Path, int], int | None]
) -> Iterator[None]:
    # The file stays when the lock ends: removing it would let two processes lock two files of one name.
    handle = opened(path, mode)
    if handle is None:
        yield
        return
    try:
        _acquire(handle, mode, timeout, path)
        yield
    finally:
        os.close(handle)


def _opened_folder(path: Path, mode: int) -> int | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        pass  # it knows locks, and somebody has it
    except OSError:
        os.close(handle)
        return None
    return handle


def _opened(path: Path, mode: int) -> int:
    how = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        try:
            return os.open(path, how, 0o644)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, how, 0o644)
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
