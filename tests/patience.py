"""How long tests wait for what must come: long enough for a busy machine; they go on when it is there."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 120.0


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Return as soon as the condition holds; fail with `what` if it never does."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)
