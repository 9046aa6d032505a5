"""Real services for the tests marked `needs`; the last lines of a run name what was left out, and why.

Each service is a program of this machine, started as an ordinary user on a free port of 127.0.0.1, with its
files in a folder of its own, and ended with the tests. Nothing is installed here; .ci/run does that.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from tests import patience
from tests.integration.places import Place
from tests.integration.places import place as make_place
from tests.integration.sending import UNIONS
from tests.leaving_out import leave_out
from tests.site_builder.conftest import Network, network_in

PATH = os.pathsep.join(
    [
        os.environ.get("PATH", ""),
        "/usr/sbin",
        "/usr/local/sbin",
        *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True),
    ]
)
"""Daemons lie where an ordinary user's PATH does not lead."""


def program(name: str) -> str | None:
    return shutil.which(name, path=PATH)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    without: dict[str, list[pytest.Item]] = {}
    for item in items:
        wanted = {name for mark in item.iter_markers("needs") for name in mark.args}
        if missing := sorted(name for name in wanted if program(name) is None):
            without.setdefault(", ".join(missing), []).append(item)
    for missing, unwanted in without.items():
        leave_out(config, items, unwanted, f"Not installed: {missing}")


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """Two unions: `shandong` and `pingdu` below it."""
    return network_in(tmp_path)


@pytest.fixture
def built(network: Network) -> Network:
    for union in UNIONS:
        assert not network.build(union).failed
    return network


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return make_place(request, tmp_path, *request.param)


# --- starting and ending --------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(ready: Callable[[], bool], what: str, log: Path | None = None, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            said = log.read_text("utf-8", errors="replace")[-3000:] if log and log.exists() else ""
            pytest.fail(f"{what} did not come about in {seconds:g} s\n{said}")
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def daemon(
    command: Sequence[str | Path],
    log: Path,
    port: int | None = None,
    seconds: float = 60,
    **options: object,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs until the block ends; with `port`, once it listens there."""
    with log.open("wb") as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=output, **options)  # type: ignore[call-overload]
    try:
        if port is not None:
            ready = f"{command[0]} on {port}"
            wait_for(lambda: process.poll() is not None or listens(port), ready, log, seconds)
        assert process.poll() is None, log.read_text("utf-8", errors="replace")
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# --- services -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sshd:
    """An SSH server that lets this user in by one key."""

    port: int
    folder: Path

    @property
    def options(self) -> str:
        return f"identity={self.folder}/key&known_hosts={self.folder}/known_hosts"

    def url(self, path: Path | str, scheme: str = "sftp", options: str | None = None) -> str:
        wanted = self.options if options is None else options
        return f"{scheme}://{getpass.getuser()}@127.0.0.1:{self.port}{path}?{wanted}"


@contextmanager
def sshd_in(folder: Path, port: int | None = None) -> Iterator[Sshd]:
    """With the host key and the user's key that lie in `folder`, or new ones."""
    here = Sshd(port or free_port(), folder)
    for name in ("host", "key"):
        if not (folder / name).exists():
            subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", folder / name], check=True)
    kind, blob = (folder / "host.pub").read_text().split()[:2]
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{here.port} {kind} {blob}\n")
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {here.port}\nHostKey {folder}/host\nPidFile none\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/key.pub\nPasswordAuthentication no\nUsePAM no\n"
        "PermitRootLogin prohibit-password\nMaxStartups 100\nSubsystem sftp internal-sftp\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # its own service would make it
    command = [str(program("sshd")), "-D", "-e", "-f", folder / "sshd_config"]
    with daemon(command, folder / "log", here.port):
        yield here


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd_in(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@dataclass(frozen=True)
class ObjectStore:
    """An S3 server with one bucket. Its keys are in the environment, as they are for who deploys."""

    endpoint: str
    bucket: str

    def url(self, prefix: str) -> str:
        return f"s3://{self.bucket}/{prefix}?endpoint={self.endpoint}&region=us-east-1"

    def client(self):
        return boto3.client("s3", endpoint_url=self.endpoint, region_name="us-east-1")

    def keys(self, prefix: str = "") -> set[str]:
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def bytes(self, key: str) -> bytes:
        return self.client().get_object(Bucket=self.bucket, Key=key)["Body"].read()


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, log = free_port(), tmp_path_factory.mktemp("s3") / "log"
    with daemon([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], log, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def object_store(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    store = ObjectStore(s3_endpoint, f"sites-{os.urandom(4).hex()}")
    store.client().create_bucket(Bucket=store.bucket)
    return store


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty Redis."""
    port, folder = free_port(), tmp_path / "redis"
    folder.mkdir()
    command = [str(program("redis-server")), "--port", str(port), "--bind", "127.0.0.1"]
    with daemon([*command, "--save", "", "--dir", folder], folder / "log", port):
        yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def rabbitmq() -> Iterator[str]:
    """The URL of an empty RabbitMQ. As root its start script would become the user rabbitmq: so does this."""
    folder = Path(tempfile.mkdtemp(prefix="unionpress-rabbitmq-"))
    as_user = ["runuser", "-u", "rabbitmq", "--"] if os.getuid() == 0 else []
    port, names = free_port(), str(free_port())
    own = {
        "HOME": str(folder),
        "ERL_EPMD_PORT": names,
        "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",
        "RABBITMQ_NODENAME": f"unionpress-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    try:
        if as_user:
            shutil.chown(folder, "rabbitmq")
        command = [*as_user, str(program("rabbitmq-server"))]
        log = folder.with_suffix(".log")
        options = {"env": {**os.environ, **own}, "cwd": "/", "start_new_session": True}
        with daemon(command, log, port, seconds=240, **options) as process:
            try:
                yield f"amqp://guest:guest@127.0.0.1:{port}//"
            finally:
                # The start script does not take Erlang with it when it is ended.
                os.killpg(process.pid, signal.SIGKILL)
    finally:
        # Erlang's names server goes on when the node that started it has ended.
        subprocess.run([str(program("epmd")), "-port", names, "-kill"], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".log").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of an empty PostgreSQL database. Its server refuses to be root: then postgres runs it."""
    folder = Path(tempfile.mkdtemp(prefix="unionpress-postgresql-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    port = free_port()
    try:
        if as_user:
            shutil.chown(folder, "postgres")
        made = subprocess.run(
            [*as_user, str(program("initdb")), "-D", folder / "data", "-U", "unionpress", "-E", "UTF8",
             "--locale=C.UTF-8", "-A", "trust", "--no-sync"],
            cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        command = [*as_user, str(program("postgres")), "-D", folder / "data", "-p", str(port)]
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-F"]
        with daemon([*command, *options], folder.with_suffix(".log"), port, cwd="/"):
            url = f"postgresql://unionpress@127.0.0.1:{port}"
            where = ["-h", "127.0.0.1", "-p", str(port), "-U", "unionpress", "unionpress"]
            # It listens before it answers.
            answers = [str(program("pg_isready")), "--quiet", *where[:4]]
            patience.wait_for(lambda: subprocess.run(answers, check=False).returncode == 0, "PostgreSQL")
            asked = [str(program("createdb")), *where]
            created = subprocess.run(asked, capture_output=True, text=True, check=False)
            assert created.returncode == 0, created.stderr
            yield f"{url}/unionpress"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".log").unlink(missing_ok=True)
