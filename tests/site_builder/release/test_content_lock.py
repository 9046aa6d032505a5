"""CONTENT belongs to whoever writes it, whatever DATA they have."""

from __future__ import annotations

import errno
import fcntl
import tempfile
from pathlib import Path

import pytest

from site_builder.locks import LockTimeout
from site_builder.release import content_lock
from site_builder.release.report import Places
from tests.site_builder.test_locks import unable_to_write


@pytest.fixture
def content(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    content.mkdir()
    return content


def network(content: Path, data: str) -> Places:
    folder = content.parent / data
    return Places(content, folder, folder / "output", content)


@pytest.mark.parametrize("data", ["one", "other"])
def test_two_networks_share_one_content_folder_and_never_meet_in_it(content: Path, data: str) -> None:
    one, other = network(content, "one"), network(content, data)
    with content_lock.alone(one):
        with pytest.raises(LockTimeout), content_lock.shared(other, timeout=0):
            pass
        with pytest.raises(LockTimeout), content_lock.alone(other, timeout=0):
            pass
    with content_lock.shared(one), content_lock.shared(other, timeout=0):
        pass
    with (
        content_lock.shared(one),
        pytest.raises(LockTimeout, match="content"),
        content_lock.alone(other, timeout=0),
    ):
        pass
    with content_lock.alone(other, timeout=0):
        pass
    assert not [*content.iterdir()]


def test_who_may_only_read_content_waits_for_who_writes_it() -> None:
    with tempfile.TemporaryDirectory() as name:
        content = Path(name, "content")
        content.mkdir()
        Path(name).chmod(0o755)
        with content_lock.shared(network(content, "data")):
            pass
        Path(name, "data", "locks").chmod(0o755)
        with unable_to_write(Path(name)), content_lock.shared(network(content, "data"), timeout=0):
            pass
        with (
            content_lock.alone(network(content, "other")),
            unable_to_write(Path(name)),
            pytest.raises(LockTimeout),
            content_lock.shared(network(content, "data"), timeout=0),
        ):
            pass


def test_a_folder_that_is_not_there_or_cannot_be_locked_stops_nobody(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = network(content, "one")
    with content_lock.shared(network(content / "none", "one"), timeout=0):
        pass
    assert not (content / "none").exists()
    flock = fcntl.flock

    def unknown(handle: int, how: int) -> None:
        if Path(f"/dev/fd/{handle}").resolve() == content:
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", unknown)
    with (
        content_lock.alone(places, timeout=0),
        pytest.raises(LockTimeout),
        content_lock.shared(places, timeout=0),
    ):
        pass
