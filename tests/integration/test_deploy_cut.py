"""Deploying that is cut: killed, two at once, a connection that ends, a target that is not there."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from site_builder.deploy import address
from site_builder.deploy.addresses import Targets
from site_builder.deploy.lease import Deployer
from site_builder.deploy.port import Port
from site_builder.deploy.run import deploy
from site_builder.deploy.site import open_port
from site_builder.release import switch
from site_builder.release.state import Records
from tests import patience
from tests.integration.conftest import Sshd, free_port
from tests.integration.places import ALL, FOLDERS, SOME, Place, everywhere
from tests.integration.sending import UNIONS, change, only, send
from tests.site_builder.conftest import Network, tree


def _is_free(lock: Path) -> bool:
    """The kernel lets go of what a killed process held a moment after it is gone."""
    with lock.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


@everywhere(ALL)
def test_a_deployer_killed_at_any_moment_loses_nothing(built: Network, place: Place) -> None:
    place.write("beside.txt", b"mine")
    old = tree(built.live("shandong"))
    send(built, place.url, "shandong")
    change(built)
    new = tree(built.live("shandong"))
    command = [sys.executable, "-m", "site_builder", "deploy", "shandong", "--to", place.url]
    command += ["--content", built.places.content, "--data", built.places.data]
    chance = random.Random(7)
    for _ in range(2):
        process = subprocess.Popen(
            list(map(str, command)),
            start_new_session=True,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.3, 1.6))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        seen = {path: data for path, data in place.served("shandong").items() if ".unionpress-" not in path}
        if place.in_place:
            assert all(data in (old.get(path), new.get(path)) for path, data in seen.items())
        else:
            assert seen in (old, new)
    lock = built.places.data / "locks" / "deploy" / "shandong.lock"
    patience.wait_for(lambda: _is_free(lock), "the lock of a deployer that was killed")
    assert not only(send(built, place.url, "shandong")).failed
    assert place.served("shandong") == new


@everywhere(SOME)
def test_two_deployers(built: Network, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine's lease is respected until its time is over."""
    target = address(place.url, "shandong")
    port, layout = open_port(target)
    with port:
        lease = layout.lease(Deployer("another machine", "build 7"))
        lease.take()
        monkeypatch.setattr("site_builder.deploy.site.PAUSE", 0)
        [outcome] = send(built, place.url, "shandong").sites
        assert [problem.code for problem in outcome.problems] == ["deploy-held"]
        assert "may until" in outcome.problems[0].message
        assert place.served("shandong") == {}

        note = orjson.loads(port.read(f"{layout.notes}/lock.json") or b"")
        note["until"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        port.write(f"{layout.notes}/lock.json", orjson.dumps(note))
        only(send(built, place.url, "shandong"))
        assert place.served("shandong") == tree(built.live("shandong"))
        with pytest.raises(Exception, match="took the target over"):
            lease.check()


def test_whoever_is_given_the_task_of_a_dead_one_goes_on_at_once(built: Network, tmp_path: Path) -> None:
    """A broker gives out a task again when its machine died: nobody waits until that one's time is over."""
    targets = Targets(everywhere=(f"file://{tmp_path}/www/{{union}}",))
    port, layout = open_port(targets.of("shandong")[0])
    with port:
        layout.lease(Deployer("the dead one", "build 7")).take()
        assert deploy(built.places, ["shandong"], targets).has_errors
        assert deploy(built.places, ["shandong"], targets, task="build 8").has_errors
        only(deploy(built.places, ["shandong"], targets, task="build 7"))


@everywhere([kind for kind in FOLDERS if kind.id in ("sftp", "sftp-in-place", "rsync", "rsync-in-place")])
def test_a_connection_cut_again_and_again(
    built: Network, place: Place, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection carries a little more than the one before: deploying goes on where that one stopped."""
    monkeypatch.setattr(Port, "batch_files", 30)
    monkeypatch.setattr("site_builder.deploy.site.PAUSE", 0.01)
    monkeypatch.setattr("site_builder.deploy.site.TRIES", 60)
    with cutting(sshd.port, step=30_000) as proxy:
        known = sshd.folder / f"known_hosts.{proxy.port}"
        known.write_text((sshd.folder / "known_hosts").read_text().replace(str(sshd.port), str(proxy.port)))
        url = place.url.replace(f":{sshd.port}/", f":{proxy.port}/")
        url = url.replace(f"{sshd.folder}/known_hosts", str(known))
        outcome = only(send(built, url, "shandong"))
    assert proxy.cuts > 0
    assert outcome.deployed
    assert place.served("shandong") == tree(built.live("shandong"))


def test_one_target_that_fails_stops_no_other(
    built: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_builder.deploy.site.PAUSE", 0)
    (tmp_path / "known_hosts").write_text("x ssh-ed25519 AAAA\n")
    unreachable = f"sftp://127.0.0.1:{free_port()}/srv/shandong?known_hosts={tmp_path}/known_hosts"
    targets = Targets(
        unions={"shandong": (unreachable, f"file://{tmp_path}/a"), "pingdu": (f"file://{tmp_path}/b",)}
    )
    report = deploy(built.places, UNIONS, targets)
    assert [(site.union, site.deployed) for site in report.sites] == [
        ("shandong", False), ("shandong", True), ("pingdu", True),
    ]  # fmt: skip
    assert "cannot be reached" in report.sites[0].problems[0].message
    notes = Records(built.places.data).deployments("shandong")
    assert [(note.failures, note.release) for note in notes] == [
        (1, None),
        (0, switch.live(built.places.output, "shandong")),
    ]


# --- a network that cuts --------------------------------------------------------------------------


class Cutting:
    """Passes bytes on to a port; ends the n-th connection after n times `step` bytes from its client."""

    def __init__(self, to: int, step: int) -> None:
        self._to, self._step = to, step
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.cuts = 0

    def run(self) -> None:
        allowed = 0
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            allowed += self._step
            server = socket.create_connection(("127.0.0.1", self._to))
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pass, args=(client, server, allowed), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, 1 << 40), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, left: int) -> None:
        try:
            while left > 0 and (data := source.recv(16384)):
                sink.sendall(data)
                left -= len(data)
            self.cuts += left <= 0
        except OSError:
            pass
        finally:
            for each in (source, sink):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)  # wakes whoever reads from it; closing alone does not
                each.close()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@contextmanager
def cutting(to: int, step: int) -> Iterator[Cutting]:
    proxy = Cutting(to, step)
    thread = threading.Thread(target=proxy.run)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
