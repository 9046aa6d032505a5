from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from site_builder.locks import LockTimeout, exclusive, shared
from tests import patience

HOLDER = """
import sys
from pathlib import Path
from site_builder import locks
with getattr(locks, sys.argv[1])(Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another_process(mode: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, mode, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def test_readers_share_and_a_writer_waits(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "content.lock"
    with held_by_another_process("shared", path):
        with shared(path, timeout=0):
            pass
        with pytest.raises(LockTimeout, match=r"content\.lock"), exclusive(path, timeout=0.1):
            pass


def test_a_writer_is_alone(tmp_path: Path) -> None:
    path = tmp_path / "content.lock"
    with held_by_another_process("exclusive", path):
        with pytest.raises(LockTimeout), shared(path, timeout=0):
            pass
        with pytest.raises(LockTimeout), exclusive(path, timeout=0):
            pass
    with exclusive(path, timeout=patience.SECONDS):
        pass


def test_a_lock_ends_with_its_process_however_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "content.lock"
    with held_by_another_process("exclusive", path) as process:
        process.kill()
        process.wait()
        with exclusive(path, timeout=patience.SECONDS):
            pass


def test_waiting_ends_when_the_lock_is_free(tmp_path: Path) -> None:
    path = tmp_path / "content.lock"
    order: list[str] = []

    def write() -> None:
        with exclusive(path):
            order.append("written")

    with shared(path):
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.1)
        order.append("read")
    writer.join(patience.SECONDS)
    assert order == ["read", "written"]


@contextmanager
def unable_to_write(folder: Path) -> Iterator[None]:
    """As somebody who may read `folder` and write nothing; the superuser becomes one for a while."""
    for path in (*folder.iterdir(), folder):
        path.chmod(path.stat().st_mode & 0o555 | 0o444)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o755)


def test_who_only_looks_needs_no_right_to_write() -> None:
    with tempfile.TemporaryDirectory() as name:  # of pytest's own folders nobody else may see anything
        path = Path(name) / "content.lock"
        with exclusive(path):
            pass
        Path(name).chmod(0o755)
        with unable_to_write(Path(name)):
            with shared(path):
                pass
            with pytest.raises(PermissionError), exclusive(path):
                pass
            with pytest.raises(PermissionError), shared(Path(name) / "other.lock"):
                pass


def test_an_error_inside_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "content.lock"
    with pytest.raises(RuntimeError), exclusive(path):
        raise RuntimeError
    with exclusive(path, timeout=0):
        pass
