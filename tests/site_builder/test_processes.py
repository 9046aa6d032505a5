"""The processes that build many sites."""

from __future__ import annotations

import multiprocessing
import signal
import time
from contextlib import suppress
from multiprocessing.synchronize import Event
from types import FrameType

import pytest

from site_builder import processes
from tests import patience


def _hears_no_exit(begun: Event) -> None:
    def lost(number: int, frame: FrameType | None) -> None:
        with suppress(SystemExit):
            processes._leave(number, frame)

    signal.signal(signal.SIGTERM, lost)
    begun.set()
    while True:
        time.sleep(0.1)


def test_a_worker_whose_exit_gets_lost_leaves_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the pool loses one that comes while it sends a result back: who stopped a build waited for ever."""
    monkeypatch.setattr(processes, "LEAVE_SECONDS", 1)
    context = multiprocessing.get_context("fork")
    begun = context.Event()
    worker = context.Process(target=_hears_no_exit, args=(begun,), daemon=True)
    worker.start()
    try:
        assert begun.wait(patience.SECONDS)
        worker.terminate()
        worker.join(patience.SECONDS)
        assert worker.exitcode == -signal.SIGALRM
    finally:
        worker.kill()
        worker.join()
