"""Processes that run together end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cms.supervisor import run_together
from tests import patience

WAIT = "import sys, time, os, pathlib; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(99)"


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pid_in(path: Path) -> int:
    patience.wait_for(lambda: path.exists() and path.read_text() != "", f"{path} is written")
    return int(path.read_text())


def test_one_that_ends_takes_the_others_with_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    stays = tmp_path / "stays"
    ends = textwrap.dedent(
        f"""
        import pathlib, time
        while not pathlib.Path({str(stays)!r}).exists(): time.sleep(0.02)
        time.sleep(0.1); raise SystemExit(3)
        """
    )
    status = run_together(
        {"stays": [sys.executable, "-c", WAIT, str(stays)], "ends": [sys.executable, "-c", ends]}
    )
    assert status == 1
    assert "ends ended with status 3" in capfd.readouterr().err
    assert not alive(pid_in(stays))


def test_ctrl_c_stops_all_and_is_no_failure(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    program = textwrap.dedent(
        f"""
        import sys
        from cms.supervisor import run_together
        wait = {WAIT!r}
        sys.exit(run_together({{
            "first": [sys.executable, "-c", wait, {str(first)!r}],
            "second": [sys.executable, "-c", wait, {str(second)!r}],
        }}))
        """
    )
    group = subprocess.Popen([sys.executable, "-c", program])
    pids = [pid_in(first), pid_in(second)]
    group.send_signal(signal.SIGINT)
    assert group.wait(timeout=patience.SECONDS) == 0
    assert not any(map(alive, pids))


def test_a_command_that_cannot_start_leaves_none_behind(tmp_path: Path) -> None:
    first = tmp_path / "first"
    with pytest.raises(FileNotFoundError):
        run_together(
            {"first": [sys.executable, "-c", WAIT, str(first)], "second": [str(tmp_path / "absent")]}
        )
    assert not first.exists() or not alive(pid_in(first))
