"""Who may touch a site: who builds it, switches it or rolls it back is alone, who compares it is with others.

Each site has two locks, one where its notes lie (DATA) and one where it is served from (OUTPUT): nothing but
a command line says which of these folders belong to each other. The one of DATA is always asked for first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from site_builder import locks
from site_builder.release.report import Places


def files(places: Places, union: str) -> tuple[Path, Path]:
    """The locks of a site, in the order in which they are asked for."""
    name = Path("locks", "sites", f"{union}.lock")
    return places.data / name, places.output / name


@contextmanager
def alone(places: Places, union: str) -> Iterator[None]:
    """Hold a site alone; waits for whoever has it."""
    in_data, in_output = files(places, union)
    with locks.exclusive(in_data), locks.exclusive(in_output):
        yield


@contextmanager
def shared(places: Places, union: str) -> Iterator[None]:
    """Hold a site together with others who look at it; waits until nobody changes it.

    Who may write nowhere passes over a lock that is not there: nobody has built with it yet.
    """
    with ExitStack() as stack:
        for file in files(places, union):
            try:
                stack.enter_context(locks.shared(file))
            except OSError:
                if file.exists():
                    raise
        yield
