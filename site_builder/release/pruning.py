"""What old releases leave behind: by number and by age they go, then what only they shared."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Collection

from site_builder import locks
from site_builder.release import former, switch
from site_builder.release import manifest as manifests
from site_builder.release.report import Places
from site_builder.release.state import Records
from site_builder.release.store import Store
from site_builder.search import RECORDS, UPPER

KEEP, TURNS, MOST = 5, 6, 12
"""Releases kept beside the live one and the one a rollback holds. More are let gather, up to MOST: to remove
them costs as much as to build, so that of TURNS builds one does it, at each site another."""
KEEP_SECONDS = 90 * 86_400
"""Older releases go even if they are among those; the live one, its forerunner and a held one stay."""

TIDY_SECONDS = 600
"""Between two looks at what all sites share: it takes as long as building some of them."""

logger = logging.getLogger(__name__)


def prune(places: Places, union: str, *, now: float | None = None) -> bool:
    """Remove old releases, by number and by age; returns whether any went. Call it under the site's lock.

    A failure costs disk, not the site. Shared files and folders go with `tidy_store`.
    """
    hold = Records(places.data).hold(union)
    live = switch.live(places.output, union)
    turn = live is not None and int(live[:8], 16) % TURNS == 0  # a release's id is a hash
    try:
        return bool(
            switch.prune(
                places.output,
                union,
                keep=KEEP,
                slack=0 if turn else MOST - KEEP,
                since=(time.time() if now is None else now) - KEEP_SECONDS,
                also={hold.release} if hold else (),
            )
        )
    except (OSError, ValueError) as error:
        logger.warning("Old releases of %s could not be removed: %s", union, error)
        return False


def tidy_store(places: Places, *, every: float = 0) -> None:
    """Remove the shared files and folders that no release of any union needs, unless somebody builds now.

    `every`: not before so many seconds have gone since it was last done.
    """
    done = places.data / "cache" / "tidied"
    if every and done.exists() and done.stat().st_mtime > time.time() - every:
        return
    store = Store(places.output / "store")
    try:
        with locks.exclusive(places.store_lock, timeout=0):
            wanted = manifests.trees_in_use(places.output)
            store.sweep_trees(wanted)
            store.sweep()
            _sweep_parts(places, wanted)
            former.sweep(places.output)
        done.parent.mkdir(parents=True, exist_ok=True)
        done.touch()
    except locks.LockTimeout:
        return
    except (OSError, ValueError) as error:
        logger.warning("The store could not be tidied: %s", error)


def _sweep_parts(places: Places, wanted: Collection[str]) -> None:
    """Forget parts of search indexes that no release has, and the records of unions that have no release."""
    parts = places.search_parts
    for file in list(parts.iterdir()) if parts.is_dir() else ():
        if file.is_file() and file.name not in wanted:
            file.unlink()
    kept = parts / RECORDS
    for folder in list(kept.iterdir()) if kept.is_dir() else ():
        union = folder.name.removeprefix(UPPER)
        if not union or not (places.output / "manifests" / union).is_dir():
            shutil.rmtree(folder)
