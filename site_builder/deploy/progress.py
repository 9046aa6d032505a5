"""What a person sees of `unionpress deploy` while it works: a bar on a terminal, lines in a log."""

from __future__ import annotations

import sys
import threading
import time

from rich.progress import DownloadColumn, Progress, TaskID, TransferSpeedColumn

from site_builder.cli import Showing, counted, say
from site_builder.deploy.addresses import place_name
from site_builder.deploy.site import Outcome
from site_builder.progress import on_terminal

EVERY = 10.0
"""Seconds after which a log hears again of a site that takes long."""


class DeployProgress(Showing):
    """Told of bytes that arrive and of sites that are done, by several threads. Quiet if `silent`."""

    _bar: Progress | None = None

    def __init__(self, *, dry_run: bool, silent: bool = False) -> None:
        self._dry_run = dry_run
        self._silent = silent
        self._lock = threading.Lock()
        self._told: dict[tuple[str, str], float] = {}
        self._tasks: dict[tuple[str, str], TaskID] = {}
        if not silent and sys.stderr.isatty():
            self._bar = on_terminal(DownloadColumn(), TransferSpeedColumn())

    def arrived(self, union: str, target: str, size: int, total: int) -> None:
        """So many of so many bytes of a site are there."""
        if self._silent:
            return
        key, line = (union, target), f"{union} -> {place_name(target)}"
        with self._lock:
            if self._bar:
                if key not in self._tasks:
                    self._tasks[key] = self._bar.add_task(line, total=total)
                self._bar.update(self._tasks[key], completed=size)
            elif time.monotonic() - self._told.setdefault(key, time.monotonic()) > EVERY:
                self._told[key] = time.monotonic()
                say(f"{line}: {size / 1_000_000:.1f} of {total / 1_000_000:.1f} MB")

    def site_done(self, outcome: Outcome, done: int, total: int) -> None:
        if self._silent:
            return
        with self._lock:
            if self._bar:
                task = self._tasks.pop((outcome.union, outcome.target), None)
                if task is not None:
                    self._bar.remove_task(task)
                self._bar.console.print(_line(outcome, done, total, dry_run=self._dry_run), highlight=False)
            else:
                say(_line(outcome, done, total, dry_run=self._dry_run))


def _line(outcome: Outcome, done: int, total: int, *, dry_run: bool) -> str:
    would = "would send " if dry_run else ""
    files = counted(len(outcome.sent), "file")
    what = f"{would}{files}, {outcome.bytes / 1000:.0f} kB, {len(outcome.gone)} deleted"
    if outcome.cuts:
        what += f" after {counted(outcome.cuts, 'cut connection')}"
    state = "failed" if outcome.failed else what if outcome.sent or outcome.gone else "nothing to do"
    return (
        f"[{done}/{total}] {outcome.union} -> {place_name(outcome.target)}: {state}, {outcome.seconds:.1f} s"
    )
