"""The bars that long commands show on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn


def on_terminal(*columns: ProgressColumn, **options: Any) -> Progress:
    """Gone when it has ended. `columns`: what stands after the words and the bar of each task."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *columns,
        console=Console(stderr=True),
        transient=True,
        **options,
    )


class Bar:
    """So many of so many. Refreshed by hand: a thread must not meet a fork."""

    def __init__(self, text: str) -> None:
        self._bar = on_terminal(MofNCompleteColumn(), TextColumn("{task.fields[pace]}"), auto_refresh=False)
        self._task = self._bar.add_task(text, total=None, pace="")

    def start(self) -> None:
        self._bar.start()

    def stop(self) -> None:
        self._bar.stop()

    def show(self, text: str, done: int, total: int, pace: str = "") -> None:
        self._bar.update(self._task, total=total, completed=done, description=text, pace=pace, refresh=True)
