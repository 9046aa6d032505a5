"""What a run leaves out for want of a program, named in its last lines, however many processes run it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

_KEY = pytest.StashKey[dict[str, list[str]]]()
"""By reason the ids of the tests."""
_SENT = "left out"


def leave_out(
    config: pytest.Config, items: list[pytest.Item], unwanted: Sequence[pytest.Item], why: str
) -> None:
    """Take `unwanted` out of the `items` of a run. `why` ends in what has to be there to run them."""
    if not unwanted:
        return
    config.stash.setdefault(_KEY, {}).setdefault(why, []).extend(item.nodeid for item in unwanted)
    config.hook.pytest_deselected(items=unwanted)
    gone = set(unwanted)
    items[:] = [item for item in items if item not in gone]


class LeftOut:
    """Tells at the end. A process of pytest-xdist hands what it left out to the one that reports."""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        sent: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if sent is not None:
            sent[_SENT] = session.config.stash.get(_KEY, {})

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        found = node.config.stash.setdefault(_KEY, {})
        for why, names in getattr(node, "workeroutput", {}).get(_SENT, {}).items():
            found[why] = names  # each process collects all tests

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        left_out = config.stash.get(_KEY, {})
        if left_out:
            terminalreporter.section("tests that were not run", yellow=True)
        for why, names in sorted(left_out.items()):
            terminalreporter.write_line(f"{why}. Not run:")
            for name in sorted(names):
                terminalreporter.write_line(f"  {name}")
