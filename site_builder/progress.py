"""The bar that a build shows on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


class Bar:
    """Refreshed by hand: a thread must not meet a fork."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("[progress.description]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("sites", total=None, pace="")

    def start(self) -> None:
        self._bar.start()

    def stop(self) -> None:
        self._bar.stop()

    def show(self, text: str, pace: str, done: int, total: int) -> None:
        self._bar.update(self._task, total=total, completed=done, description=text, pace=pace, refresh=True)
