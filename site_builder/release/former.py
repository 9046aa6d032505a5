"""Styles and scripts that a site has no more, for the pages out there that still ask for them.

A page that a browser, a CDN or WeChat holds since before a switch names the parts of the theme as it then was
(`assets/site.<hash>.css`), and a release holds only those that its own pages name. So a switch copies what it
leaves behind to

    OUTPUT/former/assets/    one folder for the network: a part's name stands for its bytes

where web servers look for a part that a site does not have (`site_builder.hosting`). It stays for LASTS after
the last site left it. A target gets the same by other means: see `deploy.layouts`.

Parts of search indexes do not stay. They hold titles and leads, which must go with a withdrawal; a search
that misses one reads its manifest anew.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from site_builder.assets import PART
from site_builder.release.manifest import files_in

FORMER = "former"
ASSETS = "assets"
LASTS = timedelta(days=30)

is_part = re.compile(PART).match
"""Whether a path, from the site's root, is that of a part of its theme that is named after its content."""

logger = logging.getLogger(__name__)


def keep(output: Path, left: Path, following: Path) -> None:
    """Keep the parts that the release in the folder `left` has and the one in `following` has not.

    A failure costs somebody's old page its looks, and no site: it is logged.
    """
    try:
        old, new = left / ASSETS, following / ASSETS
        styled = new.is_dir()
        if not old.is_dir() or (styled and old.samefile(new)):
            return
        there = {path for path, _ in files_in(new)} if styled else set()
        for path, _ in files_in(old):
            if path not in there and is_part(f"{ASSETS}/{path}"):
                _keep(old / path, output / FORMER / ASSETS / path)
    except OSError as error:
        logger.warning("Former styles and scripts could not be kept: %s", error)


def _keep(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        os.utime(target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{secrets.token_hex(8)}")
    try:
        shutil.copyfile(source, beside)  # not linked: its age is its own
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def sweep(output: Path) -> None:
    """Remove the parts that no site has had for LASTS."""
    long_ago = time.time() - LASTS.total_seconds()
    folder = output / FORMER / ASSETS
    for path, stat in list(files_in(folder)) if folder.is_dir() else ():
        if stat.st_mtime < long_ago:
            (folder / path).unlink(missing_ok=True)
            with suppress(OSError):  # others are in it
                (folder / path).parent.rmdir()
