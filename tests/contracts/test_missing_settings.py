"""Whoever forgets a setting of production reads which it is, with an example, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_command_says_which_setting_is_missing(tmp_path: Path) -> None:
    given = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "-m", "site_builder", "export", "--data", str(tmp_path)],
        env={**given, "DJANGO_SETTINGS_MODULE": "cms.settings.production"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "SECRET_KEY is not set" in done.stderr
    assert "for example" in done.stderr
    assert "Traceback" not in done.stderr
