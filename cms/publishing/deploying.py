"""What is live goes to its targets: the worker starts `unionpress deploy --due` beside itself.

A process of its own, because a slow line must not hold up the next publication, and because builds fork,
which suits no connections and threads. It says on standard error what it did; `unionpress status` tells more.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from site_builder.deploy import due, read_targets
from site_builder.errors import UsageError
from site_builder.release.report import Places

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=30)
"""At least this often, targets that failed or were added are looked for; a switched site is seen at once."""


class Deployer:
    """Deploys when something is behind, one process at a time. Call `look` often: mostly it is one stat."""

    def __init__(self, places: Places, file: Path) -> None:
        self._places = places
        self._file = file
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = 0
        self._look_at: datetime | None = None

    def look(self, now: datetime) -> None:
        """Start deploying if a target is behind and nothing is under way."""
        if self._process is not None:
            if self._process.poll() is None:
                return
            if self._process.returncode:
                log.warning("not every site was deployed; it is tried again: unionpress status says more")
            self._process = None
        switched = self._switched()
        soon = self._look_at is not None and now < self._look_at <= now + LOOK_AGAIN
        if switched == self._seen and soon:
            return
        self._seen, self._look_at = switched, now + LOOK_AGAIN
        if self._behind(now):
            self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL)

    def finish(self) -> None:
        """Wait until what is under way is done."""
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """End what is under way; the next deployment goes on where it stopped."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _switched(self) -> int:
        """When a site was last switched: each switch renames a link in this folder."""
        try:
            return (self._places.output / "sites").stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _behind(self, now: datetime) -> bool:
        try:
            targets = read_targets(self._file)
        except UsageError as error:
            log.warning("nothing is deployed: %s", error)
            return False
        if not targets:
            return False
        unions = sorted(file.stem for file in (self._places.content / "unions").glob("*.md"))
        return bool(due(self._places, unions, targets, now))

    def _command(self) -> list[str]:
        here = self._places
        folders = {"content": here.content, "data": here.data, "output": here.output, "themes": here.themes}
        command = [sys.executable, "-m", "site_builder", "deploy", "--due", "--targets", str(self._file)]
        return [*command, *(part for name, path in folders.items() for part in (f"--{name}", str(path)))]
