"""Looking for garbage seldom, and not at all at the end."""

from __future__ import annotations

import gc
import subprocess
import sys

from site_builder import collecting


def test_seldom_and_as_before_afterwards() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    collecting.stays()
    assert gc.get_freeze_count() == frozen, "outside nothing is known to stay"
    with collecting.seldom():
        assert gc.get_threshold()[0] > before[0]
        start = gc.get_freeze_count()
        made = [[number] for number in range(1000)]
        collecting.stays()
        assert gc.get_freeze_count() >= start + len(made)
        with collecting.seldom():
            pass
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_what_is_left_at_the_end_is_not_looked_through() -> None:
    code = (
        "import atexit, gc\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 1000))\n"  # the first is called last
        "from site_builder import collecting\n"
        "with collecting.seldom():\n"
        "    pass\n"
        "print(gc.get_freeze_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True"], done.stderr
