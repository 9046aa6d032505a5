"""Whether a worker of this machine still lives: it holds a lock of the operating system as long as it does.

A heartbeat in the database tells of workers anywhere, but only after a while, and a long export may keep it
waiting. The lock ends with the process, however it ends, and never sooner: so what a killed worker held is
free within seconds, and a slow one loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from site_builder import locks


def _file(data: Path, worker: str) -> Path:
    return data / "locks" / "workers" / f"{worker}.lock"


@contextmanager
def present(data: Path, worker: str) -> Iterator[None]:
    """Be seen as alive by other workers of this machine. `worker` is unique to the process."""
    file = _file(data, worker)
    try:
        with locks.exclusive(file, timeout=0):
            yield
    finally:
        file.unlink(missing_ok=True)


def gone(data: Path, worker: str) -> bool | None:
    """Whether a worker has ended; None for one that this machine knows nothing of."""
    file = _file(data, worker)
    if not file.exists():
        return None
    try:
        with locks.exclusive(file, timeout=0):
            with suppress(OSError):
                file.unlink(missing_ok=True)
            return True
    except locks.LockTimeout:
        return False
