"""Many machines: a broker, a database, an object store and builders with folders of their own, all real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from site_builder.release import switch
from tests.builders import Network, to
from tests.integration.conftest import ObjectStore, daemon, wait_for
from tests.site_builder.conftest import GOLDEN, ROOT, tree

COORDINATE = """
import sys, orjson
from pathlib import Path
from datetime import datetime
from cms.publishing.celery import places
from cms.publishing import distributed
from cms.publishing.distributed import build
distributed.QUIET = 1.0
report = build(places(), as_of=datetime.fromisoformat(sys.argv[1]), patience=float(sys.argv[2]))
sys.stdout.buffer.write(orjson.dumps(report.to_json()))
"""
AS_OF = "2025-04-08T09:00:00+08:00"
UNIONS = ["shandong", *(f"gonghui-{number:02}" for number in range(11))]


@dataclass(frozen=True)
class Machine:
    """A builder: folders of its own, the network's content."""

    data: Path
    environment: Mapping[str, str]

    @property
    def built(self) -> list[str]:
        return [union for union in UNIONS if switch.live(self.data / "output", union)]

    def site(self, union: str) -> dict[str, bytes]:
        return tree((self.data / "output/sites" / union).resolve())

    @contextmanager
    def working(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "cms.publishing.celery",
            "worker",
            "-n",
            f"{name}@%h",
        ]
        command += ["--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        log = self.data.with_suffix(".log")
        with daemon(command, log, env=self.environment, cwd=ROOT, start_new_session=True) as process:
            wait_for(lambda: "ready." in log.read_text() or process.poll() is not None, "a builder", log)
            yield process


@dataclass(frozen=True)
class Machines:
    folder: Path
    variables: Mapping[str, str]

    @property
    def content(self) -> Path:
        return self.folder / "content"

    def machine(self, name: str, **more: str) -> Machine:
        data = self.folder / name
        own = {"UNIONPRESS_DATA": str(data), "UNIONPRESS_CONTENT": str(self.content)}
        kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        return Machine(data, {**kept, **self.variables, **own, **more})

    def targets(self, url: str) -> None:
        (self.content / "deploy.yaml").write_text(yaml.safe_dump({"targets": url}))


@pytest.fixture
def broker(request: pytest.FixtureRequest) -> str:
    """Redis, unless the test is run with others too."""
    return str(request.getfixturevalue(getattr(request, "param", "redis")))


@pytest.fixture
def machines(tmp_path: Path, broker: str) -> Machines:
    return Machines(tmp_path, {"UNIONPRESS_BROKER": broker, "UNIONPRESS_TASK_SECONDS": "4"})


@pytest.fixture
def network(machines: Machines) -> Network:
    network = Network(tree=False)
    for slug in UNIONS:
        network.union(
            slug, None if slug == "shandong" else "shandong", "province" if slug == "shandong" else "city"
        )
    network.story("shandong", "bi-zhuan", title="必转的消息", share=to("descendants"))
    network.write(machines.content)
    return network


def coordinate(machine: Machine, patience: float = 120) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", COORDINATE, AS_OF, str(patience)],
        env=dict(machine.environment), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def outcome(process: subprocess.Popen[bytes]) -> dict[str, dict]:
    printed, said = process.communicate(timeout=240)
    assert process.returncode == 0, said.decode()
    return {site["union"]: site for site in json.loads(printed)["sites"]}


@pytest.mark.parametrize(
    "broker",
    [
        pytest.param("redis", marks=pytest.mark.needs("redis-server")),
        pytest.param("rabbitmq", marks=pytest.mark.needs("rabbitmq-server")),
    ],
    indirect=True,
)
def test_a_builder_killed_in_the_middle_loses_nothing(
    machines: Machines, network: Network, object_store: ObjectStore
) -> None:
    machines.targets(object_store.url("www/{union}"))
    first, second, here = (machines.machine(name) for name in ("first", "second", "here"))
    asked = coordinate(here)
    with first.working("first") as process:
        wait_for(lambda: len(first.built) >= 2, "two sites", first.data.with_suffix(".log"))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = len(first.built)
    assert 2 <= done < len(UNIONS), "it was killed in the middle"
    with second.working("second"):
        sites = outcome(asked)
        assert sorted(sites) == sorted(UNIONS)
        assert [problem for site in sites.values() for problem in site["problems"]] == []
        assert second.built, "the other builder did the rest"
        for union in (UNIONS[0], first.built[-1], second.built[-1]):
            machine = second if union in second.built else first
            prefix = f"www/{union}/"
            delivered = {
                key.removeprefix(prefix): object_store.bytes(key)
                for key in object_store.keys(prefix)
                if "/.unionpress/" not in key
            }
            assert delivered == machine.site(union)
            assert "必转的消息".encode() in delivered["feeds/all.atom.xml"]

        again = outcome(coordinate(here))
        assert not [problem for site in again.values() for problem in site["problems"]]
        assert {union: site["release"] for union, site in again.items()} == {
            union: site["release"] for union, site in sites.items()
        }
    status = subprocess.run(
        [sys.executable, "-m", "site_builder", "status", "--json"],
        env=dict(here.environment), cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    for site in json.loads(status.stdout)["sites"]:
        [target] = site["deployed"]
        assert target["release"] == sites[site["union"]]["release"]
        assert target["at"]
        assert not target["failed"]


@pytest.mark.needs("redis-server")
def test_what_a_dead_builder_had_is_asked_for_again_before_redis_gives_it_out(
    machines: Machines, network: Network, tmp_path: Path
) -> None:
    """The worker publishes nothing else meanwhile: it must not wait for UNIONPRESS_TASK_SECONDS."""
    machines.targets(f"file://{tmp_path}/www/{{union}}")
    first, second, here = (
        machines.machine(name, UNIONPRESS_TASK_SECONDS="900") for name in ("first", "second", "here")
    )
    with second.working("second"):
        with first.working("first") as process:
            asked = coordinate(here)
            wait_for(lambda: len(first.built) >= 2, "two sites", first.data.with_suffix(".log"))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        sites = outcome(asked)
    assert sorted(sites) == sorted(UNIONS)
    assert [problem for site in sites.values() for problem in site["problems"]] == []


@pytest.mark.needs("redis-server")
def test_a_builder_with_other_content_waits_for_it(
    machines: Machines, network: Network, tmp_path: Path
) -> None:
    """Its copy is brought up to date by somebody else: until then nothing old goes out."""
    behind = tmp_path / "behind"
    network.write(behind)
    (behind / "records/shandong/story/bi-zhuan.md").unlink()
    builder = machines.machine("builder", UNIONPRESS_CONTENT=str(behind))
    with builder.working("builder"):
        asked = coordinate(machines.machine("here"))
        time.sleep(4)
        assert builder.built == []
        network.write(behind)
        sites = outcome(asked)
    assert not any(site["problems"] for site in sites.values())
    assert sorted(builder.built) == sorted(UNIONS)


@pytest.mark.needs("redis-server")
def test_without_builders_every_site_is_reported(machines: Machines, network: Network) -> None:
    sites = outcome(coordinate(machines.machine("here"), patience=1))
    assert {problem["code"] for site in sites.values() for problem in site["problems"]} == {"no-builder"}
    assert "celery -A" in sites["shandong"]["problems"][0]["action"]


@pytest.mark.needs("redis-server", "initdb", "postgres", "createdb")
def test_from_an_editor_to_the_object_store(
    machines: Machines, object_store: ObjectStore, postgresql: str
) -> None:
    """Wagtail on PostgreSQL with its media in the object store, a builder without either, sites delivered."""
    machines.content.mkdir()
    machines.targets(object_store.url("www/{union}"))
    media = f"s3://{object_store.bucket}/media?endpoint={object_store.endpoint}&region=us-east-1"
    here = machines.machine("here", DATABASE_URL=postgresql, UNIONPRESS_MEDIA=media)

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env={**here.environment, "DJANGO_SETTINGS_MODULE": "cms.settings.dev"},
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("django", "migrate", "--verbosity", "0")
    run("site_builder", "load", str(GOLDEN / "content"))
    originals = object_store.keys("media/original_images/")
    assert any(key.endswith(".png") for key in originals)
    builder = machines.machine("builder")
    with builder.working("builder"):
        run("site_builder", "worker", "--once")
    for union in ("shandong", "pingdu"):
        live = tree((builder.data / "output/sites" / union).resolve())
        prefix = f"www/{union}/"
        assert {key.removeprefix(prefix) for key in object_store.keys(prefix)} == {
            *live,
            ".unionpress/state.json",
        }
        assert all(object_store.bytes(prefix + path) == data for path, data in live.items())
    assert object_store.keys("www/pingdu/media/")
    assert not (here.data / "media").exists(), "pictures are in the object store alone"
