from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = """
from tests.leaving_out import LeftOut, leave_out

def pytest_configure(config):
    config.pluginmanager.register(LeftOut(), "left-out")

def pytest_collection_modifyitems(config, items):
    leave_out(config, items, [item for item in items if "big" in item.name], "Not installed: a big machine")
"""


@pytest.mark.parametrize("processes", ["0", "2"])
def test_what_was_left_out_is_named_at_the_end(tmp_path: Path, processes: str) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text("def test_small(): pass\ndef test_big(): raise AssertionError\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:django", "-c", "/dev/null",
         "-n", processes, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "Not installed: a big machine. Not run:" in done.stdout
    assert "test_it.py::test_big" in done.stdout
    assert "1 passed" in done.stdout.splitlines()[-1]
