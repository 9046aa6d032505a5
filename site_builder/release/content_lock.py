"""Who may touch CONTENT: who writes it is alone, who reads it is with others.

It has two locks, that of the network that reads and writes it (in DATA) and that of the folder itself, since
two networks may share one; nothing is made in it for that. A network file system knows no locks of folders
between machines: there the one of DATA holds, where DATA is shared. That one is always asked for first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from site_builder import locks
from site_builder.release.report import Places


@contextmanager
def alone(places: Places, timeout: float | None = None) -> Iterator[None]:
    """Hold CONTENT alone; waits for whoever has it, or for `timeout` seconds. Raises LockTimeout."""
    with (
        locks.exclusive(places.content_lock, timeout),
        locks.folder_exclusive(places.content, timeout),
    ):
        yield


@contextmanager
def shared(places: Places, timeout: float | None = None) -> Iterator[None]:
    """Hold CONTENT together with others who read it, once nobody writes it; otherwise as `alone`."""
    with (
        locks.shared(places.content_lock, timeout),
        locks.folder_shared(places.content, timeout),
    ):
        yield
